//! What is kept of what people wrote is what every store keeps.

use incident_core::testkit::conformance::recall;
use store_postgres::testkit::Database;

#[tokio::test]
async fn remarks_of_an_author_come_back_in_order() {
    let database = Database::new().await;
    recall::remarks_of_an_author_come_back_in_order(&database.open().await).await;
}

#[tokio::test]
async fn a_chat_keeps_the_newest_remarks_and_no_others() {
    let database = Database::new().await;
    recall::a_chat_keeps_the_newest_remarks_and_no_others(&database.open().await).await;
}

#[tokio::test]
async fn a_remark_is_kept_once() {
    let database = Database::new().await;
    recall::a_remark_is_kept_once(&database.open().await).await;
}

#[tokio::test]
async fn remarks_are_forgotten_by_age() {
    let database = Database::new().await;
    recall::remarks_are_forgotten_by_age(&database.open().await).await;
}

#[tokio::test]
async fn companies_see_nothing_of_each_others_remarks() {
    let database = Database::new().await;
    recall::companies_see_nothing_of_each_others_remarks(&database.open().await).await;
}
