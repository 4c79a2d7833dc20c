//! What a press means: the button says what, the machine whether.

use super::change::Changed;
use super::change::RosterOrder;
use super::commands::{act_of, holder_meant};
use super::handle::{Answer, Scene};
use super::{Desk, HandleError, Nudge};
use crate::ids::{MessageRef, Version};
use crate::incident::{Command, HoldReason, Incident, Input, Invalid, Lane, Level, Rejection, step};
use crate::policy::{Act, Actor, Role};
use crate::roster::{Grantee, RosterCommand};
use crate::text::{Limits, Text};
use crate::view::{Action, ButtonCode, CommandWord, Done, Said};

impl Desk {
    /// A press, perhaps with the words it needs: the button says what, the machine whether.
    pub(super) async fn press(
        &self,
        scene: &mut Scene<'_>,
        (code, words): (&str, Option<&str>),
        message: &MessageRef,
    ) -> Result<Answer, HandleError> {
        let Ok(code) = code.parse::<ButtonCode>() else {
            return Ok(Answer::of(Said::UnknownButton));
        };
        if code.action == Action::Report {
            // Where the platform shows forms it has shown one.
            return Ok(Answer::of(Said::Usage(CommandWord::NewIssue)));
        }
        let filed = self.store.load(scene.company, code.incident).await?;
        let Some(filed) = filed.filter(|filed| filed.incident.group == scene.group.id) else {
            return Ok(Answer::of(Said::UnknownButton));
        };
        if matches!(code.action, Action::ChooseTeam | Action::Back) {
            return self.choosing(scene, code, filed, message).await;
        }
        if matches!(code.action, Action::ChoosePerson | Action::Comment) {
            return self.ordering(scene, code.action, filed).await;
        }
        let worded = match words.map(|words| worded(code.action, words)).transpose() {
            Ok(worded) => worded.flatten(),
            Err(rejection) => return Ok(Answer::about(Said::Refused(rejection), Some(filed))),
        };
        let actor = self.actor(scene).await?;
        let meant = match worded {
            Some(command) => Some(command),
            None => self.meant(scene, code.action, &filed.incident, &actor).await?,
        };
        let Some(command) = meant else {
            return Ok(Answer::about(Said::Refused(Rejection::Unknown), Some(filed)));
        };
        let claims = matches!(command, Command::Acknowledge);
        let act = if claims { Some(Act::Acknowledge(filed.incident.level)) } else { act_of(&command) };
        let actor = self.self_registered(scene, actor, (&command, &filed.incident, code.seen)).await?;
        let person = actor.person();
        let mut order = scene.order(filed.incident.id, actor, command, format!("press {code}"));
        order.seen = Some(code.seen);
        let changed = self.change(order, scene.now).await?;
        // A choice stands until somebody who may chooses.
        let strange = matches!(changed, Changed::Refused(Rejection::NotAuthorized, _));
        if !(strange && code.action.is_choice()) {
            self.note_orphan(scene, &filed.incident, message).await?;
        }
        Ok(match changed {
            Changed::Done(filed) => {
                let joined = code.action == Action::Claim && filed.incident.assignees().next() != person;
                let done = if joined { Done::Joined } else { Done::Pressed(code.action) };
                Answer::about(Said::Done(done), Some(filed))
            }
            Changed::Refused(rejection, now) => {
                let present = now.as_ref().unwrap_or(&filed);
                self.refresh_outdated(scene, &present.incident, code.seen).await?;
                Answer { said: Said::Refused(rejection), filed: now.or(Some(filed)), act }
            }
            Changed::Before(answered) => self.repeated(scene, &answered).await?,
        })
    }

    /// Has the card drawn again if somebody pressed an outdated one, unless their screen is only a moment behind.
    pub(super) async fn refresh_outdated(
        &self,
        scene: &Scene<'_>,
        incident: &Incident,
        seen: Version,
    ) -> Result<(), HandleError> {
        if seen < incident.version
            && !self.lately.shows((incident.id, scene.chat()), incident.version, scene.now)
        {
            self.owe_card(scene, incident).await?;
        }
        Ok(())
    }

    /// Has the card drawn again: somebody saw an old one, or may miss it altogether.
    pub(super) async fn owe_card(&self, scene: &Scene<'_>, incident: &Incident) -> Result<(), HandleError> {
        let to = scene.chats.address(scene.chat());
        self.store.owe_card(scene.company, incident.id, &to, scene.now).await?;
        (self.nudge)(Nudge::Deliver(Lane::Card));
        Ok(())
    }

