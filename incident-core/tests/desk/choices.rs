//! What is chosen by buttons: a team to move to, somebody to ask.

use futures::executor::block_on;
use incident_core::desk::Ask;
use incident_core::ids::{MessageRef, Platform, TeamId};
use incident_core::incident::{Fact, Rejection};
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::view::{Action, Choice, CommandWord, Done, OrderAsks, OrderForm, Reply, Said};

use crate::house::{House, room};

const TYRES: TeamId = TeamId::new(1);
const SAFETY: TeamId = TeamId::new(3);

/// A house with teams: tim and tom see to tyres, eva to engines; safety is restricted and has sal.
fn house() -> House {
    let house = House::empty(Policy::preset(Preset::Departments));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    for name in ["Tyres", "Engines"] {
        house.command("admin", CommandWord::AddTeam, name);
    }
    house.command("admin", CommandWord::AddRestrictedTeam, "Safety");
    for (team, who) in [(1, "@tim @tom"), (2, "@eva"), (3, "@sal")] {
        house.command("admin", CommandWord::AddTeamMember, &format!("{team} {who}"));
    }
    // Whoever says something is known from then on.
    for who in ["tim", "tom", "eva", "sal", "mia"] {
        house.command(who, CommandWord::RegisterDriver, "");
    }
    house.settle();
    house
}

fn labels(reply: &Reply) -> Vec<Vec<&str>> {
    reply.buttons.iter().map(|row| row.iter().map(|button| button.label.as_str()).collect()).collect()
}

/// Presses a button of an answer, on a message that the desk did not write down.
fn choose(house: &House, who: &str, reply: &Reply, action: Action) -> Reply {
    let button = reply.buttons.iter().flatten().find(|button| button.code.action == action);
    let code = button.expect("it is offered").code.to_string();
    house.ask(who, Ask::Press { code, message: MessageRef::new(room(), "choice") })
}

fn last_fact(house: &House) -> Fact {
    let incident = house.incidents()[0].incident.id;
    let journal = block_on(house.store.history(house.company(), incident)).expect("the store works");
    journal.last().expect("it was reported").fact.clone()
}

#[test]
fn the_teams_that_are_offered_are_those_the_machine_would_accept() {
    let house = house();
    house.report("dan", "flat tyre");
    house.press("dan", Action::Route(TYRES));
    house.settle();
    let asked = house.press("tim", Action::ChooseTeam);
    assert_eq!(asked.text(), "Which team should TKT-2026-0001 move to?");
    assert_eq!(labels(&asked), [vec!["Engines", "🔒 Safety"], vec!["⬅️ Back"]]);
    let stranger = house.press("dan", Action::ChooseTeam);
    assert_eq!((stranger.said, stranger.buttons), (Said::Refused(Rejection::NotAuthorized), Vec::new()));
    let moved = choose(&house, "tim", &asked, Action::Transfer(SAFETY));
    assert_eq!(moved.said, Said::Done(Done::Pressed(Action::Transfer(SAFETY))));
    assert_eq!(last_fact(&house), Fact::Transferred { to: SAFETY });
    house.settle();
    assert_eq!(house.said("Team: Safety"), 1);
    let late = choose(&house, "sal", &asked, Action::Transfer(TeamId::new(2)));
    assert_eq!(late.said, Said::Refused(Rejection::Stale), "that choice was about how things were");
}

#[test]
fn a_holder_of_no_team_is_not_offered_what_is_restricted() {
    let house = house();
    house.report("dan", "flat tyre");
    house.press("dan", Action::Route(TYRES));
    house.settle();
    house.press("tim", Action::Claim);
    house.settle();
    house.command("admin", CommandWord::RemoveTeamMember, "1 @tim");
    let asked = house.press("tim", Action::ChooseTeam);
    assert_eq!(labels(&asked), [vec!["Engines"], vec!["⬅️ Back"]]);
    let manager = house.press("mia", Action::ChooseTeam);
    assert_eq!(labels(&manager), [vec!["Engines", "🔒 Safety"], vec!["⬅️ Back"]]);
}

#[test]
fn a_card_offers_a_transfer_where_there_is_another_team() {
    let house = House::empty(Policy::preset(Preset::Departments));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.command("admin", CommandWord::AddTeam, "Tyres");
    house.report("dan", "flat tyre");
    house.press("dan", Action::Route(TYRES));
    house.settle();
    assert_eq!(house.said("Transfer"), 0);
    house.command("admin", CommandWord::AddTeam, "Engines");
    house.command("dan", CommandWord::Status, "1");
    house.settle();
    assert_eq!(house.said("Transfer"), 1);
}

