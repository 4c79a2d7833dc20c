//! The one writer: a thread with the only connection that writes. It takes everything that waits, writes it in
//! one transaction, and answers each caller after the commit. A commit costs a wait for the disk; sharing it
//! is what makes durability cheap under load.
//!
//! A thread of its own, because waiting for a disk would stall the tasks of an async runtime. SQLite allows
//! one writer at a time in any case, so a second one could only wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::error::Fault;

/// The most commands that share a transaction: bounds how long the first of them waits for the last.
const BATCH: usize = 128;
/// How long a command that nobody waits for eagerly may wait for a transaction to join.
const PATIENCE: Duration = Duration::from_millis(2);
/// How long to look for more work before sleeping: waking a sleeping thread takes about as long.
const SPIN: Duration = Duration::from_micros(120);
/// How long nothing must happen before the log is copied into the database.
const IDLE: Duration = Duration::from_millis(50);
/// About how many pages the log may have before it is copied although there is no rest: 8 MiB. A longer log
/// would leave the processor's cache between one round and the next.
const LOG: u64 = 2_048;
/// About how many pages a transaction adds to the log, beside one for each of its commands.
const TRANSACTION: u64 = 8;

/// How soon a command must be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// Somebody waits for it.
    Now,
    /// It may wait a moment, so that it shares the transaction of something urgent.
    Soon,
}

/// What the writer has done since it was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// How many transactions it committed.
    pub transactions: u64,
    /// How many commands it wrote in them.
    pub commands: u64,
}

#[derive(Debug, Default)]
struct Counts {
    transactions: AtomicU64,
    commands: AtomicU64,
}

/// A command on its way through a transaction. It may be run again if another one spoils the transaction.
trait Command: Send {
    /// Runs it; `false` if it failed and what it wrote must be undone.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Answers with what it found, or with why the transaction failed.
    fn answer(self: Box<Self>, failure: Option<&str>);
}

struct Work<T, F> {
    work: F,
    outcome: Option<Result<T, Fault>>,
    /// The answer takes the work along: memory is freed most cheaply by the thread that asked for it.
    reply: oneshot::Sender<(Result<T, Fault>, F)>,
}

impl<T: Send, F: FnMut(&Connection) -> Result<T, Fault> + Send> Command for Work<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        let work = AssertUnwindSafe(|| (self.work)(connection));
        let outcome =
            catch_unwind(work).unwrap_or_else(|_| Err(Fault::NotWritten("a command panicked".to_owned())));
        let succeeded = outcome.is_ok();
        self.outcome = Some(outcome);
        succeeded
    }

    fn answer(self: Box<Self>, failure: Option<&str>) {
        let answer = match (self.outcome, failure) {
            (Some(Err(fault)), _) => Err(fault),
            (Some(Ok(outcome)), None) => Ok(outcome),
            (Some(Ok(_)) | None, Some(why)) => Err(Fault::NotWritten(why.to_owned())),
            (None, None) => Err(Fault::Stopped),
        };
        if self.reply.send((answer, self.work)).is_err() {
            tracing::trace!("a caller did not wait for its answer");
        }
    }
}

struct Message {
    command: Box<dyn Command>,
    urgency: Urgency,
}

/// The way to the writer thread. Dropping it writes what is queued and ends the thread.
pub(crate) struct Writer {
    queue: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
    counts: Arc<Counts>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue, commands) = mpsc::channel();
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || Loop { connection, commands, counts: shared, log: 0 }.run())?;
        Ok(Self { queue: Some(queue), thread: Some(thread), counts })
    }

    /// Runs a command in a transaction, alone or with others, and returns what it found once that is durable.
    ///
    /// A command that returns an error leaves no trace. It must be able to run twice.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        urgency: Urgency,
        work: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (reply, answer) = oneshot::channel();
        let command = Box::new(Work { work, outcome: None, reply });
        let queue = self.queue.as_ref().ok_or(Fault::Stopped)?;
        queue.send(Message { command, urgency }).map_err(|_| Fault::Stopped)?;
        answer.await.map_or(Err(Fault::Stopped), |(answer, _)| answer)
    }

    pub(crate) fn written(&self) -> Written {
        Written {
            transactions: self.counts.transactions.load(Ordering::Relaxed),
            commands: self.counts.commands.load(Ordering::Relaxed),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer of the store had panicked");
        }
    }
}

struct Loop {
    connection: Connection,
    commands: Receiver<Message>,
    counts: Arc<Counts>,
    /// About how many pages were written since the log was last copied into the database.
    log: u64,
}

