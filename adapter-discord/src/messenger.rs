//! The way out: cards, messages and files to Discord, one attempt each.
//!
//! Every call ends within [`CALL_LIMIT`] and every delivery within [`DELIVERY_LIMIT`], so that an effect's
//! lease is never outlived by what is done for it.

mod call;
mod directory;
mod files;
mod guild;
mod limits;
mod nonces;
mod reading;
mod rooms;
mod spot;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::adapter;
use incident_core::adapter::{DELIVERY_LIMIT, Parts};
use incident_core::ids::{MessageRef, Number};
use incident_core::ports::{DeliveryError, File, Messenger, Place};
use incident_core::view::{Card, Message};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::sync::Notify;

pub(crate) use call::Call;
use directory::Known;
pub use files::UPLOAD_LIMIT;
pub(crate) use files::reference;
pub(crate) use spot::message_ref;

use limits::Limits;
use nonces::Nonces;
use spot::{Spot, message_spot};

use crate::failure::{CallError, classify, classify_pinning};
use crate::outbound::{self, Drawing};

/// Discord itself.
pub const DISCORD_API_URL: &str = "https://discord.com";
/// How long a call may take.
pub const CALL_LIMIT: Duration = Duration::from_secs(10);

/// How many channels are remembered in which the bot may not be welcome.
const MOST_DOUBTED: usize = 16_384;

/// What is needed to talk to Discord.
#[derive(Debug, Clone)]
pub struct DiscordOptions {
    /// The bot's token, from the application's page.
    pub token: SecretString,
    /// Where the API is, an http or https URL: [`DISCORD_API_URL`] or a server that behaves like it.
    pub api_url: String,
}

/// Says why no client could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The address of the API is no http or https URL.
    #[error("the address of Discord's API is no http or https URL")]
    ApiUrl,
    /// The token cannot be one.
    #[error("the token of the Discord bot is empty or holds characters that no token has")]
    Token,
    /// The HTTP client does not start.
    #[error("the HTTP client does not start: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
}

/// A bot's way to Discord: messenger, directory and what a listener needs. Clones share one HTTP client.
#[derive(Clone)]
pub struct Discord {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    /// The address of every route but for its path.
    base: Box<str>,
    token: SecretString,
    limits: Mutex<Limits>,
    nonces: Mutex<Nonces>,
    parts: Parts,
    known: Mutex<Known>,
    /// The channels in which the bot was refused something, or was not, until it is known to be welcome again.
    doubted: Mutex<BTreeSet<u64>>,
    /// Whether Discord has said that it does not know the bot: thousands of such answers get an address banned.
    refused: AtomicBool,
    /// Rings when it says so.
    unauthorised: Notify,
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord").finish_non_exhaustive()
    }
}

/// A message that was sent; of all Discord answers, this alone is needed, and nothing else can be misread.
#[derive(Debug, Deserialize)]
struct Sent {
    id: String,
}

fn settled(result: Result<IgnoredAny, CallError>) -> Result<(), DeliveryError> {
    result.map(drop).map_err(|error| classify(&error))
}

fn pinning_settled(result: Result<IgnoredAny, CallError>) -> Result<(), DeliveryError> {
    let Err(error) = result else { return Ok(()) };
    let meaning = classify_pinning(&error);
    if let DeliveryError::Forbidden { .. } = meaning {
        tracing::info!(%error, "the bot may not pin or unpin here");
    }
    Err(meaning)
}

/// Turns the absence of a message into success, where absence is what was wanted.
fn gone_is_fine(result: Result<(), DeliveryError>) -> Result<(), DeliveryError> {
    match result {
        Err(DeliveryError::Gone) => Ok(()),
        other => other,
    }
}

/// Ends a delivery that takes too long.
async fn in_time<T>(delivery: impl Future<Output = Result<T, DeliveryError>>) -> Result<T, DeliveryError> {
    adapter::within(delivery, tokio::time::sleep(DELIVERY_LIMIT)).await
}

impl Discord {
    /// Remembers that the bot may not be welcome in a channel.
    pub(crate) fn doubt(&self, channel: u64) {
        let mut doubted = self.inner.doubted.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if doubted.len() < MOST_DOUBTED {
            doubted.insert(channel);
        }
    }

