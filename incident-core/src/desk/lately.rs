//! What was drawn a moment ago.
//!
//! Whoever presses an outdated card may miss the present one, so it is drawn again; but of a hundred people who
//! press at once, ninety-nine only have a screen that is a moment behind.

use std::collections::BTreeMap;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::ids::{ChatRef, IncidentId, Version};
use crate::time::Timestamp;

/// How far behind a screen may be.
const A_MOMENT: Duration = Duration::from_secs(10);

/// The cards that this process has drawn lately: which version, and when.
#[derive(Default)]
pub(super) struct Lately(Mutex<Cards>);

type Drawn = BTreeMap<(IncidentId, ChatRef), (Version, Timestamp)>;

/// Two lots of cards, the older one forgotten as a whole: however many there are, noting one costs the same.
#[derive(Default)]
struct Cards {
    newer: Drawn,
    older: Drawn,
    /// When the newer lot was begun.
    since: Option<Timestamp>,
}

impl Lately {
    /// Notes that the card of an incident in a chat shows a version now.
    pub(super) fn drew(&self, (incident, chat): (IncidentId, &ChatRef), version: Version, now: Timestamp) {
        let mut cards = self.cards();
        if cards.since.is_none_or(|since| !within_a_moment(since, now)) {
            cards.older = mem::take(&mut cards.newer);
            cards.since = Some(now);
        }
        cards.newer.insert((incident, chat.clone()), (version, now));
    }

    /// Tells whether a card came to show a version a moment ago.
    pub(super) fn shows(
        &self,
        (incident, chat): (IncidentId, &ChatRef),
        version: Version,
        now: Timestamp,
    ) -> bool {
        let (cards, card) = (self.cards(), (incident, chat.clone()));
        let drawn = cards.newer.get(&card).or_else(|| cards.older.get(&card));
        drawn.is_some_and(|(drawn, at)| *drawn == version && within_a_moment(*at, now))
    }

    fn cards(&self) -> MutexGuard<'_, Cards> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells whether two instants are close, whichever is first: a clock may have been set back.
fn within_a_moment(one: Timestamp, other: Timestamp) -> bool {
    one + A_MOMENT > other && other + A_MOMENT > one
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Platform;

    const START: Timestamp = Timestamp::from_micros(1_000_000_000);
    const INSTANT: Duration = Duration::from_micros(1);

    const fn card(number: u128) -> IncidentId {
        IncidentId::from_u128(number)
    }

    fn here() -> ChatRef {
        ChatRef::new(Platform::Sandbox, "here")
    }

    #[test]
    fn a_card_was_drawn_lately_in_that_version_and_for_a_moment() {
        let lately = Lately::default();
        lately.drew((card(1), &here()), Version::new(3), START);
        let shows = |number, version, after| {
            lately.shows((card(number), &here()), Version::new(version), START + after)
        };
        assert!(shows(1, 3, Duration::ZERO) && shows(1, 3, A_MOMENT - INSTANT));
        let there = ChatRef::new(Platform::ALL[0], "here");
        assert!(
            !lately.shows((card(1), &there), Version::new(3), START),
            "the other chat shows an older one"
        );
        assert!(!shows(1, 4, Duration::ZERO) && !shows(2, 3, Duration::ZERO) && !shows(1, 3, A_MOMENT));
    }

    #[test]
    fn a_card_is_known_for_a_moment_whenever_in_a_lot_it_was_drawn_and_then_forgotten() {
        let lately = Lately::default();
        lately.drew((card(1), &here()), Version::new(1), START);
        lately.drew((card(2), &here()), Version::new(1), START + (A_MOMENT - INSTANT));
        lately.drew((card(3), &here()), Version::new(1), START + A_MOMENT);
        assert!(lately.shows((card(2), &here()), Version::new(1), START + A_MOMENT));
        lately.drew((card(4), &here()), Version::new(1), START + 2 * A_MOMENT);
        let cards = lately.cards();
        assert_eq!(
            [&cards.newer, &cards.older].map(|lot| lot.keys().map(|(card, _)| *card).collect::<Vec<_>>()),
            [vec![card(4)], vec![card(3)]]
        );
    }

    #[test]
    fn what_was_drawn_before_the_clock_was_set_back_was_not_drawn_lately() {
        let lately = Lately::default();
        let hour = Duration::from_secs(3_600);
        lately.drew((card(1), &here()), Version::new(1), START + hour);
        assert!(!lately.shows((card(1), &here()), Version::new(1), START));
        lately.drew((card(2), &here()), Version::new(1), START);
        lately.drew((card(3), &here()), Version::new(1), START + A_MOMENT);
        let cards = lately.cards();
        assert!(
            !cards.newer.contains_key(&(card(1), here())) && !cards.older.contains_key(&(card(1), here()))
        );
    }
}
