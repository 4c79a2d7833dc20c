//! Who sees a channel, in Discord's overwrites of permissions: pure.

use incident_core::ids::{Identity, Platform};
use incident_core::ports::Access;
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::permissions::Permissions;

use crate::inbound::PIN;
use crate::messenger::guild::{Guild, Member};

/// What an overwrite is about.
const ROLE: u64 = 0;
const MEMBER: u64 = 1;

/// What a role or a person may in a channel other than elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Overwrite {
    id: String,
    #[serde(default)]
    deny: String,
}

/// Who the bot is, and what it has in a guild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Holding {
    bot: String,
    held: u64,
}

impl Holding {
    pub(super) fn new(bot: String, guild: &Guild, member: &Member) -> Self {
        let held = guild.permissions(member);
        let all = held & Permissions::ADMINISTRATOR.bits() != 0;
        Self { bot, held: if all { u64::MAX } else { held } }
    }

    /// Tells whether the bot can keep others out: nobody takes what they have not.
    pub(super) const fn can_close(&self) -> bool {
        self.held & Permissions::VIEW_CHANNEL.bits() != 0
    }

    /// Tells whether the bot is shown what was said before.
    pub(super) const fn reads_history(&self) -> bool {
        let needed = read();
        self.held & needed == needed
    }
}

const fn read() -> u64 {
    Permissions::VIEW_CHANNEL.bits() | Permissions::READ_MESSAGE_HISTORY.bits()
}

const fn write() -> u64 {
    Permissions::SEND_MESSAGES.bits()
        | Permissions::SEND_MESSAGES_IN_THREADS.bits()
        | Permissions::EMBED_LINKS.bits()
        | Permissions::ATTACH_FILES.bits()
}

/// What nobody does in a room: what is said in threads of it is not kept with it.
const fn branch() -> u64 {
    Permissions::CREATE_PUBLIC_THREADS.bits() | Permissions::CREATE_PRIVATE_THREADS.bits()
}

/// Tells whether nobody sees a channel but those who are let in.
pub(super) fn is_private(overwrites: &[Overwrite], guild: &str) -> bool {
    let everybody = overwrites.iter().find(|one| one.id == guild);
    let denied = everybody.and_then(|one| one.deny.parse::<u64>().ok()).unwrap_or_default();
    denied & Permissions::VIEW_CHANNEL.bits() != 0
}

/// Returns the overwrites of a channel that those see who should, the bot among them, and nobody else. The role that
/// everybody has is no circle of people.
pub(super) fn overwrites(access: &Access, guild: &str, holding: &Holding) -> Value {
    let one = |id: &str, kind: u64, (allow, deny): (u64, u64)| {
        let held = |bits: u64| (bits & holding.held).to_string();
        json!({"id": id, "type": kind, "allow": held(allow), "deny": held(deny)})
    };
    let keeps = read() | write() | PIN | Permissions::MANAGE_CHANNELS.bits();
    let mut all = vec![
        one(guild, ROLE, (0, Permissions::VIEW_CHANNEL.bits() | branch())),
        one(&holding.bot, MEMBER, (keeps, 0)),
    ];
    let ours = |person: &&Identity| person.platform == Platform::Discord;
    for reporter in access.reporter.iter().filter(ours) {
        let may = if access.reporter_writes { (read() | write(), 0) } else { (read(), write()) };
        all.push(one(&reporter.user, MEMBER, may));
    }
    all.extend(
        access.people.iter().filter(ours).map(|person| one(&person.user, MEMBER, (read() | write(), 0))),
    );
    let circles = access.circles.iter().filter(|role| ***role != *guild);
    all.extend(circles.map(|role| one(role, ROLE, (read() | write(), 0))));
    Value::Array(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding(permissions: u64) -> Holding {
        let guild = json!({"id": "5", "roles": [{"id": "5", "permissions": permissions.to_string()}]});
        let guild = serde_json::from_value(guild).expect("a guild");
        Holding::new("9".to_owned(), &guild, &Member { roles: Vec::new() })
    }

    #[test]
    fn everybody_is_kept_out_and_only_what_the_bot_has_is_given() {
        let access = Access {
            reporter: Some(Identity::new(Platform::Discord, "1")),
            reporter_writes: false,
            people: vec![Identity::new(Platform::Telegram, "2")],
            circles: vec!["3".into(), "5".into()],
        };
        let view = Permissions::VIEW_CHANNEL.bits();
        let public = Permissions::CREATE_PUBLIC_THREADS.bits();
        let few = holding(view | public | Permissions::SEND_MESSAGES.bits());
        let both = (view | Permissions::SEND_MESSAGES.bits()).to_string();
        let closed = (view | public).to_string();
        let (view, send) = (view.to_string(), Permissions::SEND_MESSAGES.bits().to_string());
        assert_eq!(
            overwrites(&access, "5", &few),
            json!([
                {"id": "5", "type": 0, "allow": "0", "deny": closed},
                {"id": "9", "type": 1, "allow": both, "deny": "0"},
                {"id": "1", "type": 1, "allow": view, "deny": send},
                {"id": "3", "type": 0, "allow": both, "deny": "0"},
            ])
        );
        assert!(few.can_close() && !holding(0).can_close());
        assert_eq!(holding(8).held, u64::MAX, "an administrator has everything");
    }
}
