//! The names behind the ids, for the length of one drawing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Arg, Line, Locale, Mention, Phrase, Span};
use crate::ids::{Circle, Handle, PersonId};
use crate::incident::Incident;
use crate::ports::Person;
use crate::roster::Grantee;
use crate::text::visible;

/// How many people are named on a card before the rest is counted.
const MOST_NAMES: usize = 8;

/// The people that a card or message speaks of.
#[derive(Debug, Clone, Default)]
pub struct People(BTreeMap<PersonId, Person>);

impl People {
    /// Collects people.
    pub fn new(people: impl IntoIterator<Item = Person>) -> Self {
        Self(people.into_iter().map(|person| (person.id, person)).collect())
    }

    /// Lists everybody that an incident's card may speak of.
    pub fn of(incident: &Incident) -> Vec<PersonId> {
        let mut ids: BTreeSet<PersonId> = incident.stints.iter().map(|stint| stint.person).collect();
        ids.insert(incident.reporter);
        ids.extend(incident.resolver());
        if let crate::incident::State::Open(waiting) = &incident.state {
            ids.extend(waiting.expected);
            ids.extend(waiting.calls.map(|calls| calls.target));
        }
        ids.into_iter().collect()
    }

    /// Returns how to mention a person, known or not.
    pub fn mention(&self, locale: &Locale, person: PersonId) -> Mention {
        match self.0.get(&person) {
            Some(known) => Mention {
                person: Some(person),
                identity: Some(known.profile.identity.clone()),
                handle: known.profile.handle.clone(),
                ..Mention::named(known.profile.name.as_str())
            },
            None => Mention { person: Some(person), ..Mention::named(&locale.text(Phrase::PersonUnknown)) },
        }
    }

    /// Returns the name of a person without telling them.
    pub fn name(&self, locale: &Locale, person: PersonId) -> Span {
        Span::Plain(self.mention(locale, person).shown())
    }

    /// Returns the names of people, separated by commas; of a crowd those who came first, and how many more.
    pub fn names(&self, locale: &Locale, people: impl IntoIterator<Item = PersonId>) -> Option<Line> {
        let people: Vec<PersonId> = people.into_iter().collect();
        let named = people.iter().take(MOST_NAMES).map(|id| self.mention(locale, *id).shown());
        let names = vec![Span::Plain(named.collect::<Vec<_>>().join(", "))];
        match people.len().saturating_sub(MOST_NAMES) {
            _ if people.is_empty() => None,
            0 => Some(names),
            more => {
                let args = [("people", Arg::from(names)), ("count", Arg::from(more as u64))];
                Some(locale.line(Phrase::PeopleAndMore, &args))
            }
        }
    }

    /// Returns how to mention whoever holds a role, seen or not.
    pub fn grantee(&self, locale: &Locale, grantee: &Grantee) -> Mention {
        match grantee {
            Grantee::Person(person) => self.mention(locale, *person),
            Grantee::Handle(handle) => unseen(handle),
            Grantee::Circle(circle) => everybody(circle),
        }
    }
}

fn unseen(handle: &Handle) -> Mention {
    Mention { handle: Some(handle.clone()), ..Mention::named(&visible(handle.name())) }
}

fn everybody(circle: &Circle) -> Mention {
    let name = format!("@{}", visible(circle.name()));
    Mention { circle: Some(circle.clone()), ..Mention::named(&name) }
}

impl Mention {
    /// Returns a mention of nobody in particular.
    pub fn named(name: &str) -> Self {
        Self { person: None, identity: None, handle: None, circle: None, name: name.to_owned() }
    }
}
