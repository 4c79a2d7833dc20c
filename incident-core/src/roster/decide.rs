//! Commands to facts, for rosters: the only place that may refuse.

mod admission;
mod everywhere;
mod linking;
mod owing;

use std::collections::BTreeSet;

use super::evolve::evolve;
use super::{
    Grant, Grantee, Group, GroupStatus, OwnSetting, Roster, RosterCommand, RosterEffect, RosterEvent,
    RosterFact, RosterInput, RosterStep, Schedule, Setting, Week,
};
use crate::ids::{GroupId, Handle, PersonId, TeamId};
use crate::incident::{Invalid, Rejection};
use crate::policy::{Act, Actor, Policy, Role};

type Verdict = Result<Vec<RosterFact>, Rejection>;

/// Judges commands, all or none: what would happen, or why it may not. Pure and total.
///
/// What is so already is accepted and changes nothing: granting a role twice is not worth a refusal.
///
/// # Errors
/// A [`Rejection`] is an ordinary answer, meant for the person who asked.
pub fn step(policy: &Policy, roster: Option<&Roster>, input: &RosterInput) -> Result<RosterStep, Rejection> {
    let at = roster.map_or(input.at, |roster| roster.updated_at.max(input.at));
    if roster.is_some_and(|roster| roster.company != input.company) {
        return Err(Rejection::Unknown);
    }
    let mut after = roster.cloned();
    let mut events = Vec::new();
    let mut effects = Vec::new();
    for command in &input.commands {
        let facts = decide(policy, after.as_ref(), &input.actor, command)?;
        let changes = !facts.is_empty();
        if let (RosterCommand::BeginShifts { begun, .. }, true) = (command, changes) {
            effects.extend(begun.iter().map(|shift| RosterEffect::PageShift { shift: shift.clone() }));
        }
        for fact in facts {
            let event = RosterEvent { at, by: input.actor.by(), fact };
            let before = after.clone();
            after = evolve(input.company, after, &event);
            effects.extend(owing::owed(before.as_ref(), &event.fact));
            if let RosterFact::Linking { fact } = &event.fact {
                effects.extend(linking::owed((before.as_ref(), after.as_ref()), command, fact));
            }
            events.push(event);
        }
        effects.extend(after.as_ref().and_then(|roster| owing::announcement(roster, command, changes)));
        if let (RosterCommand::Admission { group, order }, Some(roster)) = (command, &after) {
            effects.extend(admission::owed(roster, *group, order, changes));
        }
    }
    let after = after.ok_or(Rejection::Unknown)?;
    if let (true, Some(before)) = (policy.rules().rooms, roster) {
        effects.extend(owing::admitted(before, &after));
    }
    let roster = after;
    Ok(RosterStep { roster, events, effects })
}

fn decide(policy: &Policy, roster: Option<&Roster>, actor: &Actor, command: &RosterCommand) -> Verdict {
    let Some(roster) = roster else {
        return match command {
            RosterCommand::Found { name } => {
                allow(policy, actor, Act::Administer)?;
                Ok(vec![RosterFact::CompanyFounded { name: name.clone() }])
            }
            RosterCommand::AddGroup { .. }
            | RosterCommand::Activate { .. }
            | RosterCommand::Suspend { .. }
            | RosterCommand::Withdraw { .. }
            | RosterCommand::ConfigureManagers { .. }
            | RosterCommand::Grant { .. }
            | RosterCommand::Revoke { .. }
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
            | RosterCommand::Linking { .. } => Err(Rejection::Unknown),
        };
    };
    allow(policy, actor, needed(actor, command))?;
    if let RosterCommand::Set { setting } | RosterCommand::Restore { setting, .. } = command
        && !roster.stays_in_order(policy, setting)
    {
        return Err(Invalid::Unreachable.into());
    }
    judge(roster, command)
}

fn allow(policy: &Policy, actor: &Actor, act: Act) -> Result<(), Rejection> {
    if policy.may(actor, act, None) { Ok(()) } else { Err(Rejection::NotAuthorized) }
}

