//! Reading an update's JSON leniently.
//!
//! teloxide reads a message in which one entity has a type it does not know as an empty one, without a word:
//! a report with a date in it would vanish. So everything that is not used here is taken out first, and what
//! is used but cannot be read is taken out where the rest makes sense without it.

use serde::de::{DeserializeOwned, Error as _};
use serde_json::{Map, Value};
use teloxide::types::{
    Animation, Audio, CallbackQuery, ChatMemberUpdated, Document, Message, MessageEntity, PhotoSize, Update,
    UpdateId, UpdateKind, Video, Voice,
};

/// Why there is nothing to handle in an update. It can be confirmed all the same.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is of a kind that is not used here.
    #[error("update {id} is of the kind {kind:?}")]
    Unwanted {
        /// Its id.
        id: u32,
        /// Its kind, or nothing if it has none.
        kind: String,
    },
    /// It is of a kind that is used, but not of that form.
    #[error("update {id} is broken: {reason}")]
    Broken {
        /// Its id.
        id: u32,
        /// What is wrong with it.
        reason: String,
    },
    /// It is no update.
    #[error("not an update")]
    Nothing,
}

/// The parts of a message that are used.
const MESSAGE: [&str; 22] = [
    "message_id",
    "message_thread_id",
    "is_topic_message",
    "from",
    "sender_chat",
    "date",
    "chat",
    "reply_to_message",
    "text",
    "entities",
    "caption",
    "caption_entities",
    "photo",
    "document",
    "animation",
    "video",
    "audio",
    "voice",
    "media_group_id",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
];

/// The parts that are used of a message whose button was pressed.
const PRESSED: [&str; 5] = ["message_id", "message_thread_id", "is_topic_message", "date", "chat"];

const QUERY: [&str; 5] = ["id", "from", "message", "chat_instance", "data"];

const CHANGE: [&str; 5] = ["chat", "from", "date", "old_chat_member", "new_chat_member"];

/// What a member of a chat may do; Telegram adds to these and teloxide insists on some.
const RIGHTS: [&str; 24] = [
    "is_anonymous",
    "can_be_edited",
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "is_member",
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_other_messages",
    "can_send_polls",
    "can_add_web_page_previews",
    "can_edit_messages",
    "can_post_messages",
];

/// Reads an update.
///
/// # Errors
/// Says why there is nothing in it to handle.
pub fn decode(update: Value) -> Result<Update, Unreadable> {
    let Value::Object(mut fields) = update else { return Err(Unreadable::Nothing) };
    let id = fields.remove("update_id").and_then(|id| id.as_u64()).and_then(|id| u32::try_from(id).ok());
    let id = id.ok_or(Unreadable::Nothing)?;
    let (kind, body) = fields.into_iter().next().unwrap_or_default();
    let read = match (kind.as_str(), body) {
        ("message", Value::Object(message)) => {
            typed::<Message>(lean_message(message)).map(UpdateKind::Message)
        }
        ("callback_query", Value::Object(query)) => {
            typed::<CallbackQuery>(lean_query(query)).map(UpdateKind::CallbackQuery)
        }
        ("my_chat_member", Value::Object(change)) => {
            typed::<ChatMemberUpdated>(lean_change(change)).map(UpdateKind::MyChatMember)
        }
        ("chat_member", Value::Object(change)) => {
            typed::<ChatMemberUpdated>(lean_change(change)).map(UpdateKind::ChatMember)
        }
        ("message" | "callback_query" | "my_chat_member" | "chat_member", _) => {
            Err(serde_json::Error::custom("not an object"))
        }
        _ => return Err(Unreadable::Unwanted { id, kind }),
    };
    match read {
        Ok(kind) => Ok(Update { id: UpdateId(id), kind }),
        Err(error) => Err(Unreadable::Broken { id, reason: without_words(&error) }),
    }
}

fn typed<T: DeserializeOwned>(fields: Map<String, Value>) -> Result<T, serde_json::Error> {
    serde_json::from_value(Value::Object(fields))
}

/// Says what is wrong without what somebody wrote.
fn without_words(error: &serde_json::Error) -> String {
    let text = error.to_string();
    if text.starts_with("invalid ") { "a part of it has an unexpected form".to_owned() } else { text }
}

fn keep(fields: &mut Map<String, Value>, used: &[&str]) {
    fields.retain(|name, value| used.contains(&name.as_str()) && !value.is_null());
}

fn lean_message(mut message: Map<String, Value>) -> Map<String, Value> {
    keep(&mut message, &MESSAGE);
    if let Some(Value::Object(quoted)) = message.remove("reply_to_message") {
        let mut quoted = lean_message(quoted);
        quoted.remove("reply_to_message");
        // A reply counts even if what it replies to cannot be read.
        if typed::<Message>(quoted.clone()).is_ok() {
            message.insert("reply_to_message".to_owned(), Value::Object(quoted));
        }
    }
    drop_unreadable_entities(&mut message, "entities");
    drop_unreadable_entities(&mut message, "caption_entities");
    drop_unreadable_media(&mut message);
    message
}

fn drop_unreadable_entities(message: &mut Map<String, Value>, name: &str) {
    match message.get_mut(name) {
        Some(Value::Array(entities)) => entities.retain(reads::<MessageEntity>),
        Some(_) => {
            message.remove(name);
        }
        None => {}
    }
}

/// The files a message may bring, and how to tell whether they can be read.
const MEDIA: [(&str, Reads); 6] = [
    ("photo", reads::<Vec<PhotoSize>>),
    ("document", reads::<Document>),
    ("animation", reads::<Animation>),
    ("video", reads::<Video>),
    ("audio", reads::<Audio>),
    ("voice", reads::<Voice>),
];

type Reads = fn(&Value) -> bool;

/// Takes out files that cannot be read; their caption becomes the text.
fn drop_unreadable_media(message: &mut Map<String, Value>) {
    let mut kept = false;
    for (name, reads) in MEDIA {
        if let Some(Value::Object(file)) = message.get_mut(name) {
            // Telegram may leave it out, and teloxide insists on it.
            file.entry("mime_type").or_insert(Value::Null);
        }
        match message.get(name).map(reads) {
            Some(true) => kept = true,
            Some(false) => {
                message.remove(name);
            }
            None => {}
        }
    }
    if !kept {
        for (from, to) in [("caption", "text"), ("caption_entities", "entities")] {
            if let Some(value) = message.remove(from) {
                message.insert(to.to_owned(), value);
            }
        }
    }
}

fn reads<T: DeserializeOwned>(value: &Value) -> bool {
    T::deserialize(value).is_ok()
}

fn lean_query(mut query: Map<String, Value>) -> Map<String, Value> {
    keep(&mut query, &QUERY);
    if let Some(Value::Object(message)) = query.get_mut("message") {
        keep(message, &PRESSED);
    }
    query.entry("chat_instance").or_insert_with(|| Value::String(String::new()));
    query
}

fn lean_change(mut change: Map<String, Value>) -> Map<String, Value> {
    keep(&mut change, &CHANGE);
    for name in ["old_chat_member", "new_chat_member"] {
        if let Some(Value::Object(member)) = change.get_mut(name) {
            for right in RIGHTS {
                member.entry(right).or_insert(Value::Bool(false));
            }
            let limited =
                member.get("status").is_some_and(|status| status == "restricted" || status == "kicked");
            if limited {
                member.entry("until_date").or_insert(Value::from(0));
            }
        }
    }
    change
}
