//! One queue for each channel: in order within it, all channels beside each other.
//!
//! What fails is tried again where it stands, and only its own channel waits for it. A press does not wait for long:
//! whoever pressed looks at a button that does nothing, and pressing again is easy. What somebody wrote is kept for as
//! long as it takes. Talk is nobody's loss: so much of it waits and no more, and none of it is tried twice.

use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use incident_core::adapter::{ATTEMPT_LIMIT, Backoff, MOST_LASTING, Setback, attempt};
use incident_core::desk::{Ask, Named, Request, Sender};
use incident_core::ports::{Clock, Leases, Profile, RequestKey};
use incident_core::text::Text;
use incident_core::view::{About, People, Phrasebook, Reply, Said, say};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::answer::give;
use super::{Handling, LONGEST_PAUSE, SHUTDOWN_LIMIT};
use crate::inbound::Asked;
use crate::messenger::Slack;

/// How many channels are worked for at once; further ones wait until one of these is through.
const AT_ONCE: usize = 256;
/// How long is waited after the first failure.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How long a press is tried, from when it came, before whoever pressed is asked to try again.
const PRESS_PATIENCE: Duration = Duration::from_secs(3);
/// How long the desk may take over talk, while others wait behind it.
const TALK_LIMIT: Duration = Duration::from_secs(2);
/// How much may wait in a channel before talk is left out.
const MOST_TALK: usize = 64;

/// Something to ask the desk.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) asked: Asked,
    /// Whether the inbox has it.
    pub(super) kept: bool,
}

/// What waits in each channel, with when it came.
type Queues = HashMap<Arc<str>, VecDeque<(Job, Instant)>>;

/// The queues.
pub(super) struct Lanes {
    shared: Arc<Shared>,
    tasks: Mutex<JoinSet<()>>,
}

struct Shared {
    handle: Handling,
    slack: Slack,
    leases: Arc<Leases>,
    clock: Arc<dyn Clock>,
    queues: Mutex<Queues>,
    permits: Semaphore,
    closing: watch::Sender<bool>,
    phrasebook: Phrasebook,
}

impl Lanes {
    pub(super) fn new(
        handle: Handling,
        slack: Slack,
        (leases, clock): (Arc<Leases>, Arc<dyn Clock>),
    ) -> Self {
        let shared = Shared {
            handle,
            slack,
            leases,
            clock,
            queues: Mutex::default(),
            permits: Semaphore::new(AT_ONCE),
            closing: watch::Sender::new(false),
            phrasebook: Phrasebook::new(),
        };
        Self { shared: Arc::new(shared), tasks: Mutex::new(JoinSet::new()) }
    }

    /// Queues work behind what its channel has already.
    pub(super) fn submit(&self, job: Job) {
        let channel = Arc::clone(&job.asked.request.chat.chat);
        let mut queues = self.shared.queues();
        let free = !queues.contains_key(&channel);
        let queue = queues.entry(Arc::clone(&channel)).or_default();
        if is_talk(&job) && queue.len() >= MOST_TALK {
            tracing::debug!(channel = &*channel, "talk is left out: too much waits");
            return;
        }
        queue.push_back((job, Instant::now()));
        drop(queues);
        if free {
            self.spawn(Arc::clone(&self.shared).serve(channel));
        }
    }

