//! What people do in Telegram: write, press, join, leave. Each act reaches the bot as Telegram would
//! tell it, or not at all.

use serde_json::{Map, Value, json};

use super::chat::{Chat, ChatKind, Draft, Media, Member, Message, Status, Topic, User};
use super::markup::{Formatted, recognise};
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

/// People and chats.
///
/// # Panics
/// Every act panics when it names a chat or person this world does not have: a mistake in the test.
impl BotApi {
    /// Registers a person with an optional handle (no `@`) and returns their id.
    pub fn user(&self, first_name: &str, username: Option<&str>) -> i64 {
        self.act(|world| world.new_user(first_name, username, false))
    }

    /// Registers another bot and returns its id.
    pub fn other_bot(&self, first_name: &str, username: &str) -> i64 {
        self.act(|world| world.new_user(first_name, Some(username), true))
    }

    /// Changes a person's handle; the bot learns it with their next message.
    pub fn rename(&self, user: i64, username: Option<&str>) {
        self.act(|world| {
            world.person(user);
            world.users.entry(user).and_modify(|person| person.username = username.map(str::to_owned));
        });
    }

    /// Sets the language a person's client reports.
    pub fn set_language(&self, user: i64, language: Option<&str>) {
        self.act(|world| {
            world.person(user);
            world.users.entry(user).and_modify(|person| person.language = language.map(str::to_owned));
        });
    }

    /// Opens the private chat: the person presses START. The chat's id is the person's.
    pub fn start_private(&self, user: i64) -> i64 {
        self.act(|world| {
            let name = world.person(user).first_name.clone();
            let chat = world.chats.entry(user).or_insert_with(|| Chat::new(user, ChatKind::Private, &name));
            chat.members.entry(user).or_insert(Member::with(Status::Member));
            let bot = world.bot;
            world.set_member(user, bot, user, Member::with(Status::Member));
            world.say(user, user, Said { text: "/start".to_owned(), ..Said::default() });
            user
        })
    }

    /// Blocks the bot in the person's private chat.
    pub fn block(&self, user: i64) {
        self.act(|world| {
            let bot = world.bot;
            world.set_member(user, bot, user, Member::with(Status::Kicked));
        });
    }

    /// Founds a small group without the bot and returns its id.
    pub fn group(&self, title: &str, creator: i64) -> i64 {
        self.act(|world| world.found(ChatKind::Group, title, creator))
    }

    /// Founds a supergroup without the bot and returns its id.
    pub fn supergroup(&self, title: &str, creator: i64) -> i64 {
        self.act(|world| world.found(ChatKind::Supergroup, title, creator))
    }

    /// Founds a supergroup with topics, without the bot, and returns its id.
    pub fn forum(&self, title: &str, creator: i64) -> i64 {
        self.act(|world| {
            let id = world.found(ChatKind::Supergroup, title, creator);
            world.chat_mut(id).forum = true;
            id
        })
    }

    /// Opens a topic in a forum and returns its thread id.
    pub fn topic(&self, chat: i64, by: i64, name: &str) -> i64 {
        self.act(|world| {
            let created = json!({"name": name, "icon_color": 7_322_096});
            let service = Map::from_iter([("forum_topic_created".to_owned(), created)]);
            let room = world.chat_mut(chat);
            let thread = room.next_message;
            room.topics.insert(thread, Topic { closed: false });
            world.publish(chat, Draft { from: by, thread: Some(thread), service, ..Draft::default() })
        })
    }

    /// Closes or reopens a topic.
    pub fn close_topic(&self, chat: i64, by: i64, thread: i64, closed: bool) {
        self.act(|world| {
            world.chat_mut(chat).topics.entry(thread).and_modify(|topic| topic.closed = closed);
            let event = if closed { "forum_topic_closed" } else { "forum_topic_reopened" };
            let service = Map::from_iter([(event.to_owned(), json!({}))]);
            world.publish(chat, Draft { from: by, thread: Some(thread), service, ..Draft::default() });
        });
    }

