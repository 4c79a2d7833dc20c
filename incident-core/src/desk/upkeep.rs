//! What the desk owes itself: changes of a chat or a role that concern many incidents at once. Owed like a
//! message, so that a crash in the middle is made good; each part is harmless when repeated.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use super::change::{Order, RosterOrder};
use super::handle::Scene;
use super::request::{Ask, Request};
use super::wake::LIVE;
use super::{Desk, HandleError, Nudge};
use crate::ids::{ChatRef, CompanyId, GroupId, IncidentId, MessageRef, PersonId};
use crate::incident::{Command, Incident, Lane};
use crate::policy::Policy;
use crate::ports::{Listing, Page, StoreError, Tenancy};
use crate::roster::{AdmissionOrder, Group, GroupStatus, Right, Roster, RosterCommand, RosterEffect};
use crate::time::Timestamp;

/// A group that is being looked after.
#[derive(Clone, Copy)]
pub(super) struct Ward {
    pub(super) company: CompanyId,
    pub(super) group: GroupId,
    pub(super) now: Timestamp,
}

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
            Ask::ChatMoved { to } => {
                return self.relocate(Ward { company, group, now }, Some(to.clone())).await;
            }
            Ask::BotRemoved => {
                let leave = RosterCommand::Admission { group, order: AdmissionOrder::Leave };
                vec![RosterCommand::Suspend { group }, leave]
            }
            Ask::BotPresent { can_pin } => {
                let report = |held| RosterCommand::ReportRight { group, right: Right::Pin, held };
                let mut commands = vec![RosterCommand::Activate { group }];
                commands.push(RosterCommand::ReportRight { group, right: Right::Write, held: true });
                commands.extend(can_pin.map(report));
                self.only_if_known(company, group, commands).await?
            }
            Ask::MemberLeft { who } => {
                if let Some(person) = self.store.by_account(company, who).await? {
                    self.end_claims(Ward { company, group, now }, person, true).await?;
                }
                return Ok(());
            }
            Ask::Command { .. }
            | Ask::Press { .. }
            | Ask::Form { .. }
            | Ask::Report { .. }
            | Ask::Thread { .. }
            | Ask::Answer { .. }
            | Ask::Remark { .. }
            | Ask::Album { .. } => return Ok(()),
        };
        self.note(company, commands, now).await
    }

    /// A group that waits for approval is not activated by adding the bot once more, but asked for its name again: the
    /// question may have gone with the bot.
    async fn only_if_known(
        &self,
        company: CompanyId,
        group: GroupId,
        commands: Vec<RosterCommand>,
    ) -> Result<Vec<RosterCommand>, StoreError> {
        let roster = self.store.roster(company).await?;
        let provisional = roster.as_ref().is_some_and(Roster::is_provisional);
        let status = roster.and_then(|roster| roster.groups.get(&group).map(|group| group.status));
        Ok(match status {
            Some(GroupStatus::Active | GroupStatus::Suspended) => commands,
            Some(GroupStatus::Pending) if provisional => {
                vec![RosterCommand::Admission { group, order: AdmissionOrder::Ask }]
            }
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
        let ward = |group: &GroupId| Ward { company, group: *group, now };
        match effect {
            RosterEffect::Redraw { group } => {
                self.each_live(ward(group), None, |_, _, _| Some(Command::ChannelMigrated)).await
            }
            RosterEffect::Refresh { group } => {
                self.each_live(ward(group), None, |_, _, _| Some(Command::RepairSurface)).await
            }
            RosterEffect::Abandon { group } => {
                self.each_live(ward(group), None, |_, _, _| Some(Command::ChannelLost)).await
            }
            RosterEffect::EndClaims { group, person } => self.end_claims(ward(group), *person, false).await,
            RosterEffect::Tell { .. }
            | RosterEffect::Consult { .. }
            | RosterEffect::SendReport { .. }
            | RosterEffect::SendFile { .. }
            | RosterEffect::PageShift { .. } => Ok(()),
        }
    }

    async fn end_claims(&self, ward: Ward, person: PersonId, left: bool) -> Result<(), HandleError> {
        let roster = self.store.roster(ward.company).await?;
        let Some(own) =
            roster.as_ref().and_then(|roster| Some((roster, &roster.groups.get(&ward.group)?.chat)))
        else {
            return Ok(());
        };
        let standing = self.standing(ward.company, (own.0, ward.group, own.1), person).await?;
        self.each_live(ward, Some(person), |_, policy, incident| {
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
        ward: Ward,
        assignee: Option<PersonId>,
        command: impl Fn(&Roster, &Policy, &Incident) -> Option<Command> + Send + Sync,
    ) -> Result<(), HandleError> {
        const PAGE: u32 = 100;
        let Some(roster) = self.store.roster(ward.company).await? else {
            return Ok(());
        };
        let Some(group) = roster.groups.get(&ward.group) else {
            return Ok(());
        };
        let policy = roster.policy_of(ward.group, &self.policy);
        let listing = Listing { group: Some(ward.group), states: LIVE.to_vec(), assignee, tag: None };
        let mut after: Option<IncidentId> = None;
        loop {
            let page = self.store.list(ward.company, &listing, Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.incident.id);
            let commands = page
                .iter()
                .filter_map(|filed| Some((&filed.incident, command(&roster, &policy, &filed.incident)?)));
            for (incident, command) in commands {
                self.change(Order::own(&policy, &group.chat, incident, command), ward.now).await?;
            }
        }
    }

    /// Notes that a right in a chat was refused, or is held again. The group is told once.
    pub(super) async fn report_right(
        &self,
        ward: Ward,
        group: &Group,
        right: Right,
        held: bool,
    ) -> Result<(), HandleError> {
        if group.refused.contains(&right) == held {
            let commands = vec![RosterCommand::ReportRight { group: group.id, right, held }];
            self.note(ward.company, commands, ward.now).await?;
        }
        Ok(())
    }

    /// Notes where a chat is now, or that it is gone.
    pub(super) async fn relocate(&self, ward: Ward, to: Option<ChatRef>) -> Result<(), HandleError> {
        let group = ward.group;
        let suspend = vec![RosterCommand::Suspend { group }];
        let Some(to) = to else {
            return self.note(ward.company, suspend, ward.now).await;
        };
        let taken = |noted: &_| matches!(noted, Err(HandleError::Store(StoreError { temporary: false, .. })));
        let migrate = vec![RosterCommand::MigrateChat { group, to: to.clone() }];
        let mut noted = self.note(ward.company, migrate.clone(), ward.now).await;
        if taken(&noted) {
            self.vacate(&to, ward.company, ward.now).await?;
            noted = self.note(ward.company, migrate, ward.now).await;
        }
        // The new address is another group's: this one has no chat left.
        if taken(&noted) { self.note(ward.company, suspend, ward.now).await } else { noted }
    }

    /// Frees a chat that only waits to be admitted. The platform may say that the bot was added to where a group has
    /// moved before it says that the group has moved, and then the group's own chat asks to be admitted.
    async fn vacate(&self, chat: &ChatRef, company: CompanyId, now: Timestamp) -> Result<(), HandleError> {
        let Some(tenancy) = self.store.tenancy(chat).await? else {
            return Ok(());
        };
        let keeper = self.store.roster(tenancy.company).await?;
        if keeper.is_none_or(|keeper| !keeper.is_provisional()) {
            return Ok(());
        }
        let order = AdmissionOrder::Into { company };
        let leave = RosterCommand::Admission { group: tenancy.group, order };
        self.note(tenancy.company, vec![leave], now).await
    }

    /// Writes down what the platform did. A refusal means that it is so already, or that the group is gone:
    /// nothing is left to do.
    async fn note(
        &self,
        company: CompanyId,
        commands: Vec<RosterCommand>,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        let (Ok(_) | Err(_)) = self.change_roster(RosterOrder::own(company, commands), now).await?;
        Ok(())
    }

    /// A card whose posting was reported lost may exist all the same. Whoever presses it first shows it to us;
    /// it is noted, to be taken away if another card took its place.
    pub(super) async fn note_orphan(
        &self,
        scene: &Scene<'_>,
        incident: &Incident,
        pressed: &MessageRef,
    ) -> Result<(), HandleError> {
        if pressed.chat == scene.group.chat && self.store.posted(scene.company, pressed).await?.is_none() {
            self.orphans().insert(pressed.clone(), (incident.company, incident.id));
            (self.nudge)(Nudge::Deliver(Lane::Upkeep));
        }
        Ok(())
    }

    /// Takes away cards that were pressed although others took their place; returns how many those were.
    ///
    /// Each is tried once: if that fails, the next press on it brings it back. While a card of its chat is being
    /// sent, by whatever process, it is kept: it may be that card, or the other one may not be written down yet.
    pub async fn retire_orphans(&self) -> usize {
        let orphans = std::mem::take(&mut *self.orphans());
        let mut retired = 0;
        for (orphan, incident) in orphans {
            if self.store.is_sending(incident.0, &orphan.chat, Lane::Card).await.unwrap_or(true) {
                self.orphans().insert(orphan, incident);
            } else if self.is_replaced(&orphan, incident).await.unwrap_or(false)
                && let Some(messenger) = self.messengers.get(&orphan.chat.platform)
            {
                drop(messenger.retire(&orphan).await);
                retired += 1;
            }
        }
        retired
    }

    /// Tells whether another message is the card of an incident in this one's chat.
    async fn is_replaced(
        &self,
        message: &MessageRef,
        (company, incident): (CompanyId, IncidentId),
    ) -> Result<bool, StoreError> {
        let surfaces = self.store.surfaces(company, incident).await?;
        let card = surfaces.into_iter().find(|surface| surface.message.chat == message.chat);
        Ok(card.is_some_and(|card| card.message != *message))
    }

    fn orphans(&self) -> MutexGuard<'_, BTreeMap<MessageRef, (CompanyId, IncidentId)>> {
        self.orphans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
