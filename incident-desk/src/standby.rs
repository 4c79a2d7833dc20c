//! What one replica does for all of them, while the others stand by: asking a platform for updates, which only one
//! process at a time may do.
//!
//! The duty is a lease in the database. Whoever holds it renews it early and often, and stops before it ends if that
//! fails, so that nobody else has begun by then. Whoever is asked to stop finishes first and then hands over.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use incident_core::ports::{Clock, StoreError};
use incident_core::time::Timestamp;
use store_postgres::PostgresStore;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// How long the duty is held unless it is renewed: how long a crash may leave it undone. Longer than clocks differ.
pub(crate) const LEASE: Duration = Duration::from_secs(6);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_millis(1_500);
/// How long before its end whoever could not renew it stops.
const MARGIN: Duration = Duration::from_secs(1);
/// How often those who stand by ask for it, and how soon a renewal that failed is tried again.
const ASK_EVERY: Duration = Duration::from_millis(500);

/// Something that one holder at a time may do.
#[async_trait]
pub(crate) trait Duty: Send + Sync {
    /// Takes or renews it until an instant; false if somebody else holds it.
    async fn hold(&self, now: Timestamp, until: Timestamp) -> Result<bool, StoreError>;

    /// Gives it up.
    async fn hand_over(&self) -> Result<(), StoreError>;
}

/// A duty that replicas share through their database.
pub(crate) struct SharedDuty {
    pub(crate) store: Arc<PostgresStore>,
    /// What is to be done.
    pub(crate) name: String,
    /// Who asks: a name that no other process has ever had.
    pub(crate) holder: String,
}

#[async_trait]
impl Duty for SharedDuty {
    async fn hold(&self, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        self.store.hold(&self.name, &self.holder, now, until).await
    }

    async fn hand_over(&self) -> Result<(), StoreError> {
        self.store.hand_over(&self.name, &self.holder).await
    }
}

/// What a replica does at the moment about a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Another one holds it, or nobody yet.
    StandsBy,
    /// This one does.
    Holds,
}

/// Does something only while it holds the duty.
pub(crate) struct Standby {
    pub(crate) duty: Arc<dyn Duty>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Is told of every turn.
    pub(crate) on_turn: Box<dyn Fn(Turn) + Send + Sync>,
}

impl Standby {
    /// Does the work whenever the duty is held, until `shutdown`. The work gets a future at whose end it must finish
    /// what is under way and return.
    ///
    /// # Errors
    /// What the work fails with by itself; the duty is handed over then.
    pub(crate) async fn run<W, Ended, E>(
        &self,
        shutdown: impl Future<Output = ()> + Send,
        work: W,
    ) -> Result<(), E>
    where
        W: Fn(oneshot::Receiver<()>) -> Ended,
        Ended: Future<Output = Result<(), E>>,
    {
        tokio::pin!(shutdown);
        loop {
            (self.on_turn)(Turn::StandsBy);
            let end = tokio::select! {
                biased;
                () = &mut shutdown => return Ok(()),
                end = self.wait() => end,
            };
            (self.on_turn)(Turn::Holds);
            tracing::info!("it is this replica's turn to receive updates");
            let (stop, stopped) = oneshot::channel();
            let working = work(stopped);
            tokio::pin!(working);
            // Whoever is asked to stop keeps the duty until everything is finished.
            let keeping = self.keep(end);
            tokio::pin!(keeping);
            let lost = tokio::select! {
                ended = &mut working => return self.hand_over(ended).await,
                () = &mut keeping => true,
                () = &mut shutdown => false,
            };
            // If nobody hears it, the work has ended by itself.
            stop.send(()).ok();
            if lost {
                working.await?;
                continue;
            }
            let ended = tokio::select! {
                ended = &mut working => ended,
                () = keeping => working.await,
            };
            return self.hand_over(ended).await;
        }
    }

    /// Waits until the duty is held; returns when that ends.
    async fn wait(&self) -> Instant {
        loop {
            match tokio::time::timeout(LEASE, self.ask()).await {
                Ok(Ok(Some(end))) => return end,
                Ok(Ok(None)) => {}
                Ok(Err(error)) => tracing::warn!(%error, "cannot ask whose turn it is to receive updates"),
                Err(_) => tracing::warn!("nobody says whose turn it is to receive updates"),
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    /// Renews the duty for as long as that succeeds; returns before it ends.
    async fn keep(&self, mut end: Instant) {
        let mut rest = RENEW_EVERY;
        loop {
            let last = end - MARGIN;
            tokio::time::sleep_until(last.min(Instant::now() + rest)).await;
            rest = match tokio::time::timeout_at(last, self.ask()).await {
                Ok(Ok(Some(later))) => {
                    end = later;
                    RENEW_EVERY
                }
                Ok(Ok(None)) => {
                    tracing::warn!("another replica receives updates now");
                    return;
                }
                Ok(Err(error)) if Instant::now() < last => {
                    tracing::warn!(%error, "cannot keep the turn to receive updates; trying again");
                    ASK_EVERY
                }
                Ok(Err(_)) | Err(_) => {
                    tracing::warn!("stopping to receive updates: the turn could not be kept");
                    return;
                }
            };
        }
    }

    /// Asks for the duty; returns until when it is held, counted from before the question.
    async fn ask(&self) -> Result<Option<Instant>, StoreError> {
        let (asked, now) = (Instant::now(), self.clock.now());
        let held = self.duty.hold(now, now + LEASE).await?;
        Ok(held.then(|| asked + LEASE))
    }

    async fn hand_over<E>(&self, ended: Result<(), E>) -> Result<(), E> {
        if let Err(error) = self.duty.hand_over().await {
            tracing::warn!(%error, "the turn to receive updates could not be handed over; it ends by itself");
        }
        ended
    }
}

#[cfg(test)]
mod tests;
