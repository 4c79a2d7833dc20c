//! Files: uploaded where the desk made them, named by their id where Telegram keeps them.

use std::time::Duration;

use incident_core::ids::MessageRef;
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, File, FileContent, Place};
use reqwest::multipart::{Form, Part};
use serde_json::{Map, Value, json};

use super::call::Body;
use super::{CALL_LIMIT, Sent, Spot, Telegram};
use crate::failure::{CallError, classify_file};
use crate::outbound;

/// The largest file that Telegram takes from a bot, in bytes.
pub const UPLOAD_LIMIT: usize = 50 * 1024 * 1024;
/// How long an upload may take: as long as the whole delivery, which is this one call and perhaps a second one.
const UPLOAD_TIME: Duration = CALL_LIMIT;

impl Telegram {
    /// Sends a file. A topic that is closed or gone is left out, as for messages.
    pub(super) async fn put_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        let spot = Spot::of(place)?;
        let sent = match self.put_file_at(spot, file).await {
            Err(error) if error.is_about_topic() && (spot.topic.is_some() || spot.reply_to.is_some()) => {
                tracing::info!(chat = %place.chat, %error, "the topic is closed or gone; sending to the chat itself");
                self.put_file_at(Spot { topic: None, reply_to: None, ..spot }, file).await
            }
            result => result,
        };
        match sent {
            Ok(Sent { message_id }) => Ok(MessageRef::new(place.chat.clone(), message_id.to_string())),
            Err(error) => Err(classify_file(&error)),
        }
    }

    async fn put_file_at(&self, spot: Spot, file: &File) -> Result<Sent, CallError> {
        let mut fields = fields(spot, file);
        let (method, body) = match &file.content {
            FileContent::Kept(attachment) => {
                let (method, field) = kept(attachment);
                fields.insert(field.to_owned(), attachment.reference.as_str().into());
                (method, Body::Json(Value::Object(fields).to_string().into_bytes()))
            }
            FileContent::Made { name, media_type, bytes } => {
                let part = Part::bytes(bytes.to_vec()).file_name(name.clone());
                let part = part.mime_str(media_type).map_err(|error| CallError::Unsendable {
                    reason: format!("{media_type:?} is no media type: {error}"),
                })?;
                if bytes.len() > UPLOAD_LIMIT {
                    let reason = format!("{} bytes are more than Telegram takes", bytes.len());
                    return Err(CallError::Unsendable { reason });
                }
                let form = fields.into_iter().fold(Form::new(), |form, (name, value)| {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    form.text(name, text)
                });
                ("sendDocument", Body::Form(form.part("document", part)))
            }
        };
        let result = self.call_with(method, body, UPLOAD_TIME).await;
        if let Some(wait) = result.as_ref().err().and_then(CallError::retry_after) {
            self.note_flood(&json!({"chat_id": spot.chat.0}), wait);
        }
        result
    }
}

/// Says where a file goes and what is said with it.
fn fields(spot: Spot, file: &File) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("chat_id".to_owned(), spot.chat.0.into());
    if let Some(topic) = spot.topic {
        fields.insert("message_thread_id".to_owned(), topic.0.0.into());
    }
    if let Some(message) = spot.reply_to {
        let reply = json!({"message_id": message.0, "allow_sending_without_reply": true});
        fields.insert("reply_parameters".to_owned(), reply);
    }
    if let Some(caption) = outbound::caption(&file.caption) {
        fields.insert("caption".to_owned(), caption.into());
        fields.insert("parse_mode".to_owned(), "HTML".into());
    }
    fields
}

/// Says how a file that Telegram keeps is sent: by the method for what it was when it came.
fn kept(attachment: &Attachment) -> (&'static str, &'static str) {
    match attachment.kind.as_str() {
        "photo" => ("sendPhoto", "photo"),
        "animation" => ("sendAnimation", "animation"),
        "video" => ("sendVideo", "video"),
        "audio" => ("sendAudio", "audio"),
        "voice" => ("sendVoice", "voice"),
        _ => ("sendDocument", "document"),
    }
}
