//! Proves that what the desk asks all day is answered by an index, however many incidents there are.

use incident_core::ids::{GroupId, PersonId};
use incident_core::incident::{StateKind, Tag};
use incident_core::ports::Listing;
use rusqlite::{Connection, StatementStatus};

use crate::open::keep_plans;
use crate::schema::{self, Found, MIGRATIONS};
use crate::{cases, outbox, owing, query, remarks};

fn database() -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    keep_plans(&connection).unwrap();
    schema::migrate(&connection, "memory".as_ref(), Found::Nothing, MIGRATIONS).unwrap();
    connection
}

/// Returns the steps in which SQLite looks through a whole table or index, or sorts.
fn slow_steps(connection: &Connection, sql: &str) -> Vec<String> {
    let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let steps = plan.raw_query().mapped(|row| row.get::<_, String>("detail")).map(Result::unwrap);
    let slow = |step: &String| {
        let whole = step.starts_with("SCAN") && step != "SCAN CONSTANT ROW" && !step.contains("json_each");
        whole || step.contains("TEMP B-TREE")
    };
    steps.filter(slow).collect()
}

#[test]
fn no_question_of_every_day_looks_through_a_table() {
    let connection = database();
    let questions = [
        query::LOAD,
        query::FIND,
        query::REPORTS,
        query::COUNT,
        query::DUE,
        query::NEXT_WAKE,
        query::DUE_COMPANIES,
        query::NEXT_WAKE_OF_COMPANIES,
        outbox::NEXT,
        outbox::CLAIM_NEXT,
        owing::LOOK,
        cases::CASES,
        cases::STINTS_BETWEEN,
        cases::STINTS_OF,
        cases::TAGS_BETWEEN,
        cases::TAGS_OF,
        remarks::TRIM,
        remarks::LATEST,
    ];
    for sql in questions {
        assert_eq!(slow_steps(&connection, sql), [""; 0], "{sql}");
    }
}

#[test]
fn the_outlook_looks_at_what_is_owed_and_nothing_else() {
    let steps = slow_steps(&database(), outbox::OUTLOOK);
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(steps[0].starts_with("SCAN e USING INDEX effects_"), "{steps:?}");
}

#[test]
fn no_page_of_a_list_is_sorted() {
    let connection = database();
    let groups = [None, Some(GroupId::from_u128(1))];
    let people = [None, Some(PersonId::new(1))];
    let states = [vec![], vec![StateKind::Open, StateKind::OnHold], vec![StateKind::Open, StateKind::Closed]];
    let tags = [None, Tag::new("brakes").ok()];
    let kinds = states.iter().flat_map(|states| tags.iter().map(move |tag| (states.clone(), tag.clone())));
    let kinds: Vec<_> = kinds.collect();
    for (group, assignee) in groups.into_iter().flat_map(|group| people.map(|person| (group, person))) {
        for (states, tag) in kinds.clone() {
            let listing = Listing { group, states, assignee, tag };
            assert_eq!(slow_steps(&connection, &query::list_sql(&listing)), [""; 0], "{listing:?}");
        }
    }
}

#[test]
fn a_question_is_planned_once_whatever_it_is_asked_about() {
    let connection = database();
    for (sql, values) in [(outbox::NEXT, 2), (query::DUE, 2)] {
        let mut statement = connection.prepare(sql).unwrap();
        assert_eq!(statement.parameter_count(), values, "{sql}");
        for value in 0_i64..4 {
            assert!(!statement.exists([value, value]).unwrap(), "{sql}");
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "{sql}");
    }
}
