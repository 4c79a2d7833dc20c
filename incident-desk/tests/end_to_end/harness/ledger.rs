//! What a desk leaves behind, as its own `export` tells it.

use std::collections::BTreeMap;

use incident_core::ids::{CompanyId, PersonId};
use incident_core::incident::{Event, Fact, Incident};
use incident_core::ports::{Filed, Person, Surface};
use incident_core::roster::{Roster, RosterEvent};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Desk;

/// Everything an export holds.
#[derive(Default)]
pub(crate) struct Ledger {
    pub(crate) rosters: Vec<Roster>,
    pub(crate) roster_events: BTreeMap<CompanyId, Vec<RosterEvent>>,
    pub(crate) people: BTreeMap<(CompanyId, PersonId), Person>,
    pub(crate) incidents: Vec<Entry>,
}

/// An incident with all that belongs to it.
pub(crate) struct Entry {
    pub(crate) number: String,
    pub(crate) incident: Incident,
    pub(crate) events: Vec<Event>,
    pub(crate) surfaces: Vec<Surface>,
}

/// One line; the fields that it has depend on its kind.
#[derive(Deserialize)]
struct Line {
    line: String,
    company: CompanyId,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

impl Line {
    fn field<T: DeserializeOwned>(&mut self, name: &str) -> T {
        let value = self.rest.remove(name).unwrap_or_else(|| panic!("a {} line without {name}", self.line));
        serde_json::from_value(value)
            .unwrap_or_else(|error| panic!("{name} of a {} line: {error}", self.line))
    }
}

impl Ledger {
    /// Exports twice, which must give the same, and reads it.
    pub(crate) async fn of(desk: &Desk) -> Self {
        let (first, second) = (desk.export().await, desk.export().await);
        assert_eq!(first, second, "two exports of the same database differ");
        Self::read(&first)
    }

    /// Reads an export.
    pub(crate) fn read(export: &str) -> Self {
        let mut ledger = Self::default();
        for text in export.lines() {
            ledger.take(serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in {text}")));
        }
        ledger
    }

    fn take(&mut self, mut line: Line) {
        match line.line.as_str() {
            "roster" => self.rosters.push(line.field("roster")),
            "roster_event" => {
                let events = self.roster_events.entry(line.company).or_default();
                events.push(line.field("event"));
                assert_eq!(line.field::<usize>("seq"), events.len(), "the journal of a roster has a gap");
            }
            "person" => {
                let person: Person = line.field("person");
                self.people.insert((line.company, person.id), person);
            }
            "incident" => {
                let Filed { number, incident } = line.field("incident");
                assert_eq!(line.field::<String>("number"), number.to_string());
                let number = number.to_string();
                self.incidents.push(Entry { number, incident, events: Vec::new(), surfaces: Vec::new() });
            }
            "event" => {
                let entry = self.incidents.last_mut().expect("an incident comes before its journal");
                entry.events.push(line.field("event"));
                assert_eq!(
                    line.field::<usize>("seq"),
                    entry.events.len(),
                    "the journal of {} has a gap",
                    entry.number
                );
            }
            "surface" => {
                let entry = self.incidents.last_mut().expect("an incident comes before its surfaces");
                entry.surfaces.push(line.field("surface"));
            }
            other => panic!("an unknown line: {other}"),
        }
    }

    /// Finds an incident by its number.
    pub(crate) fn incident(&self, number: &str) -> &Entry {
        let mut found = self.incidents.iter().filter(|entry| entry.number == number);
        let entry = found.next().unwrap_or_else(|| panic!("no incident {number}"));
        assert!(found.next().is_none(), "two incidents {number}");
        entry
    }

    /// Returns how a person is shown: by handle, else by name.
    pub(crate) fn name(&self, company: CompanyId, person: PersonId) -> String {
        let Some(known) = self.people.get(&(company, person)) else { return "somebody".to_owned() };
        match &known.profile.handle {
            Some(handle) => format!("@{}", handle.name()),
            None => known.profile.name.to_string(),
        }
    }
}

impl Entry {
    /// Lists the facts of the journal by the word they are stored under.
    pub(crate) fn facts(&self) -> Vec<String> {
        self.events.iter().map(|event| kind(&event.fact)).collect()
    }

    /// Counts the facts of one kind.
    pub(crate) fn count(&self, word: &str) -> usize {
        self.events.iter().filter(|event| kind(&event.fact) == word).count()
    }
}

fn kind(fact: &Fact) -> String {
    let value = serde_json::to_value(fact).expect("a fact is JSON");
    value["type"].as_str().expect("a fact has a type").to_owned()
}
