//! The row of an incident, with the rows of its tags and of those who held it.

use incident_core::ids::{Number, PersonId, Version};
use incident_core::incident::{Event, Fact, Incident, State, Stint};
use incident_core::time::Timestamp;
use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use crate::error::Fault;
use crate::people::count;
use crate::rows::{Record, word};

/// An incident in the form of its rows.
pub(crate) struct Columns {
    incident: Incident,
    company: String,
    id: String,
    group: String,
    wake_at: Option<Timestamp>,
    created_at: Timestamp,
    state_json: String,
    priority: String,
    close_reason: Option<String>,
    /// The positions of stints that the commit began or ended, with the word of how each ended.
    stints: Vec<(u32, Option<String>)>,
    tags_changed: bool,
}

const UPDATE: &str = "UPDATE incidents SET
    version = ?1, wake_at = ?2, state = ?3, level = ?4, team = ?5, cycle = ?6, priority = ?7, severity = ?8,
    resolver = ?9, close_reason = ?10, updated_at = ?11, active_at = ?12, cycle_at = ?13, routed_at = ?14,
    first_ack_at = ?15, ack_at = ?16, escalated_at = ?17, escalation_ack_at = ?18,
    resolution_requested_at = ?19, resolved_at = ?20, closed_at = ?21, held_us = ?22, state_json = ?23
    WHERE company = ?24 AND id = ?25 AND version = ?26 RETURNING year, seq";

const INSERT: &str = "INSERT INTO incidents (
    version, wake_at, state, level, team, cycle, priority, severity,
    resolver, close_reason, updated_at, active_at, cycle_at, routed_at,
    first_ack_at, ack_at, escalated_at, escalation_ack_at,
    resolution_requested_at, resolved_at, closed_at, held_us, state_json,
    company, id, year, seq, group_id, reporter, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
    ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30)";

impl Columns {
    /// Prepares an incident with its wake; `at` is the instant of the commit, `events` what it brings.
    pub(crate) fn new(
        incident: Incident,
        (wake_at, at): (Option<Timestamp>, Timestamp),
        events: &[Event],
    ) -> Result<Self, Fault> {
        let close_reason = match &incident.state {
            State::Closed { reason, .. } => Some(word(reason)?),
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_)
            | State::Resolved(_) => None,
        };
        let tagged = |event: &Event| matches!(event.fact, Fact::Tagged { .. } | Fact::Untagged { .. });
        Ok(Self {
            company: incident.company.to_string(),
            id: incident.id.to_string(),
            group: incident.group.to_string(),
            wake_at,
            created_at: events.first().map_or(at, |event| event.at),
            state_json: serde_json::to_string(&incident)?,
            priority: word(&incident.priority)?,
            close_reason,
            stints: changed_stints(&incident.stints, events)?,
            tags_changed: events.iter().any(tagged),
            incident,
        })
    }

    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.company, &self.id)
    }

    pub(crate) const fn reporter(&self) -> PersonId {
        self.incident.reporter
    }

    /// Inserts it with its number; `Err` gives the version if it exists.
    pub(crate) fn insert(&self, connection: &Connection) -> Result<Result<Number, Version>, Fault> {
        let actual = version(connection, &self.company, &self.id)?;
        if actual != Version::NONE {
            return Ok(Err(actual));
        }
        let year = self.created_at.year();
        let seq = count(connection, &self.company, &format!("TKT-{year}"))?;
        let place = [text(&self.company), text(&self.id), integer(year), integer(seq)];
        let values = self.mutable().into_iter().chain(place).chain(self.immutable());
        connection.prepare_cached(INSERT)?.execute(params_from_iter(values))?;
        Ok(Ok(Number { year, seq }))
    }

    /// Updates it if it has the expected version; `Err` gives the version it has.
    pub(crate) fn update(
        &self,
        connection: &Connection,
        expected: Version,
    ) -> Result<Result<Number, Version>, Fault> {
        let key = [text(&self.company), text(&self.id), integer(expected.get())];
        let mut update = connection.prepare_cached(UPDATE)?;
        let mut rows = update.query(params_from_iter(self.mutable().into_iter().chain(key)))?;
        if let Some(row) = rows.next()? {
            let number = Record::new(row, "incidents", &self.id).number()?;
            return Ok(Ok(number));
        }
        version(connection, &self.company, &self.id).map(Err)
    }

    pub(crate) fn mutable(&self) -> [ToSqlOutput<'_>; 23] {
        let incident = &self.incident;
        let clocks = &incident.clocks;
        [
            integer(incident.version.get()),
            instant(self.wake_at),
            text(incident.state.kind().as_str()),
            integer(incident.level.get()),
            optional(incident.team.map(|team| team.get())),
            integer(incident.cycle.0),
            text(&self.priority),
            optional(incident.severity.map(|severity| severity.get())),
            optional(incident.resolver().map(PersonId::get)),
            self.close_reason.as_deref().map_or(NULL, text),
            integer(clocks.updated_at.as_micros()),
            integer(clocks.active_at.as_micros()),
            integer(clocks.cycle_at.as_micros()),
            instant(clocks.routed_at),
            instant(clocks.first_ack_at),
            instant(clocks.ack_at),
            instant(clocks.escalated_at),
            instant(clocks.escalation_ack_at),
            instant(clocks.resolution_requested_at),
            instant(clocks.resolved_at),
            instant(clocks.closed_at),
            integer(i64::try_from(clocks.held.as_micros()).unwrap_or(i64::MAX)),
            text(&self.state_json),
        ]
    }

    pub(crate) fn immutable(&self) -> [ToSqlOutput<'_>; 3] {
        [
            text(&self.group),
            integer(self.incident.reporter.get()),
            integer(self.incident.clocks.created_at.as_micros()),
        ]
    }

    /// Writes the tags and stints that the commit changed.
    pub(crate) fn write_details(&self, connection: &Connection) -> Result<(), Fault> {
        for (position, ending) in &self.stints {
            self.write_stint(connection, *position, ending.as_deref())?;
        }
        if self.tags_changed {
            self.write_tags(connection)?;
        }
        Ok(())
    }

    fn write_stint(&self, connection: &Connection, position: u32, ending: Option<&str>) -> Result<(), Fault> {
        let stint = &self.incident.stints[position as usize];
        let mut upsert = connection.prepare_cached(
            "INSERT INTO assignments
             (company, incident, position, person, level, team, cycle, since, until, ending)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT DO UPDATE SET until = excluded.until, ending = excluded.ending",
        )?;
        upsert.execute(params![
            self.company,
            self.id,
            position,
            stint.person.get(),
            stint.level.get(),
            stint.team.map(|team| team.get()),
            stint.cycle.0,
            stint.from.as_micros(),
            stint.until.map(|(until, _)| until.as_micros()),
            ending,
        ])?;
        Ok(())
    }

    fn write_tags(&self, connection: &Connection) -> Result<(), Fault> {
        let key = [&self.company, &self.id];
        connection.prepare_cached("DELETE FROM tags WHERE company = ?1 AND incident = ?2")?.execute(key)?;
        let mut insert =
            connection.prepare_cached("INSERT INTO tags (company, incident, tag) VALUES (?1, ?2, ?3)")?;
        for tag in &self.incident.tags {
            insert.execute([&self.company, &self.id, tag.as_str()])?;
        }
        Ok(())
    }
}

