//! What concerns many incidents at once: lost roles, moved and lost chats, reminders after a pause.

use std::sync::Arc;

use futures::executor::block_on;
use incident_core::desk::{Ask, Desk, Sender};
use incident_core::ids::{ChatRef, Platform};
use incident_core::incident::{Fact, Rejection, StateKind};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Paging, Policy, Preset, Rules};
use incident_core::ports::Store;
use incident_core::roster::GroupStatus;
use incident_core::testkit::{FixedDirectory, ManualClock, RecordingPager, ScriptedMessenger};
use incident_core::view::{Action, CommandWord, Done, Said};

use crate::house::{House, NOON, account, minutes, profile, room};

#[test]
fn who_loses_the_role_loses_the_claims_it_gave() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.command("admin", CommandWord::RemoveDispatcher, "@ann");
    house.settle();
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::Open);
    assert_eq!(house.said("@ann is not a dispatcher in this group any more"), 1);
    assert_eq!(house.said("does not hold it any more"), 1);
    house.press("bob", Action::Claim);
}

#[test]
fn to_take_a_role_from_nobody_is_said_to_be_nothing() {
    let house = House::new();
    house.command("admin", CommandWord::RemoveDispatcher, "@dana2");
    house.settle();
    assert_eq!(house.said("Nobody called @dana2 has that role in this group"), 1);
    house.command("admin", CommandWord::RemoveDispatcher, "@bob");
    house.settle();
    assert_eq!(house.said("@bob is not a dispatcher in this group any more"), 1);
}

#[test]
fn a_handle_means_whoever_owns_it_when_they_appear_not_whoever_had_it_once() {
    let house = House::new();
    house.command("eve", CommandWord::RegisterDriver, "");
    house.command("admin", CommandWord::AddDispatcher, "@eve");
    house.report("dan", "flat tyre");
    // Another account owns the handle by now, and appears first.
    let mut owner = profile("eve");
    owner.identity = account("new owner");
    let (message, code) = house.button(Action::Claim);
    let mut request = house.request("eve", Ask::Press { code, message });
    request.from = Sender::Person(owner);
    assert_eq!(house.handle(request).said, Said::Done(Done::Pressed(Action::Claim)));
    house.settle();
    let mut renamed = profile("eve");
    renamed.handle = None;
    let (message, code) = house.button(Action::Release);
    let mut request = house.request("eve", Ask::Press { code, message });
    request.from = Sender::Person(renamed);
    assert_eq!(house.handle(request).said, Said::Refused(Rejection::NotAssignee));
}

#[test]
fn naming_the_managers_again_leaves_those_who_stay_their_claims() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Escalate);
    house.settle();
    house.press("mia", Action::Claim);
    house.settle();
    house.command("admin", CommandWord::ConfigureManagers, "@mia @max");
    house.settle();
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::Acknowledged);
}

#[test]
fn a_question_is_put_again_where_the_chat_moved_to() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Resolve);
    house.settle();
    let to = ChatRef::new(Platform::Telegram, "-100200");
    house.chat.migrate(&room(), &to);
    house.platform(Ask::ChatMoved { to: to.clone() });
    house.settle();
    assert!(house.chat.transcript(&to).contains("is still outstanding"), "{}", house.chat.transcript(&to));
}

#[test]
fn a_chat_that_moved_to_where_another_group_lives_is_given_up_once() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let there = ChatRef::new(Platform::Telegram, "-100200");
    house.directory.promote(&there, &account("admin"));
    let mut request = house.request("admin", crate::house::command(CommandWord::ConfigureManagers, "@mia"));
    request.chat = there.clone();
    house.handle(request);
    house.platform(Ask::ChatMoved { to: there });
    house.settle();
    let calls = house.chat.calls().len();
    house.pass(minutes(60));
    assert_eq!(house.chat.calls().len(), calls);
    assert_eq!(house.command("dan", CommandWord::NewIssue, "broken lamp").said, Said::Suspended);
}

#[test]
fn who_names_managers_where_a_chat_moved_to_before_the_desk_hears_of_it_founds_another_company() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    let there = ChatRef::new(Platform::Telegram, "-100200");
    house.chat.migrate(&room(), &there);
    house.directory.promote(&there, &account("admin"));
    let mut request = house.request("admin", crate::house::command(CommandWord::ConfigureManagers, "@mia"));
    request.chat = there.clone();
    house.handle(request);
    house.platform(Ask::ChatMoved { to: there.clone() });
    house.settle();
    assert_eq!(block_on(house.store.companies()).unwrap().len(), 2);
    let tenancy = block_on(house.store.tenancy(&there)).unwrap().expect("somebody works there");
    assert_ne!(tenancy.company, incident.company);
    let before = block_on(house.store.roster(incident.company)).unwrap().expect("it was founded");
    assert_eq!(before.group_in(&room()).map(|group| group.status), Some(GroupStatus::Suspended));
    let kept = block_on(house.store.load(incident.company, incident.id)).unwrap().expect("it was filed");
    assert_eq!(kept.incident.state.kind(), StateKind::Open);
    assert_eq!(house.chat.cards(&there), []);
}

