//! Whether the database is what it should be: every state is the fold of its journal, every row refers to
//! something. Reads one incident at a time, so the size of the database does not matter; beside a living desk too,
//! since what changes while it is looked at is looked at again.

use std::collections::BTreeSet;
use std::io::{self, Write};

use incident_core::ids::{CompanyId, IncidentId, PersonId, Version};
use incident_core::incident::{self, Event, Incident};
use incident_core::ports::{Audit, Filed, Listing, Page, Store, StoreError};
use incident_core::roster::{self, Roster};
use serde::Serialize;
use serde_json::{Map, Value};

const PAGE: u32 = 500;
/// How many rows of a kind are told of that refer to nothing.
const STRAYS: u32 = 1_000;
/// How often something is looked at again that changes meanwhile.
const LOOKS: usize = 50;
/// How many parts of a state are named when it differs.
const NAMED: usize = 5;

/// Why a verification stopped.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database could not be read at present.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lines could not be written.
    #[error("cannot write: {0}")]
    Write(#[from] io::Error),
}

/// What a verification has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many companies.
    pub companies: u64,
    /// How many incidents.
    pub incidents: u64,
    /// How many events, those of rosters included.
    pub events: u64,
    /// How many differences, a line for each.
    pub differences: u64,
}

/// Compares everything with everything, and writes a line for each difference.
///
/// `audit` looks at the rows themselves, where the store has such; without it, what the port tells is compared.
/// `progress` is called after every page.
///
/// # Errors
/// If the database cannot be read at present, or nobody takes the lines. What can never be read is a difference.
pub async fn verify(
    store: &dyn Store,
    audit: Option<&dyn Audit>,
    out: &mut (dyn Write + Send),
    progress: &mut (dyn FnMut(Verified) + Send),
) -> Result<Verified, VerifyError> {
    let mut verification = Verification { store, audit, out, seen: Verified::default() };
    let companies = store.companies().await;
    for company in verification.read("the companies", companies)?.unwrap_or_default() {
        verification.company(company, progress).await?;
    }
    if let Some(audit) = audit {
        let strays = audit.strays(STRAYS).await;
        for stray in verification.read("the rows", strays)?.unwrap_or_default() {
            verification.differs("", &stray)?;
        }
    }
    verification.out.flush()?;
    Ok(verification.seen)
}

struct Verification<'a> {
    store: &'a dyn Store,
    audit: Option<&'a dyn Audit>,
    out: &'a mut (dyn Write + Send),
    seen: Verified,
}

/// An incident as it is stored, with its journal of the same moment.
struct Look {
    stored: Option<Filed>,
    journal: Option<Vec<Event>>,
    unreadable: Vec<String>,
    rows: Vec<String>,
}

