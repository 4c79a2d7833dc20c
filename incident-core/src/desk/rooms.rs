//! Rooms: where a group's incidents have one each, its card and its notices stand there, and what is said there belongs
//! to it.
//!
//! A room is owed like a card, and by the same effect: "there is a room as the state has it, and the card in it shows
//! what is true". It is open while there is work to do; once that is over the reporter may only read; once the incident
//! is archived, what was said is kept in the log, and only then is the room taken away. Each step is written down when
//! it is done, so a crash between two repeats one at most.

mod archiving;
mod logging;
mod talking;
mod viewing;

pub(super) use talking::Whereabouts;
pub(super) use viewing::Viewer;

use std::collections::BTreeSet;
use std::sync::Arc;

use super::change::Order;
use super::deliver::{Performed, still_true, unserved};
use super::handle::{Answer, Scene};
use super::showing::{Sheet, Shown};
use super::upkeep::Ward;
use super::{Desk, HandleError};
use crate::ids::{ChatRef, CompanyId, Identity, IncidentId, PersonId, Platform};
use crate::incident::{Audience, Effect, Incident, Lane, Level, Notice};
use crate::policy::{Policy, Role};
use crate::ports::{Access, Claim, DeliveryError, Messenger, Room, RoomBook, RoomOrder, Rooms, StoreError};
use crate::roster::{Grantee, Landmark, Right};
use crate::time::Timestamp;
use crate::view::Said;

/// What is needed for rooms on a platform.
#[derive(Clone)]
pub(super) struct Lodging {
    pub(super) keeper: Arc<dyn Rooms>,
    pub(super) book: Arc<dyn RoomBook>,
}

/// What a room should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The reporter and those who help them talk.
    Open,
    /// The reporter may read.
    Locked,
    /// There is none.
    Gone,
}

const fn stage(incident: &Incident) -> Stage {
    match (incident.state.is_terminal(), incident.archived) {
        (false, _) => Stage::Open,
        (true, false) => Stage::Locked,
        (true, true) => Stage::Gone,
    }
}

/// Where a room stands, as far as it could be brought; and why no further.
type Housed = Result<Option<Room>, DeliveryError>;

impl Desk {
    /// Opens rooms for incidents on a platform where the policy gives them some, and remembers them in a book.
    #[must_use]
    pub fn with_rooms(mut self, platform: Platform, keeper: Arc<dyn Rooms>, book: Arc<dyn RoomBook>) -> Self {
        self.rooms.insert(platform, Lodging { keeper, book });
        self
    }

