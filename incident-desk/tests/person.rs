//! What is kept about a person, written out and erased.

use std::process::{Command as Process, Output};

use incident_core::incident::Command;
use incident_core::ports::{Profile, Store};
use incident_core::testkit::conformance::fixture::{Office, text};
use incident_core::text::Text;
use incident_core::time::Timestamp;
use serde_json::Value;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

fn run(place: &TempDir, arguments: &[&str]) -> Output {
    let mut program = Process::new(env!("CARGO_BIN_EXE_incident-desk"));
    program.env_clear().env("DATABASE_URL", "sqlite:incidents.db").current_dir(place.path());
    program.args(arguments).output().expect("the program starts")
}

fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout.clone()).expect("it is text");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// Two incidents in which ann wrote something, and one that is none of her business; returns her account.
async fn worked(store: &SqliteStore) -> String {
    let office = Office::open(store, 1).await;
    for n in 1..=3 {
        let incident = office.file(n, i64::from(n)).await.incident;
        let who = if n < 3 { office.ann } else { office.ben };
        let note = Command::AddNote { text: text(&format!("note {n} of her cousin")), internal: false };
        office.commit(office.asks(&incident, who, note, 10)).await;
    }
    let people = store.people(office.company, &[office.ann]).await.expect("she is known");
    let renamed = Profile { name: text("Ann Stone"), handle: None, ..people[0].profile.clone() };
    let at = Timestamp::from_secs(1_772_438_400);
    store.identify(office.company, &renamed, at).await.expect("she is known");
    let identity = &people[0].profile.identity;
    format!("{}:{}", identity.platform, identity.user)
}

#[tokio::test]
async fn a_person_gets_what_is_kept_about_them_and_can_have_it_erased() {
    let place = TempDir::new().expect("a directory for the test");
    let path = place.path().join("incidents.db");
    let store = SqliteStore::open(&path, Options::default()).expect("it opens");
    let account = worked(&store).await;
    let export = ["person", "export", "--account", account.as_str()];
    let told = lines(&run(&place, &export));
    let notes = |told: &[Value]| -> Vec<String> {
        let events = told.iter().filter(|line| line["line"] == "event");
        events.filter_map(|line| Some(line["event"]["fact"]["text"].as_str()?.to_owned())).collect()
    };
    assert_eq!(told[0]["line"], "person", "{told:#?}");
    assert_eq!(notes(&told), ["note 1 of her cousin", "note 2 of her cousin"], "{told:#?}");
    let renamed: Vec<&Value> = told.iter().filter(|line| line["line"] == "renamed").collect();
    assert_eq!(renamed.len(), 1, "{told:#?}");
    assert_eq!(
        (&renamed[0]["from"]["name"], &renamed[0]["to"]["name"]),
        (&"ann".into(), &"Ann Stone".into())
    );
    let names = ["person", "names", "--account", account.as_str()];
    let said = |output: Output| String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        said(run(&place, &names)),
        "Hauliers: Ann Stone\n  2026-03-02T08:00:00Z  ann @ann -> Ann Stone\n"
    );
    let unknown = run(&place, &["person", "export", "--account", "telegram:404"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("no company knows the account telegram:404"));

    drop(store);
    let erase = ["person", "erase", "--account", account.as_str()];
    assert_eq!(said(run(&place, &erase)), "erased what they had written in 2 incidents, and their name\n");
    assert_eq!(said(run(&place, &erase)), "erased what they had written in 0 incidents, and their name\n");
    let told = lines(&run(&place, &export));
    let erased = Text::erased().to_string();
    assert_eq!(notes(&told), [erased.clone(), erased.clone()]);
    assert_eq!(told[0]["person"]["profile"]["name"], erased.as_str());
    assert_eq!(told[0]["person"]["profile"]["handle"], Value::Null);
    let erased = format!("Hauliers: {erased}\n");
    assert_eq!(said(run(&place, &names)), erased);
    assert!(told.iter().all(|line| line["line"] != "renamed"), "{told:#?}");
    let everything = String::from_utf8_lossy(&run(&place, &["export"]).stdout).into_owned();
    assert!(everything.contains("note 3 of her cousin") && !everything.contains("note 1 of her cousin"));
    assert!(run(&place, &["verify"]).status.success());
}
