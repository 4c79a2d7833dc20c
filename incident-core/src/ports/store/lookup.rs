//! What is looked up: people, groups, lists of incidents, what is coming.

use serde::{Deserialize, Serialize};

use crate::ids::{CompanyId, GroupId, Handle, Identity, IncidentId, PersonId};
use crate::incident::{StateKind, Tag};
use crate::text::Text;
use crate::time::Timestamp;

/// Which company and group a chat belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenancy {
    /// The company.
    pub company: CompanyId,
    /// The group.
    pub group: GroupId,
}

/// What a platform says about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The account, which decides who it is.
    pub identity: Identity,
    /// The handle, for display and for grants made before the person was seen.
    pub handle: Option<Handle>,
    /// The name, for display.
    pub name: Text,
    /// The language, as a BCP 47 tag.
    pub locale: Option<Text>,
}

/// A person, with what was last known of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id in their company.
    pub id: PersonId,
    /// What was last known of them.
    pub profile: Profile,
}

/// What somebody was called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// The name.
    pub name: Text,
    /// The handle.
    pub handle: Option<Handle>,
}

impl From<&Profile> for Called {
    fn from(profile: &Profile) -> Self {
        Self { name: profile.name.clone(), handle: profile.handle.clone() }
    }
}

/// How somebody came to be called otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renaming {
    /// When it was noticed.
    pub at: Timestamp,
    /// As what they were known until then.
    pub from: Called,
    /// As what since.
    pub to: Called,
}

/// How many renamings of a person are kept: the latest.
pub const RENAMINGS_KEPT: u32 = 100;

/// Which incidents to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Only in this group.
    pub group: Option<GroupId>,
    /// Only in these states; empty means all.
    pub states: Vec<StateKind>,
    /// Only held by this person, at whatever level; see [`Incident::holds`](crate::incident::Incident::holds).
    pub assignee: Option<PersonId>,
    /// Only with this tag.
    pub tag: Option<Tag>,
}

/// Which part of a list: the `limit` incidents with ids after `after`, in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The last id of the page before.
    pub after: Option<IncidentId>,
    /// At most so many.
    pub limit: u32,
}

/// What is coming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outlook {
    /// When the next incident or company must be looked at.
    pub wake_at: Option<Timestamp>,
    /// When the next effect may be delivered or its lease ends; parks, leases and the order of effects are
    /// taken into account, so that a claim at this instant gets one in some lane. `now` if one may be
    /// delivered already; `None` if nothing is owed.
    pub deliver_at: Option<Timestamp>,
    /// How many effects are owed; abandoned ones are not.
    pub owed: u64,
    /// How many effects were abandoned.
    pub abandoned: u64,
}
