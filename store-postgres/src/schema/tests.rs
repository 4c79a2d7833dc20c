use sqlx::Connection;
use sqlx::postgres::PgConnection;

use super::*;
use crate::testkit::Database;

const FIRST: Migration = Migration { name: "notes", sql: "CREATE TABLE notes (text TEXT);" };
const SECOND: Migration =
    Migration { name: "authors", sql: "ALTER TABLE notes ADD author TEXT; UPDATE notes SET author = 'Ann';" };
const BROKEN: Migration =
    Migration { name: "broken", sql: "DELETE FROM notes; INSERT INTO no_such_table VALUES (1);" };

/// A database with the first migration and a row.
struct Notes(Database);

impl Notes {
    async fn new() -> Self {
        let notes = Self(Database::blank().await);
        assert_eq!(notes.migrate(&[FIRST]).await.unwrap(), 0);
        notes.0.execute("INSERT INTO notes (text) VALUES ('a word')").await;
        notes
    }

    async fn migrate(&self, migrations: &[Migration]) -> Result<u32, OpenError> {
        migrate(&mut self.connect().await, "the database", migrations).await
    }

    async fn inspect(&self, migrations: &[Migration]) -> Result<u32, OpenError> {
        inspect(&mut self.connect().await, "the database", migrations).await
    }

    async fn connect(&self) -> PgConnection {
        PgConnection::connect(self.0.url()).await.unwrap()
    }
}

#[tokio::test]
async fn data_goes_through_a_migration() {
    let notes = Notes::new().await;
    assert_eq!(notes.migrate(&[FIRST, SECOND]).await.unwrap(), 1);
    assert_eq!(notes.0.rows("SELECT text, author FROM notes").await, ["a word Ann"]);
    assert_eq!(notes.0.rows("SELECT version, name FROM migrations").await, ["1 notes", "2 authors"]);
    assert_eq!(notes.migrate(&[FIRST, SECOND]).await.unwrap(), 2);
}

#[tokio::test]
async fn a_migration_that_fails_changes_nothing() {
    let notes = Notes::new().await;
    let error = notes.migrate(&[FIRST, SECOND, BROKEN]).await.unwrap_err();
    assert!(matches!(error, OpenError::Migration { version: 3, .. }), "{error}");
    assert_eq!(notes.0.rows("SELECT * FROM notes").await, ["a word"]);
    assert_eq!(notes.0.rows("SELECT version FROM migrations").await, ["1"]);
    notes.migrate(&[FIRST, SECOND]).await.unwrap();
}

#[tokio::test]
async fn a_migration_may_take_longer_than_a_statement_of_every_day() {
    const SLOW: Migration = Migration { name: "slow", sql: "SELECT pg_sleep(0.3);" };
    let database = Database::blank().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    sqlx::raw_sql("SET statement_timeout = '100ms'").execute(&mut connection).await.unwrap();
    assert_eq!(migrate(&mut connection, "the database", &[SLOW]).await.unwrap(), 0);
    let limit: String =
        sqlx::query("SHOW statement_timeout").fetch_one(&mut connection).await.unwrap().get(0);
    assert_eq!(limit, "100ms", "for everything else it holds");
}

#[tokio::test]
async fn those_who_migrate_at_once_wait_for_each_other() {
    let database = Database::blank().await;
    let migrated = (0..4).map(|_| {
        let url = database.url().to_owned();
        tokio::spawn(async move {
            let mut connection = PgConnection::connect(&url).await.unwrap();
            migrate(&mut connection, "the database", MIGRATIONS).await.unwrap()
        })
    });
    let mut found = Vec::new();
    for migrated in migrated.collect::<Vec<_>>() {
        found.push(migrated.await.unwrap());
    }
    found.sort_unstable();
    let latest = latest(MIGRATIONS);
    assert_eq!(found, [0, latest, latest, latest]);
}

#[tokio::test]
async fn a_migration_in_another_form_is_noticed() {
    let notes = Notes::new().await;
    notes.migrate(&[FIRST, SECOND]).await.unwrap();
    let error = notes.migrate(&[FIRST, BROKEN]).await.unwrap_err();
    assert!(matches!(error, OpenError::Altered { version: 2, .. }), "{error}");
    assert_eq!(notes.0.rows("SELECT text FROM notes").await, ["a word"]);
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let notes = Notes::new().await;
    notes.migrate(&[FIRST, SECOND]).await.unwrap();
    for error in [notes.inspect(&[FIRST]).await.unwrap_err(), notes.migrate(&[FIRST]).await.unwrap_err()] {
        assert!(matches!(error, OpenError::Newer { found: 2, known: 1, .. }), "{error}");
    }
}

#[tokio::test]
async fn tables_of_another_program_are_left_alone() {
    for (theirs, rows) in [
        ("CREATE TABLE incidents (theirs TEXT)", "SELECT * FROM incidents"),
        ("CREATE TABLE migrations (id INT, migration TEXT)", "SELECT * FROM migrations"),
    ] {
        let database = Database::blank().await;
        database.execute(theirs).await;
        let mut connection = PgConnection::connect(database.url()).await.unwrap();
        let error = migrate(&mut connection, "the database", MIGRATIONS).await.unwrap_err();
        assert!(matches!(error, OpenError::Foreign { .. }), "{error}");
        assert_eq!(database.rows(rows).await, [""; 0]);
    }
}

#[tokio::test]
async fn another_isolation_is_refused() {
    let database = Database::blank().await;
    let url = format!("{}&options=-cdefault_transaction_isolation%3Dserializable", database.url());
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let error = inspect(&mut connection, "the database", MIGRATIONS).await.unwrap_err();
    assert!(matches!(&error, OpenError::Isolation { found, .. } if found == "serializable"), "{error}");
}

#[tokio::test]
async fn the_test_kit_empties_every_table() {
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename";
    for table in Database::new().await.rows(tables).await {
        let kept = ["meta", "migrations"].contains(&table.as_str());
        assert_eq!(crate::testkit::EMPTY.contains(&format!("DELETE FROM {table};")), !kept, "{table}");
    }
}

#[test]
fn line_ends_of_a_checkout_do_not_count() {
    assert_eq!(checksum("one\r\ntwo\r\n"), checksum("one\ntwo\n"));
    assert_ne!(checksum("one\n"), checksum("two\n"));
}

#[test]
fn released_migrations_stay_as_they_are() {
    let applied: Vec<_> = MIGRATIONS.iter().map(|migration| checksum(migration.sql)).collect();
    assert_eq!(
        applied,
        [
            "1eed32cab2fdc18a",
            "6d138522db06f19f",
            "ebf943250e1a0641",
            "16698e53c446d5e2",
            "0511f8618f4141c0",
            "d3701a1f34401e74",
            "98cf775b86373021",
            "b5b5b89d0ec66302",
            "9964a29749058020",
            "48e845a24c1aa17a",
            "d26db794790bad70",
            "6f1976cc4ab229de",
            "7fc9543bcdca2225",
            "39f80278b76e6580",
            "889a4c8c05bae039",
            "545312cbbc04de98"
        ]
    );
}
