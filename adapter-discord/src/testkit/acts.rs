//! What people do with commands, buttons and forms.

use serde_json::{Value, json};

use super::DiscordApi;
use super::interactions::Interaction;
use super::world::{Answer, Message, World};

/// Interactions.
impl DiscordApi {
    /// Uses the slash command: the names of its sub-commands, separated by `/`, and what is filled in. Numbers of
    /// accounts are given as such; everything else is text. Returns the interaction.
    pub fn command(&self, channel: u64, user: u64, path: &str, options: &[(&str, &str)]) -> u64 {
        self.act(|world| {
            let data = world.command_data(path, options, None);
            world.interact(2, (channel, user), data, None)
        })
    }

    /// Types into a field that is completed.
    pub fn complete(&self, channel: u64, user: u64, path: &str, (field, typed): (&str, &str)) -> u64 {
        self.act(|world| {
            let data = world.command_data(path, &[(field, typed)], Some(field));
            world.interact(4, (channel, user), data, None)
        })
    }

    /// Presses the newest button in a channel that has this label, or chooses it from a menu.
    ///
    /// # Panics
    /// If there is none.
    pub fn press(&self, channel: u64, user: u64, label: &str) -> u64 {
        let found = self.read(|world| {
            let button = |message: &&Message| {
                let rows = world.shown(message).rows;
                let found = rows.into_iter().flatten().find(|button| button.label.contains(label));
                found.map(|button| (message.id, button))
            };
            world.messages(channel).iter().rev().find_map(button)
        });
        let Some((message, button)) = found else {
            panic!("nobody can press {label:?}:\n{}", self.read(World::transcript));
        };
        match button.menu {
            Some(menu) => self.choose(message, user, &menu, &button.code),
            None => self.press_code(message, user, &button.code),
        }
    }

    /// Presses a button that may not be there any more, or never was.
    pub fn press_code(&self, message: u64, user: u64, code: &str) -> u64 {
        let data = json!({"component_type": 2, "custom_id": code});
        self.pressed(message, user, data)
    }

    /// Chooses from a menu.
    pub fn choose(&self, message: u64, user: u64, menu: &str, value: &str) -> u64 {
        let data = json!({"component_type": 3, "custom_id": menu, "values": [value]});
        self.pressed(message, user, data)
    }

    /// Presses a button on the latest answer to an interaction, which only this person sees.
    ///
    /// # Panics
    /// If there is none with this label.
    pub fn press_answer(&self, interaction: u64, label: &str) -> u64 {
        let answer = self.answers(interaction).pop().expect("the interaction has an answer");
        let found = answer.shown.rows.into_iter().flatten().find(|button| button.label.contains(label));
        let button = found.unwrap_or_else(|| panic!("nobody can press {label:?}"));
        self.act(|world| {
            let channel = world.interactions[&interaction].channel;
            let data = json!({"component_type": 2, "custom_id": button.code});
            let private = world.next_id();
            world.interact(3, (channel, answer.user), data, Some(private))
        })
    }

    fn pressed(&self, message: u64, user: u64, data: Value) -> u64 {
        self.act(|world| {
            let channel = world.messages.get(&message).map_or(0, |message| message.channel);
            world.interact(3, (channel, user), data, Some(message))
        })
    }

    /// Fills in the form that an interaction opened, and sends it.
    ///
    /// # Panics
    /// If it opened none.
    pub fn submit(&self, interaction: u64, fields: &[(&str, &str)]) -> u64 {
        self.act(|world| {
            let opened = world.interactions[&interaction].clone();
            let form = opened.form.expect("the interaction has opened a form");
            let parts = form["components"].as_array().into_iter().flatten();
            let parts: Vec<Value> = parts.map(|part| filled(part, fields)).collect();
            let data = json!({"custom_id": form["custom_id"], "components": parts});
            world.interact(5, (opened.channel, opened.user), data, opened.message)
        })
    }

    /// Lists what somebody was answered to an interaction, latest last.
    pub fn answers(&self, interaction: u64) -> Vec<Answer> {
        self.read(|world| world.answers(interaction).into_iter().cloned().collect())
    }
}

