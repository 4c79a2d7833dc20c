//! Who of the replicas is alive: each says so again and again, and gives back what one had claimed that does not any
//! more, so that nobody waits for the leases of the dead.
//!
//! How long somebody has been silent is measured by this process's own clock, which is never set, and only while it
//! reached the database itself: after an outage everybody has been silent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use incident_core::ports::{Clock, StoreError};
use store_postgres::{PostgresStore, Sign};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::loops::Nudges;

/// How long a replica may be silent before it is taken for dead.
const SILENCE: Duration = Duration::from_secs(6);
/// How often each gives a sign.
const EVERY: Duration = Duration::from_secs(1);
/// A look that comes later than this after the one before has seen nothing of what was between.
const GAP: Duration = Duration::from_secs(3);

/// Keeps this replica present among the others.
pub(crate) struct Attendance {
    pub(crate) store: Arc<PostgresStore>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) nudges: Arc<Nudges>,
}

/// The task that does so, until it is ended or dropped.
pub(crate) struct Attending {
    store: Arc<PostgresStore>,
    task: JoinSet<()>,
}

impl Attendance {
    /// Says from now on that this replica is alive, and looks after the dead.
    pub(crate) fn begin(self) -> Attending {
        let (store, mut task) = (Arc::clone(&self.store), JoinSet::new());
        task.spawn(self.keep());
        Attending { store, task }
    }

    async fn keep(self) {
        let mut silences = Silences::default();
        loop {
            if let Err(error) = self.round(&mut silences).await {
                tracing::warn!(%error, "the other replicas cannot be told that this one is alive");
                silences.forget();
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn round(&self, silences: &mut Silences) -> Result<(), StoreError> {
        let now = self.clock.now();
        let present = self.store.attend(now, now + SILENCE).await?;
        let dead = silences.listen(Instant::now(), present.others);
        let mut given_back = present.given_back;
        if !dead.is_empty() {
            let theirs = self.store.bury(&dead).await?;
            tracing::warn!(
                replicas = dead.len(),
                claims = theirs,
                "replicas died; what they had claimed is given back"
            );
            given_back += theirs;
        }
        if given_back > 0 {
            self.nudges.nudge_all();
        }
        Ok(())
    }
}

impl Attending {
    /// Takes leave: everything that this replica had claimed is settled.
    pub(crate) async fn end(mut self) {
        self.task.shutdown().await;
        if let Err(error) = self.store.leave().await {
            tracing::warn!(%error, "this replica could not take leave; the others find out by themselves");
        }
    }
}

/// Since when each replica has not given another sign of life.
#[derive(Debug, Default)]
struct Silences {
    since: BTreeMap<Sign, Instant>,
    last_look: Option<Instant>,
}

impl Silences {
    /// Takes note of the last signs; returns those after which there was silence for too long.
    fn listen(&mut self, now: Instant, signs: Vec<Sign>) -> Vec<Sign> {
        if self.last_look.is_none_or(|last| now - last > GAP) {
            self.since.clear();
        }
        self.last_look = Some(now);
        let signs = signs.into_iter().map(|sign| {
            let since = self.since.get(&sign).copied().unwrap_or(now);
            (sign, since)
        });
        self.since = signs.collect();
        let silent = self.since.iter().filter(|(_, since)| now - **since >= SILENCE);
        silent.map(|(sign, _)| sign.clone()).collect()
    }

    /// Begins anew: nobody could be heard.
    fn forget(&mut self) {
        self.since.clear();
    }
}

#[cfg(test)]
mod tests {
    use incident_core::time::Timestamp;

    use super::*;

    fn sign(holder: &str, until: i64) -> Sign {
        Sign { holder: holder.to_owned(), until: Timestamp::from_micros(until) }
    }

    /// Listens every second; returns the second in which each is found dead first.
    fn deaths(seconds: u64, heard: impl Fn(u64) -> Option<Vec<Sign>>) -> BTreeMap<String, u64> {
        let begin = Instant::now();
        let (mut silences, mut deaths) = (Silences::default(), BTreeMap::new());
        for second in 0..seconds {
            let Some(signs) = heard(second) else {
                silences.forget();
                continue;
            };
            let dead = silences.listen(begin + Duration::from_secs(second), signs);
            let new = dead.into_iter().map(|dead| (dead.holder, second));
            deaths = new.chain(deaths).collect();
        }
        deaths
    }

    #[test]
    fn who_gives_the_same_sign_for_too_long_is_dead_whatever_the_sign_says() {
        let signs = |second: u64| Some(vec![sign("alive", second as i64), sign("dead", i64::MAX)]);
        assert_eq!(deaths(30, signs), BTreeMap::from([("dead".to_owned(), 6)]));
    }

    #[test]
    fn after_an_outage_everybody_has_time_to_return() {
        let signs = |second: u64| match second {
            0..5 => Some(vec![sign("other", second as i64)]),
            5..25 => None,
            // It comes back later than this one.
            25..30 => Some(vec![sign("other", 4)]),
            _ => Some(vec![sign("other", second as i64)]),
        };
        assert_eq!(deaths(60, signs), BTreeMap::new());
    }

    #[test]
    fn a_look_that_comes_late_has_not_seen_what_was_between() {
        let begin = Instant::now();
        let mut silences = Silences::default();
        assert_eq!(silences.listen(begin, vec![sign("other", 1)]), []);
        let late = begin + Duration::from_secs(9);
        assert_eq!(silences.listen(late, vec![sign("other", 1)]), []);
        let dead = |after| late + Duration::from_secs(after);
        assert_eq!(silences.listen(dead(3), vec![sign("other", 1)]), []);
        assert_eq!(silences.listen(dead(6), vec![sign("other", 1)]), [sign("other", 1)]);
    }
}
