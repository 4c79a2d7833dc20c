//! Promised times, and whether they were kept. The same policy that sets the desk's timers is read here, so that a
//! reminder and a report never speak of different numbers.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::case::Case;
use crate::incident::{Level, StateKind};
use crate::policy::{Anchor, Policy};
use crate::time::Timestamp;

/// What a policy promises; `None` where it promises nothing. It is the same for every priority: of two reports, the one with
/// more urgent incidents must not look worse for having been warned earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Targets {
    /// Until somebody first claims it: the promised response, or else the wait before the first level is reminded.
    pub response: Option<Duration>,
    /// Until somebody above the first level claims it: the wait before the second level is reminded.
    pub escalation: Option<Duration>,
    /// Until it is resolved: the promised resolution.
    pub resolve: Option<Duration>,
    /// From when response and resolution are measured.
    pub anchor: Anchor,
}

impl From<&Policy> for Targets {
    fn from(policy: &Policy) -> Self {
        let sla = &policy.rules().sla;
        let reminded = |level: Level| policy.level(level).nudge.map(|nudge| nudge.after);
        let above = policy.last_level() > Level::FIRST;
        Self {
            response: sla.response.or_else(|| reminded(Level::FIRST)),
            escalation: reminded(Level::SECOND).filter(|_| above),
            resolve: sla.resolve,
            anchor: sla.anchor,
        }
    }
}

/// What became of a promise to one incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It was done in time; at the very instant is in time.
    Kept,
    /// It was done too late, or was not done although its time is over.
    Broken,
    /// Its time still runs or stands still, or the incident ended within it or never asked for it.
    Undecided,
}

/// What became of a promise to all counted incidents: the three add up to their number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// What was promised.
    pub within: Option<Duration>,
    /// How many incidents it was kept to.
    pub kept: u64,
    /// How many incidents it was broken to.
    pub broken: u64,
    /// For how many neither can be said.
    pub undecided: u64,
}

impl Promise {
    /// Counts what became of it once more.
    pub(super) const fn add(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Kept => self.kept += 1,
            Verdict::Broken => self.broken += 1,
            Verdict::Undecided => self.undecided += 1,
        }
    }
}

const fn judged(within: bool) -> Verdict {
    if within { Verdict::Kept } else { Verdict::Broken }
}

impl Targets {
    fn start(&self, case: &Case) -> Timestamp {
        match self.anchor {
            Anchor::Created => case.cycle_at,
            Anchor::Routed => case.team_since(),
        }
    }

    /// Judges the response, as it stands at `now`.
    ///
    /// From the beginning of the cycle to its first claim or, anchored at the team, from the arrival there to the first
    /// claim there. While nobody claims it, time on hold does not count; time on hold before a claim does, since a
    /// record does not tell on which side of the claim it was.
    pub fn response(&self, case: &Case, now: Timestamp) -> Verdict {
        let Some(promise) = self.response else {
            return Verdict::Undecided;
        };
        let claimed = match self.anchor {
            Anchor::Created => case.first_ack_at,
            Anchor::Routed => case.team_claimed_at(),
        };
        match claimed {
            Some(at) => judged(at.since(self.start(case)) <= promise),
            None => overdue(case, self.start(case), promise, now),
        }
    }

    /// Judges the response to the last escalation, as it stands at `now`.
    pub fn escalation(&self, case: &Case, now: Timestamp) -> Verdict {
        let (Some(promise), Some(since)) = (self.escalation, case.escalated_in_cycle()) else {
            return Verdict::Undecided;
        };
        match case.escalation_claimed_at() {
            Some(at) => judged(at.since(since) <= promise),
            None => match case.ended_at() {
                Some(end) if end.since(since) <= promise => Verdict::Undecided,
                None if case.state != StateKind::Open || now.since(since) <= promise => Verdict::Undecided,
                Some(_) | None => Verdict::Broken,
            },
        }
    }

    /// Judges the resolution, as it stands at `now`: without time on hold, until the summary was promised that
    /// resolved it.
    pub fn resolve(&self, case: &Case, now: Timestamp) -> Verdict {
        let Some(promise) = self.resolve else {
            return Verdict::Undecided;
        };
        let start = self.start(case);
        match case.done_at() {
            Some(at) if at.since(start).saturating_sub(case.held) > promise => Verdict::Broken,
            Some(_) if case.is_resolved() => Verdict::Kept,
            Some(_) => Verdict::Undecided,
            None => overdue(case, start, promise, now),
        }
    }
}

/// Judges what was not done by the end of the incident, or by `now`.
fn overdue(case: &Case, start: Timestamp, promise: Duration, now: Timestamp) -> Verdict {
    let until = case.ended_at().unwrap_or(now);
    // How long the present hold lasts stands in no record, and the clock stands still meanwhile.
    let stands_still = case.state == StateKind::OnHold;
    if stands_still || until.since(start).saturating_sub(case.held) <= promise {
        Verdict::Undecided
    } else {
        Verdict::Broken
    }
}
