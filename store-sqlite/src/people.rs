//! Who is who in each company: the only rows with names.

use incident_core::ids::{CompanyId, Handle, Identity, PersonId};
use incident_core::ports::{Called, Person, Profile, Renaming};
use incident_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Fault;
use crate::renamings;
use crate::rows::{Record, account_text, handle_text};

/// Takes the next value of a counter of a company, from 1.
pub(crate) fn count(connection: &Connection, company: &str, counter: &str) -> Result<u32, Fault> {
    let mut upsert = connection.prepare_cached(
        "INSERT INTO counters (company, counter, last) VALUES (?1, ?2, 1)
         ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last",
    )?;
    let last: i64 = upsert.query_row([company, counter], |row| row.get(0))?;
    u32::try_from(last).map_err(|_| Fault::Refused("the numbers of a counter are used up"))
}

/// Returns the person behind an account if they are known with this very profile: most people, most times.
pub(crate) fn recognise(
    connection: &Connection,
    company: CompanyId,
    profile: &Profile,
) -> Result<Option<PersonId>, Fault> {
    let Some(id) = by_account(connection, company, &profile.identity)? else {
        return Ok(None);
    };
    let known = get(connection, &company.to_string(), id)?;
    Ok(known.filter(|known| known.profile == *profile).map(|known| known.id))
}

/// Returns the person behind an account, registered at first sight, with the profile as it is now.
pub(crate) fn identify(
    connection: &Connection,
    company: CompanyId,
    profile: &Profile,
    now: Timestamp,
) -> Result<PersonId, Fault> {
    let company_text = company.to_string();
    let account = account_text(&profile.identity);
    let id = match by_account(connection, company, &profile.identity)? {
        Some(id) => id,
        None => register(connection, &company_text, &account)?,
    };
    if let Some(before) = get(connection, &company_text, id)? {
        renamed(connection, &company_text, (&before, profile), now)?;
    }
    let handle = profile.handle.as_ref().map(handle_text);
    let loser = match &profile.handle {
        Some(handle) => by_handle(connection, company, handle)?.filter(|loser| *loser != id),
        None => None,
    };
    if let Some(loser) = loser
        && let Some(before) = get(connection, &company_text, loser)?
    {
        let after = Profile { handle: None, ..before.profile.clone() };
        renamed(connection, &company_text, (&before, &after), now)?;
    }
    connection
        .prepare_cached("UPDATE people SET handle = NULL WHERE company = ?1 AND handle = ?2 AND id <> ?3")?
        .execute(params![company_text, handle, id.get()])?;
    connection
        .prepare_cached(
            "INSERT INTO people (company, id, account, handle, name, locale, since)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT DO UPDATE SET account = excluded.account, handle = excluded.handle,
                name = excluded.name, locale = excluded.locale",
        )?
        .execute(params![
            company_text,
            id.get(),
            account,
            handle,
            profile.name.as_str(),
            profile.locale.as_ref().map(|locale| locale.as_str()),
            now.as_micros(),
        ])?;
    Ok(id)
}

fn renamed(
    connection: &Connection,
    company: &str,
    (before, after): (&Person, &Profile),
    at: Timestamp,
) -> Result<(), Fault> {
    let renaming = Renaming { at, from: Called::from(&before.profile), to: Called::from(after) };
    renamings::note(connection, company, before.id, &renaming)
}

fn register(connection: &Connection, company: &str, account: &str) -> Result<PersonId, Fault> {
    let id = count(connection, company, "people")?;
    connection
        .prepare_cached("INSERT INTO identities (company, account, person) VALUES (?1, ?2, ?3)")?
        .execute(params![company, account, id])?;
    Ok(PersonId::new(id))
}

/// Returns the person behind an account.
pub(crate) fn by_account(
    connection: &Connection,
    company: CompanyId,
    account: &Identity,
) -> Result<Option<PersonId>, Fault> {
    let mut select =
        connection.prepare_cached("SELECT person FROM identities WHERE company = ?1 AND account = ?2")?;
    let key = [company.to_string(), account_text(account)];
    Ok(select.query_row(key, |row| row.get(0)).optional()?.map(PersonId::new))
}

/// Returns the person who has a handle.
pub(crate) fn by_handle(
    connection: &Connection,
    company: CompanyId,
    handle: &Handle,
) -> Result<Option<PersonId>, Fault> {
    let mut select = connection.prepare_cached("SELECT id FROM people WHERE company = ?1 AND handle = ?2")?;
    let key = [company.to_string(), handle_text(handle)];
    Ok(select.query_row(key, |row| row.get(0)).optional()?.map(PersonId::new))
}

/// Returns a person.
pub(crate) fn get(connection: &Connection, company: &str, id: PersonId) -> Result<Option<Person>, Fault> {
    let mut select = connection
        .prepare_cached("SELECT account, handle, name, locale FROM people WHERE company = ?1 AND id = ?2")?;
    let mut rows = select.query(params![company, id.get()])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let key = format!("{company} {id}");
    let record = Record::new(row, "people", &key);
    let profile = Profile {
        identity: record.account("account")?,
        handle: record.handle("handle")?,
        name: record.text_of("name")?,
        locale: record.optional_text_of("locale")?,
    };
    Ok(Some(Person { id, profile }))
}
