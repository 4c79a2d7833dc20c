//! What a failed call means for whoever wanted it: pure, because the words Telegram uses change and each of
//! them needs a test.
//!
//! teloxide's `ApiError` knows about half of the texts that matter here and hands out the rest as unknown;
//! it also drops the error code. So one table of texts serves for all of them, next to the code.

use std::time::Duration;

use incident_core::ids::{ChatRef, Platform};
use incident_core::ports::DeliveryError;
use incident_core::roster::Right;

/// Why a call of the Bot API has no result. None of its texts holds the bot's token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallError {
    /// The server understood the call and refused it.
    #[error("refused with {}: {}", .0.code, .0.description)]
    Refused(Refusal),
    /// Something answered, but not in the language of the Bot API: a proxy in front of it, mostly.
    #[error("unreadable answer with status {status}")]
    Unreadable {
        /// The HTTP status.
        status: u16,
    },
    /// It was not made at all: Telegram would refuse it.
    #[error("not sent: {reason}")]
    Unsendable {
        /// Why.
        reason: String,
    },
    /// No answer came. The call may have been carried out all the same.
    #[error("no answer: {reason}")]
    Unreachable {
        /// What went wrong, without the address, which holds the token.
        reason: String,
    },
}

/// A refusal in the server's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The `error_code`, which is the HTTP status too.
    pub code: u16,
    /// The `description`.
    pub description: String,
    /// How long to leave the chat, or the method, alone.
    pub retry_after: Option<Duration>,
    /// The new id of a group that has become a supergroup.
    pub migrate_to: Option<i64>,
}

impl CallError {
    /// Tells whether the server does not know the bot: the token was revoked, or is none.
    ///
    /// The server answers 401 to a token that looks like one and 404 to one that does not.
    pub fn is_unauthorised(&self) -> bool {
        self.code().is_some_and(|code| matches!(code, 401 | 404))
    }

    /// Tells whether somebody else polls with the same token, or a webhook is set.
    pub fn is_conflict(&self) -> bool {
        self.code() == Some(409)
    }

    /// Returns how long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) if refusal.code == 429 => {
                refusal.retry_after.or_else(|| seconds_in(&refusal.description))
            }
            Self::Refused(_)
            | Self::Unreadable { .. }
            | Self::Unsendable { .. }
            | Self::Unreachable { .. } => None,
        }
    }

    /// Tells whether the message could not go into its topic, though it could go into the chat.
    pub fn is_about_topic(&self) -> bool {
        self.says(&["message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid"])
    }

    /// Tells whether a person asked about is none of the chat's, and never was.
    pub(crate) fn is_about_stranger(&self) -> bool {
        self.says(&["user not found", "participant_id_invalid", "member not found", "user_not_participant"])
    }

    /// Tells whether a message may not be deleted, though it is there.
    pub(crate) fn is_undeletable(&self) -> bool {
        self.says(&["message can't be deleted", "message_delete_forbidden", "chat_admin_required"])
    }

    /// Names the sort of failure, for counting.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => match refusal.code {
                401 | 404 => "unauthorised",
                409 => "conflict",
                429 => "flood",
                500.. => "server",
                _ => "refused",
            },
            Self::Unreadable { .. } => "server",
            Self::Unsendable { .. } => "refused",
            Self::Unreachable { .. } => "network",
        }
    }

    fn code(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Unreadable { .. } | Self::Unsendable { .. } | Self::Unreachable { .. } => None,
        }
    }

    fn says(&self, texts: &[&str]) -> bool {
        match self {
            Self::Refused(refusal) => refusal.says(texts),
            Self::Unreadable { .. } | Self::Unsendable { .. } | Self::Unreachable { .. } => false,
        }
    }
}

impl Refusal {
    fn says(&self, texts: &[&str]) -> bool {
        let description = self.description.to_ascii_lowercase();
        texts.iter().any(|text| description.contains(text))
    }
}

/// What is wished for is the case already.
const DONE_ALREADY: [&str; 2] = ["message is not modified", "chat_not_modified"];

/// The message is no more, or is none that can be edited.
const GONE: [&str; 9] = [
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "message identifier is not specified",
    "there is no text in the message to edit",
    "message to pin not found",
    "message to unpin not found",
    "message to delete not found",
    "message not found",
];

