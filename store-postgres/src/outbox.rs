//! What is owed: who may deliver it when. The function `claim_effect` says what may be claimed; the outlook says
//! when that will next be so.

use incident_core::ids::{ChatRef, CompanyId};
use incident_core::incident::Lane;
use incident_core::memory::Abandoned;
use incident_core::ports::{Claim, ClaimOrder, Outlook, Owed, Settled, Settlement};
use incident_core::time::Timestamp;
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};

use crate::error::Fault;
use crate::messages;
use crate::rows::Record;

/// What it asks of each effect is said so that only a narrow index answers; migrations 4 and 5 say why.
pub(crate) const OUTLOOK: &str = "SELECT
    least((SELECT min(wake_at) FROM incidents WHERE wake_at IS NOT NULL),
        (SELECT min(wake_at) FROM companies WHERE wake_at IS NOT NULL)) AS wake_at,
    (SELECT count(*) FROM effects WHERE state = 'abandoned') AS abandoned,
    count(*) AS owed,
    min(CASE WHEN NOT EXISTS (SELECT FROM effects AS older
            WHERE older.state <> 'abandoned' AND older.company = e.company
                AND coalesce(older.incident, '') = coalesce(e.incident, '')
                AND coalesce(older.group_id, '') = coalesce(e.group_id, '')
                AND older.lane + 0 = e.lane AND older.id + 0 < e.id AND older.elsewhere = e.elsewhere
                AND (NOT e.elsewhere OR older.chat || '' = e.chat))
        THEN greatest($1, e.not_before, e.lease_until,
            (SELECT max(held.lease_until) FROM effects AS held
                WHERE held.state <> 'abandoned' AND held.chat = e.chat AND held.lane + 0 = e.lane AND e.lane <> 3),
            (SELECT parks.until FROM parks WHERE parks.chat = e.chat AND e.lane <> 3)) END) AS deliver_at
    FROM effects AS e WHERE e.state = 'owed'";

/// Claims the effect of a lane that is next.
pub(crate) async fn claim(
    db: &mut PgConnection,
    order: ClaimOrder,
    holder: &str,
) -> Result<Option<Claim>, Fault> {
    let claim = sqlx::query(
        "SELECT id, company, incident, chat, elsewhere, body, since, attempt FROM claim_effect($1, $2, $3, $4)",
    );
    let (now, lease_until) = (order.now.as_micros(), order.lease_until);
    let claim = claim.bind(now).bind(i64::from(order.lane.rank())).bind(lease_until.as_micros()).bind(holder);
    let Some(row) = claim.fetch_optional(db).await? else {
        return Ok(None);
    };
    let id: i64 = row.try_get("id")?;
    let record = Record::new(&row, "effects", &id);
    Ok(Some(Claim {
        effect: id.unsigned_abs(),
        attempt: record.integer("attempt")?,
        company: record.id("company")?,
        chat: record.chat("chat")?,
        elsewhere: record.value("elsewhere")?,
        owed: owed(&record)?,
        since: record.instant("since")?,
        lease_until,
    }))
}

fn owed(record: &Record<'_>) -> Result<Owed, Fault> {
    Ok(match record.optional_id("incident")? {
        Some(incident) => Owed::Incident { incident, effect: record.json("body")? },
        None => Owed::Roster { effect: record.json("body")? },
    })
}

/// A settlement in the form that the database takes.
pub(crate) struct Verdict {
    effect: i64,
    attempt: i64,
    now: Timestamp,
    body: String,
    /// What is there if it was written, whatever has happened since to others.
    trace: Trace,
}

/// What a settlement leaves behind.
enum Trace {
    /// The message that was sent.
    Message { company: String, chat: String, message: String },
    /// The effect, which nobody has claimed since.
    Effect,
    /// Nothing but that the effect is gone.
    Nothing,
}

