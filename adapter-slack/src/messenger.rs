//! The way out: cards, messages and questions to Slack, one attempt each.
//!
//! Every call ends within [`CALL_LIMIT`] and every delivery within [`DELIVERY_LIMIT`], so that an effect's lease is
//! never outlived by what is done for it.

mod bookmarks;
mod call;
mod directory;
mod files;
mod methods;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::adapter;
use incident_core::adapter::DELIVERY_LIMIT;
use incident_core::ids::{ChatRef, MessageRef, Number, Platform};
use incident_core::ports::{DeliveryError, File, Messenger, Place};
use incident_core::view::{Card, Message};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::Instant;

pub use files::UPLOAD_LIMIT;
pub use methods::{METHODS, Method};

use crate::failure::{CallError, classify, classify_pinning};
use crate::outbound::{self, Drawing};
use directory::Known;

/// The Web API of everybody who is not on GovSlack.
pub const SLACK_API_URL: &str = "https://slack.com/api";
/// How long a call may take.
pub const CALL_LIMIT: Duration = Duration::from_secs(10);
/// How long it may take to find what a message answers; without it, the message is sent all the same.
const PARENT_LIMIT: Duration = Duration::from_secs(3);

/// What is needed to talk to Slack.
#[derive(Debug, Clone)]
pub struct SlackOptions {
    /// The app's bot token, `xoxb-…`.
    pub bot_token: SecretString,
    /// The Web API, an http or https URL: [`SLACK_API_URL`], or GovSlack's.
    pub api_url: String,
}

/// Says why no client could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The address of the Web API is no http or https URL.
    #[error("the address of Slack's Web API is no http or https URL")]
    ApiUrl,
    /// The HTTP client does not start.
    #[error("the HTTP client does not start: {reason}")]
    Client {
        /// Why.
        reason: String,
    },
}

/// An app's way to Slack: messenger, directory and what a listener needs. Clones share one HTTP client.
#[derive(Clone)]
pub struct Slack {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    /// The address of every method but for its name, with a slash at its end.
    base: Box<str>,
    token: SecretString,
    known: Mutex<Known>,
    /// Since when it is known that the app was installed without the right to bookmark.
    without_bookmarks: Mutex<Option<Instant>>,
    /// Rings when Slack does not accept the token.
    unauthorised: Notify,
}

impl fmt::Debug for Slack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slack").finish_non_exhaustive()
    }
}

fn channel_of(chat: &ChatRef) -> Result<&str, DeliveryError> {
    if chat.platform != Platform::Slack {
        return Err(DeliveryError::Permanent { reason: format!("{chat} is not on Slack") });
    }
    Ok(&chat.chat)
}

/// Turns a failed call into what it means; a failure that is none becomes a success.
fn settled(result: Result<Value, CallError>) -> Result<(), DeliveryError> {
    result.map(drop).or_else(|error| classify(&error).map_or(Ok(()), Err))
}

/// The same for a call that pins or unpins.
fn pinning_settled(result: Result<Value, CallError>) -> Result<(), DeliveryError> {
    let Err(error) = result else { return Ok(()) };
    let meaning = classify_pinning(&error);
    if let Some(DeliveryError::Forbidden { .. }) = meaning {
        tracing::info!(%error, "the app may not pin or unpin here");
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

/// Ends a delivery that takes too long.
async fn in_time<T>(delivery: impl Future<Output = Result<T, DeliveryError>>) -> Result<T, DeliveryError> {
    adapter::within(delivery, tokio::time::sleep(DELIVERY_LIMIT)).await
}

/// Says what a call that should have a result failed of, where the failure means nothing for a delivery.
fn failed(error: &CallError) -> DeliveryError {
    classify(error)
        .unwrap_or_else(|| DeliveryError::Temporary { reason: error.to_string(), retry_after: None })
}

impl Slack {
    /// Sends one message: into the thread of what it answers, and for all to see in the channel, too.
    async fn put(&self, place: &Place, drawing: &Drawing) -> Result<MessageRef, DeliveryError> {
        let channel = channel_of(&place.chat)?;
        let mut body = spoken(channel, drawing);
        if let Some(thread) = self.thread_of(place).await {
            body["thread_ts"] = thread.into();
            body["reply_broadcast"] = true.into();
        }
        let sent = self.call(Method::PostMessage, &body).await.map_err(|error| failed(&error))?;
        let ts = sent["ts"].as_str().ok_or_else(|| DeliveryError::Temporary {
            reason: "Slack named no message".to_owned(),
            retry_after: None,
        })?;
        Ok(MessageRef::new(place.chat.clone(), ts))
    }

    /// Finds the thread in which a message is answered. Slack takes an answer to what is no more, and shows it to
    /// nobody; so it is asked first, with the one method that says so at no cost.
    async fn thread_of(&self, place: &Place) -> Option<String> {
        let answered = place.reply_to.as_ref().filter(|message| message.chat == place.chat)?;
        let about = [("channel", &*answered.chat.chat), ("message_ts", &*answered.message)];
        match self.ask(Method::GetPermalink, &about, PARENT_LIMIT).await {
            Ok(found) => Some(parent_in(&found).unwrap_or_else(|| answered.message.to_string())),
            Err(error) if error.is_one_of(&["message_not_found"]) => None,
            // Whatever speaks against asking says nothing about the message.
            Err(_) => Some(answered.message.to_string()),
        }
    }
}

/// The message that a thread hangs below, as the address of one of its messages names it.
fn parent_in(found: &Value) -> Option<String> {
    let (_, query) = found["permalink"].as_str()?.split_once('?')?;
    let mut fields = form_urlencoded::parse(query.as_bytes());
    fields.find(|(name, _)| name == "thread_ts").map(|(_, ts)| ts.into_owned())
}

/// What is said in a channel, so that Slack adds nothing to it: no previews, no names out of words.
fn spoken(channel: &str, drawing: &Drawing) -> Value {
    json!({
        "channel": channel,
        "text": drawing.text,
        "blocks": drawing.blocks,
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
}

#[async_trait]
impl Messenger for Slack {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        in_time(self.put(place, &outbound::draw(card))).await
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let channel = channel_of(&message.chat)?;
        let mut body = spoken(channel, &outbound::draw(card));
        body["ts"] = message.message.as_ref().into();
        settled(self.call(Method::Update, &body).await)
    }

    async fn pin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        let body = json!({"channel": channel_of(&message.chat)?, "timestamp": &*message.message});
        pinning_settled(self.call(Method::Pin, &body).await)?;
        self.bookmark(message, number).await
    }

    async fn unpin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        let body = json!({"channel": channel_of(&message.chat)?, "timestamp": &*message.message});
        let unpinned = gone_is_fine(pinning_settled(self.call(Method::Unpin, &body).await));
        match unpinned {
            // Whoever took away the right to pin left the bookmark.
            Ok(()) | Err(DeliveryError::Forbidden { .. }) => {
                self.unbookmark(message, number).await.and(unpinned)
            }
            Err(error) => Err(error),
        }
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        in_time(self.put(place, &outbound::message(message))).await
    }

    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        in_time(self.put_file(place, file)).await
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        let body = json!({"channel": channel_of(&message.chat)?, "ts": &*message.message});
        gone_is_fine(settled(self.call(Method::Delete, &body).await))
    }
}
