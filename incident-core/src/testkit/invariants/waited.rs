//! Invariants of time and promises: what people are given the time for, and whose word counts.

use std::time::Duration;

use super::{Held, must};
use crate::incident::{By, Event, Fact, Incident, State, evolve};
use crate::policy::{Policy, SummaryEnd};
use crate::testkit::story::Moment;
use crate::time::Timestamp;

/// Since when an incident is in the state, level and team that it has.
struct Wait {
    since: Timestamp,
    incident: Incident,
}

impl Wait {
    /// Goes on by one event.
    fn after(id: crate::ids::IncidentId, before: Option<Self>, event: &Event) -> Option<Self> {
        let since = before.as_ref().map(|wait| (wait.since, place(&wait.incident)));
        let incident = evolve(id, before.map(|wait| wait.incident), event)?;
        let since =
            since.filter(|(_, before)| *before == place(&incident)).map_or(event.at, |(since, _)| since);
        Some(Self { since, incident })
    }
}

fn place(incident: &Incident) -> impl PartialEq + use<> {
    (incident.state.kind(), incident.level, incident.team, incident.cycle)
}

/// 13. Nobody is reminded, nobody above them asked, and nothing decided in their place, before they had the time
///     that the policy gives: each reminder has its own due point, and what follows the last has one too.
///
/// # Errors
/// Says what came too early.
pub fn nobody_is_hurried(moment: &Moment<'_>) -> Held {
    let Ok(step) = moment.result else {
        return Ok(());
    };
    if !step.events.iter().any(|event| is_impatient(&event.fact)) {
        return Ok(());
    }
    let exhausted = step.events.iter().any(|event| matches!(event.fact, Fact::EscalationExhausted));
    let known = moment.journal.len().saturating_sub(step.events.len());
    let mut wait: Option<Wait> = None;
    for (at, event) in moment.journal.iter().enumerate() {
        if let Some(before) = wait.as_ref().filter(|_| at >= known) {
            was_patient(moment.policy, before, event, exhausted)?;
        }
        wait = Wait::after(moment.input.incident, wait, event);
    }
    Ok(())
}

fn is_impatient(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::ReminderSent { .. }
            | Fact::Escalated { by_timer: true, .. }
            | Fact::Routed { by_timer: true, .. }
            | Fact::SummaryTimedOut
    )
}

fn was_patient(policy: &Policy, before: &Wait, event: &Event, exhausted: bool) -> Held {
    let rules = policy.rules();
    let nudge = policy.nudge(before.incident.level, before.incident.priority);
    let waits = |times: u8, wait: Duration| wait.saturating_mul(u32::from(times));
    let given = match (&event.fact, &before.incident.state) {
        (Fact::ReminderSent { count }, State::Open(_)) => {
            nudge.filter(|nudge| *count <= nudge.times).map(|nudge| waits(*count, nudge.after))
        }
        (Fact::ReminderSent { count }, State::Triage(_)) => {
            rules.route.filter(|_| *count == 1).map(|route| route.after)
        }
        (Fact::ReminderSent { count }, State::PendingSummary(_)) => {
            rules.summary_wait.filter(|wait| *count <= wait.reminders).map(|wait| waits(*count, wait.after))
        }
        (Fact::Escalated { by_timer: true, .. }, State::Open(_)) if !exhausted => nudge
            .filter(|nudge| nudge.then_escalate)
            .map(|nudge| waits(nudge.times.saturating_add(1), nudge.after)),
        (Fact::Routed { by_timer: true, .. }, State::Triage(_)) => {
            rules.route.map(|route| waits(2, route.after))
        }
        (Fact::SummaryTimedOut, State::PendingSummary(_)) => rules
            .summary_wait
            .filter(|wait| wait.then != SummaryEnd::Wait)
            .map(|wait| waits(wait.reminders.saturating_add(1), wait.after)),
        (_, _) => return Ok(()),
    };
    let due = given.map(|given| before.since + given);
    must(due.is_some_and(|due| due <= event.at), "13, nobody is hurried", || {
        format!("{:?} at {}, due at {due:?}", event.fact, event.at)
    })
}

/// 14. A promised summary is written by whoever promised it; where the policy lets others write it, by a person
///     all the same. What was done is told by those who know.
///
/// # Errors
/// Says who wrote it instead.
pub fn a_promise_is_kept_by_whoever_made_it(moment: &Moment<'_>) -> Held {
    let (Ok(step), Some(before)) = (moment.result, moment.before) else {
        return Ok(());
    };
    let State::PendingSummary(pending) = &before.state else {
        return Ok(());
    };
    let Some(resolved) = step.events.iter().find(|event| matches!(event.fact, Fact::Resolved { .. })) else {
        return Ok(());
    };
    let allowed = match resolved.by {
        By::Person(person) => person == pending.resolver || moment.policy.rules().summary_by_others,
        By::Assistant | By::System => false,
    };
    must(allowed, "14, a promise is kept by whoever made it", || {
        format!("{} promised it, {resolved:?}", pending.resolver)
    })
}
