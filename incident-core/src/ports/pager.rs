//! Waking a person up, outside the chat.

use async_trait::async_trait;

use super::messenger::DeliveryError;
use super::store::Person;
use crate::ids::Number;
use crate::view::Line;

/// One attempt to reach one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callout {
    /// Whom.
    pub person: Person,
    /// About which incident.
    pub number: Number,
    /// The attempt with this person, from 1.
    pub attempt: u8,
    /// What to say.
    pub summary: Line,
}

/// Calls people: a telephone, a push message, a paging service.
#[async_trait]
pub trait Pager: Send + Sync {
    /// Makes one attempt. Success means that the call was placed, not that anybody noticed; that is reported
    /// later, as [`Command::PageOutcome`](crate::incident::Command::PageOutcome).
    ///
    /// # Errors
    /// As for every delivery: temporary ones are tried again.
    async fn call(&self, callout: &Callout) -> Result<(), DeliveryError>;
}
