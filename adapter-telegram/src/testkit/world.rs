//! Everything the simulated Telegram knows, and what a test may read of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::chat::{Chat, ChatKind, Draft, Media, Member, Message, Status, User};
use super::fault::Traffic;
use super::json;
use super::updates::Updates;
use super::webhook::{Delivery, Webhook};

/// A press of a button.
#[derive(Clone, Debug)]
pub(super) struct Press {
    pub(super) user: i64,
    pub(super) pressed_at: i64,
    pub(super) answered: bool,
    pub(super) expired: bool,
}

/// The answer to a press, as the person saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The id of the callback query.
    pub query: String,
    /// Who pressed.
    pub user: i64,
    /// The words shown; empty if only the spinner was stopped.
    pub text: String,
    /// Whether they were shown in a box that has to be closed.
    pub alert: bool,
}

/// One call of the bot.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The place in the order in which calls arrived, counted from zero.
    pub seq: usize,
    /// When it arrived, for tests of how long the bot waited between calls.
    pub at: Instant,
    /// The method as the bot wrote it.
    pub method: String,
    /// The chat it was about, if any.
    pub chat: Option<i64>,
    /// All parameters as a JSON object.
    pub params: Value,
    /// Whether it took effect, also if the bot never heard so; false while it is under way.
    pub executed: bool,
    /// `ok`, an error as `<code> <description>`, the name of a fault, or `waiting`.
    pub outcome: String,
}

/// A command menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// The scope as JSON text, `{"type":"default"}` if none was given.
    pub scope: String,
    /// The language code; empty for everybody without a menu of their own language.
    pub language: String,
    /// Names, without slash, and descriptions.
    pub commands: Vec<(String, String)>,
}

/// The state of the simulated Telegram; `wait_until` hands it to its condition.
#[derive(Debug)]
pub struct World {
    pub(super) bot: i64,
    pub(super) token: String,
    pub(super) privacy: bool,
    pub(super) users: BTreeMap<i64, User>,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) files: BTreeMap<String, Media>,
    pub(super) presses: BTreeMap<String, Press>,
    pub(super) answers: Vec<Answer>,
    pub(super) updates: Updates,
    pub(super) commands: BTreeMap<(String, String), Vec<(String, String)>>,
    pub(super) calls: Vec<Call>,
    pub(super) traffic: Traffic,
    pub(super) webhook: Webhook,
    pub(super) clock_ahead: Duration,
    pub(super) serial: i64,
}

impl World {
    pub(super) fn new(username: &str, token: &str) -> Self {
        let bot = token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or(7_000_000_001);
        let itself = User {
            id: bot,
            first_name: "Incident Desk".to_owned(),
            username: Some(username.to_owned()),
            language: None,
            is_bot: true,
        };
        Self {
            bot,
            token: token.to_owned(),
            privacy: true,
            users: BTreeMap::from([(bot, itself)]),
            chats: BTreeMap::new(),
            files: BTreeMap::new(),
            presses: BTreeMap::new(),
            answers: Vec::new(),
            updates: Updates::new(),
            commands: BTreeMap::new(),
            calls: Vec::new(),
            traffic: Traffic::default(),
            webhook: Webhook::default(),
            clock_ahead: Duration::ZERO,
            serial: 0,
        }
    }

    /// Gives the time in seconds since 1970: the real one, moved ahead by what the test asked for.
    pub(super) fn now(&self) -> i64 {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from((real + self.clock_ahead).as_secs()).unwrap_or(i64::MAX)
    }

    pub(super) fn next_serial(&mut self) -> i64 {
        self.serial += 1;
        self.serial
    }

    pub(super) fn bot_username(&self) -> &str {
        self.users.get(&self.bot).and_then(|bot| bot.username.as_deref()).unwrap_or_default()
    }

    pub(super) fn chat(&self, chat: i64) -> &Chat {
        self.chats.get(&chat).unwrap_or_else(|| panic!("no chat {chat} in this world"))
    }

    pub(super) fn chat_mut(&mut self, chat: i64) -> &mut Chat {
        self.chats.get_mut(&chat).unwrap_or_else(|| panic!("no chat {chat} in this world"))
    }

    pub(super) fn person(&self, user: i64) -> &User {
        self.users.get(&user).unwrap_or_else(|| panic!("no user {user} in this world"))
    }

    pub(super) fn bot_member(&self, chat: &Chat) -> Member {
        chat.member(self.bot)
    }

