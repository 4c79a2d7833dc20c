//! Where deliveries are from when they are acknowledged until they are done.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use incident_core::ports::RequestKey;

/// Says that a delivery could not be kept, found or forgotten.
#[derive(Debug, thiserror::Error)]
#[error("the inbox failed")]
pub struct InboxError {
    /// Why.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

/// A delivery that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it is recognised by.
    pub key: RequestKey,
    /// What was delivered, as text.
    pub raw: String,
}

/// Keeps deliveries. Whatever it said that it keeps must be there after a crash.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps a delivery. Keeping one that is kept already is a success.
    ///
    /// # Errors
    /// If it may not be there after a crash.
    async fn keep(&self, kept: Kept) -> Result<(), InboxError>;

    /// Lists what is kept, the oldest first.
    ///
    /// # Errors
    /// If it cannot be read now.
    async fn waiting(&self) -> Result<Vec<Kept>, InboxError>;

    /// Forgets what is done. Forgetting what is not kept is a success.
    ///
    /// # Errors
    /// If it is still kept; it will be done again, which does no harm.
    async fn done(&self, key: &RequestKey) -> Result<(), InboxError>;
}

/// An inbox that forgets everything when the process ends: for tests, and for those who can bear it.
#[derive(Debug, Default)]
pub struct MemoryInbox {
    kept: Mutex<(u64, BTreeMap<u64, Kept>)>,
}

impl MemoryInbox {
    /// Makes an empty one.
    pub fn new() -> Self {
        Self::default()
    }

    fn kept(&self) -> MutexGuard<'_, (u64, BTreeMap<u64, Kept>)> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Inbox for MemoryInbox {
    async fn keep(&self, kept: Kept) -> Result<(), InboxError> {
        let (count, all) = &mut *self.kept();
        if all.values().all(|one| one.key != kept.key) {
            *count += 1;
            all.insert(*count, kept);
        }
        Ok(())
    }

    async fn waiting(&self) -> Result<Vec<Kept>, InboxError> {
        Ok(self.kept().1.values().cloned().collect())
    }

    async fn done(&self, key: &RequestKey) -> Result<(), InboxError> {
        self.kept().1.retain(|_, one| one.key != *key);
        Ok(())
    }
}
