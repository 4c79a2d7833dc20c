//! The figures of a group, as its chat is told them.

use std::sync::Arc;
use std::time::Duration;

use incident_core::incident::Rejection;
use incident_core::memory::MemoryStore;
use incident_core::view::{Action, CommandWord, Said};

use crate::house::{House, minutes};

/// A house where one incident was claimed after four minutes and resolved after ten, and another waits.
fn busy() -> House {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    house.pass(minutes(4));
    house.press("ann", Action::Claim);
    house.settle();
    house.pass(minutes(5));
    house.press("ann", Action::Resolve);
    house.settle();
    house.pass(minutes(1));
    house.reply_to_last_question("ann", "changed the tyre");
    house.settle();
    house.report("dan", "truck 13 too");
    house.pass(Duration::from_secs(90));
    house
}

#[test]
fn a_group_is_told_what_came_in_and_how_long_it_took() {
    let house = busy();
    let told = "📊 Today (UTC): 2 reported, 1 resolved, 1 under way.\n\
                This week: 2 reported, 1 resolved, 1 under way.\n\
                This month: 2 reported, 1 resolved, 1 under way.\n\
                Until claimed, this month: 0:04:00 on average, nine in ten within 0:04:00.\n\
                Until resolved, this month: 0:10:00 on average, nine in ten within 0:10:00.";
    assert_eq!(house.command("mia", CommandWord::Stats, "").text(), told);
    // A store with columns tells the same.
    let store = Arc::<MemoryStore>::clone(&house.store);
    let house = house.refit(|desk| desk.with_cases(store));
    assert_eq!(house.command("mia", CommandWord::Stats, "whatever follows").text(), told);
    house.command("admin", CommandWord::Language, "nl");
    let dutch = house.command("mia", CommandWord::Stats, "").text();
    assert!(dutch.starts_with("📊 Vandaag (UTC): 2 gemeld, 1 opgelost, 1 lopend."), "{dutch}");
}

#[test]
fn days_that_are_over_count_where_they_belong() {
    let house = busy();
    // The next day is the last but three of the month, and of the same week.
    house.pass(Duration::from_secs(86_400));
    let told = house.command("ann", CommandWord::Stats, "").text();
    assert!(
        told.starts_with("📊 Today (UTC): 0 reported, 0 resolved, 0 under way.\nThis week: 2 "),
        "{told}"
    );
    house.pass(Duration::from_secs(7 * 86_400));
    let told = house.command("ann", CommandWord::Stats, "").text();
    assert!(told.ends_with("This month: 0 reported, 0 resolved, 0 under way."), "{told}");
}

#[test]
fn figures_are_for_those_who_work_on_incidents() {
    let house = busy();
    for who in ["ann", "bob", "mia", "admin"] {
        assert!(matches!(house.command(who, CommandWord::Stats, "").said, Said::Stats { .. }), "{who}");
    }
    for who in ["dan", "eve"] {
        let reply = house.command(who, CommandWord::Stats, "");
        assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "{who}");
        assert_eq!(reply.text(), "❌ Only dispatchers, managers and group administrators can do this.");
    }
}
