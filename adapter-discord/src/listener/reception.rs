//! What becomes of something that was heard: it is acknowledged and kept, and put into the queue of its channel.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use incident_core::adapter::Recent;
use incident_core::desk::{Ask, Desk, Request};
use incident_core::ids::Platform;
use incident_core::ports::RequestKey;
use incident_core::view::{Action, ButtonCode, CommandWord, Said};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::Listener;
use super::answer::{Waiting, Where};
use super::keeping::{Keeping, Left};
use super::lanes::{Lanes, Ready, To, Work};
use crate::inbound::{self, Deed, Guilds, Interaction, Scene};
use crate::outbound;

/// How long the desk may take to say which form a press needs; the first answer must still be in time.
const FORM_LIMIT: Duration = Duration::from_millis(1_200);
/// How long what completes a number may take.
const COMPLETION_LIMIT: Duration = Duration::from_millis(1_800);
/// The events that are kept until they are done.
const INTERACTION: &str = "INTERACTION_CREATE";
const MESSAGE: &str = "MESSAGE_CREATE";

/// Receives what was heard.
#[derive(Clone)]
pub(super) struct Reception {
    listener: Listener,
    keeping: Option<Arc<Keeping>>,
    recent: Arc<Mutex<Recent>>,
}

impl Reception {
    pub(super) fn new(listener: Listener, keeping: Option<Arc<Keeping>>) -> Self {
        Self { listener, keeping, recent: Arc::default() }
    }

    /// Tells whether something is new; a session that is resumed tells again what it told last.
    fn is_new(&self, key: &RequestKey) -> bool {
        let new = self.recent.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone());
        if !new {
            tracing::debug!(key = key.as_str(), "an interaction came again");
        }
        new
    }

    /// Queues what nobody waits for and what is found out again if it is lost.
    pub(super) fn plainly(&self, lanes: &Lanes, request: Request) {
        submit(lanes, request, None, None);
    }

    /// Queues what somebody wrote; talk is not kept, for it is nobody's loss. What is said in a room is no talk.
    pub(super) fn heard(&self, lanes: &Lanes, request: Request, (data, guilds): (&Value, &Guilds)) {
        let talk = matches!(request.ask, Ask::Remark { .. });
        let (keeping, desk) = (self.keeping.clone(), Arc::clone(&self.listener.desk));
        if (talk && !desk.keeps_rooms(Platform::Discord)) || (!talk && keeping.is_none()) {
            return self.plainly(lanes, request);
        }
        let (done, ready) = oneshot::channel();
        let parent = data["channel_id"].as_str().and_then(|id| guilds.parent(id.parse().ok()?));
        let (key, chat, data) = (request.key.clone(), request.chat.clone(), data.clone());
        lanes.spawn(async move {
            // Where it is not known, it is not left out.
            let talk = talk && !desk.is_room(&chat).await.unwrap_or(true);
            let kept = match keeping {
                Some(keeping) if !talk => keeping.keep(&key, MESSAGE, &data, parent).await,
                Some(_) | None => false,
            };
            report(done, Ready { answerable: false, kept, talk });
        });
        submit(lanes, request, None, Some(ready));
    }

    /// Acknowledges an interaction, and queues what it asks.
    pub(super) fn put(&self, lanes: &Arc<Lanes>, interaction: Interaction, data: &Value) {
        let (waiting, pressed) = whom(&interaction);
        let (request, place) = match interaction.deed {
            Deed::Complete { request, typed } => {
                return lanes.spawn(complete(self.listener.clone(), waiting, request, typed));
            }
            Deed::Unknown { pressed: was_pressed } => {
                let discord = self.listener.discord.clone();
                let place = if was_pressed { pressed } else { Where::Thinking };
                return lanes.spawn(async move { waiting.wave_away(&discord, place).await });
            }
            Deed::Command(request) | Deed::Begin(request) => (request, Where::Thinking),
            Deed::Press(request) | Deed::Form { request, pressed: true } => (request, pressed),
            Deed::Form { request, pressed: false } => (request, Where::Thinking),
        };
        if !self.is_new(&request.key) {
            return;
        }
        let (done, ready) = oneshot::channel();
        let asked = (request.clone(), place);
        let first =
            first(self.listener.clone(), waiting.clone(), asked, (self.keeping.clone(), data.clone()));
        lanes.spawn(async move {
            if let Some(ready) = first.await {
                report(done, ready);
            }
        });
        submit(lanes, request, Some(To { waiting, place }), Some(ready));
    }

    /// Queues what others have left; it was acknowledged then.
    pub(super) async fn take_over(&self, lanes: &Lanes, bot: u64, left: Left) {
        let mut guilds = Guilds::default();
        if let (Some(parent), Some(thread)) = (left.parent, left.data["channel_id"].as_str()) {
            let known = json!({"id": thread, "guild_id": "0", "type": 11, "parent_id": parent.to_string()});
            guilds.learn("THREAD_CREATE", &known);
        }
        let scene = Scene { bot, telling: "", guilds: &guilds };
        let fresh = (self.listener.mint)();
        let found = if left.kind == INTERACTION {
            inbound::interaction(&scene, &left.data, fresh).and_then(again)
        } else {
            inbound::message(&scene, &left.data, fresh).map(|request| (request, None))
        };
        let Some((request, to)) = found else {
            if let Some(keeping) = &self.keeping {
                keeping.done(&left.key).await;
            }
            return;
        };
        let (done, ready) = oneshot::channel();
        report(done, Ready { answerable: left.answerable, kept: true, talk: false });
        submit(lanes, request, to, Some(ready));
    }
}

