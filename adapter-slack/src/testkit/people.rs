//! What people do: type, press, write, and fill in forms.

use serde_json::{Value, json};

use super::http::signature;
use super::render::Button;
use super::server::SlackServer;
use super::world::{APP, Posted, TEAM, World};

impl SlackServer {
    /// Types `/incident` with words into a channel.
    pub fn command(&self, channel: &str, user: &str, words: &str) {
        self.act(|world| {
            let (trigger, response) = (world.trigger(user), world.response_url(channel, user, None));
            let private = world.channel(channel).private;
            let name = if private { "privategroup".to_owned() } else { world.channel(channel).name.clone() };
            let payload = json!({
                "command": "/incident", "text": words, "user_id": user, "user_name": world.user(user).handle,
                "channel_id": channel, "channel_name": name, "team_id": TEAM, "team_domain": "testkit",
                "api_app_id": APP, "trigger_id": trigger, "response_url": response, "token": "verification",
                "is_enterprise_install": "false",
            });
            world.post.send("slash_commands", payload);
        });
    }

    /// Presses the first button on a message whose label contains these words.
    ///
    /// # Panics
    /// If there is none.
    pub fn press(&self, channel: &str, user: &str, ts: &str, label: &str) {
        let messages = self.messages(channel);
        let buttons =
            messages.iter().filter(|message| message.ts == ts).flat_map(|message| message.buttons.concat());
        let button = labelled(buttons, label);
        self.press_remembered(channel, user, ts, &button);
    }

    /// Presses a button that may not be there any more, as somebody does whose screen is old.
    pub fn press_remembered(&self, channel: &str, user: &str, ts: &str, button: &Button) {
        self.act(|world| {
            let container = json!({
                "type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": false,
            });
            let response = world.response_url(channel, user, None);
            world.pressed((channel, user), container, button, response);
        });
    }

    /// Presses a button on a message that only this person sees.
    ///
    /// # Panics
    /// If there is no such message, or no such button on it.
    pub fn press_whisper(&self, user: &str, ts: &str, label: &str) {
        let whisper =
            self.whispers(user).into_iter().find(|whisper| whisper.ts == ts).expect("such a message");
        let button = labelled(whisper.buttons.concat().into_iter(), label);
        self.act(|world| {
            let container = json!({
                "type": "message", "message_ts": ts, "channel_id": whisper.channel, "is_ephemeral": true,
            });
            let response = world.response_url(&whisper.channel, user, Some(ts));
            world.pressed((&whisper.channel, user), container, &button, response);
        });
    }

    /// Writes into a channel, and returns the message's name.
    pub fn write(&self, channel: &str, user: &str, words: &str) -> String {
        self.say((channel, user), words, None, &[])
    }

    /// Writes into the thread of a message.
    pub fn reply(&self, channel: &str, user: &str, thread: &str, words: &str) -> String {
        self.say((channel, user), words, Some(thread), &[])
    }

    /// Sends a file into a channel, or into a thread of it, and returns the message's name and the file's.
    pub fn send_file(
        &self,
        (channel, user): (&str, &str),
        thread: Option<&str>,
        (name, mimetype): (&str, &str),
    ) -> (String, String) {
        let file = self.act(|world| {
            let id = world.id('F');
            world.keep(&id, name, mimetype, b"something".to_vec());
            id
        });
        let ts = self.say((channel, user), "", thread, std::slice::from_ref(&file));
        (ts, file)
    }

    fn say(
        &self,
        (channel, user): (&str, &str),
        words: &str,
        thread: Option<&str>,
        files: &[String],
    ) -> String {
        self.act(|world| {
            let ts = world.ts();
            let posted = Posted {
                ts,
                user: user.to_owned(),
                text: words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
                blocks: Value::Null,
                thread_ts: thread.map(str::to_owned),
                broadcast: false,
                pinned: false,
                files: files.to_vec(),
            };
            world.stand(channel, posted)
        })
    }

    /// Deletes a message, as somebody in the channel may.
    pub fn delete(&self, channel: &str, ts: &str) {
        self.act(|world| world.remove(channel, ts));
    }

    /// Chooses a shortcut on a message.
    pub fn shortcut(&self, channel: &str, user: &str, ts: &str, callback: &str) {
        self.act(|world| {
            let text = world.channel(channel).post(ts).map(|post| (post.text.clone(), post.user.clone()));
            let (text, author) = text.expect("there is such a message");
            let (trigger, response) = (world.trigger(user), world.response_url(channel, user, None));
            let payload = json!({
                "type": "message_action", "callback_id": callback, "trigger_id": trigger, "response_url": response,
                "team": {"id": TEAM}, "user": world.person_json(user), "action_ts": ts, "message_ts": ts,
                "channel": {"id": channel, "name": world.channel(channel).name},
                "message": {"type": "message", "user": author, "text": text, "ts": ts},
            });
            world.post.send("interactive", payload);
        });
    }

