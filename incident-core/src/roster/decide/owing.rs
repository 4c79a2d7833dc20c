//! What the facts of a roster oblige the desk to do: who is told, whose claims end, whose doors open.

use std::collections::BTreeSet;

use crate::ids::GroupId;
use crate::policy::Role;
use crate::roster::{
    Announcement, Grant, Grantee, GroupStatus, Right, Roster, RosterCommand, RosterEffect, RosterFact,
    Setting,
};

/// What a fact obliges the desk to do elsewhere.
pub(super) fn owed(before: Option<&Roster>, fact: &RosterFact) -> Vec<RosterEffect> {
    if let RosterFact::TeamLeft { member: Grantee::Person(person), .. }
    | RosterFact::CompanyRoleRevoked {
        role: Role::Responder | Role::Manager,
        from: Grantee::Person(person),
    } = fact
        && let Some(roster) = before
    {
        return roster
            .groups
            .keys()
            .map(|group| RosterEffect::EndClaims { group: *group, person: *person })
            .collect();
    }
    owed_once(before, fact).into_iter().collect()
}

/// Where incidents have rooms: whose doors must be opened or shut, because others respond or manage there, or somebody is
/// known by other accounts.
pub(super) fn admitted<'a>(before: &'a Roster, after: &'a Roster) -> impl Iterator<Item = RosterEffect> + 'a {
    let accounts = before.settings.links.people != after.settings.links.people;
    let concerned = |roster: &Roster, group: GroupId| -> BTreeSet<Grant> {
        let grants = roster.group(group).map(|group| group.grants).unwrap_or_default();
        grants.into_iter().filter(|grant| matches!(grant.role, Role::Responder | Role::Manager)).collect()
    };
    let groups = after.groups.keys().copied();
    groups
        .filter(move |group| accounts || concerned(before, *group) != concerned(after, *group))
        .map(|group| RosterEffect::Admit { group })
}

fn owed_once(before: Option<&Roster>, fact: &RosterFact) -> Option<RosterEffect> {
    match fact {
        RosterFact::ChatMigrated { group, .. } => Some(RosterEffect::Redraw { group: *group }),
        RosterFact::GroupActivated { group } => {
            let back = before?.groups.get(group)?.status != GroupStatus::Active;
            back.then_some(RosterEffect::Redraw { group: *group })
        }
        RosterFact::GroupSuspended { group } | RosterFact::GroupWithdrawn { group } => {
            Some(RosterEffect::Abandon { group: *group })
        }
        RosterFact::RoleRevoked {
            group,
            role: Role::Responder | Role::Manager,
            from: Grantee::Person(person),
        } => Some(RosterEffect::EndClaims { group: *group, person: *person }),
        RosterFact::RightChanged { group, held: true, .. } => Some(RosterEffect::Refresh { group: *group }),
        RosterFact::RightChanged {
            group,
            right: right @ (Right::Pin | Right::Room | Right::Log),
            held: false,
        } => Some(RosterEffect::Tell {
            group: *group,
            announcement: Announcement::RightMissing { right: *right },
        }),
        // Whoever may not write cannot say so either.
        RosterFact::RightChanged { right: Right::Write, held: false, .. } => None,
        RosterFact::CompanyFounded { .. }
        | RosterFact::GroupAdded { .. }
        | RosterFact::RoleGranted { .. }
        | RosterFact::RoleRevoked { .. }
        | RosterFact::HandleBound { .. }
        | RosterFact::TeamAdded { .. }
        | RosterFact::TeamJoined { .. }
        | RosterFact::TeamLeft { .. }
        | RosterFact::ScheduleSet { .. }
        | RosterFact::ScheduleCleared { .. }
        | RosterFact::ShiftsBegan { .. }
        | RosterFact::Admission { .. }
        | RosterFact::CompanyRoleGranted { .. }
        | RosterFact::CompanyRoleRevoked { .. }
        | RosterFact::Linking { .. } => None,
        RosterFact::SettingChanged { setting } | RosterFact::SettingRestored { setting } => {
            setting.refreshes().map(|group| RosterEffect::Refresh { group })
        }
    }
}

/// What the group is told; also when everything was so already, since somebody asked.
pub(super) fn announcement(roster: &Roster, command: &RosterCommand, changes: bool) -> Option<RosterEffect> {
    let (group, announcement) = match command {
        RosterCommand::ConfigureManagers { group, .. } => {
            let managers = roster.groups.get(group)?.holders(Role::Manager).cloned().collect();
            (group, Announcement::Managers { managers })
        }
        RosterCommand::Grant { group, role, to } => {
            (group, Announcement::Granted { role: *role, to: to.clone() })
        }
        RosterCommand::Revoke { group, role, from } if changes => {
            (group, Announcement::Revoked { role: *role, from: from.clone() })
        }
        RosterCommand::Revoke { group, role, from } => {
            (group, Announcement::NotHeld { role: *role, from: from.clone() })
        }
        RosterCommand::Set { setting: Setting::GroupLocale { group, .. } }
        | RosterCommand::Restore { setting: Setting::GroupLocale { group, .. }, .. } => {
            (group, Announcement::Language)
        }
        RosterCommand::Found { .. }
        | RosterCommand::AddGroup { .. }
        | RosterCommand::Activate { .. }
        | RosterCommand::Suspend { .. }
        | RosterCommand::Withdraw { .. }
        | RosterCommand::Bind { .. }
        | RosterCommand::MigrateChat { .. }
        | RosterCommand::ReportRight { .. }
        | RosterCommand::AddTeam { .. }
        | RosterCommand::JoinTeam { .. }
        | RosterCommand::LeaveTeam { .. }
        | RosterCommand::SetSchedule { .. }
        | RosterCommand::BeginShifts { .. }
        | RosterCommand::Set { .. }
        | RosterCommand::Restore { .. }
        | RosterCommand::Admission { .. }
        | RosterCommand::Everywhere { .. }
        | RosterCommand::Linking { .. } => return None,
    };
    Some(RosterEffect::Tell { group: *group, announcement })
}
