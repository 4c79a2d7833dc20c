//! What replicas do at once: locks, leases and nudges between two stores on one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use incident_core::ids::GroupId;
use incident_core::incident::{Effect, Lane};
use incident_core::ports::{Address, Claim, Commit, CommitError, Committed, Store};
use incident_core::testkit::conformance::fixture::{
    Office, Works, chat, claim, claimed, notice, origin, outlook,
};
use incident_core::time::Timestamp;
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
    let claim =
        database.hold("SELECT * FROM claim_effect(1772438500000000, 2, 1772438600000000, 'one')").await;
    let (company, id, own) = (office.company, office.id(1), Address::own(office.chat.clone()));
    let owing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.owe_card(company, id, &own, incident_core::testkit::conformance::fixture::at(2)).await }
    });
    database.waiting(1).await;
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

/// Waits for a nudge.
async fn hear(nudges: &mut mpsc::UnboundedReceiver<()>, why: &str) {
    let heard = tokio::time::timeout(Duration::from_secs(30), nudges.recv()).await;
    assert_eq!(heard, Ok(Some(())), "{why}");
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
    hear(&mut hears, "listening begins with a nudge").await;
    let office = Office::open(&one, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    hear(&mut hears, "it hears of the commit").await;
    while hears.try_recv().is_ok() {}
    // It goes on after the connection was lost.
    database
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        .await;
    hear(&mut hears, "what may have been missed is a nudge").await;
    office.owes(2, vec![notice(2)], 0).await;
    hear(&mut hears, "it hears again").await;
    drop(listening);
}

/// Listens; returns what is heard, and what keeps listening.
async fn listen(store: &PostgresStore) -> (mpsc::UnboundedReceiver<()>, store_postgres::Listening) {
    let (heard, mut hears) = mpsc::unbounded_channel();
    let listening = store
        .listen(move || {
            heard.send(()).ok();
        })
        .await
        .works();
    hear(&mut hears, "listening begins with a nudge").await;
    (hears, listening)
}

#[tokio::test]
async fn nobody_is_woken_by_what_they_have_written_themselves() {
    let database = Database::new().await;
    let (one, other) = (open(&database).await, open(&database).await);
    let (mut own, _own) = listen(&one).await;
    let (mut theirs, _theirs) = listen(&other).await;
    let office = Office::open(&one, 1).await;
    for n in 1..=3 {
        while theirs.try_recv().is_ok() {}
        office.owes(n, vec![notice(n)], 0).await;
        hear(&mut theirs, "the other one hears").await;
    }
    let office = Office::open(&other, 2).await;
    office.owes(1, vec![notice(1)], 0).await;
    hear(&mut own, "this one hears the other").await;
    let late = tokio::time::timeout(Duration::from_millis(50), own.recv()).await;
    // Founding the company and filing the incident may have been two.
    assert!(own.try_recv().is_err(), "{late:?}");
}

#[tokio::test]
async fn what_another_one_is_forgetting_keeps_nobody_from_forgetting_the_rest() {
    let database = Database::new().await;
    let store = open(&database).await;
    let requests = "INSERT INTO requests (key, company, answer, at) SELECT 'telegram:' || n, '1', 'noted', n
        FROM generate_series(1, 1500) AS n";
    database.execute(requests).await;
    let other = database.hold("DELETE FROM requests WHERE at <= 2").await;
    assert_eq!(store.forget_requests(Timestamp::from_micros(1_500)).await.works(), 1_497);
    other.release().await;
    assert_eq!(database.rows("SELECT key FROM requests").await, ["telegram:1500"]);
}

/// Without a pooler in between: that nothing of a session is needed, not that a pooler plays its part.
#[tokio::test]
async fn nothing_needs_a_session_but_listening() {
    let database = Database::new().await;
    let options = Options { pooler: true, ..Options::default() };
    let store = PostgresStore::connect(database.url(), options).await.expect("it opens");
    let office = Office::open(&store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    claimed(&store, Lane::Notice, 0).await;
    let error = store.listen(|| {}).await.expect_err("nobody can");
    assert_eq!((error.temporary, error.operation), (false, "listen"));
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn commits_that_come_at_once_share_statements() {
    const OFFICES: u32 = 40;
    const ALONE: usize = 4;
    let database = Database::new().await;
    let store = Arc::new(open(&database).await);
    let mut commits = Vec::new();
    for index in 1..=OFFICES {
        let office = Office::open(&*store, index).await;
        let incident = office.file(1, 0).await.incident;
        // One has an answer that no database takes.
        let answer = if index == 7 { "no\0ted" } else { "noted" };
        let request = origin(&format!("telegram:1:{index}"), answer);
        commits.push(office.notes(&incident, "a word", 1).answering(request));
    }
    let before = store.written();
    // Those who write by themselves wait for a lock, those behind them for their turn.
    let lock = database.hold("SELECT FROM incidents FOR UPDATE").await;
    let entered = Arc::new(AtomicU32::new(0));
    let mut committing = JoinSet::new();
    for commit in commits {
        let (store, entered) = (Arc::clone(&store), Arc::clone(&entered));
        committing.spawn(async move {
            entered.fetch_add(1, Ordering::SeqCst);
            store.commit(commit).await.is_ok()
        });
    }
    database.waiting(ALONE).await;
    while entered.load(Ordering::SeqCst) != OFFICES {
        tokio::task::yield_now().await;
    }
    lock.release().await;
    let written = committing.join_all().await.into_iter().filter(|written| *written).count();
    assert_eq!(written as u32, OFFICES - 1);
    let noted = "SELECT count(DISTINCT incident), count(*) FROM events WHERE type = 'note_added'";
    assert_eq!(database.rows(noted).await, [format!("{0} {0}", OFFICES - 1)]);
    assert_eq!(database.rows("SELECT count(*) FROM requests WHERE key = 'telegram:1:7'").await, ["0"]);
    let after = store.written();
    assert_eq!(
        (after.statements - before.statements, after.commits - before.commits),
        (ALONE as u64 + 1, OFFICES.into())
    );
}

#[tokio::test]
async fn a_chat_that_another_company_takes_meanwhile_is_refused_for_good() {
    let database = Database::new().await;
    let store = Arc::new(open(&database).await);
    let office = Office::open(&*store, 1).await;
    let theirs = database
        .hold(
            "INSERT INTO companies VALUES ('theirs', 'Rivals', 1, 0);
             INSERT INTO groups VALUES ('theirs', 'night', 'telegram:-42', 'Night shift', 'active')",
        )
        .await;
    let before = office.roster().await;
    let add = office.add_group(GroupId::from_u128(9), &chat("-42"));
    let commit = office.roster_commit(Some(&before), vec![add], 1);
    let committing = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit_roster(commit).await }
    });
    database.waiting(1).await;
    theirs.release().await;
    let error = committing.await.expect("it does not panic").unwrap_err();
    assert_eq!(error.to_string(), "failed to commit a roster: the chat belongs to another group");
    assert!(matches!(&error, CommitError::Store(error) if !error.temporary), "{error:?}");
    assert_eq!(office.roster().await, before);
}

async fn file(store: Arc<PostgresStore>, report: Commit) -> Result<Committed, CommitError> {
    store.commit(report).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_filed_twice_at_once_takes_one_number() {
    let database = Database::new().await;
    let stores = [Arc::new(open(&database).await), Arc::new(open(&database).await)];
    let office = Office::open(&*stores[0], 1).await;
    for n in 1..=10 {
        let mut filing = JoinSet::new();
        for filer in 0..8 {
            let (store, report) = (Arc::clone(&stores[filer % 2]), office.report(n, 0));
            filing.spawn(file(store, report));
        }
        let (filed, refused): (Vec<_>, Vec<_>) = filing.join_all().await.into_iter().partition(Result::is_ok);
        let numbers: Vec<u32> = filed.into_iter().map(|filed| filed.works().number.seq).collect();
        assert_eq!((numbers, refused.len()), (vec![n], 7));
        let conflict =
            |error: &CommitError| matches!(error, CommitError::Conflict { actual, .. } if actual.get() == 1);
        assert!(refused.iter().all(|refused| refused.as_ref().is_err_and(conflict)), "{refused:?}");
    }
}
