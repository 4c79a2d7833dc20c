//! What is kept for how long: request keys, deliveries that were given up, and the words of what is over. One loop of
//! bounded rounds forgets the rest, counts it, and says so.

use std::sync::Arc;
use std::time::Duration;

use incident_core::desk::{Desk, ForgetMark};
use incident_core::ports::{Clock, REQUEST_MEMORY, StoreError};
use incident_core::time::Timestamp;
use tokio::sync::watch;

/// How many of each kind were forgotten.
pub(crate) const FORGOTTEN: &str = "retention_removed_total";
/// What is forgotten by age.
pub(crate) const KINDS: [&str; 3] = ["requests", "effects", "words"];

/// How often request keys and what was given up are forgotten.
const TIDY_EVERY: Duration = Duration::from_secs(60 * 60);
/// How often a walk through all incidents begins.
const WALK_EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a walk rests between two rounds, so that people need not wait for it.
const ROUND_REST: Duration = Duration::from_secs(1);

/// Says what is kept for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// How long the keys of requests are kept, by which redeliveries are known.
    pub requests: Duration,
    /// How long deliveries are kept that were given up; forever if `None`.
    pub effects: Option<Duration>,
    /// How long after its end the words of an incident are kept; forever if `None`.
    pub words: Option<Duration>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { requests: REQUEST_MEMORY, effects: None, words: None }
    }
}

/// Forgets in rounds.
pub(crate) struct Keeper {
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
    retention: Retention,
    tidied: Option<Timestamp>,
    walked: Option<Timestamp>,
    mark: Option<ForgetMark>,
}

impl Keeper {
    pub(crate) fn new(desk: Arc<Desk>, clock: Arc<dyn Clock>, retention: Retention) -> Self {
        Self { desk, clock, retention, tidied: None, walked: None, mark: None }
    }

    /// Forgets until `shutdown` becomes true.
    pub(crate) async fn run(mut self, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow() {
            let rest = self.round().await;
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = shutdown.changed() => {}
            }
        }
    }

    /// Forgets some of what is due; says how long to rest.
    async fn round(&mut self) -> Duration {
        let now = self.clock.now();
        if self.tidied.is_none_or(|tidied| now.since(tidied) >= TIDY_EVERY) {
            self.tidied = Some(now);
            self.tidy(now).await;
        }
        let Some(words) = self.retention.words else {
            return TIDY_EVERY;
        };
        if self.mark.is_none() && self.walked.is_some_and(|walked| now.since(walked) < WALK_EVERY) {
            return TIDY_EVERY;
        }
        if self.mark.is_none() {
            self.walked = Some(now);
        }
        self.walk(before(now, words)).await;
        if self.mark.is_some() { ROUND_REST } else { TIDY_EVERY }
    }

    async fn tidy(&self, now: Timestamp) {
        let [requests, effects, _] = KINDS;
        let store = self.desk.store();
        let forgotten = store.forget_requests(before(now, self.retention.requests)).await;
        report(requests, forgotten);
        if let Some(span) = self.retention.effects {
            report(effects, store.forget_abandoned(before(now, span)).await);
        }
    }

    async fn walk(&mut self, before: Timestamp) {
        let [.., words] = KINDS;
        match self.desk.forget_words(before, self.mark).await {
            Ok(round) => {
                self.mark = round.next;
                for (incident, error) in &round.failed {
                    tracing::warn!(%incident, %error, "cannot forget the words of an incident");
                }
                report(words, Ok(round.erased));
            }
            Err(error) => {
                // The walk begins anew, an hour later.
                (self.mark, self.walked) = (None, None);
                report(words, Err(error));
            }
        }
    }
}

/// Says and counts what was forgotten.
fn report(kind: &'static str, forgotten: Result<u64, StoreError>) {
    match forgotten {
        Ok(0) => tracing::debug!(kind, "nothing is too old to be kept"),
        Ok(count) => {
            metrics::counter!(FORGOTTEN, "kind" => kind).increment(count);
            tracing::info!(kind, count, "forgot what is not kept any longer");
        }
        Err(error) => tracing::warn!(kind, %error, "cannot forget what is not kept any longer"),
    }
}

fn before(now: Timestamp, span: Duration) -> Timestamp {
    let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.as_micros().saturating_sub(span))
}

#[cfg(test)]
mod tests;
