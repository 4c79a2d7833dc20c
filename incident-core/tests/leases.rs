//! What a process works on stays its own for as long as it takes, and nobody does it twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::executor::block_on;
use incident_core::ids::Platform;
use incident_core::memory::MemoryStore;
use incident_core::ports::{Delivered, Held, Inbox, Leases, Pending, RequestKey, StoreError};
use incident_core::time::Timestamp;

const LENGTH: Duration = Duration::from_secs(30);

/// An inbox that can forget to forget.
#[derive(Default)]
struct Forgetful {
    store: MemoryStore,
    broken: AtomicBool,
}

#[async_trait]
impl Inbox for Forgetful {
    async fn keep(&self, delivered: &[Delivered], until: Timestamp) -> Result<Vec<bool>, StoreError> {
        self.store.keep(delivered, until).await
    }

    async fn take(
        &self,
        platform: Platform,
        due: (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        self.store.take(platform, due, limit).await
    }

    async fn renew(&self, held: &[Held], until: Timestamp) -> Result<(), StoreError> {
        self.store.renew(held, until).await
    }

    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
        if self.broken.load(Ordering::SeqCst) {
            let source = "the disk is full".into();
            return Err(StoreError { operation: "forget", temporary: true, source });
        }
        self.store.done(keys).await
    }
}

fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn came(name: &str, secs: i64) -> Delivered {
    Delivered { key: RequestKey::new(name), platform: Platform::Slack, at: at(secs), body: "{}".to_owned() }
}

/// Two processes in front of one inbox.
fn two() -> (Arc<Forgetful>, Leases, Leases) {
    let inbox = Arc::new(Forgetful::default());
    let leases = || Leases::new(Arc::<Forgetful>::clone(&inbox), Platform::Slack, LENGTH);
    let (one, other) = (leases(), leases());
    (inbox, one, other)
}

fn taken(leases: &Leases, secs: i64, limit: u32) -> Vec<(String, u32)> {
    let taken = block_on(leases.take(at(secs), limit)).expect("it works");
    taken.into_iter().map(|pending| (pending.delivered.key.as_str().to_owned(), pending.attempt)).collect()
}

fn keep(leases: &Leases, name: &str, secs: i64) -> bool {
    block_on(leases.keep(came(name, secs))).expect("it works")
}

#[test]
fn what_takes_longer_than_a_lease_is_not_begun_by_anybody_else_and_counts_no_attempt() {
    let (_, one, other) = two();
    assert!(keep(&one, "slow", 0) && !keep(&other, "slow", 1));
    for secs in (10..400).step_by(10) {
        assert_eq!(taken(&one, secs, 9), []);
        assert_eq!(taken(&other, secs, 9), []);
    }
    // Its process dies.
    drop(one);
    assert_eq!(taken(&other, 440, 9), [("slow".to_owned(), 1)]);
    assert!(other.works_on(&RequestKey::new("slow")));
}

#[test]
fn what_a_process_has_itself_hides_nothing_that_others_left() {
    let (_, one, other) = two();
    for nth in 0..50 {
        assert!(keep(&one, &format!("own:{nth}"), 0));
    }
    assert!(keep(&other, "orphan", 1));
    drop(other);
    assert_eq!(taken(&one, 100, 10), [("orphan".to_owned(), 1)]);
}

#[test]
fn what_was_taken_over_is_renewed_as_that() {
    let (inbox, one, other) = two();
    assert!(keep(&one, "left", 0));
    drop(one);
    assert_eq!(taken(&other, 30, 9), [("left".to_owned(), 1)]);
    assert_eq!(taken(&other, 55, 9), []);
    let third = Leases::new(inbox, Platform::Slack, LENGTH);
    assert_eq!(taken(&third, 60, 9), [], "the other has it until 85");
    assert_eq!(taken(&third, 85, 9), [("left".to_owned(), 2)]);
}

#[test]
fn what_could_not_be_forgotten_is_held_until_it_is() {
    let (inbox, one, other) = two();
    assert!(keep(&one, "pressed", 0));
    let key = RequestKey::new("pressed");
    inbox.broken.store(true, Ordering::SeqCst);
    assert!(block_on(one.done(&key, at(1))).is_err());
    assert!(!one.works_on(&key));
    assert!(block_on(one.take(at(2), 9)).is_err(), "it is tried again");
    inbox.broken.store(false, Ordering::SeqCst);
    assert_eq!(taken(&one, 3, 9), []);
    assert_eq!(taken(&other, 999, 9), [], "it is forgotten");
}

#[test]
fn whoever_ends_leaves_its_work_to_whoever_looks_next() {
    let (_, one, other) = two();
    assert!(keep(&one, "left", 0));
    block_on(one.end(at(1))).expect("it works");
    assert_eq!(taken(&other, 1, 9), [("left".to_owned(), 1)]);
    assert!(!one.works_on(&RequestKey::new("left")));
}
