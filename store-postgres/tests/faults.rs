//! What becomes of a call when the server or the way to it fails in the middle.

mod office;
mod severed;

use std::sync::Arc;

use incident_core::incident::{Lane, fold};
use incident_core::ports::{CommitError, PostedKind, RequestKey, Settled, Store};
use incident_core::roster::RosterCommand;
use incident_core::testkit::conformance::fixture::{
    LEASE, Office, Works, claimed, done, done_with, notice, origin, outlook, retry, settle,
};
use severed::Severed;
use store_postgres::testkit::{Database, OwnServer};
use store_postgres::{Options, PostgresStore, Serving};
use tokio::task::JoinSet;

/// Two stores on one database: one whose way loses answers, and one that is there to look.
struct Place {
    losing: PostgresStore,
    severed: Severed,
    sound: PostgresStore,
    _database: Database,
}

impl Place {
    async fn new(marker: &'static str, losses: u32) -> Self {
        let database = Database::new().await;
        let severed = Severed::new(&database, marker, losses);
        let options = Options { connections: 2, serving: Serving::Alone, ..Options::default() };
        let losing = PostgresStore::connect(severed.url(), options).await.expect("it opens");
        Self { losing, severed, sound: database.open().await, _database: database }
    }
}

#[tokio::test]
async fn a_commit_whose_answer_was_lost_is_found_by_its_request() {
    let place = Place::new("the lost words", 1).await;
    let office = Office::open(&place.losing, 1).await;
    let before = office.file(1, 0).await.incident;
    let commit = office.notes(&before, "the lost words", 1).answering(origin("telegram:1:7", "noted"));
    match place.losing.commit(commit).await {
        Err(CommitError::AlreadyApplied { answer }) => assert_eq!(answer.answer, "noted"),
        other => panic!("{other:?}"),
    }
    assert_eq!(place.severed.lost(), 1);
    let journal = place.sound.history(office.company, before.id).await.works();
    assert_eq!(journal.len() as u32, before.version.get() + 1);
}

#[tokio::test]
async fn a_commit_without_a_request_is_not_tried_again_blindly() {
    let place = Place::new("the lost words", 1).await;
    let office = Office::open(&place.losing, 1).await;
    let before = office.file(1, 0).await.incident;
    let error = place.losing.commit(office.notes(&before, "the lost words", 1)).await.unwrap_err();
    assert!(matches!(&error, CommitError::Store(error) if error.temporary), "{error:?}");
    assert_eq!(place.severed.lost(), 1);
    let after = office::again(&place.sound, 1).load(1).await.expect("it was filed").incident;
    assert_eq!(after.version, before.version.next());
}

#[tokio::test]
async fn connections_that_were_ended_meanwhile_are_nobodys_concern() {
    let database = Database::new().await;
    let store = database.open().await;
    let office = Office::open(&store, 1).await;
    let before = office.file(1, 0).await.incident;
    for secs in 1..=5 {
        database.end_connections().await;
        assert_eq!(office.load(1).await.map(|filed| filed.incident).as_ref(), Some(&before));
        // A roster is written in a transaction: nothing of it happens before its end.
        let roster = office.roster().await;
        let commit = office.roster_commit(Some(&roster), Vec::<RosterCommand>::new(), secs);
        database.end_connections().await;
        store.commit_roster(commit).await.works();
    }
}

