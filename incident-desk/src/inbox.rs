//! Few statements for what comes in at once.
//!
//! Each delivery waits for its own row before it is acknowledged, and a burst of two hundred would wait for two hundred
//! statements. A lone delivery is written at once; what comes while a statement is under way is gathered for a moment and
//! shares the next. It does not wait for the one before it, which may take long where the database is slow, but it is not
//! answered before that either: what came first is worked on first.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::ids::Platform;
use incident_core::ports::{Delivered, Held, Inbox, Pending, RequestKey, StoreError};
use incident_core::time::Timestamp;
use tokio::sync::oneshot;
use tokio::time::sleep;

/// How many deliveries one statement keeps.
const MOST: usize = 256;
/// How many statements may be under way.
const STATEMENTS: usize = 4;
/// How long is gathered while another statement is under way: far less than a platform waits, and longer than a burst
/// takes to be read.
const MOMENT: Duration = Duration::from_millis(10);

/// What somebody waits to hear about one delivery; an error has no more than its text for all who share it.
type Told = Result<bool, (bool, String)>;

struct Waiting {
    delivered: Delivered,
    lease_until: Timestamp,
    told: oneshot::Sender<Told>,
}

#[derive(Default)]
struct Gathered {
    waiting: Vec<Waiting>,
    /// How many write, or are about to.
    writers: usize,
    /// Whether one of them waits for more to come.
    gathering: bool,
    /// Resolves when those who share the latest statement were told.
    latest: Option<oneshot::Receiver<()>>,
}

/// What is written together, and what it follows.
struct Batch {
    waiting: Vec<Waiting>,
    lease_until: Timestamp,
    before: Option<oneshot::Receiver<()>>,
    /// Dropped when all of them were told, or when nobody will tell them.
    told: oneshot::Sender<()>,
}

/// An inbox that keeps together what comes in together.
#[derive(Clone)]
pub(crate) struct Gathering {
    inbox: Arc<dyn Inbox>,
    gathered: Arc<Mutex<Gathered>>,
}

impl std::fmt::Debug for Gathering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gathering").finish_non_exhaustive()
    }
}

impl Gathering {
    /// Gathers in front of an inbox.
    pub(crate) fn new(inbox: Arc<dyn Inbox>) -> Self {
        Self { inbox, gathered: Arc::default() }
    }

    fn gathered(&self) -> MutexGuard<'_, Gathered> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keep_one(&self, delivered: Delivered, lease_until: Timestamp) -> Result<bool, StoreError> {
        let (told, answer) = oneshot::channel();
        self.enter(Waiting { delivered, lease_until, told });
        let lost = || Err((true, "the statement was given up".to_owned()));
        answer.await.unwrap_or_else(|_| lost()).map_err(failed)
    }

    /// Queues something, and sees to it that somebody writes it.
    fn enter(&self, one: Waiting) {
        let mut gathered = self.gathered();
        gathered.waiting.push(one);
        let alone = gathered.writers == 0;
        if alone || (!gathered.gathering && gathered.writers < STATEMENTS) {
            gathered.writers += 1;
            gathered.gathering = !alone;
            // It goes on for the others if whoever came first does not wait any more.
            tokio::spawn(self.clone().write_all(alone));
        }
    }

    /// Writes what waits, and what comes meanwhile, until nothing does.
    async fn write_all(self, alone: bool) {
        if !alone {
            sleep(MOMENT).await;
            self.gathered().gathering = false;
        }
        while let Some(batch) = self.next() {
            // Who shares a statement that panics is told that it was given up, and the next are written.
            drop(tokio::spawn(write(Arc::clone(&self.inbox), batch)).await);
        }
    }

    /// Takes what waits now; if nothing does, the writer ends.
    fn next(&self) -> Option<Batch> {
        let mut gathered = self.gathered();
        // Whoever stopped waiting has said that it is not kept: it must not be done hours later.
        gathered.waiting.retain(|one| !one.told.is_closed());
        let count = gathered.waiting.len().min(MOST);
        let waiting: Vec<Waiting> = gathered.waiting.drain(..count).collect();
        let Some(lease_until) = waiting.iter().map(|one| one.lease_until).max() else {
            gathered.writers -= 1;
            return None;
        };
        let (told, latest) = oneshot::channel();
        let before = gathered.latest.replace(latest);
        Some(Batch { waiting, lease_until, before, told })
    }
}

