//! The people, their companies and their chats, set up before anything goes wrong.

use super::dice::Dice;
use super::pause::at_once;
use super::reports::name_of;
use crate::desk::{ChatKind, Request, Sender};
use crate::ids::{ChatRef, CompanyId, GroupId, Handle, Identity, PersonId, Platform, Version};
use crate::policy::{Actor, Policy, Role};
use crate::ports::{Profile, RequestKey, RosterCommit, Store, StoreError};
use crate::roster::{self, CODE_LASTS, Code, Grantee, LinkOrder, Offer, RosterCommand, RosterInput, With};
use crate::testkit::{FixedDirectory, cast};
use crate::text::{Limits, Text};

/// A group of the world, with the chat it has now as its people know it.
#[derive(Debug, Clone)]
pub(super) struct House {
    pub(super) company: CompanyId,
    pub(super) group: GroupId,
    pub(super) chat: ChatRef,
    /// The other chat in which it lives, if there is one.
    pub(super) other: Option<ChatRef>,
    pub(super) moves: u32,
}

impl House {
    /// Lists the house as those see it who are in one of its chats: that one first.
    pub(super) fn doors(&self) -> impl Iterator<Item = Self> + use<> {
        let own = self.clone();
        let back = self.other.clone().map(|other| Self {
            chat: other,
            other: Some(self.chat.clone()),
            ..self.clone()
        });
        std::iter::once(own).chain(back)
    }
}

/// Where a chat is after so many moves.
pub(super) fn address(group: GroupId, moves: u32) -> ChatRef {
    let name = if moves == 0 {
        format!("chat-{}", group.as_u128())
    } else {
        format!("chat-{}.{moves}", group.as_u128())
    };
    ChatRef::new(Platform::Sandbox, name)
}

/// Where a group lives besides.
fn second(group: GroupId) -> ChatRef {
    ChatRef::new(Platform::Sandbox, format!("second-{}", group.as_u128()))
}

pub(super) fn account(person: PersonId) -> Identity {
    Identity::new(Platform::Sandbox, format!("id-{person}"))
}

pub(super) fn profile(person: PersonId) -> Profile {
    let name = name_of(person);
    Profile {
        identity: account(person),
        handle: Handle::parse(Platform::Sandbox, &name).ok(),
        name: Text::new(&name, Limits::NAME).expect("the cast has short names"),
        locale: None,
    }
}

/// Makes up to three groups in up to two companies, with the whole cast in its place in each; if that is wanted, each
/// linked with a second chat.
///
/// # Errors
/// If the store fails, or is not empty.
pub(super) fn settle(
    dice: &mut Dice,
    policy: &Policy,
    store: &dyn Store,
    (directory, linked): (&FixedDirectory, bool),
) -> Result<Vec<House>, StoreError> {
    let plan: &[&[u128]] = match dice.below(4) {
        0 | 1 => &[&[1]],
        2 => &[&[1, 2]],
        _ => &[&[1], &[2]],
    };
    let mut houses = Vec::new();
    for (number, groups) in (1..).zip(plan) {
        let company = CompanyId::from_u128(number);
        for person in cast::EVERYBODY {
            let known = at_once(store.identify(company, &profile(person), cast::START))?;
            if known != person {
                let source = "the store is not empty, or does not count people from 1".into();
                return Err(StoreError { operation: "set up a world", temporary: false, source });
            }
        }
        let groups = groups.iter().map(|group| GroupId::from_u128(*group));
        let own: Vec<House> = groups
            .map(|group| House {
                company,
                group,
                chat: address(group, 0),
                other: linked.then(|| second(group)),
                moves: 0,
            })
            .collect();
        found(policy, store, company, &own)?;
        houses.extend(own);
    }
    for door in houses.iter().flat_map(House::doors) {
        directory.promote(&door.chat, &account(cast::ADA));
    }
    Ok(houses)
}

fn found(policy: &Policy, store: &dyn Store, company: CompanyId, houses: &[House]) -> Result<(), StoreError> {
    let mut commands = vec![
        RosterCommand::Found { name: cast::text("Acme Haulage") },
        RosterCommand::AddTeam { name: cast::text("Tyres"), restricted: false },
        RosterCommand::AddTeam { name: cast::text("Engines"), restricted: true },
    ];
    for House { group, chat, .. } in houses {
        let (group, chat) = (*group, chat.clone());
        commands.push(RosterCommand::AddGroup {
            group,
            chat,
            title: cast::text("Night shift"),
            active: true,
        });
    }
    for person in cast::EVERYBODY {
        let standing = cast::member(person).standing;
        let to = Grantee::Person(person);
        let roles = [Role::Reporter, Role::Responder, Role::Manager].into_iter();
        for role in roles.filter(|role| standing.roles.has(*role)) {
            let granted = |house: &House| RosterCommand::Grant { group: house.group, role, to: to.clone() };
            commands.extend(houses.iter().map(granted));
        }
        let joined = |team: &_| RosterCommand::JoinTeam { team: *team, member: to.clone() };
        commands.extend(standing.teams.iter().map(joined));
    }
    houses.iter().for_each(|house| commands.extend(linking(house)));
    let input = RosterInput { company, at: cast::START, actor: Actor::System, commands };
    let mut step = roster::step(policy, None, &input).expect("the desk itself may do all this");
    // Nobody needs to be told how it all began.
    step.effects.clear();
    let commit = RosterCommit::new(Version::NONE, step, cast::START);
    at_once(store.commit_roster(commit)).map_err(|error| StoreError {
        operation: "set up a world",
        temporary: false,
        source: Box::new(error),
    })
}

/// What links a group with its second chat, if it has one.
fn linking(house: &House) -> Vec<RosterCommand> {
    let (Some(chat), Some(code)) = (house.other.clone(), Code::of(house.group.as_u128())) else {
        return Vec::new();
    };
    let until = cast::START + CODE_LASTS;
    let offer = Offer { code: code.clone(), with: With::Group(house.group), until };
    let orders = [
        LinkOrder::Offer { offer, tell: None },
        LinkOrder::Chat { chat, title: cast::text("Second"), code, at: cast::START },
    ];
    orders.into_iter().map(|order| RosterCommand::Linking { order }).collect()
}

/// A request, as an adapter would hand it in; `number` is the platform's own.
pub(super) fn request(house: &House, number: u32, from: Sender, ask: crate::desk::Ask) -> Request {
    Request {
        key: RequestKey::new(format!("world:1:{number}")),
        chat: house.chat.clone(),
        chat_kind: ChatKind::Group,
        chat_title: Text::new("Night shift", Limits::NAME).ok(),
        topic: None,
        from,
        fresh: u128::from(number),
        ask,
    }
}
