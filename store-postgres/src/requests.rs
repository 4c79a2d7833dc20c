//! Which requests were applied, and what they were answered.

use incident_core::ids::{CompanyId, IncidentId};
use incident_core::ports::{Answered, Origin};
use incident_core::time::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;

use crate::error::Fault;
use crate::rows::Record;

/// A request whose commit is under way.
pub(crate) struct Request {
    origin: Origin,
    company: String,
    incident: Option<String>,
    at: Timestamp,
}

/// The row of a request.
#[derive(Serialize)]
pub(crate) struct RequestRow<'a> {
    key: &'a str,
    company: &'a str,
    incident: Option<&'a str>,
    answer: &'a str,
    at: i64,
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

    /// Returns its row.
    pub(crate) fn row(&self) -> RequestRow<'_> {
        RequestRow {
            key: self.key(),
            company: &self.company,
            incident: self.incident.as_deref(),
            answer: &self.origin.answer,
            at: self.at.as_micros(),
        }
    }

    /// Writes the key and its answer; returns the earlier answer if the request was applied before.
    pub(crate) async fn write(&self, db: &mut PgConnection) -> Result<Option<Answered>, Fault> {
        let insert = sqlx::query(
            "INSERT INTO requests (key, company, incident, answer, at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (key) DO NOTHING",
        );
        let insert = insert.bind(self.key()).bind(&self.company).bind(&self.incident);
        let insert = insert.bind(&self.origin.answer).bind(self.at.as_micros());
        let written = insert.execute(&mut *db).await?.rows_affected();
        if written == 1 { Ok(None) } else { answered(db, self.key()).await }
    }
}

/// Returns what was answered to a request, if it was applied.
pub(crate) async fn answered(db: &mut PgConnection, key: &str) -> Result<Option<Answered>, Fault> {
    let select = sqlx::query(
        "SELECT requests.answer, requests.incident, incidents.year, incidents.seq
         FROM requests LEFT JOIN incidents
         ON incidents.company = requests.company AND incidents.id = requests.incident
         WHERE requests.key = $1",
    );
    let Some(row) = select.bind(key).fetch_optional(db).await? else {
        return Ok(None);
    };
    let record = Record::new(&row, "requests", &key);
    let incident = match record.optional_id("incident")? {
        Some(id) => Some((id, record.number()?)),
        None => None,
    };
    Ok(Some(Answered { answer: record.value("answer")?, incident }))
}

/// Forgets some requests applied before an instant; returns how many there were.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp, limit: u32) -> Result<u64, Fault> {
    // Those that another process forgets at this moment are left to it: fewer than asked for means that no more are
    // left.
    let delete = sqlx::query(
        "DELETE FROM requests WHERE key IN
            (SELECT key FROM requests WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
    );
    let deleted = delete.bind(before.as_micros()).bind(i64::from(limit)).execute(db).await?;
    Ok(deleted.rows_affected())
}

/// Reads and writes something, so as to know that both work.
pub(crate) async fn beat(db: &mut PgConnection) -> Result<(), Fault> {
    let update = sqlx::query("UPDATE meta SET value = value + 1 WHERE key = 'checks' RETURNING value");
    Ok(update.fetch_one(db).await.map(drop)?)
}
