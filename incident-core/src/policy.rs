//! What differs between desks: levels, waits, who may do what. One machine serves them all; a policy says
//! which of its paths are open.
//!
//! [`Rules`] is plain data that anybody may fill in; [`Policy`] is rules that were checked. Nothing else in
//! the core decides a wait or a permission, so reports and timers cannot disagree with the machine.

mod permission;
mod presets;

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use permission::{Act, Actor, Member, Role, Roles, Standing};

use crate::ids::{PersonId, TeamId};
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

/// Where a new incident starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initial {
    /// Waiting for somebody to claim it.
    Open,
    /// Waiting to be routed or classified.
    Triage,
}

/// How many people may hold an incident at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AckMode {
    /// One; the second is refused.
    Exclusive,
    /// Several; the second joins.
    Shared,
}

/// Who may claim at a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Eligible {
    /// Anybody with one of these roles.
    Roles(Roles),
    /// Members of the incident's team.
    Team,
}

/// A reminder that nobody has claimed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nudge {
    /// How long an incident may wait at the level before the first reminder.
    pub after: Duration,
    /// How many reminders there are, each `after` later than the one before.
    pub times: u8,
    /// Whether silence after the last reminder escalates.
    pub then_escalate: bool,
}

/// Calling the people of an on-call chain, one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paging {
    /// Who is called, in this order.
    pub chain: Vec<PersonId>,
    /// How often each is called.
    pub tries: u8,
    /// How long a call may stay unanswered before the next.
    pub gap: Duration,
}

/// One rung of the escalation ladder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelRule {
    /// Who may claim here.
    pub eligible: Eligible,
    /// What happens when nobody does.
    pub nudge: Option<Nudge>,
    /// Who is called as soon as an incident waits here.
    pub paging: Option<Paging>,
    /// Whether the people who may claim are mentioned as soon as an incident waits here.
    pub summon: bool,
}

/// What happens to an incident that nobody routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteRule {
    /// How long it may wait; the reminder comes then, the default team once more as long after that.
    pub after: Duration,
    /// Where it goes in the end; without one the reminder is all.
    pub default_team: Option<TeamId>,
}

/// Whether a resolution needs a written summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Summary {
    /// A person must write one.
    Required,
    /// One may be given.
    Optional,
}

/// What happens when a promised summary does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRule {
    /// How long it may take before the first reminder, and between reminders.
    pub after: Duration,
    /// How many reminders there are.
    pub reminders: u8,
    /// What happens as long again after the last of them.
    pub then: SummaryEnd,
}

/// The end of waiting for a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryEnd {
    /// Go on waiting.
    Wait,
    /// Back to the people who were working on it.
    Reopen,
    /// Closed without summary; it never counts as resolved.
    Close,
}

/// What becomes of an incident that nobody touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdleRule {
    /// How long before the reporter is asked.
    pub warn: Duration,
    /// How long before it closes; longer than `warn`.
    pub close: Duration,
}

/// From when service times are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// From the report.
    Created,
    /// From the assignment to the present team.
    Routed,
}

/// Promised times; timers and reports read the same ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sla {
    /// How long until somebody claims.
    pub response: Option<Duration>,
    /// How long until it is resolved; holding stops this clock.
    pub resolve: Option<Duration>,
    /// When the clocks start.
    pub anchor: Anchor,
}

/// What a reporter's message does to an incident that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateReply {
    /// It is refused.
    Refuse,
    /// It is kept in the journal.
    Journal,
    /// It reopens the incident while the window lasts, and is kept in the journal after that.
    Reopen,
}

/// So many in so much time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// How many.
    pub count: u8,
    /// In how much time.
    pub within: Duration,
}

/// What becomes of an answer that an assistant proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AutoAnswer {
    /// It goes to the reporter at once, whose verdict is then awaited.
    Send,
    /// It is kept as an internal note, for a person to send.
    Draft,
    /// Nobody sees it.
    Off,
}

/// How an assistant's findings are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriageRule {
    /// What becomes of the answers it proposes.
    pub answers: AutoAnswer,
    /// The severity, in hundredths, from which a person is asked.
    pub threshold: u8,
    /// How many automatic answers there may be before a person is asked all the same.
    pub rounds: u8,
    /// How long after an automatic answer silence means consent.
    pub feedback: Option<Duration>,
    /// The team that takes over when triage fails.
    pub default_team: Option<TeamId>,
    /// The level that is asked when triage finds it serious.
    pub escalate_to: Level,
}

/// What differs between desks, as plain data. Start from a preset: `Rules::from(Preset::TwoTier)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// The preset these rules started from; it chooses the words people see.
    pub preset: Preset,
    /// Where a new incident starts.
    pub initial: Initial,
    /// Whether the reporter may choose the team.
    pub reporter_routes: bool,
    /// What happens while nobody routes.
    pub route: Option<RouteRule>,
    /// How an assistant's findings are used.
    pub triage: Option<TriageRule>,
    /// The escalation ladder, lowest rung first; at least one, at most [`Level::LAST`].
    pub levels: Vec<LevelRule>,
    /// Whether incidents move between teams.
    pub teams: bool,
    /// How many people may hold an incident at once.
    pub ack_mode: AckMode,
    /// Whether pressing Claim makes a stranger a responder. Unsafe in open chats; off in every preset.
    pub self_registration: bool,
    /// Whether escalating ends the claims of the lower level.
    pub escalation_clears_assignees: bool,
    /// Whether anybody eligible may escalate, not only who holds the incident.
    pub eligible_escalates: bool,
    /// Whether only holders at the present level may resolve.
    pub resolve_at_current_level: bool,
    /// Whether an incident may be resolved without having been claimed.
    pub resolve_unclaimed: bool,
    /// Whether a resolution needs a written summary.
    pub summary: Summary,
    /// What happens when it does not come.
    pub summary_wait: Option<SummaryRule>,
    /// Whether any holder or manager may write it, not only who promised it.
    pub summary_by_others: bool,
    /// How many reports a person may make in how much time.
    pub reports: Option<Quota>,
    /// Promised times.
    pub sla: Sla,
    /// What becomes of an incident that nobody touches.
    pub idle: Option<IdleRule>,
    /// How long after the resolution it closes by itself.
    pub close_after: Option<Duration>,
    /// How long after its end an incident may be reopened.
    pub reopen_window: Option<Duration>,
    /// What a reporter's message does after the end.
    pub late_reply: LateReply,
    /// Whether a reporter may close an incident.
    pub reporter_closes: bool,
    /// Whether admins may put an incident into any state.
    pub override_state: bool,
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
