//! What figures need to know of one incident, and the times that follow from it.

use std::time::Duration;

use crate::ids::{GroupId, IncidentId, Number, PersonId, TeamId};
use crate::incident::{CloseReason, Cycle, Incident, Level, State, StateKind, Stint, Tag};
use crate::ports::Filed;
use crate::time::Timestamp;

/// An incident as the columns of a store tell it, with nothing that people wrote but its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: IncidentId,
    /// The number people use.
    pub number: Number,
    /// The group it was reported in.
    pub group: GroupId,
    /// Who reported it.
    pub reporter: PersonId,
    /// The state.
    pub state: StateKind,
    /// Why it was closed, if it was.
    pub close_reason: Option<CloseReason>,
    /// Who is asked, or was in the end.
    pub level: Level,
    /// The responsible team.
    pub team: Option<TeamId>,
    /// How often it was opened.
    pub cycle: Cycle,
    /// Who resolved it, or promised the summary.
    pub resolver: Option<PersonId>,
    /// When it was reported.
    pub created_at: Timestamp,
    /// When the present cycle began.
    pub cycle_at: Timestamp,
    /// When it came to its present team.
    pub routed_at: Option<Timestamp>,
    /// When it was first claimed in this cycle.
    pub first_ack_at: Option<Timestamp>,
    /// When a higher level was last asked, in whatever cycle.
    pub escalated_at: Option<Timestamp>,
    /// When the last summary was promised, in whatever cycle.
    pub resolution_requested_at: Option<Timestamp>,
    /// When it was last resolved, in whatever cycle.
    pub resolved_at: Option<Timestamp>,
    /// When it was last closed, in whatever cycle.
    pub closed_at: Option<Timestamp>,
    /// How long it was on hold in this cycle, the present hold excluded.
    pub held: Duration,
    /// Who held it, when, in all cycles.
    pub stints: Vec<Stint>,
    /// Its tags, in their order.
    pub tags: Vec<Tag>,
}

impl From<&Filed> for Case {
    fn from(filed: &Filed) -> Self {
        let incident = &filed.incident;
        let clocks = &incident.clocks;
        Self {
            id: incident.id,
            number: filed.number,
            group: incident.group,
            reporter: incident.reporter,
            state: incident.state.kind(),
            close_reason: close_reason(incident),
            level: incident.level,
            team: incident.team,
            cycle: incident.cycle,
            resolver: incident.resolver(),
            created_at: clocks.created_at,
            cycle_at: clocks.cycle_at,
            routed_at: clocks.routed_at,
            first_ack_at: clocks.first_ack_at,
            escalated_at: clocks.escalated_at,
            resolution_requested_at: clocks.resolution_requested_at,
            resolved_at: clocks.resolved_at,
            closed_at: clocks.closed_at,
            held: clocks.held,
            stints: incident.stints.clone(),
            tags: incident.tags.iter().cloned().collect(),
        }
    }
}

const fn close_reason(incident: &Incident) -> Option<CloseReason> {
    match &incident.state {
        State::Closed { reason, .. } => Some(*reason),
        State::Triage(_)
        | State::Open(_)
        | State::Acknowledged { .. }
        | State::OnHold(_)
        | State::PendingSummary(_)
        | State::Resolved(_) => None,
    }
}

impl Case {
    /// Tells whether it counts: it does unless it was closed as cancelled or as a duplicate.
    pub const fn is_counted(&self) -> bool {
        !matches!(self.close_reason, Some(CloseReason::Cancelled | CloseReason::Duplicate))
    }

    /// Tells whether it was resolved, and not opened again since; one that closed for want of a summary was not.
    pub const fn is_resolved(&self) -> bool {
        self.state.is_terminal() && self.resolver.is_some()
    }

    /// Tells whether a higher level was asked in this cycle.
    pub fn is_escalated(&self) -> bool {
        self.escalated_in_cycle().is_some()
    }

    /// Returns when the work ended, if it did.
    pub const fn ended_at(&self) -> Option<Timestamp> {
        match self.state {
            StateKind::Resolved => self.resolved_at,
            StateKind::Closed => self.closed_at,
            StateKind::Triage
            | StateKind::Open
            | StateKind::Acknowledged
            | StateKind::OnHold
            | StateKind::PendingSummary => None,
        }
    }

    /// Returns when it came to its present team in this cycle, or else when the cycle began.
    pub fn team_since(&self) -> Timestamp {
        self.routed_at.map_or(self.cycle_at, |at| at.max(self.cycle_at))
    }

    /// Returns the triage time: from the beginning of the cycle to its first claim, which a release does not undo.
    pub fn until_claimed(&self) -> Option<Duration> {
        self.first_ack_at.map(|at| at.since(self.cycle_at))
    }

    /// Returns when somebody first held it for its present team, since it came there.
    pub fn team_claimed_at(&self) -> Option<Timestamp> {
        let since = self.team_since();
        self.first_stint(|stint| stint.team == self.team && stint.from >= since)
    }

    /// Returns the time from its arrival at its present team to the first claim there.
    pub fn until_team_claimed(&self) -> Option<Duration> {
        self.team_claimed_at().map(|at| at.since(self.team_since()))
    }

    /// Returns when somebody first held it above the first level, since a higher level was last asked.
    pub fn escalation_claimed_at(&self) -> Option<Timestamp> {
        let since = self.escalated_in_cycle()?;
        self.first_stint(|stint| stint.level > Level::FIRST && stint.from >= since)
    }

    /// Returns the manager's response time: from the last escalation of this cycle to the claim that followed.
    pub fn until_escalation_claimed(&self) -> Option<Duration> {
        let since = self.escalated_in_cycle()?;
        self.escalation_claimed_at().map(|at| at.since(since))
    }

    /// Returns the total resolution time: from the beginning of the cycle to the resolution, all waits included.
    pub fn until_resolved(&self) -> Option<Duration> {
        self.resolution().map(|at| at.since(self.cycle_at))
    }

    /// Returns the total resolution time without what it was on hold.
    pub fn until_resolved_unheld(&self) -> Option<Duration> {
        self.until_resolved().map(|time| time.saturating_sub(self.held))
    }

    /// Returns the time from its arrival at the team that resolved it to the resolution.
    pub fn until_team_resolved(&self) -> Option<Duration> {
        self.resolution().map(|at| at.since(self.team_since()))
    }

    /// Returns when the last escalation of this cycle was.
    pub(super) fn escalated_in_cycle(&self) -> Option<Timestamp> {
        self.escalated_at.filter(|at| *at >= self.cycle_at)
    }

    /// Returns when its work was done by the desk's own measure: when the summary was promised that resolved it.
    pub(super) fn done_at(&self) -> Option<Timestamp> {
        let resolved = self.resolution();
        let waits = self.state == StateKind::PendingSummary;
        let promised = self.resolution_requested_at.filter(|at| *at >= self.cycle_at);
        match (promised, resolved) {
            (Some(promised), Some(resolved)) => Some(promised.min(resolved)),
            (Some(promised), None) if waits => Some(promised),
            (_, resolved) => resolved,
        }
    }

    fn resolution(&self) -> Option<Timestamp> {
        self.resolved_at.filter(|_| self.is_resolved())
    }

    fn first_stint(&self, which: impl Fn(&Stint) -> bool) -> Option<Timestamp> {
        let own = self.stints.iter().filter(|stint| stint.cycle == self.cycle);
        own.filter(|stint| which(stint)).map(|stint| stint.from).min()
    }
}
