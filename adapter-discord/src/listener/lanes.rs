//! One queue for each channel: strictly in order within it, all channels beside each other.
//!
//! A channel has a task only while it has work. What fails is tried again where it stands, and only its own channel
//! waits for it. A press does not wait for long: whoever pressed can press again, and is told so. Talk is nobody's loss:
//! so much of it waits and no more, and none of it is tried twice. In the room of an incident nothing is mere talk.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use incident_core::adapter::{ATTEMPT_LIMIT, Backoff, MOST_LASTING, Setback, attempt};
use incident_core::desk::{Ask, Request, Sender};
use incident_core::ports::RequestKey;
use incident_core::text::Text;
use incident_core::view::{About, People, Phrasebook, Reply, Said, say};
use tokio::sync::{Semaphore, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tracing::Instrument;

use super::Handling;
use super::answer::{Waiting, Where};
use super::keeping::Keeping;
use crate::messenger::Discord;

/// How many channels are worked for at once; further ones wait until one of these is through.
const CHANNELS_AT_ONCE: usize = 256;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How long a press is tried before whoever pressed is asked to try again.
const PRESS_PATIENCE: Duration = Duration::from_secs(3);
/// How long a command or a form is tried: for as long as it can be answered.
const COMMAND_PATIENCE: Duration = Duration::from_secs(14 * 60);
/// How long the desk may take over talk, while others wait behind it.
const TALK_LIMIT: Duration = Duration::from_secs(2);
/// How much may wait in a channel before talk is left out.
const MOST_TALK: usize = 64;
/// The same, while it is not known yet whether it is said in a room.
const MOST_UNSURE: usize = 4_096;

/// Something to ask the desk.
#[derive(Debug)]
pub(super) struct Work {
    /// What it is in order with: a channel.
    pub(super) lane: Arc<str>,
    pub(super) request: Request,
    pub(super) to: Option<To>,
    /// What must be done before it; without a word, nothing is to be done: a form was opened instead.
    pub(super) ready: Option<oneshot::Receiver<Ready>>,
}

/// Who waits for the answer, and where it goes.
#[derive(Debug, Clone)]
pub(super) struct To {
    pub(super) waiting: Waiting,
    pub(super) place: Where,
}

/// What was done before the desk is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Ready {
    /// Whether whoever waits can be answered.
    pub(super) answerable: bool,
    /// Whether it is kept until it is done.
    pub(super) kept: bool,
    /// Whether it was said to nobody in particular, and in no room.
    pub(super) talk: bool,
}

/// How work ended, and what is said then.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// It is done, or in vain.
    Over(Reply),
    /// The desk ends before it was done.
    Left(Reply),
}

/// The queues; dropping them ends their tasks.
pub(super) struct Lanes {
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
}

struct Shared {
    handle: Handling,
    discord: Discord,
    keeping: Option<Arc<Keeping>>,
    queues: Mutex<HashMap<Arc<str>, VecDeque<Job>>>,
    permits: Semaphore,
    closing: watch::Sender<bool>,
    phrasebook: Phrasebook,
}

struct Job {
    work: Work,
    came: Instant,
    /// Whether something was to be done before it.
    heard: bool,
}

impl Job {
    fn new(work: Work) -> Self {
        let heard = work.ready.is_some();
        Self { work, came: Instant::now(), heard }
    }

    /// Waits for what must be done before it; `None` if nothing is to be done.
    async fn ready(&mut self) -> Option<Ready> {
        match self.work.ready.take() {
            Some(ready) => ready.await.ok(),
            None => Some(Ready { talk: is_talk(&self.work.request), ..Ready::default() }),
        }
    }

    /// How long it is tried; what somebody wrote is tried until it is done.
    fn patience(&self) -> Option<Duration> {
        self.work.to.as_ref().map(|to| match to.place {
            Where::Beside | Where::Instead => PRESS_PATIENCE,
            Where::Thinking => COMMAND_PATIENCE,
        })
    }
}

impl Lanes {
    pub(super) fn new(handle: Handling, discord: Discord, keeping: Option<Arc<Keeping>>) -> Self {
        let shared = Shared {
            handle,
            discord,
            keeping,
            queues: Mutex::default(),
            permits: Semaphore::new(CHANNELS_AT_ONCE),
            closing: watch::Sender::new(false),
            phrasebook: Phrasebook::new(),
        };
        Self { shared: Arc::new(shared), tasks: Mutex::new(JoinSet::new()) }
    }

    /// Queues work behind what its channel has already.
    pub(super) fn submit(&self, work: Work) {
        let lane = Arc::clone(&work.lane);
        let mut queues = self.shared.queues();
        let free = !queues.contains_key(&lane);
        let queue = queues.entry(Arc::clone(&lane)).or_default();
        let most = if work.ready.is_none() { MOST_TALK } else { MOST_UNSURE };
        if is_talk(&work.request) && queue.len() >= most {
            tracing::debug!(channel = &*lane, "talk is left out: too much waits");
            return;
        }
        queue.push_back(Job::new(work));
        drop(queues);
        if free {
            self.spawn(Arc::clone(&self.shared).serve(lane));
        }
    }

    /// Does something beside the queues, which is finished like everything else at the end.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// Waits, unless the queues are closed meanwhile; tells whether they are.
    pub(super) async fn close_within(&self, pause: Duration) -> bool {
        self.shared.closes_within(pause).await
    }

