//! Everything in one database carried over into another, whichever kinds they are.
//!
//! Rows are read in the order of their keys, some hundreds at a time, and written together with a mark that says how
//! far the copy is. Killed at any point, it goes on from there; until it has ended, no desk serves the target. At the
//! end all rows of both are read again and compared, so that a source which somebody changed in between is noticed.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};

use incident_core::ports::{Cell, Row, Rows, StoreError, TABLES, Table, Unfinished};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How many rows are in memory at a time.
const PAGE: u32 = 500;

/// Why a database is not copied.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MoveError {
    /// A database could not be read or written; given again, the command goes on.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The target has rows that are not of a copy.
    #[error("the target is not empty (there are rows in its table {0}): choose an empty database")]
    NotEmpty(&'static str),
    /// The target is an unfinished copy of another database.
    #[error("the target is an unfinished copy of {0}: finish that one, or choose an empty database")]
    OtherSource(String),
    /// The mark of the target says nothing that this program understands.
    #[error("how far the copy is cannot be read: start anew with an empty database")]
    Position,
    /// The source is not what it was when its rows were copied.
    #[error(
        "the table {table} has {source_rows} rows in the source and {target_rows} in the target, or other ones: the \
         source has changed since the copy began; start anew with an empty database"
    )]
    Changed {
        /// The first table that differs.
        table: &'static str,
        /// How many rows it has in the source.
        source_rows: u64,
        /// How many rows it has in the target.
        target_rows: u64,
    },
}

/// Tells what a copy is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It goes on with a copy that was interrupted.
    GoesOn,
    /// Some rows of a table are copied.
    Copied {
        /// The table.
        table: &'static str,
        /// How many rows of it are copied.
        rows: u64,
        /// How many there are.
        of: u64,
    },
    /// The rows of a table are the same in both.
    Same {
        /// The table.
        table: &'static str,
        /// How many rows it has.
        rows: u64,
    },
}

/// What is known of the rows of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// How many there are.
    pub rows: u64,
    /// How many hold the character U+0000, which PostgreSQL cannot keep.
    pub unkept: u64,
    /// What they come to, in whatever order they are read.
    digest: u64,
}

impl Sum {
    /// Reads all rows of a table.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub async fn of(rows: &dyn Rows, table: &'static Table) -> Result<Self, StoreError> {
        let mut sum = Self::default();
        let mut after = None;
        loop {
            let page = rows.read(table, after.take(), PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(sum);
            };
            after = Some(table.key_of(last));
            for row in &page {
                sum.add(row);
            }
        }
    }

    fn add(&mut self, row: &Row) {
        // Its keys are always the same, so a hash means the same within this process.
        let mut hasher = DefaultHasher::new();
        row.hash(&mut hasher);
        let unkept = row.iter().any(|cell| matches!(cell, Cell::Text(text) if text.contains('\0')));
        self.rows += 1;
        self.unkept += u64::from(unkept);
        self.digest = self.digest.wrapping_add(hasher.finish());
    }
}

/// How far a copy is: the tables before this one are copied, and of this one all rows up to a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Position {
    /// None is left if there is none.
    table: Option<String>,
    after: Vec<Value>,
}

impl Position {
    fn at(table: Option<&Table>, after: &[Cell]) -> Self {
        let value = |cell: &Cell| match cell {
            Cell::Nothing => Value::Null,
            Cell::Text(text) => Value::from(text.as_str()),
            Cell::Number(number) => Value::from(*number),
            Cell::Flag(flag) => Value::from(*flag),
        };
        let table = table.map(|table| table.name.to_owned());
        Self { table, after: after.iter().map(value).collect() }
    }

    fn written(&self) -> Result<String, MoveError> {
        serde_json::to_string(self).map_err(|_| MoveError::Position)
    }

    /// Returns how many tables are copied, and after which key the next one goes on.
    fn read(text: &str) -> Result<(usize, Option<Row>), MoveError> {
        let position: Self = serde_json::from_str(text).map_err(|_| MoveError::Position)?;
        let copied = match &position.table {
            None => TABLES.len(),
            Some(name) => TABLES.iter().position(|table| table.name == name).ok_or(MoveError::Position)?,
        };
        let cell = |value: &Value| match value {
            Value::Null => Some(Cell::Nothing),
            Value::String(text) => Some(Cell::Text(text.clone())),
            Value::Number(number) => number.as_i64().map(Cell::Number),
            Value::Bool(flag) => Some(Cell::Flag(*flag)),
            Value::Array(_) | Value::Object(_) => None,
        };
        let after: Option<Row> = position.after.iter().map(cell).collect();
        Ok((copied, Some(after.ok_or(MoveError::Position)?).filter(|after| !after.is_empty())))
    }
}

