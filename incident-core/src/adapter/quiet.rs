//! What a platform asked to leave alone, and until when. It counts every call that comes too early against a bot, so
//! what one call was told holds for all others of its kind.
//!
//! What the desk owes is held back by the desk itself, by rows; this is for what is sent beside that. It is kept in
//! memory: after a restart the platform says it again.

use std::collections::BTreeMap;
use std::time::Duration;

/// The longest time that is believed; what platforms ask for is seconds to hours.
pub const LONGEST_QUIET: Duration = Duration::from_hours(24);
/// How many are remembered.
const MOST: usize = 4_096;

/// What is to be left alone, by chat, route or whatever a platform counts by, until an instant of the caller's clock.
#[derive(Debug, Clone)]
pub struct Quiet<K, I> {
    until: BTreeMap<K, I>,
}

impl<K, I> Default for Quiet<K, I> {
    fn default() -> Self {
        Self { until: BTreeMap::new() }
    }
}

impl<K: Ord, I: Copy + Ord + std::ops::Add<Duration, Output = I>> Quiet<K, I> {
    /// Remembers that somebody asked for so long a rest. It ends no earlier than what was asked for before.
    pub fn note(&mut self, about: K, wait: Duration, now: I) {
        if self.until.len() >= MOST {
            self.until.retain(|_, until| now < *until);
        }
        if self.until.len() >= MOST {
            self.until.clear();
        }
        let until = now + wait.min(LONGEST_QUIET);
        let latest = self.until.entry(about).or_insert(until);
        *latest = until.max(*latest);
    }

    /// Returns until when something is to be left alone; `None` if it is not.
    pub fn until<Q: Ord + ?Sized>(&self, about: &Q, now: I) -> Option<I>
    where
        K: std::borrow::Borrow<Q>,
    {
        self.until.get(about).copied().filter(|until| now < *until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;

    const SECOND: Duration = Duration::from_secs(1);
    const NOW: Timestamp = Timestamp::from_micros(0);

    #[test]
    fn each_is_left_alone_by_itself_until_the_latest_that_was_asked_for() {
        let mut quiet = Quiet::default();
        quiet.note("a", 3 * SECOND, NOW);
        quiet.note("a", SECOND, NOW);
        assert_eq!(quiet.until("a", NOW + 2 * SECOND), Some(NOW + 3 * SECOND));
        assert_eq!((quiet.until("a", NOW + 3 * SECOND), quiet.until("b", NOW)), (None, None));
    }

    #[test]
    fn nobody_is_believed_for_longer_than_a_day_and_what_is_remembered_is_bounded() {
        let mut quiet = Quiet::default();
        for chat in 0..2 * MOST {
            quiet.note(chat, Duration::MAX, NOW);
            assert!(quiet.until.len() <= MOST);
        }
        assert_eq!(quiet.until(&(2 * MOST - 1), NOW), Some(NOW + LONGEST_QUIET));
    }

    #[test]
    fn what_is_over_makes_room_before_what_is_not() {
        let mut quiet = Quiet::default();
        quiet.note(0, 9 * SECOND, NOW);
        for chat in 1..MOST {
            quiet.note(chat, SECOND, NOW);
        }
        quiet.note(MOST, SECOND, NOW + 2 * SECOND);
        assert_eq!(quiet.until(&0, NOW + 2 * SECOND), Some(NOW + 9 * SECOND));
        assert_eq!(quiet.until.len(), 2);
    }
}
