//! The real binary as a child process: its environment, its log, its life and death.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use adapter_telegram::testkit::{BotApi, World};
use rusqlite::types::FromSql;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use super::server::{PASSWORD, Server};
use super::{Allow, Ledger, eventually};

/// How long anything may take that should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// How long the desk may take to stop when asked to.
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// How much of a log is shown when a test fails, in bytes.
const SHOWN_LOG: usize = 30_000;

/// A desk with a database of its own, serving a Telegram of its own.
pub(crate) struct Desk {
    pub(crate) api: BotApi,
    /// Where everything is kept, if not in a file of its own.
    server: Option<Arc<Server>>,
    dir: TempDir,
    env: BTreeMap<String, String>,
    child: Option<Child>,
}

impl Desk {
    /// Prepares a desk without starting it.
    pub(crate) fn prepared() -> Self {
        let api = BotApi::start();
        let dir = tempfile::tempdir().expect("there is room for temporary files");
        let database = dir.path().join("desk.db");
        let env = [
            ("TELEGRAM_BOT_TOKEN", api.token()),
            ("TELEGRAM_API_URL", api.url()),
            ("DATABASE_URL", format!("sqlite:{}", database.display())),
            ("LOG_LEVEL", "debug".to_owned()),
            // Few people of the tests report much.
            ("REPORTS_PER_HOUR", "off".to_owned()),
        ];
        let env = env.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        Self { api, server: None, dir, env, child: None }
    }

    /// Prepares a desk that keeps everything on a server.
    pub(crate) async fn on_a_server() -> Self {
        Self::prepared().keeping_in(Server::new(true).await)
    }

    /// Has everything kept in a database on a server.
    #[must_use]
    pub(crate) fn keeping_in(mut self, server: Server) -> Self {
        self.env.insert("DATABASE_URL".to_owned(), server.url.clone());
        self.server = Some(Arc::new(server));
        self
    }

    /// Prepares another replica of a desk on a server: the same settings, in a directory of its own.
    pub(crate) fn replica(&self) -> Self {
        let server = Some(Arc::clone(self.server.as_ref().expect("replicas share a server")));
        let dir = tempfile::tempdir().expect("there is room for temporary files");
        Self { api: self.api.clone(), server, dir, env: self.env.clone(), child: None }
    }

    /// Returns the server that everything is kept on.
    pub(crate) fn server(&self) -> &Server {
        self.server.as_deref().expect("everything is kept on a server")
    }

    /// Starts a desk as it comes.
    pub(crate) fn started() -> Self {
        Self::prepared().start()
    }

