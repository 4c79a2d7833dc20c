//! What replicas do at once: locks, leases and nudges between two stores on one database.

use std::sync::Arc;

use incident_core::incident::{Effect, Lane};
use incident_core::ports::{Claim, Store};
use incident_core::testkit::conformance::fixture::{Office, Works, claim, claimed, notice, outlook};
use store_postgres::testkit::Database;
use store_postgres::{Options, PostgresStore};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

async fn open(database: &Database) -> PostgresStore {
    let options = Options { connections: 4, ..Options::default() };
    PostgresStore::connect(database.url(), options).await.expect("it opens")
}

async fn ask(store: Arc<PostgresStore>, secs: i64) -> Option<Claim> {
    claim(&*store, Lane::Notice, secs).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_effect_of_a_lane_goes_to_a_chat_however_many_ask() {
    let database = Database::new().await;
    let stores = [Arc::new(open(&database).await), Arc::new(open(&database).await)];
    let office = Office::open(&*stores[0], 1).await;
    for n in 1..=8 {
        office.owes(n, vec![notice(n)], 0).await;
    }
    for round in 0..20 {
        let mut asking = JoinSet::new();
        for asker in 0..8 {
            let store = Arc::clone(&stores[asker % 2]);
            asking.spawn(ask(store, round * 100));
        }
        let given = asking.join_all().await.into_iter().flatten().count();
        assert_eq!(given, 1, "in round {round}");
    }
}

#[tokio::test]
async fn a_card_that_a_commit_counts_on_is_claimed_only_after_it() {
    let database = Database::new().await;
    let store = open(&database).await;
    let office = Office::open(&store, 1).await;
    let incident = office.owing(1, vec![Effect::ShowCard], 0).await;
    store.commit(incident).await.works();
    // A commit that is under way, and owes no card since one waits.
    let commit =
        database.hold("SELECT owe_card(to_jsonb(e), 0) FROM effects AS e WHERE state = 'owed'").await;
    assert_eq!(claim(&store, Lane::Card, 1).await, None);
    commit.release().await;
    claimed(&store, Lane::Card, 1).await;
    assert_eq!(outlook(&store, 1).await.owed, 1);
}

#[tokio::test]
async fn a_card_that_is_being_claimed_does_not_count_as_waiting() {
    let database = Database::new().await;
    let store = Arc::new(open(&database).await);
    let office = Office::open(&*store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    // A claim that is under way when the commit looks.
    let claim = database.hold("SELECT * FROM claim_effect(1772438500000000, 2, 1772438600000000)").await;
    let (company, id, chat) = (office.company, office.id(1), office.chat.clone());
    let owing = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            store.owe_card(company, id, &chat, incident_core::testkit::conformance::fixture::at(2)).await
        }
    });
    const WAITING: &str = "SELECT 1 FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while database.rows(WAITING).await.is_empty() {
        tokio::task::yield_now().await;
    }
    claim.release().await;
    owing.await.expect("it does not panic").works();
    assert_eq!(outlook(&*store, 3).await.owed, 2);
}

#[tokio::test]
async fn a_replica_ends_nobodys_leases() {
    let database = Database::new().await;
    let (one, other) = (open(&database).await, open(&database).await);
    let office = Office::open(&one, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    claimed(&one, Lane::Notice, 0).await;
    assert_eq!(other.release_leases().await.works(), 0);
    assert_eq!(claim(&other, Lane::Notice, 1).await, None);
}

#[tokio::test]
async fn replicas_hear_of_each_others_commits() {
    let database = Database::new().await;
    let (one, other) = (open(&database).await, open(&database).await);
    let (heard, mut hears) = mpsc::unbounded_channel();
    let listening = other
        .listen(move || {
            heard.send(()).ok();
        })
        .await
        .works();
    hears.recv().await.expect("listening begins with a nudge");
    let office = Office::open(&one, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    hears.recv().await.expect("it hears of the commit");
    while hears.try_recv().is_ok() {}
    // It goes on after the connection was lost.
    database
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        .await;
    hears.recv().await.expect("what may have been missed is a nudge");
    office.owes(2, vec![notice(2)], 0).await;
    hears.recv().await.expect("it hears again");
    drop(listening);
}

#[tokio::test]
async fn a_roster_that_another_replica_changed_is_read_anew() {
    let database = Database::new().await;
    let (one, other) = (open(&database).await, open(&database).await);
    let office = Office::open(&one, 1).await;
    let before = other.roster(office.company).await.works().expect("it was founded");
    let name = incident_core::testkit::conformance::fixture::text("Workshop");
    let add = incident_core::roster::RosterCommand::AddTeam { name, restricted: false };
    let after = office.administers(vec![add], 60).await;
    assert_ne!(before, after);
    assert_eq!(other.roster(office.company).await.works(), Some(after));
}
