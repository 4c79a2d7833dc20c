//! What was changed behind the store's back is named.

use store_postgres::PostgresStore;
use store_postgres::testkit::Database;

#[macro_use]
#[path = "../../store-sqlite/tests/suites/audit.rs"]
mod suite;

use suite::Place;

struct Tables {
    store: PostgresStore,
    database: Database,
}

impl Place for Tables {
    type Store = PostgresStore;

    async fn new() -> Self {
        let database = Database::new().await;
        Self { store: database.open().await, database }
    }

    fn store(&self) -> &PostgresStore {
        &self.store
    }

    async fn tamper(&self, sql: &str) {
        let sql = format!("BEGIN; SET LOCAL session_replication_role = replica; {sql}; COMMIT");
        self.database.execute(&sql).await;
    }
}

audits!(Tables);
