//! The bot's side: from a request to an answer, through faults and the method that was called.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Shared;
use super::World;
use super::fault::Verdict;
use super::http::{Reply, Request};
use super::params::Params;

mod access;
mod callbacks;
mod commands;
mod edit;
mod keyboard;
mod members;
mod messages;
mod pins;
mod updates;
mod webhooks;

const BAD_GATEWAY: &str = "<html><head><title>502 Bad Gateway</title></head>\
                           <body><center><h1>502 Bad Gateway</h1></center></body></html>";

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    code: u16,
    description: String,
    parameters: Option<Value>,
}

impl Refusal {
    pub(super) fn new(code: u16, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), parameters: None }
    }

    pub(super) fn bad_request(words: &str) -> Self {
        Self::new(400, format!("Bad Request: {words}"))
    }

    pub(super) fn forbidden(words: &str) -> Self {
        Self::new(403, format!("Forbidden: {words}"))
    }

    pub(super) fn conflict(words: &str) -> Self {
        Self::new(409, format!("Conflict: {words}"))
    }

    pub(super) fn flood(retry_after: u32) -> Self {
        let description = format!("Too Many Requests: retry after {retry_after}");
        Self { parameters: Some(json!({"retry_after": retry_after})), ..Self::new(429, description) }
    }

    pub(super) fn upgraded(to: i64) -> Self {
        let refusal = Self::bad_request("group chat was upgraded to a supergroup chat");
        Self { parameters: Some(json!({"migrate_to_chat_id": to})), ..refusal }
    }

    pub(super) fn internal() -> Self {
        Self::new(500, "Internal Server Error")
    }

    pub(super) fn no_right_to_pin() -> Self {
        Self::bad_request("not enough rights to manage pinned messages in the chat")
    }

    fn reply(&self) -> Reply {
        let mut body = json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        Reply::Json(self.code, body.to_string())
    }
}

/// The result of a call as JSON text, or the reason why there is none.
type Answered = Result<String, Refusal>;

/// Answers one request; dropping the future before it is done means the client went away.
pub(super) async fn answer(shared: &Arc<Shared>, request: &Request) -> Reply {
    let Some((token, method, params)) = request.call() else {
        return Refusal::new(404, "Not Found").reply();
    };
    if let Err(refusal) = shared.read(|world| authorised(world, &token)) {
        return refusal.reply();
    }
    let call = Incoming { name: method.to_ascii_lowercase(), params };
    let arrival = shared.change(|world| arrive(world, &method, &call));
    let delay = arrival.delay;
    let reply = carry_out(shared, arrival, &call).await;
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    reply
}

/// A call on its way.
struct Incoming {
    name: String,
    params: Params,
}

/// What was decided about a call when it came in.
struct Arrival {
    seq: usize,
    verdict: Verdict,
    delay: Option<Duration>,
    /// How often hangs had been released by then.
    released: u64,
}

fn authorised(world: &World, token: &str) -> Result<(), Refusal> {
    let well_formed = token.split_once(':').is_some_and(|(id, _)| id.parse::<i64>().is_ok());
    match (token == world.token, well_formed) {
        (true, _) => Ok(()),
        (false, true) => Err(Refusal::new(401, "Unauthorized")),
        (false, false) => Err(Refusal::new(404, "Not Found")),
    }
}

fn arrive(world: &mut World, method: &str, call: &Incoming) -> Arrival {
    let chat = call.params.integer("chat_id");
    let at = Instant::now();
    let verdict = world.traffic.admit(&call.name, chat, at);
    let delay = world.traffic.delay(chat);
    let seq = world.calls.len();
    world.calls.push(super::Call {
        seq,
        at,
        method: method.to_owned(),
        chat,
        params: call.params.clone().into_value(),
        executed: false,
        outcome: "waiting".to_owned(),
    });
    Arrival { seq, verdict, delay, released: world.traffic.released }
}

