//! What a commit owes, from the effect to its row.

use incident_core::ids::{CompanyId, IncidentId};
use incident_core::incident::{Effect, Lane};
use incident_core::ports::{Address, Claim, Owed};
use incident_core::roster::{Roster, RosterEffect};
use incident_core::time::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;

use crate::error::Fault;

const INSERT: &str = "INSERT INTO effects
    (company, incident, group_id, lane, chat, body, since, not_before, attempt, elsewhere, state)
    VALUES ($1, NULL, $2, $3, $4, $5, $6, $7, 0, $8, 'owed')";

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

    /// Returns its row, as far as it is known before it is written; `holder` is who claims it if it is born claimed.
    pub(crate) fn row<'a>(&'a self, company: &'a str, holder: Option<&'a str>) -> DebtRow<'a> {
        DebtRow {
            holder,
            company,
            incident: self.incident.as_deref(),
            lane: self.owed.lane().rank(),
            chat: &self.chat_text,
            elsewhere: self.to.elsewhere,
            body: &self.body,
            not_before: Timestamp::MIN.as_micros(),
            is_card: self.is_card(),
        }
    }
}

/// The row of an effect, as far as it is known before it is written, and whether it is a card.
#[derive(Serialize)]
pub(crate) struct DebtRow<'a> {
    holder: Option<&'a str>,
    company: &'a str,
    incident: Option<&'a str>,
    lane: u8,
    chat: &'a str,
    elsewhere: bool,
    body: &'a str,
    not_before: i64,
    is_card: bool,
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

    pub(crate) const fn is_empty(&self) -> bool {
        self.debts.is_empty()
    }

    /// Returns what is owed for an incident, in the order in which it is to be written.
    pub(crate) fn rows<'a>(&'a self, company: &'a str, holder: &'a str) -> Vec<DebtRow<'a>> {
        self.debts.iter().map(|debt| debt.row(company, Some(holder))).collect()
    }

    /// Returns the claims that were born with these numbers, one for each debt.
    pub(crate) fn claims(&self, numbers: &[Option<i64>]) -> Vec<Claim> {
        let born = |(debt, number): (&Debt, &Option<i64>)| {
            Some(Claim {
                effect: (*number)?.unsigned_abs(),
                attempt: 1,
                company: self.company,
                chat: debt.to.chat.clone(),
                elsewhere: debt.to.elsewhere,
                owed: debt.owed.clone(),
                since: self.since,
                lease_until: self.lease_until?,
            })
        };
        self.debts.iter().zip(numbers).filter_map(born).collect()
    }

    /// Writes what is owed for a roster, into the transaction that is open; it stands for itself and is never
    /// born claimed.
    pub(crate) async fn write(&self, db: &mut PgConnection, company: &str) -> Result<(), Fault> {
        for debt in &self.debts {
            let insert = sqlx::query(INSERT).bind(company).bind(&debt.group);
            let insert =
                insert.bind(i64::from(debt.owed.lane().rank())).bind(&debt.chat_text).bind(&debt.body);
            let insert = insert.bind(self.since.as_micros()).bind(Timestamp::MIN.as_micros());
            let insert = insert.bind(debt.to.elsewhere);
            insert.execute(&mut *db).await?;
        }
        Ok(())
    }
}

/// Owes the card of an incident, unless it waits already; what does not exist is owed nothing.
pub(crate) async fn owe_card(
    db: &mut PgConnection,
    company: &str,
    card: &Debt,
    at: Timestamp,
) -> Result<(), Fault> {
    let owe =
        sqlx::query("SELECT owe_card($1::jsonb, $2)").bind(serde_json::to_string(&card.row(company, None))?);
    Ok(owe.bind(at.as_micros()).execute(db).await.map(drop)?)
}
