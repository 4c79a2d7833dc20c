//! What runs all the time: a loop for each lane of deliveries, one for waking, one that forgets. With `standby`,
//! all that spawns, selects and sleeps for the desk.
//!
//! A loop sleeps until it is nudged by a commit of this process or of another replica, until the instant it knows
//! of, or for the idle time at most: a crash may have left work that nobody announced.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use incident_core::desk::{Delivery, DeliveryEnd, Desk, LEASE, Nudge};
use incident_core::incident::{Effect, Lane};
use incident_core::ports::{Claim, Clock, Outlook, Owed, Settlement, StoreError};
use incident_core::time::Timestamp;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::http::Vitals;
use crate::retention::{Keeper, Retention};

/// How many incidents one round of waking looks at.
const WAKE_LIMIT: u32 = 200;
/// How long a loop rests at the least, so that nothing it misjudges can make it spin.
const SHORTEST_REST: Duration = Duration::from_millis(1);
/// How long a loop rests after the store failed.
const STORE_REST: Duration = Duration::from_secs(1);
/// How often the store is asked whether it works.
const CHECK_EVERY: Duration = Duration::from_secs(5);
/// How often what people said is forgotten, once it is too old to become part of a report.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// Wakes the loops.
#[derive(Debug)]
pub struct Nudges {
    lanes: [Alarm; Lane::ALL.len()],
    wake: Alarm,
}

/// Something that a loop waits for: a bell, and the instants at which it rings by itself.
#[derive(Debug)]
struct Alarm {
    bell: Notify,
    set_for: Mutex<BTreeSet<Timestamp>>,
}

impl Alarm {
    fn new() -> Self {
        Self { bell: Notify::new(), set_for: Mutex::new(BTreeSet::new()) }
    }

    fn ring(&self) {
        self.bell.notify_one();
    }

    fn ring_at(&self, at: Timestamp) {
        let mut set_for = self.set_for();
        let first = set_for.first().is_none_or(|first| at < *first);
        set_for.insert(at);
        drop(set_for);
        if first {
            self.bell.notify_one();
        }
    }

    /// Waits for the bell, for the next instant, or for the idle time.
    async fn wait(&self, clock: &dyn Clock, idle: Duration) {
        let next = self.set_for().first().map_or(idle, |at| at.since(clock.now()));
        tokio::select! {
            () = self.bell.notified() => {}
            () = tokio::time::sleep(next.min(idle)) => {}
        }
    }

    fn forget_until(&self, now: Timestamp) {
        self.set_for().retain(|at| *at > now);
    }

    fn set_for(&self) -> MutexGuard<'_, BTreeSet<Timestamp>> {
        self.set_for.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Nudges {
    fn default() -> Self {
        Self { lanes: std::array::from_fn(|_| Alarm::new()), wake: Alarm::new() }
    }
}

impl Nudges {
    /// Passes on what the desk says after a commit.
    pub fn nudge(&self, nudge: Nudge) {
        match nudge {
            Nudge::Deliver(lane) => self.lane(lane).ring(),
            Nudge::WakeBy(at) => self.wake.ring_at(at),
        }
    }

    /// Lets every loop look: another process has written something, nobody knows what.
    pub fn nudge_all(&self) {
        Lane::ALL.into_iter().for_each(|lane| self.lane(lane).ring());
        self.wake.ring();
    }

    fn lane(&self, lane: Lane) -> &Alarm {
        &self.lanes[usize::from(lane.rank())]
    }

    /// Something may be delivered at an instant that no delivery of this process announces: its predecessor
    /// was asked to wait.
    fn deliver_at(&self, at: Timestamp) {
        Lane::ALL.into_iter().for_each(|lane| self.lane(lane).ring_at(at));
    }

    /// A delivery that ended may have stood before others, in its own lane or, in its chat, in any.
    fn ended(&self, delivery: &Delivery, now: Timestamp) {
        let at = match &delivery.end {
            DeliveryEnd::Retried { not_before, .. } => *not_before,
            DeliveryEnd::Failed(_) => now + LEASE,
            DeliveryEnd::Done
            | DeliveryEnd::Overtaken
            | DeliveryEnd::Abandoned { .. }
            | DeliveryEnd::Late => now,
        };
        let lane = delivery.claim.owed.lane();
        for other in Lane::ALL.into_iter().filter(|other| at > now || *other > lane) {
            self.lane(other).ring_at(at);
        }
    }
}

/// Everything the loops need.
#[derive(Clone)]
pub struct Loops {
    /// The desk they serve.
    pub desk: Arc<Desk>,
    /// The desk's clock.
    pub clock: Arc<dyn Clock>,
    /// What wakes them.
    pub nudges: Arc<Nudges>,
    /// Where they report how they are.
    pub vitals: Vitals,
    /// The longest they sleep.
    pub idle: Duration,
    /// What is kept for how long.
    pub retention: Retention,
}

impl std::fmt::Debug for Loops {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loops").field("desk", &self.desk).field("idle", &self.idle).finish_non_exhaustive()
    }
}

