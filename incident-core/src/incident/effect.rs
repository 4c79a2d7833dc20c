//! What the world is owed for what happened.
//!
//! [`Effect::ShowCard`] is level-triggered: "make the card show whatever is true by then, and post it if there
//! is none". It carries no text, so that a late, repeated or merged delivery is still right. Only notices, calls and
//! lines in the log are edge-triggered, each with an identity of its own: the event that caused it.

use serde::{Deserialize, Serialize};

use super::state::CloseReason;
use crate::ids::{PersonId, Version};
use crate::policy::Role;

/// Something owed to the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// The card must show the present state.
    ShowCard,
    /// The same, and the card must be pinned again although it is known as pinned: somebody says that it is not.
    PinCard,
    /// A message must be sent once.
    Say {
        /// Which.
        notice: Notice,
    },
    /// A person must be called, through a pager.
    Ring {
        /// Whom.
        target: PersonId,
        /// The attempt with this person, from 1.
        attempt: u8,
    },
    /// The log must have a line for something that happened.
    Log {
        /// Which event: the version that it led to, and so its place in the journal, from 1.
        event: Version,
    },
}

/// In which of the chats of a group something is owed, where it lives in several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In every one.
    Everywhere,
    /// Where it was asked for; in every one, if nobody asked.
    Asked,
    /// Once, whichever chats there are.
    Once,
    /// In the log of the group, if it has one.
    Log,
}

/// Effects of one incident and lane go out oldest first, one at a time; a stuck lane blocks no other. In one
/// chat, lanes are served in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// People who must come now.
    Page,
    /// One-off messages and questions.
    Notice,
    /// Cards.
    Card,
    /// What the desk owes itself: upkeep that touches many incidents. It needs no chat.
    Upkeep,
}

impl Lane {
    /// All lanes, most urgent first.
    pub const ALL: [Self; 4] = [Self::Page, Self::Notice, Self::Card, Self::Upkeep];

    /// Returns the word used in stored rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Notice => "notice",
            Self::Card => "card",
            Self::Upkeep => "upkeep",
        }
    }

    /// Returns the place in the order, from 0; stores sort by it.
    pub const fn rank(self) -> u8 {
        self as u8
    }
}

/// Whom a message addresses by mention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody in the group with this role.
    Role(Role),
    /// The members of the incident's team.
    Team,
    /// One person.
    Person(PersonId),
    /// Those who hold the incident.
    Assignees,
}

/// A message that is sent once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Notice {
    /// Somebody is needed: escalated, routed, or assigned.
    Summon {
        /// Who.
        audience: Audience,
    },
    /// Nobody has claimed it yet.
    Unclaimed {
        /// Who should.
        audience: Audience,
        /// For how many minutes.
        minutes: u32,
    },
    /// Nobody has routed it yet.
    Unrouted {
        /// For how many minutes.
        minutes: u32,
    },
    /// A question whose reply is the answer.
    Ask {
        /// Which.
        prompt: Prompt,
        /// Who is asked.
        person: PersonId,
        /// Whether it was asked before.
        again: bool,
    },
    /// It was resolved.
    Resolved,
    /// It was closed.
    Closed {
        /// Why.
        reason: CloseReason,
    },
    /// The promised summary did not come; its holders go on.
    SummaryMissing,
    /// A promised time was broken.
    Breached {
        /// Who should know.
        audience: Audience,
    },
    /// Everybody on call was called in vain.
    Exhausted,
    /// The reporter wrote something.
    ReporterWrote {
        /// Who should know.
        audience: Audience,
    },
    /// The assistant's answer to the reporter, kept in the journal by the event that owes this.
    Answer,
    /// Does it still matter?
    StillNeeded {
        /// Who is asked.
        person: PersonId,
    },
    /// Somebody lost their claim.
    ClaimEnded {
        /// Who.
        person: PersonId,
    },
}

/// A question whose reply is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// What was done?
    Summary,
}

impl Effect {
    /// Returns in which chats it is owed. A question goes to whoever pressed, where they did; reminders of it go everywhere.
    pub(crate) const fn reach(&self) -> Reach {
        match self {
            Self::Say { notice: Notice::Ask { again: false, .. } } => Reach::Asked,
            Self::ShowCard | Self::PinCard | Self::Say { .. } => Reach::Everywhere,
            Self::Ring { .. } => Reach::Once,
            Self::Log { .. } => Reach::Log,
        }
    }

    /// Returns the lane it goes out in.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::ShowCard | Self::PinCard => Lane::Card,
            Self::Say { notice } => notice.lane(),
            Self::Ring { .. } => Lane::Page,
            Self::Log { .. } => Lane::Notice,
        }
    }
}

impl Notice {
    const fn lane(&self) -> Lane {
        match self {
            Self::Summon { .. } | Self::Exhausted => Lane::Page,
            Self::Unclaimed { .. }
            | Self::Unrouted { .. }
            | Self::Ask { .. }
            | Self::Resolved
            | Self::Closed { .. }
            | Self::SummaryMissing
            | Self::Breached { .. }
            | Self::ReporterWrote { .. }
            | Self::Answer
            | Self::StillNeeded { .. }
            | Self::ClaimEnded { .. } => Lane::Notice,
        }
    }
}
