//! Taking a room away: first what was said in it is brought into the log, its files one by one and its words as pages,
//! and only when all of it is there the room goes.

use std::sync::Arc;

use super::Lodging;
use crate::desk::showing::Sheet;
use crate::desk::upkeep::Ward;
use crate::desk::{Desk, HandleError};
use crate::ids::ChatRef;
use crate::incident::Attachment;
use crate::ports::{Access, DeliveryError, File, FileContent, Messenger, Place, Room, Utterance};
use crate::report::transcript;
use crate::roster::{Landmark, Right};
use crate::time::Timestamp;
use crate::view::Span;

/// How many files are sent in one attempt, which must end before its lease does.
const FILES_AT_ONCE: usize = 4;
/// What the room says of who is in it when nobody is any more.
const EMPTIED: &str = "-";

type Outcome = Result<(), DeliveryError>;

impl Desk {
    /// Brings what was said in a room into the log, and takes the room away.
    pub(super) async fn archive_room(
        &self,
        (lodging, sheet): (&Lodging, &Sheet),
        mut room: Room,
        messenger: &dyn Messenger,
        now: Timestamp,
    ) -> Result<Outcome, HandleError> {
        let company = sheet.filed.incident.company;
        let ward = Ward { company, group: sheet.group.id, now };
        let Some(log) = sheet.roster.landmark(sheet.group.id, Landmark::Log) else {
            self.report_right(ward, (&sheet.roster, &sheet.group.chat), Right::Log, false).await?;
            return Ok(Err(missing_log()));
        };
        let log = Place {
            chat: ChatRef::new(sheet.group.chat.platform, log.as_str()),
            topic: None,
            reply_to: None,
        };
        if room.admitted != EMPTIED {
            // From here on nobody writes what would not be kept.
            if let Err(error) = lodging.keeper.admit(&room.chat, &Access::default()).await {
                return Ok(Err(error));
            }
            EMPTIED.clone_into(&mut room.admitted);
            lodging.book.keep_room(company, &room).await?;
        }
        let logging = Logging { desk: self, lodging, sheet, messenger, log: &log };
        let mut kept = logging.files(&mut room).await?;
        if kept.is_ok() {
            kept = logging.words(&mut room).await?;
        }
        if let Err(Trouble::Log(error)) = kept {
            self.report_right(ward, (&sheet.roster, &sheet.group.chat), Right::Log, false).await?;
            return Ok(Err(DeliveryError::Temporary { reason: error.to_string(), retry_after: None }));
        }
        if let Err(Trouble::Other(error)) = kept {
            return Ok(Err(error));
        }
        self.report_right(ward, (&sheet.roster, &sheet.group.chat), Right::Log, true).await?;
        if let Err(error) = lodging.keeper.remove(&room.chat).await {
            return Ok(Err(error));
        }
        lodging.book.forget_room(company, room.incident, &room.chat).await?;
        Ok(Ok(()))
    }
}

fn missing_log() -> DeliveryError {
    DeliveryError::Temporary { reason: "there is no log to keep what was said".to_owned(), retry_after: None }
}

/// What stands in the way of keeping what was said.
enum Trouble {
    /// The log cannot be written to before somebody changes something.
    Log(DeliveryError),
    /// Anything else.
    Other(DeliveryError),
}

impl Trouble {
    fn more() -> Self {
        let reason = "more files are to be kept".to_owned();
        Self::Other(DeliveryError::Temporary { reason, retry_after: None })
    }
}

/// Bringing one room into the log.
struct Logging<'a> {
    desk: &'a Desk,
    lodging: &'a Lodging,
    sheet: &'a Sheet,
    messenger: &'a dyn Messenger,
    log: &'a Place,
}