/// Registering oneself as a reporter needs no administrator; everything else does.
fn needed(actor: &Actor, command: &RosterCommand) -> Act {
    match command {
        RosterCommand::Grant { role: Role::Reporter, to: Grantee::Person(person), .. }
            if actor.person() == Some(*person) =>
        {
            Act::Register
        }
        RosterCommand::BeginShifts { .. } => Act::Observe,
        RosterCommand::Activate { .. }
        | RosterCommand::Suspend { .. }
        | RosterCommand::Withdraw { .. }
        | RosterCommand::Everywhere { .. } => Act::Onboard,
        RosterCommand::Admission { order, .. } => admission::needed(order),
        RosterCommand::Linking { order } => linking::needed(order),
        RosterCommand::Found { .. }
        | RosterCommand::AddGroup { .. }
        | RosterCommand::ConfigureManagers { .. }
        | RosterCommand::Grant { .. }
        | RosterCommand::Revoke { .. }
        | RosterCommand::Bind { .. }
        | RosterCommand::MigrateChat { .. }
        | RosterCommand::ReportRight { .. }
        | RosterCommand::AddTeam { .. }
        | RosterCommand::JoinTeam { .. }
        | RosterCommand::LeaveTeam { .. }
        | RosterCommand::SetSchedule { .. }
        | RosterCommand::Set { .. }
        | RosterCommand::Restore { .. } => Act::Administer,
    }
}

fn judge(roster: &Roster, command: &RosterCommand) -> Verdict {
    match command {
        RosterCommand::Found { .. } => Err(Invalid::NoChange.into()),
        RosterCommand::AddGroup { group, chat, title, active } => {
            if roster.groups.contains_key(group) || roster.group_in(chat).is_some() {
                return Err(Invalid::NoChange.into());
            }
            let (chat, title) = (chat.clone(), title.clone());
            Ok(vec![RosterFact::GroupAdded { group: *group, chat, title, active: *active }])
        }
        RosterCommand::Activate { group } => {
            Ok(unless(group_of(roster, *group)?.status == GroupStatus::Active, || {
                RosterFact::GroupActivated { group: *group }
            }))
        }
        // What waits for approval goes on waiting: to be added again approves nothing.
        RosterCommand::Suspend { group } => {
            Ok(unless(group_of(roster, *group)?.status != GroupStatus::Active, || {
                RosterFact::GroupSuspended { group: *group }
            }))
        }
        RosterCommand::Withdraw { group } => {
            Ok(unless(group_of(roster, *group)?.status == GroupStatus::Pending, || {
                RosterFact::GroupWithdrawn { group: *group }
            }))
        }
        RosterCommand::ConfigureManagers { group, managers } => {
            configure(group_of(roster, *group)?, managers)
        }
        RosterCommand::Grant { group, role, to } => {
            grantable(*role)?;
            Ok(grant(group_of(roster, *group)?, *role, to))
        }
        RosterCommand::Revoke { group, role, from } => Ok(revoke(group_of(roster, *group)?, *role, from)),
        RosterCommand::Bind { handle, person } => Ok(bind(roster, handle, *person)),
        RosterCommand::MigrateChat { group, to } => Ok(unless(group_of(roster, *group)?.chat == *to, || {
            RosterFact::ChatMigrated { group: *group, to: to.clone() }
        })),
        RosterCommand::ReportRight { group, right, held } => {
            let known = group_of(roster, *group)?.refused.contains(right) != *held;
            let (group, right, held) = (*group, *right, *held);
            Ok(unless(known, || RosterFact::RightChanged { group, right, held }))
        }
        RosterCommand::AddTeam { name, restricted } => add_team(roster, name, *restricted),
        RosterCommand::JoinTeam { team, member } => {
            let known = roster.teams.get(team).ok_or(Rejection::Unknown)?.members.contains(member);
            Ok(unless(known, || RosterFact::TeamJoined { team: *team, member: member.clone() }))
        }
        RosterCommand::LeaveTeam { team, member } => {
            let known = roster.teams.get(team).ok_or(Rejection::Unknown)?.members.contains(member);
            Ok(unless(!known, || RosterFact::TeamLeft { team: *team, member: member.clone() }))
        }
        RosterCommand::SetSchedule { group, team, who, week } => {
            set_schedule(roster, (*group, *team), who, *week)
        }
        RosterCommand::BeginShifts { until, .. } => {
            let known = roster.watched_until.is_some_and(|watched| watched >= *until);
            Ok(unless(known, || RosterFact::ShiftsBegan { until: *until }))
        }
        RosterCommand::Set { setting } => {
            Ok(unless(!differs(roster, setting)?, || RosterFact::SettingChanged { setting: setting.clone() }))
        }
        RosterCommand::Admission { group, order } => admission::judge(roster, *group, order),
        RosterCommand::Everywhere { change } => everywhere::judge(roster, change),
        RosterCommand::Linking { order } => linking::judge(roster, order),
        RosterCommand::Restore { seen, .. } if *seen != roster.version => Err(Rejection::Stale),
        RosterCommand::Restore { setting, .. } => Ok(unless(!differs(roster, setting)?, || {
            RosterFact::SettingRestored { setting: setting.clone() }
        })),
    }
}

