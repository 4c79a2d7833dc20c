//! Incident Desk in Telegram groups.

#[cfg(feature = "testkit")]
pub mod testkit;
