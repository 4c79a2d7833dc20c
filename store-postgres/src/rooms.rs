//! Which incident has which room.

use async_trait::async_trait;
use incident_core::ids::{ChatRef, CompanyId, IncidentId};
use incident_core::ports::{Room, RoomBook, StoreError};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;

use crate::error::Fault;
use crate::open::PostgresStore;
use crate::pool::ask;
use crate::rows::Record;

pub(crate) const OF: &str = "SELECT company, incident, chat, admitted, files_logged, words_logged FROM rooms
    WHERE company = $1 AND incident = $2";

pub(crate) const IN: &str = "SELECT company, incident, chat, admitted, files_logged, words_logged FROM rooms
    WHERE chat = $1";

pub(crate) const ALL: &str = "SELECT company, incident, chat, admitted, files_logged, words_logged FROM rooms
    WHERE company = $1 ORDER BY incident";

const KEEP: &str = "INSERT INTO rooms (company, incident, chat, admitted, files_logged, words_logged)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (company, incident) DO UPDATE SET chat = excluded.chat, admitted = excluded.admitted,
        files_logged = excluded.files_logged, words_logged = excluded.words_logged";

const NOTE: &str = "UPDATE rooms SET admitted = $4, files_logged = $5, words_logged = $6
    WHERE company = $1 AND incident = $2 AND chat = $3";

const FORGET: &str = "DELETE FROM rooms WHERE company = $1 AND incident = $2 AND chat = $3";

#[async_trait]
impl RoomBook for PostgresStore {
    async fn room(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Room>, StoreError> {
        let key = [company.to_string(), incident.to_string()];
        let found = ask!(self.pool, "look up a room", |db| select(db, OF, &key))?;
        Ok(found.into_iter().next().map(|(_, room)| room))
    }

    async fn room_in(&self, chat: &ChatRef) -> Result<Option<(CompanyId, IncidentId)>, StoreError> {
        let key = [chat.to_string()];
        let found = ask!(self.pool, "look up a room", |db| select(db, IN, &key))?;
        Ok(found.into_iter().next().map(|(company, room)| (company, room.incident)))
    }

    async fn rooms(&self, company: CompanyId) -> Result<Vec<Room>, StoreError> {
        let key = [company.to_string()];
        let found = ask!(self.pool, "list rooms", |db| select(db, ALL, &key))?;
        Ok(found.into_iter().map(|(_, room)| room).collect())
    }

    async fn keep_room(&self, company: CompanyId, room: &Room) -> Result<(), StoreError> {
        ask!(self.pool, "keep a room", |db| set(db, KEEP, company, room)).map(drop)
    }

    async fn note_room(&self, company: CompanyId, room: &Room) -> Result<bool, StoreError> {
        ask!(self.pool, "note a room", |db| set(db, NOTE, company, room)).map(|rows| rows > 0)
    }

    async fn forget_room(
        &self,
        company: CompanyId,
        incident: IncidentId,
        chat: &ChatRef,
    ) -> Result<(), StoreError> {
        let key = [company.to_string(), incident.to_string(), chat.to_string()];
        ask!(self.pool, "forget a room", |db| forget(db, &key))
    }
}

async fn select(
    db: &mut PgConnection,
    query: &'static str,
    key: &[String],
) -> Result<Vec<(CompanyId, Room)>, Fault> {
    let query = key.iter().fold(sqlx::query(query), |query, value| query.bind(value));
    query.fetch_all(db).await?.iter().map(room).collect()
}

/// Writes a room down, and returns how many rows that concerns.
async fn set(
    db: &mut PgConnection,
    statement: &'static str,
    company: CompanyId,
    room: &Room,
) -> Result<u64, Fault> {
    let (company, incident) = (company.to_string(), room.incident.to_string());
    let query = sqlx::query(statement).bind(company).bind(incident).bind(room.chat.to_string());
    let query = query.bind(&room.admitted).bind(room.files_logged.as_deref());
    Ok(query.bind(room.words_logged.as_deref()).execute(db).await?.rows_affected())
}

async fn forget(db: &mut PgConnection, key: &[String]) -> Result<(), Fault> {
    let delete = key.iter().fold(sqlx::query(FORGET), |query, value| query.bind(value));
    Ok(delete.execute(db).await.map(drop)?)
}

fn room(row: &PgRow) -> Result<(CompanyId, Room), Fault> {
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
