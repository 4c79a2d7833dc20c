//! What figures are made of: columns, read in the order of the reports, who held what, and tags.

use std::str::FromStr;
use std::time::Duration;

use async_trait::async_trait;
use futures::TryStreamExt;
use incident_core::figures::Case;
use incident_core::ids::{IncidentId, Number, PersonId, TeamId};
use incident_core::incident::{Cycle, Ending, Level, StateKind, Stint, Tag};
use incident_core::ports::{CaseMark, Cases, Scope, StoreError, allot};
use incident_core::time::Timestamp;
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgRow, PgTypeInfo, PgValueRef};
use sqlx::{Decode, PgConnection, Postgres, Row, Type};

use crate::error::{Cause, Failure, Fault};
use crate::open::PostgresStore;
use crate::pool::ask;

/// What is usual is not sent: it takes the server longer to say a number than to look at it.
macro_rules! columns {
    () => {
        "created_at, id, group_id, year, seq, NULLIF(state, 'resolved'), close_reason, NULLIF(level, 1), team, NULLIF(cycle, 1), resolver,
            NULLIF(cycle_at, created_at), routed_at, first_ack_at, escalated_at, resolution_requested_at, resolved_at,
            closed_at, NULLIF(held_us, 0), reporter"
    };
}

macro_rules! stint_columns {
    () => {
        "SELECT incident, person, NULLIF(level, 1), team, NULLIF(cycle, 1), since, until, NULLIF(ending, 'resolved_self')
            FROM assignments"
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
pub(crate) const STINTS_BETWEEN: &str = concat!(
    stint_columns!(),
    " WHERE company = $1 AND incident >= $2 AND incident <= $3 ORDER BY company, incident, position LIMIT $4"
);

pub(crate) const STINTS_OF: &str = concat!(
    stint_columns!(),
    " WHERE company = $1 AND incident = ANY ($2) ORDER BY company, incident, position"
);

pub(crate) const TAGS_BETWEEN: &str = "SELECT incident, tag FROM tags
    WHERE company = $1 AND incident >= $2 AND incident <= $3 ORDER BY company, incident, tag LIMIT $4";

pub(crate) const TAGS_OF: &str = "SELECT incident, tag FROM tags WHERE company = $1 AND incident = ANY ($2) ORDER BY company, incident, tag";

/// For how many cases room is made before any is read.
const MOST: u32 = 10_000;

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
    let mut cases = Vec::with_capacity(limit.min(MOST) as usize);
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
        allot(cases, found, self.add);
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
        let mut found = Vec::with_capacity(cases.len());
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
}

fn case(row: &Place<'_>) -> Result<Case, Fault> {
    let created_at = row.instant(0, "created_at")?;
    let held = row.number(18, "held_us")?;
    Ok(Case {
        created_at,
        id: row.id(1, "id")?,
        group: row.id(2, "group_id")?,
        number: Number { year: row.integer(3, "year")?, seq: row.integer(4, "seq")? },
        state: row.optional_word(5, "state")?.unwrap_or(StateKind::Resolved),
        close_reason: row.optional_word(6, "close_reason")?,
        level: row.level(7)?,
        team: row.optional(8, "team")?.map(TeamId::new),
        cycle: row.cycle(9)?,
        resolver: row.optional(10, "resolver")?.map(PersonId::new),
        cycle_at: row.optional_instant(11, "cycle_at")?.unwrap_or(created_at),
        routed_at: row.optional_instant(12, "routed_at")?,
        first_ack_at: row.optional_instant(13, "first_ack_at")?,
        escalated_at: row.optional_instant(14, "escalated_at")?,
        resolution_requested_at: row.optional_instant(15, "resolution_requested_at")?,
        resolved_at: row.optional_instant(16, "resolved_at")?,
        closed_at: row.optional_instant(17, "closed_at")?,
        held: Duration::from_micros(held.unwrap_or(0).unsigned_abs()),
        reporter: PersonId::new(row.integer(19, "reporter")?),
        stints: Vec::new(),
        tags: Vec::new(),
    })
}

fn stint(row: &Place<'_>) -> Result<Stint, Fault> {
    let until = row.optional_instant(6, "until")?;
    let ending = row.optional_word(7, "ending")?.unwrap_or(Ending::ResolvedSelf);
    Ok(Stint {
        person: PersonId::new(row.integer(1, "person")?),
        level: row.level(2)?,
        team: row.optional(3, "team")?.map(TeamId::new),
        cycle: row.cycle(4)?,
        from: row.instant(5, "since")?,
        until: until.map(|until| (until, ending)),
    })
}

fn tag(row: &Place<'_>) -> Result<Tag, Fault> {
    Tag::new(row.value(1, "tag")?).map_err(|error| row.unreadable("tag", error))
}

/// A number of eight bytes, which all numbers of these tables are: the decoder of all lengths takes longer.
struct Number8(i64);

impl<'a> Decode<'a, Postgres> for Number8 {
    fn decode(value: PgValueRef<'a>) -> Result<Self, BoxDynError> {
        Ok(Self(i64::from_be_bytes(value.as_bytes()?.try_into()?)))
    }
}

impl Type<Postgres> for Number8 {
    fn type_info() -> PgTypeInfo {
        <i64 as Type<Postgres>>::type_info()
    }
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

    /// Reads a number; `None` where there is none.
    fn number(&self, index: usize, column: &'static str) -> Result<Option<i64>, Fault> {
        Ok(self.value::<Option<Number8>>(index, column)?.map(|number| number.0))
    }

    /// The types of these columns are those of the schema, which was checked when the database was opened.
    fn value<T: Decode<'a, Postgres>>(&self, index: usize, column: &'static str) -> Result<T, Fault> {
        self.row.try_get_unchecked(index).map_err(|error| self.unreadable(column, Failure::from(error)))
    }

    fn instant(&self, index: usize, column: &'static str) -> Result<Timestamp, Fault> {
        self.value::<Number8>(index, column).map(|number| Timestamp::from_micros(number.0))
    }

    fn optional_instant(&self, index: usize, column: &'static str) -> Result<Option<Timestamp>, Fault> {
        Ok(self.number(index, column)?.map(Timestamp::from_micros))
    }

    /// Reads a number smaller than the column could hold.
    fn integer<T: TryFrom<i64, Error: Into<Cause>>>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<T, Fault> {
        T::try_from(self.value::<Number8>(index, column)?.0).map_err(|error| self.unreadable(column, error))
    }

    fn optional<T: TryFrom<i64, Error: Into<Cause>>>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<T>, Fault> {
        self.number(index, column)?
            .map(T::try_from)
            .transpose()
            .map_err(|error| self.unreadable(column, error))
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

    /// The first level is not sent.
    fn level(&self, index: usize) -> Result<Level, Fault> {
        let number = self.optional(index, "level")?;
        number
            .map_or(Some(Level::FIRST), Level::new)
            .ok_or_else(|| self.unreadable("level", "there is no such level"))
    }

    /// The first cycle is not sent.
    fn cycle(&self, index: usize) -> Result<Cycle, Fault> {
        Ok(self.optional(index, "cycle")?.map_or(Cycle(1), Cycle))
    }
}
