//! Commits: everything or nothing, once, in order.

use super::fixture::{Office, Works, at, conflict, notice, origin, outlook, text};
use crate::ids::Version;
use crate::incident::{Attachment, By, Command, Event, Fact, evolve, fold};
use crate::ports::{Answered, CommitError, Store};

/// What was committed is there: the state, the number, the journal.
pub async fn a_commit_can_be_read_back(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let report = office.report(1, 0);
    let (incident, events) = (report.incident.clone(), report.events.clone());
    let committed = store.commit(report).await.works();
    assert_eq!(committed.claims, []);
    let filed = office.load(1).await.expect("it was filed");
    assert_eq!((filed.number, filed.incident), (committed.number, incident));
    assert_eq!(store.history(office.company, office.id(1)).await.works(), events);
}

/// Absence is `None`, not an error.
pub async fn what_was_never_committed_is_absent(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!(office.load(1).await, None);
    assert_eq!(store.history(office.company, office.id(1)).await.works(), []);
}

/// Whoever decided on an old version is told, and neither state, journal, number, wake, effects nor the request
/// key come from them.
pub async fn a_stale_commit_changes_nothing(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    let mut stale = office.notes(&filed.incident, "slower", 2).answering(origin("slow", "never given"));
    (stale.effects, stale.wake_at) = (vec![notice(1)], Some(at(5)));
    let now = office.commit(office.notes(&filed.incident, "faster", 1)).await;
    let before = (store.history(office.company, office.id(1)).await.works(), outlook(store, 9).await);

    assert_eq!(conflict(store.commit(stale).await), (filed.incident.version, now.incident.version));

    assert_eq!(office.load(1).await, Some(now.clone()));
    let after = (store.history(office.company, office.id(1)).await.works(), outlook(store, 9).await);
    assert_eq!(after, before);
    let again = office.notes(&now.incident, "again", 3).answering(origin("slow", "given now"));
    store.commit(again).await.works();
}

/// An id is filed once.
pub async fn an_incident_is_filed_once(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    let second = store.commit(office.report(1, 5)).await;
    assert_eq!(conflict(second), (Version::NONE, filed.incident.version));
    assert_eq!(office.load(1).await, Some(filed));
}

/// Nothing can be decided upon an incident that does not exist.
pub async fn a_commit_to_an_incident_that_does_not_exist_conflicts(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let report = office.report(1, 0);
    let early = office.notes(&report.incident, "too early", 1);
    assert_eq!(conflict(store.commit(early).await), (Version::new(1), Version::NONE));
    assert_eq!(office.load(1).await, None);
    assert_eq!(store.history(office.company, office.id(1)).await.works(), []);
}

/// Whoever names another company's incident finds none.
pub async fn a_commit_reaches_no_incident_of_another_company(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let filed = office.file(1, 0).await;
    let mut foreign = office.notes(&filed.incident, "from outside", 1);
    foreign.incident.company = other.company;
    assert_eq!(conflict(store.commit(foreign).await), (filed.incident.version, Version::NONE));
    assert_eq!(office.load(1).await, Some(filed));
}

fn answer_of<T>(result: Result<T, CommitError>) -> Option<Answered> {
    match result {
        Err(CommitError::AlreadyApplied { answer }) => Some(answer),
        Err(CommitError::Conflict { .. } | CommitError::Store(_)) | Ok(_) => None,
    }
}

/// A redelivered request gets the answer that the first delivery got, and changes nothing. Its version is old
/// by then, so that the key must be looked at before the version.
pub async fn a_redelivery_gets_the_first_answer(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    let commit = office.notes(&filed.incident, "once", 1).answering(origin("telegram:7:41", "noted"));
    let now = office.commit(commit.clone()).await;

    let mut redelivered = commit;
    redelivered.origin = Some(origin("telegram:7:41", "noted twice"));
    let answered = answer_of(store.commit(redelivered).await);

    let incident = Some((office.id(1), filed.number));
    assert_eq!(answered, Some(Answered { answer: "noted".to_owned(), incident }));
    assert_eq!(office.load(1).await, Some(now));
}

/// A redelivered report has a fresh id, and files nothing all the same.
pub async fn a_redelivered_report_files_nothing(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let first = office.commit(office.report(1, 0).answering(origin("telegram:7:41", "filed"))).await;
    let owed = outlook(store, 0).await.owed;
    let again = store.commit(office.report(2, 3).answering(origin("telegram:7:41", "filed"))).await;
    let incident = Some((office.id(1), first.number));
    assert_eq!(answer_of(again), Some(Answered { answer: "filed".to_owned(), incident }));
    assert_eq!(office.load(2).await, None);
    assert_eq!(outlook(store, 3).await.owed, owed);
}

/// Two requests are two, however alike.
pub async fn another_request_is_applied(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.commit(office.report(1, 0).answering(origin("telegram:7:41", "filed"))).await;
    let second = office.commit(office.report(2, 0).answering(origin("telegram:7:410", "filed"))).await;
    assert_eq!(office.load(2).await, Some(second));
}

/// Whoever refuses a redelivery asks first what was answered to it.
pub async fn what_was_answered_can_be_asked(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.commit(office.report(1, 0).answering(origin("telegram:7:41", "filed"))).await;
    let asked = async |key| store.applied(&origin(key, "").key).await.works();
    let incident = Some((office.id(1), filed.number));
    assert_eq!(asked("telegram:7:41").await, Some(Answered { answer: "filed".to_owned(), incident }));
    assert_eq!(asked("telegram:7:4").await, None);
    store.forget_requests(at(1)).await.works();
    assert_eq!(asked("telegram:7:41").await, None);
}

