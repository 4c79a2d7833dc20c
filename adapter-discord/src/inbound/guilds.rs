//! Which channels there are, and which threads in them: the gateway tells it once, and messages name a channel only.

use std::collections::{BTreeMap, BTreeSet};

use incident_core::text::{Limits, Text};
use serde_json::Value;
use serenity::model::permissions::Permissions;

use super::{field, text};

/// The right to pin, which the library does not know yet.
pub(crate) const PIN: u64 = 1 << 51;
/// What the bot needs in a guild, and how it is called there.
const NEEDED: [(u64, &str); 7] = [
    (Permissions::VIEW_CHANNEL.bits(), "View Channels"),
    (Permissions::SEND_MESSAGES.bits(), "Send Messages"),
    (Permissions::SEND_MESSAGES_IN_THREADS.bits(), "Send Messages in Threads"),
    (Permissions::EMBED_LINKS.bits(), "Embed Links"),
    (Permissions::ATTACH_FILES.bits(), "Attach Files"),
    (Permissions::READ_MESSAGE_HISTORY.bits(), "Read Message History"),
    (PIN, "Pin Messages"),
];

/// A channel in which people write, or a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Channel {
    guild: u64,
    name: Option<Text>,
    /// The channel that a thread belongs to.
    parent: Option<u64>,
}

/// What is known of guilds and their channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guilds {
    channels: BTreeMap<u64, Channel>,
    /// The guilds in which the bot was when it connected.
    known: BTreeSet<u64>,
    /// The bot's own account.
    bot: Option<u64>,
}

/// A guild that the gateway has described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Which it is.
    pub guild: u64,
    /// What it is called.
    pub name: String,
    /// The permissions that the bot needs and has not, by their names.
    pub missing: Vec<&'static str>,
    /// The channels in which the bot was not when it connected.
    pub new_channels: Vec<u64>,
}

impl Guilds {
    /// Takes note of an event; returns what is worth telling of it.
    pub fn learn(&mut self, kind: &str, event: &Value) -> Option<Joined> {
        match kind {
            "READY" => {
                self.bot = field::id(&event["user"], "id");
                self.known =
                    field::list(event, "guilds").iter().filter_map(|one| field::id(one, "id")).collect();
            }
            "GUILD_CREATE" => return self.guild(event),
            "GUILD_DELETE" if event["unavailable"] != true => {
                let gone = field::id(event, "id");
                self.known.retain(|guild| Some(*guild) != gone);
                self.channels.retain(|_, channel| Some(channel.guild) != gone);
            }
            "CHANNEL_CREATE" | "CHANNEL_UPDATE" | "THREAD_CREATE" | "THREAD_UPDATE" => {
                self.channel(event, field::id(event, "guild_id"));
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                let gone = field::id(event, "id");
                self.channels
                    .retain(|id, channel| Some(*id) != gone && (gone.is_none() || channel.parent != gone));
            }
            "THREAD_LIST_SYNC" => {
                let guild = field::id(event, "guild_id");
                field::list(event, "threads").iter().for_each(|thread| self.channel(thread, guild));
            }
            _ => {}
        }
        None
    }

    fn guild(&mut self, event: &Value) -> Option<Joined> {
        let guild = field::id(event, "id")?;
        let described = field::list(event, "channels");
        for channel in described.iter().chain(field::list(event, "threads")) {
            self.channel(channel, Some(guild));
        }
        let new_channels =
            if self.known.insert(guild) { self.channels_of(guild).collect() } else { Vec::new() };
        let name = field::words(event, "name").unwrap_or_default().to_owned();
        Some(Joined { guild, name, missing: self.missing(event, guild), new_channels })
    }

    /// Names what the bot needs and its roles do not give. Channels may take or give more; that shows where it is used.
    fn missing(&self, event: &Value, guild: u64) -> Vec<&'static str> {
        // Whoever talks in a voice channel is described too.
        let own: BTreeSet<u64> = field::list(event, "members")
            .iter()
            .filter(|member| field::id(&member["user"], "id") == self.bot)
            .flat_map(|member| field::list(member, "roles"))
            .filter_map(|role| role.as_str()?.parse().ok())
            .chain([guild])
            .collect();
        let roles = field::list(event, "roles").iter();
        let has = roles
            .filter(|role| field::id(role, "id").is_some_and(|id| own.contains(&id)))
            .filter_map(|role| field::id(role, "permissions"))
            .fold(0, |all, one| all | one);
        if has & Permissions::ADMINISTRATOR.bits() != 0 {
            return Vec::new();
        }
        NEEDED.iter().filter(|(right, _)| has & right == 0).map(|(_, name)| *name).collect()
    }

    fn channel(&mut self, event: &Value, guild: Option<u64>) {
        let (Some(id), Some(guild)) = (field::id(event, "id"), guild) else { return };
        let thread = is_thread(event);
        let parent = field::id(event, "parent_id").filter(|_| thread);
        // Text, announcements, and the chats of voice channels.
        let written = matches!(event["type"].as_u64(), Some(0 | 2 | 5 | 13));
        if written || parent.is_some() {
            let name = field::words(event, "name").and_then(|name| text(name, Limits::NAME.max));
            self.channels.insert(id, Channel { guild, name, parent });
        }
    }

    /// Lists the channels of a guild, without threads.
    pub fn channels_of(&self, guild: u64) -> impl Iterator<Item = u64> {
        let ours = move |(_, channel): &(&u64, &Channel)| channel.guild == guild && channel.parent.is_none();
        self.channels.iter().filter(ours).map(|(id, _)| *id)
    }

    /// Lists the channels of a guild, and the threads in them.
    pub(crate) fn places_of(&self, guild: u64) -> impl Iterator<Item = u64> {
        self.channels.iter().filter(move |(_, channel)| channel.guild == guild).map(|(id, _)| *id)
    }

    /// Returns the channel that a thread belongs to; `None` if it is no thread.
    pub(crate) fn parent(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel)?.parent
    }

    /// Returns what a channel is called.
    pub(crate) fn title(&self, channel: u64) -> Option<Text> {
        self.channels.get(&channel)?.name.clone()
    }
}

