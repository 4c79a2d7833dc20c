//! Wakes: which incident must be looked at, and when.

use super::fixture::{MOMENT, Office, Works, at, outlook};
use crate::ids::{CompanyId, IncidentId, Version};
use crate::incident::Command;
use crate::ports::{Commit, Filed, RosterCommit, Store};
use crate::roster::RosterCommand;
use crate::time::Timestamp;

const MANY: u32 = 100;

async fn wakes(office: &Office<'_>, n: u32, wake_at: Option<Timestamp>) -> Filed {
    office.commit(Commit { wake_at, effects: Vec::new(), ..office.report(n, 0) }).await
}

async fn due(store: &dyn Store, now: Timestamp) -> Vec<(CompanyId, IncidentId)> {
    store.due(now, MANY).await.works()
}

fn before(instant: Timestamp) -> Timestamp {
    Timestamp::from_micros(instant.as_micros() - MOMENT.as_micros() as i64)
}

/// Not a moment too early, and from then on until something is done about it.
pub async fn an_incident_is_due_exactly_when_it_asked(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let asked = at(10) + 7 * MOMENT;
    wakes(&office, 1, Some(asked)).await;
    assert_eq!(due(store, before(asked)).await, []);
    for now in [asked, asked, at(1_000_000)] {
        assert_eq!(due(store, now).await, [(office.company, office.id(1))]);
    }
}

/// Without a wake it is never due.
pub async fn an_incident_without_wake_is_never_due(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    wakes(&office, 1, None).await;
    assert_eq!(due(store, Timestamp::MAX).await, []);
    assert_eq!(outlook(store, 0).await.wake_at, None);
}

/// Whoever waits longest is first; of those who wait equally long, the lower id. All companies are served, and
/// told apart.
pub async fn those_due_longest_come_first(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    wakes(&one, 3, Some(at(5))).await;
    wakes(&one, 2, Some(at(5))).await;
    wakes(&one, 1, Some(at(9))).await;
    wakes(&two, 1, Some(at(2))).await;
    let order = [
        (two.company, two.id(1)),
        (one.company, one.id(2)),
        (one.company, one.id(3)),
        (one.company, one.id(1)),
    ];
    assert_eq!(due(store, at(9)).await, order);
    assert_eq!(due(store, at(8)).await, order[..3]);
}

/// A round is bounded, and takes those due longest.
pub async fn no_more_are_due_than_asked_for(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for n in 1..=5 {
        wakes(&office, n, Some(at(10 - i64::from(n)))).await;
    }
    let order = [(office.company, office.id(5)), (office.company, office.id(4))];
    assert_eq!(store.due(at(20), 2).await.works(), order);
    assert_eq!(store.due(at(20), 0).await.works(), []);
}

/// Every commit says anew when to look again: earlier, later or not at all.
pub async fn a_later_commit_replaces_the_wake(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let mut filed = wakes(&office, 1, Some(at(50))).await;
    for (secs, wake_at) in [(1, Some(at(90))), (2, Some(at(20))), (3, None), (4, Some(at(30)))] {
        let note = office.notes(&filed.incident, "something", secs);
        filed = office.commit(Commit { wake_at, ..note }).await;
        let expected: Vec<_> = wake_at.map(|_| (office.company, office.id(1))).into_iter().collect();
        assert_eq!(due(store, wake_at.unwrap_or(Timestamp::MAX)).await, expected);
        assert_eq!(due(store, wake_at.map_or(Timestamp::MAX, before)).await, []);
        assert_eq!(outlook(store, 5).await.wake_at, wake_at);
    }
}

/// Whoever claims ends the wait, and whoever leaves begins another one.
pub async fn a_wake_that_ended_with_a_claim_comes_back_with_a_release(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    let first = outlook(store, 0).await.wake_at;
    let claimed = office.commit(office.asks(&filed.incident, office.ann, Command::Acknowledge, 60)).await;
    assert_eq!(outlook(store, 60).await.wake_at, None);
    let released = office.asks(&claimed.incident, office.ann, Command::Release, 120);
    let again = released.wake_at.expect("nobody holds it, so somebody must be reminded");
    office.commit(released).await;
    assert!(first.is_some_and(|first| first < again), "{first:?} before {again:?}");
    assert_eq!(outlook(store, 120).await.wake_at, Some(again));
    assert_eq!(due(store, before(again)).await, []);
    assert_eq!(due(store, again).await, [(office.company, office.id(1))]);
}

/// A wake can be moved without anything having happened.
pub async fn a_wake_can_be_moved(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = wakes(&office, 1, Some(at(10))).await;
    let version = filed.incident.version;
    let mine = [(office.company, office.id(1))];

    assert!(store.reschedule(office.company, office.id(1), version, Some(at(20))).await.works());
    assert_eq!((due(store, at(19)).await, due(store, at(20)).await), (vec![], mine.to_vec()));
    assert!(store.reschedule(office.company, office.id(1), version, None).await.works());
    assert_eq!(due(store, Timestamp::MAX).await, []);
    assert!(store.reschedule(office.company, office.id(1), version, Some(at(5))).await.works());
    assert_eq!(due(store, at(5)).await, mine);
    assert_eq!(office.load(1).await, Some(filed));
}

