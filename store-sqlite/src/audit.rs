//! The rows themselves, for whoever doubts them: columns beside states, rows that refer to other rows, and what
//! SQLite thinks of its file.

use async_trait::async_trait;
use incident_core::ids::{CompanyId, IncidentId};
use incident_core::incident::{Incident, Stint};
use incident_core::ports::{Audit, StoreError};
use incident_core::time::Timestamp;
use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::error::Fault;
use crate::incidents::Columns;
use crate::open::SqliteStore;
use crate::rows::{Record, word};

/// The columns of an incident, in the order of [`Columns::mutable`] and then of [`Columns::immutable`].
const COLUMNS: [&str; 26] = [
    "version",
    "wake_at",
    "state",
    "level",
    "team",
    "cycle",
    "priority",
    "severity",
    "resolver",
    "close_reason",
    "updated_at",
    "active_at",
    "cycle_at",
    "routed_at",
    "first_ack_at",
    "ack_at",
    "escalated_at",
    "escalation_ack_at",
    "resolution_requested_at",
    "resolved_at",
    "closed_at",
    "held_us",
    "state_json",
    "group_id",
    "reporter",
    "created_at",
];

/// Follows from the rules of the day, and is computed anew whenever a desk starts.
const NOT_TOLD: [&str; 2] = ["wake_at", "state_json"];

/// Each limit stands in a part of its own, so that no page reads more than itself.
const IDS: &str = "
    SELECT id FROM (SELECT id FROM incidents WHERE company = ?1 AND id > ?2 ORDER BY id LIMIT ?3)
    UNION
    SELECT incident FROM (
        SELECT DISTINCT incident FROM events WHERE company = ?1 AND incident > ?2 ORDER BY incident LIMIT ?3)
    ORDER BY 1 LIMIT ?3";

/// What must not be found, each as a statement that makes a sentence of it.
const STRAYS: [&str; 17] = [
    "SELECT 'effect ' || e.id || ' is owed for the incident ' || incident || ', which does not exist' FROM effects AS e
     WHERE incident IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM incidents AS i WHERE i.company = e.company AND i.id = e.incident)",
    "SELECT 'effect ' || e.id || ' is owed for the group ' || group_id || ', which does not exist' FROM effects AS e
     WHERE group_id IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM groups AS g WHERE g.company = e.company AND g.id = e.group_id)",
    "SELECT 'effect ' || id || ' is owed for the company ' || company || ', which does not exist' FROM effects
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT 'the ' || kind || ' ' || message || ' in ' || chat || ' belongs to the incident ' || incident
        || ', which does not exist' FROM messages AS m
     WHERE NOT EXISTS (SELECT 1 FROM incidents AS i WHERE i.company = m.company AND i.id = m.incident)",
    "SELECT 'a tag belongs to the incident ' || incident || ', which does not exist' FROM tags AS t
     WHERE NOT EXISTS (SELECT 1 FROM incidents AS i WHERE i.company = t.company AND i.id = t.incident)",
    "SELECT 'somebody held the incident ' || incident || ', which does not exist' FROM assignments AS a
     WHERE NOT EXISTS (SELECT 1 FROM incidents AS i WHERE i.company = a.company AND i.id = a.incident)",
    "SELECT 'a request is answered for the incident ' || incident || ', which does not exist' FROM requests AS r
     WHERE incident IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM incidents AS i WHERE i.company = r.company AND i.id = r.incident)",
    "SELECT printf('TKT-%d-%04d', year, seq) || ' was reported in the group ' || group_id || ', which does not exist'
     FROM incidents AS i
     WHERE NOT EXISTS (SELECT 1 FROM groups AS g WHERE g.company = i.company AND g.id = i.group_id)",
    "SELECT 'the incident ' || id || ' belongs to the company ' || company || ', which does not exist' FROM incidents
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT DISTINCT 'there is a journal of the incident ' || incident || ' in the company ' || company
        || ', which does not exist' FROM events
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT DISTINCT 'there is a journal of the company ' || company || ', which does not exist' FROM roster_events
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT 'an account of the company ' || company || ' is that of person ' || person || ', who does not exist'
     FROM identities AS a
     WHERE NOT EXISTS (SELECT 1 FROM people AS p WHERE p.company = a.company AND p.id = a.person)",
    "SELECT 'person ' || id || ' of the company ' || company || ' has no account' FROM people AS p
     WHERE NOT EXISTS (SELECT 1 FROM identities AS a WHERE a.company = p.company AND a.person = p.id)",
    "SELECT 'the counter TKT-' || year || ' of the company ' || i.company || ' stands at ' || coalesce(max(last), 0)
        || ', but number ' || max(seq) || ' was given out' FROM incidents AS i
     LEFT JOIN counters AS c ON c.company = i.company AND c.counter = 'TKT-' || year
     GROUP BY i.company, year HAVING coalesce(max(last), 0) < max(seq)",
    "SELECT 'the counter of people of the company ' || p.company || ' stands at ' || coalesce(max(last), 0)
        || ', but person ' || max(p.id) || ' exists' FROM people AS p
     LEFT JOIN counters AS c ON c.company = p.company AND c.counter = 'people'
     GROUP BY p.company HAVING coalesce(max(last), 0) < max(p.id)",
    "SELECT 'event ' || seq || ' of the incident ' || incident || ' is listed as ' || type || ' and tells of '
        || coalesce(told, 'nothing') FROM (
        SELECT incident, seq, type, CASE WHEN json_valid(body) THEN body ->> '$.type' END AS told FROM events)
     WHERE type IS NOT told",
    "SELECT 'event ' || seq || ' of the company ' || company || ' is listed as ' || type || ' and tells of '
        || coalesce(told, 'nothing') FROM (
        SELECT company, seq, type, CASE WHEN json_valid(body) THEN body ->> '$.type' END AS told
        FROM roster_events)
     WHERE type IS NOT told",
];

