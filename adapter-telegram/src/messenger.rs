//! The way out: cards, messages and questions to Telegram, one attempt each.
//!
//! Every call ends within [`CALL_LIMIT`] and every delivery within [`DELIVERY_LIMIT`], so that an effect's
//! lease is never outlived by what is done for it.

mod call;
mod directory;
mod files;
mod floods;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::adapter;
use incident_core::adapter::{DELIVERY_LIMIT, Parts, Quiet};
use incident_core::ids::{ChatRef, MessageRef, Number, Platform};
use incident_core::ports::{DeliveryError, File, Messenger, Place};
use incident_core::view::{Card, Message};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::payloads::{
    DeleteMessage, EditMessageReplyMarkup, EditMessageText, EditMessageTextSetters, PinChatMessage,
    SendMessage, SendMessageSetters, UnpinChatMessage, UnpinChatMessageSetters,
};
use teloxide::types::{
    ChatId, ForceReply, LinkPreviewOptions, MessageId, ParseMode, ReplyMarkup, ReplyParameters, ThreadId,
};
use tokio::sync::Notify;
use tokio::time::Instant;

pub(crate) use call::Body;
pub(crate) use directory::Known;
pub use files::UPLOAD_LIMIT;

use crate::failure::{CallError, classify, classify_pinning};
use crate::outbound::{self, Drawing};

/// The Bot API server that everybody uses who does not run their own.
pub const TELEGRAM_API_URL: &str = "https://api.telegram.org";
/// How long a call may take.
pub const CALL_LIMIT: Duration = Duration::from_secs(10);

/// What is needed to talk to Telegram.
#[derive(Debug, Clone)]
pub struct TelegramOptions {
    /// The bot's token, as @BotFather gives it.
    pub token: SecretString,
    /// The Bot API server, an http or https URL: [`TELEGRAM_API_URL`] or one's own.
    pub api_url: String,
}

/// Says why no client could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The address of the Bot API server is no http or https URL.
    #[error("the address of the Bot API server is no http or https URL")]
    ApiUrl,
    /// The HTTP client does not start.
    #[error("the HTTP client does not start: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
}

/// A bot's way to Telegram: messenger, directory and what a listener needs. Clones share one HTTP client.
#[derive(Clone)]
pub struct Telegram {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    /// The address of every method but for its name; it holds the token.
    base: Box<str>,
    token: SecretString,
    known: Mutex<Known>,
    parts: Parts,
    floods: Mutex<Quiet<i64, Instant>>,
    /// Rings when the server does not know the bot.
    unauthorised: Notify,
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telegram").finish_non_exhaustive()
    }
}

/// A message that was sent; of all Telegram answers, this alone is needed, and nothing else can be misread.
#[derive(Debug, Deserialize)]
struct Sent {
    message_id: i32,
}

/// A place as Telegram names it.
#[derive(Debug, Clone, Copy)]
struct Spot {
    chat: ChatId,
    topic: Option<ThreadId>,
    reply_to: Option<MessageId>,
}

impl Spot {
    fn of(place: &Place) -> Result<Self, DeliveryError> {
        let topic = match &place.topic {
            Some(topic) => Some(ThreadId(MessageId(number(topic.as_str(), "topic")?))),
            None => None,
        };
        let chat = chat_id(&place.chat)?;
        let reply_to = place.reply_to.as_ref().filter(|message| message.chat == place.chat);
        let reply_to = match reply_to {
            Some(message) => Some(MessageId(number(&message.message, "message")?)),
            None => None,
        };
        Ok(Self { chat, topic, reply_to })
    }
}

fn number<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, DeliveryError> {
    text.parse()
        .map_err(|_| DeliveryError::Permanent { reason: format!("{text:?} names no {what} on Telegram") })
}

fn chat_id(chat: &ChatRef) -> Result<ChatId, DeliveryError> {
    if chat.platform != Platform::Telegram {
        return Err(DeliveryError::Permanent { reason: format!("{chat} is not on Telegram") });
    }
    Ok(ChatId(number(&chat.chat, "chat")?))
}

fn message_id(message: &MessageRef) -> Result<(ChatId, MessageId), DeliveryError> {
    Ok((chat_id(&message.chat)?, MessageId(number(&message.message, "message")?)))
}

/// Turns a failed call into what it means; a failure that is none becomes a success.
fn settled(result: Result<IgnoredAny, CallError>) -> Result<(), DeliveryError> {
    result.map(drop).or_else(|error| classify(&error).map_or(Ok(()), Err))
}

