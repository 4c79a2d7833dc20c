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
use incident_core::roster::Right;
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
        let id = match layout.find(&topic) {
            Found::Room(id) => id,
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
        let held = self.holding(guild).await?;
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
        let parent = beside.to_string();
        let known = active
            .threads
            .into_iter()
            .find(|thread| thread.name == order.name && thread.parent_id.as_deref() == Some(parent.as_str()));
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
    /// whoever manages threads sees all of them.
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
        if access.reporter.is_some() {
            return Ok(());
        }
        let path = format!("channels/{thread}/thread-members");
        let within: Vec<InThread> = self.call(Call::get(&path)).await?;
        for member in within {
            self.call::<IgnoredAny>(Call::delete(&format!("{path}/{}", member.user_id))).await?;
        }
        Ok(())
    }

    async fn admit_into(&self, room: &ChatRef, access: &Access) -> Result<(), DeliveryError> {
        let id = channel(room)?;
        let admitted = async {
            let place: Place = self.call(Call::get(&format!("channels/{id}"))).await?;
            if place.kind == PRIVATE_THREAD {
                return self.let_into_thread(&id.to_string(), access).await;
            }
            let Some(guild) = self.guild_of(id).await? else { return Ok(()) };
            let held = self.holding(&guild).await?;
            let overwrites = access::overwrites(access, &guild, &held);
            let body = json!({"permission_overwrites": overwrites});
            self.call::<IgnoredAny>(Call::patch(&format!("channels/{id}")).json(body)).await.map(drop)
        };
        admitted.await.map_err(|error| classify(&error))
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
        Ok(saying::read(id, told.map_err(|error| classify(&error))?))
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
