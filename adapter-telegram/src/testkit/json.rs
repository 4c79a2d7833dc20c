//! The Bot API's JSON for what the world holds.

use serde_json::{Map, Value, json};

use super::World;
use super::chat::{Chat, ChatKind, Markup, Media, Member, Message, Status, User};
use super::markup::Entity;

/// Builds a `User`.
pub(super) fn user(user: &User) -> Value {
    let mut json = json!({"id": user.id, "is_bot": user.is_bot, "first_name": user.first_name});
    if let Some(username) = &user.username {
        json["username"] = username.as_str().into();
    }
    if let Some(language) = &user.language {
        json["language_code"] = language.as_str().into();
    }
    json
}

/// Builds a `ChatMember`.
pub(super) fn member(of: &User, member: Member) -> Value {
    let mut json = json!({"user": user(of), "status": member.status.word()});
    match member.status {
        Status::Creator => json["is_anonymous"] = false.into(),
        Status::Administrator => {
            for flag in ADMIN_FLAGS {
                json[flag] = true.into();
            }
            for flag in ["is_anonymous", "can_be_edited", "can_promote_members", "can_manage_topics"] {
                json[flag] = false.into();
            }
            json["can_pin_messages"] = member.can_pin.into();
            json["can_delete_messages"] = member.can_delete.into();
        }
        Status::Kicked => json["until_date"] = 0.into(),
        Status::Member | Status::Left => {}
    }
    json
}

const ADMIN_FLAGS: [&str; 8] = [
    "can_manage_chat",
    "can_change_info",
    "can_manage_video_chats",
    "can_invite_users",
    "can_restrict_members",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
];

impl World {
    /// Builds the short `Chat` that messages carry.
    pub(super) fn chat_json(&self, chat: &Chat) -> Value {
        match chat.kind {
            ChatKind::Private => self.private_chat_json(chat),
            ChatKind::Group => json!({
                "id": chat.id, "type": "group", "title": chat.title, "all_members_are_administrators": false,
            }),
            ChatKind::Supergroup => {
                let mut json = json!({"id": chat.id, "type": "supergroup", "title": chat.title});
                if chat.forum {
                    json["is_forum"] = true.into();
                }
                json
            }
        }
    }

    fn private_chat_json(&self, chat: &Chat) -> Value {
        let mut json = json!({"id": chat.id, "type": "private"});
        let Some(person) = self.users.get(&chat.id) else { return json };
        json["first_name"] = person.first_name.as_str().into();
        if let Some(username) = &person.username {
            json["username"] = username.as_str().into();
        }
        json
    }

    /// Builds a `Message`; the messages it answers or pins are included one level deep.
    pub(super) fn message_json(&self, message: &Message) -> Value {
        self.message_at_depth(message, 1)
    }

    fn message_at_depth(&self, message: &Message, depth: u8) -> Value {
        let Some(chat) = self.chats.get(&message.chat) else { return Value::Null };
        let mut json = Map::new();
        json.insert("message_id".to_owned(), message.id.into());
        if let Some(sender) = self.users.get(&message.from) {
            json.insert("from".to_owned(), user(sender));
        }
        json.insert("chat".to_owned(), self.chat_json(chat));
        json.insert("date".to_owned(), message.date.into());
        if let Some(edited) = message.edited_at {
            json.insert("edit_date".to_owned(), edited.into());
        }
        if let Some(album) = &message.album {
            json.insert("media_group_id".to_owned(), album.as_str().into());
        }
        if let Some(thread) = message.thread {
            json.insert("message_thread_id".to_owned(), thread.into());
        }
        if message.topic {
            json.insert("is_topic_message".to_owned(), true.into());
        }
        let answered = message.reply_to.or(if message.topic { message.thread } else { None });
        if depth > 0
            && let Some(answered) = answered.and_then(|id| chat.visible(id))
        {
            json.insert("reply_to_message".to_owned(), self.message_at_depth(answered, depth - 1));
        }
        self.add_content(&mut json, message);
        json.extend(message.service.clone());
        Value::Object(json)
    }

    fn add_content(&self, json: &mut Map<String, Value>, message: &Message) {
        let (text, entities) = match &message.media {
            None => ("text", "entities"),
            Some(_) => ("caption", "caption_entities"),
        };
        if let Some(media) = &message.media {
            let (name, value) = media_json(media);
            json.insert(name.to_owned(), value);
        }
        if !message.text.is_empty() {
            json.insert(text.to_owned(), message.text.as_str().into());
            if !message.entities.is_empty() {
                let list = message.entities.iter().map(|entity| self.entity_json(entity)).collect();
                json.insert(entities.to_owned(), Value::Array(list));
            }
        }
        if let Markup::Inline(rows) = &message.markup {
            let rows: Vec<Vec<&Value>> =
                rows.iter().map(|row| row.iter().map(|b| &b.raw).collect()).collect();
            json.insert("reply_markup".to_owned(), json!({"inline_keyboard": rows}));
        }
    }

    fn entity_json(&self, entity: &Entity) -> Value {
        let mut json = json!({"type": entity.kind, "offset": entity.offset, "length": entity.length});
        if let Some(url) = &entity.url {
            json["url"] = url.as_str().into();
        }
        if let Some(language) = &entity.language {
            json["language"] = language.as_str().into();
        }
        if let Some(mentioned) = entity.user.and_then(|id| self.users.get(&id)) {
            json["user"] = user(mentioned);
        }
        json
    }
}

fn media_json(media: &Media) -> (&'static str, Value) {
    let size = media.bytes.as_ref().map_or(48_000, |bytes| bytes.len());
    let mut file = json!({
        "file_id": media.file_id, "file_unique_id": format!("u{}", media.file_id), "file_size": size,
    });
    let extent = json!({"width": 1_280, "height": 853});
    let duration = json!({"duration": 12});
    let details: &[&Value] = match media.kind {
        "photo" => {
            let mut sizes = vec![file.clone(), file];
            for (size, (width, height, bytes)) in
                sizes.iter_mut().zip([(90, 60, 1_200), (1_280, 853, 160_000)])
            {
                add(size, &json!({"width": width, "height": height, "file_size": bytes}));
            }
            return ("photo", Value::Array(sizes));
        }
        "video" | "animation" => &[&extent, &duration],
        "audio" | "voice" => &[&duration],
        _ => &[],
    };
    details.iter().for_each(|details| add(&mut file, details));
    if let Some(name) = &media.name {
        file["file_name"] = name.as_str().into();
    }
    if let Some(media_type) = &media.media_type {
        file["mime_type"] = media_type.as_str().into();
    }
    (media.kind, file)
}

fn add(to: &mut Value, fields: &Value) {
    if let (Value::Object(to), Value::Object(fields)) = (to, fields) {
        to.extend(fields.clone());
    }
}
