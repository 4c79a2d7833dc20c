//! Connections, and what is done when one is lost or somebody else came between.
//!
//! Whatever is safe to do twice is done again at once: what was rolled back for the sake of others, and what was
//! on a connection that was lost. What may have been written although nobody said so is another matter: whoever
//! tries it asks [`Tries::doubted`], and finds out first.

use std::collections::VecDeque;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use incident_core::ports::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::error::{Failure, Fate, Fault};
use crate::open::Options;

/// How often something is tried before it is given up for now.
const TRIES: u32 = 4;
/// How long a connection may have been idle before it is asked whether it still works.
const IDLE: Duration = Duration::from_secs(1);
/// How long a connection is kept at hand: what has been idle or in use for longer goes back to the pool, which closes
/// what is idle and what is old.
const KEPT: Duration = Duration::from_secs(60);
/// How much longer than the server to wait for its answer.
const GRACE: Duration = Duration::from_secs(5);

/// A bounded number of connections.
pub(crate) struct Pool {
    connections: PgPool,
    /// One for each connection that may be in use. Whoever has none waits here and not in the pool, where what is
    /// kept at hand would never arrive.
    places: Arc<Semaphore>,
    /// Held by the one who waits for a place on behalf of all who are in no hurry, so that whoever is waits behind one.
    turn: tokio::sync::Mutex<()>,
    at_hand: Mutex<AtHand>,
    /// How long to wait for a connection.
    patience: Duration,
    /// How long to wait for what is done on one connection.
    limit: Duration,
}

/// Connections that nobody uses and that were not given back: the pool asks each that is given back whether it lives,
/// which takes as long as a short statement.
#[derive(Default)]
struct AtHand {
    /// The one that was used last is the last.
    idle: VecDeque<Kept>,
    closed: bool,
}

/// A connection at hand.
struct Kept {
    connection: PoolConnection<Postgres>,
    /// When the pool gave it out.
    taken: Instant,
    idle_since: Instant,
}

impl Pool {
    /// Prepares connections; none is made yet.
    pub(crate) fn new(to: PgConnectOptions, options: &Options) -> Self {
        let most = options.connections.max(2);
        let connections = PgPoolOptions::new()
            .max_connections(most)
            .acquire_timeout(options.connect_timeout)
            .max_lifetime(Duration::from_secs(30 * 60))
            .idle_timeout(Duration::from_secs(5 * 60))
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move { Ok(meta.idle_for < IDLE || connection.ping().await.is_ok()) })
            })
            .connect_lazy_with(to);
        let places = Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(usize::MAX)));
        let (patience, limit) = (options.connect_timeout, options.statement_timeout + GRACE);
        let (turn, at_hand) = (tokio::sync::Mutex::default(), Mutex::default());
        Self { connections, places, turn, at_hand, patience, limit }
    }

    /// Begins to try something.
    pub(crate) const fn tries(&self, operation: &'static str) -> Tries<'_> {
        Tries { pool: self, operation, hurry: Hurry::No, made: 0, doubted: false }
    }

    /// Begins to try something for which a platform waits, and not for long: it gets its connection before the rest.
    pub(crate) const fn tries_first(&self, operation: &'static str) -> Tries<'_> {
        Tries { hurry: Hurry::Yes, ..self.tries(operation) }
    }

    /// Returns the connections themselves, of which one may be taken for as long as the place is held.
    pub(crate) async fn reserve(&self) -> sqlx::Result<(&PgPool, OwnedSemaphorePermit)> {
        let place = tokio::time::timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        // All that there may be could be at hand.
        drop(self.at_hand().idle.pop_front());
        Ok((&self.connections, place))
    }

    /// Closes all connections once what is under way has ended.
    pub(crate) async fn close(&self) {
        let idle = {
            let mut at_hand = self.at_hand();
            at_hand.closed = true;
            std::mem::take(&mut at_hand.idle)
        };
        drop(idle);
        self.connections.close().await;
    }

    /// Takes a connection, one at hand if there is any.
    async fn take(&self, hurry: Hurry) -> sqlx::Result<Lease<'_>> {
        let take = async {
            let place = self.place(hurry).await?;
            let (connection, taken) = match self.next_at_hand().await {
                Some(kept) => (kept.connection, kept.taken),
                None => (self.connections.acquire().await?, Instant::now()),
            };
            Ok(Lease { pool: self, connection, taken, place })
        };
        tokio::time::timeout(self.patience, take).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Takes a place among those who have a connection. Places are given to those who wait in the order they came.
    async fn place(&self, hurry: Hurry) -> sqlx::Result<SemaphorePermit<'_>> {
        let turn = match hurry {
            Hurry::Yes => None,
            Hurry::No => Some(self.turn.lock().await),
        };
        let place = self.places.acquire().await.map_err(|_| sqlx::Error::PoolClosed);
        drop(turn);
        place
    }

    /// Takes a connection at hand that works.
    async fn next_at_hand(&self) -> Option<Kept> {
        loop {
            let mut kept = self.at_hand().idle.pop_back()?;
            if kept.idle_since.elapsed() < IDLE || kept.connection.ping().await.is_ok() {
                return Some(kept);
            }
            kept.connection.close_on_drop();
        }
    }

    /// A panic leaves nothing half done: connections are only put in and taken out.
    fn at_hand(&self) -> MutexGuard<'_, AtHand> {
        self.at_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    /// The runtime may be gone, without which nothing can be given back.
    fn drop(&mut self) {
        for kept in std::mem::take(&mut self.at_hand().idle) {
            drop(kept.connection.detach());
        }
    }
}

