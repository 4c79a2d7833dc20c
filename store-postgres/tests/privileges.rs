//! Who serves needs no right but to read and write rows.

use incident_core::incident::Lane;
use incident_core::ports::Store;
use incident_core::testkit::conformance::fixture::{Office, Works, claimed, done, notice, settle};
use store_postgres::testkit::Database;
use store_postgres::{OpenError, Options, PostgresStore};

/// What the README tells administrators, for roles that go with the test.
const ROLES: &str = "
    DROP ROLE IF EXISTS incident_desk_test_owner; CREATE ROLE incident_desk_test_owner;
    DROP ROLE IF EXISTS incident_desk_test; CREATE ROLE incident_desk_test;
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO incident_desk_test_owner;
    GRANT USAGE ON SCHEMA public TO incident_desk_test;
    ALTER DEFAULT PRIVILEGES FOR ROLE incident_desk_test_owner
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO incident_desk_test;
    ALTER DEFAULT PRIVILEGES FOR ROLE incident_desk_test_owner GRANT USAGE ON SEQUENCES TO incident_desk_test;";
const NO_ROLES: &str = "DROP OWNED BY incident_desk_test, incident_desk_test_owner CASCADE;
    DROP ROLE incident_desk_test, incident_desk_test_owner;";

fn as_role(database: &Database, role: &str) -> String {
    let mark = if database.url().contains('?') { '&' } else { '?' };
    format!("{}{mark}options=-crole%3D{role}", database.url())
}

#[tokio::test]
async fn one_role_migrates_and_another_serves() {
    let database = Database::blank().await;
    database.execute(ROLES).await;
    let (owner, user) =
        (as_role(&database, "incident_desk_test_owner"), as_role(&database, "incident_desk_test"));
    let options = Options { connections: 2, ..Options::default() };
    let error = PostgresStore::migrate(&user, &options).await.unwrap_err();
    assert!(matches!(error, OpenError::Migration { version: 1, .. }), "{error}");
    assert!(error.to_string().contains("migrate with the owner's URL"), "{error}");
    let error = PostgresStore::connect(&user, options.clone()).await.unwrap_err();
    assert!(matches!(error, OpenError::Older { found: 0, .. }), "{error}");
    assert_eq!(PostgresStore::migrate(&owner, &options).await.expect("it migrates"), 0);
    let store = PostgresStore::connect(&user, options).await.expect("it opens");
    store.check().await.works();
    let office = Office::open(&store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let claim = claimed(&store, Lane::Notice, 0).await;
    settle(&store, &claim, done(), 1).await;
    store.forget_requests(incident_core::testkit::conformance::fixture::at(1)).await.works();
    store.close().await;
    database.execute(NO_ROLES).await;
}
