//! Incident Desk in Slack channels.
//!
//! An adapter translates and decides nothing: what is asked in Slack is put to the desk, what the desk owes is drawn
//! and delivered.
//!
//! | | |
//! |---|---|
//! | [`inbound`] | from what Slack delivers to a [`Request`](incident_core::desk::Request) |
//! | [`outbound`] | from a [`Card`](incident_core::view::Card), a message or a form to blocks, within all limits |
//! | [`failure`] | from a failed call to what it means |
//! | [`Slack`] | the [`Messenger`](incident_core::ports::Messenger) and [`Directory`](incident_core::ports::Directory) |
//!
//! [`slack_morphism`] lends the types of blocks and forms. Its client and its listener are not used: they have no time
//! limits, and acknowledge what they cannot read.
//!
//! # Metrics
//!
//! Through the [`metrics`] facade: `slack_calls_total{method,outcome}` and the histogram
//! `slack_call_seconds{method}`.

pub mod failure;
pub mod inbound;
mod listener;
mod messenger;
pub mod outbound;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use listener::{
    HttpOptions, Inbox, InboxError, Kept, ListenError, Listener, MemoryInbox, Patience, SHUTDOWN_LIMIT,
};
pub use messenger::{
    CALL_LIMIT, DELIVERY_LIMIT, METHODS, Method, SLACK_API_URL, Secret, SetupError, Slack, SlackOptions,
    UPLOAD_LIMIT,
};