/// The same for a call that pins or unpins.
fn pinning_settled(result: Result<IgnoredAny, CallError>) -> Result<(), DeliveryError> {
    let Err(error) = result else { return Ok(()) };
    let meaning = classify_pinning(&error);
    if let Some(DeliveryError::Forbidden { .. }) = meaning {
        tracing::info!(%error, "the bot may not pin or unpin here");
    }
    meaning.map_or(Ok(()), Err)
}

/// Turns the absence of a message into success, where absence is what was wanted.
fn gone_is_fine(result: Result<(), DeliveryError>) -> Result<(), DeliveryError> {
    match result {
        Err(DeliveryError::Gone) => Ok(()),
        other => other,
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// Ends a delivery that takes too long.
async fn in_time<T>(delivery: impl Future<Output = Result<T, DeliveryError>>) -> Result<T, DeliveryError> {
    adapter::within(delivery, tokio::time::sleep(DELIVERY_LIMIT)).await
}

impl Telegram {
    /// Sends one message. A topic that is closed or gone is left out: better in the wrong place than nowhere.
    pub(crate) async fn put(&self, place: &Place, drawing: &Drawing) -> Result<MessageRef, DeliveryError> {
        let spot = Spot::of(place)?;
        let sent = match self.put_at(spot, drawing).await {
            Err(error) if error.is_about_topic() && (spot.topic.is_some() || spot.reply_to.is_some()) => {
                tracing::info!(chat = %place.chat, %error, "the topic is closed or gone; writing to the chat itself");
                self.put_at(Spot { topic: None, reply_to: None, ..spot }, drawing).await
            }
            result => result,
        };
        match sent {
            Ok(Sent { message_id }) => Ok(MessageRef::new(place.chat.clone(), message_id.to_string())),
            Err(error) => Err(classify(&error).unwrap_or_else(|| DeliveryError::Temporary {
                reason: error.to_string(),
                retry_after: None,
            })),
        }
    }

    async fn put_at(&self, spot: Spot, drawing: &Drawing) -> Result<Sent, CallError> {
        let mut payload = SendMessage::new(spot.chat, drawing.text.clone())
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview());
        payload.message_thread_id = spot.topic;
        payload.reply_parameters =
            spot.reply_to.map(|message| ReplyParameters::new(message).allow_sending_without_reply());
        if drawing.asks {
            payload.reply_markup = Some(ReplyMarkup::ForceReply(ForceReply::new().selective()));
        } else if !drawing.keyboard.inline_keyboard.is_empty() {
            payload.reply_markup = Some(ReplyMarkup::InlineKeyboard(drawing.keyboard.clone()));
        }
        self.call(&payload).await
    }

    /// Sends the messages of one, the first of which stands for all. A repetition goes on where it broke off.
    async fn put_all(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        let drawings = outbound::messages(message);
        if let [drawing] = drawings.as_slice() {
            return self.put(place, drawing).await;
        }
        let words = drawings.iter().map(|drawing| &drawing.text);
        let mut sending = self.inner.parts.resume(place, words);
        for drawing in sending.rest(&drawings) {
            sending.sent(self.put(place, drawing).await?);
        }
        sending.complete()
    }
}

#[async_trait]
impl Messenger for Telegram {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        in_time(self.put(place, &outbound::draw(card))).await
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let (chat, id) = message_id(message)?;
        let drawing = outbound::draw(card);
        let payload = EditMessageText::new(chat, id, drawing.text)
            .parse_mode(ParseMode::Html)
            .link_preview_options(no_preview())
            .reply_markup(drawing.keyboard);
        settled(self.call(&payload).await)
    }

    async fn pin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        let (chat, id) = message_id(message)?;
        pinning_settled(self.call(&PinChatMessage::new(chat, id)).await)
    }

    async fn unpin(&self, message: &MessageRef, _: Number) -> Result<(), DeliveryError> {
        let (chat, id) = message_id(message)?;
        let payload = UnpinChatMessage::new(chat).message_id(id);
        gone_is_fine(pinning_settled(self.call(&payload).await))
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        in_time(self.put_all(place, message)).await
    }

    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        in_time(self.put_file(place, file)).await
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        let (chat, id) = message_id(message)?;
        let retired = match self.call(&DeleteMessage::new(chat, id)).await {
            // Too old to be deleted; without its buttons it can do no harm.
            Err(error) if error.is_undeletable() => self.call(&EditMessageReplyMarkup::new(chat, id)).await,
            result => result,
        };
        gone_is_fine(settled(retired))
    }
}
