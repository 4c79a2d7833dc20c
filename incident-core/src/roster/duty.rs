//! Who is mentioned now: those on duty, and somebody in any case.

use std::collections::BTreeSet;

use super::{Grantee, Group, Roster};
use crate::figures::Zone;
use crate::ids::{Circle, GroupId, PersonId, TeamId};
use crate::policy::{Role, Standing};
use crate::time::Timestamp;

/// A roster as mentions know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Present {
    /// The roster without those whom a schedule keeps away.
    pub roster: Roster,
    /// Whether nobody of the team is there, so that the managers of the group stand in for it.
    pub nobody: bool,
}

impl Roster {
    /// Returns the roster of a group and a team as mentions should know it.
    ///
    /// Where nobody with a role is on duty, all of them are mentioned; where nobody of a team is, the managers of the
    /// group, and without any the whole team: somebody must hear of it.
    pub fn present(&self, group: GroupId, team: Option<TeamId>, zone: &Zone, now: Timestamp) -> Present {
        let mut present = Present { roster: self.clone(), nobody: false };
        if let Some(all) = self.group(group) {
            present.roster.groups.insert(group, all);
        }
        if self.schedules.is_empty() {
            return present;
        }
        if let Some(own) = present.roster.groups.get_mut(&group) {
            let there = |who: &Grantee| self.is_on_duty((group, None), who, zone, now);
            Role::ALL.into_iter().for_each(|role| keep_present(own, role, there));
        }
        let stand_in: Vec<Grantee> = present.roster.groups.get(&group).map_or_else(Vec::new, managers);
        if let Some(team) = team.and_then(|team| present.roster.teams.get_mut(&team)) {
            let there = |who: &Grantee| self.is_on_duty((group, Some(team.id)), who, zone, now);
            let members: Vec<Grantee> = team.members.iter().filter(|who| there(who)).cloned().collect();
            present.nobody = members.is_empty() && !team.members.is_empty();
            let heard = if present.nobody { stand_in } else { members };
            if !heard.is_empty() {
                team.members = heard.into_iter().collect();
            }
        }
        present
    }

    /// Returns what somebody is in a group, whether they were seen or not.
    pub fn standing_of(&self, group: GroupId, who: &Grantee) -> Standing {
        let mut standing = Standing::default();
        if let Some(group) = self.group(group) {
            for grant in group.grants.iter().filter(|grant| grant.to == *who) {
                standing.roles = standing.roles.with(grant.role);
            }
        }
        standing.teams =
            self.teams.values().filter(|team| team.members.contains(who)).map(|team| team.id).collect();
        standing
    }

    /// Lists the circles that were granted anything which counts in a group.
    pub fn circles(&self, group: GroupId) -> BTreeSet<Circle> {
        let group = self.group(group);
        let granted = group.iter().flat_map(|group| group.grants.iter().map(|grant| &grant.to));
        let members = self.teams.values().flat_map(|team| &team.members);
        granted.chain(members).filter_map(circle).cloned().collect()
    }

    /// Returns what a person is in a group who belongs to circles.
    pub fn standing_among(&self, group: GroupId, person: PersonId, circles: &[Circle]) -> Standing {
        let mut standing = self.standing(group, person);
        for granted in self.circles(group) {
            if circles.iter().any(|circle| circle.is_same(&granted)) {
                let more = self.standing_of(group, &Grantee::Circle(granted));
                standing.roles = standing.roles.and(more.roles);
                standing.teams.extend(more.teams);
            }
        }
        standing.teams.sort_unstable();
        standing.teams.dedup();
        standing
    }
}

const fn circle(grantee: &Grantee) -> Option<&Circle> {
    match grantee {
        Grantee::Circle(circle) => Some(circle),
        Grantee::Person(_) | Grantee::Handle(_) => None,
    }
}

/// Leaves those of a role who are there, if any are.
fn keep_present(group: &mut Group, role: Role, there: impl Fn(&Grantee) -> bool) {
    if group.holders(role).any(&there) {
        group.grants.retain(|grant| grant.role != role || there(&grant.to));
    }
}

fn managers(group: &Group) -> Vec<Grantee> {
    group.holders(Role::Manager).cloned().collect()
}
