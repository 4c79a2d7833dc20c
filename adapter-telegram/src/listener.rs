//! The way in: updates to the desk, and its immediate answers back.
//!
//! An update is confirmed to Telegram only when what it caused is committed: a poll's offset never passes one
//! that is unfinished, and a webhook is answered with 200 only afterwards. What dies in between is delivered
//! again, and the desk recognises it.
//!
//! Updates of one chat are handled one after another; different chats do not wait for each other. A store
//! that fails for now is tried again for as long as it does. What can never be done is given up after a few
//! tries, with an error in the log, so that no single update stops the bot: what the store refuses for good,
//! what makes the desk panic, and what hangs again and again while others do not.

mod answer;
mod intake;
mod lanes;
mod ledger;
mod polling;
mod start;
mod webhook;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use incident_core::desk::{Desk, HandleError, Request};
use incident_core::view::Reply;
use secrecy::SecretString;

use crate::messenger::Telegram;
use intake::Intake;
use lanes::Lanes;

/// How long the end of a listener may take: what is under way is finished, what waits is left to the next start.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);

/// Whoever answers requests.
type Handling = Arc<dyn Fn(Request) -> BoxFuture<'static, Result<Reply, HandleError>> + Send + Sync>;

/// Resolves when the listener is to end.
type Shutdown = Shared<BoxFuture<'static, ()>>;

/// Receives updates and hands them to a desk.
#[must_use]
#[derive(Clone)]
pub struct Listener {
    telegram: Telegram,
    handle: Handling,
    mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    on_poll: Arc<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("telegram", &self.telegram).finish_non_exhaustive()
    }
}

/// Where and how Telegram delivers updates by itself.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// The address Telegram calls, as seen from outside.
    pub url: String,
    /// The address this process listens on. Every path is accepted: proxies in front may rewrite it, and the
    /// secret decides.
    pub addr: SocketAddr,
    /// What Telegram must present: 1 to 256 letters, digits, `_` and `-`.
    pub secret: SecretString,
}

/// Why a listener ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The server does not know the bot, and said so several times.
    #[error(
        "Telegram does not know the bot: its token is wrong or was revoked, or TELEGRAM_API_URL is wrong ({reason})"
    )]
    Unauthorised {
        /// What the server said.
        reason: String,
    },
    /// Telegram does not accept the webhook as configured.
    #[error("Telegram does not accept the webhook: {reason}")]
    Webhook {
        /// What the server said.
        reason: String,
    },
    /// The address for the webhook cannot be listened on.
    #[error("cannot listen on {addr} for the webhook")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl Listener {
    /// Connects Telegram to a desk. `mint` makes ids that nothing has yet, as time-ordered as a UUIDv7.
    pub fn new(telegram: Telegram, desk: Arc<Desk>, mint: Arc<dyn Fn() -> u128 + Send + Sync>) -> Self {
        let handle = move |request| {
            let desk = Arc::clone(&desk);
            async move { desk.handle(request).await }
        };
        Self::in_front_of(telegram, handle, mint)
    }

    /// Connects Telegram to a function, for whoever puts something in front of a desk.
    pub fn in_front_of<F, Answer>(
        telegram: Telegram,
        handle: F,
        mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    ) -> Self
    where
        F: Fn(Request) -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<Reply, HandleError>> + Send + 'static,
    {
        let handle: Handling = Arc::new(move |request| handle(request).boxed());
        Self { telegram, handle, mint, on_poll: Arc::new(|| {}) }
    }

    /// Calls a function after every poll that Telegram answered.
    pub fn on_poll(mut self, hook: Arc<dyn Fn() + Send + Sync>) -> Self {
        self.on_poll = hook;
        self
    }

    /// Polls for updates until `shutdown` resolves, then finishes what is under way.
    ///
    /// # Errors
    /// Only if the server does not know the bot; whatever else fails is tried again.
    pub async fn run_polling(
        self,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ListenError> {
        polling::run(self, shutdown.boxed().shared()).await
    }

    /// Has updates delivered until `shutdown` resolves, then finishes what is under way. The webhook stays
    /// set, so that Telegram keeps what comes meanwhile.
    ///
    /// # Errors
    /// If the server does not know the bot, does not accept the webhook, or the address cannot be listened on.
    pub async fn run_webhook(
        self,
        options: WebhookOptions,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ListenError> {
        webhook::run(self, options, shutdown.boxed().shared()).await
    }

    fn lanes(&self) -> Lanes {
        Lanes::new(Arc::clone(&self.handle), self.telegram.clone())
    }

    fn intake(&self, bot: crate::inbound::BotIdentity) -> Intake {
        Intake { bot, telegram: self.telegram.clone(), mint: Arc::clone(&self.mint) }
    }
}
