//! The same story, told to the reference and to the database, gets the same answers.

use incident_core::testkit::conformance::fixture::Works;
use incident_core::testkit::differential::{Plot, plots, tell};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use store_postgres::PostgresStore;
use store_postgres::testkit::Database;
use tokio::runtime::Runtime;

async fn tell_anew(database: &Database, store: &PostgresStore, plot: Plot) -> Result<(), TestCaseError> {
    // Emptying tables is quicker than making a database for each story.
    database.empty().await;
    tell(plot, store, async |company| store.abandoned(company).await.works()).await
}

#[test]
fn the_database_answers_like_the_reference() {
    let runtime = Runtime::new().expect("a runtime starts");
    let database = runtime.block_on(Database::new());
    let store = runtime.block_on(database.open());
    let config = ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&plots(), |plot| runtime.block_on(tell_anew(&database, &store, plot)))
        .unwrap_or_else(|failure| panic!("{failure}"));
}
