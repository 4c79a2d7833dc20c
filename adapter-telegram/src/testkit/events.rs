//! What happens rarely: migration, anonymous senders, odd, repeated and late updates.

use serde_json::{Map, Value, json};

use super::chat::{Chat, ChatKind, Draft, Message, Status};
use super::markup::{Formatted, recognise};
use super::{BotApi, World};

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
            let lane = body.pointer("/chat/id").map_or_else(|| "injected".to_owned(), Value::to_string);
            world.push(kind, lane, body)
        })
    }

    /// Returns the Bot API's JSON of a message, to be altered and injected: `inject(&json!({"message": ...}))`.
    pub fn json_of(&self, chat: i64, message: i64) -> Option<Value> {
        self.read(|world| world.message(chat, message).map(|message| world.message_json(message)))
    }

    /// Ends the poll that waits, or the next that has to, as a second instance of the bot would: it gets
    /// a 409.
    pub fn steal_poll(&self) {
        self.act(|world| world.updates.stolen = true);
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