/// Lists the guilds in which the bot is, as it is told when it connects.
pub(crate) fn guilds_in(ready: &Value) -> impl Iterator<Item = u64> {
    field::list(ready, "guilds").iter().filter_map(|one| field::id(one, "id"))
}

/// Tells whether a channel is a thread: in announcements, open to all, or private.
pub(super) fn is_thread(channel: &Value) -> bool {
    matches!(channel["type"].as_u64(), Some(10..=12))
}

/// Tells from the bot's permissions in a channel whether it can write there, and whether it can pin.
pub(crate) fn may_write_and_pin(permissions: &str) -> (bool, bool) {
    let bits: u64 = permissions.parse().unwrap_or_default();
    let all = bits & Permissions::ADMINISTRATOR.bits() != 0;
    let write = (Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES).bits();
    (all || bits & write == write, all || bits & PIN != 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Whoever installs the bot by the page gets what the bot looks for, and nothing else.
    #[test]
    fn the_install_link_asks_for_what_is_needed() {
        let page = include_str!("../../../docs/discord.md");
        let sum: u64 = NEEDED.iter().map(|(right, _)| right).sum();
        assert!(page.contains(&format!("&permissions={sum}\n")), "{sum}");
        for (_, name) in NEEDED {
            assert!(page.contains(&format!("| {name} |")), "{name}");
        }
    }

    #[test]
    fn the_install_link_of_tickets_asks_for_what_rooms_need_besides() {
        let page = include_str!("../../../docs/discord.md");
        let (_, tickets) = page.split_once("\n## Tickets").expect("there is such a part");
        let besides = [
            (Permissions::MANAGE_CHANNELS, "Manage Channels"),
            (Permissions::MANAGE_ROLES, "Manage Roles"),
            (Permissions::MANAGE_THREADS, "Manage Threads"),
            (Permissions::CREATE_PRIVATE_THREADS, "Create Private Threads"),
            (Permissions::CREATE_PUBLIC_THREADS, "Create Public Threads"),
        ];
        let all = NEEDED.iter().map(|(right, _)| *right).chain(besides.map(|(right, _)| right.bits()));
        let sum: u64 = all.sum();
        assert!(tickets.contains(&format!("&permissions={sum}\n")), "{sum}");
        let named = |name: &str| tickets.lines().any(|line| line.starts_with("| ") && line.contains(name));
        for (_, name) in besides {
            assert!(named(name), "{name}");
        }
    }

    #[test]
    fn what_the_bots_roles_do_not_give_is_named() {
        let everybody = json!({"id": "5", "permissions": (1_u64 << 10 | 1 << 11 | 1 << 16).to_string()});
        let own = json!({"id": "6", "permissions": (1_u64 << 14 | 1 << 51).to_string()});
        let other = json!({"id": "7", "permissions": "8"});
        let lacks = |role: &str| {
            let talker = json!({"user": {"id": "10"}, "roles": ["7"]});
            let bot = json!({"user": {"id": "9"}, "roles": [role]});
            let event = json!({"id": "5", "name": "Drivers", "roles": [&everybody, &own, &other],
                "members": [talker, bot]});
            let mut guilds = Guilds::default();
            guilds.learn("READY", &json!({"user": {"id": "9"}, "guilds": [{"id": "5"}]}));
            guilds.learn("GUILD_CREATE", &event).map(|joined| joined.missing)
        };
        assert_eq!(lacks("6"), Some(vec!["Send Messages in Threads", "Attach Files"]));
        assert_eq!(lacks("7"), Some(Vec::new()), "an administrator may do everything");
    }

    #[test]
    fn rights_in_a_channel_are_read() {
        let both = (1_u64 << 10) | (1 << 11);
        assert_eq!(may_write_and_pin(&both.to_string()), (true, false));
        assert_eq!(may_write_and_pin(&(both | PIN).to_string()), (true, true));
        assert_eq!(may_write_and_pin(&PIN.to_string()), (false, true));
        assert_eq!(may_write_and_pin("8"), (true, true));
        assert_eq!(may_write_and_pin("none"), (false, false));
    }
}
