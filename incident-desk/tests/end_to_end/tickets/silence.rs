//! Tickets about which nobody says anything: who reported is asked once whether it still matters, and it is closed in the
//! end, after as many days as each server has set. The desk of the binary runs in this process, by a clock of its own.

use std::ffi::OsString;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use adapter_discord::testkit::{DiscordApi, Message};
use incident_core::ports::Clock;
use incident_core::testkit::ManualClock;
use incident_core::time::Timestamp;
use incident_desk::assemble;
use incident_desk::config::{Config, Sources};
use rusqlite::{Connection, OpenFlags};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::{READS, Shop};
use crate::harness::eventually;

/// A day, in halves.
const DAY: u32 = 2;
/// Noon of the second of March 2026, in seconds.
const BEGINNING: i64 = 1_772_452_800;
/// What is asked of whoever reported.
const QUESTION: &str = "still needed";

/// A desk whose days pass when the test says so.
struct Office {
    clock: Arc<ManualClock>,
    dir: TempDir,
    environment: Vec<(OsString, OsString)>,
    running: Option<(oneshot::Sender<()>, JoinHandle<anyhow::Result<()>>)>,
}

impl Office {
    fn open(api: &DiscordApi) -> Self {
        let dir = tempfile::tempdir().expect("there is room for temporary files");
        let environment = [
            ("WORKFLOW", "discord_tickets".to_owned()),
            ("DISCORD_TOKEN", api.token()),
            ("DISCORD_API_URL", api.url()),
            ("DATABASE_URL", format!("sqlite:{}", dir.path().join("desk.db").display())),
        ];
        let environment = environment.map(|(key, value)| (OsString::from(key), OsString::from(value)));
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(BEGINNING)));
        let mut office = Self { clock, dir, environment: environment.to_vec(), running: None };
        office.start();
        office
    }

    fn start(&mut self) {
        let sources = Sources::read_in(self.dir.path(), self.environment.clone(), None);
        let mut config = Config::from_sources(&sources).expect("the configuration is sound");
        // The loops sleep by the clock on the wall, and must notice that the other one was moved.
        config.idle_poll = Duration::from_millis(5);
        let (stop, stopped) = oneshot::channel::<()>();
        let clock = Arc::<ManualClock>::clone(&self.clock);
        let served =
            tokio::spawn(async move { assemble::serve(&config, clock, async { drop(stopped.await) }).await });
        self.running = Some((stop, served));
    }

    async fn stop(&mut self) {
        let (stop, served) = self.running.take().expect("the desk runs");
        drop(stop);
        served.await.expect("it does not panic").expect("it ends well");
        // A process would be gone; what the last tasks of this one hold they let go soon.
        let free =
            || SqliteStore::open(&self.dir.path().join("desk.db"), Options::default()).is_ok().then_some(());
        eventually("the database to be free", free).await;
    }

    /// Asks the database for a number.
    fn number(&self, sql: &str) -> Option<i64> {
        let read = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(self.dir.path().join("desk.db"), read).ok()?;
        database.query_row(sql, [], |row| row.get(0)).ok()
    }

    /// Lets half days pass, and everything be done that is due then.
    async fn pass(&self, halves: u32) {
        for _ in 0..halves {
            self.clock.advance(Duration::from_secs(12 * 60 * 60));
            self.rest().await;
        }
    }

    /// Waits until nothing is due and nothing owed.
    async fn rest(&self) {
        let now = self.clock.now().as_micros();
        let due = format!("SELECT count(*) FROM incidents WHERE wake_at <= {now}");
        let owed = "SELECT count(*) FROM effects WHERE state = 'owed'";
        let calm = || (self.number(&due)? == 0 && self.number(owed)? == 0).then_some(());
        eventually("nothing to be due or owed", calm).await;
    }

    /// Does something that is told in a journal, and waits until it is.
    async fn told(&self, act: impl FnOnce() -> u64) {
        let events = || self.number("SELECT count(*) FROM events").unwrap_or_default();
        let before = events();
        act();
        eventually("something to be told", || (events() > before).then_some(())).await;
        self.rest().await;
    }

    async fn verified(&self) -> bool {
        let mut program = Command::new(env!("CARGO_BIN_EXE_incident-desk"));
        let environment = self.environment.iter().cloned();
        program.arg("verify").env_clear().envs(environment).current_dir(self.dir.path());
        program.stdin(Stdio::null()).output().await.expect("the binary starts").status.success()
    }
}

