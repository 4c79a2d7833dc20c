//! Socket Mode: two sockets, so that one is there while the other is replaced. Slack spreads deliveries over those that
//! are open, and loses what it sends into one that nobody reads; a socket that is about to be closed is replaced
//! before it is.

use futures::future::try_join_all;
use incident_core::adapter::Backoff;
use secrecy::SecretString;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::connection::{Connection, Sign, open};
use super::intake::Intake;
use super::{LONGEST_PAUSE, ListenError, Listener, Patience, Shutdown, ends_within, refused};
use crate::failure::CallError;
use crate::messenger::Slack;

/// How many sockets are open at once, not counting those that are about to be closed.
const SOCKETS: usize = 2;
/// How often Slack may refuse a token before it is believed.
const BELIEVED: u32 = 3;

pub(super) async fn run(
    listener: Listener,
    app_token: SecretString,
    shutdown: Shutdown,
) -> Result<(), ListenError> {
    let Some(intake) = listener.introduced(&shutdown).await? else { return Ok(()) };
    let places = (0..SOCKETS).map(|_| {
        let place = Place {
            slack: listener.slack.clone(),
            app_token: app_token.clone(),
            patience: listener.patience,
            intake: intake.clone(),
        };
        place.hold(shutdown.clone())
    });
    let result = tokio::select! {
        held = try_join_all(places) => held.map(drop),
        error = refused(&listener.slack) => Err(error),
        () = intake.take_over() => Ok(()),
    };
    intake.close().await;
    result
}

/// Where there is always a socket, as far as Slack lets there be one.
struct Place {
    slack: Slack,
    app_token: SecretString,
    patience: Patience,
    intake: Intake,
}

impl Place {
    /// Keeps a socket open until the listener is to end. One that leaves is served until it has left, beside the next.
    async fn hold(self, shutdown: Shutdown) -> Result<(), ListenError> {
        let mut served = JoinSet::new();
        let mut backoff = Backoff::new(self.patience.retry, LONGEST_PAUSE);
        let mut refused = 0;
        loop {
            let (signs, mut seen) = unbounded_channel();
            let opened = tokio::select! {
                () = shutdown.clone() => break,
                opened = open(&self.slack, &self.app_token, &self.patience) => opened,
            };
            let socket = match opened {
                Ok(socket) => socket,
                Err(error) => {
                    refused = self.count_refusal(&error, refused)?;
                    match self.waits_in_vain(&error, &mut backoff, &shutdown).await {
                        true => break,
                        false => continue,
                    }
                }
            };
            refused = 0;
            backoff.reset();
            let since = Instant::now();
            self.intake.lives();
            metrics::counter!("slack_sockets_total").increment(1);
            let connection = self.connection(signs);
            served.spawn(async move {
                connection.sign(Sign::Open);
                let why = connection.serve(socket).await;
                tracing::debug!(why, "a socket has ended");
            });
            // It says that it leaves, or ends, which drops its end of the channel.
            tokio::select! {
                () = shutdown.clone() => break,
                () = async { while seen.recv().await == Some(Sign::Open) {} } => {}
            }
            while served.try_join_next().is_some() {}
            // One that ends at once is not replaced at once, for ever.
            if since.elapsed() < self.patience.retry && ends_within(self.patience.retry, &shutdown).await {
                break;
            }
        }
        Ok(())
    }

    fn connection(&self, signs: UnboundedSender<Sign>) -> Connection {
        Connection { intake: self.intake.clone(), patience: self.patience, signs }
    }

    fn count_refusal(&self, error: &CallError, refused: u32) -> Result<u32, ListenError> {
        let refused = if error.opens_no_socket() { refused + 1 } else { 0 };
        if refused >= BELIEVED {
            return Err(ListenError::Unauthorised { token: "the app token", reason: error.to_string() });
        }
        Ok(refused)
    }

    async fn waits_in_vain(&self, error: &CallError, backoff: &mut Backoff, shutdown: &Shutdown) -> bool {
        let pause = backoff.pause_after(error.retry_after());
        metrics::counter!("slack_socket_errors_total", "kind" => error.kind()).increment(1);
        tracing::warn!(%error, ?pause, "a socket could not be opened; it is tried again");
        ends_within(pause, shutdown).await
    }
}
