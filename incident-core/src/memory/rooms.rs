//! Which incident has which room.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{MemoryStore, refusal};
use crate::ids::{ChatRef, CompanyId, IncidentId};
use crate::ports::{Room, RoomBook, StoreError};

#[derive(Default)]
pub(super) struct RoomsKept(BTreeMap<(CompanyId, IncidentId), Room>);

impl RoomsKept {
    pub(super) fn get(&self, company: CompanyId, incident: IncidentId) -> Option<Room> {
        self.0.get(&(company, incident)).cloned()
    }

    pub(super) fn in_chat(&self, chat: &ChatRef) -> Option<(CompanyId, IncidentId)> {
        self.0.iter().find(|(_, room)| room.chat == *chat).map(|(key, _)| *key)
    }

    pub(super) fn of(&self, company: CompanyId) -> Vec<Room> {
        self.0.iter().filter(|((owner, _), _)| *owner == company).map(|(_, room)| room.clone()).collect()
    }

    pub(super) fn keep(&mut self, company: CompanyId, room: &Room) -> Result<(), StoreError> {
        let key = (company, room.incident);
        if self.in_chat(&room.chat).is_some_and(|owner| owner != key) {
            return Err(refusal("keep a room", "the chat is the room of another incident"));
        }
        self.0.insert(key, room.clone());
        Ok(())
    }

    pub(super) fn note(&mut self, company: CompanyId, room: &Room) -> bool {
        let known = self.0.get_mut(&(company, room.incident)).filter(|known| known.chat == room.chat);
        known.map(|known| room.clone_into(known)).is_some()
    }

    pub(super) fn forget(&mut self, company: CompanyId, incident: IncidentId, chat: &ChatRef) {
        let key = (company, incident);
        if self.0.get(&key).is_some_and(|room| room.chat == *chat) {
            self.0.remove(&key);
        }
    }
}

#[async_trait]
impl RoomBook for MemoryStore {
    async fn room(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Room>, StoreError> {
        Ok(self.lock("look up a room")?.rooms.get(company, incident))
    }

    async fn room_in(&self, chat: &ChatRef) -> Result<Option<(CompanyId, IncidentId)>, StoreError> {
        Ok(self.lock("look up a room")?.rooms.in_chat(chat))
    }

    async fn rooms(&self, company: CompanyId) -> Result<Vec<Room>, StoreError> {
        Ok(self.lock("list rooms")?.rooms.of(company))
    }

    async fn keep_room(&self, company: CompanyId, room: &Room) -> Result<(), StoreError> {
        self.lock("keep a room")?.rooms.keep(company, room)
    }

    async fn note_room(&self, company: CompanyId, room: &Room) -> Result<bool, StoreError> {
        Ok(self.lock("note a room")?.rooms.note(company, room))
    }

    async fn forget_room(
        &self,
        company: CompanyId,
        incident: IncidentId,
        chat: &ChatRef,
    ) -> Result<(), StoreError> {
        self.lock("forget a room")?.rooms.forget(company, incident, chat);
        Ok(())
    }
}