    /// What a button means for this incident now; `None` if it names what does not exist.
    async fn meant(
        &self,
        scene: &Scene<'_>,
        action: Action,
        incident: &Incident,
        actor: &Actor,
    ) -> Result<Option<Command>, HandleError> {
        let rules = scene.policy.rules();
        let below = || Level::new(incident.level.get().saturating_sub(1)).unwrap_or(Level::FIRST);
        Ok(match action {
            Action::Claim => Some(Command::Acknowledge),
            Action::Release => Some(Command::Release),
            Action::Escalate => Some(Command::Escalate),
            Action::Deescalate => Some(Command::Deescalate { to: below() }),
            Action::Resolve => Some(match rules.summary {
                crate::policy::Summary::Required => Command::RequestResolve,
                crate::policy::Summary::Optional => Command::Resolve { summary: None },
            }),
            Action::CancelResolve => Some(Command::CancelResolve),
            Action::Resume => Some(Command::Resume),
            Action::Confirm => Some(Command::Confirm),
            Action::KeepOpen => Some(Command::KeepOpen),
            Action::Reopen => {
                Text::new("reopened by button", Limits::REASON).ok().map(|reason| Command::Reopen { reason })
            }
            Action::Close => Some(Command::Close { reason: crate::incident::CloseReason::Cancelled }),
            Action::Route(team) => scene.team(team).map(|to| Command::Route { to }),
            Action::Transfer(team) => scene.team(team).map(|to| Command::Transfer { to }),
            Action::Assign(person) => {
                let known = !self.store.people(scene.company, &[person]).await?.is_empty();
                match known {
                    true => Some(Command::Assign { to: self.member(scene, person).await? }),
                    false => None,
                }
            }
            Action::Reassign(person) => {
                let known = !self.store.people(scene.company, &[person]).await?.is_empty();
                let from = holder_meant(incident, actor);
                match known {
                    true => Some(Command::Reassign { from, to: self.member(scene, person).await? }),
                    false => None,
                }
            }
            Action::Hold => Some(Command::Hold { reason: HoldReason::Reporter }),
            Action::Archive => Some(Command::Archive),
            // They mean no command; somebody chooses first, or takes the choice back.
            Action::ChooseTeam | Action::Back | Action::ChoosePerson | Action::Comment | Action::Report => {
                None
            }
        })
    }

    /// Where the policy says so, whoever claims without a role is given it first: if the claim is as good as accepted, and
    /// not for nothing.
    async fn self_registered(
        &self,
        scene: &mut Scene<'_>,
        actor: Actor,
        (command, incident, seen): (&Command, &Incident, Version),
    ) -> Result<Actor, HandleError> {
        let wanted = scene.policy.rules().self_registration && matches!(command, Command::Acknowledge);
        let Some(person) = actor.person().filter(|_| wanted) else {
            return Ok(actor);
        };
        let mut hopeful = self.member(scene, person).await?;
        if hopeful.standing.roles.has(Role::Responder) {
            return Ok(actor);
        }
        hopeful.standing.roles = hopeful.standing.roles.with(Role::Responder);
        let claim = Input {
            incident: incident.id,
            at: scene.now,
            actor: Actor::Person(hopeful.clone()),
            seen: Some(seen),
            command: command.clone(),
        };
        if step(&scene.policy, Some(incident), &claim).is_err() {
            // The refusal that they hear is that of whoever could claim.
            return Ok(Actor::Person(hopeful));
        }
        let to = Grantee::Person(person);
        let commands = vec![RosterCommand::Grant { group: scene.group.id, role: Role::Responder, to }];
        if let Ok(roster) = self.change_roster(RosterOrder::own(scene.company, commands), scene.now).await? {
            scene.take(roster);
        }
        Ok(Actor::Person(self.member(scene, person).await?))
    }
}

/// Returns what a button means together with words; `None` for one that needs none.
///
/// # Errors
/// If the words are too few or too many.
pub(super) fn worded(action: Action, words: &str) -> Result<Option<Command>, Rejection> {
    let text = |limits| Text::new(words, limits).map_err(|error| Rejection::from(Invalid::from(error)));
    match action {
        Action::Resolve => Ok(Some(Command::Resolve { summary: Some(text(Limits::SUMMARY)?) })),
        Action::Reopen => Ok(Some(Command::Reopen { reason: text(Limits::REASON)? })),
        Action::Claim
        | Action::Release
        | Action::Escalate
        | Action::Deescalate
        | Action::CancelResolve
        | Action::Resume
        | Action::Confirm
        | Action::KeepOpen
        | Action::Close
        | Action::Route(_)
        | Action::Transfer(_)
        | Action::Assign(_)
        | Action::Reassign(_)
        | Action::ChooseTeam
        | Action::Back
        | Action::ChoosePerson
        | Action::Comment
        | Action::Hold
        | Action::Archive
        | Action::Report => Ok(None),
    }
}
