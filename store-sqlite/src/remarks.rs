//! What people wrote in a chat a moment ago.

use async_trait::async_trait;
use incident_core::ids::{CompanyId, MessageRef};
use incident_core::ports::{Author, Keep, Recall, Remark, StoreError};
use incident_core::time::Timestamp;
use rusqlite::{Connection, params};

use crate::error::Fault;
use crate::open::SqliteStore;
use crate::rows::{Record, account_text};
use crate::writer::Urgency;

/// Beyond what is to be kept lies what comes after the newest so many, if anything does.
pub(crate) const TRIM: &str =
    "DELETE FROM remarks WHERE company = ?1 AND chat = ?2 AND (at < ?3 OR (at, message) <= (
    SELECT at, message FROM remarks WHERE company = ?1 AND chat = ?2
    ORDER BY at DESC, message DESC LIMIT 1 OFFSET ?4))";

pub(crate) const LATEST: &str = "SELECT message, at, text FROM remarks
    WHERE company = ?1 AND chat = ?2 AND account = ?3 AND at >= ?4 ORDER BY at DESC, message DESC LIMIT ?5";

#[async_trait]
impl Recall for SqliteStore {
    /// It shares the transaction of something that somebody waits for: if it is lost, little is.
    async fn remark(&self, company: CompanyId, remark: &Remark, keep: Keep) -> Result<(), StoreError> {
        let (company, remark) = (company.to_string(), remark.clone());
        let work = move |db: &Connection| write(db, &company, &remark, keep);
        self.write_at(Urgency::Soon, "keep a remark", work).await
    }

    async fn remarks(
        &self,
        company: CompanyId,
        author: &Author,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Remark>, StoreError> {
        let company = company.to_string();
        self.read("look up remarks", |db| latest(db, &company, author, (since, limit)))
    }

    async fn forget_remarks(&self, before: Timestamp) -> Result<u64, StoreError> {
        let work = move |db: &Connection| {
            let mut delete = db.prepare_cached("DELETE FROM remarks WHERE at < ?1")?;
            Ok(delete.execute([before.as_micros()])? as u64)
        };
        self.write("forget remarks", work).await
    }
}

fn write(connection: &Connection, company: &str, remark: &Remark, keep: Keep) -> Result<(), Fault> {
    let (chat, account) = (remark.message.chat.to_string(), account_text(&remark.account));
    let mut insert = connection.prepare_cached(
        "INSERT INTO remarks (company, chat, message, account, at, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT DO NOTHING",
    )?;
    let (message, text) = (&remark.message.message, remark.text.as_str());
    insert.execute(params![company, chat, message, account, remark.at.as_micros(), text])?;
    let mut trim = connection.prepare_cached(TRIM)?;
    Ok(trim.execute(params![company, chat, keep.since.as_micros(), keep.most]).map(drop)?)
}

fn latest(
    connection: &Connection,
    company: &str,
    author: &Author,
    (since, limit): (Timestamp, u32),
) -> Result<Vec<Remark>, Fault> {
    let (chat, account) = (author.chat.to_string(), account_text(&author.account));
    let mut select = connection.prepare_cached(LATEST)?;
    let mut rows = select.query(params![company, chat, account, since.as_micros(), limit])?;
    let mut remarks = Vec::new();
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "remarks", &chat);
        remarks.push(Remark {
            message: MessageRef::new(author.chat.clone(), record.shared("message")?),
            account: author.account.clone(),
            at: record.instant("at")?,
            text: record.text_of("text")?,
        });
    }
    remarks.reverse();
    Ok(remarks)
}
