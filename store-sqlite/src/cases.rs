//! What figures are made of: columns, read in the order of the reports, who held what, and tags.

use std::time::Duration;

use async_trait::async_trait;
use incident_core::figures::Case;
use incident_core::ids::{Number, PersonId, TeamId};
use incident_core::incident::{Cycle, Ending, Level, Stint, Tag};
use incident_core::ports::{CaseMark, Cases, Scope, StoreError, allot};
use incident_core::time::Timestamp;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Row, Statement, params};
use serde::de::value::{Error as WordError, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use crate::error::{Cause, Fault};
use crate::open::SqliteStore;

macro_rules! columns {
    () => {
        "created_at, id, group_id, year, seq, state, close_reason, level, team, cycle, resolver, cycle_at, routed_at,
            first_ack_at, escalated_at, resolution_requested_at, resolved_at, closed_at, held_us, reporter"
    };
}

/// Both halves come in order, so nothing is sorted. The indexes are named: one of them is all that is read.
pub(crate) const CASES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM incidents INDEXED BY incidents_over
        WHERE company = ?1 AND state IN ('resolved', 'closed') AND (created_at, id) > (?2, ?3) AND created_at < ?4
            AND (?5 IS NULL OR group_id = ?5)
    UNION ALL
    SELECT ",
    columns!(),
    " FROM incidents INDEXED BY incidents_under_way
        WHERE company = ?1 AND state NOT IN ('resolved', 'closed') AND (created_at, id) > (?2, ?3)
            AND created_at < ?4 AND (?5 IS NULL OR group_id = ?5)
    ORDER BY created_at, id LIMIT ?6"
);

/// Those of incidents with ids that lie close together.
pub(crate) const STINTS_BETWEEN: &str = "SELECT incident, person, level, team, cycle, since, until, ending
    FROM assignments WHERE company = ?1 AND incident >= ?2 AND incident <= ?3 ORDER BY incident, position LIMIT ?4";

pub(crate) const STINTS_OF: &str = "SELECT incident, person, level, team, cycle, since, until, ending
    FROM assignments WHERE company = ?1 AND incident = ?2 ORDER BY position";

pub(crate) const TAGS_BETWEEN: &str =
    "SELECT incident, tag FROM tags WHERE company = ?1 AND incident >= ?2 AND incident <= ?3
    ORDER BY incident, tag LIMIT ?4";

pub(crate) const TAGS_OF: &str =
    "SELECT incident, tag FROM tags WHERE company = ?1 AND incident = ?2 ORDER BY tag";

/// How many rows to look through for each incident before each is looked up by itself.
const NEIGHBOURS: u32 = 8;

#[async_trait]
impl Cases for SqliteStore {
    async fn cases(
        &self,
        scope: &Scope,
        after: Option<CaseMark>,
        limit: u32,
    ) -> Result<Vec<Case>, StoreError> {
        self.read("list cases", |db| {
            let mut cases = cases(db, scope, after, limit)?;
            let company = scope.company.to_string();
            HELD.add(db, &company, &mut cases)?;
            TAGGED.add(db, &company, &mut cases)?;
            Ok(cases)
        })
    }
}

fn cases(db: &Connection, scope: &Scope, after: Option<CaseMark>, limit: u32) -> Result<Vec<Case>, Fault> {
    // No id is empty, so what was reported at that very instant comes after it.
    let (at, id) = after.map_or((scope.from, String::new()), |(at, id)| (at, id.to_string()));
    let group = scope.group.map(|group| group.to_string());
    let mut select = db.prepare_cached(CASES)?;
    let mut rows = select.query(params![
        scope.company.to_string(),
        at.as_micros(),
        id,
        scope.until.as_micros(),
        group,
        limit
    ])?;
    let mut cases = Vec::new();
    while let Some(row) = rows.next()? {
        cases.push(case(&Place { row, table: "incidents", id: 1 })?);
    }
    Ok(cases)
}

fn case(row: &Place<'_>) -> Result<Case, Fault> {
    let held: i64 = row.value(18, "held_us")?;
    Ok(Case {
        created_at: row.instant(0, "created_at")?,
        id: row.id(1, "id")?,
        group: row.id(2, "group_id")?,
        number: Number { year: row.value(3, "year")?, seq: row.value(4, "seq")? },
        state: row.word(5, "state")?,
        close_reason: row.optional_word(6, "close_reason")?,
        level: row.level(7)?,
        team: row.value::<Option<u16>>(8, "team")?.map(TeamId::new),
        cycle: Cycle(row.value(9, "cycle")?),
        resolver: row.value::<Option<u32>>(10, "resolver")?.map(PersonId::new),
        cycle_at: row.instant(11, "cycle_at")?,
        routed_at: row.optional_instant(12, "routed_at")?,
        first_ack_at: row.optional_instant(13, "first_ack_at")?,
        escalated_at: row.optional_instant(14, "escalated_at")?,
        resolution_requested_at: row.optional_instant(15, "resolution_requested_at")?,
        resolved_at: row.optional_instant(16, "resolved_at")?,
        closed_at: row.optional_instant(17, "closed_at")?,
        held: Duration::from_micros(held.unsigned_abs()),
        reporter: PersonId::new(row.value(19, "reporter")?),
        stints: Vec::new(),
        tags: Vec::new(),
    })
}

