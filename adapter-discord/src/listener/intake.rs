//! From an event of the gateway to work: takes note of it, acknowledges it, and finds what is to be done for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use incident_core::desk::{Ask, Request, Sender};
use incident_core::ports::RequestKey;
use serde_json::Value;

use super::Listener;
use super::lanes::Lanes;
use super::missed::{Missed, since};
use super::reception::Reception;
use crate::inbound::{self, Deed, Guilds, Scene};

/// Of how many channels it is remembered which message was the last.
const MOST_CHANNELS: usize = 4_096;
/// What is known from event to event.
pub(super) struct Intake {
    listener: Listener,
    bot: u64,
    guilds: Guilds,
    session: String,
    /// The last message of each channel, by which those are found that were missed.
    latest: BTreeMap<u64, u64>,
    /// The guilds of which it is not known yet what was said before the session.
    unheard: BTreeSet<u64>,
    reception: Reception,
}

impl Intake {
    pub(super) fn new(listener: Listener, bot: u64, reception: Reception) -> Self {
        Self {
            listener,
            bot,
            guilds: Guilds::default(),
            session: String::new(),
            latest: BTreeMap::new(),
            unheard: BTreeSet::new(),
            reception,
        }
    }

    /// Takes an event in.
    pub(super) fn take(&mut self, lanes: &Arc<Lanes>, event: &Value) {
        let (kind, data) = (event["t"].as_str().unwrap_or_default(), &event["d"]);
        let telling = format!("{}:{}", self.session, event["s"]);
        let scene = Scene { bot: self.bot, telling: &telling, guilds: &self.guilds };
        count(kind);
        match kind {
            "READY" => self.begin(data),
            "RESUMED" => tracing::info!("connected to Discord again, and nothing was missed"),
            "INTERACTION_CREATE" => self.interaction(lanes, &scene, data),
            "MESSAGE_CREATE" => {
                if let Some(request) = inbound::message(&scene, data, (self.listener.mint)()) {
                    self.reception.heard(lanes, request, (data, &self.guilds));
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
            self.catch_up(lanes, joined.guild);
            joined.new_channels.into_iter().for_each(|channel| self.listener.discord.doubt(channel));
        }
    }

    /// A session begins. What was said before it is fetched as the guilds are described; what was pressed is lost, unless
    /// the session before is resumed.
    fn begin(&mut self, ready: &Value) {
        let bot = ready["user"]["username"].as_str().unwrap_or_default();
        tracing::info!(bot, "connected to Discord");
        self.session = ready["session_id"].as_str().unwrap_or("unnamed").to_owned();
        self.unheard.clear();
        self.unheard.extend(inbound::guilds_in(ready));
    }

    /// Fetches what was said in a guild, once in a session: since the last message that was heard, or of late.
    fn catch_up(&mut self, lanes: &Arc<Lanes>, guild: u64) {
        if !self.unheard.remove(&guild) {
            return;
        }
        let missed = Missed {
            listener: self.listener.clone(),
            reception: self.reception.clone(),
            bot: self.bot,
            guilds: self.guilds.clone(),
            latest: self.latest.clone(),
            since: since(&*self.listener.wall),
        };
        let queue = Arc::clone(lanes);
        lanes.spawn(async move { missed.fetch(guild, &queue).await });
    }

    /// Passes on that something is not as it was.
    fn change(&self, lanes: &Lanes, request: Request) {
        if let (Ask::BotRemoved, Ok(channel)) = (&request.ask, request.chat.chat.parse()) {
            self.listener.discord.doubt(channel);
        }
        self.reception.plainly(lanes, request);
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
            if let Some(roles) = data["member"]["roles"].as_array() {
                let roles = roles.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                discord.note_roles(interaction.channel, *user, roles);
            }
        }
        if let (Some((true, can_pin)), Some(request)) = (interaction.rights, asked(&interaction.deed))
            && discord.is_doubted(interaction.channel)
        {
            let ask = Ask::BotPresent { can_pin: Some(can_pin) };
            let key = RequestKey::new(format!("{}:present", request.key.as_str()));
            let present = Request { key, from: Sender::Platform, ask, topic: None, ..request.clone() };
            self.reception.plainly(lanes, present);
        }
        self.reception.put(lanes, interaction, data);
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

/// The events that are counted by their names; there are many others.
const COUNTED: [&str; 6] =
    ["READY", "RESUMED", "INTERACTION_CREATE", "MESSAGE_CREATE", "GUILD_CREATE", "GUILD_DELETE"];

fn count(kind: &str) {
    let kind = COUNTED.into_iter().find(|known| *known == kind).unwrap_or("other");
    metrics::counter!("discord_events_total", "kind" => kind).increment(1);
}
