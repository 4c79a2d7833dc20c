//! Incident Desk's store in PostgreSQL: [`PostgresStore`] keeps what [`Store`](incident_core::ports::Store) promises,
//! for any number of processes that share one database.
//!
//! ```no_run
//! use incident_core::ports::Store;
//! use store_postgres::{Options, PostgresStore};
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let options = Options::default();
//! PostgresStore::migrate("postgres://incident_desk_owner:…@db.example/incident_desk", &options).await?;
//! let store = PostgresStore::connect("postgres://incident_desk:…@db.example/incident_desk", options).await?;
//! store.check().await?;
//!
//! // Look again whenever some replica has written something to do.
//! let listening = store.listen(|| println!("something is owed")).await?;
//! # drop(listening);
//! # Ok(())
//! # }
//! ```
//!
//! The tables are those of the SQLite store, and are meant to be queried: their names and meaning stand in the
//! migrations. The README says which roles and settings a server needs, and what is lost behind a pooler. The crate
//! knows no chat and no rules and reads no clock; it starts one task for nudges, and one for each who listens.

mod audit;
mod batches;
mod cases;
mod commit;
mod doubts;
mod duties;
mod error;
mod inbox;
mod incidents;
mod messages;
mod moving;
mod nudges;
mod open;
mod outbox;
mod owing;
mod people;
#[cfg(test)]
mod plans;
mod pool;
mod presence;
mod query;
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
#[cfg(any(test, feature = "testkit"))]
pub mod testkit;

pub use batches::Written;
pub use error::{Cause, OpenError};
pub use nudges::Listening;
pub use open::{Options, PostgresStore, Serving};
pub use presence::{Presence, Sign};
