//! Messages: talk, answers to the bot, and what is said in threads on its messages.

use incident_core::desk::{Ask, ChatKind, Request, Sender};
use incident_core::incident::Attachment;
use incident_core::text::Limits;
use serde_json::Value;

use super::{Scene, Spot, chat_ref, field, person, text};
use crate::messenger::{message_ref, reference};

/// What people write themselves: 0 is a message, 19 a reply. Everything else is announced by Discord.
const WRITTEN: [u64; 2] = [0, 19];
/// The longest reference of a file that is kept, in characters.
const REFERENCE_LIMIT: usize = 512;

/// Translates a message; `None` if it is not for the desk.
pub(super) fn read(scene: &Scene<'_>, event: &Value, fresh: u128) -> Option<Request> {
    let written = event["type"].as_u64().is_none_or(|kind| WRITTEN.contains(&kind));
    if !written || !event["webhook_id"].is_null() {
        return None;
    }
    let from = person::sender(&event["author"], event.get("member"), None);
    let (channel, id) = (field::id(event, "channel_id")?, field::words(event, "id")?);
    if !matches!(from, Sender::Person(_)) {
        return None;
    }
    let parent = scene.guilds.parent(channel);
    let spot = Spot {
        chat: chat_ref(parent.unwrap_or(channel)),
        thread: parent.map(|_| channel),
        title: scene.guilds.title(parent.unwrap_or(channel)),
        kind: if event["guild_id"].is_null() { ChatKind::Private } else { ChatKind::Group },
    };
    let words = field::words(event, "content").unwrap_or_default().trim().to_owned();
    let attachments = attachments(event, channel, id);
    if words.is_empty() && attachments.is_empty() {
        return None;
    }
    let here = |id: &str| message_ref(spot.chat.clone(), spot.thread, id);
    let ask = if let Some(to) = ours(scene, event, channel) {
        Ask::Answer { to: here(to), text: words, attachments }
    } else if parent.is_some() {
        // A thread on a message has the number of that message.
        let of = message_ref(spot.chat.clone(), None, &channel.to_string());
        Ask::Thread { of, text: words, attachments }
    } else if spot.kind != ChatKind::Group {
        return None;
    } else {
        Ask::Remark { message: here(id), text: words, attachments }
    };
    Some(Request { ask, ..spot.request(scene, ("message", id), from, fresh) })
}

/// The message of the bot's own that is replied to.
fn ours<'a>(scene: &Scene<'_>, event: &'a Value, channel: u64) -> Option<&'a str> {
    let answered = event.get("referenced_message")?;
    let by_bot = field::id(&answered["author"], "id") == Some(scene.bot);
    let here = field::id(answered, "channel_id").is_none_or(|there| there == channel);
    (by_bot && here).then(|| field::words(answered, "id")).flatten()
}

pub(crate) fn attachments(event: &Value, channel: u64, message: &str) -> Vec<Attachment> {
    let file = |file: &Value| {
        let reference = reference(channel, message, field::words(file, "id")?);
        Some(Attachment {
            reference: text(&reference, REFERENCE_LIMIT)?,
            kind: text(field::words(file, "content_type").unwrap_or("document"), Limits::NAME.max)?,
            name: field::words(file, "filename").and_then(|name| text(name, Limits::NAME.max)),
            size: file["size"].as_u64(),
        })
    };
    field::list(event, "attachments").iter().filter_map(file).collect()
}
