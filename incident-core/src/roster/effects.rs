//! What is owed because of a roster: to which group, and to whose eyes.

use serde::{Deserialize, Serialize};

use super::{AdmissionNews, Grantee, Right, ShiftStart};
use crate::figures::Figures;
use crate::ids::{ChatRef, GroupId, IncidentId, PersonId};
use crate::policy::Role;
use crate::report::Form;
use crate::text::Text;

/// Something owed because of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RosterEffect {
    /// A message to a group.
    Tell {
        /// Which group.
        group: GroupId,
        /// What.
        announcement: Announcement,
    },
    /// A report must be sent to a group. It is of the instant at which it was asked for, however late it goes out and
    /// however often it is tried: what it tells is here, and only its words are found when it is written.
    SendReport {
        /// Which group.
        group: GroupId,
        /// The topic or thread in which it was asked for.
        topic: Option<Text>,
        /// In which form.
        form: Form,
        /// What it tells.
        figures: Box<Figures>,
    },
    /// A file of an incident must be shown again.
    SendFile {
        /// Which group.
        group: GroupId,
        /// The topic or thread in which it was asked for.
        topic: Option<Text>,
        /// Of which incident.
        incident: IncidentId,
        /// Which of its files, from 0 in the order in which they came.
        file: u32,
    },
    /// Somebody must be asked, in a chat with them alone, whether a group may be admitted.
    Consult {
        /// Which group.
        group: GroupId,
        /// That chat.
        to: ChatRef,
    },
    /// The cards of all live incidents of a group must be posted anew: its chat moved.
    Redraw {
        /// Which group.
        group: GroupId,
    },
    /// The cards of all live incidents of a group must be drawn again: a right there works again.
    Refresh {
        /// Which group.
        group: GroupId,
    },
    /// A person may hold no incident of a group any more.
    EndClaims {
        /// Which group.
        group: GroupId,
        /// Who.
        person: PersonId,
    },
    /// People whose shift began must hear what waits for them, if anything does.
    PageShift {
        /// Who, where.
        shift: ShiftStart,
    },
    /// All live incidents of a group must know that its chat is gone.
    Abandon {
        /// Which group.
        group: GroupId,
    },
}

/// What a group is told about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "announcement", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum Announcement {
    /// These are the managers now.
    Managers { managers: Vec<Grantee> },
    /// Somebody has a role now.
    Granted { role: Role, to: Grantee },
    /// Somebody has a role no more.
    Revoked { role: Role, from: Grantee },
    /// Somebody who should lose a role did not have it.
    NotHeld { role: Role, from: Grantee },
    /// We lack a right here.
    RightMissing { right: Right },
    /// This is the language now, and said in it.
    Language,
    /// So far the group has come on the way to being admitted.
    Admission { news: AdmissionNews },
}

impl RosterEffect {
    /// Returns the group that it concerns.
    pub const fn group(&self) -> GroupId {
        match self {
            Self::Tell { group, .. }
            | Self::Consult { group, .. }
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
            Self::Tell { .. }
            | Self::Consult { .. }
            | Self::SendReport { .. }
            | Self::SendFile { .. }
            | Self::PageShift { .. } => true,
            Self::Redraw { .. } | Self::Refresh { .. } | Self::EndClaims { .. } | Self::Abandon { .. } => {
                false
            }
        }
    }

    /// Returns the chat that it goes to, if that is not its group's.
    pub const fn elsewhere(&self) -> Option<&ChatRef> {
        match self {
            Self::Consult { to, .. } => Some(to),
            Self::Tell { .. }
            | Self::SendReport { .. }
            | Self::SendFile { .. }
            | Self::Redraw { .. }
            | Self::Refresh { .. }
            | Self::EndClaims { .. }
            | Self::PageShift { .. }
            | Self::Abandon { .. } => None,
        }
    }
}
