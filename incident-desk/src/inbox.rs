//! One statement for what comes in at once.
//!
//! Each delivery waits for its own row before it is acknowledged, and a burst of two hundred would wait for two hundred
//! statements. While one is under way, what comes is gathered for the next.

use std::sync::Arc;

use async_trait::async_trait;
use incident_core::ids::Platform;
use incident_core::ports::{Delivered, Held, Inbox, Pending, RequestKey, StoreError};
use incident_core::time::Timestamp;
use tokio::sync::{Mutex, oneshot};

/// How many deliveries one statement keeps.
const MOST: usize = 256;

/// What somebody waits to hear about one delivery; an error has no more than its text for all who share it.
type Told = Result<bool, (bool, String)>;

struct Waiting {
    delivered: Delivered,
    lease_until: Timestamp,
    told: oneshot::Sender<Told>,
}

/// An inbox that keeps together what comes in together.
pub(crate) struct Gathering {
    inbox: Arc<dyn Inbox>,
    waiting: std::sync::Mutex<Vec<Waiting>>,
    /// Held by whoever writes for all.
    writing: Mutex<()>,
}

impl std::fmt::Debug for Gathering {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gathering").finish_non_exhaustive()
    }
}

impl Gathering {
    /// Gathers in front of an inbox.
    pub(crate) fn new(inbox: Arc<dyn Inbox>) -> Self {
        Self { inbox, waiting: std::sync::Mutex::default(), writing: Mutex::new(()) }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Keeps what waits now, and tells everybody who waits.
    async fn write(&self) {
        let batch: Vec<Waiting> = {
            let mut waiting = self.waiting();
            // Whoever stopped waiting has said that it is not kept: it must not be done hours later.
            waiting.retain(|one| !one.told.is_closed());
            let count = waiting.len().min(MOST);
            waiting.drain(..count).collect()
        };
        let Some(lease_until) = batch.iter().map(|one| one.lease_until).max() else {
            return;
        };
        // It goes on for the others if whoever writes for all does not wait any more.
        let written = tokio::spawn(write(Arc::clone(&self.inbox), batch, lease_until));
        drop(written.await);
    }

    async fn keep_one(&self, delivered: Delivered, lease_until: Timestamp) -> Result<bool, StoreError> {
        let (told, mut answer) = oneshot::channel();
        self.waiting().push(Waiting { delivered, lease_until, told });
        loop {
            let turn = tokio::select! {
                biased;
                told = &mut answer => {
                    let lost = || Err((true, "the statement was given up".to_owned()));
                    return told.unwrap_or_else(|_| lost()).map_err(failed);
                }
                turn = self.writing.lock() => turn,
            };
            self.write().await;
            drop(turn);
        }
    }
}

async fn write(inbox: Arc<dyn Inbox>, batch: Vec<Waiting>, lease_until: Timestamp) {
    let delivered: Vec<Delivered> = batch.iter().map(|one| one.delivered.clone()).collect();
    let kept = inbox.keep(&delivered, lease_until).await;
    for (place, one) in batch.into_iter().enumerate() {
        let told = match &kept {
            Ok(kept) => Ok(kept.get(place).copied().unwrap_or_default()),
            Err(error) => Err((error.temporary, error.to_string())),
        };
        // Whoever does not wait any more needs no answer.
        drop(one.told.send(told));
    }
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
        self.waiting().retain(|one| !keys.contains(&one.delivered.key));
        self.inbox.done(keys).await
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;
    use incident_core::memory::MemoryStore;

    use super::*;

    /// An inbox whose statements wait for a sign, and count what they keep.
    struct Slow {
        inbox: MemoryStore,
        sign: tokio::sync::Semaphore,
        kept: std::sync::Mutex<Vec<usize>>,
    }

    #[async_trait]
    impl Inbox for Slow {
        async fn keep(
            &self,
            delivered: &[Delivered],
            lease_until: Timestamp,
        ) -> Result<Vec<bool>, StoreError> {
            self.sign.acquire().await.expect("it is never closed").forget();
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
        let (inbox, kept) = (MemoryStore::new(), std::sync::Mutex::default());
        let slow = Arc::new(Slow { inbox, sign: tokio::sync::Semaphore::new(0), kept });
        let gathering = Gathering::new(Arc::<Slow>::clone(&slow));
        (slow, gathering)
    }

    fn came(n: u32) -> Delivered {
        let key = RequestKey::new(format!("slack:{n}"));
        Delivered { key, platform: Platform::Slack, at: Timestamp::from_secs(1), body: "{}".to_owned() }
    }

    const LEASE: Timestamp = Timestamp::from_secs(30);

    #[tokio::test]
    async fn what_comes_while_a_statement_is_under_way_shares_the_next() {
        let (slow, gathering) = slow();
        // One of them comes twice.
        let all: Vec<Delivered> = (0..200).chain([7]).map(came).collect();
        let keeping = join_all(all.iter().map(|one| gathering.keep(std::slice::from_ref(one), LEASE)));
        let release = async {
            slow.sign.add_permits(2);
        };
        let (kept, ()) = tokio::join!(keeping, release);
        let new = kept.into_iter().map(|kept| kept.expect("it is kept")[0]).filter(|new| *new).count();
        assert_eq!(new, 200);
        let statements = slow.kept.lock().expect("nobody panics").clone();
        assert_eq!(statements, [1, 200], "the first waits for nobody");
        let left = slow.take(Platform::Slack, (LEASE, LEASE), 500).await.expect("it works");
        assert_eq!(left.len(), 200);
    }

    #[tokio::test]
    async fn what_cannot_be_kept_is_said_to_everybody_who_waits_for_it() {
        let (slow, gathering) = slow();
        slow.sign.add_permits(9);
        let broken = Delivered { body: "broken".to_owned(), ..came(1) };
        let all = [came(0), broken, came(2)];
        let kept = join_all(all.iter().map(|one| gathering.keep(std::slice::from_ref(one), LEASE))).await;
        assert!(kept[0].is_ok(), "it was written before: {kept:?}");
        for kept in kept.into_iter().skip(1) {
            let error = kept.expect_err("it is not kept");
            assert_eq!((error.temporary, error.to_string().contains("it broke")), (false, true), "{error}");
        }
    }

    #[tokio::test]
    async fn whoever_does_not_wait_any_more_takes_nothing_from_the_others() {
        let (slow, gathering) = slow();
        let (first, second) = (came(1), came(2));
        let mut writer = Box::pin(gathering.keep(std::slice::from_ref(&first), LEASE));
        assert!(futures::poll!(&mut writer).is_pending(), "its statement is under way");
        let other = gathering.keep(std::slice::from_ref(&second), LEASE);
        drop(writer);
        slow.sign.add_permits(2);
        assert_eq!(other.await.expect("it is kept"), [true]);
        let left = slow.take(Platform::Slack, (LEASE, LEASE), 9).await.expect("it works");
        assert_eq!(left.len(), 2, "what was begun is kept");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_any_more_is_not_kept_later() {
        let (slow, gathering) = slow();
        let (first, second, third) = (came(1), came(2), came(3));
        let writer = gathering.keep(std::slice::from_ref(&first), LEASE);
        let mut given_up = Box::pin(gathering.keep(std::slice::from_ref(&second), LEASE));
        let mut writer = Box::pin(writer);
        assert!(futures::poll!(&mut writer).is_pending(), "its statement is under way");
        assert!(futures::poll!(&mut given_up).is_pending(), "it waits for the next one");
        drop(given_up);
        slow.sign.add_permits(2);
        assert_eq!(writer.await.expect("it is kept"), [true]);
        assert_eq!(gathering.keep(std::slice::from_ref(&third), LEASE).await.expect("it is kept"), [true]);
        let left = slow.take(Platform::Slack, (LEASE, LEASE), 9).await.expect("it works");
        let keys: Vec<&str> = left.iter().map(|one| one.delivered.key.as_str()).collect();
        assert_eq!(keys, ["slack:1", "slack:3"]);
    }
}