    /// Appends a message and tells the bot, if it is one the bot gets to see.
    pub(super) fn publish(&mut self, chat: i64, draft: Draft) -> i64 {
        let now = self.now();
        let id = self.chat_mut(chat).add(draft, now);
        self.tell("message", chat, id);
        id
    }

    /// Queues the update about a message, if the bot gets to see it.
    pub(super) fn tell(&mut self, kind: &str, chat: i64, id: i64) {
        let chat = self.chat(chat);
        let Some(message) = chat.messages.get(&id) else { return };
        if self.reaches_bot(chat, message) {
            let body = self.message_json(message);
            self.push(kind, chat.id.to_string(), &body);
        }
    }

    pub(super) fn push(&mut self, kind: &str, lane: String, body: &Value) -> Option<i64> {
        let now = self.now();
        self.updates.push(kind, lane, &format!("\"{kind}\":{body}"), now)
    }

    /// Privacy mode and membership: which messages Telegram passes on to the bot.
    fn reaches_bot(&self, chat: &Chat, message: &Message) -> bool {
        let own = message.from == self.bot;
        let by_bot = self.users.get(&message.from).is_some_and(|sender| sender.is_bot);
        let standing = self.bot_member(chat).status;
        let dead = chat.upgraded_to.is_some() && !message.service.contains_key("migrate_to_chat_id");
        if !standing.is_present() || dead {
            return false;
        }
        if message.is_service() {
            return true;
        }
        if own || by_bot {
            return false;
        }
        let sees_all = chat.kind == ChatKind::Private || standing.is_admin() || !self.privacy;
        sees_all || self.is_meant_for_bot(chat, message)
    }

    fn is_meant_for_bot(&self, chat: &Chat, message: &Message) -> bool {
        let answers_bot = message
            .reply_to
            .and_then(|id| chat.messages.get(&id))
            .is_some_and(|answered| answered.from == self.bot);
        let handle = format!("@{}", self.bot_username());
        let named = message.entities.iter().any(|entity| {
            let words = super::markup::covered(&message.text, entity);
            let addressed = match entity.kind.as_str() {
                "mention" => words.as_str(),
                "bot_command" => words.find('@').map_or("", |at| &words[at..]),
                _ => "",
            };
            entity.user == Some(self.bot) || addressed.eq_ignore_ascii_case(&handle)
        });
        let plain_command = message.entities.first().is_some_and(|first| {
            let words = super::markup::covered(&message.text, first);
            first.kind == "bot_command" && first.offset == 0 && !words.contains('@')
        });
        answers_bot || named || (plain_command && chat.last_bot.is_none_or(|bot| bot == self.bot))
    }

    /// Changes how somebody stands in a chat and queues the membership update the bot gets for it.
    pub(super) fn set_member(&mut self, chat: i64, user: i64, by: i64, member: Member) {
        let old = self.chat(chat).member(user);
        self.chat_mut(chat).members.insert(user, member);
        let bot_sees = self.bot_member(self.chat(chat)).status.is_admin();
        let kind = if user == self.bot { "my_chat_member" } else { "chat_member" };
        if user != self.bot && !bot_sees {
            return;
        }
        let body = json!({
            "chat": self.chat_json(self.chat(chat)),
            "from": json::user(self.person(by)),
            "date": self.now(),
            "old_chat_member": json::member(self.person(user), old),
            "new_chat_member": json::member(self.person(user), member),
        });
        self.push(kind, chat.to_string(), &body);
    }
}

/// What a test reads.
impl World {
    /// Lists the messages that are still there, oldest first.
    pub fn messages(&self, chat: i64) -> impl Iterator<Item = &Message> {
        let all = self.chats.get(&chat).into_iter().flat_map(|chat| chat.messages.values());
        all.filter(|message| !message.deleted)
    }

    /// Returns one message, deleted or not.
    pub fn message(&self, chat: i64, id: i64) -> Option<&Message> {
        self.chats.get(&chat)?.messages.get(&id)
    }

    /// Lists the pinned messages in the order of pinning.
    pub fn pinned(&self, chat: i64) -> Vec<&Message> {
        let Some(chat) = self.chats.get(&chat) else { return Vec::new() };
        chat.pinned.iter().filter_map(|id| chat.visible(*id)).collect()
    }

