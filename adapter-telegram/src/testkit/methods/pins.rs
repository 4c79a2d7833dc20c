//! Pinning and unpinning.

use serde_json::{Map, Value, json};

use super::access::readable_chat;
use super::{Params, Refusal};
use crate::testkit::World;
use crate::testkit::chat::{Chat, ChatKind, Draft};

pub(super) fn pin(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = allowed(world, params)?;
    let wanted = params.integer("message_id").unwrap_or_default();
    let Some(message) = chat.visible(wanted).filter(|message| !message.is_service()) else {
        return Err(Refusal::bad_request("message to pin not found"));
    };
    if message.pinned {
        return Err(Refusal::bad_request("CHAT_NOT_MODIFIED"));
    }
    let (chat, thread) = (chat.id, message.thread);
    let room = world.chat_mut(chat);
    room.pinned.push(wanted);
    if let Some(message) = room.visible_mut(wanted) {
        message.pinned = true;
    }
    let pinned = world.message(chat, wanted).map_or(Value::Null, |message| world.message_json(message));
    let service = Map::from_iter([("pinned_message".to_owned(), pinned)]);
    // The bot is told about its own pin like everybody else.
    world.publish(chat, Draft { from: world.bot, thread, service, ..Draft::default() });
    Ok(json!(true))
}

pub(super) fn unpin(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = allowed(world, params)?;
    let wanted = match params.integer("message_id") {
        Some(id) => chat.visible(id).map(|message| message.id),
        None => chat.pinned.last().copied(),
    };
    let Some(wanted) = wanted else {
        return Err(Refusal::bad_request("message to unpin not found"));
    };
    if !chat.pinned.contains(&wanted) {
        return Err(Refusal::bad_request("CHAT_NOT_MODIFIED"));
    }
    let chat = chat.id;
    world.unpin(chat, wanted);
    Ok(json!(true))
}

fn allowed<'world>(world: &'world World, params: &Params) -> Result<&'world Chat, Refusal> {
    let chat = readable_chat(world, params)?;
    let may = chat.kind == ChatKind::Private || world.bot_member(chat).can_pin;
    if may { Ok(chat) } else { Err(Refusal::no_right_to_pin()) }
}
