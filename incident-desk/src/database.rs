//! The database of a configuration, opened: the only place that knows which stores there are.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use incident_core::ports::{Audit, Cases, Inbox, Recall, RoomBook, Rows, Store};
use incident_core::time::Timestamp;
use secrecy::ExposeSecret;
use store_postgres::{OpenError, PostgresStore};
use store_sqlite::SqliteStore;

use crate::config::{self, Config, Database, Server};

/// How long a server may take to look through a whole table.
const PATIENCE: Duration = Duration::from_secs(60 * 60);

/// A database that is open.
#[derive(Debug, Clone)]
pub enum Opened {
    /// A SQLite file.
    File(Arc<SqliteStore>),
    /// A PostgreSQL database.
    Server(Arc<PostgresStore>),
}

impl Opened {
    /// Opens the database; it is made or brought to the schema of this program first, if need be.
    ///
    /// # Errors
    /// If it cannot be opened or migrated; a text that says what to do about it.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        Ok(match &config.database {
            Database::File(path) => Self::File(Arc::new(open_file(path, config)?)),
            Database::Server(server) => Self::Server(Arc::new(open_server(server, config).await?)),
        })
    }

    /// Opens the database to serve it; what a dead owner of a file had claimed may be claimed again.
    ///
    /// # Errors
    /// Like [`Opened::open`].
    pub async fn to_serve(config: &Config) -> anyhow::Result<Self> {
        let opened = Self::open(config).await?;
        // Does nothing where others may be alive.
        let released = opened.store().release_leases().await?;
        tracing::info!(database = %config.database, released, "the database is open");
        Ok(opened)
    }

    /// Opens the database to read it beside whoever serves it.
    ///
    /// # Errors
    /// If it cannot be opened, or must be migrated first.
    pub async fn beside(config: &Config) -> anyhow::Result<Self> {
        match &config.database {
            Database::File(path) => Ok(Self::File(Arc::new(file_beside(path, config)?))),
            Database::Server(server) => {
                let options =
                    store_postgres::Options { statement_timeout: PATIENCE, ..server_options(config) };
                let store = PostgresStore::connect(server.url().expose_secret(), options);
                Ok(Self::Server(Arc::new(store.await?)))
            }
        }
    }

    /// Opens the database to take everything out of it, while nobody serves it at `now`. A file stays locked until it
    /// is dropped.
    ///
    /// # Errors
    /// If it cannot be opened, must be migrated first, or is served.
    pub async fn source(config: &Config, now: Timestamp) -> anyhow::Result<Self> {
        match &config.database {
            Database::File(path) => {
                let store = SqliteStore::open_source(path, file_options(config));
                let store = store.with_context(|| format!("cannot read the database {}", path.display()))?;
                Ok(Self::File(Arc::new(store)))
            }
            Database::Server(server) => {
                let options = moving_options(config);
                let store = PostgresStore::connect(server.url().expose_secret(), options).await?;
                check_idle(&store, config, now).await?;
                Ok(Self::Server(Arc::new(store)))
            }
        }
    }

    /// Opens the database to copy another one into it, while nobody serves it at `now`; it is made or brought to the
    /// schema of this program first, if need be.
    ///
    /// # Errors
    /// Like [`Opened::open`], and if it is served.
    pub async fn target(config: &Config, now: Timestamp) -> anyhow::Result<Self> {
        match &config.database {
            Database::File(path) => {
                let store = SqliteStore::open_target(path, file_options(config));
                let store = store.with_context(|| format!("cannot open the database {}", path.display()))?;
                Ok(Self::File(Arc::new(store)))
            }
            Database::Server(server) => {
                let (url, options) = (server.url().expose_secret(), moving_options(config));
                PostgresStore::migrate(url, &options).await?;
                let store = PostgresStore::connect_target(url, options).await?;
                check_idle(&store, config, now).await?;
                Ok(Self::Server(Arc::new(store)))
            }
        }
    }

    /// Lets what is under way end, and closes the connections to a server. A file is closed by who drops it last.
    pub async fn close(&self) {
        match self {
            Self::File(_) => {}
            Self::Server(store) => store.close().await,
        }
    }

    /// Returns what looks at the rows themselves.
    #[must_use]
    pub fn audit(&self) -> &dyn Audit {
        match self {
            Self::File(store) => &**store,
            Self::Server(store) => &**store,
        }
    }

    /// Returns what figures are made of.
    #[must_use]
    pub fn cases(&self) -> Arc<dyn Cases> {
        match self {
            Self::File(store) => Arc::<SqliteStore>::clone(store),
            Self::Server(store) => Arc::<PostgresStore>::clone(store),
        }
    }

    /// Returns what keeps the last of what people say.
    #[must_use]
    pub fn recall(&self) -> Arc<dyn Recall> {
        match self {
            Self::File(store) => Arc::<SqliteStore>::clone(store),
            Self::Server(store) => Arc::<PostgresStore>::clone(store),
        }
    }

    /// Returns what keeps deliveries until they are done.
    #[must_use]
    pub fn inbox(&self) -> Arc<dyn Inbox> {
        match self {
            Self::File(store) => Arc::<SqliteStore>::clone(store),
            Self::Server(store) => Arc::<PostgresStore>::clone(store),
        }
    }

    /// Returns what remembers the rooms of incidents.
    #[must_use]
    pub fn rooms(&self) -> Arc<dyn RoomBook> {
        match self {
            Self::File(store) => Arc::<SqliteStore>::clone(store),
            Self::Server(store) => Arc::<PostgresStore>::clone(store),
        }
    }

    /// Returns what carries the rows over into another database.
    #[must_use]
    pub fn rows(&self) -> &dyn Rows {
        match self {
            Self::File(store) => &**store,
            Self::Server(store) => &**store,
        }
    }

    /// Returns what every store can do.
    #[must_use]
    pub fn store(&self) -> Arc<dyn Store> {
        match self {
            Self::File(store) => Arc::<SqliteStore>::clone(store),
            Self::Server(store) => Arc::<PostgresStore>::clone(store),
        }
    }
}

