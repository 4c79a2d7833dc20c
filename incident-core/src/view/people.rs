//! The names behind the ids, for the length of one drawing.

use std::collections::{BTreeMap, BTreeSet};

use super::{Arg, Line, Locale, Mention, Phrase, Span};
use crate::ids::{ChatRef, Circle, Handle, PersonId, Platform};
use crate::incident::Incident;
use crate::ports::Person;
use crate::roster::Grantee;
use crate::text::visible;

/// How many people are named on a card before the rest is counted.
const MOST_NAMES: usize = 8;

/// The people that a card or message speaks of.
#[derive(Debug, Clone, Default)]
pub struct People {
    known: BTreeMap<PersonId, Person>,
    /// The platform on which they are named.
    on: Option<Platform>,
    /// Whose other accounts some of them are.
    links: BTreeMap<PersonId, PersonId>,
}

impl People {
    /// Collects people.
    pub fn new(people: impl IntoIterator<Item = Person>) -> Self {
        let known = people.into_iter().map(|person| (person.id, person)).collect();
        Self { known, on: None, links: BTreeMap::new() }
    }

    /// Names them on a platform: whoever has no account there is told apart by where they have one.
    #[must_use]
    pub const fn shown_on(mut self, platform: Platform) -> Self {
        self.on = Some(platform);
        self
    }

    /// Says whose other accounts some of them are.
    #[must_use]
    pub fn linked(mut self, links: &BTreeMap<PersonId, PersonId>) -> Self {
        self.links.clone_from(links);
        self
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
        match self.account(person) {
            Some(known) if self.is_foreign(known.profile.identity.platform) => {
                let name = elsewhere(known.profile.name.as_str(), known.profile.identity.platform);
                Mention { person: Some(person), ..Mention::named(&name) }
            }
            Some(known) => Mention {
                person: Some(person),
                identity: Some(known.profile.identity.clone()),
                handle: known.profile.handle.clone(),
                ..Mention::named(known.profile.name.as_str())
            },
            None => Mention { person: Some(person), ..Mention::named(&locale.text(Phrase::PersonUnknown)) },
        }
    }

    /// Returns a person as they are known where they are named, if they are known there, else as they are known at all.
    fn account(&self, person: PersonId) -> Option<&Person> {
        let known = self.known.get(&person);
        if !known.is_some_and(|known| self.is_foreign(known.profile.identity.platform)) {
            return known;
        }
        let who = |person| *self.links.get(&person).unwrap_or(&person);
        let mut same = self.known.values().filter(|other| who(other.id) == who(person));
        same.find(|other| !self.is_foreign(other.profile.identity.platform)).or(known)
    }

    fn is_foreign(&self, platform: Platform) -> bool {
        self.on.is_some_and(|on| on != platform)
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
            Grantee::Handle(handle) if self.is_foreign(handle.platform()) => {
                Mention::named(&elsewhere(&visible(handle.name()), handle.platform()))
            }
            Grantee::Handle(handle) => unseen(handle),
            Grantee::Circle(circle) if self.is_foreign(circle.platform()) => {
                Mention::named(&elsewhere(&visible(circle.name()), circle.platform()))
            }
            Grantee::Circle(circle) => everybody(circle),
        }
    }
}

/// Names somebody where they have no account.
fn elsewhere(name: &str, platform: Platform) -> String {
    format!("{name} ({})", platform.title())
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
        Self { person: None, identity: None, handle: None, circle: None, chat: None, name: name.to_owned() }
    }

    /// Returns a mention of a chat.
    pub fn of_chat(chat: &ChatRef) -> Self {
        Self { chat: Some(chat.clone()), ..Self::named(&chat.chat) }
    }
}
