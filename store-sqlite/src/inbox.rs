//! What platforms delivered and nobody has finished.

use async_trait::async_trait;
use incident_core::ids::Platform;
use incident_core::ports::{Delivered, Held, Inbox, Pending, RequestKey, StoreError};
use incident_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Fault;
use crate::open::SqliteStore;
use crate::rows::Record;
use crate::writer::Urgency;

pub(crate) const TAKE: &str = "UPDATE inbox SET lease_until = ?3, attempt = attempt + 1 WHERE key IN (
    SELECT key FROM inbox WHERE platform = ?1 AND lease_until <= ?2 ORDER BY at, key LIMIT ?4)
    RETURNING key, at, body, attempt";

#[async_trait]
impl Inbox for SqliteStore {
    async fn keep(&self, delivered: &[Delivered], lease_until: Timestamp) -> Result<Vec<bool>, StoreError> {
        let delivered = delivered.to_vec();
        let work = move |db: &Connection| {
            delivered.iter().map(|one| keep(db, one, lease_until)).collect::<Result<Vec<bool>, Fault>>()
        };
        self.write("keep what was delivered", work).await
    }

    async fn take(
        &self,
        platform: Platform,
        (now, lease_until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        let work = move |db: &Connection| take(db, platform, (now, lease_until), limit);
        self.write("take over what was delivered", work).await
    }

    async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError> {
        let held = held.to_vec();
        let work = move |db: &Connection| {
            let mut update =
                db.prepare_cached("UPDATE inbox SET lease_until = ?1 WHERE key = ?2 AND attempt = ?3")?;
            for Held { key, attempt } in &held {
                update.execute(params![lease_until.as_micros(), key.as_str(), attempt])?;
            }
            Ok(())
        };
        self.write("renew leases on what was delivered", work).await
    }

    /// It shares the transaction of something that somebody waits for: what is lost of it is done again.
    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
        let keys = keys.to_vec();
        let work = move |db: &Connection| {
            let mut delete = db.prepare_cached("DELETE FROM inbox WHERE key = ?1")?;
            for key in &keys {
                delete.execute([key.as_str()])?;
            }
            Ok(())
        };
        self.write_at(Urgency::Soon, "forget what was delivered", work).await
    }
}

fn keep(db: &Connection, delivered: &Delivered, lease_until: Timestamp) -> Result<bool, Fault> {
    let mut insert = db.prepare_cached(
        "INSERT INTO inbox (key, platform, at, lease_until, attempt, body) VALUES (?1, ?2, ?3, ?4, 0, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    let (key, platform) = (delivered.key.as_str(), delivered.platform.as_str());
    let (at, lease_until) = (delivered.at.as_micros(), lease_until.as_micros());
    Ok(insert.execute(params![key, platform, at, lease_until, delivered.body])? > 0)
}

fn take(
    db: &Connection,
    platform: Platform,
    (now, lease_until): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<Pending>, Fault> {
    let mut update = db.prepare_cached(TAKE)?;
    let mut rows =
        update.query(params![platform.as_str(), now.as_micros(), lease_until.as_micros(), limit])?;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "inbox", &"");
        let key = RequestKey::new(record.shared("key")?);
        let (at, body) = (record.instant("at")?, record.text("body")?.to_owned());
        let delivered = Delivered { key, platform, at, body };
        taken.push(Pending { delivered, attempt: record.value("attempt")? });
    }
    // What an update returns is in no order.
    taken.sort_by(|one, other| {
        (one.delivered.at, &one.delivered.key).cmp(&(other.delivered.at, &other.delivered.key))
    });
    Ok(taken)
}
