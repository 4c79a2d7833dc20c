//! The row of an incident, with the rows of its tags and of those who held it.

use incident_core::ids::{PersonId, Version};
use incident_core::incident::{Event, Fact, Incident, State, Stint};
use incident_core::time::Timestamp;
use serde::Serialize;
use sqlx::PgConnection;

use crate::error::Fault;
use crate::rows::word;

/// The row of an incident; its columns are explained where the tables are made.
#[derive(Serialize)]
pub(crate) struct IncidentRow {
    company: String,
    id: String,
    year: i16,
    group_id: String,
    reporter: u32,
    created_at: i64,
    version: u32,
    wake_at: Option<i64>,
    state: &'static str,
    level: u8,
    team: Option<u16>,
    cycle: u16,
    priority: String,
    severity: Option<u8>,
    resolver: Option<u32>,
    close_reason: Option<String>,
    updated_at: i64,
    active_at: i64,
    cycle_at: i64,
    routed_at: Option<i64>,
    first_ack_at: Option<i64>,
    ack_at: Option<i64>,
    escalated_at: Option<i64>,
    escalation_ack_at: Option<i64>,
    resolution_requested_at: Option<i64>,
    resolved_at: Option<i64>,
    closed_at: Option<i64>,
    held_us: i64,
    state_json: String,
}

impl IncidentRow {
    /// Prepares the row of an incident; its number is given at the commit that files it.
    pub(crate) fn new(
        incident: &Incident,
        wake_at: Option<Timestamp>,
        filed_at: Timestamp,
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
        let clocks = &incident.clocks;
        let micros = |at: Option<Timestamp>| at.map(Timestamp::as_micros);
        Ok(Self {
            company: incident.company.to_string(),
            id: incident.id.to_string(),
            year: filed_at.year(),
            group_id: incident.group.to_string(),
            reporter: incident.reporter.get(),
            created_at: clocks.created_at.as_micros(),
            version: incident.version.get(),
            wake_at: micros(wake_at),
            state: incident.state.kind().as_str(),
            level: incident.level.get(),
            team: incident.team.map(|team| team.get()),
            cycle: incident.cycle.0,
            priority: word(&incident.priority)?,
            severity: incident.severity.map(|severity| severity.get()),
            resolver: incident.resolver().map(PersonId::get),
            close_reason,
            updated_at: clocks.updated_at.as_micros(),
            active_at: clocks.active_at.as_micros(),
            cycle_at: clocks.cycle_at.as_micros(),
            routed_at: micros(clocks.routed_at),
            first_ack_at: micros(clocks.first_ack_at),
            ack_at: micros(clocks.ack_at),
            escalated_at: micros(clocks.escalated_at),
            escalation_ack_at: micros(clocks.escalation_ack_at),
            resolution_requested_at: micros(clocks.resolution_requested_at),
            resolved_at: micros(clocks.resolved_at),
            closed_at: micros(clocks.closed_at),
            held_us: i64::try_from(clocks.held.as_micros()).unwrap_or(i64::MAX),
            state_json: serde_json::to_string(incident)?,
        })
    }

    /// Names the company and the incident.
    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.company, &self.id)
    }
}

/// Returns the rows of the stints that some events may have begun or ended: those with one of their instants.
pub(crate) fn changed_stints(incident: &Incident, events: &[Event]) -> Result<Vec<StintRow>, Fault> {
    let at = |instant: Timestamp| events.iter().any(|event| event.at == instant);
    let changed = |stint: &Stint| at(stint.from) || stint.until.is_some_and(|(until, _)| at(until));
    let stints = (0..).zip(&incident.stints).filter(|(_, stint)| changed(stint));
    stints.map(|stint| StintRow::new(incident, stint)).collect()
}

/// Returns all tags of an incident, if some events changed any.
pub(crate) fn changed_tags(incident: &Incident, events: &[Event]) -> Option<Vec<String>> {
    let tagged = |event: &Event| matches!(event.fact, Fact::Tagged { .. } | Fact::Untagged { .. });
    let tags = || incident.tags.iter().map(|tag| tag.as_str().to_owned()).collect();
    events.iter().any(tagged).then(tags)
}

/// The row of a stint, with its position.
#[derive(Serialize)]
pub(crate) struct StintRow {
    company: String,
    incident: String,
    position: u32,
    person: u32,
    level: u8,
    team: Option<u16>,
    cycle: u16,
    since: i64,
    until: Option<i64>,
    ending: Option<String>,
}

impl StintRow {
    pub(crate) fn new(incident: &Incident, (position, stint): (u32, &Stint)) -> Result<Self, Fault> {
        Ok(Self {
            company: incident.company.to_string(),
            incident: incident.id.to_string(),
            position,
            person: stint.person.get(),
            level: stint.level.get(),
            team: stint.team.map(|team| team.get()),
            cycle: stint.cycle.0,
            since: stint.from.as_micros(),
            until: stint.until.map(|(until, _)| until.as_micros()),
            ending: stint.until.map(|(_, ending)| word(&ending)).transpose()?,
        })
    }
}

/// Moves the wake of an incident that has a certain version; `false` if it has another.
pub(crate) async fn reschedule(
    db: &mut PgConnection,
    (company, id): (&str, &str),
    version: Version,
    wake_at: Option<Timestamp>,
) -> Result<bool, Fault> {
    let update =
        sqlx::query("UPDATE incidents SET wake_at = $4 WHERE company = $1 AND id = $2 AND version = $3");
    let update = update.bind(company).bind(id).bind(i64::from(version.get()));
    let moved = update.bind(wake_at.map(Timestamp::as_micros)).execute(db).await?;
    Ok(moved.rows_affected() == 1)
}
