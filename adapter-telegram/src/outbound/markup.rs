//! Text in Telegram's HTML. There is one way in for words, and it escapes; tags are written here and nowhere
//! else.

use incident_core::ids::{Handle, Identity, Platform};
use incident_core::text::visible;
use incident_core::view::{Line, Mention, Span, shortened, units};

/// The longest name a mention shows, in UTF-16 units; so that five of them always fit.
const NAME_LIMIT: usize = 64;

/// A text in the making.
#[derive(Debug, Default)]
pub(super) struct Markup {
    html: String,
}

impl Markup {
    /// Adds words.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.html.push_str("&amp;"),
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                _ => self.html.push(c),
            }
        }
    }

    /// Adds a line.
    pub(super) fn line(&mut self, line: &Line) {
        for span in line {
            match span {
                Span::Plain(text) => self.text(text),
                Span::Strong(text) if text.trim().is_empty() => self.text(text),
                Span::Strong(text) => {
                    self.html.push_str("<b>");
                    self.text(text);
                    self.html.push_str("</b>");
                }
                Span::Mention(mention) => self.mention(&Shown::of(mention)),
            }
        }
    }

    fn mention(&mut self, shown: &Shown) {
        match shown {
            Shown::Words(words) => self.text(words),
            Shown::Linked { user, name } => {
                self.html.push_str(&format!("<a href=\"tg://user?id={user}\">"));
                self.text(name);
                self.html.push_str("</a>");
            }
        }
    }

    /// Returns the text; Telegram refuses empty ones.
    pub(super) fn into_html(self) -> String {
        if self.html.trim().is_empty() { "…".to_owned() } else { self.html }
    }
}

/// How a person is shown so that Telegram tells them, or at least so that others know who is meant.
#[derive(Debug)]
enum Shown {
    /// By a handle, which Telegram recognises by itself, or by a name nobody is told by.
    Words(String),
    /// By a name that leads to an account.
    Linked { user: u64, name: String },
}

impl Shown {
    fn of(mention: &Mention) -> Self {
        if let Some(handle) = mention.handle.as_ref().filter(is_ours) {
            return Self::Words(format!("@{}", visible(handle.name())));
        }
        let name = shortened(visible(&mention.name).trim(), NAME_LIMIT);
        match mention.identity.as_ref().and_then(account) {
            Some(user) if name.is_empty() => Self::Linked { user, name: user.to_string() },
            Some(user) => Self::Linked { user, name },
            None => Self::Words(name),
        }
    }

    fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Linked { name, .. } => name,
        }
    }
}

fn is_ours(handle: &&Handle) -> bool {
    handle.platform() == Platform::Telegram
}

fn account(identity: &Identity) -> Option<u64> {
    (identity.platform == Platform::Telegram).then(|| identity.user.parse().ok()).flatten()
}

/// Counts a piece of text as Telegram will, in UTF-16 units.
pub(super) fn length(span: &Span) -> usize {
    match span {
        Span::Plain(text) | Span::Strong(text) => units(text),
        Span::Mention(mention) => units(Shown::of(mention).words()),
    }
}
