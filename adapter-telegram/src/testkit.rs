//! A Bot API server for tests: an independent model of what Telegram does, limits and faults included.
//!
//! The server runs on its own thread and speaks HTTP on the loopback interface, so the bot under test
//! may be a client library, the adapter, or the real binary in another process
//! (`TELEGRAM_API_URL=http://127.0.0.1:PORT`). Tests play the people through a [`BotApi`] handle, which
//! is cheap to clone, and read what happened. It shares no code with the adapter: what both would get
//! wrong in the same way would go unnoticed.
//!
//! ```
//! # use adapter_telegram::testkit::BotApi;
//! let api = BotApi::start();
//! let ann = api.user("Ann", Some("ann"));
//! let group = api.supergroup("Drivers", ann);
//! api.add_bot(group, ann);
//! api.promote_bot(group, ann);
//! api.write(group, ann, "/new_issue flat tyre");
//! assert!(api.url().starts_with("http://127.0.0.1:"));
//! assert_eq!(api.unconfirmed(), 4); // two membership changes, the service message, the command
//! ```
//!
//! # The server
//! [`BotApi::start`], [`BotApi::start_at`] (a port), [`BotApi::stop`], [`BotApi::restart`] (same port, same
//! world), [`BotApi::url`], [`BotApi::token`], [`BotApi::bot_id`], [`BotApi::bot_username`],
//! [`BotApi::advance`] (moves Telegram's clock: dates, expiry of presses and updates).
//!
//! # People
//! - Chats: [`BotApi::user`], [`BotApi::other_bot`], [`BotApi::group`], [`BotApi::supergroup`],
//!   [`BotApi::forum`], [`BotApi::topic`], [`BotApi::start_private`], [`BotApi::migrate`].
//! - Membership: [`BotApi::add_bot`], [`BotApi::promote_bot`], [`BotApi::let_bot_pin`],
//!   [`BotApi::mute_bot`], [`BotApi::kick_bot`], [`BotApi::join`], [`BotApi::leave`], [`BotApi::kick`],
//!   [`BotApi::promote`], [`BotApi::demote`], [`BotApi::block`], [`BotApi::rename`].
//! - Messages: [`BotApi::write`], [`BotApi::reply`], [`BotApi::write_in`], [`BotApi::write_naming`],
//!   [`BotApi::send_photo`], [`BotApi::send_document`], [`BotApi::edit`], [`BotApi::delete`],
//!   [`BotApi::write_anonymously`], [`BotApi::write_as_channel`].
//! - Presses: [`BotApi::press`] by label, [`BotApi::press_code`] for stale and forged buttons.
//! - Updates: [`BotApi::inject`] and [`BotApi::json_of`], [`BotApi::redeliver`],
//!   [`BotApi::hold_updates`], [`BotApi::stop_holding`], [`BotApi::release`], [`BotApi::steal_poll`].
//!
//! # Reading and waiting
//! [`World`] has the readers ([`World::messages`], [`World::said`], [`World::pinned`],
//! [`World::answer_of`], [`World::calls`], [`World::count`], [`World::transcript`]...); [`BotApi`] repeats
//! them with owned results. [`BotApi::wait_until`] waits for a condition without sleeping and panics with
//! everything it knows when it does not come true.
//!
//! # Faults
//! [`BotApi::fail_next`], [`BotApi::faults`], [`BotApi::faults_in`], [`BotApi::calm`],
//! [`BotApi::enforce_limits`], [`BotApi::slow`], [`BotApi::release_hangs`]; see [`Fault`].
//!
//! # What is modelled
//! Long polling with confirmation by offset, `allowed_updates` and the 409 of a second poller; webhooks
//! with the secret header, order within a chat and repetition; privacy mode; HTML and entities in UTF-16;
//! all limits on lengths; replies, topics, pins with their service message, edits, answers to presses
//! that count once and expire; loss of rights, removal, blocking, migration. Messages are numbered per
//! chat. Not modelled: other parse modes, albums, reactions, inline mode, channels as chats.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

mod acts;
mod chat;
mod controls;
mod events;
mod fault;
mod http;
mod json;
mod markup;
mod methods;
mod params;
mod people;
mod server;
mod updates;
mod webhook;
mod world;

pub use acts::PressError;
pub use chat::{Button, ChatKind, Media, Message, Prompt, Status, User};
pub use fault::{Fault, Limits};
pub use markup::Entity;
pub use webhook::Delivery;
pub use world::{Answer, Call, Menu, World};

/// A handle on the simulated Telegram; clones share it, and the last one to go stops the server.
#[derive(Clone, Debug)]
pub struct BotApi {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    shared: Arc<Shared>,
    address: SocketAddr,
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

    /// Waits until the condition gives something.
    async fn until<T>(&self, mut condition: impl FnMut(&World) -> Option<T>) -> T {
        self.until_mut(|world| condition(world)).await
    }

    /// Waits until the condition gives something; what it changes is not announced.
    async fn until_mut<T>(&self, mut condition: impl FnMut(&mut World) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let found = condition(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner));
            if let Some(found) = found {
                return found;
            }
            changed.await;
        }
    }
}

impl BotApi {
    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        self.inner.shared.change(act)
    }

    /// Looks at the world; the server waits meanwhile.
    pub fn read<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        self.inner.shared.read(look)
    }
}
