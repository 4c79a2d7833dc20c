//! Making text fit: what may be shortened is, evenly, and nothing is cut where a reader would see half a
//! character. Every platform has a limit, and all count in UTF-16 units or in something that is no longer.

use super::{Line, Section, Span};

const ELLIPSIS: &str = "…";

/// How many paragraphs [`fit`] leaves of a message; more would fill it with line breaks.
pub const MOST_PARAGRAPHS: usize = 256;

/// How far back a cut looks for the beginning of what belongs together.
const LONGEST_CLUSTER: usize = 32;

/// Counts UTF-16 units.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Makes paragraphs, a line break between each two, fit into so many units. `length` says how many units a piece of
/// text takes as the platform shows it.
pub fn fit(mut paragraphs: Vec<Section>, limit: usize, length: impl Fn(&Span) -> usize) -> Vec<Line> {
    paragraphs.truncate(MOST_PARAGRAPHS);
    let room = limit.saturating_sub(paragraphs.len().saturating_sub(1));
    let lengths: Vec<usize> =
        paragraphs.iter().map(|paragraph| line_length(&paragraph.line, &length)).collect();
    let fixed: usize = paragraphs
        .iter()
        .zip(&lengths)
        .filter(|(paragraph, _)| !paragraph.elastic)
        .map(|(_, length)| length)
        .sum();
    if fixed > room {
        for paragraph in &mut paragraphs {
            paragraph.elastic = true;
        }
    }
    let kept = if fixed > room { 0 } else { fixed };
    let wanted = paragraphs
        .iter()
        .zip(&lengths)
        .map(|(paragraph, length)| if paragraph.elastic { *length } else { 0 });
    let shares = shares(&wanted.collect::<Vec<_>>(), room - kept);
    let cut = |(paragraph, share): (Section, usize)| {
        if paragraph.elastic { shortened_line(&paragraph.line, share, &length) } else { paragraph.line }
    };
    paragraphs.into_iter().zip(shares).map(cut).collect()
}

/// Gives each what it wants, and where that is more than there is, as much to each as to any other.
fn shares(wanted: &[usize], room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(|index| wanted[*index]);
    let mut shares = vec![0; wanted.len()];
    let mut left = room;
    for (served, index) in order.iter().enumerate() {
        let fair = left / (wanted.len() - served);
        shares[*index] = wanted[*index].min(fair);
        left -= shares[*index];
    }
    shares
}

fn line_length(line: &Line, length: &impl Fn(&Span) -> usize) -> usize {
    line.iter().map(length).sum()
}

fn shortened_line(line: &Line, limit: usize, length: &impl Fn(&Span) -> usize) -> Line {
    if line_length(line, length) <= limit {
        return line.clone();
    }
    let mut left = limit.saturating_sub(1);
    let mut short = Line::new();
    for span in line {
        let length = length(span);
        if length <= left {
            left -= length;
            short.push(span.clone());
            continue;
        }
        match span {
            Span::Plain(text) => short.push(Span::Plain(head(text, left).to_owned())),
            Span::Strong(text) => short.push(Span::Strong(head(text, left).to_owned())),
            Span::Mention(_) => {}
        }
        break;
    }
    if limit > 0 {
        short.push(Span::Plain(ELLIPSIS.to_owned()));
    }
    short
}

/// Returns the text if it fits into so many UTF-16 units, else its beginning and an ellipsis.
pub fn shortened(text: &str, limit: usize) -> String {
    if units(text) <= limit {
        return text.to_owned();
    }
    match limit.checked_sub(1) {
        Some(left) => format!("{}{ELLIPSIS}", head(text, left)),
        None => String::new(),
    }
}

/// Returns the beginning of a text that fits, cut between whole characters as people see them.
fn head(text: &str, limit: usize) -> &str {
    let mut used = 0;
    let fits = |(_, c): &(usize, char)| {
        used += c.len_utf16();
        used > limit
    };
    let Some((end, _)) = text.char_indices().find(fits) else {
        return text;
    };
    let mut cut = end;
    for _ in 0..LONGEST_CLUSTER {
        let (Some(before), Some(after)) = (text[..cut].chars().next_back(), text[cut..].chars().next())
        else {
            break;
        };
        if !belong_together(before, after) {
            return text[..cut].trim_end();
        }
        cut -= before.len_utf8();
    }
    text[..end].trim_end()
}

/// Tells whether a cut between two characters would show: an approximation of grapheme clusters that knows
/// joined and coloured emoji, flags, and marks over letters.
fn belong_together(before: char, after: char) -> bool {
    let joiner = '\u{200D}';
    let flag = |c: char| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
    let mark = matches!(
        after,
        '\u{0300}'..='\u{036F}'
            | '\u{0483}'..='\u{0489}'
            | '\u{0591}'..='\u{05BD}'
            | '\u{064B}'..='\u{065F}'
            | '\u{093C}'
            | '\u{093E}'..='\u{094D}'
            | '\u{0E31}'
            | '\u{0E34}'..='\u{0E3A}'
            | '\u{0E47}'..='\u{0E4E}'
            | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}'
            | '\u{20D0}'..='\u{20FF}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FE20}'..='\u{FE2F}'
            | '\u{1F3FB}'..='\u{1F3FF}'
            | '\u{E0020}'..='\u{E007F}'
    );
    mark || before == joiner || after == joiner || (flag(before) && flag(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_fits_is_left_alone() {
        assert_eq!(shortened("ab👩", 4), "ab👩");
        assert_eq!(shortened("", 0), "");
    }

    #[test]
    fn a_cut_counts_utf16_and_the_ellipsis() {
        assert_eq!(shortened("abcd", 3), "ab…");
        assert_eq!(shortened("👩👩", 3), "👩…");
        assert_eq!(shortened("👩👩", 2), "…");
        assert_eq!(shortened("abcd", 0), "");
        assert_eq!(shortened("a  bcd", 4), "a…");
    }

    #[test]
    fn a_cut_falls_between_characters_as_people_see_them() {
        assert_eq!(shortened("a👩‍🔧bcdefg", 6), "a…");
        assert_eq!(shortened("a👩‍🔧bcdefg", 7), "a👩‍🔧…");
        assert_eq!(shortened("e\u{301}e\u{301}e\u{301}", 4), "e\u{301}…");
        assert_eq!(shortened("a👍🏽b", 4), "a…");
    }

    #[test]
    fn what_is_to_share_is_shared_evenly_and_nothing_is_left_over() {
        assert_eq!(shares(&[10, 10], 30), [10, 10]);
        assert_eq!(shares(&[100, 10, 100], 60), [25, 10, 25]);
        assert_eq!(shares(&[5, 0, 1], 3), [2, 0, 1]);
        assert_eq!(shares(&[], 3), [0; 0]);
    }

    #[test]
    fn what_is_fixed_is_kept_as_long_as_it_fits() {
        let line = |text: &str| vec![Span::Plain(text.to_owned())];
        let length = |span: &Span| units(&span.as_plain());
        let fixed = Section { line: line("fixed"), elastic: false };
        let elastic = Section { line: line("elastic"), elastic: true };
        let ellipsis = Span::Plain("…".to_owned());
        let cut = |text: &str| vec![Span::Plain(text.to_owned()), ellipsis.clone()];
        assert_eq!(fit(vec![fixed.clone(), elastic.clone()], 13, length), [line("fixed"), line("elastic")]);
        assert_eq!(fit(vec![fixed.clone(), elastic.clone()], 10, length), [line("fixed"), cut("ela")]);
        assert_eq!(fit(vec![fixed, elastic], 5, length), [cut("f"), cut("e")]);
    }
}
