//! What differs between desks: levels, waits, who may do what. One machine serves them all; a policy says
//! which of its paths are open.
//!
//! [`Rules`] is plain data that anybody may fill in; [`Policy`] is rules that were checked. Nothing else in
//! the core decides a wait or a permission, so reports and timers cannot disagree with the machine.

mod permission;
mod presets;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use permission::{Act, Actor, Member, Role, Roles, Standing};
pub use rules::{
    AckMode, Anchor, AutoAnswer, Eligible, Hourly, IdleRule, Initial, LateReply, LevelRule, Nudge, Paging,
    Patience, Quota, RouteRule, Rules, Sla, Summary, SummaryEnd, SummaryRule, TriageRule,
};

use crate::incident::{Level, Priority};

/// The desks that come ready made, each the lifecycle of a system this one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Dispatchers first, managers on escalation; whoever claims first is the one owner.
    TwoTier,
    /// Two tiers in which several people may hold an incident together.
    TwoTierShared,
    /// The reporter chooses a team; teams transfer instead of escalating.
    Departments,
    /// An assistant answers first and pages the on-call chain when it must.
    Support,
    /// Each in a room of its own, where its reporter and those who help talk, with idle warnings.
    Tickets,
}

impl Preset {
    /// All presets, in their order.
    pub const ALL: [Self; 5] =
        [Self::TwoTier, Self::TwoTierShared, Self::Departments, Self::Support, Self::Tickets];

    /// Returns the word used in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TwoTier => "two_tier",
            Self::TwoTierShared => "two_tier_shared",
            Self::Departments => "departments",
            Self::Support => "support",
            Self::Tickets => "tickets",
        }
    }
}

