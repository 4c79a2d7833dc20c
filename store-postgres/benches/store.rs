//! What the store costs beside a bare program on the same server, as ratios measured side by side. `BENCH_INCIDENTS`
//! shrinks the large database, `BENCH_ROUNDS` says how often to measure, `TEST_DATABASE_URL` names another server than
//! a throw-away one of this machine. Arguments name the parts to measure, all if there is none.

#![expect(clippy::print_stdout, reason = "a bench prints its table")]

#[path = "store/bare.rs"]
mod bare;
#[path = "store/drain.rs"]
mod drain;
#[path = "store/fill.rs"]
mod fill;
#[path = "../../store-sqlite/benches/store/large.rs"]
mod large;
#[path = "../../store-sqlite/benches/store/life.rs"]
mod life;
#[path = "../../store-sqlite/benches/store/measure.rs"]
mod measure;
#[path = "../../store-sqlite/benches/store/work.rs"]
mod work;

use std::ops::Range;
use std::sync::Arc;

use incident_core::ports::Store;
use measure::{Series, number};
use store_postgres::testkit::Database;
use store_postgres::{Options, PostgresStore};
use tokio::runtime::{Builder, Runtime};

/// How many commits one measurement takes.
const COMMITS: usize = 800;

fn main() {
    let runtime =
        Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime starts");
    // `cargo bench -- drain` measures one part alone.
    let named: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let asked = |part: &str| named.is_empty() || named.iter().any(|named| named == part);
    if asked("commits") {
        commits(&runtime, number("BENCH_ROUNDS", 9));
    }
    if asked("lives") {
        lives(&runtime);
    }
    if asked("drain") {
        drain::print(&runtime, number("BENCH_SETTLED", 100_000));
    }
    if asked("large") {
        let sizes = [large::SMALL, number("BENCH_INCIDENTS", 1_000_000)];
        let databases = sizes.map(|incidents| fill::open(&runtime, incidents));
        let [(_small, small), (_large, large)] = databases;
        large::print(&runtime, [small, large]);
    }
}

/// Opens a database, with so many connections at the most.
async fn open(database: &Database, connections: u32) -> Arc<PostgresStore> {
    let options = Options { connections, ..Options::default() };
    Arc::new(PostgresStore::connect(database.url(), options).await.expect("a new database opens"))
}

/// The same, for what is measured with any store.
async fn shared(database: &Database, connections: u32) -> Arc<dyn Store> {
    open(database, connections).await
}

/// Hands out incidents that were not yet claimed.
struct Supply(usize);

impl Supply {
    fn next(&mut self, count: usize) -> Range<usize> {
        self.0 += count;
        self.0 - count..self.0
    }
}

/// A database with incidents to claim.
fn supplied(runtime: &Runtime, incidents: usize) -> Database {
    let database = runtime.block_on(Database::durable());
    runtime.block_on(async { work::file(&shared(&database, 16).await, 0..incidents).await });
    runtime.block_on(database.execute("VACUUM ANALYZE"));
    database
}

/// Compares commits with a bare program that writes the same rows in one statement, with as many connections.
fn commits(runtime: &Runtime, rounds: usize) {
    let widths = [1, 8, 32];
    let each = rounds * COMMITS;
    let (bare_database, our_database) = (supplied(runtime, 3 * each), supplied(runtime, 5 * each));
    let bares = widths.map(|width| runtime.block_on(bare::Bare::connect(bare_database.url(), width)));
    let stores =
        widths.map(|width| runtime.block_on(shared(&our_database, u32::try_from(width).expect("few"))));
    let (mut bare_supply, mut our_supply) = (Supply(0), Supply(0));
    let mut bare_series: [Series; 3] = Default::default();
    let mut our_series: [Series; 3] = Default::default();
    let mut crowd = Series::default();
    for _ in 0..rounds {
        for n in 0..widths.len() {
            let own = bare_supply.next(COMMITS);
            bare_series[n].measure(COMMITS, || bares[n].commit(runtime, own));
            let own = our_supply.next(COMMITS);
            our_series[n].measure(COMMITS, || work::together(runtime, &stores[n], own, widths[n]));
        }
        let own = our_supply.next(2 * COMMITS);
        crowd.measure(2 * COMMITS, || work::together(runtime, &stores[1], own, 64));
    }
    println!("commits, durable                                us   cpu us   x bare   goal");
    for (n, width) in widths.iter().enumerate() {
        bare_series[n].print(&format!("bare sqlx, {width} connections"), &bare_series[n], "");
        our_series[n].print(&format!("{width} callers, {width} connections"), &bare_series[n], "0.8");
    }
    crowd.print("64 callers, 8 connections", &bare_series[1], "3.0");
}

/// Prints how many statements a step of a whole life costs, and what a whole life occupies.
fn lives(runtime: &Runtime) {
    println!("statements a step, to commit                        steps     each");
    for (callers, lives) in [(1, 200), (8, 800), (64, 3_200)] {
        let database = runtime.block_on(Database::durable());
        let before = runtime.block_on(size(&database));
        let store = runtime.block_on(open(&database, 10));
        let shared: Arc<dyn Store> = Arc::<PostgresStore>::clone(&store);
        let steps = runtime.block_on(life::live(&shared, callers, lives));
        let each = store.written().statements as f64 / steps as f64;
        let name = format!("{callers} incidents at a time");
        println!("  {name:<42} {steps:>10} {each:>8.2}");
        runtime.block_on(database.execute("VACUUM FULL"));
        let bytes = (runtime.block_on(size(&database)) - before) / lives as f64;
        let name = format!("bytes each of {lives} lives occupies");
        println!("  {name:<42} {bytes:>10.0}");
    }
}

/// Returns the bytes of a database, indexes included.
async fn size(database: &Database) -> f64 {
    let rows = database.rows("SELECT pg_database_size(current_database())").await;
    rows[0].parse().expect("it is a number")
}
