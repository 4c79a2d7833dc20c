//! One queue for each chat: strictly in order within it, all chats beside each other.
//!
//! A chat has a task only while it has work. What fails is tried again where it stands, and only its own chat
//! waits for it. A press does not wait for long: whoever pressed looks at a button that does nothing, and pressing
//! again is easy. They are told so, and the press is left. What somebody wrote is kept for as long as it takes.

mod strikes;

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use incident_core::adapter::{ATTEMPT_LIMIT, Backoff, Setback, attempt};
use incident_core::desk::{Ask, HandleError, Request, Sender};
use incident_core::ports::RequestKey;
use incident_core::text::Text;
use incident_core::view::{About, People, Phrasebook, Reply, Said, say};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Instrument;

use super::Handling;
use super::answer::{Answers, ReplyTo};
use crate::messenger::Telegram;
use strikes::Strikes;

/// How many chats are worked for at once; further ones wait until one of these is through.
const CHATS_AT_ONCE: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a press is tried, from when it came, before whoever pressed is asked to try again.
const PRESS_PATIENCE: Duration = Duration::from_secs(3);
/// How often presses are looked for that wait behind something that fails.
const LOOK_BEHIND: Duration = Duration::from_secs(1);
/// The longest pause before it is looked again whether a message under way is noted.
const LONGEST_SETTLING: Duration = Duration::from_secs(1);

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
    strikes: Mutex<Strikes>,
    phrasebook: Phrasebook,
}

struct Job {
    work: Box<Work>,
    patience: Patience,
    done: oneshot::Sender<End>,
    came: Instant,
}

impl Job {
    fn is_press(&self) -> bool {
        matches!(self.work.to, ReplyTo::Press(..))
    }

    /// Tells whether somebody has been looking at their press for too long.
    fn has_waited_too_long(&self) -> bool {
        self.is_press() && self.came.elapsed() >= PRESS_PATIENCE
    }
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
            strikes: Mutex::default(),
            phrasebook: Phrasebook::new(),
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
        queues.entry(Arc::clone(&chat)).or_default().push_back(Job {
            work,
            patience,
            done,
            came: Instant::now(),
        });
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
        let key = &job.work.request.key;
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        let end = loop {
            let setback = match self.attempt(&job.work).await {
                Ok(reply) => return self.succeed(job, &reply),
                Err(setback) => setback,
            };
            if self.is_hopeless(key, &setback) {
                give_up(key, &setback);
                break End::Done;
            }
            if setback.may_pass() && job.has_waited_too_long() {
                tracing::warn!(%setback, "a press failed for too long; whoever pressed is to try again");
                return self.let_go(job);
            }
            if job.patience == Patience::Once && !job.is_press() {
                tracing::warn!(%setback, "an update failed and is to be delivered again");
                break End::Failed;
            }
            let pause = backoff.pause().min(longest_pause(&setback));
            tracing::warn!(%setback, ?pause, "an update failed and is tried again");
            if self.closes_within(pause, &job.work.lane).await {
                break End::Failed;
            }
        };
        report(job.done, end);
        if end == End::Done {
            self.answers.give(&job.work.to, None);
        }
    }

    fn succeed(&self, job: Job, reply: &Reply) {
        self.strikes().forget(&job.work.request.key);
        // Talk that is overheard succeeds always, also while the store hangs, and so proves nothing.
        if !matches!(job.work.request.ask, Ask::Remark { .. }) {
            self.successes.fetch_add(1, Ordering::Relaxed);
            tracing::info!(outcome = reply.said.as_str(), "handled");
        }
        report(job.done, End::Done);
        self.answers.give(&job.work.to, Some(reply));
    }

    /// Leaves a press, and says so to whoever pressed.
    fn let_go(&self, job: Job) {
        let Job { work, done, .. } = job;
        self.strikes().forget(&work.request.key);
        let tag = match &work.request.from {
            Sender::Person(profile) => profile.locale.as_ref().map(Text::as_str),
            Sender::AnonymousAdmin | Sender::Channel | Sender::Bot | Sender::Platform => None,
        };
        let (people, locale) = (People::default(), self.phrasebook.locale(tag));
        let about = About { filed: None, people: &people, act: None, locale };
        report(done, End::Done);
        self.answers.give(&work.to, Some(&say(&about, Said::TryAgain)));
    }

    /// Lets presses go that have waited for too long behind work of their chat that fails.
    fn let_go_behind(&self, chat: &Arc<str>) {
        let mut late = VecDeque::new();
        if let Some(queue) = self.queues().get_mut(chat) {
            let (gone, kept): (VecDeque<Job>, _) = queue.drain(..).partition(Job::has_waited_too_long);
            (late, *queue) = (gone, kept);
        }
        for job in late {
            tracing::warn!(
                request = job.work.request.key.as_str(),
                "a press came to nothing behind what fails"
            );
            self.let_go(job);
        }
    }

    async fn attempt(&self, work: &Work) -> Result<Reply, Setback> {
        let permit = self.permits.acquire().await;
        let began = Instant::now();
        let asking = async { (self.handle)(work.request.clone()).await };
        let result = attempt(asking, tokio::time::sleep(ATTEMPT_LIMIT)).await;
        drop(permit);
        metrics::histogram!("telegram_update_seconds").record(began.elapsed());
        metrics::counter!("telegram_update_failures_total").increment(u64::from(result.is_err()));
        result
    }

    /// Tells whether trying again is pointless; what is hopeless is not remembered.
    fn is_hopeless(&self, key: &RequestKey, setback: &Setback) -> bool {
        if matches!(setback, Setback::Panicked(_)) {
            metrics::counter!("telegram_update_panics_total").increment(1);
        }
        let successes = self.successes.load(Ordering::Relaxed);
        let mut strikes = self.strikes();
        let hopeless = strikes.is_out(key, setback, successes);
        if hopeless {
            strikes.forget(key);
        }
        hopeless
    }

    fn strikes(&self) -> MutexGuard<'_, Strikes> {
        self.strikes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits, unless the lanes are closed meanwhile.
    async fn closes_within(&self, pause: Duration, chat: &Arc<str>) -> bool {
        let (mut closing, until) = (self.closing.subscribe(), Instant::now() + pause);
        loop {
            self.let_go_behind(chat);
            let next = until.min(Instant::now() + LOOK_BEHIND);
            if tokio::time::timeout_at(next, closing.wait_for(|closing| *closing)).await.is_ok() {
                return true;
            }
            if next == until {
                return false;
            }
        }
    }
}

/// Says which update is lost, and why: somebody will have to make up for it.
fn give_up(key: &RequestKey, setback: &Setback) {
    let request = key.as_str();
    if let Setback::Failed(HandleError::Store(error)) = setback {
        let (operation, cause) = (error.operation, &error.source);
        tracing::error!(request, operation, %cause, "an update is given up: the store refuses it for good");
    } else {
        tracing::error!(request, %setback, "an update is given up");
    }
}

const fn longest_pause(setback: &Setback) -> Duration {
    match setback {
        Setback::Failed(HandleError::Unsettled) => LONGEST_SETTLING,
        Setback::Failed(_) | Setback::Panicked(_) | Setback::TimedOut => LONGEST_PAUSE,
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
