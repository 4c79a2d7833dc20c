//! What people wrote in a chat a moment ago without speaking to the desk: the context of a report. Little is kept, and
//! not for long; a store that has none of it is a store all the same.

use async_trait::async_trait;

use super::StoreError;
use crate::ids::{ChatRef, CompanyId, Identity, MessageRef};
use crate::text::Text;
use crate::time::Timestamp;

/// Something that somebody wrote in a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The message.
    pub message: MessageRef,
    /// Whose account wrote it.
    pub account: Identity,
    /// When the desk heard of it.
    pub at: Timestamp,
    /// What it says.
    pub text: Text,
}

/// How much of a chat is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The newest so many, whoever wrote them.
    pub most: u32,
    /// None from before this instant.
    pub since: Timestamp,
}

/// Whose remarks are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The chat.
    pub chat: ChatRef,
    /// The account.
    pub account: Identity,
}

/// Keeps the last remarks of each chat.
///
/// What is kept belongs to a company and is seen by no other. Nothing of it is promised to survive: it may be lost
/// with a crash, but is never kept for longer than its owner asks.
#[async_trait]
pub trait Recall: Send + Sync {
    /// Keeps a remark, and forgets whatever of its chat is beyond what is to be kept. A message that is kept already
    /// stays as it is.
    async fn remark(&self, company: CompanyId, remark: &Remark, keep: Keep) -> Result<(), StoreError>;

    /// Returns the newest remarks of an author that are kept and not from before an instant, at most `limit`, the
    /// oldest of them first; at the same instant, in the order of their ids.
    async fn remarks(
        &self,
        company: CompanyId,
        author: &Author,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Remark>, StoreError>;

    /// Forgets all remarks from before an instant, of all chats; returns how many there were.
    async fn forget_remarks(&self, before: Timestamp) -> Result<u64, StoreError>;
}
