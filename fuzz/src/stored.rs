//! A journal that was stored once must load and fold for ever; and a database can be damaged. So whatever can
//! be loaded folds without panic, and is stored again as it was loaded.

use std::fmt::Debug;

use incident_core::incident::{Command, Event, Fact, Input, fold, next_wake, step};
use incident_core::policy::{Actor, Policy, Preset};
use incident_core::roster::{self, RosterEvent};
use incident_core::testkit::cast::{COMPANY, INCIDENT};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The journals of an incident and of a company, as the golden files of `incident-core` hold them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Stored {
    journal: Vec<Event>,
    roster_journal: Vec<RosterEvent>,
}

/// Reads the bytes as stored journals, folds them, and stores them again.
///
/// # Panics
/// If something does not survive being stored, or if a second folding or a second erasure differs.
pub fn check(bytes: &[u8]) {
    let Ok(stored) = serde_json::from_slice::<Stored>(bytes) else {
        return;
    };
    survives(&stored.journal);
    survives(&stored.roster_journal);
    let roster = roster::fold(COMPANY, &stored.roster_journal);
    assert_eq!(roster, roster::fold(COMPANY, &stored.roster_journal));
    survives(&roster);
    folds(&stored.journal);
    erases(stored.journal);
}

fn folds(journal: &[Event]) {
    let incident = fold(INCIDENT, journal);
    assert_eq!(incident, fold(INCIDENT, journal));
    survives(&incident);
    let Some(incident) = incident else {
        return;
    };
    for policy in Preset::ALL.map(Policy::preset) {
        let now = next_wake(&policy, &incident).unwrap_or(incident.clocks.updated_at);
        let input = Input::new(INCIDENT, now, Actor::System, Command::Wake);
        let woken = step(&policy, Some(&incident), &input).expect("a wake is never refused");
        let folded = fold(INCIDENT, journal.iter().chain(&woken.events));
        assert_eq!(folded.as_ref(), Some(&woken.incident));
    }
}

/// Erases the first reporter, twice.
fn erases(mut journal: Vec<Event>) {
    let reported = journal.iter().find_map(|event| {
        if let Fact::Created { reporter, .. } = &event.fact { Some(*reporter) } else { None }
    });
    let Some(reporter) = reported else {
        return;
    };
    journal.iter_mut().for_each(|event| event.erase(reporter, reporter));
    let once = journal.clone();
    journal.iter_mut().for_each(|event| event.erase(reporter, reporter));
    assert_eq!(journal, once, "erasing twice is erasing once");
    survives(&once);
}

/// Requires that something is loaded as it was stored.
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(thing: &T) {
    let stored = serde_json::to_string(thing).expect("it can be stored");
    let loaded: T = serde_json::from_str(&stored).expect("what was stored can be loaded");
    assert_eq!(&loaded, thing, "{stored}");
}