#[test]
fn a_choice_is_taken_back_by_whoever_may_choose_and_nothing_changes() {
    let house = house();
    house.report("dan", "flat tyre");
    house.press("dan", Action::Route(TYRES));
    house.settle();
    let asked = house.press("tim", Action::ChooseTeam);
    let before = house.incidents();
    assert_eq!(choose(&house, "dan", &asked, Action::Back).said, Said::Refused(Rejection::NotAuthorized));
    assert_eq!(block_on(house.desk.retire_orphans()), 0, "it stands until somebody who may takes it back");
    let strange = choose(&house, "dan", &asked, Action::Transfer(SAFETY));
    assert_eq!(strange.said, Said::Refused(Rejection::NotAuthorized));
    assert_eq!(block_on(house.desk.retire_orphans()), 0);
    assert_eq!(choose(&house, "tom", &asked, Action::Back).said, Said::Nothing);
    assert_eq!(block_on(house.desk.retire_orphans()), 1);
    assert_eq!(house.incidents(), before);
}

#[test]
fn who_is_asked_to_take_it_is_chosen_among_those_who_may() {
    let house = house();
    house.report("dan", "flat tyre");
    house.press("dan", Action::Route(TYRES));
    house.settle();
    let asked = house.command("mia", CommandWord::Assign, "1");
    assert_eq!(asked.text(), "Who should take TKT-2026-0001?");
    assert_eq!(labels(&asked), [vec!["@tim", "@tom"], vec!["⬅️ Back"]]);
    let Said::Choose(Choice::Assignees(people)) = asked.said.clone() else { panic!("{:?}", asked.said) };
    let done = choose(&house, "mia", &asked, Action::Assign(people[0]));
    assert_eq!(done.said, Said::Done(Done::Pressed(Action::Assign(people[0]))));
    assert_eq!(last_fact(&house), Fact::Assigned { person: people[0] });
    let stranger = house.command("dan", CommandWord::Assign, "1");
    assert_eq!(stranger.said, Said::Refused(Rejection::NotAuthorized));
    house.settle();
    house.press("tim", Action::Claim);
    house.settle();
    let instead = house.command("mia", CommandWord::Reassign, "1");
    assert_eq!(labels(&instead), [vec!["@tom"], vec!["⬅️ Back"]]);
    choose(&house, "mia", &instead, Action::Reassign(people[1]));
    assert_eq!(last_fact(&house), Fact::Assigned { person: people[1] });
    assert_eq!(house.incidents()[0].incident.assignees().count(), 0);
}

#[test]
fn where_there_are_no_teams_responders_are_offered() {
    let house = House::new();
    house.command("ann", CommandWord::RegisterDriver, "");
    house.command("bob", CommandWord::RegisterDriver, "");
    house.command("mia", CommandWord::RegisterDriver, "");
    house.report("dan", "flat tyre");
    let asked = house.command("mia", CommandWord::Assign, "1");
    assert_eq!(labels(&asked), [vec!["@ann", "@bob"], vec!["⬅️ Back"]]);
}

fn asked(house: &House, who: &str, action: Action) -> Option<OrderForm> {
    let (message, code) = house.button(action);
    block_on(house.desk.order_form(&house.request(who, Ask::Press { code, message })))
}

#[test]
fn where_forms_are_shown_orders_are_asked_for_in_one_of_those_who_may_give_them() {
    let house = house().refit(|desk| desk.with_forms_on(Platform::Telegram));
    let incident = house.report("dan", "the brakes squeal");
    house.press("mia", Action::Route(TYRES));
    house.settle();
    let team = asked(&house, "mia", Action::ChooseTeam).expect("a form").asks;
    let OrderAsks::Team { teams } = team else { panic!("it asks for a team") };
    assert!(teams.iter().all(|(code, _)| code.incident == incident.id), "{teams:?}");
    let offered: Vec<Action> = teams.into_iter().map(|(code, _)| code.action).collect();
    assert_eq!(offered[0], Action::Transfer(TeamId::new(2)), "not where it is");
    let person = asked(&house, "mia", Action::ChoosePerson).map(|form| form.asks);
    assert_eq!(person, Some(OrderAsks::Person { word: CommandWord::Assign }));
    let comment = asked(&house, "mia", Action::Comment).map(|form| form.asks);
    assert!(matches!(comment, Some(OrderAsks::Comment { .. })), "{comment:?}");
    for action in [Action::ChooseTeam, Action::ChoosePerson, Action::Claim] {
        assert_eq!(asked(&house, "dan", action), None, "{action:?}");
    }
    house.press("tim", Action::Claim);
    house.settle();
    let person = asked(&house, "mia", Action::ChoosePerson).map(|form| form.asks);
    assert_eq!(person, Some(OrderAsks::Person { word: CommandWord::Reassign }));
}

#[test]
fn without_a_form_such_a_button_does_what_the_command_would() {
    let house = house().refit(|desk| desk.with_forms_on(Platform::Telegram));
    house.report("dan", "the brakes squeal");
    house.press("mia", Action::Route(TYRES));
    house.settle();
    assert_eq!(house.press("mia", Action::Comment).said, Said::Usage(CommandWord::Note));
    let asked = house.press("mia", Action::ChoosePerson);
    assert!(matches!(asked.said, Said::Choose(Choice::Assignees(_))), "{asked:?}");
    choose(&house, "mia", &asked, asked.buttons[0][0].code.action);
}
