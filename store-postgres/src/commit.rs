//! A commit: prepared as one JSON text, written by the function `commit_incident` in one round trip.
//!
//! A function, because what is owed depends on what is owed already, each effect upon the one before, under locks
//! that must be held before one looks; and because JSON in one argument lets commits share a statement.

use incident_core::ids::{CompanyId, IncidentId, Number, PersonId, Version};
use incident_core::incident::{Event, Fact};
use incident_core::ports::{Answered, Commit, CommitError, Committed};
use incident_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::{PgConnection, Row};

use crate::error::Fault;
use crate::incidents::{IncidentRow, StintRow, changed_stints, changed_tags};
use crate::owing::{Debt, DebtRow, Owing};
use crate::requests::{Request, RequestRow};
use crate::rows::{Record, actor, tag};

/// Why a commit was refused; nothing of it was written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It was decided upon another version.
    Conflict { expected: Version, actual: Version },
    /// Its request was answered before.
    AlreadyApplied(Answered),
}

impl From<Refusal> for CommitError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Conflict { expected, actual } => Self::Conflict { expected, actual },
            Refusal::AlreadyApplied(answer) => Self::AlreadyApplied { answer },
        }
    }
}

/// A commit in the form that the database takes.
pub(crate) struct Draft {
    expected: Version,
    company: CompanyId,
    key: Option<String>,
    /// Whose words are to be erased from what was written before.
    erased: Vec<PersonId>,
    reporter: PersonId,
    incident: String,
    owing: Owing,
    /// Until when it claims what is born claimed.
    pub(crate) lease_until: Option<Timestamp>,
    /// What the function takes, as JSON.
    text: String,
    wakes: bool,
}

impl Draft {
    /// `holder` is who claims what is born claimed.
    pub(crate) fn new(commit: Commit, holder: &str) -> Result<Self, Fault> {
        let (company, id) = (commit.incident.company, commit.incident.id);
        let debts: Result<_, _> =
            commit.owed().map(|(effect, to)| Debt::of_incident(id, effect.clone(), to)).collect();
        let owing = Owing::new(company, commit.at, commit.lease_until, debts?);
        let request = commit.origin.map(|origin| Request::new(origin, company, Some(id), commit.at));
        let (incident, reporter) = (&commit.incident, commit.incident.reporter);
        let filed_at = commit.events.first().map_or(commit.at, |event| event.at);
        let (stints, tags) =
            (changed_stints(incident, &commit.events)?, changed_tags(incident, &commit.events));
        let row = IncidentRow::new(incident, commit.wake_at, filed_at)?;
        let (erased, events) = erase(commit.events, reporter);
        let key = request.as_ref().map(|request| request.key().to_owned());
        let body = Body {
            expected: commit.expected.get(),
            at: commit.at.as_micros(),
            lease_until: commit.lease_until.map(Timestamp::as_micros),
            request: request.as_ref().map(Request::row),
            events: rows(&events, commit.expected, row.key(), key.as_deref())?,
            effects: owing.rows(row.key().0, holder),
            stints,
            tags,
            incident: &row,
        };
        let text = serde_json::to_string(&body)?;
        let incident = id.to_string();
        Ok(Self {
            expected: commit.expected,
            company,
            key,
            erased,
            reporter,
            incident,
            owing,
            lease_until: commit.lease_until,
            text,
            wakes: commit.wake_at.is_some(),
        })
    }

    /// Names the request that it answers.
    pub(crate) fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// Tells whether it leaves something for others to do.
    pub(crate) fn concerns_others(&self) -> bool {
        self.wakes || !self.owing.is_empty()
    }

    /// Writes the commit, as a transaction of its own.
    pub(crate) async fn write(&self, db: &mut PgConnection) -> Result<Result<Committed, Refusal>, Fault> {
        let body = self.body(db).await?;
        let write = sqlx::query("SELECT commit_incident($1::jsonb)::text AS outcome").bind(body);
        let row = write.fetch_one(&mut *db).await?;
        self.read(row.try_get("outcome")?)
    }

    /// Returns it as text, with what says in which order it may share a statement with others: those that change
    /// what is there before those that take a number, and then by what they lock. Nothing, where it must read first.
    pub(crate) fn shareable(&self) -> Option<(String, &str)> {
        let files = u8::from(self.expected == Version::NONE);
        self.erased.is_empty().then(|| (format!("{files} {} {}", self.company, self.incident), &*self.text))
    }

