//! Who somebody is.

use incident_core::desk::Sender;
use incident_core::ids::{Identity, Platform};
use incident_core::ports::Profile;
use incident_core::text::{Limits, Text};
use serde_json::Value;

use super::{field, text};

/// Returns the account of a user.
pub(super) fn identity(user: u64) -> Identity {
    Identity::new(Platform::Discord, user.to_string())
}

/// Returns what Discord says about a user, who may have another name in the guild.
pub(super) fn profile(user: &Value, member: Option<&Value>) -> Option<Profile> {
    let id = field::id(user, "id")?;
    let username = field::words(user, "username");
    let names =
        [member.and_then(|member| field::words(member, "nick")), field::words(user, "global_name"), username];
    let name = names.into_iter().flatten().find_map(|name| text(name, Limits::NAME.max));
    Some(Profile {
        identity: identity(id),
        // People know each other by the names they have in the guild; who is meant is told by the account.
        handle: None,
        name: name.unwrap_or_else(Text::erased),
        locale: None,
    })
}

/// Returns what little is known of somebody who is mentioned.
pub(super) fn stranger(id: u64) -> Profile {
    let name = text(&format!("User {id}"), Limits::NAME.max).unwrap_or_else(Text::erased);
    Profile { identity: identity(id), handle: None, name, locale: None }
}

/// Tells who did something.
pub(super) fn sender(user: &Value, member: Option<&Value>, locale: Option<&str>) -> Sender {
    if user["bot"] == true || user["system"] == true {
        return Sender::Bot;
    }
    match profile(user, member) {
        Some(profile) => {
            let locale = locale.and_then(|tag| text(tag, Limits::NAME.max));
            Sender::Person(Profile { locale, ..profile })
        }
        None => Sender::Platform,
    }
}