/// Whoever looked at an older version moves nothing: the commit since then said when to look again.
pub async fn a_wake_of_another_version_stays(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let old = wakes(&office, 1, Some(at(10))).await.incident;
    let note = Commit { wake_at: Some(at(30)), ..office.notes(&old, "something", 1) };
    let new = office.commit(note).await.incident;
    for version in [Version::NONE, old.version, new.version.next()] {
        assert!(!store.reschedule(office.company, office.id(1), version, Some(at(2))).await.works());
        assert!(!store.reschedule(office.company, office.id(1), version, None).await.works());
    }
    assert_eq!(due(store, at(29)).await, []);
    assert_eq!(due(store, at(30)).await, [(office.company, office.id(1))]);
}

/// A wake is moved by its own company only, and one that does not exist by nobody.
pub async fn a_wake_of_another_company_stays(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    let version = wakes(&office, 1, Some(at(10))).await.incident.version;
    assert!(!store.reschedule(other.company, office.id(1), version, None).await.works());
    assert!(!store.reschedule(office.company, office.id(2), Version::NONE, Some(at(1))).await.works());
    assert_eq!(due(store, Timestamp::MAX).await, [(office.company, office.id(1))]);
}

/// The next wake is the earliest of all, even if its instant has passed.
pub async fn the_outlook_names_the_next_wake(store: &dyn Store) {
    let (one, two) = (Office::open(store, 1).await, Office::open(store, 2).await);
    wakes(&one, 1, Some(at(30))).await;
    wakes(&two, 1, Some(at(20))).await;
    wakes(&two, 2, None).await;
    for now in [0, 25] {
        assert_eq!(outlook(store, now).await.wake_at, Some(at(20)));
    }
}

/// Founds a team, and says when the company must be looked at again.
async fn founds(office: &Office<'_>, name: &str, wake_at: Option<Timestamp>) {
    let roster = office.roster().await;
    let team = RosterCommand::AddTeam { name: super::fixture::text(name), restricted: false };
    let commit: RosterCommit = office.roster_commit(Some(&roster), vec![team], 1).waking(wake_at);
    office.store.commit_roster(commit).await.works();
}

async fn due_companies(store: &dyn Store, now: Timestamp) -> Vec<CompanyId> {
    store.due_rosters(now, MANY).await.works()
}

/// Companies have wakes of their own, as exact as those of incidents.
pub async fn a_company_is_due_exactly_when_it_asked(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!(due_companies(store, Timestamp::MAX).await, []);
    let asked = at(10) + 7 * MOMENT;
    founds(&office, "Brakes", Some(asked)).await;
    assert_eq!(due_companies(store, before(asked)).await, []);
    for now in [asked, at(1_000_000)] {
        assert_eq!(due_companies(store, now).await, [office.company]);
    }
    assert_eq!(outlook(store, 0).await.wake_at, Some(asked));
    wakes(&office, 1, Some(at(3))).await;
    assert_eq!(outlook(store, 0).await.wake_at, Some(at(3)));
    assert_eq!(due(store, at(5)).await, [(office.company, office.id(1))]);
}

/// Whoever waits longest is first; of those who wait equally long, the lower id; a round is bounded.
pub async fn companies_due_longest_come_first(store: &dyn Store) {
    let mut companies = Vec::new();
    for (index, secs) in [(3, 5), (2, 5), (1, 9), (4, 2)] {
        let office = Office::open(store, index).await;
        founds(&office, "Brakes", Some(at(secs))).await;
        companies.push(office.company);
    }
    let order = [companies[3], companies[1], companies[0], companies[2]];
    assert_eq!(due_companies(store, at(9)).await, order);
    assert_eq!(due_companies(store, at(8)).await, order[..3]);
    assert_eq!(store.due_rosters(at(9), 2).await.works(), order[..2]);
}

/// A wake is moved without anything having happened, unless something has.
pub async fn the_wake_of_a_company_can_be_moved(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let old = office.roster().await.version;
    founds(&office, "Brakes", Some(at(10))).await;
    let now = office.roster().await;
    let moved = |version, wake_at| store.reschedule_roster(office.company, version, wake_at);
    assert!(!moved(old, Some(at(1))).await.works(), "somebody changed it meanwhile");
    assert_eq!(outlook(store, 0).await.wake_at, Some(at(10)));
    assert!(moved(now.version, Some(at(4))).await.works());
    assert_eq!(due_companies(store, at(4)).await, [office.company]);
    assert!(moved(now.version, None).await.works());
    assert_eq!(due_companies(store, Timestamp::MAX).await, []);
    let stranger = CompanyId::from_u128(9);
    assert!(!store.reschedule_roster(stranger, now.version, Some(at(1))).await.works());
    assert_eq!(office.roster().await, now);
}

/// Each commit says anew when to look again.
pub async fn a_roster_commit_replaces_the_wake_of_its_company(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    founds(&office, "Brakes", Some(at(10))).await;
    founds(&office, "Tyres", Some(at(20))).await;
    assert_eq!(due_companies(store, at(19)).await, []);
    assert_eq!(outlook(store, 0).await.wake_at, Some(at(20)));
    founds(&office, "Engines", None).await;
    assert_eq!(due_companies(store, Timestamp::MAX).await, []);
}