impl Loops {
    /// Starts the loops. They end, each after its round, when `shutdown` becomes true.
    pub fn spawn(&self, shutdown: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        for lane in Lane::ALL {
            tasks.spawn(self.clone().deliver(lane, shutdown.clone()));
        }
        tasks.spawn(self.clone().wake(shutdown.clone()));
        tasks.spawn(self.clone().check(shutdown.clone()));
        let (desk, clock) = (Arc::clone(&self.desk), Arc::clone(&self.clock));
        tasks.spawn(Keeper::new(desk, clock, self.retention).run(shutdown.clone()));
        tasks
    }

    /// How many deliveries of a lane may be under way at once. In one chat there is never more than one.
    const fn width(lane: Lane) -> usize {
        match lane {
            Lane::Page | Lane::Notice => 16,
            Lane::Card => 32,
            Lane::Upkeep => 1,
        }
    }

    async fn deliver(self, lane: Lane, mut shutdown: watch::Receiver<bool>) {
        let alarm = self.nudges.lane(lane);
        let mut running = FuturesUnordered::new();
        loop {
            alarm.forget_until(self.clock.now());
            let room = if *shutdown.borrow() { 0 } else { Self::width(lane) - running.len() };
            let (claims, rest) = self.meanwhile(self.claim(lane, room), &mut running).await;
            running.extend(claims.into_iter().map(|claim| self.carry_out(claim)));
            if *shutdown.borrow() && running.is_empty() {
                return;
            }
            tokio::select! {
                Some(delivery) = running.next() => self.delivered(&delivery),
                () = alarm.wait(&*self.clock, rest) => {}
                _ = shutdown.changed(), if !*shutdown.borrow() => {}
            }
        }
    }

    /// Does what was claimed. What the store failed in is given back as soon as it answers again, so that nobody waits
    /// for the end of the lease; but a call may have been made, and is not repeated so soon.
    async fn carry_out(&self, claim: Claim) -> Delivery {
        let delivery = self.desk.carry_out(claim).await;
        let called = matches!(&delivery.claim.owed, Owed::Incident { effect: Effect::Ring { .. }, .. });
        if let DeliveryEnd::Failed(error) = &delivery.end
            && !called
        {
            let now = self.clock.now();
            let (not_before, reason) = (now + STORE_REST, error.to_string());
            let (park_chat_until, posted, gone) = (None, None, Vec::new());
            let retry = Settlement::Retry { not_before, park_chat_until, reason, posted, gone };
            if let Err(error) = self.desk.store().settle(&delivery.claim, retry, now).await {
                tracing::debug!(%error, "a claim could not be given back");
            }
        }
        delivery
    }

    /// Goes on with the deliveries under way while something is awaited. One that stood still in the middle of a
    /// question to the store would keep its connection from everybody else.
    async fn meanwhile<T>(
        &self,
        awaited: impl Future<Output = T>,
        running: &mut FuturesUnordered<impl Future<Output = Delivery>>,
    ) -> T {
        tokio::pin!(awaited);
        loop {
            tokio::select! {
                biased;
                done = &mut awaited => return done,
                Some(delivery) = running.next() => {
                    self.delivered(&delivery);
                    // It may have stood before something that the question on its way did not see as free yet.
                    self.nudges.lane(delivery.claim.owed.lane()).ring();
                }
            }
        }
    }

    /// Claims what is owed, as far as there is room; says how long to rest unless something happens.
    async fn claim(&self, lane: Lane, room: usize) -> (Vec<Claim>, Duration) {
        if lane == Lane::Upkeep {
            self.desk.retire_orphans().await;
        }
        let mut claims = Vec::new();
        while claims.len() < room {
            match self.desk.next_owed(lane).await {
                Ok(Some(claim)) => claims.push(claim),
                Ok(None) => break,
                Err(error) => {
                    tracing::error!(lane = lane.as_str(), %error, "cannot claim what is owed");
                    return (claims, STORE_REST);
                }
            }
        }
        (claims, self.idle)
    }

