//! Rosters: the second aggregate, with the same promises, and the addresses of everything that is owed.

use super::fixture::{
    LEASE, Office, Works, at, chat, claim, claimed, conflict, done, handle, notice, origin, outlook, page,
    retry, settle, text,
};
use crate::ids::{ChatRef, Circle, GroupId, MessageRef, Platform, TeamId, Version};
use crate::incident::{Effect, Lane};
use crate::policy::Role;
use crate::ports::{Answered, Claim, CommitError, Owed, PostedKind, Store, Tenancy};
use crate::roster::{
    Announcement, Grantee, OwnSetting, RosterCommand, RosterEffect, Setting, ShiftStart, Week, ZoneName, fold,
};

const SECOND: GroupId = GroupId::from_u128(77);

fn team(name: &str) -> RosterCommand {
    RosterCommand::AddTeam { name: text(name), restricted: false }
}

fn grants(group: GroupId, name: &str) -> RosterCommand {
    RosterCommand::Grant { group, role: Role::Responder, to: Grantee::Handle(handle(name)) }
}

const fn moves(group: GroupId, to: ChatRef) -> RosterCommand {
    RosterCommand::MigrateChat { group, to }
}

fn told(claim: &Claim) -> (&ChatRef, &RosterEffect) {
    match &claim.owed {
        Owed::Roster { effect } => (&claim.chat, effect),
        Owed::Incident { effect, .. } => panic!("expected a roster's effect, got {effect:?}"),
    }
}

/// What was committed is there, and folds from its journal.
pub async fn a_roster_can_be_read_back(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.administers(vec![team("Brakes"), grants(office.group, "eve")], 1).await;
    let to = Grantee::Circle(Circle::new(Platform::Slack, "S012", "ops; -- team").works());
    let grant = RosterCommand::Grant { group: office.group, role: Role::Responder, to: to.clone() };
    let join = RosterCommand::JoinTeam { team: TeamId::new(1), member: to };
    office.administers(vec![grant, join], 1).await;
    let locale = Setting::Locale(Some(text("pl")));
    let own = Setting::GroupLocale { group: office.group, locale: Some(text("nl")) };
    let zone = OwnSetting::Timezone(ZoneName::find("Europe/Amsterdam"));
    let zone = Setting::Own { group: office.group, own: zone };
    let set = |setting| RosterCommand::Set { setting };
    let roster = office.administers(vec![set(locale), set(own), set(zone)], 2).await;
    assert_eq!(office.roster().await, roster);
    let journal = store.roster_history(office.company).await.works();
    assert_eq!(journal.len() as u32, roster.version.get());
    assert_eq!(fold(office.company, &journal), Some(roster));
}

/// Who is on duty when, for which team, seen or not, is kept as it was said; and up to when shifts were dealt with.
pub async fn schedules_can_be_read_back(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let week = |text: &str| Some(Week::read(text).works());
    let duty = |team: Option<u16>, who: Grantee, week| {
        let (group, team) = (office.group, team.map(TeamId::new));
        RosterCommand::SetSchedule { group, team, who, week }
    };
    let (ann, eve) = (Grantee::Person(office.ann), Grantee::Handle(handle("eve")));
    let commands = vec![
        team("Brakes"),
        duty(Some(1), eve.clone(), week("fri-mon 22:00-06:30")),
        duty(Some(1), ann.clone(), week("mon 07:00-19:00 sat 9-13")),
        duty(None, ann.clone(), week("daily 0-24")),
        duty(None, Grantee::Person(office.ben), week("tue 08:00-12:00")),
    ];
    let roster = office.administers(commands, 1).await;
    assert_eq!(roster.schedules.len(), 4);
    assert_eq!(office.roster().await, roster);
    let began = RosterCommand::BeginShifts { until: at(77), begun: Vec::new() };
    let commands = vec![duty(None, ann, None), grants(office.group, "dan"), began];
    let roster = office.administers(commands, 2).await;
    assert_eq!((roster.schedules.len(), roster.watched_until), (3, Some(at(77))));
    assert_eq!(office.roster().await, roster);
    let journal = store.roster_history(office.company).await.works();
    assert_eq!(fold(office.company, &journal), Some(roster));
}