#[test]
fn who_leaves_the_chat_leaves_what_they_held() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.platform(Ask::MemberLeft { who: account("stranger") });
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::Acknowledged);
    house.platform(Ask::MemberLeft { who: account("ann") });
    assert_eq!(house.incident(incident.id).state.kind(), StateKind::Open);
}

#[test]
fn a_chat_that_announces_its_move_is_followed() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let to = ChatRef::new(Platform::Telegram, "-100200");
    house.chat.migrate(&room(), &to);
    house.platform(Ask::ChatMoved { to: to.clone() });
    house.settle();
    assert_eq!(house.chat.cards(&to).len(), 1);
    let mut request = house.request("dan", crate::house::command(CommandWord::NewIssue, "broken lamp"));
    request.chat = to.clone();
    assert!(matches!(house.handle(request).said, Said::Reported(_)));
}

#[test]
fn a_bot_that_was_removed_is_silent_and_polite_and_takes_up_its_work_when_it_is_back() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.platform(Ask::BotRemoved);
    house.settle();
    assert_eq!(house.command("dan", CommandWord::NewIssue, "broken lamp").said, Said::Suspended);
    let calls = house.chat.calls().len();
    house.pass(minutes(60));
    assert_eq!(house.chat.calls().len(), calls);
    house.platform(Ask::BotPresent { can_pin: Some(true) });
    house.settle();
    assert_eq!(house.said("has been unclaimed"), 1, "{}", house.transcript());
    house.press("ann", Action::Claim);
}

#[test]
fn a_reminder_comes_in_its_minute_once_and_again_after_a_release() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.pass(minutes(9));
    assert_eq!(house.said("has been unclaimed"), 0);
    house.pass(minutes(1));
    assert_eq!(house.said("has been unclaimed for 10 minutes"), 1);
    house.pass(minutes(600));
    assert_eq!(house.said("has been unclaimed"), 1);
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Release);
    house.pass(minutes(10));
    assert_eq!(house.said("has been unclaimed"), 2);
}

#[test]
fn an_escalation_that_nobody_takes_pages_the_managers_again() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Escalate);
    house.settle();
    assert_eq!(house.said("requires manager attention"), 1);
    house.pass(minutes(15));
    assert_eq!(house.said("has been awaiting a manager for 15 minutes"), 1);
    house.press("mia", Action::Claim);
}

#[test]
fn a_reminder_that_was_overtaken_before_it_could_be_sent_is_not_sent() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let (message, code) = house.button(Action::Claim);
    house.clock.advance(minutes(10));
    block_on(house.desk.wake_due(10)).unwrap();
    house.ask("ann", Ask::Press { code, message });
    house.settle();
    assert_eq!(house.said("has been unclaimed"), 0);
}

#[test]
fn wakes_follow_a_policy_that_was_changed_while_the_desk_was_down() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre");
    let mut rules = Rules::from(Preset::TwoTier);
    rules.levels[0].nudge.as_mut().unwrap().after = minutes(2);
    let House { store, clock, .. } = house;
    let policy = Policy::new(rules).unwrap();
    let desk = Desk::new(Arc::<MemoryStore>::clone(&store), clock, policy);
    assert_eq!(block_on(desk.rearm()).unwrap(), 1);
    let due = block_on(store.due(NOON + minutes(2), 10)).unwrap();
    assert_eq!(due, vec![(incident.company, incident.id)]);
    assert_eq!(block_on(store.due(NOON + minutes(1), 10)).unwrap(), Vec::new());
}

#[test]
fn people_on_call_are_called_one_after_the_other_until_one_confirms() {
    let mut rules = Rules::from(Preset::TwoTier);
    let house = House::new();
    let company = house.company();
    let chain =
        ["mia", "max"].map(|who| block_on(house.store.identify(company, &profile(who), NOON)).unwrap());
    rules.levels[1].paging = Some(Paging { chain: chain.to_vec(), tries: 2, gap: minutes(1) });
    let (store, clock) = (Arc::<MemoryStore>::clone(&house.store), Arc::<ManualClock>::clone(&house.clock));
    let (chat, directory) =
        (Arc::<ScriptedMessenger>::clone(&house.chat), Arc::<FixedDirectory>::clone(&house.directory));
    let desk = Desk::new(store, clock, Policy::new(rules).unwrap())
        .with_messenger(Platform::Telegram, chat, directory)
        .with_pager(Arc::<RecordingPager>::clone(&house.pager));
    let house = house.with(desk);
    let incident = house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Escalate);
    house.settle();
    for _ in 0..6 {
        house.pass(minutes(1));
    }
    let called: Vec<_> = house.pager.calls().iter().map(|call| (call.person.id, call.attempt)).collect();
    assert_eq!(called, [(chain[0], 1), (chain[0], 2), (chain[1], 1), (chain[1], 2)]);
    assert_eq!(house.said("everybody on call was called"), 1);
    let facts = block_on(house.store.history(company, incident.id)).unwrap();
    let attempts = facts.iter().filter(|event| matches!(event.fact, Fact::PageAttempted { .. })).count();
    assert_eq!(attempts, 4);
}
