//! Companies, groups, roles, departments and people of old, in the rosters of this desk.
//!
//! What is there already stays: a group that this desk knows keeps the roles its administrators gave since, and so
//! does a department. That makes a second import change nothing, and takes no right back that was withdrawn.

use std::collections::BTreeMap;

use incident_core::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, PersonId, Platform, TeamId, Version,
};
use incident_core::policy::{Actor, Policy, Role};
use incident_core::ports::{Profile, RosterCommit, Store};
use incident_core::roster::{Grantee, Group, Roster, RosterCommand, RosterInput, step};
use incident_core::text::{Limits, Text};
use incident_core::time::Timestamp;

use super::old::{House, OldCompany, OldGroup, OldPerson, OldTeam, UserId};
use super::{ImportError, mint};

/// Where things went.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// The rosters as they are now.
    pub(super) rosters: BTreeMap<CompanyId, Roster>,
    /// The company and group of each chat, by its Telegram id.
    pub(super) groups: BTreeMap<i64, (CompanyId, GroupId)>,
    /// The departments of each company, by their old numbers.
    pub(super) teams: BTreeMap<CompanyId, BTreeMap<i64, TeamId>>,
    /// What was done and what was not.
    pub(super) lines: Vec<String>,
}

/// Puts the house in place, company by company.
pub(super) struct Mover<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) policy: &'a Policy,
    pub(super) house: &'a House,
    pub(super) now: Timestamp,
}

/// Companies and groups have no time of their own.
const AGELESS: Timestamp = Timestamp::from_micros(0);

pub(super) fn chat_of(chat: i64) -> ChatRef {
    ChatRef::new(Platform::Telegram, chat.to_string())
}

fn name_of(text: &str) -> Text {
    let short: String = text.trim().chars().take(Limits::NAME.max).collect();
    Text::new(&short, Limits::NAME).unwrap_or_else(|_| Text::erased())
}

