//! The rows as they are, on their way to another database or from one, and the mark on a database that is not
//! complete.
//!
//! The mark is a table that exists only as long as it is needed, so that a database which is complete has nothing of
//! it, and whoever serves needs no right to it.

use async_trait::async_trait;
use incident_core::ports::{Cell, Column, Kind, Part, Row, Rows, StoreError, Table, Unfinished};
use incident_core::time::Timestamp;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;
use sqlx::{AssertSqlSafe, Connection, Postgres, Row as _};

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::ask;

const MARKED: &str = "SELECT count(*) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname = 'copying'";
const MARK: &str = "SELECT source, position FROM copying";
const CREATE: &str = "CREATE TABLE IF NOT EXISTS copying (source TEXT NOT NULL, position TEXT NOT NULL)";
const BEGIN: &str = "INSERT INTO copying (source, position)
    SELECT $1, $2 WHERE NOT EXISTS (SELECT FROM copying)";
const MOVE: &str = "UPDATE copying SET position = $2 WHERE position = $1";
const LAST_EFFECT: &str =
    "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('effects', 'id')::regclass), 0)";
const NUMBER_AFTER: &str = "SELECT setval(pg_get_serial_sequence('effects', 'id'), greatest($1, 1), $1 > 0)";
const DUTY: &str = "SELECT name FROM duties WHERE until > $1 ORDER BY name LIMIT 1";
const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1";

impl PostgresStore {
    /// Says who serves the database at `now`, as far as the database knows: a duty that somebody holds, or connections
    /// with the name that those of a desk have. A desk that holds no duty and is behind a pooler is not seen.
    ///
    /// # Errors
    /// Fails like every method of the store.
    pub async fn served_by(&self, now: Timestamp) -> Result<Option<String>, StoreError> {
        ask!(self.pool, "ask who serves the database", |db| served_by(db, now))
    }
}

#[async_trait]
impl Rows for PostgresStore {
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError> {
        ask!(self.pool, "count rows", |db| count(db, table))
    }

    async fn read(
        &self,
        table: &'static Table,
        after: Option<Row>,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        let after = after.unwrap_or_default();
        ask!(self.pool, "read rows", |db| rows(db, table, &after, limit))
    }

    async fn last_effect(&self) -> Result<i64, StoreError> {
        ask!(self.pool, "read the number of the last effect", |db| last_effect(db))
    }

    async fn unfinished(&self) -> Result<Option<Unfinished>, StoreError> {
        ask!(self.pool, "read the mark of a copy", |db| unfinished(db))
    }

    async fn begin(&self, copy: &Unfinished) -> Result<(), StoreError> {
        ask!(self.pool, "mark a copy", |db| begin(db, copy))
    }

    async fn write(
        &self,
        table: &'static Table,
        rows: Vec<Row>,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        ask!(self.pool, "write rows", |db| write(db, table, &rows, (from, to)))
    }

    async fn finish(&self, last_effect: i64) -> Result<(), StoreError> {
        ask!(self.pool, "finish a copy", |db| finish(db, last_effect))
    }
}

/// Returns the mark of a copy that is not complete, if the database has one.
pub(crate) async fn mark(db: &mut PgConnection) -> sqlx::Result<Option<Unfinished>> {
    let marks: i64 = sqlx::query_scalar(MARKED).fetch_one(&mut *db).await?;
    if marks == 0 {
        return Ok(None);
    }
    let mark: Option<(String, String)> = sqlx::query_as(MARK).fetch_optional(db).await?;
    Ok(mark.map(|(source, position)| Unfinished { source, position }))
}

async fn unfinished(db: &mut PgConnection) -> Result<Option<Unfinished>, Fault> {
    Ok(mark(db).await?)
}

async fn served_by(db: &mut PgConnection, now: Timestamp) -> Result<Option<String>, Fault> {
    let sessions = sqlx::query_scalar(SESSIONS).bind(crate::open::NAME);
    let sessions: i64 = sessions.fetch_one(&mut *db).await?;
    let duty: Option<String> = sqlx::query_scalar(DUTY).bind(now.as_micros()).fetch_optional(db).await?;
    Ok(match (duty, sessions) {
        (None, 0) => None,
        (Some(duty), 0) => Some(format!("a desk with the duty {duty}")),
        (_, sessions) => Some(format!("a desk ({sessions} connections are called {})", crate::open::NAME)),
    })
}

async fn count(db: &mut PgConnection, table: &Table) -> Result<u64, Fault> {
    // The text is put together from constants, here and below.
    let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
    let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(db).await?;
    Ok(count.unsigned_abs())
}

async fn rows(db: &mut PgConnection, table: &Table, after: &[Cell], limit: u32) -> Result<Vec<Row>, Fault> {
    let keys: Vec<String> = table.columns.iter().filter(|column| column.is_key()).map(sorted).collect();
    let places: Vec<String> = (1..=after.len()).map(|place| format!("${place}")).collect();
    let condition = if after.is_empty() {
        String::new()
    } else {
        format!("WHERE ({}) > ({})", keys.join(", "), places.join(", "))
    };
    let (columns, keys) = (names(table), keys.join(", "));
    let sql = format!("SELECT {columns} FROM \"{}\" {condition} ORDER BY {keys} LIMIT {limit}", table.name);
    let select = after.iter().fold(sqlx::query(AssertSqlSafe(sql)), |select, cell| match cell {
        Cell::Nothing => select.bind(None::<String>),
        Cell::Text(text) => select.bind(text),
        Cell::Number(number) => select.bind(number),
        Cell::Flag(flag) => select.bind(flag),
    });
    let found = select.fetch_all(db).await?;
    found.iter().map(|row| cells(table, row)).collect()
}

