//! What the desk owes itself: changes of a chat or a role that concern many incidents at once. Owed like a
//! message, so that a crash in the middle is made good; each part is harmless when repeated.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use super::change::{Order, RosterOrder};
use super::handle::Scene;
use super::request::{Ask, Request};
use super::wake::LIVE;
use super::{Desk, HandleError, Nudge};
use crate::ids::{ChatRef, CompanyId, GroupId, Identity, IncidentId, MessageRef, PersonId, Platform};
use crate::incident::{Command, Incident, Lane};
use crate::policy::Policy;
use crate::ports::{Listing, Page, StoreError, Tenancy};
use crate::roster::{AdmissionOrder, GroupStatus, LinkOrder, Right, Roster, RosterCommand, RosterEffect};
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
                let ward = Ward { company, group, now };
                return self.relocate(ward, &request.chat, Some(to.clone())).await;
            }
            Ask::BotRemoved if self.is_linked(company, group).await? => {
                return self.relocate(Ward { company, group, now }, &request.chat, None).await;
            }
            Ask::BotRemoved => {
                let leave = RosterCommand::Admission { group, order: AdmissionOrder::Leave };
                vec![RosterCommand::Suspend { group }, leave]
            }
            Ask::BotPresent { can_pin } => {
                let Some(roster) = self.store.roster(company).await? else {
                    return Ok(());
                };
                let report = |right, held| right_reported(&roster, (group, &request.chat), right, held);
                let mut commands = Vec::new();
                if roster.groups.get(&group).is_some_and(|group| group.chat == request.chat) {
                    commands.push(RosterCommand::Activate { group });
                }
                commands.push(report(Right::Write, true));
                commands.extend(can_pin.map(|held| report(Right::Pin, held)));
                only_if_known(&roster, group, commands)
            }
            Ask::MemberLeft { who } => {
                return self.member_left(Ward { company, group, now }, &request.chat, who).await;
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

    /// Tells whether a group lives in several chats.
    async fn is_linked(&self, company: CompanyId, group: GroupId) -> Result<bool, StoreError> {
        let roster = self.store.roster(company).await?;
        Ok(roster.is_some_and(|roster| !roster.mirrors(group).is_empty()))
    }

    /// Whoever leaves a chat holds nothing in its group any more, unless they have an account where else it lives.
    async fn member_left(&self, ward: Ward, chat: &ChatRef, who: &Identity) -> Result<(), HandleError> {
        let known = self.store.by_account(ward.company, who).await?;
        let (Some(person), Some(roster)) = (known, self.store.roster(ward.company).await?) else {
            return Ok(());
        };
        let person = roster.who(person);
        let accounts: Vec<PersonId> = roster.known_as(person).collect();
        let accounts = self.store.people(ward.company, &accounts).await?;
        let others =
            roster.chats(ward.group).into_iter().flat_map(|chats| chats.all().cloned().collect::<Vec<_>>());
        let platforms: Vec<Platform> =
            others.map(|other| other.platform).filter(|platform| *platform != chat.platform).collect();
        let stays = accounts.iter().any(|known| platforms.contains(&known.profile.identity.platform));
        if stays { Ok(()) } else { self.end_claims(ward, person, true).await }
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
            RosterEffect::Mirror { group, chat } => self.mirror(ward(group), chat).await,
            RosterEffect::Admit { group } => self.readmit(ward(group)).await,
            RosterEffect::EndClaims { group, person } => self.end_claims(ward(group), *person, false).await,
            RosterEffect::Tell { .. }
            | RosterEffect::TellIn { .. }
            | RosterEffect::Consult { .. }
            | RosterEffect::SendReport { .. }
            | RosterEffect::SendFile { .. }
            | RosterEffect::PageShift { .. } => Ok(()),
        }
    }

    /// Owes the card of each live incident of a group to a chat: to be shown there, or to be taken away.
    async fn mirror(&self, ward: Ward, chat: &ChatRef) -> Result<(), HandleError> {
        const PAGE: u32 = 100;
        let listing = Listing { group: Some(ward.group), states: LIVE.to_vec(), ..Listing::default() };
        let roster = self.store.roster(ward.company).await?;
        let Some(chats) = roster.and_then(|roster| roster.chats(ward.group)) else {
            return Ok(());
        };
        let to = chats.address(chat);
        let mut after: Option<IncidentId> = None;
        loop {
            let page = self.store.list(ward.company, &listing, Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else {
                (self.nudge)(Nudge::Deliver(Lane::Card));
                return Ok(());
            };
            after = Some(last.incident.id);
            for filed in page {
                self.store.owe_card(ward.company, filed.incident.id, &to, ward.now).await?;
            }
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
        let Some(chats) = roster.chats(ward.group) else {
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
                self.change(Order::own(&policy, &chats, incident, command), ward.now).await?;
            }
        }
    }

    /// Notes that a right in a chat was refused, or is held again. Those in it are told once.
    pub(super) async fn report_right(
        &self,
        ward: Ward,
        (roster, chat): (&Roster, &ChatRef),
        right: Right,
        held: bool,
    ) -> Result<(), HandleError> {
        if roster.refuses(ward.group, chat, right) == held {
            let commands = vec![right_reported(roster, (ward.group, chat), right, held)];
            self.note(ward.company, commands, ward.now).await?;
        }
        Ok(())
    }

    /// Notes where a chat is now, or that it is gone. A group that lives in others as well lives on there.
    pub(super) async fn relocate(
        &self,
        ward: Ward,
        from: &ChatRef,
        to: Option<ChatRef>,
    ) -> Result<(), HandleError> {
        let group = ward.group;
        let roster = self.store.roster(ward.company).await?;
        let linked = roster.as_ref().is_some_and(|roster| !roster.mirrors(group).is_empty());
        let lost = if linked {
            let order = LinkOrder::Leave { group, chat: from.clone(), lost: true };
            vec![RosterCommand::Linking { order }]
        } else {
            vec![RosterCommand::Suspend { group }]
        };
        let Some(to) = to else {
            return self.note(ward.company, lost, ward.now).await;
        };
        let taken = |noted: &_| matches!(noted, Err(HandleError::Store(StoreError { temporary: false, .. })));
        let own =
            roster.is_none_or(|roster| roster.groups.get(&group).is_none_or(|known| known.chat == *from));
        let migrate = if own {
            vec![RosterCommand::MigrateChat { group, to: to.clone() }]
        } else {
            let order = LinkOrder::Move { group, from: from.clone(), to: to.clone() };
            vec![RosterCommand::Linking { order }]
        };
        let mut noted = self.note(ward.company, migrate.clone(), ward.now).await;
        if taken(&noted) {
            self.vacate(&to, ward.company, ward.now).await?;
            noted = self.note(ward.company, migrate, ward.now).await;
        }
        // The new address is another group's: this one has no chat left.
        if taken(&noted) { self.note(ward.company, lost, ward.now).await } else { noted }
    }

    /// Frees a chat that only waits to be admitted. The platform may say that the bot was added to where a group has
    /// moved before it says that the group has moved, and then the group's own chat asks to be admitted.
    pub(super) async fn vacate(
        &self,
        chat: &ChatRef,
        company: CompanyId,
        now: Timestamp,
    ) -> Result<(), HandleError> {
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
        if scene.chats.has(&pressed.chat) && self.store.posted(scene.company, pressed).await?.is_none() {
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

fn right_reported(
    roster: &Roster,
    (group, chat): (GroupId, &ChatRef),
    right: Right,
    held: bool,
) -> RosterCommand {
    if roster.mirrors(group).iter().any(|mirror| mirror.chat == *chat) {
        let order = LinkOrder::Right { group, chat: chat.clone(), right, held };
        return RosterCommand::Linking { order };
    }
    RosterCommand::ReportRight { group, right, held }
}

/// A group that waits for approval is not activated by adding the bot once more, but asked for its name again: the
/// question may have gone with the bot.
fn only_if_known(roster: &Roster, group: GroupId, commands: Vec<RosterCommand>) -> Vec<RosterCommand> {
    match roster.groups.get(&group).map(|group| group.status) {
        Some(GroupStatus::Active | GroupStatus::Suspended) => commands,
        Some(GroupStatus::Pending) if roster.is_provisional() => {
            vec![RosterCommand::Admission { group, order: AdmissionOrder::Ask }]
        }
        Some(GroupStatus::Pending) | None => Vec::new(),
    }
}
