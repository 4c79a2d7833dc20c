//! `verify` finds on a server what was changed behind the desk's back, and names it as it would in a file.

use incident_core::incident::{Command, Tag};
use incident_core::memory::MemoryStore;
use incident_core::policy::Role;
use incident_core::ports::Store;
use incident_core::roster::{Grantee, RosterCommand};
use incident_core::testkit::conformance::fixture::{Office, notice, text};
use incident_desk::verify::{Verified, verify};
use store_postgres::PostgresStore;
use store_postgres::testkit::Database;

async fn lines_of(store: &PostgresStore) -> (Verified, Vec<String>) {
    let mut out = Vec::new();
    let seen = verify(store, Some(store), &mut out, &mut |_| {}).await.expect("it can be read");
    let out = String::from_utf8(out).expect("lines are text");
    (seen, out.lines().map(str::to_owned).collect())
}

/// Two companies; in the first an incident that was claimed, tagged and resolved, and one that waits.
async fn populate(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let grant =
        |role, person| RosterCommand::Grant { group: office.group, role, to: Grantee::Person(person) };
    let granted = vec![grant(Role::Responder, office.ann), grant(Role::Manager, office.ben)];
    office.administers(granted, 1).await;
    let mut incident = office.file(1, 0).await.incident;
    let tag = Tag::new("lights").expect("a short word");
    let summary = text("changed the bulb");
    for (secs, command) in [
        (60, Command::Acknowledge),
        (70, Command::Tag { tag }),
        (80, Command::RequestResolve),
        (90, Command::SubmitSummary { summary }),
    ] {
        incident = office.commit(office.asks(&incident, office.ann, command, secs)).await.incident;
    }
    office.owes(2, vec![notice(1)], 100).await;
    Office::open(store, 2).await;
}

/// What is changed, and the one thing that is said of it.
const CASES: [(&str, &str); 27] = [
    (
        "UPDATE incidents SET state_json = replace(state_json, '\"level\":1', '\"level\":2') WHERE seq = 2",
        "TKT-2026-0002: the state differs from its journal: level is 2, by the journal 1",
    ),
    (
        "UPDATE incidents SET state_json = replace(state_json, 'changed the bulb', 'fixed the brakes') WHERE seq = 1",
        "TKT-2026-0001: the state differs from its journal: state.summary is another text of 16 characters, by the \
         journal another text of 16 characters",
    ),
    (
        "UPDATE incidents SET ack_at = ack_at + 1000000 WHERE seq = 1",
        "TKT-2026-0001: the column ack_at is 2026-03-02T08:01:01Z, by its journal 2026-03-02T08:01:00Z",
    ),
    (
        "UPDATE incidents SET closed_at = 0 WHERE seq = 1",
        "TKT-2026-0001: the column closed_at is 1970-01-01T00:00:00Z, by its journal empty",
    ),
    (
        "UPDATE incidents SET reporter = 2 WHERE seq = 1",
        "TKT-2026-0001: the column reporter is 2, by its journal 1",
    ),
    (
        "UPDATE incidents SET state = 'closed' WHERE seq = 2",
        "TKT-2026-0002: the column state is closed, by its journal open",
    ),
    (
        "DELETE FROM tags",
        "TKT-2026-0001: the tags in the table tags (0) are not those its journal tells of (1)",
    ),
    (
        "UPDATE assignments SET person = 3",
        "TKT-2026-0001: row 0 of the table assignments is not what its journal tells of it",
    ),
    (
        "DELETE FROM assignments",
        "TKT-2026-0001: the table assignments has 0 rows of it, its journal tells of 1",
    ),
    (
        "DELETE FROM events WHERE seq = 3",
        "TKT-2026-0001: failed to read the journal of an incident: unreadable data in table events, column seq, \
         row INCIDENT 3: an event is missing before it",
    ),
    (
        "UPDATE incidents SET state_json = 'x' WHERE seq = 1",
        "incident INCIDENT: failed to load an incident: unreadable data in table incidents, column state_json, \
         row INCIDENT: broken JSON, line 1 column 1",
    ),
    (
        "DELETE FROM events WHERE incident LIKE '%2'",
        "TKT-2026-0002: the state differs from its journal: it is stored, and no journal tells of it",
    ),
    (
        "UPDATE events SET type = 'released' WHERE type = 'acknowledged'",
        "event 2 of the incident INCIDENT is listed as released and tells of acknowledged",
    ),
    (
        "DELETE FROM grants WHERE role = 'manager'; UPDATE companies SET updated_at = updated_at",
        "company COMPANY1: the roster differs from its journal: groups.GROUP.grants is a list of 1, by the journal \
         a list of 2",
    ),
    (
        "UPDATE companies SET name = 'Carriers' WHERE id = (SELECT max(id) FROM companies)",
        "company COMPANY2: the roster differs from its journal: name is another text of 8 characters, by the journal \
         another text of 8 characters",
    ),
    (
        "UPDATE effects SET incident = 'nowhere' WHERE id = (SELECT max(id) FROM effects)",
        "effect LAST is owed for the incident nowhere, which does not exist",
    ),
    (
        "UPDATE effects SET incident = NULL, group_id = 'elsewhere' WHERE id = (SELECT max(id) FROM effects)",
        "effect LAST is owed for the group elsewhere, which does not exist",
    ),
    (
        "UPDATE effects SET incident = NULL, company = 'nobody' WHERE id = (SELECT max(id) FROM effects)",
        "effect LAST is owed for the company nobody, which does not exist",
    ),
    (
        "INSERT INTO messages (company, chat, message, incident, kind, pinned)
         SELECT min(id), 'telegram:-1', '7', 'nowhere', 'card', true FROM companies",
        "the card 7 in telegram:-1 belongs to the incident nowhere, which does not exist",
    ),
    (
        "INSERT INTO tags (company, incident, tag) SELECT min(id), 'nowhere', 'lights' FROM companies",
        "a tag belongs to the incident nowhere, which does not exist",
    ),
    (
        "INSERT INTO assignments (company, incident, position, person, level, cycle, since)
         SELECT min(id), 'nowhere', 0, 1, 1, 1, 0 FROM companies",
        "somebody held the incident nowhere, which does not exist",
    ),
    (
        "INSERT INTO requests (key, company, incident, answer, at) SELECT 'k', min(id), 'gone', '', 0 FROM companies",
        "a request is answered for the incident gone, which does not exist",
    ),
    (
        "UPDATE counters SET last = 1 WHERE counter = 'TKT-2026'",
        "the counter TKT-2026 of the company COMPANY1 stands at 1, but number 2 was given out",
    ),
    (
        "UPDATE counters SET last = 2 WHERE counter = 'people' AND company = (SELECT min(id) FROM companies)",
        "the counter of people of the company COMPANY1 stands at 2, but person 3 exists",
    ),
    (
        "DELETE FROM identities WHERE person = 3 AND company = (SELECT max(id) FROM companies)",
        "person 3 of the company COMPANY2 has no account",
    ),
    (
        "INSERT INTO identities (company, account, person) SELECT max(id), 'telegram:zed', 9 FROM companies",
        "an account of the company COMPANY2 is that of person 9, who does not exist",
    ),
    (
        "UPDATE roster_events SET type = 'role_revoked' WHERE type = 'role_granted' AND seq = 3",
        "event 3 of the company COMPANY1 is listed as role_revoked and tells of role_granted",
    ),
];

