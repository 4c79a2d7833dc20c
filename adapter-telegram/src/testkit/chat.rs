//! What Telegram keeps: people, chats, messages. Plain data; the rules are in the modules around it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::markup::{Entity, Formatted};

/// Somebody with an account: a person, our bot or another bot.
#[derive(Clone, Debug)]
pub struct User {
    /// The account's id; larger than 32 bits, as today's are.
    pub id: i64,
    /// The name shown.
    pub first_name: String,
    /// The handle without `@`, which may be missing and may change.
    pub username: Option<String>,
    /// The language of the person's client, if it told.
    pub language: Option<String>,
    /// Whether it is a bot.
    pub is_bot: bool,
}

/// The three sorts of chats a bot like ours works in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// One person and the bot.
    Private,
    /// A small group; becomes a supergroup one day, under another id.
    Group,
    /// A supergroup, with or without topics.
    Supergroup,
}

/// How somebody stands in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The owner.
    Creator,
    /// An administrator.
    Administrator,
    /// An ordinary member.
    Member,
    /// Not in the chat: never was, or left.
    Left,
    /// Thrown out.
    Kicked,
}

impl Status {
    /// Gives the Bot API's word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Administrator => "administrator",
            Self::Member => "member",
            Self::Left => "left",
            Self::Kicked => "kicked",
        }
    }

    pub(super) fn is_admin(self) -> bool {
        matches!(self, Self::Creator | Self::Administrator)
    }

    pub(super) fn is_present(self) -> bool {
        !matches!(self, Self::Left | Self::Kicked)
    }
}

/// One member and the rights that matter here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) status: Status,
    pub(super) can_pin: bool,
    pub(super) can_delete: bool,
    pub(super) can_send: bool,
}

impl Member {
    pub(super) fn with(status: Status) -> Self {
        Self { status, can_pin: status.is_admin(), can_delete: status.is_admin(), can_send: true }
    }
}

/// A topic of a forum.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) closed: bool,
}

/// A photo or a file in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// What Telegram calls it: `photo`, `document`, `animation`, `video`, `audio` or `voice`.
    pub kind: &'static str,
    /// The id by which a bot can send it again.
    pub file_id: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Its media type, where it has one.
    pub media_type: Option<String>,
    /// What a bot uploaded; what people send is not kept.
    pub bytes: Option<Arc<[u8]>>,
}

impl Media {
    /// Describes a file of a kind that nobody keeps yet.
    pub(super) const fn of(kind: &'static str) -> Self {
        Self { kind, file_id: String::new(), name: None, media_type: None, bytes: None }
    }

    /// Describes what a person sends; what is of no kind of its own is a document of that media type.
    pub(super) fn sent(kind: &str) -> Self {
        const KINDS: [&str; 5] = ["photo", "animation", "video", "audio", "voice"];
        if let Some(kind) = KINDS.into_iter().find(|known| *known == kind) {
            return Self::of(kind);
        }
        let media_type = if kind == "document" { "application/pdf" } else { kind };
        let name = Some("report.pdf".to_owned());
        Self { name, media_type: Some(media_type.to_owned()), ..Self::of("document") }
    }
}

/// One inline button.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    /// The words on it.
    pub label: String,
    /// What the bot gets when it is pressed; absent on links and other kinds.
    pub data: Option<String>,
    pub(super) raw: Value,
}

/// The request to answer a message that the bot attached to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// Whether only mentioned people and the author of the answered message are asked.
    pub selective: bool,
    /// The hint in the input field.
    pub placeholder: Option<String>,
}

/// What is attached below a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Markup {
    #[default]
    Nothing,
    Inline(Vec<Vec<Button>>),
    ForceReply(Prompt),
    /// A reply keyboard or its removal: not shown to anybody, but the message is uneditable.
    Keyboard,
}

/// A message as it stands now.
#[derive(Clone, Debug)]
pub struct Message {
    /// The chat it is in.
    pub chat: i64,
    /// Its number in that chat, counted from one.
    pub id: i64,
    /// Who sent it.
    pub from: i64,
    /// When, in seconds since 1970.
    pub date: i64,
    /// The topic or the root of the thread it belongs to.
    pub thread: Option<i64>,
    /// The message it answers, whether by a person's choice or the bot's.
    pub reply_to: Option<i64>,
    /// The text or caption without markup; empty on service messages.
    pub text: String,
    /// The text or caption as the sender passed it, markup included.
    pub source: String,
    /// What is formatted or recognised in the text.
    pub entities: Vec<Entity>,
    /// The photo or file, if it has one.
    pub media: Option<Media>,
    /// The album it belongs to, if it was sent in one.
    pub album: Option<String>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// How many times it really changed.
    pub edits: u32,
    /// Whether it was deleted; such messages stay readable by id only.
    pub deleted: bool,
    pub(super) edited_at: Option<i64>,
    pub(super) topic: bool,
    pub(super) markup: Markup,
    pub(super) service: Map<String, Value>,
}