#[async_trait]
impl Audit for SqliteStore {
    async fn incident_ids(
        &self,
        company: CompanyId,
        after: Option<IncidentId>,
        limit: u32,
    ) -> Result<Vec<IncidentId>, StoreError> {
        self.read("list the ids of incidents", |db| ids(db, company, after, limit))
    }

    async fn differences(&self, incident: &Incident) -> Result<Vec<String>, StoreError> {
        self.read("compare the rows of an incident", |db| differences(db, incident))
    }

    async fn strays(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        self.read("look for rows that refer to nothing", |db| strays(db, limit))
    }
}

fn ids(
    db: &Connection,
    company: CompanyId,
    after: Option<IncidentId>,
    limit: u32,
) -> Result<Vec<IncidentId>, Fault> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    let mut select = db.prepare_cached(IDS)?;
    let mut rows = select.query(params![company.to_string(), after, limit])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get("id")?;
        ids.push(Record::new(row, "incidents", &id).id("id")?);
    }
    Ok(ids)
}

fn differences(db: &Connection, incident: &Incident) -> Result<Vec<String>, Fault> {
    let columns = Columns::new(incident.clone(), (None, incident.clocks.created_at), &[])?;
    let Some(mut found) = columns_that_differ(db, &columns)? else {
        return Ok(Vec::new());
    };
    found.extend(stints_that_differ(db, &columns, &incident.stints)?);
    let mut select =
        db.prepare_cached("SELECT tag FROM tags WHERE company = ?1 AND incident = ?2 ORDER BY tag")?;
    let tags: Vec<String> =
        select.query_map([columns.key().0, columns.key().1], |row| row.get(0))?.collect::<Result<_, _>>()?;
    if !tags.iter().map(String::as_str).eq(incident.tags.iter().map(|tag| tag.as_str())) {
        let (rows, told) = (tags.len(), incident.tags.len());
        found
            .push(format!("the tags in the table tags ({rows}) are not those its journal tells of ({told})"));
    }
    Ok(found)
}

