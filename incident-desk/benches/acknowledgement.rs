//! How long Slack and Discord wait to hear that a command arrived, two hundred at once, while every answer of the database
//! takes a tenth of a second longer, and the same while it takes no longer than it does; and what the process occupies
//! while it is connected to both and nobody asks anything; and how long it takes until two linked channels, one of each, show
//! what was pressed in one of them. `cargo bench -p incident-desk --bench acknowledgement`
//! prints a table.
#![expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]

#[path = "acknowledgement/guild.rs"]
mod guild;
#[path = "acknowledgement/pair.rs"]
mod pair;
#[path = "acknowledgement/process.rs"]
mod process;
#[path = "acknowledgement/slowed.rs"]
mod slowed;
#[path = "acknowledgement/workspace.rs"]
mod workspace;

use std::time::Duration;

use store_postgres::testkit::Database;

use guild::Guild;
use pair::{Button, Pair, Side};
use process::{Desk, Way};
use slowed::Slowed;
use workspace::Workspace;

/// How much longer the database takes for every answer, in milliseconds.
const SLOWER: u64 = 100;

/// How much is measured; a mere test run measures next to nothing.
#[derive(Clone, Copy)]
struct Extent {
    channels: usize,
    /// How many people type at once in each channel.
    people: usize,
    /// How many incidents are open in two linked channels, no more than one may report in a minute; and how often each is
    /// claimed and released in each.
    linked: (usize, usize),
    /// How often while the database is slow. Nobody reports more than five times a minute.
    rounds: usize,
}

const WHOLE: Extent = Extent { channels: 20, people: 10, linked: (5, 10), rounds: 4 };
const GLIMPSE: Extent = Extent { channels: 2, people: 2, linked: (2, 1), rounds: 1 };

#[tokio::main]
async fn main() {
    let extent = if std::env::args().any(|argument| argument == "--bench") { WHOLE } else { GLIMPSE };
    println!("{:<84} {:>10}   goal", "acknowledgement", "measured");
    on_a_server(extent).await;
    in_a_file(extent).await;
    in_both("PostgreSQL", Database::durable().await.url(), extent.linked).await;
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("there is room for a database");
    let file = format!("sqlite:{}", directory.path().join("desk.db").display());
    in_both("SQLite", &file, extent.linked).await;
}

/// On PostgreSQL, where every question arrives later.
async fn on_a_server(extent: Extent) {
    let database = Database::durable().await;
    let Some(slowed) = Slowed::before(database.url()) else {
        println!("PostgreSQL: not measured, the server of TEST_DATABASE_URL has no socket in a directory");
        return;
    };
    let people = Everybody::new(extent);
    let mut desk = people.desk("PostgreSQL", (slowed.url(), Way::Plain)).await;
    people.settle_in().await;
    people.type_at_once("PostgreSQL", 1).await;
    people.finish().await;
    desk.rest().await;
    slowed.slow(SLOWER);
    people.type_at_once(&format!("PostgreSQL, {SLOWER} ms slower"), extent.rounds).await;
    slowed.slow(0);
    people.finish().await;
    row("PostgreSQL: resident memory after that, idle again, MiB", desk.resident_at_rest().await, "");
    desk.kill().await;
}

/// In a file, where everything that is made durable takes longer.
async fn in_a_file(extent: Extent) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("there is room for a database");
    let file = format!("sqlite:{}", directory.path().join("desk.db").display());
    let people = Everybody::new(extent);
    let mut desk = people.desk("SQLite", (&file, Way::Plain)).await;
    people.settle_in().await;
    people.type_at_once("SQLite", 1).await;
    people.finish().await;
    row("SQLite: resident memory after that, idle again, MiB", desk.resident_at_rest().await, "");
    desk.kill().await;
    if !process::can_slow_disks() {
        println!("SQLite, {SLOWER} ms slower: not measured, there is no strace");
        return;
    }
    let mut desk = people.connected((&file, Way::OnASlowDisk(SLOWER))).await;
    desk.rest().await;
    people.type_at_once(&format!("SQLite, {SLOWER} ms slower"), extent.rounds).await;
    desk.kill().await;
}