impl Message {
    /// Lists the rows of inline buttons.
    pub fn buttons(&self) -> &[Vec<Button>] {
        if let Markup::Inline(rows) = &self.markup { rows } else { &[] }
    }

    /// Lists the words on all inline buttons, row by row.
    pub fn labels(&self) -> Vec<&str> {
        self.buttons().iter().flatten().map(|button| button.label.as_str()).collect()
    }

    /// Finds the first button whose label contains the given words.
    pub fn button(&self, label: &str) -> Option<&Button> {
        self.buttons().iter().flatten().find(|button| button.label.contains(label))
    }

    /// Tells whether an answer was asked for with this message.
    pub fn prompt(&self) -> Option<&Prompt> {
        if let Markup::ForceReply(prompt) = &self.markup { Some(prompt) } else { None }
    }

    /// Tells whether it announces an event (somebody joined, something was pinned) and says nothing.
    pub fn is_service(&self) -> bool {
        !self.service.is_empty()
    }

    /// Lists the users it names by id.
    pub fn mentioned_ids(&self) -> Vec<i64> {
        self.entities.iter().filter_map(|entity| entity.user).collect()
    }

    pub(super) fn set_text(&mut self, source: String, formatted: Formatted) {
        self.source = source;
        self.text = formatted.text;
        self.entities = formatted.entities;
    }
}

/// A message about to be added to a chat.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) from: i64,
    pub(super) thread: Option<i64>,
    pub(super) reply_to: Option<i64>,
    pub(super) source: String,
    pub(super) formatted: Formatted,
    pub(super) media: Option<Media>,
    pub(super) album: Option<String>,
    pub(super) markup: Markup,
    pub(super) service: Map<String, Value>,
}

/// A chat with its members and history.
#[derive(Debug)]
pub(super) struct Chat {
    pub(super) id: i64,
    pub(super) kind: ChatKind,
    pub(super) title: String,
    pub(super) forum: bool,
    pub(super) members: BTreeMap<i64, Member>,
    pub(super) messages: BTreeMap<i64, Message>,
    pub(super) next_message: i64,
    pub(super) pinned: Vec<i64>,
    pub(super) topics: BTreeMap<i64, Topic>,
    pub(super) upgraded_to: Option<i64>,
    pub(super) last_bot: Option<i64>,
}

impl Chat {
    pub(super) fn new(id: i64, kind: ChatKind, title: &str) -> Self {
        Self {
            id,
            kind,
            title: title.to_owned(),
            forum: false,
            members: BTreeMap::new(),
            messages: BTreeMap::new(),
            next_message: 1,
            pinned: Vec::new(),
            topics: BTreeMap::new(),
            upgraded_to: None,
            last_bot: None,
        }
    }

    pub(super) fn member(&self, user: i64) -> Member {
        self.members.get(&user).copied().unwrap_or_else(|| Member::with(Status::Left))
    }

    /// Finds a message that is still there.
    pub(super) fn visible(&self, id: i64) -> Option<&Message> {
        self.messages.get(&id).filter(|message| !message.deleted)
    }

    pub(super) fn visible_mut(&mut self, id: i64) -> Option<&mut Message> {
        self.messages.get_mut(&id).filter(|message| !message.deleted)
    }

    /// Appends a message and returns its number.
    pub(super) fn add(&mut self, draft: Draft, date: i64) -> i64 {
        let id = self.next_message;
        self.next_message += 1;
        let answered = draft.reply_to.and_then(|reply| self.messages.get(&reply));
        let root = answered.map(|message| message.thread.unwrap_or(message.id));
        let topic = answered.filter(|message| message.topic).and_then(|message| message.thread);
        let in_topic = self.forum && (draft.thread.is_some() || topic.is_some());
        let thread = match self.kind {
            ChatKind::Supergroup if !self.forum => draft.thread.or(root),
            // An answer goes where the question is.
            ChatKind::Supergroup => draft.thread.or(topic),
            ChatKind::Private | ChatKind::Group => None,
        };
        let message = Message {
            chat: self.id,
            id,
            from: draft.from,
            date,
            thread,
            reply_to: draft.reply_to,
            text: draft.formatted.text,
            source: draft.source,
            entities: draft.formatted.entities,
            media: draft.media,
            album: draft.album,
            pinned: false,
            edits: 0,
            deleted: false,
            edited_at: None,
            topic: in_topic,
            markup: draft.markup,
            service: draft.service,
        };
        self.messages.insert(id, message);
        id
    }
}
