//! Which messages are ours, and what they are.

use incident_core::ids::{ChatRef, CompanyId, MessageRef};
use incident_core::incident::Prompt;
use incident_core::ports::{Posted, PostedKind, Surface};
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::error::Fault;
use crate::rows::{Record, word};

/// Returns what tells a message from others.
pub(crate) fn key(company: &str, message: &MessageRef) -> Value {
    json!({ "company": company, "chat": message.chat.to_string(), "message": &*message.message })
}

/// Returns the row of a message.
pub(crate) fn row(company: &str, posted: &Posted) -> Result<Value, Fault> {
    let mut row = key(company, &posted.message);
    row["incident"] = posted.incident.to_string().into();
    match &posted.kind {
        PostedKind::Card { pinned } => {
            row["kind"] = "card".into();
            row["pinned"] = (*pinned).into();
        }
        PostedKind::Prompt { prompt, person } => {
            row["kind"] = "prompt".into();
            row["prompt"] = word(prompt)?.into();
            row["person"] = person.get().into();
        }
        PostedKind::Notice => row["kind"] = "notice".into(),
    }
    Ok(row)
}

/// Returns what a message of ours is.
pub(crate) async fn get(
    db: &mut PgConnection,
    company: CompanyId,
    message: &MessageRef,
) -> Result<Option<Posted>, Fault> {
    let select = sqlx::query(
        "SELECT incident, kind, pinned, prompt, person FROM messages
         WHERE company = $1 AND chat = $2 AND message = $3",
    );
    let select = select.bind(company.to_string()).bind(message.chat.to_string()).bind(&*message.message);
    let Some(row) = select.fetch_optional(db).await? else {
        return Ok(None);
    };
    let key = format!("{} {}", message.chat, message.message);
    let record = Record::new(&row, "messages", &key);
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
pub(crate) async fn cards(
    db: &mut PgConnection,
    company: &str,
    incident: &str,
) -> Result<Vec<Surface>, Fault> {
    let select = sqlx::query(
        "SELECT chat, message, pinned FROM messages WHERE company = $1 AND incident = $2 AND kind = 'card'",
    );
    let rows = select.bind(company).bind(incident).fetch_all(db).await?;
    let card = |row| {
        let record = Record::new(row, "messages", &incident);
        let message = MessageRef::new(record.chat("chat")?, record.shared("message")?);
        Ok(Surface { message, pinned: record.value("pinned")? })
    };
    let mut cards = rows.iter().map(card).collect::<Result<Vec<_>, Fault>>()?;
    cards.sort_unstable_by(|one, other| one.message.cmp(&other.message));
    Ok(cards)
}

/// Forgets all messages of a chat.
pub(crate) async fn forget_chat(db: &mut PgConnection, company: &str, chat: &ChatRef) -> Result<(), Fault> {
    let delete = sqlx::query("DELETE FROM messages WHERE company = $1 AND chat = $2");
    Ok(delete.bind(company).bind(chat.to_string()).execute(db).await.map(drop)?)
}