/// Keeps what is written together, and tells everybody who waits, after those who came before.
async fn write(inbox: Arc<dyn Inbox>, batch: Batch) {
    let delivered: Vec<Delivered> = batch.waiting.iter().map(|one| one.delivered.clone()).collect();
    let kept = inbox.keep(&delivered, batch.lease_until).await;
    if let Some(before) = batch.before {
        // Those whose statement was given up need not be waited for.
        drop(before.await);
    }
    for (place, one) in batch.waiting.into_iter().enumerate() {
        let told = match &kept {
            Ok(kept) => Ok(kept.get(place).copied().unwrap_or_default()),
            Err(error) => Err((error.temporary, error.to_string())),
        };
        // Whoever does not wait any more needs no answer.
        drop(one.told.send(told));
    }
    drop(batch.told);
}

fn failed((temporary, reason): (bool, String)) -> StoreError {
    StoreError { operation: "keep what was delivered", temporary, source: reason.into() }
}

#[async_trait]
impl Inbox for Gathering {
    async fn keep(&self, delivered: &[Delivered], lease_until: Timestamp) -> Result<Vec<bool>, StoreError> {
        match delivered {
            [one] => Ok(vec![self.keep_one(one.clone(), lease_until).await?]),
            several => self.inbox.keep(several, lease_until).await,
        }
    }

    async fn take(
        &self,
        platform: Platform,
        due: (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        self.inbox.take(platform, due, limit).await
    }

    async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError> {
        self.inbox.renew(held, lease_until).await
    }

    /// What is not being written yet is not written any more.
    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
        self.gathered().waiting.retain(|one| !keys.contains(&one.delivered.key));
        self.inbox.done(keys).await
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use incident_core::memory::MemoryStore;
    use tokio::sync::Semaphore;

    use super::*;

    /// An inbox whose statements wait for a sign, and count what they keep.
    struct Slow {
        inbox: MemoryStore,
        sign: Semaphore,
        /// For which what is called late waits.
        late: Semaphore,
        /// Has one for each statement that has begun.
        begun: Semaphore,
        kept: Mutex<Vec<usize>>,
    }

    async fn one_of(signs: &Semaphore) {
        signs.acquire().await.expect("it is never closed").forget();
    }

    #[async_trait]
    impl Inbox for Slow {
        async fn keep(
            &self,
            delivered: &[Delivered],
            lease_until: Timestamp,
        ) -> Result<Vec<bool>, StoreError> {
            self.begun.add_permits(1);
            let late = delivered.iter().any(|one| one.body == "late");
            one_of(if late { &self.late } else { &self.sign }).await;
            self.kept.lock().expect("nobody panics").push(delivered.len());
            if delivered.iter().any(|one| one.body == "broken") {
                let source = "it broke".into();
                return Err(StoreError { operation: "keep", temporary: false, source });
            }
            self.inbox.keep(delivered, lease_until).await
        }

        async fn take(
            &self,
            platform: Platform,
            due: (Timestamp, Timestamp),
            limit: u32,
        ) -> Result<Vec<Pending>, StoreError> {
            self.inbox.take(platform, due, limit).await
        }

        async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError> {
            self.inbox.renew(held, lease_until).await
        }

        async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
            self.inbox.done(keys).await
        }
    }

    fn slow() -> (Arc<Slow>, Gathering) {
        let (inbox, kept) = (MemoryStore::new(), Mutex::default());
        let [sign, late, begun] = [(); 3].map(|()| Semaphore::new(0));
        let slow = Arc::new(Slow { inbox, sign, late, begun, kept });
        let gathering = Gathering::new(Arc::<Slow>::clone(&slow));
        (slow, gathering)
    }

    fn came(n: u32) -> Delivered {
        let key = RequestKey::new(format!("slack:{n}"));
        Delivered { key, platform: Platform::Slack, at: Timestamp::from_secs(1), body: "{}".to_owned() }
    }

    const LEASE: Timestamp = Timestamp::from_secs(30);

