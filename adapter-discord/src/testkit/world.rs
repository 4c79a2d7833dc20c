//! Everything the simulated Discord knows, and what a test may read of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::fault::Faults;
use super::gateway::Gateway;
use super::interactions::Interaction;
use super::markup::{self, Rendered};
use super::places::Overwrite;

/// The rights that a test may give to the bot in a channel or take from it.
pub mod right {
    /// To see a channel at all.
    pub const VIEW: u64 = 1 << 10;
    /// To write.
    pub const SEND: u64 = 1 << 11;
    /// To send embeds.
    pub const EMBED: u64 = 1 << 14;
    /// To send files.
    pub const ATTACH: u64 = 1 << 15;
    /// To read what was written before.
    pub const HISTORY: u64 = 1 << 16;
    /// To write in threads.
    pub const SEND_IN_THREADS: u64 = 1 << 38;
    /// To pin messages.
    pub const PIN: u64 = 1 << 51;
    /// To open, change and take away channels.
    pub const MANAGE_CHANNELS: u64 = 1 << 4;
    /// To change who sees them.
    pub const MANAGE_ROLES: u64 = 1 << 28;
    /// To keep threads.
    pub const MANAGE_THREADS: u64 = 1 << 34;
    /// To open threads that not everybody sees.
    pub const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
    /// What is needed to open rooms, besides; to open threads that everybody sees is for keeping others from that.
    pub const ROOMS: u64 = MANAGE_CHANNELS | MANAGE_ROLES | MANAGE_THREADS | CREATE_PRIVATE_THREADS | 1 << 35;
    /// To change the server.
    pub const MANAGE_GUILD: u64 = 1 << 5;
    /// Everything.
    pub const ADMINISTRATOR: u64 = 1 << 3;
    /// All that the bot is installed with.
    pub const ALL: u64 = VIEW | SEND | EMBED | ATTACH | HISTORY | SEND_IN_THREADS | PIN;
}

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) handle: String,
    pub(super) locale: String,
    pub(super) bot: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Guild {
    pub(super) name: String,
    pub(super) owner: u64,
    /// Permissions of each role; the one that everybody has is named as the guild is.
    pub(super) roles: BTreeMap<u64, u64>,
    pub(super) members: BTreeMap<u64, BTreeSet<u64>>,
    /// The role of the bot's own.
    pub(super) bot_role: u64,
}

/// What channels are.
pub(super) mod kind {
    pub(in crate::testkit) const TEXT: u64 = 0;
    pub(in crate::testkit) const CATEGORY: u64 = 4;
    pub(in crate::testkit) const PUBLIC_THREAD: u64 = 11;
    pub(in crate::testkit) const PRIVATE_THREAD: u64 = 12;
}

#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) guild: u64,
    pub(super) name: String,
    /// The channel that a thread belongs to.
    pub(super) parent: Option<u64>,
    pub(super) archived: bool,
    pub(super) locked: bool,
    /// What the bot may do here.
    pub(super) bot: u64,
    pub(super) deleted: bool,
    pub(super) kind: u64,
    pub(super) topic: Option<String>,
    pub(super) category: Option<u64>,
    pub(super) overwrites: Vec<Overwrite>,
    /// How often it was renamed.
    pub(super) renames: usize,
    /// Who opened a thread.
    pub(super) owner: Option<u64>,
    /// Who is in a private thread.
    pub(super) within: BTreeSet<u64>,
}

impl Channel {
    /// A channel of text that everybody sees, in which the bot may do all that it is installed with.
    pub(super) fn new(guild: u64, name: &str) -> Self {
        Self {
            guild,
            name: name.to_owned(),
            parent: None,
            archived: false,
            locked: false,
            bot: right::ALL,
            deleted: false,
            kind: kind::TEXT,
            topic: None,
            category: None,
            overwrites: Vec::new(),
            renames: 0,
            owner: None,
            within: BTreeSet::new(),
        }
    }
}

/// A file on a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Its number.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Whether Discord keeps it no more.
    pub gone: bool,
}