/// What an interaction asks that was acknowledged before, and who waits.
fn again(interaction: Interaction) -> Option<(Request, Option<To>)> {
    let (waiting, pressed) = whom(&interaction);
    let (request, place) = match interaction.deed {
        Deed::Press(request) | Deed::Form { request, pressed: true } => (request, pressed),
        Deed::Command(request) | Deed::Begin(request) | Deed::Form { request, pressed: false } => {
            (request, Where::Thinking)
        }
        Deed::Complete { .. } | Deed::Unknown { .. } => return None,
    };
    Some((request, Some(To { waiting, place })))
}

/// Who waits, and where what is said of a press goes.
fn whom(interaction: &Interaction) -> (Waiting, Where) {
    let waiting = Waiting {
        id: interaction.id.clone(),
        token: interaction.token.clone(),
        application: interaction.application.clone(),
    };
    (waiting, if interaction.private { Where::Instead } else { Where::Beside })
}

fn report(done: oneshot::Sender<Ready>, ready: Ready) {
    if done.send(ready).is_err() {
        tracing::debug!("the desk ends before something was done");
    }
}

fn submit(lanes: &Lanes, request: Request, to: Option<To>, ready: Option<oneshot::Receiver<Ready>>) {
    let lane = Arc::clone(&request.chat.chat);
    lanes.submit(Work { lane, request, to, ready });
}

/// Gives the first answer: the form that is needed, or that it was heard. In the first case nothing else is to be done.
async fn first(
    listener: Listener,
    waiting: Waiting,
    (request, place): (Request, Where),
    (keeping, data): (Option<Arc<Keeping>>, Value),
) -> Option<Ready> {
    let form = if may_need_form(&request) { form(&listener.desk, &request).await } else { None };
    if let Some(form) = form {
        waiting.open(&listener.discord, form).await;
        return None;
    }
    let kept = async {
        match &keeping {
            Some(keeping) => keeping.keep(&request.key, INTERACTION, &data, None).await,
            None => false,
        }
    };
    let (answerable, kept) = tokio::join!(waiting.acknowledge(&listener.discord, place), kept);
    Some(Ready { answerable, kept, talk: false })
}

/// Tells whether there may be a form for it; for everything else the desk is not asked.
fn may_need_form(request: &Request) -> bool {
    match &request.ask {
        Ask::Press { code, .. } => {
            let action = code.parse().map(|code: ButtonCode| code.action);
            matches!(
                action,
                Ok(Action::Resolve
                    | Action::Reopen
                    | Action::ChooseTeam
                    | Action::ChoosePerson
                    | Action::Comment)
            )
        }
        Ask::Command { word, text, .. } => *word == CommandWord::NewIssue && text.is_empty(),
        Ask::Form { .. }
        | Ask::Report { .. }
        | Ask::Thread { .. }
        | Ask::Answer { .. }
        | Ask::Remark { .. }
        | Ask::Album { .. }
        | Ask::ChatMoved { .. }
        | Ask::BotRemoved
        | Ask::BotPresent { .. }
        | Ask::MemberLeft { .. } => false,
    }
}

/// Asks the desk for a form, for a short time.
async fn form(desk: &Desk, request: &Request) -> Option<Value> {
    let asked = async {
        if let Ask::Press { code, .. } = &request.ask {
            if let Some(form) = desk.order_form(request).await {
                return Some(outbound::order_form(&form));
            }
            return desk.form(request).await.map(|form| outbound::form(code, &form));
        }
        Some(outbound::report_form(&desk.report_form(request).await))
    };
    tokio::time::timeout(FORM_LIMIT, asked).await.unwrap_or_else(|_| {
        tracing::warn!("the desk took too long to say which form is needed; going on without");
        None
    })
}

/// Offers the numbers of what is open, of those that contain what is typed.
async fn complete(listener: Listener, waiting: Waiting, request: Request, typed: String) {
    let asked = tokio::time::timeout(COMPLETION_LIMIT, (listener.handle)(request)).await;
    let said = asked.ok().and_then(Result::ok).map(|reply| reply.said);
    let filed = if let Some(Said::Listed { filed, .. }) = said { filed } else { Vec::new() };
    let typed = typed.to_lowercase();
    let offered = filed.into_iter().map(|filed| {
        let (number, words) = (filed.number.to_string(), filed.incident.description.to_string());
        (number.clone(), format!("{number} · {}", words.split_whitespace().collect::<Vec<_>>().join(" ")))
    });
    let fitting = offered.filter(|(_, shown)| shown.to_lowercase().contains(&typed));
    waiting.offer(&listener.discord, outbound::choices(fitting)).await;
}
