//! The tables, and how a file comes to have them: numbered migrations, run once each, all that are missing in
//! one transaction. What was applied is recorded with a checksum, so that a program which believes in other
//! tables than the file has finds out at once and not by wrong answers.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use crate::backup;
use crate::error::OpenError;

/// A step from one schema to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// All migrations, oldest first; the n-th makes schema n.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { name: "tables", sql: include_str!("../migrations/0001_tables.sql") },
    Migration { name: "figures", sql: include_str!("../migrations/0002_figures.sql") },
    Migration { name: "shifts", sql: include_str!("../migrations/0003_shifts.sql") },
    Migration { name: "renamings", sql: include_str!("../migrations/0004_renamings.sql") },
    Migration { name: "inbox", sql: include_str!("../migrations/0005_inbox.sql") },
    Migration { name: "origins", sql: include_str!("../migrations/0006_origins.sql") },
    Migration { name: "mirrors", sql: include_str!("../migrations/0007_mirrors.sql") },
    Migration { name: "rooms", sql: include_str!("../migrations/0008_rooms.sql") },
];

/// Marks a file as ours, in the header of the file.
const APPLICATION: i32 = 0x1DE5_7DE5_u32.cast_signed();

const RECORD: &str = "CREATE TABLE IF NOT EXISTS migrations (
    version  INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL,
    checksum TEXT    NOT NULL
) STRICT";

/// What schema a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// None: it is empty.
    Nothing,
    /// One of ours.
    Version(u32),
}