    #[tokio::test(start_paused = true)]
    async fn what_comes_while_a_statement_is_under_way_shares_the_next() {
        let (slow, gathering) = slow();
        // One of them comes twice.
        let all: Vec<Delivered> = (0..200).chain([7]).map(came).collect();
        let mut keeping = all.iter().map(|one| gathering.keep(std::slice::from_ref(one), LEASE));
        let mut first = Box::pin(keeping.next().expect("there are many"));
        assert!(futures::poll!(&mut first).is_pending());
        one_of(&slow.begun).await;
        slow.sign.add_permits(2);
        let (first, others) = tokio::join!(first, join_all(keeping));
        let kept = others.into_iter().chain([first]).map(|kept| kept.expect("it is kept")[0]);
        assert_eq!(kept.filter(|new| *new).count(), 200);
        let statements = slow.kept.lock().expect("nobody panics").clone();
        assert_eq!(statements, [1, 200], "the first waits for nobody");
        let left = slow.take(Platform::Slack, (LEASE, LEASE), 500).await.expect("it works");
        assert_eq!(left.len(), 200);
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_kept_is_said_to_everybody_who_waits_for_it() {
        let (slow, gathering) = slow();
        let broken = Delivered { body: "broken".to_owned(), ..came(1) };
        let all = [came(0), broken, came(2)];
        let mut keeping = all.iter().map(|one| gathering.keep(std::slice::from_ref(one), LEASE));
        let mut first = Box::pin(keeping.next().expect("there are three"));
        assert!(futures::poll!(&mut first).is_pending());
        one_of(&slow.begun).await;
        slow.sign.add_permits(9);
        let (first, others) = tokio::join!(first, join_all(keeping));
        assert!(first.is_ok(), "it was written before: {first:?}");
        for kept in others {
            let error = kept.expect_err("it is not kept");
            assert_eq!((error.temporary, error.to_string().contains("it broke")), (false, true), "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_does_not_wait_any_more_takes_nothing_from_the_others() {
        let (slow, gathering) = slow();
        let (first, second) = (came(1), came(2));
        let mut writer = Box::pin(gathering.keep(std::slice::from_ref(&first), LEASE));
        assert!(futures::poll!(&mut writer).is_pending());
        one_of(&slow.begun).await;
        let other = gathering.keep(std::slice::from_ref(&second), LEASE);
        drop(writer);
        slow.sign.add_permits(2);
        assert_eq!(other.await.expect("it is kept"), [true]);
        let left = slow.take(Platform::Slack, (LEASE, LEASE), 9).await.expect("it works");
        assert_eq!(left.len(), 2, "what was begun is kept");
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_waits_for_any_more_is_not_kept_later() {
        let (slow, gathering) = slow();
        let (first, second, third) = (came(1), came(2), came(3));
        let writer = gathering.keep(std::slice::from_ref(&first), LEASE);
        let mut given_up = Box::pin(gathering.keep(std::slice::from_ref(&second), LEASE));
        let mut writer = Box::pin(writer);
        assert!(futures::poll!(&mut writer).is_pending());
        one_of(&slow.begun).await;
        assert!(futures::poll!(&mut given_up).is_pending(), "it waits for the next one");
        drop(given_up);
        slow.sign.add_permits(2);
        assert_eq!(writer.await.expect("it is kept"), [true]);
        assert_eq!(gathering.keep(std::slice::from_ref(&third), LEASE).await.expect("it is kept"), [true]);
        let left = slow.take(Platform::Slack, (LEASE, LEASE), 9).await.expect("it works");
        let keys: Vec<&str> = left.iter().map(|one| one.delivered.key.as_str()).collect();
        assert_eq!(keys, ["slack:1", "slack:3"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_comes_next_does_not_wait_for_a_statement_but_for_its_turn_to_be_answered() {
        let (slow, gathering) = slow();
        let (first, second) = (Delivered { body: "late".to_owned(), ..came(1) }, came(2));
        let mut first = Box::pin(gathering.keep(std::slice::from_ref(&first), LEASE));
        assert!(futures::poll!(&mut first).is_pending());
        one_of(&slow.begun).await;
        let mut second = Box::pin(gathering.keep(std::slice::from_ref(&second), LEASE));
        assert!(futures::poll!(&mut second).is_pending());
        slow.sign.add_permits(1);
        one_of(&slow.begun).await;
        // Time goes on only when nothing else does.
        sleep(MOMENT).await;
        assert_eq!(*slow.kept.lock().expect("nobody panics"), [1], "the second is written");
        assert!(futures::poll!(&mut second).is_pending(), "what came first is worked on first");
        slow.late.add_permits(1);
        assert_eq!(second.await.expect("it is kept"), [true]);
        assert!(futures::poll!(&mut first).is_ready(), "it was told before");
    }

    #[tokio::test(start_paused = true)]
    async fn so_many_statements_are_under_way_and_no_more() {
        let (slow, gathering) = slow();
        let all: Vec<Delivered> = (0..9).map(came).collect();
        let mut keeping = Vec::new();
        for one in &all {
            let mut kept = Box::pin(gathering.keep(std::slice::from_ref(one), LEASE));
            assert!(futures::poll!(&mut kept).is_pending());
            keeping.push(kept);
            sleep(MOMENT * 2).await;
        }
        assert_eq!(slow.begun.available_permits(), STATEMENTS);
        slow.sign.add_permits(9);
        assert!(join_all(keeping).await.iter().all(Result::is_ok));
        assert_eq!(*slow.kept.lock().expect("nobody panics"), [1, 1, 1, 1, 5]);
    }
}
