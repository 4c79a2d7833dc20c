//! A Discord for tests: an independent model of what Discord does, limits and faults included.
//!
//! The server runs on its own thread and speaks HTTP and the gateway's protocol on the loopback interface, so the bot
//! under test may be the adapter or the real binary in another process (`DISCORD_API_URL=http://127.0.0.1:PORT`). Tests
//! play the people through a [`DiscordApi`] handle, which is cheap to clone, and read what they see. It shares no code
//! with the adapter: what both would get wrong in the same way would go unnoticed.
//!
//! ```
//! # use adapter_discord::testkit::DiscordApi;
//! let api = DiscordApi::start();
//! let ann = api.user("Ann");
//! let guild = api.guild("Drivers", ann);
//! let channel = api.channel(guild, "incidents");
//! api.write(channel, ann, "hello");
//! assert_eq!(api.messages(channel).len(), 1);
//! ```
//!
//! # What is modelled
//! - **REST**: the routes that the adapter calls, with the documented error codes; all limits on lengths and counts of
//!   contents, embeds, components and forms; `allowed_mentions`, without which a message is refused here, stricter than
//!   Discord; nonces; replies; pins; files whose addresses can expire; permissions of the bot, by channel.
//! - **Channels**: opened, changed and taken away by the bot; who sees them by overwrites; how many there may be under a
//!   category and in a guild; renames; private threads.
//! - **Gateway**: hello, identify, ready, heartbeats, resume with replay, reconnect, invalid sessions, close codes,
//!   privileged intents, messages without content.
//! - **Interactions**: three seconds for the first answer, fifteen minutes for others, one first answer, forms,
//!   autocompletion, answers that only one person sees.
//! - **Faults**: limits, failing servers, lost answers, silence: see [`Fault`].
//!
//! Not modelled: webhooks of others, voice, reactions, sharding.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

mod acts;
mod check;
mod controls;
mod events;
mod fault;
mod gateway;
mod interactions;
mod markup;
mod messages;
mod multipart;
mod people;
mod places;
mod rest;
mod server;
mod world;

pub use fault::Fault;
pub use markup::{Rendered, render};
pub use world::{Answer, Attached, Call, Message, Shown, ShownButton, World, right};

/// How long a test waits for what should come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A handle on the simulated Discord; clones share it, and the last one to go stops the server.
#[derive(Clone, Debug)]
pub struct DiscordApi {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    address: SocketAddr,
    gateway: SocketAddr,
    server: Mutex<Option<server::Server>>,
}

/// The world and the bell that rings on every change of it.
#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    changed: Notify,
}

impl Shared {
    fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let result = act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_waiters();
        result
    }

    /// Looks, and takes what is waiting; nobody is told of it.
    fn look<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until the condition gives something.
    async fn until<T>(&self, mut condition: impl FnMut(&World) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if let Some(found) = self.read(&mut condition) {
                return found;
            }
            changed.await;
        }
    }
}

/// Tells whether Discord would take a message, new or changed; else what it would say.
///
/// # Errors
/// With what Discord would answer.
pub fn accept_message(body: &serde_json::Value) -> Result<(), serde_json::Value> {
    check::message(body, false).map_err(|refusal| refusal.body)
}

/// The same for a form.
///
/// # Errors
/// With what Discord would answer.
pub fn accept_form(body: &serde_json::Value) -> Result<(), serde_json::Value> {
    check::form(body).map_err(|refusal| refusal.body)
}

impl DiscordApi {
    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.inner.shared.change(act)
    }

    /// Looks at the world; the server waits meanwhile.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.inner.shared.read(look)
    }

    /// Waits until a condition gives something.
    ///
    /// # Panics
    /// If it does not within half a minute; what the bot has called and what stands in the channels is shown.
    pub async fn wait_until<T>(&self, condition: impl FnMut(&World) -> Option<T>, what: &str) -> T {
        let found = self.inner.shared.until(condition);
        match tokio::time::timeout(PATIENCE, found).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}:\n{}", self.read(World::transcript)),
        }
    }
}
