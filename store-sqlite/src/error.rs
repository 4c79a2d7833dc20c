//! What can go wrong, in two kinds: opening a file, which a person must read and act upon, and using an open
//! store, which the desk must be able to tell apart into "again later" and "never".

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use incident_core::ports::StoreError;
use rusqlite::ErrorCode;

/// A cause without secrets, whatever library it came from.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a file could not be opened as a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process serves the file.
    #[error("{} is in use by {by}: stop that first, or choose another database", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
        /// What the other process says of itself.
        by: String,
    },
    /// There is no file, and none was to be created.
    #[error("{} does not exist: check the path", path.display())]
    Missing {
        /// The database.
        path: PathBuf,
    },
    /// The file or one beside it cannot be read or written.
    #[error("cannot {doing} {}: {source}; check that the directory exists and that this user may write in it", path.display())]
    Unreachable {
        /// What was tried.
        doing: &'static str,
        /// The file it was tried with.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no SQLite database.
    #[error("{} is not a SQLite database, or it is encrypted: choose another path", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
    },
    /// The file is a SQLite database of some other program.
    #[error("{} is a database of another program: choose another path", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// SQLite cannot keep a write-ahead log beside the file, which readers and writer need.
    #[error("{} is where SQLite can keep no write-ahead log: choose a path on a local disk", path.display())]
    NoLog {
        /// The file.
        path: PathBuf,
    },
    /// A newer program has written the file.
    #[error("{} has schema {found}, this program knows {known}: use a newer program, or the backup from before the upgrade", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// The schema it has.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The file was opened for reading only, and must be migrated first.
    #[error("{} has schema {found}, this program needs {known}: migrate it first", path.display())]
    Older {
        /// The database.
        path: PathBuf,
        /// The schema it has.
        found: u32,
        /// The schema needed here.
        known: u32,
    },
    /// The file is the copy of another database, and not complete.
    #[error("{} is an unfinished copy of {source_name}: give the command that began it again, or start anew with another file", path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
        /// Of which database.
        source_name: String,
    },
    /// A migration that was applied to the file is not the one that this program has.
    #[error("{}: migration {version} was applied in another form than this program has: use a released program", path.display())]
    Altered {
        /// The database.
        path: PathBuf,
        /// The migration.
        version: u32,
    },
    /// A migration failed; the file is as it was.
    #[error("migration {version} of {} failed, nothing was changed: {source}", path.display())]
    Migration {
        /// The database.
        path: PathBuf,
        /// The migration.
        version: u32,
        /// What SQLite said.
        source: Cause,
    },
    /// The copy that is made before a migration failed; the file is as it was.
    #[error("the copy before the migration failed, nothing was changed: {0}")]
    Backup(#[from] BackupError),
    /// SQLite failed otherwise.
    #[error("SQLite failed to {doing} {}: {source}", path.display())]
    Sqlite {
        /// What was tried.
        doing: &'static str,
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: Cause,
    },
}

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// There is a file already.
    #[error("{} exists already: remove it, or choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be created.
    #[error("cannot create {}: {source}", path.display())]
    Unreachable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// SQLite failed; the incomplete copy was removed.
    #[error("SQLite failed to copy to {}: {source}", path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: Cause,
    },
}

/// Why an open store could not do something; becomes a [`StoreError`] where the operation is known.
#[derive(Debug)]
pub(crate) enum Fault {
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// A row holds what no release has ever written.
    Unreadable { table: &'static str, column: &'static str, key: String, source: Cause },
    /// A value cannot be written as JSON.
    Unwritable(serde_json::Error),
    /// What was asked contradicts what is stored, for good.
    Refused(&'static str),
    /// The transaction failed that this was to be written in.
    NotWritten(String),
    /// The writer thread has ended.
    Stopped,
    /// The store was opened for reading only.
    ReadOnly,
}

impl Fault {
    /// Says in which operation it happened.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        StoreError { operation, temporary: self.is_temporary(), source: Box::new(self) }
    }

    fn is_temporary(&self) -> bool {
        match self {
            Self::Sqlite(error) => error.sqlite_error_code().is_some_and(passes),
            Self::NotWritten(_) | Self::Stopped => true,
            Self::Unreadable { .. } | Self::Unwritable(_) | Self::Refused(_) | Self::ReadOnly => false,
        }
    }
}

/// Tells whether a failure of SQLite may be over later. A database that is locked, full, read-only or damaged
/// fails everybody until somebody puts it right, and nothing may be given up for that; only what SQLite says of
/// the statement itself will be said again.
const fn passes(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::ConstraintViolation
            | ErrorCode::TypeMismatch
            | ErrorCode::TooBig
            | ErrorCode::ApiMisuse
            | ErrorCode::ParameterOutOfRange
    )
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::Unwritable(error)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(error) => write!(f, "SQLite: {error}"),
            Self::Unreadable { table, column, key, source } => {
                write!(f, "unreadable data in table {table}, column {column}, row {key}: {source}")
            }
            Self::Unwritable(error) => write!(f, "a value cannot be written as JSON: {error}"),
            Self::Refused(why) => f.write_str(why),
            Self::NotWritten(why) => write!(f, "the transaction failed: {why}"),
            Self::Stopped => f.write_str("the writer has ended"),
            Self::ReadOnly => f.write_str("the store was opened for reading only"),
        }
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Sqlite(error) => Some(error),
            Self::Unreadable { source, .. } => Some(&**source),
            Self::Unwritable(error) => Some(error),
            Self::Refused(_) | Self::NotWritten(_) | Self::Stopped | Self::ReadOnly => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    #[test]
    fn what_sqlite_says_of_a_statement_will_be_said_again() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch("CREATE TABLE numbers (number INTEGER NOT NULL) STRICT").unwrap();
        let fails = |sql| {
            let failed = db.query_row(sql, [], |_| Ok(())).expect_err("it fails");
            let error = Fault::from(failed).during("try");
            (error.to_string(), error.temporary)
        };
        let refused = "failed to try: SQLite: NOT NULL constraint failed: numbers.number";
        assert_eq!(fails("INSERT INTO numbers VALUES (NULL)"), (refused.to_owned(), false));
        let large = "failed to try: SQLite: string or blob too big";
        assert_eq!(fails("SELECT zeroblob(2000000000)"), (large.to_owned(), false));
        db.pragma_update(None, "query_only", true).unwrap();
        let read_only = "failed to try: SQLite: attempt to write a readonly database";
        assert_eq!(fails("INSERT INTO numbers VALUES (1)"), (read_only.to_owned(), true));
    }

    #[test]
    fn a_fault_leads_to_what_caused_it() {
        let unreadable =
            Fault::Unreadable { table: "people", column: "id", key: "1".to_owned(), source: "no id".into() };
        let unwritable = serde_json::from_str::<u8>("x").expect_err("it is no number");
        let causes = [
            Fault::from(rusqlite::Error::QueryReturnedNoRows),
            unreadable,
            Fault::from(unwritable),
            Fault::Stopped,
        ]
        .map(|fault| fault.source().map(ToString::to_string));
        let expected =
            [Some("Query returned no rows"), Some("no id"), Some("expected value at line 1 column 1"), None];
        assert_eq!(causes, expected.map(|cause| cause.map(str::to_owned)));
    }
}
