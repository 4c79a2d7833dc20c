//! The log while things happen: a line for each change of an incident that has a room, with who made it. What stands there
//! cannot be taken back, so it repeats nobody's words; those come with the room, once that is archived.

use super::archiving::LEFT;
use super::{Lodging, Stage, stage};
use crate::desk::commands::back_off;
use crate::desk::deliver::{Performed, suspended, unserved};
use crate::desk::showing::{Sheet, Shown};
use crate::desk::upkeep::Ward;
use crate::desk::{Desk, HandleError};
use crate::ids::Version;
use crate::ports::{Claim, DeliveryError, Messenger, Place, Posted, PostedKind};
use crate::roster::{GroupStatus, Landmark, PlatformName, Right};
use crate::time::Timestamp;
use crate::view::{LogLine, Message};

impl Desk {
    /// Writes the line of an event into the log that the group has now.
    pub(in crate::desk) async fn log_line(
        &self,
        (sheet, event): (&Sheet, Version),
        claim: &Claim,
        now: Timestamp,
    ) -> Result<Performed, HandleError> {
        let (own, group) = (&sheet.group.chat, sheet.group.id);
        let (Some(lodging), Some(name)) =
            (self.lodging(&sheet.policy, own), sheet.roster.landmark(group, Landmark::Log))
        else {
            // Somebody has decided meanwhile that nothing is to be logged.
            return Ok((Shown { overtaken: true, ..Shown::default() }, Ok(())));
        };
        if sheet.group.status == GroupStatus::Suspended {
            return Ok(suspended());
        }
        let Some(messenger) = self.messengers.get(&own.platform) else {
            return Ok(unserved(claim));
        };
        let Some(line) = self.line_of(lodging, sheet, event).await? else {
            return Ok((Shown { overtaken: true, ..Shown::default() }, Ok(())));
        };
        let mut shown = Shown::default();
        let written = write((lodging, sheet, name), &**messenger, &line, &mut shown).await;
        let ward = Ward { company: claim.company, group, now };
        let done = match written {
            Ok(()) => {
                if sheet.roster.refuses(group, own, Right::Log)
                    && !self.archives_in_vain(lodging, ward).await?
                {
                    self.report_right(ward, (&sheet.roster, own), Right::Log, true).await?;
                }
                Ok(())
            }
            Err(error @ (DeliveryError::Temporary { .. } | DeliveryError::Permanent { .. })) => Err(error),
            Err(error) => {
                self.report_right(ward, (&sheet.roster, own), Right::Log, false).await?;
                // Whatever else is to stand in the log waits with it, rather than be refused as well.
                let retry_after = Some(back_off(claim.attempt));
                Err(DeliveryError::Temporary { reason: error.to_string(), retry_after })
            }
        };
        Ok((shown, done))
    }

    async fn line_of(
        &self,
        lodging: &Lodging,
        sheet: &Sheet,
        event: Version,
    ) -> Result<Option<Message>, HandleError> {
        let (company, incident) = (sheet.filed.incident.company, sheet.filed.incident.id);
        let journal = self.store.history(company, incident).await?;
        let at = (event.get() as usize).checked_sub(1);
        let Some(event) = at.and_then(|at| journal.get(at)) else {
            return Ok(None);
        };
        let own = &sheet.group.chat;
        let people = self.people(&sheet.roster, own.platform, &LogLine::speaks_of(event)).await?;
        let locale = &self.locale_in(own, (&sheet.roster, sheet.group.id));
        let zone = sheet.roster.calendar(sheet.group.id, &self.calendar).zone;
        // One that is about to go leads nowhere.
        let stays = stage(&sheet.filed.incident) != Stage::Gone;
        let room = lodging.book.room(company, incident).await?.filter(|_| stays).map(|room| room.chat);
        let teams = sheet.roster.teams.values().map(|team| (team.id, team.name.clone())).collect();
        let line = LogLine { number: sheet.filed.number, event, teams, zone: &zone, room };
        Ok(Some(line.said(locale, &people)))
    }

    /// Tells whether a room of a group is still to be brought into its log. While one is, that says whether the log can be
    /// used: it takes more than a line.
    async fn archives_in_vain(&self, lodging: &Lodging, ward: Ward) -> Result<bool, HandleError> {
        for room in lodging.book.rooms(ward.company).await?.iter().filter(|room| room.admitted != LEFT) {
            let filed = self.store.load(ward.company, room.incident).await?;
            let theirs = filed.filter(|filed| filed.incident.group == ward.group);
            if theirs.is_some_and(|filed| stage(&filed.incident) == Stage::Gone) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

async fn write(
    (lodging, sheet, name): (&Lodging, &Sheet, &PlatformName),
    messenger: &dyn Messenger,
    line: &Message,
    shown: &mut Shown,
) -> Result<(), DeliveryError> {
    let chat = lodging.keeper.beside(&sheet.group.chat, name).await?;
    let message = messenger.send(&Place { chat, topic: None, reply_to: None }, line).await?;
    shown.posted = Some(Posted { message, incident: sheet.filed.incident.id, kind: PostedKind::Notice });
    Ok(())
}
