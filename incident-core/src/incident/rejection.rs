//! Why not: the typed, ordinary answers to what may not be done.

use serde::{Deserialize, Serialize};

use super::state::StateKind;
use crate::ids::PersonId;
use crate::text::TextError;

/// A refusal. It emits no event and changes nothing; people see it as a toast, programs as a 403 or 409.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "rejection", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rejection {
    /// The actor may not do this here.
    #[error("not authorised")]
    NotAuthorized,
    /// This makes no sense in the present state.
    #[error("not possible while {}", state.as_str())]
    WrongState {
        /// The present state.
        state: StateKind,
    },
    /// Somebody else was first.
    #[error("already acknowledged")]
    AlreadyAcknowledged {
        /// Who.
        by: PersonId,
    },
    /// The actor holds it already.
    #[error("already an assignee")]
    AlreadyAssignee,
    /// The actor, or the person named, does not hold it.
    #[error("not an assignee")]
    NotAssignee,
    /// The person named may not claim here.
    #[error("the person is not eligible")]
    NotEligible,
    /// It is being resolved; only the summary is outstanding.
    #[error("closing out: waiting for a summary")]
    ClosingOut {
        /// Who promised the summary.
        resolver: PersonId,
    },
    /// A text is too short or too long, or a value is out of range.
    #[error("invalid input: {reason}")]
    InvalidInput {
        /// What is wrong with it.
        reason: Invalid,
    },
    /// Too many requests in too short a time.
    #[error("rate limited")]
    RateLimited {
        /// When to try again, in seconds from now.
        retry_after_secs: u64,
    },
    /// There is no such thing here.
    #[error("unknown")]
    Unknown,
    /// The group is not configured, waits for approval, or was suspended.
    #[error("the group is not active")]
    TenantInactive,
    /// The asker saw an older version, and what they asked for would now mean something else.
    #[error("stale: it changed meanwhile")]
    Stale,
    /// The time in which this was possible is over.
    #[error("too late")]
    TooLate,
}

/// What is wrong with an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Invalid {
    /// A text that is too short or too long.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A summary is required.
    #[error("a summary is required")]
    NoSummary,
    /// It is there already.
    #[error("nothing would change")]
    NoChange,
    /// There is no higher or lower level to ask.
    #[error("there is no such level")]
    NoSuchLevel,
    /// The result would contradict the machine.
    #[error("that state cannot be reached this way")]
    Unreachable,
    /// There are more than the machine counts.
    #[error("too many")]
    TooMany,
}

impl From<Invalid> for Rejection {
    fn from(reason: Invalid) -> Self {
        Self::InvalidInput { reason }
    }
}

impl From<TextError> for Rejection {
    fn from(error: TextError) -> Self {
        Invalid::Text(error).into()
    }
}
