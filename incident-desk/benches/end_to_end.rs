//! The real binary against a Bot API server on the same machine: how long a press takes until the card shows
//! it, how many updates a second go through and at what price, how small the process is and how fast it
//! starts. `cargo bench -p incident-desk --bench end_to_end` prints a table.
#![expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]

#[path = "end_to_end/desk.rs"]
mod desk;
#[path = "end_to_end/load.rs"]
mod load;
#[path = "end_to_end/replicas.rs"]
mod replicas;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use adapter_telegram::testkit::{BotApi, Call, World};

use desk::{Desk, Group};

/// How much is measured; a mere test run measures next to nothing.
struct Extent {
    starts: usize,
    presses: usize,
    chats: usize,
    updates: usize,
    shared_chats: usize,
    shared_updates: usize,
}

const WHOLE: Extent =
    Extent { starts: 15, presses: 400, chats: 64, updates: 6_000, shared_chats: 200, shared_updates: 2_000 };
const GLIMPSE: Extent =
    Extent { starts: 1, presses: 4, chats: 2, updates: 20, shared_chats: 2, shared_updates: 4 };

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let extent = if std::env::args().any(|argument| argument == "--bench") { WHOLE } else { GLIMPSE };
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("there is room for a database");
    let mut table = Table::default();
    table.row("fdatasync of one page, median", millis(median(sync_times(dir.path()))), "");
    binary(&mut table);
    starts(&mut table, &extent).await;
    latency(&mut table, &extent).await;
    throughput(&mut table, &extent).await;
    shared(&mut table, &extent).await;
    table.print();
}

/// Rows of what, how much, and what is promised.
#[derive(Default)]
struct Table(Vec<[String; 3]>);

impl Table {
    fn row(&mut self, what: &str, measured: String, promised: &str) {
        self.0.push([what.to_owned(), measured, promised.to_owned()]);
    }

    fn print(&self) {
        println!("{:<52} {:>14}   promised", "end to end", "measured");
        for [what, measured, promised] in &self.0 {
            println!("{what:<52} {measured:>14}   {promised}");
        }
    }
}

fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
}

fn median(times: Vec<Duration>) -> Duration {
    quantile(times, 0.5)
}

fn quantile(mut times: Vec<Duration>, share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len() - 1;
    times[(last as f64 * share).round() as usize]
}

/// Times what makes a commit durable on this disk.
fn sync_times(dir: &Path) -> Vec<Duration> {
    let mut file = File::create(dir.join("probe")).expect("a file can be created");
    let mut once = || {
        file.write_all(&[7; 4_096]).expect("there is room for a page");
        let begun = Instant::now();
        file.sync_data().expect("the disk takes it");
        begun.elapsed()
    };
    (0..200).map(|_| once()).collect()
}

/// Measures the binary as it is shipped: without symbols.
fn binary(table: &mut Table) {
    let stripped = tempfile::NamedTempFile::new().expect("there is room for a binary");
    let mut strip = std::process::Command::new("strip");
    strip.arg("-o").arg(stripped.path()).arg(env!("CARGO_BIN_EXE_incident-desk"));
    let size = match strip.status() {
        Ok(status) if status.success() => stripped.path().metadata().map(|file| file.len()).ok(),
        Ok(_) | Err(_) => None,
    };
    table.row("binary, stripped", size.map_or("no strip here".to_owned(), mebibytes), "< 25 MiB");
}

fn polls(call: &Call) -> bool {
    call.method.eq_ignore_ascii_case("getUpdates")
}

/// Times from the start of the process to its first request for updates, on a database that is there.
async fn starts(table: &mut Table, extent: &Extent) {
    let api = BotApi::start();
    let mut desk = Desk::new(&api);
    let mut times = Vec::new();
    for _ in 0..=extent.starts {
        let known = api.calls().len();
        let begun = desk.start();
        let first =
            |world: &World| world.calls()[known..].iter().find(|call| polls(call)).map(|call| call.at);
        times.push(api.wait_until(first, "the first poll").await.duration_since(begun));
        desk.kill().await;
    }
    // The first start has created the database.
    times.remove(0);
    table.row("start to first getUpdates, median", millis(median(times)), "<= 150 ms, warm disk");
    desk.start();
    let group = Group::working(&api, 0).await;
    group.report(&api, 0).await;
    desk.rest().await;
    table.row("resident memory, idle", mebibytes(desk.resident()), "< 30 MiB");
    desk.kill().await;
}

/// Times from a press to the arrival of the edit that shows it, one press after another.
async fn latency(table: &mut Table, extent: &Extent) {
    let api = BotApi::start();
    let mut desk = Desk::new(&api);
    desk.start();
    let group = Group::working(&api, 0).await;
    let card = group.report(&api, 0).await;
    let mut times = Vec::new();
    for number in 0..extent.presses {
        let label = if number % 2 == 0 { "Claim" } else { "Leave" };
        let offered =
            |world: &World| world.message(group.chat, card)?.button(label).map(|_| world.calls().len());
        let calls = api.wait_until(offered, "the button").await;
        let begun = Instant::now();
        api.press(group.chat, group.dispatcher, card, label).expect("the button is there");
        let edited = |world: &World| {
            let mut new = world.calls()[calls..].iter();
            new.find(|call| call.method.eq_ignore_ascii_case("editMessageText")).map(|call| call.at)
        };
        times.push(api.wait_until(edited, "the edit").await.duration_since(begun));
        api.wait_confirmed().await;
    }
    desk.kill().await;
    table.row("press to edited card, median", millis(median(times.clone())), "<= 3 ms at 0.1 ms fdatasync");
    table.row("press to edited card, 95th of 100", millis(quantile(times, 0.95)), "");
}

/// Presses in many chats at once, each as soon as the last one shows.
async fn throughput(table: &mut Table, extent: &Extent) {
    let api = BotApi::start();
    let mut desk = Desk::new(&api);
    desk.start();
    let run = load::run(&api, &desk, extent.chats, extent.updates).await;
    let title = format!("updates a second, presses in {} chats", extent.chats);
    table.row(&title, format!("{:.0}", run.updates as f64 / run.wall.as_secs_f64()), "22 to 97 before");
    table.row("desk CPU an update, under that load", millis(run.cpu / run.updates as u32), "<= 0.5 ms");
    let each = |count: usize| format!("{:.2}", count as f64 / run.updates as f64);
    table.row("card edits an update, under that load", each(run.edits), "<= 1");
    table.row("polls an update, under that load", each(run.polls), "");
    table.row("resident memory after that load", mebibytes(desk.resident()), "");
    desk.kill().await;
}

/// The same on a PostgreSQL server, with chats that take their time: by one process, and shared by two.
async fn shared(table: &mut Table, extent: &Extent) {
    let (chats, updates) = (extent.shared_chats, extent.shared_updates);
    let one = replicas::throughput(1, chats, updates).await;
    let two = replicas::throughput(2, chats, updates).await;
    table.row("updates a second, one replica, slow chats", format!("{one:.0}"), "");
    table.row("updates a second, two replicas, slow chats", format!("{two:.0}"), "");
    table.row("two replicas, times as many as one", format!("{:.2}", two / one), ">= 1.5");
}
