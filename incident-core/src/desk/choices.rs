//! What somebody may choose from: what the machine would accept from them as things stand, and nothing else.

use std::collections::BTreeSet;

use super::commands::holder_meant;
use super::handle::{Answer, Scene};
use super::{Desk, HandleError};
use crate::ids::{MessageRef, PersonId, Version};
use crate::incident::{Command, Incident, Input, Rejection, TeamChoice, step};
use crate::policy::{Act, Actor};
use crate::ports::Filed;
use crate::roster::{Grantee, Team};
use crate::view::{Action, ButtonCode, Choice, CommandWord, Said};

/// How many people are offered at most; whoever is not among them can still be named.
const MOST_OFFERED: usize = 40;

impl Desk {
    /// A press that changes nothing by itself: it asks for a choice, or takes one back.
    pub(super) async fn choosing(
        &self,
        scene: &mut Scene<'_>,
        code: ButtonCode,
        filed: Filed,
        message: &MessageRef,
    ) -> Result<Answer, HandleError> {
        let actor = self.actor(scene).await?;
        if code.action == Action::Back {
            // Whoever may be given a choice may take it back.
            if !scene.policy.may(&actor, Act::Transfer, Some(&filed.incident)) {
                return Ok(Answer::about(Said::Refused(Rejection::NotAuthorized), Some(filed)));
            }
            self.note_orphan(scene, &filed.incident, message).await?;
            return Ok(Answer::of(Said::Nothing));
        }
        self.note_orphan(scene, &filed.incident, message).await?;
        match teams_for(scene, &actor, &filed.incident, code.seen) {
            Ok(teams) => Ok(Answer::about(Said::Choose(Choice::Teams(teams)), Some(filed))),
            Err(rejection) => {
                let rejection = rejection.unwrap_or(Rejection::Unknown);
                self.refresh_outdated(scene, &filed.incident, code.seen).await?;
                Ok(Answer::about(Said::Refused(rejection), Some(filed)))
            }
        }
    }

    /// A press that asks for an order, where no form was opened for it: who is to take it is chosen, and how a comment is
    /// written is said.
    pub(super) async fn ordering(
        &self,
        scene: &mut Scene<'_>,
        action: Action,
        filed: Filed,
    ) -> Result<Answer, HandleError> {
        if action != Action::ChoosePerson {
            return Ok(Answer::about(Said::Usage(CommandWord::Note), Some(filed)));
        }
        let actor = self.actor(scene).await?;
        let (word, from) = assigning(&filed.incident, &actor);
        Ok(Self::whom(scene, word, &actor, filed, from))
    }

    /// Asks who is to take an incident, where a command names nobody.
    pub(super) fn whom(
        scene: &Scene<'_>,
        word: CommandWord,
        actor: &Actor,
        filed: Filed,
        from: Option<PersonId>,
    ) -> Answer {
        let instead = word == CommandWord::Reassign;
        let options = known_people(scene).into_iter().map(|person| {
            let to = scene.member(person);
            let command = if instead { Command::Reassign { from, to } } else { Command::Assign { to } };
            (person, command)
        });
        let chooser = Chooser { scene, actor, incident: &filed.incident, seen: None };
        let said = match chooser.offered(options) {
            Ok(people) if instead => Said::Choose(Choice::Successors(people)),
            Ok(people) => Said::Choose(Choice::Assignees(people)),
            // There is nobody to choose from; somebody may still be named.
            Err(None | Some(Rejection::NotEligible)) => Said::Usage(word),
            Err(Some(rejection @ (Rejection::AlreadyAcknowledged { .. } | Rejection::AlreadyAssignee)))
                if !instead =>
            {
                filed.incident.assignees().next().map_or(Said::Refused(rejection), Said::Held)
            }
            Err(Some(rejection)) => Said::Refused(rejection),
        };
        let act = if instead { Act::Reassign } else { Act::Assign };
        Answer::about(said, Some(filed)).asking(act)
    }
}

/// Says which command gives an incident to somebody, and from whom that takes it.
pub(super) fn assigning(incident: &Incident, actor: &Actor) -> (CommandWord, Option<PersonId>) {
    match incident.assignees().next() {
        Some(_) => (CommandWord::Reassign, holder_meant(incident, actor)),
        None => (CommandWord::Assign, None),
    }
}

/// Lists the teams that somebody may move an incident to; if there is none, says why.
pub(super) fn teams_for(
    scene: &Scene<'_>,
    actor: &Actor,
    incident: &Incident,
    seen: Version,
) -> Result<Vec<Team>, Option<Rejection>> {
    let teams = scene.roster.teams.values().filter(|team| incident.team != Some(team.id));
    let options = teams.map(|team| {
        let to = TeamChoice { team: team.id, restricted: team.restricted };
        (team.clone(), Command::Transfer { to })
    });
    Chooser { scene, actor, incident, seen: Some(seen) }.offered(options)
}

/// Somebody who chooses what becomes of an incident.
struct Chooser<'a> {
    scene: &'a Scene<'a>,
    actor: &'a Actor,
    incident: &'a Incident,
    seen: Option<Version>,
}

impl Chooser<'_> {
    /// Keeps what would be accepted; if nothing would, says why: as a stranger hears it, if they are one.
    fn offered<T>(&self, options: impl Iterator<Item = (T, Command)>) -> Result<Vec<T>, Option<Rejection>> {
        let mut offered = Vec::new();
        let mut refused = None;
        for (option, command) in options {
            let input = Input {
                incident: self.incident.id,
                at: self.scene.now,
                actor: self.actor.clone(),
                seen: self.seen,
                command,
            };
            match step(&self.scene.policy, Some(self.incident), &input) {
                Ok(_) if offered.len() < MOST_OFFERED => offered.push(option),
                Ok(_) => break,
                // Whether somebody else would do is nothing that a stranger must know.
                Err(Rejection::NotAuthorized) => refused = Some(Rejection::NotAuthorized),
                Err(rejection) => refused = refused.or(Some(rejection)),
            }
        }
        if offered.is_empty() { Err(refused) } else { Ok(offered) }
    }
}

/// Everybody who was given a role in the group or belongs to a team, and was seen.
fn known_people(scene: &Scene<'_>) -> BTreeSet<PersonId> {
    let granted = scene.group.grants.iter().map(|grant| &grant.to);
    let members = scene.roster.teams.values().flat_map(|team| &team.members);
    let known = |grantee: &Grantee| match grantee {
        Grantee::Person(person) => Some(*person),
        Grantee::Handle(_) | Grantee::Circle(_) => None,
    };
    granted.chain(members).filter_map(known).collect()
}
