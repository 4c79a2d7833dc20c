//! Channels that the bot opens, changes and takes away, and who sees them: by Discord's own reckoning of permissions, and
//! within its limits on how many there are.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::DiscordApi;
use super::events::intent;
use super::fault::Refusal;
use super::rest::{Incoming, Outcome, number};
use super::world::{Channel, World, kind, right};

/// How many channels a category takes, and how many a guild does.
const IN_CATEGORY: usize = 50;
const IN_GUILD: usize = 500;
/// How often a channel may be renamed or given another topic, and how long it is to be left alone then, in seconds.
const RENAMES: usize = 2;
const RENAME_WINDOW: f64 = 600.0;

/// What a role or a person may in a channel, other than elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overwrite {
    pub(super) id: u64,
    pub(super) allow: u64,
    pub(super) deny: u64,
}

/// Channels, as people see them.
impl DiscordApi {
    /// Makes a category.
    pub fn category(&self, guild: u64, name: &str) -> u64 {
        self.act(|world| {
            let id = world.next_id();
            world.channels.insert(id, Channel { kind: kind::CATEGORY, ..Channel::new(guild, name) });
            id
        })
    }

    /// Makes so many channels under a category, or under none.
    pub fn fill(&self, guild: u64, category: Option<u64>, count: usize) {
        self.act(|world| {
            for _ in 0..count {
                let id = world.next_id();
                world.channels.insert(id, Channel { category, ..Channel::new(guild, "filler") });
            }
        });
    }

    /// Makes a role of a guild, and returns it.
    pub fn role(&self, guild: u64) -> u64 {
        self.act(|world| {
            let role = world.next_id();
            world.guilds.entry(guild).and_modify(|here| {
                here.roles.insert(role, 0);
            });
            role
        })
    }

    /// Gives somebody such a role.
    pub fn enrol(&self, guild: u64, user: u64, role: u64) {
        self.act(|world| {
            world.guilds.entry(guild).and_modify(|here| {
                here.members.entry(user).or_default().insert(role);
            });
        });
    }

    /// Gives the bot rights in a whole guild, or takes them.
    pub fn let_bot_in_guild(&self, guild: u64, rights: u64, allowed: bool) {
        self.act(|world| {
            let changed = |had: u64| if allowed { had | rights } else { had & !rights };
            world.guilds.entry(guild).and_modify(|here| {
                let had = here.roles.entry(here.bot_role).or_default();
                *had = changed(*had);
            });
        });
    }

    /// Gives a role rights in a whole guild, or takes them; the one that everybody has is named as the guild is.
    pub fn let_role(&self, guild: u64, role: u64, rights: u64, allowed: bool) {
        self.act(|world| {
            let changed = |had: u64| if allowed { had | rights } else { had & !rights };
            world.guilds.entry(guild).and_modify(|here| {
                let had = here.roles.entry(role).or_default();
                *had = changed(*had);
            });
        });
    }

    /// Lists the channels and threads of a guild, oldest first.
    pub fn places(&self, guild: u64) -> Vec<u64> {
        self.read(|world| {
            let here = |(_, channel): &(&u64, &Channel)| channel.guild == guild && !channel.deleted;
            world.channels.iter().filter(here).map(|(id, _)| *id).collect()
        })
    }

    /// Returns the name of a channel, and its category.
    pub fn described(&self, channel: u64) -> (String, Option<u64>) {
        self.read(|world| {
            let here = &world.channels[&channel];
            (here.name.clone(), here.category)
        })
    }

    /// Lets everybody see a channel.
    pub fn publish(&self, channel: u64) {
        self.act(|world| {
            world.channels.entry(channel).and_modify(|here| here.overwrites.clear());
        });
    }

    /// Opens a private thread in a channel, as somebody does.
    pub fn private_thread(&self, parent: u64, user: u64, name: &str) -> u64 {
        self.act(|world| {
            let (id, guild) = (world.next_id(), world.channels[&parent].guild);
            let thread = Channel {
                kind: kind::PRIVATE_THREAD,
                parent: Some(parent),
                owner: Some(user),
                within: BTreeSet::from([user, world.bot]),
                ..Channel::new(guild, name)
            };
            world.channels.insert(id, thread);
            id
        })
    }