/// A request that was forgotten may come again; a younger one may not.
pub async fn requests_are_forgotten_by_age(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let ask = |n, secs, key| office.report(n, secs).answering(origin(key, "filed"));
    office.commit(ask(1, 10, "old")).await;
    office.commit(ask(2, 20, "young")).await;
    assert_eq!(store.forget_requests(at(10)).await.works(), 0);
    assert_eq!(store.forget_requests(at(20)).await.works(), 1);
    assert!(answer_of(store.commit(ask(3, 30, "young")).await).is_some());
    office.commit(ask(4, 30, "old")).await;
}

/// The journal keeps the order in which things happened, within a commit and between commits.
pub async fn events_keep_their_order(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let file = |name: &str| Attachment { reference: text(name), kind: text("photo"), name: None, size: None };
    let mut report = office.report(1, 0);
    let added = ["front", "side", "back"].map(|name| Fact::AttachmentAdded { attachment: file(name) });
    let by = By::Person(office.driver);
    report.events.extend(added.map(|fact| Event { at: at(0), by, fact }));
    report.incident = fold(office.id(1), &report.events).expect("it begins with a report");
    let mut journal = report.events.clone();
    let filed = office.commit(report).await;
    let claim = office.asks(&filed.incident, office.ann, Command::Acknowledge, 1);
    journal.extend(claim.events.clone());
    let filed = office.commit(claim).await;
    let revoke = Command::RevokeClaim { person: office.ann, reason: text("asleep") };
    let revoked = office.asks(&filed.incident, office.ben, revoke, 2);
    assert_eq!(revoked.events.len(), 2, "the claim ends, and nobody is left");
    journal.extend(revoked.events.clone());
    office.commit(revoked).await;
    assert_eq!(store.history(office.company, office.id(1)).await.works(), journal);
}

/// A journal says who did something: a person, the assistant, or the desk by itself.
pub async fn a_journal_says_who_did_something(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let mut incident = office.file(1, 0).await.incident;
    let everybody = [By::Person(office.ann), By::Assistant, By::System];
    for (secs, by) in (1..).zip(everybody) {
        let mut commit = office.notes(&incident, "still out", secs);
        commit.events[0].by = by;
        incident = office.commit(commit).await.incident;
    }
    let journal = store.history(office.company, office.id(1)).await.works();
    let told: Vec<By> = journal.into_iter().skip(1).map(|event| event.by).collect();
    assert_eq!(told, everybody);
}

/// The state is the fold of the journal, through a whole life.
pub async fn the_journal_folds_to_the_state(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let mut incident = office.file(1, 0).await.incident;
    let life = [
        (office.ann, Command::Acknowledge),
        (office.ann, Command::Escalate),
        (office.ben, Command::Acknowledge),
        (office.driver, Command::EditDescription { description: text("the brake lights are out") }),
        (office.ben, Command::Resolve { summary: Some(text("changed the fuse")) }),
        (office.driver, Command::Reopen { reason: text("out again") }),
    ];
    for (secs, (person, command)) in (1..).zip(life) {
        incident = office.commit(office.asks(&incident, person, command, secs)).await.incident;
    }
    let journal = store.history(office.company, office.id(1)).await.works();
    assert_eq!(fold(office.id(1), &journal), Some(incident.clone()));
    assert_eq!(office.load(1).await.map(|filed| filed.incident), Some(incident));
}

/// Erasing a person takes their words out of the journal, and nobody else's; who did what when stays.
pub async fn erasing_a_person_rewrites_what_they_wrote(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let untouched = office.file(2, 0).await;
    let filed = office.file(1, 0).await;
    let filed = office.commit(office.notes(&filed.incident, "my phone is 555 1234", 1)).await;
    let note = Command::AddNote { text: text("looking into it"), internal: true };
    let filed = office.commit(office.asks(&filed.incident, office.ann, note, 2)).await;
    let before = store.history(office.company, office.id(1)).await.works();

    let erase = Command::EraseSubject { person: office.driver };
    let erased = office.commit(office.asks(&filed.incident, office.driver, erase, 3)).await;

    let mut expected = before;
    expected.iter_mut().for_each(|event| event.erase(office.driver, office.driver));
    expected.push(Event {
        at: at(3),
        by: By::Person(office.driver),
        fact: Fact::SubjectErased { person: office.driver },
    });
    let after = store.history(office.company, office.id(1)).await.works();
    assert_eq!(after, expected);
    let words = format!("{after:?}");
    assert!(words.contains("looking into it") && !words.contains("555 1234") && !words.contains("trailer"));
    assert_eq!(fold(office.id(1), &after), Some(erased.incident.clone()));
    assert_eq!(office.load(1).await, Some(erased));
    assert_eq!(
        fold(office.id(2), &store.history(office.company, office.id(2)).await.works()),
        Some(untouched.incident)
    );
}

/// What was written in the very commit that erases its author is erased too.
pub async fn erasing_reaches_the_events_of_its_own_commit(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    let mut commit = office.notes(&filed.incident, "my phone is 555 1234", 1);
    let by = By::Person(office.driver);
    commit.events.push(Event { at: at(1), by, fact: Fact::SubjectErased { person: office.driver } });
    commit.incident = evolve(office.id(1), Some(commit.incident), &commit.events[1]).expect("it exists");
    office.commit(commit).await;
    let journal = store.history(office.company, office.id(1)).await.works();
    assert_eq!(journal.len(), 3);
    assert!(!format!("{journal:?}").contains("555 1234"), "{journal:?}");
}
