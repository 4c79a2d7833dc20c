//! What figures are made of is what the states say, read from columns alone.

use incident_core::ports::{Cases, Scope};
use incident_core::testkit::conformance::cases;
use incident_core::testkit::conformance::fixture::{Office, at};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

fn fresh() -> (SqliteStore, TempDir) {
    let directory = TempDir::new().expect("a directory for the test");
    let store = SqliteStore::open(&directory.path().join("incidents.db"), Options::default());
    (store.expect("a new database opens"), directory)
}

#[tokio::test]
async fn cases_are_what_the_states_say() {
    cases::cases_are_what_the_states_say(&fresh().0).await;
}

#[tokio::test]
async fn pages_of_cases_join_to_the_whole_list() {
    cases::pages_of_cases_join_to_the_whole_list(&fresh().0).await;
}

#[tokio::test]
async fn cases_of_a_scope_are_those_and_no_others() {
    cases::cases_of_a_scope_are_those_and_no_others(&fresh().0).await;
}

/// Ids that lie far apart, with many holders of other incidents between them, are looked up one by one.
#[tokio::test]
async fn whoever_held_an_incident_is_found_among_many_others() {
    let (store, _directory) = fresh();
    let office = Office::open(&store, 1).await;
    for n in 1..=40 {
        let secs = if n % 39 == 1 { 10 } else { 1_000 };
        let filed = office.file(n, secs).await;
        let take = incident_core::incident::Command::Acknowledge;
        office.commit(office.asks(&filed.incident, office.ann, take, secs + 5)).await;
    }
    let scope = Scope { company: office.company, group: None, from: at(0), until: at(100) };
    let cases = store.cases(&scope, None, 100).await.expect("they are readable");
    let held: Vec<_> = cases.iter().map(|case| (case.id, case.stints.len())).collect();
    assert_eq!(held, [(office.id(1), 1), (office.id(40), 1)]);
}

#[tokio::test]
async fn a_state_that_cannot_be_read_does_not_matter_to_figures() {
    let directory = TempDir::new().expect("a directory for the test");
    let path = directory.path().join("incidents.db");
    let store = SqliteStore::open(&path, Options::default()).expect("a new database opens");
    let office = Office::open(&store, 1).await;
    office.file(1, 10).await;
    let db = rusqlite::Connection::open(&path).expect("it opens");
    db.execute("UPDATE incidents SET state_json = 'nonsense'", []).expect("it is damaged");
    let scope = Scope { company: office.company, group: None, from: at(0), until: at(100) };
    assert_eq!(store.cases(&scope, None, 100).await.expect("columns are enough").len(), 1);
    db.execute("UPDATE incidents SET state = 'lost'", []).expect("it is damaged");
    let error = store.cases(&scope, None, 100).await.expect_err("no such state exists");
    let said = std::error::Error::source(&error).map(ToString::to_string);
    assert!(said.is_some_and(|said| said.contains("state")), "{error}");
}
