use incident_core::ids::Platform;
use std::sync::atomic::{AtomicU64, Ordering};

use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
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

#[tokio::test(start_paused = true)]
async fn between_one_timer_and_the_next_the_loops_sleep() {
    let store = Arc::new(MemoryStore::default());
    Office::open(&*store, 1).await.file(1, 0).await;
    let clock = Arc::new(WatchedClock(AtomicU64::new(0)));
    let nudges = Arc::new(Nudges::default());
    let desk = Desk::new(store, Arc::<WatchedClock>::clone(&clock), Policy::preset(Preset::TwoTier));
    let vitals = Vitals::new([(Platform::Telegram, Intake::Webhook)], || Duration::ZERO);
    let idle = Duration::from_secs(300);
    let watched = Arc::<WatchedClock>::clone(&clock);
    let loops =
        Loops { desk: Arc::new(desk), clock: watched, nudges, vitals, idle, retention: Retention::default() };
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