/// How commands are kept apart within a transaction.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Isolation {
    /// Not at all: if one fails, all are undone.
    None,
    /// By savepoints: if one fails, only that one is undone.
    Savepoints,
}

impl Loop {
    fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(first) = self.next() {
            let hurried = first.urgency == Urgency::Now;
            batch.push(first.command);
            self.gather(&mut batch, hurried);
            self.write(&mut batch);
        }
        self.checkpoint();
    }

    /// Waits for a command; `None` once nobody can send one any more.
    fn next(&mut self) -> Option<Message> {
        let asleep_at = Instant::now() + SPIN;
        loop {
            match self.commands.try_recv() {
                Ok(message) => return Some(message),
                Err(TryRecvError::Disconnected) => return None,
                Err(TryRecvError::Empty) if Instant::now() < asleep_at => std::hint::spin_loop(),
                Err(TryRecvError::Empty) => break,
            }
        }
        if self.log > 0 {
            match self.commands.recv_timeout(IDLE) {
                Ok(message) => return Some(message),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => self.checkpoint(),
            }
        }
        self.commands.recv().ok()
    }

    /// Takes what waits; if none of it is urgent, waits a moment for something that is.
    fn gather(&self, batch: &mut Vec<Box<dyn Command>>, mut hurried: bool) {
        let latest = Instant::now() + PATIENCE;
        while batch.len() < BATCH {
            let message = if hurried {
                self.commands.try_recv().ok()
            } else {
                self.commands.recv_timeout(latest.saturating_duration_since(Instant::now())).ok()
            };
            let Some(message) = message else {
                return;
            };
            hurried |= message.urgency == Urgency::Now;
            batch.push(message.command);
        }
    }

    /// Writes commands in one transaction and answers them; then copies the log if it has become long.
    ///
    /// Savepoints would cost every command something, and hardly any command fails: only if one does, the
    /// transaction is done again with them.
    fn write(&mut self, batch: &mut Vec<Box<dyn Command>>) {
        let before = self.connection.total_changes();
        let mut result = self.attempt(batch, Isolation::None);
        if matches!(result, Err(Spoiled::ByCommand)) && batch.len() > 1 {
            result = self.attempt(batch, Isolation::Savepoints);
        }
        let failure = match result {
            Ok(()) => None,
            Err(Spoiled::ByCommand) => Some("another command of the transaction failed".to_owned()),
            Err(Spoiled::ByStore(error)) => Some(error.to_string()),
        };
        if failure.is_none() && self.connection.total_changes() != before {
            let commands = batch.len() as u64;
            self.log += TRANSACTION + commands;
            self.counts.transactions.fetch_add(1, Ordering::Relaxed);
            self.counts.commands.fetch_add(commands, Ordering::Relaxed);
        }
        for command in batch.drain(..) {
            command.answer(failure.as_deref());
        }
        if self.log >= LOG {
            self.checkpoint();
        }
    }

    fn attempt(&self, batch: &mut [Box<dyn Command>], isolation: Isolation) -> Result<(), Spoiled> {
        self.execute("BEGIN IMMEDIATE")?;
        let result = self.run_all(batch, isolation).and_then(|()| self.execute("COMMIT"));
        if result.is_err() && !self.connection.is_autocommit() {
            self.execute("ROLLBACK")?;
        }
        result
    }

    fn run_all(&self, batch: &mut [Box<dyn Command>], isolation: Isolation) -> Result<(), Spoiled> {
        for command in batch {
            match isolation {
                Isolation::None if command.run(&self.connection) => {}
                Isolation::None => return Err(Spoiled::ByCommand),
                Isolation::Savepoints => self.run_apart(&mut **command)?,
            }
        }
        Ok(())
    }

    fn run_apart(&self, command: &mut dyn Command) -> Result<(), Spoiled> {
        self.execute("SAVEPOINT command")?;
        if !command.run(&self.connection) {
            self.execute("ROLLBACK TO command")?;
        }
        self.execute("RELEASE command")
    }

    fn execute(&self, sql: &str) -> Result<(), Spoiled> {
        let executed = self.connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
        executed.map(drop).map_err(Spoiled::ByStore)
    }

    /// Copies the log into the database, as far as readers allow, so that it can begin anew.
    fn checkpoint(&mut self) {
        self.log = 0;
        let copied = self.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        if let Err(error) = copied {
            tracing::warn!(%error, "the write-ahead log could not be copied into the database");
        }
    }
}

/// What spoiled a transaction.
enum Spoiled {
    ByCommand,
    ByStore(rusqlite::Error),
}

#[cfg(test)]
mod tests;
