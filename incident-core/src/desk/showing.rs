//! Making a card show what is true: edit it, post it where there is none, pin it while it matters.

use super::{Desk, HandleError};
use crate::ids::{CompanyId, IncidentId, MessageRef};
use crate::policy::Policy;
use crate::ports::{DeliveryError, Filed, Messenger, Place, Posted, PostedKind, Surface};
use crate::roster::{Group, Right, Roster};
use crate::text::Text;
use crate::time::Timestamp;
use crate::view::{Card, CardSource, Locale, People, card};

/// Everything that a drawing of an incident needs.
pub(super) struct Sheet {
    pub(super) filed: Filed,
    pub(super) roster: Roster,
    pub(super) group: Group,
    pub(super) policy: Policy,
    pub(super) people: People,
}

impl Sheet {
    pub(super) fn source<'a>(&'a self, locale: &'a Locale) -> CardSource<'a> {
        let Self { filed, roster, policy, people, .. } = self;
        CardSource { filed, roster, policy, people, locale }
    }

    pub(super) fn place(&self, reply_to: Option<MessageRef>) -> Place {
        Place { chat: self.group.chat.clone(), topic: self.filed.incident.topic.clone(), reply_to }
    }
}

/// What showing a card left behind, whether it succeeded or not.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) posted: Option<Posted>,
    pub(super) gone: Vec<MessageRef>,
}

impl Desk {
    /// Gathers what a drawing needs; `None` if the incident or its group does not exist.
    pub(super) async fn sheet(
        &self,
        company: CompanyId,
        incident: IncidentId,
    ) -> Result<Option<Sheet>, HandleError> {
        let (Some(filed), Some(roster)) =
            (self.store.load(company, incident).await?, self.store.roster(company).await?)
        else {
            return Ok(None);
        };
        let Some(group) = roster.groups.get(&filed.incident.group).cloned() else {
            return Ok(None);
        };
        let policy = roster.policy(&self.policy);
        let people = People::new(self.store.people(company, &People::of(&filed.incident)).await?);
        Ok(Some(Sheet { filed, roster, group, policy, people }))
    }

    pub(super) fn locale_of(&self, roster: &Roster) -> &Locale {
        self.phrasebook.locale(roster.settings.locale.as_ref().map(Text::as_str))
    }

    /// Shows the card of an incident in its group's chat. What was achieved is noted in `shown`, also where
    /// the rest failed.
    pub(super) async fn show(
        &self,
        sheet: &Sheet,
        messenger: &dyn Messenger,
        shown: &mut Shown,
        now: Timestamp,
    ) -> Result<Result<(), DeliveryError>, HandleError> {
        let card = card(&sheet.source(self.locale_of(&sheet.roster)));
        let company = sheet.filed.incident.company;
        let surfaces = self.store.surfaces(company, sheet.filed.incident.id).await?;
        let present = surfaces.into_iter().find(|surface| surface.message.chat == sheet.group.chat);
        let surface = match draw(sheet, messenger, &card, present, shown).await {
            Ok(surface) => surface,
            Err(error) => return Ok(Err(error)),
        };
        self.pin(sheet, messenger, &card, surface, shown, now).await
    }

    async fn pin(
        &self,
        sheet: &Sheet,
        messenger: &dyn Messenger,
        card: &Card,
        surface: Surface,
        shown: &mut Shown,
        now: Timestamp,
    ) -> Result<Result<(), DeliveryError>, HandleError> {
        let refused = sheet.group.refused.contains(&Right::Pin);
        let done = match (card.pinned, surface.pinned) {
            (true, false) if !refused => messenger.pin(&surface.message).await,
            (false, true) => messenger.unpin(&surface.message).await,
            (true, true) | (true, false) | (false, false) => return Ok(Ok(())),
        };
        match done {
            Ok(()) => {
                shown.posted = Some(sheet.posted(surface.message, card.pinned));
                Ok(Ok(()))
            }
            Err(DeliveryError::Forbidden { right: Right::Pin }) => {
                let company = sheet.filed.incident.company;
                self.report_right(company, &sheet.group, Right::Pin, false, now).await?;
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(error)),
        }
    }
}

impl Sheet {
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
