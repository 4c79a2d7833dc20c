//! A program that writes the same rows by hand: one connection, one transaction a command, statements prepared
//! once, no checks but the version. What a store adds to this is its overhead.

use std::ops::Range;
use std::path::Path;

use incident_core::ports::Commit;
use incident_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::measure::{Measured, Stopwatch};
use crate::work;

/// Such a program.
pub(crate) struct Bare(Connection);

impl Bare {
    /// Opens a database that has the tables and incidents already.
    pub(crate) fn open(path: &Path) -> Self {
        let connection = Connection::open(path).expect("the database opens");
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            .expect("it is set up");
        connection.set_prepared_statement_cache_capacity(64);
        Self(connection)
    }

    /// Claims incidents; returns how long it took.
    pub(crate) fn commit(&self, incidents: Range<usize>) -> Measured {
        let commits: Vec<Commit> = incidents.map(work::claim).collect();
        let stopwatch = Stopwatch::start();
        for commit in &commits {
            self.write(commit).expect("the claim is written");
        }
        stopwatch.stop()
    }

    fn write(&self, commit: &Commit) -> rusqlite::Result<()> {
        let db = &self.0;
        let (company, id) = (commit.incident.company.to_string(), commit.incident.id.to_string());
        let at = commit.at.as_micros();
        db.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        if let Some(origin) = &commit.origin {
            db.prepare_cached(
                "INSERT INTO requests (key, company, incident, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![origin.key.as_str(), company, id, origin.answer, at])?;
        }
        self.write_incident(commit, &company, &id)?;
        for event in &commit.events {
            let body = serde_json::to_string(&event.fact).expect("facts are JSON");
            let version = commit.incident.version.get();
            let request = commit.origin.as_ref().map(|origin| origin.key.as_str());
            db.prepare_cached(
                "INSERT INTO events (company, incident, seq, at, actor, person, type, body, request)
                 VALUES (?1, ?2, ?3, ?4, 'person', 2, 'acknowledged', ?5, ?6)",
            )?
            .execute(params![company, id, version, at, body, request])?;
        }
        for effect in &commit.effects {
            let body = serde_json::to_string(effect).expect("effects are JSON");
            let lease_until = commit.lease_until.map(Timestamp::as_micros);
            db.prepare_cached(
                "INSERT INTO effects (company, incident, lane, chat, body, since, not_before, attempt, lease_until, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1, ?7, 'owed')",
            )?
            .execute(params![company, id, effect.lane().rank(), commit.chat.to_string(), body, at, lease_until])?;
        }
        db.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }

    fn write_incident(&self, commit: &Commit, company: &str, id: &str) -> rusqlite::Result<()> {
        let incident = &commit.incident;
        let state_json = serde_json::to_string(incident).expect("incidents are JSON");
        let micros = |at: Option<Timestamp>| at.map(Timestamp::as_micros);
        let changed = self
            .0
            .prepare_cached(
                "UPDATE incidents SET version = ?1, wake_at = ?2, state = ?3, level = ?4, active_at = ?5,
                 updated_at = ?6, first_ack_at = ?7, ack_at = ?8, state_json = ?9
                 WHERE company = ?10 AND id = ?11 AND version = ?12",
            )?
            .execute(params![
                incident.version.get(),
                micros(commit.wake_at),
                incident.state.kind().as_str(),
                incident.level.get(),
                incident.clocks.active_at.as_micros(),
                incident.clocks.updated_at.as_micros(),
                micros(incident.clocks.first_ack_at),
                micros(incident.clocks.ack_at),
                state_json,
                company,
                id,
                commit.expected.get(),
            ])?;
        assert_eq!(changed, 1, "the incident has the version it should have");
        for stint in &incident.stints {
            self.0
                .prepare_cached(
                    "INSERT INTO assignments (company, incident, position, person, level, cycle, since)
                     VALUES (?1, ?2, 0, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    company,
                    id,
                    stint.person.get(),
                    stint.level.get(),
                    stint.cycle.0,
                    stint.from.as_micros()
                ])?;
        }
        Ok(())
    }
}
