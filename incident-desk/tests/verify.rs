//! `verify` finds what was changed behind the desk's back, and names it; and finds nothing where nothing was.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use incident_core::incident::{Command, Tag};
use incident_core::memory::MemoryStore;
use incident_core::policy::Role;
use incident_core::ports::{Audit, Store};
use incident_core::roster::{Grantee, RosterCommand};
use incident_core::testkit::conformance::fixture::{Office, notice, text};
use incident_desk::verify::{Verified, verify};
use rusqlite::Connection;
use store_sqlite::{Options, SqliteStore};
use tempfile::TempDir;

/// A database in which something happened, to be copied by every case.
struct Place {
    directory: TempDir,
}

impl Place {
    async fn new() -> Self {
        let place = Self { directory: TempDir::new().expect("a directory for the test") };
        let store = SqliteStore::open(&place.path("good.db"), Options::default()).expect("it opens");
        populate(&store).await;
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Copies the database, changes the copy, and returns what a verification says of it.
    async fn tampered(&self, sql: &str) -> (Verified, Vec<String>) {
        let path = self.path("bad.db");
        std::fs::copy(self.path("good.db"), &path).expect("a closed database is one file");
        let db = Connection::open(&path).expect("the copy opens");
        db.pragma_update(None, "foreign_keys", false).expect("constraints can be left aside");
        db.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        drop(db);
        let told = verified(&path).await;
        for suffix in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(self.path(&format!("bad.db{suffix}"))));
        }
        told
    }
}

async fn verified(path: &Path) -> (Verified, Vec<String>) {
    let store = SqliteStore::open_read_only(path, Options::default()).expect("it opens");
    lines_of(&store, Some(&store)).await
}

