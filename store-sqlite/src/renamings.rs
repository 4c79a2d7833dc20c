//! What people were called before.

use incident_core::ids::{CompanyId, PersonId};
use incident_core::ports::{Called, RENAMINGS_KEPT, Renaming};
use rusqlite::{Connection, params};

use crate::error::Fault;
use crate::rows::{Record, handle_text};

/// Notes how somebody comes to be called otherwise, if they do, and forgets the oldest such note beyond those kept.
pub(crate) fn note(
    connection: &Connection,
    company: &str,
    person: PersonId,
    renaming: &Renaming,
) -> Result<(), Fault> {
    if renaming.from == renaming.to {
        return Ok(());
    }
    let handle = |called: &Called| called.handle.as_ref().map(handle_text);
    let mut insert = connection.prepare_cached(
        "INSERT INTO renamings (company, person, seq, at, name_before, handle_before, name_after, handle_after)
         SELECT ?1, ?2, coalesce(max(seq), 0) + 1, ?3, ?4, ?5, ?6, ?7 FROM renamings
         WHERE company = ?1 AND person = ?2 RETURNING seq",
    )?;
    let last: i64 = insert.query_row(
        params![
            company,
            person.get(),
            renaming.at.as_micros(),
            renaming.from.name.as_str(),
            handle(&renaming.from),
            renaming.to.name.as_str(),
            handle(&renaming.to)
        ],
        |row| row.get(0),
    )?;
    let mut trim = connection
        .prepare_cached("DELETE FROM renamings WHERE company = ?1 AND person = ?2 AND seq <= ?3")?;
    trim.execute(params![company, person.get(), last - i64::from(RENAMINGS_KEPT)])?;
    Ok(())
}

/// Lists how somebody came to be called otherwise, oldest first.
pub(crate) fn list(
    connection: &Connection,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<Renaming>, Fault> {
    let mut select = connection.prepare_cached(
        "SELECT at, name_before, handle_before, name_after, handle_after FROM renamings
         WHERE company = ?1 AND person = ?2 ORDER BY seq",
    )?;
    let mut rows = select.query(params![company.to_string(), person.get()])?;
    let (key, mut renamings) = (format!("{company} {person}"), Vec::new());
    while let Some(row) = rows.next()? {
        let record = Record::new(row, "renamings", &key);
        renamings.push(Renaming {
            at: record.instant("at")?,
            from: Called { name: record.text_of("name_before")?, handle: record.handle("handle_before")? },
            to: Called { name: record.text_of("name_after")?, handle: record.handle("handle_after")? },
        });
    }
    Ok(renamings)
}

/// Forgets how somebody came to be called otherwise; returns how many times.
pub(crate) fn forget(connection: &Connection, company: CompanyId, person: PersonId) -> Result<u64, Fault> {
    let mut delete = connection.prepare_cached("DELETE FROM renamings WHERE company = ?1 AND person = ?2")?;
    Ok(delete.execute(params![company.to_string(), person.get()])? as u64)
}
