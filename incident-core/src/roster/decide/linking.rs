//! Linking chats with groups, and accounts with people.

use super::{Verdict, group_of, unless};
use crate::ids::{ChatRef, GroupId};
use crate::incident::{Invalid, Rejection};
use crate::policy::Act;
use crate::roster::linking::MOST_MIRRORS;
use crate::roster::{
    Announcement, GroupStatus, LinkFact, LinkOrder, Offer, Right, Roster, RosterCommand, RosterEffect,
    RosterFact, With,
};

/// Whoever wants to be known by another account says so for themselves; everything else is for administrators.
pub(super) const fn needed(order: &LinkOrder) -> Act {
    match order {
        LinkOrder::Offer { offer: Offer { with: With::Person(_), .. }, .. }
        | LinkOrder::Person { .. }
        | LinkOrder::Spend { .. }
        | LinkOrder::Part { .. } => Act::Register,
        LinkOrder::Offer { .. }
        | LinkOrder::Chat { .. }
        | LinkOrder::Leave { .. }
        | LinkOrder::Move { .. }
        | LinkOrder::Right { .. } => Act::Administer,
    }
}

pub(super) fn judge(roster: &Roster, order: &LinkOrder) -> Verdict {
    let fact = |fact| RosterFact::Linking { fact };
    match order {
        LinkOrder::Offer { offer, .. } => {
            if let With::Group(group) = offer.with {
                has_room(roster, group)?;
            }
            Ok(vec![fact(LinkFact::Offered { offer: offer.clone() })])
        }
        LinkOrder::Chat { chat, title, code, at } => {
            let With::Group(group) = roster.offered(code, *at).ok_or(Rejection::Unknown)? else {
                return Err(Rejection::Unknown);
            };
            has_room(roster, group)?;
            if roster.group_in(chat).is_some() {
                return Err(Invalid::NoChange.into());
            }
            let (chat, title) = (chat.clone(), title.clone());
            Ok(vec![fact(LinkFact::ChatLinked { group, chat, title })])
        }
        LinkOrder::Leave { group, chat, .. } => {
            let chats = roster.chats(*group).ok_or(Rejection::Unknown)?;
            let leaves = chats.has(chat) && !chats.linked.is_empty();
            let (group, chat) = (*group, chat.clone());
            Ok(unless(!leaves, || fact(LinkFact::ChatLeft { group, chat })))
        }
        LinkOrder::Move { group, from, to } => {
            let known = is_mirror(roster, *group, from) && from != to;
            let (group, from, to) = (*group, from.clone(), to.clone());
            Ok(unless(!known, || fact(LinkFact::ChatMoved { group, from, to })))
        }
        LinkOrder::Right { group, chat, right, held } => {
            let known = !is_mirror(roster, *group, chat) || roster.refuses(*group, chat, *right) != *held;
            let (group, chat, right, held) = (*group, chat.clone(), *right, *held);
            Ok(unless(known, || fact(LinkFact::RightChanged { group, chat, right, held })))
        }
        LinkOrder::Person { person, code, at } => {
            let With::Person(to) = roster.offered(code, *at).ok_or(Rejection::Unknown)? else {
                return Err(Rejection::Unknown);
            };
            let (person, to) = (roster.who(*person), roster.who(to));
            if person == to {
                return Err(Invalid::NoChange.into());
            }
            Ok(vec![fact(LinkFact::PersonLinked { person, to })])
        }
        LinkOrder::Spend { with } => {
            let offered = roster.settings.links.offers.iter().any(|offer| offer.with == *with);
            Ok(unless(!offered, || fact(LinkFact::Spent { with: *with })))
        }
        LinkOrder::Part { person } => {
            let mut links = roster.settings.links.people.iter();
            let linked = links.any(|(account, behind)| account == person || behind == person);
            Ok(unless(!linked, || fact(LinkFact::PersonParted { person: *person })))
        }
    }
}

fn is_mirror(roster: &Roster, group: GroupId, chat: &ChatRef) -> bool {
    roster.mirrors(group).iter().any(|mirror| mirror.chat == *chat)
}

fn has_room(roster: &Roster, group: GroupId) -> Result<(), Rejection> {
    if group_of(roster, group)?.status != GroupStatus::Active {
        return Err(Rejection::TenantInactive);
    }
    if roster.mirrors(group).len() >= MOST_MIRRORS { Err(Invalid::TooMany.into()) } else { Ok(()) }
}

