//! From an event of the gateway to work: takes note of it, acknowledges it, and finds what is to be done for it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use incident_core::desk::{Ask, Desk, Request};
use incident_core::view::{Action, ButtonCode, Said};
use serde_json::Value;
use tokio::sync::oneshot;

use super::Listener;
use super::answer::{Waiting, Where};
use super::lanes::{Lanes, To, Work};
use crate::inbound::{self, Deed, Guilds, Interaction, Scene};
use crate::messenger::{Call, Discord};
use crate::outbound;

/// How long the desk may take to say which form a press needs; the first answer must still be in time.
const FORM_LIMIT: Duration = Duration::from_millis(1_200);
/// How long what completes a number may take.
const COMPLETION_LIMIT: Duration = Duration::from_millis(1_800);
/// Of how many channels it is remembered which message was the last.
const MOST_CHANNELS: usize = 4_096;
/// How many messages are fetched of those that were missed.
const MISSED: usize = 100;

/// What is known from event to event.
pub(super) struct Intake {
    listener: Listener,
    bot: u64,
    guilds: Guilds,
    session: String,
    /// The last message of each channel, by which those are found that were missed.
    latest: BTreeMap<u64, u64>,
}

impl Intake {
    pub(super) fn new(listener: Listener, bot: u64) -> Self {
        let (guilds, latest) = (Guilds::default(), BTreeMap::new());
        Self { listener, bot, guilds, session: String::new(), latest }
    }

    /// Takes an event in.
    pub(super) fn take(&mut self, lanes: &Arc<Lanes>, event: &Value) {
        let (kind, data) = (event["t"].as_str().unwrap_or_default(), &event["d"]);
        let telling = format!("{}:{}", self.session, event["s"]);
        let scene = Scene { bot: self.bot, telling: &telling, guilds: &self.guilds };
        count(kind);
        match kind {
            "READY" => self.begin(lanes, data),
            "INTERACTION_CREATE" => self.interaction(lanes, &scene, data),
            "MESSAGE_CREATE" => {
                if let Some(request) = inbound::message(&scene, data, (self.listener.mint)()) {
                    submit(lanes, request, None);
                }
                self.remember(data);
            }
            _ => {
                let changes = inbound::changes(&scene, kind, data, &*self.listener.mint);
                changes.into_iter().for_each(|request| self.change(lanes, request));
            }
        }
        if let Some(joined) = self.guilds.learn(kind, data) {
            if !joined.missing.is_empty() {
                let (guild, missing) = (joined.name.as_str(), joined.missing.join(", "));
                tracing::warn!(guild, missing, "the bot lacks permissions there; give them to its role");
            }
            joined.new_channels.into_iter().for_each(|channel| self.listener.discord.doubt(channel));
        }
    }

    /// A session begins. If there was one before, what was said in between is fetched; what was pressed is lost.
    fn begin(&mut self, lanes: &Arc<Lanes>, ready: &Value) {
        let again = !self.session.is_empty();
        self.session = ready["session_id"].as_str().unwrap_or("unnamed").to_owned();
        if !again {
            return;
        }
        tracing::info!(channels = self.latest.len(), "a new session: looking for what was said meanwhile");
        let (listener, bot, guilds) = (self.listener.clone(), self.bot, self.guilds.clone());
        let (latest, queue) = (self.latest.clone(), Arc::clone(lanes));
        lanes.spawn(async move {
            let scene = Scene { bot, telling: "", guilds: &guilds };
            for (channel, last) in latest {
                let missed = missed(&listener.discord, channel, last).await;
                let read = |message: &Value| inbound::message(&scene, message, (listener.mint)());
                missed.iter().filter_map(read).for_each(|request| submit(&queue, request, None));
            }
        });
    }

    /// Passes on that something is not as it was.
    fn change(&self, lanes: &Lanes, request: Request) {
        if let (Ask::BotRemoved, Ok(channel)) = (&request.ask, request.chat.chat.parse()) {
            self.listener.discord.doubt(channel);
        }
        submit(lanes, request, None);
    }

    fn remember(&mut self, message: &Value) {
        let number = |name: &str| message[name].as_str().and_then(|id| id.parse::<u64>().ok());
        if message["guild_id"].is_null() {
            return;
        }
        if let (Some(channel), Some(id)) = (number("channel_id"), number("id")) {
            if self.latest.len() >= MOST_CHANNELS {
                self.latest.pop_first();
            }
            let latest = self.latest.entry(channel).or_insert(id);
            *latest = id.max(*latest);
        }
    }

