//! What only the platform knows about people.

use async_trait::async_trait;

use crate::ids::{ChatRef, Identity};

/// Says that the platform did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the platform could not be asked: {reason}")]
pub struct DirectoryError {
    /// What went wrong, without secrets.
    pub reason: String,
}

/// Answers questions about the members of a chat.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Tells whether an account administers a chat. Answers may be a minute old.
    ///
    /// # Errors
    /// If the platform does not answer; the question may be put again.
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError>;
}