impl Verdict {
    pub(crate) fn new(claim: &Claim, settlement: &Settlement, now: Timestamp) -> Result<Self, Fault> {
        let mut body = match settlement {
            Settlement::Done { .. } => json!({ "outcome": "done" }),
            Settlement::Retry { not_before, park_chat_until, reason, .. } => json!({
                "outcome": "retry",
                "not_before": not_before.as_micros(),
                "park_until": park_chat_until.map(Timestamp::as_micros),
                "reason": storable(reason),
            }),
            Settlement::Abandoned { reason } => json!({ "outcome": "abandoned", "reason": storable(reason) }),
        };
        if let Settlement::Done { posted, gone } | Settlement::Retry { posted, gone, .. } = settlement {
            let company = claim.company.to_string();
            if !gone.is_empty() {
                body["gone"] = gone.iter().map(|message| messages::key(&company, message)).collect::<Value>();
            }
            if let Some(posted) = posted {
                body["posted"] = messages::row(&company, posted)?;
            }
        }
        let (effect, attempt) = (claim.effect.cast_signed(), i64::from(claim.attempt));
        let trace = match settlement {
            Settlement::Done { posted: Some(posted), .. } => Trace::Message {
                company: claim.company.to_string(),
                chat: posted.message.chat.to_string(),
                message: posted.message.message.to_string(),
            },
            Settlement::Done { posted: None, .. } => Trace::Nothing,
            Settlement::Retry { .. } | Settlement::Abandoned { .. } => Trace::Effect,
        };
        Ok(Self { effect, attempt, now, body: body.to_string(), trace })
    }

    /// Records how a delivery went. Where it may have been recorded before, it is late unless that left a trace.
    pub(crate) async fn write(&self, db: &mut PgConnection, doubted: bool) -> Result<Settled, Fault> {
        let settle = sqlx::query("SELECT settle_effect($1, $2, $3, $4::jsonb) AS settled");
        let settle = settle.bind(self.effect).bind(self.attempt).bind(self.now.as_micros()).bind(&self.body);
        let settled: bool = settle.fetch_one(&mut *db).await?.try_get("settled")?;
        if settled || (doubted && self.has_left_its_trace(db).await?) {
            Ok(Settled::Yes)
        } else {
            Ok(Settled::Late)
        }
    }

    async fn has_left_its_trace(&self, db: &mut PgConnection) -> Result<bool, Fault> {
        if let Trace::Message { company, chat, message } = &self.trace {
            let select =
                sqlx::query("SELECT FROM messages WHERE company = $1 AND chat = $2 AND message = $3");
            let select = select.bind(company).bind(chat).bind(message);
            return Ok(select.fetch_optional(db).await?.is_some());
        }
        let select = sqlx::query("SELECT attempt FROM effects WHERE id = $1").bind(self.effect);
        let attempt = select.fetch_optional(db).await?.map(|row| row.try_get::<i64, _>("attempt"));
        Ok(match self.trace {
            Trace::Message { .. } | Trace::Effect => attempt.transpose()? == Some(self.attempt),
            Trace::Nothing => attempt.is_none(),
        })
    }
}

const SENDING: &str = "SELECT FROM effects
    WHERE state <> 'abandoned' AND chat = $1 AND lane + 0 = $2 AND lease_until IS NOT NULL AND company = $3 LIMIT 1";

/// Tells whether something of a lane is claimed for a chat, and not settled.
pub(crate) async fn is_sending(
    db: &mut PgConnection,
    company: CompanyId,
    chat: &ChatRef,
    lane: Lane,
) -> Result<bool, Fault> {
    let select = sqlx::query(SENDING).bind(chat.to_string()).bind(i64::from(lane.rank()));
    Ok(select.bind(company.to_string()).fetch_optional(db).await?.is_some())
}

/// Leaves out of what a platform said what PostgreSQL takes in no text.
fn storable(reason: &str) -> String {
    reason.replace('\0', "")
}

