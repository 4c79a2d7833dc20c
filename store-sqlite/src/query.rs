//! Questions about incidents. Each is answered by an index, so that a database of a million incidents answers
//! like one of a thousand.

use incident_core::ids::{CompanyId, GroupId, IncidentId, Number, PersonId};
use incident_core::incident::{StateKind, Tag};
use incident_core::ports::{Filed, Listing, Page};
use incident_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Fault;
use crate::rows::Record;

pub(crate) const LOAD: &str =
    "SELECT year, seq, version, state_json FROM incidents WHERE company = ?1 AND id = ?2";

pub(crate) const FIND: &str = "SELECT id FROM incidents WHERE company = ?1 AND year = ?2 AND seq = ?3";

pub(crate) const REPORTS: &str = "SELECT created_at FROM incidents
    WHERE company = ?1 AND reporter = ?2 AND created_at >= ?3 ORDER BY created_at DESC LIMIT ?4";

pub(crate) const DUE: &str = "SELECT company, id FROM incidents
    WHERE wake_at IS NOT NULL AND wake_at <= ?1 ORDER BY wake_at, id, company LIMIT ?2";

pub(crate) const NEXT_WAKE: &str =
    "SELECT wake_at FROM incidents WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1";

pub(crate) const DUE_COMPANIES: &str =
    "SELECT id FROM companies WHERE wake_at IS NOT NULL AND wake_at <= ?1 ORDER BY wake_at, id LIMIT ?2";

pub(crate) const NEXT_WAKE_OF_COMPANIES: &str =
    "SELECT wake_at FROM companies WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1";

/// Returns an incident.
pub(crate) fn load(
    connection: &Connection,
    company: CompanyId,
    id: IncidentId,
) -> Result<Option<Filed>, Fault> {
    let mut select = connection.prepare_cached(LOAD)?;
    let mut rows = select.query([company.to_string(), id.to_string()])?;
    rows.next()?.map(|row| Record::new(row, "incidents", &id).filed()).transpose()
}

/// Finds an incident by its number.
pub(crate) fn find(
    connection: &Connection,
    company: CompanyId,
    number: Number,
) -> Result<Option<IncidentId>, Fault> {
    let mut select = connection.prepare_cached(FIND)?;
    let mut rows = select.query(params![company.to_string(), number.year, number.seq])?;
    rows.next()?.map(|row| Record::new(row, "incidents", &number).id("id")).transpose()
}

/// Counts the incidents of a group.
pub(crate) const COUNT: &str = "SELECT count(*) FROM incidents WHERE company = ?1 AND group_id = ?2";

