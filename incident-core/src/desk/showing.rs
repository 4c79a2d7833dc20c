//! Making a card show what is true: edit it, post it where there is none, pin it while it matters.

use super::deliver::Performed;
use super::upkeep::Ward;
use super::{Desk, HandleError, LEASE, Nudge};
use crate::figures::Zone;
use crate::ids::{ChatRef, CompanyId, GroupId, IncidentId, MessageRef, PersonId, Platform};
use crate::incident::{Effect, Lane};
use crate::policy::Policy;
use crate::ports::{DeliveryError, Filed, Messenger, Place, Posted, PostedKind, StoreError, Surface};
use crate::roster::{Chats, Group, Right, Roster};
use crate::time::Timestamp;
use crate::view::{Card, CardSource, Locale, People, card, order_buttons};

/// Everything that a drawing of an incident needs.
#[derive(Clone)]
pub(super) struct Sheet {
    pub(super) filed: Filed,
    pub(super) roster: Roster,
    pub(super) group: Group,
    pub(super) policy: Policy,
    pub(super) people: People,
    /// The chat that it is drawn for.
    pub(super) chat: ChatRef,
}

impl Sheet {
    pub(super) fn source<'a>(&'a self, locale: &'a Locale) -> CardSource<'a> {
        let Self { filed, roster, policy, people, .. } = self;
        CardSource { filed, roster, policy, people, locale }
    }

    /// Where it goes: a topic is one of the group's own chat, the one that it had from the beginning.
    pub(super) fn place(&self, reply_to: Option<MessageRef>) -> Place {
        let at_home =
            self.chat == self.group.chat && !self.roster.settings.links.moved_in.contains(&self.group.id);
        let topic = self.filed.incident.topic.clone().filter(|_| at_home);
        Place { chat: self.chat.clone(), topic, reply_to }
    }
}

/// What showing something left behind, whether it succeeded or not.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) posted: Option<Posted>,
    pub(super) gone: Vec<MessageRef>,
    /// What was to be shown was no longer true.
    pub(super) overtaken: bool,
}

impl Desk {
    /// Gathers what a drawing for the own chat of a group needs, or for one elsewhere; `None` if the incident or its group does not exist.
    pub(super) async fn sheet(
        &self,
        (company, incident): (CompanyId, IncidentId),
        elsewhere: Option<&ChatRef>,
    ) -> Result<Option<Sheet>, HandleError> {
        let (Some(filed), Some(roster)) =
            (self.store.load(company, incident).await?, self.store.roster(company).await?)
        else {
            return Ok(None);
        };
        let Some(group) = roster.group(filed.incident.group) else {
            return Ok(None);
        };
        let policy = roster.policy_of(group.id, &self.policy);
        let chat = elsewhere.unwrap_or(&group.chat).clone();
        let people = self.people(&roster, chat.platform, &People::of(&filed.incident)).await?;
        Ok(Some(Sheet { filed, roster, group, policy, people, chat }))
    }

    /// Owes the card to chats that were linked while it was decided where it goes, so that nobody thought of them.
    pub(super) async fn show_where_linked_since(
        &self,
        (sheet, chats): (&Sheet, &Chats),
        since: Timestamp,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        let incident = &sheet.filed.incident;
        let lately = sheet.roster.updated_at + LEASE >= since;
        if chats.linked.is_empty() || !lately || incident.state.is_terminal() {
            return Ok(());
        }
        let surfaces = self.store.surfaces(incident.company, incident.id).await?;
        let missing = |chat: &&ChatRef| surfaces.iter().all(|surface| surface.message.chat != **chat);
        for chat in chats.linked.iter().filter(missing) {
            self.store.owe_card(incident.company, incident.id, &chats.address(chat), now).await?;
            (self.nudge)(Nudge::Deliver(Lane::Card));
        }
        Ok(())
    }

    /// Returns the words of a group, its own among them, as they are spelled in one of its chats.
    pub(super) fn locale_in(&self, chat: &ChatRef, (roster, group): (&Roster, GroupId)) -> Locale {
        self.words(chat.platform, roster.locale(group)).of_group(roster, group)
    }

    /// Collects people to be named on a platform, each by the account that they have there, if they have one.
    pub(super) async fn people(
        &self,
        roster: &Roster,
        platform: Platform,
        ids: &[PersonId],
    ) -> Result<People, StoreError> {
        let links = &roster.settings.links.people;
        if links.is_empty() {
            return Ok(People::new(self.store.people(roster.company, ids).await?).shown_on(platform));
        }
        let mut all: Vec<PersonId> = ids.to_vec();
        all.extend(ids.iter().flat_map(|id| roster.known_as(roster.who(*id))));
        all.sort_unstable();
        all.dedup();
        let people = self.store.people(roster.company, &all).await?;
        Ok(People::new(people).shown_on(platform).linked(links))
    }

