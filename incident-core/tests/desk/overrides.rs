//! Any state by an administrator: who may, what it is told about, and that all else follows.

use futures::executor::block_on;
use incident_core::ids::IncidentId;
use incident_core::incident::{By, Event, Fact, Invalid, Rejection, StateKind};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::text::TextError;
use incident_core::view::{Action, CommandWord, Done, Said};

use crate::house::{House, account, command, room as group};
use crate::rooms::{Inn, chat, log};

const ROOM: &str = "room-1";
const DONE: Said = Said::Done(Done::Typed(CommandWord::Override));

impl Inn {
    fn overrules(&self, who: &str, words: &str) -> Said {
        let said = self.house.command(who, CommandWord::Override, words).said;
        self.house.settle();
        said
    }

    fn state(&self, id: IncidentId) -> StateKind {
        self.house.incident(id).state.kind()
    }
}

fn history(house: &House, id: IncidentId) -> Vec<Event> {
    block_on(house.store.history(house.company(), id)).expect("the store works")
}

fn overridden(house: &House, id: IncidentId) -> usize {
    let overridden = |event: &&Event| matches!(event.fact, Fact::StateOverridden { .. });
    history(house, id).iter().filter(overridden).count()
}

#[test]
fn an_administrator_opens_what_is_over_and_its_room_card_and_log_follow() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    inn.house.command("dan", CommandWord::Cancel, "1 it works again");
    inn.house.settle();
    assert_eq!((inn.state(id), inn.access(ROOM).reporter_writes), (StateKind::Closed, false));
    let reply = inn.house.command("admin", CommandWord::Override, "1 open it was the wrong account");
    inn.house.settle();
    assert_eq!((reply.text(), reply.said), ("TKT-2026-0001: 🔥 UNCLAIMED.".to_owned(), DONE));
    assert_eq!((inn.state(id), inn.access(ROOM).reporter_writes), (StateKind::Open, true));
    let told = inn.lines(&log()).pop().expect("a line");
    assert!(told.ends_with("@admin: set its state to 🔥 UNCLAIMED · room-1"), "{told}");
    let event = history(&inn.house, id).pop().expect("an event");
    assert!(
        matches!((&event.fact, event.by), (Fact::StateOverridden { target: StateKind::Open, reason }, By::Person(_))
            if reason.as_str() == "it was the wrong account"),
        "{event:?}"
    );
    assert_eq!(inn.press("ann", ROOM, Action::Claim), Said::Done(Done::Pressed(Action::Claim)));
    assert_eq!(inn.overrules("admin", "TKT-2026-0001 Closed they are gone"), DONE);
    assert_eq!((inn.state(id), inn.access(ROOM).reporter_writes), (StateKind::Closed, false));
    assert_eq!(inn.house.incident(id).assignees().count(), 0, "nobody holds what is over");
    assert_eq!(inn.press("ann", ROOM, Action::Archive), Said::Done(Done::Pressed(Action::Archive)));
    assert_eq!(inn.rooms.rooms(), []);
    assert_eq!(inn.overrules("admin", "1 open they are back"), DONE);
    assert_eq!(inn.rooms.rooms(), [chat("room-2")], "what was archived gets another room");
    assert!(inn.access("room-2").reporter_writes);
    assert_eq!(inn.overrules("admin", "1 resolved they say so"), DONE);
    assert_eq!((inn.state(id), inn.access("room-2").reporter_writes), (StateKind::Resolved, false));
    assert!(inn.rooms.rooms().contains(&chat("room-2")), "it is archived no more");
}

#[test]
fn in_a_room_and_in_reply_to_a_card_no_number_is_needed() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    inn.house.directory.promote(&chat(ROOM), &account("admin"));
    let typed =
        |words| inn.house.handle(inn.in_room("admin", ROOM, command(CommandWord::Override, words))).said;
    assert_eq!(typed("closed 3 times asked"), DONE);
    let reason = history(&inn.house, id).pop().map(|event| event.fact);
    let Some(Fact::StateOverridden { reason, .. }) = reason else { panic!("{reason:?}") };
    assert_eq!(reason.as_str(), "3 times asked");
    assert_eq!((inn.state(id), typed("open")), (StateKind::Closed, Said::Usage(CommandWord::Override)));
}

#[test]
fn nobody_else_sets_a_state_and_nothing_that_makes_no_sense_is_done() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    for who in ["ben", "ann", "dan"] {
        let refused = inn.house.command(who, CommandWord::Override, "1 closed because");
        assert_eq!(refused.said, Said::Refused(Rejection::NotAuthorized), "{who}");
        assert!(refused.text().starts_with("❌ Only group administrators can do this"), "{}", refused.text());
    }
    let unknown = Said::Refused(Rejection::Unknown);
    assert_eq!(inn.overrules("zoe", "1 closed because"), unknown, "who may not see it hears of none");
    assert_eq!(inn.overrules("admin", "7 closed because"), unknown);
    assert_eq!(inn.overrules("admin", "1 open because"), Said::Refused(Invalid::NoChange.into()));
    let too_long = Invalid::Text(TextError::TooLong { max: 500 });
    let long = format!("1 closed {}", "x".repeat(501));
    assert_eq!(inn.overrules("admin", &long), Said::Refused(too_long.into()));
    for words in
        ["", "1", "1 closed", "1 because", "closed because", "1 acknowledged because", "1 archived why"]
    {
        assert_eq!(inn.overrules("admin", words), Said::Usage(CommandWord::Override), "{words}");
    }
    assert_eq!((inn.state(id), overridden(&inn.house, id)), (StateKind::Open, 0));
}

#[test]
fn where_the_workflow_has_no_rule_for_it_no_administrator_sets_a_state() {
    for preset in [Preset::TwoTier, Preset::TwoTierShared, Preset::Departments, Preset::Support] {
        let house = House::empty(Policy::preset(preset));
        house.command("admin", CommandWord::ConfigureManagers, "@mia");
        house.command("admin", CommandWord::AddTeam, "tyres");
        let id = house.report("dan", "flat tyre").id;
        let refused = house.command("admin", CommandWord::Override, "1 closed because");
        assert_eq!(refused.said, Said::Refused(Rejection::NotAuthorized), "{preset:?}");
        assert!(refused.text().ends_with("only where the workflow allows it."), "{}", refused.text());
        assert_eq!(overridden(&house, id), 0);
    }
}

#[test]
fn without_rooms_the_card_in_the_chat_follows() {
    let house = House::empty(Policy::preset(Preset::Tickets));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.report("dan", "My account is locked");
    house.command("mia", CommandWord::Override, "1 closed because");
    house.command("dan", CommandWord::Cancel, "1 it works again");
    house.settle();
    assert_eq!(house.chat.pins(&group()).len(), 0);
    assert_eq!(house.command("admin", CommandWord::Override, "1 open it does not").said, DONE);
    house.settle();
    assert_eq!(house.chat.pins(&group()).len(), 1);
    house.press("mia", Action::Claim);
}
