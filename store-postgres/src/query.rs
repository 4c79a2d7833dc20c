//! Questions about incidents. Each is answered by an index, so that a database of a million incidents answers
//! like one of a thousand.

use incident_core::ids::{CompanyId, GroupId, IncidentId, Number, PersonId};
use incident_core::incident::{StateKind, Tag};
use incident_core::ports::{Filed, Listing, Page};
use incident_core::time::Timestamp;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::error::Fault;
use crate::rows::Record;

pub(crate) const LOAD: &str =
    "SELECT year, seq, version, state_json FROM incidents WHERE company = $1 AND id = $2";

pub(crate) const FIND: &str = "SELECT id FROM incidents WHERE company = $1 AND year = $2 AND seq = $3";

pub(crate) const REPORTS: &str = "SELECT created_at FROM incidents
    WHERE company = $1 AND reporter = $2 AND created_at >= $3 ORDER BY created_at DESC LIMIT $4";

pub(crate) const DUE: &str = "SELECT company, id FROM incidents
    WHERE wake_at IS NOT NULL AND wake_at <= $1 ORDER BY wake_at, id, company LIMIT $2";

pub(crate) const DUE_COMPANIES: &str =
    "SELECT id FROM companies WHERE wake_at IS NOT NULL AND wake_at <= $1 ORDER BY wake_at, id LIMIT $2";

/// Lists companies that must be looked at.
pub(crate) async fn due_companies(
    db: &mut PgConnection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<CompanyId>, Fault> {
    let select = sqlx::query(DUE_COMPANIES).bind(now.as_micros()).bind(i64::from(limit));
    let rows = select.fetch_all(db).await?;
    rows.iter().enumerate().map(|(n, row)| Record::new(row, "companies", &n).id("id")).collect()
}

/// Returns an incident.
pub(crate) async fn load(
    db: &mut PgConnection,
    company: CompanyId,
    id: IncidentId,
) -> Result<Option<Filed>, Fault> {
    let select = sqlx::query(LOAD).bind(company.to_string()).bind(id.to_string());
    let row = select.fetch_optional(db).await?;
    row.map(|row| Record::new(&row, "incidents", &id).filed()).transpose()
}

/// Finds an incident by its number.
pub(crate) async fn find(
    db: &mut PgConnection,
    company: CompanyId,
    number: Number,
) -> Result<Option<IncidentId>, Fault> {
    let (year, seq) = (i64::from(number.year), i64::from(number.seq));
    let select = sqlx::query(FIND).bind(company.to_string()).bind(year).bind(seq);
    let row = select.fetch_optional(db).await?;
    row.map(|row| Record::new(&row, "incidents", &number).id("id")).transpose()
}

/// Counts the incidents of a group.
pub(crate) const COUNT: &str = "SELECT count(*) AS count FROM incidents WHERE company = $1 AND group_id = $2";

/// Counts the incidents that were ever reported in a group.
pub(crate) async fn count(db: &mut PgConnection, company: CompanyId, group: GroupId) -> Result<u64, Fault> {
    let row = sqlx::query(COUNT).bind(company.to_string()).bind(group.to_string()).fetch_one(db).await?;
    let count: i64 = Record::new(&row, "incidents", &company).value("count")?;
    Ok(count.unsigned_abs())
}

/// Lists incidents, in the order of their ids.
pub(crate) async fn list(
    db: &mut PgConnection,
    company: CompanyId,
    listing: &Listing,
    page: Page,
) -> Result<Vec<Filed>, Fault> {
    let states: Vec<&str> = listing.states.iter().copied().map(StateKind::as_str).collect();
    // The text is put together from constants.
    let rows = sqlx::query(AssertSqlSafe(list_sql(listing)))
        .bind(company.to_string())
        .bind(page.after.map_or_else(String::new, |id| id.to_string()))
        .bind(i64::from(page.limit))
        .bind(states)
        .bind(listing.group.map(|group| group.to_string()))
        .bind(listing.assignee.map(|person| i64::from(PersonId::get(person))))
        .bind(listing.tag.as_ref().map(Tag::as_str))
        .fetch_all(db)
        .await?;
    rows.iter()
        .map(|row| {
            let id = Record::new(row, "incidents", &"").text("id")?;
            Record::new(row, "incidents", &id).filed()
        })
        .collect()
}

/// Puts the statement of a listing together from constant parts. Every index that can serve it ends in the id, so
/// a page needs no sort.
pub(crate) fn list_sql(listing: &Listing) -> String {
    let live = !listing.states.is_empty() && !listing.states.iter().any(|state| state.is_terminal());
    let (held, grouped) = (listing.assignee.is_some(), listing.group.is_some());
    let by_tag = listing.tag.is_some() && !live && !held;
    // OFFSET 0 keeps the planner from walking through all incidents beside the few that somebody holds.
    let source = if held {
        "assignments AS held CROSS JOIN LATERAL (SELECT * FROM incidents
            WHERE incidents.company = held.company AND incidents.id = held.incident OFFSET 0) AS incidents"
    } else if by_tag {
        "tags AS tagged CROSS JOIN LATERAL (SELECT * FROM incidents
            WHERE incidents.company = tagged.company AND incidents.id = tagged.incident OFFSET 0) AS incidents"
    } else {
        "incidents"
    };
    let position = if held {
        "held.company = $1 AND held.person = $6 AND held.until IS NULL AND held.incident > $2"
    } else if by_tag {
        "tagged.company = $1 AND tagged.tag = $7 AND tagged.incident > $2"
    } else {
        "incidents.company = $1 AND incidents.id > $2"
    };
    let order = match (held, by_tag) {
        (true, _) => "held.incident",
        (false, true) => "tagged.incident",
        (false, false) => "incidents.id",
    };
    let looked_up = listing.tag.is_some() && !by_tag;
    let conditions = [
        (live && !held, " AND state NOT IN ('resolved', 'closed')"),
        (!listing.states.is_empty(), " AND state = ANY ($4)"),
        (grouped, " AND group_id = $5"),
        (
            looked_up,
            " AND EXISTS (SELECT FROM tags WHERE tags.company = $1 AND tags.incident = incidents.id
                AND tags.tag = $7)",
        ),
    ];
    let conditions: String =
        conditions.into_iter().filter(|(wanted, _)| *wanted).map(|(_, condition)| condition).collect();
    // A person holds an incident once, so the join repeats none.
    format!(
        "SELECT incidents.id, year, seq, version, state_json FROM {source}
         WHERE {position}{conditions} ORDER BY {order} LIMIT $3"
    )
}

/// Returns when a person last reported, newest first.
pub(crate) async fn reports(
    db: &mut PgConnection,
    (company, reporter): (CompanyId, PersonId),
    since: Timestamp,
    limit: u32,
) -> Result<Vec<Timestamp>, Fault> {
    let select = sqlx::query(REPORTS).bind(company.to_string()).bind(i64::from(reporter.get()));
    let rows = select.bind(since.as_micros()).bind(i64::from(limit)).fetch_all(db).await?;
    rows.iter().map(|row| Record::new(row, "incidents", &reporter).instant("created_at")).collect()
}

/// Returns incidents whose wake is not after an instant, those due longest first.
pub(crate) async fn due(
    db: &mut PgConnection,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<(CompanyId, IncidentId)>, Fault> {
    let select = sqlx::query(DUE).bind(now.as_micros()).bind(i64::from(limit));
    let rows = select.fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let id = Record::new(row, "incidents", &"").text("id")?;
            let record = Record::new(row, "incidents", &id);
            Ok((record.id("company")?, record.id("id")?))
        })
        .collect()
}
