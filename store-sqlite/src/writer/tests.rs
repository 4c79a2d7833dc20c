use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::*;

/// A writer of numbers, with a connection that looks at what is written.
struct Numbers {
    writer: Writer,
    reader: Connection,
    runtime: Runtime,
    _directory: TempDir,
}

impl Numbers {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("numbers.db");
        let connection = Connection::open(&path).unwrap();
        let sql = "PRAGMA journal_mode = WAL; CREATE TABLE numbers (number INTEGER UNIQUE) STRICT;";
        connection.execute_batch(sql).unwrap();
        let writer = Writer::start(connection).unwrap();
        let runtime = Builder::new_current_thread().build().unwrap();
        Self { writer, reader: Connection::open(&path).unwrap(), runtime, _directory: directory }
    }

    /// Keeps the writer from beginning, so that what is asked meanwhile comes into one transaction.
    fn together<T>(&self, work: impl Future<Output = T>) -> T {
        self.reader.execute_batch("BEGIN IMMEDIATE").unwrap();
        let release = async { self.reader.execute_batch("ROLLBACK").unwrap() };
        self.runtime.block_on(async { tokio::join!(work, release).0 })
    }

    fn written(&self) -> Vec<i64> {
        let mut select = self.reader.prepare("SELECT number FROM numbers ORDER BY number").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
}

fn insert(number: i64) -> impl FnMut(&Connection) -> Result<i64, Fault> + Send {
    move |db| {
        db.execute("INSERT INTO numbers VALUES (?1)", [number])?;
        Ok(number)
    }
}

fn said<T>(result: Result<T, Fault>) -> Result<T, String> {
    result.map_err(|fault| fault.to_string())
}

#[test]
fn commands_that_wait_share_a_transaction() {
    let numbers = Numbers::new();
    let (now, soon) = (Urgency::Now, Urgency::Soon);
    let answers = numbers.together(async {
        let writer = &numbers.writer;
        tokio::join!(writer.run(now, insert(1)), writer.run(soon, insert(2)), writer.run(now, insert(3)))
    });
    assert_eq!((answers.0.unwrap(), answers.1.unwrap(), answers.2.unwrap()), (1, 2, 3));
    assert_eq!(numbers.written(), [1, 2, 3]);
    let Written { transactions, commands } = numbers.writer.written();
    assert!(transactions <= 2 && commands == 3, "{transactions} transactions, {commands} commands");
}

#[test]
fn what_fails_is_undone_alone() {
    let numbers = Numbers::new();
    let half_done = |db: &Connection| {
        db.execute("INSERT INTO numbers VALUES (7)", [])?;
        Err::<(), _>(Fault::Refused("seven is too much"))
    };
    let (first, failed, last) = numbers.together(async {
        let writer = &numbers.writer;
        let now = Urgency::Now;
        tokio::join!(writer.run(now, insert(1)), writer.run(now, half_done), writer.run(now, insert(2)))
    });
    assert_eq!((first.unwrap(), said(failed), last.unwrap()), (1, Err("seven is too much".to_owned()), 2));
    assert_eq!(numbers.written(), [1, 2]);
}

#[test]
fn what_fails_alone_is_undone() {
    let numbers = Numbers::new();
    let twice = |db: &Connection| {
        db.execute("INSERT INTO numbers VALUES (7)", [])?;
        Ok(db.execute("INSERT INTO numbers VALUES (7)", [])?)
    };
    let failed = numbers.runtime.block_on(numbers.writer.run(Urgency::Now, twice));
    assert_eq!(said(failed), Err("SQLite: UNIQUE constraint failed: numbers.number".to_owned()));
    assert_eq!(numbers.written(), [0_i64; 0]);
    assert_eq!(numbers.writer.written(), Written::default());
}

#[test]
fn a_panic_fails_one_command_and_the_writer_goes_on() {
    let numbers = Numbers::new();
    let panics = |db: &Connection| -> Result<(), Fault> {
        db.execute("INSERT INTO numbers VALUES (7)", [])?;
        panic!("a bug")
    };
    let (failed, other) = numbers.together(async {
        let writer = &numbers.writer;
        tokio::join!(writer.run(Urgency::Now, panics), writer.run(Urgency::Now, insert(1)))
    });
    let error = failed.unwrap_err().during("count");
    assert!(error.temporary, "{error}");
    assert_eq!(other.unwrap(), 1);
    assert_eq!(numbers.runtime.block_on(numbers.writer.run(Urgency::Now, insert(2))).unwrap(), 2);
    assert_eq!(numbers.written(), [1, 2]);
}

#[test]
fn what_may_wait_is_written_all_the_same() {
    let numbers = Numbers::new();
    assert_eq!(numbers.runtime.block_on(numbers.writer.run(Urgency::Soon, insert(1))).unwrap(), 1);
    assert_eq!(numbers.written(), [1]);
}

#[test]
fn what_is_queued_is_written_before_the_end() {
    let Numbers { writer, reader, runtime, _directory } = Numbers::new();
    reader.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut asked = Box::pin(writer.run(Urgency::Soon, insert(1)));
    let poll = std::future::poll_fn(|context| std::task::Poll::Ready(asked.as_mut().poll(context)));
    assert!(runtime.block_on(poll).is_pending());
    drop(asked);
    reader.execute_batch("ROLLBACK").unwrap();
    drop(writer);
    assert_eq!(reader.query_row("SELECT number FROM numbers", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
}

#[test]
fn a_full_disk_is_a_temporary_failure_and_answers_are_true() {
    let numbers = Numbers::new();
    let large = |db: &Connection| {
        db.execute_batch("CREATE TABLE large (bytes BLOB)")?;
        Ok(db.execute("INSERT INTO large VALUES (zeroblob(1000000))", [])?)
    };
    let limit = |db: &Connection| Ok(db.pragma_update_and_check(None, "max_page_count", 20, |_| Ok(()))?);
    numbers.runtime.block_on(numbers.writer.run(Urgency::Now, limit)).unwrap();
    let (one, full, two) = numbers.together(async {
        let writer = &numbers.writer;
        let now = Urgency::Now;
        tokio::join!(writer.run(now, insert(1)), writer.run(now, large), writer.run(now, insert(2)))
    });
    let error = full.unwrap_err().during("grow");
    assert_eq!(
        (error.to_string().as_str(), error.temporary),
        ("failed to grow: SQLite: database or disk is full", true)
    );
    let answered: Vec<i64> = [one, two].into_iter().flatten().collect();
    assert_eq!(numbers.written(), answered);
    assert_eq!(numbers.runtime.block_on(numbers.writer.run(Urgency::Now, insert(3))).unwrap(), 3);
}