impl Logging<'_> {
    /// Sends the files that are not in the log yet, some at a time.
    async fn files(&self, room: &mut Room) -> Result<Result<(), Trouble>, HandleError> {
        let mut sent = 0;
        loop {
            let said = match self.lodging.keeper.read(&room.chat, room.files_logged.as_deref()).await {
                Ok(said) => said,
                Err(error) => return Ok(Err(Trouble::Other(error))),
            };
            let Some(last) = said.last().map(|last| Arc::clone(&last.message)) else {
                return Ok(Ok(()));
            };
            if let Err(trouble) = self.files_among((&said, &mut sent), room).await? {
                return Ok(Err(trouble));
            }
            room.files_logged = Some(last);
            self.note(room).await?;
        }
    }

    async fn files_among(
        &self,
        (said, sent): (&[Utterance], &mut usize),
        room: &mut Room,
    ) -> Result<Result<(), Trouble>, HandleError> {
        for utterance in said.iter().filter(|one| !one.files.is_empty()) {
            if *sent >= FILES_AT_ONCE {
                return Ok(Err(Trouble::more()));
            }
            if let Err(trouble) = self.files_of(utterance).await {
                return Ok(Err(trouble));
            }
            *sent += utterance.files.len();
            room.files_logged = Some(Arc::clone(&utterance.message));
            self.note(room).await?;
        }
        Ok(Ok(()))
    }

    async fn files_of(&self, utterance: &Utterance) -> Result<(), Trouble> {
        for file in &utterance.files {
            self.send(self.kept(utterance, file)).await?;
        }
        Ok(())
    }

    /// Sends what was said, a page for each look at the room.
    async fn words(&self, room: &mut Room) -> Result<Result<(), Trouble>, HandleError> {
        let mut part = 1;
        loop {
            let said = match self.lodging.keeper.read(&room.chat, room.words_logged.as_deref()).await {
                Ok(said) => said,
                Err(error) => return Ok(Err(Trouble::Other(error))),
            };
            let Some(last) = said.last().map(|last| Arc::clone(&last.message)) else {
                return Ok(Ok(()));
            };
            if let Err(trouble) = self.send(self.page(part, &said)).await {
                return Ok(Err(trouble));
            }
            room.words_logged = Some(last);
            self.note(room).await?;
            part += 1;
        }
    }

    async fn note(&self, room: &Room) -> Result<(), HandleError> {
        Ok(self.lodging.book.keep_room(self.sheet.filed.incident.company, room).await?)
    }

    /// Sends a file to the log. One that the platform keeps no more, or takes from nobody, holds up nothing: the words
    /// say that there was one.
    async fn send(&self, file: File) -> Result<(), Trouble> {
        let kept = matches!(file.content, FileContent::Kept(_));
        match self.messenger.send_file(self.log, &file).await {
            Ok(_) => Ok(()),
            Err(DeliveryError::Gone | DeliveryError::Permanent { .. }) if kept => Ok(()),
            Err(error @ DeliveryError::Temporary { .. }) => Err(Trouble::Other(error)),
            Err(error) => Err(Trouble::Log(error)),
        }
    }

    fn kept(&self, utterance: &Utterance, file: &Attachment) -> File {
        let words = format!("{} · {}", self.sheet.filed.number, utterance.by);
        File { content: FileContent::Kept(file.clone()), caption: vec![Span::written(&words)] }
    }

    fn page(&self, part: u32, said: &[Utterance]) -> File {
        let (number, group) = (self.sheet.filed.number.to_string(), self.sheet.group.id);
        let zone = self.sheet.roster.calendar(group, &self.desk.calendar).zone;
        let locale = self.desk.locale_in(&self.sheet.chat, (&self.sheet.roster, group));
        let page = transcript(&number, (part, said), (&zone, &locale));
        let from = said.first().map_or("", |first| &first.message);
        let content = FileContent::Made {
            name: format!("{number}-{from}.html"),
            media_type: "text/html",
            bytes: page.into_bytes().into(),
        };
        File { content, caption: vec![Span::Plain(number)] }
    }
}
