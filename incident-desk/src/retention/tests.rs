use std::sync::atomic::{AtomicI64, Ordering};

use incident_core::ids::IncidentId;
use incident_core::incident::{Command, Event, Fact, Lane};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Store;
use incident_core::testkit::conformance::fixture::{
    Office, Works, abandoned, claim, claimed, done, notice, outlook, settle, text,
};

use super::*;

/// A clock that stands where it was set, in seconds after the beginning of every test.
struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        incident_core::testkit::conformance::fixture::at(self.0.load(Ordering::SeqCst))
    }
}

struct Room {
    store: Arc<MemoryStore>,
    clock: Arc<SetClock>,
    keeper: Keeper,
}

const DAY: i64 = 86_400;

fn room(retention: Retention) -> Room {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(SetClock(AtomicI64::new(0))));
    let desk = Desk::new(
        Arc::<MemoryStore>::clone(&store),
        Arc::<SetClock>::clone(&clock),
        Policy::preset(Preset::TwoTier),
    );
    let keeper = Keeper::new(Arc::new(desk), Arc::<SetClock>::clone(&clock), retention);
    Room { store, clock, keeper }
}

impl Room {
    async fn round_at(&mut self, day: i64) -> Duration {
        self.clock.0.store(day * DAY, Ordering::SeqCst);
        self.keeper.round().await
    }
}

/// Two incidents with a note of ann and a reason of the reporter: one that is over, and one that is not.
async fn two_incidents(office: &Office<'_>) -> [IncidentId; 2] {
    for n in [1, 2] {
        let filed = office.file(n, 0).await.incident;
        let note = Command::AddNote { text: text("her cousin has a lorry"), internal: true };
        office.commit(office.asks(&filed, office.ann, note, 1)).await;
    }
    let filed = office.store.load(office.company, office.id(1)).await.works().expect("it was filed");
    let cancel = Command::Cancel { reason: text("it was his cousin") };
    office.commit(office.asks(&filed.incident, office.driver, cancel, 2)).await;
    [office.id(1), office.id(2)]
}

async fn journal(office: &Office<'_>, incident: IncidentId) -> Vec<Event> {
    office.store.history(office.company, incident).await.works()
}

async fn says(office: &Office<'_>, incident: IncidentId, words: &str) -> bool {
    serde_json::to_string(&journal(office, incident).await).expect("it is written").contains(words)
}

#[tokio::test]
async fn the_words_of_what_has_been_over_for_so_long_are_forgotten_without_anybody_being_told() {
    let words = Some(Duration::from_secs(30 * 24 * 60 * 60));
    let mut room = room(Retention { words, ..Retention::default() });
    let store = Arc::<MemoryStore>::clone(&room.store);
    let office = Office::open(&*store, 1).await;
    let [over, live] = two_incidents(&office).await;
    // A card that is owed already would hide one that comes to be owed.
    for lane in Lane::ALL {
        while let Some(owed) = claim(&*store, lane, 3).await {
            settle(&*store, &owed, done(), 3).await;
        }
    }
    for day in [10, 30] {
        assert_eq!(room.round_at(day).await, TIDY_EVERY);
        assert!(says(&office, over, "cousin has a lorry").await, "after {day} days");
    }
    // The walk of the same day is over; the next one begins a day after it.
    room.round_at(31).await;
    assert!(!says(&office, over, "cousin").await);
    assert!(says(&office, live, "cousin has a lorry").await);
    assert_eq!(outlook(&*store, 32 * DAY).await.owed, 0);
    let told = journal(&office, over).await;
    assert_eq!(told.last().map(|event| &event.fact), Some(&Fact::Archived));
    room.round_at(90).await;
    assert_eq!(journal(&office, over).await, told);
}

#[tokio::test]
async fn a_walk_that_was_cut_short_is_made_good_by_the_next_one() {
    let words = Some(Duration::from_secs(30 * 24 * 60 * 60));
    let mut room = room(Retention { words, ..Retention::default() });
    let store = Arc::<MemoryStore>::clone(&room.store);
    let office = Office::open(&*store, 1).await;
    let [over, _] = two_incidents(&office).await;
    let filed = store.load(office.company, over).await.works().expect("it was filed");
    let erase = Command::EraseSubject { person: office.ann };
    office.commit(office.asks(&filed.incident, office.ann, erase, 31 * DAY)).await;
    assert!(says(&office, over, "it was his cousin").await);
    room.round_at(32).await;
    assert!(!says(&office, over, "it was his cousin").await);
}

#[tokio::test]
async fn what_was_given_up_and_keys_of_requests_are_forgotten_in_time() {
    let effects = Some(Duration::from_secs(24 * 60 * 60));
    let mut room = room(Retention { effects, ..Retention::default() });
    let store = Arc::<MemoryStore>::clone(&room.store);
    let office = Office::open(&*store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let given_up = claimed(&*store, Lane::Notice, 1).await;
    settle(&*store, &given_up, abandoned(), 2).await;
    room.round_at(1).await;
    assert_eq!(outlook(&*store, 5).await.abandoned, 1);
    room.round_at(2).await;
    assert_eq!(outlook(&*store, 5).await.abandoned, 0);
}