#[tokio::test]
async fn whatever_is_changed_on_a_server_is_named_in_one_line() {
    let database = Database::new().await;
    let memory = MemoryStore::new();
    let [first, second] = [Office::open(&memory, 1).await, Office::open(&memory, 2).await];
    let mut wrong = Vec::new();
    for (sql, expected) in CASES {
        database.empty().await;
        // Another store: what it has read of rosters before is no more.
        let store = database.open().await;
        populate(&store).await;
        let last = database.rows("SELECT max(id) FROM effects").await.concat();
        database.execute(sql).await;
        store.close().await;
        let store = database.open().await;
        let (seen, lines) = lines_of(&store).await;
        store.close().await;
        let named = |line: &String| {
            line.replace(&first.id(1).to_string(), "INCIDENT")
                .replace(&first.company.to_string(), "COMPANY1")
                .replace(&second.company.to_string(), "COMPANY2")
                .replace(&first.group.to_string(), "GROUP")
                .replace(&format!("effect {last} "), "effect LAST ")
        };
        let lines: Vec<String> = lines.iter().map(named).collect();
        if lines != [expected] || seen.differences != 1 {
            wrong.push((sql, lines));
        }
    }
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn a_server_on_which_nothing_was_changed_is_in_order() {
    let database = Database::new().await;
    let store = database.open().await;
    populate(&store).await;
    let expected = Verified { companies: 2, incidents: 2, events: 12, differences: 0 };
    assert_eq!(lines_of(&store).await, (expected, Vec::new()));
    database.execute("DELETE FROM incidents WHERE seq = 2").await;
    let (_, lines) = lines_of(&store).await;
    let has = |words: &str| lines.iter().any(|line| line.contains(words));
    assert!(has("a journal tells of it, and it is not stored"), "{lines:?}");
    assert!(has("is owed for the incident"), "{lines:?}");
    store.close().await;
}

#[tokio::test]
async fn what_changes_on_a_server_meanwhile_is_no_difference() {
    let database = Database::new().await;
    let (store, other) = (database.open().await, database.open().await);
    populate(&store).await;
    let office = Office::open(&other, 3).await;
    let mut found = Vec::new();
    for round in 1..=20 {
        let ((_, lines), ()) = tokio::join!(lines_of(&store), live_on(&office, round));
        found.extend(lines);
    }
    assert_eq!(found, Vec::<String>::new());
    store.close().await;
    other.close().await;
}

/// Lets a little happen: what changes without a pause can never be compared.
async fn live_on(office: &Office<'_>, round: u32) {
    let mut incident = office.file(round, 0).await.incident;
    for secs in 1..=5 {
        incident = office.commit(office.notes(&incident, "still here", secs)).await.incident;
    }
}
