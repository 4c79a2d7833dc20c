//! Incident workflows as a pure state machine.
pub mod desk;
pub mod ids;
pub mod incident;
pub mod memory;
pub mod policy;
pub mod ports;
pub mod roster;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod text;
pub mod time;
pub mod view;