async fn carry_out(shared: &Arc<Shared>, arrival: Arrival, call: &Incoming) -> Reply {
    let Arrival { seq, released, .. } = arrival;
    match arrival.verdict {
        Verdict::Execute => reply_to(execute(shared, seq, call, "ok").await),
        Verdict::Refuse(refusal) => {
            note(shared, seq, &format!("{} {}", refusal.code, refusal.description));
            refusal.reply()
        }
        Verdict::BadGateway => {
            note(shared, seq, "502 page");
            Reply::Html(502, BAD_GATEWAY)
        }
        Verdict::ResetBefore => {
            note(shared, seq, "reset before");
            Reply::Reset
        }
        Verdict::ResetAfter => {
            drop(execute(shared, seq, call, "reset after").await);
            Reply::Reset
        }
        Verdict::ErrorAfter => {
            drop(execute(shared, seq, call, "500 after").await);
            Refusal::internal().reply()
        }
        Verdict::Hang(time) => {
            note(shared, seq, "hangs");
            hang(shared, released, time).await;
            reply_to(execute(shared, seq, call, "ok").await)
        }
        Verdict::HangAfter(time) => {
            let answered = execute(shared, seq, call, "hang after").await;
            hang(shared, released, time).await;
            reply_to(answered)
        }
    }
}

fn reply_to(answered: Answered) -> Reply {
    match answered {
        Ok(result) => Reply::Json(200, format!("{{\"ok\":true,\"result\":{result}}}")),
        Err(refusal) => refusal.reply(),
    }
}

fn note(shared: &Shared, seq: usize, outcome: &str) {
    shared.change(|world| outcome.clone_into(&mut world.calls[seq].outcome));
}

async fn hang(shared: &Shared, before: u64, time: Option<Duration>) {
    let released = shared.until(|world| (world.traffic.released != before).then_some(()));
    match time {
        // Either end of the wait will do.
        Some(time) => drop(tokio::time::timeout(time, released).await),
        None => released.await,
    }
}

async fn execute(shared: &Arc<Shared>, seq: usize, call: &Incoming, success: &str) -> Answered {
    let finish = |world: &mut World, answered: Answered| {
        let record = &mut world.calls[seq];
        record.executed = answered.is_ok();
        record.outcome = match &answered {
            Ok(_) => success.to_owned(),
            Err(refusal) => format!("{} {}", refusal.code, refusal.description),
        };
        answered
    };
    if call.name == "getupdates" {
        let answered = updates::get(shared, &call.params).await;
        return shared.change(|world| finish(world, answered));
    }
    shared.change(|world| {
        let answered = dispatch(world, &call.name, &call.params).map(|result| result.to_string());
        finish(world, answered)
    })
}

fn dispatch(world: &mut World, method: &str, params: &Params) -> Result<Value, Refusal> {
    match method {
        "getme" => Ok(members::get_me(world)),
        "sendmessage" => messages::send_message(world, params),
        "sendphoto" => messages::send_media(world, params, "photo"),
        "senddocument" => messages::send_media(world, params, "document"),
        "sendanimation" => messages::send_media(world, params, "animation"),
        "sendvideo" => messages::send_media(world, params, "video"),
        "sendaudio" => messages::send_media(world, params, "audio"),
        "sendvoice" => messages::send_media(world, params, "voice"),
        "sendchataction" => messages::send_chat_action(world, params),
        "editmessagetext" => edit::text(world, params),
        "editmessagecaption" => edit::caption(world, params),
        "editmessagereplymarkup" => edit::reply_markup(world, params),
        "deletemessage" => edit::delete(world, params),
        "pinchatmessage" => pins::pin(world, params),
        "unpinchatmessage" => pins::unpin(world, params),
        "answercallbackquery" => callbacks::answer(world, params),
        "getchat" => members::get_chat(world, params),
        "getchatmember" => members::get_chat_member(world, params),
        "getchatadministrators" => members::get_chat_administrators(world, params),
        "leavechat" => members::leave_chat(world, params),
        "setmycommands" => commands::set(world, params),
        "getmycommands" => Ok(commands::get(world, params)),
        "deletemycommands" => Ok(commands::delete(world, params)),
        "setwebhook" => webhooks::set(world, params),
        "deletewebhook" => Ok(webhooks::delete(world, params)),
        "getwebhookinfo" => Ok(webhooks::info(world)),
        _ => Err(Refusal::new(404, "Not Found: method not found")),
    }
}
