//! Incidents that live in several chats: what is owed in each, and whose they are.

use super::fixture::{
    LEASE, Office, Works, at, chat, claim, claimed, done, done_with, mirror, notice, outlook, page, retry,
    settle, text,
};
use crate::ids::{ChatRef, GroupId, MessageRef, PersonId};
use crate::incident::{Effect, Lane};
use crate::policy::Role;
use crate::ports::{Address, Claim, CommitError, Committed, Owed, PostedKind, Store, Tenancy};
use crate::roster::{
    Announcement, Code, Grantee, LinkOrder, Offer, Right, RosterCommand, RosterEffect, With,
};

const SECOND: GroupId = GroupId::from_u128(77);

/// Lets effects be owed for the `n`-th incident, in the office's chat and in another.
async fn owes(
    office: &Office<'_>,
    n: u32,
    (here, there): (Vec<Effect>, Vec<Effect>),
    lease_until: Option<i64>,
    secs: i64,
) -> Committed {
    let mut commit = office.owing(n, here, secs).await;
    commit.elsewhere = there.into_iter().map(|effect| (effect, mirror("M1"))).collect();
    commit.lease_until = lease_until.map(at);
    office.store.commit(commit).await.works()
}

fn effect(claim: &Claim) -> Effect {
    match &claim.owed {
        Owed::Incident { effect, .. } => effect.clone(),
        Owed::Roster { effect } => panic!("expected an incident's effect, got {effect:?}"),
    }
}

fn roster_effect(claim: &Claim) -> RosterEffect {
    match &claim.owed {
        Owed::Roster { effect } => effect.clone(),
        Owed::Incident { effect, .. } => panic!("expected a roster's effect, got {effect:?}"),
    }
}

fn linking(order: LinkOrder) -> RosterCommand {
    RosterCommand::Linking { order }
}

/// Returns the commands that let a group live in another chat as well.
///
/// # Panics
/// Never: any number makes a code.
pub fn links(group: GroupId, chat: &ChatRef, secs: i64) -> Vec<RosterCommand> {
    let code = Code::of(group.as_u128()).expect("any number makes a code");
    let offer = Offer { code: code.clone(), with: With::Group(group), until: at(secs + 600) };
    let (chat, title) = (chat.clone(), text("Ops"));
    vec![
        linking(LinkOrder::Offer { offer, tell: None }),
        linking(LinkOrder::Chat { chat, title, code, at: at(secs) }),
    ]
}

/// An incident may live in several chats: a chat that cannot be reached holds up no other, and keeps its own order.
pub async fn what_is_owed_in_one_chat_waits_for_no_other(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    owes(&office, 1, (vec![notice(1), page()], vec![notice(2), page()]), None, 0).await;
    let (here, there) = (office.chat.clone(), mirror("M1"));
    let pages = [claimed(store, Lane::Page, 1).await, claimed(store, Lane::Page, 1).await];
    assert_eq!(pages.clone().map(|page| page.chat), [here.clone(), there.clone()]);
    settle(store, &pages[0], retry(2, Some(1_000)), 2).await;
    settle(store, &pages[1], done(), 2).await;
    owes(&office, 1, (vec![notice(3)], vec![notice(4)]), None, 3).await;
    for number in [2, 4] {
        let next = claimed(store, Lane::Notice, 4).await;
        assert_eq!((effect(&next), &next.chat), (notice(number), &there));
        settle(store, &next, done(), 4).await;
    }
    assert_eq!(claim(store, Lane::Notice, 999).await, None);
    assert_eq!(outlook(store, 999).await.deliver_at, Some(at(1_000)), "what is left waits for its own chat");
    settle(store, &claimed(store, Lane::Page, 1_000).await, done(), 1_000).await;
    for number in [1, 3] {
        let next = claimed(store, Lane::Notice, 1_001).await;
        assert_eq!((effect(&next), &next.chat), (notice(number), &here));
        assert_eq!(claim(store, Lane::Notice, 1_001).await, None, "in its chat it goes first");
        settle(store, &next, done(), 1_002).await;
    }
}

/// A card that waits in one chat says nothing about another: each chat is owed one, and no second.
pub async fn a_card_is_owed_in_each_chat(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let cards = || (vec![Effect::ShowCard], vec![Effect::ShowCard, Effect::ShowCard]);
    owes(&office, 1, cards(), None, 0).await;
    owes(&office, 1, cards(), None, 1).await;
    assert_eq!(outlook(store, 2).await.owed, 2);
    let here = claimed(store, Lane::Card, 2).await;
    assert_eq!((&here.chat, here.since), (&office.chat, at(0)));
    owes(&office, 1, cards(), None, 3).await;
    assert_eq!(outlook(store, 3).await.owed, 3, "only the one in flight may show what was before");
    store.owe_card(office.company, office.id(1), &Address::elsewhere(mirror("M2")), at(4)).await.works();
    store.owe_card(office.company, office.id(1), &Address::elsewhere(mirror("M2")), at(5)).await.works();
    assert_eq!(outlook(store, 5).await.owed, 4);
    let there = [claimed(store, Lane::Card, 6).await, claimed(store, Lane::Card, 6).await];
    assert_eq!(there.map(|card| (card.chat, card.since)), [(mirror("M1"), at(0)), (mirror("M2"), at(4))]);
    assert_eq!(claim(store, Lane::Card, 6).await, None);
}

