//! Incidents of the edition with two tiers. It kept no journal: what happened is told by the columns alone, so a
//! claim that was given back left no trace.

use incident_core::incident::{Level, StateKind};
use incident_core::time::Timestamp;

use super::cells::Cells;
use super::house::is_handle;
use super::instants::Clockwork;
use crate::import::old::{Deed, Doing, OldRules, Tale};

/// Reads what both editions say in the same columns; without deeds.
///
/// # Errors
/// Says what is missing without which there is no incident.
pub(super) fn begun(
    incident: &Cells,
    clockwork: Clockwork,
    rules: OldRules,
    (ends, level): (StateKind, Level),
) -> Result<Tale, String> {
    let need = |value: Option<i64>, what: &str| value.ok_or_else(|| format!("{what} is missing"));
    Ok(Tale {
        number: incident.text("incident_id").ok_or("incident_id is missing")?,
        chat: need(incident.number("group_id"), "group_id")?,
        reporter: need(incident.number("created_by_id"), "created_by_id")?,
        reporter_handle: incident.text("created_by_handle").filter(|handle| is_handle(handle)),
        at: clockwork.read(incident, "t_created")?.ok_or("t_created is missing")?,
        written: Clockwork { utc_offset: 0 }.read(incident, "t_created")?.ok_or("t_created is missing")?,
        description: incident.text("description").unwrap_or_default(),
        card: incident.number("pinned_message_id"),
        rules,
        deeds: Vec::new(),
        ends,
        level,
        remarks: Vec::new(),
    })
}

/// Reads an incident.
///
/// # Errors
/// Says what of it makes no sense.
pub(super) fn tale(incident: &Cells, clockwork: Clockwork) -> Result<Tale, String> {
    let status = incident.text("status").unwrap_or_default();
    let second = incident.text("t_escalated").is_some();
    let at_level = if second { Level::SECOND } else { Level::FIRST };
    let end = match status.as_str() {
        "Unclaimed" => (StateKind::Open, Level::FIRST),
        "Claimed_T1" => (StateKind::Acknowledged, Level::FIRST),
        "Escalated_Unclaimed_T2" => (StateKind::Open, Level::SECOND),
        "Claimed_T2" => (StateKind::Acknowledged, Level::SECOND),
        "Awaiting_Summary" => (StateKind::PendingSummary, at_level),
        "Resolved" => (StateKind::Resolved, at_level),
        "Closed" => (StateKind::Closed, at_level),
        _ => return Err(format!("the status {status:?} is not known")),
    };
    let mut tale = begun(incident, clockwork, OldRules::TwoTier, end)?;
    let mut columns =
        Columns { incident, clockwork, before: tale.at, remarks: Vec::new(), deeds: Vec::new() };
    let (first, second) = (incident.number("claimed_by_t1_id"), incident.number("claimed_by_t2_id"));
    let pending = incident.number("pending_resolution_by_user_id");
    let resolver = incident.number("resolved_by_user_id").or(pending).or(second).or(first);
    if let Some(person) = first {
        columns.deed("t_claimed_tier1", Some(person), Doing::Claim)?;
    }
    if end.1 == Level::SECOND {
        let by = incident.number("escalated_by_user_id").or(first);
        columns.deed("t_escalated", by, Doing::Escalate)?;
    }
    if let Some(person) = second {
        columns.deed("t_claimed_tier2", Some(person), Doing::Claim)?;
    }
    match end.0 {
        StateKind::PendingSummary => columns.deed("t_resolution_requested", resolver, Doing::Promise)?,
        StateKind::Resolved => {
            columns.promise(resolver)?;
            columns.deed("t_resolved", resolver, Doing::Resolve(incident.text("resolution_summary")))?;
        }
        StateKind::Closed => {
            columns.promise(resolver)?;
            columns.deed("t_resolved", resolver, Doing::TimeOut)?;
        }
        StateKind::Triage | StateKind::Open | StateKind::Acknowledged | StateKind::OnHold => {}
    }
    (tale.deeds, tale.remarks) = (columns.deeds, columns.remarks);
    Ok(tale)
}

/// Makes deeds of columns, in the order in which they must have happened.
struct Columns<'a> {
    incident: &'a Cells,
    clockwork: Clockwork,
    before: Timestamp,
    remarks: Vec<String>,
    deeds: Vec<Deed>,
}

impl Columns<'_> {
    /// Adds a deed; one without a time happened when the one before did.
    fn deed(&mut self, column: &str, by: Option<i64>, what: Doing) -> Result<(), String> {
        let at = match self.clockwork.read(self.incident, column)? {
            Some(at) => at,
            None => {
                self.remarks.push(format!("{column} is missing; the time before it is taken"));
                self.before
            }
        };
        self.before = at;
        self.deeds.push(Deed { at, by, what });
        Ok(())
    }

    fn promise(&mut self, by: Option<i64>) -> Result<(), String> {
        if self.incident.text("t_resolution_requested").is_some() {
            self.deed("t_resolution_requested", by, Doing::Promise)?;
        }
        Ok(())
    }
}
