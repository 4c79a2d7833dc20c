//! A room of its own for an incident: a private place on the platform that only those see who are concerned. Where a
//! group's incidents have rooms, their cards stand there, and what is said there belongs to them.
//!
//! Two ports, because two must agree: [`Rooms`] is what the platform can do, [`RoomBook`] is what the store remembers of
//! it.

use std::sync::Arc;

use async_trait::async_trait;

use super::{DeliveryError, StoreError};
use crate::ids::{ChatRef, CompanyId, Identity, IncidentId};
use crate::incident::Attachment;
use crate::roster::PlatformName;
use crate::time::Timestamp;

/// Who sees a room. The bot always does, and so does whoever the platform lets see everything; nobody else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    /// Whose report it is.
    pub reporter: Option<Identity>,
    /// Whether that one may write, or read only.
    pub reporter_writes: bool,
    /// Others who may read and write.
    pub people: Vec<Identity>,
    /// The platform's own ids of circles of people who may read and write.
    pub circles: Vec<Arc<str>>,
}

impl Access {
    /// Returns it as a text that is the same whenever the same people see the room, for comparing.
    pub fn written(&self) -> String {
        let mut parts = Vec::new();
        if let Some(reporter) = &self.reporter {
            parts.push(format!("{}{}", if self.reporter_writes { "w:" } else { "r:" }, reporter.user));
        }
        parts.extend(self.people.iter().map(|person| format!("p:{}", person.user)));
        parts.extend(self.circles.iter().map(|circle| format!("g:{circle}")));
        parts.sort_unstable();
        parts.join(" ")
    }
}

/// A room as it should be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomOrder {
    /// What it is called.
    pub name: String,
    /// What stands in it for everybody to see, and by which it is found again: no other room says the same.
    pub mark: String,
    /// The group's chat, beside which it is opened where nothing else is said.
    pub beside: ChatRef,
    /// Among which places it is opened.
    pub category: Option<PlatformName>,
    /// Who sees it.
    pub access: Access,
}

/// Something that was said in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Utterance {
    /// The message, as the platform names it.
    pub message: Arc<str>,
    /// When.
    pub at: Timestamp,
    /// The name of whoever said it.
    pub by: String,
    /// What it says, without markup where the platform has any.
    pub text: String,
    /// The files that came with it.
    pub files: Vec<Attachment>,
}

/// Opens rooms and keeps them. Every method makes at most one attempt and has a time limit well below the lease of an
/// effect; retrying is the desk's business.
#[async_trait]
pub trait Rooms: Send + Sync {
    /// Opens a room that only those see who should, or finds the one that was opened for the same mark before: an answer
    /// may have been lost.
    ///
    /// # Errors
    /// See [`DeliveryError`]. [`Right::Room`](crate::roster::Right::Room) is missing where no room can be opened before
    /// somebody changes something on the platform.
    async fn open(&self, order: &RoomOrder) -> Result<ChatRef, DeliveryError>;

    /// Lets in whoever should see a room, and nobody else. The same again is a success.
    ///
    /// # Errors
    /// See [`DeliveryError`]; [`DeliveryError::ChatLost`] if there is no such room any more.
    async fn admit(&self, room: &ChatRef, access: &Access) -> Result<(), DeliveryError>;

    /// Reads what was said in a room after a message, or from the beginning, oldest first: as much as one look gives,
    /// nothing once there is no more.
    ///
    /// # Errors
    /// See [`DeliveryError`]; [`DeliveryError::ChatLost`] if there is no such room any more.
    /// [`Right::Log`](crate::roster::Right::Log) is missing where not all that was said can be read.
    async fn read(&self, room: &ChatRef, after: Option<&str>) -> Result<Vec<Utterance>, DeliveryError>;

    /// Finds the chat of a name that belongs to whoever the group's chat belongs to on the platform, lest what happens
    /// there be told to others.
    ///
    /// # Errors
    /// See [`DeliveryError`]. [`Right::Log`](crate::roster::Right::Log) is missing where there is no such chat.
    async fn beside(&self, chat: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError>;

    /// Finds the chat that is to keep what was said in rooms. It belongs to whoever the group's chat belongs to on the
    /// platform, lest what was said be told to others; and there is none while not all that was said can be read.
    ///
    /// # Errors
    /// See [`DeliveryError`]. [`Right::Log`](crate::roster::Right::Log) is missing where nothing can be kept before
    /// somebody changes something.
    async fn log(&self, beside: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError>;

    /// Takes a room away with all that was said in it. One that is gone is a success.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    async fn remove(&self, room: &ChatRef) -> Result<(), DeliveryError>;
}

/// A room as the store remembers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Whose it is.
    pub incident: IncidentId,
    /// Where it is.
    pub chat: ChatRef,
    /// Who was let in last, as [`Access::written`] says it, and behind that whether something in it is in no log.
    pub admitted: String,
    /// Up to which message its files are in the log.
    pub files_logged: Option<Arc<str>>,
    /// Up to which message its words are.
    pub words_logged: Option<Arc<str>>,
}

/// Remembers rooms. An incident has at most one, and a chat is the room of at most one incident.
#[async_trait]
pub trait RoomBook: Send + Sync {
    /// Returns the room of an incident.
    ///
    /// # Errors
    /// If the store fails.
    async fn room(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Room>, StoreError>;

    /// Tells whose room a chat is.
    ///
    /// # Errors
    /// If the store fails.
    async fn room_in(&self, chat: &ChatRef) -> Result<Option<(CompanyId, IncidentId)>, StoreError>;

    /// Lists the rooms of a company, in the order of their incidents.
    ///
    /// # Errors
    /// If the store fails.
    async fn rooms(&self, company: CompanyId) -> Result<Vec<Room>, StoreError>;

    /// Remembers a room that was opened, in place of what was remembered of the incident's.
    ///
    /// # Errors
    /// If the store fails, or the chat is another incident's room.
    async fn keep_room(&self, company: CompanyId, room: &Room) -> Result<(), StoreError>;

    /// Remembers a room as it is now, and tells whether it is the one that is remembered; if not, nothing changes.
    ///
    /// # Errors
    /// If the store fails.
    async fn note_room(&self, company: CompanyId, room: &Room) -> Result<bool, StoreError>;

    /// Forgets the room of an incident, if that is where it is.
    ///
    /// # Errors
    /// If the store fails.
    async fn forget_room(
        &self,
        company: CompanyId,
        incident: IncidentId,
        chat: &ChatRef,
    ) -> Result<(), StoreError>;
}
