//! What a verification must be told of rows that were changed behind a store's back. Every store with tables runs it.

use incident_core::incident::{Command, Incident, Tag};
use incident_core::ports::{Audit, Store};
use incident_core::testkit::conformance::fixture::{Office, Works, notice, text};

/// A store, and a way behind its back.
pub(crate) trait Place {
    type Store: Store + Audit;

    /// Returns a place with nothing in it.
    async fn new() -> Self;

    fn store(&self) -> &Self::Store;

    /// Executes statements, whatever refers to what they change.
    async fn tamper(&self, sql: &str);
}

/// Makes a test of each promise.
macro_rules! audits {
    ($place:ty) => {
        audits! { $place:
            what_was_not_changed_differs_in_nothing
            every_column_that_tells_something_is_compared
            an_instant_that_was_lost_is_named
            what_is_not_told_by_a_journal_is_not_compared
            every_column_of_who_held_it_is_compared
            tags_and_holders_are_counted
            ids_are_listed_where_only_a_journal_or_a_row_is_left
            rows_that_refer_to_nothing_are_named
            no_more_strays_of_a_kind_are_named_than_asked_for
        }
    };
    ($place:ty: $($test:ident)*) => {
        $(#[tokio::test]
        async fn $test() {
            suite::$test::<$place>().await;
        })*
    };
}

/// Lets an incident be reported, claimed, escalated, claimed above, tagged, and summed up.
async fn live(office: &Office<'_>) -> Incident {
    let tag = Tag::new("lights").expect("a short word");
    let summary = text("changed the bulb");
    let mut incident = office.file(1, 0).await.incident;
    for (secs, person, command) in [
        (60, office.ann, Command::Acknowledge),
        (120, office.ann, Command::Escalate),
        (180, office.ben, Command::Acknowledge),
        (200, office.ben, Command::Tag { tag }),
        (240, office.ben, Command::RequestResolve),
        (300, office.ben, Command::SubmitSummary { summary }),
    ] {
        incident = office.commit(office.asks(&incident, person, command, secs)).await.incident;
    }
    incident
}

/// Returns what is said of an incident after its rows were changed.
async fn differences<P: Place>(sql: &str) -> Vec<String> {
    let place = P::new().await;
    let incident = live(&Office::open(place.store(), 1).await).await;
    place.tamper(sql).await;
    place.store().differences(&incident).await.works()
}

pub(crate) async fn what_was_not_changed_differs_in_nothing<P: Place>() {
    let place = P::new().await;
    let (office, other) = (Office::open(place.store(), 1).await, Office::open(place.store(), 2).await);
    let incidents = [live(&office).await, office.file(2, 10).await.incident, live(&other).await];
    for incident in &incidents {
        assert_eq!(place.store().differences(incident).await.works(), [""; 0]);
    }
    let absent = Incident { company: other.company, ..incidents[1].clone() };
    assert_eq!(place.store().differences(&absent).await.works(), [""; 0]);
    assert_eq!(place.store().strays(10).await.works(), [""; 0]);
}

/// Each column with what is put into it, as it is shown, and what the journal tells.
const COLUMNS: [(&str, &str, &str, &str); 23] = [
    ("version", "99", "99", "7"),
    ("state", "'closed'", "closed", "resolved"),
    ("level", "9", "9", "2"),
    ("team", "9", "9", "empty"),
    ("cycle", "9", "9", "1"),
    ("priority", "'high'", "high", "normal"),
    ("severity", "9", "9", "empty"),
    ("resolver", "9", "9", "3"),
    ("close_reason", "'duplicate'", "duplicate", "empty"),
    ("updated_at", "0", "1970-01-01T00:00:00Z", "2026-03-02T08:05:00Z"),
    ("active_at", "1000000", "1970-01-01T00:00:01Z", "2026-03-02T08:05:00Z"),
    ("cycle_at", "2000000", "1970-01-01T00:00:02Z", "2026-03-02T08:00:00Z"),
    ("routed_at", "3000000", "1970-01-01T00:00:03Z", "empty"),
    ("first_ack_at", "4000000", "1970-01-01T00:00:04Z", "2026-03-02T08:01:00Z"),
    ("ack_at", "5000000", "1970-01-01T00:00:05Z", "2026-03-02T08:03:00Z"),
    ("escalated_at", "6000000", "1970-01-01T00:00:06Z", "2026-03-02T08:02:00Z"),
    ("escalation_ack_at", "7000000", "1970-01-01T00:00:07Z", "2026-03-02T08:03:00Z"),
    ("resolution_requested_at", "8000000", "1970-01-01T00:00:08Z", "2026-03-02T08:04:00Z"),
    ("resolved_at", "9000000", "1970-01-01T00:00:09Z", "2026-03-02T08:05:00Z"),
    ("closed_at", "10000000", "1970-01-01T00:00:10Z", "empty"),
    ("held_us", "11000000", "11000000", "0"),
    ("reporter", "9", "9", "1"),
    ("created_at", "12000000", "1970-01-01T00:00:12Z", "2026-03-02T08:00:00Z"),
];

