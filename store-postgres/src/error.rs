//! What can go wrong, in two kinds: opening a database, which a person must read and act upon, and using an open
//! store, which the desk must be able to tell apart into "again later" and "never".
//!
//! No text here holds the URL of a database, which holds a password: what a library says is cut down to a
//! [`Failure`] first.

use std::error::Error;
use std::fmt;
use std::io::ErrorKind;

use incident_core::ports::StoreError;

/// A cause without secrets, whatever library it came from.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why a database could not be opened as a store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The URL is none.
    #[error(
        "the URL of the database cannot be read: it is written postgres://USER:PASSWORD@HOST/DATABASE, with special characters percent-encoded"
    )]
    Url,
    /// The server did not answer, or refused to.
    #[error("cannot reach {server}: {source}; check that it runs, and the user and password of the URL")]
    Unreachable {
        /// The server, and the database on it.
        server: String,
        /// What was said.
        source: Cause,
    },
    /// The server is older than this program can use.
    #[error("{server} is PostgreSQL {found}, this program needs 13 or newer")]
    OldServer {
        /// The server, and the database on it.
        server: String,
        /// What it is.
        found: String,
    },
    /// Transactions are isolated otherwise than every statement of this program expects.
    #[error(
        "{server} isolates transactions as '{found}': set default_transaction_isolation to 'read committed' for this user"
    )]
    Isolation {
        /// The server, and the database on it.
        server: String,
        /// How it isolates them.
        found: String,
    },
    /// The tables are those of some other program.
    #[error(
        "{server} has tables of another program where ours would be: choose another database, or a schema of its own (?options=-csearch_path%3Dincident_desk)"
    )]
    Foreign {
        /// The server, and the database on it.
        server: String,
    },
    /// A newer program has migrated the database.
    #[error("{server} has schema {found}, this program knows {known}: use a newer program")]
    Newer {
        /// The server, and the database on it.
        server: String,
        /// The schema it has.
        found: u32,
        /// The newest schema known here.
        known: u32,
    },
    /// The database must be migrated first.
    #[error("{server} has schema {found}, this program needs {known}: migrate it first")]
    Older {
        /// The server, and the database on it.
        server: String,
        /// The schema it has; 0 if it is empty.
        found: u32,
        /// The schema needed here.
        known: u32,
    },
    /// The database is the copy of another one, and not complete.
    #[error(
        "{server} is an unfinished copy of {source_name}: give the command that began it again, or start anew with an empty database"
    )]
    Unfinished {
        /// The server, and the database on it.
        server: String,
        /// Of which database it is a copy.
        source_name: String,
    },
    /// A migration that was applied to the database is not the one that this program has.
    #[error(
        "{server}: migration {version} was applied in another form than this program has: use a released program"
    )]
    Altered {
        /// The server, and the database on it.
        server: String,
        /// The migration.
        version: u32,
    },
    /// A migration failed; the database is as it was.
    #[error("migration {version} of {server} failed, nothing was changed: {source}")]
    Migration {
        /// The server, and the database on it.
        server: String,
        /// The migration.
        version: u32,
        /// What PostgreSQL said.
        source: Cause,
    },
    /// PostgreSQL failed otherwise.
    #[error("PostgreSQL failed to {doing} {server}: {source}")]
    Postgres {
        /// What was tried.
        doing: &'static str,
        /// The server, and the database on it.
        server: String,
        /// What PostgreSQL said.
        source: Cause,
    },
}

/// Whether what failed may have happened all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It was not, and will not be if it is tried again as it is.
    Refused,
    /// It was not, but may be the next time.
    Undone,
    /// It was not, since others came between; tried again at once, it may be.
    Contended,
    /// It was not, since the connection was lost before it could be; on another one, it may be.
    Lost,
    /// The connection was lost on the way: nobody knows.
    Unknown,
}

/// What PostgreSQL or the way to it said, without the details, which quote rows, and without configuration, which
/// holds a password.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) fate: Fate,
    /// The SQLSTATE, where the server gave one.
    state: Option<String>,
    /// The constraint that was violated.
    constraint: Option<String>,
    said: String,
}

impl Failure {
    /// Tells that nobody answered within the time allowed.
    pub(crate) fn silence() -> Self {
        let said = "no answer within the time allowed".to_owned();
        Self { fate: Fate::Unknown, state: None, constraint: None, said }
    }

    /// Returns the constraint that was violated, if one was.
    pub(crate) fn constraint(&self) -> Option<&str> {
        self.constraint.as_deref()
    }

    /// Says what to do about it, where that is known.
    fn advice(&self) -> &'static str {
        match self.state.as_deref() {
            Some("42501") => {
                "; this needs the owner of the database: migrate with the owner's URL, as store-postgres/README.md says"
            }
            Some(_) | None => "",
        }
    }

    fn of_the_way(fate: Fate, said: impl Into<String>) -> Self {
        Self { fate, state: None, constraint: None, said: said.into() }
    }
}

