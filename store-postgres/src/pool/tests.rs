use std::str::FromStr;

use sqlx::ConnectOptions;
use tokio::task::JoinSet;

use super::*;
use crate::testkit::Database;

fn pool(database: &Database, connections: u32) -> Arc<Pool> {
    let to = PgConnectOptions::from_str(database.url()).expect("it is a URL").disable_statement_logging();
    Arc::new(Pool::new(to, &Options { connections, ..Options::default() }))
}

async fn session(db: &mut PgConnection) -> Result<i32, Fault> {
    Ok(sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(db).await?)
}

async fn ask_session(pool: Arc<Pool>) -> i32 {
    ask!(pool, "name the session", |db| session(db)).expect("it has a name")
}

#[tokio::test]
async fn what_was_answered_leaves_its_connection_at_hand() {
    let database = Database::new().await;
    let pool = pool(&database, 2);
    let first = ask_session(Arc::clone(&pool)).await;
    assert_eq!((ask_session(Arc::clone(&pool)).await, pool.at_hand().idle.len()), (first, 1));
    pool.close().await;
    assert_eq!((pool.at_hand().idle.len(), pool.connections.size()), (0, 0));
    assert!(ask!(pool, "name the session", |db| session(db)).is_err());
}

#[tokio::test]
async fn many_take_turns_with_few_connections_one_of_which_is_reserved() {
    let database = Database::new().await;
    let pool = pool(&database, 3);
    let all_ask = || async {
        let ask = |_| ask_session(Arc::clone(&pool));
        (0..40).map(ask).collect::<JoinSet<_>>().join_all().await.len()
    };
    assert_eq!(all_ask().await, 40);
    assert_eq!(pool.at_hand().idle.len(), 3);
    let (connections, _place) = pool.reserve().await.expect("there is room");
    let _reserved = connections.acquire().await.expect("one was given back");
    assert_eq!(all_ask().await, 40);
    assert_eq!(pool.at_hand().idle.len(), 2);
}

#[tokio::test]
async fn whoever_is_in_a_hurry_waits_behind_one_of_many() {
    let database = Database::new().await;
    let pool = pool(&database, 2);
    let (held, given_up) = (pool.take(Hurry::No).await, pool.take(Hurry::No).await);
    let order = Mutex::new(Vec::new());
    let wait = async |who: &'static str, hurry: Hurry| {
        let lease = pool.take(hurry).await.expect("a place is given up");
        order.lock().expect("nobody panics").push(who);
        lease.keep();
    };
    let many = futures::future::join_all((0..20).map(|_| wait("one of many", Hurry::No)));
    let give_up = async { drop(given_up) };
    tokio::join!(many, wait("in a hurry", Hurry::Yes), give_up);
    let order = order.into_inner().expect("nobody panics");
    assert_eq!(order.iter().position(|who| *who == "in a hurry"), Some(1), "{order:?}");
    assert_eq!((order.len(), held.is_ok()), (21, true));
}

#[tokio::test]
async fn what_was_not_answered_goes_back_and_what_is_long_at_hand_follows() {
    let database = Database::new().await;
    let pool = pool(&database, 2);
    drop(pool.take(Hurry::No).await.expect("there is room"));
    assert_eq!(pool.at_hand().idle.len(), 0);
    let two = (
        pool.take(Hurry::No).await.expect("there is room"),
        pool.take(Hurry::No).await.expect("there is room"),
    );
    two.0.keep();
    pool.at_hand().idle[0].idle_since -= KEPT;
    two.1.keep();
    assert_eq!(pool.at_hand().idle.len(), 1);
    let mut old = pool.take(Hurry::No).await.expect("there is room");
    old.taken -= KEPT;
    old.keep();
    assert_eq!(pool.at_hand().idle.len(), 0);
}

#[tokio::test]
async fn a_connection_that_was_long_at_hand_is_asked_whether_it_lives() {
    let database = Database::new().await;
    let pool = pool(&database, 2);
    let first = ask_session(Arc::clone(&pool)).await;
    database.end_connections().await;
    pool.at_hand().idle[0].idle_since -= IDLE;
    let mut lease = pool.take(Hurry::No).await.expect("there is another");
    assert_ne!(session(&mut lease).await.expect("it works"), first);
}