    /// Lists who is in a thread.
    pub fn within(&self, thread: u64) -> Vec<u64> {
        self.read(|world| world.channels[&thread].within.iter().copied().collect())
    }

    /// Lets somebody into a thread, as a mention does.
    pub fn let_in(&self, thread: u64, user: u64) {
        self.act(|world| {
            world.channels.entry(thread).and_modify(|here| {
                here.within.insert(user);
            });
        });
    }

    /// Tells whether a channel is there no more.
    pub fn is_deleted(&self, channel: u64) -> bool {
        self.read(|world| world.channels.get(&channel).is_none_or(|here| here.deleted))
    }

    /// Tells whether somebody sees a channel, and whether they can write there.
    pub fn sees(&self, user: u64, channel: u64) -> (bool, bool) {
        self.read(|world| world.sees(user, channel))
    }
}

impl World {
    /// Reckons the permissions of somebody in a channel.
    pub(super) fn permissions_in(&self, user: u64, channel: u64) -> u64 {
        let Some(here) = self.channels.get(&channel) else { return 0 };
        let Some(guild) = self.guilds.get(&here.guild) else { return 0 };
        if guild.owner == user {
            return u64::MAX;
        }
        let Some(own) = guild.members.get(&user) else { return 0 };
        let base = own.iter().chain([&here.guild]).filter_map(|role| guild.roles.get(role));
        let base = base.fold(0, |all, role| all | role);
        if base & right::ADMINISTRATOR != 0 {
            return u64::MAX;
        }
        let of = |id: u64| here.overwrites.iter().filter(move |one| one.id == id);
        let apply = |bits: u64, (allow, deny): (u64, u64)| (bits & !deny) | allow;
        let sum = |all: (u64, u64), one: &Overwrite| (all.0 | one.allow, all.1 | one.deny);
        let everybody = apply(base, of(here.guild).fold((0, 0), sum));
        let roles = apply(everybody, own.iter().flat_map(|role| of(*role)).fold((0, 0), sum));
        apply(roles, of(user).fold((0, 0), sum))
    }

    pub(super) fn sees(&self, user: u64, channel: u64) -> (bool, bool) {
        let Some(here) = self.channels.get(&channel).filter(|here| !here.deleted) else {
            return (false, false);
        };
        if here.kind == kind::PRIVATE_THREAD {
            let parent = self.permissions_in(user, here.parent.unwrap_or_default());
            let keeper = parent & right::MANAGE_THREADS != 0;
            let within = here.within.contains(&user) && parent & right::VIEW != 0;
            return (within || keeper, keeper || (within && !here.locked));
        }
        let bits = self.permissions_in(user, channel);
        (bits & right::VIEW != 0, bits & right::VIEW != 0 && bits & right::SEND != 0)
    }

    fn bot_has(&self, guild: u64, wanted: u64) -> Result<u64, Refusal> {
        let here = self.guilds.get(&guild).filter(|here| here.members.contains_key(&self.bot));
        let here = here.ok_or_else(Refusal::no_access)?;
        let own = here.members[&self.bot].iter().chain([&guild]).filter_map(|role| here.roles.get(role));
        let held = own.fold(0, |all, role| all | role);
        let held = if held & right::ADMINISTRATOR != 0 { u64::MAX } else { held };
        if held & wanted == wanted { Ok(held) } else { Err(Refusal::no_permission()) }
    }

    pub(super) fn listed(&self, guild: u64, threads: bool) -> Outcome {
        self.bot_has(guild, 0)?;
        let wanted = |(_, here): &(&u64, &Channel)| {
            here.guild == guild && !here.deleted && here.parent.is_some() == threads
        };
        let all = self.channels.iter().filter(wanted).map(|(id, _)| self.channel_json(*id));
        let all = Value::Array(all.collect());
        Ok((200, if threads { json!({"threads": all}) } else { all }))
    }

