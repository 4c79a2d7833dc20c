//! What happens in channels.

use incident_core::desk::{Ask, ChatKind, Sender};
use incident_core::ids::{Identity, Platform};
use serde_json::Value;

use super::words::readable;
use super::{
    Asked, Kind, Opens, ReturnPath, Scene, Spot, attachments, chat_kind, chat_ref, message_ref, person, spot,
    string,
};

/// The events that are read, each with the scopes by which Slack sends it.
pub const EVENTS: [(&str, &str); 11] = [
    ("message.channels", "channels:history"),
    ("message.groups", "groups:history"),
    ("member_joined_channel", "channels:read"),
    ("member_left_channel", "channels:read"),
    ("channel_left", "channels:read"),
    ("group_left", "groups:read"),
    ("channel_archive", "channels:read"),
    ("group_archive", "groups:read"),
    ("channel_deleted", "channels:read"),
    ("group_deleted", "groups:read"),
    ("channel_id_changed", "channels:read"),
];

/// Names a message. Slack has sent one message in several events, so what it is counts, and not how it came.
pub(super) fn message_name(event: &Value) -> Option<String> {
    let said = string(&event["type"]) == Some("message") && is_said(event);
    let (channel, ts) = (string(&event["channel"])?, string(&event["ts"])?);
    said.then(|| format!("message:{channel}:{ts}"))
}

/// Tells whether a message was said by somebody, as opposed to changed, deleted or announced.
fn is_said(event: &Value) -> bool {
    let subtype = event["subtype"].as_str();
    matches!(subtype, None | Some("file_share" | "thread_broadcast" | "me_message"))
}

/// Translates an event.
pub(super) fn read(scene: &Scene<'_>) -> Option<Asked> {
    let event = &scene.payload["event"];
    match string(&event["type"])? {
        "message" => said(scene, event),
        "member_left_channel" => {
            let user = string(&event["user"])?;
            let ask = match user == scene.bot.user {
                true => Ask::BotRemoved,
                false => Ask::MemberLeft { who: Identity::new(Platform::Slack, user) },
            };
            announced(scene, string(&event["channel"])?, ask)
        }
        "member_joined_channel" => {
            let ours = string(&event["user"])? == scene.bot.user;
            let ask = Ask::BotPresent { can_pin: None };
            announced(scene, string(&event["channel"])?, ask).filter(|_| ours)
        }
        "channel_left" | "group_left" | "channel_archive" | "group_archive" | "channel_deleted"
        | "group_deleted" => announced(scene, string(&event["channel"])?, Ask::BotRemoved),
        "channel_id_changed" => {
            let to = chat_ref(string(&event["new_channel_id"])?);
            announced(scene, string(&event["old_channel_id"])?, Ask::ChatMoved { to })
        }
        _ => None,
    }
}

/// What the platform itself tells, with nobody to answer.
fn announced(scene: &Scene<'_>, channel: &str, ask: Ask) -> Option<Asked> {
    let there = Spot { channel, kind: ChatKind::Group, title: None };
    let request = scene.request(Kind::EventsApi, there, Sender::Platform, ask)?;
    Some(Asked { request, path: ReturnPath::Nowhere, opens: Opens::Nothing })
}

/// Something that a person said: in the thread of a message of ours, or to nobody in particular.
fn said(scene: &Scene<'_>, event: &Value) -> Option<Asked> {
    let (channel, ts) = (string(&event["channel"])?, string(&event["ts"])?);
    let user = string(&event["user"])?;
    let by_a_bot = !event["bot_id"].is_null() || user == scene.bot.user || user == "USLACKBOT";
    if by_a_bot || !is_said(event) {
        return None;
    }
    let text = readable(event["text"].as_str().unwrap_or_default());
    let attachments = attachments(event);
    let kind = chat_kind(channel, event["channel_type"].as_str().unwrap_or_default());
    let thread = string(&event["thread_ts"]).filter(|thread| *thread != ts);
    let in_ours = string(&event["parent_user_id"]) == Some(scene.bot.user.as_str());
    let ask = match thread {
        Some(thread) if in_ours => Ask::Thread { of: message_ref(channel, thread), text, attachments },
        Some(_) | None if kind == ChatKind::Group && !text.is_empty() => {
            Ask::Remark { message: message_ref(channel, ts), text, attachments: Vec::new() }
        }
        Some(_) | None => return None,
    };
    let there = Spot { kind, ..spot(channel, "") };
    let request = scene.request(Kind::EventsApi, there, Sender::Person(person(user, None)), ask)?;
    let path = ReturnPath::Whisper { channel: channel.to_owned(), user: user.to_owned() };
    Some(Asked { request, path, opens: Opens::Nothing })
}
