//! Taking a room away: first what was said in it is brought into the log, its files one by one and its words as pages,
//! and only when all of it is there the room goes.

use std::sync::Arc;

use super::{Lodging, taken_away};
use crate::desk::showing::Sheet;
use crate::desk::upkeep::Ward;
use crate::desk::{Desk, HandleError, LEASE};
use crate::incident::Attachment;
use crate::ports::{Access, DeliveryError, File, FileContent, Messenger, Place, Room, Utterance};
use crate::report::transcript;
use crate::roster::{Landmark, Right};
use crate::time::Timestamp;
use crate::view::{Span, file_left};

/// How many files are sent in one attempt, which must end before its lease does.
const FILES_AT_ONCE: usize = 4;
/// What the room says of who is in it when nobody is any more.
const EMPTIED: &str = "-";
/// The same of a room in which something is kept that is in no log: it stays until somebody takes it away.
pub(super) const LEFT: &str = "- left";
/// The same while the rest of what is in it is still to be logged.
const LEAVING: &str = "- going left";
/// How everything ends that is said of who is in a room with something that is in no log. It may be opened again, and what
/// is logged after that begins behind what was left in it.
const ONLY_COPY: &str = " left";

type Outcome = Result<(), DeliveryError>;

impl Desk {
    /// Brings what was said in a room into the log, and takes the room away unless something of it is nowhere else.
    pub(super) async fn archive_room(
        &self,
        (lodging, sheet): (&Lodging, &Sheet),
        mut room: Room,
        messenger: &dyn Messenger,
        (now, lease_until): (Timestamp, Timestamp),
    ) -> Result<Outcome, HandleError> {
        let company = sheet.filed.incident.company;
        let (ward, chat) = (Ward { company, group: sheet.group.id, now }, &sheet.group.chat);
        let kept = match log_of(lodging, sheet).await {
            Ok(log) => {
                let logging = Logging { desk: self, lodging, sheet, messenger, log: &log, lease_until };
                logging.everything(&mut room).await?
            }
            Err(trouble) => Err(trouble),
        };
        match kept {
            Ok(()) => self.report_right(ward, (&sheet.roster, chat), Right::Log, true).await?,
            Err(Trouble::Log(error)) => {
                self.report_right(ward, (&sheet.roster, chat), Right::Log, false).await?;
                return Ok(Err(DeliveryError::Temporary { reason: error.to_string(), retry_after: None }));
            }
            Err(Trouble::Other(error)) => return Ok(Err(error)),
        }
        if room.admitted == LEFT {
            return Ok(Ok(()));
        }
        if let Err(error) = lodging.keeper.remove(&room.chat).await {
            return Ok(Err(error));
        }
        lodging.book.forget_room(company, room.incident, &room.chat).await?;
        Ok(Ok(()))
    }
}

/// Says who is let into a room, and goes on saying that something in it is in no log.
pub(super) fn letting_in(room: &Room, access: &Access) -> String {
    let mut written = access.written();
    if room.admitted.ends_with(ONLY_COPY) {
        written.push_str(ONLY_COPY);
    }
    written
}

/// Finds the log of a group.
async fn log_of(lodging: &Lodging, sheet: &Sheet) -> Result<Place, Trouble> {
    let Some(name) = sheet.roster.landmark(sheet.group.id, Landmark::Log) else {
        let reason = "there is no log to keep what was said".to_owned();
        return Err(Trouble::Log(DeliveryError::Permanent { reason }));
    };
    match lodging.keeper.log(&sheet.group.chat, name).await {
        Ok(chat) => Ok(Place { chat, topic: None, reply_to: None }),
        Err(error @ DeliveryError::Temporary { .. }) => Err(Trouble::Other(error)),
        Err(error) => Err(Trouble::Log(error)),
    }
}

/// What stands in the way of keeping what was said.
enum Trouble {
    /// Nothing can be kept before somebody changes something.
    Log(DeliveryError),
    /// Anything else.
    Other(DeliveryError),
}

impl Trouble {
    fn more() -> Self {
        let reason = "more is to be kept than one attempt has time for".to_owned();
        Self::Other(DeliveryError::Temporary { reason, retry_after: None })
    }

    /// Says what it means that a room cannot be read.
    fn reading(error: DeliveryError) -> Self {
        if let DeliveryError::Forbidden { right: Right::Log } = error {
            return Self::Log(error);
        }
        Self::Other(error)
    }
}

/// Bringing one room into the log.
struct Logging<'a> {
    desk: &'a Desk,
    lodging: &'a Lodging,
    sheet: &'a Sheet,
    messenger: &'a dyn Messenger,
    log: &'a Place,
    /// Whoever looks afterwards begins the same.
    lease_until: Timestamp,
}

/// Says what it means that something cannot be sent to the log.
fn unsent(error: DeliveryError) -> Trouble {
    if let DeliveryError::Temporary { .. } = error {
        return Trouble::Other(error);
    }
    Trouble::Log(error)
}

/// What became of something that was to be in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logged {
    /// It is there, or nowhere any more.
    Kept,
    /// The log does not take it, and it stands in the room.
    Left,
}

