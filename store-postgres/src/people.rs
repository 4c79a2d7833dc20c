//! Who is who in each company: the only rows with names.

use incident_core::ids::{CompanyId, Handle, Identity, PersonId};
use incident_core::ports::{Called, Person, Profile, Renaming};
use incident_core::time::Timestamp;
use sqlx::{Connection, PgConnection, Row};

use crate::error::Fault;
use crate::renamings;
use crate::roster::lock;
use crate::rows::{Record, account_text, handle_text};

/// Returns the person behind an account if they are known with this very profile: most people, most times.
pub(crate) async fn recognise(
    db: &mut PgConnection,
    company: CompanyId,
    profile: &Profile,
) -> Result<Option<PersonId>, Fault> {
    let select = sqlx::query(
        "SELECT people.id, account, handle, name, locale FROM people
         WHERE company = $1 AND id =
            (SELECT person FROM identities WHERE identities.company = $1 AND identities.account = $2)",
    );
    let account = account_text(&profile.identity);
    let row = select.bind(company.to_string()).bind(account).fetch_optional(db).await?;
    let known = row.map(|row| person(&Record::new(&row, "people", &company))).transpose()?;
    Ok(known.filter(|known| known.profile == *profile).map(|known| known.id))
}

/// Returns the person behind an account, registered at first sight, with the profile as it is now.
pub(crate) async fn identify(
    db: &mut PgConnection,
    company: CompanyId,
    profile: &Profile,
    now: Timestamp,
) -> Result<PersonId, Fault> {
    let company_text = company.to_string();
    let account = account_text(&profile.identity);
    let mut transaction = db.begin().await?;
    // Handles pass from one person to another, so whoever changes one has the company's people to themselves.
    lock(&mut transaction, "people of", &company_text).await?;
    let id = match by_account(&mut transaction, company, &profile.identity).await? {
        Some(id) => id,
        None => register(&mut transaction, &company_text, &account).await?,
    };
    renamed(&mut transaction, &company_text, (id, profile), now).await?;
    let handle = profile.handle.as_ref().map(handle_text);
    let loser = match &profile.handle {
        Some(handle) => by_handle(&mut transaction, company, handle).await?.filter(|loser| *loser != id),
        None => None,
    };
    if let Some(loser) = get(&mut transaction, &company_text, loser.as_slice()).await?.pop() {
        let after = Profile { handle: None, ..loser.profile };
        renamed(&mut transaction, &company_text, (loser.id, &after), now).await?;
    }
    sqlx::query("UPDATE people SET handle = NULL WHERE company = $1 AND handle = $2 AND id <> $3")
        .bind(&company_text)
        .bind(&handle)
        .bind(i64::from(id.get()))
        .execute(&mut *transaction)
        .await?;
    let upsert = sqlx::query(
        "INSERT INTO people (company, id, account, handle, name, locale, since)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (company, id) DO UPDATE SET account = excluded.account, handle = excluded.handle,
            name = excluded.name, locale = excluded.locale",
    );
    let upsert = upsert.bind(&company_text).bind(i64::from(id.get())).bind(account).bind(&handle);
    let upsert =
        upsert.bind(profile.name.as_str()).bind(profile.locale.as_ref().map(|locale| locale.as_str()));
    upsert.bind(now.as_micros()).execute(&mut *transaction).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Notes how somebody who was known comes to be called otherwise, if they do.
async fn renamed(
    db: &mut PgConnection,
    company: &str,
    (id, after): (PersonId, &Profile),
    at: Timestamp,
) -> Result<(), Fault> {
    let Some(before) = get(&mut *db, company, &[id]).await?.pop() else {
        return Ok(());
    };
    let renaming = Renaming { at, from: Called::from(&before.profile), to: Called::from(after) };
    renamings::note(db, company, id, &renaming).await
}

async fn register(db: &mut PgConnection, company: &str, account: &str) -> Result<PersonId, Fault> {
    let count = sqlx::query("SELECT count_up($1, 'people') AS id").bind(company);
    let id: i64 = count.fetch_one(&mut *db).await?.try_get("id")?;
    sqlx::query("INSERT INTO identities (company, account, person) VALUES ($1, $2, $3)")
        .bind(company)
        .bind(account)
        .bind(id)
        .execute(db)
        .await?;
    let id = u32::try_from(id).map_err(|_| Fault::Refused("the numbers of a counter are used up"))?;
    Ok(PersonId::new(id))
}

/// Returns the person behind an account.
pub(crate) async fn by_account(
    db: &mut PgConnection,
    company: CompanyId,
    account: &Identity,
) -> Result<Option<PersonId>, Fault> {
    let select = sqlx::query("SELECT person FROM identities WHERE company = $1 AND account = $2");
    let row = select.bind(company.to_string()).bind(account_text(account)).fetch_optional(db).await?;
    row.map(|row| Record::new(&row, "identities", &company).person("person")).transpose()
}

/// Returns the person who has a handle.
pub(crate) async fn by_handle(
    db: &mut PgConnection,
    company: CompanyId,
    handle: &Handle,
) -> Result<Option<PersonId>, Fault> {
    let select = sqlx::query("SELECT id FROM people WHERE company = $1 AND handle = $2");
    let row = select.bind(company.to_string()).bind(handle_text(handle)).fetch_optional(db).await?;
    row.map(|row| Record::new(&row, "people", &company).person("id")).transpose()
}

/// Returns people, in the order asked for; those unknown are left out.
pub(crate) async fn get(
    db: &mut PgConnection,
    company: &str,
    ids: &[PersonId],
) -> Result<Vec<Person>, Fault> {
    let asked: Vec<i64> = ids.iter().map(|id| id.get().into()).collect();
    let select = sqlx::query(
        "SELECT people.id, account, handle, name, locale
         FROM unnest($2) WITH ORDINALITY AS asked (id, position)
         JOIN people ON people.company = $1 AND people.id = asked.id ORDER BY asked.position",
    );
    let rows = select.bind(company).bind(asked).fetch_all(db).await?;
    rows.iter()
        .map(|row| {
            let id: i64 = Record::new(row, "people", &company).value("id")?;
            person(&Record::new(row, "people", &format!("{company} {id}")))
        })
        .collect()
}

fn person(record: &Record<'_>) -> Result<Person, Fault> {
    let profile = Profile {
        identity: record.account("account")?,
        handle: record.handle("handle")?,
        name: record.text_of("name")?,
        locale: record.optional_text_of("locale")?,
    };
    Ok(Person { id: record.person("id")?, profile })
}
