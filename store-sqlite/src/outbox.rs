//! What is owed: who may deliver it when.
//!
//! One question decides everything and is asked in three places (a claim, a birth, the outlook): is an effect
//! the first of its owner and lane, and has its instant come? It is written once, as text that the statements
//! share; every part of it is answered by an index over what is owed, however much was owed before.

use incident_core::ids::ChatRef;
use incident_core::incident::Lane;
use incident_core::memory::Abandoned;
use incident_core::ports::{Claim, ClaimOrder, Owed, Settlement};
use incident_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::Fault;
use crate::rows::Record;

/// Nothing of its owner and lane is older: an incident, a group, or a company where neither is named; elsewhere, in the
/// same chat. The `+` keeps the index over chats out of it: the one over owners names the one row.
macro_rules! head {
    ($effect:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM effects AS older WHERE older.state = 'owed' AND older.company = ",
            $effect,
            ".company AND older.incident IS ",
            $effect,
            ".incident AND older.group_id IS ",
            $effect,
            ".group_id AND older.lane = ",
            $effect,
            ".lane AND older.id < ",
            $effect,
            ".id AND older.elsewhere = ",
            $effect,
            ".elsewhere AND (older.elsewhere = 0 OR +older.chat = ",
            $effect,
            ".chat))"
        )
    };
}

/// It is a head, its instant has come, and nothing of its chat and lane is claimed at the instant `?1`.
macro_rules! ready {
    ($effect:literal) => {
        concat!(
            $effect,
            ".state = 'owed' AND ",
            $effect,
            ".not_before <= ?1 AND (",
            $effect,
            ".lease_until IS NULL OR ",
            $effect,
            ".lease_until <= ?1) AND NOT EXISTS (SELECT 1 FROM effects AS held WHERE held.state = 'owed' AND held.chat = ",
            $effect,
            ".chat AND held.lane = ",
            $effect,
            ".lane AND held.lease_until > ?1) AND ",
            head!($effect)
        )
    };
}

/// It may be claimed at the instant `?1`. Upkeep (lane 3) needs no chat.
macro_rules! claimable {
    () => {
        concat!(
            "(e.lane = 3 OR (
                NOT EXISTS (SELECT 1 FROM parks WHERE parks.chat = e.chat AND parks.until > ?1)
                AND NOT EXISTS (SELECT 1 FROM effects AS urgent
                    WHERE urgent.chat = e.chat AND urgent.lane < e.lane AND ",
            ready!("urgent"),
            "))) AND ",
            ready!("e")
        )
    };
}

pub(crate) use {head, ready};

pub(crate) const NEXT: &str =
    concat!("SELECT e.id FROM effects AS e WHERE e.lane = ?2 AND ", claimable!(), " ORDER BY e.id LIMIT 1");

pub(crate) const CLAIM_NEXT: &str = concat!(
    "UPDATE effects SET attempt = attempt + 1, lease_until = ?3 WHERE id = (
        SELECT e.id FROM effects AS e WHERE e.lane = ?2 AND ",
    claimable!(),
    " ORDER BY e.id LIMIT 1) RETURNING id, company, incident, chat, elsewhere, body, since, attempt"
);

pub(crate) const OUTLOOK: &str = concat!(
    "SELECT count(*) AS owed, min(CASE WHEN ",
    head!("e"),
    " THEN max(?1, e.not_before, coalesce(e.lease_until, ?1), CASE WHEN e.lane = 3 THEN ?1 ELSE max(
        coalesce((SELECT max(held.lease_until) FROM effects AS held
            WHERE held.state = 'owed' AND held.chat = e.chat AND held.lane = e.lane), ?1),
        coalesce((SELECT parks.until FROM parks WHERE parks.chat = e.chat), ?1)) END) END) AS deliver_at
    FROM effects AS e WHERE e.state = 'owed'"
);

/// Tells whether a claim would find something.
pub(crate) fn is_claimable(connection: &Connection, order: ClaimOrder) -> Result<bool, Fault> {
    let mut select = connection.prepare_cached(NEXT)?;
    Ok(select.exists(params![order.now.as_micros(), order.lane.rank()])?)
}

