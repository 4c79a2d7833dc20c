//! The rows as they are, on their way to another database or from one, and the mark on a file that is not complete.
//!
//! The mark is a table that exists only as long as it is needed, so that a file which is complete has nothing of it.

use async_trait::async_trait;
use incident_core::ports::{Cell, Column, Kind, Part, Row, Rows, StoreError, Table, Unfinished};
use rusqlite::types::{Null, ToSqlOutput};
use rusqlite::{Connection, OptionalExtension, ToSql, params, params_from_iter};

use crate::error::Fault;
use crate::open::SqliteStore;

const MARKED: &str = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'copying'";
const MARK: &str = "SELECT source, position FROM copying";
const LAST_EFFECT: &str = "SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'effects'), 0)";

#[async_trait]
impl Rows for SqliteStore {
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM \"{}\"", table.name);
        self.read("count rows", |db| Ok(db.query_row(&sql, [], |row| row.get::<_, i64>(0))?.unsigned_abs()))
    }

    async fn read(
        &self,
        table: &'static Table,
        after: Option<Row>,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError> {
        self.read("read rows", |db| rows(db, table, after.as_deref(), limit))
    }

    async fn last_effect(&self) -> Result<i64, StoreError> {
        self.read("read the number of the last effect", |db| {
            Ok(db.query_row(LAST_EFFECT, [], |row| row.get(0))?)
        })
    }

    async fn unfinished(&self) -> Result<Option<Unfinished>, StoreError> {
        self.read("read the mark of a copy", |db| Ok(mark(db)?))
    }

    async fn begin(&self, copy: &Unfinished) -> Result<(), StoreError> {
        let Unfinished { source, position } = copy.clone();
        self.write("mark a copy", move |db| {
            db.execute_batch("CREATE TABLE copying (source TEXT NOT NULL, position TEXT NOT NULL) STRICT")?;
            db.execute("INSERT INTO copying (source, position) VALUES (?1, ?2)", [&source, &position])?;
            Ok(())
        })
        .await
    }

    async fn write(
        &self,
        table: &'static Table,
        rows: Vec<Row>,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError> {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.write("write rows", move |db| write(db, table, &rows, (&from, &to))).await
    }

    async fn finish(&self, last_effect: i64) -> Result<(), StoreError> {
        self.write("finish a copy", move |db| {
            db.execute("DELETE FROM sqlite_sequence WHERE name = 'effects'", [])?;
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('effects', ?1)", [last_effect])?;
            db.execute_batch("DROP TABLE IF EXISTS copying")?;
            Ok(())
        })
        .await
    }
}

/// Returns the mark of a copy that is not complete, if the file has one.
pub(crate) fn mark(db: &Connection) -> rusqlite::Result<Option<Unfinished>> {
    let marks: u32 = db.query_row(MARKED, [], |row| row.get(0))?;
    if marks == 0 {
        return Ok(None);
    }
    let unfinished =
        db.query_row(MARK, [], |row| Ok(Unfinished { source: row.get(0)?, position: row.get(1)? }));
    unfinished.optional()
}

fn rows(db: &Connection, table: &Table, after: Option<&[Cell]>, limit: u32) -> Result<Vec<Row>, Fault> {
    let keys: Vec<String> = table.columns.iter().filter(|column| column.is_key()).map(sorted).collect();
    let after = after.unwrap_or_default();
    let places: Vec<String> = (1..=after.len()).map(|place| format!("?{place}")).collect();
    let condition = if after.is_empty() {
        String::new()
    } else {
        format!("WHERE ({}) > ({})", keys.join(", "), places.join(", "))
    };
    let (columns, keys) = (names(table), keys.join(", "));
    let sql = format!("SELECT {columns} FROM \"{}\" {condition} ORDER BY {keys} LIMIT {limit}", table.name);
    let mut select = db.prepare_cached(&sql)?;
    let mut found = select.query(params_from_iter(after.iter().map(Value)))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let cells = table.columns.iter().enumerate().map(|(place, column)| cell(row, place, column));
        rows.push(cells.collect::<Result<Row, _>>()?);
    }
    Ok(rows)
}

fn write(db: &Connection, table: &Table, rows: &[Row], (from, to): (&str, &str)) -> Result<(), Fault> {
    if db.execute("UPDATE copying SET position = ?2 WHERE position = ?1", params![from, to])? == 0 {
        let stands_there = mark(db)?.is_some_and(|mark| mark.position == to);
        let elsewhere = Fault::Refused("the mark of the copy is elsewhere: another copy is under way");
        return if stands_there { Ok(()) } else { Err(elsewhere) };
    }
    let places: Vec<String> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
    let (columns, places) = (names(table), places.join(", "));
    let sql = format!("INSERT INTO \"{}\" ({columns}) VALUES ({places})", table.name);
    let mut insert = db.prepare_cached(&sql)?;
    for row in rows {
        insert.execute(params_from_iter(row.iter().map(Value)))?;
    }
    Ok(())
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

fn cell(row: &rusqlite::Row<'_>, place: usize, column: &Column) -> rusqlite::Result<Cell> {
    let cell = match column.kind {
        Kind::Text => row.get::<_, Option<String>>(place)?.map(Cell::Text),
        Kind::Number => row.get::<_, Option<i64>>(place)?.map(Cell::Number),
        Kind::Flag => row.get::<_, Option<bool>>(place)?.map(Cell::Flag),
    };
    Ok(cell.unwrap_or(Cell::Nothing))
}

/// A cell as SQLite takes it.
struct Value<'a>(&'a Cell);

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self.0 {
            Cell::Nothing => Ok(ToSqlOutput::from(Null)),
            Cell::Text(text) => text.to_sql(),
            Cell::Number(number) => number.to_sql(),
            Cell::Flag(flag) => flag.to_sql(),
        }
    }
}
