//! Who comes, goes, and may do what.

use incident_core::desk::{Ask, Request};
use teloxide::types::{ChatMember, ChatMemberKind, ChatMemberUpdated};

use super::{Scene, person};

/// Translates a change of the bot's own standing.
pub(super) fn of_bot(scene: &Scene<'_>, change: &ChatMemberUpdated) -> Option<Request> {
    let member = &change.new_chat_member;
    if member.user.id != scene.bot.id {
        return None;
    }
    let ask =
        if member.kind.is_present() { Ask::BotPresent { can_pin: can_pin(member) } } else { Ask::BotRemoved };
    Some(scene.request(&change.chat, None, person::sender(&change.from), ask))
}

/// Tells whether a member may pin, where Telegram says so: an ordinary member may if the group lets all.
fn can_pin(member: &ChatMember) -> Option<bool> {
    match &member.kind {
        ChatMemberKind::Owner(_) => Some(true),
        ChatMemberKind::Administrator(rights) => Some(rights.can_pin_messages),
        ChatMemberKind::Restricted(rights) => Some(rights.can_pin_messages),
        ChatMemberKind::Member(_) | ChatMemberKind::Left | ChatMemberKind::Banned(_) => None,
    }
}

/// Translates a change of somebody else's standing, if they left by it.
pub(super) fn of_person(scene: &Scene<'_>, change: &ChatMemberUpdated) -> Option<Request> {
    let (old, new) = (&change.old_chat_member, &change.new_chat_member);
    let left = old.kind.is_present() && !new.kind.is_present() && new.user.id != scene.bot.id;
    let ask = Ask::MemberLeft { who: person::identity(new.user.id) };
    left.then(|| scene.request(&change.chat, None, person::sender(&change.from), ask))
}