/// Fills in a field of a form.
fn filled(part: &Value, fields: &[(&str, &str)]) -> Value {
    let field = &part["component"];
    let name = field["custom_id"].as_str().unwrap_or_default();
    let given = fields.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    let mut component = json!({"type": field["type"], "custom_id": name});
    if field["type"] == 4 {
        component["value"] = json!(given.unwrap_or_default());
    } else {
        component["values"] = json!(given.into_iter().collect::<Vec<_>>());
    }
    json!({"type": 18, "component": component})
}

impl World {
    fn command_data(&self, path: &str, options: &[(&str, &str)], focused: Option<&str>) -> Value {
        let (mut users, mut roles) = (json!({}), json!({}));
        let mut option = |(name, value): &(&str, &str)| {
            let account = value.parse().ok().filter(|id| self.users.contains_key(id));
            if let Some(id) = account {
                users[*value] = self.user_json(id);
            }
            let is_role = |id: &u64| self.guilds.values().any(|guild| guild.roles.contains_key(id));
            let role = value.parse().ok().filter(is_role);
            if role.is_some() {
                roles[*value] = json!({"id": value, "name": "role"});
            }
            let kind = if role.is_some() {
                9
            } else if account.is_some() {
                6
            } else {
                3
            };
            json!({"name": name, "type": kind, "value": value, "focused": focused == Some(*name)})
        };
        let mut inner = json!(options.iter().map(&mut option).collect::<Vec<_>>());
        for (depth, name) in path.rsplit('/').enumerate() {
            inner = json!([{"name": name, "type": depth + 1, "options": inner}]);
        }
        json!({"id": "77", "name": "incident", "type": 1, "options": inner, "resolved": {"users": users, "roles": roles}})
    }

    fn interact(&mut self, kind: u64, (channel, user): (u64, u64), data: Value, on: Option<u64>) -> u64 {
        let id = self.next_id();
        let token = format!("aW50ZXJhY3Rpb24-{id}");
        let interaction = Interaction {
            token: token.clone(),
            kind,
            user,
            channel,
            message: on,
            private: on.is_some_and(|on| !self.messages.contains_key(&on)),
            born: self.now(),
            acknowledged: None,
            first: 0,
            form: None,
            choices: None,
        };
        self.interactions.insert(id, interaction);
        let guild = self.channels.get(&channel).map(|channel| channel.guild);
        let locale = self.users.get(&user).map(|user| user.locale.clone());
        let mut told = json!({
            "id": id.to_string(),
            "application_id": self.application.to_string(),
            "type": kind,
            "token": token,
            "guild_id": guild.map(|guild| guild.to_string()),
            "channel_id": channel.to_string(),
            "channel": self.channel_json(channel),
            "locale": locale,
            "version": 1,
            "app_permissions": self.channels.get(&channel).map(|channel| channel.bot.to_string()),
            "data": data,
            "member": {"user": self.user_json(user), "nick": null, "roles": self.roles_of(guild, user),
                "permissions": self.permissions(guild, user).to_string()},
        });
        if let Some(message) = on {
            told["message"] = match self.messages.get(&message) {
                Some(message) => self.message_json(message, true),
                // What only one person sees is kept nowhere.
                None => json!({"id": message.to_string(), "channel_id": channel.to_string(), "flags": 64}),
            };
        }
        self.gateway.tell("INTERACTION_CREATE", told, 0, 0);
        id
    }

    fn roles_of(&self, guild: Option<u64>, user: u64) -> Vec<String> {
        let guild = guild.and_then(|guild| self.guilds.get(&guild));
        let roles = guild.and_then(|guild| guild.members.get(&user));
        roles.into_iter().flatten().map(u64::to_string).collect()
    }

    fn permissions(&self, guild: Option<u64>, user: u64) -> u64 {
        let Some((id, guild)) = guild.and_then(|id| Some((id, self.guilds.get(&id)?))) else { return 0 };
        if guild.owner == user {
            return u64::MAX >> 11;
        }
        let own = guild.members.get(&user).into_iter().flatten().chain([&id]);
        own.filter_map(|role| guild.roles.get(role)).fold(0, |all, role| all | role)
    }
}
