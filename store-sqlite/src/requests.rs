//! Which requests were applied, and what they were answered.

use incident_core::ids::{CompanyId, IncidentId};
use incident_core::ports::{Answered, Origin};
use incident_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Fault;
use crate::rows::Record;

/// A request whose commit is under way.
pub(crate) struct Request {
    origin: Origin,
    company: String,
    incident: Option<String>,
    at: Timestamp,
}

impl Request {
    /// Names the request, as logs and the journal do.
    pub(crate) fn key(&self) -> &str {
        self.origin.key.as_str()
    }

    pub(crate) fn new(
        origin: Origin,
        company: CompanyId,
        incident: Option<IncidentId>,
        at: Timestamp,
    ) -> Self {
        Self { origin, company: company.to_string(), incident: incident.map(|id| id.to_string()), at }
    }

    /// Writes the key and its answer; returns the earlier answer if the request was applied before.
    pub(crate) fn write(&self, connection: &Connection) -> Result<Option<Answered>, Fault> {
        let key = self.origin.key.as_str();
        let written = connection
            .prepare_cached(
                "INSERT INTO requests (key, company, incident, answer, at) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (key) DO NOTHING",
            )?
            .execute(params![key, self.company, self.incident, self.origin.answer, self.at.as_micros()])?;
        if written == 1 { Ok(None) } else { answered(connection, key) }
    }

    /// Takes back what [`write`](Self::write) wrote in this transaction.
    pub(crate) fn undo(&self, connection: &Connection) -> Result<(), Fault> {
        let mut delete = connection.prepare_cached("DELETE FROM requests WHERE key = ?1")?;
        Ok(delete.execute([self.origin.key.as_str()]).map(drop)?)
    }
}

/// Returns what was answered to a request, if it was applied.
pub(crate) fn answered(connection: &Connection, key: &str) -> Result<Option<Answered>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT requests.answer, requests.incident, incidents.year, incidents.seq
         FROM requests LEFT JOIN incidents
         ON incidents.company = requests.company AND incidents.id = requests.incident
         WHERE requests.key = ?1",
    )?;
    let mut rows = select.query([key])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let record = Record::new(row, "requests", &key);
    let incident = match record.optional_id("incident")? {
        Some(id) => Some((id, record.number()?)),
        None => None,
    };
    Ok(Some(Answered { answer: record.value("answer")?, incident }))
}

/// Lists some keys of requests applied before an instant.
///
/// Keys have the order in which requests come, so the old ones are found first, without an index that every
/// commit would have to keep.
pub(crate) fn forgettable(
    connection: &Connection,
    before: Timestamp,
    limit: u32,
) -> Result<Vec<String>, Fault> {
    let mut select = connection.prepare_cached("SELECT key FROM requests WHERE at < ?1 LIMIT ?2")?;
    let keys = select.query_map(params![before.as_micros(), limit], |row| row.get(0))?;
    Ok(keys.collect::<Result<_, _>>()?)
}

/// Forgets requests, as long as they were applied before an instant; returns how many there were.
pub(crate) fn forget(connection: &Connection, keys: &[String], before: Timestamp) -> Result<u64, Fault> {
    let mut delete = connection.prepare_cached("DELETE FROM requests WHERE key = ?1 AND at < ?2")?;
    let mut forgotten = 0;
    for key in keys {
        forgotten += delete.execute(params![key, before.as_micros()])? as u64;
    }
    Ok(forgotten)
}
