//! Who does what only one may do.

use std::sync::Arc;

use incident_core::ports::Store;
use incident_core::testkit::conformance::fixture::{Works, at};
use store_postgres::testkit::Database;
use store_postgres::{Options, PostgresStore};
use tokio::task::JoinSet;

const POLLING: &str = "telegram:7";

async fn open(database: &Database) -> PostgresStore {
    let options = Options { connections: 4, ..Options::default() };
    PostgresStore::connect(database.url(), options).await.expect("it opens")
}

/// Asks for the duty at a second, for ten seconds.
async fn hold(store: &PostgresStore, holder: &str, secs: i64) -> bool {
    store.hold(POLLING, holder, at(secs), at(secs + 10)).await.works()
}

async fn ask(store: Arc<PostgresStore>, holder: String, secs: i64) -> bool {
    hold(&store, &holder, secs).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_ask_at_once_one_gets_it() {
    let database = Database::new().await;
    let stores = [Arc::new(open(&database).await), Arc::new(open(&database).await)];
    for round in 0..20 {
        let mut asking = JoinSet::new();
        for asker in 0..8 {
            let store = Arc::clone(&stores[asker % 2]);
            asking.spawn(ask(store, format!("replica {asker}"), round * 10));
        }
        let got = asking.join_all().await.into_iter().filter(|got| *got).count();
        assert_eq!(got, 1, "in round {round}");
    }
}

#[tokio::test]
async fn it_is_its_holders_until_it_ends() {
    let database = Database::new().await;
    let store = open(&database).await;
    assert!(hold(&store, "one", 0).await);
    assert!(!store.hold(POLLING, "other", at(9), at(19)).await.works());
    assert!(hold(&store, "other", 10).await, "it has ended");
    assert!(!hold(&store, "one", 11).await, "who lost it has it no more");
    assert_eq!(database.rows("SELECT name, holder FROM duties").await, ["telegram:7 other"]);
}

#[tokio::test]
async fn who_renews_it_keeps_it() {
    let database = Database::new().await;
    let (one, other) = (open(&database).await, open(&database).await);
    for secs in (0..60).step_by(5) {
        assert!(hold(&one, "one", secs).await, "at second {secs}");
        assert!(!hold(&other, "other", secs + 4).await, "at second {secs}");
    }
}

#[tokio::test]
async fn who_hands_it_over_has_it_no_more_and_nobody_hands_over_what_is_anothers() {
    let database = Database::new().await;
    let store = open(&database).await;
    assert!(hold(&store, "one", 0).await);
    store.hand_over(POLLING, "other").await.works();
    assert!(!hold(&store, "other", 1).await);
    store.hand_over(POLLING, "one").await.works();
    assert!(hold(&store, "other", 1).await);
    store.hand_over(POLLING, "nobody").await.works();
    assert_eq!(database.rows("SELECT holder FROM duties").await, ["other"]);
}

#[tokio::test]
async fn duties_of_different_names_have_different_holders() {
    let database = Database::new().await;
    let store = open(&database).await;
    assert!(hold(&store, "one", 0).await);
    assert!(store.hold("telegram:8", "other", at(0), at(10)).await.works());
    assert!(hold(&store, "one", 1).await);
}

#[tokio::test]
async fn a_lost_connection_loses_no_duty() {
    let database = Database::new().await;
    let store = open(&database).await;
    assert!(hold(&store, "one", 0).await);
    database.end_connections().await;
    assert!(hold(&store, "one", 5).await);
    database.end_connections().await;
    store.hand_over(POLLING, "one").await.works();
    store.check().await.works();
    assert_eq!(database.rows("SELECT * FROM duties").await, [""; 0]);
}
