//! What only the platform knows about people.

use async_trait::async_trait;

use crate::ids::{ChatRef, Circle, Identity};

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

    /// Lists to which of some circles an account belongs. Answers may be a minute old. A platform that keeps no circles
    /// need not say anything: nobody belongs to one.
    ///
    /// # Errors
    /// If the platform does not answer; the question may be put again.
    async fn circles(
        &self,
        _chat: &ChatRef,
        _who: &Identity,
        _among: &[Circle],
    ) -> Result<Vec<Circle>, DirectoryError> {
        Ok(Vec::new())
    }
}
