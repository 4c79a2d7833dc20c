//! Connections that only read. In WAL mode a reader neither waits for the writer nor is waited for, and what
//! the desk asks takes microseconds: less than handing it to another thread would. So reads run where they
//! are called, and the async functions around them never wait.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::Fault;

/// A few connections; each call takes one that is free.
pub(crate) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    /// Keeps at least one connection.
    pub(crate) fn new(first: Connection, others: impl IntoIterator<Item = Connection>) -> Self {
        let connections = std::iter::once(first).chain(others).map(Mutex::new).collect();
        Self { connections, next: AtomicUsize::new(0) }
    }

    /// Reads something. What it sees includes every command that was answered before.
    pub(crate) fn read<T>(&self, query: impl FnOnce(&Connection) -> Result<T, Fault>) -> Result<T, Fault> {
        query(&self.take())
    }

    fn take(&self) -> MutexGuard<'_, Connection> {
        let first = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        let (before, after) = self.connections.split_at(first);
        let free = after.iter().chain(before).find_map(|connection| connection.try_lock().ok());
        // A panic leaves nothing half done on a connection that only reads.
        free.unwrap_or_else(|| self.connections[first].lock().unwrap_or_else(PoisonError::into_inner))
    }
}
