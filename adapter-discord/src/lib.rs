//! Incident Desk in Discord channels, through the REST API and the gateway.
//!
//! An adapter translates and decides nothing: what an interaction or a message asks is put to the desk, what the desk
//! owes is drawn and delivered. There are pure parts, tested on their own, and those that talk to Discord:
//!
//! | | |
//! |---|---|
//! | [`inbound`] | from what the gateway tells to a [`Request`](incident_core::desk::Request) |
//! | [`outbound`] | from a [`Card`](incident_core::view::Card) or a message to embeds, words and components, within all limits |
//! | [`failure`] | from a failed call to what it means |
//! | [`Discord`] | the [`Messenger`](incident_core::ports::Messenger), [`Directory`](incident_core::ports::Directory) and [`Rooms`](incident_core::ports::Rooms) |
//! | [`Listener`] | the gateway: interactions and messages in, answers back |
//!
//! `serenity` lends the builders of messages, embeds, components and commands, and its permissions. Its HTTP client and
//! its gateway are not used: the first cannot obey limits anywhere but at discord.com itself, the second begins anew where
//! it could resume, and both bring a TLS stack with known advisories. The calls are our own, on `reqwest`; the gateway is
//! `twilight-gateway`, which resumes and shares the one TLS stack of everything else.
//!
//! # The smallest bot
//!
//! ```no_run
//! use std::convert::Infallible;
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use adapter_discord::{DISCORD_API_URL, Discord, DiscordOptions, Listener, SecretString};
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
//!     let token = SecretString::from(std::env::var("DISCORD_TOKEN")?);
//!     let discord = Discord::new(DiscordOptions { token, api_url: DISCORD_API_URL.to_owned() })?;
//!     let messenger = Arc::new(discord.clone());
//!     let bell = Arc::new(Notify::new());
//!     let ring = Arc::clone(&bell);
//!     let desk = Desk::new(store.clone(), clock.clone(), Policy::preset(Preset::TwoTier))
//!         .with_messenger(Platform::Discord, messenger.clone(), messenger)
//!         .with_commands_spelled(Platform::Discord, adapter_discord::outbound::spelled)
//!         .with_forms_on(Platform::Discord)
//!         .with_private_answers(Platform::Discord)
//!         .with_nudge(move |_| ring.notify_one());
//!     let desk = Arc::new(desk);
//!     let listener = Listener::new(discord, Arc::clone(&desk), mint).keeping(store, clock);
//!     tokio::select! {
//!         ended = listener.run(std::future::pending()) => ended?,
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
//! may be `|| uuid::Uuid::now_v7().as_u128()`. They are a [`RoomBook`](incident_core::ports::RoomBook), too, which
//! [`Desk::with_rooms`](incident_core::desk::Desk::with_rooms) needs beside the [`Discord`] for tickets:
//! `Preset::Tickets`.
//!
//! # Metrics
//!
//! Through the [`metrics`] facade: `discord_events_total{kind}`, `discord_event_failures_total`,
//! `discord_reconnects_total`, `discord_calls_total{method,outcome}` and the histograms
//! `discord_event_seconds` and `discord_call_seconds{method}`.

pub mod failure;
pub mod inbound;
mod listener;
mod messenger;
pub mod outbound;

#[cfg(feature = "testkit")]
pub mod testkit;

pub use listener::{ListenError, Listener, SHUTDOWN_LIMIT};
pub use messenger::{CALL_LIMIT, DISCORD_API_URL, Discord, DiscordOptions, SetupError, UPLOAD_LIMIT};
pub use secrecy::SecretString;
