//! A commit: prepared as text by the task that asks for it, so that the writer thread only writes.

use incident_core::ids::Version;
use incident_core::incident::{Event, Fact};
use incident_core::ports::{Answered, Commit, CommitError, Committed};
use rusqlite::{Connection, params};

use crate::error::Fault;
use crate::incidents::Columns;
use crate::owing::{Debt, Owing};
use crate::requests::Request;
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

/// A commit with everything in the form of its rows that takes time to put into it.
pub(crate) struct Draft {
    expected: Version,
    request: Option<Request>,
    incident: Columns,
    events: Vec<Event>,
    bodies: Vec<String>,
    owing: Owing,
}

impl Draft {
    pub(crate) fn new(commit: Commit) -> Result<Self, Fault> {
        let (company, id) = (commit.incident.company, commit.incident.id);
        let bodies: Result<_, _> =
            commit.events.iter().map(|event| serde_json::to_string(&event.fact)).collect();
        let debts: Result<_, _> =
            commit.owed().map(|(effect, to)| Debt::of_incident(id, effect.clone(), to)).collect();
        let (since, lease_until) = (commit.at, commit.lease_until);
        Ok(Self {
            expected: commit.expected,
            request: commit.origin.map(|origin| Request::new(origin, company, Some(id), commit.at)),
            incident: Columns::new(commit.incident, (commit.wake_at, commit.at), &commit.events)?,
            bodies: bodies?,
            events: commit.events,
            owing: Owing::new(company, since, lease_until, debts?),
        })
    }

    /// Writes the commit into the transaction that is open.
    ///
    /// A redelivery is recognised before the version is compared, since it always has an old one. To that end
    /// the key is written first, and taken back if the version is another: cheaper than asking before.
    pub(crate) fn write(&self, connection: &Connection) -> Result<Result<Committed, Refusal>, Fault> {
        if let Some(request) = &self.request
            && let Some(answered) = request.write(connection)?
        {
            return Ok(Err(Refusal::AlreadyApplied(answered)));
        }
        let written = match self.expected {
            Version::NONE => self.incident.insert(connection)?,
            expected => self.incident.update(connection, expected)?,
        };
        let number = match written {
            Ok(number) => number,
            Err(actual) => {
                self.request.as_ref().map_or(Ok(()), |request| request.undo(connection))?;
                return Ok(Err(Refusal::Conflict { expected: self.expected, actual }));
            }
        };
        self.write_events(connection)?;
        self.incident.write_details(connection)?;
        let claims = self.owing.write(connection, self.incident.key().0)?;
        Ok(Ok(Committed { number, claims }))
    }

    fn write_events(&self, connection: &Connection) -> Result<(), Fault> {
        let mut insert = connection.prepare_cached(INSERT_EVENT)?;
        let mut version = self.expected;
        for (event, body) in self.events.iter().zip(&self.bodies) {
            if let Fact::SubjectErased { person } = &event.fact {
                self.rewrite(connection, |earlier| earlier.erase(*person, self.incident.reporter()))?;
            }
            version = version.next();
            let (actor, person) = actor(event.by);
            let (company, id) = self.incident.key();
            insert.execute(params![
                company,
                id,
                version.get(),
                event.at.as_micros(),
                actor,
                person,
                tag(body)?,
                body,
                self.request.as_ref().map(Request::key)
            ])?;
        }
        Ok(())
    }

    /// Changes the events that were written so far.
    fn rewrite(&self, connection: &Connection, change: impl Fn(&mut Event)) -> Result<(), Fault> {
        let (company, id) = self.incident.key();
        let mut update = connection.prepare_cached(
            "UPDATE events SET body = ?4 WHERE company = ?1 AND incident = ?2 AND seq = ?3",
        )?;
        for (seq, mut event) in (1_u32..).zip(history(connection, company, id)?) {
            let before = event.clone();
            change(&mut event);
            if event != before {
                update.execute(params![company, id, seq, serde_json::to_string(&event.fact)?])?;
            }
        }
        Ok(())
    }
}

const INSERT_EVENT: &str =
    "INSERT INTO events (company, incident, seq, at, actor, person, type, body, request)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

/// Reads the journal of an incident.
pub(crate) fn history(connection: &Connection, company: &str, incident: &str) -> Result<Vec<Event>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT at, actor, person, body, seq FROM events WHERE company = ?1 AND incident = ?2 ORDER BY seq",
    )?;
    let mut rows = select.query([company, incident])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let key = format!("{incident} {}", events.len() + 1);
        let record = Record::new(row, "events", &key);
        record.check_sequence(events.len())?;
        events.push(Event { at: record.instant("at")?, by: record.by()?, fact: record.json("body")? });
    }
    Ok(events)
}