impl Mover<'_> {
    pub(super) async fn place(&self) -> Result<Placed, ImportError> {
        let mut placed = Placed::default();
        for company in &self.house.companies {
            let own = CompanyId::from_u128(mint("raisedash company", &company.key, AGELESS));
            let mut targets: BTreeMap<CompanyId, Vec<&OldGroup>> = BTreeMap::new();
            for group in &company.groups {
                let known = self.store.tenancy(&chat_of(group.chat)).await?;
                targets.entry(known.map_or(own, |tenancy| tenancy.company)).or_default().push(group);
            }
            for (target, groups) in targets {
                self.fill(&mut placed, company, target, &groups).await?;
            }
        }
        Ok(placed)
    }

    async fn fill(
        &self,
        placed: &mut Placed,
        old: &OldCompany,
        company: CompanyId,
        groups: &[&OldGroup],
    ) -> Result<(), ImportError> {
        let roster = self.store.roster(company).await?;
        let mut commands = Vec::new();
        if roster.is_none() {
            commands.push(RosterCommand::Found { name: name_of(&old.name) });
            placed.lines.push(format!("company {}: new", old.name));
        }
        self.teams(placed, (company, roster.as_ref()), &old.teams, &mut commands).await?;
        for group in groups {
            let fresh = GroupId::from_u128(mint("raisedash group", &group.chat.to_string(), AGELESS));
            let known = roster.as_ref().and_then(|roster| {
                // A group that moved since has another chat.
                roster.group_in(&chat_of(group.chat)).or_else(|| roster.groups.get(&fresh))
            });
            let id = known.map_or(fresh, |known| known.id);
            placed.groups.insert(group.chat, (company, id));
            match known {
                Some(known) => placed.lines.push(stays(group, known)),
                None => self.group(placed, (company, id), (old, group), &mut commands).await?,
            }
        }
        let roster = self.commit(company, roster, commands).await?;
        placed.rosters.insert(company, roster);
        Ok(())
    }

    async fn commit(
        &self,
        company: CompanyId,
        before: Option<Roster>,
        commands: Vec<RosterCommand>,
    ) -> Result<Roster, ImportError> {
        let input = RosterInput { company, at: self.now, actor: Actor::System, commands };
        let mut step = step(self.policy, before.as_ref(), &input)
            .map_err(|rejection| ImportError::Refused(format!("the roster of {company}: {rejection}")))?;
        // Nobody is told what everybody knows already.
        step.effects.clear();
        let after = step.roster.clone();
        if !step.events.is_empty() {
            let expected = before.map_or(Version::NONE, |before| before.version);
            self.store.commit_roster(RosterCommit::new(expected, step, self.now)).await?;
        }
        Ok(after)
    }

    async fn teams(
        &self,
        placed: &mut Placed,
        (company, roster): (CompanyId, Option<&Roster>),
        teams: &[OldTeam],
        commands: &mut Vec<RosterCommand>,
    ) -> Result<(), ImportError> {
        let known: BTreeMap<String, TeamId> = roster
            .into_iter()
            .flat_map(|roster| roster.teams.values())
            .map(|team| (team.name.as_str().to_lowercase(), team.id))
            .collect();
        let mut last = known.values().map(|team| team.get()).max().unwrap_or(0);
        let mut numbers = BTreeMap::new();
        for team in teams {
            let name = name_of(&team.name);
            if let Some(id) = known.get(&name.as_str().to_lowercase()) {
                numbers.insert(team.id, *id);
                continue;
            }
            last += 1;
            let id = TeamId::new(last);
            numbers.insert(team.id, id);
            commands.push(RosterCommand::AddTeam { name, restricted: team.restricted });
            for user in &team.members {
                let member = Grantee::Person(self.person(company, *user, None, &mut placed.lines).await?);
                commands.push(RosterCommand::JoinTeam { team: id, member });
            }
            placed.lines.push(format!("department {}: new, members: {}", team.name, team.members.len()));
        }
        placed.teams.entry(company).or_default().extend(numbers);
        Ok(())
    }

    async fn group(
        &self,
        placed: &mut Placed,
        (company, id): (CompanyId, GroupId),
        (old, group): (&OldCompany, &OldGroup),
        commands: &mut Vec<RosterCommand>,
    ) -> Result<(), ImportError> {
        let title = name_of(&group.title);
        let (chat, active) = (chat_of(group.chat), group.active);
        commands.push(RosterCommand::AddGroup { group: id, chat, title, active });
        let mut managers = Vec::new();
        for user in &group.managers {
            managers.push(Grantee::Person(self.person(company, *user, None, &mut placed.lines).await?));
        }
        for handle in group.manager_handles.iter().filter(|handle| !self.belongs(group, handle)) {
            match Handle::parse(Platform::Telegram, handle) {
                Ok(handle) => managers.push(Grantee::Handle(handle)),
                Err(error) => placed.lines.push(format!("! manager {handle}: {error}; left out")),
            }
        }
        let members = old.teams.iter().flat_map(|team| &team.members);
        // Where incidents do not move between teams, those who could claim them there are dispatchers here.
        let members = members.filter(|_| !self.policy.rules().teams);
        let mut responders: Vec<UserId> = group.responders.iter().chain(members).copied().collect();
        responders.sort_unstable();
        responders.dedup();
        let called =
            |users: &mut dyn Iterator<Item = &UserId>| users.map(|user| self.called(*user)).collect();
        let mut names: Vec<String> = called(&mut group.managers.iter());
        names.extend(managers.iter().filter_map(handle_of));
        placed.lines.push(format!(
            "group {} ({}): new{}; managers: {}; dispatchers: {}",
            group.title,
            group.chat,
            if group.active { "" } else { ", waits for approval" },
            listed(&names),
            listed(&called(&mut responders.iter())),
        ));
        if managers.is_empty() {
            placed.lines.push("! it has no managers: name them with /configure_managers".to_owned());
        }
        commands.extend(managers.into_iter().map(|to| RosterCommand::Grant {
            group: id,
            role: Role::Manager,
            to,
        }));
        for user in responders {
            let to = Grantee::Person(self.person(company, user, None, &mut placed.lines).await?);
            commands.push(RosterCommand::Grant { group: id, role: Role::Responder, to });
        }
        self.duties(placed, (company, id), group, commands).await
    }

    /// Takes over when people are on duty; without teams, whatever they do.
    async fn duties(
        &self,
        placed: &mut Placed,
        (company, id): (CompanyId, GroupId),
        group: &OldGroup,
        commands: &mut Vec<RosterCommand>,
    ) -> Result<(), ImportError> {
        for duty in &group.duties {
            let teams = placed.teams.get(&company);
            let team = duty.team.filter(|_| self.policy.rules().teams);
            let known = team.map(|team| teams.and_then(|teams| teams.get(&team)).copied());
            let Some(team) = known.map_or(Some(None), |known| known.map(Some)) else {
                placed
                    .lines
                    .push(format!("! user {}: is on duty for a department that does not exist", duty.user));
                continue;
            };
            let who = Grantee::Person(self.person(company, duty.user, None, &mut placed.lines).await?);
            commands.push(RosterCommand::SetSchedule { group: id, team, who, week: Some(duty.week) });
        }
        if !group.duties.is_empty() {
            placed.lines.push(format!("group {}: schedules: {}", group.title, group.duties.len()));
        }
        Ok(())
    }

    fn called(&self, user: UserId) -> String {
        let handle = self.house.people.get(&user).and_then(|person| person.handle.as_deref());
        handle.map_or_else(|| format!("user {user}"), |handle| format!("@{}", handle.trim_start_matches('@')))
    }

    /// Tells whether a handle is that of a manager who is known by id as well.
    fn belongs(&self, group: &OldGroup, handle: &str) -> bool {
        let bare = |handle: &str| handle.trim_start_matches('@').to_lowercase();
        let known = group.managers.iter().filter_map(|user| self.house.people.get(user)?.handle.as_deref());
        known.map(bare).any(|known| known == bare(handle))
    }

    /// Returns a person of a company, registered with what is known of them if they were not there.
    pub(super) async fn person(
        &self,
        company: CompanyId,
        user: UserId,
        seen: Option<&str>,
        lines: &mut Vec<String>,
    ) -> Result<PersonId, ImportError> {
        let identity = Identity::new(Platform::Telegram, user.to_string());
        if let Some(person) = self.store.by_account(company, &identity).await? {
            return Ok(person);
        }
        let unknown = OldPerson { handle: seen.map(str::to_owned), ..OldPerson::default() };
        let old = self.house.people.get(&user).unwrap_or(&unknown);
        let mut handle =
            old.handle.as_deref().and_then(|handle| Handle::parse(Platform::Telegram, handle).ok());
        if let Some(taken) = &handle
            && self.store.by_handle(company, taken).await?.is_some()
        {
            lines.push(format!("! user {user}: somebody else has the handle @{} now", taken.name()));
            handle = None;
        }
        let spoken = old.name.clone().or_else(|| Some(handle.as_ref()?.name().to_owned()));
        let name = name_of(&spoken.unwrap_or_else(|| format!("User {user}")));
        let locale = old.locale.as_deref().and_then(|locale| Text::new(locale, Limits::NAME).ok());
        let profile = Profile { identity, handle, name, locale };
        Ok(self.store.identify(company, &profile, self.now).await?)
    }
}

fn handle_of(grantee: &Grantee) -> Option<String> {
    match grantee {
        Grantee::Handle(handle) => Some(format!("@{}", handle.name())),
        Grantee::Person(_) | Grantee::Circle(_) => None,
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn stays(group: &OldGroup, known: &Group) -> String {
    let state =
        if known.is_configured() { "its roles stay" } else { "it has no managers yet, and gets none" };
    format!("group {} ({}): known to this desk, {state}", group.title, group.chat)
}
