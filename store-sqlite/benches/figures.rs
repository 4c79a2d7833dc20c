//! What a report takes: all incidents of a month read from columns, page by page, and counted. `BENCH_INCIDENTS`
//! says how many there are, `BENCH_ROUNDS` how often to measure, `BENCH_DIRECTORY` where.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "figures/report.rs"]
mod report;

use std::path::Path;
use std::time::Instant;

use incident_core::figures::{Period, Weekday, Window, Zone};
use incident_core::ids::{CompanyId, GroupId, IncidentId};
use rusqlite::{Connection, params};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;
use tokio::runtime::Builder;

/// About how long the state of an incident is that was claimed, escalated and resolved.
const STATE: usize = 1_300;
/// One in so many is not over yet.
const LIVE: u32 = 500;

fn main() {
    let parent = std::env::var("BENCH_DIRECTORY").unwrap_or_else(|_| env!("CARGO_TARGET_TMPDIR").to_owned());
    let directory = TempDir::new_in(parent).expect("a directory for the bench");
    let incidents = number("BENCH_INCIDENTS", 1_000_000);
    let path = directory.path().join("figures.db");
    drop(SqliteStore::open(&path, Options::default()).expect("a new database opens"));
    let zone: Zone = "Europe/Amsterdam".parse().expect("a time zone");
    let date = "2026-03-02".parse().expect("a date");
    let window = Window::of(Period::Month, date, &zone, Weekday::Monday).expect("a month");
    fill(&path, incidents, &window).expect("the incidents are written");
    let store = SqliteStore::open(&path, Options::default()).expect("the database opens");
    let runtime = Builder::new_current_thread().build().expect("a runtime starts");
    println!("a report over {incidents} incidents               seconds   us each   s a million   goal");
    for round in 1..=number("BENCH_ROUNDS", 3) {
        let started = Instant::now();
        let figures = runtime.block_on(report::report(&store, &window));
        let took = started.elapsed().as_secs_f64();
        assert_eq!(figures.counted, u64::from(incidents));
        assert_eq!(figures.resolved, u64::from(incidents - incidents.div_ceil(LIVE)));
        let each = took * 1e6 / f64::from(incidents);
        println!("  round {round:<37} {took:>8.2} {each:>9.2} {each:>13.2}    3.0");
    }
}

fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Writes incidents over a whole month: claimed, every third escalated and claimed above, resolved after a while.
fn fill(path: &Path, incidents: u32, window: &Window) -> rusqlite::Result<()> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144")?;
    let transaction = connection.transaction()?;
    let mut incident = transaction.prepare(
        "INSERT INTO incidents (company, id, year, seq, group_id, reporter, created_at, version, state, level, cycle,
            priority, resolver, updated_at, active_at, cycle_at, first_ack_at, escalated_at, resolution_requested_at,
            resolved_at, held_us, state_json)
         VALUES (?1, ?2, 2026, ?3, ?4, ?3 % 500, ?5, 6, ?6, ?7, 1, 'normal', ?8, ?5, ?5, ?5, ?9, ?10, ?11, ?11, 0, ?12)",
    )?;
    let mut stint = transaction.prepare(
        "INSERT INTO assignments (company, incident, position, person, level, cycle, since, until, ending)
         VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8)",
    )?;
    let (company, state_json) = (CompanyId::from_u128(1).to_string(), "x".repeat(STATE));
    let span = (window.until().as_micros() - window.from().as_micros()) / i64::from(incidents);
    for n in 0..incidents {
        let id = IncidentId::from_u128(u128::from(n)).to_string();
        let group = GroupId::from_u128(u128::from(n % 40)).to_string();
        let at = window.from().as_micros() + i64::from(n) * span;
        let after = |secs: u32| at + i64::from(secs) * 1_000_000;
        let (claim, end) = (30 + n % 1_200, 3_000 + n % 86_400);
        let (live, escalated) = (n % LIVE == 0, n % 3 == 0);
        let (first, second) = (n % 60 + 1, n % 7 + 100);
        let resolver = (!live).then_some(if escalated { second } else { first });
        let state = if live { "acknowledged" } else { "resolved" };
        let asked = escalated.then(|| after(claim + 300));
        let done = (!live).then(|| after(end));
        let level = 1 + u8::from(escalated);
        incident.execute(params![
            company,
            id,
            n + 1,
            group,
            at,
            state,
            level,
            resolver,
            after(claim),
            asked,
            done,
            state_json
        ])?;
        let (until, ending) = (asked.or(done), if escalated { "escalated" } else { "resolved_self" });
        stint.execute(params![company, id, 0, first, 1, after(claim), until, until.map(|_| ending)])?;
        if escalated {
            let ending = done.map(|_| "resolved_self");
            stint.execute(params![company, id, 1, second, 2, after(claim + 500), done, ending])?;
        }
    }
    drop((incident, stint));
    transaction.commit()
}
