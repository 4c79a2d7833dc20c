//! Incident Desk in Slack channels.
//!
//! An adapter translates and decides nothing: what is asked in Slack is put to the desk, what the desk owes is drawn
//! and delivered. There are three pure parts, tested on their own, and two that talk to Slack:
//!
//! | | |
//! |---|---|
//! | [`inbound`] | from what Slack delivers to a [`Request`](incident_core::desk::Request) |
//! | [`outbound`] | from a [`Card`](incident_core::view::Card), a message or a form to blocks, within all limits |
//! | [`failure`] | from a failed call to what it means |
//! | [`Slack`] | the [`Messenger`](incident_core::ports::Messenger) and [`Directory`](incident_core::ports::Directory) |
//! | [`Listener`] | sockets or requests: deliveries in, answers back |
//!
//! [`slack_morphism`] lends the types of blocks and forms. Its client is not used, because it has no time limits and
//! takes a proxy's page for a success; neither are its listener, which acknowledges what it cannot read, nor its types
//! of what comes in, which refuse it.
//!
//! # The smallest bot
//!
//! ```no_run
//! use std::convert::Infallible;
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use adapter_slack::{Listener, SLACK_API_URL, SecretString, Slack, SlackOptions};
//! use incident_core::desk::Desk;
//! use incident_core::ids::Platform;
//! use incident_core::incident::Lane;
//! use incident_core::policy::{Policy, Preset};
//! use incident_core::ports::{Clock, Inbox, Store, StoreError};
//! use tokio::sync::Notify;
//!
//! async fn bot<S: Store + Inbox + 'static>(
//!     store: Arc<S>,
//!     clock: Arc<dyn Clock>,
//!     mint: Arc<dyn Fn() -> u128 + Send + Sync>,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let bot_token = SecretString::from(std::env::var("SLACK_BOT_TOKEN")?);
//!     let app_token = SecretString::from(std::env::var("SLACK_APP_TOKEN")?);
//!     let slack = Slack::new(SlackOptions { bot_token, api_url: SLACK_API_URL.to_owned() })?;
//!     let messenger = Arc::new(slack.clone());
//!     let bell = Arc::new(Notify::new());
//!     let ring = Arc::clone(&bell);
//!     let desk = Desk::new(store.clone(), clock.clone(), Policy::preset(Preset::TwoTier))
//!         .with_messenger(Platform::Slack, messenger.clone(), messenger)
//!         .with_commands_spelled(Platform::Slack, adapter_slack::inbound::spelled)
//!         .with_forms_on(Platform::Slack)
//!         .with_private_answers(Platform::Slack)
//!         .with_nudge(move |_| ring.notify_one());
//!     let desk = Arc::new(desk);
//!     let listener = Listener::new(slack, Arc::clone(&desk), store, clock, mint);
//!     tokio::select! {
//!         ended = listener.run_sockets(app_token, std::future::pending()) => ended?,
//!         failed = work(&desk, &bell) => match failed? {},
//!     }
//!     Ok(())
//! }
//!
//! /// Does what is due and what is owed: cards, notices, reminders.
//! async fn work(desk: &Desk, bell: &Notify) -> Result<Infallible, StoreError> {
//!     loop {
//!         desk.wake_due(100).await?;
//!         for lane in Lane::ALL {
//!             while desk.deliver(lane).await?.is_some() {}
//!         }
//!         tokio::select! {
//!             () = bell.notified() => {}
//!             () = tokio::time::sleep(Duration::from_secs(1)) => {}
//!         }
//!     }
//! }
//! ```
//!
//! `SqliteStore`, `PostgresStore` and [`MemoryStore`](incident_core::memory::MemoryStore) are a `Store` and an `Inbox`; `mint`
//! may be `|| uuid::Uuid::now_v7().as_u128()`.
//!
//! # Metrics
//!
//! Through the [`metrics`] facade: `slack_deliveries_total{kind}`, `slack_delivery_failures_total`,
//! `slack_calls_total{method,outcome}`, the histograms `slack_delivery_seconds` and `slack_call_seconds{method}`,
//! `slack_sockets_total`, `slack_socket_errors_total{kind}` and `slack_refused_requests_total`.

pub mod failure;
pub mod inbound;
mod listener;
mod messenger;
pub mod outbound;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use listener::{HttpOptions, ListenError, Listener, Patience, SHUTDOWN_LIMIT};
pub use messenger::{
    CALL_LIMIT, METHODS, Method, SLACK_API_URL, SetupError, Slack, SlackOptions, UPLOAD_LIMIT,
};
pub use secrecy::SecretString;