    /// Turns privacy mode off or on; it is on at first, and means nothing where the bot is an administrator.
    pub fn set_privacy(&self, on: bool) {
        self.act(|world| world.privacy = on);
    }
}

/// Membership.
impl BotApi {
    /// Adds the bot to a group as an ordinary member.
    pub fn add_bot(&self, chat: i64, by: i64) {
        self.act(|world| {
            let bot = world.bot;
            world.set_member(chat, bot, by, Member::with(Status::Member));
            world.announce_joined(chat, by, bot);
        });
    }

    /// Makes the bot an administrator with all rights it can use.
    pub fn promote_bot(&self, chat: i64, by: i64) {
        self.act(|world| {
            let bot = world.bot;
            world.set_member(chat, bot, by, Member::with(Status::Administrator));
        });
    }

    /// Gives the bot, as an administrator, the right to pin messages or takes it away.
    pub fn let_bot_pin(&self, chat: i64, by: i64, allowed: bool) {
        self.act(|world| {
            let bot = world.bot;
            let member = Member { can_pin: allowed, ..world.chat(chat).member(bot) };
            world.set_member(chat, bot, by, member);
        });
    }

    /// Makes the bot an ordinary member again.
    pub fn demote_bot(&self, chat: i64, by: i64) {
        self.act(|world| {
            let bot = world.bot;
            world.set_member(chat, bot, by, Member::with(Status::Member));
        });
    }

    /// Mutes the bot: sending is refused, reading goes on.
    pub fn mute_bot(&self, chat: i64, muted: bool) {
        self.act(|world| {
            let bot = world.bot;
            let member = Member { can_send: !muted, ..world.chat(chat).member(bot) };
            world.chat_mut(chat).members.insert(bot, member);
        });
    }

    /// Throws the bot out.
    pub fn kick_bot(&self, chat: i64, by: i64) {
        self.act(|world| {
            let bot = world.bot;
            world.set_member(chat, bot, by, Member::with(Status::Kicked));
        });
    }

    /// Somebody joins a group.
    pub fn join(&self, chat: i64, user: i64) {
        self.act(|world| {
            world.set_member(chat, user, user, Member::with(Status::Member));
            world.announce_joined(chat, user, user);
        });
    }

    /// Somebody leaves.
    pub fn leave(&self, chat: i64, user: i64) {
        self.act(|world| world.remove(chat, user, user, Status::Left));
    }

    /// Somebody is thrown out.
    pub fn kick(&self, chat: i64, user: i64, by: i64) {
        self.act(|world| world.remove(chat, user, by, Status::Kicked));
    }

    /// Somebody becomes an administrator.
    pub fn promote(&self, chat: i64, user: i64, by: i64) {
        self.act(|world| world.set_member(chat, user, by, Member::with(Status::Administrator)));
    }

    /// Somebody is an administrator no longer.
    pub fn demote(&self, chat: i64, user: i64, by: i64) {
        self.act(|world| world.set_member(chat, user, by, Member::with(Status::Member)));
    }
}

/// What somebody says, apart from where.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) text: String,
    pub(super) reply_to: Option<i64>,
    pub(super) thread: Option<i64>,
    pub(super) media: Option<bool>,
    pub(super) names: Option<i64>,
}

/// Messages and presses.
impl BotApi {
    /// Writes a message and returns its number.
    pub fn write(&self, chat: i64, user: i64, text: &str) -> i64 {
        self.act(|world| world.say(chat, user, Said { text: text.to_owned(), ..Said::default() }))
    }

    /// Answers a message.
    pub fn reply(&self, chat: i64, user: i64, to: i64, text: &str) -> i64 {
        self.act(|world| {
            world.say(chat, user, Said { text: text.to_owned(), reply_to: Some(to), ..Said::default() })
        })
    }

