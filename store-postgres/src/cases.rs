//! What figures are made of: columns, read in the order of the reports, who held what, and tags.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use futures::TryStreamExt;
use incident_core::figures::Case;
use incident_core::ids::{IncidentId, Number, PersonId, TeamId};
use incident_core::incident::{Cycle, Ending, Level, Stint, Tag};
use incident_core::ports::{CaseMark, Cases, Scope, StoreError};
use incident_core::time::Timestamp;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use sqlx::postgres::PgRow;
use sqlx::{Decode, PgConnection, Postgres, Row};

use crate::error::{Cause, Failure, Fault};
use crate::open::PostgresStore;
use crate::pool::ask;

macro_rules! columns {
    () => {
        "created_at, id, group_id, year, seq, state, close_reason, level, team, cycle, resolver, cycle_at, routed_at,
            first_ack_at, escalated_at, resolution_requested_at, resolved_at, closed_at, held_us, reporter"
    };
}

macro_rules! half {
    ($states:literal) => {
        concat!(
            "(SELECT ",
            columns!(),
            " FROM incidents
                WHERE company = $1 AND state ",
            $states,
            " ('resolved', 'closed') AND (created_at, id) > ($2, $3) AND created_at < $4
                    AND ($5::text IS NULL OR group_id = $5) ORDER BY created_at, id LIMIT $6)"
        )
    };
}

/// Both halves come in order from an index of their own, that of what is over without its rows.
pub(crate) const CASES: &str =
    concat!(half!("IN"), " UNION ALL ", half!("NOT IN"), " ORDER BY created_at, id LIMIT $6");

/// Those of incidents with ids that lie close together.
pub(crate) const STINTS_BETWEEN: &str = "SELECT incident, person, level, team, cycle, since, until, ending
    FROM assignments WHERE company = $1 AND incident >= $2 AND incident <= $3 ORDER BY company, incident, position LIMIT $4";

pub(crate) const STINTS_OF: &str = "SELECT incident, person, level, team, cycle, since, until, ending
    FROM assignments WHERE company = $1 AND incident = ANY ($2) ORDER BY company, incident, position";

pub(crate) const TAGS_BETWEEN: &str = "SELECT incident, tag FROM tags
    WHERE company = $1 AND incident >= $2 AND incident <= $3 ORDER BY company, incident, tag LIMIT $4";

pub(crate) const TAGS_OF: &str = "SELECT incident, tag FROM tags WHERE company = $1 AND incident = ANY ($2) ORDER BY company, incident, tag";

/// How many rows to look through for each incident before each is looked up by itself.
const NEIGHBOURS: i64 = 8;

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
    let mut cases = Vec::new();
    // While rows are read here, the server makes the next ones.
    let mut rows = select.fetch(&mut *db);
    while let Some(row) = rows.try_next().await? {
        cases.push(case(&Place { row: &row, table: "incidents", id: 1 })?);
    }
    drop(rows);
    HELD.add(db, &company, &mut cases).await?;
    TAGGED.add(db, &company, &mut cases).await?;
    Ok(cases)
}

/// What further rows tell of incidents: each names its incident first, and they come in the order of these.
struct Further<T> {
    table: &'static str,
    between: &'static str,
    of: &'static str,
    read: fn(&Place<'_>) -> Result<T, Fault>,
    add: fn(&mut Case, T),
}

const HELD: Further<Stint> = Further {
    table: "assignments",
    between: STINTS_BETWEEN,
    of: STINTS_OF,
    read: stint,
    add: |case, stint| case.stints.push(stint),
};

const TAGGED: Further<Tag> = Further {
    table: "tags",
    between: TAGS_BETWEEN,
    of: TAGS_OF,
    read: tag,
    add: |case, tag| case.tags.push(tag),
};

impl<T> Further<T> {
    async fn add(&self, db: &mut PgConnection, company: &str, cases: &mut [Case]) -> Result<(), Fault> {
        let found = match self.between(db, company, cases).await? {
            Some(found) => found,
            None => self.of_each(db, company, cases).await?,
        };
        self.allot(cases, found);
        Ok(())
    }

    /// Reads what lies between the ids of the cases; `None` if that is too much.
    async fn between(
        &self,
        db: &mut PgConnection,
        company: &str,
        cases: &[Case],
    ) -> Result<Option<Vec<(IncidentId, T)>>, Fault> {
        let ids = || cases.iter().map(|case| case.id);
        let (Some(first), Some(last)) = (ids().min(), ids().max()) else {
            return Ok(Some(Vec::new()));
        };
        let limit = i64::try_from(cases.len()).unwrap_or(i64::MAX).saturating_mul(NEIGHBOURS);
        let select = sqlx::query(self.between).bind(company).bind(first.to_string()).bind(last.to_string());
        let mut rows = select.bind(limit).fetch(db);
        let mut found = Vec::new();
        while let Some(row) = rows.try_next().await? {
            found.push(self.row(&row)?);
        }
        let all = i64::try_from(found.len()).is_ok_and(|count| count < limit);
        Ok(all.then_some(found))
    }

    async fn of_each(
        &self,
        db: &mut PgConnection,
        company: &str,
        cases: &[Case],
    ) -> Result<Vec<(IncidentId, T)>, Fault> {
        let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
        let mut rows = sqlx::query(self.of).bind(company).bind(&ids).fetch(db);
        let mut found = Vec::new();
        while let Some(row) = rows.try_next().await? {
            found.push(self.row(&row)?);
        }
        Ok(found)
    }