    /// Finds the newest message of the bot, still there, whose plain text contains the words.
    pub fn said(&self, chat: i64, words: &str) -> Option<&Message> {
        let chat = self.chats.get(&chat)?;
        let spoken =
            |message: &&Message| !message.deleted && !message.is_service() && message.from == self.bot;
        chat.messages.values().rev().filter(spoken).find(|message| message.text.contains(words))
    }

    /// Lists the answers to presses in the order they were given.
    pub fn answers(&self) -> &[Answer] {
        &self.answers
    }

    /// Returns the answer to one press.
    pub fn answer_of(&self, query: &str) -> Option<&Answer> {
        self.answers.iter().rev().find(|answer| answer.query == query)
    }

    /// Lists the calls of the bot in the order they arrived.
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// Counts the calls of a method that arrived, failed ones included.
    pub fn count(&self, method: &str) -> usize {
        self.calls.iter().filter(|call| call.method.eq_ignore_ascii_case(method)).count()
    }

    /// Counts the calls of a method that took effect, those with a lost answer included.
    pub fn executed(&self, method: &str) -> usize {
        self.calls.iter().filter(|call| call.executed && call.method.eq_ignore_ascii_case(method)).count()
    }

    /// Counts the updates the bot has not confirmed yet, held ones included.
    pub fn unconfirmed(&self) -> usize {
        self.updates.len()
    }

    /// Lists the command menu (name, description) of a language, `""` being the default one, in the
    /// default scope; see [`World::menus`] for others.
    pub fn commands(&self, language: &str) -> Vec<(String, String)> {
        let default = r#"{"type":"default"}"#.to_owned();
        self.commands.get(&(default, language.to_owned())).cloned().unwrap_or_default()
    }

    /// Lists every command menu set.
    pub fn menus(&self) -> Vec<Menu> {
        let menu = |((scope, language), commands): (&(String, String), &Vec<(String, String)>)| Menu {
            scope: scope.clone(),
            language: language.clone(),
            commands: commands.clone(),
        };
        self.commands.iter().map(menu).collect()
    }

    /// Lists the attempts to deliver updates to the webhook.
    pub fn webhook_log(&self) -> &[Delivery] {
        &self.webhook.log
    }

    /// Returns a person or bot.
    pub fn user(&self, id: i64) -> Option<&User> {
        self.users.get(&id)
    }

    /// Returns how somebody stands in a chat.
    pub fn status(&self, chat: i64, user: i64) -> Status {
        self.chats.get(&chat).map_or(Status::Left, |chat| chat.member(user).status)
    }

    /// Tells a chat as text: who said what, buttons, pins, edits, deletions.
    pub fn transcript(&self, chat: i64) -> String {
        let Some(chat) = self.chats.get(&chat) else { return format!("there is no chat {chat}\n") };
        let mut out = String::new();
        for message in chat.messages.values() {
            let name = self.users.get(&message.from).map_or("?", |sender| sender.first_name.as_str());
            let mut notes = String::new();
            if let Some(answered) = message.reply_to {
                notes += &format!(" (to {answered})");
            }
            if message.pinned {
                notes += " (pinned)";
            }
            if message.edits > 0 {
                notes += &format!(" (edited {}x)", message.edits);
            }
            if message.deleted {
                notes += " (deleted)";
            }
            if message.prompt().is_some() {
                notes += " (asks for a reply)";
            }
            let words = match message.service.keys().next() {
                Some(event) => format!("-- {event}"),
                None => message.text.replace('\n', "\n      "),
            };
            let buttons: String = message.labels().iter().map(|label| format!("\n      [{label}]")).collect();
            writeln!(out, "{:>4}  {name}{notes}: {words}{buttons}", message.id)
                .expect("a String takes everything");
        }
        out
    }

    /// Tells everything that helps to see why a test failed: all chats, the last calls, the queue.
    pub fn dump(&self) -> String {
        let mut out = String::new();
        for chat in self.chats.values() {
            out += &format!(
                "chat {} \"{}\" ({:?})\n{}",
                chat.id,
                chat.title,
                chat.kind,
                self.transcript(chat.id)
            );
        }
        out += &format!("{} updates unconfirmed; the last calls:\n", self.unconfirmed());
        let skip = self.calls.len().saturating_sub(30);
        for call in &self.calls[skip..] {
            out += &format!("  #{} {} {:?} -> {}\n", call.seq, call.method, call.chat, call.outcome);
        }
        out
    }
}
