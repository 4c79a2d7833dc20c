//! The journal says which request caused what, under the name that the logs use.

use incident_core::incident::Command;
use incident_core::testkit::conformance::fixture::{Office, origin, text};
use store_postgres::testkit::Database;

#[tokio::test]
async fn every_event_names_the_request_that_caused_it() {
    let database = Database::new().await;
    let store = database.open().await;
    let office = Office::open(&store, 1).await;
    let report = office.report(1, 0).answering(origin("telegram:1:7", "report"));
    let filed = office.commit(report).await;
    let note = Command::AddNote { text: text("on my way"), internal: false };
    let note = office.asks(&filed.incident, office.driver, note, 1).answering(origin("telegram:1:8", "note"));
    let filed = office.commit(note).await;
    let unasked = Command::AddNote { text: text("by itself"), internal: true };
    office.commit(office.asks(&filed.incident, office.driver, unasked, 2)).await;

    let journal = database.rows("SELECT type, request FROM events ORDER BY seq").await;
    assert_eq!(journal, ["created telegram:1:7", "note_added telegram:1:8", "note_added -"]);
}
