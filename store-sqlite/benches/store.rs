//! What durability costs here, as ratios measured side by side: absolute figures say more about a disk than
//! about a program. `BENCH_INCIDENTS` shrinks the large database, `BENCH_ROUNDS` says how
//! often to measure, `BENCH_DIRECTORY` where.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "store/bare.rs"]
mod bare;
#[path = "store/fill.rs"]
mod fill;
#[path = "store/large.rs"]
mod large;
#[path = "store/life.rs"]
mod life;
#[path = "store/measure.rs"]
mod measure;
#[path = "store/work.rs"]
mod work;

use std::path::Path;
use std::sync::Arc;

use incident_core::ports::Store;
use measure::{Series, number};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

/// How many commits one measurement takes.
const COMMITS: usize = 1_000;

fn main() {
    // On the disk the workspace is on: a temporary directory may be in memory, where waiting costs nothing.
    let parent = std::env::var("BENCH_DIRECTORY").unwrap_or_else(|_| env!("CARGO_TARGET_TMPDIR").to_owned());
    let directory = TempDir::new_in(parent).expect("a directory for the bench");
    let runtime = Builder::new_multi_thread().worker_threads(2).build().expect("a runtime starts");
    let rounds = number("BENCH_ROUNDS", 9);
    commits(&runtime, directory.path(), rounds);
    lives(&runtime, directory.path());
    let sizes = [large::SMALL, number("BENCH_INCIDENTS", 1_000_000)];
    let stores = sizes.map(|incidents| fill::open(&runtime, directory.path(), incidents));
    large::print(&runtime, stores);
}

/// Opens a database of its own.
fn open(path: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(path, Options::default()).expect("a new database opens"))
}

/// Compares commits one after another, alone and in company, with a bare program that writes the same rows.
fn commits(runtime: &Runtime, directory: &Path, rounds: usize) {
    let (bare_path, store_path) = (directory.join("bare.db"), directory.join("store.db"));
    let ways = [("one caller", 1, 1, "0.8"), ("8 callers", 8, 1, ""), ("64 callers", 64, 4, "3.5")];
    let all: usize = ways.iter().map(|(_, _, times, _)| times * COMMITS).sum();
    let bare_store: Arc<dyn Store> = open(&bare_path);
    runtime.block_on(work::file(&bare_store, 0..rounds * COMMITS));
    drop(bare_store);
    let store: Arc<dyn Store> = open(&store_path);
    runtime.block_on(work::file(&store, 0..rounds * all));
    let bare = bare::Bare::open(&bare_path);
    let mut bare_series = Series::default();
    let mut series: [Series; 3] = Default::default();
    let mut next = 0;
    for round in 0..rounds {
        let own = round * COMMITS..(round + 1) * COMMITS;
        bare_series.measure(COMMITS, || bare.commit(own));
        for ((_, callers, times, _), series) in ways.iter().zip(&mut series) {
            let own = next..next + times * COMMITS;
            next = own.end;
            series.measure(times * COMMITS, || work::together(runtime, &store, own, *callers));
        }
    }
    println!("commits, synchronous=FULL                       us   cpu us   x bare   goal");
    bare_series.print("bare rusqlite, one caller", &bare_series, "");
    for ((name, _, _, goal), series) in ways.iter().zip(&series) {
        series.print(name, &bare_series, goal);
    }
}

/// Prints how many transactions a step of a whole life costs, deliveries included, alone and under load.
fn lives(runtime: &Runtime, directory: &Path) {
    println!("transactions a step, deliveries included            steps     each   goal");
    for (callers, lives, goal) in [(1, 200, ""), (8, 800, "1.2"), (64, 3_200, "1.2")] {
        let store = open(&directory.join(format!("life-{callers}.db")));
        let before = store.written().transactions;
        let shared: Arc<dyn Store> = Arc::<SqliteStore>::clone(&store);
        let steps = runtime.block_on(life::live(&shared, callers, lives));
        let each = (store.written().transactions - before) as f64 / steps as f64;
        let name = format!("{callers} incidents at a time");
        println!("  {name:<42} {steps:>10} {each:>8.2} {goal:>6}");
    }
}
