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
    /// Adds words.
    pub(super) fn words(&mut self, words: &str) {
        for (c, escaped) in characters(words) {
            if escaped {
                self.text.push('\\');
            }
            self.text.push(c);
        }
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: &Line) {
        for span in line {
            match span {
                Span::Plain(text) => self.words(text),
                Span::Strong(text) if text.trim().is_empty() => self.words(text),
                Span::Strong(text) => {
                    self.text.push_str("**");
                    self.words(text);
                    self.text.push_str("**");
                }
                Span::Mention(mention) => match account(mention) {
                    Some(user) => self.text.push_str(&format!("<@{user}>")),
                    None => self.words(&shown(mention)),
                },
            }
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
        Span::Mention(mention) => match account(mention) {
            Some(user) => user.to_string().len() + 3,
            None => words_length(&shown(mention)),
        },
    }
}

/// Counts words as they are sent.
pub(super) fn words_length(words: &str) -> usize {
    characters(words).map(|(c, escaped)| c.len_utf16() + usize::from(escaped)).sum()
}

/// Walks through words, and says which characters need a backslash. Whatever follows a backslash is itself, if it is
/// no letter, digit or white space; so too many of them would do no harm but the room they take.
pub(super) fn characters(words: &str) -> impl Iterator<Item = (char, bool)> {
    let mut rest = words.chars().peekable();
    let mut begins = true;
    std::iter::from_fn(move || {
        let c = rest.next()?;
        let next = rest.peek().copied();
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
        markup.words(words);
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
    fn words_are_counted_as_they_are_sent() {
        for words in ["", "a", "*", "-# x - y", "👩‍🔧:b", "a:", "TKT-2026-0042"] {
            assert_eq!(words_length(words), written(words).encode_utf16().count(), "{words:?}");
        }
    }
}