/// The bot cannot reach the chat, and will not until somebody lets it in again.
const CHAT_LOST: [&str; 12] = [
    "chat not found",
    "bot was kicked",
    "bot was blocked by the user",
    "bot is not a member",
    "bot is not a participant",
    "bot can't initiate conversation",
    "bots can't send messages to bots",
    "user is deactivated",
    "group chat was deactivated",
    "group is deactivated",
    "peer_id_invalid",
    "channel_private",
];

/// Telegram has no file behind an id, or not one of the kind it is to be sent as.
const FILE_GONE: [&str; 8] = [
    "can't use file of type",
    "wrong file identifier",
    "wrong remote file identifier",
    "wrong persistent file_id",
    "wrong file_id",
    "file reference",
    "file_reference_expired",
    "type of file mismatch",
];

const MAY_NOT_WRITE: [&str; 15] = [
    "not enough rights",
    "have no rights to send",
    "no write access",
    "need administrator rights",
    "chat_admin_required",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "chat_send_docs_forbidden",
    "chat_send_photos_forbidden",
    "chat_send_videos_forbidden",
    "chat_send_audios_forbidden",
    "chat_send_voices_forbidden",
    "chat_send_media_forbidden",
    "user_restricted",
];

/// Says what a failed call means for a delivery; `None` if it was a success after all.
///
/// A refused token is temporary: what is owed stays owed, and goes out once the token is right. That it is
/// refused is the listener's to say, loudly, and to stop for.
pub fn classify(error: &CallError) -> Option<DeliveryError> {
    let reason = error.to_string();
    let temporary = |retry_after| Some(DeliveryError::Temporary { reason: reason.clone(), retry_after });
    let refusal = match error {
        CallError::Refused(refusal) => refusal,
        CallError::Unsendable { .. } => return Some(DeliveryError::Permanent { reason }),
        CallError::Unreadable { .. } | CallError::Unreachable { .. } => return temporary(None),
    };
    if let Some(to) = refusal.migrate_to {
        return Some(DeliveryError::Moved { to: ChatRef::new(Platform::Telegram, to.to_string()) });
    }
    match refusal.code {
        429 => temporary(error.retry_after()),
        401 | 404 | 409 | 500.. => temporary(None),
        _ => refused(refusal, reason),
    }
}

/// Says what a failed call to pin or unpin means; `None` if it was a success after all.
///
/// The same words name another right here than where a message is sent. Whatever else speaks against pinning,
/// the message itself is there, and the desk must not take the refusal for one of the message.
pub fn classify_pinning(error: &CallError) -> Option<DeliveryError> {
    match classify(error) {
        Some(DeliveryError::Forbidden { .. } | DeliveryError::Permanent { .. }) => {
            Some(DeliveryError::Forbidden { right: Right::Pin })
        }
        other => other,
    }
}

/// Says what a failed call to send a file means. A file that Telegram does not know, or knows as another kind of file, is
/// gone: it will not come back, and whoever wanted it is told so.
pub fn classify_file(error: &CallError) -> DeliveryError {
    match classify(error) {
        Some(DeliveryError::Permanent { .. }) if error.says(&FILE_GONE) => DeliveryError::Gone,
        Some(DeliveryError::Gone) | None => DeliveryError::Permanent { reason: error.to_string() },
        Some(other) => other,
    }
}

fn refused(refusal: &Refusal, reason: String) -> Option<DeliveryError> {
    if refusal.says(&DONE_ALREADY) {
        return None;
    }
    let error = if refusal.says(&GONE) {
        DeliveryError::Gone
    } else if refusal.says(&CHAT_LOST) {
        DeliveryError::ChatLost { reason }
    } else if refusal.says(&MAY_NOT_WRITE) {
        DeliveryError::Forbidden { right: Right::Write }
    } else if refusal.says(&["upgraded to a supergroup"]) {
        // Without the new id; the announcement of the move brings it.
        DeliveryError::Temporary { reason, retry_after: None }
    } else if refusal.code == 403 {
        DeliveryError::ChatLost { reason }
    } else {
        DeliveryError::Permanent { reason }
    };
    Some(error)
}

/// Reads `retry after 7` where the number is not given apart.
fn seconds_in(description: &str) -> Option<Duration> {
    let (_, after) = description.split_once("retry after ")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
