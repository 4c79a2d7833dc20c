//! The rows themselves, for whoever doubts them: columns beside states, and rows that refer to other rows. Each
//! question sees one instant, and commits are whole, so it can be asked beside living desks.

use async_trait::async_trait;
use incident_core::ids::{CompanyId, IncidentId};
use incident_core::incident::Incident;
use incident_core::ports::{Audit, StoreError};
use incident_core::time::Timestamp;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::error::Fault;
use crate::incidents::{IncidentRow, StintRow};
use crate::open::PostgresStore;
use crate::pool::ask;
use crate::rows::Record;

/// Follows from the rules of the day and is computed anew whenever a desk starts; is compared with the journal as a
/// whole; is given at the commit.
const NOT_TOLD: [&str; 3] = ["wake_at", "state_json", "year"];

/// Each limit stands in a part of its own, so that no page reads more than itself.
const IDS: &str = "
    (SELECT id FROM incidents WHERE company = $1 AND id > $2 ORDER BY id LIMIT $3)
    UNION
    (SELECT DISTINCT incident FROM events WHERE company = $1 AND incident > $2 ORDER BY incident LIMIT $3)
    ORDER BY 1 LIMIT $3";

const ROW: &str = "SELECT row_to_json(i)::text FROM incidents AS i WHERE company = $1 AND id = $2";
const STINTS: &str = "SELECT coalesce(json_agg(a ORDER BY position), '[]')::text FROM assignments AS a
    WHERE company = $1 AND incident = $2";
const TAGS: &str = "SELECT tag FROM tags WHERE company = $1 AND incident = $2 ORDER BY tag";

/// What must not be found, each as a statement that makes a sentence of it.
const STRAYS: [&str; 17] = [
    "SELECT 'effect ' || e.id || ' is owed for the incident ' || incident || ', which does not exist' FROM effects AS e
     WHERE incident IS NOT NULL
       AND NOT EXISTS (SELECT FROM incidents AS i WHERE i.company = e.company AND i.id = e.incident)",
    "SELECT 'effect ' || e.id || ' is owed for the group ' || group_id || ', which does not exist' FROM effects AS e
     WHERE group_id IS NOT NULL
       AND NOT EXISTS (SELECT FROM groups AS g WHERE g.company = e.company AND g.id = e.group_id)",
    "SELECT 'effect ' || id || ' is owed for the company ' || company || ', which does not exist' FROM effects
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT 'the ' || kind || ' ' || message || ' in ' || chat || ' belongs to the incident ' || incident
        || ', which does not exist' FROM messages AS m
     WHERE NOT EXISTS (SELECT FROM incidents AS i WHERE i.company = m.company AND i.id = m.incident)",
    "SELECT 'a tag belongs to the incident ' || incident || ', which does not exist' FROM tags AS t
     WHERE NOT EXISTS (SELECT FROM incidents AS i WHERE i.company = t.company AND i.id = t.incident)",
    "SELECT 'somebody held the incident ' || incident || ', which does not exist' FROM assignments AS a
     WHERE NOT EXISTS (SELECT FROM incidents AS i WHERE i.company = a.company AND i.id = a.incident)",
    "SELECT 'a request is answered for the incident ' || incident || ', which does not exist' FROM requests AS r
     WHERE incident IS NOT NULL
       AND NOT EXISTS (SELECT FROM incidents AS i WHERE i.company = r.company AND i.id = r.incident)",
    "SELECT 'TKT-' || year || '-' || lpad(seq::text, greatest(4, length(seq::text)), '0')
        || ' was reported in the group ' || group_id || ', which does not exist' FROM incidents AS i
     WHERE NOT EXISTS (SELECT FROM groups AS g WHERE g.company = i.company AND g.id = i.group_id)",
    "SELECT 'the incident ' || id || ' belongs to the company ' || company || ', which does not exist' FROM incidents
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT DISTINCT 'there is a journal of the incident ' || incident || ' in the company ' || company
        || ', which does not exist' FROM events
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT DISTINCT 'there is a journal of the company ' || company || ', which does not exist' FROM roster_events
     WHERE company NOT IN (SELECT id FROM companies)",
    "SELECT 'an account of the company ' || company || ' is that of person ' || person || ', who does not exist'
     FROM identities AS a
     WHERE NOT EXISTS (SELECT FROM people AS p WHERE p.company = a.company AND p.id = a.person)",
    "SELECT 'person ' || id || ' of the company ' || company || ' has no account' FROM people AS p
     WHERE NOT EXISTS (SELECT FROM identities AS a WHERE a.company = p.company AND a.person = p.id)",
    "SELECT 'the counter TKT-' || year || ' of the company ' || i.company || ' stands at ' || coalesce(max(last), 0)
        || ', but number ' || max(seq) || ' was given out' FROM incidents AS i
     LEFT JOIN counters AS c ON c.company = i.company AND c.counter = 'TKT-' || year
     GROUP BY i.company, year HAVING coalesce(max(last), 0) < max(seq)",
    "SELECT 'the counter of people of the company ' || p.company || ' stands at ' || coalesce(max(last), 0)
        || ', but person ' || max(p.id) || ' exists' FROM people AS p
     LEFT JOIN counters AS c ON c.company = p.company AND c.counter = 'people'
     GROUP BY p.company HAVING coalesce(max(last), 0) < max(p.id)",
    // The type stands first in a body; servers before 16 cannot be asked whether a text is JSON.
    "SELECT 'event ' || seq || ' of the incident ' || incident || ' is listed as ' || type || ' and tells of '
        || coalesce(told, 'nothing') FROM (
        SELECT incident, seq, type, substring(body from '^{\"type\":\"([^\"]+)\"') AS told FROM events) AS listed
     WHERE type IS DISTINCT FROM told",
    "SELECT 'event ' || seq || ' of the company ' || company || ' is listed as ' || type || ' and tells of '
        || coalesce(told, 'nothing') FROM (
        SELECT company, seq, type, substring(body from '^{\"type\":\"([^\"]+)\"') AS told
        FROM roster_events) AS listed
     WHERE type IS DISTINCT FROM told",
];

