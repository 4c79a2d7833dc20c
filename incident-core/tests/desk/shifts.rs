//! Shifts: who is mentioned when, what they hear when they come on duty, and what schedules do not decide.

use std::sync::Arc;

use futures::executor::block_on;
use incident_core::desk::{Ask, Desk};
use incident_core::ids::{Handle, Platform, TeamId};
use incident_core::incident::{Lane, Rejection};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::roster::RosterFact;
use incident_core::testkit::{ManualClock, What};
use incident_core::time::Timestamp;
use incident_core::view::{Action, CommandWord, Done, Message, Said};

use crate::house::{House, NOON, minutes, room};

const TYRES: TeamId = TeamId::new(1);

/// Noon of the house, 20:26:40 on the clock of UTC, is a Thursday.
fn at(day: i64, hour: i64, minute: i64) -> Timestamp {
    let midnight = NOON.as_micros() / 86_400_000_000 * 86_400;
    Timestamp::from_secs(midnight + ((day * 24 + hour) * 60 + minute) * 60)
}

/// A house with a team of tim and tom, whose manager is mia.
fn house() -> House {
    let house = House::empty(Policy::preset(Preset::Departments));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.command("admin", CommandWord::AddTeam, "Tyres");
    house.command("admin", CommandWord::AddTeamMember, "1 @tim @tom");
    for who in ["tim", "tom", "mia"] {
        house.command(who, CommandWord::RegisterDriver, "");
    }
    house.settle();
    house
}

impl House {
    fn duty(&self, text: &str) {
        let said = self.command("admin", CommandWord::Schedule, text).said;
        assert!(matches!(said, Said::Schedules(_)), "{text}: {said:?}");
        self.settle();
    }

    fn routed(&self, text: &str) {
        self.report("dan", text);
        self.press("dan", Action::Route(TYRES));
        self.settle();
    }

    fn until(&self, instant: Timestamp) {
        self.clock.set(instant);
        self.settle();
    }

    /// The messages that speak of a shift, each with those it mentions.
    fn shifts(&self) -> Vec<(usize, Vec<String>)> {
        self.messages("begins. This waits")
    }

    fn messages(&self, words: &str) -> Vec<(usize, Vec<String>)> {
        let says = |message: &Message| {
            let first =
                message.lines.first().map(|line| line.iter().map(|span| span.as_plain()).collect::<String>());
            first.is_some_and(|line| line.contains(words))
        };
        let told = |message: &Message| {
            (
                message.lines.len() - 1,
                message.mentions.iter().map(incident_core::view::Mention::shown).collect(),
            )
        };
        let shown = self.chat.shown(&room());
        let messages = shown.iter().filter_map(|shown| match &shown.what {
            What::Message(message) if says(message) => Some(told(message)),
            What::Message(_) | What::Card(_) | What::File(_) => None,
        });
        messages.collect()
    }
}

fn names(who: &[&str]) -> Vec<String> {
    who.iter().map(|who| format!("@{who}")).collect()
}

#[test]
fn whoever_comes_on_duty_hears_once_what_waits_in_one_message_for_the_team() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.duty("1 @tom daily 22:00-06:00");
    for text in ["flat tyre", "worn tyre", "no tyre"] {
        house.routed(text);
    }
    house.until(at(0, 21, 59));
    assert_eq!(house.shifts(), []);
    house.until(at(0, 22, 0));
    assert_eq!(house.shifts(), [(3, names(&["tim", "tom"]))]);
    assert_eq!(house.said("🔔 The shift of Tyres begins."), 1);
    house.until(at(0, 23, 0));
    assert_eq!(house.shifts().len(), 1, "once a shift");
    house.press("tim", Action::Claim);
    house.until(at(1, 22, 0));
    assert_eq!(house.shifts().last(), Some(&(2, names(&["tim", "tom"]))), "what is claimed waits no more");
}

#[test]
fn what_is_owed_to_a_group_in_between_cancels_no_shift() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.routed("flat tyre");
    assert_eq!(house.command("mia", CommandWord::Report, "day").said, Said::Rostered);
    house.settle();
    house.until(at(0, 22, 0));
    assert_eq!(house.shifts(), [(1, names(&["tim"]))]);
}

#[test]
fn where_nothing_waits_nobody_is_called() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.report("dan", "not routed yet");
    house.until(at(3, 12, 0));
    assert_eq!(house.shifts(), []);
    let journal = block_on(house.store.roster_history(house.company())).expect("the store works");
    let began = journal.iter().filter(|event| matches!(event.fact, RosterFact::ShiftsBegan { .. }));
    assert_eq!(began.count(), 1, "three days in one look are one");
}

#[test]
fn each_team_and_each_role_has_its_own_page() {
    let house = House::new();
    for who in ["ann", "bob", "mia"] {
        house.command(who, CommandWord::RegisterDriver, "");
    }
    house.duty("@ann daily 22:00-06:00");
    house.duty("@mia daily 22:00-06:00");
    house.report("dan", "flat tyre");
    house.until(at(0, 22, 0));
    assert_eq!(house.shifts(), [(1, names(&["ann"]))], "a manager has no part in what waits for dispatchers");
    house.press("bob", Action::Claim);
    house.settle();
    house.press("bob", Action::Escalate);
    house.until(at(1, 22, 0));
    assert_eq!(house.shifts().last(), Some(&(1, names(&["mia"]))));
}

#[test]
fn what_began_while_the_desk_was_down_is_made_good_as_long_as_it_goes_on() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.duty("1 @tom daily 06:00-22:00");
    house.routed("flat tyre");
    house.clock.set(at(1, 7, 30));
    house.settle();
    assert_eq!(house.shifts(), [(1, names(&["tom"]))], "the night is over");
}