    pub(super) fn create_channel(&mut self, guild: u64, body: &Value) -> Outcome {
        let held = self.bot_has(guild, right::MANAGE_CHANNELS)?;
        let name = body["name"].as_str().unwrap_or_default();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Refusal::form("name", "BASE_TYPE_BAD_LENGTH"));
        }
        if body["topic"].as_str().is_some_and(|topic| topic.chars().count() > 1_024) {
            return Err(Refusal::form("topic", "BASE_TYPE_MAX_LENGTH"));
        }
        let there = |here: &&Channel| here.guild == guild && !here.deleted && here.parent.is_none();
        if self.channels.values().filter(there).count() >= IN_GUILD {
            return Err(Refusal::new(400, 30_013, "Maximum number of guild channels reached (500)"));
        }
        let category = body["parent_id"].as_str().map(number);
        if let Some(category) = category {
            let known = self.channels.get(&category).filter(|here| here.guild == guild && !here.deleted);
            if known.is_none_or(|here| here.kind != kind::CATEGORY) {
                return Err(Refusal::form("parent_id", "CHANNEL_PARENT_INVALID"));
            }
            let under = |here: &&Channel| there(here) && here.category == Some(category);
            if self.channels.values().filter(under).count() >= IN_CATEGORY {
                return Err(Refusal::form("parent_id", "CHANNEL_PARENT_MAX_CHANNELS"));
            }
        }
        let inherited = category.map(|category| self.channels[&category].overwrites.clone());
        let overwrites = overwrites(&body["permission_overwrites"], held)?.or(inherited).unwrap_or_default();
        let id = self.next_id();
        let channel = Channel {
            kind: body["type"].as_u64().unwrap_or_default(),
            topic: body["topic"].as_str().map(str::to_owned),
            category,
            overwrites,
            ..Channel::new(guild, name)
        };
        self.channels.insert(id, channel);
        self.reckon_bot(id);
        let told = self.channel_json(id);
        self.gateway.tell("CHANNEL_CREATE", told.clone(), intent::GUILDS, 0);
        Ok((201, told))
    }

    /// What the bot may do in a channel follows from what it let itself do there.
    fn reckon_bot(&mut self, id: u64) {
        let bits = self.permissions_in(self.bot, id);
        self.channels.entry(id).and_modify(|here| here.bot = bits);
    }

    pub(super) fn change_channel(&mut self, id: u64, body: &Value) -> Outcome {
        let (guild, thread) = (self.channels[&id].guild, self.channels[&id].parent.is_some());
        if thread {
            return self.change_thread(id, body);
        }
        let held = self.bot_has(guild, right::MANAGE_CHANNELS)?;
        let given = overwrites(&body["permission_overwrites"], held)?;
        if given.is_some() {
            self.bot_has(guild, right::MANAGE_ROLES)?;
        }
        let renamed = body["name"].is_string() || body["topic"].is_string();
        let here = self.channels.get_mut(&id).ok_or_else(Refusal::no_channel)?;
        if renamed {
            here.renames += 1;
            if here.renames > RENAMES {
                return Err(Refusal::rate_limited(RENAME_WINDOW, false));
            }
            body["name"].as_str().unwrap_or(&here.name.clone()).clone_into(&mut here.name);
            here.topic = body["topic"].as_str().map(str::to_owned).or(here.topic.take());
        }
        if let Some(given) = given {
            here.overwrites = given;
        }
        self.reckon_bot(id);
        let told = self.channel_json(id);
        self.gateway.tell("CHANNEL_UPDATE", told.clone(), intent::GUILDS, 0);
        Ok((200, told))
    }

    fn change_thread(&mut self, id: u64, body: &Value) -> Outcome {
        let keeper = self.bot_has(self.channels[&id].guild, right::MANAGE_THREADS).is_ok();
        let here = self.channels.get_mut(&id).ok_or_else(Refusal::no_channel)?;
        let locks = body["locked"].as_bool().is_some_and(|locked| locked != here.locked);
        if (here.locked || locks) && !keeper {
            return Err(Refusal::no_permission());
        }
        here.archived = body["archived"].as_bool().unwrap_or(here.archived);
        here.locked = body["locked"].as_bool().unwrap_or(here.locked);
        Ok((200, self.channel_json(id)))
    }

    pub(super) fn delete_channel_for_bot(&mut self, id: u64) -> Outcome {
        let thread = self.channels[&id].parent.is_some();
        let needed = if thread { right::MANAGE_THREADS } else { right::MANAGE_CHANNELS };
        self.bot_has(self.channels[&id].guild, needed)?;
        let told = self.channel_json(id);
        self.channels.entry(id).and_modify(|here| here.deleted = true);
        let kind = if thread { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
        self.gateway.tell(kind, told.clone(), intent::GUILDS, 0);
        Ok((200, told))
    }

    pub(super) fn create_thread(&mut self, parent: u64, body: &Value) -> Outcome {
        let guild = self.channels[&parent].guild;
        self.bot_has(guild, right::CREATE_PRIVATE_THREADS)?;
        let name = body["name"].as_str().unwrap_or_default();
        if name.is_empty() || name.chars().count() > 100 {
            return Err(Refusal::form("name", "BASE_TYPE_BAD_LENGTH"));
        }
        let id = self.next_id();
        let bot = self.channels[&parent].bot;
        let thread = Channel {
            kind: kind::PRIVATE_THREAD,
            parent: Some(parent),
            bot,
            owner: Some(self.bot),
            within: BTreeSet::from([self.bot]),
            ..Channel::new(guild, name)
        };
        self.channels.insert(id, thread);
        let told = self.channel_json(id);
        self.gateway.tell("THREAD_CREATE", told.clone(), intent::GUILDS, 0);
        Ok((201, told))
    }

    pub(super) fn in_thread(&mut self, thread: u64, user: Option<&str>, incoming: &Incoming) -> Outcome {
        let here = self.channels.get(&thread).filter(|here| here.parent.is_some());
        let here = here.ok_or_else(Refusal::no_channel)?;
        match (incoming.method.as_str(), user.map(number)) {
            ("GET", None) => {
                let all = here.within.iter().map(|user| json!({"user_id": user.to_string()}));
                Ok((200, Value::Array(all.collect())))
            }
            ("PUT" | "DELETE", Some(_)) if here.archived => {
                Err(Refusal::new(400, 50_083, "Thread is archived"))
            }
            ("PUT", Some(user)) => {
                if !self.guilds[&here.guild].members.contains_key(&user) {
                    return Err(Refusal::new(404, 10_007, "Unknown Member"));
                }
                self.channels.entry(thread).and_modify(|here| {
                    here.within.insert(user);
                });
                Ok((204, Value::Null))
            }
            ("DELETE", Some(user)) => {
                self.channels.entry(thread).and_modify(|here| {
                    here.within.remove(&user);
                });
                Ok((204, Value::Null))
            }
            _ => Err(Refusal { status: 404, body: json!({"message": "404: Not Found", "code": 0}) }),
        }
    }
}

/// Reads overwrites, and refuses those that give what the bot has not.
fn overwrites(given: &Value, held: u64) -> Result<Option<Vec<Overwrite>>, Refusal> {
    let Some(given) = given.as_array() else { return Ok(None) };
    let bits = |one: &Value, name: &str| one[name].as_str().map_or(0, number);
    let all = given.iter().map(|one| Overwrite {
        id: one["id"].as_str().map_or(0, number),
        allow: bits(one, "allow"),
        deny: bits(one, "deny"),
    });
    let all: Vec<Overwrite> = all.collect();
    let too_much = all.iter().any(|one| (one.allow | one.deny) & !held != 0);
    let roles = held & right::ADMINISTRATOR == 0
        && all.iter().any(|one| (one.allow | one.deny) & right::MANAGE_ROLES != 0);
    if too_much || roles { Err(Refusal::no_permission()) } else { Ok(Some(all)) }
}
