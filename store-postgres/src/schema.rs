//! The tables, and how a database comes to have them: numbered migrations, run once each, all that are missing in
//! one transaction, one process at a time. What was applied is recorded with a checksum, so that a program which
//! believes in other tables than the database has finds out at once and not by wrong answers.
//!
//! A migration expands: whatever the release before it asks must go on being answered, since replicas of it run on
//! meanwhile. What nobody asks for any more goes in a later release.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection, Row, SqlSafeStr};

use crate::error::{Failure, OpenError};

/// A step from one schema to the next.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// All migrations, oldest first; the n-th makes schema n.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { name: "tables", sql: include_str!("../migrations/0001_tables.sql") },
    Migration { name: "functions", sql: include_str!("../migrations/0002_functions.sql") },
    Migration { name: "duties", sql: include_str!("../migrations/0003_duties.sql") },
    Migration { name: "holders", sql: include_str!("../migrations/0004_holders.sql") },
    Migration { name: "plans", sql: include_str!("../migrations/0005_plans.sql") },
    Migration { name: "figures", sql: include_str!("../migrations/0006_figures.sql") },
    Migration { name: "settings", sql: include_str!("../migrations/0007_settings.sql") },
    Migration { name: "shifts", sql: include_str!("../migrations/0008_shifts.sql") },
    Migration { name: "vacuum", sql: include_str!("../migrations/0009_vacuum.sql") },
    Migration { name: "renamings", sql: include_str!("../migrations/0010_renamings.sql") },
    Migration { name: "reports", sql: include_str!("../migrations/0011_reports.sql") },
    Migration { name: "inbox", sql: include_str!("../migrations/0012_inbox.sql") },
    Migration { name: "origins", sql: include_str!("../migrations/0013_origins.sql") },
    Migration { name: "chats", sql: include_str!("../migrations/0014_chats.sql") },
    Migration { name: "mirrors", sql: include_str!("../migrations/0015_mirrors.sql") },
    Migration { name: "rooms", sql: include_str!("../migrations/0016_rooms.sql") },
];

/// The oldest server that has all that the tables and functions need.
const OLDEST: i32 = 130_000;

/// Names the lock under which databases are migrated, one process at a time.
const LOCK: i64 = 0x1DE5_7DE5;

const RECORD: &str = "CREATE TABLE IF NOT EXISTS migrations (
    version  BIGINT PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL
)";

/// A migration takes as long as it takes, and waits for others who migrate; but what it would lock, it leaves alone
/// while somebody works on it for longer than any statement of ours: all who came later would have to wait as well.
const UNHURRIED: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0";
const CONSIDERATE: &str = "SET LOCAL lock_timeout = '15s'";

const SERVER: &str = "SELECT current_setting('server_version_num')::int4 AS number,
    current_setting('server_version') AS version, current_setting('default_transaction_isolation') AS isolation,
    current_setting('enable_seqscan')::bool OR current_setting('jit')::bool AS hasty";

/// Which of our names are taken in the schema that tables are made in.
const TAKEN: &str = "SELECT count(*) FILTER (WHERE relname = 'migrations') AS record,
    count(*) FILTER (WHERE relname IN ('companies', 'incidents', 'effects', 'events')) AS tables
    FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')";

