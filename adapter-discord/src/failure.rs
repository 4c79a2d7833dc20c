//! What a failed call means for whoever wanted it: pure, because Discord tells a hundred things apart by a number,
//! and each that matters here needs a test.

use std::time::Duration;

use incident_core::ports::DeliveryError;
use incident_core::roster::Right;

/// Why a call of the REST API has no result. None of its texts holds the bot's token.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server understood the call and refused it.
    #[error("refused with {} ({}): {}", .0.status, .0.code, .0.message)]
    Refused(Refusal),
    /// Something answered, but not in the language of the API: a proxy in front of it, mostly.
    #[error("unreadable answer with status {status}")]
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// How long it asked to be left alone, in a header.
        retry_after: Option<Duration>,
    },
    /// It was not made at all: Discord would refuse it.
    #[error("not sent: {reason}")]
    Unsendable {
        /// Why.
        reason: String,
    },
    /// It was not made yet: Discord has said that it would be one too many.
    #[error("not sent before {} ms have passed", .wait.as_millis())]
    Held {
        /// How long that is.
        wait: Duration,
    },
    /// No answer came. The call may have been carried out all the same.
    #[error("no answer: {reason}")]
    Unreachable {
        /// What went wrong, without the address, which may hold the token of an interaction.
        reason: String,
    },
}

/// A refusal in the server's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The `code`, by which Discord tells its errors apart; 0 where it gives none.
    pub code: u64,
    /// The `message`.
    pub message: String,
    /// How long to leave it alone: the route, or everything.
    pub retry_after: Option<Duration>,
    /// Whether everything is to be left alone.
    pub global: bool,
}

/// The codes of Discord's errors that mean something here.
mod code {
    pub(super) const UNKNOWN_CHANNEL: u64 = 10_003;
    pub(super) const UNKNOWN_GUILD: u64 = 10_004;
    pub(super) const UNKNOWN_MEMBER: u64 = 10_007;
    pub(super) const UNKNOWN_MESSAGE: u64 = 10_008;
    pub(super) const UNKNOWN_USER: u64 = 10_013;
    pub(super) const UNKNOWN_INTERACTION: u64 = 10_062;
    pub(super) const ALREADY_ACKNOWLEDGED: u64 = 40_060;
    pub(super) const TOO_MANY_CHANNELS: u64 = 30_013;
    pub(super) const NO_ACCESS: u64 = 50_001;
    pub(super) const NOT_OURS: u64 = 50_005;
    pub(super) const NOT_A_TEXT_CHANNEL: u64 = 50_008;
    pub(super) const NO_PERMISSION: u64 = 50_013;
    pub(super) const TOKEN_EXPIRED: u64 = 50_027;
    pub(super) const THREAD_ARCHIVED: u64 = 50_083;
    pub(super) const OVERLOADED: u64 = 130_000;
    pub(super) const THREAD_LOCKED: u64 = 160_005;
}

impl CallError {
    /// Tells whether the server does not know the bot: the token was reset, or is none.
    pub fn is_unauthorised(&self) -> bool {
        // The token of an interaction that has expired is refused with the same status.
        self.status() == Some(401) && !self.is_too_late()
    }

