//! Waiting times between attempts: short at first, never longer than makes sense.

use std::time::Duration;

/// Waiting times that double until they are long enough.
#[derive(Debug, Clone)]
pub struct Backoff {
    first: Duration,
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Begins with a waiting time, and lets it grow up to the longest.
    #[must_use]
    pub const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, next: first, longest }
    }

    /// Returns how long to wait this time.
    pub fn pause(&mut self) -> Duration {
        let now = self.upcoming();
        self.next = now.saturating_mul(2);
        now
    }

    /// Returns how long the next wait will be.
    #[must_use]
    pub fn upcoming(&self) -> Duration {
        self.next.min(self.longest)
    }

    /// Returns how long to wait this time, which is no shorter than somebody asked for.
    pub fn pause_after(&mut self, asked: Option<Duration>) -> Duration {
        self.pause().max(asked.unwrap_or_default())
    }

    /// Begins anew, after a success.
    pub const fn reset(&mut self) {
        self.next = self.first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_times_double_up_to_the_longest_and_start_again() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(1), seconds(5));
        let waits: Vec<_> = (0..5).map(|_| backoff.pause()).collect();
        assert_eq!(waits, [1, 2, 4, 5, 5].map(seconds));
        backoff.reset();
        assert_eq!(backoff.pause(), seconds(1));
    }

    #[test]
    fn whoever_asks_for_patience_gets_it_and_nobody_is_asked_sooner_for_that() {
        let seconds = Duration::from_secs;
        let mut backoff = Backoff::new(seconds(8), seconds(30));
        let waits = [None, Some(seconds(40)), Some(seconds(1))].map(|asked| backoff.pause_after(asked));
        assert_eq!(waits, [8, 40, 30].map(seconds));
    }

    #[test]
    fn a_first_wait_beyond_the_longest_is_cut() {
        let mut backoff = Backoff::new(Duration::MAX, Duration::from_secs(5));
        assert_eq!([backoff.pause(), backoff.pause()], [Duration::from_secs(5); 2]);
    }
}
