//! What is owed because of a roster: to which group, and to whose eyes.

use super::{RosterEffect, ShiftStart};
use crate::ids::GroupId;

impl RosterEffect {
    /// Returns the group that it concerns.
    pub const fn group(&self) -> GroupId {
        match self {
            Self::Tell { group, .. }
            | Self::SendReport { group, .. }
            | Self::SendFile { group, .. }
            | Self::Redraw { group }
            | Self::Refresh { group }
            | Self::EndClaims { group, .. }
            | Self::PageShift { shift: ShiftStart { group, .. } }
            | Self::Abandon { group } => *group,
        }
    }

    /// Tells whether it is something for the people of the group to see, and no upkeep.
    pub const fn is_told(&self) -> bool {
        match self {
            Self::Tell { .. } | Self::SendReport { .. } | Self::SendFile { .. } | Self::PageShift { .. } => {
                true
            }
            Self::Redraw { .. } | Self::Refresh { .. } | Self::EndClaims { .. } | Self::Abandon { .. } => {
                false
            }
        }
    }
}
