//! The tables say in columns what the state says, for whoever asks the database itself.

use std::path::PathBuf;

use incident_core::ids::TeamId;
use incident_core::incident::{Command, Incident, Tag};
use incident_core::memory::Abandoned;
use incident_core::policy::Role;
use incident_core::ports::{Owed, Store};
use incident_core::roster::{Grantee, Right, RosterCommand, Setting};
use incident_core::testkit::conformance::fixture::{
    Office, Works, abandoned, at, claimed, handle, notice, retry, settle, text,
};
use incident_core::text::{Limits, Text};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

struct Place {
    store: SqliteStore,
    path: PathBuf,
    _directory: TempDir,
}

impl Place {
    fn new() -> Self {
        let directory = TempDir::new().expect("a directory for the test");
        let path = directory.path().join("incidents.db");
        let store = SqliteStore::open(&path, Options::default()).expect("a new database opens");
        Self { store, path, _directory: directory }
    }

    /// Returns rows with their values written one after another.
    fn rows(&self, sql: &str) -> Vec<String> {
        let db = Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("it opens");
        let mut select = db.prepare(sql).expect("the columns are there");
        let columns = select.column_count();
        let row = |row: &rusqlite::Row<'_>| {
            let values = (0..columns).map(|column| row.get(column).map(shown));
            values.collect::<Result<Vec<String>, _>>().map(|values| values.join(" "))
        };
        select.query_map([], row).and_then(Iterator::collect).expect("the rows are readable")
    }
}

