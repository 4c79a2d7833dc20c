//! What figures are made of: columns, read in the order of the reports, and who held what.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use incident_core::figures::Case;
use incident_core::ids::{PersonId, TeamId};
use incident_core::incident::{Cycle, Level, Stint};
use incident_core::ports::{CaseMark, Cases, Scope, StoreError};
use incident_core::time::Timestamp;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::ask;
use crate::rows::Record;

pub(crate) const CASES: &str = "SELECT created_at, id, group_id, year, seq, state, close_reason, level, team, cycle,
        resolver, cycle_at, routed_at, first_ack_at, escalated_at, resolution_requested_at, resolved_at, closed_at, held_us
    FROM incidents WHERE company = $1 AND (created_at, id) > ($2, $3) AND created_at < $4
        AND ($5::text IS NULL OR group_id = $5) ORDER BY created_at, id LIMIT $6";

const STINTS: &str = "SELECT incident, person, level, team, cycle, since, until, ending
    FROM assignments WHERE company = $1 AND incident = ANY ($2) ORDER BY company, incident, position";

#[async_trait]
impl Cases for PostgresStore {
    async fn cases(
        &self,
        scope: &Scope,
        after: Option<CaseMark>,
        limit: u32,
    ) -> Result<Vec<Case>, StoreError> {
        ask!(self.pool, "list cases", |db| cases(db, scope, after, limit))
    }
}

async fn cases(
    db: &mut PgConnection,
    scope: &Scope,
    after: Option<CaseMark>,
    limit: u32,
) -> Result<Vec<Case>, Fault> {
    let company = scope.company.to_string();
    // No id is empty, so what was reported at that very instant comes after it.
    let (at, id) = after.map_or((scope.from, String::new()), |(at, id)| (at, id.to_string()));
    let select = sqlx::query(CASES)
        .bind(&company)
        .bind(at.as_micros())
        .bind(id)
        .bind(scope.until.as_micros())
        .bind(scope.group.map(|group| group.to_string()))
        .bind(i64::from(limit));
    let rows = select.fetch_all(&mut *db).await?;
    let mut cases: Vec<Case> = rows.iter().map(case).collect::<Result<_, _>>()?;
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    let places: BTreeMap<&str, usize> = ids.iter().map(String::as_str).zip(0..).collect();
    let rows = sqlx::query(STINTS).bind(&company).bind(&ids).fetch_all(db).await?;
    for row in &rows {
        let record = Record::new(row, "assignments", &"of an incident");
        let index = places.get(record.text("incident")?).copied();
        let stint = stint(&record)?;
        if let Some(case) = index.and_then(|index| cases.get_mut(index)) {
            case.stints.push(stint);
        }
    }
    Ok(cases)
}

fn case(row: &PgRow) -> Result<Case, Fault> {
    let id = Record::new(row, "incidents", &"").text("id")?;
    let row = Record::new(row, "incidents", &id);
    Ok(Case {
        id: row.id("id")?,
        number: row.number()?,
        group: row.id("group_id")?,
        state: row.word("state")?,
        close_reason: optional_word(&row, "close_reason")?,
        level: level(&row)?,
        team: team(&row)?,
        cycle: Cycle(row.integer("cycle")?),
        resolver: optional(&row, "resolver")?.map(PersonId::new),
        created_at: row.instant("created_at")?,
        cycle_at: row.instant("cycle_at")?,
        routed_at: optional_instant(&row, "routed_at")?,
        first_ack_at: optional_instant(&row, "first_ack_at")?,
        escalated_at: optional_instant(&row, "escalated_at")?,
        resolution_requested_at: optional_instant(&row, "resolution_requested_at")?,
        resolved_at: optional_instant(&row, "resolved_at")?,
        closed_at: optional_instant(&row, "closed_at")?,
        held: Duration::from_micros(row.value::<i64>("held_us")?.unsigned_abs()),
        stints: Vec::new(),
    })
}

fn stint(row: &Record<'_>) -> Result<Stint, Fault> {
    let until = optional_instant(row, "until")?;
    Ok(Stint {
        person: row.person("person")?,
        level: level(row)?,
        team: team(row)?,
        cycle: Cycle(row.integer("cycle")?),
        from: row.instant("since")?,
        until: until.zip(optional_word(row, "ending")?),
    })
}

fn level(row: &Record<'_>) -> Result<Level, Fault> {
    let level = Level::new(row.integer("level")?);
    level.ok_or_else(|| row.unreadable("level", "there is no such level"))
}

fn team(row: &Record<'_>) -> Result<Option<TeamId>, Fault> {
    Ok(optional(row, "team")?.map(TeamId::new))
}

fn optional_instant(row: &Record<'_>, column: &'static str) -> Result<Option<Timestamp>, Fault> {
    Ok(row.value::<Option<i64>>(column)?.map(Timestamp::from_micros))
}

fn optional<T: TryFrom<i64, Error = std::num::TryFromIntError>>(
    row: &Record<'_>,
    column: &'static str,
) -> Result<Option<T>, Fault> {
    let number = row.value::<Option<i64>>(column)?;
    number.map(T::try_from).transpose().map_err(|error| row.unreadable(column, error))
}

fn optional_word<T: DeserializeOwned>(row: &Record<'_>, column: &'static str) -> Result<Option<T>, Fault> {
    row.value::<Option<&str>>(column)?.map(|_| row.word(column)).transpose()
}
