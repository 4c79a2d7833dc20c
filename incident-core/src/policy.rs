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
    AckMode, Anchor, AutoAnswer, Eligible, IdleRule, Initial, LateReply, LevelRule, Nudge, Paging, Quota,
    RouteRule, Rules, Sla, Summary, SummaryEnd, SummaryRule, TriageRule,
};

use crate::incident::Level;

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
    /// A ticket in a channel of its own, with idle warnings.
    DiscordTickets,
}

impl Preset {
    /// All presets, in their order.
    pub const ALL: [Self; 5] =
        [Self::TwoTier, Self::TwoTierShared, Self::Departments, Self::Support, Self::DiscordTickets];

    /// Returns the word used in configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TwoTier => "two_tier",
            Self::TwoTierShared => "two_tier_shared",
            Self::Departments => "departments",
            Self::Support => "support",
            Self::DiscordTickets => "discord_tickets",
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

    /// Returns the rules.
    pub fn rules(&self) -> &Rules {
        &self.0
    }

    /// Returns the rule of a level; levels beyond the ladder follow its last rung.
    pub fn level(&self, level: Level) -> &LevelRule {
        let index = usize::from(level.get() - 1).min(self.0.levels.len() - 1);
        &self.0.levels[index]
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

    fn refused(change: impl FnOnce(&mut Rules)) -> PolicyError {
        let mut rules = Rules::from(Preset::TwoTier);
        change(&mut rules);
        Policy::new(rules).expect_err("the rules contradict themselves")
    }

    #[test]
    fn every_preset_is_a_policy() {
        for preset in Preset::ALL {
            assert_eq!(Policy::preset(preset).rules().preset, preset);
        }
    }

    #[test]
    fn contradictions_are_named() {
        assert_eq!(refused(|rules| rules.levels.clear()), PolicyError::Levels);
        assert_eq!(refused(|rules| rules.levels = vec![rules.levels[0].clone(); 10]), PolicyError::Levels);
        assert_eq!(
            refused(|rules| rules.close_after = Some(Duration::ZERO)),
            PolicyError::NoWait("the time to closing")
        );
        assert_eq!(
            refused(|rules| rules.levels[0].nudge.as_mut().unwrap().times = 0),
            PolicyError::NoTimes("the number of reminders")
        );
        let day = Duration::from_secs(86_400);
        assert_eq!(
            refused(|rules| rules.idle = Some(IdleRule { warn: day, close: day })),
            PolicyError::IdleOrder
        );
        assert_eq!(refused(|rules| rules.levels[1].eligible = Eligible::Team), PolicyError::NoTeams);
    }
}
