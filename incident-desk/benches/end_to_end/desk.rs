//! The process under measurement, and a group of people for it.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use adapter_telegram::testkit::{BotApi, World};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// How long a process rests before it counts as idle.
const REST: Duration = Duration::from_secs(2);
/// How finely the system counts the time of processes.
const TICK: Duration = Duration::from_millis(10);
const PAGE: u64 = 4_096;

/// The real binary with a database file beside the build, so that commits reach a real disk.
pub(crate) struct Desk {
    api: BotApi,
    dir: TempDir,
    /// Where its database is, if not in a file of its own.
    server: Option<String>,
    child: Option<Child>,
}

impl Desk {
    pub(crate) fn new(api: &BotApi) -> Self {
        let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("there is room for a database");
        Self { api: api.clone(), dir, server: None, child: None }
    }

    /// A replica on a server that others may share.
    pub(crate) fn replica(api: &BotApi, server: &str) -> Self {
        Self { server: Some(server.to_owned()), ..Self::new(api) }
    }

    /// Starts the process and returns when that was.
    pub(crate) fn start(&mut self) -> Instant {
        let file = format!("sqlite:{}", self.dir.path().join("desk.db").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_incident-desk"));
        command
            .env_clear()
            .env("TELEGRAM_BOT_TOKEN", self.api.token())
            .env("TELEGRAM_API_URL", self.api.url())
            .env("DATABASE_URL", self.server.as_ref().unwrap_or(&file))
            .env("REPORTS_PER_HOUR", "off")
            .env("LOG_LEVEL", "warn")
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let begun = Instant::now();
        self.child = Some(command.spawn().expect("the binary starts"));
        begun
    }

    pub(crate) async fn kill(&mut self) {
        let mut child = self.child.take().expect("the desk is running");
        child.kill().await.expect("a child can be killed");
    }

    pub(crate) async fn rest(&self) {
        self.api.wait_confirmed().await;
        tokio::time::sleep(REST).await;
    }

    /// Returns the memory that the process occupies, in bytes.
    pub(crate) fn resident(&self) -> u64 {
        let pages = self.proc("statm").split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok());
        pages.expect("the system tells") * PAGE
    }

    /// Returns how long the process has been computing.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = self.proc("stat");
        let (_, fields) = stat.rsplit_once(") ").expect("the name is in parentheses");
        let ticks = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u32>().ok());
        TICK * ticks.sum::<u32>()
    }

    fn proc(&self, file: &str) -> String {
        let pid = self.child.as_ref().and_then(Child::id).expect("the desk is running");
        fs::read_to_string(format!("/proc/{pid}/{file}")).expect("Linux tells about its processes")
    }
}

/// A group that works.
pub(crate) struct Group {
    pub(crate) chat: i64,
    pub(crate) dispatcher: i64,
    driver: i64,
}

impl Group {
    /// Founds a group and gives its people their roles.
    pub(crate) async fn working(api: &BotApi, number: usize) -> Self {
        let person = |name: &str| api.user(name, Some(&format!("{name}{number}")));
        let [owner, dispatcher, driver] = ["owner", "dispatcher", "driver"].map(person);
        let chat = api.supergroup(&format!("Drivers {number}"), owner);
        api.add_bot(chat, owner);
        api.promote_bot(chat, owner);
        api.write(chat, owner, &format!("/configure_managers @owner{number}"));
        api.wait_said(chat, "Managers of this group").await;
        api.write(chat, owner, &format!("/add_dispatcher @dispatcher{number}"));
        api.wait_said(chat, "will be a dispatcher").await;
        Self { chat, dispatcher, driver }
    }

    /// Reports an incident and returns its pinned card.
    pub(crate) async fn report(&self, api: &BotApi, number: usize) -> i64 {
        let issue = format!("Issue: flat tyre {number}");
        api.write(self.chat, self.driver, &format!("/new_issue flat tyre {number}"));
        let pinned = |world: &World| {
            let mut pinned = world.pinned(self.chat).into_iter();
            pinned.find(|card| card.text.contains(&issue)).map(|card| card.id)
        };
        let card = api.wait_until(pinned, "a pinned card").await;
        api.wait_confirmed().await;
        card
    }
}
