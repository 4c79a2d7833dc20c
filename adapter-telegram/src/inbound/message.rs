//! Messages: commands, answers to the bot, and what a chat announces of itself.

use incident_core::desk::{Ask, ChatKind, Quoted, Request, Sender};
use incident_core::ids::MessageRef;
use incident_core::incident::Attachment;
use incident_core::ports::RequestKey;
use incident_core::text::Limits;
use teloxide::types::{FileMeta, MediaKind, Message, MessageEntity, MessageKind, UserId};

use super::command::{Typed, named, read};
use super::{Scene, chat_kind, chat_ref, message_ref, person, text, topic_of};

/// Translates a message; `None` if it is not for the desk.
pub(super) fn request(scene: &Scene<'_>, message: &Message) -> Option<Request> {
    let from = person::author(message);
    if is_from(message, scene.bot.id) || from == Sender::Platform {
        return None;
    }
    if let Some(request) = announcement(scene, message, &from) {
        return Some(request);
    }
    let content = Content::of(message)?;
    let ask = match read(scene.bot, content.text) {
        Typed::Ours(word, start) => Ask::Command {
            word,
            text: content.text[start..].trim().to_owned(),
            named: named(content.text, start, content.entities),
            attachments: content.attachments,
            quoted: message.reply_to_message().and_then(|quoted| quoted_by(scene, quoted)),
            about: ours(scene, message),
        },
        Typed::Words => answer(scene, message, &content).or_else(|| remark(message, &from, &content))?,
        Typed::Others => return None,
    };
    let request = scene.request(&message.chat, topic_of(message), from, ask);
    // What belongs to the same album finds by it what was asked for.
    let commands = matches!(request.ask, Ask::Command { .. });
    Some(match album(scene, message).filter(|_| commands) {
        Some(key) => Request { key, ..request },
        None => request,
    })
}

/// Names what is asked with an album, whichever of its messages says it.
fn album(scene: &Scene<'_>, message: &Message) -> Option<RequestKey> {
    let album = &message.media_group_id()?.0;
    Some(RequestKey::new(format!("telegram:{}:{}:album:{album}", scene.bot.id, message.chat.id)))
}

fn is_from(message: &Message, user: UserId) -> bool {
    message.from.as_ref().is_some_and(|from| from.id == user)
}

/// Translates what is written by nobody: a chat that moved, a person who left.
fn announcement(scene: &Scene<'_>, message: &Message, from: &Sender) -> Option<Request> {
    let says = |ask| Some(scene.request(&message.chat, None, from.clone(), ask));
    if let Some(to) = message.migrate_to_chat_id() {
        return says(Ask::ChatMoved { to: chat_ref(*to) });
    }
    if let Some(left) = message.migrate_from_chat_id() {
        let to = chat_ref(message.chat.id);
        return says(Ask::ChatMoved { to }).map(|request| Request { chat: chat_ref(*left), ..request });
    }
    let left = message.left_chat_member().filter(|user| user.id != scene.bot.id)?;
    says(Ask::MemberLeft { who: person::identity(left.id) })
}

/// A reply to a message of ours, or a part of an album whose other parts may say something.
fn answer(scene: &Scene<'_>, message: &Message, content: &Content<'_>) -> Option<Ask> {
    let (text, attachments) = (content.text.trim().to_owned(), content.attachments.clone());
    if let Some(to) = ours(scene, message) {
        return Some(Ask::Answer { to, text, attachments });
    }
    let of = album(scene, message).filter(|_| text.is_empty() && !attachments.is_empty())?;
    Some(Ask::Album { of, attachments })
}

/// Words that people say to each other.
fn remark(message: &Message, from: &Sender, content: &Content<'_>) -> Option<Ask> {
    let text = content.text.trim();
    let by_a_person = matches!(from, Sender::Person(_)) && chat_kind(&message.chat) == ChatKind::Group;
    // What looks like a command was meant for some bot.
    let said = by_a_person && !text.is_empty() && !text.starts_with('/');
    said.then(|| Ask::Remark {
        message: message_ref(message.chat.id, message.id),
        text: text.to_owned(),
        attachments: Vec::new(),
    })
}

/// The message of ours that is replied to. What opens a topic counts as replied to by everything in it, but says
/// nothing.
fn ours(scene: &Scene<'_>, message: &Message) -> Option<MessageRef> {
    let to = message.reply_to_message()?;
    let ours = is_from(to, scene.bot.id) && matches!(to.kind, MessageKind::Common(_));
    ours.then(|| message_ref(to.chat.id, to.id))
}

fn quoted_by(scene: &Scene<'_>, quoted: &Message) -> Option<Quoted> {
    if is_from(quoted, scene.bot.id) {
        return None;
    }
    let content = Content::of(quoted)?;
    let empty = content.text.trim().is_empty() && content.attachments.is_empty();
    let by = match person::author(quoted) {
        Sender::Person(profile) => Some(profile.identity),
        Sender::AnonymousAdmin | Sender::Channel | Sender::Bot | Sender::Platform => None,
    };
    (!empty).then(|| Quoted {
        message: Some(message_ref(quoted.chat.id, quoted.id)),
        by,
        text: content.text.trim().to_owned(),
        attachments: content.attachments,
    })
}

/// What somebody said with a message.
struct Content<'a> {
    text: &'a str,
    entities: &'a [MessageEntity],
    attachments: Vec<Attachment>,
}

impl<'a> Content<'a> {
    fn of(message: &'a Message) -> Option<Self> {
        let MessageKind::Common(common) = &message.kind else { return None };
        let attachments: Vec<Attachment> = attachment(&common.media_kind).into_iter().collect();
        let words = message.text().or_else(|| message.caption());
        if words.is_none() && attachments.is_empty() {
            return None;
        }
        let entities = message.entities().or_else(|| message.caption_entities()).unwrap_or_default();
        Some(Self { text: words.unwrap_or_default(), entities, attachments })
    }
}

fn attachment(media: &MediaKind) -> Option<Attachment> {
    if let MediaKind::Photo(media) = media {
        let largest = media.photo.iter().max_by_key(|size| u64::from(size.width) * u64::from(size.height))?;
        file(&largest.file, "photo", None)
    } else if let MediaKind::Document(media) = media {
        let kind = media.document.mime_type.as_ref().map_or("document", |mime| mime.essence_str());
        file(&media.document.file, kind, media.document.file_name.as_deref())
    } else if let MediaKind::Animation(media) = media {
        file(&media.animation.file, "animation", media.animation.file_name.as_deref())
    } else if let MediaKind::Video(media) = media {
        file(&media.video.file, "video", media.video.file_name.as_deref())
    } else if let MediaKind::Audio(media) = media {
        file(&media.audio.file, "audio", media.audio.file_name.as_deref())
    } else if let MediaKind::Voice(media) = media {
        file(&media.voice.file, "voice", None)
    } else {
        None
    }
}

fn file(meta: &FileMeta, kind: &str, name: Option<&str>) -> Option<Attachment> {
    /// What teloxide says where Telegram does not tell the size.
    const UNTOLD: u32 = u32::MAX;
    Some(Attachment {
        reference: text(&meta.id.0, REFERENCE_LIMIT)?,
        kind: text(kind, Limits::NAME.max)?,
        name: name.and_then(|name| text(name, Limits::NAME.max)),
        size: Some(meta.size).filter(|size| *size != UNTOLD).map(u64::from),
    })
}

/// The longest file id that is kept, in characters; Telegram's have about a hundred.
const REFERENCE_LIMIT: usize = 512;
