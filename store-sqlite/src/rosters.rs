//! Rosters as they were last read. Each request asks for one, they change seldom, and putting one together takes
//! seven questions and a row for each grant; so the version is asked for, and the rest only if it is another.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use incident_core::ids::{CompanyId, Version};
use incident_core::roster::Roster;
use rusqlite::Connection;

use crate::error::Fault;
use crate::{roster, roster_rows};

#[derive(Default)]
pub(crate) struct Rosters(Mutex<BTreeMap<CompanyId, Roster>>);

impl Rosters {
    /// Returns a roster as it is now.
    pub(crate) fn get(&self, connection: &Connection, company: CompanyId) -> Result<Option<Roster>, Fault> {
        let version = roster::version(connection, &company.to_string())?;
        if version == Version::NONE {
            return Ok(None);
        }
        if let Some(known) = self.lock().get(&company).filter(|known| known.version == version) {
            return Ok(Some(known.clone()));
        }
        // The transaction keeps commits from getting between the rows.
        let transaction = connection.unchecked_transaction()?;
        let roster = roster_rows::load(&transaction, company)?;
        if let Some(roster) = &roster {
            self.lock().insert(company, roster.clone());
        }
        Ok(roster)
    }

    /// Makes sure that the next one to ask gets what is stored.
    pub(crate) fn forget(&self, company: CompanyId) {
        self.lock().remove(&company);
    }

    /// A panic leaves no roster half changed: they are only put in and taken out.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<CompanyId, Roster>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