/// What it owes in several chats is the committer's in each.
pub async fn a_commit_claims_in_every_chat(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let there = vec![Effect::ShowCard, notice(3)];
    let owed = (vec![Effect::ShowCard, notice(1), notice(2)], there);
    let claims = owes(&office, 1, owed, Some(LEASE), 0).await.claims;
    let owed: Vec<_> = claims.iter().map(effect).collect();
    assert_eq!(owed, [notice(1), notice(3), Effect::ShowCard, Effect::ShowCard]);
    let (here, there) = (office.chat.clone(), mirror("M1"));
    let chats: Vec<_> = claims.iter().map(|claim| claim.chat.clone()).collect();
    assert_eq!(chats, [here.clone(), there.clone(), here, there]);
    assert_eq!(claim(store, Lane::Card, 1).await, None);
}

/// A chat that is linked with a group leads to that group, as long as it is; where it moves, so does what is known of it.
pub async fn a_linked_chat_belongs_to_its_group(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (one, two) = (mirror("M1"), mirror("M2"));
    assert_eq!(store.tenancy(&one).await.works(), None);
    let roster = office.administers(links(office.group, &one, 1), 1).await;
    assert_eq!(office.roster().await, roster);
    let tenancy = Tenancy { company: office.company, group: office.group };
    assert_eq!(store.tenancy(&one).await.works(), Some(tenancy));

    let refuse = LinkOrder::Right { group: office.group, chat: one.clone(), right: Right::Pin, held: false };
    let roster = office.administers(vec![linking(refuse)], 2).await;
    assert_eq!(office.roster().await, roster);
    assert!(roster.refuses(office.group, &one, Right::Pin));
    assert!(!roster.refuses(office.group, &office.chat, Right::Pin));

    let moved = LinkOrder::Move { group: office.group, from: one.clone(), to: two.clone() };
    office.administers(vec![linking(moved)], 3).await;
    assert_eq!(store.tenancy(&one).await.works(), None);
    assert_eq!(store.tenancy(&two).await.works(), Some(tenancy));
    assert_eq!(store.tenancy(&office.chat).await.works(), Some(tenancy));

    let leave = LinkOrder::Leave { group: office.group, chat: two.clone(), lost: true };
    office.administers(vec![linking(leave)], 4).await;
    assert_eq!(store.tenancy(&two).await.works(), None);
}

/// What a group is told goes to all its chats; what is for one goes there.
pub async fn what_a_group_is_told_goes_to_all_its_chats(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let there = mirror("M1");
    office.administers(links(office.group, &there, 1), 1).await;
    let group = office.group;
    let told: [Claim; 2] = [claimed(store, Lane::Notice, 2).await, claimed(store, Lane::Notice, 2).await];
    let linked = |chat: &ChatRef, of: &ChatRef, title: &str| {
        let announcement = Announcement::Linked { chat: of.clone(), title: text(title) };
        (chat.clone(), RosterEffect::TellIn { group, chat: chat.clone(), announcement })
    };
    let (here, name) = (&office.chat, "Night shift");
    let expected = [linked(&there, here, name), linked(here, &there, "Ops")];
    assert_eq!(told.each_ref().map(|told| (told.chat.clone(), roster_effect(told))), expected);
    for told in &told {
        settle(store, told, done(), 2).await;
    }
    let drawn = claimed(store, Lane::Upkeep, 3).await;
    assert_eq!(roster_effect(&drawn), RosterEffect::Mirror { group, chat: there.clone() });

    let mut commit = office.roster_commit(Some(&office.roster().await), Vec::new(), 4);
    let announcement = Announcement::Managers { managers: Vec::new() };
    let all = RosterEffect::Tell { group, announcement };
    let one = RosterEffect::SendFile {
        group,
        chat: Some(there.clone()),
        topic: None,
        incident: office.id(1),
        file: 0,
    };
    commit.effects = vec![all.clone(), one.clone()];
    store.commit_roster(commit).await.works();
    for (chat, effect) in [(here, &all), (&there, &all), (&there, &one)] {
        let told = claimed(store, Lane::Notice, 5).await;
        assert_eq!((&told.chat, &roster_effect(&told)), (chat, effect));
        settle(store, &told, done(), 5).await;
    }
    assert_eq!(claim(store, Lane::Notice, 6).await, None);
}