/// What follows from it: cards come or go, and the chats concerned are told.
pub(super) fn owed(
    (before, after): (Option<&Roster>, Option<&Roster>),
    command: &RosterCommand,
    fact: &LinkFact,
) -> Vec<RosterEffect> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    match fact {
        LinkFact::ChatLinked { group, chat, title } => {
            let Some(known) = after.groups.get(group) else { return Vec::new() };
            let here = Announcement::Linked { chat: known.chat.clone(), title: known.title.clone() };
            let there = Announcement::Linked { chat: chat.clone(), title: title.clone() };
            let mut owed = vec![RosterEffect::Mirror { group: *group, chat: chat.clone() }];
            owed.push(RosterEffect::TellIn { group: *group, chat: chat.clone(), announcement: here });
            owed.extend(told((after, *group), &there, |other| other != chat));
            owed
        }
        LinkFact::ChatLeft { group, chat } => {
            let Some(known) = after.groups.get(group) else { return Vec::new() };
            let lost =
                matches!(command, RosterCommand::Linking { order: LinkOrder::Leave { lost: true, .. } });
            let left = Announcement::Unlinked { chat: chat.clone(), title: title(before, *group, chat) };
            let mut owed: Vec<RosterEffect> = told((after, *group), &left, |_| true).collect();
            if before.groups.get(group).is_some_and(|before| before.chat != known.chat) {
                owed.push(RosterEffect::Redraw { group: *group });
            }
            if !lost {
                let announcement =
                    Announcement::Unlinked { chat: known.chat.clone(), title: known.title.clone() };
                owed.push(RosterEffect::Mirror { group: *group, chat: chat.clone() });
                owed.push(RosterEffect::TellIn { group: *group, chat: chat.clone(), announcement });
            }
            owed
        }
        LinkFact::ChatMoved { group, to, .. } => {
            vec![RosterEffect::Mirror { group: *group, chat: to.clone() }]
        }
        LinkFact::RightChanged { group, chat, held: true, .. } => {
            vec![RosterEffect::Mirror { group: *group, chat: chat.clone() }]
        }
        LinkFact::RightChanged {
            group,
            chat,
            right: right @ (Right::Pin | Right::Room | Right::Log),
            held: false,
        } => {
            let announcement = Announcement::RightMissing { right: *right };
            vec![RosterEffect::TellIn { group: *group, chat: chat.clone(), announcement }]
        }
        LinkFact::PersonLinked { person, .. } => {
            let end = |group: &GroupId| RosterEffect::EndClaims { group: *group, person: *person };
            after.groups.keys().map(end).collect()
        }
        LinkFact::Offered { offer } => {
            let tell = |(group, chat): (GroupId, ChatRef)| {
                let code = offer.code.clone();
                let announcement = match offer.with {
                    With::Group(_) => Announcement::Invitation { company: after.company, code },
                    With::Person(_) => Announcement::Code { code },
                };
                RosterEffect::TellIn { group, chat, announcement }
            };
            told_alone(command).map(tell).into_iter().collect()
        }
        LinkFact::RightChanged { right: Right::Write, held: false, .. }
        | LinkFact::Spent { .. }
        | LinkFact::PersonParted { .. } => Vec::new(),
    }
}

fn told<'a>(
    (roster, group): (&'a Roster, GroupId),
    announcement: &'a Announcement,
    whom: impl Fn(&ChatRef) -> bool + 'a,
) -> impl Iterator<Item = RosterEffect> + 'a {
    let chats: Vec<ChatRef> =
        roster.chats(group).map(|chats| chats.all().cloned().collect()).unwrap_or_default();
    let tell = move |chat| RosterEffect::TellIn { group, chat, announcement: announcement.clone() };
    chats.into_iter().filter(whom).map(tell)
}

fn title(roster: &Roster, group: GroupId, chat: &ChatRef) -> crate::text::Text {
    let mirror = roster.mirrors(group).iter().find(|mirror| mirror.chat == *chat);
    let own = roster.groups.get(&group).map(|group| &group.title);
    let title = mirror.map(|mirror| &mirror.title).or(own).cloned();
    title.unwrap_or_else(crate::text::Text::erased)
}

/// Where a code is told, if that is a chat of its own.
fn told_alone(command: &RosterCommand) -> Option<(GroupId, ChatRef)> {
    if let RosterCommand::Linking { order: LinkOrder::Offer { tell, .. } } = command {
        tell.clone()
    } else {
        None
    }
}
