//! One desk to a file: two would deliver everything twice, and each would end the other's leases.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::backup::beside;
use crate::error::OpenError;

/// Holds `<database>.lock` until it is dropped. The system lets go of it when a process dies.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of a database, or says who has it.
    pub(crate) fn take(database: &Path) -> Result<Self, OpenError> {
        let path = beside(database, ".lock");
        let failed = |doing| {
            let path = path.clone();
            move |source| OpenError::Unreachable { doing, path, source }
        };
        let options = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = options.map_err(failed("open"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut by = String::new();
                file.read_to_string(&mut by).map_err(failed("read"))?;
                let by = if by.is_empty() { "another process".to_owned() } else { by };
                return Err(OpenError::InUse { path: database.to_owned(), by });
            }
            Err(TryLockError::Error(source)) => return Err(failed("lock")(source)),
        }
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            write!(file, "{}", who())
        };
        write(&mut file).map_err(failed("write"))?;
        Ok(Self { _file: file })
    }
}

/// Names this process.
fn who() -> String {
    let program = std::env::current_exe().ok();
    let name = program.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    format!("{} (process {})", name.unwrap_or_else(|| "a program".to_owned()), std::process::id())
}