/// Counts the incidents that were ever reported in a group.
pub(crate) fn count(connection: &Connection, company: CompanyId, group: GroupId) -> Result<u64, Fault> {
    let mut select = connection.prepare_cached(COUNT)?;
    let count: i64 = select.query_row([company.to_string(), group.to_string()], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Lists incidents, in the order of their ids.
pub(crate) fn list(
    connection: &Connection,
    company: CompanyId,
    listing: &Listing,
    page: Page,
) -> Result<Vec<Filed>, Fault> {
    let states: Vec<&str> = listing.states.iter().copied().map(StateKind::as_str).collect();
    let mut select = connection.prepare_cached(&list_sql(listing))?;
    // Those that every listing needs come first: a statement takes no more than it asks for.
    let parameters = params![
        company.to_string(),
        page.after.map_or_else(String::new, |id| id.to_string()),
        page.limit,
        serde_json::to_string(&states)?,
        listing.group.map(|group| group.to_string()),
        listing.assignee.map(PersonId::get),
        listing.tag.as_ref().map(Tag::as_str),
    ];
    let asked_for = select.parameter_count();
    let mut rows = select.query(&parameters[..asked_for])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get("id")?;
        list.push(Record::new(row, "incidents", &id).filed()?);
    }
    Ok(list)
}

/// Puts the statement of a listing together from constant parts.
///
/// The index is named, since without statistics SQLite guesses: what a person holds is little, what lives is
/// little, a group, a company and a tag have their own order. What lives is looked up by its tags. Every index ends in the id, so a page needs no sort.
pub(crate) fn list_sql(listing: &Listing) -> String {
    let live = !listing.states.is_empty() && !listing.states.iter().any(|state| state.is_terminal());
    let (held, grouped) = (listing.assignee.is_some(), listing.group.is_some());
    let by_tag = listing.tag.is_some() && !live && !held;
    let source = if held {
        "assignments AS held INDEXED BY assignments_open CROSS JOIN incidents INDEXED BY incidents_id
            ON incidents.company = held.company AND incidents.id = held.incident"
    } else if by_tag {
        "tags AS tagged INDEXED BY tags_tag CROSS JOIN incidents INDEXED BY incidents_id
            ON incidents.company = tagged.company AND incidents.id = tagged.incident"
    } else if live {
        "incidents INDEXED BY incidents_live"
    } else if grouped {
        "incidents INDEXED BY incidents_group"
    } else {
        "incidents INDEXED BY incidents_id"
    };
    let position = if held {
        "held.company = ?1 AND held.person = ?6 AND held.until IS NULL AND held.incident > ?2"
    } else if by_tag {
        "tagged.company = ?1 AND tagged.tag = ?7 AND tagged.incident > ?2"
    } else {
        "incidents.company = ?1 AND incidents.id > ?2"
    };
    let order = match (held, by_tag) {
        (true, _) => "held.incident",
        (false, true) => "tagged.incident",
        (false, false) => "incidents.id",
    };
    let looked_up = listing.tag.is_some() && !by_tag;
    let conditions = [
        (live && !held, " AND state NOT IN ('resolved', 'closed')"),
        (!listing.states.is_empty(), " AND state IN (SELECT value FROM json_each(?4))"),
        (grouped, " AND group_id = ?5"),
        (
            looked_up,
            " AND EXISTS (SELECT 1 FROM tags WHERE tags.company = ?1 AND tags.incident = incidents.id
                AND tags.tag = ?7)",
        ),
    ];
    let conditions: String =
        conditions.into_iter().filter(|(wanted, _)| *wanted).map(|(_, condition)| condition).collect();
    // A person holds an incident once, so the join repeats none.
    format!(
        "SELECT incidents.id, year, seq, version, state_json FROM {source}
         WHERE {position}{conditions} ORDER BY {order} LIMIT ?3"
    )
}

/// Returns when a person last reported, newest first.
pub(crate) fn reports(
    connection: &Connection,
    (company, reporter): (CompanyId, PersonId),
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Timestamp>, Fault> {
    let mut select = connection.prepare_cached(REPORTS)?;
    let key = params![company.to_string(), reporter.get(), since.as_micros(), limit];
    let reports = select.query_map(key, |row| row.get(0).map(Timestamp::from_micros))?;
    Ok(reports.collect::<Result<_, _>>()?)
}

/// Returns incidents whose wake is not after an instant, those due longest first.
pub(crate) fn due(
    connection: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(CompanyId, IncidentId)>, Fault> {
    let mut select = connection.prepare_cached(DUE)?;
    let mut rows = select.query(params![now.as_micros(), limit])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get("id")?;
        let record = Record::new(row, "incidents", &id);
        due.push((record.id("company")?, record.id("id")?));
    }
    Ok(due)
}

/// Lists companies that must be looked at.
pub(crate) fn due_companies(
    connection: &Connection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<CompanyId>, Fault> {
    let mut select = connection.prepare_cached(DUE_COMPANIES)?;
    let mut rows = select.query(params![now.as_micros(), limit])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        due.push(Record::new(row, "companies", &due.len()).id("id")?);
    }
    Ok(due)
}

/// Returns when the next incident or company must be looked at.
pub(crate) fn next_wake(connection: &Connection) -> Result<Option<Timestamp>, Fault> {
    let mut first = None;
    for sql in [NEXT_WAKE, NEXT_WAKE_OF_COMPANIES] {
        let mut select = connection.prepare_cached(sql)?;
        let wake = select.query_row([], |row| row.get(0)).optional()?.map(Timestamp::from_micros);
        first = first.into_iter().chain(wake).min();
    }
    Ok(first)
}