pub(crate) async fn every_column_that_tells_something_is_compared<P: Place>() {
    let place = P::new().await;
    let office = Office::open(place.store(), 1).await;
    let incident = live(&office).await;
    let values: Vec<String> = COLUMNS.iter().map(|(name, value, ..)| format!("{name} = {value}")).collect();
    place.tamper(&format!("UPDATE incidents SET group_id = 'elsewhere', {}", values.join(", "))).await;
    let sentence = |(name, _, stored, told): &(&str, &str, &str, &str)| {
        format!("the column {name} is {stored}, by its journal {told}")
    };
    let mut expected: Vec<String> = COLUMNS.iter().map(sentence).collect();
    expected.push(format!("the column group_id is elsewhere, by its journal {}", office.group));
    expected.sort();
    let mut found = place.store().differences(&incident).await.works();
    found.sort();
    assert_eq!(found, expected);
}

pub(crate) async fn an_instant_that_was_lost_is_named<P: Place>() {
    let found = differences::<P>("UPDATE incidents SET ack_at = NULL").await;
    assert_eq!(found, ["the column ack_at is empty, by its journal 2026-03-02T08:03:00Z"]);
}

pub(crate) async fn what_is_not_told_by_a_journal_is_not_compared<P: Place>() {
    assert_eq!(differences::<P>("UPDATE incidents SET wake_at = 7, state_json = '{}'").await, [""; 0]);
    assert_eq!(differences::<P>("DELETE FROM incidents; DELETE FROM tags").await, [""; 0]);
}

pub(crate) async fn every_column_of_who_held_it_is_compared<P: Place>() {
    for change in
        ["person = 9", "level = 9", "team = 9", "cycle = 9", "since = 9", "until = 9", "ending = 'left'"]
    {
        let found = differences::<P>(&format!("UPDATE assignments SET {change} WHERE position = 1")).await;
        assert_eq!(found, ["row 1 of the table assignments is not what its journal tells of it"], "{change}");
    }
}

pub(crate) async fn tags_and_holders_are_counted<P: Place>() {
    let third = "INSERT INTO assignments (company, incident, position, person, level, cycle, since)
        SELECT company, incident, 2, 4, 1, 1, 0 FROM assignments WHERE position = 0";
    for (sql, sentence) in [
        ("DELETE FROM tags", "the tags in the table tags (0) are not those its journal tells of (1)"),
        (
            "UPDATE tags SET tag = 'light'",
            "the tags in the table tags (1) are not those its journal tells of (1)",
        ),
        (
            "DELETE FROM assignments WHERE position = 1",
            "the table assignments has 1 rows of it, its journal tells of 2",
        ),
        (third, "the table assignments has 3 rows of it, its journal tells of 2"),
    ] {
        assert_eq!(differences::<P>(sql).await, [sentence]);
    }
}

pub(crate) async fn ids_are_listed_where_only_a_journal_or_a_row_is_left<P: Place>() {
    let place = P::new().await;
    let (office, other) = (Office::open(place.store(), 1).await, Office::open(place.store(), 2).await);
    for n in 1..=3 {
        office.file(n, 0).await;
        other.file(n, 0).await;
    }
    let ids = [office.id(1), office.id(2), office.id(3)];
    let [_, second, third] = ids;
    place
        .tamper(&format!(
            "DELETE FROM incidents WHERE id = '{second}'; DELETE FROM events WHERE incident = '{third}'"
        ))
        .await;
    let listed = async |after, limit| place.store().incident_ids(office.company, after, limit).await.works();
    assert_eq!(listed(None, 10).await, ids);
    assert_eq!(listed(None, 2).await, ids[..2]);
    assert_eq!(listed(Some(ids[0]), 10).await, ids[1..]);
    assert_eq!(listed(Some(third), 10).await, []);
}

