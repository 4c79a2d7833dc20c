//! What is delivered is kept as every store keeps it.

use incident_core::testkit::conformance::inbox;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

fn fresh() -> (SqliteStore, TempDir) {
    let directory = TempDir::new().expect("a directory for the test");
    let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default());
    (store.expect("a new database opens"), directory)
}

#[tokio::test]
async fn what_is_not_done_is_taken_over_when_its_lease_has_ended() {
    inbox::what_is_not_done_is_taken_over_when_its_lease_has_ended(&fresh().0).await;
}

#[tokio::test]
async fn what_is_done_is_forgotten() {
    inbox::what_is_done_is_forgotten(&fresh().0).await;
}

#[tokio::test]
async fn what_is_delivered_twice_is_kept_once() {
    inbox::what_is_delivered_twice_is_kept_once(&fresh().0).await;
}

#[tokio::test]
async fn platforms_take_over_their_own_deliveries() {
    inbox::platforms_take_over_their_own_deliveries(&fresh().0).await;
}

#[tokio::test]
async fn leases_are_renewed_by_those_who_hold_them() {
    inbox::leases_are_renewed_by_those_who_hold_them(&fresh().0).await;
}