/// Says why rules make no policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The ladder has no rung, or more than the machine counts.
    #[error("between 1 and {} levels are needed", Level::LAST.get())]
    Levels,
    /// A wait of no time would fire for ever.
    #[error("{0} must be longer than zero")]
    NoWait(&'static str),
    /// A number of times that must be at least one is zero.
    #[error("{0} must be at least 1")]
    NoTimes(&'static str),
    /// Closing must come after warning.
    #[error("the idle warning must come before the closing")]
    IdleOrder,
    /// A level that is asked does not exist.
    #[error("triage escalates to a level that does not exist")]
    NoSuchLevel,
    /// Teams claim, but incidents have no team.
    #[error("a level for the incident's team needs `teams`")]
    NoTeams,
}

/// Rules that were checked. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy(Arc<Rules>);

impl Policy {
    /// Checks rules.
    ///
    /// # Errors
    /// Names the first rule that contradicts another or would make a timer fire for ever.
    pub fn new(rules: Rules) -> Result<Self, PolicyError> {
        if rules.levels.is_empty() || rules.levels.len() > usize::from(Level::LAST.get()) {
            return Err(PolicyError::Levels);
        }
        for level in &rules.levels {
            check_level(level, rules.teams)?;
        }
        check_waits(&rules)?;
        if let Some(triage) = &rules.triage
            && usize::from(triage.escalate_to.get()) > rules.levels.len()
        {
            return Err(PolicyError::NoSuchLevel);
        }
        if let Some(idle) = &rules.idle
            && idle.warn.as_micros() >= idle.close.as_micros()
        {
            return Err(PolicyError::IdleOrder);
        }
        Ok(Self(Arc::new(rules)))
    }

    /// Returns a preset as it comes.
    pub fn preset(preset: Preset) -> Self {
        Self::new(Rules::from(preset)).expect("every preset is a valid policy; a test builds them all")
    }

    /// Returns who is reminded when that nobody claims an incident of a level and a priority.
    pub fn nudge(&self, level: Level, priority: Priority) -> Option<Nudge> {
        let nudge = self.level(level).nudge?;
        Some(Nudge { after: self.rules().patience.wait(priority, nudge.after), ..nudge })
    }

    /// Returns the rules.
    pub fn rules(&self) -> &Rules {
        &self.0
    }

    /// Returns the rule of a level; levels beyond the ladder follow its last rung.
    pub fn level(&self, level: Level) -> &LevelRule {
        let index = usize::from(level.get() - 1).min(self.0.levels.len() - 1);
        &self.0.levels[index]
    }

    /// Tells whether people choose the team of a new incident, so that without any team it could only wait.
    pub fn is_routed_by_people(&self) -> bool {
        self.0.initial == Initial::Triage && self.0.teams && self.0.triage.is_none()
    }

    /// Returns the highest level.
    pub fn last_level(&self) -> Level {
        Level::new(self.0.levels.len() as u8).expect("a policy has between 1 and Level::LAST levels")
    }
}

fn check_level(level: &LevelRule, teams: bool) -> Result<(), PolicyError> {
    if level.eligible == Eligible::Team && !teams {
        return Err(PolicyError::NoTeams);
    }
    if let Some(nudge) = &level.nudge {
        wait("the wait for a claim", nudge.after)?;
        times("the number of reminders", nudge.times)?;
    }
    if let Some(paging) = &level.paging {
        wait("the wait between pages", paging.gap)?;
        times("the number of pages", paging.tries)?;
        times("the number of people on call", u8::from(!paging.chain.is_empty()))?;
    }
    Ok(())
}

fn check_waits(rules: &Rules) -> Result<(), PolicyError> {
    let waits = [
        ("the wait for routing", rules.route.map(|route| route.after)),
        ("the wait for feedback", rules.triage.and_then(|triage| triage.feedback)),
        ("the wait for a summary", rules.summary_wait.map(|wait| wait.after)),
        ("the response time", rules.sla.response),
        ("the resolution time", rules.sla.resolve),
        ("the idle time", rules.idle.map(|idle| idle.warn)),
        ("the time to closing", rules.close_after),
        ("the reopen window", rules.reopen_window),
        ("the time of a quota", rules.reports.map(|quota| quota.within)),
    ];
    for (name, duration) in waits {
        if let Some(duration) = duration {
            wait(name, duration)?;
        }
    }
    let Patience { low, high, urgent } = rules.patience;
    if [low, high, urgent].contains(&0) {
        return Err(PolicyError::NoWait("the wait of a priority"));
    }
    rules.reports.map_or(Ok(()), |quota| times("the number of reports", quota.count))
}

fn wait(name: &'static str, duration: Duration) -> Result<(), PolicyError> {
    // Instants are counted in microseconds: whatever is shorter would fire at once, for ever.
    if duration.as_micros() == 0 { Err(PolicyError::NoWait(name)) } else { Ok(()) }
}

fn times(name: &'static str, times: u8) -> Result<(), PolicyError> {
    if times == 0 { Err(PolicyError::NoTimes(name)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(change: impl FnOnce(&mut Rules)) -> Option<PolicyError> {
        let mut rules = Rules::from(Preset::Support);
        change(&mut rules);
        Policy::new(rules).err()
    }

    #[test]
    fn every_preset_is_a_policy() {
        for preset in Preset::ALL {
            assert_eq!(Policy::preset(preset).rules().preset, preset);
        }
    }

    #[test]
    fn a_ladder_has_between_one_and_nine_rungs() {
        let rungs = |count| checked(move |rules| rules.levels = vec![rules.levels[0].clone(); count]);
        assert_eq!(
            [0, 1, 9, 10].map(rungs),
            [Some(PolicyError::Levels), Some(PolicyError::NoSuchLevel), None, Some(PolicyError::Levels)]
        );
    }

    #[test]
    fn no_wait_may_be_over_at_once() {
        let nothing = Duration::from_nanos(999);
        type Set = fn(&mut Rules, Duration);
        let waits: [(&str, Set); 11] = [
            ("the wait for a claim", |rules, wait| rules.levels[1].nudge.as_mut().unwrap().after = wait),
            ("the wait between pages", |rules, gap| {
                rules.levels[0].paging = Some(Paging { gap, ..calling() })
            }),
            ("the wait for routing", |rules, wait| rules.route.as_mut().unwrap().after = wait),
            ("the wait for feedback", |rules, wait| rules.triage.as_mut().unwrap().feedback = Some(wait)),
            ("the wait for a summary", |rules, after| {
                rules.summary_wait = Some(SummaryRule { after, reminders: 1, then: SummaryEnd::Wait });
            }),
            ("the response time", |rules, wait| rules.sla.response = Some(wait)),
            ("the resolution time", |rules, wait| rules.sla.resolve = Some(wait)),
            ("the idle time", |rules, warn| rules.idle = Some(IdleRule { warn, close: Duration::MAX })),
            ("the time to closing", |rules, wait| rules.close_after = Some(wait)),
            ("the reopen window", |rules, wait| rules.reopen_window = Some(wait)),
            ("the time of a quota", |rules, within| rules.reports = Some(Quota { count: 1, within })),
        ];
        for (name, set) in waits {
            assert_eq!(checked(|rules| set(rules, nothing)), Some(PolicyError::NoWait(name)));
            assert_eq!(checked(|rules| set(rules, Duration::from_micros(1))), None, "{name}");
        }
    }

    fn calling() -> Paging {
        Paging { chain: vec![crate::ids::PersonId::new(1)], tries: 1, gap: Duration::from_secs(30) }
    }

    #[test]
    fn what_is_to_happen_happens_at_least_once() {
        let nobody = |rules: &mut Rules| rules.levels[0].paging = Some(Paging { chain: vec![], ..calling() });
        assert_eq!(checked(nobody), Some(PolicyError::NoTimes("the number of people on call")));
        let never = |rules: &mut Rules| rules.levels[0].paging = Some(Paging { tries: 0, ..calling() });
        assert_eq!(checked(never), Some(PolicyError::NoTimes("the number of pages")));
        let silent = |rules: &mut Rules| rules.levels[1].nudge.as_mut().unwrap().times = 0;
        assert_eq!(checked(silent), Some(PolicyError::NoTimes("the number of reminders")));
        let none =
            |rules: &mut Rules| rules.reports = Some(Quota { count: 0, within: Duration::from_secs(1) });
        assert_eq!(checked(none), Some(PolicyError::NoTimes("the number of reports")));
    }

    #[test]
    fn rules_that_contradict_each_other_are_named() {
        let day = Duration::from_secs(86_400);
        let idle = |close| checked(move |rules| rules.idle = Some(IdleRule { warn: day, close }));
        assert_eq!(idle(day), Some(PolicyError::IdleOrder));
        assert_eq!(idle(day + Duration::from_micros(1)), None);
        let team = |teams| {
            checked(move |rules| {
                rules.levels[1].eligible = Eligible::Team;
                rules.teams = teams;
            })
        };
        assert_eq!((team(false), team(true)), (Some(PolicyError::NoTeams), None));
        let third = |rules: &mut Rules| rules.triage.as_mut().unwrap().escalate_to = Level::SECOND.up();
        assert_eq!(checked(third), Some(PolicyError::NoSuchLevel));
    }

    #[test]
    fn levels_beyond_the_ladder_follow_its_last_rung() {
        let policy = Policy::preset(Preset::TwoTier);
        assert_eq!(policy.last_level(), Level::SECOND);
        assert_eq!(policy.level(Level::LAST), policy.level(Level::SECOND));
        assert_ne!(policy.level(Level::FIRST), policy.level(Level::SECOND));
    }
}