    /// Returns how long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            Self::Unreadable { retry_after, .. } => *retry_after,
            Self::Held { wait } => Some(*wait),
            Self::Unsendable { .. } | Self::Unreachable { .. } => None,
        }
    }

    /// Tells whether the server refused the call as one too many.
    pub(crate) fn is_too_fast(&self) -> bool {
        self.status() == Some(429)
    }

    /// Tells whether nobody knows if the call was carried out.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Unreadable { status, .. } => *status >= 500 || *status < 300,
            Self::Refused(refusal) => refusal.status >= 500,
            Self::Unsendable { .. } | Self::Held { .. } => false,
        }
    }

    /// Tells whether a message could not go into its thread, though it could go into the channel.
    pub fn is_about_thread(&self) -> bool {
        matches!(self.code(), Some(code::THREAD_ARCHIVED | code::THREAD_LOCKED | code::UNKNOWN_CHANNEL))
    }

    /// Tells whether a message cannot be changed because its thread was put away.
    pub(crate) fn is_archived(&self) -> bool {
        self.code() == Some(code::THREAD_ARCHIVED)
    }

    /// Tells whether a person asked about is no member.
    pub(crate) fn is_about_stranger(&self) -> bool {
        matches!(self.code(), Some(code::UNKNOWN_MEMBER | code::UNKNOWN_USER))
    }

    /// Tells whether a guild takes no channel any more.
    pub(crate) fn is_about_too_many_channels(&self) -> bool {
        self.code() == Some(code::TOO_MANY_CHANNELS)
    }

    /// Tells whether there is no such channel any more.
    pub(crate) fn is_about_no_channel(&self) -> bool {
        self.code() == Some(code::UNKNOWN_CHANNEL)
    }

    /// Tells whether an interaction has its answer already.
    pub(crate) fn is_answered(&self) -> bool {
        self.code() == Some(code::ALREADY_ACKNOWLEDGED)
    }

    /// Tells whether an interaction can be answered no more.
    pub(crate) fn is_too_late(&self) -> bool {
        matches!(self.code(), Some(code::UNKNOWN_INTERACTION | code::TOKEN_EXPIRED))
    }

    /// Names the sort of failure, for counting.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Held { .. } => "held",
            Self::Unreachable { .. } => "network",
            Self::Unsendable { .. } => "refused",
            Self::Unreadable { status: 429, .. } => "flood",
            Self::Unreadable { .. } => "server",
            Self::Refused(refusal) => match refusal.status {
                401 => "unauthorised",
                429 => "flood",
                500.. => "server",
                _ => "refused",
            },
        }
    }

    fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            Self::Unreadable { status, .. } => Some(*status),
            Self::Unsendable { .. } | Self::Held { .. } | Self::Unreachable { .. } => None,
        }
    }

    fn code(&self) -> Option<u64> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Unreadable { .. }
            | Self::Unsendable { .. }
            | Self::Held { .. }
            | Self::Unreachable { .. } => None,
        }
    }
}

/// Says what a failed call means for a delivery.
///
/// A refused token is temporary: what is owed stays owed, and goes out once the token is right. That it is
/// refused is the listener's to say, loudly, and to stop for.
pub fn classify(error: &CallError) -> DeliveryError {
    let reason = error.to_string();
    match error {
        CallError::Unsendable { .. } => DeliveryError::Permanent { reason },
        CallError::Refused(refusal) => refused(refusal, reason),
        CallError::Unreadable { .. } | CallError::Held { .. } | CallError::Unreachable { .. } => {
            DeliveryError::Temporary { reason, retry_after: error.retry_after() }
        }
    }
}

fn refused(refusal: &Refusal, reason: String) -> DeliveryError {
    match (refusal.status, refusal.code) {
        (408 | 425 | 429, _) => DeliveryError::Temporary { reason, retry_after: refusal.retry_after },
        (401 | 500.., _) | (_, code::OVERLOADED) => DeliveryError::Temporary { reason, retry_after: None },
        (_, code::UNKNOWN_MESSAGE | code::NOT_OURS) => DeliveryError::Gone,
        (_, code::UNKNOWN_CHANNEL | code::UNKNOWN_GUILD | code::NO_ACCESS | code::NOT_A_TEXT_CHANNEL) => {
            DeliveryError::ChatLost { reason }
        }
        (_, code::NO_PERMISSION | code::THREAD_ARCHIVED | code::THREAD_LOCKED) => {
            DeliveryError::Forbidden { right: Right::Write }
        }
        // Without a number of its own, this is the answer of something that is not the API, or not yet.
        (404, 0) => DeliveryError::Temporary { reason, retry_after: None },
        (403, _) => DeliveryError::Forbidden { right: Right::Write },
        _ => DeliveryError::Permanent { reason },
    }
}

/// Says what a failed call to pin or unpin means.
///
/// Whatever else speaks against pinning, a missing right or too many pins, the message itself is there, and the desk
/// must not take the refusal for one of the message.
pub fn classify_pinning(error: &CallError) -> DeliveryError {
    let meaning = classify(error);
    if matches!(meaning, DeliveryError::Forbidden { .. } | DeliveryError::Permanent { .. }) {
        return DeliveryError::Forbidden { right: Right::Pin };
    }
    meaning
}

#[cfg(test)]
mod tests;
