//! The states of one incident, each once, and what leads from one to another.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write};
use std::time::Duration;

use super::Search;
use super::face::Face;
use crate::incident::{Command, Event, Incident, Input, Rejection, StateKind, Step, next_wake, step};
use crate::policy::Actor;
use crate::testkit::cast;
use crate::testkit::invariants::{self, Broken};
use crate::testkit::prove::Counterexample;
use crate::testkit::story::keep;
use crate::time::Timestamp;

/// One in so many arrivals at a known state is compared with the first.
const COMPARED: usize = 50;

pub(super) type Id = u32;
pub(super) type Outcome<T> = Result<T, Box<Counterexample>>;

/// A state: nothing yet, or an incident and how late it is.
#[derive(Debug)]
pub(super) struct Life {
    pub(super) incident: Option<Incident>,
    pub(super) now: Timestamp,
    pub(super) journal: Vec<Event>,
    /// Everything that was asked on the shortest way here.
    pub(super) way: Vec<Input>,
    /// Where what somebody may ask leads, each once; empty until it was looked for.
    next: Option<Vec<Id>>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) facts: BTreeSet<String>,
    pub(super) rejections: BTreeSet<String>,
    pub(super) states: BTreeSet<StateKind>,
    pub(super) asked: u64,
    pub(super) compared: usize,
    arrivals: usize,
}

/// All states that were found, by their faces.
#[derive(Debug)]
pub(super) struct Lives<'a> {
    pub(super) search: &'a Search,
    pub(super) all: Vec<Life>,
    known: BTreeMap<Option<Face>, Id>,
    aged: BTreeMap<(Id, Duration), Id>,
    pub(super) seen: Seen,
}

impl<'a> Lives<'a> {
    pub(super) fn begin(search: &'a Search) -> Self {
        let nothing =
            Life { incident: None, now: cast::START, journal: Vec::new(), way: Vec::new(), next: None };
        Self {
            search,
            all: vec![nothing],
            known: BTreeMap::from([(None, 0)]),
            aged: BTreeMap::new(),
            seen: Seen::default(),
        }
    }

    pub(super) fn of(&self, id: Id) -> &Life {
        &self.all[id as usize]
    }

    /// Returns when the incident must be looked at, from now.
    pub(super) fn due_in(&self, id: Id) -> Option<Duration> {
        let Life { incident, now, .. } = self.of(id);
        let due = next_wake(&self.search.policy, incident.as_ref()?)?;
        Some(due.since(*now))
    }

    /// Asks everything of everybody, and returns where it leads.
    pub(super) fn next(&mut self, id: Id) -> Outcome<Vec<Id>> {
        if let Some(next) = &self.of(id).next {
            return Ok(next.clone());
        }
        let mut next = BTreeSet::new();
        for input in self.questions(id) {
            next.extend(self.ask(id, input)?);
        }
        next.remove(&id);
        let next: Vec<Id> = next.into_iter().collect();
        self.all[id as usize].next = Some(next.clone());
        Ok(next)
    }

    /// Lets time pass without anybody looking.
    pub(super) fn aged(&mut self, id: Id, by: Duration) -> Outcome<Id> {
        if by.is_zero() || self.of(id).incident.is_none() {
            return Ok(id);
        }
        if let Some(aged) = self.aged.get(&(id, by)) {
            return Ok(*aged);
        }
        let Life { incident, now, journal, way, .. } = self.of(id);
        let life = Life {
            incident: incident.clone(),
            now: *now + by,
            journal: journal.clone(),
            way: way.clone(),
            next: None,
        };
        let aged = self.arrive(life)?;
        self.aged.insert((id, by), aged);
        Ok(aged)
    }

    /// Looks whether anything is due.
    pub(super) fn woken(&mut self, id: Id) -> Outcome<Id> {
        let input = self.question(id, Actor::System, Command::Wake);
        Ok(self.ask(id, input)?.unwrap_or(id))
    }

    /// Asks one thing, and returns where it leads, if anywhere.
    pub(super) fn ask(&mut self, id: Id, input: Input) -> Outcome<Option<Id>> {
        let result = self.step(id, &input);
        if let Some(property) = self.search.property {
            self.check(id, &input, &result, property)?;
        }
        let Ok(taken) = &result else {
            return Ok(None);
        };
        if let Command::Tag { tag } = &input.command {
            let back = Input { command: Command::Untag { tag: tag.clone() }, ..input.clone() };
            let untagged = step(&self.search.policy, Some(&taken.incident), &back);
            self.note(&untagged);
        }
        let now = input.at;
        if taken.events.is_empty() {
            return Ok(Some(id));
        }
        let face = Some(Face::of(&self.search.policy, &taken.incident, now));
        let known = self.known.get(&face).copied();
        if known == Some(id) && is_about_content(&input.command) {
            return Ok(known);
        }
        if known.is_none() {
            self.check(id, &input, &result, invariants::check)?;
        }
        let mut journal = self.of(id).journal.clone();
        keep(&mut journal, taken);
        let way = self.of(id).way.iter().cloned().chain([input]).collect();
        let incident = Some(taken.incident.clone());
        self.meet(face, Life { incident, now, journal, way, next: None }).map(Some)
    }

