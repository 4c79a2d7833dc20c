//! Many times, and what they come to: exact means, and percentiles exact to the second.

use std::mem;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Times as they come in. Keeps four bytes for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sample {
    micros: u128,
    seconds: Vec<u32>,
}

/// What many times come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many there are; without any, everything else is zero.
    pub count: u64,
    /// Their mean, exact to the microsecond.
    pub mean: Duration,
    /// The median, in whole seconds.
    pub p50: Duration,
    /// What nine in ten do not exceed, in whole seconds.
    pub p90: Duration,
    /// What nineteen in twenty do not exceed, in whole seconds.
    pub p95: Duration,
    /// The longest, in whole seconds.
    pub longest: Duration,
}

impl Sample {
    /// Takes one more.
    pub fn add(&mut self, time: Duration) {
        self.micros += time.as_micros();
        self.seconds.push(u32::try_from(time.as_secs()).unwrap_or(u32::MAX));
    }

    /// Sums all up.
    ///
    /// A percentile is a nearest rank: the smallest time that so many in a hundred do not exceed, one of those that
    /// came in. It is told in whole seconds, rounded down: less than one second below the exact one. Times beyond 136
    /// years count as that.
    pub fn summary(mut self) -> Summary {
        self.sum_up()
    }

    /// Takes all of another.
    pub(super) fn append(&mut self, other: Self) {
        self.micros += other.micros;
        self.seconds.extend(other.seconds);
    }

    /// Sums up what came in so far.
    pub(super) fn sum_up(&mut self) -> Summary {
        let count = self.seconds.len();
        // Each rank is looked for among what the one before left above it: nothing is sorted for four of them.
        let (mut above, mut below) = (self.seconds.as_mut_slice(), 0);
        let mut rank = |hundredths: usize| {
            let index = (count * hundredths).div_ceil(100).max(1) - 1;
            if index < below || above.is_empty() {
                return None;
            }
            let (_, found, rest) = mem::take(&mut above).select_nth_unstable(index - below);
            (above, below) = (rest, index + 1);
            Some(Duration::from_secs(u64::from(*found)))
        };
        // Of a few, several ranks are the same one.
        let p50 = rank(50).unwrap_or_default();
        let p90 = rank(90).unwrap_or(p50);
        let p95 = rank(95).unwrap_or(p90);
        let longest = rank(100).unwrap_or(p95);
        let mean = self.micros.checked_div(count as u128).unwrap_or(0);
        Summary {
            count: count as u64,
            mean: Duration::from_micros(u64::try_from(mean).unwrap_or(u64::MAX)),
            p50,
            p90,
            p95,
            longest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summed(micros: impl IntoIterator<Item = u64>) -> Summary {
        let mut sample = Sample::default();
        micros.into_iter().for_each(|micros| sample.add(Duration::from_micros(micros)));
        sample.summary()
    }

    #[test]
    fn nothing_sums_up_to_nothing() {
        assert_eq!(summed([]), Summary::default());
    }

    #[test]
    fn a_percentile_is_one_of_the_times_and_the_mean_is_exact() {
        let secs = Duration::from_secs;
        let hundred = summed((1..=100).rev().map(|n| n * 1_000_000));
        let expected = Summary {
            count: 100,
            mean: Duration::from_millis(50_500),
            p50: secs(50),
            p90: secs(90),
            p95: secs(95),
            longest: secs(100),
        };
        assert_eq!(hundred, expected);
        let few = summed([2_999_999, 1_000_000, 9_000_001]);
        let expected = Summary {
            count: 3,
            mean: Duration::from_micros(4_333_333),
            p50: secs(2),
            p90: secs(9),
            p95: secs(9),
            longest: secs(9),
        };
        assert_eq!(few, expected);
    }

    #[test]
    fn percentiles_are_those_of_the_sorted_times_however_many_there_are() {
        for count in 1..=250_u64 {
            let times = (0..count).map(|n| n * 7_919 % 101);
            let mut sorted: Vec<u64> = times.clone().collect();
            sorted.sort_unstable();
            let rank =
                |hundredths: u64| sorted[usize::try_from((count * hundredths).div_ceil(100) - 1).unwrap()];
            let found = summed(times.map(|secs| secs * 1_000_000));
            let found = [found.p50, found.p90, found.p95, found.longest].map(|time| time.as_secs());
            assert_eq!(found, [rank(50), rank(90), rank(95), rank(100)], "{count}");
        }
    }

    #[test]
    fn times_without_end_count_as_very_long_ones() {
        let mut sample = Sample::default();
        sample.add(Duration::MAX);
        sample.add(Duration::MAX);
        let secs = Duration::from_secs(u64::from(u32::MAX));
        let mean = Duration::from_micros(u64::MAX);
        assert_eq!(
            sample.summary(),
            Summary { count: 2, mean, p50: secs, p90: secs, p95: secs, longest: secs }
        );
    }
}