/// Whether somebody outside waits for it, and not for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hurry {
    Yes,
    No,
}

/// A connection for one try. Dropping it gives it back to the pool, which puts right whatever was left undone on it.
pub(crate) struct Lease<'p> {
    pool: &'p Pool,
    connection: PoolConnection<Postgres>,
    taken: Instant,
    /// Given up after the connection.
    place: SemaphorePermit<'p>,
}

impl Lease<'_> {
    /// Keeps the connection at hand for whoever comes next: for work that was answered, which leaves no transaction
    /// open and nothing unread.
    pub(crate) fn keep(self) {
        let Self { pool, connection, taken, place: _place } = self;
        let now = Instant::now();
        let mut at_hand = pool.at_hand();
        if at_hand.closed || now.duration_since(taken) >= KEPT {
            return;
        }
        at_hand.idle.push_back(Kept { connection, taken, idle_since: now });
        while at_hand.idle.front().is_some_and(|longest| now.duration_since(longest.idle_since) >= KEPT) {
            at_hand.idle.pop_front();
        }
    }

    /// Closes the connection instead of giving it back.
    pub(crate) fn close_on_drop(&mut self) {
        self.connection.close_on_drop();
    }
}

impl Deref for Lease<'_> {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.connection
    }
}

impl DerefMut for Lease<'_> {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.connection
    }
}

/// What is tried until it succeeds, or is refused, or was tried often enough.
pub(crate) struct Tries<'p> {
    pool: &'p Pool,
    operation: &'static str,
    hurry: Hurry,
    made: u32,
    doubted: bool,
}

impl<'p> Tries<'p> {
    /// Takes a connection for the next try. After one that was lost, only a connection that answers will do:
    /// when a server ends, it ends all of them.
    pub(crate) async fn connect(&self) -> Result<Lease<'p>, StoreError> {
        loop {
            let taken = self.pool.take(self.hurry).await;
            let mut lease = taken.map_err(|error| Fault::from(error).during(self.operation))?;
            if self.made == 0 || lease.ping().await.is_ok() {
                return Ok(lease);
            }
            lease.close_on_drop();
        }
    }

    /// Waits for work on a connection as long as the server may take, and a little.
    pub(crate) async fn within<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let answer = tokio::time::timeout(self.pool.limit, work).await;
        answer.unwrap_or_else(|_| Err(Fault::Postgres(Failure::silence())))
    }

    /// Judges how a try went: an answer to give, or `None` to try again.
    pub(crate) fn judge<T>(
        &mut self,
        outcome: Result<T, Fault>,
        mut lease: Lease<'_>,
    ) -> Option<Result<T, StoreError>> {
        let fault = match outcome {
            Ok(answer) => {
                lease.keep();
                return Some(Ok(answer));
            }
            Err(fault) => fault,
        };
        self.made += 1;
        self.doubted |= fault.is_doubtful();
        let again = match fault.fate() {
            Fate::Lost | Fate::Unknown => {
                lease.close_on_drop();
                true
            }
            Fate::Contended => true,
            Fate::Undone | Fate::Refused => false,
        };
        if again && self.made < TRIES {
            tracing::debug!(operation = self.operation, %fault, "tried again");
            return None;
        }
        Some(Err(fault.during(self.operation)))
    }

    /// Makes the next failure the answer.
    pub(crate) const fn give_up(&mut self) {
        self.made = TRIES;
    }

    /// Says that nobody knows whether it was done.
    pub(crate) fn unknown(&self) -> StoreError {
        Fault::Postgres(Failure::silence()).during(self.operation)
    }

    /// Takes over from a try that somebody else has made.
    pub(crate) fn follow(&mut self, fate: Fate) {
        self.made += 1;
        self.doubted |= fate == Fate::Unknown;
    }

    /// Tells whether a try may have been written although it was not answered.
    pub(crate) const fn doubted(&self) -> bool {
        self.doubted
    }
}

/// Does something on a connection until it is answered: `ask!(pool, "do something", |db| …)`. For what is safe to
/// do twice; a macro, since a function could not lend its connection to a future that must be `Send`.
macro_rules! ask {
    ($pool:expr, $operation:expr, |$db:ident| $work:expr) => {{
        let mut tries = $pool.tries($operation);
        $crate::pool::again!(tries, |$db| $work)
    }};
}

/// Like `ask!`, for who wants to know how it went: `again!(tries, |db| …)`.
macro_rules! again {
    ($tries:ident, |$db:ident| $work:expr) => {
        loop {
            let mut lease = match $tries.connect().await {
                Ok(lease) => lease,
                Err(error) => break Err(error),
            };
            let $db: &mut sqlx::PgConnection = &mut lease;
            let outcome = $tries.within($work).await;
            if let Some(answer) = $tries.judge(outcome, lease) {
                break answer;
            }
        }
    };
}

pub(crate) use {again, ask};

#[cfg(test)]
mod tests;
