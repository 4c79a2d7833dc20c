//! What a commit owes, from the effect to its row.

use incident_core::ids::{CompanyId, IncidentId};
use incident_core::incident::{Effect, Lane};
use incident_core::ports::{Address, Claim, Owed};
use incident_core::roster::{Roster, RosterEffect};
use incident_core::time::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::Fault;
use crate::outbox::{head, ready};

const INSERT: &str = "INSERT INTO effects
    (company, incident, group_id, lane, chat, body, since, not_before, attempt, lease_until, elsewhere, state)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 'owed')";

/// Whether the same waits already, and whether the new one might be claimed at once: the parts of
/// [`claimable!`], in terms of what it will be.
pub(crate) const LOOK: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM effects AS same WHERE same.state = 'owed' AND same.company = ?2
        AND same.incident = ?3 AND same.group_id IS NULL AND same.lane = ?4 AND same.lease_until IS NULL
        AND same.body = ?6 AND same.elsewhere = ?7
        AND (?7 = 0 OR +same.chat = ?5)) AS waits,
    NOT EXISTS (SELECT 1 FROM effects AS older WHERE older.state = 'owed' AND older.company = ?2
        AND older.incident = ?3 AND older.group_id IS NULL AND older.lane = ?4
        AND older.elsewhere = ?7 AND (?7 = 0 OR +older.chat = ?5))
    AND NOT EXISTS (SELECT 1 FROM effects AS held WHERE held.state = 'owed' AND held.chat = ?5
        AND held.lane = ?4 AND held.lease_until > ?1)
    AND NOT EXISTS (SELECT 1 FROM parks WHERE parks.chat = ?5 AND parks.until > ?1)
    AND NOT EXISTS (SELECT 1 FROM effects AS urgent WHERE urgent.chat = ?5 AND urgent.lane < ?4 AND ",
    ready!("urgent"),
    ") AS free"
);

/// Something that comes to be owed, in the form of its row.
pub(crate) struct Debt {
    owed: Owed,
    incident: Option<String>,
    group: Option<String>,
    to: Address,
    chat_text: String,
    body: String,
}

impl Debt {
    /// Owes something for an incident.
    pub(crate) fn of_incident(incident: IncidentId, effect: Effect, to: Address) -> Result<Self, Fault> {
        let body = serde_json::to_string(&effect)?;
        let (incident_text, chat_text) = (Some(incident.to_string()), to.chat.to_string());
        let owed = Owed::Incident { incident, effect };
        Ok(Self { owed, incident: incident_text, group: None, to, chat_text, body })
    }

    /// Owes something for a roster, in the chats that the group concerned has in it.
    pub(crate) fn of_roster(roster: &Roster, effect: &RosterEffect) -> Result<Vec<Self>, Fault> {
        let chats = roster.chats(effect.group());
        let chats = chats.ok_or(Fault::Refused("it owes something to a group it has not"))?;
        let body = serde_json::to_string(effect)?;
        let debt = |to: Address| {
            let (chat_text, body) = (to.chat.to_string(), body.clone());
            let owed = Owed::Roster { effect: effect.clone() };
            let group = (owed.lane() != Lane::Upkeep).then(|| effect.group().to_string());
            Self { owed, incident: None, group, to, chat_text, body }
        };
        Ok(effect.chats(&chats).into_iter().map(debt).collect())
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
        let key = params![
            now.as_micros(),
            company,
            self.incident,
            lane,
            self.chat_text,
            self.body,
            self.to.elsewhere
        ];
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
    /// The most urgent first: what is claimed in its lane holds up no other. One card for each chat at most.
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
        debts.dedup_by(|debt, before| debt.is_card() && before.is_card() && debt.to == before.to);
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
                chat: debt.to.chat.clone(),
                elsewhere: debt.to.elsewhere,
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
            debt.to.elsewhere,
        ])?;
        Ok(id.unsigned_abs())
    }
}
