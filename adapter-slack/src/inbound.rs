//! From what Slack delivers to requests: pure, and deciding nothing but what is meant for the desk at all.
//!
//! Everything is read from the raw JSON, field by field, and a field that is missing or strange costs no more than
//! itself. The library's models refuse whole deliveries for an empty state that comes as a list, for a workspace that
//! is null in an organisation, for a bot without a profile; and what was acknowledged and not understood is lost.

mod command;
mod event;
mod interaction;
mod words;

use std::sync::Arc;

use incident_core::desk::{Ask, ChatKind, Request, Sender};
use incident_core::ids::{ChatRef, Identity, MessageRef, Platform};
use incident_core::incident::Attachment;
use incident_core::ports::{Profile, RequestKey};
use incident_core::text::{Limits, Text};
use incident_core::view::CommandWord;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outbound::Reporting;

pub use event::EVENTS;

/// The command under which all others stand.
pub const COMMAND: &str = "/incident";
/// The shortcut that reports from anywhere.
pub const REPORT_ANYWHERE: &str = "report_incident";
/// The message shortcut that reports what a message says.
pub const REPORT_SHORTCUT: &str = "report_message";

/// Spells a command as it is typed.
pub fn spelled(word: CommandWord) -> String {
    format!("{COMMAND} {}", word.word())
}

/// What Slack delivers, over whichever way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivered {
    /// What it is.
    pub kind: Kind,
    /// What it says, as Slack wrote it.
    pub payload: Value,
}

/// What a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A command was typed.
    SlashCommands,
    /// Something was pressed, chosen or filled in.
    Interactive,
    /// Something happened.
    EventsApi,
}

impl Kind {
    /// Finds the kind by the word that Socket Mode has for it.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::SlashCommands, Self::Interactive, Self::EventsApi]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }

    /// Returns the word that Socket Mode has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SlashCommands => "slash_commands",
            Self::Interactive => "interactive",
            Self::EventsApi => "events_api",
        }
    }
}

/// Which app is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotIdentity {
    /// Its account, by which people mention it.
    pub user: String,
    /// What its messages are signed with.
    pub bot: Option<String>,
}

/// Where the immediate answer goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPath {
    /// To an address that Slack named, which reaches one person where they are.
    Response {
        /// The address; it works for half an hour, and so is a secret of a kind.
        url: String,
        /// Whether it takes the place of a message that only this person sees.
        replaces: bool,
    },
    /// To one person in a channel.
    Whisper {
        /// The channel.
        channel: String,
        /// The person.
        user: String,
    },
    /// Nobody is answered, or nobody knows where.
    Nowhere,
}

/// Which form may have to be opened before the desk is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opens {
    /// None.
    Nothing,
    /// One for the words that a press needs, if it needs some.
    Words {
        /// What opens it, once and for three seconds.
        trigger: String,
    },
    /// One for a report.
    Report {
        /// What opens it, once and for three seconds.
        trigger: String,
        /// Where the report is made.
        reporting: Reporting,
        /// What stands in it already.
        said: Option<String>,
    },
}

/// A delivery that is for the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What the desk is asked, if no form is opened first.
    pub request: Request,
    /// Where the answer goes.
    pub path: ReturnPath,
    /// Which form comes first.
    pub opens: Opens,
}

/// Translates a delivery. `fresh` is an id that nothing has yet; `None` if it is not for the desk.
pub fn read(bot: &BotIdentity, delivered: &Delivered, fresh: u128) -> Option<Asked> {
    let scene = Scene { bot, payload: &delivered.payload, fresh };
    match delivered.kind {
        Kind::SlashCommands => command::read(&scene),
        Kind::Interactive => interaction::read(&scene),
        Kind::EventsApi => event::read(&scene),
    }
}

