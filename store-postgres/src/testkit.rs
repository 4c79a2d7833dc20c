//! What test authors use, here and in other crates: a throw-away server, and a database on it for each test.
//!
//! The first test of a program starts a server from the programs of the distribution, or uses the one that
//! `TEST_DATABASE_URL` names. It ends with the program, however that ends: a shell waits for the closing of a pipe
//! that the program holds, and stops the server then. Failures are panics, as a test wants them.

mod cluster;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, ValueRef};
use tokio::sync::OnceCell;

use cluster::{Cluster, Kind};

use crate::open::{Options, PostgresStore};

/// Names a server on which tests may create databases.
const VARIABLE: &str = "TEST_DATABASE_URL";
/// Names a pooler before that server: what stands in a URL after the question mark. Stores go through it then.
const POOLER: &str = "TEST_DATABASE_POOLER";

static SERVER: OnceCell<Server> = OnceCell::const_new();
static DURABLE: OnceCell<Server> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);
/// Databases that were used and emptied: quicker to have than new ones.
static SPARE: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Ends the connections of everybody else.
const ALONE: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();";
/// Who waits for a lock.
const WAITING: &str = "SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'";
/// Empties a database. What refers goes before what it refers to.
pub(crate) const EMPTY: &str = "
    DELETE FROM refused_rights; DELETE FROM grants; DELETE FROM groups; DELETE FROM team_members;
    DELETE FROM teams; DELETE FROM settings; DELETE FROM schedules; DELETE FROM companies;
    DELETE FROM roster_events; DELETE FROM remarks; DELETE FROM renamings; DELETE FROM inbox;
    DELETE FROM mirrors; DELETE FROM rooms;
    DELETE FROM people; DELETE FROM identities; DELETE FROM incidents; DELETE FROM tags;
    DELETE FROM assignments; DELETE FROM events; DELETE FROM counters; DELETE FROM requests;
    DELETE FROM effects; DELETE FROM parks; DELETE FROM messages;
    DELETE FROM duties;";

/// Where databases are created.
struct Server {
    /// The URL up to the name of the database, and from there on.
    url: (String, String),
    template: String,
    /// What runs it, unless somebody else does.
    cluster: Option<Cluster>,
}

impl Server {
    /// The one that tests use.
    async fn forgetful() -> &'static Self {
        SERVER.get_or_init(|| Self::start(Kind::Forgetful)).await
    }

    async fn start(kind: Kind) -> Self {
        match std::env::var(VARIABLE) {
            Ok(url) => Self::prepare(split(&url), None).await,
            Err(_) => Self::start_own(kind).await,
        }
    }

    async fn start_own(kind: Kind) -> Self {
        let cluster = Cluster::start(kind);
        Self::prepare(cluster.url(), Some(cluster)).await
    }

    async fn prepare(url: (String, String), cluster: Option<Cluster>) -> Self {
        let template = name();
        let server = Self { url, template, cluster };
        server.create(&server.template, "template0").await;
        PostgresStore::migrate(&server.url(&server.template), &Options::default())
            .await
            .unwrap_or_else(|error| panic!("the template is not migrated: {error}"));
        server
    }

    fn url(&self, database: &str) -> String {
        format!("{}{database}{}", self.url.0, self.url.1)
    }

    async fn create(&self, database: &str, template: &str) {
        let sql = format!("CREATE DATABASE {database} TEMPLATE {template}");
        execute(&self.url("postgres"), &sql).await;
    }
}

/// Splits a URL around the name of its database.
fn split(url: &str) -> (String, String) {
    let (place, query) =
        url.split_once('?').map_or((url, String::new()), |(place, query)| (place, format!("?{query}")));
    let authority = place.find("://").map_or(0, |at| at + 3);
    let path = place[authority..].find('/').map_or(place.len(), |at| authority + at);
    (format!("{}/", &place[..path]), query)
}

/// Returns a name that no other test of this machine has at the moment.
fn name() -> String {
    let n = DATABASES.fetch_add(1, Ordering::Relaxed);
    format!("incident_desk_{}_{n}", std::process::id())
}

/// Executes constant statements.
async fn execute(url: &str, sql: &str) {
    let mut connection = connect(url).await;
    let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.close().await.expect("the connection closes");
}

async fn connect(url: &str) -> PgConnection {
    let options = PgConnectOptions::from_str(url).expect("the URL of the test server can be read");
    let connection = PgConnection::connect_with(&options).await;
    connection.unwrap_or_else(|error| panic!("the test server does not answer: {error}; see {VARIABLE}"))
}

/// Returns where a program of the server's distribution is, such as `pg_dump`.
///
/// # Panics
/// If there is none.
pub fn program(name: &str) -> PathBuf {
    cluster::program(name)
}

/// A server for one test, which can end in the middle of everything; also where `TEST_DATABASE_URL` names another one.
pub struct OwnServer(Arc<Server>);

impl OwnServer {
    /// Starts it.
    pub async fn start() -> Self {
        Self(Arc::new(Server::start_own(Kind::Forgetful).await))
    }

    /// Returns a database with all tables and nothing in them.
    pub async fn database(&self) -> Database {
        Database::create(&self.0, &self.0.template, false).await
    }

    /// Ends it as a crash would, and waits until it has ended.
    pub async fn crash(&self) {
        self.order("stop").await;
    }

    /// Starts it again after a crash, and waits until it has recovered.
    pub async fn recover(&self) {
        self.order("start").await;
    }