    /// Writes into a topic of a forum.
    pub fn write_in(&self, chat: i64, thread: i64, user: i64, text: &str) -> i64 {
        self.act(|world| {
            world.say(chat, user, Said { text: text.to_owned(), thread: Some(thread), ..Said::default() })
        })
    }

    /// Writes a message in which the person's first name stands for them (a `text_mention`), as the
    /// client does for people without a handle: every `{}` in the text becomes that name.
    pub fn write_naming(&self, chat: i64, user: i64, text: &str, named: i64) -> i64 {
        self.act(|world| {
            world.say(chat, user, Said { text: text.to_owned(), names: Some(named), ..Said::default() })
        })
    }

    /// Sends a photo; the file id is in the message.
    pub fn send_photo(&self, chat: i64, user: i64, caption: &str) -> i64 {
        self.act(|world| {
            world.say(chat, user, Said { text: caption.to_owned(), media: Some(true), ..Said::default() })
        })
    }

    /// Sends a document; the file id is in the message.
    pub fn send_document(&self, chat: i64, user: i64, caption: &str) -> i64 {
        self.act(|world| {
            world.say(chat, user, Said { text: caption.to_owned(), media: Some(false), ..Said::default() })
        })
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
    fn new_user(&mut self, first_name: &str, username: Option<&str>, is_bot: bool) -> i64 {
        let id = 5_400_000_000 + self.next_serial();
        let user = User {
            id,
            first_name: first_name.to_owned(),
            username: username.map(str::to_owned),
            language: Some("en".to_owned()).filter(|_| !is_bot),
            is_bot,
        };
        self.users.insert(id, user);
        id
    }

    fn found(&mut self, kind: ChatKind, title: &str, creator: i64) -> i64 {
        self.person(creator);
        let id = self.new_chat_id(kind);
        let mut chat = Chat::new(id, kind, title);
        chat.members.insert(creator, Member::with(Status::Creator));
        self.chats.insert(id, chat);
        id
    }

    pub(super) fn new_chat_id(&mut self, kind: ChatKind) -> i64 {
        let serial = self.next_serial();
        if kind == ChatKind::Supergroup { -1_002_000_000_000 - serial } else { -4_000_000 - serial }
    }

    pub(super) fn new_file(&mut self, kind: &str) -> String {
        let id = format!("{kind}-file-{}", self.next_serial());
        self.files.insert(id.clone());
        id
    }

    fn announce_joined(&mut self, chat: i64, by: i64, user: i64) {
        let joined = json!([json::user(self.person(user))]);
        let service = Map::from_iter([("new_chat_members".to_owned(), joined)]);
        self.publish(chat, Draft { from: by, service, ..Draft::default() });
    }

    fn remove(&mut self, chat: i64, user: i64, by: i64, status: Status) {
        self.set_member(chat, user, by, Member::with(status));
        let left = json::user(self.person(user));
        let service = Map::from_iter([("left_chat_member".to_owned(), left)]);
        self.publish(chat, Draft { from: by, service, ..Draft::default() });
    }

    fn say(&mut self, chat: i64, user: i64, said: Said) -> i64 {
        let is_bot = self.person(user).is_bot;
        let media = said.media.map(|photo| {
            let file_id = self.new_file(if photo { "photo" } else { "document" });
            Media { photo, file_id }
        });
        let formatted = match said.names {
            Some(named) => name_in(&said.text, self.person(named)),
            None => Formatted { text: said.text.clone(), entities: Vec::new() },
        };
        let formatted = recognise(formatted.trimmed());
        let (reply_to, thread) = (said.reply_to, said.thread);
        if is_bot {
            self.chat_mut(chat).last_bot = Some(user);
        }
        let draft =
            Draft { from: user, thread, reply_to, source: said.text, formatted, media, ..Draft::default() };
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
            let (offset, length) =
                (super::markup::utf16_len(&out.text), super::markup::utf16_len(&named.first_name));
            let entity = super::Entity {
                user: Some(named.id),
                ..super::Entity::plain("text_mention", offset, length)
            };
            out.entities.push(entity);
            out.text += &named.first_name;
        }
    }
    out
}