    fn row(&self, row: &PgRow) -> Result<(IncidentId, T), Fault> {
        let row = Place { row, table: self.table, id: 0 };
        Ok((row.id(0, "incident")?, (self.read)(&row)?))
    }

    /// Gives each case its own; what belongs to none of them is left.
    fn allot(&self, cases: &mut [Case], found: Vec<(IncidentId, T)>) {
        let mut order: Vec<usize> = (0..cases.len()).collect();
        order.sort_unstable_by_key(|index| cases[*index].id);
        let mut next = order.into_iter().peekable();
        for (id, own) in found {
            while next.next_if(|index| cases[*index].id < id).is_some() {}
            if let Some(index) = next.peek().filter(|index| cases[**index].id == id) {
                (self.add)(&mut cases[*index], own);
            }
        }
    }
}

fn case(row: &Place<'_>) -> Result<Case, Fault> {
    Ok(Case {
        created_at: row.instant(0, "created_at")?,
        id: row.id(1, "id")?,
        group: row.id(2, "group_id")?,
        number: Number { year: row.integer(3, "year")?, seq: row.integer(4, "seq")? },
        state: row.word(5, "state")?,
        close_reason: row.optional_word(6, "close_reason")?,
        level: row.level(7)?,
        team: row.optional(8, "team")?.map(TeamId::new),
        cycle: Cycle(row.integer(9, "cycle")?),
        resolver: row.optional(10, "resolver")?.map(PersonId::new),
        cycle_at: row.instant(11, "cycle_at")?,
        routed_at: row.optional_instant(12, "routed_at")?,
        first_ack_at: row.optional_instant(13, "first_ack_at")?,
        escalated_at: row.optional_instant(14, "escalated_at")?,
        resolution_requested_at: row.optional_instant(15, "resolution_requested_at")?,
        resolved_at: row.optional_instant(16, "resolved_at")?,
        closed_at: row.optional_instant(17, "closed_at")?,
        held: Duration::from_micros(row.value::<i64>(18, "held_us")?.unsigned_abs()),
        reporter: PersonId::new(row.integer(19, "reporter")?),
        stints: Vec::new(),
        tags: Vec::new(),
    })
}

fn stint(row: &Place<'_>) -> Result<Stint, Fault> {
    let until = row.optional_instant(6, "until")?;
    let ending: Option<Ending> = row.optional_word(7, "ending")?;
    Ok(Stint {
        person: PersonId::new(row.integer(1, "person")?),
        level: row.level(2)?,
        team: row.optional(3, "team")?.map(TeamId::new),
        cycle: Cycle(row.integer(4, "cycle")?),
        from: row.instant(5, "since")?,
        until: until.zip(ending),
    })
}

fn tag(row: &Place<'_>) -> Result<Tag, Fault> {
    Tag::new(row.value(1, "tag")?).map_err(|error| row.unreadable("tag", error))
}

/// A row whose columns are read by their position: to find a million names takes longer than to read what they name.
struct Place<'a> {
    row: &'a PgRow,
    table: &'static str,
    /// The position of the column that names the incident.
    id: usize,
}

impl<'a> Place<'a> {
    fn unreadable(&self, column: &'static str, source: impl Into<Cause>) -> Fault {
        let key = self.row.try_get(self.id).unwrap_or_default();
        Fault::Unreadable { table: self.table, column, key, source: source.into() }
    }

    /// The types of these columns are those of the schema, which was checked when the database was opened.
    fn value<T: Decode<'a, Postgres>>(&self, index: usize, column: &'static str) -> Result<T, Fault> {
        self.row.try_get_unchecked(index).map_err(|error| self.unreadable(column, Failure::from(error)))
    }

    fn instant(&self, index: usize, column: &'static str) -> Result<Timestamp, Fault> {
        self.value(index, column).map(Timestamp::from_micros)
    }

    fn optional_instant(&self, index: usize, column: &'static str) -> Result<Option<Timestamp>, Fault> {
        Ok(self.value::<Option<i64>>(index, column)?.map(Timestamp::from_micros))
    }

    /// Reads a number smaller than the column could hold.
    fn integer<T: TryFrom<i64, Error: Into<Cause>>>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<T, Fault> {
        T::try_from(self.value(index, column)?).map_err(|error| self.unreadable(column, error))
    }

    fn optional<T: TryFrom<i64, Error: Into<Cause>>>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<T>, Fault> {
        let number = self.value::<Option<i64>>(index, column)?;
        number.map(T::try_from).transpose().map_err(|error| self.unreadable(column, error))
    }

    fn id<T: FromStr<Err: Into<Cause>>>(&self, index: usize, column: &'static str) -> Result<T, Fault> {
        let text: &str = self.value(index, column)?;
        text.parse().map_err(|error: T::Err| self.unreadable(column, error))
    }

    fn optional_word<T: DeserializeOwned>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<T>, Fault> {
        let Some(word) = self.value::<Option<&str>>(index, column)? else {
            return Ok(None);
        };
        let word: StrDeserializer<'_, WordError> = word.into_deserializer();
        T::deserialize(word).map(Some).map_err(|error| self.unreadable(column, error))
    }

    fn word<T: DeserializeOwned>(&self, index: usize, column: &'static str) -> Result<T, Fault> {
        let word = self.optional_word(index, column)?;
        word.ok_or_else(|| self.unreadable(column, "it is empty"))
    }

    fn level(&self, index: usize) -> Result<Level, Fault> {
        let number = self.integer(index, "level")?;
        Level::new(number).ok_or_else(|| self.unreadable("level", "there is no such level"))
    }
}
