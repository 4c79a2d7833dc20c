//! The line for notifications, in Slack's markup. There is one way in for words, and it escapes; mentions are written
//! here and nowhere else.

use incident_core::ids::Platform;
use incident_core::view::{Line, Mention, Span, shortened, units};

/// The longest name that stands for somebody without an account, in UTF-16 units.
const NAME_LIMIT: usize = 64;
/// What a mention is taken to need, in UTF-16 units: Slack replaces it by a name that is not known here.
const MENTION_UNITS: usize = 24;

/// Returns the account to be told, if it is one of Slack's. Its ids are capital letters and digits; whatever else
/// stands there is no id, and nothing that Slack could be given as one.
pub(super) fn account(mention: &Mention) -> Option<String> {
    let identity = mention.identity.as_ref().filter(|identity| identity.platform == Platform::Slack)?;
    Some(identity.user.to_string()).filter(|id| is_id(id))
}

/// Returns the user group to be told, if it is one of Slack's.
pub(super) fn user_group(mention: &Mention) -> Option<String> {
    let circle = mention.circle.as_ref().filter(|circle| circle.platform() == Platform::Slack)?;
    Some(circle.id().to_owned()).filter(|id| is_id(id))
}

fn is_id(id: &str) -> bool {
    id.len() > 1 && id.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Returns how somebody is shown who has no account here.
pub(super) fn shown(mention: &Mention) -> String {
    shortened(&mention.shown(), NAME_LIMIT)
}

/// Counts a piece of text, in UTF-16 units.
pub(super) fn length(span: &Span) -> usize {
    match span {
        Span::Plain(text) | Span::Strong(text) => units(text),
        Span::Mention(mention) if account(mention).or_else(|| user_group(mention)).is_some() => MENTION_UNITS,
        Span::Mention(mention) => units(&shown(mention)),
    }
}

/// Writes lines until there is no room, in so many characters.
pub(super) fn notification(lines: &[Line], limit: usize) -> String {
    let mut written = Written { markup: String::new(), room: limit.saturating_sub(1), full: false };
    for (at, line) in lines.iter().enumerate() {
        if at > 0 {
            written.text("\n");
        }
        line.iter().for_each(|span| written.span(span));
    }
    written.into_markup()
}

#[derive(Debug)]
struct Written {
    markup: String,
    room: usize,
    full: bool,
}

impl Written {
    fn span(&mut self, span: &Span) {
        match span {
            Span::Plain(text) | Span::Strong(text) => self.text(text),
            Span::Mention(mention) => match (account(mention), user_group(mention)) {
                (Some(user), _) => self.piece(&format!("<@{user}>")),
                (None, Some(group)) => self.piece(&format!("<!subteam^{group}>")),
                (None, None) => self.text(&shown(mention)),
            },
        }
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.piece("&amp;"),
                '<' => self.piece("&lt;"),
                '>' => self.piece("&gt;"),
                _ => self.piece(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    /// Adds what must not be cut in two.
    fn piece(&mut self, piece: &str) {
        let length = units(piece);
        self.full |= length > self.room;
        if !self.full {
            self.markup.push_str(piece);
            self.room -= length;
        }
    }

    /// Returns the text; Slack refuses empty ones.
    fn into_markup(mut self) -> String {
        if self.full || self.markup.trim().is_empty() {
            self.markup.push('…');
        }
        self.markup
    }
}
