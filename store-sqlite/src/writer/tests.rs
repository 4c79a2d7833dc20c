use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::*;

/// A writer of numbers, with a connection that looks at what is written.
struct Numbers {
    writer: Writer,
    reader: Connection,
    runtime: Runtime,
    directory: TempDir,
}

const FILE: &str = "numbers.db";

/// Returns a database of numbers whose log is empty.
fn database() -> (TempDir, Connection) {
    let directory = TempDir::new().unwrap();
    let connection = Connection::open(directory.path().join(FILE)).unwrap();
    let sql = "CREATE TABLE numbers (number INTEGER UNIQUE) STRICT; PRAGMA journal_mode = WAL;";
    connection.execute_batch(sql).unwrap();
    (directory, connection)
}

/// Returns the numbers that are in the file itself, whatever stands in its log.
fn copied(directory: &TempDir) -> Vec<i64> {
    let copy = directory.path().join("copy.db");
    std::fs::copy(directory.path().join(FILE), &copy).unwrap();
    numbers(&Connection::open(copy).unwrap())
}

fn numbers(connection: &Connection) -> Vec<i64> {
    let mut select = connection.prepare("SELECT number FROM numbers ORDER BY number").unwrap();
    select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

impl Numbers {
    fn new() -> Self {
        let (directory, connection) = database();
        let writer = Writer::start(connection).unwrap();
        let runtime = Builder::new_current_thread().build().unwrap();
        let reader = Connection::open(directory.path().join(FILE)).unwrap();
        Self { writer, reader, runtime, directory }
    }

    /// Keeps the writer from beginning, so that what is asked meanwhile comes into one transaction.
    fn together<T>(&self, work: impl Future<Output = T>) -> T {
        self.reader.execute_batch("BEGIN IMMEDIATE").unwrap();
        let release = async { self.reader.execute_batch("ROLLBACK").unwrap() };
        self.runtime.block_on(async { tokio::join!(work, release).0 })
    }

    fn written(&self) -> Vec<i64> {
        numbers(&self.reader)
    }
}

/// A writer that does one thing after the other, as it is told.
fn steps(log: u64) -> (TempDir, Sender<Message>, Loop) {
    let (directory, connection) = database();
    let (queue, commands) = mpsc::channel();
    (directory, queue, Loop { connection, commands, counts: Arc::default(), log })
}

type Reply<F> = oneshot::Receiver<(Result<i64, Fault>, F)>;

fn command<F: FnMut(&Connection) -> Result<i64, Fault> + Send + 'static>(
    work: F,
) -> (Box<dyn Command>, Reply<F>) {
    let (reply, answer) = oneshot::channel();
    (Box::new(Work { work, outcome: None, reply }), answer)
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
    let Numbers { writer, reader, runtime, directory: _directory } = Numbers::new();
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

#[test]
fn no_more_commands_share_a_transaction_than_its_bound() {
    let (_directory, queue, writer) = steps(0);
    for number in 0..200 {
        queue.send(Message { command: command(insert(number)).0, urgency: Urgency::Now }).unwrap();
    }
    let mut batch = Vec::new();
    writer.gather(&mut batch, true);
    assert_eq!(batch.len(), BATCH);
    batch.truncate(1);
    writer.gather(&mut batch, true);
    assert_eq!(batch.len(), 1 + 200 - BATCH);
}

#[test]
fn the_log_is_copied_once_it_is_long() {
    let (directory, _queue, mut writer) = steps(LOG - 19);
    writer.write(&mut vec![command(insert(1)).0, command(insert(2)).0]);
    assert_eq!((writer.log, copied(&directory)), (LOG - 9, vec![]));
    writer.write(&mut vec![command(|_| Ok(7)).0]);
    assert_eq!((writer.log, copied(&directory)), (LOG - 9, vec![]));
    writer.write(&mut vec![command(insert(3)).0]);
    assert_eq!((writer.log, copied(&directory)), (0, vec![1, 2, 3]));
}

#[test]
fn the_log_is_copied_when_nothing_happens() {
    let numbers = Numbers::new();
    numbers.runtime.block_on(numbers.writer.run(Urgency::Now, insert(1))).unwrap();
    let deadline = Instant::now() + Duration::from_secs(30);
    while copied(&numbers.directory) != [1] {
        assert!(Instant::now() < deadline, "the log is still where it was");
    }
}

#[test]
fn a_transaction_that_sqlite_itself_has_undone_is_done_again() {
    let (_directory, _queue, mut writer) = steps(0);
    let mut tries = 0;
    let (fails_once, mut answer) = command(move |db| {
        tries += 1;
        let sql = ["INSERT OR ROLLBACK INTO numbers VALUES (1)", "INSERT INTO numbers VALUES (2)"][tries - 1];
        Ok(db.execute(sql, []).map(|_| 2)?)
    });
    let (other, mut others) = command(insert(1));
    writer.write(&mut vec![other, fails_once]);
    assert_eq!(said(others.try_recv().unwrap().0), Ok(1));
    assert_eq!(said(answer.try_recv().unwrap().0), Ok(2));
    assert_eq!(numbers(&writer.connection), [1, 2]);
}
