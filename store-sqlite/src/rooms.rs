//! Which incident has which room.

use async_trait::async_trait;
use incident_core::ids::{ChatRef, CompanyId, IncidentId};
use incident_core::ports::{Room, RoomBook, StoreError};
use rusqlite::{Connection, Row, ToSql, params};

use crate::error::Fault;
use crate::open::SqliteStore;
use crate::rows::Record;

pub(crate) const OF: &str = "SELECT company, incident, chat, admitted, files_logged, words_logged FROM rooms
    WHERE company = ?1 AND incident = ?2";

pub(crate) const IN: &str = "SELECT company, incident, chat, admitted, files_logged, words_logged FROM rooms
    WHERE chat = ?1";

pub(crate) const ALL: &str = "SELECT company, incident, chat, admitted, files_logged, words_logged FROM rooms
    WHERE company = ?1 ORDER BY incident";

const KEEP: &str = "INSERT INTO rooms (company, incident, chat, admitted, files_logged, words_logged)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (company, incident) DO UPDATE SET chat = excluded.chat, admitted = excluded.admitted,
        files_logged = excluded.files_logged, words_logged = excluded.words_logged";

const NOTE: &str = "UPDATE rooms SET admitted = ?4, files_logged = ?5, words_logged = ?6
    WHERE company = ?1 AND incident = ?2 AND chat = ?3";

const FORGET: &str = "DELETE FROM rooms WHERE company = ?1 AND incident = ?2 AND chat = ?3";

#[async_trait]
impl RoomBook for SqliteStore {
    async fn room(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Room>, StoreError> {
        let (company, incident) = (company.to_string(), incident.to_string());
        let found = self.read("look up a room", |db| select(db, OF, &[&company, &incident]))?;
        Ok(found.into_iter().next().map(|(_, room)| room))
    }

    async fn room_in(&self, chat: &ChatRef) -> Result<Option<(CompanyId, IncidentId)>, StoreError> {
        let chat = chat.to_string();
        let found = self.read("look up a room", |db| select(db, IN, &[&chat]))?;
        Ok(found.into_iter().next().map(|(company, room)| (company, room.incident)))
    }

    async fn rooms(&self, company: CompanyId) -> Result<Vec<Room>, StoreError> {
        let company = company.to_string();
        let found = self.read("list rooms", |db| select(db, ALL, &[&company]))?;
        Ok(found.into_iter().map(|(_, room)| room).collect())
    }

    async fn keep_room(&self, company: CompanyId, room: &Room) -> Result<(), StoreError> {
        let (company, room) = (company, room.clone());
        self.write("keep a room", move |db: &Connection| set(db, KEEP, company, &room).map(drop)).await
    }

    async fn note_room(&self, company: CompanyId, room: &Room) -> Result<bool, StoreError> {
        let (company, room) = (company, room.clone());
        self.write("note a room", move |db: &Connection| Ok(set(db, NOTE, company, &room)? > 0)).await
    }

    async fn forget_room(
        &self,
        company: CompanyId,
        incident: IncidentId,
        chat: &ChatRef,
    ) -> Result<(), StoreError> {
        let row = [company.to_string(), incident.to_string(), chat.to_string()];
        let work = move |db: &Connection| {
            Ok(db.prepare_cached(FORGET)?.execute(params![row[0], row[1], row[2]]).map(drop)?)
        };
        self.write("forget a room", work).await
    }
}

/// Writes a room down, and returns how many rows that concerns.
fn set(db: &Connection, statement: &str, company: CompanyId, room: &Room) -> Result<usize, Fault> {
    let (company, incident, chat) = (company.to_string(), room.incident.to_string(), room.chat.to_string());
    let (files, words) = (room.files_logged.as_deref(), room.words_logged.as_deref());
    let values = params![company, incident, chat, room.admitted, files, words];
    Ok(db.prepare_cached(statement)?.execute(values)?)
}

fn select(db: &Connection, query: &str, values: &[&dyn ToSql]) -> Result<Vec<(CompanyId, Room)>, Fault> {
    let mut select = db.prepare_cached(query)?;
    let mut rows = select.query(values)?;
    let mut rooms = Vec::new();
    while let Some(row) = rows.next()? {
        rooms.push(room(row)?);
    }
    Ok(rooms)
}

fn room(row: &Row<'_>) -> Result<(CompanyId, Room), Fault> {
    let record = Record::new(row, "rooms", &"");
    let logged = |column| record.value::<Option<String>>(column).map(|mark| mark.map(Into::into));
    let room = Room {
        incident: record.id("incident")?,
        chat: record.chat("chat")?,
        admitted: record.text("admitted")?.to_owned(),
        files_logged: logged("files_logged")?,
        words_logged: logged("words_logged")?,
    };
    Ok((record.id("company")?, room))
}
