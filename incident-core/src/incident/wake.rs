//! State to next deadline. Every timer is a line here, computed from the state and the policy: nothing is
//! scheduled, so nothing must be cancelled and nothing can be lost.

use std::time::Duration;

use super::aggregate::Incident;
use super::event::SlaKind;
use super::state::{Calls, Hold, HoldReason, Pending, State, TriageState, Waiting};
use crate::policy::{Anchor, Policy, SummaryEnd};
use crate::time::Timestamp;

/// Something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Remind that nobody routes; that many reminders have fallen due.
    RemindRoute(u8),
    /// Route it to the default team.
    RouteByDefault,
    /// Remind that nobody claims.
    RemindClaim(u8),
    /// Ask the next level.
    Escalate,
    /// Call the first or next person on call.
    Call,
    /// A promised time is over.
    Breach(SlaKind),
    /// The automatic answer was enough.
    Feedback,
    /// Ask whether it still matters.
    IdleWarn,
    /// Close what nobody touches.
    IdleClose,
    /// Remind of the summary.
    RemindSummary(u8),
    /// Stop waiting for the summary.
    SummaryEnd(SummaryEnd),
    /// Close what was resolved.
    CloseResolved,
}

type Timer = (Timestamp, Due);

/// Returns when the incident must be looked at again; `None` if only people can change it.
pub fn next_wake(policy: &Policy, incident: &Incident) -> Option<Timestamp> {
    earliest(policy, incident, Timestamp::MIN).map(|(at, _)| at)
}

/// Returns what fell due first, if anything has by now.
pub(super) fn due(policy: &Policy, incident: &Incident, now: Timestamp) -> Option<Due> {
    earliest(policy, incident, now).filter(|(at, _)| *at <= now).map(|(_, due)| due)
}

fn earliest(policy: &Policy, incident: &Incident, now: Timestamp) -> Option<Timer> {
    let own = match &incident.state {
        State::Triage(triage) => routing(policy, triage, now),
        State::Open(waiting) => {
            sooner(claiming(policy, incident, waiting, now), calling(policy, incident, waiting))
        }
        State::Acknowledged { .. } => None,
        State::OnHold(hold) => feedback(policy, hold),
        State::PendingSummary(pending) => summary(policy, pending, now),
        State::Resolved(outcome) => {
            policy.rules().close_after.map(|after| (outcome.at + after, Due::CloseResolved))
        }
        State::Closed { .. } => None,
    };
    sooner(own, sooner(promised(policy, incident), idle(policy, incident)))
}

