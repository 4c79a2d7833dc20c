//! The rows go as they are, into a file and out of it.

use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

#[macro_use]
#[path = "suites/moving.rs"]
mod suite;

use suite::Place;

struct File {
    store: SqliteStore,
    _directory: TempDir,
}

impl Place for File {
    type Store = SqliteStore;

    async fn new() -> Self {
        let directory = TempDir::new().expect("a directory for the test");
        let path = directory.path().join("incidents.db");
        let store = SqliteStore::open(&path, Options::default()).expect("a new database opens");
        Self { store, _directory: directory }
    }

    fn store(&self) -> &SqliteStore {
        &self.store
    }
}

moves!(File);
