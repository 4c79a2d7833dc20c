//! The Web API: each method that the app calls, with the refusals that are documented for it.

use std::time::Duration;

use serde_json::{Value, json};

use super::checks;
use super::world::{BOT, BOT_USER, Channel, OpenView, Posted, TEAM, Whispered, World};

/// How long a trigger may open a form.
const TRIGGER_LIFE: Duration = Duration::from_secs(3);

pub(super) type Answer = Result<Value, &'static str>;

pub(super) fn text<'a>(arguments: &'a Value, name: &str) -> &'a str {
    arguments[name].as_str().unwrap_or_default()
}

impl World {
    /// Carries out a call that was let through.
    pub(super) fn carry_out(&mut self, method: &str, arguments: &Value) -> Value {
        let answer = match method {
            "auth.test" => {
                Ok(json!({"user_id": BOT_USER, "bot_id": BOT, "team_id": TEAM, "user": "incident_desk"}))
            }
            "chat.postMessage" => self.post_message(arguments),
            "chat.postEphemeral" => self.post_ephemeral(arguments),
            "chat.update" => self.update(arguments),
            "chat.delete" => self.delete_own(arguments),
            "chat.getPermalink" => self.permalink(arguments),
            "pins.add" => self.pin(arguments, true),
            "pins.remove" => self.pin(arguments, false),
            "bookmarks.list" => self.list_bookmarks(arguments),
            "bookmarks.add" => self.add_bookmark(arguments),
            "bookmarks.remove" => self.remove_bookmark(arguments),
            "views.open" => self.open_view(arguments),
            "users.info" => self.user_info(arguments),
            "usergroups.users.list" => self.user_group_members(arguments),
            "files.getUploadURLExternal" => self.begin_upload(arguments),
            "files.completeUploadExternal" => self.complete_upload(arguments),
            "files.info" => self.file_info(arguments),
            _ => Err("unknown_method"),
        };
        match answer {
            Ok(mut answer) => {
                answer["ok"] = true.into();
                answer
            }
            Err(error) => json!({"ok": false, "error": error}),
        }
    }

