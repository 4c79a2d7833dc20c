//! What is true of an incident. A state carries exactly the data that is true in it, and everything that can
//! be computed (who holds it, what is due) is computed.

use std::fmt;
use std::num::NonZeroU8;

use serde::{Deserialize, Serialize};

use super::event::Ending;
use crate::ids::{PersonId, TeamId};
use crate::text::{Limits, Text, TextError};
use crate::time::Timestamp;

/// A rung of the escalation ladder, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Level(NonZeroU8);

impl Level {
    /// Where every incident starts.
    pub const FIRST: Self = Self(NonZeroU8::MIN);
    /// Where most escalations lead.
    pub const SECOND: Self = Self(NonZeroU8::MIN.saturating_add(1));
    /// The highest rung that a policy may have.
    pub const LAST: Self = Self(NonZeroU8::MIN.saturating_add(8));

    /// Returns the level with this number, if the machine counts so far.
    pub fn new(number: u8) -> Option<Self> {
        let level = Self(NonZeroU8::new(number)?);
        (level <= Self::LAST).then_some(level)
    }

    /// Returns the number.
    pub const fn get(self) -> u8 {
        self.0.get()
    }

    /// Returns the next higher level.
    #[must_use]
    pub const fn up(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// How urgent the desk considers it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Can wait.
    Low,
    /// As usual.
    #[default]
    Normal,
    /// Before the others.
    High,
    /// Now.
    Urgent,
}

impl Priority {
    /// All priorities, the most urgent last.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];
}

/// How bad it is, in hundredths: 0 is praise, 100 a catastrophe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Severity(u8);

impl Severity {
    /// Accepts 0 to 100.
    pub const fn new(hundredths: u8) -> Option<Self> {
        if hundredths <= 100 { Some(Self(hundredths)) } else { None }
    }

    /// Returns the hundredths.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A word that groups incidents; compared without case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tag(Text);

impl Tag {
    /// Accepts a word.
    ///
    /// # Errors
    /// Says whether it is too short or too long.
    pub fn new(word: &str) -> Result<Self, TextError> {
        Text::new(&word.trim().trim_start_matches('#').to_lowercase(), Limits::TAG).map(Self)
    }

    /// Returns the word.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// An interval in which a person held the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stint {
    /// Who.
    pub person: PersonId,
    /// At which level.
    pub level: Level,
    /// For which team.
    pub team: Option<TeamId>,
    /// In which cycle; reopening begins a new one.
    pub cycle: Cycle,
    /// From when.
    pub from: Timestamp,
    /// Until when and why it ended; `None` while it lasts.
    pub until: Option<(Timestamp, Ending)>,
}

impl Stint {
    /// Tells whether it lasts.
    pub const fn is_open(&self) -> bool {
        self.until.is_none()
    }
}

/// Counts how often the incident was opened, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cycle(pub u16);

/// Waiting to be routed or classified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriageState {
    /// Since when.
    pub since: Timestamp,
    /// How many reminders went out.
    pub nudges: u8,
}

/// Calling the people of an on-call chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    /// The position in the chain, from 0.
    pub position: u8,
    /// Who that is.
    pub target: PersonId,
    /// The attempt with this person, from 1.
    pub attempt: u8,
    /// When it was made.
    pub at: Timestamp,
    /// Whether the whole chain was called in vain.
    pub exhausted: bool,
}

/// Waiting for somebody to claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Since when, at this level and in this team.
    pub since: Timestamp,
    /// How many reminders went out.
    pub nudges: u8,
    /// Who was asked to take it.
    pub expected: Option<PersonId>,
    /// The calls under way.
    pub calls: Option<Calls>,
}

impl Waiting {
    /// Begins to wait.
    pub const fn from(since: Timestamp) -> Self {
        Self { since, nudges: 0, expected: None, calls: None }
    }
}

/// Why an incident waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldReason {
    /// For the reporter to say more.
    Reporter,
    /// For somebody else: a part, a supplier, the weather.
    External,
    /// For the reporter's verdict on an automatic answer.
    Answered,
}

/// Where an incident on hold goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResumeTo {
    /// To be classified again.
    Triage,
    /// Waiting for a claim.
    Open,
    /// With those who hold it.
    Acknowledged,
}

/// Waiting for something outside the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// For what.
    pub reason: HoldReason,
    /// Since when.
    pub since: Timestamp,
    /// Where it goes on.
    pub resume_to: ResumeTo,
}

/// Done, with the summary outstanding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// Who promised the summary.
    pub resolver: PersonId,
    /// Since when.
    pub since: Timestamp,
    /// How many reminders went out.
    pub reminders: u8,
}

/// Fixed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Who fixed it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub summary: Option<Text>,
    /// Who wrote that.
    pub summary_by: Option<PersonId>,
}

/// Why an incident was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// The resolution was confirmed.
    Confirmed,
    /// It was taken back.
    Cancelled,
    /// The summary never came. It does not count as resolved.
    NoSummary,
    /// Nobody touched it any more.
    Idle,
    /// A manager or admin ended it.
    Admin,
    /// An automatic answer was enough.
    Answered,
    /// It repeats another one.
    Duplicate,
}

/// The state: what may happen next depends on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Exists, not yet routed or classified.
    Triage(TriageState),
    /// Routed; nobody holds it at the present level.
    Open(Waiting),
    /// At least one person holds it at the present level.
    Acknowledged {
        /// Since when.
        since: Timestamp,
    },
    /// Waits for something outside the desk.
    OnHold(Hold),
    /// Done, summary outstanding.
    PendingSummary(Pending),
    /// Fixed.
    Resolved(Outcome),
    /// Over.
    Closed {
        /// Why.
        reason: CloseReason,
        /// When.
        at: Timestamp,
        /// What had been resolved before, if anything.
        outcome: Option<Outcome>,
    },
}

/// The state without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the state of the same name")]
pub enum StateKind {
    Triage,
    Open,
    Acknowledged,
    OnHold,
    PendingSummary,
    Resolved,
    Closed,
}

impl StateKind {
    /// All states, in the order of a typical life.
    pub const ALL: [Self; 7] = [
        Self::Triage,
        Self::Open,
        Self::Acknowledged,
        Self::OnHold,
        Self::PendingSummary,
        Self::Resolved,
        Self::Closed,
    ];

    /// Returns the word used in stored rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Triage => "triage",
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::OnHold => "on_hold",
            Self::PendingSummary => "pending_summary",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
        }
    }

    /// Tells whether the work is over.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed)
    }
}

impl State {
    /// Returns the state without its data.
    pub const fn kind(&self) -> StateKind {
        match self {
            Self::Triage(_) => StateKind::Triage,
            Self::Open(_) => StateKind::Open,
            Self::Acknowledged { .. } => StateKind::Acknowledged,
            Self::OnHold(_) => StateKind::OnHold,
            Self::PendingSummary(_) => StateKind::PendingSummary,
            Self::Resolved(_) => StateKind::Resolved,
            Self::Closed { .. } => StateKind::Closed,
        }
    }

    /// Tells whether the work is over.
    pub const fn is_terminal(&self) -> bool {
        self.kind().is_terminal()
    }

    /// Tells whether somebody holds it and works on it.
    pub const fn is_acknowledged(&self) -> bool {
        matches!(self, Self::Acknowledged { .. })
    }
}