/// In two linked channels.
async fn in_both(name: &str, database: &str, (incidents, rounds): (usize, usize)) {
    let pair = Pair::new();
    let mut desk = Desk::start((database, Way::Plain), pair.slack(), pair.discord());
    pair.settle_in(incidents).await;
    let (mut alone, mut at_once) = (Vec::new(), Vec::new());
    for side in [Side::Slack, Side::Discord].repeat(rounds) {
        for incident in 0..incidents {
            alone.extend(pair.press_at_once(side, incident..incident + 1, Button::Claim).await);
            alone.extend(pair.press_at_once(side, incident..incident + 1, Button::Release).await);
        }
        at_once.extend(pair.press_at_once(side, 0..incidents, Button::Claim).await);
        at_once.extend(pair.press_at_once(side, 0..incidents, Button::Release).await);
    }
    desk.kill().await;
    for (title, times) in
        [("one press at a time".to_owned(), alone), (format!("{incidents} cards pressed at once"), at_once)]
    {
        let title = format!("{name}: until both linked channels show it, {title}");
        row(&format!("{title}: median, ms"), millis(&times, 0.5), "");
        row(&format!("{title}: longest, ms"), millis(&times, 1.0), "< 1000");
    }
}

/// The people of a Slack and a Discord.
struct Everybody {
    slack: Workspace,
    discord: Guild,
}

impl Everybody {
    fn new(extent: Extent) -> Self {
        Self { slack: Workspace::new(extent), discord: Guild::new(extent) }
    }

    /// Starts a desk for them and tells what it occupies before anybody asks anything.
    async fn desk(&self, database: &str, on: (&str, Way)) -> Desk {
        let desk = self.connected(on).await;
        let idle = desk.resident_at_rest().await;
        row(&format!("{database}: resident memory, connected to both, idle, MiB"), idle, "< 60");
        let own = desk.own_memory();
        row(&format!("{database}: of which not pages of the program file, MiB"), own, "");
        desk
    }

    async fn connected(&self, on: (&str, Way)) -> Desk {
        // Whoever was connected before has gone.
        self.slack.server.wait_for("no socket", |server| (server.sockets() == 0).then_some(())).await;
        self.discord.api.wait_until(|world| (!world.is_connected()).then_some(()), "no connection").await;
        let desk = Desk::start(on, &self.slack.server, &self.discord.api);
        self.slack.server.wait_for("a socket", |server| (server.sockets() > 1).then_some(())).await;
        self.discord.api.wait_until(|world| world.is_connected().then_some(()), "a connection").await;
        desk
    }

    async fn finish(&self) {
        self.slack.finish().await;
        self.discord.finish().await;
    }

    async fn settle_in(&self) {
        self.slack.settle_in().await;
        self.discord.settle_in().await;
    }

    /// Has everybody type, again as soon as all of it was acknowledged, done or not.
    async fn type_at_once(&self, database: &str, rounds: usize) {
        for round in 1..=rounds {
            tell(&format!("{database}: Slack, round {round}"), &self.slack.burst().await);
            tell(&format!("{database}: Discord, round {round}"), &self.discord.burst().await);
        }
    }
}

fn tell(title: &str, times: &[Duration]) {
    let title = format!("{title}, {} commands at once", times.len());
    row(&format!("{title}: median, ms"), millis(times, 0.5), "");
    row(&format!("{title}: 99th of a hundred, ms"), millis(times, 0.99), "< 500");
}

fn row(what: &str, measured: f64, goal: &str) {
    println!("{what:<84} {measured:>10.1}   {goal}");
}

fn millis(times: &[Duration], share: f64) -> f64 {
    quantile(times, share).as_secs_f64() * 1_000.0
}

fn quantile(times: &[Duration], share: f64) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let rank = (times.len() as f64 * share).ceil() as usize;
    times[rank.clamp(1, times.len()) - 1]
}