#[tokio::test]
async fn a_settlement_whose_answer_was_lost_is_not_late() {
    let place = Place::new("{\"outcome\":\"done\"}", 1).await;
    let office = Office::open(&place.losing, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let claim = claimed(&place.losing, Lane::Notice, 0).await;
    assert_eq!(settle(&place.losing, &claim, done(), 1).await, Settled::Yes);
    assert_eq!(place.severed.lost(), 1);
    assert_eq!(outlook(&place.sound, 1).await.owed, 0);
}

#[tokio::test]
async fn a_settlement_that_stayed_in_doubt_is_not_late_when_it_is_repeated() {
    let place = Place::new("{\"outcome\":\"done\"}", 4).await;
    let office = Office::open(&place.losing, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let claim = claimed(&place.losing, Lane::Notice, 0).await;
    let now = incident_core::testkit::conformance::fixture::at(1);
    let error = place.losing.settle(&claim, done(), now).await.unwrap_err();
    assert!(error.temporary, "{error}");
    assert_eq!(place.severed.lost(), 4);
    assert_eq!(place.losing.settle(&claim, done(), now).await.works(), Settled::Yes);
    assert_eq!(place.losing.settle(&claim, done(), now).await.works(), Settled::Late);
}

#[tokio::test]
async fn after_a_crash_of_the_server_a_store_goes_on_by_itself() {
    let server = OwnServer::start().await;
    let database = server.database().await;
    let store = database.open().await;
    let office = Office::open(&store, 1).await;
    let before = office.file(1, 0).await.incident;
    for round in 1..=2 {
        server.crash().await;
        let away = store.load(office.company, before.id).await.unwrap_err();
        assert!(away.temporary, "{away}");
        assert!(store.check().await.is_err());
        server.recover().await;
        assert_eq!(office.load(1).await.map(|filed| filed.incident).as_ref(), Some(&before), "round {round}");
        store.check().await.works();
    }
}

#[tokio::test]
async fn a_settlement_in_doubt_is_late_if_somebody_else_has_settled_it() {
    for (number, settlement) in [("41", true), ("42", false)] {
        let place = Place::new("\"outcome\":", 1).await;
        let office = Office::open(&place.losing, 1).await;
        office.owes(1, vec![notice(1)], 0).await;
        let slow = claimed(&place.losing, Lane::Notice, 0).await;
        let posted = office.posted(1, &office.message(number), PostedKind::Notice);
        let settlement = if settlement { done_with(posted) } else { retry(9, None) };
        let new = claimed(&place.sound, Lane::Notice, LEASE).await;
        assert_eq!(settle(&place.sound, &new, done(), LEASE).await, Settled::Yes);
        assert_eq!(settle(&place.losing, &slow, settlement, LEASE + 1).await, Settled::Late);
        assert_eq!(place.severed.lost(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_chosen_to_give_way_tries_again() {
    let database = Database::new().await;
    let store = Arc::new(database.open().await);
    let office = Office::open(&*store, 1).await;
    office.owes(1, vec![incident_core::incident::Effect::ShowCard], 0).await;
    let before = office.load(1).await.expect("it was filed").incident;
    // It waits for the card, which the other one has, and has the incident, for which the other one then waits.
    let mut other = database.hold("SET deadlock_timeout = '1h'; UPDATE effects SET reason = 'held'").await;
    let mut commit = office.notes(&before, "a word", 1).answering(origin("telegram:1:7", "noted"));
    commit.effects = vec![incident_core::incident::Effect::ShowCard];
    let committing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(commit).await }
    });
    database.waiting(1).await;
    other.execute("UPDATE incidents SET version = version").await;
    other.release().await;
    committing.await.expect("it does not panic").works();
    assert_eq!(outlook(&*store, 1).await.owed, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_ended_by_the_server_in_the_middle_is_written_once() {
    let database = Database::new().await;
    let store = Arc::new(database.open().await);
    let office = Office::open(&*store, 1).await;
    let before = office.file(1, 0).await.incident;
    let lock = database.hold("UPDATE incidents SET version = version").await;
    let commit = office.notes(&before, "a word", 1).answering(origin("telegram:1:7", "noted"));
    let committing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(commit).await }
    });
    let waiting = database.waiting(1).await.concat();
    database.execute(&format!("SELECT pg_terminate_backend({waiting})")).await;
    lock.release().await;
    let number = committing.await.expect("it does not panic").works().number;
    assert_eq!(number, store.list(office.company, &Default::default(), page()).await.works()[0].number);
    let journal = database.rows("SELECT request, count(*) FROM events WHERE seq > 1 GROUP BY request").await;
    assert_eq!(journal, ["telegram:1:7 1"]);
}

const fn page() -> incident_core::ports::Page {
    incident_core::ports::Page { after: None, limit: 9 }
}

/// Commits notes until told to stop; returns the keys of the requests that were acknowledged.
async fn commit_until(store: Arc<PostgresStore>, n: u32, stop: Arc<tokio::sync::Notify>) -> Vec<String> {
    let office = Office::open(&*store, n).await;
    let mut incident = office.file(1, 0).await.incident;
    let mut acknowledged = Vec::new();
    let stopped = stop.notified();
    tokio::pin!(stopped);
    for round in 1.. {
        let key = format!("telegram:{n}:{round}");
        let mut commit = office.notes(&incident, "still going", round).answering(origin(&key, "noted"));
        commit.effects = vec![notice(round.unsigned_abs() as u32)];
        match store.commit(commit).await {
            Ok(_) | Err(CommitError::AlreadyApplied { .. }) => acknowledged.push(key),
            Err(CommitError::Store(error)) if error.temporary => {}
            Err(error) => panic!("{error:?}"),
        }
        incident = loop {
            if let Ok(filed) = store.load(office.company, incident.id).await {
                break filed.expect("it was filed").incident;
            }
        };
        if std::future::poll_fn(|cx| std::task::Poll::Ready(stopped.as_mut().poll(cx).is_ready())).await {
            break;
        }
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_acknowledged_survives_the_end_of_all_connections() {
    const WRITERS: u32 = 4;
    const ENDS: u32 = 25;
    let database = Database::new().await;
    let store = Arc::new(database.open().await);
    let stop = Arc::new(tokio::sync::Notify::new());
    let mut writers = JoinSet::new();
    for n in 1..=WRITERS {
        writers.spawn(commit_until(Arc::clone(&store), n, Arc::clone(&stop)));
    }
    while database.rows("SELECT count(*) FROM incidents").await != [WRITERS.to_string()] {
        tokio::task::yield_now().await;
    }
    let committed = "SELECT count(*) FROM requests";
    for _ in 0..ENDS {
        let before = database.rows(committed).await;
        while database.rows(committed).await == before {
            tokio::task::yield_now().await;
        }
        database.end_connections().await;
    }
    stop.notify_waiters();
    for key in writers.join_all().await.into_iter().flatten() {
        assert!(store.applied(&RequestKey::new(key.clone())).await.works().is_some(), "{key}");
    }
    let twice =
        "SELECT request, count(*) FROM events WHERE request IS NOT NULL GROUP BY request HAVING count(*) > 1";
    assert_eq!(database.rows(twice).await, [""; 0]);
    let owed = database.rows("SELECT count(*), count(DISTINCT (incident, body)) FROM effects").await;
    assert_eq!(owed, database.rows("SELECT count(*), count(*) FROM requests").await);
    for n in 1..=WRITERS {
        let office = office::again(&*store, n);
        let incident = office.load(1).await.expect("it was filed").incident;
        let history = store.history(office.company, incident.id).await.works();
        assert_eq!(fold(incident.id, &history).as_ref(), Some(&incident));
    }
}
