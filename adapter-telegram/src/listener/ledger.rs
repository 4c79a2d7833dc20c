//! Which updates are finished, and so up to where all may be confirmed: pure.
//!
//! Telegram confirms by one number: everything below it is forgotten. It also shows no more than a hundred
//! updates from there on, so one that takes long, with a hundred behind it, hides all that is new. Nothing is
//! done about that here: to confirm it early would lose it in a crash. Instead, what an update waits for is
//! limited, each update behind those of its chat that came before:
//!
//! - Commits take milliseconds. A question to Telegram is put at most twice, for two seconds each. Whatever
//!   else happens, an attempt ends after thirty seconds.
//! - A reply to a message that is still being sent waits until that is noted: for as long as a delivery may
//!   take ([`DELIVERY_LIMIT`](crate::DELIVERY_LIMIT)), its commit and at most a second more. It waits longer
//!   only if another message is on its way into the chat whenever it is looked.
//! - What fails for good is given up after the fifth try, and what panics after the third: within two seconds,
//!   but for the attempts themselves. What hangs while others do not is given up after a quarter of an hour.
//! - What fails for now is tried again without limit, at most ten seconds after the failure has passed: as a
//!   rule nothing else could be done meanwhile either.

use std::collections::BTreeMap;

/// How many updates Telegram shows at most.
pub(super) const SHOWN: usize = 100;

/// The updates that Telegram has not been told to forget.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: BTreeMap<u32, Entry>,
    /// The last offset that was given while nothing is known.
    offset: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    InWork,
    /// Nobody works on it any more; it must be taken in again.
    Lost,
    Finished,
}

impl Ledger {
    /// Takes an update in; `false` if it is in work or finished already.
    pub(super) fn take(&mut self, id: u32) -> bool {
        let new = matches!(self.entries.get(&id), None | Some(Entry::Lost));
        if new {
            self.entries.insert(id, Entry::InWork);
        }
        new
    }

    /// Notes that the work on an update came to nothing, so that its next delivery counts.
    pub(super) fn lose(&mut self, id: u32) {
        if let Some(entry @ Entry::InWork) = self.entries.get_mut(&id) {
            *entry = Entry::Lost;
        }
    }

    /// Notes that an update may be confirmed.
    pub(super) fn finish(&mut self, id: u32) {
        if let Some(entry) = self.entries.get_mut(&id) {
            *entry = Entry::Finished;
        }
    }

    /// Counts the updates that may not be confirmed.
    pub(super) fn in_work(&self) -> usize {
        self.entries.values().filter(|entry| **entry != Entry::Finished).count()
    }

    /// Returns the first update to ask for; all before it may be forgotten.
    pub(super) fn offset(&self) -> u32 {
        let unfinished = self.entries.iter().find(|(_, entry)| **entry != Entry::Finished);
        match (unfinished, self.entries.last_key_value()) {
            (Some((id, _)), _) => *id,
            (None, Some((last, _))) => last.saturating_add(1),
            (None, None) => self.offset,
        }
    }

    /// Notes that Telegram was told to forget everything below an offset.
    pub(super) fn confirmed(&mut self, offset: u32) {
        self.offset = offset;
        self.entries.retain(|id, entry| *id >= offset || *entry != Entry::Finished);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(ids: impl IntoIterator<Item = u32>) -> Ledger {
        let mut ledger = Ledger::default();
        for id in ids {
            assert!(ledger.take(id));
        }
        ledger
    }

    #[test]
    fn nothing_is_confirmed_that_stands_behind_something_unfinished() {
        let mut ledger = ledger(10..13);
        assert_eq!((ledger.offset(), ledger.in_work()), (10, 3));
        ledger.finish(11);
        ledger.finish(12);
        assert_eq!((ledger.offset(), ledger.in_work()), (10, 1));
        ledger.finish(10);
        assert_eq!((ledger.offset(), ledger.in_work()), (13, 0));
    }

    #[test]
    fn an_update_that_is_delivered_again_is_taken_once_until_it_is_confirmed() {
        let mut ledger = ledger([10]);
        assert!(!ledger.take(10));
        ledger.finish(10);
        assert!(!ledger.take(10));
        ledger.confirmed(11);
        assert!(ledger.take(10));
    }

    #[test]
    fn an_update_that_was_lost_is_not_confirmed_and_counts_again() {
        let mut ledger = ledger([10, 11]);
        ledger.lose(10);
        ledger.finish(11);
        ledger.lose(11);
        assert_eq!((ledger.offset(), ledger.in_work()), (10, 1));
        assert_eq!((ledger.take(10), ledger.take(11)), (true, false));
        ledger.finish(10);
        assert_eq!(ledger.offset(), 12);
    }

    #[test]
    fn the_offset_stays_when_all_is_confirmed_and_follows_ids_that_start_anew() {
        let mut ledger = ledger([1_000]);
        ledger.finish(1_000);
        ledger.confirmed(1_001);
        assert_eq!(ledger.offset(), 1_001);
        assert!(ledger.take(5));
        ledger.finish(5);
        assert_eq!(ledger.offset(), 6);
    }
}
