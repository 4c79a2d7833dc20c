//! The rows go as they are, to a server and away from it.

use store_postgres::testkit::Database;
use store_postgres::{Options, PostgresStore};

#[macro_use]
#[path = "../../store-sqlite/tests/suites/moving.rs"]
mod suite;

use suite::Place;

struct Tables {
    store: PostgresStore,
    _database: Database,
}

impl Place for Tables {
    type Store = PostgresStore;

    async fn new() -> Self {
        let database = Database::blank().await;
        PostgresStore::migrate(database.url(), &Options::default()).await.expect("it migrates");
        Self { store: database.open().await, _database: database }
    }

    fn store(&self) -> &PostgresStore {
        &self.store
    }
}

moves!(Tables);
