//! Many callers share transactions, and what happens to one of them is no concern of the others.

mod office;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use incident_core::ids::{GroupId, PersonId, TeamId};
use incident_core::incident::{Lane, fold};
use incident_core::policy::Role;
use incident_core::ports::{CommitError, Filed, RequestKey, Store};
use incident_core::roster::{Grantee, RosterCommand};
use incident_core::testkit::conformance::fixture::{Office, Works, at, claim, origin, profile, text};
use rusqlite::Connection;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

const CALLERS: u32 = 64;
const COMMITS: u32 = 20;

fn open(directory: &TempDir, options: Options) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(&path(directory), options).expect("the database opens"))
}

fn path(directory: &TempDir) -> std::path::PathBuf {
    directory.path().join("incidents.db")
}

/// Keeps the store from writing, as another process may.
fn hold(path: &Path) -> Connection {
    let connection = Connection::open(path).expect("the database opens");
    connection.execute_batch("BEGIN IMMEDIATE").expect("nobody writes");
    connection
}

/// Commits to the `n`-th incident, and returns what it is afterwards.
async fn commit_often(store: Arc<SqliteStore>, n: u32) -> Filed {
    let office = office::again(&*store, 1);
    let mut filed = office.file(n, 0).await;
    for secs in 1..COMMITS {
        filed = office.commit(office.notes(&filed.incident, "still going", secs.into())).await;
    }
    filed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_callers_share_transactions() {
    let directory = TempDir::new().unwrap();
    let store = open(&directory, Options::default());
    drop(Office::open(&*store, 1).await);
    let before = store.written();
    let mut callers = tokio::task::JoinSet::new();
    for n in 1..=CALLERS {
        callers.spawn(commit_often(Arc::clone(&store), n));
    }
    let filed = callers.join_all().await;
    let after = store.written();
    assert_eq!(after.commands - before.commands, u64::from(CALLERS * COMMITS));
    assert!(after.transactions - before.transactions < u64::from(CALLERS * COMMITS / 4), "{after:?}");
    for filed in filed {
        let (company, id) = (filed.incident.company, filed.incident.id);
        assert_eq!(fold(id, &store.history(company, id).await.works()).as_ref(), Some(&filed.incident));
        assert_eq!(store.load(company, id).await.works(), Some(filed));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_that_fails_takes_no_other_along() {
    let directory = TempDir::new().unwrap();
    let store = open(&directory, Options::default());
    let office = Office::open(&*store, 1).await;
    let other = Office::open(&*store, 2).await;
    let stolen = other.add_group(GroupId::from_u128(7), &office.chat);
    let theft = other.roster_commit(Some(&other.roster().await), vec![stolen], 1);
    let theft = theft.answering(origin("theft", "done"));
    let held = hold(&path(&directory));
    let reports =
        (1..=CALLERS).map(|n| office.report(n, 0).answering(origin(&format!("report {n}"), "filed")));
    let mut callers = tokio::task::JoinSet::new();
    for report in reports {
        let store = Arc::clone(&store);
        callers.spawn(async move { store.commit(report).await.works() });
    }
    let thief = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit_roster(theft).await }
    });
    held.execute_batch("ROLLBACK").unwrap();
    assert_eq!(callers.join_all().await.len(), CALLERS as usize);
    let Err(CommitError::Store(error)) = thief.await.unwrap() else {
        panic!("a chat belongs to one group");
    };
    assert_eq!(
        (error.to_string().as_str(), error.temporary),
        ("failed to commit a roster: the chat belongs to another group", false)
    );
    assert_eq!(store.applied(&RequestKey::new("theft")).await.works(), None);
    for n in 1..=CALLERS {
        assert!(office.load(n).await.is_some());
        assert!(store.applied(&RequestKey::new(format!("report {n}"))).await.works().is_some());
    }
}

#[tokio::test]
async fn a_locked_file_is_a_temporary_failure() {
    let directory = TempDir::new().unwrap();
    let options = Options { busy_timeout: Duration::from_millis(5), ..Options::default() };
    let store = open(&directory, options);
    let office = Office::open(&*store, 1).await;
    let held = hold(&path(&directory));
    let Err(CommitError::Store(error)) = store.commit(office.report(1, 0)).await else {
        panic!("somebody else writes");
    };
    assert!(error.temporary);
    assert_eq!(error.to_string(), "failed to commit an incident: the transaction failed: database is locked");
    assert!(store.check().await.is_err());
    assert_eq!(office.load(1).await, None);
    held.execute_batch("ROLLBACK").unwrap();
    store.commit(office.report(1, 0)).await.works();
    store.check().await.works();
}

#[tokio::test]
async fn whoever_finds_nothing_to_write_waits_for_no_other_process() {
    let directory = TempDir::new().unwrap();
    let options = Options { busy_timeout: Duration::from_millis(5), ..Options::default() };
    let store = open(&directory, options);
    let office = Office::open(&*store, 1).await;
    let held = hold(&path(&directory));
    assert_eq!(claim(&*store, Lane::Notice, 1).await, None);
    assert_eq!(store.identify(office.company, &profile("ann"), at(1)).await.works(), office.ann);
    assert!(store.identify(office.company, &profile("eve"), at(1)).await.is_err());
    drop(held);
}

/// Gives ever more people a role and, in the same commit, a place in a team.
async fn hire(store: Arc<SqliteStore>) {
    let office = office::again(&*store, 1);
    let group = office.group;
    office.administers(vec![RosterCommand::AddTeam { name: text("Workshop"), restricted: false }], 0).await;
    for n in 10..HIRED {
        let person = Grantee::Person(PersonId::new(n));
        let grant = RosterCommand::Grant { group, role: Role::Responder, to: person.clone() };
        let join = RosterCommand::JoinTeam { team: TeamId::new(1), member: person };
        office.administers(vec![grant, join], n.into()).await;
    }
}

const HIRED: u32 = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_roster_is_read_in_one_piece_while_it_changes() {
    let directory = TempDir::new().unwrap();
    let store = open(&directory, Options::default());
    let company = Office::open(&*store, 1).await.company;
    let reader = SqliteStore::open_read_only(&path(&directory), Options::default()).unwrap();
    let hiring = tokio::spawn(hire(Arc::clone(&store)));
    let mut seen = 0;
    while !hiring.is_finished() {
        let roster = reader.roster(company).await.works().unwrap();
        let granted: usize = roster.groups.values().map(|group| group.grants.len()).sum();
        let members: usize = roster.teams.values().map(|team| team.members.len()).sum();
        assert_eq!(granted, members);
        seen = members;
        tokio::task::yield_now().await;
    }
    hiring.await.unwrap();
    assert!(seen > 0, "it was read while it changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_is_taken_by_the_transaction_that_files_and_by_no_other() {
    let directory = TempDir::new().unwrap();
    let store = open(&directory, Options::default());
    let office = Office::open(&*store, 1).await;
    let first = office.commit(office.report(1, 0).answering(origin("report", "filed"))).await;
    let again = store.commit(office.report(1, 1)).await;
    assert!(matches!(again, Err(CommitError::Conflict { .. })), "{again:?}");
    let again = store.commit(office.report(2, 1).answering(origin("report", "filed"))).await;
    assert!(matches!(again, Err(CommitError::AlreadyApplied { .. })), "{again:?}");
    let second = office.file(2, 2).await;
    assert_eq!((first.number.seq, second.number.seq), (1, 2));
}
