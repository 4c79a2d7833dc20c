//! Stories: what several people do to one incident, in an order nobody planned. A story is made of choices
//! rather than of commands: what a choice means is found when its turn comes, among the things that make sense
//! then. So stories reach deep states, and remain stories when proptest leaves turns out to shorten them.

use std::fmt;
use std::time::Duration;

use super::invariants::{self, Broken, Held};
use super::{cast, explore, shorten};
use crate::ids::Version;
use crate::incident::{Command, Event, Fact, Incident, Input, Rejection, Step, next_wake, step};
use crate::policy::{Actor, Policy};
use crate::time::Timestamp;

/// What the clock does before a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// Stands still.
    Still,
    /// Goes on.
    Forward(Duration),
    /// Goes back, as clocks do when they are corrected.
    Back(Duration),
    /// Goes to the moment at which something falls due, or a minute on if nothing will.
    Due,
}

/// What is done in a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Something that is accepted, if anything is: the first command from here that is, by the first actor
    /// from here who may.
    Sensible(u16, u16),
    /// Whatever comes up, by whoever comes up, having seen a version so many ago.
    Wild(u16, u16, Option<u8>),
    /// The desk looks whether anything is due.
    Wake,
}

/// A turn of a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// What the clock does first.
    pub jump: Jump,
    /// What is done then.
    pub choice: Choice,
}

/// A story. Its `Debug` form is the given/when/then that repeats it, or the least of it that breaks an invariant.
#[derive(Clone, PartialEq, Eq)]
pub struct Story {
    /// The rules it plays under.
    pub policy: Policy,
    /// What happens.
    pub turns: Vec<Turn>,
}

/// A turn that was taken, as an invariant sees it.
#[derive(Debug, Clone, Copy)]
pub struct Moment<'a> {
    /// The rules.
    pub policy: &'a Policy,
    /// The incident before; `None` if nothing was reported yet.
    pub before: Option<&'a Incident>,
    /// What was asked.
    pub input: &'a Input,
    /// What followed.
    pub result: &'a Result<Step, Rejection>,
    /// Everything that happened to the incident, this turn included, as a store would keep it.
    pub journal: &'a [Event],
}

impl Moment<'_> {
    /// Returns the incident after the turn, if there is one by now.
    pub fn incident(&self) -> Option<&Incident> {
        self.result.as_ref().map_or(self.before, |step| Some(&step.incident))
    }
}

/// A story that was played to its end.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The incident in the end.
    pub incident: Option<Incident>,
    /// What happened to it, oldest first.
    pub journal: Vec<Event>,
}

impl Story {
    /// Plays the story, showing every turn that was taken.
    ///
    /// # Errors
    /// Stops where `watch` finds something broken.
    pub fn play(&self, mut watch: impl FnMut(&Moment<'_>) -> Result<(), Broken>) -> Result<Told, Broken> {
        let mut told = Told::default();
        let mut now = cast::START;
        for turn in &self.turns {
            now = self.clock(now, turn.jump, told.incident.as_ref());
            let (input, result) = self.choose(turn.choice, now, told.incident.as_ref());
            let before = told.incident.take();
            if let Ok(step) = &result {
                keep(&mut told.journal, step);
            }
            let moment = Moment {
                policy: &self.policy,
                before: before.as_ref(),
                input: &input,
                result: &result,
                journal: &told.journal,
            };
            watch(&moment)?;
            told.incident = result.map_or(before, |step| Some(step.incident));
        }
        Ok(told)
    }

    /// Plays the story and requires every invariant after every turn.
    ///
    /// # Errors
    /// Names the first invariant that was broken.
    pub fn keeps_every_invariant(&self) -> Result<Told, Broken> {
        self.play(invariants::check)
    }

    /// Tells the story as the given/when/then that repeats it; if it breaks a property, the least of it that does.
    ///
    /// `name` is how the property can be called there. What changed nothing is left out, but for the last turn.
    pub fn retold(&self, name: &str, property: impl Fn(&Moment<'_>) -> Held) -> String {
        let mut inputs = Vec::new();
        let asked = self.play(|moment| {
            inputs.push(moment.input.clone());
            Ok(())
        });
        debug_assert!(asked.is_ok(), "nothing was required");
        shorten::told(&self.policy, inputs, (name, property))
    }

    fn clock(&self, now: Timestamp, jump: Jump, incident: Option<&Incident>) -> Timestamp {
        match jump {
            Jump::Still => now,
            Jump::Forward(by) => now + by,
            Jump::Back(by) => {
                let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
                Timestamp::from_micros(now.as_micros().saturating_sub(micros))
            }
            Jump::Due => incident
                .and_then(|incident| next_wake(&self.policy, incident))
                .map_or(now + Duration::from_secs(60), |due| due.max(now)),
        }
    }

    fn choose(
        &self,
        choice: Choice,
        now: Timestamp,
        incident: Option<&Incident>,
    ) -> (Input, Result<Step, Rejection>) {
        let asked = |actor: Actor, command: Command, seen: Option<Version>| {
            let input = Input { seen, ..Input::new(cast::INCIDENT, now, actor, command) };
            let result = step(&self.policy, incident, &input);
            (input, result)
        };
        let (commands, actors) = (explore::commands(incident), cast::actors());
        match choice {
            Choice::Wake => asked(Actor::System, Command::Wake, None),
            Choice::Wild(command, actor, ago) => {
                let at = incident.map_or(0, |incident| incident.version.get());
                let seen = ago.map(|ago| Version::new(at.saturating_sub(u32::from(ago))));
                let command = commands[usize::from(command) % commands.len()].clone();
                asked(actors[usize::from(actor) % actors.len()].clone(), command, seen)
            }
            Choice::Sensible(command, actor) => {
                let (from, who) = (usize::from(command), usize::from(actor));
                let sensible = turned(&commands, from).find_map(|command| {
                    let ends_early = from % 5 != 0;
                    turned(&actors, who)
                        .map(|actor| asked(actor.clone(), command.clone(), None))
                        .take_while(|(_, result)| !matches!(result, Err(Rejection::WrongState { .. })))
                        .find(|(_, result)| matches!(result, Ok(step) if !(ends_early && ended(incident, step))))
                });
                sensible.unwrap_or_else(|| asked(Actor::System, Command::Wake, None))
            }
        }
    }
}

fn turned<T>(things: &[T], from: usize) -> impl Iterator<Item = &T> {
    let from = from % things.len();
    things[from..].iter().chain(&things[..from])
}

fn ended(before: Option<&Incident>, step: &Step) -> bool {
    step.incident.state.is_terminal() && before.is_some_and(|before| !before.state.is_terminal())
}

/// Adds to a journal what a step says, as a store does: erasure reaches back.
pub(super) fn keep(journal: &mut Vec<Event>, step: &Step) {
    for event in &step.events {
        if let Fact::SubjectErased { person } = event.fact {
            journal.iter_mut().for_each(|earlier| earlier.erase(person, step.incident.reporter));
        }
        journal.push(event.clone());
    }
}

impl fmt::Debug for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.retold("check", invariants::check))
    }
}
