//! What people read of Discord's Markdown: an interpreter of its own, so that what the adapter forgets to escape shows.

use std::collections::BTreeSet;

/// A text as people read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The words, without any markup.
    pub text: String,
    /// Whom it mentions.
    pub mentions: BTreeSet<u64>,
    /// What can be clicked, and whatever else is no plain word: headings, quotations, emojis, mentions of all.
    pub active: Vec<String>,
}

/// Marks in pairs, longest first.
const PAIRS: [&str; 8] = ["```", "***", "**", "__", "~~", "||", "*", "_"];
/// What makes a line another than an ordinary one.
const OPENINGS: [&str; 8] = ["### ", "## ", "# ", "-# ", ">>> ", "> ", "- ", "* "];

/// Reads a text as a client does; mentions show the name that the function gives.
pub fn render(raw: &str, name: &dyn Fn(u64) -> String) -> Rendered {
    let mut reader =
        Reader { rest: raw, line_start: true, shown: Rendered::default(), name, open: Vec::new() };
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.shown
}

struct Reader<'a> {
    rest: &'a str,
    line_start: bool,
    shown: Rendered,
    name: &'a dyn Fn(u64) -> String,
    open: Vec<&'static str>,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.escape() || self.opening() || self.angle() || self.pair() || self.active() {
            return;
        }
        let Some(c) = self.rest.chars().next() else { return };
        self.show(c.len_utf8());
        self.line_start = c == '\n' || (self.line_start && c.is_whitespace());
    }

    fn show(&mut self, bytes: usize) {
        let (shown, rest) = self.rest.split_at(bytes);
        self.shown.text.push_str(shown);
        self.rest = rest;
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
        self.line_start = false;
    }

    /// A backslash makes whatever is no letter, digit or white space into itself.
    fn escape(&mut self) -> bool {
        let Some(next) = self.rest.strip_prefix('\\').and_then(|rest| rest.chars().next()) else {
            return false;
        };
        if next.is_ascii_alphanumeric() || next.is_whitespace() {
            return false;
        }
        self.skip(1);
        self.show(next.len_utf8());
        true
    }

    fn opening(&mut self) -> bool {
        let found = OPENINGS.into_iter().find(|mark| self.line_start && self.rest.starts_with(mark));
        if let Some(mark) = found {
            self.shown.active.push(mark.to_owned());
            self.skip(mark.len());
        }
        found.is_some()
    }

    /// Mentions, custom emojis, times, and addresses in angle brackets.
    fn angle(&mut self) -> bool {
        let Some(inner) = self.rest.strip_prefix('<') else { return false };
        let Some(end) = inner.find('>') else { return false };
        let inner = &inner[..end];
        if let Some(user) = inner.strip_prefix('@').and_then(|id| id.trim_start_matches('!').parse().ok()) {
            let shown = format!("@{}", (self.name)(user));
            self.shown.mentions.insert(user);
            self.shown.text.push_str(&shown);
        } else if ["@&", "#", ":", "a:", "t:", "/", "id:", "http"].iter().any(|mark| inner.starts_with(mark))
        {
            self.shown.active.push(inner.to_owned());
        } else {
            return false;
        }
        self.skip(end + 2);
        true
    }

    fn pair(&mut self) -> bool {
        let marks = PAIRS.into_iter().chain(["`"]);
        let Some(mark) = marks.into_iter().find(|mark| self.rest.starts_with(mark)) else { return false };
        if self.open.last() == Some(&mark) {
            self.open.pop();
        } else if closes(&self.rest[mark.len()..], mark) {
            self.open.push(mark);
            if mark != "**" {
                self.shown.active.push(mark.to_owned());
            }
        } else {
            return false;
        }
        self.skip(mark.len());
        true
    }

    /// Links, emojis by name, and calls to everybody.
    fn active(&mut self) -> bool {
        if let Some((length, shown)) = masked_link(self.rest) {
            self.shown.active.push(self.rest[..length].to_owned());
            self.shown.text.push_str(&shown);
            self.skip(length);
            return true;
        }
        if let Some(length) = emoji(self.rest) {
            self.shown.active.push(self.rest[..length].to_owned());
            self.shown.text.push('☺');
            self.skip(length);
            return true;
        }
        let loud = ["https://", "http://", "@everyone", "@here"].into_iter();
        for mark in loud.filter(|mark| self.rest.starts_with(mark)) {
            self.shown.active.push(mark.to_owned());
        }
        false
    }
}

/// Tells whether a mark comes again, unescaped.
fn closes(rest: &str, mark: &str) -> bool {
    let mut at = 0;
    while let Some(c) = rest[at..].chars().next() {
        if rest[at..].starts_with(mark) && at > 0 {
            return true;
        }
        at += c.len_utf8();
        if c == '\\' {
            at += rest[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    false
}

fn masked_link(rest: &str) -> Option<(usize, String)> {
    let inner = rest.strip_prefix('[')?;
    let (words, address) = inner.split_once("](")?;
    let end = address.find(')')?;
    let plain = !words.contains('\n') && !words.ends_with('\\') && !words.is_empty();
    plain.then(|| (words.len() + end + 4, words.to_owned()))
}

fn emoji(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix(':')?;
    let end = inner.find(':')?;
    let name = &inner[..end];
    let fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    // Times of day have digits alone.
    (fits && name.chars().any(|c| c.is_ascii_alphabetic())).then_some(end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(raw: &str) -> Rendered {
        render(raw, &|user| format!("User {user}"))
    }

    #[test]
    fn markup_is_taken_for_what_it_is() {
        assert_eq!(shown("**a** *b* ~~c~~ `d` ||e||").text, "a b c d e");
        assert_eq!(shown("[a](http://b) :smile: 12:30:15").text, "a ☺ 12:30:15");
        assert_eq!(shown("# a\n> b").text, "a\nb");
        assert_eq!(shown("**a**").active, Vec::<String>::new());
        let mention = shown("<@7>, <#8>");
        assert_eq!((mention.text.as_str(), mention.active.len()), ("@User 7, ", 1));
        assert_eq!(mention.mentions, [7].into());
        assert_eq!(shown("https://x.y @everyone").active, ["https://", "@everyone"]);
    }

    #[test]
    fn what_is_escaped_is_plain() {
        let plain = shown(r"\*a\* \[b\](c) \<\@7> https\://x.y \:l: \\");
        assert_eq!((plain.text.as_str(), plain.active), ("*a* [b](c) <@7> https://x.y :l: \\", Vec::new()));
        assert_eq!(plain.mentions, BTreeSet::new());
    }
}
