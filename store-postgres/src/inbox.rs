//! What platforms delivered and nobody has finished.

use std::collections::BTreeSet;

use async_trait::async_trait;
use incident_core::ids::Platform;
use incident_core::ports::{Delivered, Held, Inbox, Pending, RequestKey, StoreError};
use incident_core::time::Timestamp;
use sqlx::{PgConnection, Row};

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::{again, ask};
use crate::rows::Record;

const KEEP: &str = "INSERT INTO inbox (key, platform, at, lease_until, attempt, body)
    SELECT key, platform, at, $4, 0, body FROM unnest($1::text[], $2::text[], $3::bigint[], $5::text[])
        AS came (key, platform, at, body)
    ON CONFLICT DO NOTHING RETURNING key";

pub(crate) const TAKE: &str = "UPDATE inbox SET lease_until = $3, attempt = attempt + 1 WHERE key = ANY (ARRAY(
    SELECT key FROM inbox WHERE platform = $1 AND lease_until <= $2 ORDER BY at, key LIMIT $4 FOR UPDATE SKIP LOCKED))
    RETURNING key, at, body, attempt";

const RENEW: &str =
    "UPDATE inbox SET lease_until = $1 FROM unnest($2::text[], $3::bigint[]) AS held (key, attempt)
    WHERE inbox.key = held.key AND inbox.attempt = held.attempt";

#[async_trait]
impl Inbox for PostgresStore {
    async fn keep(&self, delivered: &[Delivered], lease_until: Timestamp) -> Result<Vec<bool>, StoreError> {
        // Nothing is acknowledged before it is kept, however much is worked on.
        let mut tries = self.pool.tries_first("keep what was delivered");
        let mut kept: BTreeSet<String> = again!(tries, |db| keep(db, delivered, lease_until))?;
        // Of two that are the same, the first is new.
        Ok(delivered.iter().map(|one| kept.remove(one.key.as_str())).collect())
    }

    async fn take(
        &self,
        platform: Platform,
        (now, lease_until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        let due = (now, lease_until);
        ask!(self.pool, "take over what was delivered", |db| take(db, platform, due, limit))
    }

    async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError> {
        ask!(self.pool, "renew leases on what was delivered", |db| renew(db, held, lease_until))
    }

    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
        ask!(self.pool, "forget what was delivered", |db| done(db, keys))
    }
}

async fn keep(
    db: &mut PgConnection,
    delivered: &[Delivered],
    lease_until: Timestamp,
) -> Result<BTreeSet<String>, Fault> {
    // In the order of their keys, so that two who keep the same do not wait for each other.
    let mut sorted: Vec<&Delivered> = delivered.iter().collect();
    sorted.sort_by(|one, other| one.key.cmp(&other.key));
    sorted.dedup_by(|later, first| later.key == first.key);
    let keys: Vec<&str> = sorted.iter().map(|one| one.key.as_str()).collect();
    let platforms: Vec<&str> = sorted.iter().map(|one| one.platform.as_str()).collect();
    let instants: Vec<i64> = sorted.iter().map(|one| one.at.as_micros()).collect();
    let bodies: Vec<&str> = sorted.iter().map(|one| one.body.as_str()).collect();
    let insert = sqlx::query(KEEP).bind(keys).bind(platforms).bind(instants);
    let rows = insert.bind(lease_until.as_micros()).bind(bodies).fetch_all(db).await?;
    rows.iter().map(|row| Ok(row.try_get("key")?)).collect()
}

async fn take(
    db: &mut PgConnection,
    platform: Platform,
    (now, lease_until): (Timestamp, Timestamp),
    limit: u32,
) -> Result<Vec<Pending>, Fault> {
    let update = sqlx::query(TAKE).bind(platform.as_str()).bind(now.as_micros());
    let rows = update.bind(lease_until.as_micros()).bind(i64::from(limit)).fetch_all(db).await?;
    let pending = |row| {
        let record = Record::new(row, "inbox", &"");
        let key = RequestKey::new(record.shared("key")?);
        let (at, body) = (record.instant("at")?, record.text("body")?.to_owned());
        Ok(Pending { delivered: Delivered { key, platform, at, body }, attempt: record.integer("attempt")? })
    };
    let mut taken: Vec<Pending> = rows.iter().map(pending).collect::<Result<_, Fault>>()?;
    // What an update returns is in no order.
    taken.sort_by(|one, other| {
        (one.delivered.at, &one.delivered.key).cmp(&(other.delivered.at, &other.delivered.key))
    });
    Ok(taken)
}

async fn renew(db: &mut PgConnection, held: &[Held], lease_until: Timestamp) -> Result<(), Fault> {
    let keys: Vec<&str> = held.iter().map(|held| held.key.as_str()).collect();
    let attempts: Vec<i64> = held.iter().map(|held| i64::from(held.attempt)).collect();
    let update = sqlx::query(RENEW).bind(lease_until.as_micros()).bind(keys).bind(attempts);
    Ok(update.execute(db).await.map(drop)?)
}

async fn done(db: &mut PgConnection, keys: &[RequestKey]) -> Result<(), Fault> {
    let keys: Vec<&str> = keys.iter().map(RequestKey::as_str).collect();
    let delete = sqlx::query("DELETE FROM inbox WHERE key = ANY ($1)").bind(keys);
    Ok(delete.execute(db).await.map(drop)?)
}
