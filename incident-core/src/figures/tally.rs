//! One pass over the incidents of a window.

use std::collections::BTreeMap;

use super::ageing::Ageing;
use super::case::Case;
use super::escalation::{EscalationTally, Escalations, asked_above};
use super::headline::Headline;
use super::origin::OriginTally;
use super::outcome::{Day, Figures, TeamFigures, Times, Waiting};
use super::promise::{Promise, Targets};
use super::summary::Sample;
use super::tags::TagTally;
use super::window::Window;
use crate::ids::TeamId;
use crate::incident::{Ending, Level};
use crate::time::Timestamp;

/// How many of the incidents that wait longest are named, of the people who report most, and of the tags.
const NAMED: usize = 50;

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
    times: [Sample; 3],
    teams: BTreeMap<Option<TeamId>, TeamSamples>,
    escalations: EscalationTally,
    origins: OriginTally,
    tags: TagTally,
    before: Option<Box<Self>>,
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
            escalations: Escalations::default(),
            holders: [0; 4],
            ageing: Ageing::default(),
            reporters: Vec::new(),
            group_reporters: BTreeMap::new(),
            tags: Vec::new(),
            before: None,
            window,
        };
        Self {
            figures,
            targets,
            times: Default::default(),
            teams: BTreeMap::new(),
            escalations: EscalationTally::new(&targets),
            origins: OriginTally::default(),
            tags: TagTally::default(),
            before: None,
        }
    }

    /// Begins to count the incidents of a window, and those of the days before it if the calendar has any, to compare
    /// the two.
    pub fn compared(window: Window, targets: Targets, as_of: Timestamp) -> Self {
        let before = window.before().ok().map(|window| Box::new(Self::new(window, targets, as_of)));
        Self { before, ..Self::new(window, targets, as_of) }
    }

    /// Returns the first instant whose incidents it counts.
    pub fn from(&self) -> Timestamp {
        self.before.as_ref().map_or(&self.figures, |before| &before.figures).window.from()
    }

    /// Takes one incident. One that was reported on none of its days is passed over.
    pub fn add(&mut self, case: &Case) {
        let Some(day) = self.figures.window.day(case.created_at) else {
            self.before.iter_mut().for_each(|before| before.add(case));
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
        self.figures.ageing.add(case, self.figures.as_of);
        self.origins.add(case);
        self.tags.add(case);
    }

    /// Ends the pass.
    pub fn finish(self) -> Figures {
        let mut figures = self.figures;
        let [claimed, escalation, unheld] = self.times.map(Sample::summary);
        let (escalations, resolved) = self.escalations.finish();
        figures.escalations = escalations;
        (figures.reporters, figures.group_reporters) = self.origins.finish(NAMED);
        figures.tags = self.tags.finish(NAMED);
        figures.before = self.before.map(|before| Box::new(Headline::from(&before.finish())));
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
        let resolve = targets.resolve(case, now);
        self.figures.resolve.add(resolve);
        self.escalations.add(case, resolve);
    }

    fn measure(&mut self, case: &Case) {
        let times = [case.until_claimed(), case.until_escalation_claimed(), case.until_resolved_unheld()];
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
            person.first_level_claims += u64::from(stint.level == Level::FIRST);
            person.escalations += u64::from(asked_above(case, stint));
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
        let holders = holders(case);
        self.figures.holders[holders] += 1;
        self.figures.shared += u64::from(holders > 1);
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

/// Counts the people who held it at whatever time, up to three.
fn holders(case: &Case) -> usize {
    let (mut known, mut count) = ([None; 3], 0);
    for stint in &case.stints {
        if count < known.len() && !known.contains(&Some(stint.person)) {
            known[count] = Some(stint.person);
            count += 1;
        }
    }
    count
}