impl From<sqlx::Error> for Failure {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "which errors there are depends on features of others"
    )]
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(error) => {
                let state = error.code().map(|code| code.into_owned());
                let constraint = error.constraint().map(str::to_owned);
                let fate = fate(state.as_deref().unwrap_or_default());
                Self { fate, state, constraint, said: error.message().to_owned() }
            }
            E::Io(error) => {
                // What could not be sent to its end was not done: the end is what makes the server begin.
                let unsent = error.kind() == ErrorKind::BrokenPipe;
                Self::of_the_way(if unsent { Fate::Lost } else { Fate::Unknown }, error.to_string())
            }
            E::Protocol(_) | E::WorkerCrashed => Self::of_the_way(Fate::Unknown, "the connection broke"),
            E::Tls(error) => Self::of_the_way(Fate::Undone, format!("TLS: {error}")),
            E::PoolTimedOut => Self::of_the_way(Fate::Undone, "no connection was to be had in time"),
            E::PoolClosed => Self::of_the_way(Fate::Undone, "the store was closed"),
            E::BeginFailed => Self::of_the_way(Fate::Undone, "no transaction could be begun"),
            E::Configuration(_) => Self::of_the_way(Fate::Refused, "the configuration cannot be used"),
            E::RowNotFound => Self::of_the_way(Fate::Refused, "a statement returned no row"),
            E::ColumnNotFound(column) => Self::of_the_way(Fate::Refused, format!("no column {column}")),
            E::ColumnDecode { .. } => Self::of_the_way(Fate::Refused, "a value of another type"),
            // The rest is said of statements, never of connections.
            _ => Self::of_the_way(Fate::Refused, "the driver refused the statement"),
        }
    }
}

/// Tells what a SQLSTATE means for what was tried. A server that is full, in recovery or shutting down fails
/// everybody until somebody puts it right, and nothing may be given up for that; only what is said of the
/// statement itself will be said again.
fn fate(state: &str) -> Fate {
    match state {
        // Serialisation failure, deadlock: rolled back for the sake of others.
        "40001" | "40P01" => Fate::Contended,
        // A statement that is cancelled was rolled back.
        "57014" => Fate::Undone,
        // The server or the connection was ended, perhaps just after the commit.
        "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "40003" => Fate::Unknown,
        _ => match state.get(..2).unwrap_or_default() {
            "08" => Fate::Unknown,
            // The values of this very statement.
            "21" | "22" | "23" | "54" => Fate::Refused,
            _ => Fate::Undone,
        },
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            Some(state) => write!(f, "{} ({state}){}", self.said, self.advice()),
            None => f.write_str(&self.said),
        }
    }
}

impl Error for Failure {}

/// Why an open store could not do something; becomes a [`StoreError`] where the operation is known.
#[derive(Debug)]
pub(crate) enum Fault {
    /// PostgreSQL failed, or the way to it.
    Postgres(Failure),
    /// A row holds what no release has ever written.
    Unreadable { table: &'static str, column: &'static str, key: String, source: Cause },
    /// A value cannot be written as JSON.
    Unwritable(serde_json::Error),
    /// A text holds U+0000, which PostgreSQL does not take.
    Unkept { table: &'static str, column: &'static str, key: String },
    /// What was asked contradicts what is stored, for good.
    Refused(&'static str),
}

impl Fault {
    /// Says in which operation it happened.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        StoreError { operation, temporary: self.is_temporary(), source: Box::new(self) }
    }

    /// Returns what became of what failed.
    pub(crate) const fn fate(&self) -> Fate {
        match self {
            Self::Postgres(failure) => failure.fate,
            Self::Unreadable { .. } | Self::Unwritable(_) | Self::Unkept { .. } | Self::Refused(_) => {
                Fate::Refused
            }
        }
    }

    /// Says that it happened in a transaction before its end, which undoes whatever was done.
    pub(crate) fn before_commit(mut self) -> Self {
        if let Self::Postgres(failure) = &mut self
            && failure.fate == Fate::Unknown
        {
            failure.fate = Fate::Lost;
        }
        self
    }

    /// Tells whether what failed may have happened all the same.
    pub(crate) fn is_doubtful(&self) -> bool {
        self.fate() == Fate::Unknown
    }

    fn is_temporary(&self) -> bool {
        self.fate() != Fate::Refused
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Postgres(error.into())
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
            Self::Postgres(failure) => write!(f, "PostgreSQL: {failure}"),
            Self::Unreadable { table, column, key, source } => {
                write!(f, "unreadable data in table {table}, column {column}, row {key}: {source}")
            }
            Self::Unwritable(error) => write!(f, "a value cannot be written as JSON: {error}"),
            Self::Unkept { table, column, key } => write!(
                f,
                "PostgreSQL cannot keep the character U+0000, which is in table {table}, column {column}, row {key}: \
                 take it out first"
            ),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Postgres(failure) => Some(failure),
            Self::Unreadable { source, .. } => Some(&**source),
            Self::Unwritable(error) => Some(error),
            Self::Unkept { .. } | Self::Refused(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_says_of_itself_passes_and_what_it_says_of_a_statement_does_not() {
        for (state, expected) in [
            ("40001", Fate::Contended),
            ("40P01", Fate::Contended),
            ("57014", Fate::Undone),
            ("57P01", Fate::Unknown),
            ("08006", Fate::Unknown),
            ("53100", Fate::Undone), // disk full
            ("53300", Fate::Undone), // too many connections
            ("25006", Fate::Undone), // read-only, as a standby is
            ("42501", Fate::Undone), // a right that the user has not yet
            ("23505", Fate::Refused),
            ("22021", Fate::Refused),
        ] {
            assert_eq!(fate(state), expected, "{state}");
        }
    }
}
