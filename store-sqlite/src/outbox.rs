//! What is owed: who may deliver it when.
//!
//! One question decides everything and is asked in three places (a claim, a birth, the outlook): is an effect
//! the first of its owner and lane, and has its instant come? It is written once, as text that the statements
//! share; every part of it is answered by an index over what is owed, however much was owed before.

use incident_core::ids::{ChatRef, CompanyId, GroupId, IncidentId};
use incident_core::incident::{Effect, Lane};
use incident_core::memory::Abandoned;
use incident_core::ports::{Claim, ClaimOrder, Owed, Settlement};
use incident_core::roster::{Roster, RosterEffect};
use incident_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::Fault;
use crate::rows::Record;

/// Nothing of its owner and lane is older: an incident, a group, or a company where neither is named.
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
            ".id)"
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

pub(crate) const NEXT: &str =
    concat!("SELECT e.id FROM effects AS e WHERE e.lane = ?2 AND ", claimable!(), " ORDER BY e.id LIMIT 1");

pub(crate) const CLAIM_NEXT: &str = concat!(
    "UPDATE effects SET attempt = attempt + 1, lease_until = ?3 WHERE id = (
        SELECT e.id FROM effects AS e WHERE e.lane = ?2 AND ",
    claimable!(),
    " ORDER BY e.id LIMIT 1) RETURNING id, company, incident, chat, body, since, attempt"
);

const INSERT: &str = "INSERT INTO effects
    (company, incident, group_id, lane, chat, body, since, not_before, attempt, lease_until, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 'owed')";

/// Whether the same waits already, and whether the new one might be claimed at once: the parts of
/// [`claimable!`], in terms of what it will be.
pub(crate) const LOOK: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM effects AS same WHERE same.state = 'owed' AND same.company = ?2
        AND same.incident = ?3 AND same.group_id IS NULL AND same.lane = ?4 AND same.lease_until IS NULL
        AND same.body = ?6) AS waits,
    NOT EXISTS (SELECT 1 FROM effects AS older WHERE older.state = 'owed' AND older.company = ?2
        AND older.incident = ?3 AND older.group_id IS NULL AND older.lane = ?4)
    AND NOT EXISTS (SELECT 1 FROM effects AS held WHERE held.state = 'owed' AND held.chat = ?5
        AND held.lane = ?4 AND held.lease_until > ?1)
    AND NOT EXISTS (SELECT 1 FROM parks WHERE parks.chat = ?5 AND parks.until > ?1)
    AND NOT EXISTS (SELECT 1 FROM effects AS urgent WHERE urgent.chat = ?5 AND urgent.lane < ?4 AND ",
    ready!("urgent"),
    ") AS free"
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

/// Something that comes to be owed, in the form of its row.
pub(crate) struct Debt {
    owed: Owed,
    incident: Option<String>,
    group: Option<String>,
    chat: ChatRef,
    chat_text: String,
    body: String,
}

impl Debt {
    /// Owes something for an incident.
    pub(crate) fn of_incident(incident: IncidentId, effect: Effect, chat: &ChatRef) -> Result<Self, Fault> {
        let body = serde_json::to_string(&effect)?;
        let (incident_text, chat_text) = (Some(incident.to_string()), chat.to_string());
        let owed = Owed::Incident { incident, effect };
        Ok(Self { owed, incident: incident_text, group: None, chat: chat.clone(), chat_text, body })
    }

    /// Owes something for a roster, in the chat that the group concerned has in it.
    pub(crate) fn of_roster(roster: &Roster, effect: RosterEffect) -> Result<Self, Fault> {
        let group = group_of(&effect).ok_or(Fault::Refused("it owes something of an unknown kind"))?;
        let known = roster.groups.get(&group);
        let chat = known.ok_or(Fault::Refused("it owes something to a group it has not"))?.chat.clone();
        let (body, chat_text) = (serde_json::to_string(&effect)?, chat.to_string());
        let owed = Owed::Roster { effect };
        let group = (owed.lane() != Lane::Upkeep).then(|| group.to_string());
        Ok(Self { owed, incident: None, group, chat, chat_text, body })
    }

    const fn is_card(&self) -> bool {
        matches!(self.owed, Owed::Incident { effect: Effect::ShowCard, .. })
    }

    /// Looks at what is owed already; an effect of a roster stands for itself and is never born claimed.
    fn look(&self, connection: &Connection, company: &str, now: Timestamp) -> Result<Sight, Fault> {
        if self.incident.is_none() {
            return Ok(Sight { waits: false, free: false });
        }
        let lane = self.owed.lane().rank();
        let key = params![now.as_micros(), company, self.incident, lane, self.chat_text, self.body];
        let sight =
            |row: &Row<'_>| Ok(Sight { waits: self.is_card() && row.get("waits")?, free: row.get("free")? });
        Ok(connection.prepare_cached(LOOK)?.query_row(key, sight)?)
    }
}

/// What stands before an effect that comes to be owed.
struct Sight {
    /// The same card is owed already and nobody holds it.
    waits: bool,
    /// Nothing: it may be claimed at once.
    free: bool,
}

/// What a commit owes.
pub(crate) struct Owing {
    company: CompanyId,
    since: Timestamp,
    /// Until when the committer claims what may be delivered at once.
    lease_until: Option<Timestamp>,
    /// The most urgent first: what is claimed in its lane holds up no other. One card at most.
    debts: Vec<Debt>,
}

impl Owing {
    pub(crate) fn new(
        company: CompanyId,
        since: Timestamp,
        lease_until: Option<Timestamp>,
        mut debts: Vec<Debt>,
    ) -> Self {
        debts.sort_by_key(|debt| debt.owed.lane());
        debts.dedup_by(|debt, before| debt.is_card() && before.is_card());
        Self { company, since, lease_until, debts }
    }

    /// Writes what is owed; returns what was born claimed.
    pub(crate) fn write(&self, connection: &Connection, company: &str) -> Result<Vec<Claim>, Fault> {
        let mut claims = Vec::new();
        for debt in &self.debts {
            let sight = debt.look(connection, company, self.since)?;
            if sight.waits {
                continue;
            }
            let lease_until = self.lease_until.filter(|_| sight.free);
            let effect = self.insert(connection, (company, debt), lease_until)?;
            claims.extend(lease_until.map(|lease_until| Claim {
                effect,
                attempt: 1,
                company: self.company,
                chat: debt.chat.clone(),
                owed: debt.owed.clone(),
                since: self.since,
                lease_until,
            }));
        }
        Ok(claims)
    }

    fn insert(
        &self,
        connection: &Connection,
        (company, debt): (&str, &Debt),
        lease_until: Option<Timestamp>,
    ) -> Result<u64, Fault> {
        let id = connection.prepare_cached(INSERT)?.insert(params![
            company,
            debt.incident,
            debt.group,
            debt.owed.lane().rank(),
            debt.chat_text,
            debt.body,
            self.since.as_micros(),
            Timestamp::MIN.as_micros(),
            u32::from(lease_until.is_some()),
            lease_until.map(Timestamp::as_micros),
        ])?;
        Ok(id.unsigned_abs())
    }
}

/// Returns the group that an effect concerns, if it is of a kind known here.
const fn group_of(effect: &RosterEffect) -> Option<GroupId> {
    match effect {
        RosterEffect::Tell { group, .. }
        | RosterEffect::Redraw { group }
        | RosterEffect::Refresh { group }
        | RosterEffect::EndClaims { group, .. }
        | RosterEffect::Abandon { group } => Some(*group),
        _ => None,
    }
}

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