#[test]
fn of_two_processes_that_look_one_pages() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.routed("flat tyre");
    house.clock.set(at(0, 22, 0));
    let (store, clock) = (Arc::<MemoryStore>::clone(&house.store), Arc::<ManualClock>::clone(&house.clock));
    let (chat, directory) = (Arc::clone(&house.chat), Arc::clone(&house.directory));
    let other = Desk::new(store, clock, Policy::preset(Preset::Departments));
    let other = other.with_messenger(Platform::Telegram, chat, directory);
    assert_eq!(block_on(other.wake_due(10)).expect("the store works").due, 2, "the shift and a reminder");
    house.settle();
    block_on(other.wake_due(10)).expect("the store works");
    while block_on(other.deliver(Lane::Page)).expect("the store works").is_some() {}
    assert_eq!(house.shifts(), [(1, names(&["tim"]))]);
}

#[test]
fn only_those_on_duty_are_mentioned_and_all_may_claim() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.duty("1 @tom daily 06:00-22:00");
    house.routed("flat tyre");
    assert_eq!(house.messages("needs attention").last().map(|(_, who)| who.clone()), Some(names(&["tom"])));
    let claimed = house.press("tim", Action::Claim);
    assert_eq!(claimed.said, Said::Done(Done::Pressed(Action::Claim)), "a schedule forbids nothing");
}

#[test]
fn where_nobody_of_the_team_is_on_duty_the_managers_hear_of_it() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.duty("1 @tom daily 22:00-06:00");
    house.routed("flat tyre");
    assert_eq!(house.messages("needs attention"), [(1, names(&["mia"]))]);
    assert_eq!(house.said("Nobody of the team is on duty now"), 1);
}

#[test]
fn shifts_begin_by_the_clock_that_the_group_has_set() {
    let house = house();
    house.command("admin", CommandWord::Settings, "timezone America/New_York");
    house.duty("1 @tim daily 18:00-20:00");
    house.routed("flat tyre");
    house.until(at(0, 21, 59));
    assert_eq!(house.shifts(), []);
    house.until(at(0, 22, 0));
    assert_eq!(house.shifts().len(), 1, "it is six in the evening in New York");
    // Whoever moves the clock moves the shifts that are to come.
    house.command("admin", CommandWord::Settings, "timezone UTC");
    house.until(at(1, 17, 59));
    assert_eq!(house.shifts().len(), 1);
    house.until(at(1, 18, 0));
    assert_eq!(house.shifts().len(), 2);
}

#[test]
fn a_schedule_that_is_set_in_the_middle_of_a_shift_pages_from_the_next_one_on() {
    let house = house();
    house.routed("flat tyre");
    house.duty("1 @tim daily 12:00-23:00");
    assert_eq!(house.shifts(), []);
    house.until(at(1, 12, 0));
    assert_eq!(house.shifts(), [(1, names(&["tim"]))]);
    house.duty("1 @tim off");
    house.until(at(3, 12, 0));
    assert_eq!(house.shifts().len(), 1);
}

#[test]
fn administrators_set_schedules_and_everybody_sees_them() {
    let house = house();
    assert_eq!(
        house.command("dan", CommandWord::Schedule, "").text(),
        "Nobody has a schedule: everybody is mentioned at any hour."
    );
    let refused = house.command("tim", CommandWord::Schedule, "1 @tim daily 8-16").said;
    assert_eq!(refused, Said::Refused(Rejection::NotAuthorized));
    house.duty("1 @tim mon-fri 07:00-19:00 sat 9-13");
    house.duty("@nina daily 19-7");
    let shown = house.command("dan", CommandWord::Schedule, "").text();
    let expected = "On duty, by the clock of UTC:\n\
        🟢 @nina · mon-sun 19:00-07:00\n\
        ⚪ @tim · Tyres · mon-fri 07:00-19:00 sat 09:00-13:00";
    assert_eq!(shown, expected);
    // Whoever was named by a handle has the schedule from the first time they appear.
    house.command("nina", CommandWord::RegisterDriver, "");
    let handle = Handle::parse(Platform::Telegram, "nina").expect("it is a handle");
    let roster = block_on(house.store.roster(house.company())).expect("the store works").expect("it exists");
    assert!(!roster.awaits(&handle) && roster.schedules.len() == 2);
    for (text, said) in [
        ("1 @tim", Said::Usage(CommandWord::Schedule)),
        ("1", Said::Usage(CommandWord::Schedule)),
        ("1 @tim sometimes", Said::Usage(CommandWord::Schedule)),
        ("1 @tim daily 8-8", Said::Usage(CommandWord::Schedule)),
        ("9 @tim daily 8-16", Said::NoSuchTeam("9".to_owned())),
        ("@ daily 8-16", Said::BadHandle("@".to_owned())),
    ] {
        assert_eq!(house.command("admin", CommandWord::Schedule, text).said, said, "{text}");
    }
    assert_eq!(house.command("dan", CommandWord::Schedule, "").text(), expected);
}

#[test]
fn a_suspended_group_has_no_shifts() {
    let house = house();
    house.duty("1 @tim daily 22:00-06:00");
    house.routed("flat tyre");
    house.platform(Ask::BotRemoved);
    house.until(at(0, 22, 30));
    assert_eq!(block_on(house.desk.outlook()).expect("the store works").wake_at, None);
    house.pass(minutes(60));
    assert_eq!(house.shifts(), []);
}