/// What is changed in an office that was opened, with an incident for which effect 77 is owed; and what is said then,
/// with words for the ids.
const STRAYS: [(&str, &[&str]); 16] = [
    (
        "UPDATE effects SET incident = 'gone'",
        &["effect 77 is owed for the incident gone, which does not exist"],
    ),
    (
        "UPDATE effects SET incident = NULL, group_id = 'gone'",
        &["effect 77 is owed for the group gone, which does not exist"],
    ),
    (
        "UPDATE effects SET incident = NULL, company = 'gone'",
        &["effect 77 is owed for the company gone, which does not exist"],
    ),
    (
        "INSERT INTO messages (company, chat, message, incident, kind)
         SELECT id, 'telegram:-1', '7', 'gone', 'notice' FROM companies",
        &["the notice 7 in telegram:-1 belongs to the incident gone, which does not exist"],
    ),
    (
        "INSERT INTO tags (company, incident, tag) SELECT id, 'gone', 'lights' FROM companies",
        &["a tag belongs to the incident gone, which does not exist"],
    ),
    (
        "INSERT INTO assignments (company, incident, position, person, level, cycle, since)
         SELECT id, 'gone', 0, 1, 1, 1, 0 FROM companies",
        &["somebody held the incident gone, which does not exist"],
    ),
    (
        "INSERT INTO requests (key, company, incident, answer, at) SELECT 'k', id, 'gone', '', 0 FROM companies",
        &["a request is answered for the incident gone, which does not exist"],
    ),
    ("DELETE FROM groups", &["TKT-2026-0001 was reported in the group GROUP, which does not exist"]),
    (
        "UPDATE incidents SET company = 'gone'",
        &[
            "effect 77 is owed for the incident INCIDENT, which does not exist",
            "TKT-2026-0001 was reported in the group GROUP, which does not exist",
            "the incident INCIDENT belongs to the company gone, which does not exist",
            "the counter TKT-2026 of the company gone stands at 0, but number 1 was given out",
        ],
    ),
    (
        "UPDATE events SET company = 'gone'; UPDATE roster_events SET company = 'lost'",
        &[
            "there is a journal of the incident INCIDENT in the company gone, which does not exist",
            "there is a journal of the company lost, which does not exist",
        ],
    ),
    (
        "INSERT INTO identities (company, account, person) SELECT id, 'telegram:eve', 9 FROM companies",
        &["an account of the company COMPANY is that of person 9, who does not exist"],
    ),
    ("DELETE FROM identities WHERE person = 3", &["person 3 of the company COMPANY has no account"]),
    (
        "UPDATE incidents SET seq = 10000; UPDATE counters SET last = 9999 WHERE counter = 'TKT-2026'",
        &["the counter TKT-2026 of the company COMPANY stands at 9999, but number 10000 was given out"],
    ),
    (
        "DELETE FROM counters WHERE counter = 'people'",
        &["the counter of people of the company COMPANY stands at 0, but person 3 exists"],
    ),
    (
        "UPDATE events SET type = 'released'; UPDATE roster_events SET body = '{}' WHERE seq = 1",
        &[
            "event 1 of the incident INCIDENT is listed as released and tells of created",
            "event 1 of the company COMPANY is listed as company_founded and tells of nothing",
        ],
    ),
    (
        "UPDATE events SET body = 'x'; UPDATE roster_events SET type = 'renamed' WHERE seq = 1",
        &[
            "event 1 of the incident INCIDENT is listed as created and tells of nothing",
            "event 1 of the company COMPANY is listed as renamed and tells of company_founded",
        ],
    ),
];

pub(crate) async fn rows_that_refer_to_nothing_are_named<P: Place>() {
    for (sql, sentences) in STRAYS {
        let place = P::new().await;
        let office = Office::open(place.store(), 1).await;
        office.owes(1, vec![notice(1)], 0).await;
        place.tamper(&format!("UPDATE effects SET id = 77; {sql}")).await;
        let named = |line: String| {
            line.replace(&office.id(1).to_string(), "INCIDENT")
                .replace(&office.company.to_string(), "COMPANY")
                .replace(&office.group.to_string(), "GROUP")
        };
        let found = place.store().strays(10).await.works();
        assert_eq!(found.into_iter().map(named).collect::<Vec<_>>(), sentences, "{sql}");
    }
}

pub(crate) async fn no_more_strays_of_a_kind_are_named_than_asked_for<P: Place>() {
    let place = P::new().await;
    let office = Office::open(place.store(), 1).await;
    office.file(1, 0).await;
    place.tamper("DELETE FROM identities; DELETE FROM counters").await;
    let company = office.company;
    let mut found = place.store().strays(2).await.works();
    let rest = found.split_off(2);
    assert!(found.iter().all(|line| line.ends_with(" has no account")), "{found:?}");
    assert_eq!(
        rest,
        [
            format!("the counter TKT-2026 of the company {company} stands at 0, but number 1 was given out"),
            format!("the counter of people of the company {company} stands at 0, but person 3 exists"),
        ]
    );
}