    fn interaction(&self, lanes: &Arc<Lanes>, scene: &Scene<'_>, data: &Value) {
        let Some(interaction) = inbound::interaction(scene, data, (self.listener.mint)()) else {
            tracing::warn!("an interaction could not be read; it is left");
            return;
        };
        let discord = &self.listener.discord;
        if let Some((user, permissions)) = &interaction.standing {
            discord.note_standing(interaction.channel, *user, permissions);
        }
        if let (Some((true, can_pin)), Some(request)) = (interaction.rights, asked(&interaction.deed))
            && discord.is_doubted(interaction.channel)
        {
            let ask = Ask::BotPresent { can_pin: Some(can_pin) };
            let key = incident_core::ports::RequestKey::new(format!("{}:present", request.key.as_str()));
            let from = incident_core::desk::Sender::Platform;
            submit(lanes, Request { key, from, ask, topic: None, ..request.clone() }, None);
        }
        self.put(lanes, interaction);
    }

    fn put(&self, lanes: &Arc<Lanes>, interaction: Interaction) {
        let Interaction { id, token, application, private, deed, .. } = interaction;
        let waiting = Waiting { id, token, application };
        let pressed = if private { Where::Instead } else { Where::Beside };
        let (request, place) = match deed {
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
        let (done, acknowledged) = oneshot::channel();
        lanes.spawn(first(self.listener.clone(), waiting.clone(), (request.clone(), place), done));
        submit(lanes, request, Some(To { waiting, place, acknowledged }));
    }
}

/// Gives the first answer: the form that is needed, or that it was heard. In the first case nothing else is to be done.
async fn first(
    listener: Listener,
    waiting: Waiting,
    (request, place): (Request, Where),
    done: oneshot::Sender<bool>,
) {
    let form = if may_need_form(&request) { form(&listener.desk, &request).await } else { None };
    if let Some(form) = form {
        waiting.open(&listener.discord, form).await;
        return;
    }
    let answerable = waiting.acknowledge(&listener.discord, place).await;
    if done.send(answerable).is_err() {
        tracing::debug!("the desk ends before an interaction was done");
    }
}

/// Tells whether there may be a form for it; for everything else the desk is not asked.
fn may_need_form(request: &Request) -> bool {
    match &request.ask {
        Ask::Press { code, .. } => {
            let action = code.parse().map(|code: ButtonCode| code.action);
            matches!(action, Ok(Action::Resolve | Action::Reopen))
        }
        Ask::Command { word, text, .. } => {
            *word == incident_core::view::CommandWord::NewIssue && text.is_empty()
        }
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

/// Fetches what was said in a channel after a message, oldest first.
async fn missed(discord: &Discord, channel: u64, last: u64) -> Vec<Value> {
    let path = format!("channels/{channel}/messages?after={last}&limit={MISSED}");
    match discord.call::<Vec<Value>>(Call::get(&path)).await {
        Ok(mut messages) => {
            // They are written as if nobody knew that they stand in a guild.
            messages.iter_mut().for_each(|message| message["guild_id"] = Value::String(String::new()));
            messages.sort_by_key(|message| message["id"].as_str().and_then(|id| id.parse::<u64>().ok()));
            messages
        }
        Err(error) => {
            tracing::warn!(channel, %error, "what was said meanwhile could not be fetched");
            Vec::new()
        }
    }
}

fn asked(deed: &Deed) -> Option<&Request> {
    match deed {
        Deed::Command(request) | Deed::Begin(request) | Deed::Press(request) | Deed::Form { request, .. } => {
            Some(request)
        }
        Deed::Complete { .. } | Deed::Unknown { .. } => None,
    }
}

fn submit(lanes: &Lanes, request: Request, to: Option<To>) {
    let lane = Arc::clone(&request.chat.chat);
    lanes.submit(Work { lane, request, to });
}

/// The events that are counted by their names; there are many others.
const COUNTED: [&str; 6] =
    ["READY", "RESUMED", "INTERACTION_CREATE", "MESSAGE_CREATE", "GUILD_CREATE", "GUILD_DELETE"];

fn count(kind: &str) {
    let kind = COUNTED.into_iter().find(|known| *known == kind).unwrap_or("other");
    metrics::counter!("discord_events_total", "kind" => kind).increment(1);
}
