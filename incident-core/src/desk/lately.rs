//! What was drawn a moment ago.
//!
//! Whoever presses an outdated card may miss the present one, so it is drawn again; but of a hundred people who
//! press at once, ninety-nine only have a screen that is a moment behind.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{IncidentId, Version};
use crate::time::Timestamp;

/// How far behind a screen may be.
const A_MOMENT: Duration = Duration::from_secs(10);
/// How many cards are remembered before those drawn long ago are forgotten.
const MANY: usize = 1_024;

/// The cards that this process has drawn lately: which version, and when.
#[derive(Default)]
pub(super) struct Lately(Mutex<BTreeMap<IncidentId, (Version, Timestamp)>>);

impl Lately {
    /// Notes that a card shows a version now.
    pub(super) fn drew(&self, incident: IncidentId, version: Version, now: Timestamp) {
        let mut cards = self.cards();
        if cards.len() >= MANY {
            cards.retain(|_, (_, at)| *at + A_MOMENT > now);
        }
        cards.insert(incident, (version, now));
    }

    /// Tells whether a card came to show a version a moment ago.
    pub(super) fn shows(&self, incident: IncidentId, version: Version, now: Timestamp) -> bool {
        self.cards().get(&incident).is_some_and(|(drawn, at)| *drawn == version && *at + A_MOMENT > now)
    }

    fn cards(&self) -> MutexGuard<'_, BTreeMap<IncidentId, (Version, Timestamp)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_micros(1_000_000_000);

    fn card(number: u128) -> IncidentId {
        IncidentId::from_u128(number)
    }

    #[test]
    fn a_card_was_drawn_lately_in_that_version_and_for_a_moment() {
        let lately = Lately::default();
        lately.drew(card(1), Version::new(3), START);
        let shows = |number, version, after| lately.shows(card(number), Version::new(version), START + after);
        assert!(shows(1, 3, Duration::ZERO) && shows(1, 3, A_MOMENT - Duration::from_micros(1)));
        assert!(!shows(1, 4, Duration::ZERO) && !shows(2, 3, Duration::ZERO) && !shows(1, 3, A_MOMENT));
    }

    #[test]
    fn what_was_drawn_long_ago_is_forgotten_when_there_is_much() {
        let lately = Lately::default();
        for number in 0..MANY as u128 {
            lately.drew(card(number), Version::new(1), START);
        }
        lately.drew(card(u128::MAX), Version::new(1), START + A_MOMENT);
        assert_eq!(lately.cards().len(), 1);
    }
}
