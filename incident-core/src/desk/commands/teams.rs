//! What the typed commands about teams do. Each is answered with the teams as they are then.

use super::naming::{Nobody, Person, named_after};
use crate::desk::change::RosterOrder;
use crate::desk::handle::{Answer, Scene};
use crate::desk::request::Ask;
use crate::desk::{Desk, HandleError};
use crate::ids::TeamId;
use crate::incident::{Invalid, Rejection};
use crate::ports::Origin;
use crate::roster::{Grantee, RosterCommand, Team};
use crate::text::{Limits, Text};
use crate::view::{CommandWord, Said};

impl Desk {
    /// Lists the teams; whoever is in the group may see them.
    pub(super) fn teams(scene: &Scene<'_>) -> Answer {
        Answer::of(Said::Teams(scene.roster.teams.values().cloned().collect()))
    }

    /// Founds a team.
    pub(super) async fn add_team(
        &self,
        scene: &mut Scene<'_>,
        word: CommandWord,
    ) -> Result<Answer, HandleError> {
        let Ask::Command { text, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        if text.trim().is_empty() {
            return Ok(Answer::of(Said::Usage(word)));
        }
        let name = match Text::new(text, Limits::NAME) {
            Ok(name) => name,
            Err(error) => return Ok(Answer::of(Said::Refused(error.into()))),
        };
        let restricted = word == CommandWord::AddRestrictedTeam;
        let exists = Said::TeamExists(name.to_string());
        let answer = self.change_teams(scene, vec![RosterCommand::AddTeam { name, restricted }]).await?;
        let unchanged = Said::Refused(Rejection::InvalidInput { reason: Invalid::NoChange });
        Ok(if answer.said == unchanged { Answer::of(exists) } else { answer })
    }

    /// Puts people into a team, or takes them out.
    pub(super) async fn change_members(
        &self,
        scene: &mut Scene<'_>,
        word: CommandWord,
    ) -> Result<Answer, HandleError> {
        let Ask::Command { text, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let Some(first) = text.split_whitespace().next() else {
            return Ok(Answer::of(Said::Usage(word)));
        };
        let number = first.parse().ok().map(TeamId::new);
        let Some(team) = number.and_then(|team| scene.roster.teams.get(&team)).cloned() else {
            return Ok(Answer::of(Said::NoSuchTeam(first.chars().take(64).collect())));
        };
        let names = match named_after(scene.request, 1) {
            Ok(names) => names,
            Err(Nobody::Missing) => return Ok(Answer::of(Said::Usage(word))),
            Err(Nobody::Bad(text)) => return Ok(Answer::of(Said::BadHandle(text))),
        };
        let mut commands = Vec::new();
        for name in names {
            let (team, member) = (team.id, self.member_of(scene, &team, name).await?);
            commands.push(if word == CommandWord::AddTeamMember {
                RosterCommand::JoinTeam { team, member }
            } else {
                RosterCommand::LeaveTeam { team, member }
            });
        }
        self.change_teams(scene, commands).await
    }

    /// A handle is kept until its owner appears, since whoever was last seen with it may have given it up; unless
    /// they are of the team already.
    async fn member_of(
        &self,
        scene: &Scene<'_>,
        team: &Team,
        name: Person<'_>,
    ) -> Result<Grantee, HandleError> {
        let handle = match name {
            Person::Known(profile) => {
                let person = self.store.identify(scene.company, profile, scene.now).await?;
                return Ok(Grantee::Person(scene.roster.who(person)));
            }
            Person::All(circle) => return Ok(Grantee::Circle(circle.clone())),
            Person::Called(handle) => handle,
        };
        let known = self.store.by_handle(scene.company, &handle).await?;
        let known = known.map(|person| Grantee::Person(scene.roster.who(person)));
        Ok(known.filter(|known| team.members.contains(known)).unwrap_or(Grantee::Handle(handle)))
    }

    async fn change_teams(
        &self,
        scene: &mut Scene<'_>,
        commands: Vec<RosterCommand>,
    ) -> Result<Answer, HandleError> {
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "teams".to_owned() });
        let order = RosterOrder { company: scene.company, actor, commands, origin };
        Ok(match self.change_roster(order, scene.now).await? {
            Ok(roster) => {
                scene.take(roster);
                Self::teams(scene)
            }
            Err(rejection) => Answer::of(Said::Refused(rejection)),
        })
    }
}
