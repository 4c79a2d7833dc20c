//! Which updates are finished, and so up to where all may be confirmed: pure.
//!
//! Telegram confirms by one number: everything below it is forgotten. It also shows no more than a hundred
//! updates from there on, so one that never ends would hide all that come after it. One that holds back many
//! finished ones for long is therefore set aside: it is worked on in this process and no longer held back for.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

/// How many finished updates one may hold back.
const HELD_BACK: usize = 50;
/// For how long it may hold back that many.
const HOLDS_FOR: Duration = Duration::from_secs(5);

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
    Finished,
}

impl Ledger {
    /// Takes an update in; `false` if it is in work or finished already.
    pub(super) fn take(&mut self, id: u32, now: Instant) -> bool {
        let new = !self.entries.contains_key(&id);
        if new {
            self.entries.insert(id, Entry::InWork(now));
        }
        new
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

    /// Sets aside what holds back too many for too long; returns what it was.
    pub(super) fn set_aside(&mut self, now: Instant) -> Vec<u32> {
        let mut aside = Vec::new();
        while let Some(id) = self.holder(now) {
            self.finish(id);
            aside.push(id);
        }
        aside
    }

    /// Finds the first unfinished update, if it has been so for long and many after it are finished.
    fn holder(&self, now: Instant) -> Option<u32> {
        let (first, since) = self.entries.iter().find_map(|(id, entry)| match entry {
            Entry::InWork(since) => Some((*id, *since)),
            Entry::Finished => None,
        })?;
        let held = self.entries.range(first..).filter(|(_, entry)| **entry == Entry::Finished).count();
        (held >= HELD_BACK && now.duration_since(since) >= HOLDS_FOR).then_some(first)
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
    fn what_holds_back_many_for_long_is_set_aside() {
        let start = Instant::now();
        let many = u32::try_from(HELD_BACK).unwrap();
        let mut ledger = ledger(10..=10 + many, start);
        for id in 11..10 + many {
            ledger.finish(id);
        }
        let late = start + HOLDS_FOR;
        assert_eq!(ledger.set_aside(late), [0; 0]);
        ledger.finish(10 + many);
        assert_eq!(ledger.set_aside(late - Duration::from_millis(1)), [0; 0]);
        assert_eq!(ledger.set_aside(late), [10]);
        assert_eq!(ledger.offset(), 11 + many);
    }

    #[test]
    fn a_store_that_stalls_sets_nothing_aside() {
        let start = Instant::now();
        let mut ledger = ledger(0..100, start);
        assert_eq!(ledger.set_aside(start + 100 * HOLDS_FOR), [0; 0]);
        assert_eq!(ledger.offset(), 0);
    }
}
