//! The incident as a whole: its state with everything that outlasts a change of state.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::event::SlaKind;
use super::state::{Cycle, Level, Outcome, Priority, Severity, State, Stint, Tag};
use crate::ids::{CompanyId, GroupId, IncidentId, PersonId, TeamId, Version};
use crate::text::Text;
use crate::time::Timestamp;

/// The instants and spans from which every figure is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clocks {
    /// When it was reported.
    pub created_at: Timestamp,
    /// When the last event happened.
    pub updated_at: Timestamp,
    /// When a person last did something.
    pub active_at: Timestamp,
    /// When this cycle began; the report or the last reopening.
    pub cycle_at: Timestamp,
    /// When it came to its present team.
    pub routed_at: Option<Timestamp>,
    /// When it was first claimed in this cycle; a release does not clear it.
    pub first_ack_at: Option<Timestamp>,
    /// When the present holders took it; a release clears it.
    pub ack_at: Option<Timestamp>,
    /// When a higher level was last asked.
    pub escalated_at: Option<Timestamp>,
    /// When it was first claimed above the first level in this cycle.
    pub escalation_ack_at: Option<Timestamp>,
    /// When the last summary was promised.
    pub resolution_requested_at: Option<Timestamp>,
    /// When it was last resolved.
    pub resolved_at: Option<Timestamp>,
    /// When it was last closed.
    pub closed_at: Option<Timestamp>,
    /// How long it was on hold in this cycle, the present hold excluded.
    pub held: Duration,
    /// How much of that was over when it came to its present team.
    #[serde(default)]
    pub held_when_routed: Duration,
}

/// An incident: the unit of work. Always the fold of its events; see [`evolve`](super::evolve).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its id.
    pub id: IncidentId,
    /// The company it belongs to.
    pub company: CompanyId,
    /// The group it was reported in.
    pub group: GroupId,
    /// The topic or thread of that group, named as the platform names it.
    pub topic: Option<Text>,
    /// How many events it is the fold of.
    pub version: Version,
    /// The version in which state, level or team last changed; a button drawn earlier is stale.
    pub turned: Version,
    /// The version in which level, team or cycle last changed; a Claim drawn earlier is stale.
    pub moved: Version,
    /// Who reported it.
    pub reporter: PersonId,
    /// What was reported.
    pub description: Text,
    /// Who wrote that, the reporter or somebody who corrected it.
    pub described_by: Option<PersonId>,
    /// How many attachments it has.
    pub attachments: u16,
    /// The state.
    pub state: State,
    /// Who is asked.
    pub level: Level,
    /// The responsible team.
    pub team: Option<TeamId>,
    /// How urgent it is.
    pub priority: Priority,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// The words that group it.
    pub tags: BTreeSet<Tag>,
    /// Who held it, when.
    pub stints: Vec<Stint>,
    /// How often it was opened.
    pub cycle: Cycle,
    /// How many messages of the reporter it has.
    pub replies: u32,
    /// How many automatic answers it got since the last person acted.
    pub answers: u8,
    /// Which promised times were broken in this cycle.
    pub breached: BTreeSet<SlaKind>,
    /// When the reporter was asked whether it still matters, and has not answered.
    pub idle_warned_at: Option<Timestamp>,
    /// Whether its surface was taken away and its transcript kept.
    pub archived: bool,
    /// The instants and spans.
    pub clocks: Clocks,
}

impl Incident {
    /// Lists those who hold it at the present level and for the present team, longest first.
    pub fn assignees(&self) -> impl Iterator<Item = PersonId> {
        self.stints
            .iter()
            .filter(|stint| stint.is_open() && stint.level == self.level && stint.team == self.team)
            .map(|stint| stint.person)
    }

    /// Lists those who took part below the present level and have not left.
    pub fn participants(&self) -> impl Iterator<Item = PersonId> {
        self.stints
            .iter()
            .filter(|stint| stint.is_open() && !(stint.level == self.level && stint.team == self.team))
            .map(|stint| stint.person)
    }

    /// Tells whether a person holds it at any level.
    pub fn holds(&self, person: PersonId) -> bool {
        self.stints.iter().any(|stint| stint.is_open() && stint.person == person)
    }

    /// Tells whether a person holds it at a level, for the present team.
    pub fn holds_at(&self, person: PersonId, level: Level) -> bool {
        self.stints.iter().any(|stint| {
            stint.is_open() && stint.person == person && stint.level == level && stint.team == self.team
        })
    }

    /// Tells whether a person ever held it.
    pub fn held(&self, person: PersonId) -> bool {
        self.stints.iter().any(|stint| stint.person == person)
    }

    /// Returns who resolved it, or promised the summary.
    pub fn resolver(&self) -> Option<PersonId> {
        match &self.state {
            State::PendingSummary(pending) => Some(pending.resolver),
            State::Resolved(outcome) | State::Closed { outcome: Some(outcome), .. } => Some(outcome.by),
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::Closed { outcome: None, .. } => None,
        }
    }

    /// Returns the resolution, if it was resolved.
    pub const fn outcome(&self) -> Option<&Outcome> {
        match &self.state {
            State::Resolved(outcome) | State::Closed { outcome: Some(outcome), .. } => Some(outcome),
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_)
            | State::Closed { outcome: None, .. } => None,
        }
    }

    /// Returns when the work ended, if it did.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Resolved(outcome) => Some(outcome.at),
            State::Closed { at, .. } => Some(*at),
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_) => None,
        }
    }

    /// Returns how long a person has worked on it until `now`.
    pub fn active_time(&self, person: PersonId, now: Timestamp) -> Duration {
        self.stints
            .iter()
            .filter(|stint| stint.person == person)
            .map(|stint| stint.until.map_or(now, |(until, _)| until).since(stint.from))
            .sum()
    }
}
