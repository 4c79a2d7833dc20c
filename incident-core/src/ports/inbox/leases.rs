//! What one process holds of an inbox: it renews its leases before they end, so that nobody else begins what it works
//! on, and forgets what is done for as long as that takes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Delivered, Held, Inbox, Pending};
use crate::ids::Platform;
use crate::ports::{RequestKey, StoreError};
use crate::time::Timestamp;

/// The leases of one process on what one platform delivered.
pub struct Leases {
    inbox: Arc<dyn Inbox>,
    platform: Platform,
    length: Duration,
    held: Mutex<BTreeMap<RequestKey, Lease>>,
}

struct Lease {
    attempt: u32,
    until: Timestamp,
    /// It is done, and could not be forgotten yet.
    finished: bool,
}

impl fmt::Debug for Leases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let held = self.held().len();
        f.debug_struct("Leases")
            .field("platform", &self.platform)
            .field("held", &held)
            .finish_non_exhaustive()
    }
}

impl Leases {
    /// Holds nothing yet; each lease will last this long, and longer while it is renewed.
    pub fn new(inbox: Arc<dyn Inbox>, platform: Platform, length: Duration) -> Self {
        Self { inbox, platform, length, held: Mutex::default() }
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<RequestKey, Lease>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a delivery that this process then works on; tells whether it is new. One that is not is with whoever works
    /// on it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn keep(&self, delivered: Delivered) -> Result<bool, StoreError> {
        let (key, until) = (delivered.key.clone(), delivered.at + self.length);
        let new = self.inbox.keep(&[delivered], until).await?.first().copied().unwrap_or(true);
        if new {
            self.hold(key, until);
        }
        Ok(new)
    }

    /// Notes that this process works on something that came just now, whether it is kept or not.
    pub fn work_on(&self, key: RequestKey, now: Timestamp) {
        self.hold(key, now + self.length);
    }

    fn hold(&self, key: RequestKey, until: Timestamp) {
        self.held().entry(key).or_insert(Lease { attempt: 0, until, finished: false });
    }

    /// Tells whether this process works on a delivery.
    pub fn works_on(&self, key: &RequestKey) -> bool {
        self.held().get(key).is_some_and(|lease| !lease.finished)
    }

    /// Notes that this process does not work on it any more, done or not: whoever looks once the lease has ended goes on.
    pub fn release(&self, key: &RequestKey) {
        self.held().remove(key);
    }

    /// Takes over what nobody holds any more, oldest first, at most `limit`. What this process holds it goes on with: its
    /// leases are renewed before, and what it could not forget it forgets.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn take(&self, now: Timestamp, limit: u32) -> Result<Vec<Pending>, StoreError> {
        self.forget_finished().await?;
        self.renew(now).await?;
        let until = now + self.length;
        let mut taken = self.inbox.take(self.platform, (now, until), limit).await?;
        let mut held = self.held();
        taken.retain(|pending| {
            let lease = Lease { attempt: pending.attempt, until, finished: false };
            match held.get_mut(&pending.delivered.key) {
                Some(known) => {
                    (known.attempt, known.until) = (lease.attempt, lease.until);
                    false
                }
                None => held.insert(pending.delivered.key.clone(), lease).is_none(),
            }
        });
        Ok(taken)
    }

    /// Forgets a delivery that is done. If that fails, it is tried again with every [`take`](Self::take), and nobody else
    /// begins it meanwhile.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn done(&self, key: &RequestKey, now: Timestamp) -> Result<(), StoreError> {
        let until = now + self.length;
        let fresh = Lease { attempt: 0, until, finished: true };
        self.held().entry(key.clone()).or_insert(fresh).finished = true;
        self.inbox.done(std::slice::from_ref(key)).await?;
        self.release(key);
        Ok(())
    }

    /// Ends all leases, so that what is left of the work need not wait for their ends.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self, now: Timestamp) -> Result<(), StoreError> {
        self.forget_finished().await?;
        let held: Vec<Held> = self.held().iter().map(held).collect();
        if !held.is_empty() {
            self.inbox.renew(&held, now).await?;
        }
        self.held().clear();
        Ok(())
    }

    async fn forget_finished(&self) -> Result<(), StoreError> {
        let finished: Vec<RequestKey> = {
            let held = self.held();
            held.iter().filter(|(_, lease)| lease.finished).map(|(key, _)| key.clone()).collect()
        };
        if finished.is_empty() {
            return Ok(());
        }
        self.inbox.done(&finished).await?;
        let mut held = self.held();
        held.retain(|key, _| !finished.contains(key));
        Ok(())
    }

    /// Renews the leases of which a third has passed.
    async fn renew(&self, now: Timestamp) -> Result<(), StoreError> {
        let ending = now + (self.length - self.length / 3);
        let due: Vec<Held> =
            self.held().iter().filter(|(_, lease)| lease.until <= ending).map(held).collect();
        if due.is_empty() {
            return Ok(());
        }
        let until = now + self.length;
        self.inbox.renew(&due, until).await?;
        let mut held = self.held();
        for Held { key, attempt } in due {
            if let Some(lease) = held.get_mut(&key).filter(|lease| lease.attempt == attempt) {
                lease.until = until;
            }
        }
        Ok(())
    }
}

fn held((key, lease): (&RequestKey, &Lease)) -> Held {
    Held { key: key.clone(), attempt: lease.attempt }
}
