//! What people do, and what befalls the bot.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::DiscordApi;
use super::events::intent;
use super::world::{Attached, Call, Channel, Guild, Message, Shown, User, World, kind, right};

/// What everybody may do.
const EVERYBODY: u64 = right::VIEW | right::SEND | right::HISTORY;

/// Chats and members.
impl DiscordApi {
    /// Makes an account.
    pub fn user(&self, name: &str) -> u64 {
        self.act(|world| {
            let id = world.next_id();
            let handle = format!("user{id}");
            let user = User { name: name.to_owned(), handle, locale: "en-US".to_owned(), bot: false };
            world.users.insert(id, user);
            id
        })
    }

    /// Makes a guild with an owner and the bot.
    pub fn guild(&self, name: &str, owner: u64) -> u64 {
        self.act(|world| {
            let id = world.next_id();

            let bot_role = world.next_id();
            let members = BTreeMap::from([(owner, BTreeSet::new()), (world.bot, BTreeSet::from([bot_role]))]);
            let roles = BTreeMap::from([(id, EVERYBODY), (bot_role, right::ALL)]);
            world.guilds.insert(id, Guild { name: name.to_owned(), owner, roles, members, bot_role });
            world.tell_of_guild(id);
            id
        })
    }

    /// Makes a channel, in which the bot may do all that it is installed with.
    pub fn channel(&self, guild: u64, name: &str) -> u64 {
        self.act(|world| {
            let id = world.next_id();
            world.channels.insert(id, Channel::new(guild, name));
            let told = world.channel_json(id);
            world.gateway.tell("CHANNEL_CREATE", told, intent::GUILDS, 0);
            id
        })
    }

    /// Opens a thread on a message, and returns it.
    pub fn thread(&self, message: u64) -> u64 {
        self.act(|world| {
            let parent = world.messages[&message].channel;
            let channel = Channel {
                name: "thread".to_owned(),
                kind: kind::PUBLIC_THREAD,
                parent: Some(parent),
                ..world.channels[&parent].clone()
            };
            world.channels.insert(message, channel);
            let told = world.channel_json(message);
            world.gateway.tell("THREAD_CREATE", told, intent::GUILDS, 0);
            message
        })
    }

    /// Puts a thread away, or takes it out again; a locked one only its keepers take out.
    pub fn archive(&self, thread: u64, archived: bool, locked: bool) {
        self.act(|world| {
            world.channels.entry(thread).and_modify(|here| (here.archived, here.locked) = (archived, locked));
        });
    }

    /// Deletes a channel.
    pub fn delete_channel(&self, channel: u64) {
        self.act(|world| {
            let told = world.channel_json(channel);
            world.channels.entry(channel).and_modify(|here| here.deleted = true);
            world.gateway.tell("CHANNEL_DELETE", told, intent::GUILDS, 0);
        });
    }

    /// Lets somebody join a guild.
    pub fn join(&self, guild: u64, user: u64) {
        self.act(|world| {
            world.guilds.entry(guild).and_modify(|here| {
                here.members.entry(user).or_default();
            });
        });
    }

    /// Gives somebody a role that may do this.
    pub fn give_role(&self, guild: u64, user: u64, permissions: u64) {
        self.act(|world| {
            let role = world.next_id();
            world.guilds.entry(guild).and_modify(|here| {
                here.roles.insert(role, permissions);
                here.members.entry(user).or_default().insert(role);
            });
        });
    }

    /// Has somebody leave a guild.
    pub fn leave(&self, guild: u64, user: u64) {
        self.act(|world| {
            world.guilds.entry(guild).and_modify(|here| {
                here.members.remove(&user);
            });
            let told = json!({"guild_id": guild.to_string(), "user": world.user_json(user)});
            world.gateway.tell("GUILD_MEMBER_REMOVE", told, intent::MEMBERS, 0);
        });
    }

