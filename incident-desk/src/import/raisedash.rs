//! The SQLite file of a RaiseDash bot. Two editions are read: the one with two tiers and one holder, and the one with
//! departments, to which the bot itself upgraded the files of every edition between them.
//!
//! The bot never numbered its schemas, so what a file is follows from its tables and columns. A column that is
//! missing counts as empty; one that is not known is named to whoever imports.

mod cells;
mod departments;
mod house;
mod instants;
mod schedules;
mod two_tier;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::cells::Cells;
use self::instants::Clockwork;
use super::old::{House, Tale};

/// Why a file cannot be imported.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// There is no such file.
    #[error("{} does not exist: check the path", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It is no SQLite database.
    #[error("{} is not a SQLite database: name the file that DATABASE_PATH of the old bot names, incidents.db if it names none", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// It is one of our own.
    #[error("{} is a database of Incident Desk itself: name the file of the old bot", path.display())]
    Ours {
        /// The file.
        path: PathBuf,
    },
    /// It is a database of something else.
    #[error("{} is not the database of a RaiseDash bot: it needs the tables groups, users and incidents, and has {found}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// The tables it has.
        found: String,
    },
    /// It is of an edition between the two.
    #[error(
        "{} was written by an edition of the RaiseDash bot with several claims in each tier, which is not read: start \
         the last release of that bot once on a copy of the file, which upgrades the copy to departments, stop it, and \
         import the copy",
        path.display()
    )]
    Between {
        /// The file.
        path: PathBuf,
    },
    /// Another program has locked it.
    #[error("{} is in use: stop the old bot first", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// SQLite failed otherwise.
    #[error(
        "cannot read {}: {source}; if it was copied, copy the files beside it that end in -wal and -shm as well, to a \
         directory in which this user may write",
        path.display()
    )]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

/// Which edition of the bot has written a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Two tiers, one holder.
    TwoTier,
    /// Departments, several holders.
    Departments,
}

/// A file that was recognised. What is read of it is of one instant.
#[derive(Debug)]
pub struct RaisedashFile {
    db: Connection,
    path: PathBuf,
    edition: Edition,
    tables: BTreeMap<String, BTreeSet<String>>,
    clockwork: Clockwork,
}

impl RaisedashFile {
    /// Opens a file for reading; times without a zone are `utc_offset` minutes ahead of UTC.
    ///
    /// # Errors
    /// Each [`FileError`] says what to do about it.
    pub fn open(path: &Path, utc_offset: i32) -> Result<Self, FileError> {
        if !path.exists() {
            return Err(FileError::Missing { path: path.to_owned() });
        }
        let failed = |error| failure(path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(failed)?;
        db.execute_batch("BEGIN").map_err(failed)?;
        let tables = tables(&db).map_err(failed)?;
        let edition = recognise(path, &tables)?;
        Ok(Self { db, path: path.to_owned(), edition, tables, clockwork: Clockwork { utc_offset } })
    }

    /// Returns which edition has written it.
    pub const fn edition(&self) -> Edition {
        self.edition
    }

    /// Reads everything but the incidents; of the groups, only `chats`, or all if that is empty.
    ///
    /// # Errors
    /// If SQLite cannot read it.
    pub fn house(&self, chats: &BTreeSet<i64>) -> Result<House, FileError> {
        house::read(self, chats).map_err(|error| failure(&self.path, error))
    }

    /// Counts the incidents without a number, which the tables allow: nothing could be told apart from them.
    ///
    /// # Errors
    /// If SQLite cannot read them.
    pub fn nameless(&self) -> Result<u64, FileError> {
        let sql = "SELECT count(*) FROM incidents WHERE incident_id IS NULL";
        let count: Result<u32, _> = self.db.query_row(sql, [], |row| row.get(0));
        count.map(u64::from).map_err(|error| failure(&self.path, error))
    }

    /// Lists the incidents, in the order of their numbers.
    ///
    /// # Errors
    /// If SQLite cannot read them.
    pub fn numbers(&self) -> Result<Vec<String>, FileError> {
        let sql = "SELECT CAST(incident_id AS TEXT) FROM incidents WHERE incident_id IS NOT NULL
            ORDER BY length(incident_id), incident_id";
        let read = || -> rusqlite::Result<Vec<String>> {
            self.db.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
        };
        read().map_err(|error| failure(&self.path, error))
    }

    /// Reads an incident; `Ok(Err)` says what of it makes no sense.
    ///
    /// # Errors
    /// If SQLite cannot read it.
    pub fn tale(&self, number: &str) -> Result<Result<Tale, String>, FileError> {
        let read = || {
            let mut rows = self.rows("SELECT * FROM incidents WHERE incident_id = ?1", number)?;
            let Some(incident) = rows.pop() else {
                return Ok(Err("it is not there any more".to_owned()));
            };
            match self.edition {
                Edition::TwoTier => Ok(two_tier::tale(&incident, self.clockwork)),
                Edition::Departments => departments::tale(self, &incident),
            }
        };
        read().map_err(|error| failure(&self.path, error))
    }

    fn has(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    /// Reads all rows of a table; none if there is no such table.
    fn all(&self, table: &'static str) -> rusqlite::Result<Vec<Cells>> {
        if !self.has(table) {
            return Ok(Vec::new());
        }
        cells::read(&self.db, &format!("SELECT * FROM {table} ORDER BY rowid"), &[])
    }

    fn rows(&self, sql: &str, key: &str) -> rusqlite::Result<Vec<Cells>> {
        cells::read(&self.db, sql, &[&key])
    }
}

fn tables(db: &Connection) -> rusqlite::Result<BTreeMap<String, BTreeSet<String>>> {
    let mut select = db.prepare(
        "SELECT t.name, c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'",
    )?;
    let mut rows = select.query([])?;
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        tables.entry(row.get(0)?).or_default().insert(row.get(1)?);
    }
    Ok(tables)
}

fn recognise(path: &Path, tables: &BTreeMap<String, BTreeSet<String>>) -> Result<Edition, FileError> {
    let path = path.to_owned();
    let has = |table: &str, column: &str| tables.get(table).is_some_and(|columns| columns.contains(column));
    if has("roster_events", "seq") {
        return Err(FileError::Ours { path });
    }
    let known = ["groups", "users", "incidents"].iter().all(|table| tables.contains_key(*table));
    if !known || !has("incidents", "incident_id") || !has("incidents", "status") {
        let names: Vec<&str> = tables.keys().map(String::as_str).collect();
        let found = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return Err(FileError::Foreign { path, found });
    }
    if has("incident_claims", "tier") {
        return Err(FileError::Between { path });
    }
    if tables.contains_key("departments") { Ok(Edition::Departments) } else { Ok(Edition::TwoTier) }
}

fn failure(path: &Path, source: rusqlite::Error) -> FileError {
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => FileError::NotADatabase { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => FileError::InUse { path },
        Some(_) | None => FileError::Sqlite { path, source },
    }
}