/// Whoever comes on duty is told in the chat of their group, at once and before anything less urgent.
pub async fn a_shift_is_paged_in_the_chat_of_its_group(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let shift = ShiftStart { group: office.group, team: None, who: vec![Grantee::Person(office.ann)] };
    let begin = RosterCommand::BeginShifts { until: at(5), begun: vec![shift.clone()] };
    office.administers(vec![begin], 5).await;
    let page = claimed(store, Lane::Page, 6).await;
    assert_eq!(told(&page), (&office.chat, &RosterEffect::PageShift { shift }));
}

/// Absence is `None`.
pub async fn a_company_that_was_never_founded_is_absent(store: &dyn Store) {
    let stranger = crate::ids::CompanyId::from_u128(5);
    assert_eq!(store.companies().await.works(), []);
    assert_eq!(store.roster(stranger).await.works(), None);
    assert_eq!(store.roster_history(stranger).await.works(), []);
    assert_eq!(store.tenancy(&chat("-1")).await.works(), None);
}

/// Companies are listed in the order of their ids, however they were founded.
pub async fn companies_are_in_the_order_of_their_ids(store: &dyn Store) {
    for index in [2, 3, 1] {
        Office::open(store, index).await;
    }
    let expected: Vec<_> = (1_001..=1_003).map(crate::ids::CompanyId::from_u128).collect();
    assert_eq!(store.companies().await.works(), expected);
}

/// Whoever decided on an old version changes nothing: neither roster nor journal, chats, effects or requests.
pub async fn a_stale_roster_commit_changes_nothing(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let old = office.roster().await;
    let now = office.administers(vec![team("Brakes")], 1).await;
    let add = office.add_group(SECOND, &chat("-77"));
    let commands = vec![add, grants(SECOND, "eve"), moves(office.group, chat("-78"))];
    let stale = office.roster_commit(Some(&old), commands, 2).answering(origin("slow", "never given"));
    assert!(!stale.effects.is_empty());
    let journal = store.roster_history(office.company).await.works();

    assert_eq!(conflict(store.commit_roster(stale).await), (old.version, now.version));

    assert_eq!(office.roster().await, now);
    assert_eq!(store.roster_history(office.company).await.works(), journal);
    assert_eq!(store.tenancy(&chat("-77")).await.works(), None);
    assert_eq!(store.tenancy(&chat("-78")).await.works(), None);
    assert_eq!(outlook(store, 3).await.owed, 0);
    let again =
        office.roster_commit(Some(&now), vec![team("Night")], 4).answering(origin("slow", "given now"));
    store.commit_roster(again).await.works();
}

/// A company is founded once.
pub async fn a_company_is_founded_once(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let roster = office.roster().await;
    let again = office.roster_commit(None, vec![RosterCommand::Found { name: text("Usurpers") }], 1);
    assert_eq!(conflict(store.commit_roster(again).await), (Version::NONE, roster.version));
    assert_eq!(office.roster().await, roster);
}

/// A redelivery gets the first answer, and is recognised before its version is.
pub async fn a_roster_redelivery_gets_the_first_answer(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let before = office.roster().await;
    let commands = vec![team("Brakes"), grants(office.group, "eve")];
    let commit = office.roster_commit(Some(&before), commands, 1).answering(origin("telegram:7:41", "done"));
    store.commit_roster(commit.clone()).await.works();
    let (now, owed) = (office.roster().await, outlook(store, 2).await.owed);
    let Err(CommitError::AlreadyApplied { answer }) = store.commit_roster(commit).await else {
        panic!("a redelivery must be recognised");
    };
    assert_eq!(answer, Answered { answer: "done".to_owned(), incident: None });
    assert_eq!((office.roster().await, outlook(store, 2).await.owed), (now, owed));
}