    /// Chooses a shortcut that is nowhere in particular.
    pub fn shortcut_anywhere(&self, user: &str, callback: &str) {
        self.act(|world| {
            let trigger = world.trigger(user);
            let payload = json!({
                "type": "shortcut", "callback_id": callback, "trigger_id": trigger, "team": {"id": TEAM},
                "user": world.person_json(user), "action_ts": "1.1", "token": "verification",
            });
            world.post.send("interactive", payload);
        });
    }

    /// Sends a form off, with what was written and chosen in each of its fields; the form closes.
    ///
    /// # Panics
    /// If it is not open.
    pub fn submit(&self, user: &str, view: &str, fields: &[(&str, &str)]) {
        self.act(|world| {
            let at = world.views.iter().position(|open| open.id == view && open.user == user);
            let open = world.views.remove(at.expect("the form is open"));
            let payload = world.submission(user, &open.view, (view, fields));
            world.post.send("interactive", payload);
        });
    }

    /// Signs a request body as Slack does, for tests that send one themselves.
    pub fn sign(&self, timestamp: &str, body: &str) -> String {
        signature(&self.signing_secret(), timestamp, body)
    }
}

fn labelled(mut buttons: impl Iterator<Item = Button>, label: &str) -> Button {
    let found = buttons.find(|button| button.label.contains(label));
    found.unwrap_or_else(|| panic!("there is no button {label:?}"))
}

impl World {
    fn person_json(&self, user: &str) -> Value {
        json!({"id": user, "username": self.user(user).handle, "name": self.user(user).handle, "team_id": TEAM})
    }

    fn pressed(
        &mut self,
        (channel, user): (&str, &str),
        container: Value,
        button: &Button,
        response: String,
    ) {
        let trigger = self.trigger(user);
        let action_ts = self.ts();
        let payload = json!({
            "type": "block_actions", "user": self.person_json(user), "api_app_id": APP, "token": "verification",
            "container": container, "trigger_id": trigger, "team": {"id": TEAM, "domain": "testkit"},
            "channel": {"id": channel, "name": self.channel(channel).name}, "response_url": response,
            // An empty state comes as a list, not as an object.
            "state": {"values": []},
            "actions": [{
                "type": "button", "action_id": button.action_id, "block_id": "x", "value": button.value,
                "text": {"type": "plain_text", "text": button.label}, "action_ts": action_ts,
            }],
        });
        self.post.send("interactive", payload);
    }

    fn submission(&mut self, user: &str, view: &Value, (id, fields): (&str, &[(&str, &str)])) -> Value {
        let mut values = json!({});
        for block in view["blocks"].as_array().into_iter().flatten() {
            let name = block["block_id"].as_str().unwrap_or_default();
            let kind = block["element"]["type"].as_str().unwrap_or_default();
            let action = block["element"]["action_id"].as_str().unwrap_or_default();
            let given = fields.iter().find(|(field, _)| *field == name).map(|(_, value)| *value);
            let value = match (kind, given) {
                ("static_select", Some(value)) => json!({"type": kind, "selected_option": {"value": value}}),
                ("static_select", None) => {
                    json!({"type": kind, "selected_option": block["element"]["initial_option"]})
                }
                ("conversations_select", given) => json!({"type": kind, "selected_conversation": given}),
                ("users_select", given) => json!({"type": kind, "selected_user": given}),
                (_, given) => json!({"type": kind, "value": given}),
            };
            values[name] = json!({action: value});
        }
        let trigger = self.trigger(user);
        json!({
            "type": "view_submission", "team": {"id": TEAM}, "user": self.person_json(user), "api_app_id": APP,
            "trigger_id": trigger, "response_urls": [],
            "view": {
                "id": id, "team_id": TEAM, "type": "modal", "hash": "1.x", "callback_id": view["callback_id"],
                "private_metadata": view["private_metadata"], "state": {"values": values},
            },
        })
    }

    /// Takes an answer beside the Web API.
    pub(super) fn take_response(&mut self, key: &str, said: &Value) -> bool {
        /// How often one address may be used.
        const USES: u32 = 5;
        let Some(path) = self.responses.get_mut(key).filter(|path| path.uses < USES) else { return false };
        path.uses += 1;
        let path = path.clone();
        let replaces = said["replace_original"].as_bool().unwrap_or(false);
        if said["delete_original"].as_bool().unwrap_or(false) || replaces {
            self.whispers.retain(|whisper| Some(&whisper.ts) != path.whisper.as_ref());
        }
        if said["text"].is_string() || said["blocks"].is_array() {
            self.whisper((&path.channel, &path.user), said);
        }
        true
    }
}
