//! What only a move to another database asks of a store: its rows as they are, to be read and written in the order of
//! their keys, and a mark on a database that is not complete yet.
//!
//! Rows mean the same in every store that keeps them, so they are carried over and not told anew: a journal keeps its
//! bytes, and what was owed stays owed under its number.

mod tables;

use async_trait::async_trait;

pub use tables::TABLES;

use super::StoreError;

/// Names a table and its columns.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// What it is called in every store.
    pub name: &'static str,
    /// What is carried over of it: everything.
    pub columns: &'static [Column],
}

/// Names a column of a table.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called in every store.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it is for.
    pub part: Part,
}

/// Says what a column holds, if it holds anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text, JSON and ids included.
    Text,
    /// A number, instants included.
    Number,
    /// Yes or no.
    Flag,
}

/// Says what a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It tells rows apart, and is never empty.
    Key,
    /// It tells rows apart, and empty counts as the least value: -1 or an empty text.
    KeyOrNothing,
    /// It tells something of a row.
    Told,
}

/// Holds the value of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Cell {
    /// None.
    Nothing,
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

/// Holds the values of a row, in the order of [`Table::columns`].
pub type Row = Vec<Cell>;

impl Column {
    const fn new(name: &'static str, kind: Kind, part: Part) -> Self {
        Self { name, kind, part }
    }

    /// Tells whether it is one of those that tell rows apart.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        matches!(self.part, Part::Key | Part::KeyOrNothing)
    }
}

impl Table {
    /// Returns the key of a row: what [`Rows::read`] is to be given to go on after it. Nothing is empty in it.
    #[must_use]
    pub fn key_of(&self, row: &[Cell]) -> Row {
        let cells = self.columns.iter().zip(row).filter(|(column, _)| column.is_key());
        cells
            .map(|(column, cell)| match (cell, column.kind) {
                (Cell::Nothing, Kind::Text) => Cell::Text(String::new()),
                (Cell::Nothing, Kind::Number | Kind::Flag) => Cell::Number(-1),
                (Cell::Text(_) | Cell::Number(_) | Cell::Flag(_), _) => cell.clone(),
            })
            .collect()
    }
}

/// Says that a database is the copy of another one, and not complete yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    /// Of which database, as people may read it.
    pub source: String,
    /// How far it is. Stores only keep it.
    pub position: String,
}

/// Reads and writes the rows of a [`Store`](super::Store), every table of [`TABLES`] in that order.
///
/// Nobody else writes meanwhile. A store that is marked as unfinished must not be opened to serve.
#[async_trait]
pub trait Rows: Send + Sync {
    /// Counts the rows of a table.
    async fn count(&self, table: &'static Table) -> Result<u64, StoreError>;

    /// Returns rows of a table in the order of their keys as this store sorts them, at most `limit`, after a key if
    /// one is given.
    async fn read(
        &self,
        table: &'static Table,
        after: Option<Row>,
        limit: u32,
    ) -> Result<Vec<Row>, StoreError>;

    /// Returns the highest number that an effect was ever given, 0 if none was.
    async fn last_effect(&self) -> Result<i64, StoreError>;

    /// Returns the mark of a copy that is not complete.
    async fn unfinished(&self) -> Result<Option<Unfinished>, StoreError>;

    /// Marks the store as a copy that is not complete.
    async fn begin(&self, copy: &Unfinished) -> Result<(), StoreError>;

    /// Writes rows of a table and moves the mark, in one transaction. Safe to repeat: nothing is written where the mark
    /// stands at `to` already, and it is an error if it stands anywhere but there or at `from`.
    async fn write(
        &self,
        table: &'static Table,
        rows: Vec<Row>,
        from: &str,
        to: &str,
    ) -> Result<(), StoreError>;

    /// Has effects numbered after `last_effect` from now on, and takes the mark away.
    async fn finish(&self, last_effect: i64) -> Result<(), StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_row_is_never_empty() {
        let grants = TABLES.iter().find(|table| table.name == "grants").unwrap();
        let text = |text: &str| Cell::Text(text.to_owned());
        let row = [text("c"), text("g"), text("manager"), Cell::Nothing, text("sandbox:ann")];
        let key = [text("c"), text("g"), text("manager"), Cell::Number(-1), text("sandbox:ann")];
        assert_eq!(grants.key_of(&row), key);
        let row = [text("c"), text("g"), text("manager"), Cell::Number(7), Cell::Nothing];
        let key = [text("c"), text("g"), text("manager"), Cell::Number(7), text("")];
        assert_eq!(grants.key_of(&row), key);
    }
}
