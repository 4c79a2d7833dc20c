//! How old what is not over is, in classes.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::case::Case;
use crate::incident::StateKind;
use crate::time::Timestamp;

const HOUR: u64 = 3_600;

/// Counted incidents of an age that are not over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backlog {
    /// How many there are.
    pub waiting: u64,
    /// How many of these wait for somebody to take them: those in triage and those that are open.
    pub unclaimed: u64,
}

/// What is not over, by the time since its report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ageing(pub [Backlog; 6]);

impl Ageing {
    /// Where each class but the first begins: what is exactly so old belongs to it.
    pub const BOUNDS: [Duration; 5] = [
        Duration::from_secs(HOUR),
        Duration::from_secs(4 * HOUR),
        Duration::from_secs(24 * HOUR),
        Duration::from_secs(72 * HOUR),
        Duration::from_secs(168 * HOUR),
    ];

    /// Takes an incident as it stands at `now`.
    pub(super) fn add(&mut self, case: &Case, now: Timestamp) {
        if case.state.is_terminal() {
            return;
        }
        let age = now.since(case.created_at);
        let class = &mut self.0[Self::BOUNDS.iter().filter(|bound| age >= **bound).count()];
        class.waiting += 1;
        class.unclaimed += u64::from(matches!(case.state, StateKind::Triage | StateKind::Open));
    }
}
