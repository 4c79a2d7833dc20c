//! Proves that what the desk asks all day is answered by an index, however many incidents there are.

use incident_core::ids::{GroupId, PersonId};
use incident_core::incident::{Effect, Lane, StateKind, Tag};
use incident_core::ports::Listing;
use incident_core::testkit::conformance::fixture::{Office, claimed, done, settle};

use crate::testkit::Database;
use crate::{cases, outbox, query, remarks};

/// Makes the planner look through a table, or sort, only where nothing else will do.
const RELUCTANT: &str = "SET enable_seqscan = off; SET enable_sort = off; SET enable_bitmapscan = off;";

/// Returns the steps in which PostgreSQL looks through a whole table, or sorts.
async fn slow_steps(database: &Database, sql: &str) -> Vec<String> {
    let parameters = (1..=9).take_while(|n| sql.contains(&format!("${n}"))).count();
    let listed = sql.contains("ANY ($4)");
    let values = (1..=parameters).map(|n| if listed && n == 4 { "'{open}'" } else { "'1'" });
    let values = values.collect::<Vec<_>>().join(", ");
    let call = if parameters == 0 { String::new() } else { format!("({values})") };
    let explain = format!("{RELUCTANT} PREPARE asked AS {sql}; EXPLAIN (COSTS OFF) EXECUTE asked{call}");
    let steps = database.rows(&explain).await;
    // What is merged in order has a key, too.
    let sorts = |step: &str| step.contains("Sort") && !step.contains("Sort Key");
    steps.into_iter().filter(|step| step.contains("Seq Scan") || sorts(step)).collect()
}

/// Names every parameter of a list, so that it can be prepared by its text alone.
fn declaring_all(mut sql: String) -> String {
    for n in 1..=7 {
        if !sql.contains(&format!("${n}")) {
            sql = sql.replace(" ORDER BY", &format!(" AND (${n}::text IS NULL OR true) ORDER BY"));
        }
    }
    sql
}

#[tokio::test]
async fn no_question_of_every_day_looks_through_a_table() {
    let database = Database::new().await;
    for sql in [
        query::LOAD,
        query::FIND,
        query::REPORTS,
        query::COUNT,
        query::DUE,
        query::DUE_COMPANIES,
        cases::CASES,
        cases::STINTS_BETWEEN,
        cases::TAGS_BETWEEN,
        remarks::LATEST,
        remarks::OLD,
    ] {
        assert_eq!(slow_steps(&database, sql).await, [""; 0], "{sql}");
    }
    assert_ne!(slow_steps(&database, "SELECT FROM incidents WHERE level = $1").await, [""; 0]);
}

#[tokio::test]
async fn no_page_of_a_list_is_sorted() {
    let database = Database::new().await;
    let groups = [None, Some(GroupId::from_u128(1))];
    let people = [None, Some(PersonId::new(1))];
    let states = [vec![], vec![StateKind::Open, StateKind::OnHold], vec![StateKind::Open, StateKind::Closed]];
    let tags = [None, Tag::new("brakes").ok()];
    let kinds = states.iter().flat_map(|states| tags.iter().map(move |tag| (states.clone(), tag.clone())));
    let kinds: Vec<_> = kinds.collect();
    for (group, assignee) in groups.into_iter().flat_map(|group| people.map(|person| (group, person))) {
        for (states, tag) in kinds.clone() {
            let listing = Listing { group, states, assignee, tag };
            let sql = declaring_all(query::list_sql(&listing));
            assert_eq!(slow_steps(&database, &sql).await, [""; 0], "{listing:?}");
        }
    }
}

/// The functions are not explained, but what they look through is counted.
#[tokio::test]
async fn no_function_looks_through_a_table() {
    const CALLS: &str = "
        SELECT FROM claim_effect(1772438500000000, 2, 1772438600000000, 'one');
        SELECT owe_card(to_jsonb(e), 0) FROM effects AS e WHERE state = 'owed' AND lane = 2;
        SELECT settle_effect(id, attempt, 0, '{\"outcome\": \"retry\", \"not_before\": 0, \"park_until\": 1}')
            FROM effects WHERE state = 'owed' AND lane = 2;";
    const SCANS: &str = "SELECT relname, pg_stat_get_xact_numscans(oid) FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
            AND relname NOT IN ('parks') AND pg_stat_get_xact_numscans(oid) > 0";
    let database = Database::new().await;
    let store = database.open().await;
    let office = Office::open(&store, 1).await;
    for n in 1..=3 {
        office.owes(n, vec![Effect::ShowCard], 0).await;
    }
    let claim = claimed(&store, Lane::Card, 0).await;
    settle(&store, &claim, done(), 1).await;
    let scanned = database.rows(&format!("{RELUCTANT} BEGIN; {CALLS} {SCANS}")).await;
    // What the calls return comes before.
    assert!(
        !scanned.iter().any(|line| line.contains("effects ") || line.contains("incidents ")),
        "{scanned:?}"
    );
    let scanned =
        database.rows(&format!("BEGIN; SELECT count(*) FROM effects WHERE attempt > 1; {SCANS}")).await;
    assert_eq!(scanned, ["0", "effects 1"]);
}

