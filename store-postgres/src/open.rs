//! How a database becomes a store, and what must be true of it first.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Row};

use crate::batches::{Batches, Written};
use crate::doubts::Doubts;
use crate::error::{Failure, OpenError};
use crate::moving;
use crate::nudges::Nudges;
use crate::pool::Pool;
use crate::rosters::Rosters;
use crate::schema::{self, MIGRATIONS};

/// How many processes serve a database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Serving {
    /// Any number. [`release_leases`](incident_core::ports::Store::release_leases) does nothing, since a process
    /// that begins cannot know who is dead: what others held is claimed again when their leases run out.
    #[default]
    Together,
    /// This one alone, and whoever opens the store vouches for it.
    Alone,
}

/// How a store works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How many connections there may be; at least two. One of them is kept while somebody listens.
    pub connections: u32,
    /// How long to wait for a connection: for one that is free, and for the server to take a new one.
    pub connect_timeout: Duration,
    /// How long the server may take for one statement.
    pub statement_timeout: Duration,
    /// Whether a pooler such as PgBouncer, which gives each transaction another connection, stands in between.
    /// Nothing is set for a session then, and nobody can listen. The pooler must know prepared statements.
    pub pooler: bool,
    /// How many processes serve the database.
    pub serving: Serving,
    /// What the connections are called where the server lists them, unless the URL says otherwise.
    pub name: &'static str,
}

/// What the connections of a desk are called.
pub(crate) const NAME: &str = "incident-desk";

impl Default for Options {
    fn default() -> Self {
        Self {
            connections: 10,
            connect_timeout: Duration::from_secs(5),
            statement_timeout: Duration::from_secs(10),
            pooler: false,
            serving: Serving::Together,
            name: NAME,
        }
    }
}

/// Everything that must be remembered, in one PostgreSQL database that any number of processes share.
pub struct PostgresStore {
    /// What no other store was ever called: by this its claims are known.
    pub(crate) name: String,
    pub(crate) pool: Arc<Pool>,
    pub(crate) batches: Arc<Batches>,
    pub(crate) rosters: Rosters,
    pub(crate) doubts: Doubts,
    pub(crate) nudges: Arc<Nudges>,
    pub(crate) serving: Serving,
    pub(crate) pooler: bool,
    server: String,
}

impl PostgresStore {
    /// Opens a database to serve it, beside any number of others. It must have the schema of this program; see
    /// [`migrate`](Self::migrate). Must be called within a Tokio runtime, which must last as long as the store.
    ///
    /// # Errors
    /// Each [`OpenError`] says what to do about it; none holds the password of the URL.
    pub async fn connect(url: &str, options: Options) -> Result<Self, OpenError> {
        Self::connect_for(Purpose::Serving, url, options).await
    }

    /// Opens a database like [`connect`](Self::connect), to write the rows of another one into it: a copy that is not
    /// complete is not refused.
    ///
    /// # Errors
    /// Like [`connect`](Self::connect).
    pub async fn connect_target(url: &str, options: Options) -> Result<Self, OpenError> {
        Self::connect_for(Purpose::Copying, url, options).await
    }

    async fn connect_for(purpose: Purpose, url: &str, options: Options) -> Result<Self, OpenError> {
        let target = Target::new(url, &options)?;
        let mut connection = target.connect(&options).await?;
        let found = schema::inspect(&mut connection, &target.server, MIGRATIONS).await?;
        if purpose == Purpose::Serving {
            check_complete(&mut connection, &target.server).await?;
        }
        let name = name(&mut connection).await;
        let name = name.map_err(|error| OpenError::postgres("open", &target.server, error))?;
        target.end(connection).await?;
        let known = schema::latest(MIGRATIONS);
        if found < known {
            return Err(OpenError::Older { server: target.server, found, known });
        }
        let pool = Arc::new(Pool::new(target.to, &options));
        let batches = Batches::new(Arc::clone(&pool));
        let nudges = Nudges::start(Arc::clone(&pool), name.clone());
        let (rosters, doubts) = (Rosters::default(), Doubts::default());
        let (serving, pooler, server) = (options.serving, options.pooler, target.server);
        Ok(Self { name, pool, batches, rosters, doubts, nudges, serving, pooler, server })
    }

    /// Brings a database to the schema of this program; returns the schema it had before, 0 if it was empty.
    /// Several that try at once wait for each other. The user of this URL needs the right to create tables; the
    /// one that serves does not.
    ///
    /// # Errors
    /// Each [`OpenError`] says what to do about it. A database that is refused is left as it is.
    pub async fn migrate(url: &str, options: &Options) -> Result<u32, OpenError> {
        let target = Target::new(url, options)?;
        let mut connection = target.connect(options).await?;
        let before = schema::migrate(&mut connection, &target.server, MIGRATIONS).await?;
        target.end(connection).await?;
        Ok(before)
    }

