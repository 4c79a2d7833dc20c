//! Rules as sentences: given what happened before, when somebody asks for something, then this follows.

use std::time::Duration;

use super::cast;
use super::invariants::Held;
use super::story::{Moment, keep};
use crate::ids::{PersonId, Version};
use crate::incident::{
    By, Command, Effect, Event, Fact, Incident, Input, Rejection, State, StateKind, Step, evolve, next_wake,
    step,
};
use crate::policy::{Actor, Policy};
use crate::time::Timestamp;

/// Somebody who asks: an actor, or one of the [cast] with the standing they have there.
#[derive(Debug, Clone)]
pub struct Asker(Actor);

impl From<Actor> for Asker {
    fn from(actor: Actor) -> Self {
        Self(actor)
    }
}

impl From<PersonId> for Asker {
    fn from(person: PersonId) -> Self {
        Self(cast::actor(person))
    }
}

/// What happened so far.
#[derive(Debug, Clone)]
pub struct Given {
    policy: Policy,
    now: Timestamp,
    incident: Option<Incident>,
    journal: Vec<Event>,
    seen: Option<Version>,
}

/// What was asked, and what followed.
#[derive(Debug)]
pub struct When {
    given: Given,
    input: Input,
    result: Result<Step, Rejection>,
}

/// Begins a rule: nothing has happened yet.
pub const fn given(policy: Policy) -> Given {
    Given { policy, now: cast::START, incident: None, journal: Vec::new(), seen: None }
}

impl Given {
    /// Asks for things, one second after the other, which must all be accepted.
    #[must_use]
    #[track_caller]
    pub fn after<A: Into<Asker>>(self, asked: impl IntoIterator<Item = (A, Command)>) -> Self {
        let mut given = self;
        for (who, command) in asked {
            given = given.asked(who, command);
        }
        given
    }

    /// Asks for one thing, a second later, which must be accepted.
    #[must_use]
    #[track_caller]
    pub fn asked(self, who: impl Into<Asker>, command: Command) -> Self {
        let what = format!("{command:?}");
        let when = self.later(Duration::from_secs(1)).when(who, command);
        match &when.result {
            Ok(_) => when.and(),
            Err(rejection) => panic!("{what} was refused: {rejection:?}"),
        }
    }

    /// Lets facts happen, whether or not they could.
    #[must_use]
    pub fn after_facts(mut self, by: By, facts: impl IntoIterator<Item = Fact>) -> Self {
        for fact in facts {
            let event = Event { at: self.now, by, fact };
            self.incident = evolve(cast::INCIDENT, self.incident, &event);
            self.journal.push(event);
        }
        self
    }

    /// Lets time pass.
    #[must_use]
    pub fn later(mut self, by: Duration) -> Self {
        self.now = self.now + by;
        self
    }

    /// Lets the clock go back, as clocks do when they are corrected.
    #[must_use]
    pub fn earlier(mut self, by: Duration) -> Self {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.now = Timestamp::from_micros(self.now.as_micros().saturating_sub(micros));
        self
    }

    /// Sets the clock, forwards or back.
    #[must_use]
    pub const fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// Lets the next question be asked by a button that was drawn for a version.
    #[must_use]
    pub const fn seeing(mut self, version: Version) -> Self {
        self.seen = Some(version);
        self
    }

    /// Follows other rules from now on.
    #[must_use]
    pub fn under(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Asks for something.
    pub fn when(mut self, who: impl Into<Asker>, command: Command) -> When {
        let Asker(actor) = who.into();
        let seen = self.seen.take();
        let input = Input { incident: cast::INCIDENT, at: self.now, actor, seen, command };
        let result = step(&self.policy, self.incident.as_ref(), &input);
        When { given: self, input, result }
    }

    /// Lets time pass and looks whether anything is due.
    pub fn woken_after(self, by: Duration) -> When {
        self.later(by).when(Actor::System, Command::Wake)
    }

    /// Returns the incident.
    ///
    /// # Panics
    /// If there is none yet.
    #[track_caller]
    pub fn incident(&self) -> &Incident {
        self.incident.as_ref().expect("nothing was reported yet")
    }

    /// Returns what happened, oldest first.
    pub fn journal(&self) -> &[Event] {
        &self.journal
    }

    /// Returns the rules.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Returns what the clock shows.
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}

impl When {
    /// Requires that exactly this happened.
    #[track_caller]
    pub fn then(self, facts: impl IntoIterator<Item = Fact>) -> Self {
        let happened: Vec<Fact> = self.step().events.iter().map(|event| event.fact.clone()).collect();
        assert_eq!(happened, facts.into_iter().collect::<Vec<_>>());
        self
    }

    /// Requires that exactly this is owed for it.
    #[track_caller]
    pub fn then_effects(self, effects: impl IntoIterator<Item = Effect>) -> Self {
        assert_eq!(self.step().effects, effects.into_iter().collect::<Vec<_>>());
        self
    }

    /// Requires that it came to a state.
    #[track_caller]
    pub fn then_in(self, state: StateKind) -> Self {
        assert_eq!(self.step().incident.state.kind(), state);
        self
    }

    /// Requires that it came to exactly this state.
    #[track_caller]
    pub fn then_state(self, state: State) -> Self {
        assert_eq!(self.step().incident.state, state);
        self
    }

    /// Requires that somebody looks again so long after now, or that nobody needs to.
    #[track_caller]
    pub fn then_wake_in(self, after: Option<Duration>) -> Self {
        assert_eq!(self.step().wake_at, after.map(|after| self.given.now + after));
        self
    }

    /// Requires that a property holds, be it [all invariants](super::invariants::check) or one of your own.
    #[track_caller]
    pub fn keeps(self, property: impl FnOnce(&Moment<'_>) -> Held) -> Self {
        let mut journal = self.given.journal.clone();
        if let Ok(step) = &self.result {
            keep(&mut journal, step);
        }
        let held = property(&Moment {
            policy: &self.given.policy,
            before: self.given.incident.as_ref(),
            input: &self.input,
            result: &self.result,
            journal: &journal,
        });
        if let Err(broken) = held {
            panic!("{broken}");
        }
        self
    }

    /// Requires that it was refused, and that nothing changed.
    #[track_caller]
    pub fn refused(self, rejection: Rejection) -> Given {
        match self.result {
            Err(refused) => assert_eq!(refused, rejection),
            Ok(step) => panic!("accepted: {:?}", step.events),
        }
        self.given
    }

    /// Goes on from what followed.
    #[must_use]
    #[track_caller]
    pub fn and(self) -> Given {
        let step = self.result.unwrap_or_else(|rejection| panic!("refused: {rejection:?}"));
        let mut given = self.given;
        debug_assert_eq!(step.wake_at, next_wake(&given.policy, &step.incident));
        keep(&mut given.journal, &step);
        given.incident = Some(step.incident);
        given
    }

    /// Returns what followed.
    ///
    /// # Panics
    /// If it was refused.
    #[track_caller]
    pub fn step(&self) -> &Step {
        match &self.result {
            Ok(step) => step,
            Err(rejection) => panic!("refused: {rejection:?}"),
        }
    }
}
