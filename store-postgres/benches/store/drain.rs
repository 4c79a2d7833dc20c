//! What it costs to work off the outbox, where much was worked off just before and where nothing was: what is done is
//! deleted, and a server keeps what was deleted until it cleans up.

use std::sync::Arc;
use std::time::Instant;

use incident_core::incident::Lane;
use incident_core::ports::{ClaimOrder, Settled, Settlement, Store};
use store_postgres::testkit::Database;
use tokio::runtime::Runtime;

use crate::measure::median;
use crate::work;

/// How many effects are worked off in each database at each moment.
const DRAINED: usize = 1_000;

/// Prints what one effect takes in both databases, at once and when the server has cleaned up, as it does by itself
/// within a minute.
pub(crate) fn print(runtime: &Runtime, settled: usize) {
    let databases = [0, settled].map(|behind| runtime.block_on(owing(behind)));
    println!("with nothing and {settled} effects settled before   us       us    ratio   goal");
    row(runtime, &databases, ("claimed and settled, at once", ""));
    for (database, _) in &databases {
        runtime.block_on(database.execute("VACUUM effects"));
    }
    row(runtime, &databases, ("the same, cleaned up", "1.0"));
}

fn row(runtime: &Runtime, databases: &[(Database, Arc<dyn Store>); 2], (name, goal): (&str, &str)) {
    let mut times: [Vec<f64>; 2] = Default::default();
    for _ in 0..DRAINED {
        for ((_database, store), times) in databases.iter().zip(&mut times) {
            let started = Instant::now();
            runtime.block_on(deliver(store));
            times.push(started.elapsed().as_secs_f64() * 1e6);
        }
    }
    let [none, behind] = times.map(median);
    println!("  {name:<38} {none:>8.1} {behind:>8.1} {:>8.2} {goal:>6}", behind / none);
}

async fn deliver(store: &Arc<dyn Store>) {
    let (now, lease_until) = (work::at(3_600), work::at(3_660));
    let order = ClaimOrder { lane: Lane::Card, now, lease_until };
    let claim = store.claim(order).await.expect("effects are readable").expect("there is one more");
    let done = Settlement::Done { posted: None, gone: Vec::new() };
    assert_eq!(store.settle(&claim, done, now).await.expect("it is written"), Settled::Yes);
}

/// Makes a database that owes some cards, each in a chat of its own, and has owed and settled others.
async fn owing(settled: usize) -> (Database, Arc<dyn Store>) {
    let database = Database::durable().await;
    let store = crate::shared(&database, 4).await;
    store.commit(work::report(0)).await.expect("the report is filed");
    database.execute(&owe(settled)).await;
    let now = work::at(3_600).as_micros();
    // As the store does it, many in one transaction.
    database
        .execute(&format!(
            "UPDATE effects SET attempt = 1, lease_until = {now} + 1;
             SELECT settle_effect(id, 1, {now}, '{{\"outcome\":\"done\"}}') FROM effects"
        ))
        .await;
    store.commit(work::report(1)).await.expect("the report is filed");
    database.execute(&owe(2 * DRAINED)).await;
    (database, store)
}

/// Copies a card that is owed, for other incidents in other chats.
fn owe(count: usize) -> String {
    format!(
        "INSERT INTO effects (company, incident, lane, chat, body, since, not_before, attempt, state)
         SELECT company, lpad(n::text, 26, '0'), lane, 'telegram:-200' || n, body, since, not_before, attempt, state
         FROM effects, generate_series(1, {count}) AS n WHERE lane = 2"
    )
}
