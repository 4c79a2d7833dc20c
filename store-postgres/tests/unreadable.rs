//! Data that no release has written is an error that says where it is, and not what it says.

mod office;

use std::fmt::Debug;

use incident_core::ports::{ClaimOrder, Listing, Page, Store, StoreError};
use incident_core::testkit::conformance::fixture::{Office, Works, at, notice};
use store_postgres::PostgresStore;
use store_postgres::testkit::Database;

/// A database with an office, an incident and something owed, changed behind the store's back.
async fn tampered(sql: &str) -> (PostgresStore, Database) {
    let database = Database::new().await;
    let store = database.open().await;
    Office::open(&store, 1).await.owes(1, vec![notice(1)], 0).await;
    database.execute(sql).await;
    (store, database)
}

/// Returns what a failure says, with ids replaced by what they identify.
fn said<T: Debug>(office: &Office<'_>, result: Result<T, StoreError>) -> String {
    let error = result.expect_err("it cannot be read");
    assert!(!error.temporary, "{error}");
    let (incident, company) = (office.id(1).to_string(), office.company.to_string());
    error.to_string().replace(&incident, "INCIDENT").replace(&company, "COMPANY")
}

#[tokio::test]
async fn an_unreadable_state_is_named() {
    let (store, _database) =
        tampered("UPDATE incidents SET state_json = replace(state_json, '\"open\"', '\"lights out\"')").await;
    let office = office::again(&store, 1);
    let place = "unreadable data in table incidents, column state_json, row INCIDENT: JSON of another shape,";
    let loaded = said(&office, store.load(office.company, office.id(1)).await);
    assert!(loaded.starts_with(&format!("failed to load an incident: {place}")), "{loaded}");
    let page = Page { after: None, limit: 10 };
    let listed = said(&office, store.list(office.company, &Listing::default(), page).await);
    assert!(listed.starts_with(&format!("failed to list incidents: {place}")), "{listed}");
    assert!(!listed.contains("lights"), "{listed}");
}

#[tokio::test]
async fn broken_json_is_named() {
    let (store, _database) = tampered("UPDATE events SET body = substr(body, 1, 30)").await;
    let office = office::again(&store, 1);
    assert_eq!(
        said(&office, store.history(office.company, office.id(1)).await),
        "failed to read the journal of an incident: unreadable data in table events, column body, \
         row INCIDENT 1: broken JSON, line 1 column 30"
    );
}

#[tokio::test]
async fn a_gap_in_a_journal_is_named() {
    let (store, _database) = tampered("UPDATE events SET seq = 2").await;
    let office = office::again(&store, 1);
    assert_eq!(
        said(&office, store.history(office.company, office.id(1)).await),
        "failed to read the journal of an incident: unreadable data in table events, column seq, \
         row INCIDENT 1: an event is missing before it"
    );
}

#[tokio::test]
async fn a_state_that_is_not_of_its_version_is_named() {
    let (store, _database) = tampered("UPDATE incidents SET version = 7").await;
    let office = office::again(&store, 1);
    assert_eq!(
        said(&office, store.load(office.company, office.id(1)).await),
        "failed to load an incident: unreadable data in table incidents, column version, row INCIDENT: \
         it is not the version of the state beside it"
    );
}

#[tokio::test]
async fn an_unreadable_effect_is_named_and_out_of_the_way_for_as_long_as_a_lease() {
    let (store, _database) = tampered("UPDATE effects SET chat = 'pigeon:1'").await;
    let office = office::again(&store, 1);
    let order = |secs| ClaimOrder { lane: notice(1).lane(), now: at(secs), lease_until: at(secs + 60) };
    for secs in [1, 61] {
        let said = said(&office, store.claim(order(secs)).await);
        let place = "failed to claim an effect: unreadable data in table effects, column chat, row ";
        assert!(said.starts_with(place) && said.ends_with(": it names no platform"), "{said}");
        assert_eq!(store.claim(order(secs + 1)).await.works(), None);
    }
}

#[tokio::test]
async fn an_unreadable_roster_is_named() {
    for (sql, place) in [
        ("UPDATE groups SET id = 'night'", "table groups, column id, row COMPANY: not an id"),
        ("UPDATE groups SET chat = '7'", "table groups, column chat, row COMPANY: it names no platform"),
        (
            "INSERT INTO settings SELECT id, 'locale', '7' FROM companies",
            "table settings, column value, row COMPANY: ",
        ),
        ("UPDATE roster_events SET seq = seq + 10", "table roster_events, column seq, row COMPANY 1: "),
    ] {
        let (store, _database) = tampered(sql).await;
        let office = office::again(&store, 1);
        let failed = match store.roster(office.company).await {
            Err(error) => error,
            Ok(_) => store.roster_history(office.company).await.expect_err("one of the two cannot be read"),
        };
        let said = said::<()>(&office, Err(failed));
        assert!(said.contains(&format!("unreadable data in {place}")), "{said}");
    }
}
