//! Whether the bot may write where it wants to, and which message a call means.

use serde_json::Value;

use super::{Params, Refusal};
use crate::testkit::World;
use crate::testkit::chat::{Chat, ChatKind, Draft, Status};
use crate::testkit::markup::{Formatted, parse_html, recognise};

/// Finds the chat a call is about; the bot must be able to see it.
pub(super) fn readable_chat<'world>(world: &'world World, params: &Params) -> Result<&'world Chat, Refusal> {
    let id = match (params.integer("chat_id"), params.text("chat_id")) {
        (Some(id), _) => id,
        (None, None | Some("")) => return Err(Refusal::bad_request("chat_id is empty")),
        (None, Some(_)) => return Err(Refusal::bad_request("chat not found")),
    };
    let Some(chat) = world.chats.get(&id) else {
        return Err(match world.users.get(&id) {
            Some(other) if other.is_bot => Refusal::forbidden("bots can't send messages to bots"),
            Some(_) => Refusal::forbidden("bot can't initiate conversation with a user"),
            None => Refusal::bad_request("chat not found"),
        });
    };
    if let Some(new) = chat.upgraded_to {
        return Err(Refusal::upgraded(new));
    }
    let place = match chat.kind {
        ChatKind::Private => "",
        ChatKind::Group => "group chat",
        ChatKind::Supergroup => "supergroup chat",
    };
    match (world.bot_member(chat).status, chat.kind) {
        (Status::Kicked, ChatKind::Private) => Err(Refusal::forbidden("bot was blocked by the user")),
        (Status::Kicked, ChatKind::Group | ChatKind::Supergroup) => {
            Err(Refusal::forbidden(&format!("bot was kicked from the {place}")))
        }
        (Status::Left, _) => Err(Refusal::forbidden(&format!("bot is not a member of the {place}"))),
        (Status::Creator | Status::Administrator | Status::Member, _) => Ok(chat),
    }
}

/// Finds the chat a message is to be sent to.
pub(super) fn writable_chat<'world>(world: &'world World, params: &Params) -> Result<&'world Chat, Refusal> {
    let chat = readable_chat(world, params)?;
    if world.bot_member(chat).can_send {
        Ok(chat)
    } else {
        Err(Refusal::bad_request("not enough rights to send text messages to the chat"))
    }
}

/// Fills in the topic and the answered message of something to be sent.
pub(super) fn place(chat: &Chat, params: &Params) -> Result<Draft, Refusal> {
    let mut draft = Draft { reply_to: answered(chat, params)?, ..Draft::default() };
    let answered_topic = draft.reply_to.and_then(|id| chat.visible(id)).and_then(|message| message.thread);
    draft.thread = match params.integer("message_thread_id") {
        Some(thread) => Some(existing_thread(chat, thread)?),
        None => answered_topic.filter(|_| chat.forum),
    };
    let topic = draft.thread.and_then(|thread| chat.topics.get(&thread));
    if topic.is_some_and(|topic| topic.closed) {
        return Err(Refusal::bad_request("TOPIC_CLOSED"));
    }
    Ok(draft)
}

/// The General topic is addressed without an id; its own, 1, is refused like any unknown one.
fn existing_thread(chat: &Chat, thread: i64) -> Result<i64, Refusal> {
    let exists = match (chat.kind, chat.forum) {
        (ChatKind::Supergroup, true) => chat.topics.contains_key(&thread),
        (ChatKind::Supergroup, false) => chat.visible(thread).is_some(),
        (ChatKind::Private | ChatKind::Group, _) => false,
    };
    if exists { Ok(thread) } else { Err(Refusal::bad_request("message thread not found")) }
}

fn answered(chat: &Chat, params: &Params) -> Result<Option<i64>, Refusal> {
    let reply = params.structure("reply_parameters");
    let field = |name: &str| reply.as_ref().and_then(|reply| reply.get(name));
    let old_style = params.integer("reply_to_message_id");
    let Some(id) = field("message_id").and_then(Value::as_i64).or(old_style) else { return Ok(None) };
    let lenient = field("allow_sending_without_reply").and_then(Value::as_bool).unwrap_or(false)
        || params.flag("allow_sending_without_reply");
    match chat.visible(id) {
        Some(_) => Ok(Some(id)),
        None if lenient => Ok(None),
        None => Err(Refusal::bad_request("message to be replied not found")),
    }
}

/// Reads a text or caption with its markup and recognises what Telegram recognises.
pub(super) fn formatted(world: &World, params: &Params, name: &str) -> Result<Formatted, Refusal> {
    let source = &cleaned(params.text(name).unwrap_or_default());
    let parsed = match params.text("parse_mode").map(str::to_ascii_lowercase).as_deref() {
        None | Some("") => {
            Formatted { text: source.to_owned(), entities: explicit_entities(world, params, name) }
        }
        Some("html") => {
            let known = |id| world.users.get(&id);
            parse_html(source, known)
                .map_err(|why| Refusal::bad_request(&format!("can't parse entities: {why}")))?
        }
        Some(_) => return Err(Refusal::bad_request("unsupported parse_mode")),
    };
    Ok(recognise(parsed.trimmed()))
}

/// Drops or blanks the characters Telegram lets through in no text.
fn cleaned(text: &str) -> String {
    let kept = |character: &char| !matches!(character, '\r' | '\u{2028}'..='\u{202e}');
    let blanked = |character: char| if character < ' ' && character != '\n' { ' ' } else { character };
    text.chars().filter(kept).map(blanked).collect()
}

fn explicit_entities(world: &World, params: &Params, name: &str) -> Vec<crate::testkit::Entity> {
    let list = if name == "text" { "entities" } else { "caption_entities" };
    let Some(Value::Array(entities)) = params.structure(list) else { return Vec::new() };
    let read = |entity: &Value| {
        let number = |name: &str| entity.get(name)?.as_u64()?.try_into().ok();
        let word = |name: &str| Some(entity.get(name)?.as_str()?.to_owned());
        let user = entity.pointer("/user/id").and_then(Value::as_i64);
        Some(crate::testkit::Entity {
            kind: word("type")?,
            offset: number("offset")?,
            length: number("length")?,
            url: word("url"),
            user: user.filter(|id| world.users.contains_key(id)),
            language: word("language"),
        })
    };
    entities.iter().filter_map(read).collect()
}