#[async_trait]
impl Audit for PostgresStore {
    async fn incident_ids(
        &self,
        company: CompanyId,
        after: Option<IncidentId>,
        limit: u32,
    ) -> Result<Vec<IncidentId>, StoreError> {
        ask!(self.pool, "list the ids of incidents", |db| ids(db, company, after, limit))
    }

    async fn differences(&self, incident: &Incident) -> Result<Vec<String>, StoreError> {
        ask!(self.pool, "compare the rows of an incident", |db| differences(db, incident))
    }

    async fn strays(&self, limit: u32) -> Result<Vec<String>, StoreError> {
        let mut found = Vec::new();
        for sql in STRAYS {
            let sentences: Vec<String> =
                ask!(self.pool, "look for rows that refer to nothing", |db| strays(db, sql, limit))?;
            found.extend(sentences);
        }
        Ok(found)
    }
}

async fn ids(
    db: &mut PgConnection,
    company: CompanyId,
    after: Option<IncidentId>,
    limit: u32,
) -> Result<Vec<IncidentId>, Fault> {
    let after = after.map_or_else(String::new, |id| id.to_string());
    let select = sqlx::query(IDS).bind(company.to_string()).bind(after).bind(i64::from(limit));
    let rows = select.fetch_all(db).await?;
    rows.iter().map(|row| Record::new(row, "incidents", &"of an id").id("id")).collect()
}

async fn differences(db: &mut PgConnection, incident: &Incident) -> Result<Vec<String>, Fault> {
    let (company, id) = (incident.company.to_string(), incident.id.to_string());
    let row: Option<String> =
        sqlx::query_scalar(ROW).bind(&company).bind(&id).fetch_optional(&mut *db).await?;
    let Some(row) = row else {
        return Ok(Vec::new());
    };
    let mut found = columns_that_differ(&row, incident)?;
    let stints: String = sqlx::query_scalar(STINTS).bind(&company).bind(&id).fetch_one(&mut *db).await?;
    found.extend(stints_that_differ(&stints, incident)?);
    let tags: Vec<String> = sqlx::query_scalar(TAGS).bind(&company).bind(&id).fetch_all(db).await?;
    if !tags.iter().map(String::as_str).eq(incident.tags.iter().map(|tag| tag.as_str())) {
        let (rows, told) = (tags.len(), incident.tags.len());
        found
            .push(format!("the tags in the table tags ({rows}) are not those its journal tells of ({told})"));
    }
    Ok(found)
}

/// Compares the row of an incident, as the server writes it as JSON.
fn columns_that_differ(row: &str, incident: &Incident) -> Result<Vec<String>, Fault> {
    let stored: Value = serde_json::from_str(row)?;
    let told = serde_json::to_value(IncidentRow::new(incident, None, incident.clocks.created_at)?)?;
    let columns = told.as_object().into_iter().flatten();
    let differing = columns.filter(|(column, told)| {
        !NOT_TOLD.contains(&column.as_str()) && stored.get(column.as_str()) != Some(*told)
    });
    let sentence = |(column, told): (&String, &Value)| {
        let stored = stored.get(column).unwrap_or(&Value::Null);
        format!("the column {column} is {}, by its journal {}", shown(column, stored), shown(column, told))
    };
    Ok(differing.map(sentence).collect())
}

fn shown(column: &str, value: &Value) -> String {
    match value {
        Value::Null => "empty".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(micros) if column.ends_with("_at") => {
            micros.as_i64().map_or_else(|| micros.to_string(), |at| Timestamp::from_micros(at).to_string())
        }
        Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

fn stints_that_differ(rows: &str, incident: &Incident) -> Result<Vec<String>, Fault> {
    let rows: Vec<Value> = serde_json::from_str(rows)?;
    let told = (0..).zip(&incident.stints);
    let told = told.map(|stint| Ok(serde_json::to_value(StintRow::new(incident, stint)?)?));
    let told: Vec<Value> = told.collect::<Result<_, Fault>>()?;
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

/// Finds what one of the statements above tells.
async fn strays(db: &mut PgConnection, sql: &'static str, limit: u32) -> Result<Vec<String>, Fault> {
    let sql = format!("{sql} LIMIT {limit}");
    Ok(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(db).await?)
}
