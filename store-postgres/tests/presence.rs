//! What becomes of claims when the process that made them dies, or never heard of them.

mod severed;

use incident_core::incident::{Effect, Lane};
use incident_core::ports::{ClaimOrder, CommitError, Settled, Store};
use incident_core::testkit::conformance::fixture::{
    LEASE, Office, Works, at, claim, claimed, done, notice, origin, outlook, settle,
};
use incident_core::time::Timestamp;
use severed::Severed;
use store_postgres::testkit::{Database, OwnServer};
use store_postgres::{Options, PostgresStore, Sign};

async fn open(url: &str) -> PostgresStore {
    PostgresStore::connect(url, Options { connections: 2, ..Options::default() }).await.expect("it opens")
}

/// Gives a sign of life; returns the signs of others.
async fn attend(store: &PostgresStore, secs: i64) -> Vec<Sign> {
    store.attend(at(secs), at(secs + 8)).await.works().others
}

#[tokio::test]
async fn what_a_dead_replica_had_claimed_is_given_back_and_nobody_elses() {
    let database = Database::new().await;
    let (dead, alive) = (open(database.url()).await, open(database.url()).await);
    let (office, other) = (Office::open(&dead, 1).await, Office::open(&alive, 2).await);
    assert_eq!(attend(&dead, 0).await, []);
    // One is claimed, one born claimed.
    office.owes(1, vec![notice(1)], 0).await;
    let lost = claimed(&dead, Lane::Notice, 1).await;
    let born = office.owing(2, vec![Effect::ShowCard], 1).await.claiming(at(1 + LEASE));
    assert_eq!(dead.commit(born).await.works().claims.len(), 1);
    other.owes(1, vec![notice(2)], 1).await;
    let kept = claimed(&alive, Lane::Notice, 1).await;
    let signs = attend(&alive, 2).await;
    assert_eq!(signs.iter().map(|sign| sign.until).collect::<Vec<_>>(), [at(8)]);
    assert_eq!(alive.bury(&signs).await.works(), 2);
    let again = claimed(&alive, Lane::Notice, 3).await;
    assert_eq!((again.effect, again.attempt), (lost.effect, 2));
    assert_eq!(claimed(&alive, Lane::Card, 3).await.attempt, 2);
    assert_eq!(settle(&dead, &lost, done(), 4).await, Settled::Late, "it was merely slow");
    assert_eq!(settle(&alive, &kept, done(), 4).await, Settled::Yes);
    assert_eq!(attend(&alive, 5).await, [], "it is forgotten");
}

#[tokio::test]
async fn who_has_given_another_sign_is_not_buried() {
    let database = Database::new().await;
    let (slow, other) = (open(database.url()).await, open(database.url()).await);
    let office = Office::open(&slow, 1).await;
    attend(&slow, 0).await;
    let old = attend(&other, 0).await;
    office.owes(1, vec![notice(1)], 0).await;
    claimed(&slow, Lane::Notice, 0).await;
    attend(&slow, 9).await;
    assert_eq!(other.bury(&old).await.works(), 0);
    assert_eq!(claim(&other, Lane::Notice, 10).await, None);
}

#[tokio::test]
async fn who_takes_leave_is_not_waited_for() {
    let database = Database::new().await;
    let (one, other) = (open(database.url()).await, open(database.url()).await);
    attend(&one, 0).await;
    assert_eq!(attend(&other, 0).await.len(), 1);
    one.leave().await.works();
    assert_eq!(attend(&other, 1).await, []);
}

#[tokio::test]
async fn a_claim_that_nobody_heard_of_is_given_back_soon() {
    let database = Database::new().await;
    // Instants go over the line as eight bytes, the first one first.
    let severed = Severed::new(&database, "CLAIMING", 1);
    let lease_until = Timestamp::from_micros(i64::from_be_bytes(*b"CLAIMING"));
    let (losing, sound) = (open(severed.url()).await, open(database.url()).await);
    let (office, other) = (Office::open(&losing, 1).await, Office::open(&losing, 2).await);
    office.owes(1, vec![notice(1)], 0).await;
    other.owes(1, vec![notice(2)], 0).await;
    let order = ClaimOrder { lane: Lane::Notice, now: at(1), lease_until };
    let heard = losing.claim(order).await.works().expect("the next one is claimed");
    assert_eq!((severed.lost(), claim(&losing, Lane::Notice, 1).await), (1, None));
    assert_eq!(losing.attend(at(2), at(10)).await.works().given_back, 1);
    assert_ne!(claimed(&sound, Lane::Notice, 3).await.effect, heard.effect);
    assert_eq!(settle(&losing, &heard, done(), 4).await, Settled::Yes);
    assert_eq!(losing.attend(at(5), at(13)).await.works().given_back, 0);
}

#[tokio::test]
async fn what_could_not_be_settled_is_given_back_when_the_database_is_back() {
    let server = OwnServer::start().await;
    let database = server.database().await;
    let store = open(database.url()).await;
    let office = Office::open(&store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    office.owes(2, vec![Effect::ShowCard], 0).await;
    let (lost, kept) = (claimed(&store, Lane::Notice, 0).await, claimed(&store, Lane::Card, 0).await);
    server.crash().await;
    store.settle(&lost, done(), at(1)).await.unwrap_err();
    store.attend(at(2), at(10)).await.unwrap_err();
    server.recover().await;
    assert_eq!(store.attend(at(3), at(11)).await.works().given_back, 1);
    assert_eq!(claimed(&store, Lane::Notice, 4).await.attempt, 2);
    assert_eq!(settle(&store, &kept, done(), 4).await, Settled::Yes, "it was not tried to settle this one");
}

#[tokio::test]
async fn what_a_commit_claimed_whose_answer_was_lost_is_given_back_soon() {
    let database = Database::new().await;
    let severed = Severed::new(&database, "the lost words", 2);
    let (losing, sound) = (open(severed.url()).await, open(database.url()).await);
    let office = Office::open(&losing, 1).await;
    let before = office.file(1, 0).await.incident;
    let mut commit = office.notes(&before, "the lost words", 1).answering(origin("telegram:1:7", "noted"));
    commit.effects = vec![notice(1)];
    let again = losing.commit(commit.claiming(at(1 + LEASE))).await;
    assert!(matches!(again, Err(CommitError::AlreadyApplied { .. })), "{again:?}");
    let before = office.load(1).await.expect("it was filed").incident;
    let mut commit = office.notes(&before, "the lost words", 2);
    commit.effects = vec![Effect::ShowCard];
    let unknown = losing.commit(commit.claiming(at(2 + LEASE))).await;
    assert!(matches!(unknown, Err(CommitError::Store(_))), "{unknown:?}");
    assert_eq!((severed.lost(), outlook(&sound, 3).await.owed), (2, 2));
    assert_eq!(claim(&sound, Lane::Notice, 3).await, None);
    assert_eq!(losing.attend(at(3), at(11)).await.works().given_back, 2);
    assert_eq!(claimed(&sound, Lane::Notice, 4).await.attempt, 2);
    assert_eq!(claimed(&sound, Lane::Card, 4).await.attempt, 2);
}