/// Finds out which schema a file has, and refuses what this program must not touch.
pub(crate) fn inspect(
    connection: &Connection,
    path: &Path,
    migrations: &[Migration],
) -> Result<Found, OpenError> {
    let failed = |error| failure("read the schema of", path, error);
    let found: u32 = pragma(connection, "user_version").map_err(failed)?;
    let application: i32 = pragma(connection, "application_id").map_err(failed)?;
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(failed)?;
    if tables == 0 && found == 0 {
        return Ok(Found::Nothing);
    }
    if application != APPLICATION || found == 0 {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    let known = latest(migrations);
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    for (version, migration) in (1..=found).zip(migrations) {
        let sql = "SELECT checksum FROM migrations WHERE version = ?1";
        let applied: Option<String> =
            connection.query_row(sql, [version], |row| row.get(0)).optional().map_err(failed)?;
        if applied != Some(checksum(migration.sql)) {
            return Err(OpenError::Altered { path: path.to_owned(), version });
        }
    }
    Ok(Found::Version(found))
}

/// Brings a file that was inspected to the newest schema; returns the copy that was made before, if one was.
pub(crate) fn migrate(
    connection: &Connection,
    path: &Path,
    found: Found,
    migrations: &[Migration],
) -> Result<Option<PathBuf>, OpenError> {
    let (from, copy) = match found {
        Found::Nothing => (0, None),
        Found::Version(version) if version == latest(migrations) => return Ok(None),
        Found::Version(version) => (version, Some(backup::before(connection, path, latest(migrations))?)),
    };
    let mut version = from;
    let mut apply = || {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        connection.execute_batch(RECORD)?;
        for migration in migrations.iter().skip(from as usize) {
            version += 1;
            connection.execute_batch(migration.sql)?;
            connection.execute(
                "INSERT INTO migrations (version, name, checksum) VALUES (?1, ?2, ?3)",
                params![version, migration.name, checksum(migration.sql)],
            )?;
        }
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", version)?;
        connection.execute_batch("COMMIT")
    };
    let applied = apply();
    applied.map_err(|error: rusqlite::Error| {
        let source = match connection.execute_batch("ROLLBACK") {
            Ok(()) => error,
            Err(second) => second,
        };
        OpenError::Migration { path: path.to_owned(), version, source: source.into() }
    })?;
    Ok(copy)
}

/// Returns the newest schema.
pub(crate) const fn latest(migrations: &[Migration]) -> u32 {
    migrations.len() as u32
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn failure(doing: &'static str, path: &Path, error: rusqlite::Error) -> OpenError {
    OpenError::sqlite(doing, path, error)
}

/// Returns the FNV-1a hash of a text, with line ends as `\n` whatever a checkout made of them.
fn checksum(text: &str) -> String {
    let bytes = text.bytes().filter(|byte| *byte != b'\r');
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const FIRST: Migration = Migration { name: "notes", sql: "CREATE TABLE notes (text TEXT) STRICT;" };
    const SECOND: Migration = Migration {
        name: "authors",
        sql: "ALTER TABLE notes ADD author TEXT; UPDATE notes SET author = 'Ann';",
    };
    const BROKEN: Migration =
        Migration { name: "broken", sql: "DELETE FROM notes; INSERT INTO no_such_table VALUES (1);" };

    struct Database {
        directory: TempDir,
        connection: Connection,
    }

    impl Database {
        fn new(migrations: &[Migration]) -> Self {
            let directory = TempDir::new().unwrap();
            let connection = Connection::open(directory.path().join("notes.db")).unwrap();
            let database = Self { directory, connection };
            assert_eq!(database.migrate(migrations).unwrap(), None);
            database.connection.execute("INSERT INTO notes (text) VALUES ('a word')", []).unwrap();
            database
        }

        fn path(&self) -> PathBuf {
            self.directory.path().join("notes.db")
        }

        fn migrate(&self, migrations: &[Migration]) -> Result<Option<PathBuf>, OpenError> {
            let found = inspect(&self.connection, &self.path(), migrations)?;
            migrate(&self.connection, &self.path(), found, migrations)
        }

        fn notes(&self) -> u32 {
            count(&self.connection, "SELECT count(*) FROM notes")
        }
    }

    fn count(connection: &Connection, sql: &str) -> u32 {
        connection.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn data_goes_through_a_migration_and_a_copy_stays_behind() {
        let database = Database::new(&[FIRST]);
        let copy = database.migrate(&[FIRST, SECOND]).unwrap().unwrap();
        assert_eq!(count(&database.connection, "SELECT count(*) FROM notes WHERE author = 'Ann'"), 1);
        assert_eq!(copy, database.directory.path().join("notes.db.before-v2.bak"));
        let copy = Connection::open(copy).unwrap();
        assert_eq!(pragma::<u32>(&copy, "user_version").unwrap(), 1);
        assert_eq!(count(&copy, "SELECT count(*) FROM notes"), 1);
        assert_eq!(database.migrate(&[FIRST, SECOND]).unwrap(), None);
    }

    #[test]
    fn a_copy_never_overwrites_an_earlier_one() {
        let database = Database::new(&[FIRST]);
        let first = database.directory.path().join("notes.db.before-v2.bak");
        std::fs::write(&first, "precious").unwrap();
        let copy = database.migrate(&[FIRST, SECOND]).unwrap();
        assert_eq!(copy, Some(database.directory.path().join("notes.db.before-v2.1.bak")));
        assert_eq!(std::fs::read_to_string(first).unwrap(), "precious");
    }

    #[test]
    fn a_migration_that_fails_changes_nothing() {
        let database = Database::new(&[FIRST]);
        let error = database.migrate(&[FIRST, SECOND, BROKEN]).unwrap_err();
        assert!(matches!(error, OpenError::Migration { version: 3, .. }), "{error}");
        assert_eq!(database.notes(), 1);
        assert_eq!(pragma::<u32>(&database.connection, "user_version").unwrap(), 1);
        assert_eq!(count(&database.connection, "SELECT count(*) FROM migrations"), 1);
        database.migrate(&[FIRST, SECOND]).unwrap();
    }

    #[test]
    fn a_migration_in_another_form_is_noticed() {
        let database = Database::new(&[FIRST, SECOND]);
        let error = database.migrate(&[FIRST, BROKEN]).unwrap_err();
        assert!(matches!(error, OpenError::Altered { version: 2, .. }), "{error}");
        assert_eq!(database.notes(), 1);
    }

    #[test]
    fn line_ends_of_a_checkout_do_not_count() {
        assert_eq!(checksum("one\r\ntwo\r\n"), checksum("one\ntwo\n"));
        assert_ne!(checksum("one\n"), checksum("two\n"));
    }

    #[test]
    fn released_migrations_stay_as_they_are() {
        let applied: Vec<_> = MIGRATIONS.iter().map(|migration| checksum(migration.sql)).collect();
        assert_eq!(
            applied,
            [
                "ee0a69512c380a41",
                "58091561ec3ea9e7",
                "f5124fa446236810",
                "0e232b18ef2e5cea",
                "fe68dbc5c8801960",
                "c3c91b505b796c48",
                "1fcdbb3c8d5498e9",
                "0fb93c1817e8dc79"
            ]
        );
    }
}