/// Gives what is owed in some chats of a company their new addresses, all at once: chats may swap.
pub(crate) async fn move_chats(
    db: &mut PgConnection,
    company: &str,
    moves: &[(ChatRef, ChatRef)],
) -> Result<(), Fault> {
    let mut parks: Vec<(String, i64)> = Vec::new();
    for (from, to) in moves {
        let (from, to) = (from.to_string(), to.to_string());
        let update = sqlx::query("UPDATE effects SET chat = $3 WHERE company = $1 AND chat = $2");
        update.bind(company).bind(&from).bind(moving(&to)).execute(&mut *db).await?;
        let delete = sqlx::query("DELETE FROM parks WHERE chat = $1 RETURNING until");
        if let Some(row) = delete.bind(&from).fetch_optional(&mut *db).await? {
            parks.push((to, row.try_get("until")?));
        }
    }
    for (_, to) in moves {
        let to = to.to_string();
        let update = sqlx::query("UPDATE effects SET chat = $3 WHERE company = $1 AND chat = $2");
        update.bind(company).bind(moving(&to)).bind(&to).execute(&mut *db).await?;
    }
    for (chat, until) in parks {
        let insert = sqlx::query(
            "INSERT INTO parks AS p (chat, until) VALUES ($1, $2)
             ON CONFLICT (chat) DO UPDATE SET until = greatest(p.until, excluded.until)",
        );
        insert.bind(chat).bind(until).execute(&mut *db).await?;
    }
    Ok(())
}

/// Forgets what is owed in a chat in which nobody of a company lives any more. Upkeep and calls need no chat.
pub(crate) async fn forget_chat(db: &mut PgConnection, company: &str, chat: &ChatRef) -> Result<(), Fault> {
    let delete = sqlx::query(
        "DELETE FROM effects WHERE state = 'owed' AND company = $1 AND chat = $2 AND lane <> 3
         AND body::json ->> 'effect' IS DISTINCT FROM 'ring'",
    );
    Ok(delete.bind(company).bind(chat.to_string()).execute(db).await.map(drop)?)
}

/// Names a chat that nothing is in but what is just being moved there.
fn moving(chat: &str) -> String {
    format!("moving to {chat}")
}

/// Tells when the next wake is due, when the next effect may be delivered, how many are owed, and how many were
/// abandoned.
pub(crate) async fn outlook(db: &mut PgConnection, now: Timestamp) -> Result<Outlook, Fault> {
    let row = sqlx::query(OUTLOOK).bind(now.as_micros()).fetch_one(db).await?;
    let record = Record::new(&row, "effects", &"");
    let instant = |column| Ok::<_, Fault>(record.value::<Option<i64>>(column)?.map(Timestamp::from_micros));
    Ok(Outlook {
        wake_at: instant("wake_at")?,
        deliver_at: instant("deliver_at")?,
        owed: record.value::<i64>("owed")?.unsigned_abs(),
        abandoned: record.value::<i64>("abandoned")?.unsigned_abs(),
    })
}

/// Ends all leases; returns how many there were.
pub(crate) async fn release(db: &mut PgConnection) -> Result<u64, Fault> {
    let sql = "UPDATE effects SET lease_until = NULL WHERE state = 'owed' AND lease_until IS NOT NULL";
    Ok(sqlx::query(sql).execute(db).await?.rows_affected())
}

/// Forgets some of what was abandoned and has been owed since before an instant; returns how much that was.
pub(crate) async fn forget(db: &mut PgConnection, before: Timestamp, limit: u32) -> Result<u64, Fault> {
    let delete = sqlx::query(
        "DELETE FROM effects WHERE id IN
            (SELECT id FROM effects WHERE state = 'abandoned' AND since < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)",
    );
    let deleted = delete.bind(before.as_micros()).bind(i64::from(limit)).execute(db).await?;
    Ok(deleted.rows_affected())
}

/// Lists what a company was owed and will not get.
pub(crate) async fn abandoned(db: &mut PgConnection, company: &str) -> Result<Vec<Abandoned>, Fault> {
    let select = sqlx::query(
        "SELECT id, incident, chat, body, since, reason FROM effects
         WHERE state = 'abandoned' AND company = $1 ORDER BY id",
    );
    let rows = select.bind(company).fetch_all(db).await?;
    let one = |row| {
        let id: i64 = Record::new(row, "effects", &"").value("id")?;
        let record = Record::new(row, "effects", &id);
        Ok(Abandoned {
            effect: id.unsigned_abs(),
            chat: record.chat("chat")?,
            owed: owed(&record)?,
            since: record.instant("since")?,
            reason: record.value("reason")?,
        })
    };
    rows.iter().map(one).collect()
}
