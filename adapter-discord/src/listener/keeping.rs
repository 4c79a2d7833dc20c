//! What was heard is kept until it is done: Discord tells everything once, and a process may die in between.
//!
//! It is kept while it is acknowledged, not before: three seconds are short, and whoever waits must not wait for a store.

use std::sync::Arc;
use std::time::Duration;

use incident_core::ids::Platform;
use incident_core::ports::{Clock, Delivered, Inbox, Leases, Pending, RequestKey, StoreError};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

/// How long others leave alone what this process works on. It is renewed for as long as that takes.
const LEASE: Duration = Duration::from_secs(60);
/// How often it is looked for what others have left.
const LOOK: Duration = Duration::from_secs(15);
/// How long keeping may take; what takes longer is worked on all the same.
const KEEP_LIMIT: Duration = Duration::from_secs(1);
/// How much is taken over at once.
const MOST: u32 = 100;
/// How often something is taken over before it is given up.
const MOST_ATTEMPTS: u32 = 8;
/// For how long an interaction can be answered.
const ANSWERABLE: Duration = Duration::from_secs(14 * 60);

/// How long the end of all leases may take.
const END_LIMIT: Duration = Duration::from_secs(1);

/// Keeps what was heard, and knows what of it this process works on.
pub(super) struct Keeping {
    inbox: Arc<dyn Inbox>,
    clock: Arc<dyn Clock>,
    leases: Leases,
}

/// Something that somebody heard and did not finish.
pub(super) struct Left {
    pub(super) key: RequestKey,
    pub(super) kind: String,
    pub(super) data: Value,
    /// The channel that a thread belongs to.
    pub(super) parent: Option<u64>,
    /// Whether it can still be answered.
    pub(super) answerable: bool,
}

impl Keeping {
    pub(super) fn new(inbox: Arc<dyn Inbox>, clock: Arc<dyn Clock>) -> Self {
        let leases = Leases::new(Arc::clone(&inbox), Platform::Discord, LEASE);
        Self { inbox, clock, leases }
    }

    /// Keeps an event under the key of what it asks; tells whether that was done.
    pub(super) async fn keep(
        self: &Arc<Self>,
        key: &RequestKey,
        kind: &str,
        data: &Value,
        parent: Option<u64>,
    ) -> bool {
        let at = self.clock.now();
        self.leases.work_on(key.clone(), at);
        let body = json!({"t": kind, "d": data, "parent": parent}).to_string();
        let delivered = Delivered { key: key.clone(), platform: Platform::Discord, at, body };
        let inbox = Arc::clone(&self.inbox);
        let mut keeping = tokio::spawn(async move { inbox.keep(&[delivered], at + LEASE).await });
        match tokio::time::timeout(KEEP_LIMIT, &mut keeping).await {
            Ok(Ok(Ok(_))) => true,
            Ok(Ok(Err(error))) => {
                tracing::warn!(%error, "what was heard could not be kept; it is worked on all the same");
                false
            }
            Ok(Err(_)) => {
                tracing::error!("keeping what was heard panicked; it is worked on all the same");
                false
            }
            Err(_) => {
                tracing::warn!("keeping what was heard takes too long; it is worked on all the same");
                tokio::spawn(Arc::clone(self).kept_late(keeping, key.clone()));
                false
            }
        }
    }

    /// Forgets what is kept only after it was done.
    async fn kept_late(self: Arc<Self>, keeping: JoinHandle<Result<Vec<bool>, StoreError>>, key: RequestKey) {
        if matches!(keeping.await, Ok(Ok(_))) && !self.leases.works_on(&key) {
            self.done(&key).await;
        }
    }

    /// Forgets what is done, whether it is known to be kept or not.
    pub(super) async fn done(&self, key: &RequestKey) {
        if let Err(error) = self.leases.done(key, self.clock.now()).await {
            tracing::warn!(%error, "what is done could not be forgotten yet");
        }
    }

    /// Notes that what is not done is not worked on any more.
    pub(super) fn release(&self, key: &RequestKey) {
        self.leases.release(key);
    }

    /// Leaves what is not done to whoever looks next.
    pub(super) async fn end(&self) {
        match tokio::time::timeout(END_LIMIT, self.leases.end(self.clock.now())).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "what waits is left when its leases have ended"),
            Err(_) => tracing::warn!("what waits is left when its leases have ended: the store is slow"),
        }
    }

    /// Waits until it is time to look again.
    pub(super) async fn pause(&self) {
        tokio::time::sleep(LOOK).await;
    }

    /// Takes over what others have left. What this process works on it goes on with.
    pub(super) async fn take(&self) -> Vec<Left> {
        let taken = match self.leases.take(self.clock.now(), MOST).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(%error, "what others have left could not be looked for");
                return Vec::new();
            }
        };
        let mut left = Vec::new();
        for pending in taken {
            let key = pending.delivered.key.clone();
            match self.read(pending) {
                Some(one) => left.push(one),
                None => self.done(&key).await,
            }
        }
        left
    }

    fn read(&self, Pending { delivered, attempt }: Pending) -> Option<Left> {
        let request = delivered.key.as_str();
        if attempt > MOST_ATTEMPTS {
            tracing::error!(request, attempt, "an event is given up: nobody has finished it");
            return None;
        }
        let mut body: Value = serde_json::from_str(&delivered.body).ok()?;
        tracing::info!(request, attempt, "an event is taken over");
        let age = self.clock.now().since(delivered.at);
        Some(Left {
            key: delivered.key.clone(),
            kind: body["t"].as_str().unwrap_or_default().to_owned(),
            parent: body["parent"].as_u64(),
            data: body["d"].take(),
            answerable: age < ANSWERABLE,
        })
    }
}
