//! The journal says which request caused what, under the name that the logs use.

use incident_core::incident::Command;
use incident_core::testkit::conformance::fixture::{Office, origin, text};
use rusqlite::{Connection, OpenFlags};
use store_sqlite::{Options, SqliteStore};

#[tokio::test]
async fn every_event_names_the_request_that_caused_it() {
    let directory = tempfile::tempdir().expect("a directory for the test");
    let path = directory.path().join("incidents.db");
    let store = SqliteStore::open(&path, Options::default()).expect("a new database opens");
    let office = Office::open(&store, 1).await;
    let report = office.report(1, 0).answering(origin("telegram:1:7", "report"));
    let filed = office.commit(report).await;
    let note = Command::AddNote { text: text("on my way"), internal: false };
    let note = office.asks(&filed.incident, office.driver, note, 1).answering(origin("telegram:1:8", "note"));
    let filed = office.commit(note).await;
    let unasked = Command::AddNote { text: text("by itself"), internal: true };
    office.commit(office.asks(&filed.incident, office.driver, unasked, 2)).await;

    let database = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it opens");
    let mut select =
        database.prepare("SELECT type, request FROM events ORDER BY seq").expect("the table is there");
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("it can be read");
    let journal: Vec<(String, Option<String>)> = rows.map(|row| row.expect("a row")).collect();
    let named = |kind: &str, key: &str| (kind.to_owned(), Some(key.to_owned()));
    assert_eq!(
        journal,
        [
            named("created", "telegram:1:7"),
            named("note_added", "telegram:1:8"),
            ("note_added".to_owned(), None)
        ]
    );
}
