//! The REST API: what is called, whether it fails on purpose, and what is answered.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::fault::{Fault, Refusal};
use super::multipart::{self, Parts};
use super::world::{Call, World};
use super::{Shared, check};

/// The largest body that is read.
const MOST: usize = 64 * 1024 * 1024;
/// The largest file that is taken.
const LARGEST_FILE: usize = 10 * 1024 * 1024;

/// What an application's flags say where the bot may read what people write, being in few guilds.
const CONTENT_OF_FEW: u64 = 1 << 19;

/// A call as it came in.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) method: String,
    pub(super) segments: Vec<String>,
    pub(super) query: String,
    pub(super) body: Value,
    pub(super) files: Vec<(String, Vec<u8>)>,
    authorised: bool,
}

/// What is answered to a call that is carried out.
pub(super) type Outcome = Result<(u16, Value), Refusal>;

/// How many calls are left on a route, and in how many seconds all are again.
type Pace = Option<(usize, f64)>;

pub(super) async fn serve(
    listener: tokio::net::TcpListener,
    shared: Arc<Shared>,
    mut stopped: watch::Receiver<bool>,
) {
    let routes = Router::new().fallback(answer).with_state(shared);
    let serving = axum::serve(listener, routes).into_future();
    // What hangs on purpose must not keep the server from ending.
    futures::future::select(Box::pin(serving), Box::pin(stopped.wait_for(|stop| *stop))).await;
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MOST).await.unwrap_or_default();
    let path = parts.uri.path().to_owned();
    if let Some(id) = path.strip_prefix("/files/").and_then(|rest| rest.split('/').next()?.parse().ok()) {
        return match shared.change(|world| world.faults.take("GET files")) {
            Some(Fault::Refuse { status, .. }) => said(status, &json!("refused on purpose")),
            Some(_) | None => file(&shared, id),
        };
    }
    let Some(path) = path.strip_prefix("/api/v10/") else {
        return said(404, &json!({"message": "404: Not Found", "code": 0}));
    };
    let token = shared.read(|world| format!("Bot {}", world.token));
    let Parts { json, files } = content(&parts.headers, &bytes);
    let incoming = Incoming {
        method: parts.method.to_string(),
        segments: path.split('/').map(str::to_owned).collect(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: json,
        files,
        authorised: parts.headers.get("authorization").is_some_and(|given| given == token.as_str()),
    };
    let name = name(&incoming);
    let call = Call {
        at: std::time::Instant::now(),
        name: name.clone(),
        path: path.to_owned(),
        body: incoming.body.clone(),
        status: 0,
    };
    let (number, fault) = shared.change(|world| {
        world.calls.push(call);
        let spared = world.faults.spared.is_some_and(|channel| says_words_in(channel, &incoming));
        (world.calls.len() - 1, if spared { None } else { world.faults.take(&name) })
    });
    let (response, status) = respond(&shared, incoming, fault).await;
    shared.change(|world| world.calls[number].status = status);
    response
}

fn says_words_in(channel: u64, incoming: &Incoming) -> bool {
    let place = ["channels".to_owned(), channel.to_string(), "messages".to_owned()];
    incoming.method == "POST" && incoming.segments == place && incoming.files.is_empty()
}

async fn respond(shared: &Shared, incoming: Incoming, fault: Option<Fault>) -> (Response, u16) {
    let refused = |refusal: &Refusal| (said(refusal.status, &refusal.body), refusal.status);
    match fault {
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::HangAfter) => {
            drop(shared.change(|world| carry_out(world, &incoming)));
            std::future::pending().await
        }
        Some(Fault::ServerError) => refused(&Refusal {
            status: 500,
            body: json!({"message": "500: Internal Server Error", "code": 0}),
        }),
        Some(Fault::BadGateway) => {
            ((StatusCode::BAD_GATEWAY, "<html>502 Bad Gateway</html>").into_response(), 502)
        }
        Some(Fault::RateLimited { retry_after, global }) => {
            refused(&Refusal::rate_limited(retry_after, global))
        }
        Some(Fault::Refuse { status, code }) => refused(&Refusal::new(status, code, "refused on purpose")),
        Some(Fault::LostAnswer) => {
            let (outcome, _) = shared.change(|world| carry_out(world, &incoming));
            let status = outcome.map_or_else(|refusal| refusal.status, |(status, _)| status);
            (lost(), status)
        }
        None => {
            let (outcome, pace) = shared.change(|world| carry_out(world, &incoming));
            let (status, body) = outcome.unwrap_or_else(|refusal| (refusal.status, refusal.body));
            (paced(said(status, &body), pace), status)
        }
    }
}

/// An answer that breaks off before it says anything.
fn lost() -> Response {
    let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("lost")) });
    Body::from_stream(broken).into_response()
}

fn said(status: u16, body: &Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status == StatusCode::NO_CONTENT {
        return status.into_response();
    }
    let mut response = (status, [("content-type", "application/json")], body.to_string()).into_response();
    let wait = body["retry_after"].as_f64().map(|wait| wait.ceil().to_string().parse());
    if let Some(Ok(wait)) = wait {
        response.headers_mut().insert("retry-after", wait);
    }
    response
}

