//! Who somebody is.

use incident_core::desk::Sender;
use incident_core::ids::{Handle, Identity, Platform};
use incident_core::ports::Profile;
use incident_core::text::{Limits, Text};
use teloxide::types::{Message, User, UserId};

use super::text;

/// The account in whose name anonymous administrators act.
const ANONYMOUS_ADMIN: UserId = UserId(1_087_968_824);
/// The account in whose name people write as a channel.
const CHANNEL: UserId = UserId(136_817_688);
/// Telegram itself; it also forwards a linked channel's posts into its discussion group.
const TELEGRAM: UserId = UserId(777_000);

/// Returns the account of a user.
pub(super) fn identity(user: UserId) -> Identity {
    Identity::new(Platform::Telegram, user.0.to_string())
}

/// Returns what Telegram says about a user.
pub(super) fn profile(user: &User) -> Profile {
    let handle = user.username.as_deref().and_then(|name| Handle::parse(Platform::Telegram, name).ok());
    let shown = user.username.clone().unwrap_or_else(|| format!("User {}", user.id));
    Profile {
        identity: identity(user.id),
        handle,
        name: name(&user.full_name()).or_else(|| name(&shown)).unwrap_or_else(Text::erased),
        locale: user.language_code.as_deref().and_then(name),
    }
}

fn name(value: &str) -> Option<Text> {
    text(value, Limits::NAME.max)
}

/// Tells who a user is who acts by themselves.
pub(super) fn sender(user: &User) -> Sender {
    match user.id {
        ANONYMOUS_ADMIN => Sender::AnonymousAdmin,
        CHANNEL => Sender::Channel,
        TELEGRAM => Sender::Platform,
        _ if user.is_bot => Sender::Bot,
        _ => Sender::Person(profile(user)),
    }
}

/// Tells who wrote a message, in whose name soever.
pub(super) fn author(message: &Message) -> Sender {
    let from = message.from.as_ref();
    if from.is_some_and(|user| user.id == TELEGRAM) {
        return Sender::Platform;
    }
    match (&message.sender_chat, from) {
        (Some(chat), _) if chat.id == message.chat.id => Sender::AnonymousAdmin,
        (Some(_), _) | (None, None) => Sender::Channel,
        (None, Some(user)) => sender(user),
    }
}
