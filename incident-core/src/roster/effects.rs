//! What is owed because of a roster: to which group, and to whose eyes.

use serde::{Deserialize, Serialize};

use super::{AdmissionNews, Chats, Code, Grantee, Right, ShiftStart};
use crate::figures::Figures;
use crate::ids::{ChatRef, CompanyId, GroupId, IncidentId, PersonId};
use crate::policy::Role;
use crate::ports::Address;
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
    /// A message to one of the chats of a group, or to somebody alone.
    TellIn {
        /// Which group.
        group: GroupId,
        /// Which chat.
        chat: ChatRef,
        /// What.
        announcement: Announcement,
    },
    /// A report must be sent to a group. It is of the instant at which it was asked for, however late it goes out and
    /// however often it is tried: what it tells is here, and only its words are found when it is written.
    SendReport {
        /// Which group.
        group: GroupId,
        /// The chat in which it was asked for; the group's own, where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat: Option<ChatRef>,
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
        /// The chat in which it was asked for; the group's own, where none is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chat: Option<ChatRef>,
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
    /// A chat must show the cards of all live incidents of a group if it is one of the group's, and none if it is not any
    /// more.
    Mirror {
        /// Which group.
        group: GroupId,
        /// Which chat.
        chat: ChatRef,
    },
    /// A person may hold no incident of a group any more.
    EndClaims {
        /// Which group.
        group: GroupId,
        /// Who.
        person: PersonId,
    },
    /// Whoever should see the rooms of a group's incidents now must be let in, and whoever should not must be put out.
    Admit {
        /// Which group.
        group: GroupId,
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
    /// It is linked with this chat now.
    Linked { chat: ChatRef, title: Text },
    /// It is linked with this chat no more.
    Unlinked { chat: ChatRef, title: Text },
    /// With this code an account becomes another one of whoever is told.
    Code { code: Code },
    /// With this code another chat becomes one of a group's.
    Invitation { company: CompanyId, code: Code },
    /// Here incidents are reported, with a button to do so.
    Panel,
    /// So far the group has come on the way to being admitted.
    Admission { news: AdmissionNews },
}

impl RosterEffect {
    /// Returns the group that it concerns.
    pub const fn group(&self) -> GroupId {
        match self {
            Self::Tell { group, .. }
            | Self::TellIn { group, .. }
            | Self::Mirror { group, .. }
            | Self::Consult { group, .. }
            | Self::SendReport { group, .. }
            | Self::SendFile { group, .. }
            | Self::Redraw { group }
            | Self::Refresh { group }
            | Self::Admit { group }
            | Self::EndClaims { group, .. }
            | Self::PageShift { shift: ShiftStart { group, .. } }
            | Self::Abandon { group } => *group,
        }
    }

    /// Tells whether it is something for the people of the group to see, and no upkeep.
    pub const fn is_told(&self) -> bool {
        match self {
            Self::Tell { .. }
            | Self::TellIn { .. }
            | Self::Consult { .. }
            | Self::SendReport { .. }
            | Self::SendFile { .. }
            | Self::PageShift { .. } => true,
            Self::Redraw { .. }
            | Self::Refresh { .. }
            | Self::Mirror { .. }
            | Self::EndClaims { .. }
            | Self::Admit { .. }
            | Self::Abandon { .. } => false,
        }
    }

    /// Says where it goes, of the chats in which its group lives and others.
    pub fn chats(&self, group: &Chats) -> Vec<Address> {
        let one = match self {
            Self::Tell { .. } | Self::PageShift { .. } => return group.addresses().collect(),
            // Who decides is asked in the order in which their group is told.
            Self::Consult { to, .. } => return vec![Address::own(to.clone())],
            Self::TellIn { chat, .. }
            | Self::SendReport { chat: Some(chat), .. }
            | Self::SendFile { chat: Some(chat), .. } => chat,
            Self::SendReport { chat: None, .. }
            | Self::SendFile { chat: None, .. }
            | Self::Redraw { .. }
            | Self::Refresh { .. }
            | Self::Mirror { .. }
            | Self::EndClaims { .. }
            | Self::Admit { .. }
            | Self::Abandon { .. } => &group.own,
        };
        vec![group.address(one)]
    }
}