/// One key is one request, whichever of the two aggregates it changed.
pub async fn a_request_is_applied_to_one_aggregate(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let before = office.roster().await;
    let commit = office.roster_commit(Some(&before), vec![team("Brakes")], 1);
    store.commit_roster(commit.answering(origin("telegram:7:41", "founded"))).await.works();
    let report = office.report(1, 2).answering(origin("telegram:7:41", "filed"));
    let Err(CommitError::AlreadyApplied { answer }) = store.commit(report).await else {
        panic!("the request was applied to the roster");
    };
    assert_eq!(answer, Answered { answer: "founded".to_owned(), incident: None });
    assert_eq!(office.load(1).await, None);
}

/// What a group is told goes to its chat, even if nothing changed and nothing is added to the journal.
pub async fn what_a_group_is_told_goes_to_its_chat(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.administers(vec![grants(office.group, "eve")], 5).await;
    let first = claimed(store, Lane::Notice, 6).await;
    let to = Grantee::Handle(handle("eve"));
    let announcement = Announcement::Granted { role: Role::Responder, to };
    let expected = Claim {
        effect: first.effect,
        attempt: 1,
        company: office.company,
        chat: office.chat.clone(),
        elsewhere: false,
        owed: Owed::Roster { effect: RosterEffect::Tell { group: office.group, announcement } },
        since: at(5),
        lease_until: at(6 + LEASE),
    };
    assert_eq!(first, expected);
    settle(store, &first, done(), 7).await;

    let before = office.roster().await;
    let journal = store.roster_history(office.company).await.works();
    let again = office.roster_commit(Some(&before), vec![grants(office.group, "eve")], 8);
    assert_eq!((again.events.len(), again.effects.len()), (0, 1));
    store.commit_roster(again).await.works();
    let second = claimed(store, Lane::Notice, 9).await;
    assert_eq!((second.owed, second.since), (first.owed, at(8)));
    assert_eq!(office.roster().await, before);
    assert_eq!(store.roster_history(office.company).await.works(), journal);
}

/// A group whose chat hangs holds up no other group of its company.
pub async fn what_one_group_is_told_waits_for_no_other(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.administers(vec![office.add_group(SECOND, &chat("-77"))], 1).await;
    office.administers(vec![grants(office.group, "eve"), grants(office.group, "sue")], 2).await;
    let stuck = claimed(store, Lane::Notice, 3).await;
    settle(store, &stuck, retry(1_000_000, None), 3).await;
    office.administers(vec![grants(SECOND, "kim")], 4).await;
    let next = claimed(store, Lane::Notice, 5).await;
    assert_eq!(told(&next).0, &chat("-77"));
    assert_eq!(claim(store, Lane::Notice, 6).await, None, "in one group the order is kept");
}

/// Upkeep goes out in its order within a company, one at a time, and waits for no chat.
pub async fn upkeep_waits_for_its_company_only(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.administers(vec![office.add_group(SECOND, &chat("-77"))], 1).await;
    office.owes(1, vec![page()], 1).await;
    let parked = claimed(store, Lane::Page, 1).await;
    settle(store, &parked, retry(1_000_000, Some(1_000_000)), 1).await;
    let suspend = |group| vec![RosterCommand::Suspend { group }];
    office.administers(suspend(office.group), 2).await;
    office.administers(suspend(SECOND), 2).await;
    other.owes(1, vec![page()], 3).await;
    other.administers(suspend(other.group), 3).await;

    let first = claimed(store, Lane::Upkeep, 4).await;
    assert_eq!(told(&first).1, &RosterEffect::Abandon { group: office.group });
    let theirs = claimed(store, Lane::Upkeep, 4).await;
    assert_eq!(told(&theirs), (&other.chat, &RosterEffect::Abandon { group: other.group }));
    assert_eq!(claim(store, Lane::Upkeep, 4).await, None);
    settle(store, &first, retry(10, None), 5).await;
    assert_eq!(claim(store, Lane::Upkeep, 9).await, None);
    let again = claimed(store, Lane::Upkeep, 10).await;
    assert_eq!(again.effect, first.effect);
    settle(store, &again, done(), 11).await;
    assert_eq!(told(&claimed(store, Lane::Upkeep, 12).await).1, &RosterEffect::Abandon { group: SECOND });
}