/// Finds the stints that some events may have begun or ended: those with one of their instants.
fn changed_stints(stints: &[Stint], events: &[Event]) -> Result<Vec<(u32, Option<String>)>, Fault> {
    let at = |instant: Timestamp| events.iter().any(|event| event.at == instant);
    let changed = |stint: &Stint| at(stint.from) || stint.until.is_some_and(|(until, _)| at(until));
    let with_word = |(position, stint): (u32, &Stint)| {
        let ending = stint.until.map(|(_, ending)| word(&ending)).transpose()?;
        Ok((position, ending))
    };
    (0_u32..).zip(stints).filter(|(_, stint)| changed(stint)).map(with_word).collect()
}

/// Returns the version of an incident, [`Version::NONE`] if there is none.
pub(crate) fn version(connection: &Connection, company: &str, id: &str) -> Result<Version, Fault> {
    let mut select =
        connection.prepare_cached("SELECT version FROM incidents WHERE company = ?1 AND id = ?2")?;
    let version = select.query_row([company, id], |row| row.get(0)).optional()?;
    Ok(version.map_or(Version::NONE, Version::new))
}

/// Moves the wake of an incident that has a certain version; `false` if it has another.
pub(crate) fn reschedule(
    connection: &Connection,
    (company, id): (&str, &str),
    version: Version,
    wake_at: Option<Timestamp>,
) -> Result<bool, Fault> {
    let mut update = connection.prepare_cached(
        "UPDATE incidents SET wake_at = ?4 WHERE company = ?1 AND id = ?2 AND version = ?3",
    )?;
    let moved = update.execute(params![company, id, version.get(), wake_at.map(Timestamp::as_micros)])?;
    Ok(moved == 1)
}

const NULL: ToSqlOutput<'static> = ToSqlOutput::Owned(Value::Null);

const fn text(value: &str) -> ToSqlOutput<'_> {
    ToSqlOutput::Borrowed(ValueRef::Text(value.as_bytes()))
}

fn integer(value: impl Into<i64>) -> ToSqlOutput<'static> {
    ToSqlOutput::Owned(Value::Integer(value.into()))
}

fn optional(value: Option<impl Into<i64>>) -> ToSqlOutput<'static> {
    value.map_or(NULL, integer)
}

fn instant(at: Option<Timestamp>) -> ToSqlOutput<'static> {
    optional(at.map(Timestamp::as_micros))
}