    /// Runs something that is waited for at the end.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(work);
    }

    /// Forgets a delivery that is done.
    pub(super) async fn forget(&self, key: &RequestKey) {
        self.shared.forget(key).await;
    }

    /// Forgets a job that is done, if the inbox has it.
    pub(super) async fn end(&self, job: &Job) {
        self.shared.end(&job.asked.request.key, job.kept).await;
    }

    /// Tells somebody that what they did was not taken.
    pub(super) fn ask_to_try_again(&self, asked: &Asked) {
        let shared = Arc::clone(&self.shared);
        let asked = asked.clone();
        self.spawn(async move { shared.tell(&asked, Said::TryAgain).await });
    }

    /// Finishes what is under way and leaves what waits.
    pub(super) async fn close(&self) {
        self.shared.closing.send_replace(true);
        let mut tasks = std::mem::take(&mut *self.tasks());
        let finishing = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(SHUTDOWN_LIMIT, finishing).await.is_err() {
            tracing::warn!("not all that was under way could be finished; the next start goes on");
        }
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shared {
    fn queues(&self) -> MutexGuard<'_, Queues> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self: Arc<Self>, channel: Arc<str>) {
        let _permit = self.permits.acquire().await;
        while let Some((job, came)) = self.next(&channel) {
            let (key, kept) = (job.asked.request.key.clone(), job.kept);
            if is_talk(&job) {
                self.listen(&channel, job.asked.request).await;
                continue;
            }
            let work = AssertUnwindSafe(self.work_off(job, came)).catch_unwind();
            if work.await.is_err() {
                tracing::error!(key = key.as_str(), "answering a request panicked");
                self.end(&key, kept).await;
            }
        }
    }

    /// Tells the desk what somebody said to nobody in particular, once and not for long. If it does not listen, the talk
    /// that comes next is left out, for what is behind it must not wait.
    async fn listen(&self, channel: &Arc<str>, request: Request) {
        let key = request.key.clone();
        let work = (self.handle)(self.introduced(request).await);
        match attempt(work, tokio::time::sleep(TALK_LIMIT)).await {
            Ok(_) => return,
            Err(setback) => tracing::debug!(key = key.as_str(), %setback, "talk is left out"),
        }
        let mut queues = self.queues();
        let Some(queue) = queues.get_mut(channel) else { return };
        while queue.front().is_some_and(|(job, _)| is_talk(job)) {
            queue.pop_front();
        }
    }

    /// Takes the next job of a channel; without one, or when closing, the channel's queue ends.
    fn next(&self, channel: &Arc<str>) -> Option<(Job, Instant)> {
        let mut queues = self.queues();
        let job = queues.get_mut(channel).filter(|_| !*self.closing.borrow()).and_then(VecDeque::pop_front);
        if job.is_none() {
            queues.remove(channel);
        }
        job
    }

    async fn work_off(&self, job: Job, came: Instant) {
        let Job { asked, kept } = job;
        let request = self.introduced(asked.request.clone()).await;
        let key = request.key.clone();
        let (mut backoff, mut lasting) = (Backoff::new(FIRST_PAUSE, LONGEST_PAUSE), 0);
        loop {
            let work = async { (self.handle)(request.clone()).await };
            let began = Instant::now();
            let result = attempt(work, tokio::time::sleep(ATTEMPT_LIMIT)).await;
            metrics::histogram!("slack_delivery_seconds").record(began.elapsed());
            metrics::counter!("slack_delivery_failures_total").increment(u64::from(result.is_err()));
            let setback = match result {
                Ok(reply) => {
                    tracing::info!(key = key.as_str(), outcome = reply.said.as_str(), "handled");
                    give(&self.slack, &asked, &reply).await;
                    break;
                }
                Err(setback) => setback,
            };
            lasting += u32::from(!setback.may_pass());
            if lasting >= MOST_LASTING {
                tracing::error!(key = key.as_str(), %setback, "a request is given up");
                self.tell(&asked, Said::TryAgain).await;
                break;
            }
            if is_press(&request.ask) && came.elapsed() >= PRESS_PATIENCE {
                tracing::warn!(key = key.as_str(), %setback, "a press failed for too long");
                self.tell(&asked, Said::TryAgain).await;
                break;
            }
            if self.closes_within(&setback, &mut backoff, &key).await {
                return;
            }
        }
        self.end(&key, kept).await;
    }

    async fn end(&self, key: &RequestKey, kept: bool) {
        if kept {
            self.forget(key).await;
        }
    }

    /// Waits before the next attempt; `true` if the lanes are closed meanwhile.
    async fn closes_within(&self, setback: &Setback, backoff: &mut Backoff, key: &RequestKey) -> bool {
        let pause = backoff.pause();
        tracing::warn!(key = key.as_str(), %setback, ?pause, "a request failed and is tried again");
        let mut closing = self.closing.subscribe();
        tokio::time::timeout(pause, closing.wait_for(|closing| *closing)).await.is_ok()
    }

    /// Forgets a delivery that is done, now or as soon as that is possible.
    async fn forget(&self, key: &RequestKey) {
        if let Err(error) = self.leases.done(key, self.clock.now()).await {
            tracing::warn!(key = key.as_str(), %error, "what is done stays in the inbox for now");
        }
    }

    async fn tell(&self, asked: &Asked, said: Said) {
        let tag = match &asked.request.from {
            Sender::Person(profile) => profile.locale.as_ref().map(Text::as_str),
            Sender::AnonymousAdmin | Sender::Channel | Sender::Bot | Sender::Platform => None,
        };
        let locale = self.phrasebook.locale(tag);
        let reply: Reply = say(&About { filed: None, people: &People::default(), act: None, locale }, said);
        give(&self.slack, asked, &reply).await;
    }

    /// Finds out what people are called, which Slack says only when it is asked. Without an answer, they are called what
    /// is known.
    async fn introduced(&self, mut request: Request) -> Request {
        if let Sender::Person(profile) = &mut request.from {
            let bot = self.introduce(profile).await;
            if bot {
                request.from = Sender::Bot;
            }
        }
        if let Ask::Command { named, .. } = &mut request.ask {
            let accounts = named.iter_mut().filter_map(|one| match one {
                Named::Account(profile) => Some(profile),
                Named::Word(_) | Named::Circle(_) => None,
            });
            for profile in accounts {
                self.introduce(profile).await;
            }
        }
        request
    }

    /// Completes what is known of somebody, and tells whether it is a bot.
    async fn introduce(&self, profile: &mut Profile) -> bool {
        match self.slack.account(&profile.identity.user).await {
            Ok(account) => {
                *profile = account.profile;
                account.bot
            }
            Err(error) => {
                tracing::debug!(%error, "Slack does not say who somebody is");
                false
            }
        }
    }
}

const fn is_talk(job: &Job) -> bool {
    matches!(job.asked.request.ask, Ask::Remark { .. })
}

const fn is_press(ask: &Ask) -> bool {
    matches!(ask, Ask::Press { .. })
}
