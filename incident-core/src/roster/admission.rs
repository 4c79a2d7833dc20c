//! How a group is admitted that no company has yet: it is asked for the name of its company, the administrators of
//! the installation are asked about it, and one of them decides. Until then it belongs to a company of its own, which
//! is nobody's and only keeps the request.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Roster;
use crate::ids::{ChatRef, CompanyId, GroupId, PersonId};
use crate::text::Text;
use crate::time::Timestamp;

/// What is known of a group that waits to be admitted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The company it says it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Who said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Whether it was told that it waits; it is told once.
    #[serde(default)]
    pub told: bool,
    /// Whether it was refused.
    #[serde(default)]
    pub denied: bool,
    /// When those who decide were asked, the latest few times.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Timestamp>,
    /// Whether the bot was removed from it since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub left: bool,
    /// Where it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub went: Option<Went>,
}

/// How often those who decide may be asked about one group within [`REQUESTS_WITHIN`].
pub(super) const REQUESTS: usize = 3;
/// See [`REQUESTS`].
pub(super) const REQUESTS_WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

/// A group that was admitted to a company which was there before, and so has left the one that kept its request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Went {
    /// To which company.
    pub company: CompanyId,
    /// Its chat.
    pub chat: ChatRef,
    /// What the chat is called.
    pub title: Text,
}

/// What may be asked for on the way to being admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum AdmissionOrder {
    /// Ask the group for the name of its company.
    Ask,
    /// Note the name, and ask those who decide, each in a chat with them alone.
    Request {
        /// The name.
        name: Text,
        /// Who gave it.
        by: PersonId,
        /// Where those are asked who decide.
        consult: Vec<ChatRef>,
        /// When.
        at: Timestamp,
    },
    /// Refuse the group; that can still be changed.
    Deny,
    /// Admit the group as a company of its own.
    Alone,
    /// Admit the group to a company that is there already; it leaves this one.
    Into {
        /// That company.
        company: CompanyId,
    },
    /// Note that the group was told that it waits.
    Tell,
    /// Note that the bot was removed from the group.
    Leave,
    /// Tell the group that it is admitted.
    Welcome,
}

/// What happened on the way to being admitted. The stored form is a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdmissionFact {
    /// The group was asked for the name of its company.
    Asked,
    /// It gave one.
    Requested {
        /// The name.
        name: Text,
        /// Who gave it.
        by: PersonId,
    },
    /// It was refused.
    Denied,
    /// It is a company of its own.
    Alone,
    /// It went to another company.
    Into {
        /// Which.
        company: CompanyId,
    },
    /// It was told that it waits.
    Told,
    /// The bot was removed from it.
    Left,
}

/// What a group is told on the way to being admitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
pub enum AdmissionNews {
    /// It is asked for the name of its company.
    Asked,
    /// Those who decide were asked.
    Requested {
        /// The name it gave.
        name: Text,
    },
    /// It is admitted.
    Admitted {
        /// To the company of this name.
        name: Text,
    },
    /// It was refused.
    Denied,
}

impl Roster {
    /// Returns what is known of a group that waits to be admitted.
    pub fn admission(&self, group: GroupId) -> Option<&Admission> {
        self.settings.admissions.get(&group)
    }

    /// Tells whether it only keeps the request of a group that waits to be admitted, and is nobody's company.
    pub const fn is_provisional(&self) -> bool {
        self.settings.provisional
    }

    pub(super) fn admit(&mut self, group: GroupId, fact: &AdmissionFact, at: Timestamp) {
        if let AdmissionFact::Alone = fact {
            self.settings.provisional = false;
            let admission = self.settings.admissions.remove(&group);
            self.name = admission.and_then(|admission| admission.name).unwrap_or_else(|| self.name.clone());
            if let Some(group) = self.groups.get_mut(&group) {
                group.status = super::GroupStatus::Active;
            }
            return;
        }
        let left = match fact {
            AdmissionFact::Into { company } => self.groups.remove(&group).map(|group| Went {
                company: *company,
                chat: group.chat,
                title: group.title,
            }),
            AdmissionFact::Asked
            | AdmissionFact::Requested { .. }
            | AdmissionFact::Denied
            | AdmissionFact::Alone
            | AdmissionFact::Told
            | AdmissionFact::Left => None,
        };
        let admission = self.settings.admissions.entry(group).or_default();
        admission.went = left.or_else(|| admission.went.take());
        match fact {
            AdmissionFact::Asked => {
                (admission.left, admission.told) = (false, false);
                self.settings.provisional = true;
            }
            AdmissionFact::Left => admission.left = true,
            AdmissionFact::Requested { name, by } => {
                (admission.name, admission.by, admission.denied) = (Some(name.clone()), Some(*by), false);
                admission.asked.push(at);
                let more = admission.asked.len().saturating_sub(REQUESTS);
                admission.asked.drain(..more);
            }
            AdmissionFact::Denied => admission.denied = true,
            AdmissionFact::Told => admission.told = true,
            AdmissionFact::Into { .. } | AdmissionFact::Alone => {}
        }
    }
}
