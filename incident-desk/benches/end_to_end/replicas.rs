//! Two replicas on one PostgreSQL server, where the database is not the limit: the chats take their time, and a
//! process has so many deliveries under way at once and no more.

use std::time::{Duration, Instant};

use adapter_telegram::testkit::BotApi;
use store_postgres::testkit::Database;

use super::desk::Desk;
use super::load::Seats;

/// How long a chat takes to answer: longer than most do, so that a small machine can wait for many at once.
const ANSWER: Duration = Duration::from_millis(250);

/// Returns how many updates a second go through with so many replicas.
pub(crate) async fn throughput(replicas: usize, chats: usize, updates: usize) -> f64 {
    let api = BotApi::start();
    let database = Database::durable().await;
    let mut desks: Vec<Desk> = (0..replicas).map(|_| Desk::replica(&api, database.url())).collect();
    desks.iter_mut().for_each(|desk| {
        desk.start();
    });
    let mut seats = Seats::take(&api, chats).await;
    desks[0].rest().await;
    seats.chats().for_each(|chat| api.slow(chat, ANSWER));
    let begun = Instant::now();
    let pressed = seats.press(&api, updates).await;
    let each = pressed as f64 / begun.elapsed().as_secs_f64();
    for desk in &mut desks {
        desk.kill().await;
    }
    each
}
