//! What may have been written although nobody said so. A settlement that is tried again would look late, and what it
//! delivered would be taken away; so it is remembered that it may have been our own. A claim that nobody heard of would
//! keep its effect from everybody until its lease ends; so it is remembered, and given back.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use incident_core::ports::Claim;
use incident_core::time::Timestamp;

/// What is in doubt.
#[derive(Default)]
pub(crate) struct Doubts(Mutex<Doubtful>);

#[derive(Default)]
struct Doubtful {
    /// The claims whose settlement is in doubt, by effect and attempt.
    settled: BTreeSet<(u64, u32)>,
    lost: Vec<Lost>,
    /// The claims that could not be settled, by effect and attempt.
    unsettled: BTreeSet<(u64, u32)>,
}

/// Claims that this process may have made without knowing: all until an instant, but one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lost {
    pub(crate) lease_until: Timestamp,
    pub(crate) kept: Option<u64>,
}

impl Doubts {
    /// Remembers that a settlement may have been written.
    pub(crate) fn remember(&self, claim: &Claim) {
        self.lock().settled.insert((claim.effect, claim.attempt));
    }

    /// Tells whether a settlement may have been written before, and forgets it: it is being repeated.
    pub(crate) fn take(&self, claim: &Claim) -> bool {
        let mut doubtful = self.lock();
        doubtful.unsettled.remove(&(claim.effect, claim.attempt));
        doubtful.settled.remove(&(claim.effect, claim.attempt))
    }

    /// Remembers that a claim could not be settled.
    pub(crate) fn leave_unsettled(&self, effect: u64, attempt: u32) {
        self.lock().unsettled.insert((effect, attempt));
    }

    /// Returns the claims that could not be settled; they are to be left again if they are not given back.
    pub(crate) fn take_unsettled(&self) -> BTreeSet<(u64, u32)> {
        std::mem::take(&mut self.lock().unsettled)
    }

    /// Remembers that there may be claims of this process until an instant, beside the one that it knows of.
    pub(crate) fn lose(&self, lease_until: Timestamp, kept: Option<u64>) {
        self.lock().lost.push(Lost { lease_until, kept });
    }

    /// Returns the claims that may have been lost; they are to be lost again if they are not given back.
    pub(crate) fn take_lost(&self) -> Vec<Lost> {
        std::mem::take(&mut self.lock().lost)
    }

    /// A panic leaves nothing half done: things are only put in and taken out.
    fn lock(&self) -> MutexGuard<'_, Doubtful> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use incident_core::ids::{CompanyId, IncidentId};
    use incident_core::ports::Owed;
    use incident_core::testkit::conformance::fixture::{at, chat, notice};

    use super::*;

    fn claim(effect: u64, attempt: u32) -> Claim {
        let owed = Owed::Incident { incident: IncidentId::from_u128(1), effect: notice(1) };
        let (company, chat) = (CompanyId::from_u128(1), chat("-1"));
        Claim { effect, attempt, company, chat, elsewhere: false, owed, since: at(0), lease_until: at(60) }
    }

    #[test]
    fn a_settlement_is_in_doubt_until_it_is_repeated() {
        let doubts = Doubts::default();
        doubts.remember(&claim(7, 2));
        doubts.remember(&claim(8, 1));
        let taken =
            [(7, 1), (7, 2), (7, 2), (8, 1)].map(|(effect, attempt)| doubts.take(&claim(effect, attempt)));
        assert_eq!(taken, [false, true, false, true]);
    }

    #[test]
    fn what_could_not_be_settled_is_given_back_once_unless_it_is_tried_again() {
        let doubts = Doubts::default();
        for (effect, attempt) in [(7, 2), (8, 1), (9, 3)] {
            doubts.leave_unsettled(effect, attempt);
        }
        assert!(!doubts.take(&claim(8, 1)), "nobody knows it to be in doubt");
        assert_eq!(doubts.take_unsettled(), BTreeSet::from([(7, 2), (9, 3)]));
        assert_eq!(doubts.take_unsettled(), BTreeSet::new());
    }

    #[test]
    fn what_may_have_been_claimed_is_given_back_once() {
        let doubts = Doubts::default();
        doubts.lose(at(9), Some(7));
        doubts.lose(at(8), None);
        let lost = |lease_until, kept| Lost { lease_until, kept };
        assert_eq!(doubts.take_lost(), [lost(at(9), Some(7)), lost(at(8), None)]);
        assert_eq!(doubts.take_lost(), []);
    }
}
