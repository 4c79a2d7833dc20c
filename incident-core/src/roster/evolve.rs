//! Facts to roster. Total, like its sibling for incidents.

use std::collections::{BTreeMap, BTreeSet};

use super::{Grant, Grantee, Group, GroupStatus, Roster, RosterEvent, RosterFact, Schedule, Settings, Team};
use crate::ids::{CompanyId, Version};

/// Returns the roster after one more event; `None` until the company was founded.
pub fn evolve(company: CompanyId, roster: Option<Roster>, event: &RosterEvent) -> Option<Roster> {
    let Some(mut roster) = roster else {
        return match &event.fact {
            RosterFact::CompanyFounded { name } => Some(Roster {
                company,
                name: name.clone(),
                version: Version::NONE.next(),
                updated_at: event.at,
                groups: BTreeMap::new(),
                teams: BTreeMap::new(),
                settings: Settings::default(),
                schedules: Vec::new(),
                watched_until: None,
            }),
            RosterFact::GroupAdded { .. }
            | RosterFact::GroupActivated { .. }
            | RosterFact::GroupSuspended { .. }
            | RosterFact::GroupWithdrawn { .. }
            | RosterFact::RoleGranted { .. }
            | RosterFact::RoleRevoked { .. }
            | RosterFact::HandleBound { .. }
            | RosterFact::ChatMigrated { .. }
            | RosterFact::RightChanged { .. }
            | RosterFact::TeamAdded { .. }
            | RosterFact::TeamJoined { .. }
            | RosterFact::TeamLeft { .. }
            | RosterFact::ScheduleSet { .. }
            | RosterFact::ScheduleCleared { .. }
            | RosterFact::ShiftsBegan { .. }
            | RosterFact::SettingChanged { .. }
            | RosterFact::SettingRestored { .. }
            | RosterFact::Admission { .. }
            | RosterFact::CompanyRoleGranted { .. }
            | RosterFact::CompanyRoleRevoked { .. }
            | RosterFact::Linking { .. } => None,
        };
    };
    apply(&mut roster, event);
    roster.version = roster.version.next();
    roster.updated_at = event.at;
    Some(roster)
}

/// Returns the roster after a whole journal.
pub fn fold<'a>(company: CompanyId, events: impl IntoIterator<Item = &'a RosterEvent>) -> Option<Roster> {
    events.into_iter().fold(None, |roster, event| evolve(company, roster, event))
}

fn apply(roster: &mut Roster, event: &RosterEvent) {
    let fact = &event.fact;
    match fact {
        RosterFact::GroupAdded { group, chat, title, active } => {
            let status = if *active { GroupStatus::Active } else { GroupStatus::Pending };
            let (chat, title) = (chat.clone(), title.clone());
            let (grants, refused) = (BTreeSet::new(), BTreeSet::new());
            roster.groups.insert(*group, Group { id: *group, chat, title, status, grants, refused });
        }
        RosterFact::HandleBound { handle, person } => {
            rename(roster, &Grantee::Handle(handle.clone()), &Grantee::Person(*person));
        }
        RosterFact::TeamAdded { team, name, restricted } => {
            let (name, restricted) = (name.clone(), *restricted);
            roster.teams.insert(*team, Team { id: *team, name, restricted, members: BTreeSet::new() });
        }
        RosterFact::TeamJoined { team, member } => {
            if let Some(team) = roster.teams.get_mut(team) {
                team.members.insert(member.clone());
            }
        }
        RosterFact::TeamLeft { team, member } => {
            if let Some(team) = roster.teams.get_mut(team) {
                team.members.remove(member);
            }
        }
        RosterFact::ScheduleSet { group, team, who, week } => {
            let (who, since) = (who.clone(), event.at);
            roster.put(Schedule { group: *group, team: *team, who, since, week: *week });
        }
        RosterFact::ScheduleCleared { group, team, who } => roster.unschedule((*group, *team), who),
        RosterFact::ShiftsBegan { until } => {
            roster.watched_until = Some(roster.watched_until.map_or(*until, |before| before.max(*until)));
        }
        RosterFact::SettingChanged { setting } | RosterFact::SettingRestored { setting } => {
            roster.settings.apply(setting);
        }
        RosterFact::Admission { group, fact } => roster.admit(*group, fact, event.at),
        RosterFact::CompanyRoleGranted { role, to } => roster.grant_everywhere(*role, to, true),
        RosterFact::CompanyRoleRevoked { role, from } => roster.grant_everywhere(*role, from, false),
        RosterFact::Linking { fact } => roster.link(fact, event.at),
        RosterFact::GroupActivated { group }
        | RosterFact::GroupSuspended { group }
        | RosterFact::GroupWithdrawn { group }
        | RosterFact::RoleGranted { group, .. }
        | RosterFact::RoleRevoked { group, .. }
        | RosterFact::ChatMigrated { group, .. }
        | RosterFact::RightChanged { group, .. } => {
            if matches!(fact, RosterFact::GroupActivated { .. } | RosterFact::GroupWithdrawn { .. }) {
                roster.settings.admissions.remove(group);
            }
            if let Some(group) = roster.groups.get_mut(group) {
                change(group, fact);
            }
        }
        RosterFact::CompanyFounded { .. } => {}
    }
}