    /// Throws the bot out of a guild.
    pub fn kick_bot(&self, guild: u64) {
        self.act(|world| {
            let bot = world.bot;
            world.guilds.entry(guild).and_modify(|here| {
                here.members.remove(&bot);
            });
            let told = json!({"id": guild.to_string()});
            world.gateway.tell("GUILD_DELETE", told, intent::GUILDS, 0);
        });
    }

    /// Lets the bot into a guild again.
    pub fn invite_bot(&self, guild: u64) {
        self.act(|world| {
            let bot = world.bot;
            world.guilds.entry(guild).and_modify(|here| {
                here.members.entry(bot).or_default();
            });
            world.tell_of_guild(guild);
        });
    }

    /// Tells the bot that a guild cannot be reached for a while.
    pub fn outage(&self, guild: u64) {
        let told = json!({"id": guild.to_string(), "unavailable": true});
        self.act(|world| world.gateway.tell("GUILD_DELETE", told, intent::GUILDS, 0));
    }

    /// Gives the bot rights in a channel, or takes them.
    pub fn let_bot(&self, channel: u64, rights: u64, allowed: bool) {
        let changed = |had: u64| if allowed { had | rights } else { had & !rights };
        self.act(|world| {
            world.channels.entry(channel).and_modify(|here| here.bot = changed(here.bot));
        });
    }

    /// Switches in the portal which privileged intents the bot may have: what is written, and who comes and goes.
    pub fn allow_intents(&self, content: bool, members: bool) {
        self.act(|world| {
            world.gateway.content_allowed = content;
            world.gateway.members_allowed = members;
        });
    }
}

/// Messages.
impl DiscordApi {
    /// Writes into a channel or a thread, and returns the message.
    pub fn write(&self, channel: u64, user: u64, text: &str) -> u64 {
        self.act(|world| {
            let message = world.blank(channel, user, text, 0);
            world.put(message)
        })
    }

    /// Answers a message; whoever wrote it is told.
    pub fn reply(&self, user: u64, to: u64, text: &str) -> u64 {
        self.act(|world| {
            let answered = world.messages[&to].clone();
            let mut message = world.blank(answered.channel, user, text, 19);
            message.reply_to = Some(to);
            message.told.insert(answered.author);
            world.put(message)
        })
    }

    /// Sends a file, and returns the message.
    pub fn send_file(&self, channel: u64, user: u64, name: &str, bytes: &[u8]) -> u64 {
        self.act(|world| {
            let mut message = world.blank(channel, user, "", 0);
            let id = world.next_id();
            message.files = vec![Attached { id, name: name.to_owned(), bytes: bytes.to_vec(), gone: false }];
            world.put(message)
        })
    }

    /// Makes Discord forget a file.
    pub fn forget_file(&self, file: u64) {
        self.act(|world| {
            let files = world.messages.values_mut().flat_map(|message| message.files.iter_mut());
            files.filter(|kept| kept.id == file).for_each(|kept| kept.gone = true);
        });
    }

    /// Deletes a message.
    pub fn delete(&self, message: u64) {
        self.act(|world| world.messages.remove(&message));
    }

    /// Lists the messages that stand in a channel or a thread, oldest first.
    pub fn messages(&self, channel: u64) -> Vec<Message> {
        self.read(|world| world.messages(channel).into_iter().cloned().collect())
    }

    /// Returns what people see of a message.
    pub fn shown(&self, message: &Message) -> Shown {
        self.read(|world| world.shown(message))
    }

    /// Lists the calls of the bot, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.read(|world| world.calls().to_vec())
    }

    /// Counts the calls of a name, such as `POST channels/-/messages`.
    pub fn count(&self, name: &str) -> usize {
        self.read(|world| world.count(name))
    }
}

impl World {
    fn tell_of_guild(&mut self, id: u64) {
        let told = self.guild_create(id);
        self.gateway.tell("GUILD_CREATE", told, intent::GUILDS, 0);
    }

    fn put(&mut self, message: Message) -> u64 {
        let id = message.id;
        self.announce_message(&message);
        self.messages.insert(id, message);
        id
    }
}
