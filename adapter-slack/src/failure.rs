//! What a failed call means for whoever wanted it: pure, because Slack has a word for everything and each of them
//! needs a test.
//!
//! Slack answers most refusals with status 200 and a word in `error`. The words are a closed list for each method,
//! and an open one over all of them: what is not known here is permanent, for repeating it would change nothing.

use std::time::Duration;

use incident_core::ports::DeliveryError;
use incident_core::roster::Right;

/// Why a call of the Web API has no result. None of its texts holds a token or what somebody wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// Slack understood the call and refused it.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// It came too early.
    #[error("called too often")]
    Limited {
        /// How long to wait, where Slack says so.
        retry_after: Option<Duration>,
    },
    /// Something answered, but not in the language of the Web API: a proxy in front of it, mostly.
    #[error("unreadable answer with status {status}")]
    Unreadable {
        /// The HTTP status.
        status: u16,
    },
    /// It was not made at all: Slack would refuse it.
    #[error("not sent: {reason}")]
    Unsendable {
        /// Why.
        reason: String,
    },
    /// No answer came. The call may have been carried out all the same.
    #[error("no answer: {reason}")]
    Unreachable {
        /// What went wrong, without the address, which may hold a secret.
        reason: String,
    },
}

/// A refusal in Slack's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The word in `error`.
    pub error: String,
    /// The scope that the token lacks, where it lacks one.
    pub needed: Option<String>,
    /// What Slack says beyond the word, such as which block is wrong.
    pub details: Vec<String>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.error)?;
        if let Some(scope) = &self.needed {
            write!(f, " (the app lacks the scope {scope})")?;
        }
        self.details.iter().try_for_each(|detail| write!(f, "; {detail}"))
    }
}

impl CallError {
    /// Tells whether Slack does not accept the token: it is wrong, was revoked, or its account was closed.
    pub fn is_unauthorised(&self) -> bool {
        self.is_one_of(&UNAUTHORISED)
    }

    /// Tells whether no socket is opened with a token: it is not accepted, or not meant for that.
    pub(crate) fn opens_no_socket(&self) -> bool {
        self.is_unauthorised() || self.is_one_of(&["missing_scope", "not_allowed_token_type"])
    }

    /// Returns how long Slack asked to wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Limited { retry_after } => *retry_after,
            Self::Refused(_)
            | Self::Unreadable { .. }
            | Self::Unsendable { .. }
            | Self::Unreachable { .. } => None,
        }
    }

    /// Tells whether the call was refused with one of these words.
    pub(crate) fn is_one_of(&self, words: &[&str]) -> bool {
        match self {
            Self::Refused(refusal) => words.contains(&refusal.error.as_str()),
            Self::Limited { .. }
            | Self::Unreadable { .. }
            | Self::Unsendable { .. }
            | Self::Unreachable { .. } => false,
        }
    }

    /// Tells whether the same call may succeed later, without anybody doing anything about it.
    pub(crate) fn may_pass(&self) -> bool {
        match self {
            Self::Limited { .. } | Self::Unreadable { .. } | Self::Unreachable { .. } => true,
            Self::Refused(_) => self.is_one_of(&FAILING),
            Self::Unsendable { .. } => false,
        }
    }

    /// Names the sort of failure, for counting.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Refused(_) if self.is_unauthorised() => "unauthorised",
            Self::Refused(_) if self.is_one_of(&FAILING) => "server",
            Self::Refused(_) | Self::Unsendable { .. } => "refused",
            Self::Limited { .. } => "limited",
            Self::Unreadable { .. } => "server",
            Self::Unreachable { .. } => "network",
        }
    }
}

/// The token is none of Slack's, or none any more.
const UNAUTHORISED: [&str; 7] = [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "org_login_required",
    "app_uninstalled",
];

/// Slack fails, and says so itself.
const FAILING: [&str; 8] = [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
    "accesslimited",
    "ratelimited",
    "rate_limited",
];

/// What is wished for is the case already.
const DONE_ALREADY: [&str; 4] = ["already_pinned", "no_pin", "not_pinned", "already_in_channel"];

/// The message is no more, or is none that can be changed.
const GONE: [&str; 4] =
    ["message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"];

/// The app cannot reach the channel, and will not until somebody lets it in again.
const CHAT_LOST: [&str; 8] = [
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "is_inactive",
    "channel_is_archived",
    "team_access_not_granted",
    "user_disabled",
    "cannot_dm_bot",
];

/// The app is in the channel, and its administrators let it not write there.
const MAY_NOT_WRITE: [&str; 7] = [
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "posting_to_general_channel_denied",
    "ekm_access_denied",
];

/// Slack has no file behind an id.
const FILE_GONE: [&str; 4] = ["file_not_found", "file_deleted", "file_not_shared", "file_never_seen"];

/// Says what a failed call means for a delivery; `None` if it was a success after all.
///
/// A refused token and a missing scope are temporary: what is owed stays owed, and goes out once they are right.
/// That something has to be done about them is the listener's to say, loudly.
pub fn classify(error: &CallError) -> Option<DeliveryError> {
    let reason = error.to_string();
    let temporary = |retry_after| Some(DeliveryError::Temporary { reason: reason.clone(), retry_after });
    match error {
        CallError::Limited { retry_after } => temporary(*retry_after),
        CallError::Unreadable { .. } | CallError::Unreachable { .. } => temporary(None),
        CallError::Unsendable { .. } => Some(DeliveryError::Permanent { reason }),
        CallError::Refused(_) => refused(error, reason),
    }
}

fn refused(error: &CallError, reason: String) -> Option<DeliveryError> {
    if error.is_one_of(&DONE_ALREADY) {
        return None;
    }
    let waits = error.is_unauthorised() || error.may_pass() || error.is_one_of(&["missing_scope"]);
    Some(if waits {
        DeliveryError::Temporary { reason, retry_after: None }
    } else if error.is_one_of(&GONE) {
        DeliveryError::Gone
    } else if error.is_one_of(&CHAT_LOST) {
        DeliveryError::ChatLost { reason }
    } else if error.is_one_of(&MAY_NOT_WRITE) {
        DeliveryError::Forbidden { right: Right::Write }
    } else {
        DeliveryError::Permanent { reason }
    })
}

/// Says what a failed call to pin or unpin means; `None` if it was a success after all.
///
/// Whatever speaks against pinning, the message itself is there, and the desk must not take the refusal for one of
/// the message. A missing scope counts as a missing right here, so that cards stand all the same.
pub fn classify_pinning(error: &CallError) -> Option<DeliveryError> {
    let pin = DeliveryError::Forbidden { right: Right::Pin };
    if error.is_one_of(&["missing_scope"]) {
        return Some(pin);
    }
    match classify(error) {
        Some(DeliveryError::Forbidden { .. } | DeliveryError::Permanent { .. }) => Some(pin),
        other => other,
    }
}

/// Says what a failed call to send a file means. A file that Slack does not know is gone: it will not come back, and
/// whoever wanted it is told so.
pub fn classify_file(error: &CallError) -> DeliveryError {
    if error.is_one_of(&FILE_GONE) {
        return DeliveryError::Gone;
    }
    match classify(error) {
        Some(DeliveryError::Gone) | None => DeliveryError::Permanent { reason: error.to_string() },
        Some(other) => other,
    }
}

#[cfg(test)]
mod tests;
