//! Which messages are ours, and what they are.

use incident_core::ids::{ChatRef, CompanyId, MessageRef};
use incident_core::incident::Prompt;
use incident_core::ports::{Posted, PostedKind, Settlement, Surface};
use rusqlite::{Connection, params};

use crate::error::Fault;
use crate::rows::{Record, word};

/// Records what a settlement tells of messages.
pub(crate) fn record(
    connection: &Connection,
    company: CompanyId,
    settlement: &Settlement,
) -> Result<(), Fault> {
    match settlement {
        Settlement::Done { posted, gone } | Settlement::Retry { posted, gone, .. } => {
            if gone.is_empty() && posted.is_none() {
                return Ok(());
            }
            let company = company.to_string();
            gone.iter().try_for_each(|message| forget(connection, &company, message))?;
            posted.iter().try_for_each(|posted| keep(connection, &company, posted))
        }
        Settlement::Abandoned { .. } => Ok(()),
    }
}

fn forget(connection: &Connection, company: &str, message: &MessageRef) -> Result<(), Fault> {
    let mut delete = connection
        .prepare_cached("DELETE FROM messages WHERE company = ?1 AND chat = ?2 AND message = ?3")?;
    Ok(delete.execute([company, &message.chat.to_string(), &message.message]).map(drop)?)
}

/// Remembers a message. A card takes the place of the one before it in its chat, by an index that allows one.
fn keep(connection: &Connection, company: &str, posted: &Posted) -> Result<(), Fault> {
    let (chat, incident) = (posted.message.chat.to_string(), posted.incident.to_string());
    let (kind, pinned, prompt, person) = match &posted.kind {
        PostedKind::Card { pinned } => ("card", Some(*pinned), None, None),
        PostedKind::Prompt { prompt, person } => ("prompt", None, Some(word(prompt)?), Some(person.get())),
        PostedKind::Notice => ("notice", None, None, None),
    };
    let mut insert = connection.prepare_cached(
        "INSERT OR REPLACE INTO messages (company, chat, message, incident, kind, pinned, prompt, person)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    insert.execute(params![company, chat, posted.message.message, incident, kind, pinned, prompt, person])?;
    Ok(())
}

/// Returns what a message of ours is.
pub(crate) fn get(
    connection: &Connection,
    company: CompanyId,
    message: &MessageRef,
) -> Result<Option<Posted>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT incident, kind, pinned, prompt, person FROM messages
         WHERE company = ?1 AND chat = ?2 AND message = ?3",
    )?;
    let key = format!("{} {}", message.chat, message.message);
    let mut rows =
        select.query([&company.to_string(), &message.chat.to_string(), message.message.as_ref()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let record = Record::new(row, "messages", &key);
    let kind = match record.text("kind")? {
        "card" => PostedKind::Card { pinned: record.value("pinned")? },
        "prompt" => {
            PostedKind::Prompt { prompt: record.word::<Prompt>("prompt")?, person: record.person("person")? }
        }
        "notice" => PostedKind::Notice,
        _ => return Err(record.unreadable("kind", "it names no kind of message")),
    };
    Ok(Some(Posted { message: message.clone(), incident: record.id("incident")?, kind }))
}

/// Lists the cards of an incident.
pub(crate) fn cards(connection: &Connection, company: &str, incident: &str) -> Result<Vec<Surface>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT chat, message, pinned FROM messages WHERE company = ?1 AND incident = ?2 AND kind = 'card'",
    )?;
    let mut rows = select.query([company, incident])?;
    let mut cards = Vec::new();
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "messages", &incident);
        let message = MessageRef::new(record.chat("chat")?, record.shared("message")?);
        cards.push(Surface { message, pinned: record.value("pinned")? });
    }
    cards.sort_unstable_by(|one, other| one.message.cmp(&other.message));
    Ok(cards)
}

/// Forgets all messages of a chat.
pub(crate) fn forget_chat(connection: &Connection, company: &str, chat: &ChatRef) -> Result<(), Fault> {
    let sql = "DELETE FROM messages WHERE company = ?1 AND chat = ?2";
    Ok(connection.execute(sql, [company, &chat.to_string()]).map(drop)?)
}
