//! Duties: what only one of the processes that share a database may do at a time, such as asking a platform for
//! updates. Whoever holds one renews it before it ends; whoever dies lets it end.
//!
//! Instants are those of the askers, as everywhere, so a duty must last longer than clocks differ.

use incident_core::ports::StoreError;
use incident_core::time::Timestamp;
use sqlx::PgConnection;

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::ask;

const HOLD: &str = "INSERT INTO duties AS d (name, holder, until) VALUES ($1, $2, $4)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE d.holder = excluded.holder OR d.until <= $3";

const HAND_OVER: &str = "DELETE FROM duties WHERE name = $1 AND holder = $2";

impl PostgresStore {
    /// Takes a duty that nobody holds, or that was held until `now` at the latest, or renews it for its holder; it is
    /// held until just before `until`. Returns false if somebody else holds it. Safe to repeat.
    ///
    /// # Errors
    /// Fails like every method of the store; whether the duty is held is unknown then.
    pub async fn hold(
        &self,
        duty: &str,
        holder: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        ask!(self.pool, "hold a duty", |db| hold(db, (duty, holder), now, until))
    }

    /// Gives a duty up, so that somebody else can take it at once; nothing happens unless this holder has it.
    ///
    /// # Errors
    /// Fails like every method of the store; the duty then ends when it would have.
    pub async fn hand_over(&self, duty: &str, holder: &str) -> Result<(), StoreError> {
        ask!(self.pool, "hand a duty over", |db| hand_over(db, duty, holder))
    }
}

pub(crate) async fn hold(
    db: &mut PgConnection,
    (duty, holder): (&str, &str),
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, Fault> {
    let hold = sqlx::query(HOLD).bind(duty).bind(holder).bind(now.as_micros()).bind(until.as_micros());
    Ok(hold.execute(db).await?.rows_affected() > 0)
}

async fn hand_over(db: &mut PgConnection, duty: &str, holder: &str) -> Result<(), Fault> {
    Ok(sqlx::query(HAND_OVER).bind(duty).bind(holder).execute(db).await.map(drop)?)
}
