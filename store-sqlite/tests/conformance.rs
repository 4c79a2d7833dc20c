//! What every store must prove.

use std::future::Future;
use std::sync::LazyLock;

use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Runtime;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("a runtime starts"));

fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

async fn fresh() -> (SqliteStore, TempDir) {
    let directory = TempDir::new().expect("a directory for the test");
    let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default())
        .expect("a new database opens");
    (store, directory)
}

incident_core::store_conformance!(fresh, block_on);
