//! Incident workflows as a pure state machine.
pub mod ids;
pub mod incident;
pub mod policy;
pub mod text;
pub mod time;
