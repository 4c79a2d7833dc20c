//! The incident: what it is, and [`step`], the one way to change it.
//!
//! Four pure functions do the work, a file each: `decide` may refuse and says what happened, [`evolve`] folds
//! what happened into the state, `react` says what the world is owed for it, [`next_wake`] when to look again.
//! Deadlines are derived from the state rather than scheduled, so a restart cannot lose one and a claim
//! cannot leave a stale one behind.
//!
#![doc = include_str!("../docs/state-diagrams.md")]

mod aggregate;
mod command;
mod decide;
mod effect;
mod event;
mod evolve;
mod react;
mod rejection;
mod state;
mod wake;

pub use aggregate::{Clocks, Incident};
pub use command::{Attachment, Command, Finding, PageOutcome, Report, TeamChoice};
pub(crate) use effect::Reach;
pub use effect::{Audience, Effect, Lane, Notice, Prompt};
pub use event::{By, Ending, Event, Fact, SlaKind};
pub use evolve::{evolve, fold};
pub use rejection::{Invalid, Rejection};
pub use state::{
    Calls, CloseReason, Cycle, Hold, HoldReason, Level, Outcome, Pending, Priority, ResumeTo, Severity,
    State, StateKind, Stint, Tag, TriageState, Waiting,
};
pub use wake::next_wake;

use serde::{Deserialize, Serialize};

use crate::ids::{IncidentId, Version};
use crate::policy::{Actor, Policy};
use crate::time::Timestamp;

/// Something asked of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// Which incident; minted by the caller where it is to be created.
    pub incident: IncidentId,
    /// When. An instant before the last event counts as the instant of the last event.
    pub at: Timestamp,
    /// By whom.
    pub actor: Actor,
    /// The version that the asker saw, where a button says so.
    pub seen: Option<Version>,
    /// What.
    pub command: Command,
}

impl Input {
    /// Asks something, without having seen a particular version.
    pub const fn new(incident: IncidentId, at: Timestamp, actor: Actor, command: Command) -> Self {
        Self { incident, at, actor, seen: None, command }
    }
}

/// What follows from an accepted input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The state afterwards.
    pub incident: Incident,
    /// What happened; empty only if a wake came too early.
    pub events: Vec<Event>,
    /// What the world is owed for it.
    pub effects: Vec<Effect>,
    /// When the incident must be looked at again.
    pub wake_at: Option<Timestamp>,
}

/// Judges an input: what would happen, or why it may not.
///
/// Pure and total: equal arguments give equal answers, no argument makes it panic, and a refusal changes
/// nothing. `incident` is `None` where none exists yet; only [`Command::Create`] is accepted then.
///
/// # Errors
/// A [`Rejection`] is an ordinary answer, meant for the person who asked.
pub fn step(policy: &Policy, incident: Option<&Incident>, input: &Input) -> Result<Step, Rejection> {
    let at = incident.map_or(input.at, |incident| incident.clocks.updated_at.max(input.at));
    let facts = decide::decide(policy, incident, input, at)?;
    // Looking is nobody's act, whoever looks: else it would count as a sign that somebody still cares.
    let by = if matches!(input.command, Command::Wake) { By::System } else { input.actor.by() };
    let mut after = incident.cloned();
    let mut events = Vec::with_capacity(facts.len());
    let mut effects = Vec::with_capacity(2);
    for fact in facts {
        let event = Event { at, by, fact };
        evolve::happen(input.incident, &mut after, &event);
        if let Some(state) = &after {
            react::react(policy, state, &event, &mut effects);
        }
        events.push(event);
    }
    let incident = after.ok_or(Rejection::Unknown)?;
    let wake_at = next_wake(policy, &incident);
    Ok(Step { incident, events, effects, wake_at })
}