    /// Lists the rooms of a company on a platform.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn rooms_on(&self, platform: Platform, company: CompanyId) -> Result<Vec<ChatRef>, StoreError> {
        let Some(lodging) = self.rooms.get(&platform) else {
            return Ok(Vec::new());
        };
        Ok(lodging.book.rooms(company).await?.into_iter().map(|room| room.chat).collect())
    }

    /// Tells whether incidents have rooms on a platform.
    pub fn keeps_rooms(&self, platform: Platform) -> bool {
        self.rooms.contains_key(&platform) && self.policy.rules().rooms
    }

    /// Tells whether a chat is the room of an incident.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn is_room(&self, chat: &ChatRef) -> Result<bool, StoreError> {
        let Some(lodging) = self.rooms.get(&chat.platform) else { return Ok(false) };
        Ok(lodging.book.room_in(chat).await?.is_some())
    }

    /// Returns what is needed for the rooms of the group of a chat, if its incidents have any.
    pub(super) fn lodging(&self, policy: &Policy, chat: &ChatRef) -> Option<&Lodging> {
        self.rooms.get(&chat.platform).filter(|_| policy.rules().rooms)
    }

    /// Does what is owed for an incident that has a room.
    pub(super) async fn perform_in_room(
        &self,
        (lodging, sheet): (&Lodging, Sheet),
        claim: &Claim,
        effect: &Effect,
        now: Timestamp,
    ) -> Result<Performed, HandleError> {
        let mut shown = Shown::default();
        if sheet.chat != sheet.group.chat {
            // A room is private: nothing of it is shown in the other chats of the group.
            shown.overtaken = true;
            return Ok((shown, Ok(())));
        }
        let Some(messenger) = self.messengers.get(&sheet.group.chat.platform) else {
            return Ok(unserved(claim));
        };
        let (company, incident) = (sheet.filed.incident.company, sheet.filed.incident.id);
        let room = lodging.book.room(company, incident).await?;
        let chat = room.as_ref().map(|room| room.chat.clone());
        let done = match effect {
            Effect::ShowCard | Effect::PinCard => {
                let again = matches!(effect, Effect::PinCard);
                let within = (lodging, room);
                let times = (now, claim.lease_until);
                self.show_in_room(within, (sheet, &**messenger), (&mut shown, again), times).await?
            }
            Effect::Say { notice } if still_true(notice, &sheet.filed.incident.state) => match room {
                Some(room) if !self.hears(&sheet, &room, notice).await? => Err(not_let_in()),
                Some(room) => {
                    let within = sheet.within(&room);
                    self.say(within, &**messenger, notice, &mut shown).await?
                }
                None if stage(&sheet.filed.incident) == Stage::Open => Err(not_yet()),
                None => {
                    shown.overtaken = true;
                    Ok(())
                }
            },
            Effect::Say { .. } | Effect::Ring { .. } | Effect::Log { .. } => {
                shown.overtaken = true;
                Ok(())
            }
        };
        if let (Err(DeliveryError::ChatLost { .. }), Some(chat)) = (&done, chat) {
            // Somebody took the room away by hand. While there is work to do another one is opened.
            lodging.book.forget_room(company, incident, &chat).await?;
        }
        Ok((shown, done.map_err(within_room)))
    }

    /// Has a room as the state has it, and shows the card in it.
    async fn show_in_room(
        &self,
        (lodging, room): (&Lodging, Option<Room>),
        (sheet, messenger): (Sheet, &dyn Messenger),
        (shown, again): (&mut Shown, bool),
        (now, lease_until): (Timestamp, Timestamp),
    ) -> Result<Result<(), DeliveryError>, HandleError> {
        let housed = match (stage(&sheet.filed.incident), room) {
            (Stage::Open, None) => self.open_room(lodging, &sheet, messenger, now).await?,
            (Stage::Locked | Stage::Gone, None) => Ok(None),
            (Stage::Open | Stage::Locked, Some(room)) => self.arranged(lodging, &sheet, room).await?,
            (Stage::Gone, Some(room)) => {
                return self.archive_room((lodging, &sheet), room, messenger, (now, lease_until)).await;
            }
        };
        match housed {
            Ok(Some(room)) => self.show(&sheet.within(&room), messenger, (shown, again), now).await,
            Ok(None) => Ok(Ok(())),
            Err(error) => Ok(Err(error)),
        }
    }

    async fn open_room(
        &self,
        lodging: &Lodging,
        sheet: &Sheet,
        messenger: &dyn Messenger,
        now: Timestamp,
    ) -> Result<Housed, HandleError> {
        let (incident, number) = (&sheet.filed.incident, sheet.filed.number);
        let access = self.access(sheet).await?;
        let admitted = access.written();
        let order = RoomOrder {
            name: number.to_string().to_lowercase(),
            mark: format!("{number} · {}", incident.id),
            beside: sheet.group.chat.clone(),
            category: sheet.roster.landmark(sheet.group.id, Landmark::Rooms).cloned(),
            access,
        };
        let ward = Ward { company: incident.company, group: sheet.group.id, now };
        let opened = lodging.keeper.open(&order).await;
        if let Err(DeliveryError::Forbidden { right: Right::Room }) = opened {
            self.report_right(ward, (&sheet.roster, &sheet.group.chat), Right::Room, false).await?;
        }
        let chat = match opened {
            Ok(chat) => chat,
            Err(error) => return Ok(Err(error)),
        };
        let room = Room { incident: incident.id, chat, admitted, files_logged: None, words_logged: None };
        // Those who respond are called into it before it is written down that it is there: rather twice than never.
        let summons = Notice::Summon { audience: Audience::Role(Role::Responder) };
        let called = self.say(sheet.within(&room), messenger, &summons, &mut Shown::default()).await?;
        if let Err(error) = called {
            return Ok(Err(error));
        }
        lodging.book.keep_room(incident.company, &room).await?;
        self.report_right(ward, (&sheet.roster, &sheet.group.chat), Right::Room, true).await?;
        Ok(Ok(Some(room)))
    }

    /// Tells whether everybody who helps is in a room by the time that they are called: nobody hears of being named in a
    /// place that they do not see. The card lets them in, and it alone, so that no two arrange a room at once.
    async fn hears(&self, sheet: &Sheet, room: &Room, notice: &Notice) -> Result<bool, HandleError> {
        let Notice::Summon { .. } = notice else { return Ok(true) };
        let helping = Access { reporter: None, ..self.access(sheet).await? }.written();
        let within: BTreeSet<&str> = room.admitted.split(' ').collect();
        Ok(helping.split_whitespace().all(|one| within.contains(one)))
    }

    /// Lets in whoever should see a room now.
    async fn arranged(
        &self,
        lodging: &Lodging,
        sheet: &Sheet,
        mut room: Room,
    ) -> Result<Housed, HandleError> {
        let access = self.access(sheet).await?;
        let admitted = archiving::letting_in(&room, &access);
        if room.admitted != admitted {
            if let Err(error) = lodging.keeper.admit(&room.chat, &access).await {
                return Ok(Err(error));
            }
            room.admitted = admitted;
            if !lodging.book.note_room(sheet.filed.incident.company, &room).await? {
                return Ok(Err(taken_away()));
            }
        }
        Ok(Ok(Some(room)))
    }

    /// Owes the card of everything in a group that has a room: whoever should see the room is let in with it.
    pub(super) async fn readmit(&self, ward: Ward) -> Result<(), HandleError> {
        let roster = self.store.roster(ward.company).await?;
        let Some(chats) = roster.and_then(|roster| roster.chats(ward.group)) else {
            return Ok(());
        };
        let Some(lodging) = self.rooms.get(&chats.own.platform) else {
            return Ok(());
        };
        for room in lodging.book.rooms(ward.company).await? {
            let filed = self.store.load(ward.company, room.incident).await?;
            if filed.is_some_and(|filed| filed.incident.group == ward.group) {
                let to = chats.address(&chats.own);
                self.store.owe_card(ward.company, room.incident, &to, ward.now).await?;
            }
        }
        (self.nudge)(super::Nudge::Deliver(Lane::Card));
        Ok(())
    }

    /// Says who sees the room of an incident now: its reporter, those who respond, and those who manage once they were
    /// asked.
    async fn access(&self, sheet: &Sheet) -> Result<Access, HandleError> {
        let (incident, group) = (&sheet.filed.incident, &sheet.group);
        let asked: &[Role] = if incident.level > Level::FIRST {
            &[Role::Responder, Role::Manager]
        } else {
            &[Role::Responder]
        };
        let (mut ids, mut circles) = (BTreeSet::<PersonId>::new(), BTreeSet::new());
        for holder in asked.iter().flat_map(|role| group.holders(*role)) {
            match holder {
                Grantee::Person(person) => drop(ids.replace(*person)),
                Grantee::Circle(circle) if circle.platform() == group.chat.platform => {
                    circles.insert(circle.id().into());
                }
                Grantee::Circle(_) | Grantee::Handle(_) => {}
            }
        }
        ids.extend(incident.assignees().chain(incident.participants()));
        // Whoever has an account elsewhere is let in by the one that they have here.
        let accounts = |person: PersonId| sheet.roster.known_as(sheet.roster.who(person));
        let reporting: BTreeSet<PersonId> = accounts(incident.reporter).collect();
        let ids: Vec<PersonId> = ids.into_iter().flat_map(accounts).chain(reporting.clone()).collect();
        let people = self.store.people(incident.company, &ids).await?;
        let (mut others, mut reporter): (Vec<Identity>, Option<Identity>) = (Vec::new(), None);
        for person in people.into_iter().filter(|one| one.profile.identity.platform == group.chat.platform) {
            if reporter.is_none() && reporting.contains(&person.id) {
                reporter = Some(person.profile.identity);
            } else {
                others.push(person.profile.identity);
            }
        }
        let reporter_writes = stage(incident) == Stage::Open;
        Ok(Access { reporter, reporter_writes, people: others, circles: circles.into_iter().collect() })
    }

    /// Has the room of a new incident opened before its reporter is answered, so that the answer can say where it is. What
    /// fails is tried again like anything that is owed.
    pub(super) async fn led_to_room(&self, scene: &Scene<'_>, answer: Answer) -> Result<Answer, HandleError> {
        let (Some(lodging), Said::Reported(number), Some(filed)) =
            (self.lodging(&scene.policy, &scene.group.chat), &answer.said, &answer.filed)
        else {
            return Ok(answer);
        };
        if let Some(claim) = self.take_welcome(filed.incident.id) {
            self.carry_out(claim).await;
        }
        let room = lodging.book.room(scene.company, filed.incident.id).await?;
        Ok(match room {
            Some(room) => Answer { said: Said::Housed { number: *number, room: room.chat }, ..answer },
            None => answer,
        })
    }

    /// Keeps the claim of a new card in the group's own chat aside for whoever answers its reporter; returns the others.
    pub(super) fn keep_welcome(&self, order: &Order<'_>, claims: Vec<Claim>, now: Timestamp) -> Vec<Claim> {
        let is_welcome = |claim: &Claim| claim.owed.lane() == Lane::Card && claim.chat == order.chats.own;
        let (welcome, others): (Vec<Claim>, Vec<Claim>) = claims.into_iter().partition(is_welcome);
        let mut kept = self.welcomes();
        // Whoever was to be answered may never have been.
        kept.retain(|_, claim| claim.lease_until > now);
        kept.extend(welcome.into_iter().map(|claim| (order.incident, claim)));
        others
    }

    fn take_welcome(&self, incident: IncidentId) -> Option<Claim> {
        self.welcomes().remove(&incident)
    }

    fn welcomes(&self) -> std::sync::MutexGuard<'_, std::collections::BTreeMap<IncidentId, Claim>> {
        self.welcomes.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Sheet {
    /// The same, where the chat is the room. What was refused in the group's chat says nothing of it.
    fn within(&self, room: &Room) -> Self {
        let mut sheet = Self { chat: room.chat.clone(), ..self.clone() };
        if let Some(group) = sheet.roster.groups.get_mut(&sheet.group.id) {
            group.refused.clear();
        }
        sheet
    }
}

fn taken_away() -> DeliveryError {
    DeliveryError::Temporary { reason: "its room was taken away meanwhile".to_owned(), retry_after: None }
}

fn not_let_in() -> DeliveryError {
    let reason = "whoever is called is not let into its room yet".to_owned();
    DeliveryError::Temporary { reason, retry_after: None }
}

fn not_yet() -> DeliveryError {
    DeliveryError::Temporary { reason: "its room is not open yet".to_owned(), retry_after: None }
}

/// What happens to a room is no news about the group's chat: whatever stands in the way is tried again.
fn within_room(error: DeliveryError) -> DeliveryError {
    match error {
        DeliveryError::Permanent { .. } => error,
        // The adapter waits for as long as it was asked to; the group's chat need not.
        DeliveryError::Temporary { reason, .. } => DeliveryError::Temporary { reason, retry_after: None },
        DeliveryError::Gone
        | DeliveryError::Moved { .. }
        | DeliveryError::Forbidden { .. }
        | DeliveryError::ChatLost { .. } => {
            DeliveryError::Temporary { reason: error.to_string(), retry_after: None }
        }
    }
}
