//! Files that are not what they should be, and the command as an operator meets it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use incident_desk::import::raisedash::RaisedashFile;
use rusqlite::Connection;

use crate::Place;
use crate::old_files::{TWO_TIER, TWO_TIER_ROWS};

#[test]
fn a_file_that_cannot_be_imported_is_refused_with_what_to_do() {
    let place = tokio::runtime::Runtime::new().expect("a runtime").block_on(async { Place::new() });
    let refused = |path: &Path| RaisedashFile::open(path, 0).expect_err("it is refused").to_string();
    assert!(refused(&place.path("none.db")).ends_with("does not exist: check the path"));
    fs::write(place.path("notes.txt"), "these are somebody's notes, and there are many of them")
        .expect("it is written");
    let said = refused(&place.path("notes.txt"));
    assert!(said.contains("is not a SQLite database: name the file that DATABASE_PATH"), "{said}");
    let said = refused(&place.path("desk.db"));
    assert!(said.contains("is a database of Incident Desk itself"), "{said}");
    for (sql, expected) in [
        ("CREATE TABLE songs (title TEXT)", "it needs the tables groups, users and incidents, and has songs"),
        (TWO_TIER, "several claims in each tier"),
    ] {
        let path = place.path("other.db");
        let db = Connection::open(&path).expect("it opens");
        db.execute_batch(sql).expect("the tables are made");
        if sql == TWO_TIER {
            db.execute_batch("CREATE TABLE incident_claims (incident_id TEXT, tier INTEGER)")
                .expect("it is made");
        }
        drop(db);
        let said = refused(&path);
        assert!(said.contains(expected), "{said}");
        fs::remove_file(path).expect("it was there");
    }
}

fn run(directory: &Path, arguments: &[&str]) -> (Output, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_incident-desk"));
    command.args(arguments).env_clear().env("DATABASE_URL", "sqlite:new.db").current_dir(directory);
    let output = command.output().expect("the program can be started");
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

#[test]
fn a_rehearsal_says_what_the_import_says_and_changes_nothing() {
    let directory = tempfile::tempdir().expect("a directory for the test");
    let old = directory.path().join("old.db");
    let db = Connection::open(&old).expect("it opens");
    db.execute_batch(TWO_TIER).and_then(|()| db.execute_batch(TWO_TIER_ROWS)).expect("the rows are written");
    drop(db);
    let bytes = fs::read(&old).expect("it can be read");
    let (output, rehearsed) = run(directory.path(), &["import", "raisedash", "old.db", "--dry-run"]);
    assert_eq!(output.status.code(), Some(1), "one is left out: {rehearsed}");
    assert!(
        rehearsed.ends_with("left out: 1\nnothing was changed: this was a rehearsal on a copy\n"),
        "{rehearsed}"
    );
    assert!(!directory.path().join("new.db").exists());
    let (_, imported) = run(directory.path(), &["import", "raisedash", "old.db"]);
    assert_eq!(format!("{imported}nothing was changed: this was a rehearsal on a copy\n"), rehearsed);
    let (output, said) = run(directory.path(), &["import", "raisedash", "old.db", "--dry-run"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("taken over: 0, there already: 6, left out: 1"), "{said}");
    assert_eq!(fs::read(&old).expect("it can be read"), bytes, "the file of old is left as it is");
    let (output, said) = run(directory.path(), &["verify"]);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(run(directory.path(), &["import", "raisedash", "new.db"]).0.status.code(), Some(1));
}
