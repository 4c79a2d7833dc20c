//! How Discord writes what it tells of.

use serde_json::{Value, json};

use super::places::Overwrite;
use super::world::{Channel, Guild, Message, World};

/// The intents by which events are wanted.
pub(super) mod intent {
    /// Guilds and their channels.
    pub(in crate::testkit) const GUILDS: u64 = 1;
    /// Members; privileged.
    pub(in crate::testkit) const MEMBERS: u64 = 1 << 1;
    /// Messages in guilds.
    pub(in crate::testkit) const MESSAGES: u64 = 1 << 9;
    /// What is in messages; privileged.
    pub(in crate::testkit) const CONTENT: u64 = 1 << 15;
}

impl World {
    pub(super) fn user_json(&self, id: u64) -> Value {
        let user = self.users.get(&id);
        json!({
            "id": id.to_string(),
            "username": user.map_or("gone", |user| user.handle.as_str()),
            "global_name": user.map(|user| user.name.clone()),
            "discriminator": "0",
            "avatar": null,
            "bot": user.is_some_and(|user| user.bot),
        })
    }

    pub(super) fn channel_json(&self, id: u64) -> Value {
        let Some(channel) = self.channels.get(&id) else { return Value::Null };
        let overwrite = |one: &Overwrite| json!({"id": one.id.to_string(), "allow": one.allow.to_string(), "deny": one.deny.to_string()});
        json!({
            "id": id.to_string(),
            "guild_id": channel.guild.to_string(),
            "owner_id": channel.owner.map(|owner| owner.to_string()),
            "permission_overwrites": channel.overwrites.iter().map(overwrite).collect::<Vec<_>>(),
            "name": channel.name,
            "type": channel.kind,
            "topic": channel.topic,
            "parent_id": channel.parent.or(channel.category).map(|parent| parent.to_string()),
            "app_permissions": channel.bot.to_string(),
        })
    }

    pub(super) fn guild_json(&self, id: u64, guild: &Guild) -> Value {
        let roles = guild.roles.iter().map(|(role, permissions)| {
            json!({"id": role.to_string(), "name": "role", "permissions": permissions.to_string()})
        });
        json!({
            "id": id.to_string(),
            "name": guild.name,
            "owner_id": guild.owner.to_string(),
            "roles": roles.collect::<Vec<_>>(),
        })
    }

    /// What the bot is told of a guild when it connects, or joins.
    pub(super) fn guild_create(&self, id: u64) -> Value {
        let Some(guild) = self.guilds.get(&id) else { return Value::Null };
        let mut told = self.guild_json(id, guild);
        let of = |thread: bool| {
            let here = |(_, channel): &(&u64, &Channel)| {
                channel.guild == id && !channel.deleted && channel.parent.is_some() == thread
            };
            let found = self.channels.iter().filter(here).map(|(channel, _)| self.channel_json(*channel));
            Value::Array(found.collect())
        };
        told["channels"] = of(false);
        told["threads"] = of(true);
        let roles = guild.members.get(&self.bot).into_iter().flatten();
        let roles: Vec<String> = roles.map(u64::to_string).collect();
        told["members"] = json!([{"user": self.user_json(self.bot), "roles": roles}]);
        told["unavailable"] = json!(false);
        told
    }

    pub(super) fn message_json(&self, message: &Message, content: bool) -> Value {
        let file = |file: &super::Attached| {
            json!({
                "id": file.id.to_string(),
                "filename": file.name,
                "size": file.bytes.len(),
                "url": format!("{}/files/{}/{}", self.base, file.id, file.name),
                "content_type": "application/octet-stream",
            })
        };
        let own = message.author == self.bot || content;
        let files: Vec<Value> = message.files.iter().map(file).collect();
        let mentions: Vec<Value> = message.told.iter().map(|user| self.user_json(*user)).collect();
        let answered = message.reply_to.and_then(|id| self.messages.get(&id));
        let mut told = json!({
            "id": message.id.to_string(),
            "channel_id": message.channel.to_string(),
            "author": self.user_json(message.author),
            "content": if own { message.content.as_str() } else { "" },
            "attachments": if own { Value::Array(files) } else { json!([]) },
            "embeds": if own { Value::Array(message.embeds.clone()) } else { json!([]) },
            "components": if own { Value::Array(message.rows.clone()) } else { json!([]) },
            "mentions": mentions,
            "pinned": message.pinned,
            "type": message.kind,
            "timestamp": "2026-03-02T18:00:00.000000+00:00",
            "edited_timestamp": null,
        });
        if let Some(answered) = message.reply_to {
            told["message_reference"] =
                json!({"message_id": answered.to_string(), "channel_id": message.channel.to_string()});
            told["referenced_message"] =
                answered_json(answered, self, message.channel, self.messages.contains_key(&answered));
        }
        if let Some(answered) = answered.filter(|_| own) {
            told["referenced_message"]["content"] = json!(answered.content);
        }
        told
    }

    /// Tells the gateway of a message.
    pub(super) fn announce_message(&mut self, message: &Message) {
        let mut told = self.message_json(message, true);
        let Some(channel) = self.channels.get(&message.channel) else { return };
        told["guild_id"] = json!(channel.guild.to_string());
        told["member"] = json!({"nick": null, "roles": []});
        // What is addressed to the bot can be read without leave.
        let to_bot = message.told.contains(&self.bot) || message.author == self.bot;
        let needs = if to_bot { 0 } else { intent::CONTENT };
        self.gateway.tell("MESSAGE_CREATE", told, intent::MESSAGES, needs);
    }
}

fn answered_json(id: u64, world: &World, channel: u64, there: bool) -> Value {
    if !there {
        return Value::Null;
    }
    let author = world.messages[&id].author;
    json!({
        "id": id.to_string(),
        "channel_id": channel.to_string(),
        "author": world.user_json(author),
        "content": "",
        "attachments": [],
        "type": world.messages[&id].kind,
    })
}
