//! Which updates are finished, and so up to where all may be confirmed: pure.
//!
//! Telegram confirms by one number: everything below it is forgotten. It also shows no more than a hundred
//! updates from there on, so one that never ends would hide all that come after it. One that fills the view
//! with finished ones behind it is therefore set aside: it is worked on in this process, and others no longer
//! wait for it to be confirmed.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// How many updates Telegram shows at most.
pub(super) const SHOWN: usize = 100;
/// How many of those must be finished before the first one is to blame: a store that stalls finishes none.
const HELD_BACK: usize = 50;
/// How long the first one may take in any case.
const HOLDS_FOR: Duration = Duration::from_secs(1);

/// The updates that Telegram has not been told to forget.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    entries: BTreeMap<u32, Entry>,
    /// The last offset that was given while nothing is known.
    offset: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    InWork(Instant),
    /// Nobody works on it any more; it must be taken in again.
    Lost,
    Finished,
}

impl Ledger {
    /// Takes an update in; `false` if it is in work or finished already.
    pub(super) fn take(&mut self, id: u32, now: Instant) -> bool {
        let new = matches!(self.entries.get(&id), None | Some(Entry::Lost));
        if new {
            self.entries.insert(id, Entry::InWork(now));
        }
        new
    }

    /// Notes that the work on an update came to nothing, so that its next delivery counts.
    pub(super) fn lose(&mut self, id: u32) {
        if let Some(entry @ Entry::InWork(_)) = self.entries.get_mut(&id) {
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

    /// Sets aside what hides everything new; returns what it was.
    pub(super) fn set_aside(&mut self, now: Instant) -> Vec<u32> {
        let mut aside = Vec::new();
        while let Some(id) = self.holder(now) {
            self.finish(id);
            aside.push(id);
        }
        aside
    }

    /// Finds the first unfinished update, if it hides everything new.
    fn holder(&self, now: Instant) -> Option<u32> {
        let (first, since) = self.entries.iter().find_map(|(id, entry)| match entry {
            Entry::InWork(since) => Some((*id, *since)),
            Entry::Lost | Entry::Finished => None,
        })?;
        let shown = self.entries.range(first..).count();
        let finished = self.entries.range(first..).filter(|(_, entry)| **entry == Entry::Finished).count();
        let hides = shown >= SHOWN && finished >= HELD_BACK && now.duration_since(since) >= HOLDS_FOR;
        hides.then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(ids: impl IntoIterator<Item = u32>, now: Instant) -> Ledger {
        let mut ledger = Ledger::default();
        for id in ids {
            assert!(ledger.take(id, now));
        }
        ledger
    }

    #[test]
    fn nothing_is_confirmed_that_stands_behind_something_unfinished() {
        let mut ledger = ledger(10..13, Instant::now());
        assert_eq!((ledger.offset(), ledger.in_work()), (10, 3));
        ledger.finish(11);
        ledger.finish(12);
        assert_eq!((ledger.offset(), ledger.in_work()), (10, 1));
        ledger.finish(10);
        assert_eq!((ledger.offset(), ledger.in_work()), (13, 0));
    }

    #[test]
    fn an_update_that_is_delivered_again_is_taken_once_until_it_is_confirmed() {
        let now = Instant::now();
        let mut ledger = ledger([10], now);
        assert!(!ledger.take(10, now));
        ledger.finish(10);
        assert!(!ledger.take(10, now));
        ledger.confirmed(11);
        assert!(ledger.take(10, now));
    }

    #[test]
    fn an_update_that_was_lost_is_not_confirmed_and_counts_again() {
        let now = Instant::now();
        let mut ledger = ledger([10, 11], now);
        ledger.lose(10);
        ledger.finish(11);
        ledger.lose(11);
        assert_eq!((ledger.offset(), ledger.in_work()), (10, 1));
        assert_eq!((ledger.take(10, now), ledger.take(11, now)), (true, false));
        ledger.finish(10);
        assert_eq!(ledger.offset(), 12);
    }

    #[test]
    fn the_offset_stays_when_all_is_confirmed_and_follows_ids_that_start_anew() {
        let now = Instant::now();
        let mut ledger = ledger([1_000], now);
        ledger.finish(1_000);
        ledger.confirmed(1_001);
        assert_eq!(ledger.offset(), 1_001);
        assert!(ledger.take(5, now));
        ledger.finish(5);
        assert_eq!(ledger.offset(), 6);
    }

    #[test]
    fn what_hides_everything_new_is_set_aside() {
        let start = Instant::now();
        let late = start + HOLDS_FOR;
        let finished = |shown: u32, finished: u32| {
            let mut ledger = ledger(10..10 + shown, start);
            (11..=10 + finished).for_each(|id| ledger.finish(id));
            ledger
        };
        assert_eq!(finished(99, 98).set_aside(late), [0; 0]);
        assert_eq!(finished(100, 49).set_aside(late), [0; 0]);
        assert_eq!(finished(100, 50).set_aside(late - Duration::from_millis(1)), [0; 0]);
        let mut full = finished(100, 50);
        assert_eq!(full.set_aside(late), [10]);
        assert_eq!(full.offset(), 61);
    }

    #[test]
    fn a_store_that_stalls_sets_nothing_aside() {
        let start = Instant::now();
        let mut ledger = ledger(0..200, start);
        assert_eq!(ledger.set_aside(start + 100 * HOLDS_FOR), [0; 0]);
        assert_eq!(ledger.offset(), 0);
    }
}