/// Finds out which schema a database has, 0 if none, and refuses what this program must not touch.
pub(crate) async fn inspect(
    connection: &mut PgConnection,
    server: &str,
    migrations: &[Migration],
) -> Result<u32, OpenError> {
    check_server(connection, server).await?;
    let failed = |error| OpenError::postgres("read the schema of", server, error);
    let foreign = || OpenError::Foreign { server: server.to_owned() };
    let taken = sqlx::query(TAKEN).fetch_one(&mut *connection).await.map_err(failed)?;
    let (record, tables): (i64, i64) = both(&taken, "record", "tables").map_err(failed)?;
    if record == 0 {
        return if tables == 0 { Ok(0) } else { Err(foreign()) };
    }
    let sql = "SELECT version, checksum FROM migrations ORDER BY version";
    let applied = match sqlx::query(sql).fetch_all(&mut *connection).await {
        Ok(applied) => applied,
        // Many programs have a table of that name, with other columns.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42703") => {
            return Err(foreign());
        }
        Err(error) => return Err(failed(error)),
    };
    let mut found = 0;
    for row in &applied {
        let (version, applied): (i64, String) = both(row, "version", "checksum").map_err(|_| foreign())?;
        found += 1;
        if version != i64::from(found) {
            return Err(foreign());
        }
        let known = migrations.get(found as usize - 1).map(|migration| checksum(migration.sql));
        if known.is_some_and(|known| known != applied) {
            return Err(OpenError::Altered { server: server.to_owned(), version: found });
        }
    }
    let known = latest(migrations);
    if found > known {
        return Err(OpenError::Newer { server: server.to_owned(), found, known });
    }
    Ok(found)
}

async fn check_server(connection: &mut PgConnection, server: &str) -> Result<(), OpenError> {
    let failed = |error| OpenError::postgres("read the settings of", server, error);
    let settings = sqlx::query(SERVER).fetch_one(connection).await.map_err(failed)?;
    let number: i32 = settings.try_get("number").map_err(failed)?;
    let (found, isolation): (String, String) = both(&settings, "version", "isolation").map_err(failed)?;
    if settings.try_get("hasty").map_err(failed)? {
        tracing::warn!(
            server,
            "the server may keep slow plans: set jit = off and enable_seqscan = off for the role of the desk"
        );
    }
    let server = server.to_owned();
    if number < OLDEST {
        return Err(OpenError::OldServer { server, found });
    }
    if isolation != "read committed" {
        return Err(OpenError::Isolation { server, found: isolation });
    }
    Ok(())
}

/// Brings a database to the newest schema; returns the one it had.
pub(crate) async fn migrate(
    connection: &mut PgConnection,
    server: &str,
    migrations: &[Migration],
) -> Result<u32, OpenError> {
    let failed = |error| OpenError::postgres("migrate", server, error);
    let mut transaction = connection.begin().await.map_err(failed)?;
    sqlx::raw_sql(UNHURRIED).execute(&mut *transaction).await.map_err(failed)?;
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK);
    lock.execute(&mut *transaction).await.map_err(failed)?;
    sqlx::raw_sql(CONSIDERATE).execute(&mut *transaction).await.map_err(failed)?;
    let from = inspect(&mut transaction, server, migrations).await?;
    for (version, migration) in (from + 1..).zip(migrations.iter().skip(from as usize)) {
        apply(&mut transaction, version, migration).await.map_err(|error| {
            let (server, source) = (server.to_owned(), Failure::from(error).into());
            OpenError::Migration { server, version, source }
        })?;
    }
    transaction.commit().await.map_err(failed)?;
    Ok(from)
}

async fn apply(connection: &mut PgConnection, version: u32, migration: &Migration) -> sqlx::Result<()> {
    sqlx::raw_sql(RECORD).execute(&mut *connection).await?;
    sqlx::raw_sql(migration.sql.into_sql_str()).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO migrations (version, name, checksum) VALUES ($1, $2, $3)")
        .bind(i64::from(version))
        .bind(migration.name)
        .bind(checksum(migration.sql))
        .execute(connection)
        .await
        .map(drop)
}

/// Returns the newest schema.
pub(crate) const fn latest(migrations: &[Migration]) -> u32 {
    migrations.len() as u32
}

fn both<'r, A, B>(row: &'r PgRow, one: &str, other: &str) -> sqlx::Result<(A, B)>
where
    A: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    B: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    Ok((row.try_get(one)?, row.try_get(other)?))
}

/// Returns the FNV-1a hash of a text, with line ends as `\n` whatever a checkout made of them.
fn checksum(text: &str) -> String {
    let bytes = text.bytes().filter(|byte| *byte != b'\r');
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests;
