//! Text in Discord's Markdown. There is one way in for words, and it escapes; marks are written here and nowhere
//! else.
//!
//! Discord counts what is sent and not what is shown, so every length here is that of the escaped text.

use incident_core::ids::{Identity, Platform};
use incident_core::text::visible;
use incident_core::view::{Line, Mention, Span, shortened};

/// The longest name that is shown of somebody, in UTF-16 units.
const NAME_LIMIT: usize = 64;

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Markup {
    text: String,
}

impl Markup {
    /// Adds words, which this character follows.
    fn words(&mut self, words: &str, following: Option<char>) {
        for (c, escaped) in characters(words, following) {
            if escaped {
                self.text.push('\\');
            }
            self.text.push(c);
        }
    }

    /// Adds a line. What is strong side by side is marked as one: marks that touch would mean something else.
    pub(super) fn line(&mut self, line: &Line) {
        let mut strong = false;
        for (at, span) in line.iter().enumerate() {
            let following = line[at + 1..].iter().find_map(|span| span.as_plain().chars().next());
            let blank = span.as_plain().trim().is_empty();
            let wanted = matches!(span, Span::Strong(_)) && (strong || !blank);
            if wanted != strong {
                self.text.push_str("**");
                strong = wanted;
            }
            match span {
                Span::Plain(text) | Span::Strong(text) => self.words(text, following),
                Span::Mention(mention) => match pointed(mention) {
                    Some(marks) => self.text.push_str(&marks),
                    None => self.words(&shown(mention), following),
                },
            }
        }
        if strong {
            self.text.push_str("**");
        }
    }

    /// Ends a line.
    pub(super) fn end_line(&mut self) {
        self.text.push('\n');
    }

    /// Returns the text.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// Returns the account that a mention tells, if it is one on Discord.
pub(super) fn account(mention: &Mention) -> Option<u64> {
    mention.identity.as_ref().and_then(number)
}

/// Returns what makes a mention something to press, if it can be.
fn pointed(mention: &Mention) -> Option<String> {
    let ours = |platform: Platform| platform == Platform::Discord;
    if let Some(role) = role(mention) {
        return Some(format!("<@&{role}>"));
    }
    let chat = mention.chat.as_ref().filter(|chat| ours(chat.platform));
    if let Some(channel) = chat.and_then(|chat| chat.chat.parse::<u64>().ok()) {
        return Some(format!("<#{channel}>"));
    }
    account(mention).map(|user| format!("<@{user}>"))
}

/// Returns the role that a mention tells, if it is one on Discord.
pub(super) fn role(mention: &Mention) -> Option<u64> {
    let circle = mention.circle.as_ref().filter(|circle| circle.platform() == Platform::Discord);
    circle.and_then(|circle| circle.id().parse().ok()).filter(|role| *role > 0)
}

fn number(identity: &Identity) -> Option<u64> {
    (identity.platform == Platform::Discord).then(|| identity.user.parse().ok()).flatten()
}

/// Returns the name of somebody who cannot be told by it.
pub(super) fn shown(mention: &Mention) -> String {
    let handle = mention.handle.as_ref().filter(|handle| handle.platform() == Platform::Discord);
    let name = if mention.name.trim().is_empty() {
        handle.map_or("…", |handle| handle.name())
    } else {
        mention.name.as_str()
    };
    shortened(visible(name).trim(), NAME_LIMIT)
}

/// Counts a piece of text as it is sent, in UTF-16 units.
pub(super) fn length(span: &Span) -> usize {
    match span {
        Span::Plain(text) => words_length(text),
        Span::Strong(text) => words_length(text) + 4,
        Span::Mention(mention) => match pointed(mention) {
            Some(marks) => marks.len(),
            None => words_length(&shown(mention)),
        },
    }
}

/// Counts words as they are sent, whatever follows them.
fn words_length(words: &str) -> usize {
    characters(words, Some(':')).map(|(c, escaped)| c.len_utf16() + usize::from(escaped)).sum()
}

/// Walks through words, which a character may follow, and says which characters need a backslash. Whatever follows a
/// backslash is itself, if it is no letter, digit or white space; too many of them would do no harm but the room they take.
fn characters(words: &str, following: Option<char>) -> impl Iterator<Item = (char, bool)> {
    let mut rest = words.chars().peekable();
    let mut begins = true;
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let next = rest.peek().copied().or(following);
        let escaped = match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '[' | ']' | '@' => true,
            // Headings, lists, quotations and small print, which begin a line.
            '#' | '-' | '>' => begins,
            // Links that need no brackets, and names of emojis.
            ':' => next.is_some_and(|next| !next.is_whitespace()),
            _ => false,
        };
        // A mark at the beginning of a line may follow others.
        begins = c == '\n' || (begins && (c.is_whitespace() || escaped));
        Some((c, escaped))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(words: &str) -> String {
        let mut markup = Markup::default();
        markup.words(words, None);
        markup.into_text()
    }

    #[test]
    fn what_could_be_markup_is_escaped() {
        assert_eq!(written("*a* _b_ ~~c~~ `d` ||e||"), r"\*a\* \_b\_ \~\~c\~\~ \`d\` \|\|e\|\|");
        assert_eq!(
            written("[a](b) <@1> @everyone \\"),
            r"\[a\](b) \<@1> \@everyone \\".replace("<@", "<\\@")
        );
        assert_eq!(written("https://x.y :l: a: b"), r"https\://x.y \:l: a: b");
        assert_eq!(written("# a\n> b\n-# c\n - d - e > f # g"), "\\# a\n\\> b\n\\-\\# c\n \\- d - e > f # g");
    }

    #[test]
    fn what_begins_in_one_piece_and_ends_in_another_is_escaped_too() {
        let plain = |text: &str| Span::Plain(text.to_owned());
        let mut markup = Markup::default();
        markup.line(&vec![plain(":"), plain(""), Span::Strong("a:".to_owned()), plain(" b:")]);
        assert_eq!(markup.into_text(), r"\:**a:** b:");
        assert_eq!(words_length("a:"), 3, "there must be room for it");
    }

    #[test]
    fn what_is_strong_side_by_side_is_marked_as_one() {
        let strong = |text: &str| Span::Strong(text.to_owned());
        let line = vec![
            strong(" "),
            strong("a"),
            strong(" "),
            strong("*"),
            Span::Plain("b".to_owned()),
            strong("c"),
        ];
        let mut markup = Markup::default();
        markup.line(&line);
        assert_eq!(markup.into_text(), r" **a \***b**c**");
    }

    #[test]
    fn words_are_counted_as_they_are_sent() {
        for words in ["", "a", "*", "-# x - y", "👩‍🔧:b", "a: ", "TKT-2026-0042"] {
            assert_eq!(words_length(words), written(words).encode_utf16().count(), "{words:?}");
        }
    }
}
