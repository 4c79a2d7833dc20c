//! What was changed behind the store's back is named, the file itself included.

use std::path::PathBuf;

use incident_core::ports::Audit;
use incident_core::testkit::conformance::fixture::{Office, Works};
use rusqlite::Connection;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

#[macro_use]
#[path = "suites/audit.rs"]
mod suite;

use suite::Place;

struct File {
    store: SqliteStore,
    path: PathBuf,
    _directory: TempDir,
}

impl Place for File {
    type Store = SqliteStore;

    async fn new() -> Self {
        let directory = TempDir::new().expect("a directory for the test");
        let path = directory.path().join("incidents.db");
        let store = SqliteStore::open(&path, Options::default()).expect("a new database opens");
        Self { store, path, _directory: directory }
    }

    fn store(&self) -> &SqliteStore {
        &self.store
    }

    async fn tamper(&self, sql: &str) {
        let db = Connection::open(&self.path).expect("it opens");
        db.pragma_update(None, "foreign_keys", false).expect("what refers can be left aside");
        db.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}

audits!(File);

#[tokio::test]
async fn a_row_that_refers_to_nothing_is_named_by_its_tables() {
    let file = File::new().await;
    file.tamper(
        "INSERT INTO settings (company, setting, value) VALUES ('gone', 'locale', '1'), ('gone', 'zone', '1')",
    )
    .await;
    let sentence = "a row of the table settings belongs to a row of the table companies that does not exist";
    assert_eq!(file.store.strays(10).await.works(), [sentence; 2]);
    assert_eq!(file.store.strays(1).await.works(), [sentence]);
}

#[tokio::test]
async fn damage_of_the_file_is_named() {
    let file = File::new().await;
    Office::open(&file.store, 1).await;
    // An index of names, in which there are handles.
    file.tamper(
        "PRAGMA writable_schema = ON;
         UPDATE sqlite_schema SET sql = replace(sql, '(company, handle)', '(company, name)')
         WHERE name = 'people_handle';
         PRAGMA schema_version = 99",
    )
    .await;
    let found = file.store.strays(10).await.works();
    let sentence = |row| format!("the file is damaged: row {row} missing from index people_handle");
    assert_eq!(found, [sentence(1), sentence(2), sentence(3)]);
}