/// Returns the timer that comes first; of two at the same instant, `one`.
fn sooner(one: Option<Timer>, other: Option<Timer>) -> Option<Timer> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.0 < one.0 { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// Returns when the reminder after `sent` falls due, and how many have fallen due by `now`, at most `limit`:
/// after a downtime one reminder stands for all that were missed.
fn reminder(since: Timestamp, every: Duration, (sent, limit): (u8, u8), now: Timestamp) -> (Timestamp, u8) {
    let at = since + every.saturating_mul(u32::from(sent) + 1);
    let fallen = now.since(since).as_micros() / every.as_micros().max(1);
    let count = u8::try_from(fallen).unwrap_or(u8::MAX).clamp(sent + 1, limit.max(sent + 1));
    (at, count)
}

fn routing(policy: &Policy, triage: &TriageState, now: Timestamp) -> Option<Timer> {
    let rule = policy.rules().route?;
    if triage.nudges == 0 {
        let (at, count) = reminder(triage.since, rule.after, (0, 1), now);
        return Some((at, Due::RemindRoute(count)));
    }
    let somewhere = rule.default_team.is_some() || !policy.rules().teams;
    somewhere.then(|| (triage.since + rule.after.saturating_mul(2), Due::RouteByDefault))
}

fn claiming(policy: &Policy, incident: &Incident, waiting: &Waiting, now: Timestamp) -> Option<Timer> {
    let nudge = policy.nudge(incident.level, incident.priority)?;
    if waiting.nudges < nudge.times {
        let (at, count) = reminder(waiting.since, nudge.after, (waiting.nudges, nudge.times), now);
        return Some((at, Due::RemindClaim(count)));
    }
    let escalates = nudge.then_escalate && incident.level < policy.last_level();
    let after = nudge.after.saturating_mul(u32::from(nudge.times) + 1);
    escalates.then(|| (waiting.since + after, Due::Escalate))
}

fn calling(policy: &Policy, incident: &Incident, waiting: &Waiting) -> Option<Timer> {
    let paging = policy.level(incident.level).paging.as_ref()?;
    match waiting.calls {
        None => Some((waiting.since, Due::Call)),
        Some(Calls { exhausted: true, .. }) => None,
        Some(calls) => Some((calls.at + paging.gap, Due::Call)),
    }
}

fn feedback(policy: &Policy, hold: &Hold) -> Option<Timer> {
    let wait = policy.rules().triage?.feedback?;
    (hold.reason == HoldReason::Answered).then(|| (hold.since + wait, Due::Feedback))
}

fn summary(policy: &Policy, pending: &Pending, now: Timestamp) -> Option<Timer> {
    let rule = policy.rules().summary_wait?;
    if pending.reminders < rule.reminders {
        let (at, count) = reminder(pending.since, rule.after, (pending.reminders, rule.reminders), now);
        return Some((at, Due::RemindSummary(count)));
    }
    let after = rule.after.saturating_mul(u32::from(rule.reminders) + 1);
    (rule.then != SummaryEnd::Wait).then(|| (pending.since + after, Due::SummaryEnd(rule.then)))
}

fn promised(policy: &Policy, incident: &Incident) -> Option<Timer> {
    let sla = &policy.rules().sla;
    let clocks = &incident.clocks;
    let (responding, resolving) = match &incident.state {
        State::Open(_) => (true, true),
        State::Acknowledged { .. } => (false, true),
        State::Triage(_)
        | State::OnHold(_)
        | State::PendingSummary(_)
        | State::Resolved(_)
        | State::Closed { .. } => (false, false),
    };
    let start = match sla.anchor {
        Anchor::Created => clocks.cycle_at + clocks.held,
        Anchor::Routed => {
            clocks.routed_at.unwrap_or(clocks.cycle_at)
                + (clocks.held.saturating_sub(clocks.held_when_routed))
        }
    };
    let timer = |kind: SlaKind, promise: Option<Duration>, runs: bool| {
        let promise = promise.filter(|_| runs && !incident.breached.contains(&kind))?;
        Some((start + promise, Due::Breach(kind)))
    };
    let response = timer(SlaKind::Response, sla.response, responding && clocks.first_ack_at.is_none());
    sooner(response, timer(SlaKind::Resolve, sla.resolve, resolving))
}

fn idle(policy: &Policy, incident: &Incident) -> Option<Timer> {
    let rule = policy.rules().idle?;
    let live = match &incident.state {
        State::Open(_) | State::Acknowledged { .. } | State::OnHold(_) => true,
        State::Triage(_) | State::PendingSummary(_) | State::Resolved(_) | State::Closed { .. } => false,
    };
    if !live {
        return None;
    }
    let active = incident.clocks.active_at;
    Some(match incident.idle_warned_at {
        None => (active + rule.warn, Due::IdleWarn),
        // Whoever is warned late, after a downtime, still gets the whole time to answer.
        Some(warned) => ((active + rule.close).max(warned + (rule.close - rule.warn)), Due::IdleClose),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_timers_at_one_instant_the_first_named_counts() {
        let at = |secs| Timestamp::from_secs(secs);
        let (escalate, warn) = ((at(9), Due::Escalate), (at(9), Due::IdleWarn));
        assert_eq!(sooner(Some(escalate), Some(warn)), Some(escalate));
        assert_eq!(sooner(Some(escalate), Some((at(8), Due::IdleWarn))), Some((at(8), Due::IdleWarn)));
        assert_eq!(sooner(None, Some(warn)), Some(warn));
    }
}
