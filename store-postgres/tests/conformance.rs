//! What every store must prove.

use std::future::Future;
use std::sync::LazyLock;

use store_postgres::PostgresStore;
use store_postgres::testkit::Database;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));

fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

async fn fresh() -> (PostgresStore, Database) {
    let database = Database::new().await;
    (database.open().await, database)
}

incident_core::store_conformance!(fresh, block_on);
