//! What people were called before.

use incident_core::ids::{CompanyId, PersonId};
use incident_core::ports::{Called, RENAMINGS_KEPT, Renaming};
use sqlx::{PgConnection, Row};

use crate::error::Fault;
use crate::rows::{Record, handle_text};

/// Notes how somebody comes to be called otherwise, if they do, and forgets the oldest such note beyond those kept.
/// Whoever calls it has the company's people to themselves.
pub(crate) async fn note(
    db: &mut PgConnection,
    company: &str,
    person: PersonId,
    renaming: &Renaming,
) -> Result<(), Fault> {
    if renaming.from == renaming.to {
        return Ok(());
    }
    let (person, handle) =
        (i64::from(person.get()), |called: &Called| called.handle.as_ref().map(handle_text));
    let insert = sqlx::query(
        "INSERT INTO renamings (company, person, seq, at, name_before, handle_before, name_after, handle_after)
         SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7 FROM renamings
         WHERE company = $1 AND person = $2 RETURNING seq",
    );
    let insert = insert.bind(company).bind(person).bind(renaming.at.as_micros());
    let insert = insert.bind(renaming.from.name.as_str()).bind(handle(&renaming.from));
    let insert = insert.bind(renaming.to.name.as_str()).bind(handle(&renaming.to));
    let last: i64 = insert.fetch_one(&mut *db).await?.try_get("seq")?;
    let trim = sqlx::query("DELETE FROM renamings WHERE company = $1 AND person = $2 AND seq <= $3");
    let trim = trim.bind(company).bind(person).bind(last - i64::from(RENAMINGS_KEPT));
    Ok(trim.execute(db).await.map(drop)?)
}

/// Lists how somebody came to be called otherwise, oldest first.
pub(crate) async fn list(
    db: &mut PgConnection,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<Renaming>, Fault> {
    let select = sqlx::query(
        "SELECT at, name_before, handle_before, name_after, handle_after FROM renamings
         WHERE company = $1 AND person = $2 ORDER BY seq",
    );
    let rows = select.bind(company.to_string()).bind(i64::from(person.get())).fetch_all(db).await?;
    let key = format!("{company} {person}");
    let one = |row| {
        let record = Record::new(row, "renamings", &key);
        Ok(Renaming {
            at: record.instant("at")?,
            from: Called { name: record.text_of("name_before")?, handle: record.handle("handle_before")? },
            to: Called { name: record.text_of("name_after")?, handle: record.handle("handle_after")? },
        })
    };
    rows.iter().map(one).collect()
}

/// Forgets how somebody came to be called otherwise; returns how many times.
pub(crate) async fn forget(
    db: &mut PgConnection,
    company: CompanyId,
    person: PersonId,
) -> Result<u64, Fault> {
    let delete = sqlx::query("DELETE FROM renamings WHERE company = $1 AND person = $2");
    let deleted = delete.bind(company.to_string()).bind(i64::from(person.get())).execute(db).await?;
    Ok(deleted.rows_affected())
}