    async fn order(&self, order: &'static str) {
        let server = Arc::clone(&self.0);
        let done = move || server.cluster.as_ref().expect("it was started here").order(order);
        tokio::task::spawn_blocking(done).await.expect("the server does what it is told");
    }
}

impl fmt::Debug for OwnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnServer").finish_non_exhaustive()
    }
}

/// A database for one test. Dropping it ends the connections of whoever uses it.
pub struct Database {
    url: String,
    name: String,
    /// Whether it has our tables, and is emptied for another test rather than dropped.
    is_ours: bool,
}

impl Database {
    /// Returns a database with all tables and nothing in them. They must stay as they are.
    pub async fn new() -> Self {
        let server = Server::forgetful().await;
        let spare = SPARE.lock().expect("nobody panics with it").pop();
        match spare {
            Some(name) => Self { url: server.url(&name), name, is_ours: true },
            None => Self::create(server, &server.template, true).await,
        }
    }

    /// Creates a database without any table.
    pub async fn blank() -> Self {
        Self::create(Server::forgetful().await, "template0", false).await
    }

    /// Creates a database with all tables on a server of its own kind, where what is committed reaches the disk:
    /// for measurements.
    pub async fn durable() -> Self {
        let server = DURABLE.get_or_init(|| Server::start(Kind::Durable)).await;
        Self::create(server, &server.template, false).await
    }

    async fn create(server: &Server, template: &str, is_ours: bool) -> Self {
        let name = name();
        server.create(&name, template).await;
        Self { url: server.url(&name), name, is_ours }
    }

    /// Forgets everything in it, for a test that tells several stories.
    pub async fn empty(&self) {
        self.execute(EMPTY).await;
    }

    /// Returns where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens it with few connections, as the only one to serve it; through a pooler, if `TEST_DATABASE_POOLER` says how
    /// to reach one.
    pub async fn open(&self) -> PostgresStore {
        let pooler = std::env::var(POOLER).ok();
        let direct = self.url.split_once('?').map_or(&*self.url, |(url, _)| url);
        let url = pooler.as_ref().map_or_else(|| self.url.clone(), |pooler| format!("{direct}?{pooler}"));
        let (pooler, serving) = (pooler.is_some(), crate::Serving::Alone);
        let options = Options { connections: 4, serving, pooler, ..Options::default() };
        let opened = PostgresStore::connect(&url, options).await;
        opened.unwrap_or_else(|error| panic!("a new database opens: {error}"))
    }

    /// Executes constant statements.
    pub async fn execute(&self, sql: &str) {
        execute(&self.url, sql).await;
    }

    /// Ends all connections to it, as an administrator may.
    pub async fn end_connections(&self) {
        self.execute(ALONE).await;
    }

    /// Waits until so many wait for a lock; returns the numbers of their processes.
    ///
    /// # Panics
    /// If that does not come about within half a minute.
    pub async fn waiting(&self, count: usize) -> Vec<String> {
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let waiting = self.rows(WAITING).await;
            if waiting.len() == count {
                return waiting;
            }
            assert!(Instant::now() < deadline, "{} wait for a lock, not {count}", waiting.len());
        }
    }

    /// Executes constant statements in a transaction, and leaves it open until it is released.
    pub async fn hold(&self, sql: &str) -> Held {
        let mut connection = connect(&self.url).await;
        let held = connection.execute(AssertSqlSafe(format!("BEGIN; {sql}"))).await;
        held.unwrap_or_else(|error| panic!("{sql}: {error}"));
        Held(connection)
    }

    /// Returns the rows of a constant question, their values as text one after another; nothing is `-`.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        let mut connection = connect(&self.url).await;
        // The protocol for constant statements gives every value as text.
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await;
        let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
        connection.close().await.expect("the connection closes");
        let value = |row: &PgRow, column| match row.try_get_raw(column).expect("the column is there") {
            value if value.is_null() => "-".to_owned(),
            value => value.as_str().expect("it is text").to_owned(),
        };
        let line =
            |row: &PgRow| (0..row.len()).map(|column| value(row, column)).collect::<Vec<_>>().join(" ");
        rows.iter().map(line).collect()
    }
}

/// A transaction that is open, with its locks.
#[derive(Debug)]
pub struct Held(PgConnection);

impl Held {
    /// Executes constant statements in it.
    pub async fn execute(&mut self, sql: &str) {
        let done = self.0.execute(AssertSqlSafe(sql.to_owned())).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Commits it.
    pub async fn release(mut self) {
        self.0.execute("COMMIT").await.expect("it is committed");
        self.0.close().await.expect("the connection closes");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (url, name, is_ours) =
            (std::mem::take(&mut self.url), std::mem::take(&mut self.name), self.is_ours);
        // A thread, since a runtime cannot be entered from within another.
        let given_back = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(give_back(&url, name, is_ours));
        });
        if given_back.join().is_err() {
            tracing::warn!("a database of a test was left behind");
        }
    }
}

async fn give_back(url: &str, name: String, is_ours: bool) {
    if is_ours {
        execute(url, ALONE).await;
        execute(url, EMPTY).await;
        SPARE.lock().expect("nobody panics with it").push(name);
    } else {
        let (place, query) = split(url);
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        execute(&format!("{place}postgres{query}"), &drop).await;
    }
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("name", &self.name).finish_non_exhaustive()
    }
}
