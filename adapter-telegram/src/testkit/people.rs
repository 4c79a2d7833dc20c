//! Who is in Telegram and where: people, chats, membership. Each act reaches the bot as Telegram would
//! tell it, or not at all.

use serde_json::{Map, json};

use super::acts::Said;
use super::chat::{Chat, ChatKind, Draft, Media, Member, Status, Topic, User};
use super::{BotApi, World, json};

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

    /// Opens the private chat, or unblocks the bot: the person presses START, which sends `/start`. The
    /// chat's id is the person's.
    pub fn start_private(&self, user: i64) -> i64 {
        self.act(|world| {
            let name = world.person(user).first_name.clone();
            let chat = world.chats.entry(user).or_insert_with(|| Chat::new(user, ChatKind::Private, &name));
            chat.members.entry(user).or_insert(Member::with(Status::Member));
            let bot = world.bot;
            if world.chat(user).member(bot).status == Status::Kicked {
                world.set_member(user, bot, user, Member::with(Status::Member));
            }
            world.chat_mut(user).members.insert(bot, Member::with(Status::Member));
            world.say(user, user, Said::text("/start"));
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

    /// Keeps a file from now on; it gets an id of its own.
    pub(super) fn keep_file(&mut self, media: Media) -> Media {
        let media = Media { file_id: format!("{}-file-{}", media.kind, self.next_serial()), ..media };
        self.files.insert(media.file_id.clone(), media.clone());
        media
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
}
