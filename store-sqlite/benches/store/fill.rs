//! Databases of any size, filled by SQL: what is measured is how they are read.

use std::path::Path;
use std::sync::Arc;

use incident_core::ports::Store;
use rusqlite::{Connection, params};
use store_sqlite::{Options, SqliteStore, Synchronous};
use tokio::runtime::Runtime;

use crate::large::{DUE, Filled};
use crate::work;

/// Makes a database with so many incidents.
pub(crate) fn open(runtime: &Runtime, directory: &Path, incidents: usize) -> Filled {
    let path = directory.join(format!("{incidents}.db"));
    let store: Arc<dyn Store> = crate::open(&path);
    runtime.block_on(work::file(&store, 0..1));
    drop(store);
    fill(&path, incidents).expect("the incidents are written");
    // Waiting for the disk takes equally long in both, and would hide the difference.
    let options = Options { synchronous: Synchronous::Normal, ..Options::default() };
    let store = SqliteStore::open(&path, options).expect("the database opens");
    Filled { store: Arc::new(store), incidents }
}

/// Copies the incident of a database and its journal, each copy with an id, number and wake of its own.
fn fill(path: &Path, incidents: usize) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    connection
        .execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = MEMORY")?;
    let transaction = connection.transaction()?;
    let mut insert_incident = transaction.prepare(
        "INSERT INTO incidents
         SELECT company, ?2, year, ?3, group_id, ?3 % 500, created_at, version, wake_at + ?4, state, level,
            team, cycle, priority, severity, resolver, close_reason, updated_at, active_at, cycle_at,
            routed_at, first_ack_at, ack_at, escalated_at, escalation_ack_at, resolution_requested_at,
            resolved_at, closed_at, held_us, replace(state_json, ?1, ?2)
         FROM incidents WHERE rowid = 1",
    )?;
    let mut insert_event = transaction.prepare(
        "INSERT INTO events SELECT company, ?2, seq, at, actor, person, type, request, body
         FROM events WHERE company = ?3 AND incident = ?1",
    )?;
    let (company, template) = (work::COMPANY.to_string(), work::id(0).to_string());
    let incidents = u32::try_from(incidents).expect("numbers of incidents are that short");
    for n in 1..incidents {
        let id = work::id(n as usize).to_string();
        insert_incident.execute(params![template, id, n + 1, n])?;
        insert_event.execute([&template, &id, &company])?;
    }
    drop((insert_incident, insert_event));
    transaction.execute(
        "UPDATE incidents SET wake_at = ?1 + rowid - ?2 WHERE rowid <= ?2",
        params![work::at(0).as_micros(), DUE],
    )?;
    transaction.execute("UPDATE counters SET last = ?1 WHERE counter LIKE 'TKT-%'", [incidents])?;
    transaction.commit()
}
