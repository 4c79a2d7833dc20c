//! Rooms are remembered as every store remembers them.

use incident_core::testkit::conformance::rooms;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

fn fresh() -> (SqliteStore, TempDir) {
    let directory = TempDir::new().expect("a directory for the test");
    let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default());
    (store.expect("a new database opens"), directory)
}

#[tokio::test]
async fn a_room_is_found_by_its_incident_and_by_its_chat() {
    rooms::a_room_is_found_by_its_incident_and_by_its_chat(&fresh().0).await;
}

#[tokio::test]
async fn what_was_said_of_a_room_last_is_remembered() {
    rooms::what_was_said_of_a_room_last_is_remembered(&fresh().0).await;
}

#[tokio::test]
async fn a_chat_is_the_room_of_one_incident() {
    rooms::a_chat_is_the_room_of_one_incident(&fresh().0).await;
}

#[tokio::test]
async fn a_room_is_forgotten_as_the_one_that_it_was() {
    rooms::a_room_is_forgotten_as_the_one_that_it_was(&fresh().0).await;
}

#[tokio::test]
async fn a_room_that_is_not_there_is_not_noted() {
    rooms::a_room_that_is_not_there_is_not_noted(&fresh().0).await;
}
