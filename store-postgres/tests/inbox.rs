//! What is delivered is kept as every store keeps it.

use incident_core::testkit::conformance::inbox;
use store_postgres::testkit::Database;

#[tokio::test]
async fn what_is_not_done_is_taken_over_when_its_lease_has_ended() {
    let database = Database::new().await;
    inbox::what_is_not_done_is_taken_over_when_its_lease_has_ended(&database.open().await).await;
}

#[tokio::test]
async fn what_is_done_is_forgotten() {
    let database = Database::new().await;
    inbox::what_is_done_is_forgotten(&database.open().await).await;
}

#[tokio::test]
async fn what_is_delivered_twice_is_kept_once() {
    let database = Database::new().await;
    inbox::what_is_delivered_twice_is_kept_once(&database.open().await).await;
}

#[tokio::test]
async fn platforms_take_over_their_own_deliveries() {
    let database = Database::new().await;
    inbox::platforms_take_over_their_own_deliveries(&database.open().await).await;
}

#[tokio::test]
async fn leases_are_renewed_by_those_who_hold_them() {
    let database = Database::new().await;
    inbox::leases_are_renewed_by_those_who_hold_them(&database.open().await).await;
}
