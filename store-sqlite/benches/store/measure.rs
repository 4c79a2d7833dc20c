//! How things are measured, and how a row of a table is printed. The benches of all stores share it.

use std::time::{Duration, Instant};

/// What one way of committing took, in microseconds a commit.
#[derive(Default)]
pub(crate) struct Series {
    wall: Vec<f64>,
    cpu: f64,
    commits: usize,
}

impl Series {
    /// Takes the measure of some commits.
    pub(crate) fn measure(&mut self, commits: usize, work: impl FnOnce() -> Measured) {
        let Measured { wall, cpu } = work();
        self.wall.push(wall.as_secs_f64() * 1e6 / commits as f64);
        self.cpu += cpu.as_secs_f64() * 1e6;
        self.commits += commits;
    }

    /// Prints a row: microseconds, and how many times as many commits as another series of the same rounds.
    pub(crate) fn print(&self, name: &str, bare: &Self, goal: &str) {
        let ratios = bare.wall.iter().zip(&self.wall).map(|(bare, ours)| bare / ours).collect();
        let (wall, cpu) = (median(self.wall.clone()), self.cpu / self.commits as f64);
        println!("  {name:<38} {wall:>8.1} {cpu:>8.1} {:>8.2} {goal:>6}", median(ratios));
    }
}

/// Reads how much is wanted from the environment.
pub(crate) fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
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
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