/// Claims the effect of a lane that is next.
pub(crate) fn claim(connection: &Connection, order: ClaimOrder) -> Result<Option<Claim>, Fault> {
    let mut update = connection.prepare_cached(CLAIM_NEXT)?;
    let (now, lease_until) = (order.now.as_micros(), order.lease_until);
    let mut rows = update.query(params![now, order.lane.rank(), lease_until.as_micros()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let id: i64 = row.get("id")?;
    let record = Record::new(row, "effects", &id);
    Ok(Some(Claim {
        effect: id.unsigned_abs(),
        attempt: record.value("attempt")?,
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

/// Records how a delivery went; `false` if the claim is not the latest of its effect, or not open any more.
pub(crate) fn settle(
    connection: &Connection,
    claim: &Claim,
    settlement: &Settlement,
    now: Timestamp,
) -> Result<bool, Fault> {
    let (id, attempt) = (claim.effect.cast_signed(), claim.attempt);
    let written = match settlement {
        Settlement::Done { .. } => connection
            .prepare_cached("DELETE FROM effects WHERE id = ?1 AND attempt = ?2 AND lease_until IS NOT NULL")?
            .execute(params![id, attempt])?,
        Settlement::Retry { not_before, reason, .. } => connection
            .prepare_cached(
                "UPDATE effects SET lease_until = NULL, not_before = ?3, reason = ?4
                 WHERE id = ?1 AND attempt = ?2 AND lease_until IS NOT NULL",
            )?
            .execute(params![id, attempt, not_before.as_micros(), reason])?,
        Settlement::Abandoned { reason } => connection
            .prepare_cached(
                "UPDATE effects SET lease_until = NULL, state = 'abandoned', reason = ?3
                 WHERE id = ?1 AND attempt = ?2 AND lease_until IS NOT NULL",
            )?
            .execute(params![id, attempt, reason])?,
    };
    if written == 0 {
        return Ok(false);
    }
    if let Settlement::Retry { park_chat_until: Some(until), .. } = settlement {
        connection.prepare_cached("DELETE FROM parks WHERE until <= ?1")?.execute([now.as_micros()])?;
        connection
            .prepare_cached(
                "INSERT INTO parks (chat, until) SELECT chat, ?2 FROM effects WHERE id = ?1
                 ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
            )?
            .execute(params![id, until.as_micros()])?;
    }
    Ok(true)
}

pub(crate) const SENDING: &str = "SELECT 1 FROM effects
    WHERE state = 'owed' AND chat = ?1 AND lane = ?2 AND lease_until IS NOT NULL AND company = ?3";

/// Tells whether something of a lane is claimed for a chat, and not settled.
pub(crate) fn is_sending(
    connection: &Connection,
    company: &str,
    chat: &ChatRef,
    lane: Lane,
) -> Result<bool, Fault> {
    let mut select = connection.prepare_cached(SENDING)?;
    Ok(select.exists(params![chat.to_string(), lane.rank(), company])?)
}

/// Gives what is owed in some chats of a company their new addresses, all at once: chats may swap.
pub(crate) fn move_chats(
    connection: &Connection,
    company: &str,
    moves: &[(ChatRef, ChatRef)],
) -> Result<(), Fault> {
    let mut parks = Vec::new();
    for (from, to) in moves {
        let (from, to) = (from.to_string(), to.to_string());
        connection.execute(
            "UPDATE effects SET chat = ?3 WHERE company = ?1 AND chat = ?2",
            [company, &from, &moving(&to)],
        )?;
        let sql = "DELETE FROM parks WHERE chat = ?1 RETURNING until";
        let until: Option<i64> = connection.query_row(sql, [&from], |row| row.get(0)).optional()?;
        parks.extend(until.map(|until| (to, until)));
    }
    for (_, to) in moves {
        let to = to.to_string();
        connection.execute(
            "UPDATE effects SET chat = ?3 WHERE company = ?1 AND chat = ?2",
            [company, &moving(&to), &to],
        )?;
    }
    for (chat, until) in parks {
        connection.execute(
            "INSERT INTO parks (chat, until) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
            params![chat, until],
        )?;
    }
    Ok(())
}

/// Forgets what is owed in a chat in which nobody of a company lives any more. Upkeep and calls need no chat.
pub(crate) fn forget_chat(connection: &Connection, company: &str, chat: &ChatRef) -> Result<(), Fault> {
    let sql = "DELETE FROM effects WHERE state = 'owed' AND company = ?1 AND chat = ?2 AND lane <> 3
               AND json_extract(body, '$.effect') IS NOT 'ring'";
    Ok(connection.execute(sql, [company, &chat.to_string()]).map(drop)?)
}

/// Names a chat that nothing is in but what is just being moved there.
fn moving(chat: &str) -> String {
    format!("moving to {chat}")
}

/// Tells when the next effect may be delivered, how many are owed, and how many were abandoned.
pub(crate) fn outlook(
    connection: &Connection,
    now: Timestamp,
) -> Result<(Option<Timestamp>, u64, u64), Fault> {
    let figures = |row: &Row<'_>| Ok((row.get::<_, Option<i64>>("deliver_at")?, row.get::<_, i64>("owed")?));
    let (deliver_at, owed) = connection.prepare_cached(OUTLOOK)?.query_row([now.as_micros()], figures)?;
    let abandoned: i64 = connection
        .prepare_cached("SELECT count(*) FROM effects WHERE state = 'abandoned'")?
        .query_row([], |row| row.get(0))?;
    Ok((deliver_at.map(Timestamp::from_micros), owed.unsigned_abs(), abandoned.unsigned_abs()))
}

/// Ends all leases; returns how many there were.
pub(crate) fn release(connection: &Connection) -> Result<u64, Fault> {
    let sql = "UPDATE effects SET lease_until = NULL WHERE state = 'owed' AND lease_until IS NOT NULL";
    Ok(connection.execute(sql, [])? as u64)
}

/// Forgets some of what was abandoned and has been owed since before an instant; returns how much that was.
pub(crate) fn forget_abandoned(connection: &Connection, before: Timestamp, limit: u32) -> Result<u64, Fault> {
    let mut delete = connection.prepare_cached(
        "DELETE FROM effects WHERE id IN
            (SELECT id FROM effects WHERE state = 'abandoned' AND since < ?1 LIMIT ?2)",
    )?;
    Ok(delete.execute(params![before.as_micros(), limit])? as u64)
}

/// Lists what a company was owed and will not get.
pub(crate) fn abandoned(connection: &Connection, company: &str) -> Result<Vec<Abandoned>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT id, incident, chat, body, since, reason FROM effects
         WHERE state = 'abandoned' AND company = ?1 ORDER BY id",
    )?;
    let mut rows = select.query([company])?;
    let mut abandoned = Vec::new();
    while let Some(row) = rows.next()? {
        let id: i64 = row.get("id")?;
        let record = Record::new(row, "effects", &id);
        abandoned.push(Abandoned {
            effect: id.unsigned_abs(),
            chat: record.chat("chat")?,
            owed: owed(&record)?,
            since: record.instant("since")?,
            reason: record.value("reason")?,
        });
    }
    Ok(abandoned)
}
