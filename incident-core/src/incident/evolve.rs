//! Facts to state. Total: whatever a journal contains, folding it neither refuses nor panics, and a fact that
//! makes no sense in a state leaves that state as it is.

use super::event::{By, Ending, Event, Fact};
use super::state::{
    Calls, Clocks, CloseReason, Cycle, Hold, HoldReason, Incident, Level, Outcome, Pending, ResumeTo, State,
    StateKind, Stint, TriageState, Waiting,
};
use crate::ids::{IncidentId, PersonId, Version};
use crate::text::Text;
use crate::time::Timestamp;

/// Returns the state after one more event; `None` until the incident was created.
pub fn evolve(id: IncidentId, incident: Option<Incident>, event: &Event) -> Option<Incident> {
    advance(id, incident, event)
}

/// Returns the state after a whole journal.
pub fn fold<'a>(id: IncidentId, events: impl IntoIterator<Item = &'a Event>) -> Option<Incident> {
    events.into_iter().fold(None, |incident, event| evolve(id, incident, event))
}

pub(super) fn advance(id: IncidentId, incident: Option<Incident>, event: &Event) -> Option<Incident> {
    let Some(mut incident) = incident else {
        return create(id, event);
    };
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
    apply(&mut incident, event);
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
        && before.3 == after.3
    {
        incident.clocks.held += event.at.since(since);
    }
    Some(incident)
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
        tags: std::collections::BTreeSet::new(),
        stints: Vec::new(),
        cycle: Cycle(*cycle),
        replies: 0,
        answers: 0,
        breached: std::collections::BTreeSet::new(),
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
            held: std::time::Duration::ZERO,
        },
    })
}