    /// Tells whether the bot may not be welcome in a channel, as far as was known; it is forgotten then.
    pub(crate) fn is_doubted(&self, channel: u64) -> bool {
        self.inner.doubted.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&channel)
    }

    /// Says what a failure means for a delivery, and takes note of a channel that is closed to the bot.
    fn meant(&self, place: &Place, error: &CallError) -> DeliveryError {
        let meaning = classify(error);
        let closed = matches!(meaning, DeliveryError::Forbidden { .. } | DeliveryError::ChatLost { .. });
        if let Ok(channel) = spot::channel(&place.chat)
            && closed
        {
            self.doubt(channel);
        }
        meaning
    }

    /// Sends one message. A thread that is closed or gone is left out: better in the wrong place than nowhere.
    pub(crate) async fn put(&self, place: &Place, drawing: &Drawing) -> Result<MessageRef, DeliveryError> {
        let spot = Spot::of(place)?;
        let sent = match self.put_at(&spot, drawing).await {
            Err(error) if error.is_about_thread() && spot.is_thread() => {
                tracing::info!(chat = %place.chat, %error, "the thread is closed or gone; writing to the channel");
                let spot = spot.without_thread();
                self.put_at(&spot, drawing).await.map(|sent| spot.message(place, &sent.id))
            }
            result => result.map(|sent| spot.message(place, &sent.id)),
        };
        sent.map_err(|error| self.meant(place, &error))
    }

    async fn put_at(&self, spot: &Spot, drawing: &Drawing) -> Result<Sent, CallError> {
        let mut body = serde_json::to_value(drawing.create()).unwrap_or_default();
        if let Some(message) = &spot.reply_to {
            body["message_reference"] = json!({"message_id": message, "fail_if_not_exists": false});
        }
        let path = format!("channels/{}/messages", spot.channel);
        self.put_once(&path, body, |call| call).await
    }

    /// Creates a message under a name of its own. If nobody knows whether that was done, the same message has the same
    /// name when it is tried again, and Discord gives back the one that stands there.
    async fn put_once(
        &self,
        path: &str,
        mut body: Value,
        finish: impl FnOnce(Call) -> Call,
    ) -> Result<Sent, CallError> {
        let key = Nonces::key(path, &body);
        let nonce = self.nonces().name(key, tokio::time::Instant::now());
        body["nonce"] = Value::String(nonce.clone());
        body["enforce_nonce"] = Value::Bool(true);
        let result = self.call(finish(Call::post(path).json(body))).await;
        match &result {
            Ok(_) => self.nonces().forget(key),
            Err(error) if error.is_lost() => self.nonces().keep(key, nonce, tokio::time::Instant::now()),
            // A refusal says nothing of an earlier attempt that may have been carried out.
            Err(_) => {}
        }
        result
    }

    /// Sends the messages of one, the first of which stands for all. A repetition goes on where it broke off.
    async fn put_all(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        let drawings = outbound::messages(message);
        if let [drawing] = drawings.as_slice() {
            return self.put(place, drawing).await;
        }
        let words = drawings.iter().map(|drawing| drawing.to_json().to_string());
        let mut sending = self.inner.parts.resume(place, words);
        for drawing in sending.rest(&drawings) {
            sending.sent(self.put(place, drawing).await?);
        }
        sending.complete()
    }

    fn nonces(&self) -> std::sync::MutexGuard<'_, Nonces> {
        self.inner.nonces.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Changes a message; in a thread that was put away meanwhile, which is opened again for it.
    async fn change(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let (channel, id) = message_spot(message)?;
        let body = outbound::draw(card).to_json();
        let edit = || Call::patch(&format!("channels/{channel}/messages/{id}")).json(body.clone());
        let edited = match self.call::<IgnoredAny>(edit()).await {
            Err(error) if error.is_archived() => {
                let open = Call::patch(&format!("channels/{channel}")).json(json!({"archived": false}));
                self.call::<IgnoredAny>(open).await.map_err(|error| classify(&error))?;
                self.call(edit()).await
            }
            result => result,
        };
        settled(edited)
    }
}

#[async_trait]
impl Messenger for Discord {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        in_time(self.put(place, &outbound::draw(card))).await
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        in_time(self.change(message, card)).await
    }

    async fn pin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        let (channel, id) = message_spot(message)?;
        pinning_settled(self.call(Call::put(&format!("channels/{channel}/messages/pins/{id}"))).await)
    }

    async fn unpin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        let (channel, id) = message_spot(message)?;
        let unpinned = self.call(Call::delete(&format!("channels/{channel}/messages/pins/{id}"))).await;
        gone_is_fine(pinning_settled(unpinned))
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        in_time(self.put_all(place, message)).await
    }

    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        in_time(self.put_file(place, file)).await
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        let (channel, id) = message_spot(message)?;
        gone_is_fine(settled(self.call(Call::delete(&format!("channels/{channel}/messages/{id}"))).await))
    }
}
