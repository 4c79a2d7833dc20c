//! A program that writes the same rows by hand: one statement a commit, prepared once for each connection, no checks
//! but the version. What a store adds to this is its overhead.

use std::ops::Range;
use std::str::FromStr;
use std::sync::Arc;

use incident_core::ports::Commit;
use incident_core::time::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tokio::runtime::Runtime;
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use crate::measure::{Measured, Stopwatch};
use crate::work;

const WRITE: &str = "
    WITH changed AS (
        UPDATE incidents SET version = $1, wake_at = $2, state = $3, level = $4, active_at = $5, updated_at = $6,
            first_ack_at = $7, ack_at = $8, state_json = $9
        WHERE company = $10 AND id = $11 AND version = $12 RETURNING seq
    ), request AS (
        INSERT INTO requests (key, company, incident, answer, at) VALUES ($13, $10, $11, $14, $6)
    ), journal AS (
        INSERT INTO events (company, incident, seq, at, actor, person, type, body, request)
        VALUES ($10, $11, $1, $6, 'person', 2, 'acknowledged', $15, $13)
    ), assignment AS (
        INSERT INTO assignments (company, incident, position, person, level, cycle, since)
        VALUES ($10, $11, 0, $16, $17, $18, $19)
    ), effect AS (
        INSERT INTO effects (company, incident, lane, chat, body, since, not_before, attempt, lease_until, state)
        VALUES ($10, $11, $20, $21, $22, $6, $6, 1, $23, 'owed') RETURNING id
    )
    SELECT changed.seq, effect.id FROM changed, effect";

/// Such a program, with some connections.
pub(crate) struct Bare(Vec<Arc<Mutex<PgConnection>>>);

impl Bare {
    /// Connects to a database that has the tables and incidents already.
    pub(crate) async fn connect(url: &str, connections: usize) -> Self {
        let options = PgConnectOptions::from_str(url).expect("a URL").disable_statement_logging();
        let mut all = Vec::new();
        for _ in 0..connections {
            let connection =
                PgConnection::connect_with(&options).await.expect("the server takes connections");
            all.push(Arc::new(Mutex::new(connection)));
        }
        Self(all)
    }

    /// Claims incidents, one after the other on each connection; returns how long it took.
    pub(crate) fn commit(&self, runtime: &Runtime, incidents: Range<usize>) -> Measured {
        let mut shares: Vec<Vec<Commit>> = self.0.iter().map(|_| Vec::new()).collect();
        for n in incidents {
            shares[n % self.0.len()].push(work::claim(n));
        }
        let write = |(connection, share): (&Arc<Mutex<PgConnection>>, Vec<Commit>)| {
            write_all(Arc::clone(connection), share)
        };
        runtime.block_on(async {
            let stopwatch = Stopwatch::start();
            self.0.iter().zip(shares).map(write).collect::<JoinSet<()>>().join_all().await;
            stopwatch.stop()
        })
    }
}

async fn write_all(connection: Arc<Mutex<PgConnection>>, commits: Vec<Commit>) {
    let mut connection = connection.lock().await;
    for commit in commits {
        write(&mut connection, &commit).await.expect("the claim is written");
    }
}

async fn write(db: &mut PgConnection, commit: &Commit) -> sqlx::Result<()> {
    let incident = &commit.incident;
    let micros = |at: Option<Timestamp>| at.map(Timestamp::as_micros);
    let [event] = &*commit.events else { panic!("a claim is one event") };
    let [effect] = &*commit.effects else { panic!("a claim owes one effect") };
    let [stint] = &*incident.stints else { panic!("one person holds it") };
    let origin = commit.origin.as_ref().expect("somebody asked");
    sqlx::query(WRITE)
        .bind(i64::from(incident.version.get()))
        .bind(micros(commit.wake_at))
        .bind(incident.state.kind().as_str())
        .bind(i64::from(incident.level.get()))
        .bind(incident.clocks.active_at.as_micros())
        .bind(commit.at.as_micros())
        .bind(micros(incident.clocks.first_ack_at))
        .bind(micros(incident.clocks.ack_at))
        .bind(serde_json::to_string(incident).expect("incidents are JSON"))
        .bind(incident.company.to_string())
        .bind(incident.id.to_string())
        .bind(i64::from(commit.expected.get()))
        .bind(origin.key.as_str())
        .bind(&origin.answer)
        .bind(serde_json::to_string(&event.fact).expect("facts are JSON"))
        .bind(i64::from(stint.person.get()))
        .bind(i64::from(stint.level.get()))
        .bind(i64::from(stint.cycle.0))
        .bind(stint.from.as_micros())
        .bind(i64::from(effect.lane().rank()))
        .bind(commit.chat.to_string())
        .bind(serde_json::to_string(effect).expect("effects are JSON"))
        .bind(micros(commit.lease_until))
        .fetch_one(db)
        .await
        .map(drop)
}