    /// The channel that the app may act in.
    pub(super) fn reachable(&mut self, arguments: &Value) -> Result<(String, &mut Channel), &'static str> {
        let id = text(arguments, "channel").to_owned();
        let channel = self.channels.get_mut(&id).ok_or("channel_not_found")?;
        let member = channel.members.contains(BOT_USER);
        match (member, channel.private) {
            (false, true) => Err("channel_not_found"),
            (false, false) => Err("not_in_channel"),
            (true, _) if channel.archived => Err("is_archived"),
            (true, _) => Ok((id, channel)),
        }
    }

    fn post_message(&mut self, arguments: &Value) -> Answer {
        checks::message(arguments, false)?;
        let (id, channel) = self.reachable(arguments)?;
        if !channel.bot_may_write {
            return Err("restricted_action");
        }
        let ts = self.ts();
        let posted = Posted {
            ts: ts.clone(),
            user: BOT_USER.to_owned(),
            text: text(arguments, "text").to_owned(),
            blocks: arguments["blocks"].clone(),
            thread_ts: arguments["thread_ts"].as_str().map(str::to_owned),
            broadcast: arguments["reply_broadcast"].as_bool().unwrap_or(false),
            pinned: false,
            files: Vec::new(),
        };
        self.stand(&id, posted);
        Ok(json!({"channel": id, "ts": ts}))
    }

    fn post_ephemeral(&mut self, arguments: &Value) -> Answer {
        checks::message(arguments, false)?;
        let user = text(arguments, "user").to_owned();
        let (id, channel) = self.reachable(arguments)?;
        if !channel.members.contains(&user) {
            return Err("user_not_in_channel");
        }
        self.whisper((&id, &user), arguments);
        Ok(json!({"message_ts": "1.1"}))
    }

    /// Says something to one person.
    pub(super) fn whisper(&mut self, (channel, user): (&str, &str), said: &Value) {
        let ts = self.ts();
        let (text, blocks) = (text(said, "text").to_owned(), said["blocks"].clone());
        self.whispers.push(Whispered {
            ts,
            channel: channel.to_owned(),
            user: user.to_owned(),
            text,
            blocks,
        });
    }

    fn update(&mut self, arguments: &Value) -> Answer {
        checks::message(arguments, true)?;
        let archived = self.channels.get(text(arguments, "channel")).is_some_and(|channel| channel.archived);
        if archived {
            return Err("is_inactive");
        }
        let (id, channel) = self.reachable(arguments)?;
        let post = channel.post_mut(text(arguments, "ts")).ok_or("message_not_found")?;
        if post.user != BOT_USER {
            return Err("cant_update_message");
        }
        text(arguments, "text").clone_into(&mut post.text);
        // Without blocks, those that are there are taken away.
        post.blocks = arguments["blocks"].clone();
        let (ts, now) = (post.ts.clone(), post.text.clone());
        let event_ts = self.ts();
        let event = json!({
            "type": "message", "subtype": "message_changed", "channel": id, "ts": event_ts, "hidden": true,
            "message": {"type": "message", "user": BOT_USER, "bot_id": BOT, "text": now, "ts": ts},
        });
        self.tell_if_present(&id, event);
        Ok(json!({"channel": id, "ts": ts, "text": now}))
    }

    fn delete_own(&mut self, arguments: &Value) -> Answer {
        let (id, channel) = self.reachable(arguments)?;
        let ts = text(arguments, "ts");
        let post = channel.post(ts).ok_or("message_not_found")?;
        if post.user != BOT_USER {
            return Err("cant_delete_message");
        }
        self.remove(&id, ts);
        Ok(json!({"channel": id, "ts": ts}))
    }

    fn permalink(&mut self, arguments: &Value) -> Answer {
        let (id, channel) = self.reachable(arguments)?;
        let post = channel.post(text(arguments, "message_ts")).ok_or("message_not_found")?;
        let thread = post.thread_ts.as_ref().map(|thread| format!("?thread_ts={thread}&cid={id}"));
        let name = post.ts.replace('.', "");
        let thread = thread.unwrap_or_default();
        Ok(
            json!({"channel": id, "permalink": format!("https://testkit.slack.example/archives/{id}/p{name}{thread}")}),
        )
    }

    fn pin(&mut self, arguments: &Value, pinned: bool) -> Answer {
        let (_, channel) = self.reachable(arguments)?;
        if !channel.bot_may_pin {
            return Err("restricted_action");
        }
        let post = channel.post_mut(text(arguments, "timestamp")).ok_or("message_not_found")?;
        match (post.pinned, pinned) {
            (true, true) => Err("already_pinned"),
            (false, false) => Err("no_pin"),
            _ => {
                post.pinned = pinned;
                Ok(json!({}))
            }
        }
    }

    fn open_view(&mut self, arguments: &Value) -> Answer {
        let trigger = self.triggers.get_mut(text(arguments, "trigger_id")).ok_or("invalid_trigger_id")?;
        if trigger.used {
            return Err("exchanged_trigger_id");
        }
        if trigger.at.elapsed() > TRIGGER_LIFE {
            return Err("expired_trigger_id");
        }
        checks::view(&arguments["view"])?;
        trigger.used = true;
        let user = trigger.user.clone();
        let id = self.id('V');
        self.views.push(OpenView { id: id.clone(), user, view: arguments["view"].clone() });
        Ok(json!({"view": {"id": id}}))
    }

    fn user_group_members(&self, arguments: &Value) -> Answer {
        let (_, members) = self.user_groups.get(text(arguments, "usergroup")).ok_or("no_such_subteam")?;
        Ok(json!({"users": members}))
    }

    fn user_info(&self, arguments: &Value) -> Answer {
        let id = text(arguments, "user");
        let user = self.users.get(id).ok_or("user_not_found")?;
        Ok(json!({"user": {
            "id": id, "name": user.handle, "real_name": user.name, "is_admin": user.admin, "is_owner": false,
            "is_bot": id == BOT_USER, "locale": user.locale, "profile": {"display_name": "", "real_name": user.name},
        }}))
    }
}
