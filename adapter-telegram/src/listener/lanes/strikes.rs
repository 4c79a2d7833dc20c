//! When to give an update up, so that one that can never be done does not hide all that come after it.
//!
//! Failures are counted by request and not by delivery: a webhook's next delivery goes on where the last one
//! left off. Whatever may pass by itself is not counted, however long it lasts.

use std::collections::BTreeMap;

use incident_core::adapter::Setback;
use incident_core::desk::HandleError;
use incident_core::ports::{RequestKey, StoreError};

/// How often an update may make the desk panic.
pub(super) const MOST_PANICS: u32 = 3;
/// How often the store may refuse an update for good.
pub(super) const MOST_REFUSALS: u32 = 5;
/// How often an update may take too long though others were done since it first did: for a quarter of an hour,
/// at the pace of the back-off.
pub(super) const MOST_TIMEOUTS: u32 = 24;
/// How many failing updates are remembered.
const MOST_REMEMBERED: usize = 1_024;

/// The failures of the updates that are not done yet.
#[derive(Debug, Default)]
pub(super) struct Strikes {
    records: BTreeMap<RequestKey, Record>,
}

#[derive(Debug)]
struct Record {
    /// Panics and refusals; neither passes by itself.
    lasting: u32,
    timeouts: u32,
    /// How many updates were done when this one failed first.
    successes: u64,
}

impl Strikes {
    /// Counts a failure and tells whether it was one too many; `successes` says how many updates are done.
    pub(super) fn is_out(&mut self, key: &RequestKey, setback: &Setback, successes: u64) -> bool {
        let (lasting, most) = match setback {
            Setback::Panicked(_) => (true, MOST_PANICS),
            Setback::Failed(HandleError::Store(StoreError { temporary: false, .. })) => (true, MOST_REFUSALS),
            Setback::TimedOut => (false, MOST_TIMEOUTS),
            Setback::Failed(_) => return false,
        };
        let record = self.record(key, successes);
        let count = if lasting { &mut record.lasting } else { &mut record.timeouts };
        // What hangs for all may be the store, and is nothing that this update does.
        *count += u32::from(lasting || record.successes != successes);
        *count >= most
    }

    /// Forgets an update that is done or given up.
    pub(super) fn forget(&mut self, key: &RequestKey) {
        self.records.remove(key);
    }

    fn record(&mut self, key: &RequestKey, successes: u64) -> &mut Record {
        if self.records.len() >= MOST_REMEMBERED && !self.records.contains_key(key) {
            self.records.pop_first();
        }
        self.records.entry(key.clone()).or_insert(Record { lasting: 0, timeouts: 0, successes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> RequestKey {
        RequestKey::new("telegram:1:2")
    }

    fn store(temporary: bool) -> Setback {
        let source = "a reason".into();
        Setback::Failed(HandleError::Store(StoreError { operation: "load an incident", temporary, source }))
    }

    fn panic() -> Setback {
        Setback::Panicked("on purpose".to_owned())
    }

    /// Counts how many failures make an update be given up, of so many.
    fn tries(setback: &Setback, most: u32, successes: impl Fn(u32) -> u64) -> Option<u32> {
        let mut strikes = Strikes::default();
        (1..=most).find(|n| strikes.is_out(&key(), setback, successes(*n)))
    }

    #[test]
    fn what_the_store_refuses_for_good_is_given_up_whatever_others_do() {
        assert_eq!(tries(&store(false), 1_000, |_| 0), Some(MOST_REFUSALS));
        assert_eq!(tries(&store(false), 1_000, u64::from), Some(MOST_REFUSALS));
    }

    #[test]
    fn what_may_pass_is_never_given_up_whatever_others_do() {
        let passing =
            [store(true), Setback::Failed(HandleError::Contended), Setback::Failed(HandleError::Unsettled)];
        for setback in passing {
            assert_eq!(tries(&setback, 1_000, |_| 0), None, "{setback}");
            assert_eq!(tries(&setback, 1_000, u64::from), None, "{setback}");
        }
    }

    #[test]
    fn what_hangs_is_given_up_only_if_others_were_done_since() {
        assert_eq!(tries(&Setback::TimedOut, 1_000, |_| 7), None);
        let one_other_at_once = |n| u64::from(n > 1);
        assert_eq!(tries(&Setback::TimedOut, 1_000, one_other_at_once), Some(MOST_TIMEOUTS + 1));
    }

    #[test]
    fn the_third_panic_is_the_last() {
        assert_eq!(tries(&panic(), 1_000, |_| 0), Some(MOST_PANICS));
    }

    #[test]
    fn few_are_remembered_and_what_is_done_is_forgotten() {
        let mut strikes = Strikes::default();
        for n in 0..2 * MOST_REMEMBERED {
            strikes.is_out(&RequestKey::new(n.to_string()), &panic(), 0);
        }
        assert_eq!(strikes.records.len(), MOST_REMEMBERED);
        strikes.is_out(&key(), &panic(), 0);
        strikes.forget(&key());
        assert!(!strikes.records.contains_key(&key()));
    }
}
