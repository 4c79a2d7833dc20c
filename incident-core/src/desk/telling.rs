//! What a group is told that is about no single incident: announcements, reports, files that are shown again.

use std::collections::BTreeMap;

use super::deliver::{Performed, suspended, unserved};
use super::showing::Shown;
use super::{Desk, HandleError};
use crate::figures::Figures;
use crate::ids::{IncidentId, PersonId};
use crate::incident::Fact;
use crate::ports::{Claim, DeliveryError, File, FileContent, Messenger, Place, StoreError};
use crate::report::{Form, Report, named};
use crate::roster::{Announcement, Grantee, Group, GroupStatus, Roster, RosterEffect};
use crate::text::Text;
use crate::view::{Locale, Message, announcement, file_gone, file_shown};

/// A group that is told something, where it is and with what it is told.
struct Hall<'a> {
    messenger: &'a dyn Messenger,
    roster: &'a Roster,
    group: &'a Group,
    locale: &'a Locale,
    place: Place,
}

impl Desk {
    /// Does what a group is owed that people see.
    pub(super) async fn tell(&self, claim: &Claim, effect: &RosterEffect) -> Result<Performed, HandleError> {
        let Some(roster) = self.store.roster(claim.company).await? else {
            return Ok((Shown::default(), Ok(())));
        };
        let Some(messenger) = self.messengers.get(&claim.chat.platform) else {
            return Ok(unserved(claim));
        };
        let Some(group) = roster.group(effect.group()) else {
            // It was admitted to another company meanwhile, which tells it so.
            return Ok((Shown { overtaken: true, ..Shown::default() }, Ok(())));
        };
        if group.status == GroupStatus::Suspended {
            return Ok(suspended());
        }
        let place = Place { chat: claim.chat.clone(), topic: None, reply_to: None };
        let locale = &self.locale_in(&claim.chat, (&roster, group.id));
        let mut hall = Hall { messenger: &**messenger, roster: &roster, group: &group, locale, place };
        let done = match effect {
            RosterEffect::Tell { announcement, .. } | RosterEffect::TellIn { announcement, .. } => {
                self.announce(&hall, announcement).await?
            }
            RosterEffect::SendReport { topic, form, figures, .. } => {
                hall.place.topic.clone_from(topic);
                self.send_report(&hall, *form, figures).await?
            }
            RosterEffect::SendFile { topic, incident, file, .. } => {
                hall.place.topic.clone_from(topic);
                self.show_again(&hall, *incident, *file).await?
            }
            RosterEffect::Consult { .. }
            | RosterEffect::Redraw { .. }
            | RosterEffect::Refresh { .. }
            | RosterEffect::Mirror { .. }
            | RosterEffect::EndClaims { .. }
            | RosterEffect::Admit { .. }
            | RosterEffect::PageShift { .. }
            | RosterEffect::Abandon { .. } => Ok(()),
        };
        let lives = roster.chats(group.id).is_some_and(|chats| chats.has(&claim.chat));
        let done = if lives { done } else { done.or_else(as_stranger) };
        Ok((Shown::default(), done))
    }

    async fn announce(
        &self,
        hall: &Hall<'_>,
        told: &Announcement,
    ) -> Result<Result<(), DeliveryError>, StoreError> {
        let mut ids = known(spoken_of(told).iter());
        ids.extend(known_people(hall.group));
        let people = self.people(hall.roster, hall.place.chat.platform, &ids).await?;
        Ok(hall.say(&announcement(hall.locale, &people, told)).await)
    }

    /// Writes a report and sends it. The figures are those of the instant at which it was asked for.
    async fn send_report(
        &self,
        hall: &Hall<'_>,
        form: Form,
        figures: &Figures,
    ) -> Result<Result<(), DeliveryError>, StoreError> {
        let people = self.store.people(hall.roster.company, &named(figures)).await?;
        let people: BTreeMap<PersonId, String> =
            people.into_iter().map(|person| (person.id, person.profile.name.to_string())).collect();
        let report = Report::new(figures.clone(), hall.roster, Some(hall.group.id), people);
        Ok(hall.send(&report.file(form, hall.locale)).await)
    }

    /// Sends a file of an incident again; where the platform keeps it no more, says so instead.
    async fn show_again(
        &self,
        hall: &Hall<'_>,
        incident: IncidentId,
        file: u32,
    ) -> Result<Result<(), DeliveryError>, StoreError> {
        let company = hall.roster.company;
        let Some(filed) = self.store.load(company, incident).await? else {
            return Ok(Ok(()));
        };
        let journal = self.store.history(company, incident).await?;
        let mut files = journal.into_iter().filter_map(|event| {
            if let Fact::AttachmentAdded { attachment } = event.fact { Some(attachment) } else { None }
        });
        let Some(attachment) = files.nth(file as usize) else {
            return Ok(Ok(()));
        };
        let gone = file_gone(hall.locale, filed.number, &attachment);
        if attachment.reference == Text::erased() {
            return Ok(hall.say(&gone).await);
        }
        let caption = file_shown(hall.locale, filed.number, &attachment);
        let content = FileContent::Kept(attachment);
        Ok(match hall.send(&File { content, caption }).await {
            Err(DeliveryError::Gone | DeliveryError::Permanent { .. }) => hall.say(&gone).await,
            done => done,
        })
    }
}

impl Hall<'_> {
    async fn say(&self, message: &Message) -> Result<(), DeliveryError> {
        self.messenger.send(&self.place, message).await.map(drop)
    }

    async fn send(&self, file: &File) -> Result<(), DeliveryError> {
        self.messenger.send_file(&self.place, file).await.map(drop)
    }
}

pub(super) fn known<'a>(grantees: impl Iterator<Item = &'a Grantee>) -> Vec<PersonId> {
    grantees
        .filter_map(|grantee| match grantee {
            Grantee::Person(person) => Some(*person),
            Grantee::Handle(_) | Grantee::Circle(_) => None,
        })
        .collect()
}

fn spoken_of(announcement: &Announcement) -> &[Grantee] {
    match announcement {
        Announcement::Managers { managers } => managers,
        Announcement::Granted { to: grantee, .. }
        | Announcement::Revoked { from: grantee, .. }
        | Announcement::NotHeld { from: grantee, .. } => std::slice::from_ref(grantee),
        Announcement::RightMissing { .. }
        | Announcement::Panel
        | Announcement::Language
        | Announcement::Linked { .. }
        | Announcement::Unlinked { .. }
        | Announcement::Code { .. }
        | Announcement::Invitation { .. }
        | Announcement::Admission { .. } => &[],
    }
}

/// Whoever has left, or never wrote to the bot, may not be reached; nobody tries that again and again.
fn as_stranger(error: DeliveryError) -> Result<(), DeliveryError> {
    match error {
        DeliveryError::Temporary { .. } => Err(error),
        DeliveryError::Gone
        | DeliveryError::Moved { .. }
        | DeliveryError::Forbidden { .. }
        | DeliveryError::ChatLost { .. }
        | DeliveryError::Permanent { .. } => Err(DeliveryError::Permanent { reason: error.to_string() }),
    }
}

fn known_people(group: &Group) -> Vec<PersonId> {
    known(group.grants.iter().map(|grant| &grant.to))
}
