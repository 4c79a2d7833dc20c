//! What was said while nobody listened: Discord tells it to nobody later, but keeps it.
//!
//! It is looked for in the channels that are groups of the desk, and in those where something was heard before. What was
//! heard already is recognised by its key.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use incident_core::desk::Desk;
use incident_core::ids::Platform;
use incident_core::ports::{DeliveryError, StoreError};
use incident_core::roster::Roster;
use serde_json::Value;

use super::Listener;
use super::lanes::Lanes;
use super::reception::Reception;
use super::start::patience;
use crate::failure::{CallError, classify};
use crate::inbound::{self, Guilds, Scene};
use crate::messenger::{Call, Discord};

/// How many messages of a channel are fetched at once, which is as many as Discord gives.
const PAGE: usize = 100;
/// How many such pages of a channel are fetched.
const MOST_PAGES: usize = 20;
/// How often it is tried, each time after a longer pause.
const MOST_TRIES: u32 = 10;
/// In how many channels of a guild it is looked.
const MOST_CHANNELS: usize = 500;
/// How far back it is looked where nothing was heard before.
const LOOK_BACK: Duration = Duration::from_secs(60 * 60);
/// When Discord's numbers begin, in milliseconds since 1970.
const EPOCH: u64 = 1_420_070_400_000;

/// Returns the number that a message would have that was sent an hour ago.
pub(super) fn since(wall: &dyn Fn() -> SystemTime) -> u64 {
    let then = wall().duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(LOOK_BACK);
    let millis = u64::try_from(then.as_millis()).unwrap_or(u64::MAX).saturating_sub(EPOCH);
    millis.checked_shl(22).unwrap_or_default()
}

/// Looks for what was said.
pub(super) struct Missed {
    pub(super) listener: Listener,
    pub(super) reception: Reception,
    pub(super) bot: u64,
    pub(super) guilds: Guilds,
    /// The last message that was heard, by channel.
    pub(super) latest: BTreeMap<u64, u64>,
    /// From when on it is looked for where nothing was heard.
    pub(super) since: u64,
}

impl Missed {
    /// Fetches what was said in a guild, and puts it into the queues.
    pub(super) async fn fetch(&self, guild: u64, lanes: &Arc<Lanes>) {
        let groups = self.groups(lanes).await;
        let ours = |channel: &u64| {
            let parent = self.guilds.parent(*channel).unwrap_or(*channel);
            groups.contains(&parent) || self.latest.contains_key(channel)
        };
        let scene = Scene { bot: self.bot, telling: "", guilds: &self.guilds };
        for channel in self.guilds.places_of(guild).filter(ours).take(MOST_CHANNELS) {
            let last = self.latest.get(&channel).copied().unwrap_or(self.since);
            self.catch_up((channel, last), &scene, lanes).await;
        }
    }

    /// Fetches what was said in a channel after a message, page by page, and puts it into the queues.
    async fn catch_up(&self, (channel, last): (u64, u64), scene: &Scene<'_>, lanes: &Arc<Lanes>) {
        let mut last = last;
        for _ in 0..MOST_PAGES {
            let said = self.page(channel, last, lanes).await;
            let read = |message: &Value| inbound::message(scene, message, (self.listener.mint)());
            for (request, message) in said.iter().filter_map(|message| Some((read(message)?, message))) {
                self.reception.heard(lanes, request, (message, &self.guilds));
            }
            let newest = said.iter().filter_map(number).max();
            let Some(newest) = newest.filter(|newest| said.len() >= PAGE && *newest > last) else { return };
            last = newest;
        }
        tracing::warn!(channel, "more was said meanwhile than is fetched");
    }

    /// Fetches the next messages of a channel, oldest first, for as long as that may succeed.
    async fn page(&self, channel: u64, last: u64, lanes: &Lanes) -> Vec<Value> {
        let mut backoff = patience();
        for left in (0..MOST_TRIES).rev() {
            let error = match page(&self.listener.discord, channel, last).await {
                Ok(messages) => return messages,
                Err(error) => error,
            };
            let may_pass = matches!(classify(&error), DeliveryError::Temporary { .. });
            let pause = error.retry_after().unwrap_or_else(|| backoff.pause());
            if !may_pass || left == 0 || lanes.close_within(pause).await {
                tracing::warn!(channel, %error, "what was said meanwhile could not be fetched");
                break;
            }
        }
        Vec::new()
    }

    /// Lists the channels that are groups of the desk, as soon as the store says so.
    async fn groups(&self, lanes: &Lanes) -> BTreeSet<u64> {
        let mut backoff = patience();
        for left in (0..MOST_TRIES).rev() {
            let error = match groups(&self.listener.desk).await {
                Ok(groups) => return groups,
                Err(error) => error,
            };
            if !error.temporary || left == 0 || lanes.close_within(backoff.pause()).await {
                tracing::warn!(%error, "it is not known in which channels something may have been said");
                break;
            }
        }
        BTreeSet::new()
    }
}

fn number(message: &Value) -> Option<u64> {
    message["id"].as_str().and_then(|id| id.parse().ok())
}

/// Lists the channels that are groups of the desk, and the rooms of incidents.
async fn groups(desk: &Desk) -> Result<BTreeSet<u64>, StoreError> {
    let (store, mut found) = (desk.store(), BTreeSet::new());
    for company in store.companies().await? {
        let roster = store.roster(company).await?;
        let chats = roster.iter().flat_map(Roster::all_chats).map(|(chat, _)| chat);
        let ours = chats.filter(|chat| chat.platform == Platform::Discord);
        found.extend(ours.filter_map(|chat| chat.chat.parse::<u64>().ok()));
        let rooms = desk.rooms_on(Platform::Discord, company).await?;
        found.extend(rooms.iter().filter_map(|chat| chat.chat.parse::<u64>().ok()));
    }
    Ok(found)
}

/// Fetches the messages of a channel that come next after one, oldest first.
async fn page(discord: &Discord, channel: u64, last: u64) -> Result<Vec<Value>, CallError> {
    let path = format!("channels/{channel}/messages?after={last}&limit={PAGE}");
    let mut messages = discord.call::<Vec<Value>>(Call::get(&path)).await?;
    // They are written as if nobody knew that they stand in a guild.
    messages.iter_mut().for_each(|message| message["guild_id"] = Value::String(String::new()));
    messages.sort_by_key(number);
    Ok(messages)
}
