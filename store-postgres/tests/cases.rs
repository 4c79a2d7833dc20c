//! What figures are made of is what the states say, read from columns alone.

use incident_core::ports::{Cases, Scope};
use incident_core::testkit::conformance::cases;
use incident_core::testkit::conformance::fixture::{Office, Works, at};
use store_postgres::testkit::Database;

#[tokio::test]
async fn cases_are_what_the_states_say() {
    let database = Database::new().await;
    cases::cases_are_what_the_states_say(&database.open().await).await;
}

#[tokio::test]
async fn pages_of_cases_join_to_the_whole_list() {
    let database = Database::new().await;
    cases::pages_of_cases_join_to_the_whole_list(&database.open().await).await;
}

#[tokio::test]
async fn cases_of_a_scope_are_those_and_no_others() {
    let database = Database::new().await;
    cases::cases_of_a_scope_are_those_and_no_others(&database.open().await).await;
}

#[tokio::test]
async fn a_state_that_cannot_be_read_does_not_matter_to_figures() {
    let database = Database::new().await;
    let store = database.open().await;
    let office = Office::open(&store, 1).await;
    office.file(1, 10).await;
    database.execute("UPDATE incidents SET state_json = 'nonsense'").await;
    let scope = Scope { company: office.company, group: None, from: at(0), until: at(100) };
    assert_eq!(store.cases(&scope, None, 100).await.works().len(), 1);
    database.execute("UPDATE incidents SET state = 'lost'").await;
    let error = store.cases(&scope, None, 100).await.expect_err("no such state exists");
    let said = std::error::Error::source(&error).map(ToString::to_string);
    assert!(said.is_some_and(|said| said.contains("state")), "{error}");
}
