//! Everything in the database as JSON lines, in an order that does not depend on the run: each company with
//! its roster and people, then its incidents with their journals and the messages that show them.

use std::io::{self, Write};

use incident_core::ids::{CompanyId, IncidentId, PersonId};
use incident_core::incident::Event;
use incident_core::ports::{Filed, Listing, Page, Person, Store, StoreError, Surface};
use incident_core::roster::{Roster, RosterEvent};
use serde::Serialize;

const PAGE: u32 = 500;

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The database could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lines could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// One line.
#[derive(Serialize)]
#[serde(tag = "line", rename_all = "snake_case")]
enum Line<'a> {
    Roster { company: CompanyId, roster: &'a Roster },
    RosterEvent { company: CompanyId, seq: usize, event: &'a RosterEvent },
    Person { company: CompanyId, person: &'a Person },
    Incident { company: CompanyId, number: String, incident: &'a Filed },
    Event { company: CompanyId, incident: IncidentId, seq: usize, event: &'a Event },
    Surface { company: CompanyId, incident: IncidentId, surface: &'a Surface },
}

/// Writes everything; returns how many lines that were.
///
/// # Errors
/// Stops at the first thing that cannot be read or written; what was written before is complete lines.
pub async fn export(store: &dyn Store, out: &mut (dyn Write + Send)) -> Result<u64, ExportError> {
    let mut writer = Lines { out, count: 0 };
    for company in store.companies().await? {
        writer.company(store, company).await?;
    }
    writer.out.flush()?;
    Ok(writer.count)
}

struct Lines<'a> {
    out: &'a mut (dyn Write + Send),
    count: u64,
}

impl Lines<'_> {
    fn put(&mut self, line: &Line<'_>) -> Result<(), ExportError> {
        serde_json::to_writer(&mut *self.out, line).map_err(io::Error::from)?;
        self.out.write_all(b"\n")?;
        self.count += 1;
        Ok(())
    }

    async fn company(&mut self, store: &dyn Store, company: CompanyId) -> Result<(), ExportError> {
        if let Some(roster) = store.roster(company).await? {
            self.put(&Line::Roster { company, roster: &roster })?;
        }
        for (index, event) in store.roster_history(company).await?.iter().enumerate() {
            self.put(&Line::RosterEvent { company, seq: index + 1, event })?;
        }
        self.people(store, company).await?;
        let mut after = None;
        loop {
            let page = store.list(company, &Listing::default(), Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(last.incident.id);
            for filed in &page {
                self.incident(store, company, filed).await?;
            }
        }
    }

    /// People are numbered from 1 without gaps, so the first page that is not full is the last.
    async fn people(&mut self, store: &dyn Store, company: CompanyId) -> Result<(), ExportError> {
        let mut next = 1;
        loop {
            let ids: Vec<PersonId> = (next..next + PAGE).map(PersonId::new).collect();
            let people = store.people(company, &ids).await?;
            for person in &people {
                self.put(&Line::Person { company, person })?;
            }
            if people.len() < PAGE as usize {
                return Ok(());
            }
            next += PAGE;
        }
    }

    async fn incident(
        &mut self,
        store: &dyn Store,
        company: CompanyId,
        filed: &Filed,
    ) -> Result<(), ExportError> {
        let incident = filed.incident.id;
        self.put(&Line::Incident { company, number: filed.number.to_string(), incident: filed })?;
        for (index, event) in store.history(company, incident).await?.iter().enumerate() {
            self.put(&Line::Event { company, incident, seq: index + 1, event })?;
        }
        for surface in &store.surfaces(company, incident).await? {
            self.put(&Line::Surface { company, incident, surface })?;
        }
        Ok(())
    }
}
