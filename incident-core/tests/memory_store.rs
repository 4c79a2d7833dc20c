//! The reference store keeps the promises of every store, and the list of those promises is complete.

use futures::executor::block_on;
use incident_core::memory::{Abandoned, MemoryStore};
use incident_core::ports::Owed;
use incident_core::testkit::conformance::fixture::{
    Office, Works, abandoned, at, claimed, notice, retry, settle,
};

async fn fresh() -> (MemoryStore, ()) {
    (MemoryStore::new(), ())
}

incident_core::store_conformance!(fresh, block_on);

#[test]
fn the_suite_lists_each_of_its_tests_once() {
    let listed = include_str!("../src/testkit/conformance.rs");
    let subjects = [
        include_str!("../src/testkit/conformance/card.rs"),
        include_str!("../src/testkit/conformance/commit.rs"),
        include_str!("../src/testkit/conformance/lease.rs"),
        include_str!("../src/testkit/conformance/message.rs"),
        include_str!("../src/testkit/conformance/number.rs"),
        include_str!("../src/testkit/conformance/outbox.rs"),
        include_str!("../src/testkit/conformance/people.rs"),
        include_str!("../src/testkit/conformance/query.rs"),
        include_str!("../src/testkit/conformance/race.rs"),
        include_str!("../src/testkit/conformance/roster.rs"),
        include_str!("../src/testkit/conformance/wake.rs"),
    ];
    let named = |line: &str| {
        let name = line.strip_prefix("pub async fn ").or_else(|| line.strip_prefix("pub fn "))?;
        name.split_once("(store: &dyn Store").map(|(name, _)| name.to_owned())
    };
    let tests: Vec<String> = subjects.into_iter().flat_map(str::lines).filter_map(named).collect();
    let times = |name: &str| listed.split_whitespace().filter(|word| *word == name).count();
    let wrong: Vec<_> = tests.iter().filter(|name| times(name) != 1).collect();
    assert!(wrong.is_empty() && tests.len() > 100, "not listed once: {wrong:?}, of {}", tests.len());
}

#[test]
fn what_was_abandoned_can_be_seen_with_its_reason() {
    let store = MemoryStore::new();
    block_on(async {
        let (office, other) = (Office::open(&store, 1).await, Office::open(&store, 2).await);
        office.owes(1, vec![notice(1), notice(2)], 5).await;
        other.owes(1, vec![notice(3)], 5).await;
        let lane = notice(1).lane();
        let first = claimed(&store, lane, 6).await;
        settle(&store, &first, retry(7, None), 6).await;
        let first = claimed(&store, lane, 7).await;
        settle(&store, &first, abandoned(), 8).await;
        let expected = Abandoned {
            effect: first.effect,
            chat: office.chat.clone(),
            owed: Owed::Incident { incident: office.id(1), effect: notice(1) },
            since: at(5),
            reason: "the chat is gone".to_owned(),
        };
        assert_eq!(store.abandoned(office.company).works(), [expected]);
        assert_eq!(store.abandoned(other.company).works(), []);
    });
}

#[test]
fn what_people_wrote_does_not_reach_a_log() {
    let store = MemoryStore::new();
    block_on(async { Office::open(&store, 1).await.file(1, 0).await });
    assert_eq!(format!("{store:?}"), "MemoryStore { companies: 1, incidents: 1, effects: 0, .. }");
}

#[test]
fn remarks_are_kept_as_every_store_keeps_them() {
    use incident_core::testkit::conformance::recall;
    block_on(recall::remarks_of_an_author_come_back_in_order(&MemoryStore::new()));
    block_on(recall::a_chat_keeps_the_newest_remarks_and_no_others(&MemoryStore::new()));
    block_on(recall::a_remark_is_kept_once(&MemoryStore::new()));
    block_on(recall::remarks_are_forgotten_by_age(&MemoryStore::new()));
    block_on(recall::companies_see_nothing_of_each_others_remarks(&MemoryStore::new()));
}

#[test]
fn what_is_delivered_is_kept_as_every_store_keeps_it() {
    use incident_core::testkit::conformance::inbox;
    block_on(inbox::what_is_not_done_is_taken_over_when_its_lease_has_ended(&MemoryStore::new()));
    block_on(inbox::what_is_done_is_forgotten(&MemoryStore::new()));
    block_on(inbox::what_is_delivered_twice_is_kept_once(&MemoryStore::new()));
    block_on(inbox::platforms_take_over_their_own_deliveries(&MemoryStore::new()));
    block_on(inbox::leases_are_renewed_by_those_who_hold_them(&MemoryStore::new()));
}

#[test]
fn rooms_are_remembered_as_every_store_remembers_them() {
    use incident_core::testkit::conformance::rooms;
    block_on(rooms::a_room_is_found_by_its_incident_and_by_its_chat(&MemoryStore::new()));
    block_on(rooms::what_was_said_of_a_room_last_is_remembered(&MemoryStore::new()));
    block_on(rooms::a_chat_is_the_room_of_one_incident(&MemoryStore::new()));
    block_on(rooms::a_room_is_forgotten_as_the_one_that_it_was(&MemoryStore::new()));
    block_on(rooms::a_room_that_is_not_there_is_not_noted(&MemoryStore::new()));
}

#[test]
fn figures_get_what_the_states_say() {
    use incident_core::testkit::conformance::cases;
    block_on(cases::cases_are_what_the_states_say(&MemoryStore::new()));
    block_on(cases::pages_of_cases_join_to_the_whole_list(&MemoryStore::new()));
    block_on(cases::cases_of_a_scope_are_those_and_no_others(&MemoryStore::new()));
}
