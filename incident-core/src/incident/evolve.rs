//! Facts to state. Total: whatever a journal contains, folding it neither refuses nor panics. Whether a fact
//! made sense was judged when it happened, and is not judged again.

mod ending;
mod holding;

use std::collections::BTreeSet;
use std::time::Duration;

use super::aggregate::{Clocks, Incident};
use super::event::{By, Ending, Event, Fact};
use super::state::{
    Calls, Cycle, Hold, HoldReason, Level, Pending, ResumeTo, State, StateKind, TriageState, Waiting,
};
use crate::ids::{IncidentId, PersonId, TeamId, Version};
use crate::text::Text;
use crate::time::Timestamp;

/// Returns the state after one more event; `None` until the incident was created.
pub fn evolve(id: IncidentId, incident: Option<Incident>, event: &Event) -> Option<Incident> {
    let Some(mut incident) = incident else {
        return create(id, event);
    };
    advance(&mut incident, event);
    Some(incident)
}

/// Returns the state after a whole journal.
pub fn fold<'a>(id: IncidentId, events: impl IntoIterator<Item = &'a Event>) -> Option<Incident> {
    let mut incident = None;
    for event in events {
        happen(id, &mut incident, event);
    }
    incident
}

/// Lets one more event happen, in place.
pub(super) fn happen(id: IncidentId, incident: &mut Option<Incident>, event: &Event) {
    match incident {
        Some(incident) => advance(incident, event),
        None => *incident = create(id, event),
    }
}

pub(super) fn advance(incident: &mut Incident, event: &Event) {
    let before = (incident.state.kind(), incident.level, incident.team, incident.cycle);
    let held_since = match &incident.state {
        State::OnHold(hold) => Some(hold.since),
        State::Triage(_)
        | State::Open(_)
        | State::Acknowledged { .. }
        | State::PendingSummary(_)
        | State::Resolved(_)
        | State::Closed { .. } => None,
    };
    apply(incident, event);
    incident.version = incident.version.next();
    incident.clocks.updated_at = event.at;
    if matches!(event.by, By::Person(_)) {
        incident.clocks.active_at = event.at;
        incident.idle_warned_at = None;
    }
    let after = (incident.state.kind(), incident.level, incident.team, incident.cycle);
    if before != after {
        incident.turned = incident.version;
    }
    if (before.1, before.2, before.3) != (after.1, after.2, after.3) {
        incident.moved = incident.version;
    }
    if let Some(since) = held_since
        && after.0 != StateKind::OnHold
    {
        incident.clocks.held += event.at.since(since);
    }
}

fn create(id: IncidentId, event: &Event) -> Option<Incident> {
    let Fact::Created { company, group, topic, reporter, description, priority, triage, cycle } = &event.fact
    else {
        return None;
    };
    let at = event.at;
    let first = Version::NONE.next();
    let state = if *triage {
        State::Triage(TriageState { since: at, nudges: 0 })
    } else {
        State::Open(Waiting::from(at))
    };
    Some(Incident {
        id,
        company: *company,
        group: *group,
        topic: topic.clone(),
        version: first,
        turned: first,
        moved: first,
        reporter: *reporter,
        description: description.clone(),
        described_by: Some(*reporter),
        attachments: 0,
        state,
        level: Level::FIRST,
        team: None,
        priority: *priority,
        severity: None,
        tags: BTreeSet::new(),
        stints: Vec::new(),
        cycle: Cycle(*cycle),
        replies: 0,
        answers: 0,
        breached: BTreeSet::new(),
        idle_warned_at: None,
        archived: false,
        clocks: Clocks {
            created_at: at,
            updated_at: at,
            active_at: at,
            cycle_at: at,
            routed_at: None,
            first_ack_at: None,
            ack_at: None,
            escalated_at: None,
            escalation_ack_at: None,
            resolution_requested_at: None,
            resolved_at: None,
            closed_at: None,
            held: Duration::ZERO,
            held_when_routed: Duration::ZERO,
        },
    })
}

