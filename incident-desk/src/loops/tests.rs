use incident_core::ids::Platform;
use std::sync::atomic::{AtomicU64, Ordering};

use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{ClaimOrder, Store as _};
use incident_core::testkit::conformance::fixture::{Office, at};

use super::*;
use crate::http::Intake;

/// A clock that stands still and counts how often it is looked at: a loop that spins looks all the time.
struct WatchedClock(AtomicU64);

impl Clock for WatchedClock {
    fn now(&self) -> Timestamp {
        let looks = self.0.fetch_add(1, Ordering::SeqCst);
        assert!(looks < 100_000, "a loop spins");
        at(1)
    }
}

fn loops_of(store: Arc<MemoryStore>, clock: &Arc<WatchedClock>, idle: Duration) -> Loops {
    let desk = Desk::new(store, Arc::<WatchedClock>::clone(clock), Policy::preset(Preset::TwoTier));
    Loops {
        desk: Arc::new(desk),
        clock: Arc::<WatchedClock>::clone(clock),
        nudges: Arc::new(Nudges::default()),
        vitals: Vitals::new([(Platform::Telegram, Intake::Webhook)], || Duration::ZERO),
        idle,
        retention: Retention::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn between_one_timer_and_the_next_the_loops_sleep() {
    let store = Arc::new(MemoryStore::default());
    Office::open(&*store, 1).await.file(1, 0).await;
    let clock = Arc::new(WatchedClock(AtomicU64::new(0)));
    let loops = loops_of(store, &clock, Duration::from_secs(300));
    let (stop, stopped) = watch::channel(false);
    let mut tasks = loops.spawn(&stopped);
    // The time of the runtime is not the wall's here: it passes when every task sleeps.
    tokio::time::sleep(Duration::from_secs(600)).await;
    stop.send_replace(true);
    while let Some(task) = tasks.join_next().await {
        task.expect("no loop panics");
    }
    let looks = clock.0.load(Ordering::SeqCst);
    assert!(looks < 2_000, "{looks} looks at the clock in ten minutes");
}

/// A redraw waits behind the one before it. If that one ends while the store is asked what is next, the answer may not know
/// of it, and nobody else says that the redraw is free.
#[tokio::test(start_paused = true)]
async fn what_ends_while_the_store_is_asked_lets_its_lane_look_again() {
    let store = Arc::new(MemoryStore::default());
    let office = Office::open(&*store, 1).await;
    office.file(1, 0).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let clock = Arc::new(WatchedClock(AtomicU64::new(0)));
    let order = ClaimOrder { lane: Lane::Card, now: at(1), lease_until: at(60) };
    let claim = store.claim(order).await.expect("memory does not fail").expect("a card is owed");
    let loops = loops_of(store, &clock, Duration::from_secs(300));
    let mut running: FuturesUnordered<_> =
        [async { Delivery { claim, end: DeliveryEnd::Done } }].into_iter().collect();
    loops.meanwhile(tokio::task::yield_now(), &mut running).await;
    assert!(running.is_empty(), "it ended meanwhile");
    let looks = loops.nudges.lane(Lane::Card).wait(&*loops.clock, loops.idle);
    tokio::time::timeout(Duration::from_secs(1), looks).await.expect("it looks at once");
}
