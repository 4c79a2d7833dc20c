//! From what the gateway tells to requests: pure, and deciding nothing but what is meant for the desk at all.
//!
//! Events are read as plain JSON, and of each only what is used here: what Discord adds tomorrow cannot make a message
//! unreadable.

mod field;
mod guilds;
mod interaction;
mod message;
mod person;

use std::sync::Arc;

use incident_core::desk::{Ask, ChatKind, Request, Sender};
use incident_core::ids::{ChatRef, Platform};
use incident_core::ports::RequestKey;
use incident_core::text::{Limits, Text};
use serde_json::Value;

pub use guilds::{Guilds, Joined};
pub(crate) use guilds::{PIN, guilds_in};
pub(crate) use interaction::EPHEMERAL;
pub use interaction::{Deed, Interaction};
pub(crate) use message::attachments;

/// What is the same for everything that is told at one time.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The bot's account.
    pub bot: u64,
    /// Names the telling of this, the same whenever it is repeated: the session and the number in it.
    pub telling: &'a str,
    /// Which channels there are.
    pub guilds: &'a Guilds,
}

/// Translates an interaction; `None` if it is none. `fresh` is an id that nothing has yet.
pub fn interaction(scene: &Scene<'_>, event: &Value, fresh: u128) -> Option<Interaction> {
    interaction::read(scene, event, fresh)
}

/// Translates a message; `None` if it is not for the desk.
pub fn message(scene: &Scene<'_>, event: &Value, fresh: u128) -> Option<Request> {
    message::read(scene, event, fresh)
}

/// Translates that somebody left, or that the bot cannot be where it was: a request for each channel that it concerns.
pub fn changes(scene: &Scene<'_>, kind: &str, event: &Value, fresh: impl Fn() -> u128) -> Vec<Request> {
    let about = |channel: u64, ask: Ask| Request {
        key: RequestKey::new(format!("discord:{}:{}:{channel}", scene.bot, scene.telling)),
        chat: chat_ref(channel),
        chat_kind: ChatKind::Group,
        chat_title: scene.guilds.title(channel),
        topic: None,
        from: Sender::Platform,
        fresh: fresh(),
        ask,
    };
    match kind {
        "GUILD_MEMBER_REMOVE" => {
            let (Some(guild), Some(user)) = (field::id(event, "guild_id"), field::id(&event["user"], "id"))
            else {
                return Vec::new();
            };
            let channels = scene.guilds.channels_of(guild).filter(|_| user != scene.bot);
            channels.map(|channel| about(channel, Ask::MemberLeft { who: person::identity(user) })).collect()
        }
        // With `unavailable`, Discord has an outage, and the bot is where it was.
        "GUILD_DELETE" if event["unavailable"] != true => {
            let guild = field::id(event, "id").into_iter();
            guild
                .flat_map(|guild| scene.guilds.channels_of(guild))
                .map(|channel| about(channel, Ask::BotRemoved))
                .collect()
        }
        "CHANNEL_DELETE" => {
            field::id(event, "id").into_iter().map(|channel| about(channel, Ask::BotRemoved)).collect()
        }
        _ => Vec::new(),
    }
}

/// Where something was done: a channel, and perhaps a thread in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spot {
    chat: ChatRef,
    thread: Option<u64>,
    title: Option<Text>,
    kind: ChatKind,
}

impl Spot {
    fn topic(&self) -> Option<Text> {
        self.thread.and_then(|thread| text(&thread.to_string(), Limits::NAME.max))
    }

    /// A request of which it is not said yet what it asks: only that the bot is there.
    fn request(&self, scene: &Scene<'_>, (what, id): (&str, &str), from: Sender, fresh: u128) -> Request {
        Request {
            key: RequestKey::new(format!("discord:{}:{what}:{id}", scene.bot)),
            chat: self.chat.clone(),
            chat_kind: self.kind,
            chat_title: self.title.clone(),
            topic: self.topic(),
            from,
            fresh,
            ask: Ask::BotPresent { can_pin: None },
        }
    }
}

fn chat_ref(channel: u64) -> ChatRef {
    ChatRef::new(Platform::Discord, Arc::<str>::from(channel.to_string()))
}

/// Makes a text of what Discord says, cut to so many characters; `None` if nothing is left.
fn text(value: &str, max: usize) -> Option<Text> {
    let cut: String = value.trim().chars().take(max).collect();
    Text::new(&cut, Limits { min: 1, max }).ok()
}