    /// Finishes what is under way and what is not kept, and leaves what waits and is.
    pub(super) async fn close(&self) {
        self.shared.closing.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks());
        while tasks.join_next().await.is_some() {}
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn queues(&self) -> MutexGuard<'_, HashMap<Arc<str>, VecDeque<Job>>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self: Arc<Self>, lane: Arc<str>) {
        while let Some(mut job) = self.next(&lane) {
            let Some(ready) = job.ready().await else { continue };
            if ready.talk {
                self.listen(&lane, job.work.request).await;
                continue;
            }
            let (key, heard) = (job.work.request.key.clone(), job.heard);
            let span = tracing::info_span!("event", request = key.as_str(), channel = &*lane);
            let work = AssertUnwindSafe(self.work_off(job, ready)).catch_unwind().instrument(span);
            if work.await.is_err() {
                tracing::error!(request = key.as_str(), "answering an event panicked");
                self.forget(&key, heard).await;
            }
        }
    }

    /// Tells the desk what somebody said to nobody in particular, once and not for long. If it does not listen, the talk
    /// that comes next is left out, for what is behind it must not wait.
    async fn listen(&self, lane: &Arc<str>, request: Request) {
        let key = request.key.clone();
        match tokio::time::timeout(TALK_LIMIT, self.attempt(&request)).await {
            Ok(Ok(_)) => return,
            Ok(Err(setback)) => tracing::debug!(request = key.as_str(), %setback, "talk is left out"),
            Err(_) => tracing::debug!(request = key.as_str(), "talk is left out: the desk takes too long"),
        }
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(lane) else { return };
        while queue.front().is_some_and(|job| is_talk(&job.work.request)) {
            queue.pop_front();
        }
    }

    /// Takes the next job of a channel; without one, the channel's queue ends.
    fn next(&self, lane: &Arc<str>) -> Option<Job> {
        let mut queues = self.queues();
        let job = queues.get_mut(lane).and_then(VecDeque::pop_front);
        if job.is_none() {
            queues.remove(lane);
        }
        job
    }

    async fn work_off(&self, job: Job, ready: Ready) {
        let heard = job.heard;
        // What is kept is done by whoever looks next; nobody would ever hear of the rest.
        if ready.kept && *self.closing.borrow() {
            return;
        }
        let (reply, over) = match self.persist(&job).await {
            End::Over(reply) => (reply, true),
            End::Left(reply) => (reply, false),
        };
        // What is kept and not done is answered by whoever does it.
        let answered = ready.answerable && (over || !ready.kept);
        if let (Some(to), true) = (&job.work.to, answered) {
            to.waiting.say(&self.discord, to.place, Some(&reply)).await;
        }
        let key = &job.work.request.key;
        if over {
            self.forget(key, heard).await;
        } else if let (Some(keeping), false) = (&self.keeping, ready.kept) {
            keeping.release(key);
        }
    }

    /// Forgets what is done, if it was heard, and so may be kept.
    async fn forget(&self, key: &RequestKey, heard: bool) {
        if let (Some(keeping), true) = (&self.keeping, heard) {
            keeping.done(key).await;
        }
    }

    async fn closes_within(&self, pause: Duration) -> bool {
        let mut closing = self.closing.subscribe();
        tokio::time::timeout(pause, closing.wait_for(|closing| *closing)).await.is_ok()
    }

    /// Asks the desk until it answers, or it is in vain.
    async fn persist(&self, job: &Job) -> End {
        let request = &job.work.request;
        let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
        let mut lasting = 0;
        loop {
            let setback = match self.attempt(request).await {
                Ok(reply) => {
                    tracing::info!(outcome = reply.said.as_str(), "handled");
                    return End::Over(reply);
                }
                Err(setback) => setback,
            };
            lasting += u32::from(!setback.may_pass());
            if lasting >= MOST_LASTING {
                tracing::error!(request = request.key.as_str(), %setback, "an event is given up");
                return End::Over(self.try_again(request));
            }
            if job.patience().is_some_and(|patience| job.came.elapsed() >= patience) {
                tracing::warn!(%setback, "it failed for too long; whoever did it is to try again");
                return End::Over(self.try_again(request));
            }
            let pause = backoff.pause();
            tracing::warn!(%setback, ?pause, "an event failed and is tried again");
            if self.closes_within(pause).await {
                tracing::error!(request = request.key.as_str(), "the desk ends before an event was done");
                return End::Left(self.try_again(request));
            }
        }
    }

    async fn attempt(&self, request: &Request) -> Result<Reply, Setback> {
        let permit = self.permits.acquire().await;
        let began = Instant::now();
        let work = async { (self.handle)(request.clone()).await };
        let result = attempt(work, tokio::time::sleep(ATTEMPT_LIMIT)).await;
        drop(permit);
        metrics::histogram!("discord_event_seconds").record(began.elapsed());
        metrics::counter!("discord_event_failures_total").increment(u64::from(result.is_err()));
        result
    }

    fn try_again(&self, request: &Request) -> Reply {
        let tag = match &request.from {
            Sender::Person(profile) => profile.locale.as_ref().map(Text::as_str),
            Sender::AnonymousAdmin | Sender::Channel | Sender::Bot | Sender::Platform => None,
        };
        let (people, locale) = (People::default(), self.phrasebook.locale(tag));
        say(&About { filed: None, people: &people, act: None, locale }, Said::TryAgain)
    }
}

const fn is_talk(request: &Request) -> bool {
    matches!(request.ask, Ask::Remark { .. })
}

#[cfg(test)]
mod tests;
