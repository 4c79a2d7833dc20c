//! The way in: what the gateway tells to the desk, and its immediate answers back.
//!
//! Whoever does something in Discord waits three seconds, so an interaction is acknowledged before anything else is done
//! for it; only where a form must be opened, which Discord takes as a first answer alone, the desk is asked before, and
//! not for long. What is asked in one channel is done in order; channels do not wait for each other. Nothing is told
//! twice on purpose, so what fails is tried again here, and what is heard is kept in an inbox, if there is one, until it is
//! done.

mod answer;
mod gateway;
mod intake;
mod keeping;
mod lanes;
mod missed;
mod reception;
mod start;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use incident_core::desk::{Desk, HandleError, Request};
use incident_core::ports::{Clock, Inbox};
use incident_core::view::Reply;

use crate::messenger::Discord;

/// How long the end of a listener may take: what is under way is finished.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// Whoever answers requests.
type Handling = Arc<dyn Fn(Request) -> BoxFuture<'static, Result<Reply, HandleError>> + Send + Sync>;

/// Resolves when the listener is to end.
type Shutdown = Shared<BoxFuture<'static, ()>>;

/// Hears what people do in Discord and puts it to a desk.
#[must_use]
#[derive(Clone)]
pub struct Listener {
    discord: Discord,
    desk: Arc<Desk>,
    handle: Handling,
    mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    on_event: Arc<dyn Fn() + Send + Sync>,
    application: Option<u64>,
    kept: Option<(Arc<dyn Inbox>, Arc<dyn Clock>)>,
    /// What time it is outside, by which Discord numbers its messages.
    wall: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("discord", &self.discord).finish_non_exhaustive()
    }
}

/// Why a listener ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Discord does not know the bot.
    #[error(
        "Discord does not know the bot: DISCORD_TOKEN is wrong or was reset, or DISCORD_API_URL is wrong ({reason})"
    )]
    Unauthorised {
        /// What Discord said.
        reason: String,
    },
    /// Discord does not let the bot connect as it asks to.
    #[error("Discord does not let the bot connect: its gateway closed with code {code}")]
    Refused {
        /// The code by which the gateway was closed.
        code: u16,
    },
}

impl Listener {
    /// Connects Discord to a desk. `mint` makes ids that nothing has yet, as time-ordered as a UUIDv7.
    pub fn new(discord: Discord, desk: Arc<Desk>, mint: Arc<dyn Fn() -> u128 + Send + Sync>) -> Self {
        let asked = Arc::clone(&desk);
        let handle = move |request| {
            let desk = Arc::clone(&asked);
            async move { desk.handle(request).await }
        };
        Self::in_front_of(discord, desk, handle, mint)
    }

    /// Connects Discord to a function, for whoever puts something in front of a desk. Forms are the desk's own.
    pub fn in_front_of<F, Answer>(
        discord: Discord,
        desk: Arc<Desk>,
        handle: F,
        mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    ) -> Self
    where
        F: Fn(Request) -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<Reply, HandleError>> + Send + 'static,
    {
        let handle: Handling = Arc::new(move |request| handle(request).boxed());
        let wall = Arc::new(SystemTime::now);
        Self { discord, desk, handle, mint, on_event: Arc::new(|| {}), application: None, kept: None, wall }
    }

    /// Calls a function whenever the gateway has said anything, if only that it is there.
    pub fn on_event(mut self, hook: Arc<dyn Fn() + Send + Sync>) -> Self {
        self.on_event = hook;
        self
    }

    /// Names the application, which Discord is asked for otherwise.
    pub fn application(mut self, id: u64) -> Self {
        self.application = Some(id);
        self
    }

    /// Keeps what is heard until it is done, so that it is not lost with the process; without an inbox, it is.
    pub fn keeping(mut self, inbox: Arc<dyn Inbox>, clock: Arc<dyn Clock>) -> Self {
        self.kept = Some((inbox, clock));
        self
    }

    /// Listens until `shutdown` resolves, then finishes what is under way.
    ///
    /// # Errors
    /// Only if Discord does not know the bot, or does not let it connect; whatever else fails is tried again.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> Result<(), ListenError> {
        gateway::run(self, shutdown.boxed().shared()).await
    }
}
