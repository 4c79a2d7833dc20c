//! What people do in a chat: write, answer, edit, delete, press.

use serde_json::json;

use super::chat::{Draft, Media, User};
use super::markup::{Entity, Formatted, recognise, utf16_len};
use super::world::Press;
use super::{BotApi, World, json};

/// Why a button could not be pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PressError {
    /// The message does not exist, or was deleted.
    NoMessage,
    /// No button carries those words; these are there.
    NoButton(Vec<String>),
    /// The button opens something instead of telling the bot.
    NotForTheBot,
}

impl std::fmt::Display for PressError {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoMessage => write!(out, "there is no such message"),
            Self::NoButton(labels) => write!(out, "there is no such button, only {labels:?}"),
            Self::NotForTheBot => write!(out, "that button does not reach the bot"),
        }
    }
}

impl std::error::Error for PressError {}

/// What somebody says, apart from where.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) reply_to: Option<i64>,
    pub(super) thread: Option<i64>,
    pub(super) media: Option<Media>,
    pub(super) album: Option<String>,
    pub(super) names: Option<i64>,
}

impl Said {
    pub(super) fn text(text: &str) -> Self {
        Self { text: text.to_owned(), ..Self::default() }
    }
}

/// Messages and presses.
impl BotApi {
    /// Writes a message and returns its number.
    pub fn write(&self, chat: i64, user: i64, text: &str) -> i64 {
        self.act(|world| world.say(chat, user, Said::text(text)))
    }

    /// Answers a message.
    pub fn reply(&self, chat: i64, user: i64, to: i64, text: &str) -> i64 {
        self.act(|world| world.say(chat, user, Said { reply_to: Some(to), ..Said::text(text) }))
    }

    /// Writes into a topic of a forum.
    pub fn write_in(&self, chat: i64, thread: i64, user: i64, text: &str) -> i64 {
        self.act(|world| world.say(chat, user, Said { thread: Some(thread), ..Said::text(text) }))
    }

    /// Writes a message in which the person's first name stands for them (a `text_mention`), as the
    /// client does for people without a handle: every `{}` in the text becomes that name.
    pub fn write_naming(&self, chat: i64, user: i64, text: &str, named: i64) -> i64 {
        self.act(|world| world.say(chat, user, Said { names: Some(named), ..Said::text(text) }))
    }

    /// Sends a photo; the file id is in the message.
    pub fn send_photo(&self, chat: i64, user: i64, caption: &str) -> i64 {
        self.send_file(chat, user, "photo", caption)
    }

    /// Sends a document; the file id is in the message.
    pub fn send_document(&self, chat: i64, user: i64, caption: &str) -> i64 {
        self.send_file(chat, user, "document", caption)
    }

    /// Sends a file of a kind, as [`Media::kind`] names them; everything else is a document of that media type.
    pub fn send_file(&self, chat: i64, user: i64, kind: &str, caption: &str) -> i64 {
        self.act(|world| {
            let media = world.keep_file(Media::sent(kind));
            world.say(chat, user, Said { media: Some(media), ..Said::text(caption) })
        })
    }

    /// Answers a message with a file of a kind and no words.
    pub fn answer_with_file(&self, chat: i64, user: i64, to: i64, kind: &str) -> i64 {
        self.act(|world| {
            let media = world.keep_file(Media::sent(kind));
            world.say(chat, user, Said { media: Some(media), reply_to: Some(to), ..Said::text("") })
        })
    }

    /// Sends photos as an album, as an answer if `reply_to` says to what; the caption comes on one of them, as clients
    /// send it. Returns the messages in their order.
    pub fn send_album(&self, chat: i64, user: i64, captions: &[&str], reply_to: Option<i64>) -> Vec<i64> {
        self.act(|world| {
            let album = Some(format!("{}", 13_000_000_000_000_000 + world.next_serial()));
            let mut sent = Vec::new();
            for caption in captions {
                let media = Some(world.keep_file(Media::of("photo")));
                let album = album.clone();
                sent.push(world.say(chat, user, Said { media, album, reply_to, ..Said::text(caption) }));
            }
            sent
        })
    }

    /// Forgets a file: whoever sends it again is told that there is none.
    pub fn forget_file(&self, file_id: &str) {
        self.act(|world| world.files.remove(file_id));
    }

