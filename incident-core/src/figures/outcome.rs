//! What a pass over the incidents of a window comes to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ageing::Ageing;
use super::escalation::Escalations;
use super::headline::Headline;
use super::origin::ReporterFigures;
use super::pairs;
use super::promise::Promise;
use super::summary::Summary;
use super::tags::TagFigures;
use super::window::{Date, Window};
use crate::ids::{GroupId, IncidentId, Number, PersonId, TeamId};
use crate::incident::{CloseReason, StateKind};
use crate::time::Timestamp;

/// What the counted incidents of a window amount to; see the [module](super) for what counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The days they were reported on.
    pub window: Window,
    /// The instant at which this is true.
    pub as_of: Timestamp,
    /// How many incidents count: the denominator of everything else.
    pub counted: u64,
    /// How many were reported as well and do not count: cancelled or duplicates.
    pub left_out: u64,
    /// How many are in which state.
    pub states: BTreeMap<StateKind, u64>,
    /// How many of the closed ones were closed for which reason.
    pub closed: BTreeMap<CloseReason, u64>,
    /// How many were claimed in their present cycle.
    pub claimed: u64,
    /// For how many a higher level was asked in their present cycle.
    pub escalated: u64,
    /// How many are resolved.
    pub resolved: u64,
    /// How many of these were resolved at the first level.
    pub resolved_first_level: u64,
    /// How many were opened again at some time.
    pub reopened: u64,
    /// How many were held by more than one person.
    pub shared: u64,
    /// How long things took.
    pub times: Times,
    /// Whether they were claimed in time.
    pub response: Promise,
    /// Whether those for which a higher level was asked were claimed there in time.
    pub escalation: Promise,
    /// Whether they were resolved in time.
    pub resolve: Promise,
    /// What each person did.
    #[serde(with = "pairs")]
    pub people: BTreeMap<PersonId, PersonFigures>,
    /// How they were handled by the team they came to in the end; `None` for those without one.
    #[serde(with = "pairs")]
    pub teams: BTreeMap<Option<TeamId>, TeamFigures>,
    /// How many were reported in which group.
    pub groups: BTreeMap<GroupId, u64>,
    /// How many were reported on which day, all days of the window.
    pub days: Vec<Day>,
    /// How many were reported on which day of the week, from Monday, at which hour.
    pub hours: [[u64; 24]; 7],
    /// Those that live and were reported longest ago, the oldest first, at most fifty.
    pub waiting: Vec<Waiting>,
    /// How far those came for which a higher level was asked, and how they ended compared with the others.
    #[serde(default)]
    pub escalations: Escalations,
    /// How many were held by nobody, by one person, by two, by three or more, at whatever time.
    #[serde(default)]
    pub holders: [u64; 4],
    /// How old what is not over is.
    #[serde(default)]
    pub ageing: Ageing,
    /// Who reported most, at most fifty people.
    #[serde(default)]
    pub reporters: Vec<ReporterFigures>,
    /// How many people reported in which group.
    #[serde(default)]
    pub group_reporters: BTreeMap<GroupId, u64>,
    /// Those with each tag, the tags of most incidents first, at most fifty, and last those without any.
    #[serde(default)]
    pub tags: Vec<TagFigures>,
    /// The days before, if they were counted too.
    #[serde(default)]
    pub before: Option<Box<Headline>>,
}

impl Figures {
    /// Returns how many were closed because nobody answered.
    pub fn given_up(&self) -> u64 {
        [CloseReason::Idle, CloseReason::NoSummary].iter().filter_map(|reason| self.closed.get(reason)).sum()
    }
}

/// How long things took, of those incidents where they happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// From the report to the first claim, the time to acknowledge; see [`Case::until_claimed`](super::Case::until_claimed).
    pub until_claimed: Summary,
    /// From the last escalation to the claim that followed; see [`Case::until_escalation_claimed`](super::Case::until_escalation_claimed).
    pub until_escalation_claimed: Summary,
    /// From the report to the resolution; see [`Case::until_resolved`](super::Case::until_resolved).
    pub until_resolved: Summary,
    /// The same without time on hold; see [`Case::until_resolved_unheld`](super::Case::until_resolved_unheld).
    pub until_resolved_unheld: Summary,
}

/// What a person did about the counted incidents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonFigures {
    /// How often they took one.
    pub claims: u64,
    /// How many they resolved that are still resolved.
    pub resolved: u64,
    /// How often somebody else resolved one that they held.
    pub assisted: u64,
    /// How often they gave one back.
    pub released: u64,
    /// How often one passed from them to others: escalated, transferred, handed on, taken away, overruled.
    pub passed_on: u64,
    /// How often one was closed while they held it.
    pub closed: u64,
    /// How long they held incidents; if several at once, the time of each.
    pub active: Duration,
    /// How many of their claims were at the first level.
    #[serde(default)]
    pub first_level_claims: u64,
    /// During how many of these a higher level was asked; where asking does not end a claim, the last time alone counts.
    #[serde(default)]
    pub escalations: u64,
}

/// What became of the counted incidents of a team.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamFigures {
    /// How many there are.
    pub counted: u64,
    /// How many are resolved.
    pub resolved: u64,
    /// From their arrival at the team to the first claim there.
    pub until_claimed: Summary,
    /// From their arrival at the team to the resolution.
    pub until_resolved: Summary,
}

/// One day of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// How many counted incidents were reported on it.
    pub reported: u64,
    /// How many of these are resolved, on whatever day.
    pub resolved: u64,
}

/// An incident that is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Waiting {
    /// When it was reported.
    pub since: Timestamp,
    /// Its id.
    pub id: IncidentId,
    /// The number people use.
    pub number: Number,
    /// Its state.
    pub state: StateKind,
}