/// Shows a value; instants as seconds after the beginning of the test.
fn shown(value: Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Integer(micros) if micros >= at(0).as_micros() => {
            format!("{}s", (micros - at(0).as_micros()) / 1_000_000)
        }
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

/// Lets an incident be reported, claimed, escalated, claimed above, tagged, and summed up.
async fn live(office: &Office<'_>) -> Incident {
    let tag = |word| Tag::new(word).expect("a short word");
    let summary = Text::new("changed the bulb", Limits::SUMMARY).expect("a short text");
    let mut incident = office.file(1, 0).await.incident;
    for (secs, person, command) in [
        (60, office.ann, Command::Acknowledge),
        (120, office.ann, Command::Escalate),
        (180, office.ben, Command::Acknowledge),
        (200, office.ben, Command::Tag { tag: tag("lights") }),
        (210, office.ben, Command::Tag { tag: tag("brakes") }),
        (220, office.ben, Command::Untag { tag: tag("brakes") }),
        (240, office.ben, Command::RequestResolve),
        (300, office.ben, Command::SubmitSummary { summary }),
    ] {
        incident = office.commit(office.asks(&incident, person, command, secs)).await.incident;
    }
    incident
}

#[tokio::test]
async fn an_incident_can_be_read_column_by_column() {
    let place = Place::new();
    let office = Office::open(&place.store, 1).await;
    let incident = live(&office).await;
    let (company, id, group, version) = (office.company, incident.id, office.group, incident.version);
    let all = |columns: &str| place.rows(&format!("SELECT {columns} FROM incidents"));
    assert_eq!(all("company, id, year, seq, group_id"), [format!("{company} {id} 2026 1 {group}")]);
    assert_eq!(all("reporter, resolver, priority, severity, team"), ["1 3 normal - -"]);
    assert_eq!(all("version, state, level, cycle, close_reason"), [format!("{version} resolved 2 1 -")]);
    assert_eq!(all("created_at, updated_at, active_at, cycle_at, routed_at"), ["0s 300s 300s 0s -"]);
    assert_eq!(all("first_ack_at, ack_at, escalated_at, escalation_ack_at"), ["60s 180s 120s 180s"]);
    assert_eq!(all("resolution_requested_at, resolved_at, closed_at, held_us"), ["240s 300s - 0"]);
}

#[tokio::test]
async fn a_wake_can_be_read_and_ends_with_the_life() {
    let place = Place::new();
    let office = Office::open(&place.store, 1).await;
    office.file(2, 0).await;
    live(&office).await;
    assert_eq!(place.rows("SELECT state, wake_at FROM incidents ORDER BY id"), ["resolved -", "open 600s"]);
}

#[tokio::test]
async fn who_held_an_incident_can_be_read() {
    let place = Place::new();
    live(&Office::open(&place.store, 1).await).await;
    assert_eq!(
        place.rows("SELECT position, person, level, team, cycle, since, until, ending FROM assignments"),
        ["0 2 1 - 1 60s 300s resolved_other", "1 3 2 - 1 180s 300s resolved_self"]
    );
}

#[tokio::test]
async fn tags_and_the_journal_can_be_read() {
    let place = Place::new();
    live(&Office::open(&place.store, 1).await).await;
    assert_eq!(place.rows("SELECT tag FROM tags"), ["lights"]);
    assert_eq!(
        place.rows("SELECT seq, at, actor, person, type FROM events WHERE seq <= 3"),
        ["1 0s person 1 created", "2 60s person 2 acknowledged", "3 120s person 2 escalated"]
    );
}

#[tokio::test]
async fn the_views_say_how_long_it_took_and_what_it_was() {
    let place = Place::new();
    live(&Office::open(&place.store, 1).await).await;
    assert_eq!(
        place.rows(
            "SELECT number, until_claimed, until_escalation_claimed, until_resolved, on_hold FROM incident_times"
        ),
        ["TKT-2026-0001 60 60 300 0"]
    );
    assert_eq!(
        place.rows("SELECT until_team_claimed, until_team_resolved, counted, resolver FROM incident_times"),
        ["60 300 1 3"]
    );
    assert_eq!(
        place.rows("SELECT person, claims, holding, active, resolved_self, resolved_other FROM person_times ORDER BY person"),
        ["2 1 0 240 0 1", "3 1 0 120 1 0"]
    );
    assert_eq!(
        place.rows("SELECT number, topic, description, summary FROM incident_texts"),
        ["TKT-2026-0001 - the trailer lights are out changed the bulb"]
    );
}

#[tokio::test]
async fn a_roster_can_be_read_column_by_column() {
    let place = Place::new();
    let office = Office::open(&place.store, 1).await;
    let (group, ann) = (office.group, Grantee::Person(office.ann));
    let carl = Grantee::Handle(handle("carl"));
    let commands = vec![
        RosterCommand::Grant { group, role: Role::Responder, to: ann.clone() },
        RosterCommand::Grant { group, role: Role::Manager, to: carl.clone() },
        RosterCommand::ReportRight { group, right: Right::Pin, held: false },
        RosterCommand::AddTeam { name: text("Workshop"), restricted: true },
        RosterCommand::JoinTeam { team: TeamId::new(1), member: ann },
        RosterCommand::JoinTeam { team: TeamId::new(1), member: carl },
        RosterCommand::Set { setting: Setting::SelfRegistration(Some(true)) },
    ];
    office.administers(commands, 60).await;
    for (sql, rows) in [
        ("SELECT name, version, updated_at FROM companies", vec!["Hauliers 9 60s"]),
        ("SELECT chat, title, status FROM groups", vec!["telegram:-1001 Night shift active"]),
        ("SELECT role, person, handle FROM grants", vec!["responder 2 -", "manager - telegram:carl"]),
        ("SELECT \"right\" FROM refused_rights", vec!["pin"]),
        ("SELECT id, name, restricted FROM teams", vec!["1 Workshop 1"]),
        ("SELECT team, person, handle FROM team_members", vec!["1 2 -", "1 - telegram:carl"]),
        ("SELECT setting, value FROM settings", vec!["self_registration true"]),
        ("SELECT seq, type FROM roster_events WHERE seq > 7", vec!["8 team_joined", "9 setting_changed"]),
        (
            "SELECT id, account, handle, name, since FROM people WHERE id = 2",
            vec!["2 telegram:ann telegram:ann ann 0s"],
        ),
        ("SELECT person FROM identities WHERE account = 'telegram:ann'", vec!["2"]),
    ] {
        assert_eq!(place.rows(sql), rows, "{sql}");
    }
}

#[tokio::test]
async fn what_a_roster_has_no_more_can_be_read_no_more() {
    let place = Place::new();
    let office = Office::open(&place.store, 1).await;
    let group = office.group;
    let (ann, ben) = (Grantee::Person(office.ann), Grantee::Person(office.ben));
    let grant = |to: &Grantee| RosterCommand::Grant { group, role: Role::Responder, to: to.clone() };
    let join = |member: &Grantee| RosterCommand::JoinTeam { team: TeamId::new(1), member: member.clone() };
    let right = |held| RosterCommand::ReportRight { group, right: Right::Pin, held };
    let register = |on| RosterCommand::Set { setting: Setting::SelfRegistration(on) };
    let team = RosterCommand::AddTeam { name: text("Workshop"), restricted: false };
    let first =
        vec![grant(&ann), grant(&ben), team, join(&ann), join(&ben), right(false), register(Some(true))];
    office.administers(first, 60).await;
    let revoke = RosterCommand::Revoke { group, role: Role::Responder, from: ann.clone() };
    let leave = RosterCommand::LeaveTeam { team: TeamId::new(1), member: ann };
    let roster = office.administers(vec![revoke, leave, right(true), register(None)], 120).await;
    for (sql, rows) in [
        ("SELECT role, person FROM grants", vec!["responder 3"]),
        ("SELECT team, person FROM team_members", vec!["1 3"]),
        ("SELECT \"right\" FROM refused_rights", vec![]),
        ("SELECT setting FROM settings", vec![]),
    ] {
        assert_eq!(place.rows(sql), rows, "{sql}");
    }
    assert_eq!(office.roster().await, roster);
}

#[tokio::test]
async fn a_park_that_has_ended_is_forgotten() {
    let place = Place::new();
    let (one, other) = (Office::open(&place.store, 1).await, Office::open(&place.store, 2).await);
    for (office, secs) in [(&one, 0), (&other, 20)] {
        office.owes(1, vec![notice(1)], secs).await;
        let claim = claimed(&place.store, notice(1).lane(), secs).await;
        settle(&place.store, &claim, retry(secs + 100, Some(secs + 10)), secs).await;
    }
    assert_eq!(place.rows("SELECT chat, until FROM parks"), ["telegram:-1002 30s"]);
}

#[tokio::test]
async fn what_was_abandoned_can_be_seen_with_its_reason() {
    let place = Place::new();
    let (office, other) = (Office::open(&place.store, 1).await, Office::open(&place.store, 2).await);
    office.owes(1, vec![notice(1), notice(2)], 5).await;
    other.owes(1, vec![notice(3)], 5).await;
    let claim = claimed(&place.store, notice(1).lane(), 6).await;
    settle(&place.store, &claim, abandoned(), 7).await;
    let expected = Abandoned {
        effect: claim.effect,
        chat: office.chat.clone(),
        owed: Owed::Incident { incident: office.id(1), effect: notice(1) },
        since: at(5),
        reason: "the chat is gone".to_owned(),
    };
    assert_eq!(place.store.abandoned(office.company).await.works(), [expected]);
    assert_eq!(place.store.abandoned(other.company).await.works(), []);
}

#[tokio::test]
async fn old_requests_are_forgotten_however_many_there_are() {
    let place = Place::new();
    let requests = "WITH RECURSIVE numbers (number) AS
        (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 3000)
        INSERT INTO requests (key, company, answer, at)
        SELECT CASE number WHEN 3000 THEN 'young' ELSE 'old ' || number END, 'c', '', number FROM numbers";
    Connection::open(&place.path).and_then(|db| db.execute_batch(requests)).expect("they are written");
    let young = incident_core::time::Timestamp::from_micros(3_000);
    assert_eq!(place.store.forget_requests(young).await.works(), 2_999);
    assert_eq!(place.rows("SELECT key FROM requests"), ["young"]);
    assert_eq!(place.store.forget_requests(young).await.works(), 0);
}

#[tokio::test]
async fn what_a_newer_program_has_set_survives_what_this_one_sets() {
    let place = Place::new();
    let office = Office::open(&place.store, 1).await;
    let db = Connection::open(&place.path).expect("it opens");
    db.execute("INSERT INTO settings SELECT id, 'colour', '7' FROM companies", []).expect("there is room");
    for value in [Some(true), Some(false)] {
        let set = RosterCommand::Set { setting: Setting::SelfRegistration(value) };
        office.administers(vec![set], 1).await;
    }
    assert_eq!(
        place.rows("SELECT setting, value FROM settings ORDER BY setting"),
        ["colour 7", "self_registration false"]
    );
    assert_eq!(office.roster().await.settings.self_registration, Some(false));
}