/// A copy of one database in another.
pub struct Move<'a> {
    /// Where the rows come from; nobody else writes there.
    pub from: &'a dyn Rows,
    /// What that database is called, the same at every attempt.
    pub source: &'a str,
    /// Where they go.
    pub to: &'a dyn Rows,
}

impl Move<'_> {
    /// Copies every row that is not there yet, and makes sure that all are then the same. The target stays marked as
    /// unfinished until [`finish`](Self::finish).
    ///
    /// # Errors
    /// Each [`MoveError`] says what to do about it.
    pub async fn copy(&self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<(), MoveError> {
        let (mut mark, goes_on) = self.mark().await?;
        if goes_on {
            progress(Progress::GoesOn);
        }
        let (copied, mut after) = Position::read(&mark)?;
        for place in copied..TABLES.len() {
            mark = self.copy_table(place, after.take(), mark, progress).await?;
        }
        self.compare(progress).await
    }

    /// Copies the rows of a table after a key, if one is given; returns the mark of the next table.
    async fn copy_table(
        &self,
        place: usize,
        mut after: Option<Row>,
        mut mark: String,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<String, MoveError> {
        let table = &TABLES[place];
        let of = self.from.count(table).await?;
        let mut copied = if after.is_some() { self.to.count(table).await? } else { 0 };
        loop {
            let rows = self.from.read(table, after.take(), PAGE).await?;
            after = rows.last().filter(|_| rows.len() == PAGE as usize).map(|last| table.key_of(last));
            let next = match &after {
                Some(key) => Position::at(Some(table), key).written()?,
                None => Position::at(TABLES.get(place + 1), &[]).written()?,
            };
            copied += rows.len() as u64;
            self.to.write(table, rows, &mark, &next).await?;
            progress(Progress::Copied { table: table.name, rows: copied, of });
            mark = next;
            if after.is_none() {
                return Ok(mark);
            }
        }
    }

    /// Makes the target a database like any other.
    ///
    /// # Errors
    /// If a database cannot be read or written.
    pub async fn finish(&self) -> Result<(), MoveError> {
        Ok(self.to.finish(self.from.last_effect().await?).await?)
    }

    /// Finds the mark of this copy, or makes it; tells whether it was there.
    async fn mark(&self) -> Result<(String, bool), MoveError> {
        match self.to.unfinished().await? {
            Some(found) if found.source == self.source => return Ok((found.position, true)),
            Some(found) => return Err(MoveError::OtherSource(found.source)),
            None => {}
        }
        for table in &TABLES {
            if !self.to.read(table, None, 1).await?.is_empty() {
                return Err(MoveError::NotEmpty(table.name));
            }
        }
        let position = Position::at(TABLES.first(), &[]).written()?;
        self.to.begin(&Unfinished { source: self.source.to_owned(), position: position.clone() }).await?;
        Ok((position, false))
    }

    async fn compare(&self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<(), MoveError> {
        for table in &TABLES {
            let source = Sum::of(self.from, table).await?;
            let target = Sum::of(self.to, table).await?;
            if source != target {
                let (source_rows, target_rows) = (source.rows, target.rows);
                return Err(MoveError::Changed { table: table.name, source_rows, target_rows });
            }
            progress(Progress::Same { table: table.name, rows: source.rows });
        }
        Ok(())
    }
}

impl fmt::Debug for Move<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Move").field("source", &self.source).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_far_a_copy_is_survives_being_written() {
        let after = vec![Cell::Text("c".to_owned()), Cell::Number(-7), Cell::Text(String::new())];
        let events = TABLES.iter().position(|table| table.name == "events").unwrap();
        let written = Position::at(Some(&TABLES[events]), &after).written().unwrap();
        assert_eq!(Position::read(&written).unwrap(), (events, Some(after)));
        let written = Position::at(None, &[]).written().unwrap();
        assert_eq!(Position::read(&written).unwrap(), (TABLES.len(), None));
        for nonsense in ["", "{}", r#"{"table":"notes","after":[]}"#, r#"{"table":"events","after":[[]]}"#] {
            assert!(matches!(Position::read(nonsense), Err(MoveError::Position)), "{nonsense}");
        }
    }
}