fn unless(so: bool, fact: impl FnOnce() -> RosterFact) -> Vec<RosterFact> {
    if so { Vec::new() } else { vec![fact()] }
}

fn group_of(roster: &Roster, group: GroupId) -> Result<&Group, Rejection> {
    roster.groups.get(&group).ok_or(Rejection::Unknown)
}

fn configure(group: &Group, managers: &[Grantee]) -> Verdict {
    if managers.is_empty() {
        return Err(Invalid::NoChange.into());
    }
    let wanted: BTreeSet<&Grantee> = managers.iter().collect();
    let gone = group.holders(Role::Manager).filter(|holder| !wanted.contains(holder));
    let mut facts: Vec<RosterFact> = gone.flat_map(|holder| revoke(group, Role::Manager, holder)).collect();
    facts.extend(wanted.into_iter().flat_map(|manager| grant(group, Role::Manager, manager)));
    Ok(facts)
}

/// Who administers a chat or the installation is known elsewhere, and made so by nobody here.
fn grantable(role: Role) -> Result<(), Rejection> {
    match role {
        Role::Reporter | Role::Responder | Role::Manager => Ok(()),
        Role::Admin | Role::PlatformAdmin => Err(Invalid::Unreachable.into()),
    }
}

fn grant(group: &Group, role: Role, to: &Grantee) -> Vec<RosterFact> {
    let held = group.grants.contains(&Grant { role, to: to.clone() });
    unless(held, || RosterFact::RoleGranted { group: group.id, role, to: to.clone() })
}

fn revoke(group: &Group, role: Role, from: &Grantee) -> Vec<RosterFact> {
    let held = group.grants.contains(&Grant { role, to: from.clone() });
    unless(!held, || RosterFact::RoleRevoked { group: group.id, role, from: from.clone() })
}

fn bind(roster: &Roster, handle: &Handle, person: PersonId) -> Vec<RosterFact> {
    unless(!roster.awaits(handle), || RosterFact::HandleBound { handle: handle.clone(), person })
}

fn add_team(roster: &Roster, name: &crate::text::Text, restricted: bool) -> Verdict {
    let same = |other: &str| other.to_lowercase() == name.as_str().to_lowercase();
    if roster.teams.values().any(|team| same(team.name.as_str())) {
        return Err(Invalid::NoChange.into());
    }
    let last = roster.teams.keys().next_back().map_or(0, |team| team.get());
    let team = TeamId::new(last.checked_add(1).ok_or(Invalid::TooMany)?);
    Ok(vec![RosterFact::TeamAdded { team, name: name.clone(), restricted }])
}

fn set_schedule(
    roster: &Roster,
    (group, team): (GroupId, Option<TeamId>),
    who: &Grantee,
    week: Option<Week>,
) -> Verdict {
    group_of(roster, group)?;
    if team.is_some_and(|team| !roster.teams.contains_key(&team)) {
        return Err(Rejection::Unknown);
    }
    let is_it = |other: &&Schedule| other.group == group && other.team == team && other.who == *who;
    let now = roster.schedules.iter().find(is_it).map(|schedule| schedule.week);
    let who = who.clone();
    Ok(unless(now == week, || match week {
        Some(week) => RosterFact::ScheduleSet { group, team, who, week },
        None => RosterFact::ScheduleCleared { group, team, who },
    }))
}

/// Tells whether a setting would be another one; refuses what no setting can be.
fn differs(roster: &Roster, setting: &Setting) -> Result<bool, Rejection> {
    if let Some(group) = setting.group() {
        group_of(roster, group)?;
    }
    if let Setting::Own { own: OwnSetting::DefaultTeam(Some(team)), .. } = setting
        && !roster.teams.contains_key(team)
    {
        return Err(Rejection::Unknown);
    }
    if !setting.is_possible() {
        return Err(Invalid::Unreachable.into());
    }
    let mut settings = roster.settings.clone();
    settings.apply(setting);
    Ok(settings != roster.settings)
}