impl Shop {
    /// Lists what asks in a room whether it is still needed.
    fn questions(&self, room: u64) -> Vec<Message> {
        let asks = |message: &Message| self.api.shown(message).text.contains(QUESTION);
        self.api.messages(room).into_iter().filter(asks).collect()
    }

    fn asked(&self, room: u64) -> usize {
        self.questions(room).len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_ticket_is_asked_about_once_and_closed_by_the_days_of_its_server() {
    let api = DiscordApi::start();
    let (brisk, patient) = (Shop::on(api.clone()), Shop::on(api.clone()));
    let mut office = Office::open(&api);
    brisk.settle_in().await;
    patient.settle_in().await;
    brisk.set("idle_warning_days 2").await;
    brisk.set("auto_close_days 4").await;
    let quick = brisk.ticket("my account is locked").await;
    let slow = patient.ticket("my parcel is lost").await;
    office.rest().await;

    office.pass(DAY).await;
    office.told(|| api.write(quick, brisk.ann, "we are looking at it")).await;
    office.pass(DAY + 1).await;
    assert_eq!(brisk.asked(quick), 0, "somebody spoke a day and a half ago");
    office.pass(1).await;
    let questions = brisk.questions(quick);
    assert_eq!(questions.len(), 1);
    assert!(questions[0].told.contains(&brisk.dan), "who reported is asked");
    office.stop().await;
    office.start();
    brisk.connected(2).await;
    office.pass(DAY).await;
    assert_eq!(brisk.asked(quick), 1, "nobody is asked every day, nor by every process");

    office.told(|| api.press(quick, brisk.dan, "Keep open")).await;
    office.pass(DAY + 1).await;
    assert_eq!((brisk.asked(quick), patient.asked(slow)), (1, 1), "five days have passed for who is patient");
    office.pass(1).await;
    assert_eq!(brisk.asked(quick), 2, "it is silent again");
    office.pass(2 * DAY).await;
    brisk.seen(brisk.dan, quick, READS).await;
    brisk.says(quick, "CLOSED").await;
    assert_eq!(office.number("SELECT count(*) FROM incidents WHERE state = 'closed'"), Some(1));

    office.pass(5 * DAY + 1).await;
    assert_eq!(office.number("SELECT count(*) FROM incidents WHERE state = 'closed'"), Some(1));
    office.pass(1).await;
    patient.seen(patient.dan, slow, READS).await;
    patient.says(slow, "CLOSED").await;
    assert_eq!(patient.asked(slow), 1);
    office.stop().await;
    assert!(office.verified().await, "what is left is sound");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_asked_whether_a_ticket_is_still_needed_can_close_it() {
    let shop = Shop::new();
    let mut office = Office::open(&shop.api);
    shop.settle_in().await;
    let room = shop.ticket("my account is locked").await;
    office.rest().await;
    office.pass(5 * DAY).await;
    let question = shop.questions(room).pop().expect("it is asked");
    let close =
        shop.api.shown(&question).rows.concat().into_iter().find(|button| button.label.contains("Close"));
    let close = close.expect("it can be closed");
    office.told(|| shop.api.press_code(question.id, shop.dan, &close.code)).await;
    shop.seen(shop.dan, room, READS).await;
    shop.says(room, "CLOSED").await;
    office.stop().await;
    assert!(office.verified().await, "what is left is sound");
}
