//! Incident Desk in Telegram groups, through the Bot API.
//!
//! An adapter translates and decides nothing: what an update asks is put to the desk, what the desk owes is
//! drawn and delivered. There are three pure parts, tested on their own, and two that talk to Telegram:
//!
//! | | |
//! |---|---|
//! | [`inbound`] | from an update to a [`Request`](incident_core::desk::Request) |
//! | [`outbound`] | from a [`Card`](incident_core::view::Card) or a message to text and buttons, within all limits |
//! | [`failure`] | from a failed call to what it means |
//! | [`Telegram`] | the [`Messenger`](incident_core::ports::Messenger) and [`Directory`](incident_core::ports::Directory) |
//! | [`Listener`] | polling or webhook: updates in, answers back |
//!
//! [`teloxide`] lends the types of updates and calls. Its dispatcher is not used, because it confirms updates
//! before they are handled, and neither is its client, because it sleeps inside calls.
//!
//! # The smallest bot
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use adapter_telegram::{Listener, SecretString, TELEGRAM_API_URL, Telegram, TelegramOptions};
//! use incident_core::desk::Desk;
//! use incident_core::ids::Platform;
//! use incident_core::policy::{Policy, Preset};
//! use incident_core::ports::{Clock, Store};
//!
//! async fn bot(
//!     store: Arc<dyn Store>,
//!     clock: Arc<dyn Clock>,
//!     mint: Arc<dyn Fn() -> u128 + Send + Sync>,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let token = SecretString::from(std::env::var("TELEGRAM_BOT_TOKEN")?);
//!     let telegram = Telegram::new(TelegramOptions { token, api_url: TELEGRAM_API_URL.to_owned() })?;
//!     let messenger = Arc::new(telegram.clone());
//!     let desk = Desk::new(store, clock, Policy::preset(Preset::TwoTier))
//!         .with_messenger(Platform::Telegram, messenger.clone(), messenger);
//!     let listener = Listener::new(telegram, Arc::new(desk), mint);
//!     listener.run_polling(std::future::pending()).await?;
//!     Ok(())
//! }
//! ```
//!
//! What the desk owes (cards, notices, reminders) goes out in its own rounds, which are the server's to call:
//! see [`Desk::deliver`](incident_core::desk::Desk::deliver) and
//! [`Desk::wake_due`](incident_core::desk::Desk::wake_due).
//!
//! # Metrics
//!
//! Through the [`metrics`] facade: `telegram_updates_total{kind}`, `telegram_update_panics_total`,
//! `telegram_poll_errors_total{kind}`, `telegram_calls_total{method,outcome}` and the histogram
//! `telegram_call_seconds{method}`.

pub mod failure;
pub mod inbound;
mod listener;
mod messenger;
pub mod outbound;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use listener::{ListenError, Listener, SHUTDOWN_LIMIT, WebhookOptions};
pub use messenger::{CALL_LIMIT, SetupError, TELEGRAM_API_URL, Telegram, TelegramOptions, UPLOAD_LIMIT};
pub use secrecy::SecretString;