fn cells(table: &Table, row: &PgRow) -> Result<Row, Fault> {
    let cell = |(place, column): (usize, &Column)| {
        let cell = match column.kind {
            Kind::Text => row.try_get::<Option<String>, _>(place)?.map(Cell::Text),
            Kind::Number => row.try_get::<Option<i64>, _>(place)?.map(Cell::Number),
            Kind::Flag => row.try_get::<Option<bool>, _>(place)?.map(Cell::Flag),
        };
        Ok(cell.unwrap_or(Cell::Nothing))
    };
    table.columns.iter().enumerate().map(cell).collect()
}

async fn last_effect(db: &mut PgConnection) -> Result<i64, Fault> {
    Ok(sqlx::query_scalar(LAST_EFFECT).fetch_one(db).await?)
}

async fn begin(db: &mut PgConnection, copy: &Unfinished) -> Result<(), Fault> {
    let mut transaction = db.begin().await?;
    sqlx::query(CREATE).execute(&mut *transaction).await?;
    let insert = sqlx::query(BEGIN).bind(&copy.source).bind(&copy.position);
    insert.execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

async fn write(
    db: &mut PgConnection,
    table: &'static Table,
    rows: &[Row],
    (from, to): (&str, &str),
) -> Result<(), Fault> {
    check_texts(table, rows)?;
    let mut transaction = db.begin().await?;
    let moved = sqlx::query(MOVE).bind(from).bind(to).execute(&mut *transaction).await?;
    if moved.rows_affected() == 0 {
        let stands_there = mark(&mut transaction).await?.is_some_and(|mark| mark.position == to);
        let elsewhere = Fault::Refused("the mark of the copy is elsewhere: another copy is under way");
        transaction.rollback().await?;
        return if stands_there { Ok(()) } else { Err(elsewhere) };
    }
    let arrays = (1..).zip(table.columns).map(|(place, column)| {
        let array = match column.kind {
            Kind::Text => "text[]",
            Kind::Number => "bigint[]",
            Kind::Flag => "boolean[]",
        };
        format!("${place}::{array}")
    });
    let (columns, arrays) = (names(table), arrays.collect::<Vec<_>>().join(", "));
    let sql = format!("INSERT INTO \"{}\" ({columns}) SELECT * FROM unnest({arrays})", table.name);
    let places = table.columns.iter().enumerate();
    let insert = places.fold(sqlx::query(AssertSqlSafe(sql)), |insert, (place, column)| {
        bind_all(insert, column.kind, rows.iter().map(|row| &row[place]))
    });
    insert.execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// Refuses the one character that PostgreSQL cannot keep, saying where it stands.
fn check_texts(table: &'static Table, rows: &[Row]) -> Result<(), Fault> {
    for row in rows {
        for (column, cell) in table.columns.iter().zip(row) {
            if matches!(cell, Cell::Text(text) if text.contains('\0')) {
                let key = table.key_of(row);
                return Err(Fault::Unkept { table: table.name, column: column.name, key: shown(&key) });
            }
        }
    }
    Ok(())
}

/// Shows a key; keys are ids, numbers and what platforms call chats.
fn shown(key: &[Cell]) -> String {
    let cells = key.iter().map(|cell| match cell {
        Cell::Nothing => String::new(),
        Cell::Text(text) => text.replace('\0', "\u{FFFD}"),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
    });
    cells.collect::<Vec<_>>().join(" ")
}

/// Hands a statement all values of a column.
fn bind_all<'q, 'r>(
    insert: Query<'q, Postgres, PgArguments>,
    kind: Kind,
    cells: impl Iterator<Item = &'r Cell>,
) -> Query<'q, Postgres, PgArguments> {
    match kind {
        Kind::Text => insert.bind(cells.map(text).collect::<Vec<Option<String>>>()),
        Kind::Number => insert.bind(cells.map(number).collect::<Vec<Option<i64>>>()),
        Kind::Flag => insert.bind(cells.map(flag).collect::<Vec<Option<bool>>>()),
    }
}

fn text(cell: &Cell) -> Option<String> {
    if let Cell::Text(text) = cell { Some(text.clone()) } else { None }
}

const fn number(cell: &Cell) -> Option<i64> {
    if let Cell::Number(number) = cell { Some(*number) } else { None }
}

const fn flag(cell: &Cell) -> Option<bool> {
    if let Cell::Flag(flag) = cell { Some(*flag) } else { None }
}

async fn finish(db: &mut PgConnection, last_effect: i64) -> Result<(), Fault> {
    let mut transaction = db.begin().await?;
    sqlx::query(NUMBER_AFTER).bind(last_effect).execute(&mut *transaction).await?;
    sqlx::query("DROP TABLE IF EXISTS copying").execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

fn names(table: &Table) -> String {
    let names: Vec<String> = table.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    names.join(", ")
}

/// Returns what rows are sorted by for a column of their key.
fn sorted(column: &Column) -> String {
    let name = column.name;
    match (column.part, column.kind) {
        (Part::Key | Part::Told, _) => format!("\"{name}\""),
        (Part::KeyOrNothing, Kind::Text) => format!("coalesce(\"{name}\", '')"),
        (Part::KeyOrNothing, Kind::Number | Kind::Flag) => format!("coalesce(\"{name}\", -1)"),
    }
}