fn paced(mut response: Response, pace: Pace) -> Response {
    if let Some((left, wait)) = pace {
        for (name, value) in [
            ("x-ratelimit-limit", "5".to_owned()),
            ("x-ratelimit-remaining", left.to_string()),
            ("x-ratelimit-reset-after", format!("{wait:.3}")),
        ] {
            if let Ok(value) = value.parse() {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}

fn file(shared: &Shared, id: u64) -> Response {
    let found = shared.read(|world| {
        let mut files = world.messages.values().flat_map(|message| &message.files);
        files.find(|file| file.id == id && !file.gone).map(|file| file.bytes.clone())
    });
    match found {
        Some(bytes) => bytes.into_response(),
        None => (StatusCode::NOT_FOUND, "This content is no longer available.").into_response(),
    }
}

fn content(headers: &HeaderMap, bytes: &Bytes) -> Parts {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split_once("boundary=") {
        Some((_, boundary)) => multipart::read(bytes, boundary.trim_matches('"')),
        None => Parts { json: serde_json::from_slice(bytes).unwrap_or_default(), files: Vec::new() },
    }
}

/// Names a call without its numbers and without what only one interaction has.
fn name(incoming: &Incoming) -> String {
    let secret = matches!(incoming.segments[0].as_str(), "interactions" | "webhooks");
    let segments = incoming.segments.iter().enumerate().map(|(place, segment)| {
        let number = segment.bytes().all(|b| b.is_ascii_digit());
        if number || (secret && place == 2) { "-" } else { segment.as_str() }
    });
    format!("{} {}", incoming.method, segments.collect::<Vec<_>>().join("/"))
}

fn carry_out(world: &mut World, incoming: &Incoming) -> (Outcome, Pace) {
    let open = matches!(incoming.segments[0].as_str(), "interactions" | "webhooks");
    if !open && !incoming.authorised {
        return (
            Err(Refusal { status: 401, body: json!({"message": "401: Unauthorized", "code": 0}) }),
            None,
        );
    }
    let creates = incoming.method == "POST" && incoming.segments[0] == "channels";
    let now = world.now();
    let counted = creates.then(|| world.faults.count(&incoming.segments.join("/"), now)).flatten();
    match counted {
        Some(Err(wait)) => (Err(Refusal::rate_limited(wait.as_secs_f64(), false)), None),
        Some(Ok((left, wait))) => (route(world, incoming), Some((left, wait.as_secs_f64()))),
        None => (route(world, incoming), None),
    }
}

fn route(world: &mut World, incoming: &Incoming) -> Outcome {
    if incoming.files.iter().any(|(_, bytes)| bytes.len() > LARGEST_FILE) {
        return Err(Refusal::new(413, 40_005, "Request entity too large"));
    }
    let segments: Vec<&str> = incoming.segments.iter().map(String::as_str).collect();
    match (incoming.method.as_str(), segments.as_slice()) {
        ("GET", ["gateway", "bot"] | ["gateway"]) => Ok((200, world.gateway.described())),
        ("GET", ["users", "@me"]) => Ok((200, world.user_json(world.bot))),
        ("GET", ["applications", "@me"]) => Ok((200, world.application_json())),
        ("GET", ["applications", _, "commands"]) => Ok((200, Value::Array(world.commands.clone()))),
        ("PUT", ["applications", _, "commands"]) => world.register(&incoming.body),
        ("GET", ["guilds", guild]) => world.guild_answer(number(guild)),
        ("GET", ["guilds", guild, "channels"]) => world.listed(number(guild), false),
        ("POST", ["guilds", guild, "channels"]) => world.create_channel(number(guild), &incoming.body),
        ("GET", ["guilds", guild, "threads", "active"]) => world.listed(number(guild), true),
        ("GET", ["guilds", guild, "members", user]) => world.member_answer(number(guild), number(user)),
        (_, ["channels", channel, rest @ ..]) => world.in_channel(number(channel), rest, incoming),
        ("POST", ["interactions", id, token, "callback"]) => {
            world.called_back(number(id), token, &incoming.body)
        }
        (_, ["webhooks", _, token, rest @ ..]) => world.followed_up(token, rest, incoming),
        _ => Err(Refusal { status: 404, body: json!({"message": "404: Not Found", "code": 0}) }),
    }
}

pub(super) fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

impl World {
    pub(super) fn application_json(&self) -> Value {
        let flags = if self.gateway.content_allowed { CONTENT_OF_FEW } else { 0 };
        json!({"id": self.application.to_string(), "flags": flags})
    }

    fn register(&mut self, commands: &Value) -> Outcome {
        let commands = commands.as_array().cloned().unwrap_or_default();
        commands.iter().try_for_each(check::command)?;
        self.commands = commands;
        for command in &mut self.commands {
            command["id"] = json!("77");
            command["application_id"] = json!(self.application.to_string());
            command["version"] = json!("1");
            command["type"] = json!(1);
        }
        Ok((200, Value::Array(self.commands.clone())))
    }

    fn guild_answer(&self, id: u64) -> Outcome {
        let guild = self.guilds.get(&id).filter(|guild| guild.members.contains_key(&self.bot));
        guild.ok_or_else(Refusal::no_access).map(|guild| (200, self.guild_json(id, guild)))
    }

    fn member_answer(&self, guild: u64, user: u64) -> Outcome {
        let guild = self.guilds.get(&guild).filter(|guild| guild.members.contains_key(&self.bot));
        let guild = guild.ok_or_else(Refusal::no_access)?;
        let roles = guild.members.get(&user).ok_or_else(|| Refusal::new(404, 10_007, "Unknown Member"))?;
        let roles: Vec<String> = roles.iter().map(u64::to_string).collect();
        Ok((200, json!({"user": self.user_json(user), "roles": roles})))
    }
}
