//! Incident Desk's store in one SQLite file: [`SqliteStore`] keeps what [`Store`](incident_core::ports::Store)
//! promises, durably, and lets all who wait for the disk share the wait.
//!
//! ```
//! use incident_core::ids::{ChatRef, CompanyId, GroupId, IncidentId, PersonId, Platform, Version};
//! use incident_core::incident::{Command, Input, Priority, Report, step};
//! use incident_core::policy::{Actor, Member, Policy, Preset, Role};
//! use incident_core::ports::{Commit, Store};
//! use incident_core::text::{Limits, Text};
//! use incident_core::time::Timestamp;
//! use store_sqlite::{Options, SqliteStore};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let directory = tempfile::TempDir::new()?;
//! # let path = directory.path().join("incidents.db");
//! let store = SqliteStore::open(&path, Options::default())?;
//!
//! // Somebody reports something, and the machine says what follows from it.
//! let (company, at) = (CompanyId::from_u128(1), Timestamp::from_secs(1_772_438_400));
//! let report = Report {
//!     company,
//!     group: GroupId::from_u128(2),
//!     group_active: true,
//!     topic: None,
//!     description: Text::new("flat tyre on the A9", Limits::DESCRIPTION)?,
//!     attachments: Vec::new(),
//!     priority: Priority::Normal,
//!     recent: Vec::new(),
//!     recent_here: Vec::new(),
//! };
//! let driver = Actor::Person(Member::new(PersonId::new(1), Role::Reporter));
//! let id = IncidentId::from_u128(3);
//! let input = Input::new(id, at, driver, Command::Create { report });
//! let step = step(&Policy::preset(Preset::TwoTier), None, &input).map_err(|why| format!("{why:?}"))?;
//!
//! // State, journal, number and what is owed are written together, or not at all.
//! let chat = ChatRef::new(Platform::Telegram, "-100123");
//! let filed = store.commit(Commit::new(Version::NONE, step.clone(), chat, at)).await?;
//! assert_eq!(filed.number.to_string(), "TKT-2026-0001");
//!
//! let loaded = store.load(company, id).await?.map(|filed| filed.incident);
//! assert_eq!(loaded, Some(step.incident));
//! # Ok(())
//! # }
//! ```
//!
//! One process serves a file at a time; others may read it meanwhile, see [`SqliteStore::open_read_only`]. The
//! tables are meant to be queried: their names and meaning stand in the migrations. The crate knows no chat
//! and no rules, reads no clock, and starts one thread.

mod audit;
mod backup;
mod cases;
mod commit;
mod error;
mod inbox;
mod incidents;
mod lock;
mod messages;
mod moving;
mod open;
mod outbox;
mod owing;
mod people;
#[cfg(test)]
mod plans;
mod query;
mod readers;
mod remarks;
mod renamings;
mod requests;
mod rooms;
mod roster;
mod roster_rows;
mod rosters;
mod rows;
mod schema;
mod store;
mod writer;

pub use backup::Progress;
pub use error::{BackupError, Cause, OpenError};
pub use open::{Options, SqliteStore, Synchronous};
pub use writer::Written;
