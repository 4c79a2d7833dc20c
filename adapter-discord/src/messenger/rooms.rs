//! Rooms of incidents: a private channel each under a category, or a private thread where no channel has room any more.
//!
//! Discord names no channel by a word of ours, so a room is found again by its topic: whoever asks twice, because an
//! answer was lost, gets the one that stands there. It is never renamed, for that is allowed twice in ten minutes; its
//! card says how things stand.

mod access;
mod layout;
mod saying;

use std::collections::BTreeSet;

use async_trait::async_trait;
use incident_core::ids::{ChatRef, Platform};
use incident_core::ports::{Access, DeliveryError, RoomOrder, Rooms, Utterance};
use incident_core::roster::{PlatformName, Right};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::guild::{Guild, Member};
use super::spot::channel;
use super::{Call, Discord, in_time};
use crate::failure::{CallError, classify};

use access::Holding;
use layout::{Found, Layout, Listed};

/// What a channel of text is, a category, and a thread that only those see who were let in.
const TEXT: u64 = 0;
const CATEGORY: u64 = 4;
const PRIVATE_THREAD: u64 = 12;
/// After how many minutes without a word Discord puts a thread away; the longest it takes.
const THREAD_MINUTES: u64 = 10_080;
/// What an application's flags say if the bot is shown what people write: as one that was verified, or as a small one.
const CONTENT: u64 = 1 << 18 | 1 << 19;
/// The longest topic of a channel, in characters.
const TOPIC_LIMIT: usize = 1_024;
/// The longest name of a channel.
const NAME_LIMIT: usize = 100;

/// A channel as it is needed here.
#[derive(Deserialize)]
struct Place {
    #[serde(rename = "type")]
    kind: u64,
}

#[derive(Deserialize)]
struct Made {
    id: String,
}

#[derive(Deserialize)]
struct Application {
    #[serde(default)]
    flags: u64,
}

#[derive(Deserialize)]
struct Threads {
    #[serde(default)]
    threads: Vec<Listed>,
}

#[derive(Deserialize)]
struct InThread {
    user_id: String,
}

/// Says why a room could not be opened, or kept as it should be.
fn in_the_way(error: &CallError) -> DeliveryError {
    match classify(error) {
        DeliveryError::Temporary { reason, retry_after } => DeliveryError::Temporary { reason, retry_after },
        DeliveryError::Gone
        | DeliveryError::Moved { .. }
        | DeliveryError::Forbidden { .. }
        | DeliveryError::ChatLost { .. }
        | DeliveryError::Permanent { .. } => {
            tracing::warn!(%error, "a room for an incident cannot be opened as it should be");
            DeliveryError::Forbidden { right: Right::Room }
        }
        other => other,
    }
}

/// Says why there is no log.
fn unusable(error: &CallError) -> DeliveryError {
    let meaning = classify(error);
    if let DeliveryError::Temporary { .. } = meaning {
        return meaning;
    }
    tracing::warn!(%error, "the channel that is to be the log cannot be used");
    closed()
}

const fn closed() -> DeliveryError {
    DeliveryError::Forbidden { right: Right::Log }
}

impl Discord {
    async fn open_room(&self, order: &RoomOrder) -> Result<ChatRef, DeliveryError> {
        let beside = channel(&order.beside)?;
        let guild = self.guild_of(beside).await.map_err(|error| in_the_way(&error))?;
        let guild = guild.ok_or(DeliveryError::Forbidden { right: Right::Room })?;
        let listed: Vec<Listed> = self
            .call(Call::get(&format!("guilds/{guild}/channels")))
            .await
            .map_err(|error| in_the_way(&error))?;
        let category = order.category.as_ref().map(|name| name.as_str());
        let layout = Layout::new(&listed, &beside.to_string(), category);
        let topic: String = order.mark.chars().take(TOPIC_LIMIT).collect();
        let id = match layout.find(&topic, &guild) {
            Found::Room(id) => {
                // It may have been opened for others than those who should see it now.
                let room = ChatRef::new(Platform::Discord, id);
                let admitted = self.admit_once(channel(&room)?, &order.access).await;
                return admitted.map(|()| room).map_err(|error| in_the_way(&error));
            }
            Found::Nothing if layout.is_full() => return self.open_thread(order, beside, &guild).await,
            Found::Nothing => match self.open_channel((order, &topic), &guild, &layout).await {
                Err(error) if error.is_about_too_many_channels() => {
                    return self.open_thread(order, beside, &guild).await;
                }
                result => result.map_err(|error| in_the_way(&error))?,
            },
        };
        Ok(ChatRef::new(Platform::Discord, id))
    }

