//! Changing and deleting what was sent.

use serde_json::{Value, json};

use super::access::{formatted, readable_chat};
use super::messages::{CAPTION_LIMIT, TEXT_LIMIT};
use super::{Params, Refusal, keyboard};
use crate::testkit::World;
use crate::testkit::chat::{ChatKind, Markup, Message};
use crate::testkit::markup::{Formatted, utf16_len};

/// How long a message can be deleted, in seconds.
const DELETABLE: i64 = 48 * 60 * 60;

pub(super) fn text(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let message = own_message(world, params)?;
    if params.text("text").is_none_or(str::is_empty) {
        return Err(Refusal::bad_request("message text is empty"));
    }
    if message.media.is_some() {
        return Err(Refusal::bad_request("there is no text in the message to edit"));
    }
    let text = formatted(world, params, "text")?;
    if text.text.is_empty() {
        return Err(Refusal::bad_request("text must be non-empty"));
    }
    if utf16_len(&text.text) > TEXT_LIMIT {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    let markup = keyboard::read_inline(params)?;
    let key = (message.chat, message.id);
    change(world, key, Some((params.text("text").unwrap_or_default(), text)), markup)
}

pub(super) fn caption(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let message = own_message(world, params)?;
    if message.media.is_none() {
        return Err(Refusal::bad_request("there is no caption in the message to edit"));
    }
    let caption = formatted(world, params, "caption")?;
    if utf16_len(&caption.text) > CAPTION_LIMIT {
        return Err(Refusal::bad_request("MEDIA_CAPTION_TOO_LONG"));
    }
    let markup = keyboard::read_inline(params)?;
    let key = (message.chat, message.id);
    change(world, key, Some((params.text("caption").unwrap_or_default(), caption)), markup)
}

pub(super) fn reply_markup(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let message = own_message(world, params)?;
    let key = (message.chat, message.id);
    change(world, key, None, keyboard::read_inline(params)?)
}

fn own_message<'world>(world: &'world World, params: &Params) -> Result<&'world Message, Refusal> {
    let chat = readable_chat(world, params)?;
    let Some(id) = params.integer("message_id") else {
        return Err(Refusal::bad_request("message identifier is not specified"));
    };
    let message = chat.visible(id).ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
    let editable = match &message.markup {
        Markup::Nothing | Markup::Inline(_) => message.from == world.bot && !message.is_service(),
        Markup::ForceReply(_) | Markup::Keyboard => false,
    };
    if editable { Ok(message) } else { Err(Refusal::bad_request("message can't be edited")) }
}

fn change(
    world: &mut World,
    (chat, id): (i64, i64),
    text: Option<(&str, Formatted)>,
    markup: Markup,
) -> Result<Value, Refusal> {
    let now = world.now();
    let Some(message) = world.chat_mut(chat).visible_mut(id) else {
        return Err(Refusal::bad_request("message to edit not found"));
    };
    let same_text =
        text.as_ref().is_none_or(|(_, new)| new.text == message.text && new.entities == message.entities);
    if same_text && markup == message.markup {
        return Err(Refusal::bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same \
             as a current content and reply markup of the message",
        ));
    }
    if let Some((source, new)) = text {
        message.set_text(source.to_owned(), new);
    }
    message.markup = markup;
    message.edits += 1;
    message.edited_at = Some(now);
    Ok(world.message(chat, id).map_or(Value::Null, |message| world.message_json(message)))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = readable_chat(world, params)?;
    let id = params.integer("message_id").unwrap_or_default();
    let message = chat.visible(id).ok_or_else(|| Refusal::bad_request("message to delete not found"))?;
    let others = world.bot_member(chat).can_delete || chat.kind == ChatKind::Private;
    let young = world.now() - message.date <= DELETABLE;
    if !young || !(message.from == world.bot || others) {
        return Err(Refusal::bad_request("message can't be deleted"));
    }
    let chat = chat.id;
    world.erase(chat, id);
    Ok(json!(true))
}