/// What further rows tell of incidents: each names its incident first.
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
    fn add(&self, db: &Connection, company: &str, cases: &mut [Case]) -> Result<(), Fault> {
        if self.add_neighbours(db, company, cases)? { Ok(()) } else { self.add_each(db, company, cases) }
    }

    /// Adds them by reading what lies between the ids; `false` if that is too much, and nothing was added.
    fn add_neighbours(&self, db: &Connection, company: &str, cases: &mut [Case]) -> Result<bool, Fault> {
        let ids = || cases.iter().map(|case| case.id);
        let (Some(first), Some(last)) = (ids().min(), ids().max()) else {
            return Ok(true);
        };
        let limit = u32::try_from(cases.len()).unwrap_or(u32::MAX).saturating_mul(NEIGHBOURS);
        let mut select = db.prepare_cached(self.between)?;
        let mut rows = select.query(params![company, first.to_string(), last.to_string(), limit])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let row = Place { row, table: self.table, id: 0 };
            found.push((row.id(0, "incident")?, (self.read)(&row)?));
        }
        if found.len() == limit as usize {
            return Ok(false);
        }
        allot(cases, found, self.add);
        Ok(true)
    }

    fn add_each(&self, db: &Connection, company: &str, cases: &mut [Case]) -> Result<(), Fault> {
        let mut select: Statement<'_> = db.prepare(self.of)?;
        for case in cases {
            let mut rows = select.query(params![company, case.id.to_string()])?;
            while let Some(row) = rows.next()? {
                (self.add)(case, (self.read)(&Place { row, table: self.table, id: 0 })?);
            }
        }
        Ok(())
    }
}

fn tag(row: &Place<'_>) -> Result<Tag, Fault> {
    let word = row.text(1, "tag")?.unwrap_or_default();
    Tag::new(word).map_err(|error| row.unreadable("tag", error))
}

fn stint(row: &Place<'_>) -> Result<Stint, Fault> {
    let until = row.optional_instant(6, "until")?;
    let ending: Option<Ending> = row.optional_word(7, "ending")?;
    Ok(Stint {
        person: PersonId::new(row.value(1, "person")?),
        level: row.level(2)?,
        team: row.value::<Option<u16>>(3, "team")?.map(TeamId::new),
        cycle: Cycle(row.value(4, "cycle")?),
        from: row.instant(5, "since")?,
        until: until.zip(ending),
    })
}

/// A row whose columns are read by their position: to find a million names takes longer than to read what they name.
struct Place<'a> {
    row: &'a Row<'a>,
    table: &'static str,
    /// The position of the column that names the incident.
    id: usize,
}

impl Place<'_> {
    fn unreadable(&self, column: &'static str, source: impl Into<Cause>) -> Fault {
        let key = self.row.get(self.id).unwrap_or_default();
        Fault::Unreadable { table: self.table, column, key, source: source.into() }
    }

    fn value<T: FromSql>(&self, index: usize, column: &'static str) -> Result<T, Fault> {
        self.row.get(index).map_err(|error| self.unreadable(column, error))
    }

    fn instant(&self, index: usize, column: &'static str) -> Result<Timestamp, Fault> {
        self.value(index, column).map(Timestamp::from_micros)
    }

    fn optional_instant(&self, index: usize, column: &'static str) -> Result<Option<Timestamp>, Fault> {
        Ok(self.value::<Option<i64>>(index, column)?.map(Timestamp::from_micros))
    }

    fn text(&self, index: usize, column: &'static str) -> Result<Option<&str>, Fault> {
        let value = self.row.get_ref(index).map_err(|error| self.unreadable(column, error))?;
        value.as_str_or_null().map_err(|error| self.unreadable(column, error))
    }

    fn id<T: std::str::FromStr<Err: Into<Cause>>>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<T, Fault> {
        let text = self.text(index, column)?.unwrap_or_default();
        text.parse().map_err(|error: T::Err| self.unreadable(column, error))
    }

    fn optional_word<T: DeserializeOwned>(
        &self,
        index: usize,
        column: &'static str,
    ) -> Result<Option<T>, Fault> {
        let Some(word) = self.text(index, column)? else {
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
        let number = self.value(index, "level")?;
        Level::new(number).ok_or_else(|| self.unreadable("level", "there is no such level"))
    }
}
