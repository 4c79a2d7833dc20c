//! One queue for each chat: strictly in order within it, all chats beside each other.
//!
//! A chat has a task only while it has work. What fails is tried again where it stands, and only its own chat
//! waits for it.

mod attempt;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use incident_core::desk::Request;
use incident_core::ports::RequestKey;
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tracing::Instrument;

use super::answer::{Answers, ReplyTo};
use super::{Backoff, Handling};
use crate::messenger::Telegram;
use attempt::{Setback, attempt};

/// How many chats are worked for at once; further ones wait until one of these is through.
const CHATS_AT_ONCE: usize = 256;
/// How often an update may make the desk panic before it is given up.
const MOST_PANICS: u32 = 3;
/// How often an update may fail, while others succeed in between, before it is given up: at the pace of the
/// back-off, a quarter of an hour.
const MOST_LONELY_FAILURES: u32 = 100;
/// How many updates that caused a panic are remembered.
const MOST_REMEMBERED: usize = 1_024;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Something to ask the desk, and whom to tell.
#[derive(Debug)]
pub(super) struct Work {
    /// What it is in order with; a chat.
    pub(super) lane: Arc<str>,
    pub(super) request: Request,
    pub(super) to: ReplyTo,
}

/// What becomes of work that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// It is tried again here until it is done.
    UntilDone,
    /// It is handed back, for whoever gave it will give it again.
    Once,
}

/// How work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The update may be confirmed: its work is committed, or it was given up.
    Done,
    /// It must be delivered again.
    Failed,
}

/// The queues; dropping them ends their tasks.
pub(super) struct Lanes {
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
}

struct Shared {
    handle: Handling,
    answers: Answers,
    queues: Mutex<HashMap<Arc<str>, VecDeque<Job>>>,
    permits: Semaphore,
    closing: watch::Sender<bool>,
    successes: AtomicU64,
    panics: Mutex<BTreeMap<RequestKey, u32>>,
}

struct Job {
    work: Box<Work>,
    patience: Patience,
    done: oneshot::Sender<End>,
}

impl Lanes {
    pub(super) fn new(handle: Handling, telegram: Telegram) -> Self {
        let shared = Shared {
            handle,
            answers: Answers::new(telegram),
            queues: Mutex::default(),
            permits: Semaphore::new(CHATS_AT_ONCE),
            closing: watch::Sender::new(false),
            successes: AtomicU64::new(0),
            panics: Mutex::default(),
        };
        Self { shared: Arc::new(shared), tasks: Mutex::new(JoinSet::new()) }
    }

    /// Queues work behind what its chat has already. The receiver hears how it ended, or nothing if the lanes
    /// were closed before its turn.
    pub(super) fn submit(&self, work: Box<Work>, patience: Patience) -> oneshot::Receiver<End> {
        let (done, ended) = oneshot::channel();
        let chat = Arc::clone(&work.lane);
        let mut queues = self.shared.queues();
        let free = !queues.contains_key(&chat);
        queues.entry(Arc::clone(&chat)).or_default().push_back(Job { work, patience, done });
        drop(queues);
        if free {
            let mut tasks = self.tasks();
            while tasks.try_join_next().is_some() {}
            tasks.spawn(Arc::clone(&self.shared).serve(chat));
        }
        ended
    }

    /// Answers somebody whose update is no work.
    pub(super) fn answer(&self, to: &ReplyTo) {
        self.shared.answers.give_if_idle(to);
    }