/// A chat belongs to its group whatever became of that group.
pub async fn a_chat_belongs_to_its_group_in_every_status(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let here = chat("-77");
    let pending =
        RosterCommand::AddGroup { group: SECOND, chat: here.clone(), title: text("Day"), active: false };
    let tenancy = Some(Tenancy { company: office.company, group: SECOND });
    let statuses = [
        pending,
        RosterCommand::Activate { group: SECOND },
        RosterCommand::Suspend { group: SECOND },
        RosterCommand::Activate { group: SECOND },
    ];
    for (secs, command) in (1..).zip(statuses) {
        office.administers(vec![command], secs).await;
        assert_eq!(store.tenancy(&here).await.works(), tenancy);
    }
    let own = Some(Tenancy { company: office.company, group: office.group });
    assert_eq!(store.tenancy(&office.chat).await.works(), own);
}

/// A chat that one group has is not given to another, of this or any other company; the refusal is final and
/// nothing is written.
pub async fn a_chat_belongs_to_one_group(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let before = other.roster().await;
    let adds = vec![team("Brakes"), other.add_group(SECOND, &office.chat), grants(SECOND, "eve")];
    for commands in [adds, vec![team("Brakes"), moves(other.group, office.chat.clone())]] {
        let commit =
            other.roster_commit(Some(&before), commands, 1).answering(origin("greedy", "never given"));
        let Err(CommitError::Store(error)) = store.commit_roster(commit).await else {
            panic!("the chat belongs to another company");
        };
        assert!(!error.temporary && error.source.to_string().contains("chat"), "{error}");
        assert_eq!(other.roster().await, before);
        assert_eq!(outlook(store, 2).await.owed, 0);
    }
    let tenancy = Some(Tenancy { company: office.company, group: office.group });
    assert_eq!(store.tenancy(&office.chat).await.works(), tenancy);
    let commit = other.roster_commit(Some(&before), vec![team("Brakes")], 3);
    store.commit_roster(commit.answering(origin("greedy", "given now"))).await.works();
}

/// Two groups of one company do not share a chat either.
pub async fn two_groups_of_a_company_have_two_chats(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let before = office.administers(vec![office.add_group(SECOND, &chat("-77"))], 1).await;
    let commit = office.roster_commit(Some(&before), vec![moves(SECOND, office.chat.clone())], 2);
    assert!(matches!(store.commit_roster(commit).await, Err(CommitError::Store(error)) if !error.temporary));
    assert_eq!(office.roster().await, before);
    let tenancy = store.tenancy(&chat("-77")).await.works();
    assert_eq!(tenancy, Some(Tenancy { company: office.company, group: SECOND }));
}

/// Companies see nothing of each other's rosters.
pub async fn rosters_belong_to_their_company(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let before = (one.roster().await, store.roster_history(one.company).await.works());
    let theirs = two.administers(vec![team("Brakes")], 1).await;
    assert_eq!((one.roster().await, store.roster_history(one.company).await.works()), before);
    assert_eq!((theirs.company, two.roster().await.company), (two.company, two.company));
    let journal = store.roster_history(two.company).await.works();
    assert_eq!(fold(two.company, &journal), Some(theirs));
}

/// When a chat moves, its group is found at the new address and no longer at the old one, which others may take.
pub async fn a_moved_chat_is_found_at_its_new_address(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let (old, new) = (office.chat.clone(), chat("-9001"));
    office.administers(vec![moves(office.group, new.clone())], 1).await;
    let tenancy = Some(Tenancy { company: office.company, group: office.group });
    assert_eq!(store.tenancy(&new).await.works(), tenancy);
    assert_eq!(store.tenancy(&old).await.works(), None);
    other.administers(vec![other.add_group(SECOND, &old)], 2).await;
    let tenancy = Some(Tenancy { company: other.company, group: SECOND });
    assert_eq!(store.tenancy(&old).await.works(), tenancy);
}

