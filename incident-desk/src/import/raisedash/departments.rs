//! Incidents of the edition with departments. Its journal tells who claimed and left, its sessions to which
//! department an incident came when; where the journal has less than the claims, the claims are believed. Files that
//! the bot upgraded hold incidents from before there were departments.

use std::collections::BTreeSet;
use std::time::Duration;

use incident_core::incident::{Level, StateKind};
use incident_core::time::Timestamp;

use super::RaisedashFile;
use super::cells::Cells;
use super::two_tier::begun;
use crate::import::old::{Deed, Doing, OldRules, Tale};

/// A claim that ends so shortly before a transfer or the end was ended by it.
const ENDED_WITH: Duration = Duration::from_secs(2);

/// Reads an incident; `Ok(Err)` says what of it makes no sense.
pub(super) fn tale(file: &RaisedashFile, incident: &Cells) -> rusqlite::Result<Result<Tale, String>> {
    let number = incident.text("incident_id").unwrap_or_default();
    let of = |table: &str, order: &str| {
        if !file.has(table) {
            return Ok(Vec::new());
        }
        file.rows(&format!("SELECT * FROM {table} WHERE incident_id = ?1 ORDER BY {order}"), &number)
    };
    let rows = Rows {
        file,
        incident,
        events: of("incident_events", "at, rowid")?,
        claims: of("incident_claims", "claimed_at, rowid")?,
        sessions: of("incident_department_sessions", "assigned_at, rowid")?,
    };
    Ok(rows.tale())
}

struct Rows<'a> {
    file: &'a RaisedashFile,
    incident: &'a Cells,
    events: Vec<Cells>,
    claims: Vec<Cells>,
    sessions: Vec<Cells>,
}

