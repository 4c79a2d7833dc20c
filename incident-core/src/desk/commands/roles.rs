//! Who may what in a group: registering oneself, and what administrators grant and withdraw.

use super::naming::{Nobody, named};
use crate::desk::change::RosterOrder;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::{Ask, Named, Request};
use crate::desk::{Desk, HandleError};
use crate::incident::Rejection;
use crate::policy::{Act, Actor, Role};
use crate::ports::Origin;
use crate::roster::{Grantee, Group, RoleChange as Everywhere, Roster, RosterCommand};
use crate::view::{CommandWord, Said};

/// What administrators change.
#[derive(Debug, Clone, Copy)]
pub(super) enum RoleChange {
    NameManagers,
    AddDispatcher,
    RemoveDispatcher,
}

impl RoleChange {
    const fn word(self) -> CommandWord {
        match self {
            Self::NameManagers => CommandWord::ConfigureManagers,
            Self::AddDispatcher => CommandWord::AddDispatcher,
            Self::RemoveDispatcher => CommandWord::RemoveDispatcher,
        }
    }

    const fn role(self) -> Role {
        match self {
            Self::NameManagers => Role::Manager,
            Self::AddDispatcher | Self::RemoveDispatcher => Role::Responder,
        }
    }
}

/// The word that makes a role one of the whole company; whoever has it for a handle is written with an `@`.
const COMPANY: &str = "company";

fn is_everywhere(request: &Request) -> bool {
    let Ask::Command { named, .. } = &request.ask else {
        return false;
    };
    matches!(named.first(), Some(Named::Word(word)) if word.eq_ignore_ascii_case(COMPANY))
}

fn company_roles(roster: &Roster) -> Answer {
    let holders = |role| roster.everywhere(role).cloned().collect();
    let (managers, responders) = (holders(Role::Manager), holders(Role::Responder));
    Answer::of(Said::CompanyRoles { name: roster.name.to_string(), managers, responders })
}

impl Desk {
    pub(super) async fn register(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let actor = self.actor(scene).await?;
        let Some(person) = actor.person() else {
            return Ok(Answer::of(Said::Nothing));
        };
        let to = Grantee::Person(person);
        let command = RosterCommand::Grant { group: scene.group.id, role: Role::Reporter, to };
        self.roster_answer(scene, actor, vec![command]).await
    }

    pub(super) async fn administer(
        &self,
        scene: &mut Scene<'_>,
        change: RoleChange,
    ) -> Result<Answer, HandleError> {
        if is_everywhere(scene.request) {
            return self.administer_company(scene, change).await;
        }
        match named(scene.request) {
            Ok(_) => {}
            Err(Nobody::Missing) => return Ok(Answer::of(Said::Usage(change.word()))),
            Err(Nobody::Bad(text)) => return Ok(Answer::of(Said::BadHandle(text))),
        }
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let role = change.role();
        let (company, holding) = ((scene.company, Some(&scene.roster)), Some((&scene.group, role)));
        let people = self.grantees(company, holding, scene.request, scene.now).await?;
        let group = scene.group.id;
        let commands = match change {
            RoleChange::NameManagers => vec![RosterCommand::ConfigureManagers { group, managers: people }],
            RoleChange::AddDispatcher => {
                people.into_iter().map(|to| RosterCommand::Grant { group, role, to }).collect()
            }
            RoleChange::RemoveDispatcher => {
                people.into_iter().map(|from| RosterCommand::Revoke { group, role, from }).collect()
            }
        };
        self.roster_answer(scene, actor, commands).await
    }

    /// Changes who has a role in every group of the company, and answers with all who have one then.
    async fn administer_company(
        &self,
        scene: &mut Scene<'_>,
        change: RoleChange,
    ) -> Result<Answer, HandleError> {
        let mut request = scene.request.clone();
        if let Ask::Command { named, .. } = &mut request.ask {
            named.remove(0);
        }
        match named(&request) {
            Ok(_) => {}
            Err(Nobody::Missing) => return Ok(Answer::of(Said::Usage(change.word()))),
            Err(Nobody::Bad(text)) => return Ok(Answer::of(Said::BadHandle(text))),
        }
        let actor = self.actor(scene).await?;
        if !scene.policy.may(&actor, Act::Onboard, None) {
            return Ok(Answer::of(Said::Refused(Rejection::NotAuthorized)).asking(Act::Onboard));
        }
        let role = change.role();
        let company = Group { grants: scene.roster.settings.company_grants.clone(), ..scene.group.clone() };
        let (whose, holding) = ((scene.company, Some(&scene.roster)), Some((&company, role)));
        let people = self.grantees(whose, holding, &request, scene.now).await?;
        let changes: Vec<Everywhere> = match change {
            RoleChange::NameManagers => vec![Everywhere::Managers { managers: people }],
            RoleChange::AddDispatcher => {
                people.into_iter().map(|to| Everywhere::Grant { role, to }).collect()
            }
            RoleChange::RemoveDispatcher => {
                people.into_iter().map(|from| Everywhere::Revoke { role, from }).collect()
            }
        };
        let commands = changes.into_iter().map(|change| RosterCommand::Everywhere { change }).collect();
        let answer = self.roster_answer(scene, actor, commands).await?;
        Ok(if answer.said == Said::Rostered { company_roles(&scene.roster) } else { answer })
    }

    /// Whoever asks, if they may administer the group; else the answer that says why not.
    pub(in crate::desk) async fn administrator(
        &self,
        scene: &mut Scene<'_>,
    ) -> Result<Result<Actor, Answer>, HandleError> {
        let Some(admin) = self.is_admin(scene.request, &scene.profile.identity).await else {
            return Ok(Err(Answer::of(Said::TryAgain)));
        };
        let mut actor = self.actor(scene).await?;
        if let (true, Actor::Person(member)) = (admin, &mut actor) {
            member.standing.roles = member.standing.roles.with(Role::Admin);
        }
        if scene.policy.may(&actor, Act::Administer, None) {
            return Ok(Ok(actor));
        }
        Ok(Err(Answer::of(Said::Refused(Rejection::NotAuthorized)).asking(Act::Administer)))
    }

    pub(in crate::desk) async fn roster_answer(
        &self,
        scene: &mut Scene<'_>,
        actor: Actor,
        commands: Vec<RosterCommand>,
    ) -> Result<Answer, HandleError> {
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "roster".to_owned() });
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        let changed = self.change_roster(order, scene.now).await?;
        Ok(match changed {
            Ok(roster) => {
                scene.take(roster);
                Answer::of(Said::Rostered)
            }
            Err(rejection) => Answer::of(Said::Refused(rejection)).asking(Act::Administer),
        })
    }
}
