use incident_core::incident::{Command, Effect};
use incident_core::memory::MemoryStore;
use incident_core::testkit::conformance::fixture::{Office, at, notice, origin};

use super::*;

fn drafted(commit: Commit) -> Draft {
    Draft::new(commit, "this replica").expect("it can be written")
}

#[tokio::test]
async fn what_leaves_nothing_to_do_concerns_nobody() {
    let store = MemoryStore::new();
    let office = Office::open(&store, 1).await;
    let incident = office.file(1, 0).await.incident;
    let note = |wake_at, effects: Vec<Effect>| {
        let mut note = office.notes(&incident, "still out", 1);
        (note.wake_at, note.effects) = (wake_at, effects);
        drafted(note).concerns_others()
    };
    assert_eq!(
        [note(None, vec![]), note(Some(at(9)), vec![]), note(None, vec![notice(1)])],
        [false, true, true]
    );
}

#[tokio::test]
async fn what_changes_something_comes_before_what_takes_a_number_and_what_must_read_alone() {
    let store = MemoryStore::new();
    let office = Office::open(&store, 1).await;
    let incident = office.file(1, 0).await.incident;
    let (company, first, second) = (office.company, office.id(1), office.id(2));
    let erase = Command::EraseSubject { person: office.driver };
    let order = |draft: &Draft| {
        let shared = draft.shareable();
        shared.map(|(order, text)| (order, text == draft.text))
    };
    let commits = [
        office.report(2, 1),
        office.notes(&incident, "out", 1),
        office.asks(&incident, office.driver, erase, 1),
    ];
    let orders = commits.map(|commit| order(&drafted(commit)));
    let expected =
        [Some((format!("1 {company} {second}"), true)), Some((format!("0 {company} {first}"), true)), None];
    assert_eq!(orders, expected);
}

#[tokio::test]
async fn it_is_known_by_the_request_that_it_answers() {
    let store = MemoryStore::new();
    let office = Office::open(&store, 1).await;
    assert_eq!(drafted(office.report(1, 0)).key(), None);
    assert_eq!(
        drafted(office.report(1, 0).answering(origin("telegram:7", "filed"))).key(),
        Some("telegram:7")
    );
}
