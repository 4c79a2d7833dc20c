//! Who has a role in a whole company.

use std::collections::BTreeSet;

use super::{Verdict, grantable, unless};
use crate::incident::Invalid;
use crate::policy::Role;
use crate::roster::{Grantee, RoleChange, Roster, RosterFact};

pub(super) fn judge(roster: &Roster, change: &RoleChange) -> Verdict {
    match change {
        RoleChange::Grant { role, to } => {
            grantable(*role)?;
            Ok(grant(roster, *role, to))
        }
        RoleChange::Revoke { role, from } => Ok(revoke(roster, *role, from)),
        RoleChange::Managers { managers } if managers.is_empty() => Err(Invalid::NoChange.into()),
        RoleChange::Managers { managers } => {
            let wanted: BTreeSet<&Grantee> = managers.iter().collect();
            let gone = roster.everywhere(Role::Manager).filter(|holder| !wanted.contains(holder));
            let mut facts: Vec<RosterFact> =
                gone.flat_map(|holder| revoke(roster, Role::Manager, holder)).collect();
            facts.extend(wanted.into_iter().flat_map(|manager| grant(roster, Role::Manager, manager)));
            Ok(facts)
        }
    }
}

fn grant(roster: &Roster, role: Role, to: &Grantee) -> Vec<RosterFact> {
    let held = roster.everywhere(role).any(|holder| holder == to);
    unless(held, || RosterFact::CompanyRoleGranted { role, to: to.clone() })
}

fn revoke(roster: &Roster, role: Role, from: &Grantee) -> Vec<RosterFact> {
    let held = roster.everywhere(role).any(|holder| holder == from);
    unless(!held, || RosterFact::CompanyRoleRevoked { role, from: from.clone() })
}