    /// Reads what the database said of the commit.
    pub(crate) fn read(&self, outcome: &str) -> Result<Result<Committed, Refusal>, Fault> {
        Ok(match serde_json::from_str(outcome)? {
            Outcome::Written { year, seq, claims } => {
                Ok(Committed { number: Number { year, seq }, claims: self.owing.claims(&claims) })
            }
            Outcome::Conflict { actual } => {
                Err(Refusal::Conflict { expected: self.expected, actual: Version::new(actual) })
            }
            Outcome::Answered { before, .. } => {
                let before = before.ok_or(Fault::Refused("a request was forgotten at once"))?;
                Err(Refusal::AlreadyApplied(before.into()))
            }
        })
    }

    /// Returns it as text, with what earlier events become where somebody's words are erased: the version that is
    /// expected makes sure that these are all there are.
    async fn body(&self, db: &mut PgConnection) -> Result<String, Fault> {
        if self.erased.is_empty() {
            return Ok(self.text.clone());
        }
        let mut rewritten = Vec::new();
        let company = self.company.to_string();
        for (seq, mut event) in (1_u32..).zip(history(db, &company, &self.incident).await?) {
            let before = event.clone();
            self.erased.iter().for_each(|person| event.erase(*person, self.reporter));
            if event != before {
                rewritten.push(json!({ "seq": seq, "body": serde_json::to_string(&event.fact)? }));
            }
        }
        let mut body: Value = serde_json::from_str(&self.text)?;
        body["erased"] = rewritten.into();
        Ok(body.to_string())
    }
}

/// What `commit_incident` returns.
#[derive(Deserialize)]
#[serde(untagged)]
enum Outcome {
    Written {
        year: i16,
        seq: u32,
        claims: Vec<Option<i64>>,
    },
    Conflict {
        actual: u32,
    },
    Answered {
        #[expect(dead_code, reason = "that it is there tells it from the others")]
        answered: bool,
        before: Option<Before>,
    },
}

/// What was answered to a request that was applied before.
#[derive(Deserialize)]
struct Before {
    answer: String,
    incident: Option<IncidentId>,
    year: Option<i16>,
    seq: Option<u32>,
}

impl From<Before> for Answered {
    fn from(before: Before) -> Self {
        let Before { answer, incident, year, seq } = before;
        let number = year.zip(seq).map(|(year, seq)| Number { year, seq });
        Self { answer, incident: incident.zip(number) }
    }
}

/// Erases from events what later ones of the same commit erase; returns whose words are to be erased from events
/// written before.
fn erase(mut events: Vec<Event>, reporter: PersonId) -> (Vec<PersonId>, Vec<Event>) {
    let mut erased = Vec::new();
    for at in 0..events.len() {
        if let Fact::SubjectErased { person } = events[at].fact {
            events[..at].iter_mut().for_each(|earlier| earlier.erase(person, reporter));
            erased.push(person);
        }
    }
    (erased, events)
}

/// What the function `commit_incident` takes.
#[derive(Serialize)]
struct Body<'a> {
    expected: u32,
    at: i64,
    lease_until: Option<i64>,
    incident: &'a IncidentRow,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<RequestRow<'a>>,
    events: Vec<EventRow<'a>>,
    effects: Vec<DebtRow<'a>>,
    stints: Vec<StintRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
}

/// The row of an event.
#[derive(Serialize)]
struct EventRow<'a> {
    company: &'a str,
    incident: &'a str,
    seq: u32,
    at: i64,
    actor: &'static str,
    person: Option<i64>,
    r#type: String,
    request: Option<&'a str>,
    body: String,
}

fn rows<'a>(
    events: &[Event],
    expected: Version,
    (company, incident): (&'a str, &'a str),
    request: Option<&'a str>,
) -> Result<Vec<EventRow<'a>>, Fault> {
    let row = |(seq, event): (u32, &Event)| {
        let body = serde_json::to_string(&event.fact)?;
        let (actor, person) = actor(event.by);
        let r#type = tag(&body)?.to_owned();
        Ok(EventRow {
            company,
            incident,
            seq,
            at: event.at.as_micros(),
            actor,
            person,
            r#type,
            request,
            body,
        })
    };
    (expected.next().get()..).zip(events).map(row).collect()
}

/// Reads the journal of an incident.
pub(crate) async fn history(
    db: &mut PgConnection,
    company: &str,
    incident: &str,
) -> Result<Vec<Event>, Fault> {
    let select = sqlx::query(
        "SELECT at, actor, person, body, seq FROM events WHERE company = $1 AND incident = $2 ORDER BY seq",
    );
    let rows = select.bind(company).bind(incident).fetch_all(db).await?;
    let event = |(before, row)| {
        let key = format!("{incident} {}", before + 1);
        let record = Record::new(row, "events", &key);
        record.check_sequence(before)?;
        Ok(Event { at: record.instant("at")?, by: record.by()?, fact: record.json("body")? })
    };
    rows.iter().enumerate().map(event).collect()
}

#[cfg(test)]
mod tests;
