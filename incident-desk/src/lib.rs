//! The parts of Incident Desk's one binary that an operator meets: its configuration, its command line, its
//! logs and metrics, and the listener that says how it is.
//!
//! The rules of an incident live in `incident-core`, the database in `store-sqlite` or `store-postgres`, and each
//! platform in its `adapter-*`. This crate is the only one that knows them all, and it exists to run them together;
//! whoever wants to embed the desk in another program depends on those crates and not on this one.

pub mod assemble;
pub mod cli;
pub mod clock;
pub mod config;
pub mod database;
pub mod export;
pub mod http;
pub mod import;
mod inbox;
pub mod loops;
pub mod moving;
pub mod person;
mod presence;
pub mod probe;
mod push;
pub mod report;
pub mod retention;
pub mod sandbox;
pub mod simulate;
mod standby;
mod tally;
pub mod telemetry;
pub mod verify;
