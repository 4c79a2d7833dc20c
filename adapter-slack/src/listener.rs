//! The way in: what Slack delivers to the desk, and its immediate answers back.
//!
//! Slack wants to hear within three seconds that a delivery arrived, and delivers some of them only once. So a delivery
//! is first kept in an [`Inbox`], then acknowledged, and then worked off: what dies in between is taken over when its lease
//! has ended, by the next process or by another replica. What cannot be kept is not acknowledged, where Slack will deliver it again; whoever typed or pressed
//! it is asked to try again, where it will not. Talk that is only overheard is acknowledged at once.
//!
//! A form opens before anything else is done, for Slack lets one be opened for three seconds.
//!
//! What is asked in one channel is worked off in its order; different channels do not wait for each other. A store that
//! fails for now is tried again for as long as it does. What can never be done is given up after a few tries, with an
//! error in the log.

mod answer;
mod connection;
mod http;
mod intake;
mod lanes;
mod signature;
mod sockets;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use incident_core::adapter::Backoff;
use incident_core::desk::{Desk, HandleError, Request};
use incident_core::ports::{Clock, Inbox};
use incident_core::view::Reply;
use secrecy::SecretString;

use crate::inbound::BotIdentity;
use crate::messenger::{CALL_LIMIT, Method, Slack};
use intake::Intake;

/// How long the end of a listener may take: what is under way is finished, what waits is left to the next start.
pub const SHUTDOWN_LIMIT: Duration = Duration::from_secs(10);
/// How long is waited between attempts at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Whoever answers requests.
type Handling = Arc<dyn Fn(Request) -> BoxFuture<'static, Result<Reply, HandleError>> + Send + Sync>;

/// Resolves when the listener is to end.
type Shutdown = Shared<BoxFuture<'static, ()>>;

/// How patient a listener is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// How long a socket may take to open and to greet.
    pub hello: Duration,
    /// How often a socket is asked whether it lives.
    pub ping: Duration,
    /// How long a socket may be silent before it is taken for dead.
    pub silence: Duration,
    /// How long is waited after the first failure to open a socket; it doubles up to half a minute.
    pub retry: Duration,
    /// How often it is looked for what another process acknowledged and did not do.
    pub sweep: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            hello: Duration::from_secs(10),
            ping: Duration::from_secs(10),
            silence: Duration::from_secs(25),
            retry: Duration::from_secs(1),
            sweep: Duration::from_secs(5),
        }
    }
}

/// Receives what Slack delivers and hands it to a desk.
#[must_use]
#[derive(Clone)]
pub struct Listener {
    slack: Slack,
    desk: Arc<Desk>,
    handle: Handling,
    inbox: Arc<dyn Inbox>,
    clock: Arc<dyn Clock>,
    mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    patience: Patience,
    on_life: Arc<dyn Fn() + Send + Sync>,
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("slack", &self.slack).finish_non_exhaustive()
    }
}

/// Where Slack delivers by requests, and how it proves that it is Slack.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// The address this process listens on. Every path is accepted: the signature decides.
    pub addr: SocketAddr,
    /// The app's signing secret.
    pub secret: SecretString,
}

/// Why a listener ended by itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// Slack does not accept a token, and said so several times.
    #[error(
        "Slack does not accept {token}: it is wrong or was revoked, or SLACK_API_URL is wrong ({reason})"
    )]
    Unauthorised {
        /// Which.
        token: &'static str,
        /// What Slack said.
        reason: String,
    },
    /// The address for requests cannot be listened on.
    #[error("cannot listen on {addr} for Slack's requests")]
    Bind {
        /// The address.
        addr: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

impl Listener {
    /// Connects Slack to a desk. `mint` makes ids that nothing has yet, as time-ordered as a UUIDv7.
    pub fn new(
        slack: Slack,
        desk: Arc<Desk>,
        inbox: Arc<dyn Inbox>,
        clock: Arc<dyn Clock>,
        mint: Arc<dyn Fn() -> u128 + Send + Sync>,
    ) -> Self {
        let handling = Arc::clone(&desk);
        let handle: Handling = Arc::new(move |request| {
            let desk = Arc::clone(&handling);
            async move { desk.handle(request).await }.boxed()
        });
        Self {
            slack,
            desk,
            handle,
            inbox,
            clock,
            mint,
            patience: Patience::default(),
            on_life: Arc::new(|| {}),
        }
    }

    /// Puts a function in front of the desk: it is given every request. Forms still come from the desk.
    pub fn in_front<F, Answer>(mut self, handle: F) -> Self
    where
        F: Fn(Request) -> Answer + Send + Sync + 'static,
        Answer: Future<Output = Result<Reply, HandleError>> + Send + 'static,
    {
        self.handle = Arc::new(move |request| handle(request).boxed());
        self
    }

    /// Sets how patient it is.
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Calls a function whenever Slack shows that it reaches this process.
    pub fn on_life(mut self, hook: Arc<dyn Fn() + Send + Sync>) -> Self {
        self.on_life = hook;
        self
    }

    /// Receives over sockets (Socket Mode) until `shutdown` resolves, then finishes what is under way.
    ///
    /// # Errors
    /// Only if Slack does not accept a token; whatever else fails is tried again.
    pub async fn run_sockets(
        self,
        app_token: SecretString,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ListenError> {
        sockets::run(self, app_token, shutdown.boxed().shared()).await
    }

    /// Receives signed requests until `shutdown` resolves, then finishes what is under way.
    ///
    /// # Errors
    /// If Slack does not accept the token, or the address cannot be listened on.
    pub async fn run_http(
        self,
        options: HttpOptions,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ListenError> {
        http::run(self, options, shutdown.boxed().shared()).await
    }

    /// Asks Slack who the app is, for as long as Slack does not answer; `None` if the listener is to end first.
    async fn introduced(&self, shutdown: &Shutdown) -> Result<Option<Intake>, ListenError> {
        let mut backoff = Backoff::new(self.patience.retry, LONGEST_PAUSE);
        loop {
            let error = match self.slack.ask(Method::AuthTest, &[], CALL_LIMIT).await {
                Ok(answer) => {
                    let text = |name: &str| answer[name].as_str().map(str::to_owned);
                    let bot = BotIdentity { user: text("user_id").unwrap_or_default(), bot: text("bot_id") };
                    return Ok(Some(Intake::new(self, bot)));
                }
                Err(error) if error.is_unauthorised() => {
                    let reason = error.to_string();
                    return Err(ListenError::Unauthorised { token: "the bot token", reason });
                }
                Err(error) => error,
            };
            let pause = backoff.pause_after(error.retry_after());
            tracing::warn!(%error, ?pause, "Slack does not say who the app is; it is asked again");
            if ends_within(pause, shutdown).await {
                return Ok(None);
            }
        }
    }
}

/// Waits until Slack does not accept the bot token any more. A refusal that any call met is asked about once more.
async fn refused(slack: &Slack) -> ListenError {
    loop {
        slack.unauthorised().await;
        let asked = slack.ask(Method::AuthTest, &[], CALL_LIMIT).await;
        if let Err(error) = asked
            && error.is_unauthorised()
        {
            return ListenError::Unauthorised { token: "the bot token", reason: error.to_string() };
        }
    }
}

/// Waits, unless the listener is to end meanwhile.
async fn ends_within(pause: Duration, shutdown: &Shutdown) -> bool {
    tokio::time::timeout(pause, shutdown.clone()).await.is_ok()
}