    fn step(&mut self, id: Id, input: &Input) -> Result<Step, Rejection> {
        let result = step(&self.search.policy, self.of(id).incident.as_ref(), input);
        self.note(&result);
        result
    }

    fn note(&mut self, result: &Result<Step, Rejection>) {
        self.seen.asked += 1;
        match result {
            Ok(step) => {
                self.seen.facts.extend(step.events.iter().map(|event| name(&event.fact)));
            }
            Err(rejection) => drop(self.seen.rejections.insert(name(rejection))),
        }
    }

    fn arrive(&mut self, life: Life) -> Outcome<Id> {
        let face = life.incident.as_ref().map(|incident| Face::of(&self.search.policy, incident, life.now));
        self.meet(face, life)
    }

    fn meet(&mut self, face: Option<Face>, life: Life) -> Outcome<Id> {
        if let Some(known) = self.known.get(&face).copied() {
            self.seen.arrivals += 1;
            if self.seen.arrivals.is_multiple_of(COMPARED) {
                self.compare(known, &life)?;
            }
            return Ok(known);
        }
        self.seen.states.extend(life.incident.as_ref().map(|incident| incident.state.kind()));
        self.check_early_and_again(&life)?;
        let id = self.all.len() as Id;
        self.known.insert(face, id);
        self.all.push(life);
        Ok(id)
    }

    /// Everything that the people, the assistant and the desk could ask.
    fn questions(&self, id: Id) -> Vec<Input> {
        let life = self.of(id);
        self.search
            .asked(life.incident.as_ref())
            .map(|(actor, command)| self.question(id, actor, command))
            .collect()
    }

    fn question(&self, id: Id, actor: Actor, command: Command) -> Input {
        Input::new(cast::INCIDENT, self.of(id).now, actor, command)
    }

    /// Requires that every state found can still come to an end.
    pub(super) fn all_can_end(&mut self) -> Outcome<()> {
        let known = self.all.len() as Id;
        let mut ends: BTreeSet<Id> = (1..known).filter(|id| self.is_over(*id)).collect();
        loop {
            let before = ends.len();
            for id in (1..known).rev() {
                let ends_here = ends.contains(&id) || self.can_end(id, &ends)?;
                ends.extend(ends_here.then_some(id));
            }
            if ends.len() == before {
                break;
            }
        }
        let Some(stuck) = (1..known).find(|id| !ends.contains(id)) else {
            return Ok(());
        };
        let how = "from here, nothing leads to an end".to_owned();
        Err(self.shown(self.of(stuck).way.iter(), Broken { invariant: "everything can end", how }))
    }

    fn is_over(&self, id: Id) -> bool {
        self.of(id).incident.as_ref().is_some_and(|incident| incident.state.is_terminal())
    }

    /// Tells whether something leads from here to an end, or to what is known to lead there.
    fn can_end(&mut self, id: Id, ends: &BTreeSet<Id>) -> Outcome<bool> {
        if let Some(next) = &self.of(id).next {
            return Ok(next.iter().any(|next| ends.contains(next)));
        }
        let mut questions = self.questions(id);
        questions.sort_by_key(|input| !ends_it(&input.command));
        for input in questions {
            let Ok(step) = self.step(id, &input) else {
                continue;
            };
            let face = Face::of(&self.search.policy, &step.incident, input.at);
            let there = self.known.get(&Some(face)).is_some_and(|there| ends.contains(there));
            if there || step.incident.state.is_terminal() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Tells whether a command changes only what an incident is about.
pub(super) fn is_about_content(command: &Command) -> bool {
    matches!(
        command,
        Command::SetPriority { .. }
            | Command::SetSeverity { .. }
            | Command::Tag { .. }
            | Command::Untag { .. }
            | Command::EditDescription { .. }
            | Command::AddNote { .. }
            | Command::Attach { .. }
    )
}

/// Tells whether a command is the shortest way to an end.
fn ends_it(command: &Command) -> bool {
    matches!(command, Command::Close { .. } | Command::Cancel { .. } | Command::Confirm)
}

/// Writes the name of a variant, and stops where its fields begin.
#[derive(Default)]
struct Name(String);

impl Write for Name {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = text.find(|letter: char| !letter.is_alphanumeric());
        self.0.push_str(&text[..end.unwrap_or(text.len())]);
        if end.is_some() { Err(fmt::Error) } else { Ok(()) }
    }
}

fn name(variant: &impl fmt::Debug) -> String {
    let mut name = Name::default();
    write!(name, "{variant:?}").ok();
    name.0
}
