//! Lists of teams, and of companies with their groups.

use super::{About, Arg, Line, Locale, People, Phrase};
use crate::ids::PersonId;
use crate::roster::{Grantee, Group, GroupStatus, Roster, Team};

/// Lists the members of some teams who are known, so that they can be looked up first.
pub(super) fn members(teams: &[Team]) -> Vec<PersonId> {
    known(teams.iter().flat_map(|team| &team.members))
}

/// Lists those who are known.
pub(super) fn known<'a>(grantees: impl Iterator<Item = &'a Grantee>) -> Vec<PersonId> {
    let person = |grantee: &Grantee| match grantee {
        Grantee::Person(person) => Some(*person),
        Grantee::Handle(_) | Grantee::Circle(_) => None,
    };
    grantees.filter_map(person).collect()
}

/// Writes a line for each role that people have in a whole company.
pub(super) fn everywhere(
    about: &About<'_>,
    company: &str,
    (managers, responders): (&[Grantee], &[Grantee]),
) -> Vec<Line> {
    let line = |phrase, holders: &[Grantee]| {
        let names: Vec<String> =
            holders.iter().map(|holder| about.people.grantee(about.locale, holder).shown()).collect();
        let names = if names.is_empty() { about.locale.text(Phrase::Nobody) } else { names.join(", ") };
        about.phrase(phrase, &[("name", company.into()), ("people", names.into())])
    };
    vec![line(Phrase::CompanyManagers, managers), line(Phrase::CompanyResponders, responders)]
}

/// Writes a line for each team, with its number and its members.
pub(super) fn teams(locale: &Locale, people: &People, teams: &[Team]) -> Vec<Line> {
    if teams.is_empty() {
        return vec![locale.line(Phrase::TeamsNone, &[])];
    }
    let line = |team: &Team| {
        let names: Vec<String> =
            team.members.iter().map(|member| people.grantee(locale, member).shown()).collect();
        let names = if names.is_empty() { locale.text(Phrase::Nobody) } else { names.join(", ") };
        let phrase = if team.restricted { Phrase::TeamsLineRestricted } else { Phrase::TeamsLine };
        let team_args: [(&str, Arg); 3] = [
            ("team", u64::from(team.id.get()).into()),
            ("name", team.name.as_str().into()),
            ("people", names.into()),
        ];
        locale.line(phrase, &team_args)
    };
    teams.iter().map(line).collect()
}

/// Writes a line for each company, and one for each of its groups.
pub(super) fn tenants(locale: &Locale, rosters: &[Roster]) -> Vec<Line> {
    if rosters.is_empty() {
        return vec![locale.line(Phrase::TenantsNone, &[])];
    }
    let mut lines = Vec::new();
    for roster in rosters {
        lines.push(locale.line(Phrase::TenantsCompany, &[("name", roster.name.as_str().into())]));
        lines.extend(roster.groups.values().map(|group| tenant(locale, group)));
    }
    lines
}

fn tenant(locale: &Locale, group: &Group) -> Line {
    let phrase = match group.status {
        GroupStatus::Active => Phrase::TenantsGroup,
        GroupStatus::Pending => Phrase::TenantsGroupPending,
        GroupStatus::Suspended => Phrase::TenantsGroupSuspended,
    };
    locale.line(phrase, &[("name", group.title.as_str().into())])
}