impl Verification<'_> {
    fn differs(&mut self, about: &str, difference: &str) -> Result<(), VerifyError> {
        self.seen.differences += 1;
        if about.is_empty() {
            writeln!(self.out, "{difference}")?;
        } else {
            writeln!(self.out, "{about}: {difference}")?;
        }
        Ok(())
    }

    /// Takes what was read; what can never be read is a difference.
    fn read<T>(&mut self, about: &str, read: Result<T, StoreError>) -> Result<Option<T>, VerifyError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.temporary => Err(error.into()),
            Err(error) => self.differs(about, &error.to_string()).map(|()| None),
        }
    }

    async fn company(
        &mut self,
        company: CompanyId,
        progress: &mut (dyn FnMut(Verified) + Send),
    ) -> Result<(), VerifyError> {
        self.seen.companies += 1;
        self.roster(company).await?;
        let mut after = None;
        loop {
            let page = self.page(company, after).await;
            let Some(page) = self.read(&format!("company {company}"), page)? else {
                return Ok(());
            };
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = Some(*last);
            for id in &page {
                self.incident(company, *id).await?;
            }
            progress(self.seen);
        }
    }

    async fn page(
        &self,
        company: CompanyId,
        after: Option<IncidentId>,
    ) -> Result<Vec<IncidentId>, StoreError> {
        if let Some(audit) = self.audit {
            return audit.incident_ids(company, after, PAGE).await;
        }
        let page = self.store.list(company, &Listing::default(), Page { after, limit: PAGE }).await?;
        Ok(page.into_iter().map(|filed| filed.incident.id).collect())
    }

    async fn roster(&mut self, company: CompanyId) -> Result<(), VerifyError> {
        let about = format!("company {company}");
        for look in 1..=LOOKS {
            let before = self.store.roster(company).await;
            let journal = self.store.roster_history(company).await;
            let after = self.store.roster(company).await;
            let still = version_of(&before) == version_of(&after);
            if !still && look < LOOKS {
                continue;
            }
            let stored = self.read(&about, before)?.flatten();
            let Some(journal) = self.read(&about, journal)? else {
                return Ok(());
            };
            self.seen.events += journal.len() as u64;
            let told = roster::fold(company, &journal);
            for difference in between(stored.as_ref(), told.as_ref()) {
                self.differs(&about, &format!("the roster differs from its journal: {difference}"))?;
            }
            return self.people(company, &about, told.iter().flat_map(holders).collect()).await;
        }
        Ok(())
    }

    /// Looks whether people exist whom something refers to.
    async fn people(
        &mut self,
        company: CompanyId,
        about: &str,
        people: BTreeSet<PersonId>,
    ) -> Result<(), VerifyError> {
        let ids: Vec<PersonId> = people.into_iter().collect();
        let known = self.store.people(company, &ids).await;
        let Some(known) = self.read(about, known)? else {
            return Ok(());
        };
        let known: BTreeSet<PersonId> = known.into_iter().map(|person| person.id).collect();
        for id in ids.into_iter().filter(|id| !known.contains(id)) {
            self.differs(about, &format!("person {id} takes part, and does not exist"))?;
        }
        Ok(())
    }

    async fn incident(&mut self, company: CompanyId, id: IncidentId) -> Result<(), VerifyError> {
        self.seen.incidents += 1;
        let look = self.look(company, id).await?;
        let about =
            look.stored.as_ref().map_or_else(|| format!("incident {id}"), |filed| filed.number.to_string());
        for difference in look.unreadable.iter().chain(&look.rows) {
            self.differs(&about, difference)?;
        }
        let Some(journal) = look.journal else {
            return Ok(());
        };
        self.seen.events += journal.len() as u64;
        let told = incident::fold(id, &journal);
        let stored = look.stored.as_ref().map(|filed| &filed.incident);
        if look.unreadable.is_empty() {
            for difference in between(stored, told.as_ref()) {
                self.differs(&about, &format!("the state differs from its journal: {difference}"))?;
            }
        }
        if let Some(filed) = &look.stored {
            let found = self.store.find(company, filed.number).await;
            if self.read(&about, found)?.flatten().is_some_and(|found| found != id) {
                self.differs(&about, "the number is another incident's as well")?;
            }
        }
        self.people(company, &about, told.iter().flat_map(involved).collect()).await
    }

    /// Reads an incident, its journal and its rows, until nothing changed in between.
    async fn look(&self, company: CompanyId, id: IncidentId) -> Result<Look, VerifyError> {
        let mut looks = 0;
        loop {
            looks += 1;
            let (mut unreadable, mut rows) = (Vec::new(), Vec::new());
            let stored = keep(self.store.load(company, id).await, &mut unreadable)?.flatten();
            let journal = keep(self.store.history(company, id).await, &mut unreadable)?;
            let told = journal.as_ref().and_then(|journal| incident::fold(id, journal));
            if let (Some(audit), Some(told)) = (self.audit, &told) {
                rows = keep(audit.differences(told).await, &mut unreadable)?.unwrap_or_default();
            }
            let again = keep(self.store.load(company, id).await, &mut Vec::new())?.flatten();
            let version = |filed: &Option<Filed>| filed.as_ref().map(|filed| filed.incident.version);
            if version(&stored) == version(&again) || looks == LOOKS {
                return Ok(Look { stored, journal, unreadable, rows });
            }
        }
    }
}