    /// Shows the card of an incident in the chat of its sheet, and pins it `again` if somebody asked for that. What was
    /// achieved is noted in `shown`, also where the rest failed.
    pub(super) async fn show(
        &self,
        sheet: &Sheet,
        messenger: &dyn Messenger,
        (shown, again): (&mut Shown, bool),
        now: Timestamp,
    ) -> Result<Result<(), DeliveryError>, HandleError> {
        let locale = &self.locale_in(&sheet.chat, (&sheet.roster, sheet.group.id));
        let source = sheet.source(locale);
        let mut card = card(&source);
        if self.forms.contains(&sheet.chat.platform) {
            card.buttons.extend(Some(order_buttons(&source)).filter(|row| !row.is_empty()));
        }
        let company = sheet.filed.incident.company;
        let surfaces = self.store.surfaces(company, sheet.filed.incident.id).await?;
        let present = surfaces.into_iter().find(|surface| surface.message.chat == sheet.chat);
        let mut surface = match draw(sheet, messenger, &card, present, shown).await {
            Ok(surface) => surface,
            Err(error) => return Ok(Err(error)),
        };
        self.lately.drew((sheet.filed.incident.id, &sheet.chat), sheet.filed.incident.version, now);
        surface.pinned &= !again;
        let pinned = pin(sheet, messenger, surface, card.pinned, shown).await;
        if let Err(DeliveryError::Forbidden { .. } | DeliveryError::Permanent { .. }) = pinned {
            let ward = Ward { company, group: sheet.group.id, now };
            // The card stands there. If this cannot be noted, the next attempt at pinning notes it.
            drop(self.report_right(ward, (&sheet.roster, &sheet.chat), Right::Pin, false).await);
            return Ok(Ok(()));
        }
        Ok(pinned)
    }
}

impl Desk {
    /// Takes away the card of an incident in a chat in which its group lives no more. Nothing else is said there.
    pub(super) async fn leave(
        &self,
        sheet: &Sheet,
        messenger: &dyn Messenger,
        effect: &Effect,
    ) -> Result<Performed, StoreError> {
        let mut shown = Shown::default();
        if !matches!(effect, Effect::ShowCard | Effect::PinCard) {
            shown.overtaken = true;
            return Ok((shown, Ok(())));
        }
        let incident = &sheet.filed.incident;
        let surfaces = self.store.surfaces(incident.company, incident.id).await?;
        let card = surfaces.into_iter().find(|surface| surface.message.chat == sheet.chat);
        let Some(Surface { message, pinned }) = card else {
            return Ok((shown, Ok(())));
        };
        if pinned
            && let Err(error @ DeliveryError::Temporary { .. }) =
                messenger.unpin(&message, sheet.filed.number).await
        {
            return Ok((shown, Err(error)));
        }
        let done = match messenger.retire(&message).await {
            Err(error @ DeliveryError::Temporary { .. }) => Err(error),
            // Where we may do nothing any more, nothing is left to do.
            Ok(()) | Err(_) => {
                shown.gone.push(message);
                Ok(())
            }
        };
        Ok((shown, done))
    }
}

/// Pins a card while it matters, as far as we may.
async fn pin(
    sheet: &Sheet,
    messenger: &dyn Messenger,
    surface: Surface,
    wanted: bool,
    shown: &mut Shown,
) -> Result<(), DeliveryError> {
    match (wanted, surface.pinned) {
        (true, true) => return Ok(()),
        (true, false) if sheet.roster.refuses(sheet.group.id, &sheet.chat, Right::Pin) => return Ok(()),
        (true, false) => messenger.pin(&surface.message, sheet.filed.number).await?,
        // Also what is not known to be pinned: the answer to pinning it may have been lost. And also where the right is
        // not known to be back: nobody asks again for what is over.
        (false, true | false) => messenger.unpin(&surface.message, sheet.filed.number).await?,
    }
    shown.posted = Some(sheet.posted(surface.message, wanted));
    Ok(())
}

impl Sheet {
    /// Leaves only those in the roster whom mentions should know now; tells whether others stand in for the team.
    pub(super) fn only_present(&mut self, zone: &Zone, now: Timestamp) -> bool {
        let present = self.roster.present(self.group.id, self.filed.incident.team, zone, now);
        if let Some(group) = present.roster.groups.get(&self.group.id) {
            self.group = group.clone();
        }
        self.roster = present.roster;
        present.nobody
    }

    fn posted(&self, message: MessageRef, pinned: bool) -> Posted {
        Posted { message, incident: self.filed.incident.id, kind: PostedKind::Card { pinned } }
    }
}

/// Edits the card, or posts it where there is none or the old one is gone.
async fn draw(
    sheet: &Sheet,
    messenger: &dyn Messenger,
    card: &Card,
    present: Option<Surface>,
    shown: &mut Shown,
) -> Result<Surface, DeliveryError> {
    if let Some(surface) = present {
        match messenger.edit(&surface.message, card).await {
            Ok(()) => return Ok(surface),
            Err(DeliveryError::Gone) => shown.gone.push(surface.message),
            Err(error) => return Err(error),
        }
    }
    let message = messenger.post(&sheet.place(None), card).await?;
    shown.posted = Some(sheet.posted(message.clone(), false));
    Ok(Surface { message, pinned: false })
}
