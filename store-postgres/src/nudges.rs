//! Nudges: how replicas hear at once that something is owed or that a wake has moved.
//!
//! They are sent after a commit, not within it: a transaction that notifies holds a lock over the whole server
//! until it has ended, so commits could share no wait for the disk. One that is lost costs a moment, since
//! everybody looks again by themselves in any case.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use incident_core::ports::StoreError;
use sqlx::PgConnection;
use sqlx::postgres::PgListener;
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::task::JoinHandle;

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::{Pool, ask};

/// What replicas listen to. A constant, so that nothing of a database gets into a statement.
const CHANNEL: &str = "incident_desk";
/// Says who sends it, so that nobody is woken by themselves. Nobody waits for the disk because of it: what is lost
/// with a server that ends is told anew to whoever comes back.
const NOTIFY: &str = "SELECT set_config('synchronous_commit', 'off', true), pg_notify('incident_desk', $1)";
/// How long the next nudge waits for others to join it.
const TOGETHER: Duration = Duration::from_millis(10);
/// How long to leave the server alone after it failed a listener.
const PAUSE: Duration = Duration::from_secs(1);

/// Sends nudges: many within a moment become one.
pub(crate) struct Nudges {
    wanted: Notify,
    ended: AtomicBool,
}

impl Nudges {
    /// Starts the task that sends them; it ends with the store. Through a pooler too, since sending needs no
    /// session.
    pub(crate) fn start(pool: Arc<Pool>, sender: String) -> Arc<Self> {
        let nudges = Arc::new(Self { wanted: Notify::new(), ended: AtomicBool::new(false) });
        tokio::spawn(Arc::clone(&nudges).pass_on(pool, sender));
        nudges
    }

    async fn pass_on(self: Arc<Self>, pool: Arc<Pool>, sender: String) {
        loop {
            self.wanted.notified().await;
            if self.ended.load(Ordering::Acquire) {
                return;
            }
            if let Err(error) = ask!(pool, "nudge other replicas", |db| notify(db, &sender)) {
                tracing::debug!(%error, "a nudge was lost");
            }
            tokio::time::sleep(TOGETHER).await;
        }
    }

    /// Asks for a nudge.
    pub(crate) fn send(&self) {
        self.wanted.notify_one();
    }

    /// Ends the task.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        self.wanted.notify_one();
    }
}

async fn notify(db: &mut PgConnection, sender: &str) -> Result<(), Fault> {
    Ok(sqlx::query(NOTIFY).bind(sender).execute(db).await.map(drop)?)
}

/// Listens until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the listening"]
pub struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl PostgresStore {
    /// Calls back whenever another store, of this process or of another replica, has written something to do, and
    /// whenever nudges may have been lost: when listening begins, and after each loss of the connection. The callback
    /// must return at once. Whoever listens must still look by themselves now and then.
    ///
    /// # Errors
    /// Fails for now if the server cannot be reached, and for good behind a pooler.
    pub async fn listen(&self, nudge: impl Fn() + Send + 'static) -> Result<Listening, StoreError> {
        const OPERATION: &str = "listen";
        if self.pooler {
            return Err(Fault::Refused("nobody can listen through a pooler").during(OPERATION));
        }
        let failed = |error: sqlx::Error| Fault::from(error).during(OPERATION);
        let (connections, place) = self.pool.reserve().await.map_err(failed)?;
        let mut listener = PgListener::connect_with(connections).await.map_err(failed)?;
        listener.ignore_pool_close_event(false);
        listener.listen(CHANNEL).await.map_err(failed)?;
        Ok(Listening(tokio::spawn(hear((listener, place), self.name.clone(), nudge))))
    }
}

async fn hear(
    (mut listener, _place): (PgListener, OwnedSemaphorePermit),
    own: String,
    nudge: impl Fn() + Send + 'static,
) {
    nudge();
    loop {
        match listener.try_recv().await {
            Ok(Some(heard)) if heard.payload() == own => {}
            // `None`: the connection was lost and made anew.
            Ok(Some(_) | None) => nudge(),
            Err(sqlx::Error::PoolClosed) => return,
            Err(error) => {
                let fault = Fault::from(error);
                tracing::warn!(%fault, "listening to other replicas failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