    /// Opens a channel, under a category that has room for it: that of the group, else the next of the same name, else a
    /// new one.
    async fn open_channel(
        &self,
        (order, topic): (&RoomOrder, &str),
        guild: &str,
        layout: &Layout<'_>,
    ) -> Result<String, CallError> {
        let held = self.closing(guild).await?;
        let overwrites = access::overwrites(&order.access, guild, &held);
        let parent = match layout.with_room() {
            layout::Shelf::Under(category) => category.map(str::to_owned),
            layout::Shelf::Next(name) => {
                let everybody = access::overwrites(&Access::default(), guild, &held);
                let body = json!({"name": name, "type": CATEGORY, "permission_overwrites": everybody});
                let made: Made =
                    self.call(Call::post(&format!("guilds/{guild}/channels")).json(body)).await?;
                Some(made.id)
            }
        };
        let name: String = order.name.chars().take(NAME_LIMIT).collect();
        let body = json!({
            "name": name,
            "type": TEXT,
            "topic": topic,
            "parent_id": parent,
            "permission_overwrites": overwrites,
        });
        let made: Made = self.call(Call::post(&format!("guilds/{guild}/channels")).json(body)).await?;
        Ok(made.id)
    }

    /// Opens a private thread of the group's channel.
    async fn open_thread(
        &self,
        order: &RoomOrder,
        beside: u64,
        guild: &str,
    ) -> Result<ChatRef, DeliveryError> {
        let active: Threads = self
            .call(Call::get(&format!("guilds/{guild}/threads/active")))
            .await
            .map_err(|error| in_the_way(&error))?;
        let itself: Made = self.call(Call::get("users/@me")).await.map_err(|error| in_the_way(&error))?;
        let parent = beside.to_string();
        let ours = |thread: &Listed| thread.is_room(&order.name, &parent, &itself.id);
        let known = active.threads.into_iter().find(ours);
        let id = match known {
            Some(known) => known.id,
            None => {
                let body = json!({"name": order.name, "type": PRIVATE_THREAD, "invitable": false,
                    "auto_archive_duration": THREAD_MINUTES});
                let call = Call::post(&format!("channels/{beside}/threads")).json(body);
                let made: Made = self.call(call).await.map_err(|error| in_the_way(&error))?;
                made.id
            }
        };
        self.let_into_thread(&id, &order.access).await.map_err(|error| in_the_way(&error))?;
        Ok(ChatRef::new(Platform::Discord, id))
    }

