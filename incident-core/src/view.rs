//! What people see, before any platform: cards, messages, buttons, words.
//!
//! Everything here is computed from state. It is made of typed pieces of text, so that an adapter escapes by
//! construction and no user's words ever meet markup.

mod action;
mod admission;
mod card;
mod choice;
mod done;
mod fit;
mod form;
mod governing;
mod history;
mod linking;
mod listing;
mod log_line;
mod message;
mod people;
mod phrase;
mod phrasebook;
mod refusal;
mod reply;
mod rota;
mod sayings;
mod settings;
mod shift;
mod standing;
mod stats;
mod tenants;
mod usage;
mod words;

pub use action::{Action, ButtonCode, InvalidCode};
pub use admission::{AdmissionCode, AdmissionVerdict, consultation};
pub use card::{CardSource, card, order_buttons};
pub use choice::Choice;
pub use done::Done;
pub use fit::{MOST_PARAGRAPHS, fit, shortened, units};
pub use form::{Form, OrderAsks, OrderForm, ReportForm};
pub(crate) use governing::Governing;
pub use history::HistoryPage;
pub use linking::LinkReply;
pub use listing::{file_gone, file_left, file_shown};
pub use log_line::LogLine;
pub use message::{announcement, callout, named, notice};
pub use people::People;
pub use phrase::Phrase;
pub use phrasebook::{Arg, Locale, Phrasebook, Spell};
pub use reply::{About, Reply, ReplyTone, Said, say};
pub use rota::Rota;
pub use settings::{SettingLine, SettingsReply};
pub use shift::{ShiftPage, shift_page};
pub use stats::Stats;
pub use words::CommandWord;

use serde::{Deserialize, Serialize};

use crate::ids::{ChatRef, Circle, Handle, Identity, PersonId};

/// A piece of text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// As it is. Deceptive characters in what people wrote are visible already; markup is not escaped yet.
    Plain(String),
    /// Emphasised.
    Strong(String),
    /// A person, so that the platform tells them.
    Mention(Mention),
}

/// A line, or several where a text has line breaks.
pub type Line = Vec<Span>;

/// A person to be mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Who, where they are known.
    pub person: Option<PersonId>,
    /// The account, where it is known.
    pub identity: Option<Identity>,
    /// The handle, where there is one.
    pub handle: Option<Handle>,
    /// The circle of people, where not one person is mentioned but all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub circle: Option<Circle>,
    /// The name to show where there is no handle.
    pub name: String,
    /// The chat, where it is one and nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<ChatRef>,
}

/// A part of a card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What it says.
    pub line: Line,
    /// Whether it may be shortened where a platform has no room; the whole is in the store.
    pub elastic: bool,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What it does.
    pub code: ButtonCode,
}

/// Something to press, which decides about a group and not about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it says.
    pub label: String,
    /// What it does.
    pub code: AdmissionCode,
}

/// The content of a surface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The first line.
    pub title: Line,
    /// What follows, a paragraph each.
    pub sections: Vec<Section>,
    /// Rows of buttons.
    pub buttons: Vec<Vec<Button>>,
    /// Whether it should be prominent in its chat.
    pub pinned: bool,
}

/// A message that is sent once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// What it says, a paragraph each.
    pub lines: Vec<Line>,
    /// Whom it addresses, after what it says; an adapter splits them as its platform needs.
    pub mentions: Vec<Mention>,
    /// Rows of buttons.
    pub buttons: Vec<Vec<Button>>,
    /// Rows of other buttons, below those: what may become of a group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Vec<Offer>>,
    /// Whether a reply to it is an answer.
    pub asks: bool,
}
