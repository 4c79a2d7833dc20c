//! What a report takes: all incidents of a month read from columns, page by page, and counted. `BENCH_INCIDENTS`
//! says how many there are, `BENCH_ROUNDS` how often to measure, `TEST_DATABASE_URL` names another server than a
//! throw-away one of this machine.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "../../store-sqlite/benches/figures/report.rs"]
mod report;

use std::str::FromStr;
use std::time::Instant;

use incident_core::figures::{Period, Weekday, Window, Zone};
use incident_core::ids::{CompanyId, GroupId, IncidentId};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use store_postgres::testkit::Database;
use store_postgres::{Options, PostgresStore};
use tokio::runtime::Builder;

/// One in so many is not over yet.
const LIVE: u32 = 500;
/// How many incidents one statement inserts.
const CHUNK: usize = 20_000;

/// Where each incident stands in the month and how it went, by its number.
const LIVES: &str = "
    SELECT id, n, n % 500 = 0 AS live, n % 3 = 0 AS escalated, $3::bigint + n * $4::bigint AS at,
        (30 + n % 1200) * 1000000 AS claim, (3000 + n % 86400) * 1000000 AS took
    FROM unnest($1::text[], $2::bigint[]) AS numbered (id, n)";

/// Claimed, every third escalated and claimed above, resolved after a while.
const INCIDENTS: &str = "
    INSERT INTO incidents (company, id, year, seq, group_id, reporter, created_at, version, state, level, cycle,
        priority, resolver, updated_at, active_at, cycle_at, first_ack_at, escalated_at, resolution_requested_at,
        resolved_at, held_us, state_json)
    SELECT $5, id, 2026, n + 1, ($6::text[])[1 + n % 40], n % 500, at, 6,
        CASE WHEN live THEN 'acknowledged' ELSE 'resolved' END, 1 + escalated::int, 1, 'normal',
        CASE WHEN live THEN NULL WHEN escalated THEN n % 7 + 100 ELSE n % 60 + 1 END, at, at, at, at + claim,
        CASE WHEN escalated THEN at + claim + 300000000 END, CASE WHEN NOT live THEN at + took END,
        CASE WHEN NOT live THEN at + took END, 0, repeat('x', 1300)
    FROM lives";

/// Those who held them, at the first level and above.
const STINTS: &str = "
    INSERT INTO assignments (company, incident, position, person, level, cycle, since, until, ending)
    SELECT $5, id, 0, n % 60 + 1, 1, 1, at + claim,
        CASE WHEN escalated THEN at + claim + 300000000 WHEN NOT live THEN at + took END,
        CASE WHEN escalated THEN 'escalated' WHEN NOT live THEN 'resolved_self' END
    FROM lives WHERE $6::text[] IS NOT NULL
    UNION ALL
    SELECT $5, id, 1, n % 7 + 100, 2, 1, at + claim + 500000000, CASE WHEN NOT live THEN at + took END,
        CASE WHEN NOT live THEN 'resolved_self' END
    FROM lives WHERE escalated";

fn main() {
    let incidents = number("BENCH_INCIDENTS", 1_000_000);
    let zone: Zone = "Europe/Amsterdam".parse().expect("a time zone");
    let date = "2026-03-02".parse().expect("a date");
    let window = Window::of(Period::Month, date, &zone, Weekday::Monday).expect("a month");
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    let database = runtime.block_on(Database::durable());
    let store = runtime.block_on(async {
        let options = Options { connections: 2, ..Options::default() };
        let store = PostgresStore::connect(database.url(), options).await.expect("a new database opens");
        fill(database.url(), incidents, &window).await.expect("the incidents are written");
        database.execute("VACUUM ANALYZE").await;
        store
    });
    let before = resident();
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
    println!(
        "  memory that the reports added at their worst, MB {:>9}",
        resident().saturating_sub(before) / 1_024
    );
}

fn number(name: &str, default: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Returns the most memory that this process has had, in kilobytes; zero where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse().ok()).unwrap_or(0)
}

/// Writes incidents over a whole month.
async fn fill(url: &str, incidents: u32, window: &Window) -> sqlx::Result<()> {
    let options = PgConnectOptions::from_str(url)?.disable_statement_logging();
    let mut db = PgConnection::connect_with(&options).await?;
    db.execute("SET synchronous_commit = off").await?;
    let company = CompanyId::from_u128(1).to_string();
    let groups: Vec<String> = (0..40).map(|group| GroupId::from_u128(group).to_string()).collect();
    let span = (window.until().as_micros() - window.from().as_micros()) / i64::from(incidents);
    let all: Vec<u32> = (0..incidents).collect();
    for chunk in all.chunks(CHUNK) {
        let ids: Vec<String> =
            chunk.iter().map(|n| IncidentId::from_u128(u128::from(*n)).to_string()).collect();
        let numbers: Vec<i64> = chunk.iter().map(|n| i64::from(*n)).collect();
        for sql in [INCIDENTS, STINTS] {
            let sql = format!("WITH lives AS ({LIVES}) {sql}");
            let insert = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(&ids).bind(&numbers);
            let insert = insert.bind(window.from().as_micros()).bind(span).bind(&company).bind(&groups);
            insert.execute(&mut db).await?;
        }
    }
    db.close().await
}