/// When a chat moves, what is owed there goes to the new address, the duty that the move itself brings
/// included; other chats are left alone.
pub async fn a_moved_chat_takes_its_effects_along(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![page(), notice(1), Effect::ShowCard], 0).await;
    other.owes(1, vec![page()], 0).await;
    let held = claimed(store, Lane::Page, 1).await;
    assert_eq!(held.chat, office.chat);
    let new = chat("-9001");
    office.administers(vec![moves(office.group, new.clone())], 2).await;
    let redraw = claimed(store, Lane::Upkeep, 3).await;
    assert_eq!(told(&redraw), (&new, &RosterEffect::Redraw { group: office.group }));
    settle(store, &held, retry(3, None), 3).await;
    assert_eq!(claimed(store, Lane::Page, 3).await.chat, new);
    assert_eq!(claimed(store, Lane::Page, 3).await.chat, other.chat);
    assert_eq!(claimed(store, Lane::Notice, 3).await.chat, new);
    assert_eq!(claimed(store, Lane::Card, 3).await.chat, new);
}

/// When two chats change places, each group's effects go to its new address, and none to the other's.
pub async fn chats_that_swap_take_their_effects_along(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (here, there, aside) = (office.chat.clone(), chat("-77"), chat("-78"));
    office.administers(vec![office.add_group(SECOND, &there)], 0).await;
    let second = Office { group: SECOND, chat: there.clone(), ..office.clone() };
    office.owes(1, vec![notice(1)], 1).await;
    second.owes(2, vec![notice(2)], 1).await;
    let swap =
        vec![moves(office.group, aside), moves(SECOND, here.clone()), moves(office.group, there.clone())];
    office.administers(swap, 2).await;
    let (one, two) = (claimed(store, Lane::Notice, 3).await, claimed(store, Lane::Notice, 3).await);
    let owed = |n, number| Owed::Incident { incident: office.id(n), effect: notice(number) };
    assert_eq!([(one.chat, one.owed), (two.chat, two.owed)], [(there, owed(1, 1)), (here, owed(2, 2))]);
}

/// When a chat moves, it is left alone as long as it was to be.
pub async fn a_moved_chat_takes_its_park_along(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![notice(1)], 0).await;
    let first = claimed(store, Lane::Notice, 1).await;
    settle(store, &first, retry(1, Some(30)), 1).await;
    let (old, new) = (office.chat.clone(), chat("-9001"));
    office.administers(vec![moves(office.group, new.clone())], 2).await;
    let redraw = claimed(store, Lane::Upkeep, 2).await;
    settle(store, &redraw, done(), 2).await;
    assert_eq!(claim(store, Lane::Notice, 29).await, None);
    assert_eq!(outlook(store, 3).await.deliver_at, Some(at(30)));
    other.administers(vec![moves(other.group, old.clone())], 3).await;
    let elsewhere = Office { chat: old.clone(), ..other.clone() };
    elsewhere.owes(1, vec![notice(2)], 4).await;
    assert_eq!(claimed(store, Lane::Notice, 5).await.chat, old);
    assert_eq!(claimed(store, Lane::Notice, 30).await.chat, new);
}

/// When a chat moves, messages in the old one are out of reach and forgotten; those elsewhere are not.
pub async fn a_moved_chat_forgets_its_messages(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let (here, there) = (office.message("41"), MessageRef::new(chat("-77"), "41"));
    let card = PostedKind::Card { pinned: true };
    for message in [&here, &there] {
        office.owes(1, vec![Effect::ShowCard], 0).await;
        let claim = claimed(store, Lane::Card, 1).await;
        settle(store, &claim, super::fixture::done_with(office.posted(1, message, card)), 2).await;
    }
    office.administers(vec![moves(office.group, chat("-9001"))], 3).await;
    assert_eq!(store.posted(office.company, &here).await.works(), None);
    assert_eq!(store.posted(office.company, &there).await.works(), Some(office.posted(1, &there, card)));
    let surfaces = store.surfaces(office.company, office.id(1)).await.works();
    assert_eq!(surfaces.into_iter().map(|surface| surface.message).collect::<Vec<_>>(), [there]);
}

/// A store that works says so.
pub async fn a_store_that_works_says_so(store: &dyn Store) {
    store.check().await.works();
}
