//! What is owed: how it is claimed, delivered and settled, and the messages that come of it.

use serde::{Deserialize, Serialize};

use crate::ids::{ChatRef, CompanyId, IncidentId, MessageRef, PersonId};
use crate::incident::{Effect, Lane, Prompt};
use crate::roster::RosterEffect;
use crate::time::Timestamp;

/// What is owed, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "owner", rename_all = "snake_case")]
pub enum Owed {
    /// For an incident.
    Incident {
        /// Which.
        incident: IncidentId,
        /// What.
        effect: Effect,
    },
    /// For a roster.
    Roster {
        /// What.
        effect: RosterEffect,
    },
}

impl Owed {
    /// Returns the lane it goes out in.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Incident { effect, .. } => effect.lane(),
            Self::Roster { effect: RosterEffect::PageShift { .. } } => Lane::Page,
            Self::Roster { effect } => {
                if effect.is_told() {
                    Lane::Notice
                } else {
                    Lane::Upkeep
                }
            }
        }
    }
}

/// Where something is owed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The chat.
    pub chat: ChatRef,
    /// Whether it is owed in this chat besides the group's own. What is owed in the group's own goes there wherever that
    /// is by then.
    pub elsewhere: bool,
}

impl Address {
    /// Addresses the own chat of a group.
    pub const fn own(chat: ChatRef) -> Self {
        Self { chat, elsewhere: false }
    }

    /// Addresses another chat.
    pub const fn elsewhere(chat: ChatRef) -> Self {
        Self { chat, elsewhere: true }
    }
}

/// An effect that the holder, and nobody else, delivers until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The store's own number of the effect; larger ones are younger.
    pub effect: u64,
    /// How often it was claimed, this time included; compared when it is settled.
    pub attempt: u32,
    /// Whose it is.
    pub company: CompanyId,
    /// The chat it goes to.
    pub chat: ChatRef,
    /// Whether it is owed there besides the group's own chat.
    pub elsewhere: bool,
    /// What is owed.
    pub owed: Owed,
    /// When it came to be owed.
    pub since: Timestamp,
    /// Until when nobody else may have it.
    pub lease_until: Timestamp,
}

/// Asks for an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimOrder {
    /// The lane.
    pub lane: Lane,
    /// The present instant.
    pub now: Timestamp,
    /// Until when it is wanted.
    pub lease_until: Timestamp,
}

/// How a delivery went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is done; the effect is forgotten.
    Done {
        /// The message that was sent for it.
        posted: Option<Posted>,
        /// Messages of the incident that are no more.
        gone: Vec<MessageRef>,
    },
    /// It is to be tried again.
    Retry {
        /// Not before this instant.
        not_before: Timestamp,
        /// The whole chat is left alone until this instant, in every lane.
        park_chat_until: Option<Timestamp>,
        /// Why, without secrets.
        reason: String,
        /// The message that was sent for it all the same, if one was; kept like that of a success.
        posted: Option<Posted>,
        /// Messages of the incident that are no more.
        gone: Vec<MessageRef>,
    },
    /// It will never succeed. It is kept with its reason for people to see, and stands in nobody's way.
    Abandoned {
        /// Why, without secrets.
        reason: String,
    },
}

/// Whether a settlement counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It did.
    Yes,
    /// The lease had ended and somebody else holds or settled the effect; nothing was written.
    Late,
}

/// A message that was sent for an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The message.
    pub message: MessageRef,
    /// For which incident.
    pub incident: IncidentId,
    /// As what.
    pub kind: PostedKind,
}

/// What a message of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PostedKind {
    /// The incident's card in its chat; there is at most one in each chat, a newer one replaces it.
    Card {
        /// Whether it is pinned.
        pinned: bool,
    },
    /// A question whose reply is an answer.
    Prompt {
        /// Which.
        prompt: Prompt,
        /// Who was asked.
        person: PersonId,
    },
    /// Anything else.
    Notice,
}

/// The card of an incident in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surface {
    /// The message.
    pub message: MessageRef,
    /// Whether it is pinned.
    pub pinned: bool,
}
