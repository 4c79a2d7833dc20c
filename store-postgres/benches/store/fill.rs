//! Databases of any size, filled by SQL: what is measured is how they are read.

use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use store_postgres::testkit::Database;
use tokio::runtime::Runtime;

use crate::large::{DUE, Filled};
use crate::work;

/// How many incidents one statement inserts.
const CHUNK: usize = 20_000;

/// Copies the first incident, each copy with an id, number and wake of its own.
const INCIDENTS: &str = "
    INSERT INTO incidents
    SELECT company, copy.id, year, copy.n + 1, group_id, copy.n % 500, created_at, version,
        wake_at + copy.n, state, level, team, cycle, priority, severity, resolver, close_reason, updated_at,
        active_at, cycle_at, routed_at, first_ack_at, ack_at, escalated_at, escalation_ack_at,
        resolution_requested_at, resolved_at, closed_at, held_us, replace(state_json, $1, copy.id)
    FROM incidents, unnest($2::text[], $3::bigint[]) AS copy (id, n) WHERE incidents.id = $1";
/// Copies its journal to each of them.
const EVENTS: &str = "
    INSERT INTO events
    SELECT company, copy.id, seq, at, actor, person, type, request, body
    FROM events, unnest($2::text[]) AS copy (id) WHERE incident = $1";

/// Makes a database with so many incidents.
pub(crate) fn open(runtime: &Runtime, incidents: usize) -> (Database, Filled) {
    runtime.block_on(async {
        let database = Database::durable().await;
        work::file(&crate::shared(&database, 2).await, 0..1).await;
        fill(database.url(), incidents).await.expect("the incidents are written");
        // Waiting for the disk takes equally long in both, and would hide the difference.
        let name = database.rows("SELECT current_database()").await.remove(0);
        database.execute(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await;
        database.execute("VACUUM ANALYZE").await;
        database.execute("CHECKPOINT").await;
        let store = crate::shared(&database, 4).await;
        (database, Filled { store, incidents })
    })
}

async fn fill(url: &str, incidents: usize) -> sqlx::Result<()> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    let mut db = PgConnection::connect_with(&options).await?;
    db.execute("SET synchronous_commit = off").await?;
    let template = work::id(0).to_string();
    let all: Vec<usize> = (1..incidents).collect();
    for chunk in all.chunks(CHUNK) {
        let ids: Vec<String> = chunk.iter().map(|n| work::id(*n).to_string()).collect();
        let numbers: Vec<i64> = chunk.iter().map(|n| *n as i64).collect();
        sqlx::query(INCIDENTS).bind(&template).bind(&ids).bind(numbers).execute(&mut db).await?;
        sqlx::query(EVENTS).bind(&template).bind(&ids).execute(&mut db).await?;
    }
    let due = sqlx::query("UPDATE incidents SET wake_at = $1 + seq - $2 WHERE seq <= $2");
    due.bind(work::at(0).as_micros()).bind(i64::from(DUE)).execute(&mut db).await?;
    let last = sqlx::query("UPDATE counters SET last = $1 WHERE counter LIKE 'TKT-%'");
    last.bind(incidents as i64).execute(&mut db).await?;
    db.close().await
}
