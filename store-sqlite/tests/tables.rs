//! A table or column that a migration adds must be carried over when a database moves, or be left out on purpose.

use incident_core::ports::{Kind, TABLES};
use rusqlite::Connection;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// What belongs to one database alone.
const LEFT_OUT: [&str; 2] = ["meta", "migrations"];

const COLUMNS: &str = "SELECT t.name, c.name, c.type FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.name";

#[test]
fn every_column_of_every_table_moves_with_the_rest() {
    let directory = TempDir::new().expect("a directory for the test");
    let path = directory.path().join("incidents.db");
    drop(SqliteStore::open(&path, Options::default()).expect("a new database opens"));
    let db = Connection::open(&path).expect("it opens");
    let mut select = db.prepare(COLUMNS).expect("SQLite knows its tables");
    type Named = (String, String, String);
    let column =
        |row: &rusqlite::Row<'_>| -> rusqlite::Result<Named> { Ok((row.get(0)?, row.get(1)?, row.get(2)?)) };
    let stored = select.query_map([], column).expect("they can be listed").map(|row| row.expect("a column"));
    let stored: Vec<Named> = stored.filter(|(table, ..)| !LEFT_OUT.contains(&table.as_str())).collect();
    let kind = |kind| match kind {
        Kind::Text => "TEXT",
        Kind::Number | Kind::Flag => "INTEGER",
    };
    let columns = |table: &'static incident_core::ports::Table| {
        let named = table.columns.iter();
        named.map(|column| (table.name.to_owned(), column.name.to_owned(), kind(column.kind).to_owned()))
    };
    let mut moved: Vec<Named> = TABLES.iter().flat_map(columns).collect();
    moved.sort();
    assert_eq!(moved, stored);
}