/// Compares the row of an incident, if there is one.
fn columns_that_differ(db: &Connection, columns: &Columns) -> Result<Option<Vec<String>>, Fault> {
    let sql = format!("SELECT {} FROM incidents WHERE company = ?1 AND id = ?2", COLUMNS.join(", "));
    let mut select = db.prepare_cached(&sql)?;
    let values =
        |row: &Row<'_>| (0..COLUMNS.len()).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>();
    let Some(stored) = select.query_row([columns.key().0, columns.key().1], values).optional()? else {
        return Ok(None);
    };
    let told = columns.mutable().into_iter().chain(columns.immutable()).map(value);
    let named = COLUMNS.into_iter().zip(stored.into_iter().zip(told));
    let differing = named.filter(|(column, (stored, told))| !NOT_TOLD.contains(column) && stored != told);
    let sentence = |(column, (stored, told))| {
        format!("the column {column} is {}, by its journal {}", shown(column, stored), shown(column, told))
    };
    Ok(Some(differing.map(sentence).collect()))
}

fn value(output: ToSqlOutput<'_>) -> Value {
    match output {
        ToSqlOutput::Owned(value) => value,
        ToSqlOutput::Borrowed(value) => Value::try_from(value).unwrap_or(Value::Null),
        // Nothing else is ever made of a column here.
        _ => Value::Null,
    }
}

fn shown(column: &str, value: Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::Integer(micros) if column.ends_with("_at") => Timestamp::from_micros(micros).to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text,
        Value::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

fn stints_that_differ(db: &Connection, columns: &Columns, stints: &[Stint]) -> Result<Vec<String>, Fault> {
    let mut select = db.prepare_cached(
        "SELECT position, person, level, team, cycle, since, until, ending FROM assignments
         WHERE company = ?1 AND incident = ?2 ORDER BY position",
    )?;
    let values = |row: &Row<'_>| (0..8).map(|column| row.get(column)).collect::<Result<Vec<Value>, _>>();
    let rows: Vec<Vec<Value>> =
        select.query_map([columns.key().0, columns.key().1], values)?.collect::<Result<_, _>>()?;
    let told: Vec<Vec<Value>> = (0_i64..)
        .zip(stints)
        .map(|(position, stint)| stint_row(position, stint))
        .collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for (position, (row, told)) in rows.iter().zip(&told).enumerate() {
        if row != told {
            found
                .push(format!("row {position} of the table assignments is not what its journal tells of it"));
        }
    }
    if rows.len() != told.len() {
        let (rows, told) = (rows.len(), told.len());
        found.push(format!("the table assignments has {rows} rows of it, its journal tells of {told}"));
    }
    Ok(found)
}

fn stint_row(position: i64, stint: &Stint) -> Result<Vec<Value>, Fault> {
    let number = |value: Option<i64>| value.map_or(Value::Null, Value::Integer);
    let ending = stint.until.map(|(_, ending)| word(&ending)).transpose()?;
    Ok(vec![
        Value::Integer(position),
        Value::Integer(stint.person.get().into()),
        Value::Integer(stint.level.get().into()),
        number(stint.team.map(|team| team.get().into())),
        Value::Integer(stint.cycle.0.into()),
        Value::Integer(stint.from.as_micros()),
        number(stint.until.map(|(until, _)| until.as_micros())),
        ending.map_or(Value::Null, Value::Text),
    ])
}

fn strays(db: &Connection, limit: u32) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    for sql in STRAYS {
        let mut select = db.prepare(&format!("{sql} LIMIT ?1"))?;
        let sentences = select.query_map([limit], |row| row.get::<_, String>(0))?;
        found.extend(sentences.collect::<Result<Vec<_>, _>>()?);
    }
    let mut check = db.prepare("PRAGMA integrity_check(100)")?;
    let said: Vec<String> = check.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    found.extend(
        said.into_iter().filter(|line| line != "ok").map(|line| format!("the file is damaged: {line}")),
    );
    let mut check = db.prepare("PRAGMA foreign_key_check")?;
    let refers = |row: &Row<'_>| Ok((row.get::<_, String>("table")?, row.get::<_, String>("parent")?));
    let said: Vec<(String, String)> = check.query_map([], refers)?.collect::<Result<_, _>>()?;
    let sentences = said.into_iter().take(limit as usize);
    found.extend(sentences.map(|(table, parent)| {
        format!("a row of the table {table} belongs to a row of the table {parent} that does not exist")
    }));
    Ok(found)
}
