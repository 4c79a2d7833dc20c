//! How a file becomes a store, and what must be true of it first.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::backup::{self, Progress};
use crate::error::{BackupError, OpenError};
use crate::lock::Lock;
use crate::moving;
use crate::readers::Readers;
use crate::rosters::Rosters;
use crate::schema::{self, Found, MIGRATIONS};
use crate::writer::{Writer, Written};

/// When a commit counts as written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// When the disk has it. Nothing that was answered is ever lost.
    #[default]
    Full,
    /// When the system has it. A crash of the process loses nothing; a crash of the system or a power cut may
    /// lose the last commits, though not the consistency of the file: people were told of a claim that
    /// nobody has any more, and numbers that were given out are given out again. Worth it only where a wait
    /// for the disk takes very long.
    Normal,
}

/// How a store works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// When a commit counts as written.
    pub synchronous: Synchronous,
    /// How many connections read; at least one does.
    pub readers: usize,
    /// How long to wait for another process, such as the `sqlite3` shell, to let go of the file.
    pub busy_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { synchronous: Synchronous::Full, readers: 2, busy_timeout: Duration::from_secs(5) }
    }
}

/// Everything that must be remembered, in one SQLite file.
///
/// Dropping it writes what is under way and closes the file; that waits for the disk.
pub struct SqliteStore {
    pub(crate) readers: Readers,
    pub(crate) rosters: Rosters,
    /// Absent where the file was opened for reading only.
    pub(crate) writer: Option<Writer>,
    path: PathBuf,
    busy_timeout: Duration,
    /// Dropped last, when the file is closed.
    _lock: Option<Lock>,
}

impl SqliteStore {
    /// Opens a database to serve it: creates it if there is none, migrates it if it is older, and keeps other
    /// desks from it until the store is dropped.
    ///
    /// A database with data is copied to `<path>.before-v<schema>.bak` before it is migrated. Waits for the
    /// disk, so an async program calls it before it serves anything, or on a thread for such things.
    ///
    /// # Errors
    /// Each [`OpenError`] says what to do about it. A file that is refused is left as it is.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenError> {
        Self::open_for(Purpose::Serving, path, &options)
    }

    /// Opens a database like [`open`](Self::open), to write the rows of another one into it: a copy that is not complete
    /// is not refused.
    ///
    /// # Errors
    /// Like [`open`](Self::open).
    pub fn open_target(path: &Path, options: Options) -> Result<Self, OpenError> {
        Self::open_for(Purpose::Copying, path, &options)
    }

    fn open_for(purpose: Purpose, path: &Path, options: &Options) -> Result<Self, OpenError> {
        let lock = Lock::take(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_CREATE);
        let connection = connect(path, flags, options.busy_timeout)?;
        let found = schema::inspect(&connection, path, MIGRATIONS)?;
        check_complete(purpose, &connection, path)?;
        let mode = configure(&connection, options.synchronous);
        if mode.map_err(|error| OpenError::sqlite("set up", path, error))? != "wal" {
            return Err(OpenError::NoLog { path: path.to_owned() });
        }
        let copy = schema::migrate(&connection, path, found, MIGRATIONS)?;
        if let Some(copy) = copy {
            tracing::info!(copy = %copy.display(), "the database was migrated; this is how it was before");
        }
        let readers = readers(path, options)?;
        let writer = Writer::start(connection).map_err(|source| {
            let path = path.to_owned();
            OpenError::Unreachable { doing: "start a thread for", path, source }
        })?;
        let (path, busy_timeout) = (path.to_owned(), options.busy_timeout);
        let rosters = Rosters::default();
        Ok(Self { readers, rosters, writer: Some(writer), path, busy_timeout, _lock: Some(lock) })
    }

    /// Opens a database to read it, beside a desk that serves it or alone. Every method that writes fails.
    ///
    /// # Errors
    /// Each [`OpenError`] says what to do about it. A database of an older schema is refused.
    pub fn open_read_only(path: &Path, options: Options) -> Result<Self, OpenError> {
        Self::read_only(path, &options, None)
    }

    /// Opens a database to read it while no desk serves it: others are kept from it until the store is dropped.
    ///
    /// # Errors
    /// Like [`open_read_only`](Self::open_read_only), and if another process serves it.
    pub fn open_source(path: &Path, options: Options) -> Result<Self, OpenError> {
        check_exists(path)?;
        let lock = Lock::take(path)?;
        Self::read_only(path, &options, Some(lock))
    }

    fn read_only(path: &Path, options: &Options, lock: Option<Lock>) -> Result<Self, OpenError> {
        check_exists(path)?;
        let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options.busy_timeout)?;
        let found = match schema::inspect(&connection, path, MIGRATIONS)? {
            Found::Nothing => 0,
            Found::Version(version) => version,
        };
        check_complete(Purpose::Serving, &connection, path)?;
        let known = schema::latest(MIGRATIONS);
        if found < known {
            return Err(OpenError::Older { path: path.to_owned(), found, known });
        }
        let readers = readers(path, options)?;
        let (path, busy_timeout) = (path.to_owned(), options.busy_timeout);
        let rosters = Rosters::default();
        Ok(Self { readers, rosters, writer: None, path, busy_timeout, _lock: lock })
    }

    /// Copies the database, as it is at one instant, to a file that must not exist. The desk goes on
    /// meanwhile. Takes as long as the disk takes, so an async program calls it on a thread for such things.
    ///
    /// # Errors
    /// Refuses to overwrite; says what SQLite or the system said. An incomplete copy is removed.
    pub fn backup(&self, to: &Path, progress: impl FnMut(Progress)) -> Result<(), BackupError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = connect(&self.path, flags, self.busy_timeout)
            .map_err(|error| BackupError::Sqlite { path: to.to_owned(), source: error.into() })?;
        backup::copy(&connection, to, progress)
    }

    /// Returns the schema of this program, which an open store always has.
    pub const fn schema_version() -> u32 {
        schema::latest(MIGRATIONS)
    }

    /// Returns what was written since the store was opened.
    pub fn written(&self) -> Written {
        self.writer.as_ref().map(Writer::written).unwrap_or_default()
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("path", &self.path).finish_non_exhaustive()
    }
}

