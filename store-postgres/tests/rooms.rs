//! Rooms are remembered as every store remembers them.

use incident_core::testkit::conformance::rooms;
use store_postgres::testkit::Database;

#[tokio::test]
async fn a_room_is_found_by_its_incident_and_by_its_chat() {
    let database = Database::new().await;
    rooms::a_room_is_found_by_its_incident_and_by_its_chat(&database.open().await).await;
}

#[tokio::test]
async fn what_was_said_of_a_room_last_is_remembered() {
    let database = Database::new().await;
    rooms::what_was_said_of_a_room_last_is_remembered(&database.open().await).await;
}

#[tokio::test]
async fn a_chat_is_the_room_of_one_incident() {
    let database = Database::new().await;
    rooms::a_chat_is_the_room_of_one_incident(&database.open().await).await;
}

#[tokio::test]
async fn a_room_is_forgotten_as_the_one_that_it_was() {
    let database = Database::new().await;
    rooms::a_room_is_forgotten_as_the_one_that_it_was(&database.open().await).await;
}

#[tokio::test]
async fn a_room_that_is_not_there_is_not_noted() {
    let database = Database::new().await;
    rooms::a_room_that_is_not_there_is_not_noted(&database.open().await).await;
}
