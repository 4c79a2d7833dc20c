//! One pass over the incidents of a window.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::case::Case;
use super::pairs;
use super::promise::{Promise, Targets};
use super::summary::{Sample, Summary};
use super::window::{Date, Window};
use crate::ids::{GroupId, IncidentId, Number, PersonId, TeamId};
use crate::incident::{CloseReason, Ending, Level, StateKind};
use crate::time::Timestamp;

/// How many of the incidents that wait longest are named.
const NAMED: usize = 50;

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
}

/// How long things took, of those incidents where they happened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// From the report to the first claim, the time to acknowledge; see [`Case::until_claimed`].
    pub until_claimed: Summary,
    /// From the last escalation to the claim that followed; see [`Case::until_escalation_claimed`].
    pub until_escalation_claimed: Summary,
    /// From the report to the resolution; see [`Case::until_resolved`].
    pub until_resolved: Summary,
    /// The same without time on hold; see [`Case::until_resolved_unheld`].
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

#[derive(Debug, Clone, Default)]
struct TeamSamples {
    counted: u64,
    resolved: u64,
    until_claimed: Sample,
    until_resolved: Sample,
}

/// Figures in the making.
#[derive(Debug, Clone)]
pub struct Tally {
    figures: Figures,
    targets: Targets,
    times: [Sample; 4],
    teams: BTreeMap<Option<TeamId>, TeamSamples>,
}

impl Tally {
    /// Begins to count the incidents of a window, against these targets, as they are at `as_of`.
    pub fn new(window: Window, targets: Targets, as_of: Timestamp) -> Self {
        let days = window.days().map(|date| Day { date, reported: 0, resolved: 0 }).collect();
        let promise = |within| Promise { within, ..Promise::default() };
        let figures = Figures {
            as_of,
            counted: 0,
            left_out: 0,
            states: BTreeMap::new(),
            closed: BTreeMap::new(),
            claimed: 0,
            escalated: 0,
            resolved: 0,
            resolved_first_level: 0,
            reopened: 0,
            shared: 0,
            times: Times::default(),
            response: promise(targets.response),
            escalation: promise(targets.escalation),
            resolve: promise(targets.resolve),
            people: BTreeMap::new(),
            teams: BTreeMap::new(),
            groups: BTreeMap::new(),
            days,
            hours: [[0; 24]; 7],
            waiting: Vec::new(),
            window,
        };
        Self { figures, targets, times: Default::default(), teams: BTreeMap::new() }
    }

    /// Takes one incident. One that was reported outside the window is passed over.
    pub fn add(&mut self, case: &Case) {
        let Some(day) = self.figures.window.day(case.created_at) else {
            return;
        };
        if !case.is_counted() {
            self.figures.left_out += 1;
            return;
        }
        self.count(case, day);
        self.judge(case);
        self.measure(case);
        self.credit(case);
        self.remember(case);
    }

    /// Ends the pass.
    pub fn finish(self) -> Figures {
        let mut figures = self.figures;
        let [claimed, escalation, resolved, unheld] = self.times.map(Sample::summary);
        figures.times = Times {
            until_claimed: claimed,
            until_escalation_claimed: escalation,
            until_resolved: resolved,
            until_resolved_unheld: unheld,
        };
        let summed = |samples: TeamSamples| TeamFigures {
            counted: samples.counted,
            resolved: samples.resolved,
            until_claimed: samples.until_claimed.summary(),
            until_resolved: samples.until_resolved.summary(),
        };
        figures.teams = self.teams.into_iter().map(|(team, samples)| (team, summed(samples))).collect();
        figures.waiting.sort_unstable();
        figures.waiting.truncate(NAMED);
        figures
    }

    fn count(&mut self, case: &Case, day: usize) {
        let figures = &mut self.figures;
        figures.counted += 1;
        *figures.states.entry(case.state).or_default() += 1;
        if let Some(reason) = case.close_reason {
            *figures.closed.entry(reason).or_default() += 1;
        }
        let resolved = u64::from(case.is_resolved());
        figures.claimed += u64::from(case.first_ack_at.is_some());
        figures.escalated += u64::from(case.is_escalated());
        figures.resolved += resolved;
        figures.resolved_first_level += resolved * u64::from(case.level == Level::FIRST);
        figures.reopened += u64::from(case.cycle.0 > 1);
        *figures.groups.entry(case.group).or_default() += 1;
        if let Some(day) = figures.days.get_mut(day) {
            day.reported += 1;
            day.resolved += resolved;
        }
        let (_, weekday, hour) = figures.window.zone().civil(case.created_at);
        figures.hours[weekday as usize][usize::from(hour) % 24] += 1;
    }

    fn judge(&mut self, case: &Case) {
        let (targets, now) = (self.targets, self.figures.as_of);
        self.figures.response.add(targets.response(case, now));
        self.figures.escalation.add(targets.escalation(case, now));
        self.figures.resolve.add(targets.resolve(case, now));
    }

    fn measure(&mut self, case: &Case) {
        let times = [
            case.until_claimed(),
            case.until_escalation_claimed(),
            case.until_resolved(),
            case.until_resolved_unheld(),
        ];
        for (sample, time) in self.times.iter_mut().zip(times) {
            time.into_iter().for_each(|time| sample.add(time));
        }
        let team = self.teams.entry(case.team).or_default();
        team.counted += 1;
        team.resolved += u64::from(case.is_resolved());
        case.until_team_claimed().into_iter().for_each(|time| team.until_claimed.add(time));
        case.until_team_resolved().into_iter().for_each(|time| team.until_resolved.add(time));
    }

    fn credit(&mut self, case: &Case) {
        let people = &mut self.figures.people;
        for stint in &case.stints {
            let person = people.entry(stint.person).or_default();
            let until = stint.until.map_or(self.figures.as_of, |(until, _)| until);
            person.claims += 1;
            person.active = person.active.saturating_add(until.since(stint.from));
            match stint.until.map(|(_, ending)| ending) {
                Some(Ending::ResolvedOther) => person.assisted += 1,
                Some(Ending::Released) => person.released += 1,
                Some(Ending::Closed) => person.closed += 1,
                Some(
                    Ending::Revoked
                    | Ending::Reassigned
                    | Ending::Escalated
                    | Ending::Deescalated
                    | Ending::Transferred
                    | Ending::Overridden,
                ) => person.passed_on += 1,
                Some(Ending::ResolvedSelf) | None => {}
            }
        }
        if let Some(resolver) = case.resolver.filter(|_| case.is_resolved()) {
            people.entry(resolver).or_default().resolved += 1;
        }
        let first = case.stints.first().map(|stint| stint.person);
        self.figures.shared += u64::from(case.stints.iter().any(|stint| Some(stint.person) != first));
    }

    fn remember(&mut self, case: &Case) {
        if case.state.is_terminal() {
            return;
        }
        let waiting = &mut self.figures.waiting;
        waiting.push(Waiting { since: case.created_at, id: case.id, number: case.number, state: case.state });
        if waiting.len() >= 2 * NAMED {
            waiting.sort_unstable();
            waiting.truncate(NAMED);
        }
    }
}
