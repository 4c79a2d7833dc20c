//! What people wrote in a chat a moment ago.

use async_trait::async_trait;
use incident_core::ids::{CompanyId, MessageRef};
use incident_core::ports::{Author, Keep, Recall, Remark, StoreError};
use incident_core::time::Timestamp;
use sqlx::PgConnection;

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::ask;
use crate::rows::{Record, account_text};

pub(crate) const INSERT: &str = "INSERT INTO remarks (company, chat, message, account, at, text)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (company, chat, message) DO NOTHING";

/// Beyond what is to be kept lies what comes after the newest so many, if anything does.
pub(crate) const TRIM: &str =
    "DELETE FROM remarks WHERE company = $1 AND chat = $2 AND (at < $3 OR (at, message) <= (
    SELECT at, message FROM remarks WHERE company = $1 AND chat = $2
    ORDER BY at DESC, message DESC LIMIT 1 OFFSET $4))";

pub(crate) const LATEST: &str = "SELECT message, at, text FROM remarks
    WHERE company = $1 AND chat = $2 AND account = $3 AND at >= $4 ORDER BY at DESC, message DESC LIMIT $5";

/// How many are forgotten in one statement, which must end before its time limit.
const FORGET: u32 = 512;

pub(crate) const OLD: &str = "DELETE FROM remarks WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM remarks WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED))";

#[async_trait]
impl Recall for PostgresStore {
    async fn remark(&self, company: CompanyId, remark: &Remark, keep: Keep) -> Result<(), StoreError> {
        let company = company.to_string();
        ask!(self.pool, "keep a remark", |db| write(db, &company, remark, keep))
    }

    async fn remarks(
        &self,
        company: CompanyId,
        author: &Author,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Remark>, StoreError> {
        let company = company.to_string();
        ask!(self.pool, "look up remarks", |db| latest(db, &company, author, (since, limit)))
    }

    async fn forget_remarks(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let some = ask!(self.pool, "forget remarks", |db| forget(db, before))?;
            forgotten += some;
            if some < u64::from(FORGET) {
                return Ok(forgotten);
            }
        }
    }
}

/// Two statements, each harmless by itself: what is one too many for a moment is nobody's loss.
async fn write(db: &mut PgConnection, company: &str, remark: &Remark, keep: Keep) -> Result<(), Fault> {
    let chat = remark.message.chat.to_string();
    let insert = sqlx::query(INSERT).bind(company).bind(&chat).bind(&*remark.message.message);
    let insert = insert.bind(account_text(&remark.account)).bind(remark.at.as_micros());
    insert.bind(remark.text.as_str()).execute(&mut *db).await?;
    let trim = sqlx::query(TRIM).bind(company).bind(&chat).bind(keep.since.as_micros());
    Ok(trim.bind(i64::from(keep.most)).execute(db).await.map(drop)?)
}

async fn latest(
    db: &mut PgConnection,
    company: &str,
    author: &Author,
    (since, limit): (Timestamp, u32),
) -> Result<Vec<Remark>, Fault> {
    let chat = author.chat.to_string();
    let select = sqlx::query(LATEST).bind(company).bind(&chat).bind(account_text(&author.account));
    let rows = select.bind(since.as_micros()).bind(i64::from(limit)).fetch_all(db).await?;
    let remark = |row| {
        let record = Record::new(row, "remarks", &chat);
        Ok(Remark {
            message: MessageRef::new(author.chat.clone(), record.shared("message")?),
            account: author.account.clone(),
            at: record.instant("at")?,
            text: record.text_of("text")?,
        })
    };
    rows.iter().rev().map(remark).collect()
}

async fn forget(db: &mut PgConnection, before: Timestamp) -> Result<u64, Fault> {
    let delete = sqlx::query(OLD).bind(before.as_micros()).bind(i64::from(FORGET));
    Ok(delete.execute(db).await?.rows_affected())
}
