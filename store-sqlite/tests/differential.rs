//! The same story, told to the reference and to the database, gets the same answers.

use std::time::Duration;

use incident_core::testkit::conformance::fixture::Works;
use incident_core::testkit::differential::{Plot, plots, tell};
use proptest::prelude::*;
use store_sqlite::{Options, SqliteStore, Synchronous};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

async fn tell_anew(plot: Plot) -> Result<(), TestCaseError> {
    let directory = TempDir::new().expect("a directory for the test");
    let options = Options {
        synchronous: Synchronous::Normal,
        busy_timeout: Duration::from_secs(5),
        ..Options::default()
    };
    let database = SqliteStore::open(&directory.path().join("incidents.db"), options).expect("it opens");
    tell(plot, &database, async |company| database.abandoned(company).await.works()).await
}

fn runtime() -> Runtime {
    Builder::new_current_thread().build().expect("a runtime starts")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_database_answers_like_the_reference(plot in plots()) {
        runtime().block_on(tell_anew(plot))?;
    }
}
