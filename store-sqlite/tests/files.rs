//! What becomes of files: which are opened and which refused, who may have them at once, and copies of them.

mod office;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use incident_core::ports::{CommitError, Store};
use incident_core::testkit::conformance::fixture::{Office, Works};
use rusqlite::Connection;
use store_sqlite::{BackupError, OpenError, Options, Progress, SqliteStore};
use tempfile::TempDir;

struct Place {
    directory: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { directory: TempDir::new().expect("a directory for the test") }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn database(&self) -> PathBuf {
        self.file("incidents.db")
    }

    fn open(&self) -> Result<SqliteStore, OpenError> {
        SqliteStore::open(&self.database(), Options::default())
    }

    fn opened(&self) -> SqliteStore {
        self.open().expect("the database opens")
    }

    /// Changes the database behind the store's back.
    fn tamper(&self, sql: &str) {
        Connection::open(self.database()).and_then(|db| db.execute_batch(sql)).expect("the change is made");
    }

    /// Returns why opening is refused, with `{}` in place of the path of the database, and makes sure that
    /// nothing was changed.
    fn refusal(&self) -> String {
        let before = fs::read(self.database()).ok();
        let error = self.open().expect_err("it is refused");
        assert_eq!(fs::read(self.database()).ok(), before);
        self.named(&error.to_string())
    }

    fn named(&self, text: &str) -> String {
        text.replace(&self.database().display().to_string(), "{}")
    }
}

#[test]
fn a_new_file_gets_the_newest_schema() {
    let place = Place::new();
    drop(place.opened());
    let db = Connection::open(place.database()).unwrap();
    let version: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let applied: u32 = db.query_row("SELECT max(version) FROM migrations", [], |row| row.get(0)).unwrap();
    assert_eq!([version, applied], [SqliteStore::schema_version(); 2]);
}

#[tokio::test]
async fn what_was_written_is_there_when_it_is_opened_again() {
    let place = Place::new();
    let store = place.opened();
    let office = Office::open(&store, 1).await;
    let (filed, roster) = (office.file(1, 0).await, office.roster().await);
    let (company, store) = (office.company, drop(store));
    assert_eq!(store, ());
    let store = place.opened();
    assert_eq!(store.load(company, filed.incident.id).await.works(), Some(filed));
    assert_eq!(store.roster(company).await.works(), Some(roster));
}

#[test]
fn a_closed_file_is_complete_by_itself() {
    let place = Place::new();
    drop(place.opened());
    assert!(!place.file("incidents.db-wal").exists());
}

#[test]
fn a_file_serves_one_desk_at_a_time() {
    let place = Place::new();
    let first = place.opened();
    let error = place.open().expect_err("the first has it").to_string();
    let process = format!("(process {})", std::process::id());
    assert!(error.contains("is in use by") && error.contains(&process), "{error}");
    drop(first);
    place.opened();
}

#[test]
fn a_newer_schema_is_refused_untouched() {
    let place = Place::new();
    drop(place.opened());
    place.tamper("PRAGMA user_version = 99");
    let known = SqliteStore::schema_version();
    let advice = "use a newer program, or the backup from before the upgrade";
    assert_eq!(place.refusal(), format!("{{}} has schema 99, this program knows {known}: {advice}"));
}

#[test]
fn an_altered_migration_is_refused_untouched() {
    let place = Place::new();
    drop(place.opened());
    place.tamper("UPDATE migrations SET checksum = '0000000000000000'");
    assert_eq!(
        place.refusal(),
        "{}: migration 1 was applied in another form than this program has: use a released program"
    );
}

#[test]
fn a_database_of_another_program_is_refused_untouched() {
    let place = Place::new();
    place.tamper("CREATE TABLE albums (title TEXT)");
    assert_eq!(place.refusal(), "{} is a database of another program: choose another path");
}

#[test]
fn a_database_that_bears_only_one_of_our_marks_is_refused_untouched() {
    for sql in ["PRAGMA application_id = 7", "PRAGMA user_version = 0"] {
        let place = Place::new();
        drop(place.opened());
        place.tamper(sql);
        assert_eq!(place.refusal(), "{} is a database of another program: choose another path", "{sql}");
    }
}

#[test]
fn a_file_that_is_no_database_is_refused_untouched() {
    let place = Place::new();
    fs::write(place.database(), "Dear diary, ".repeat(1_000)).unwrap();
    assert_eq!(place.refusal(), "{} is not a SQLite database, or it is encrypted: choose another path");
}

#[test]
fn a_directory_that_does_not_exist_is_named() {
    let place = Place::new();
    let error = SqliteStore::open(&place.file("nowhere/incidents.db"), Options::default());
    let error = error.expect_err("there is no such directory").to_string();
    assert!(error.starts_with("cannot open ") && error.contains("nowhere"), "{error}");
    assert!(error.ends_with("check that the directory exists and that this user may write in it"), "{error}");
}

#[test]
fn a_place_without_a_log_is_refused() {
    let error = SqliteStore::open(":memory:".as_ref(), Options::default());
    fs::remove_file(":memory:.lock").unwrap();
    assert_eq!(
        error.expect_err("it is no file").to_string(),
        ":memory: is where SQLite can keep no write-ahead log: choose a path on a local disk"
    );
}

