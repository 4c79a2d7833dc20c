//! What durability costs here, as ratios measured side by side: absolute figures say more about a disk than
//! about a program. `BENCH_INCIDENTS` shrinks the large database, `BENCH_ROUNDS` says how
//! often to measure, `BENCH_DIRECTORY` where.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "store/bare.rs"]
mod bare;
#[path = "store/large.rs"]
mod large;
#[path = "store/life.rs"]
mod life;
#[path = "store/work.rs"]
mod work;

use std::path::Path;
use std::time::{Duration, Instant};

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
    life::print(&runtime, directory.path());
    large::print(&runtime, directory.path(), number("BENCH_INCIDENTS", 1_000_000));
}

fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Opens a database of its own.
fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, Options::default()).expect("a new database opens")
}

/// What one way of committing took, in microseconds a commit.
#[derive(Default)]
struct Series {
    wall: Vec<f64>,
    cpu: f64,
    commits: usize,
}

impl Series {
    fn measure(&mut self, commits: usize, work: impl FnOnce() -> Measured) {
        let Measured { wall, cpu } = work();
        self.wall.push(wall.as_secs_f64() * 1e6 / commits as f64);
        self.cpu += cpu.as_secs_f64() * 1e6;
        self.commits += commits;
    }
}

/// Compares commits one after another, alone and in company, with a bare program that writes the same rows.
fn commits(runtime: &Runtime, directory: &Path, rounds: usize) {
    let (bare_path, store_path) = (directory.join("bare.db"), directory.join("store.db"));
    let ways = [("one caller", 1, 1, "0.8"), ("8 callers", 8, 1, ""), ("64 callers", 64, 4, "3.5")];
    let all: usize = ways.iter().map(|(_, _, times, _)| times * COMMITS).sum();
    drop(runtime.block_on(work::filed(open(&bare_path), 0..rounds * COMMITS)));
    let store = runtime.block_on(work::filed(open(&store_path), 0..rounds * all));
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
    print_series("bare rusqlite, one caller", &bare_series, &bare_series, "");
    for ((name, _, _, goal), series) in ways.iter().zip(&series) {
        print_series(name, series, &bare_series, goal);
    }
}

fn print_series(name: &str, series: &Series, bare: &Series, goal: &str) {
    let ratios = bare.wall.iter().zip(&series.wall).map(|(bare, ours)| bare / ours).collect();
    let (wall, cpu) = (median(series.wall.clone()), series.cpu / series.commits as f64);
    println!("  {name:<38} {wall:>8.1} {cpu:>8.1} {:>8.2} {goal:>6}", median(ratios));
}

/// How long something took, and how much of that the processors worked for this process.
pub(crate) struct Measured {
    pub(crate) wall: Duration,
    pub(crate) cpu: Duration,
}

/// Measures from its creation on.
pub(crate) struct Stopwatch {
    wall: Instant,
    cpu: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu() }
    }

    pub(crate) fn stop(self) -> Measured {
        Measured { wall: self.wall.elapsed(), cpu: cpu() - self.cpu }
    }
}

/// Returns the processor time of this process so far, in steps of 10 ms; zero where the system does not tell.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok());
    Duration::from_millis(10 * ticks.sum::<u64>())
}

/// Returns the figure in the middle.
fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