/// What a database is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// To use what is in it, which must be everything.
    Serving,
    /// To write the rows of another one into it.
    Copying,
}

/// Refuses a copy that is not complete, where everything is needed.
fn check_complete(purpose: Purpose, connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let mark =
        moving::mark(connection).map_err(|error| OpenError::sqlite("read the tables of", path, error))?;
    match (purpose, mark) {
        (Purpose::Copying, _) | (Purpose::Serving, None) => Ok(()),
        (Purpose::Serving, Some(mark)) => {
            Err(OpenError::Unfinished { path: path.to_owned(), source_name: mark.source })
        }
    }
}

fn check_exists(path: &Path) -> Result<(), OpenError> {
    let Err(source) = std::fs::metadata(path) else {
        return Ok(());
    };
    let path = path.to_owned();
    Err(if source.kind() == ErrorKind::NotFound {
        OpenError::Missing { path }
    } else {
        OpenError::Unreachable { doing: "read", path, source }
    })
}

fn readers(path: &Path, options: &Options) -> Result<Readers, OpenError> {
    let connect = || connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, options.busy_timeout);
    let first = connect()?;
    let others: Vec<Connection> = (1..options.readers).map(|_| connect()).collect::<Result<_, _>>()?;
    Ok(Readers::new(first, others))
}

/// Connects to a file and makes sure that it is a database.
fn connect(path: &Path, flags: OpenFlags, busy_timeout: Duration) -> Result<Connection, OpenError> {
    let flags = flags.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(busy_timeout)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        keep_plans(&connection)?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        Ok(connection)
    };
    open().map_err(|error: rusqlite::Error| OpenError::sqlite("open", path, error))
}

/// Has the plan of a statement stay as it is, whatever values it is given. Otherwise SQLite would plan the
/// question for the next effect anew each time that it is asked about another lane.
pub(crate) fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// How much of the file the writer may keep in memory, in the unit of SQLite: -1 is 1 KiB.
const CACHE: i32 = -8_192;

/// How many prepared statements a connection keeps: all there are.
const STATEMENTS: usize = 96;

/// Sets up the connection that writes; returns the journal mode that SQLite found possible.
fn configure(connection: &Connection, synchronous: Synchronous) -> rusqlite::Result<String> {
    let synchronous = match synchronous {
        Synchronous::Full => "FULL",
        Synchronous::Normal => "NORMAL",
    };
    let mode = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    connection.pragma_update(None, "synchronous", synchronous)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", "FAST")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    // The writer copies the log itself, when nobody waits for it.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(mode)
}

impl OpenError {
    /// Says what a failure of SQLite means to whoever chose the path.
    pub(crate) fn sqlite(doing: &'static str, path: &Path, error: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase { path },
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Self::Unreachable { doing, path, source: io::Error::other(error) }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                Self::InUse { path, by: "another program that has locked it".to_owned() }
            }
            _ => Self::Sqlite { doing, path, source: error.into() },
        }
    }
}