/// Three thousand incidents, of which the last hundred are of group 1 and held by person 1, with a notice each.
const MANY: &str = "
    INSERT INTO incidents (company, id, year, seq, group_id, reporter, created_at, version, state, level, cycle,
        priority, updated_at, active_at, cycle_at, held_us, state_json)
    SELECT '1', lpad(n::text, 26, '0'), 2026, n, (n > 2900)::int::text, 1, 0, 1,
        CASE WHEN n > 2900 THEN 'open' ELSE 'closed' END, 1, 1, 'normal', 0, 0, 0, 0, '{}'
    FROM generate_series(1, 3000) AS n;
    INSERT INTO assignments (company, incident, position, person, level, cycle, since)
    SELECT company, id, 0, group_id::int, 1, 1, 0 FROM incidents;
    INSERT INTO effects (company, incident, lane, chat, body, since, not_before, attempt, state)
    SELECT company, id, 1, 'telegram:' || id, '{}', 0, 0, 0, 'owed' FROM incidents;
    ANALYZE incidents, assignments, effects;";

/// How many entries of tables and indexes were read by now.
const ENTRIES: &str = "SELECT sum(pg_stat_get_xact_tuples_returned(oid)) FROM pg_class
    WHERE relname ~ '^(incidents|assignments|effects)'";

/// Returns how many entries of tables and indexes some statements read.
async fn entries_read(database: &Database, sql: &str) -> u32 {
    let rows = database.rows(&format!("BEGIN; {sql}; {ENTRIES}")).await;
    rows.last().and_then(|count| count.parse().ok()).expect("it is a number")
}

#[tokio::test]
async fn what_is_asked_all_day_reads_what_it_answers_and_little_else() {
    const LITTLE: u32 = 40;
    /// All that is live, of the group, or held: where that is little, the planner may read it and sort.
    const KIND: u32 = 100;
    let database = Database::new().await;
    database.execute(MANY).await;
    // What other tests deleted is passed over once more otherwise.
    database.execute("VACUUM").await;
    let claim =
        entries_read(&database, "SET LOCAL enable_seqscan = off; SELECT FROM claim_effect(1, 1, 2, 'one')");
    let claim = claim.await;
    assert!(claim <= LITTLE, "a claim read {claim}");
    let (group, person) = (Some(GroupId::from_u128(1)), Some(PersonId::new(1)));
    for (group, assignee, states) in [
        (None, None, vec![StateKind::Open]),
        (group, None, vec![]),
        (group, None, vec![StateKind::Open]),
        (None, person, vec![]),
    ] {
        let sql = declaring_all(query::list_sql(&Listing { group, states, assignee, tag: None }));
        let page = format!("PREPARE asked AS {sql}; EXECUTE asked('1', '', '5', '{{open}}', '1', '1', '1')");
        let read = entries_read(&database, &page).await;
        assert!((5..=KIND + LITTLE).contains(&read), "{read} were read by {sql}");
    }
    assert!(entries_read(&database, "SELECT FROM incidents WHERE level = 2").await >= 3_000);
}

/// As connections of a store plan, at their worst: once and for all.
const FOR_GOOD: &str = "SET enable_seqscan = off; SET jit = off; SET plan_cache_mode = force_generic_plan;";

/// What a desk does all day. It finds nothing, and leaves nothing.
const ALL_DAY: &str = "
    CREATE FUNCTION pg_temp.owe(_incident bigint) RETURNS void LANGUAGE sql AS $$
        SELECT owe_effect(jsonb_populate_record(NULL::effects, jsonb_build_object('company', '1', 'lane', 2, 'body', '{}',
            'incident', lpad(_incident::text, 26, '0'), 'chat', 'telegram:' || _incident, 'not_before', 0)), 1, 2, true);
    $$;
    SELECT claim_effect(1, 1, 2, 'one') FROM generate_series(1, 10);
    SELECT settle_effect(-1, 1, 1, '{\"outcome\": \"done\"}') FROM generate_series(1, 10);
    SELECT pg_temp.owe(n) FROM generate_series(1, 10) AS n;
    DELETE FROM effects;";

/// Returns how many entries some statements read once so much is owed, on a connection that knew the server before.
async fn entries_read_later(owed: u32, before: &str, afterwards: &str) -> u32 {
    let database = Database::new().await;
    let many =
        MANY.replace("ANALYZE incidents, assignments, effects;", "").replace("3000", &owed.to_string());
    let read = format!("SELECT coalesce(({ENTRIES}), 0)");
    let sql = format!(
        "{FOR_GOOD} {before} {many} CREATE TEMPORARY TABLE before AS {read} AS n; {afterwards}; SELECT ({read}) - n FROM before"
    );
    // As a server that has seen nothing owed believes it to be.
    database.execute("VACUUM ANALYZE").await;
    let rows = database.rows(&sql).await;
    rows.last().and_then(|count| count.parse().ok()).expect("it is a number")
}

#[tokio::test]
async fn a_plan_that_was_made_while_nothing_was_owed_does_when_much_is() {
    const AFTERWARDS: &str = "
        SELECT pg_temp.owe(11);
        SELECT claim_effect(1, 2, 2, 'one');
        SELECT settle_effect(id, attempt, 1, '{\"outcome\": \"done\"}') FROM claim_effect(1, 1, 2, 'one')";
    let read = entries_read_later(3_000, ALL_DAY, AFTERWARDS).await;
    assert!((1..=40).contains(&read), "{read} were read");
}

#[tokio::test]
async fn an_outlook_reads_each_effect_a_few_times_and_not_all_for_each() {
    let asked = format!("PREPARE outlook AS {}; EXECUTE outlook(1)", outbox::OUTLOOK);
    let read = entries_read_later(200, "", &asked).await;
    assert!((200..=2_000).contains(&read), "{read} were read");
}