    /// Lets people into a thread and others out. Roles cannot be let in: their members are when they are mentioned, and
    /// stay for as long as they have them; whoever manages threads sees all of them.
    async fn let_into_thread(&self, thread: &str, access: &Access) -> Result<(), CallError> {
        let wanted: BTreeSet<String> =
            access.reporter.iter().chain(&access.people).map(|person| person.user.to_string()).collect();
        let open = json!({"archived": false, "locked": !access.reporter_writes});
        self.call::<IgnoredAny>(Call::patch(&format!("channels/{thread}")).json(open)).await?;
        for user in &wanted {
            let call = Call::put(&format!("channels/{thread}/thread-members/{user}"));
            match self.call::<IgnoredAny>(call).await {
                Err(error) if !error.is_about_stranger() => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        let itself: Made = self.call(Call::get("users/@me")).await?;
        let path = format!("channels/{thread}/thread-members");
        let within: Vec<InThread> = self.call(Call::get(&path)).await?;
        let others = within.into_iter().map(|member| member.user_id);
        for user in others.filter(|user| *user != itself.id && !wanted.contains(user)) {
            if !self.is_in_circle(thread, &user, access).await? {
                self.call::<IgnoredAny>(Call::delete(&format!("{path}/{user}"))).await?;
            }
        }
        Ok(())
    }

    /// Tells whether somebody has one of the roles that are let in.
    async fn is_in_circle(&self, thread: &str, user: &str, access: &Access) -> Result<bool, CallError> {
        let (false, Ok(thread), Ok(user)) = (access.circles.is_empty(), thread.parse(), user.parse()) else {
            return Ok(false);
        };
        let roles = self.roles_of(thread, user).await?;
        Ok(access.circles.iter().any(|circle| roles.iter().any(|role| **role == **circle)))
    }

    async fn admit_into(&self, room: &ChatRef, access: &Access) -> Result<(), DeliveryError> {
        match self.admit_once(channel(room)?, access).await {
            Err(CallError::Unsendable { .. }) => Err(DeliveryError::Forbidden { right: Right::Room }),
            result => result.map_err(|error| classify(&error)),
        }
    }

    async fn admit_once(&self, id: u64, access: &Access) -> Result<(), CallError> {
        let place: Place = self.call(Call::get(&format!("channels/{id}"))).await?;
        if place.kind == PRIVATE_THREAD {
            return self.let_into_thread(&id.to_string(), access).await;
        }
        let Some(guild) = self.guild_of(id).await? else { return Ok(()) };
        let held = self.closing(&guild).await?;
        let body = json!({"permission_overwrites": access::overwrites(access, &guild, &held)});
        self.call::<IgnoredAny>(Call::patch(&format!("channels/{id}")).json(body)).await.map(drop)
    }

    /// Says who the bot is where it can keep others out of a channel.
    async fn closing(&self, guild: &str) -> Result<Holding, CallError> {
        let held = self.holding(guild).await?;
        if held.can_close() {
            return Ok(held);
        }
        Err(CallError::Unsendable { reason: "without \"View Channels\" the bot keeps nobody out".to_owned() })
    }

    /// Finds a channel of the same guild.
    async fn find_beside(&self, chat: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError> {
        let log = ChatRef::new(Platform::Discord, name.as_str());
        let (chat, Ok(id)) = (channel(chat)?, channel(&log)) else { return Err(closed()) };
        let both = async { Ok(self.guild_of(id).await?.zip(self.guild_of(chat).await?)) };
        let both = both.await.map_err(|error: CallError| unusable(&error))?;
        if both.is_none_or(|(there, here)| there != here) {
            tracing::warn!(%log, "the channel that is to be the log is not of the same server");
            return Err(closed());
        }
        Ok(log)
    }

    /// Finds the channel of the same guild that keeps what was said.
    async fn find_log(&self, beside: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError> {
        let log = self.find_beside(beside, name).await?;
        let application = self.call::<Application>(Call::get("applications/@me")).await;
        if application.map_err(|error| unusable(&error))?.flags & CONTENT == 0 {
            tracing::warn!(
                "what was said in rooms is not shown to the bot, so they stay: switch on \"Message Content Intent\" \
                 for the application"
            );
            return Err(closed());
        }
        Ok(log)
    }

    /// Looks whether nothing is shown because nothing is there, or because the bot may not read what was said before.
    async fn reads_history(&self, room: u64) -> Result<bool, CallError> {
        let Some(guild) = self.guild_of(room).await? else { return Ok(false) };
        Ok(self.holding(&guild).await?.reads_history())
    }

    /// Says who the bot is in a guild, and what it may give to others: nobody gives what they have not.
    async fn holding(&self, guild: &str) -> Result<Holding, CallError> {
        let itself: Made = self.call(Call::get("users/@me")).await?;
        let described: Guild = self.call(Call::get(&format!("guilds/{guild}"))).await?;
        let member: Member = self.call(Call::get(&format!("guilds/{guild}/members/{}", itself.id))).await?;
        Ok(Holding::new(itself.id, &described, &member))
    }
}

#[async_trait]
impl Rooms for Discord {
    async fn open(&self, order: &RoomOrder) -> Result<ChatRef, DeliveryError> {
        in_time(self.open_room(order)).await
    }

    async fn admit(&self, room: &ChatRef, access: &Access) -> Result<(), DeliveryError> {
        in_time(self.admit_into(room, access)).await
    }

    async fn read(&self, room: &ChatRef, after: Option<&str>) -> Result<Vec<Utterance>, DeliveryError> {
        let id = channel(room)?;
        let after = after.unwrap_or("0");
        let path = format!("channels/{id}/messages?after={after}&limit={}", saying::LOOK);
        let told: Result<Vec<Value>, CallError> = self.call(Call::get(&path)).await;
        let told = told.map_err(|error| classify(&error))?;
        if told.is_empty() && !self.reads_history(id).await.map_err(|error| classify(&error))? {
            tracing::warn!(
                "what was said in rooms is not shown to the bot: it lacks \"Read Message History\""
            );
            return Err(DeliveryError::Forbidden { right: Right::Log });
        }
        Ok(saying::read(id, told))
    }

    async fn beside(&self, chat: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError> {
        in_time(self.find_beside(chat, name)).await
    }

    async fn log(&self, beside: &ChatRef, name: &PlatformName) -> Result<ChatRef, DeliveryError> {
        in_time(self.find_log(beside, name)).await
    }

    async fn remove(&self, room: &ChatRef) -> Result<(), DeliveryError> {
        let id = channel(room)?;
        match self.call::<IgnoredAny>(Call::delete(&format!("channels/{id}"))).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_about_no_channel() => Ok(()),
            Err(error) => Err(classify(&error)),
        }
    }
}
