//! Sending: text, photos and files.

use std::sync::Arc;

use serde_json::{Value, json};

use super::access::{formatted, place, writable_chat};
use super::{Params, Refusal, keyboard};
use crate::testkit::World;
use crate::testkit::chat::{Draft, Media};
use crate::testkit::markup::utf16_len;

/// The longest text, in UTF-16 units after parsing.
pub(super) const TEXT_LIMIT: usize = 4_096;
/// The longest caption, in UTF-16 units after parsing.
pub(super) const CAPTION_LIMIT: usize = 1_024;

pub(super) fn send_message(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = writable_chat(world, params)?;
    let place = place(chat, params)?;
    if params.text("text").is_none_or(str::is_empty) {
        return Err(Refusal::bad_request("message text is empty"));
    }
    let text = formatted(world, params, "text")?;
    if text.text.is_empty() {
        return Err(Refusal::bad_request("text must be non-empty"));
    }
    if utf16_len(&text.text) > TEXT_LIMIT {
        return Err(Refusal::bad_request("message is too long"));
    }
    let source = params.text("text").unwrap_or_default().to_owned();
    let chat = chat.id;
    Ok(send(world, chat, Draft { source, formatted: text, markup: keyboard::read(params)?, ..place }))
}

pub(super) fn send_media(world: &mut World, params: &Params, kind: &'static str) -> Result<Value, Refusal> {
    let chat = writable_chat(world, params)?;
    let place = place(chat, params)?;
    let given = params.text(kind).unwrap_or_default();
    if given.is_empty() {
        return Err(Refusal::bad_request(&format!("there is no {kind} in the request")));
    }
    let caption = formatted(world, params, "caption")?;
    if utf16_len(&caption.text) > CAPTION_LIMIT {
        return Err(Refusal::bad_request("message caption is too long"));
    }
    let known = world.files.get(given).cloned();
    if let Some(known) = &known
        && known.kind != kind
    {
        let words = format!("can't use file of type {} as {kind}", known.kind);
        return Err(Refusal::bad_request(&words));
    }
    let made = params.upload(given.strip_prefix("attach://").unwrap_or(kind)).or(params.upload(kind)).map(
        |upload| Media {
            name: Some(upload.name.clone()),
            media_type: upload.media_type.clone(),
            bytes: Some(Arc::clone(&upload.bytes)),
            ..Media::of(kind)
        },
    );
    let Some(media) = made.clone().or(known) else {
        return Err(Refusal::bad_request("wrong file identifier/HTTP URL specified"));
    };
    let markup = keyboard::read(params)?;
    let source = params.text("caption").unwrap_or_default().to_owned();
    let chat = chat.id;
    let media = Some(if made.is_some() { world.keep_file(media) } else { media });
    Ok(send(world, chat, Draft { source, formatted: caption, markup, media, ..place }))
}

pub(super) fn send_chat_action(world: &World, params: &Params) -> Result<Value, Refusal> {
    writable_chat(world, params)?;
    Ok(json!(true))
}

fn send(world: &mut World, chat: i64, draft: Draft) -> Value {
    let (bot, now) = (world.bot, world.now());
    let room = world.chat_mut(chat);
    room.last_bot = Some(bot);
    let id = room.add(Draft { from: bot, ..draft }, now);
    let room = world.chat(chat);
    room.visible(id).map_or(Value::Null, |message| world.message_json(message))
}
