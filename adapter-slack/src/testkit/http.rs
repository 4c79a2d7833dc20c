//! The server's port: the Web API, uploads, answers beside it, and sockets.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, post};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::delivery::{Pending, Way};
use super::fault::Fault;
use super::server::Shared;
use super::socket;

/// How often the server looks after what was not acknowledged.
const TICK: Duration = Duration::from_millis(20);
/// Methods that take no JSON.
const FORMS: [&str; 4] = ["users.info", "files.info", "chat.getPermalink", "files.getUploadURLExternal"];

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{method}", post(api))
        .route("/upload/{file}", post(upload))
        .route("/actions/{key}", post(respond))
        .route("/socket", any(open_socket))
        .with_state(shared)
}

async fn api(
    State(shared): State<Arc<Shared>>,
    Path(method): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (arguments, is_json) = arguments(&headers, &body);
    let channel = arguments["channel"].as_str().map(str::to_owned);
    let fault = shared.act(|world| {
        world.calls.push((method.clone(), arguments.clone()));
        world.traffic.admit(&method, channel.as_deref(), Instant::now())
    });
    if fault == Some(Fault::Hang) {
        std::future::pending::<()>().await;
    }
    let bearer = headers.get(header::AUTHORIZATION).and_then(|token| token.to_str().ok()).unwrap_or_default();
    let token = bearer.trim_start_matches("Bearer ");
    let answer = || {
        shared.act(|world| {
            let opens = method == "apps.connections.open";
            if token != if opens { &world.app_token } else { &world.bot_token } {
                return json!({"ok": false, "error": "invalid_auth"});
            }
            if opens {
                let ws = world.address.replace("http://", "ws://");
                return json!({"ok": true, "url": format!("{ws}/socket?ticket={token}")});
            }
            if is_json && FORMS.contains(&method.as_str()) {
                return json!({"ok": false, "error": "invalid_arguments"});
            }
            world.carry_out(&method, &arguments)
        })
    };
    match fault {
        None => json_of(&answer()),
        Some(Fault::LostAnswer) => {
            answer();
            broken()
        }
        Some(fault) => failing(fault),
    }
}

fn failing(fault: Fault) -> Response {
    match fault {
        Fault::Limited { retry_after } => {
            let answer = json!({"ok": false, "error": "ratelimited"}).to_string();
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], answer)
                .into_response()
        }
        Fault::ServerError => (StatusCode::SERVICE_UNAVAILABLE, "<html>try later</html>").into_response(),
        Fault::Page => (StatusCode::OK, "<html>Welcome to the proxy</html>").into_response(),
        Fault::Refuse(error) => json_of(&json!({"ok": false, "error": error})),
        Fault::ResetBefore | Fault::LostAnswer | Fault::Hang => broken(),
    }
}

/// An answer that ends before it has begun.
fn broken() -> Response {
    let lost = std::io::Error::other("the connection breaks");
    Body::from_stream(futures::stream::iter([Err::<Bytes, _>(lost)])).into_response()
}

fn json_of(answer: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}

fn arguments(headers: &HeaderMap, body: &[u8]) -> (Value, bool) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/json") {
        return (serde_json::from_slice(body).unwrap_or_default(), true);
    }
    let fields =
        form_urlencoded::parse(body).map(|(name, value)| (name.into_owned(), value.into_owned().into()));
    (Value::Object(fields.collect::<Map<String, Value>>()), false)
}

async fn upload(State(shared): State<Arc<Shared>>, Path(file): Path<String>, body: Bytes) -> StatusCode {
    let taken = shared.act(|world| world.take_upload(&file, body.to_vec()));
    if taken { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

async fn respond(State(shared): State<Arc<Shared>>, Path(key): Path<String>, body: Bytes) -> StatusCode {
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let fault = shared.act(|world| world.traffic.admit("response_url", None, Instant::now()));
    if fault.is_some() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    if shared.act(|world| world.take_response(&key, &said)) { StatusCode::OK } else { StatusCode::NOT_FOUND }
}

async fn open_socket(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<Vec<(String, String)>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let token = shared.read(|world| world.app_token.clone());
    if query.iter().any(|(name, value)| name == "ticket" && *value == token) {
        upgrade.on_upgrade(move |socket| socket::serve(socket, shared))
    } else {
        StatusCode::FORBIDDEN.into_response()
    }
}

/// Sends again what was not acknowledged, and what goes out by requests.
pub(super) async fn look_after(shared: Arc<Shared>) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client without options starts");
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        let (requests, secret) = shared.act(|world| {
            world.post.tick();
            (world.post.take_requests(), world.signing_secret.clone())
        });
        for pending in requests {
            let way = shared.read(|world| world.post.way.clone());
            if let Way::Http(url) = way {
                tokio::spawn(request(client.clone(), url, secret.clone(), (pending, Arc::clone(&shared))));
            }
        }
    }
}

async fn request(
    client: reqwest::Client,
    url: String,
    secret: String,
    (pending, shared): (Pending, Arc<Shared>),
) {
    let body = match pending.fate.kind.as_str() {
        "events_api" => pending.payload.to_string(),
        "interactive" => form(&json!({"payload": pending.payload.to_string()})),
        _ => form(&pending.payload),
    };
    let kind = if pending.fate.kind == "events_api" {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let now =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    let call = client
        .post(url)
        .header("content-type", kind)
        .header("x-slack-request-timestamp", now.to_string())
        .header("x-slack-signature", signature(&secret, &now.to_string(), &body))
        .body(body);
    if let Ok(answer) = call.send().await
        && answer.status().is_success()
    {
        shared.act(|world| world.post.acknowledge(&pending.envelope));
    }
}

fn form(fields: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        form.append_pair(name, &value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    form.finish()
}

/// Signs a request as Slack does.
pub(super) fn signature(secret: &str, timestamp: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key may have any length");
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v0={hex}")
}