    /// Returns what the database of a URL is called where people may read it; looks at nothing but the URL.
    ///
    /// # Errors
    /// [`OpenError::Url`] if the URL is none.
    pub fn name_of(url: &str) -> Result<String, OpenError> {
        Ok(Target::new(url, &Options::default())?.server)
    }

    /// Returns the schema of this program, which an open store had when it was opened.
    pub const fn schema_version() -> u32 {
        schema::latest(MIGRATIONS)
    }

    /// Returns what was committed since the store was opened.
    pub fn written(&self) -> Written {
        self.batches.written()
    }

    /// Closes all connections once what is under way has ended.
    pub async fn close(&self) {
        self.nudges.end();
        self.pool.close().await;
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.nudges.end();
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresStore").field("server", &self.server).finish_non_exhaustive()
    }
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To use what is in it, which must be everything.
    Serving,
    /// To write the rows of another one into it.
    Copying,
}

/// Refuses a copy that is not complete.
async fn check_complete(connection: &mut PgConnection, server: &str) -> Result<(), OpenError> {
    let mark = moving::mark(connection).await;
    let mark = mark.map_err(|error| OpenError::postgres("read the mark of a copy in", server, error))?;
    mark.map_or(Ok(()), |mark| {
        Err(OpenError::Unfinished { server: server.to_owned(), source_name: mark.source })
    })
}

/// Makes a name that nobody else has.
async fn name(connection: &mut PgConnection) -> sqlx::Result<String> {
    sqlx::query("SELECT gen_random_uuid()::text AS name").fetch_one(connection).await?.try_get("name")
}

/// A database that is to be opened.
struct Target {
    to: PgConnectOptions,
    /// How it is called where a person may read it.
    server: String,
}

impl Target {
    fn new(url: &str, options: &Options) -> Result<Self, OpenError> {
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let to = PgConnectOptions::from_str(url).ok().filter(|_| postgres).ok_or(OpenError::Url)?;
        let mut to = to.disable_statement_logging();
        if to.get_application_name().is_none() {
            to = to.application_name(options.name);
        }
        let timeout = options.statement_timeout.as_millis().to_string();
        to = if options.pooler {
            to.extra_float_digits(None)
        } else {
            to.options([
                ("statement_timeout", timeout.as_str()),
                // A process that vanishes in the middle of a transaction must not hold its locks for long.
                ("idle_in_transaction_session_timeout", timeout.as_str()),
                ("default_transaction_isolation", "read committed"),
                ("client_min_messages", "warning"),
                // Questions are short and answered by an index. Compiling them takes longer than answering them,
                // and a plan that was made while a table was small is kept when it is not any more.
                ("jit", "off"),
                ("enable_seqscan", "off"),
            ])
        };
        let host =
            to.get_socket().map_or_else(|| to.get_host().to_owned(), |path| path.display().to_string());
        let database = to.get_database().unwrap_or_else(|| to.get_username());
        let server = format!("the database {database} on {host}");
        Ok(Self { to, server })
    }

    async fn connect(&self, options: &Options) -> Result<PgConnection, OpenError> {
        let unreachable = |source| OpenError::Unreachable { server: self.server.clone(), source };
        let connected = tokio::time::timeout(options.connect_timeout, PgConnection::connect_with(&self.to));
        let connected = connected.await.map_err(|_| unreachable("it does not answer".into()))?;
        connected.map_err(|error| unreachable(Failure::from(error).into()))
    }

    async fn end(&self, connection: PgConnection) -> Result<(), OpenError> {
        let closed = connection.close().await;
        closed.map_err(|error| OpenError::postgres("close the connection to", &self.server, error))
    }
}

impl OpenError {
    /// Says what PostgreSQL said while something was tried.
    pub(crate) fn postgres(doing: &'static str, server: &str, error: sqlx::Error) -> Self {
        Self::Postgres { doing, server: server.to_owned(), source: Failure::from(error).into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_shown_to_nobody() {
        let target = Target::new("postgres://desk:sesame@db.example/incidents", &Options::default()).unwrap();
        assert_eq!(target.server, "the database incidents on db.example");
    }

    #[test]
    fn what_is_no_url_is_refused_without_being_quoted() {
        for url in ["sesame", "postgres://desk:ses ame@[", "mysql://desk:sesame@db/incidents"] {
            let refused = Target::new(url, &Options::default()).map(|target| target.server);
            let error = refused.expect_err("it is none");
            assert!(matches!(error, OpenError::Url), "{error}");
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error:?}");
        }
    }
}