fn apply(incident: &mut Incident, event: &Event) {
    let at = event.at;
    match &event.fact {
        Fact::Routed { team, .. } => {
            incident.team = *team;
            incident.level = Level::FIRST;
            incident.clocks.routed_at = Some(at);
            incident.state = State::Open(Waiting::from(at));
        }
        Fact::Triaged { severity, .. } | Fact::SeverityChanged { severity } => {
            incident.severity = Some(*severity)
        }
        Fact::AutoAnswered { .. } => {
            incident.answers = incident.answers.saturating_add(1);
            incident.state =
                State::OnHold(Hold { reason: HoldReason::Answered, since: at, resume_to: ResumeTo::Triage });
        }
        Fact::Acknowledged { person, .. } => acknowledge(incident, *person, at),
        Fact::Joined { person } => begin_stint(incident, *person, at),
        Fact::Released { person } => {
            end_stints(incident, at, Ending::Released, |stint| stint.person == *person)
        }
        Fact::ClaimRevoked { person, .. } => {
            end_stints(incident, at, Ending::Revoked, |stint| stint.person == *person);
        }
        Fact::Reassigned { from, .. } => {
            end_stints(incident, at, Ending::Reassigned, |stint| stint.person == *from);
        }
        Fact::Unassigned => unassign(incident, at),
        Fact::Assigned { person } => {
            if let State::Open(waiting) = &mut incident.state {
                waiting.expected = Some(*person);
            }
        }
        Fact::Escalated { to, clears, .. } => escalate(incident, *to, *clears, at),
        Fact::Deescalated { to } => deescalate(incident, *to, at),
        Fact::Transferred { to } => {
            end_stints(incident, at, Ending::Transferred, |_| true);
            incident.team = Some(*to);
            incident.level = Level::FIRST;
            incident.clocks.routed_at = Some(at);
            wait(incident, at);
        }
        Fact::Held { reason } => hold(incident, *reason, at),
        Fact::Resumed => resume(incident, at),
        Fact::ResolutionRequested { resolver } => {
            incident.clocks.resolution_requested_at = Some(at);
            incident.state = State::PendingSummary(Pending { resolver: *resolver, since: at, reminders: 0 });
        }
        Fact::ResolutionCancelled => go_on(incident, at),
        Fact::Resolved { resolver, summary } => {
            let author = match event.by {
                By::Person(person) => person,
                By::Assistant | By::System => *resolver,
            };
            resolve(incident, *resolver, summary.clone().map(|text| (text, author)), at);
        }
        Fact::SummaryAmended { summary } => amend(incident, summary, event.by),
        Fact::Closed { reason, .. } => close(incident, *reason, at),
        Fact::Reopened { .. } => reopen(incident, at),
        Fact::ReporterReplied { .. } => incident.replies = incident.replies.saturating_add(1),
        Fact::IdleWarned => incident.idle_warned_at = Some(at),
        Fact::ReminderSent { count } => remind(incident, *count),
        Fact::SlaBreached { kind } => {
            incident.breached.insert(*kind);
        }
        Fact::PageRequested { position, target, attempt } => {
            if let State::Open(waiting) = &mut incident.state {
                let calls =
                    Calls { position: *position, target: *target, attempt: *attempt, at, exhausted: false };
                waiting.calls = Some(calls);
            }
        }
        Fact::EscalationExhausted => {
            if let State::Open(Waiting { calls: Some(calls), .. }) = &mut incident.state {
                calls.exhausted = true;
            }
        }
        Fact::PriorityChanged { priority } => incident.priority = *priority,
        Fact::Tagged { tag } => {
            incident.tags.insert(tag.clone());
        }
        Fact::Untagged { tag } => {
            incident.tags.remove(tag);
        }
        Fact::DescriptionEdited { description } => {
            incident.description = description.clone();
            incident.described_by = match event.by {
                By::Person(person) => Some(person),
                By::Assistant | By::System => None,
            };
        }
        Fact::AttachmentAdded { .. } => incident.attachments = incident.attachments.saturating_add(1),
        Fact::StateOverridden { target, .. } => overrule(incident, *target, event),
        Fact::Archived => incident.archived = true,
        Fact::SubjectErased { person } => erase(incident, *person),
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

fn end_stints(incident: &mut Incident, at: Timestamp, ending: Ending, which: impl Fn(&Stint) -> bool) {
    for stint in &mut incident.stints {
        if stint.is_open() && which(stint) {
            stint.until = Some((at, ending));
        }
    }
}

/// A person holds an incident once: who takes a higher level leaves the lower one.
fn begin_stint(incident: &mut Incident, person: PersonId, at: Timestamp) {
    end_stints(incident, at, Ending::Escalated, |stint| stint.person == person);
    let (level, team, cycle) = (incident.level, incident.team, incident.cycle);
    incident.stints.push(Stint { person, level, team, cycle, from: at, until: None });
}

fn acknowledge(incident: &mut Incident, person: PersonId, at: Timestamp) {
    begin_stint(incident, person, at);
    incident.answers = 0;
    let clocks = &mut incident.clocks;
    clocks.ack_at = Some(at);
    clocks.first_ack_at.get_or_insert(at);
    if incident.level > Level::FIRST {
        clocks.escalation_ack_at.get_or_insert(at);
    }
    incident.state = State::Acknowledged { since: at };
}

fn wait(incident: &mut Incident, at: Timestamp) {
    incident.clocks.ack_at = None;
    incident.state = State::Open(Waiting::from(at));
}

fn unassign(incident: &mut Incident, at: Timestamp) {
    match &mut incident.state {
        State::Acknowledged { .. } => wait(incident, at),
        State::OnHold(hold) => {
            hold.resume_to = ResumeTo::Open;
            incident.clocks.ack_at = None;
        }
        State::Triage(_)
        | State::Open(_)
        | State::PendingSummary(_)
        | State::Resolved(_)
        | State::Closed { .. } => {}
    }
}

fn escalate(incident: &mut Incident, to: Level, clears: bool, at: Timestamp) {
    if clears {
        end_stints(incident, at, Ending::Escalated, |_| true);
    }
    incident.level = to;
    incident.clocks.escalated_at = Some(at);
    wait(incident, at);
}

fn deescalate(incident: &mut Incident, to: Level, at: Timestamp) {
    end_stints(incident, at, Ending::Deescalated, |stint| stint.level > to);
    incident.level = to;
    go_on(incident, at);
}

fn go_on(incident: &mut Incident, at: Timestamp) {
    if incident.assignees().next().is_some() {
        incident.clocks.ack_at.get_or_insert(at);
        incident.state = State::Acknowledged { since: at };
    } else {
        wait(incident, at);
    }
}

fn hold(incident: &mut Incident, reason: HoldReason, at: Timestamp) {
    let resume_to = match incident.state {
        State::Triage(_) => ResumeTo::Triage,
        State::Acknowledged { .. } => ResumeTo::Acknowledged,
        State::Open(_)
        | State::OnHold(_)
        | State::PendingSummary(_)
        | State::Resolved(_)
        | State::Closed { .. } => ResumeTo::Open,
    };
    incident.state = State::OnHold(Hold { reason, since: at, resume_to });
}

fn resume(incident: &mut Incident, at: Timestamp) {
    let State::OnHold(hold) = incident.state else {
        return;
    };
    match hold.resume_to {
        ResumeTo::Triage => incident.state = State::Triage(TriageState { since: at, nudges: 0 }),
        ResumeTo::Open => wait(incident, at),
        ResumeTo::Acknowledged => go_on(incident, at),
    }
}

fn resolve(incident: &mut Incident, resolver: PersonId, summary: Option<(Text, PersonId)>, at: Timestamp) {
    end_stints(incident, at, Ending::ResolvedSelf, |stint| stint.person == resolver);
    end_stints(incident, at, Ending::ResolvedOther, |_| true);
    incident.clocks.resolved_at = Some(at);
    let (summary, summary_by) = summary.unzip();
    incident.state = State::Resolved(Outcome { by: resolver, at, summary, summary_by });
}

fn amend(incident: &mut Incident, text: &Text, by: By) {
    if let State::Resolved(outcome) = &mut incident.state {
        outcome.summary = Some(text.clone());
        outcome.summary_by = match by {
            By::Person(person) => Some(person),
            By::Assistant | By::System => None,
        };
    }
}

fn close(incident: &mut Incident, reason: CloseReason, at: Timestamp) {
    end_stints(incident, at, Ending::Closed, |_| true);
    let outcome = incident.outcome().cloned();
    incident.clocks.closed_at = Some(at);
    incident.state = State::Closed { reason, at, outcome };
}

fn reopen(incident: &mut Incident, at: Timestamp) {
    incident.cycle = Cycle(incident.cycle.0.saturating_add(1));
    incident.answers = 0;
    incident.breached.clear();
    incident.archived = false;
    let clocks = &mut incident.clocks;
    clocks.cycle_at = at;
    clocks.routed_at = clocks.routed_at.map(|_| at);
    clocks.first_ack_at = None;
    clocks.escalation_ack_at = None;
    clocks.held = std::time::Duration::ZERO;
    wait(incident, at);
}

fn remind(incident: &mut Incident, count: u8) {
    match &mut incident.state {
        State::Triage(triage) => triage.nudges = count,
        State::Open(waiting) => waiting.nudges = count,
        State::PendingSummary(pending) => pending.reminders = count,
        State::Acknowledged { .. } | State::OnHold(_) | State::Resolved(_) | State::Closed { .. } => {}
    }
}

fn overrule(incident: &mut Incident, target: StateKind, event: &Event) {
    match target {
        StateKind::Open if incident.state.is_terminal() => reopen(incident, event.at),
        StateKind::Open => {
            end_stints(incident, event.at, Ending::Overridden, |_| true);
            wait(incident, event.at);
        }
        StateKind::Resolved => {
            if let By::Person(person) = event.by {
                resolve(incident, person, None, event.at);
            }
        }
        StateKind::Closed => close(incident, CloseReason::Admin, event.at),
        StateKind::Triage | StateKind::Acknowledged | StateKind::OnHold | StateKind::PendingSummary => {}
    }
}

fn erase(incident: &mut Incident, person: PersonId) {
    if incident.reporter == person || incident.described_by == Some(person) {
        incident.description = Text::erased();
    }
    if let State::Resolved(outcome) | State::Closed { outcome: Some(outcome), .. } = &mut incident.state
        && outcome.summary_by == Some(person)
        && outcome.summary.is_some()
    {
        outcome.summary = Some(Text::erased());
    }
}