/// A message as Discord keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Its number; later ones are larger.
    pub id: u64,
    /// The channel or thread it stands in.
    pub channel: u64,
    /// Who wrote it.
    pub author: u64,
    /// Its content, with markup.
    pub content: String,
    /// Its embeds.
    pub embeds: Vec<Value>,
    /// Its rows of components.
    pub rows: Vec<Value>,
    /// Its files.
    pub files: Vec<Attached>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// The message that it answers.
    pub reply_to: Option<u64>,
    /// Whom it told.
    pub told: BTreeSet<u64>,
    /// The roles whose members it told.
    pub told_roles: BTreeSet<u64>,
    /// What it is: 0 for what is written, 19 for replies, others for what Discord announces.
    pub kind: u64,
    pub(super) nonce: Option<String>,
}

/// What can be pressed or chosen, as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownButton {
    /// The words on it.
    pub label: String,
    /// The name of the button, or the value of the choice.
    pub code: String,
    /// The name of the menu that it is chosen from.
    pub menu: Option<String>,
}

/// A message as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its words, lines separated by line breaks.
    pub text: String,
    /// What can be pressed, row by row.
    pub rows: Vec<Vec<ShownButton>>,
    /// What is no plain word in it; see [`Rendered::active`].
    pub active: Vec<String>,
}

/// An answer that only the person sees who caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The interaction that it answers.
    pub interaction: u64,
    /// Who sees it.
    pub user: u64,
    /// What they see.
    pub shown: Shown,
}

/// One call of the bot.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// When it arrived.
    pub at: Instant,
    /// What it was, as in `POST channels/-/messages`.
    pub name: String,
    /// The path as it was.
    pub path: String,
    /// What came with it.
    pub body: Value,
    /// The status of the answer; 0 while there is none.
    pub status: u16,
}

/// The state of the simulated Discord; `wait_until` hands it to its condition.
#[derive(Debug)]
pub struct World {
    pub(super) bot: u64,
    pub(super) application: u64,
    pub(super) token: String,
    pub(super) base: String,
    pub(super) users: BTreeMap<u64, User>,
    pub(super) guilds: BTreeMap<u64, Guild>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) messages: BTreeMap<u64, Message>,
    pub(super) interactions: BTreeMap<u64, Interaction>,
    pub(super) answers: Vec<Answer>,
    pub(super) commands: Vec<Value>,
    pub(super) calls: Vec<Call>,
    pub(super) faults: Faults,
    pub(super) gateway: Gateway,
    pub(super) ahead: Duration,
    serial: u64,
}

impl World {
    pub(super) fn new(token: &str) -> Self {
        let (bot, application) = (900_000_000_000_000_001, 900_000_000_000_000_000);
        let itself = User {
            name: "Incident Desk".to_owned(),
            handle: "incident_desk".to_owned(),
            locale: "en-US".to_owned(),
            bot: true,
        };
        Self {
            bot,
            application,
            token: token.to_owned(),
            base: String::new(),
            users: BTreeMap::from([(bot, itself)]),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: BTreeMap::new(),
            answers: Vec::new(),
            commands: Vec::new(),
            calls: Vec::new(),
            faults: Faults::default(),
            gateway: Gateway::default(),
            ahead: Duration::ZERO,
            serial: first_id(),
        }
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.serial += 4_194_304;
        self.serial
    }

    /// Gives the time: the real one, moved ahead by what the test asked for.
    pub(super) fn now(&self) -> Instant {
        Instant::now() + self.ahead
    }

    pub(super) fn name_of(&self, user: u64) -> String {
        self.users.get(&user).map_or_else(|| format!("unknown-{user}"), |user| user.name.clone())
    }

    fn rendered(&self, raw: &str) -> Rendered {
        markup::render(raw, &|user| self.name_of(user))
    }

    /// Lists the messages that stand in a channel, oldest first.
    pub fn messages(&self, channel: u64) -> Vec<&Message> {
        self.messages.values().filter(|message| message.channel == channel).collect()
    }