impl Logging<'_> {
    /// Lets nobody in any more, and brings everything into the log.
    async fn everything(&self, room: &mut Room) -> Result<Result<(), Trouble>, HandleError> {
        if !room.admitted.starts_with(EMPTIED) {
            // From here on nobody writes what would not be kept.
            if let Err(error) = self.lodging.keeper.admit(&room.chat, &Access::default()).await {
                return Ok(Err(Trouble::Other(error)));
            }
            let holds = room.admitted.ends_with(ONLY_COPY);
            room.admitted = if holds { LEAVING } else { EMPTIED }.to_owned();
            if let Err(trouble) = self.note(room).await? {
                return Ok(Err(trouble));
            }
        }
        if let Err(trouble) = self.files(room).await? {
            return Ok(Err(trouble));
        }
        if let Err(trouble) = self.words(room).await? {
            return Ok(Err(trouble));
        }
        if room.admitted == LEAVING {
            LEFT.clone_into(&mut room.admitted);
            if let Err(trouble) = self.note(room).await? {
                return Ok(Err(trouble));
            }
        }
        Ok(self.in_time())
    }

    /// Tells whether there is time for another call.
    fn in_time(&self) -> Result<(), Trouble> {
        let in_time = self.desk.clock.now() + LEASE / 4 < self.lease_until;
        if in_time { Ok(()) } else { Err(Trouble::more()) }
    }

    async fn read(&self, room: &Room, after: Option<&str>) -> Result<Vec<Utterance>, Trouble> {
        self.in_time()?;
        self.lodging.keeper.read(&room.chat, after).await.map_err(Trouble::reading)
    }

    /// Sends the files that are not in the log yet, some at a time.
    async fn files(&self, room: &mut Room) -> Result<Result<(), Trouble>, HandleError> {
        let mut sent = 0;
        loop {
            let said = match self.read(room, room.files_logged.as_deref()).await {
                Ok(said) => said,
                Err(trouble) => return Ok(Err(trouble)),
            };
            let Some(last) = said.last().map(|last| Arc::clone(&last.message)) else {
                return Ok(Ok(()));
            };
            if let Err(trouble) = self.files_among((&said, &mut sent), room).await? {
                return Ok(Err(trouble));
            }
            room.files_logged = Some(last);
            if let Err(trouble) = self.note(room).await? {
                return Ok(Err(trouble));
            }
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
            match self.files_of(utterance).await {
                Ok(Logged::Kept) => {}
                Ok(Logged::Left) => LEAVING.clone_into(&mut room.admitted),
                Err(trouble) => return Ok(Err(trouble)),
            }
            *sent += utterance.files.len();
            room.files_logged = Some(Arc::clone(&utterance.message));
            if let Err(trouble) = self.note(room).await? {
                return Ok(Err(trouble));
            }
        }
        Ok(Ok(()))
    }

    async fn files_of(&self, utterance: &Utterance) -> Result<Logged, Trouble> {
        let mut all = Logged::Kept;
        for file in &utterance.files {
            if self.send(self.kept(utterance, file)).await? == Logged::Left {
                self.tell_left(file).await?;
                all = Logged::Left;
            }
        }
        Ok(all)
    }

    /// Says in the log that a file stays in the room.
    async fn tell_left(&self, file: &Attachment) -> Result<(), Trouble> {
        self.in_time()?;
        let locale = self.desk.locale_in(&self.sheet.chat, (&self.sheet.roster, self.sheet.group.id));
        let words = file_left(&locale, self.sheet.filed.number, file);
        self.messenger.send(self.log, &words).await.map(drop).map_err(unsent)
    }

    /// Sends what was said, a page for each look at the room.
    async fn words(&self, room: &mut Room) -> Result<Result<(), Trouble>, HandleError> {
        let mut part = 1;
        loop {
            let said = match self.read(room, room.words_logged.as_deref()).await {
                Ok(said) => said,
                Err(trouble) => return Ok(Err(trouble)),
            };
            let Some(last) = said.last().map(|last| Arc::clone(&last.message)) else {
                return Ok(Ok(()));
            };
            if let Err(trouble) = self.send(self.page(part, &said)).await {
                return Ok(Err(trouble));
            }
            room.words_logged = Some(last);
            if let Err(trouble) = self.note(room).await? {
                return Ok(Err(trouble));
            }
            part += 1;
        }
    }

    /// Remembers how far it is, unless somebody else has taken the room away meanwhile.
    async fn note(&self, room: &Room) -> Result<Result<(), Trouble>, HandleError> {
        let known = self.lodging.book.note_room(self.sheet.filed.incident.company, room).await?;
        Ok(if known { Ok(()) } else { Err(Trouble::Other(taken_away())) })
    }

    /// Sends a file to the log. One that the platform keeps no more holds up nothing: the words say that there was one.
    /// One that the log does not take is left where it is.
    async fn send(&self, file: File) -> Result<Logged, Trouble> {
        self.in_time()?;
        let kept = matches!(file.content, FileContent::Kept(_));
        match self.messenger.send_file(self.log, &file).await {
            Ok(_) => Ok(Logged::Kept),
            Err(DeliveryError::Gone) if kept => Ok(Logged::Kept),
            Err(DeliveryError::Permanent { .. }) if kept => Ok(Logged::Left),
            Err(error) => Err(unsent(error)),
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
