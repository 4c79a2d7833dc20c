//! Roles in a whole company: who has one, has it in every group of it, also in those that come later.

use serde::{Deserialize, Serialize};

use super::{Grant, Grantee, Group, Roster};
use crate::ids::GroupId;
use crate::policy::Role;

/// What may become of the roles in a whole company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum RoleChange {
    /// Give a role.
    Grant { role: Role, to: Grantee },
    /// Take a role away; what somebody was given in one group alone stays.
    Revoke { role: Role, from: Grantee },
    /// Name the managers; those not named are managers of the whole company no more.
    Managers { managers: Vec<Grantee> },
}

impl Roster {
    /// Lists who has a role in the whole company, by id or handle.
    pub fn everywhere(&self, role: Role) -> impl Iterator<Item = &Grantee> {
        self.settings.company_grants.iter().filter(move |grant| grant.role == role).map(|grant| &grant.to)
    }

    /// Returns a group with all who have a role there: by its own list, or by that of the company.
    pub fn group(&self, id: GroupId) -> Option<Group> {
        let mut group = self.groups.get(&id)?.clone();
        group.grants.extend(self.settings.company_grants.iter().cloned());
        Some(group)
    }

    pub(super) fn grant_everywhere(&mut self, role: Role, to: &Grantee, held: bool) {
        let grant = Grant { role, to: to.clone() };
        if held {
            self.settings.company_grants.insert(grant);
        } else {
            self.settings.company_grants.remove(&grant);
        }
    }
}
