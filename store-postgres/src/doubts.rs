//! Settlements that may have been written although nobody said so. Tried again, they would look late, and what
//! they delivered would be taken away; so it is remembered that they may have been our own.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use incident_core::ports::Claim;

/// The claims whose settlement is in doubt, by effect and attempt.
#[derive(Default)]
pub(crate) struct Doubts(Mutex<BTreeSet<(u64, u32)>>);

impl Doubts {
    /// Remembers that a settlement may have been written.
    pub(crate) fn remember(&self, claim: &Claim) {
        self.lock().insert((claim.effect, claim.attempt));
    }

    /// Tells whether a settlement may have been written before, and forgets it.
    pub(crate) fn take(&self, claim: &Claim) -> bool {
        self.lock().remove(&(claim.effect, claim.attempt))
    }

    /// A panic leaves nothing half done: numbers are only put in and taken out.
    fn lock(&self) -> MutexGuard<'_, BTreeSet<(u64, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
