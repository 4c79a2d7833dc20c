//! What of an incident decides what may still happen to it. Two incidents with one face are one state.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::ids::{PersonId, TeamId};
use crate::incident::{HoldReason, Incident, Level, SlaKind, State, StateKind};
use crate::policy::{Anchor, Policy};
use crate::time::Timestamp;

/// Beyond any wait that is searched; what lies so far back may be all the same.
const LONG: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Left out are the past (ended claims, versions, counts of cycles, replies and files) and what an incident is
/// about (words, priority, severity, tags): they decide nothing but whether setting them again is a change. Of a
/// priority stands how long it lets wait, which is the same for all where the policy makes no difference.
/// Instants stand as how long ago they were, and only where a wait of the policy counts from them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Face {
    state: (StateKind, [i64; 6]),
    place: (Level, Option<TeamId>),
    holders: Vec<(PersonId, Level, Option<TeamId>)>,
    reporter: PersonId,
    patience: Duration,
    answers: u8,
    breached: BTreeSet<SlaKind>,
    flags: [bool; 3],
    ages: [i64; 7],
}

impl Face {
    pub(super) fn of(policy: &Policy, incident: &Incident, now: Timestamp) -> Self {
        let rules = policy.rules();
        let most = rules.triage.map_or(0, |rule| rule.rounds);
        let open = incident.stints.iter().filter(|stint| stint.is_open());
        Self {
            state: (incident.state.kind(), detail(policy, incident, now)),
            place: (incident.level, incident.team),
            holders: open.map(|stint| (stint.person, stint.level, stint.team)).collect(),
            reporter: incident.reporter,
            patience: rules.patience.wait(incident.priority, LONG),
            answers: incident.answers.min(most),
            breached: incident.breached.clone(),
            flags: [
                incident.archived,
                incident.clocks.first_ack_at.is_some(),
                incident.clocks.routed_at.is_some(),
            ],
            ages: ages(policy, incident, now),
        }
    }
}

fn ago(now: Timestamp, then: Timestamp) -> i64 {
    micros(now.since(then))
}

fn micros(span: Duration) -> i64 {
    span.min(LONG).as_micros() as i64
}

fn who(person: Option<PersonId>) -> i64 {
    person.map_or(-1, |person| i64::from(person.get()))
}

fn detail(policy: &Policy, incident: &Incident, now: Timestamp) -> [i64; 6] {
    let rules = policy.rules();
    let since = |matters: bool, then| if matters { ago(now, then) } else { 0 };
    let promised = rules.sla.response.is_some() || rules.sla.resolve.is_some();
    // Whether it is too late is all that matters of what ended long ago.
    let ended = |at: Timestamp| {
        let window = rules.reopen_window.map_or(0, |window| micros(window) + 1).min(ago(now, at));
        if rules.close_after.is_some() { ago(now, at) } else { window }
    };
    match &incident.state {
        State::Triage(triage) => {
            [i64::from(triage.nudges), since(rules.route.is_some(), triage.since), 0, 0, 0, 0]
        }
        State::Open(waiting) => {
            let level = policy.level(incident.level);
            let counts = level.nudge.is_some() || (level.paging.is_some() && waiting.calls.is_none());
            let calls = waiting.calls.map_or([-1; 3], |calls| {
                let called = i64::from(calls.position) * 256 + i64::from(calls.attempt);
                [called, i64::from(calls.exhausted), since(!calls.exhausted, calls.at)]
            });
            let since = since(counts, waiting.since);
            [i64::from(waiting.nudges), since, who(waiting.expected), calls[0], calls[1], calls[2]]
        }
        State::Acknowledged { .. } => [0; 6],
        State::OnHold(hold) => {
            let feedback = hold.reason == HoldReason::Answered && rules.triage.is_some();
            [hold.reason as i64, hold.resume_to as i64, since(feedback || promised, hold.since), 0, 0, 0]
        }
        State::PendingSummary(pending) => {
            let since = since(rules.summary_wait.is_some(), pending.since);
            [who(Some(pending.resolver)), i64::from(pending.reminders), since, 0, 0, 0]
        }
        State::Resolved(outcome) => {
            [who(Some(outcome.by)), i64::from(outcome.summary.is_some()), ended(outcome.at), 0, 0, 0]
        }
        State::Closed { reason, at, outcome } => {
            let resolver = who(outcome.as_ref().map(|outcome| outcome.by));
            // Where it may be set to what it was before, all counts that counted then.
            let before = outcome.as_ref().filter(|_| rules.override_state);
            let [summed_up, resolved] =
                before.map_or([0; 2], |before| [i64::from(before.summary.is_some()), ended(before.at)]);
            [*reason as i64, ended(*at), resolver, summed_up, resolved, 0]
        }
    }
}

fn ages(policy: &Policy, incident: &Incident, now: Timestamp) -> [i64; 7] {
    let (rules, clocks) = (policy.rules(), &incident.clocks);
    let runs = |kind, promise: Option<Duration>| promise.is_some() && !incident.breached.contains(&kind);
    let response = runs(SlaKind::Response, rules.sla.response) && clocks.first_ack_at.is_none();
    let promised = response || runs(SlaKind::Resolve, rules.sla.resolve);
    let routed = promised && rules.sla.anchor == Anchor::Routed;
    let idle = rules.idle.is_some() && !incident.state.is_terminal();
    // Of two reports, the second is one too many only where one is allowed.
    let quota = rules.reports.filter(|quota| quota.count == 1);
    let if_so = |matters: bool, age: i64| if matters { age } else { 0 };
    [
        if_so(promised, ago(now, clocks.cycle_at)),
        if_so(routed, clocks.routed_at.map_or(-1, |at| ago(now, at))),
        if_so(promised, micros(clocks.held)),
        if_so(routed, micros(clocks.held_when_routed)),
        if_so(idle, ago(now, clocks.active_at)),
        if_so(idle, incident.idle_warned_at.map_or(-1, |at| ago(now, at))),
        quota.map_or(0, |quota| micros(now.since(clocks.created_at).min(quota.within))),
    ]
}