#[tokio::test]
async fn others_may_read_beside_a_desk() {
    let place = Place::new();
    let desk = place.opened();
    let reader = SqliteStore::open_read_only(&place.database(), Options::default()).unwrap();
    let office = Office::open(&desk, 1).await;
    for n in 1..=3 {
        let filed = office.file(n, 0).await;
        assert_eq!(reader.load(office.company, office.id(n)).await.works(), Some(filed));
    }
    let Err(CommitError::Store(error)) = reader.commit(office.report(4, 0)).await else {
        panic!("it only reads");
    };
    assert_eq!(
        (error.to_string().as_str(), error.temporary),
        ("failed to commit an incident: the store was opened for reading only", false)
    );
    assert_eq!(office.load(4).await, None);
}

#[tokio::test]
async fn a_file_nobody_serves_may_be_read() {
    let place = Place::new();
    let desk = place.opened();
    let office = Office::open(&desk, 1).await;
    let filed = office.file(1, 0).await;
    let company = office.company;
    drop(desk);
    let reader = SqliteStore::open_read_only(&place.database(), Options::default()).unwrap();
    assert_eq!(reader.load(company, filed.incident.id).await.works(), Some(filed));
}

#[tokio::test]
async fn what_a_killed_desk_left_behind_may_be_read() {
    let (place, other) = (Place::new(), Place::new());
    let desk = place.opened();
    let office = Office::open(&desk, 1).await;
    let filed = office.file(1, 0).await;
    for name in ["incidents.db", "incidents.db-wal"] {
        fs::copy(place.file(name), other.file(name)).unwrap();
    }
    let reader = SqliteStore::open_read_only(&other.database(), Options::default()).unwrap();
    assert_eq!(reader.load(office.company, office.id(1)).await.works(), Some(filed));
}

#[test]
fn only_what_exists_can_be_read() {
    let place = Place::new();
    let error = SqliteStore::open_read_only(&place.database(), Options::default());
    let error = error.expect_err("there is no file").to_string();
    assert_eq!(place.named(&error), "{} does not exist: check the path");
    assert!(!place.database().exists());
}

#[test]
fn what_was_not_migrated_yet_cannot_be_read() {
    let place = Place::new();
    fs::write(place.database(), "").unwrap();
    let error = SqliteStore::open_read_only(&place.database(), Options::default());
    let error = error.expect_err("it has no tables").to_string();
    let needed = SqliteStore::schema_version();
    let sentence = format!("{{}} has schema 0, this program needs {needed}: migrate it first");
    assert_eq!(place.named(&error), sentence);
}

/// Copies a database and returns the reports of progress.
fn copy(store: &SqliteStore, to: &Path) -> Result<Vec<Progress>, BackupError> {
    let mut reports = Vec::new();
    store.backup(to, |progress| reports.push(progress)).map(|()| reports)
}

#[tokio::test]
async fn a_copy_holds_what_the_database_holds() {
    let place = Place::new();
    let store = place.opened();
    let office = Office::open(&store, 1).await;
    let filed = office.file(1, 0).await;
    let reports = copy(&store, &place.file("copy.db")).unwrap();
    let last = reports.last().unwrap();
    assert!(last.total > 0 && last.copied == last.total, "{last:?}");
    office.file(2, 0).await;
    assert!(!place.file("copy.db-wal").exists());
    let copy = SqliteStore::open(&place.file("copy.db"), Options::default()).unwrap();
    assert_eq!(copy.load(office.company, office.id(1)).await.works(), Some(filed));
    assert_eq!(copy.load(office.company, office.id(2)).await.works(), None);
}

async fn file_for_ever(store: Arc<SqliteStore>) {
    let office = office::again(&*store, 1);
    for n in 1.. {
        office.file(n, 0).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_of_one_instant_while_the_desk_goes_on() {
    let place = Place::new();
    let store = Arc::new(place.opened());
    drop(Office::open(&*store, 1).await);
    let busy = tokio::spawn(file_for_ever(Arc::clone(&store)));
    for name in ["one.db", "two.db", "three.db"] {
        let (store, to) = (Arc::clone(&store), place.file(name));
        tokio::task::spawn_blocking(move || copy(&store, &to)).await.unwrap().unwrap();
        let db = Connection::open(place.file(name)).unwrap();
        let sound: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        let count = |sql| db.query_row::<u32, _, _>(sql, [], |row| row.get(0)).unwrap();
        let incidents = count("SELECT count(*) FROM incidents");
        let events = count("SELECT count(*) FROM events");
        assert_eq!((sound.as_str(), incidents), ("ok", events));
    }
    assert!(!busy.is_finished(), "it went on");
    busy.abort();
}

#[tokio::test]
async fn a_copy_overwrites_nothing() {
    let place = Place::new();
    let store = place.opened();
    fs::write(place.file("copy.db"), "precious").unwrap();
    let error = copy(&store, &place.file("copy.db")).expect_err("there is a file");
    assert!(matches!(&error, BackupError::Exists { path } if *path == place.file("copy.db")), "{error}");
    assert_eq!(fs::read_to_string(place.file("copy.db")).unwrap(), "precious");
}
