//! The row of an incident, with the rows of its tags and of those who held it.

use incident_core::ids::{PersonId, Version};
use incident_core::incident::{Event, Fact, Incident, State, Stint};
use incident_core::time::Timestamp;
use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::error::Fault;
use crate::rows::word;

/// An incident in the form of its rows.
pub(crate) struct Columns {
    company: String,
    id: String,
    reporter: PersonId,
    row: Value,
    /// The stints that the commit began or ended.
    stints: Vec<Value>,
    /// All tags, if the commit changed any.
    tags: Option<Value>,
}

impl Columns {
    /// Prepares an incident with its wake; `at` is the instant of the commit, `events` what it brings.
    pub(crate) fn new(
        incident: &Incident,
        (wake_at, at): (Option<Timestamp>, Timestamp),
        events: &[Event],
    ) -> Result<Self, Fault> {
        let tagged = |event: &Event| matches!(event.fact, Fact::Tagged { .. } | Fact::Untagged { .. });
        let tags = || incident.tags.iter().map(|tag| tag.as_str()).collect();
        let filed_at = events.first().map_or(at, |event| event.at);
        Ok(Self {
            company: incident.company.to_string(),
            id: incident.id.to_string(),
            reporter: incident.reporter,
            row: row(incident, wake_at, filed_at)?,
            stints: changed_stints(incident, events)?,
            tags: events.iter().any(tagged).then(tags),
        })
    }

    pub(crate) fn key(&self) -> (&str, &str) {
        (&self.company, &self.id)
    }

    pub(crate) const fn reporter(&self) -> PersonId {
        self.reporter
    }

    /// Puts its rows into the draft of a commit.
    pub(crate) fn put(&mut self, draft: &mut Value) {
        draft["incident"] = self.row.take();
        draft["stints"] = std::mem::take(&mut self.stints).into();
        if let Some(tags) = self.tags.take() {
            draft["tags"] = tags;
        }
    }
}

/// Returns the row of an incident; its number is given at the commit that files it.
pub(crate) fn row(
    incident: &Incident,
    wake_at: Option<Timestamp>,
    filed_at: Timestamp,
) -> Result<Value, Fault> {
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
    Ok(json!({
        "company": incident.company.to_string(),
        "id": incident.id.to_string(),
        "year": filed_at.year(),
        "group_id": incident.group.to_string(),
        "reporter": incident.reporter.get(),
        "created_at": clocks.created_at.as_micros(),
        "version": incident.version.get(),
        "wake_at": micros(wake_at),
        "state": incident.state.kind().as_str(),
        "level": incident.level.get(),
        "team": incident.team.map(|team| team.get()),
        "cycle": incident.cycle.0,
        "priority": word(&incident.priority)?,
        "severity": incident.severity.map(|severity| severity.get()),
        "resolver": incident.resolver().map(PersonId::get),
        "close_reason": close_reason,
        "updated_at": clocks.updated_at.as_micros(),
        "active_at": clocks.active_at.as_micros(),
        "cycle_at": clocks.cycle_at.as_micros(),
        "routed_at": micros(clocks.routed_at),
        "first_ack_at": micros(clocks.first_ack_at),
        "ack_at": micros(clocks.ack_at),
        "escalated_at": micros(clocks.escalated_at),
        "escalation_ack_at": micros(clocks.escalation_ack_at),
        "resolution_requested_at": micros(clocks.resolution_requested_at),
        "resolved_at": micros(clocks.resolved_at),
        "closed_at": micros(clocks.closed_at),
        "held_us": i64::try_from(clocks.held.as_micros()).unwrap_or(i64::MAX),
        "state_json": serde_json::to_string(incident)?,
    }))
}

/// Returns the rows of the stints that some events may have begun or ended: those with one of their instants.
fn changed_stints(incident: &Incident, events: &[Event]) -> Result<Vec<Value>, Fault> {
    let at = |instant: Timestamp| events.iter().any(|event| event.at == instant);
    let changed = |stint: &Stint| at(stint.from) || stint.until.is_some_and(|(until, _)| at(until));
    let stints = (0..).zip(&incident.stints).filter(|(_, stint)| changed(stint));
    stints.map(|stint| stint_row(incident, stint)).collect()
}

/// Returns the row of a stint, with its position.
pub(crate) fn stint_row(incident: &Incident, (position, stint): (u32, &Stint)) -> Result<Value, Fault> {
    Ok(json!({
        "company": incident.company.to_string(),
        "incident": incident.id.to_string(),
        "position": position,
        "person": stint.person.get(),
        "level": stint.level.get(),
        "team": stint.team.map(|team| team.get()),
        "cycle": stint.cycle.0,
        "since": stint.from.as_micros(),
        "until": stint.until.map(|(until, _)| until.as_micros()),
        "ending": stint.until.map(|(_, ending)| word(&ending)).transpose()?,
    }))
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
