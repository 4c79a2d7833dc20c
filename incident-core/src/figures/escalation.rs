//! What became of incidents for which a higher level was asked, beside those that the first level kept.

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::promise::{Promise, Targets, Verdict};
use super::summary::{Sample, Summary};
use crate::incident::{Ending, Level, StateKind, Stint};

/// How far the counted incidents came for which a higher level was asked in their present cycle, and how they ended
/// compared with the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalations {
    /// How many were claimed above the first level, since a higher level was last asked.
    pub claimed: u64,
    /// How many wait for a claim there, for the first time or again.
    pub waiting: u64,
    /// The resolution of those for which a higher level was asked.
    pub escalated: Resolution,
    /// The resolution of all others.
    pub direct: Resolution,
}

/// The resolution of some of the counted incidents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// How many there are.
    pub counted: u64,
    /// How many are resolved.
    pub resolved: u64,
    /// Whether they were resolved in time.
    pub promise: Promise,
    /// From the report to the resolution.
    pub until_resolved: Summary,
}

/// Escalations in the making.
#[derive(Debug, Clone)]
pub(super) struct EscalationTally {
    figures: Escalations,
    until_resolved: [Sample; 2],
}

impl EscalationTally {
    pub(super) fn new(targets: &Targets) -> Self {
        let promise = Promise { within: targets.resolve, ..Promise::default() };
        let resolution = Resolution { promise, ..Resolution::default() };
        let figures = Escalations { escalated: resolution, direct: resolution, ..Escalations::default() };
        Self { figures, until_resolved: Default::default() }
    }

    /// Takes one incident with what became of its resolution.
    pub(super) fn add(&mut self, case: &Case, resolve: Verdict) {
        let figures = &mut self.figures;
        let escalated = case.is_escalated();
        if escalated {
            figures.claimed += u64::from(case.escalation_claimed_at().is_some());
            figures.waiting += u64::from(case.state == StateKind::Open && case.level > Level::FIRST);
        }
        let [direct, above] = &mut self.until_resolved;
        let (resolution, times) =
            if escalated { (&mut figures.escalated, above) } else { (&mut figures.direct, direct) };
        resolution.counted += 1;
        resolution.resolved += u64::from(case.is_resolved());
        resolution.promise.add(resolve);
        case.until_resolved().into_iter().for_each(|time| times.add(time));
    }

    /// Ends the pass; the times to the resolution of all are both kinds together.
    pub(super) fn finish(self) -> (Escalations, Summary) {
        let (mut figures, [mut direct, mut escalated]) = (self.figures, self.until_resolved);
        figures.direct.until_resolved = direct.sum_up();
        figures.escalated.until_resolved = escalated.sum_up();
        direct.append(escalated);
        (figures, direct.summary())
    }
}

/// Tells whether somebody held it at the first level while a higher one was asked.
///
/// Where asking ends their claim, each time is known; where they stay, the last one is.
pub(super) fn asked_above(case: &Case, stint: &Stint) -> bool {
    let until = stint.until.map(|(until, _)| until);
    let ended = stint.until.is_some_and(|(_, ending)| ending == Ending::Escalated);
    let during = case.escalated_at.is_some_and(|at| stint.from <= at && until.is_none_or(|until| at < until));
    stint.level == Level::FIRST && (ended || during)
}
