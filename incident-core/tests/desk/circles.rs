//! Roles that are given to a circle of people, whoever belongs to it.

use incident_core::desk::{Ask, Named};
use incident_core::ids::{Circle, Platform};
use incident_core::incident::Rejection;
use incident_core::policy::Role;
use incident_core::ports::Store;
use incident_core::roster::Grantee;
use incident_core::view::{Action, CommandWord, Reply, Said};

use crate::house::{House, account};

fn circle(id: &str, name: &str) -> Circle {
    Circle::new(Platform::Telegram, id, name).expect("it is one")
}

/// Names a circle in a command.
fn name(house: &House, word: CommandWord, before: &str, circle: &Circle) -> Reply {
    let words = before.split_whitespace().map(|word| Named::Word(word.to_owned()));
    let named = words.chain([Named::Circle(circle.clone())]).collect();
    let text = format!("{before} @{}", circle.name()).trim().to_owned();
    house.ask("admin", Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None })
}

fn holders(house: &House, role: Role) -> Vec<Grantee> {
    let roster = futures::executor::block_on(house.store.roster(house.company())).expect("the store works");
    let roster = roster.expect("there is one");
    roster.groups.values().flat_map(|group| group.holders(role).cloned()).collect()
}

#[test]
fn whoever_belongs_to_a_circle_has_its_role_for_as_long() {
    let house = House::new();
    let ops = circle("S1", "ops");
    assert_eq!(name(&house, CommandWord::Settings, "responders", &ops).said, Said::Rostered);
    house.report("dan", "the door is stuck");
    assert_eq!(house.press("eve", Action::Claim).said, Said::Refused(Rejection::NotAuthorized));
    house.directory.enrol(&account("eve"), &circle("S1", "renamed"));
    house.press("eve", Action::Claim);
    house.settle();
    assert_eq!(house.incidents()[0].incident.assignees().count(), 1, "{}", house.transcript());
    house.press("eve", Action::Release);
    house.settle();
    house.directory.expel(&account("eve"));
    assert_eq!(house.press("eve", Action::Claim).said, Said::Refused(Rejection::NotAuthorized));
}

#[test]
fn while_the_platform_does_not_say_who_belongs_nobody_does() {
    let house = House::new();
    let ops = circle("S1", "ops");
    name(&house, CommandWord::AddDispatcher, "", &ops);
    house.directory.enrol(&account("eve"), &ops);
    house.report("dan", "the door is stuck");
    house.directory.silence(true);
    assert_eq!(house.press("eve", Action::Claim).said, Said::Refused(Rejection::NotAuthorized));
}

#[test]
fn a_circle_is_the_same_whatever_it_is_called() {
    let house = House::new();
    name(&house, CommandWord::AddDispatcher, "", &circle("S1", "ops"));
    name(&house, CommandWord::AddDispatcher, "", &circle("S1", "operations"));
    let before = holders(&house, Role::Responder);
    assert!(before.contains(&Grantee::Circle(circle("S1", "ops"))), "{before:?}");
    assert_eq!(before.iter().filter(|holder| matches!(holder, Grantee::Circle(_))).count(), 1);
    name(&house, CommandWord::RemoveDispatcher, "", &circle("S1", "operations"));
    assert!(!holders(&house, Role::Responder).iter().any(|holder| matches!(holder, Grantee::Circle(_))));
}

#[test]
fn a_circle_that_manages_is_mentioned_and_may_be_assigned_to() {
    let house = House::new();
    let leads = circle("S2", "leads");
    assert_eq!(name(&house, CommandWord::Settings, "managers", &leads).said, Said::Rostered);
    assert_eq!(holders(&house, Role::Manager), [Grantee::Circle(leads.clone())]);
    house.directory.enrol(&account("zoe"), &leads);
    house.report("dan", "the door is stuck");
    house.press("ann", Action::Claim);
    house.settle();
    house.press("ann", Action::Escalate);
    house.settle();
    assert!(house.said("@leads") > 0, "{}", house.transcript());
    house.press("zoe", Action::Claim);
    house.settle();
    assert_eq!(house.incidents()[0].incident.level.get(), 2);
    assert_eq!(house.incidents()[0].incident.assignees().count(), 1, "{}", house.transcript());
}

#[test]
fn nobody_is_asked_about_circles_where_none_has_a_role() {
    let house = House::new();
    house.report("dan", "the door is stuck");
    let before = house.directory.questions();
    house.press("ann", Action::Claim);
    assert_eq!(house.directory.questions(), before);
}