    fn delivered(&self, delivery: &Delivery) {
        let now = self.clock.now();
        self.nudges.ended(delivery, now);
        let claim = &delivery.claim;
        let lane = claim.owed.lane().as_str();
        let (outcome, reason) = match &delivery.end {
            DeliveryEnd::Done => ("done", String::new()),
            DeliveryEnd::Overtaken => ("overtaken", String::new()),
            DeliveryEnd::Retried { reason, .. } => ("retried", reason.clone()),
            DeliveryEnd::Abandoned { reason } => ("abandoned", reason.clone()),
            DeliveryEnd::Late => ("late", String::new()),
            DeliveryEnd::Failed(error) => ("failed", error.to_string()),
        };
        metrics::counter!("deliveries_total", "lane" => lane, "outcome" => outcome).increment(1);
        let age = now.since(claim.since).as_secs_f64();
        metrics::histogram!("delivery_age_seconds", "lane" => lane).record(age);
        let (chat, attempt) = (&claim.chat, claim.attempt);
        let incident = match &claim.owed {
            Owed::Incident { incident, .. } => Some(incident.to_string()),
            Owed::Roster { .. } => None,
        };
        match &delivery.end {
            DeliveryEnd::Done | DeliveryEnd::Late => {
                tracing::debug!(lane, %chat, incident, attempt, outcome, "delivery")
            }
            DeliveryEnd::Overtaken => tracing::info!(lane, %chat, incident, attempt, outcome, "delivery"),
            DeliveryEnd::Retried { .. } => {
                tracing::warn!(lane, %chat, incident, attempt, outcome, reason, "delivery")
            }
            DeliveryEnd::Abandoned { .. } | DeliveryEnd::Failed(_) => {
                tracing::error!(lane, %chat, incident, attempt, outcome, reason, "delivery");
            }
        }
    }

    async fn wake(self, mut shutdown: watch::Receiver<bool>) {
        let mut stuck = 0;
        while !*shutdown.borrow() {
            // What the store says after the round is all there is; nudges that come meanwhile are kept.
            self.nudges.wake.forget_until(Timestamp::MAX);
            let rest = self.wake_round(&mut stuck).await.unwrap_or_else(|error| {
                tracing::error!(%error, "cannot look at what is due");
                STORE_REST
            });
            if rest.is_zero() {
                continue;
            }
            tokio::select! {
                () = self.nudges.wake.wait(&*self.clock, rest) => {}
                _ = shutdown.changed() => {}
            }
        }
    }

    /// Wakes what is due; says how long to rest. `stuck` counts the incidents that could not be woken: they
    /// stay due, and must not fill the round.
    async fn wake_round(&self, stuck: &mut u32) -> Result<Duration, StoreError> {
        let round = self.desk.wake_due(WAKE_LIMIT.saturating_add(*stuck)).await?;
        for (incident, error) in &round.failed {
            tracing::error!(%incident, %error, "cannot wake an incident");
        }
        for (company, error) in &round.failed_companies {
            tracing::error!(%company, %error, "cannot wake a company");
        }
        let failed = round.failed.len() + round.failed_companies.len();
        *stuck = u32::try_from(failed).unwrap_or(u32::MAX);
        metrics::counter!("wakes_total").increment(round.due as u64);
        if round.due > failed {
            return Ok(Duration::ZERO);
        }
        if failed > 0 {
            return Ok(STORE_REST);
        }
        let now = self.clock.now();
        let next = self.desk.outlook().await?.wake_at;
        self.vitals.timer_lag(next.map_or(Duration::ZERO, |at| now.since(at)));
        Ok(next.map_or(self.idle, |at| at.since(now).clamp(SHORTEST_REST, self.idle)))
    }

    async fn check(self, mut shutdown: watch::Receiver<bool>) {
        let mut forgot = Timestamp::MIN;
        while !*shutdown.borrow() {
            let checked = self.desk.store().check().await;
            if checked.is_err() {
                metrics::counter!("database_errors_total").increment(1);
            }
            self.vitals.database_answered(checked.map_err(|error| error.to_string()));
            let now = self.clock.now();
            let rest = match self.desk.outlook().await {
                Ok(outlook) => self.foresee(outlook, now),
                Err(error) => {
                    tracing::error!(%error, "cannot see what is coming");
                    CHECK_EVERY
                }
            };
            if now.since(forgot) > FORGET_EVERY {
                forgot = now;
                self.forget_remarks().await;
            }
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = shutdown.changed() => {}
            }
        }
    }

    /// Takes note of what is coming; says how long nothing else will.
    fn foresee(&self, outlook: Outlook, now: Timestamp) -> Duration {
        self.vitals.timer_lag(outlook.wake_at.map_or(Duration::ZERO, |at| now.since(at)));
        metrics::gauge!("effects_owed").set(outlook.owed as f64);
        metrics::gauge!("effects_abandoned").set(outlook.abandoned as f64);
        if let Some(at) = outlook.deliver_at {
            self.nudges.deliver_at(at);
        }
        // Sleeps are measured by a clock that stands still while the machine sleeps and is never set.
        if outlook.wake_at.is_some_and(|at| at <= now) {
            self.nudges.wake.ring();
        }
        let next = outlook.deliver_at.filter(|at| *at > now);
        next.map_or(CHECK_EVERY, |at| at.since(now).min(CHECK_EVERY))
    }

    async fn forget_remarks(&self) {
        if let Err(error) = self.desk.forget_remarks().await {
            tracing::warn!(%error, "cannot forget what was said");
        }
    }
}

#[cfg(test)]
mod tests;
