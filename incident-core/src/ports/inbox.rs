//! What came in and must be acknowledged before there was time to work on it: it is kept first, acknowledged then, and
//! worked on afterwards. A platform that waits three seconds and asks once needs this; one that asks again until it is
//! told to stop does not.

mod leases;

use async_trait::async_trait;

pub use self::leases::Leases;

use super::{RequestKey, StoreError};
use crate::ids::Platform;
use crate::time::Timestamp;

/// Something that a platform delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// The same at every redelivery.
    pub key: RequestKey,
    /// Which platform.
    pub platform: Platform,
    /// When it came.
    pub at: Timestamp,
    /// As it came, for the adapter to read again.
    pub body: String,
}

/// Something that was kept and that nobody works on any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What was delivered.
    pub delivered: Delivered,
    /// How often somebody has taken it over, this time included.
    pub attempt: u32,
}

/// Something that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// What it is.
    pub key: RequestKey,
    /// Which taking over made it theirs; 0 if they kept it.
    pub attempt: u32,
}

/// Keeps what was delivered until it is done.
///
/// Whoever keeps something works on it, for as long as the lease lasts; what is not done by then is taken over by
/// whoever looks next, in this process or in another. It is therefore worked on once or more often, and what is done
/// about it must not care: a [`Store`](super::Store) knows the key of a request that it has seen.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps deliveries, all in one transaction; tells of each whether it is new. What is kept already stays as it is,
    /// with whoever works on it.
    ///
    /// # Errors
    /// If the store fails; nothing is kept then, or all of it.
    async fn keep(&self, delivered: &[Delivered], lease_until: Timestamp) -> Result<Vec<bool>, StoreError>;

    /// Takes over deliveries of a platform whose lease has ended by `now`, at most `limit`, those that came first first.
    /// Two who look at once get different ones.
    ///
    /// # Errors
    /// If the store fails.
    async fn take(
        &self,
        platform: Platform,
        (now, lease_until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError>;

    /// Lets leases end at another instant, later or at once, and counts no attempt. What somebody else has taken over
    /// since, or what is done, stays as it is.
    ///
    /// # Errors
    /// If the store fails.
    async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError>;

    /// Forgets deliveries that are done. One that is not there is done already.
    ///
    /// # Errors
    /// If the store fails.
    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError>;
}