fn version_of(roster: &Result<Option<Roster>, StoreError>) -> Option<Version> {
    roster.as_ref().ok().and_then(Option::as_ref).map(|roster| roster.version)
}

/// Takes what was read, and puts what can never be read among the differences.
fn keep<T>(read: Result<T, StoreError>, unreadable: &mut Vec<String>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.temporary => Err(error),
        Err(error) => {
            unreadable.push(error.to_string());
            Ok(None)
        }
    }
}

fn holders(roster: &Roster) -> BTreeSet<PersonId> {
    let granted = roster.groups.values().flat_map(|group| group.grants.iter().map(|grant| &grant.to));
    let members = roster.teams.values().flat_map(|team| &team.members);
    let everywhere = roster.settings.company_grants.iter().map(|grant| &grant.to);
    granted
        .chain(everywhere)
        .chain(members)
        .filter_map(|grantee| match grantee {
            roster::Grantee::Person(person) => Some(*person),
            roster::Grantee::Handle(_) | roster::Grantee::Circle(_) => None,
        })
        .collect()
}

fn involved(incident: &Incident) -> BTreeSet<PersonId> {
    let holders = incident.stints.iter().map(|stint| stint.person);
    holders.chain([incident.reporter]).chain(incident.resolver()).collect()
}

/// Says in what two versions of the same differ.
fn between<T: Serialize>(stored: Option<&T>, told: Option<&T>) -> Vec<String> {
    let (Some(stored), Some(told)) = (stored, told) else {
        return match (stored, told) {
            (Some(_), None) => vec!["it is stored, and no journal tells of it".to_owned()],
            (None, Some(_)) => vec!["a journal tells of it, and it is not stored".to_owned()],
            (None, None) | (Some(_), Some(_)) => Vec::new(),
        };
    };
    let mut found = Vec::new();
    // Both were read from JSON, so both can be written as JSON.
    let as_json = |value: &T| serde_json::to_value(value).unwrap_or(Value::Null);
    compare("", &as_json(stored), &as_json(told), &mut found);
    if found.len() > NAMED {
        let more = found.len() - NAMED;
        found.truncate(NAMED);
        found.push(format!("{more} more"));
    }
    if found.is_empty() { Vec::new() } else { vec![found.join("; ")] }
}

fn compare(path: &str, stored: &Value, told: &Value, found: &mut Vec<String>) {
    match (stored, told) {
        (Value::Object(stored), Value::Object(told)) => {
            for key in keys(stored, told) {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let of = |side: &Map<String, Value>| side.get(key).cloned().unwrap_or(Value::Null);
                compare(&path, &of(stored), &of(told), found);
            }
        }
        (stored, told) if stored == told => {}
        (stored, told) => {
            found.push(format!("{path} is {}, by the journal {}", shown(path, stored), shown(path, told)));
        }
    }
}

fn keys<'a>(stored: &'a Map<String, Value>, told: &'a Map<String, Value>) -> BTreeSet<&'a String> {
    stored.keys().chain(told.keys()).collect()
}

/// Parts of a state whose texts are words of ours or ids; all others may be what somebody wrote.
const WORDS: [&str; 8] = ["state", "reason", "resume_to", "priority", "status", "id", "company", "group"];

/// Shows a value, unless people wrote it.
fn shown(path: &str, value: &Value) -> String {
    let name = path.rsplit('.').next().unwrap_or(path);
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if WORDS.contains(&name) => text.clone(),
        Value::String(text) => format!("another text of {} characters", text.chars().count()),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(fields) => format!("a value of {} fields", fields.len()),
    }
}
