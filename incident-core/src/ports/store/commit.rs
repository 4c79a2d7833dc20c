//! What is written in one transaction, and why it may not be.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::outbox::{Address, Claim};
use crate::ids::{ChatRef, IncidentId, Number, Version};
use crate::incident::{Effect, Event, Incident, Step};
use crate::roster::{Roster, RosterEffect, RosterEvent, RosterStep};
use crate::time::Timestamp;

/// Names the request that caused a commit, so that its redelivery is recognised: `<platform>:<bot>:<update>`.
/// One key is one request, whichever company or aggregate its commit was for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestKey(Arc<str>);

impl RequestKey {
    /// Wraps a key that is the same whenever the same request is delivered.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// Returns the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The request that a commit answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its key.
    pub key: RequestKey,
    /// The answer that a redelivery gets, in a form of the desk's own.
    pub answer: String,
}

/// An incident with the number the store gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// The number people use.
    pub number: Number,
    /// The incident.
    pub incident: Incident,
}

/// What must be written in one transaction, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commit {
    /// The version that was decided upon; [`Version::NONE`] for a new incident.
    pub expected: Version,
    /// The request it answers; timers answer none.
    pub origin: Option<Origin>,
    /// The state afterwards.
    pub incident: Incident,
    /// What happened since `expected`, in order; never empty.
    pub events: Vec<Event>,
    /// What is owed for it, in order.
    pub effects: Vec<Effect>,
    /// The chat in which it is owed.
    pub chat: ChatRef,
    /// What is owed besides, in other chats, in order: an incident may live in several.
    pub elsewhere: Vec<(Effect, ChatRef)>,
    /// When the incident must be looked at again.
    pub wake_at: Option<Timestamp>,
    /// The present instant.
    pub at: Timestamp,
    /// Until when effects that nothing stands before are claimed by the committer at once; `None` leaves
    /// them to whoever asks.
    pub lease_until: Option<Timestamp>,
}

impl Commit {
    /// Puts a step's result into a commit that nothing is claimed for.
    pub fn new(expected: Version, step: Step, chat: ChatRef, at: Timestamp) -> Self {
        let Step { incident, events, effects, wake_at } = step;
        let (origin, elsewhere, lease_until) = (None, Vec::new(), None);
        Self { expected, origin, incident, events, effects, chat, elsewhere, wake_at, at, lease_until }
    }

    /// Names the request it answers.
    #[must_use]
    pub fn answering(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Lists everything that it owes, and where.
    pub fn owed(&self) -> impl Iterator<Item = (&Effect, Address)> {
        let here = self.effects.iter().map(|effect| (effect, Address::own(self.chat.clone())));
        let there = self.elsewhere.iter();
        here.chain(there.map(|(effect, chat)| (effect, Address::elsewhere(chat.clone()))))
    }

    /// Claims its effects for the committer.
    #[must_use]
    pub const fn claiming(mut self, lease_until: Timestamp) -> Self {
        self.lease_until = Some(lease_until);
        self
    }
}

/// What a commit resulted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The number of the incident, new or old.
    pub number: Number,
    /// The effects that were born claimed.
    pub claims: Vec<Claim>,
}

/// What must be written to a roster in one transaction, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RosterCommit {
    /// The version that was decided upon; [`Version::NONE`] for a new company.
    pub expected: Version,
    /// The request it answers.
    pub origin: Option<Origin>,
    /// The roster afterwards.
    pub roster: Roster,
    /// What happened since `expected`, in order. May be empty if only effects are owed.
    pub events: Vec<RosterEvent>,
    /// What is owed for it, in order.
    pub effects: Vec<RosterEffect>,
    /// When the company must be looked at again.
    pub wake_at: Option<Timestamp>,
    /// The present instant.
    pub at: Timestamp,
}

impl RosterCommit {
    /// Puts a step's result into a commit.
    pub fn new(expected: Version, step: RosterStep, at: Timestamp) -> Self {
        let RosterStep { roster, events, effects } = step;
        Self { expected, origin: None, roster, events, effects, wake_at: None, at }
    }

    /// Says when the company must be looked at again.
    #[must_use]
    pub const fn waking(mut self, wake_at: Option<Timestamp>) -> Self {
        self.wake_at = wake_at;
        self
    }

    /// Names the request it answers.
    #[must_use]
    pub fn answering(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Somebody else was faster: load and decide again.
    #[error("conflict: expected version {expected}, found {actual}")]
    Conflict {
        /// The version that was decided upon.
        expected: Version,
        /// The version that is stored.
        actual: Version,
    },
    /// The request was applied before. Checked before the version, since a redelivery always has an old one.
    #[error("already applied")]
    AlreadyApplied {
        /// The answer it got.
        answer: Answered,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was answered to a request that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer, as [`Origin::answer`] gave it.
    pub answer: String,
    /// The incident it concerned, with its number, if it was one.
    pub incident: Option<(IncidentId, Number)>,
}

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub struct StoreError {
    /// What it was asked.
    pub operation: &'static str,
    /// Whether the same may succeed later.
    pub temporary: bool,
    /// What went wrong, without secrets.
    pub source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {}: {}", self.operation, self.source)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
