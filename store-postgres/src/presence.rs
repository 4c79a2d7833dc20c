//! Which processes are alive, so that what a dead one had claimed need not wait for the end of its lease.
//!
//! To be alive is a duty that each process holds for itself and renews. Whoever finds that one is not renewed any more
//! gives back what its holder had claimed. If that one was merely slow, it is as if its leases had ended: what it
//! settles after somebody else has taken over is late.

use incident_core::ports::StoreError;
use incident_core::time::Timestamp;
use sqlx::{PgConnection, Row};

use crate::doubts::Lost;
use crate::duties;
use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::ask;

const SIGNS: &str = "SELECT holder, until FROM duties WHERE name LIKE 'replica:%' AND holder <> $1";

/// One statement, so that nobody who gives a sign meanwhile is taken for dead.
const BURY: &str =
    "WITH dead AS (DELETE FROM duties USING unnest($1::text[], $2::bigint[]) AS sign (holder, until)
        WHERE duties.name = 'replica:' || sign.holder AND duties.until = sign.until RETURNING duties.holder)
    UPDATE effects SET lease_until = NULL FROM dead
    WHERE effects.state = 'owed' AND effects.lease_until IS NOT NULL AND effects.holder = dead.holder";

const GIVE_BACK: &str = "UPDATE effects SET lease_until = NULL
    WHERE state = 'owed' AND holder = $1 AND lease_until = $2 AND id IS DISTINCT FROM $3";

const GIVE_BACK_ONE: &str = "UPDATE effects SET lease_until = NULL
    WHERE state = 'owed' AND id = $1 AND attempt = $2 AND lease_until IS NOT NULL";

/// A sign of life of another process. It gives another one as long as it lives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sign {
    /// The name of the process.
    pub holder: String,
    /// What changes with every sign.
    pub until: Timestamp,
}

/// What is known when a process has given a sign of life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presence {
    /// The last signs of all others.
    pub others: Vec<Sign>,
    /// How much was given back that this process had claimed and could not settle, or may have claimed without knowing
    /// because an answer was lost.
    pub given_back: u64,
}

impl PostgresStore {
    /// Gives a sign of life of this process, which must be another one each time, and looks for those of others.
    ///
    /// # Errors
    /// Fails like every method of the store. Who gives no sign for long is taken for dead.
    pub async fn attend(&self, now: Timestamp, until: Timestamp) -> Result<Presence, StoreError> {
        const OPERATION: &str = "give a sign of life";
        ask!(self.pool, OPERATION, |db| duties::hold(db, (&self.duty(), &self.name), now, until))?;
        let mut given_back = 0;
        for lost in self.doubts.take_lost() {
            match ask!(self.pool, OPERATION, |db| give_back(db, &self.name, lost)) {
                Ok(given) => given_back += given,
                Err(_) => self.doubts.lose(lost.lease_until, lost.kept),
            }
        }
        for (effect, attempt) in self.doubts.take_unsettled() {
            match ask!(self.pool, OPERATION, |db| give_back_one(db, effect, attempt)) {
                Ok(given) => given_back += given,
                Err(_) => self.doubts.leave_unsettled(effect, attempt),
            }
        }
        let others = ask!(self.pool, OPERATION, |db| signs(db, &self.name))?;
        Ok(Presence { others, given_back })
    }

    /// Gives back what dead processes had claimed: those whose last signs of life are these. One that has given another
    /// sign since is left alone. Returns how much was given back.
    ///
    /// # Errors
    /// Fails like every method of the store.
    pub async fn bury(&self, dead: &[Sign]) -> Result<u64, StoreError> {
        let (holders, untils): (Vec<&str>, Vec<i64>) =
            dead.iter().map(|sign| (&*sign.holder, sign.until.as_micros())).unzip();
        ask!(self.pool, "give back what the dead had claimed", |db| bury(db, &holders, &untils))
    }

    /// Says that this process claims nothing any more and has settled what it had claimed.
    ///
    /// # Errors
    /// Fails like every method of the store; others then find out by themselves.
    pub async fn leave(&self) -> Result<(), StoreError> {
        self.hand_over(&self.duty(), &self.name).await
    }

    fn duty(&self) -> String {
        format!("replica:{}", self.name)
    }
}

async fn signs(db: &mut PgConnection, own: &str) -> Result<Vec<Sign>, Fault> {
    let rows = sqlx::query(SIGNS).bind(own).fetch_all(db).await?;
    let mut signs = Vec::with_capacity(rows.len());
    for row in rows {
        let until = Timestamp::from_micros(row.try_get("until")?);
        signs.push(Sign { holder: row.try_get("holder")?, until });
    }
    Ok(signs)
}

async fn bury(db: &mut PgConnection, holders: &[&str], untils: &[i64]) -> Result<u64, Fault> {
    Ok(sqlx::query(BURY).bind(holders).bind(untils).execute(db).await?.rows_affected())
}

async fn give_back_one(db: &mut PgConnection, effect: u64, attempt: u32) -> Result<u64, Fault> {
    let update = sqlx::query(GIVE_BACK_ONE).bind(effect.cast_signed()).bind(i64::from(attempt));
    Ok(update.execute(db).await?.rows_affected())
}

async fn give_back(db: &mut PgConnection, holder: &str, lost: Lost) -> Result<u64, Fault> {
    let update = sqlx::query(GIVE_BACK).bind(holder).bind(lost.lease_until.as_micros());
    Ok(update.bind(lost.kept.map(u64::cast_signed)).execute(db).await?.rows_affected())
}