impl Rows<'_> {
    fn tale(&self) -> Result<Tale, String> {
        let status = self.incident.text("status").unwrap_or_default();
        let ends = match status.as_str() {
            "Awaiting_Department" => StateKind::Triage,
            "Awaiting_Claim" => StateKind::Open,
            "In_Progress" => StateKind::Acknowledged,
            "Awaiting_Summary" => StateKind::PendingSummary,
            "Resolved" => StateKind::Resolved,
            "Closed" => StateKind::Closed,
            _ => return Err(format!("the status {status:?} is not known")),
        };
        let mut deeds = self.routes()?;
        let mut remarks = Vec::new();
        deeds.extend(self.endings(ends)?);
        deeds.extend(self.holders(&deeds)?);
        self.notes(&mut deeds, &mut remarks)?;
        deeds.sort_by_key(|deed| (deed.at, rank(&deed.what)));
        let first = deeds.iter().find(|deed| !matches!(deed.what, Doing::Note(_))).map(|deed| &deed.what);
        let routed = match first {
            Some(what) => matches!(what, Doing::Route(_)),
            None => ends == StateKind::Triage,
        };
        let rules = OldRules::Departments { routed };
        let tale = begun(self.incident, self.file.clockwork, rules, (ends, Level::FIRST))?;
        Ok(Tale { deeds, remarks, ..tale })
    }

    fn instant(&self, row: &Cells, column: &str) -> Result<Timestamp, String> {
        self.file.clockwork.read(row, column)?.ok_or_else(|| format!("{column} is missing"))
    }

    fn event(&self, kind: &str) -> Option<&Cells> {
        self.events.iter().rev().find(|event| event.text("event_type").as_deref() == Some(kind))
    }

    fn routes(&self) -> Result<Vec<Deed>, String> {
        let route = |session: &Cells| {
            let team = session.number("department_id").ok_or("a session has no department")?;
            let by = session.number("assigned_by_user_id");
            Ok(Deed { at: self.instant(session, "assigned_at")?, by, what: Doing::Route(team) })
        };
        if !self.sessions.is_empty() {
            return self.sessions.iter().map(route).collect();
        }
        // A file from before there were sessions.
        let team = self.incident.number("department_id");
        let at = self.file.clockwork.read(self.incident, "t_department_assigned")?;
        Ok(team
            .zip(at)
            .map(|(team, at)| Deed { at, by: None, what: Doing::Route(team) })
            .into_iter()
            .collect())
    }

    /// Returns the promise of a summary, and what came of it.
    fn endings(&self, ends: StateKind) -> Result<Vec<Deed>, String> {
        let actor = |kind| self.event(kind).and_then(|event| event.number("actor_user_id"));
        let pending = self.incident.number("pending_resolution_by_user_id");
        let resolver = self.incident.number("resolved_by_user_id").or_else(|| actor("resolve"));
        let asked = self.file.clockwork.read(self.incident, "t_resolution_requested")?;
        let promised = pending.or_else(|| actor("resolution_requested")).or(resolver);
        let promise = asked.map(|at| Deed { at, by: promised, what: Doing::Promise });
        let over = || self.instant(self.incident, "t_resolved");
        let end = match ends {
            StateKind::Resolved => {
                let what = Doing::Resolve(self.incident.text("resolution_summary"));
                Some(Deed { at: over()?, by: resolver.or(promised), what })
            }
            StateKind::Closed => Some(Deed { at: over()?, by: promised, what: Doing::TimeOut }),
            StateKind::PendingSummary => None,
            StateKind::Triage | StateKind::Open | StateKind::Acknowledged | StateKind::OnHold => {
                return Ok(Vec::new());
            }
        };
        Ok(promise.into_iter().chain(end).collect())
    }

    /// Returns who claimed and who left.
    fn holders(&self, others: &[Deed]) -> Result<Vec<Deed>, String> {
        let told: Vec<(&Cells, Doing)> =
            self.events.iter().filter_map(|event| Some((event, holding(event)?))).collect();
        let claims = told.iter().filter(|(_, what)| *what == Doing::Claim).count();
        if claims >= self.claims.len() {
            let deed = |(event, what): (&Cells, Doing)| {
                Ok(Deed { at: self.instant(event, "at")?, by: event.number("actor_user_id"), what })
            };
            return told.into_iter().map(deed).collect();
        }
        let mut deeds = Vec::new();
        for claim in &self.claims {
            let by = claim.number("user_id");
            deeds.push(Deed { at: self.instant(claim, "claimed_at")?, by, what: Doing::Claim });
            let left = self.file.clockwork.read(claim, "released_at")?;
            deeds.extend(left.filter(|at| !ended_with(others, *at)).map(|at| Deed {
                at,
                by,
                what: Doing::Release,
            }));
        }
        Ok(deeds)
    }

    /// Keeps what there is no word for as notes.
    fn notes(&self, deeds: &mut Vec<Deed>, remarks: &mut Vec<String>) -> Result<(), String> {
        let known = ["create", "department_assigned", "resolution_requested", "resolve", "auto_closed"];
        let mut strange = BTreeSet::new();
        for event in self.events.iter().filter(|event| holding(event).is_none()) {
            let kind = event.text("event_type").unwrap_or_else(|| "nothing".to_owned());
            if known.contains(&kind.as_str()) {
                continue;
            }
            let (at, by) = (self.instant(event, "at")?, event.number("actor_user_id"));
            deeds.push(Deed { at, by, what: Doing::Note(format!("RaiseDash noted here: {kind}")) });
            strange.insert(kind);
        }
        remarks.extend(strange.into_iter().map(|kind| format!("its event {kind:?} is kept as a note")));
        Ok(())
    }
}

/// What of an event says who holds the incident. Those with a tier are from before there were departments.
fn holding(event: &Cells) -> Option<Doing> {
    match event.text("event_type")?.as_str() {
        "claim" | "claim_t1" | "claim_t2" | "claim_tier1" | "claim_tier2" => Some(Doing::Claim),
        "release" | "release_t1" | "release_tier1" => Some(Doing::Release),
        _ => None,
    }
}

fn ended_with(others: &[Deed], at: Timestamp) -> bool {
    others.iter().any(|deed| match deed.what {
        Doing::Route(_) | Doing::Resolve(_) | Doing::TimeOut => {
            deed.at.since(at) <= ENDED_WITH && at.since(deed.at) <= ENDED_WITH
        }
        Doing::Claim | Doing::Release | Doing::Escalate | Doing::Promise | Doing::Note(_) => false,
    })
}

/// In which order things happen that happened at once.
const fn rank(what: &Doing) -> u8 {
    match what {
        Doing::Route(_) => 0,
        Doing::Claim => 1,
        Doing::Escalate => 2,
        Doing::Release => 3,
        Doing::Promise => 4,
        Doing::Resolve(_) | Doing::TimeOut => 5,
        Doing::Note(_) => 6,
    }
}
