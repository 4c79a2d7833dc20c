//! A database on a server that several desks share, and a way to it that can be cut.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use store_postgres::testkit::{Database, OwnServer};
use tempfile::TempDir;

/// The password in the URL; the test server asks for none, and nobody may see it all the same.
pub(crate) const PASSWORD: &str = "sesame-of-the-tests";

const SOCKET: &str = ".s.PGSQL.5432";

/// A database, and the URL under which desks find it.
pub(crate) struct Server {
    pub(crate) database: Database,
    pub(crate) url: String,
    /// Where its socket is seen and where it is, on a server that has one.
    way: Option<(PathBuf, PathBuf)>,
    _directory: TempDir,
    /// What runs it, if this database has it for itself.
    own: Option<OwnServer>,
}

impl Server {
    /// Finds a database with nothing in it, the tables included if they are not wanted.
    pub(crate) async fn new(migrated: bool) -> Self {
        let database = if migrated { Database::new().await } else { Database::blank().await };
        Self::with(database, None)
    }

    /// Finds a database on a server that runs for nothing else, so that it may crash.
    pub(crate) async fn own() -> Self {
        let own = OwnServer::start().await;
        Self::with(own.database().await, Some(own))
    }

    fn with(database: Database, own: Option<OwnServer>) -> Self {
        let directory = tempfile::tempdir().expect("there is room for temporary files");
        let named = database.url().replacen("//postgres@", &format!("//postgres:{PASSWORD}@"), 1);
        let (url, way) = match named.split_once("?host=") {
            None => (named, None),
            Some((place, real)) => {
                let url = format!("{place}?host={}", directory.path().display());
                (url, Some((directory.path().join(SOCKET), PathBuf::from(real).join(SOCKET))))
            }
        };
        let server = Self { database, url, way, _directory: directory, own };
        server.mend();
        server
    }

    /// Ends all connections and lets none be made.
    pub(crate) async fn cut(&self) {
        let (seen, _) = self.way.as_ref().expect("the test server has a socket");
        fs::remove_file(seen).expect("the way is open");
        self.database.end_connections().await;
    }

    /// Lets connections be made again.
    pub(crate) fn mend(&self) {
        if let Some((seen, real)) = &self.way {
            symlink(real, seen).expect("the way was cut");
        }
    }

    /// Ends the server as a crash would.
    pub(crate) async fn crash(&self) {
        self.own.as_ref().expect("nobody else needs the server").crash().await;
    }

    /// Starts the server again.
    pub(crate) async fn recover(&self) {
        self.own.as_ref().expect("nobody else needs the server").recover().await;
    }

    /// Asks the database, for tests that cannot wait.
    pub(crate) fn rows(&self, sql: &str) -> Vec<String> {
        let asked = std::thread::scope(|scope| {
            let ask = || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime starts").block_on(self.database.rows(sql))
            };
            scope.spawn(ask).join()
        });
        asked.unwrap_or_else(|_| panic!("the database does not answer: {sql}"))
    }
}