/// No two groups share a chat, whether it is their own or a linked one, in one company or in two.
pub async fn a_linked_chat_belongs_to_one_group(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let there = mirror("M1");
    office.administers(links(office.group, &there, 1), 1).await;
    let taken = async |commands| {
        let commit = other.roster_commit(Some(&other.roster().await), commands, 2);
        match store.commit_roster(commit).await {
            Err(CommitError::Store(error)) => !error.temporary,
            Err(CommitError::Conflict { .. } | CommitError::AlreadyApplied { .. }) | Ok(()) => false,
        }
    };
    assert!(taken(links(other.group, &there, 2)).await, "another company's linked chat");
    assert!(taken(links(other.group, &office.chat, 2)).await, "another company's own chat");
    assert!(taken(vec![other.add_group(SECOND, &there)]).await, "a group of its own in a linked chat");
    let mut twice = office.roster_commit(Some(&office.roster().await), Vec::new(), 3);
    twice.roster.groups.get_mut(&office.group).expect("it is there").chat = there.clone();
    let refused = store.commit_roster(twice).await;
    assert!(matches!(refused, Err(CommitError::Store(error)) if !error.temporary), "both its own and linked");
    assert_eq!(other.roster().await.mirrors(other.group), []);
    let tenancy = Tenancy { company: office.company, group: office.group };
    assert_eq!(store.tenancy(&there).await.works(), Some(tenancy));
}

/// What is owed in a chat that a group has left is owed no more, unless it needs no chat; the cards there stay known, so
/// that they can be taken away. What is owed elsewhere stays.
pub async fn a_chat_that_was_left_is_owed_nothing(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let there = mirror("M1");
    office.administers(links(office.group, &there, 1), 1).await;
    owes(&office, 1, (vec![notice(1)], vec![Effect::ShowCard, notice(1)]), None, 2).await;
    while let Some(told) = claim(store, Lane::Notice, 3).await {
        settle(store, &told, done(), 3).await;
    }
    let card = claimed(store, Lane::Card, 3).await;
    let message = MessageRef::new(there.clone(), "7");
    settle(store, &card, done_with(office.posted(1, &message, PostedKind::Card { pinned: false })), 3).await;
    owes(&office, 1, (vec![notice(2)], vec![Effect::ShowCard]), None, 4).await;
    let late = claimed(store, Lane::Card, 5).await;
    owes(&office, 1, (vec![], vec![notice(3)]), None, 5).await;
    let leave = LinkOrder::Leave { group: office.group, chat: there.clone(), lost: true };
    office.administers(vec![linking(leave)], 6).await;
    settle(store, &late, retry(7, None), 7).await;
    assert_eq!(claim(store, Lane::Card, 100).await, None);
    let told = claimed(store, Lane::Notice, 100).await;
    assert_eq!((effect(&told), &told.chat), (notice(2), &office.chat));
    let surfaces = store.surfaces(office.company, office.id(1)).await.works();
    assert_eq!(surfaces.into_iter().map(|card| card.message).collect::<Vec<_>>(), [message]);
}

/// A group whose own chat is lost lives on where it was linked, with what it is owed there and with what needs no chat.
pub async fn a_group_lives_on_where_it_was_linked(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let there = mirror("M1");
    office.administers(links(office.group, &there, 1), 1).await;
    let (group, role, person) = (office.group, Role::Responder, PersonId::new(7));
    let grant = RosterCommand::Grant { group, role, to: Grantee::Person(person) };
    let revoke = RosterCommand::Revoke { group, role, from: Grantee::Person(person) };
    office.administers(vec![grant, revoke], 1).await;
    let ring = Effect::Ring { target: person, attempt: 1 };
    owes(&office, 1, (vec![notice(1), ring.clone()], vec![notice(2)]), None, 2).await;
    let leave = LinkOrder::Leave { group: office.group, chat: office.chat.clone(), lost: true };
    let roster = office.administers(vec![linking(leave)], 3).await;
    assert_eq!(office.roster().await, roster);
    assert_eq!((&roster.groups[&office.group].chat, roster.mirrors(office.group)), (&there, &[][..]));
    let tenancy = Tenancy { company: office.company, group: office.group };
    assert_eq!(store.tenancy(&there).await.works(), Some(tenancy));
    assert_eq!(store.tenancy(&chat("-1001")).await.works(), None);
    let told = loop {
        let told = claimed(store, Lane::Notice, 4).await;
        settle(store, &told, done(), 4).await;
        if let Owed::Incident { .. } = told.owed {
            break told;
        }
    };
    assert_eq!((effect(&told), &told.chat), (notice(2), &there));
    assert_eq!(effect(&claimed(store, Lane::Page, 4).await), ring);
    let kept_up = loop {
        let kept_up = claimed(store, Lane::Upkeep, 4).await;
        settle(store, &kept_up, done(), 4).await;
        if let RosterEffect::EndClaims { .. } = roster_effect(&kept_up) {
            break kept_up;
        }
    };
    assert_eq!(roster_effect(&kept_up), RosterEffect::EndClaims { group, person });
}
