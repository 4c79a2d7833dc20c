//! What is kept of what people wrote is what every store keeps.

use incident_core::testkit::conformance::recall;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

fn fresh() -> (SqliteStore, TempDir) {
    let directory = TempDir::new().expect("a directory for the test");
    let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default());
    (store.expect("a new database opens"), directory)
}

#[tokio::test]
async fn remarks_of_an_author_come_back_in_order() {
    recall::remarks_of_an_author_come_back_in_order(&fresh().0).await;
}

#[tokio::test]
async fn a_chat_keeps_the_newest_remarks_and_no_others() {
    recall::a_chat_keeps_the_newest_remarks_and_no_others(&fresh().0).await;
}

#[tokio::test]
async fn a_remark_is_kept_once() {
    recall::a_remark_is_kept_once(&fresh().0).await;
}

#[tokio::test]
async fn remarks_are_forgotten_by_age() {
    recall::remarks_are_forgotten_by_age(&fresh().0).await;
}

#[tokio::test]
async fn companies_see_nothing_of_each_others_remarks() {
    recall::companies_see_nothing_of_each_others_remarks(&fresh().0).await;
}