async fn lines_of(store: &dyn Store, audit: Option<&dyn Audit>) -> (Verified, Vec<String>) {
    let mut out = Vec::new();
    let seen = verify(store, audit, &mut out, &mut |_| {}).await.expect("it can be read");
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

#[tokio::test]
async fn nothing_is_found_where_nothing_was_changed() {
    let place = Place::new().await;
    let expected = Verified { companies: 2, incidents: 2, events: 12, differences: 0 };
    assert_eq!(place.tampered("SELECT 1").await, (expected, Vec::new()));
    let store = MemoryStore::new();
    populate(&store).await;
    assert_eq!(lines_of(&store, None).await, (expected, Vec::new()));
}

/// What is changed, and the one thing that is said of it.
const CASES: [(&str, &str); 23] = [
    (
        "DROP INDEX incidents_number; UPDATE incidents SET seq = 1 WHERE seq = 2",
        "TKT-2026-0001: the number is another incident's as well",
    ),
    (
        "UPDATE incidents SET state_json = json_set(state_json, '$.level', 2) WHERE seq = 2",
        "TKT-2026-0002: the state differs from its journal: level is 2, by the journal 1",
    ),
    (
        "UPDATE incidents SET state_json = json_set(state_json, '$.state.summary', 'fixed the brakes') WHERE seq = 1",
        "TKT-2026-0001: the state differs from its journal: state.summary is another text of 16 characters, by the \
         journal another text of 16 characters",
    ),
    (
        "UPDATE incidents SET ack_at = ack_at + 1000000 WHERE seq = 1",
        "TKT-2026-0001: the column ack_at is 2026-03-02T08:01:01Z, by its journal 2026-03-02T08:01:00Z",
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
        "UPDATE companies SET name = 'Carriers' WHERE id = (SELECT max(id) FROM companies)",
        "company COMPANY2: the roster differs from its journal: name is another text of 8 characters, by the journal \
         another text of 8 characters",
    ),
    (
        "DELETE FROM grants WHERE role = 'manager'",
        "company COMPANY1: the roster differs from its journal: groups.GROUP.grants is a list of 1, by the journal \
         a list of 2",
    ),
    (
        "UPDATE effects SET incident = '00000000000000000000000000' WHERE id = 6",
        "effect 6 is owed for the incident 00000000000000000000000000, which does not exist",
    ),
    (
        "INSERT INTO messages (company, chat, message, incident, kind, pinned)
         SELECT min(id), 'telegram:-1', '7', 'nowhere', 'card', 1 FROM companies",
        "the card 7 in telegram:-1 belongs to the incident nowhere, which does not exist",
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
        "UPDATE roster_events SET type = 'role_revoked' WHERE type = 'role_granted' AND seq = 3",
        "event 3 of the company COMPANY1 is listed as role_revoked and tells of role_granted",
    ),
    (
        "INSERT INTO requests (key, company, incident, answer, at) SELECT 'k', min(id), 'gone', '', 0 FROM companies",
        "a request is answered for the incident gone, which does not exist",
    ),
    (
        "INSERT INTO effects (company, group_id, lane, chat, body, since, not_before, attempt, state)
         SELECT min(id), 'elsewhere', 1, 'telegram:-1', '{}', 0, 0, 0, 'abandoned' FROM companies",
        "effect 7 is owed for the group elsewhere, which does not exist",
    ),
];

#[tokio::test]
async fn whatever_is_changed_is_named_in_one_line() {
    let place = Place::new().await;
    let store = MemoryStore::new();
    let [first, second] = [Office::open(&store, 1).await, Office::open(&store, 2).await];
    let named = |line: &str| {
        line.replace(&first.id(1).to_string(), "INCIDENT")
            .replace(&first.company.to_string(), "COMPANY1")
            .replace(&second.company.to_string(), "COMPANY2")
            .replace(&first.group.to_string(), "GROUP")
    };
    let mut wrong = Vec::new();
    for (sql, expected) in CASES {
        let (seen, lines) = place.tampered(sql).await;
        let lines: Vec<String> = lines.iter().map(|line| named(line)).collect();
        if lines != [expected] || seen.differences != 1 {
            wrong.push((sql, lines));
        }
    }
    assert_eq!(wrong, []);
}

#[tokio::test]
async fn what_goes_with_it_is_named_as_well() {
    let place = Place::new().await;
    let (_, lines) = place.tampered("DELETE FROM incidents WHERE seq = 2").await;
    let has = |words: &str| lines.iter().any(|line| line.contains(words));
    assert!(has("a journal tells of it, and it is not stored"), "{lines:?}");
    assert!(has("effect 6 is owed for the incident"), "{lines:?}");
    let (_, lines) = place.tampered("DELETE FROM people WHERE id = 2").await;
    let has = |words: &str| lines.iter().any(|line| line.contains(words));
    assert!(has("TKT-2026-0001: person 2 takes part, and does not exist"), "{lines:?}");
    assert!(has("is that of person 2, who does not exist"), "{lines:?}");
}

#[test]
fn what_changes_meanwhile_is_no_difference() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let place = runtime.block_on(Place::new());
    let path = place.path("good.db");
    let begun = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            runtime.block_on(annotate(&path, &begun));
        });
        let store = SqliteStore::open_read_only(&path, Options::default()).expect("it opens");
        let look = |_| {
            begun.fetch_add(1, Ordering::Relaxed);
            runtime.block_on(lines_of(&store, Some(&store))).1
        };
        let lines: Vec<String> = (0..VERIFICATIONS).flat_map(look).collect();
        assert_eq!(lines, Vec::<String>::new());
    });
}

const VERIFICATIONS: usize = 100;

/// Adds a few notes to an incident while each verification runs: what changes without a pause can never be
/// compared.
async fn annotate(path: &Path, begun: &AtomicUsize) {
    let store = SqliteStore::open(path, Options::default()).expect("it opens");
    let office = Office::open(&store, 3).await;
    let mut incident = office.file(1, 0).await.incident;
    let mut secs = 0;
    while begun.load(Ordering::Relaxed) < VERIFICATIONS {
        let verification = begun.load(Ordering::Relaxed);
        for _ in 0..5 {
            secs += 1;
            incident = office.commit(office.notes(&incident, "still here", secs)).await.incident;
        }
        while begun.load(Ordering::Relaxed) == verification && verification < VERIFICATIONS {
            std::thread::yield_now();
        }
    }
}
