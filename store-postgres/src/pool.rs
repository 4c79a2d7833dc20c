//! Connections, and what is done when one is lost or somebody else came between.
//!
//! Whatever is safe to do twice is done again at once: what was rolled back for the sake of others, and what was
//! on a connection that was lost. What may have been written although nobody said so is another matter: whoever
//! tries it asks [`Tries::doubted`], and finds out first.

use std::future::Future;
use std::time::Duration;

use incident_core::ports::StoreError;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgPool, Postgres};

use crate::error::{Failure, Fate, Fault};
use crate::open::Options;

/// How often something is tried before it is given up for now.
const TRIES: u32 = 4;
/// How long a connection may have been idle before it is asked whether it still works.
const IDLE: Duration = Duration::from_secs(1);
/// How much longer than the server to wait for its answer.
const GRACE: Duration = Duration::from_secs(5);

/// A bounded number of connections.
pub(crate) struct Pool {
    connections: PgPool,
    /// How long to wait for what is done on one connection.
    limit: Duration,
}

impl Pool {
    /// Prepares connections; none is made yet.
    pub(crate) fn new(to: PgConnectOptions, options: &Options) -> Self {
        let connections = PgPoolOptions::new()
            .max_connections(options.connections.max(2))
            .acquire_timeout(options.connect_timeout)
            .max_lifetime(Duration::from_secs(30 * 60))
            .idle_timeout(Duration::from_secs(5 * 60))
            .test_before_acquire(false)
            .before_acquire(|connection, meta| {
                Box::pin(async move { Ok(meta.idle_for < IDLE || connection.ping().await.is_ok()) })
            })
            .connect_lazy_with(to);
        Self { connections, limit: options.statement_timeout + GRACE }
    }

    /// Begins to try something.
    pub(crate) const fn tries(&self, operation: &'static str) -> Tries<'_> {
        Tries { pool: self, operation, made: 0, doubted: false }
    }

    /// Returns the connections themselves, for those who keep one.
    pub(crate) const fn connections(&self) -> &PgPool {
        &self.connections
    }
}

/// A connection for one try.
pub(crate) type Lease = PoolConnection<Postgres>;

/// What is tried until it succeeds, or is refused, or was tried often enough.
pub(crate) struct Tries<'p> {
    pool: &'p Pool,
    operation: &'static str,
    made: u32,
    doubted: bool,
}

impl Tries<'_> {
    /// Takes a connection for the next try. After one that was lost, only a connection that answers will do:
    /// when a server ends, it ends all of them.
    pub(crate) async fn connect(&self) -> Result<Lease, StoreError> {
        loop {
            let acquired = self.pool.connections.acquire().await;
            let mut lease = acquired.map_err(|error| Fault::from(error).during(self.operation))?;
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
        mut lease: Lease,
    ) -> Option<Result<T, StoreError>> {
        let fault = match outcome {
            Ok(answer) => return Some(Ok(answer)),
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
