//! Slack's requests: events, interactions and commands, all at one address, each proven by its signature.

mod peers;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::time::timeout;

use self::peers::Peers;
use super::intake::{Intake, Receipt};
use super::signature::is_valid;
use super::{HttpOptions, ListenError, Listener, SHUTDOWN_LIMIT, Shutdown, refused};
use crate::inbound::{Delivered, Kind};

/// The largest request that is read, in bytes; Slack's are kilobytes.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// How long it may take to send one.
const BODY_LIMIT: Duration = Duration::from_secs(5);

struct Door {
    intake: Intake,
    secret: SecretString,
}

/// What a request is.
#[derive(Debug, PartialEq)]
enum Heard {
    /// Something for the desk.
    Delivery(Delivered),
    /// A question whether we are who we say; the answer is in it.
    Challenge(String),
    /// Nothing that anybody has to do anything about.
    Nothing,
}

pub(super) async fn run(
    listener: Listener,
    options: HttpOptions,
    shutdown: Shutdown,
) -> Result<(), ListenError> {
    let HttpOptions { addr, secret } = options;
    let Some(intake) = listener.introduced(&shutdown).await? else { return Ok(()) };
    let socket = bind(addr).await?;
    let door = Arc::new(Door { intake: intake.clone(), secret });
    let router = Router::new().fallback(receive).layer(DefaultBodyLimit::max(MOST_BYTES)).with_state(door);
    let slack = listener.slack.clone();
    let peers = Peers { listener: socket, silence: listener.patience.silence };
    let serving = axum::serve(peers, router).with_graceful_shutdown(shutdown.clone());
    let result = tokio::select! {
        ended = serving.into_future() => {
            if let Err(error) = ended {
                tracing::error!(%error, "the address for Slack's requests is lost");
            }
            Ok(())
        }
        error = refused(&slack) => Err(error),
        () = intake.take_over() => Ok(()),
        // Whoever is still speaking then is not waited for.
        () = shutdown.clone().then(|()| tokio::time::sleep(SHUTDOWN_LIMIT)) => Ok(()),
    };
    intake.close().await;
    result
}

async fn bind(addr: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(addr).await.map_err(|source| ListenError::Bind { addr, source })
}

async fn receive(State(door): State<Arc<Door>>, request: Request) -> Response {
    let headers = request.headers().clone();
    let body = match timeout(BODY_LIMIT, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return rejection.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let field = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let proof = (field("x-slack-request-timestamp"), field("x-slack-signature"));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if !is_valid(&door.secret, proof, &body, now) {
        metrics::counter!("slack_refused_requests_total").increment(1);
        return StatusCode::UNAUTHORIZED.into_response();
    }
    match hear(field(header::CONTENT_TYPE.as_str()), &body) {
        Heard::Delivery(delivered) => {
            // Slack may hang up, and has delivered all the same.
            let intake = door.intake.clone();
            let taken = tokio::spawn(async move { intake.take(delivered).await }).await;
            match taken {
                Ok(Receipt::Acknowledged) => StatusCode::OK.into_response(),
                Ok(Receipt::Withheld) | Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            }
        }
        Heard::Challenge(challenge) => ([(header::CONTENT_TYPE, "text/plain")], challenge).into_response(),
        Heard::Nothing => StatusCode::OK.into_response(),
    }
}

/// Finds out what a request is.
fn hear(kind: &str, body: &[u8]) -> Heard {
    let (kind, payload) = if kind.starts_with("application/json") {
        let payload: Value = serde_json::from_slice(body).unwrap_or_default();
        if let (Some("url_verification"), Some(challenge)) =
            (payload["type"].as_str(), payload["challenge"].as_str())
        {
            return Heard::Challenge(challenge.to_owned());
        }
        (Kind::EventsApi, payload)
    } else {
        let fields = form_urlencoded::parse(body);
        let fields: Map<String, Value> =
            fields.map(|(name, value)| (name.into_owned(), value.into_owned().into())).collect();
        match fields.get("payload").and_then(Value::as_str) {
            Some(payload) => (Kind::Interactive, serde_json::from_str(payload).unwrap_or_default()),
            None => (Kind::SlashCommands, Value::Object(fields)),
        }
    };
    let ours = payload.is_object() && (kind != Kind::SlashCommands || payload.get("command").is_some());
    if ours { Heard::Delivery(Delivered { kind, payload }) } else { Heard::Nothing }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";
    const JSON: &str = "application/json; charset=utf-8";

    #[test]
    fn each_kind_of_request_is_told_apart() {
        let delivery = |kind, payload| Heard::Delivery(Delivered { kind, payload });
        assert_eq!(
            hear(JSON, br#"{"type":"url_verification","challenge":"3eZ"}"#),
            Heard::Challenge("3eZ".to_owned())
        );
        let event = json!({"type": "event_callback", "event_id": "Ev1"});
        assert_eq!(hear(JSON, event.to_string().as_bytes()), delivery(Kind::EventsApi, event));
        let press = delivery(Kind::Interactive, json!({"type": "block_actions"}));
        assert_eq!(hear(FORM, b"payload=%7B%22type%22%3A%22block_actions%22%7D"), press);
        let command = json!({"command": "/incident", "text": "new a+b"});
        assert_eq!(hear(FORM, b"command=%2Fincident&text=new+a%2Bb"), delivery(Kind::SlashCommands, command));
        for (kind, body) in
            [(FORM, "ssl_check=1"), (FORM, "payload=%7B"), (JSON, "{"), (JSON, "[]"), (FORM, "")]
        {
            assert_eq!(hear(kind, body.as_bytes()), Heard::Nothing, "{body}");
        }
    }
}