    /// Finishes what is under way and leaves what waits.
    pub(super) async fn close(&self) {
        self.shared.closing.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks());
        while tasks.join_next().await.is_some() {}
        self.shared.answers.finish().await;
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn queues(&self) -> MutexGuard<'_, HashMap<Arc<str>, VecDeque<Job>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self: Arc<Self>, chat: Arc<str>) {
        while let Some(job) = self.next(&chat) {
            let key = job.work.request.key.clone();
            let span = tracing::info_span!("update", request = key.as_str(), chat = &*chat);
            let work = AssertUnwindSafe(self.work_off(job)).catch_unwind().instrument(span);
            if work.await.is_err() {
                tracing::error!(request = key.as_str(), "answering an update panicked");
            }
        }
    }

    /// Takes the next job of a chat; without one, or when closing, the chat's queue ends.
    fn next(&self, chat: &Arc<str>) -> Option<Job> {
        let mut queues = self.queues();
        let job = queues.get_mut(chat).filter(|_| !*self.closing.borrow()).and_then(VecDeque::pop_front);
        if job.is_none() {
            queues.remove(chat);
        }
        job
    }

    async fn work_off(&self, job: Job) {
        let Job { work, patience, done } = job;
        let mut trouble = Trouble::new();
        let end = loop {
            let tried = self.attempt(&work).await;
            let setback = match tried {
                Ok(reply) => {
                    self.successes.fetch_add(1, Ordering::Relaxed);
                    tracing::info!(outcome = reply.said.as_str(), "handled");
                    report(done, End::Done);
                    self.answers.give(&work.to, Some(&reply)).await;
                    return;
                }
                Err(setback) => setback,
            };
            if self.is_hopeless(&work.request.key, &setback, &mut trouble) {
                tracing::error!(%setback, "an update is given up");
                break End::Done;
            }
            if patience == Patience::Once {
                tracing::warn!(%setback, "an update failed and is to be delivered again");
                break End::Failed;
            }
            let pause = trouble.backoff.next();
            tracing::warn!(%setback, ?pause, "an update failed and is tried again");
            if self.closes_within(pause).await {
                break End::Failed;
            }
        };
        report(done, end);
        if end == End::Done {
            self.answers.give(&work.to, None).await;
        }
    }

    async fn attempt(&self, work: &Work) -> Result<incident_core::view::Reply, Setback> {
        let permit = self.permits.acquire().await;
        let result = attempt(&self.handle, work.request.clone()).await;
        drop(permit);
        result
    }

    /// Tells whether trying again is pointless: the update makes the desk panic, or fails where others do not.
    fn is_hopeless(&self, key: &RequestKey, setback: &Setback, trouble: &mut Trouble) -> bool {
        match setback {
            Setback::Panicked(_) => {
                metrics::counter!("telegram_update_panics_total").increment(1);
                self.count_panic(key) >= MOST_PANICS
            }
            Setback::Failed(_) | Setback::TimedOut => {
                let successes = self.successes.load(Ordering::Relaxed);
                trouble.lonely += u32::from(successes != trouble.successes);
                trouble.successes = successes;
                trouble.lonely >= MOST_LONELY_FAILURES
            }
        }
    }

    fn count_panic(&self, key: &RequestKey) -> u32 {
        let mut panics = self.panics.lock().unwrap_or_else(PoisonError::into_inner);
        if panics.len() >= MOST_REMEMBERED && !panics.contains_key(key) {
            panics.pop_first();
        }
        let count = panics.entry(key.clone()).or_insert(0);
        *count += 1;
        *count
    }

    /// Waits, unless the lanes are closed meanwhile.
    async fn closes_within(&self, pause: Duration) -> bool {
        let mut closing = self.closing.subscribe();
        tokio::time::timeout(pause, closing.wait_for(|closing| *closing)).await.is_ok()
    }
}

/// What is known of an update that fails.
struct Trouble {
    backoff: Backoff,
    /// How often it failed after others had succeeded.
    lonely: u32,
    successes: u64,
}

impl Trouble {
    const fn new() -> Self {
        Self { backoff: Backoff::new(FIRST_PAUSE, LONGEST_PAUSE), lonely: 0, successes: 0 }
    }
}

fn report(done: oneshot::Sender<End>, end: End) {
    if done.send(end).is_err() {
        // A webhook's caller may have gone; the work is done all the same, and found done when it calls again.
        tracing::debug!("nobody waits for the end of this update");
    }
}

#[cfg(test)]
mod tests;
