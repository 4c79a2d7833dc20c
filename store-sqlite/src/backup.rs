//! Copies of a database in use: a consistent state of one instant, made beside a running desk.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use crate::error::{BackupError, OpenError};

/// How far a copy has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many pages were copied.
    pub copied: u32,
    /// How many pages there are.
    pub total: u32,
}

/// How many pages are copied between two reports of progress: 4 MiB.
const STEP: i32 = 1_024;

/// Copies a database to a file that must not exist.
pub(crate) fn copy(
    from: &Connection,
    to: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<(), BackupError> {
    File::create_new(to).map_err(|source| {
        let path = to.to_owned();
        if source.kind() == ErrorKind::AlreadyExists {
            BackupError::Exists { path }
        } else {
            BackupError::Unreachable { path, source }
        }
    })?;
    copy_into(from, to, &mut progress).map_err(|error| {
        let source = match fs::remove_file(to) {
            Ok(()) => error.into(),
            Err(left) => format!("{error}; the incomplete copy could not be removed: {left}").into(),
        };
        BackupError::Sqlite { path: to.to_owned(), source }
    })
}

/// A transaction around the whole copy keeps the writer's commits out of it; otherwise each would make it
/// begin anew.
fn copy_into(from: &Connection, to: &Path, progress: &mut dyn FnMut(Progress)) -> rusqlite::Result<()> {
    let transaction = from.unchecked_transaction()?;
    transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let mut target = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let backup = Backup::new(from, &mut target)?;
    loop {
        let step = backup.step(STEP)?;
        let state = backup.progress();
        let pages = |count: i32| u32::try_from(count).unwrap_or(0);
        let (total, remaining) = (pages(state.pagecount), pages(state.remaining));
        progress(Progress { copied: total.saturating_sub(remaining), total });
        if step == StepResult::Done {
            break;
        }
    }
    drop(backup);
    // One file, complete by itself: the log belongs to a database in use.
    target.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))?;
    transaction.finish()
}

/// Copies a database beside itself before it is migrated; returns where to.
pub(crate) fn before(connection: &Connection, path: &Path, version: u32) -> Result<PathBuf, OpenError> {
    for attempt in 0_u32.. {
        let to = match attempt {
            0 => beside(path, &format!(".before-v{version}.bak")),
            _ => beside(path, &format!(".before-v{version}.{attempt}.bak")),
        };
        match copy(connection, &to, |_| {}) {
            Err(BackupError::Exists { .. }) => {}
            result => return Ok(result.map(|()| to)?),
        }
    }
    unreachable!("there are more names than files")
}

/// Returns a path with something appended to its file name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
