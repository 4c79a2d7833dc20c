//! From Telegram's updates to requests: pure, and deciding nothing but what is meant for the desk at all.
//!
//! Reading is in two steps. [`decode`] takes from the JSON what is used here and nothing else, so that what
//! Telegram adds tomorrow cannot make a message unreadable; [`request`] translates.

mod command;
mod decode;
mod membership;
mod message;
mod person;

use std::sync::Arc;

use incident_core::desk::{Ask, ChatKind, Request, Sender};
use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::ports::RequestKey;
use incident_core::text::{Limits, Text};
use teloxide::types::{
    CallbackQuery, CallbackQueryId, Chat, ChatId, MaybeInaccessibleMessage, Message, MessageId, Update,
    UpdateId, UpdateKind, UserId,
};

pub use decode::{Unreadable, decode};

/// Which bot is spoken to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BotIdentity {
    /// The account.
    pub id: UserId,
    /// The handle without `@`, by which commands may be addressed to it.
    pub username: String,
}

/// Where the immediate answer to an update goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReturnPath {
    /// To whoever pressed the button, who waits for it.
    Press(CallbackQueryId),
    /// Into the chat, as a reply to this message.
    Message(MessageRef),
    /// There is nobody to answer.
    Nowhere,
}

/// Translates an update. `fresh` is an id that nothing has yet; `None` if the update is not for the desk.
pub fn request(bot: &BotIdentity, update: &Update, fresh: u128) -> Option<Request> {
    let scene = Scene { bot, update: update.id, fresh };
    if let UpdateKind::Message(message) = &update.kind {
        message::request(&scene, message)
    } else if let UpdateKind::CallbackQuery(query) = &update.kind {
        press(&scene, query)
    } else if let UpdateKind::MyChatMember(change) = &update.kind {
        membership::of_bot(&scene, change)
    } else if let UpdateKind::ChatMember(change) = &update.kind {
        membership::of_person(&scene, change)
    } else {
        None
    }
}

/// Tells where the answer to an update goes.
pub fn return_path(update: &Update) -> ReturnPath {
    if let UpdateKind::CallbackQuery(query) = &update.kind {
        ReturnPath::Press(query.id.clone())
    } else if let UpdateKind::Message(message) = &update.kind {
        ReturnPath::Message(message_ref(message.chat.id, message.id))
    } else {
        ReturnPath::Nowhere
    }
}

/// Names the kind of an update as Telegram does.
pub(crate) fn kind_of(update: &Update) -> &'static str {
    if matches!(update.kind, UpdateKind::Message(_)) {
        "message"
    } else if matches!(update.kind, UpdateKind::CallbackQuery(_)) {
        "callback_query"
    } else if matches!(update.kind, UpdateKind::MyChatMember(_)) {
        "my_chat_member"
    } else if matches!(update.kind, UpdateKind::ChatMember(_)) {
        "chat_member"
    } else {
        "other"
    }
}

/// What is the same for everything in one update.
struct Scene<'a> {
    bot: &'a BotIdentity,
    update: UpdateId,
    fresh: u128,
}

impl Scene<'_> {
    fn request(&self, chat: &Chat, topic: Option<Text>, from: Sender, ask: Ask) -> Request {
        Request {
            key: RequestKey::new(format!("telegram:{}:{}", self.bot.id, self.update.0)),
            chat: chat_ref(chat.id),
            chat_kind: chat_kind(chat),
            chat_title: chat.title().and_then(|title| text(title, Limits::NAME.max)),
            topic,
            from,
            fresh: self.fresh,
            ask,
        }
    }
}

fn press(scene: &Scene<'_>, query: &CallbackQuery) -> Option<Request> {
    let (message, code) = (query.message.as_ref()?, query.data.clone()?);
    let topic = match message {
        MaybeInaccessibleMessage::Regular(message) => topic_of(message),
        MaybeInaccessibleMessage::Inaccessible(_) => None,
    };
    let ask = Ask::Press { code, message: message_ref(message.chat().id, message.id()) };
    Some(scene.request(message.chat(), topic, person::sender(&query.from), ask))
}

/// Returns the topic of a message. The General topic is addressed like a chat without topics, and threads of
/// replies outside forums are none.
fn topic_of(message: &Message) -> Option<Text> {
    const GENERAL: i32 = 1;
    let thread = message.thread_id.filter(|_| message.is_topic_message)?.0.0;
    if thread == GENERAL { None } else { text(&thread.to_string(), Limits::NAME.max) }
}

fn chat_ref(chat: ChatId) -> ChatRef {
    ChatRef::new(Platform::Telegram, Arc::<str>::from(chat.to_string()))
}

fn message_ref(chat: ChatId, message: MessageId) -> MessageRef {
    MessageRef::new(chat_ref(chat), Arc::<str>::from(message.0.to_string()))
}

fn chat_kind(chat: &Chat) -> ChatKind {
    if chat.is_private() {
        ChatKind::Private
    } else if chat.is_group() || chat.is_supergroup() {
        ChatKind::Group
    } else {
        ChatKind::Other
    }
}

/// Makes a text of what Telegram says, cut to so many characters; `None` if nothing is left.
fn text(value: &str, max: usize) -> Option<Text> {
    let cut: String = value.trim().chars().take(max).collect();
    Text::new(&cut, Limits { min: 1, max }).ok()
}
