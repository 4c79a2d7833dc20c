//! The rules of a desk, as plain data that anybody may fill in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Preset, Roles};
use crate::ids::{PersonId, TeamId};
use crate::incident::{Level, Priority};

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
    /// How long until somebody first claims it in a cycle; a release does not start this clock again.
    pub response: Option<Duration>,
    /// How long until it is resolved; holding stops this clock, and a promised summary ends it.
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

/// How many reports there may be in an hour; `None` counts none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hourly {
    /// Of one person in one company.
    pub person: Option<u16>,
    /// In one group, whoever makes them.
    pub group: Option<u16>,
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

/// How much of a wait for a claim an incident is given that has another priority than normal, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patience {
    /// With a low priority; 200 waits twice as long.
    pub low: u16,
    /// With a high priority.
    pub high: u16,
    /// With an urgent priority.
    pub urgent: u16,
}

impl Default for Patience {
    /// Makes no difference.
    fn default() -> Self {
        Self { low: 100, high: 100, urgent: 100 }
    }
}

impl Patience {
    /// Returns how long an incident of a priority waits where one of a normal priority waits so long.
    pub fn wait(self, priority: Priority, normal: Duration) -> Duration {
        let percent = match priority {
            Priority::Normal => return normal,
            Priority::Low => self.low,
            Priority::High => self.high,
            Priority::Urgent => self.urgent,
        };
        // Instants are counted in microseconds: whatever is shorter would fire at once, for ever.
        (normal.saturating_mul(u32::from(percent)) / 100).max(Duration::from_micros(1))
    }
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
    /// How priorities change the waits for a claim, reminders and the escalation after them. Promised times are the same
    /// for all.
    #[serde(default)]
    pub patience: Patience,
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
    /// How many reports there may be in an hour, besides.
    #[serde(default)]
    pub hourly: Hourly,
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
    /// Whether each incident has a room of its own, where the platform has rooms.
    #[serde(default)]
    pub rooms: bool,
}