    /// Changes a person's own message; the bot gets `edited_message`.
    pub fn edit(&self, chat: i64, message: i64, text: &str) {
        self.act(|world| {
            let now = world.now();
            let formatted = recognise(Formatted { text: text.to_owned(), entities: Vec::new() });
            if let Some(message) = world.chat_mut(chat).visible_mut(message) {
                message.set_text(text.to_owned(), formatted);
                message.edits += 1;
                message.edited_at = Some(now);
            }
            world.tell("edited_message", chat, message);
        });
    }

    /// Deletes a message by hand; bots are not told.
    pub fn delete(&self, chat: i64, message: i64) {
        self.act(|world| world.erase(chat, message));
    }

    /// Unpins a message by hand; bots are not told.
    pub fn unpin(&self, chat: i64, message: i64) {
        self.act(|world| world.unpin(chat, message));
    }

    /// Presses the first button whose label contains the words and returns the query's id.
    ///
    /// # Errors
    /// Tells what is there instead.
    pub fn press(&self, chat: i64, user: i64, message: i64, label: &str) -> Result<String, PressError> {
        self.act(|world| {
            let found = world.chat(chat).visible(message).ok_or(PressError::NoMessage)?;
            let labels = || found.labels().into_iter().map(str::to_owned).collect();
            let button = found.button(label).ok_or_else(|| PressError::NoButton(labels()))?;
            let data = button.data.clone().ok_or(PressError::NotForTheBot)?;
            Ok(world.press(chat, user, message, &data))
        })
    }

    /// Presses a button that is not (or no longer) there, as old screens and forged clients do.
    pub fn press_code(&self, chat: i64, user: i64, message: i64, data: &str) -> String {
        self.act(|world| world.press(chat, user, message, data))
    }

    /// Lets every press that waits for its answer become too old to be answered.
    pub fn expire_presses(&self) {
        self.act(|world| world.presses.values_mut().for_each(|press| press.expired = true));
    }
}

impl World {
    pub(super) fn say(&mut self, chat: i64, user: i64, said: Said) -> i64 {
        let is_bot = self.person(user).is_bot;
        let formatted = match said.names {
            Some(named) => name_in(&said.text, self.person(named)),
            None => Formatted { text: said.text.clone(), entities: Vec::new() },
        };
        let formatted = recognise(formatted.trimmed());
        let (reply_to, thread, media, album) = (said.reply_to, said.thread, said.media, said.album);
        if is_bot {
            self.chat_mut(chat).last_bot = Some(user);
        }
        let draft = Draft {
            from: user,
            thread,
            reply_to,
            source: said.text,
            formatted,
            media,
            album,
            ..Draft::default()
        };
        self.publish(chat, draft)
    }

    pub(super) fn erase(&mut self, chat: i64, id: i64) {
        self.unpin(chat, id);
        if let Some(message) = self.chat_mut(chat).visible_mut(id) {
            message.deleted = true;
        }
    }

    pub(super) fn unpin(&mut self, chat: i64, id: i64) {
        let chat = self.chat_mut(chat);
        chat.pinned.retain(|pinned| *pinned != id);
        if let Some(message) = chat.messages.get_mut(&id) {
            message.pinned = false;
        }
    }

    fn press(&mut self, chat: i64, user: i64, id: i64, data: &str) -> String {
        let query = format!("{}", 4_100_000_000_000_000_000 + self.next_serial());
        let room = self.chat(chat);
        let message = match room.visible(id) {
            Some(message) => self.message_json(message),
            None => json!({"chat": self.chat_json(room), "message_id": id, "date": 0}),
        };
        let body = json!({
            "id": query,
            "from": json::user(self.person(user)),
            "message": message,
            "chat_instance": format!("{}", chat.unsigned_abs() % 1_000_003 * 8_191),
            "data": data,
        });
        let pressed_at = self.now();
        self.presses.insert(query.clone(), Press { user, pressed_at, answered: false, expired: false });
        // Telegram queues presses by person, so one can overtake messages of the chat.
        self.push("callback_query", format!("press {user}"), &body);
        query
    }
}

/// Puts a person's name wherever the text has `{}` and marks it as a mention of them.
fn name_in(text: &str, named: &User) -> Formatted {
    let mut out = Formatted::default();
    let mut parts = text.split("{}").peekable();
    while let Some(part) = parts.next() {
        out.text += part;
        if parts.peek().is_some() {
            let (offset, length) = (utf16_len(&out.text), utf16_len(&named.first_name));
            let entity = Entity { user: Some(named.id), ..Entity::plain("text_mention", offset, length) };
            out.entities.push(entity);
            out.text += &named.first_name;
        }
    }
    out
}
