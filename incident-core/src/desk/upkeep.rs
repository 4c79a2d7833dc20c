//! What the desk owes itself: changes of a chat or a role that concern many incidents at once. Owed like a
//! message, so that a crash in the middle is made good; each part is harmless when repeated.

use super::change::Order;
use super::handle::Scene;
use super::request::{Ask, Request};
use super::{Desk, HandleError};
use crate::ids::{ChatRef, CompanyId, GroupId, IncidentId, MessageRef, PersonId};
use crate::incident::{Command, Incident, StateKind};
use crate::policy::{Actor, Policy};
use crate::ports::{Filed, Listing, Page, StoreError, Tenancy};
use crate::roster::{Group, GroupStatus, Right, Roster, RosterCommand, RosterEffect};
use crate::time::Timestamp;

const LIVE: [StateKind; 5] = [
    StateKind::Triage,
    StateKind::Open,
    StateKind::Acknowledged,
    StateKind::OnHold,
    StateKind::PendingSummary,
];

impl Desk {
    /// Takes note of what happened to a chat or its members.
    pub(super) async fn chat_event(
        &self,
        tenancy: Option<Tenancy>,
        request: &Request,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        let Some(Tenancy { company, group }) = tenancy else {
            return Ok(());
        };
        let commands = match &request.ask {
            Ask::ChatMoved { to } => vec![RosterCommand::MigrateChat { group, to: to.clone() }],
            Ask::BotRemoved => vec![RosterCommand::Suspend { group }],
            Ask::BotPresent { can_pin } => {
                let report = |held| RosterCommand::ReportRight { group, right: Right::Pin, held };
                let mut commands = vec![RosterCommand::Activate { group }];
                commands.push(RosterCommand::ReportRight { group, right: Right::Write, held: true });
                commands.extend(can_pin.map(report));
                self.only_if_known(company, group, commands).await?
            }
            Ask::MemberLeft { who } => {
                if let Some(person) = self.store.by_account(company, who).await? {
                    self.end_claims(company, group, person, true, now).await?;
                }
                return Ok(());
            }
            Ask::Command { .. } | Ask::Press { .. } | Ask::Answer { .. } => return Ok(()),
        };
        // A refusal here means that it is so already, or that the group is gone: nothing is left to do.
        let (Ok(_) | Err(_)) = self.change_roster(company, Actor::System, commands, None, now).await?;
        Ok(())
    }

    /// A group that waits for approval is not activated by adding the bot once more.
    async fn only_if_known(
        &self,
        company: CompanyId,
        group: GroupId,
        commands: Vec<RosterCommand>,
    ) -> Result<Vec<RosterCommand>, StoreError> {
        let roster = self.store.roster(company).await?;
        let status = roster.and_then(|roster| roster.groups.get(&group).map(|group| group.status));
        Ok(match status {
            Some(GroupStatus::Active | GroupStatus::Suspended) => commands,
            Some(GroupStatus::Pending) | None => Vec::new(),
        })
    }

    /// Does what a roster owes the incidents of a group.
    pub(super) async fn keep_up(
        &self,
        company: CompanyId,
        effect: &RosterEffect,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        match effect {
            RosterEffect::Redraw { group } => {
                self.each_live(company, *group, None, now, |_, _, _| Some(Command::ChannelMigrated)).await
            }
            RosterEffect::Abandon { group } => {
                self.each_live(company, *group, None, now, |_, _, _| Some(Command::ChannelLost)).await
            }
            RosterEffect::EndClaims { group, person } => {
                self.end_claims(company, *group, *person, false, now).await
            }
            RosterEffect::Tell { .. } => Ok(()),
        }
    }

    async fn end_claims(
        &self,
        company: CompanyId,
        group: GroupId,
        person: PersonId,
        left: bool,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        self.each_live(company, group, Some(person), now, |roster, policy, incident| {
            let standing = roster.standing(group, person);
            let held = incident.stints.iter().filter(|stint| stint.is_open() && stint.person == person);
            let still = |level| policy.eligible(&standing, level, incident);
            match left {
                true => Some(Command::MemberLeft { person }),
                false if held.map(|stint| stint.level).all(still) => None,
                false => Some(Command::RoleLost { person }),
            }
        })
        .await
    }

    /// Puts a command to every live incident of a group, or to those that a person holds.
    async fn each_live(
        &self,
        company: CompanyId,
        group: GroupId,
        assignee: Option<PersonId>,
        now: Timestamp,
        command: impl Fn(&Roster, &Policy, &Incident) -> Option<Command> + Send + Sync,
    ) -> Result<(), HandleError> {
        const PAGE: u32 = 100;
        let Some(roster) = self.store.roster(company).await? else {
            return Ok(());
        };
        let Some(place) = roster.groups.get(&group) else {
            return Ok(());
        };
        let policy = roster.policy(&self.policy);
        let listing = Listing { group: Some(group), states: LIVE.to_vec(), assignee };
        let mut after: Option<IncidentId> = None;
        loop {
            let page = self.store.list(company, &listing, Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.incident.id);
            for Filed { incident, .. } in page {
                let Some(command) = command(&roster, &policy, &incident) else {
                    continue;
                };
                let order = Order {
                    company,
                    policy: &policy,
                    chat: &place.chat,
                    incident: incident.id,
                    actor: Actor::System,
                    seen: None,
                    command,
                    origin: None,
                };
                self.change(order, now).await?;
            }
        }
    }

    /// Notes that a right in a chat was refused, or is held again. The group is told once.
    pub(super) async fn report_right(
        &self,
        company: CompanyId,
        group: &Group,
        right: Right,
        held: bool,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        if group.refused.contains(&right) == held {
            let commands = vec![RosterCommand::ReportRight { group: group.id, right, held }];
            let (Ok(_) | Err(_)) = self.change_roster(company, Actor::System, commands, None, now).await?;
        }
        Ok(())
    }

    /// Notes where a chat is now, or that it is gone.
    pub(super) async fn relocate(
        &self,
        company: CompanyId,
        group: GroupId,
        to: Option<ChatRef>,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        let command = match to {
            Some(to) => RosterCommand::MigrateChat { group, to },
            None => RosterCommand::Suspend { group },
        };
        let (Ok(_) | Err(_)) = self.change_roster(company, Actor::System, vec![command], None, now).await?;
        Ok(())
    }

    /// A card whose posting was reported lost may exist all the same. Whoever presses it first shows it to
    /// us; if another card took its place, it is taken away.
    pub(super) async fn retire_orphan(
        &self,
        scene: &Scene<'_>,
        incident: &Incident,
        pressed: &MessageRef,
    ) -> Result<(), HandleError> {
        if pressed.chat != scene.group.chat || self.store.posted(scene.company, pressed).await?.is_some() {
            return Ok(());
        }
        let surfaces = self.store.surfaces(scene.company, incident.id).await?;
        let replaced = surfaces.iter().any(|surface| surface.message.chat == pressed.chat);
        if let (true, Some(messenger)) = (replaced, self.messengers.get(&pressed.chat.platform)) {
            // If it fails, the next press on it tries again.
            drop(messenger.retire(pressed).await);
        }
        Ok(())
    }
}