    /// Returns what people see of a message.
    pub fn shown(&self, message: &Message) -> Shown {
        self.shown_parts(&message.content, &message.embeds, &message.rows)
    }

    pub(super) fn shown_parts(&self, content: &str, embeds: &[Value], rows: &[Value]) -> Shown {
        let words = |embed: &Value| {
            let part = |name: &str| embed[name].as_str().map(str::to_owned);
            [part("title"), part("description")]
        };
        let parts = embeds.iter().flat_map(words).flatten();
        let parts: Vec<Rendered> =
            std::iter::once(content.to_owned()).chain(parts).map(|raw| self.rendered(&raw)).collect();
        let texts = parts.iter().map(|part| part.text.as_str()).filter(|text| !text.is_empty());
        Shown {
            text: texts.collect::<Vec<_>>().join("\n"),
            rows: rows.iter().map(buttons).collect(),
            active: parts.iter().flat_map(|part| part.active.clone()).collect(),
        }
    }

    /// Returns what somebody was answered to an interaction, latest last.
    pub fn answers(&self, interaction: u64) -> Vec<&Answer> {
        self.answers.iter().filter(|answer| answer.interaction == interaction).collect()
    }

    /// Returns the form that an interaction opened.
    pub fn form_of(&self, interaction: u64) -> Option<&Value> {
        self.interactions.get(&interaction)?.form.as_ref()
    }

    /// Returns what was offered to complete what somebody typed.
    pub fn choices_of(&self, interaction: u64) -> Option<&Value> {
        self.interactions.get(&interaction)?.choices.as_ref()
    }

    /// Tells whether an interaction was acknowledged, and how long it took.
    pub fn acknowledged(&self, interaction: u64) -> Option<Duration> {
        self.interactions.get(&interaction)?.acknowledged
    }

    /// Lists the calls of the bot, oldest first.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Counts the calls of a name, such as `POST channels/-/messages`.
    pub fn count(&self, name: &str) -> usize {
        self.calls.iter().filter(|call| call.name == name).count()
    }

    /// Lists the commands that are registered.
    pub fn commands(&self) -> &[Value] {
        &self.commands
    }

    /// Counts how often somebody has identified at the gateway, and how often resumed.
    pub fn sessions(&self) -> (usize, usize) {
        self.gateway.counts()
    }

    /// Tells whether the bot is connected to the gateway, and knows its guilds.
    pub fn is_connected(&self) -> bool {
        self.gateway.is_connected()
    }

    /// Tells all that stands in all channels and the latest calls, for whoever looks why a test fails.
    pub fn transcript(&self) -> String {
        let mut text = String::new();
        for message in self.messages.values() {
            let shown = self.shown(message);
            let (author, pinned) = (self.name_of(message.author), message.pinned);
            // Writing into a string cannot fail.
            writeln!(text, "#{} {author} (pinned: {pinned}): {:?}", message.channel, shown.text)
                .unwrap_or_default();
        }
        for answer in &self.answers {
            writeln!(text, "to {}: {:?}", self.name_of(answer.user), answer.shown.text).unwrap_or_default();
        }
        let first = self.calls.len().saturating_sub(30);
        for call in &self.calls[first..] {
            let body: String = call.body.to_string().chars().take(300).collect();
            writeln!(text, "{} {} {body}", call.status, call.name).unwrap_or_default();
        }
        text
    }
}

/// Returns a number of this moment, as Discord makes them of the time.
fn first_id() -> u64 {
    const EPOCH: u128 = 1_420_070_400_000;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis().saturating_sub(EPOCH) << 22).unwrap_or(u64::MAX)
}

fn buttons(row: &Value) -> Vec<ShownButton> {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let parts = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let shown = parts.iter().flat_map(|part| {
        let name = text(part, "custom_id");
        match part["options"].as_array() {
            Some(options) => options
                .iter()
                .map(|option| ShownButton {
                    label: text(option, "label"),
                    code: text(option, "value"),
                    menu: Some(name.clone()),
                })
                .collect(),
            None => vec![ShownButton { label: text(part, "label"), code: name, menu: None }],
        }
    });
    shown.collect()
}