    /// Sets a variable of its environment, which holds nothing else.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl ToString) -> Self {
        self.env.insert(key.to_owned(), value.to_string());
        self
    }

    /// Takes a variable out of its environment.
    #[must_use]
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.env.remove(key);
        self
    }

    #[must_use]
    pub(crate) fn start(mut self) -> Self {
        self.run_again();
        self
    }

    /// Starts the process, the first time or again.
    pub(crate) fn run_again(&mut self) {
        assert!(self.child.is_none(), "the desk is running");
        let log = File::options().append(true).create(true).open(self.log_path()).expect("the log opens");
        let mut command = self.command(&[]);
        command.stdout(Stdio::null()).stderr(log).kill_on_drop(true);
        self.child = Some(command.spawn().expect("the desk starts"));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).env_clear().envs(&self.env).current_dir(self.dir.path()).stdin(Stdio::null());
        command
    }

    /// Runs another command of the binary in the same environment and waits for its end.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let output = self.command(arguments).output();
        tokio::time::timeout(PATIENCE, output)
            .await
            .unwrap_or_else(|_| panic!("{arguments:?} does not end"))
            .expect("the binary starts")
    }

    /// Starts another command of the binary in the same environment; it ends with its handle at the latest.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command.spawn().expect("the binary starts")
    }

    /// Runs another command of the binary with somebody typing, and waits for its end.
    pub(crate) async fn run_typing(&self, arguments: &[&str], lines: &str) -> Output {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the binary starts");
        let mut keyboard = child.stdin.take().expect("the input is a pipe");
        keyboard.write_all(lines.as_bytes()).await.expect("the binary reads");
        drop(keyboard);
        let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await;
        output.unwrap_or_else(|_| panic!("{arguments:?} does not end")).expect("a child can be waited for")
    }

    /// Returns everything in the database as the binary tells it.
    pub(crate) async fn export(&self) -> String {
        let output = self.run(&["export"]).await;
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "the export failed: {complaint}");
        String::from_utf8(output.stdout).expect("an export is text")
    }

    /// Kills the process as a power failure would.
    pub(crate) async fn kill(&mut self) {
        let mut child = self.child.take().expect("the desk is running");
        child.kill().await.expect("a child can be killed");
    }

    /// Kills the process and starts it again.
    pub(crate) async fn crash(&mut self) {
        self.kill().await;
        self.run_again();
    }

    /// Starts the process again if it has ended by itself, or while nobody waited for the end of a crash, as whoever
    /// watches over processes does.
    pub(crate) fn watch_over(&mut self) {
        let runs = |child: &mut Child| child.try_wait().expect("a child can be waited for").is_none();
        if !self.child.as_mut().is_some_and(runs) {
            self.child = None;
            self.run_again();
        }
    }

    /// Asks the process to stop, and expects that it does so in time and content.
    pub(crate) async fn stop(&mut self) {
        let pid = self.pid();
        let asked = std::process::Command::new("/bin/sh").args(["-c", &format!("kill -TERM {pid}")]).status();
        assert!(asked.expect("a shell starts").success(), "the desk had ended before");
        let status = self.ended_within(STOP_LIMIT).await;
        assert_eq!(status.code(), Some(0), "the desk did not stop well: {status}");
    }

    /// Waits for the end of a process that ends by itself.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        self.ended_within(PATIENCE).await
    }

    async fn ended_within(&mut self, limit: Duration) -> ExitStatus {
        let mut child = self.child.take().expect("the desk was started");
        match tokio::time::timeout(limit, child.wait()).await {
            Ok(status) => status.expect("a child can be waited for"),
            Err(_) => panic!("the desk does not end within {limit:?}"),
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.as_ref().and_then(Child::id).expect("the desk is running")
    }

    /// Returns a path in the directory in which the desk runs.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("desk.db")
    }

    fn log_path(&self) -> PathBuf {
        self.path("desk.log")
    }

    /// Returns everything the desk has logged, over all its lives.
    pub(crate) fn log(&self) -> String {
        read(&self.log_path())
    }

    /// Waits until the desk has logged some words.
    pub(crate) async fn logged(&self, words: &str) {
        eventually(&format!("{words:?} in the log"), || self.log().contains(words).then_some(())).await;
    }

    /// Asks the database for a number.
    pub(crate) fn query(&self, sql: &str) -> i64 {
        match &self.server {
            None => self.value(sql),
            Some(server) => server.rows(sql)[0].parse().unwrap_or_else(|error| panic!("{sql}: {error}")),
        }
    }

    /// Asks the file for a text; nothing is an empty one.
    pub(crate) fn query_text(&self, sql: &str) -> String {
        self.value::<Option<String>>(sql).unwrap_or_default()
    }

    /// Lists the messages that the desk knows to have sent, as (chat, message).
    pub(crate) fn sent(&self) -> BTreeSet<(i64, i64)> {
        let rows = match &self.server {
            None => {
                let sql = "SELECT group_concat(substr(chat, 10) || ' ' || message, ';') FROM messages";
                self.query_text(sql).split(';').map(str::to_owned).collect()
            }
            Some(server) => server.rows("SELECT substr(chat, 10), message FROM messages"),
        };
        let pair = |row: &String| {
            let (chat, message) = row.split_once(' ').expect("two columns");
            (chat.parse().expect("a chat's number"), message.parse().expect("a message's number"))
        };
        rows.iter().filter(|row| !row.is_empty()).map(pair).collect()
    }

    fn value<T: FromSql>(&self, sql: &str) -> T {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(self.database(), flags).expect("the database opens");
        database.busy_timeout(PATIENCE).expect("a time limit can be set");
        database.query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// Counts what the world is still owed.
    pub(crate) fn owed(&self) -> i64 {
        self.query("SELECT count(*) FROM effects WHERE state = 'owed'")
    }

    /// Waits until every update is confirmed and nothing is owed any more.
    pub(crate) async fn quiet(&self) {
        self.quiet_except(0).await;
    }

    async fn quiet_except(&self, unconfirmed: usize) {
        self.confirmed_except(unconfirmed).await;
        eventually("nothing to be owed", || (self.owed() == 0).then_some(())).await;
    }

    /// Waits until every update is confirmed but those that Telegram keeps back.
    async fn confirmed_except(&self, unconfirmed: usize) {
        let so = |world: &World| (world.unconfirmed() <= unconfirmed).then_some(());
        self.api.wait_until(so, "all updates to be confirmed").await;
    }

    /// Waits until the process works: it asks for updates.
    pub(crate) async fn polling(&self) {
        self.api
            .wait_until(|world| (world.calls().last()?.outcome == "waiting").then_some(()), "a waiting poll")
            .await;
    }

    /// Ends a test: the desk comes to rest, stops, and everything it leaves behind is in order.
    pub(crate) async fn close(self) -> Ledger {
        self.close_allowing(Allow::default()).await
    }

    /// Ends a test that leaves something behind which a calm story would not.
    pub(crate) async fn close_allowing(mut self, allow: Allow) -> Ledger {
        self.quiet_except(allow.unconfirmed).await;
        self.stop().await;
        self.assert_no_secret();
        let ledger = Ledger::of(&self).await;
        ledger.audit(&self, allow);
        ledger
    }

    /// Looks for the credentials in everything that was logged.
    pub(crate) fn assert_no_secret(&self) {
        let log = self.log();
        let secrets = [
            "TELEGRAM_BOT_TOKEN",
            "TELEGRAM_WEBHOOK_SECRET",
            "SLACK_BOT_TOKEN",
            "SLACK_APP_TOKEN",
            "SLACK_SIGNING_SECRET",
            "DISCORD_TOKEN",
        ];
        for key in secrets {
            if let Some(secret) = self.env.get(key) {
                let hidden = secret.split_once(':').map_or(secret.as_str(), |(_, hidden)| hidden);
                assert!(!log.contains(hidden), "{key} is in the log");
            }
        }
        assert!(!log.contains(PASSWORD), "the password of the database is in the log");
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let from = log.len().saturating_sub(SHOWN_LOG);
            let from = (from..=log.len()).find(|at| log.is_char_boundary(*at)).unwrap_or_default();
            eprintln!("---- the log of the desk ----\n{}", &log[from..]);
        }
    }
}

/// Returns the binary under test: the one built with the tests, or another one that the environment names.
fn binary() -> OsString {
    std::env::var_os("INCIDENT_DESK_UNDER_TEST").unwrap_or_else(|| env!("CARGO_BIN_EXE_incident-desk").into())
}

fn read(path: &Path) -> String {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

/// Finds a port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface has a free port");
    listener.local_addr().expect("a bound listener has an address").port()
}