/// Names a delivery, the same at every redelivery; `None` if it is none that can be recognised.
pub fn key(delivered: &Delivered) -> Option<RequestKey> {
    let payload = &delivered.payload;
    let name = match delivered.kind {
        Kind::SlashCommands => format!("trigger:{}", string(&payload["trigger_id"])?),
        Kind::Interactive => match string(&payload["view"]["id"]) {
            // A form can be sent off once; Slack may tell of it twice.
            Some(view) if payload["type"] == "view_submission" => format!("view:{view}"),
            Some(_) | None => format!("trigger:{}", string(&payload["trigger_id"])?),
        },
        Kind::EventsApi => event::message_name(&payload["event"])
            .or_else(|| Some(format!("event:{}", string(&payload["event_id"])?)))?,
    };
    Some(RequestKey::new(format!("slack:{name}")))
}

/// What is the same for everything in one delivery.
struct Scene<'a> {
    bot: &'a BotIdentity,
    payload: &'a Value,
    fresh: u128,
}

/// Where something was done.
struct Spot<'a> {
    channel: &'a str,
    kind: ChatKind,
    title: Option<Text>,
}

impl Scene<'_> {
    fn request(&self, delivered: Kind, spot: Spot<'_>, from: Sender, ask: Ask) -> Option<Request> {
        let key = key(&Delivered { kind: delivered, payload: self.payload.clone() })?;
        Some(Request {
            key,
            chat: chat_ref(spot.channel),
            chat_kind: spot.kind,
            chat_title: spot.title,
            topic: None,
            from,
            fresh: self.fresh,
            ask,
        })
    }
}

/// Returns a text that says something.
fn string(value: &Value) -> Option<&str> {
    value.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// Says what kind of place a channel is, by its id and by what Slack calls it.
fn chat_kind(channel: &str, name: &str) -> ChatKind {
    if channel.starts_with('D') || name == "directmessage" || name == "im" {
        ChatKind::Private
    } else if channel.starts_with(['C', 'G']) {
        ChatKind::Group
    } else {
        ChatKind::Other
    }
}

fn spot<'a>(channel: &'a str, name: &str) -> Spot<'a> {
    /// What stands for a name that an app is not told.
    const NAMELESS: [&str; 3] = ["privategroup", "directmessage", "im"];
    let title = text(name, Limits::NAME.max).filter(|_| !NAMELESS.contains(&name));
    Spot { channel, kind: chat_kind(channel, name), title }
}

/// What is known of somebody who did something: their account, and perhaps a word for them. What they are called is
/// looked up. They have no handle: what Slack calls a user name is seen by nobody, and tells nobody.
fn person(user: &str, word: Option<&str>) -> Profile {
    let name = text(word.unwrap_or(user), Limits::NAME.max).unwrap_or_else(Text::erased);
    Profile { identity: Identity::new(Platform::Slack, user), handle: None, name, locale: None }
}

fn chat_ref(channel: &str) -> ChatRef {
    ChatRef::new(Platform::Slack, Arc::<str>::from(channel))
}

fn message_ref(channel: &str, ts: &str) -> MessageRef {
    MessageRef::new(chat_ref(channel), Arc::<str>::from(ts))
}

/// Makes a text of what Slack says, cut to so many characters; `None` if nothing is left.
fn text(value: &str, max: usize) -> Option<Text> {
    let cut: String = value.trim().chars().take(max).collect();
    Text::new(&cut, Limits { min: 1, max }).ok()
}

/// The files that came with a message, as far as Slack still has them.
fn attachments(message: &Value) -> Vec<Attachment> {
    let files = message["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kept =
        files.iter().filter(|file| !matches!(file["mode"].as_str(), Some("tombstone" | "hidden_by_limit")));
    kept.filter_map(attachment).collect()
}

fn attachment(file: &Value) -> Option<Attachment> {
    let kind = string(&file["mimetype"]).unwrap_or("document");
    let kind = if kind.starts_with("image/") { "photo" } else { kind };
    Some(Attachment {
        reference: text(string(&file["id"])?, Limits::NAME.max)?,
        kind: text(kind, Limits::NAME.max)?,
        name: string(&file["name"]).and_then(|name| text(name, Limits::NAME.max)),
        size: file["size"].as_u64(),
    })
}
