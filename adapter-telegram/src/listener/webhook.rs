//! Updates as Telegram delivers them, one request each, answered when their work is committed.
//!
//! Telegram delivers what is not answered with success again, and keeps the order within a chat meanwhile. So
//! nothing is kept here, and a failure is handed back.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::IgnoredAny;
use subtle::ConstantTimeEq;
use teloxide::payloads::{SetWebhook, SetWebhookSetters};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::intake::{Intake, What};
use super::lanes::{End, Lanes, Patience};
use super::start::{self, WANTED};
use super::{ListenError, Listener, SHUTDOWN_LIMIT, Shutdown, WebhookOptions};
use crate::failure::CallError;
use crate::messenger::Telegram;

/// The header that holds the secret.
const SECRET_HEADER: &str = "x-telegram-bot-api-secret-token";
/// The largest update that is read, in bytes; Telegram's are far smaller.
const BODY_LIMIT: usize = 1024 * 1024;
/// How many updates Telegram may deliver at once.
const CONNECTIONS: u8 = 100;

struct Door {
    secret: SecretString,
    intake: Intake,
    lanes: Lanes,
}

/// Serves the webhook until the end.
pub(super) async fn run(
    listener: Listener,
    options: WebhookOptions,
    mut shutdown: Shutdown,
) -> Result<(), ListenError> {
    let telegram = listener.telegram.clone();
    let addr = options.addr;
    let socket = TcpListener::bind(addr).await.map_err(|source| ListenError::Bind { addr, source })?;
    let bot = tokio::select! {
        biased;
        () = &mut shutdown => return Ok(()),
        bot = start::introduce(&telegram) => bot?,
    };
    tracing::info!(bot = %bot.id, username = bot.username, %addr, "waiting for updates");
    let mut menus = JoinSet::new();
    menus.spawn(start::register_menus(telegram.clone()));
    let door = Door { secret: options.secret.clone(), intake: listener.intake(bot), lanes: listener.lanes() };
    let door = Arc::new(door);
    let router = Router::new().fallback(receive).with_state(Arc::clone(&door));
    let server = axum::serve(socket, router).with_graceful_shutdown(shutdown.clone());
    let mut serving = JoinSet::new();
    serving.spawn(async move { server.await });
    let result = tokio::select! {
        biased;
        () = shutdown => Ok(()),
        error = watch(&telegram, &options) => Err(error),
    };
    let ended = async {
        door.lanes.close().await;
        if result.is_ok() {
            serving.join_next().await;
        }
    };
    if tokio::time::timeout(SHUTDOWN_LIMIT, ended).await.is_err() {
        tracing::warn!("some updates are not finished in time; they will be delivered again");
    }
    result
}

/// Sets the webhook and returns only if that is pointless, or the bot has become unknown.
async fn watch(telegram: &Telegram, options: &WebhookOptions) -> ListenError {
    if let Err(error) = set(telegram, options).await {
        return error;
    }
    loop {
        telegram.unauthorised().await;
        if let Err(error) = start::introduce(telegram).await {
            return error;
        }
    }
}

async fn set(telegram: &Telegram, options: &WebhookOptions) -> Result<(), ListenError> {
    let refused = |reason: String| ListenError::Webhook { reason };
    let url = reqwest::Url::parse(&options.url).map_err(|error| refused(error.to_string()))?;
    let payload = SetWebhook::new(url)
        .max_connections(CONNECTIONS)
        .allowed_updates(WANTED)
        .secret_token(options.secret.expose_secret());
    let mut backoff = start::patience();
    loop {
        match telegram.call(&payload).await.map(drop::<IgnoredAny>) {
            Ok(()) => return Ok(()),
            Err(CallError::Refused(refusal)) if refusal.code == 400 => {
                return Err(refused(refusal.description));
            }
            Err(error) => start::wait(&mut backoff, &error, "setWebhook").await,
        }
    }
}

/// Receives one update.
async fn receive(State(door): State<Arc<Door>>, request: Request) -> StatusCode {
    let (head, body) = request.into_parts();
    if head.method != Method::POST {
        return StatusCode::NOT_FOUND;
    }
    if !door.admits(&head.headers) {
        tracing::warn!("a delivery without the right secret was refused");
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let Ok(update) = serde_json::from_slice(&body) else {
        tracing::warn!("a delivery that is no JSON was left");
        return StatusCode::OK;
    };
    match door.intake.read(update) {
        What::Nothing => StatusCode::OK,
        What::Answer(to) => {
            door.lanes.answer(&to);
            StatusCode::OK
        }
        What::Work(work) => match door.lanes.submit(work, Patience::Once).await {
            Ok(End::Done) => StatusCode::OK,
            Ok(End::Failed) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        },
    }
}

impl Door {
    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(SECRET_HEADER).map(|value| value.as_bytes()).unwrap_or_default();
        let secret = self.secret.expose_secret().as_bytes();
        // An empty secret would admit everybody.
        !secret.is_empty() && bool::from(given.ct_eq(secret))
    }
}