fn apply(incident: &mut Incident, event: &Event) {
    let at = event.at;
    match &event.fact {
        Fact::Routed { team, .. } => incident.route(*team, at),
        Fact::Triaged { severity, .. } | Fact::SeverityChanged { severity } => {
            incident.severity = Some(*severity)
        }
        Fact::AutoAnswered { .. } => incident.await_verdict(at),
        Fact::Acknowledged { person, .. } => incident.acknowledge(*person, at),
        Fact::Joined { person } => incident.begin_stint(*person, at),
        Fact::Released { person } => incident.end_stint_of(*person, Ending::Released, at),
        Fact::ClaimRevoked { person, .. } => incident.end_stint_of(*person, Ending::Revoked, at),
        Fact::Reassigned { from, .. } => incident.end_stint_of(*from, Ending::Reassigned, at),
        Fact::Unassigned => incident.unassign(at),
        Fact::Assigned { person } => incident.expect(*person),
        Fact::Escalated { to, clears, .. } => incident.escalate(*to, *clears, at),
        Fact::Deescalated { to } => incident.deescalate(*to, at),
        Fact::Transferred { to } => incident.transfer(*to, at),
        Fact::Held { reason } => incident.hold(*reason, at),
        Fact::Resumed => incident.resume(at),
        Fact::ResolutionRequested { resolver } => incident.await_summary(*resolver, at),
        Fact::ResolutionCancelled => incident.go_on(at),
        Fact::Resolved { resolver, summary } => incident.resolve(*resolver, summary.as_ref(), event),
        Fact::SummaryAmended { summary } => incident.amend(summary, event.by),
        Fact::Closed { reason, .. } => incident.close(*reason, at),
        Fact::Reopened { .. } => incident.reopen(at),
        Fact::ReporterReplied { .. } => incident.replies = incident.replies.saturating_add(1),
        Fact::IdleWarned => incident.idle_warned_at = Some(at),
        Fact::ReminderSent { count } => incident.remind(*count),
        Fact::SlaBreached { kind } => drop(incident.breached.insert(*kind)),
        Fact::PageRequested { position, target, attempt } => {
            incident.call(Calls {
                position: *position,
                target: *target,
                attempt: *attempt,
                at,
                exhausted: false,
            });
        }
        Fact::EscalationExhausted => incident.exhaust(),
        Fact::PriorityChanged { priority } => incident.priority = *priority,
        Fact::Tagged { tag } => drop(incident.tags.insert(tag.clone())),
        Fact::Untagged { tag } => drop(incident.tags.remove(tag)),
        Fact::DescriptionEdited { description } => incident.describe(description, event.by),
        Fact::AttachmentAdded { .. } => incident.attachments = incident.attachments.saturating_add(1),
        Fact::StateOverridden { target, .. } => incident.overrule(*target, event),
        Fact::Archived => incident.archived = true,
        Fact::SubjectErased { person } => incident.erase(*person),
        Fact::Created { .. }
        | Fact::TriageFailed { .. }
        | Fact::SummaryTimedOut
        | Fact::Touched
        | Fact::PageAttempted { .. }
        | Fact::NoteAdded { .. }
        | Fact::SurfaceReposted
        | Fact::ChannelMigrated
        | Fact::ChannelSuspended => {}
    }
}

impl Incident {
    /// Comes to a team; what was held before is no concern of that team's clocks.
    fn arrive(&mut self, team: Option<TeamId>, at: Timestamp) {
        self.team = team;
        self.level = Level::FIRST;
        self.clocks.routed_at = Some(at);
        self.clocks.held_when_routed = self.clocks.held;
        self.wait(at);
    }

    fn route(&mut self, team: Option<TeamId>, at: Timestamp) {
        self.arrive(team, at);
    }

    fn transfer(&mut self, to: TeamId, at: Timestamp) {
        self.end_stints(at, Ending::Transferred, |_| true);
        self.arrive(Some(to), at);
    }

    fn await_verdict(&mut self, at: Timestamp) {
        self.answers = self.answers.saturating_add(1);
        self.state =
            State::OnHold(Hold { reason: HoldReason::Answered, since: at, resume_to: ResumeTo::Triage });
    }

    fn await_summary(&mut self, resolver: PersonId, at: Timestamp) {
        self.clocks.resolution_requested_at = Some(at);
        self.state = State::PendingSummary(Pending { resolver, since: at, reminders: 0 });
    }

    fn hold(&mut self, reason: HoldReason, at: Timestamp) {
        let resume_to = match self.state {
            State::Triage(_) => ResumeTo::Triage,
            State::Acknowledged { .. } => ResumeTo::Acknowledged,
            State::Open(_)
            | State::OnHold(_)
            | State::PendingSummary(_)
            | State::Resolved(_)
            | State::Closed { .. } => ResumeTo::Open,
        };
        self.state = State::OnHold(Hold { reason, since: at, resume_to });
    }

    fn resume(&mut self, at: Timestamp) {
        let State::OnHold(hold) = self.state else {
            return;
        };
        match hold.resume_to {
            ResumeTo::Triage => self.state = State::Triage(TriageState { since: at, nudges: 0 }),
            ResumeTo::Open => self.wait(at),
            ResumeTo::Acknowledged => self.go_on(at),
        }
    }

    fn remind(&mut self, count: u8) {
        match &mut self.state {
            State::Triage(triage) => triage.nudges = count,
            State::Open(waiting) => waiting.nudges = count,
            State::PendingSummary(pending) => pending.reminders = count,
            State::Acknowledged { .. } | State::OnHold(_) | State::Resolved(_) | State::Closed { .. } => {}
        }
    }

    fn call(&mut self, calls: Calls) {
        if let State::Open(waiting) = &mut self.state {
            waiting.calls = Some(calls);
        }
    }

    fn exhaust(&mut self) {
        if let State::Open(Waiting { calls: Some(calls), .. }) = &mut self.state {
            calls.exhausted = true;
        }
    }

    fn describe(&mut self, description: &Text, by: By) {
        self.description = description.clone();
        self.described_by = match by {
            By::Person(person) => Some(person),
            By::Assistant | By::System => None,
        };
    }
}