fn change(group: &mut Group, fact: &RosterFact) {
    match fact {
        RosterFact::GroupActivated { .. } => group.status = GroupStatus::Active,
        RosterFact::GroupSuspended { .. } => group.status = GroupStatus::Suspended,
        RosterFact::GroupWithdrawn { .. } => group.status = GroupStatus::Pending,
        RosterFact::RoleGranted { role, to, .. } => {
            group.grants.insert(Grant { role: *role, to: to.clone() });
        }
        RosterFact::RoleRevoked { role, from, .. } => {
            group.grants.remove(&Grant { role: *role, to: from.clone() });
        }
        RosterFact::ChatMigrated { to, .. } => group.chat = to.clone(),
        RosterFact::RightChanged { right, held: true, .. } => {
            group.refused.remove(right);
        }
        RosterFact::RightChanged { right, held: false, .. } => {
            group.refused.insert(*right);
        }
        RosterFact::CompanyFounded { .. }
        | RosterFact::GroupAdded { .. }
        | RosterFact::HandleBound { .. }
        | RosterFact::TeamAdded { .. }
        | RosterFact::TeamJoined { .. }
        | RosterFact::TeamLeft { .. }
        | RosterFact::ScheduleSet { .. }
        | RosterFact::ScheduleCleared { .. }
        | RosterFact::ShiftsBegan { .. }
        | RosterFact::SettingChanged { .. }
        | RosterFact::SettingRestored { .. }
        | RosterFact::Admission { .. }
        | RosterFact::CompanyRoleGranted { .. }
        | RosterFact::CompanyRoleRevoked { .. }
        | RosterFact::Linking { .. } => {}
    }
}

/// Gives everything that somebody was granted, and their places in teams and shifts, to the same one under another name.
pub(super) fn rename(roster: &mut Roster, from: &Grantee, to: &Grantee) {
    let own = roster.groups.values_mut().map(|group| &mut group.grants);
    for grants in own.chain([&mut roster.settings.company_grants]) {
        let bound: Vec<Grant> = grants.iter().filter(|grant| grant.to == *from).cloned().collect();
        for grant in bound {
            grants.remove(&grant);
            grants.insert(Grant { role: grant.role, to: to.clone() });
        }
    }
    for team in roster.teams.values_mut() {
        if team.members.remove(from) {
            team.members.insert(to.clone());
        }
    }
    let theirs = roster.schedules.iter().filter(|schedule| schedule.who == *from).cloned();
    for schedule in theirs.collect::<Vec<_>>() {
        roster.unschedule((schedule.group, schedule.team), from);
        roster.put(Schedule { who: to.clone(), ..schedule });
    }
}