/// Rarer events.
impl BotApi {
    /// Turns a group into a supergroup: ids change, both service messages are sent, history stays behind.
    /// Returns the new id.
    pub fn migrate(&self, chat: i64) -> i64 {
        self.act(|world| {
            let new = world.new_chat_id(ChatKind::Supergroup);
            let old = world.chat(chat);
            let mut room = Chat::new(new, ChatKind::Supergroup, &old.title);
            room.members = old.members.clone();
            let by = old.members.iter().find(|(_, member)| member.status == Status::Creator);
            let from = by.map_or(world.bot, |(id, _)| *id);
            world.chats.insert(new, room);
            let to = Map::from_iter([("migrate_to_chat_id".to_owned(), new.into())]);
            world.publish(chat, Draft { from, service: to, ..Draft::default() });
            world.chat_mut(chat).upgraded_to = Some(new);
            let back = Map::from_iter([("migrate_from_chat_id".to_owned(), chat.into())]);
            world.publish(new, Draft { from, service: back, ..Draft::default() });
            new
        })
    }

    /// Writes as an anonymous administrator: the sender is the group itself.
    pub fn write_anonymously(&self, chat: i64, text: &str) -> i64 {
        self.act(|world| {
            let sender_chat = world.chat_json(world.chat(chat));
            let anonymous = json!({
                "id": 1_087_968_824, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot",
            });
            world.write_as(chat, text, json!({"from": anonymous, "sender_chat": sender_chat}))
        })
    }

    /// Writes in the name of a channel.
    pub fn write_as_channel(&self, chat: i64, channel: i64, text: &str) -> i64 {
        let sender_chat = json!({"id": channel, "type": "channel", "title": "Channel"});
        let proxy = json!({
            "id": 136_817_688, "is_bot": true, "first_name": "Channel", "username": "Channel_Bot",
        });
        self.act(|world| world.write_as(chat, text, json!({"from": proxy, "sender_chat": sender_chat})))
    }

    /// Queues any update; `fields` is the JSON object without `update_id`, of which only the first field
    /// names the kind. Returns the id it got, or nothing if the bot does not want that kind.
    pub fn inject(&self, fields: &Value) -> Option<i64> {
        self.act(|world| {
            let (kind, body) = fields.as_object().and_then(|fields| fields.iter().next())?;
            world.push(kind, "injected".to_owned(), body)
        })
    }

    /// Delivers an update once more under its old id, as after a lost confirmation.
    pub fn redeliver(&self, update_id: i64) -> bool {
        self.act(|world| world.updates.again(update_id))
    }

    /// Returns the id of the newest update.
    pub fn last_update(&self) -> i64 {
        self.read(|world| world.updates.last_id())
    }

    /// Holds back every update that arises from now on.
    pub fn hold_updates(&self) {
        self.act(|world| world.updates.hold());
    }

    /// Ends holding back and lists the ids of what is held; `release` lets them go one by one.
    pub fn stop_holding(&self) -> Vec<i64> {
        self.act(|world| world.updates.stop_holding())
    }

    /// Delivers a held update under its old id, even if later ones were confirmed already.
    pub fn release(&self, update_id: i64) -> bool {
        self.act(|world| world.updates.release(update_id))
    }
}

impl World {
    fn write_as(&mut self, chat: i64, text: &str, sender: Value) -> i64 {
        let now = self.now();
        let formatted = recognise(Formatted { text: text.to_owned(), entities: Vec::new() });
        let draft = Draft { source: text.to_owned(), formatted, ..Draft::default() };
        let id = self.chat_mut(chat).add(draft, now);
        let mut body =
            self.message(chat, id).map_or(Value::Null, |message: &Message| self.message_json(message));
        if let (Some(body), Value::Object(sender)) = (body.as_object_mut(), sender) {
            body.extend(sender);
        }
        self.push("message", chat.to_string(), &body);
        id
    }
}