/// Opens a file to read it beside whoever serves it.
///
/// # Errors
/// If it cannot be read, or must be migrated first.
pub fn file_beside(path: &Path, config: &Config) -> anyhow::Result<SqliteStore> {
    SqliteStore::open_read_only(path, file_options(config))
        .with_context(|| format!("cannot read the database {}", path.display()))
}

/// Makes the database or brings it to the schema of this program; returns that schema.
///
/// # Errors
/// If it cannot be opened or migrated; a text that says what to do about it.
pub async fn migrate(config: &Config) -> anyhow::Result<u32> {
    match &config.database {
        Database::File(path) => {
            drop(open_file(path, config)?);
            Ok(SqliteStore::schema_version())
        }
        Database::Server(server) => {
            PostgresStore::migrate(server.url().expose_secret(), &server_options(config)).await?;
            Ok(PostgresStore::schema_version())
        }
    }
}

fn open_file(path: &Path, config: &Config) -> anyhow::Result<SqliteStore> {
    SqliteStore::open(path, file_options(config))
        .with_context(|| format!("cannot open the database {}", path.display()))
}

/// Opens a database on a server; whoever serves needs no right to migrate where there is nothing to do.
async fn open_server(server: &Server, config: &Config) -> Result<PostgresStore, OpenError> {
    let (url, options) = (server.url().expose_secret(), server_options(config));
    match PostgresStore::connect(url, options.clone()).await {
        Err(OpenError::Older { .. }) => {
            let before = PostgresStore::migrate(url, &options).await?;
            tracing::info!(before, now = PostgresStore::schema_version(), "the database is migrated");
            PostgresStore::connect(url, options).await
        }
        opened => opened,
    }
}

fn file_options(config: &Config) -> store_sqlite::Options {
    let synchronous = match config.synchronous {
        config::Synchronous::Full => store_sqlite::Synchronous::Full,
        config::Synchronous::Normal => store_sqlite::Synchronous::Normal,
    };
    store_sqlite::Options { synchronous, ..store_sqlite::Options::default() }
}

fn server_options(config: &Config) -> store_postgres::Options {
    let (connections, pooler) = (config.connections, config.pooler);
    store_postgres::Options { connections, pooler, ..store_postgres::Options::default() }
}

/// Lets a copy not be taken for a desk, and take its time.
fn moving_options(config: &Config) -> store_postgres::Options {
    store_postgres::Options {
        statement_timeout: PATIENCE,
        name: "incident-desk migrate",
        ..server_options(config)
    }
}

async fn check_idle(store: &PostgresStore, config: &Config, now: Timestamp) -> anyhow::Result<()> {
    if let Some(who) = store.served_by(now).await? {
        let database = &config.database;
        bail!(
            "{database} is in use by {who}: stop every replica first; what a killed one held ends within {} seconds",
            crate::standby::LEASE.as_secs()
        );
    }
    Ok(())
}
