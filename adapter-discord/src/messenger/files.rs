//! Files: uploaded where the desk made them, and fetched and uploaded again where Discord keeps them, because the
//! addresses of what it keeps expire within a day.

use std::time::Duration;

use incident_core::ids::MessageRef;
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, File, FileContent, Place};
use reqwest::multipart::{Form, Part};
use serde::Deserialize;
use serde_json::json;

use super::{Call, Discord, Spot};
use crate::failure::{CallError, classify};
use crate::outbound;

/// The largest file that Discord takes from a bot, in bytes.
pub const UPLOAD_LIMIT: usize = 10 * 1024 * 1024;
/// How long an upload or a download may take; one of each is a delivery.
const TRANSFER_LIMIT: Duration = Duration::from_secs(8);
/// What a file is called that has no name.
const NAMELESS: &str = "file";

/// Names a file that stands on a message, so that it is found again when its address has expired.
pub(crate) fn reference(channel: u64, message: &str, attachment: &str) -> String {
    format!("{channel}/{message}/{attachment}")
}

#[derive(Deserialize)]
struct Holder {
    #[serde(default)]
    attachments: Vec<Kept>,
}

#[derive(Deserialize)]
struct Kept {
    id: String,
    url: String,
    #[serde(default)]
    filename: String,
    content_type: Option<String>,
}

/// A file on its way.
struct Parcel {
    name: String,
    media_type: Option<String>,
    bytes: Vec<u8>,
}

impl Discord {
    /// Sends a file. A thread that is closed or gone is left out, as for messages.
    pub(super) async fn put_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        let spot = Spot::of(place)?;
        let parcel = match &file.content {
            FileContent::Made { name, media_type, bytes } => Parcel {
                name: name.clone(),
                media_type: Some((*media_type).to_owned()),
                bytes: bytes.to_vec(),
            },
            FileContent::Kept(attachment) => self.collect(attachment).await?,
        };
        let sent = match self.upload(&spot, &parcel, file).await {
            Err(error) if error.is_about_thread() && spot.is_thread() => {
                let spot = spot.without_thread();
                self.upload(&spot, &parcel, file).await.map(|sent| spot.message(place, &sent.id))
            }
            result => result.map(|sent| spot.message(place, &sent.id)),
        };
        sent.map_err(|error| {
            let meaning = self.meant(place, &error);
            let gone = meaning == DeliveryError::Gone;
            if gone { DeliveryError::Permanent { reason: error.to_string() } } else { meaning }
        })
    }

    async fn upload(&self, spot: &Spot, parcel: &Parcel, file: &File) -> Result<super::Sent, CallError> {
        if parcel.bytes.len() > UPLOAD_LIMIT {
            let reason = format!("{} bytes are more than Discord takes", parcel.bytes.len());
            return Err(CallError::Unsendable { reason });
        }
        let mut part = Part::bytes(parcel.bytes.clone()).file_name(parcel.name.clone());
        if let Some(media_type) = &parcel.media_type {
            part = part.mime_str(media_type).map_err(|error| CallError::Unsendable {
                reason: format!("{media_type:?} is no media type: {error}"),
            })?;
        }
        let mut body = match outbound::caption(&file.caption) {
            Some(drawing) => drawing.to_json(),
            None => json!({"allowed_mentions": {"parse": []}}),
        };
        body["attachments"] = json!([{"id": 0, "filename": parcel.name}]);
        if let Some(message) = &spot.reply_to {
            body["message_reference"] = json!({"message_id": message, "fail_if_not_exists": false});
        }
        let form = Form::new().part("files[0]", part);
        let path = format!("channels/{}/messages", spot.channel);
        self.put_once(&path, body, |call| call.files(form).within(TRANSFER_LIMIT)).await
    }

    /// Fetches a file that Discord keeps.
    async fn collect(&self, attachment: &Attachment) -> Result<Parcel, DeliveryError> {
        let mut names = attachment.reference.as_str().splitn(3, '/');
        let (Some(channel), Some(message), Some(id)) = (names.next(), names.next(), names.next()) else {
            return Err(DeliveryError::Gone);
        };
        let is_number = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
        if !(is_number(channel) && is_number(message)) {
            return Err(DeliveryError::Gone);
        }
        let holder = self.call(Call::get(&format!("channels/{channel}/messages/{message}"))).await;
        let holder: Holder = holder.map_err(|error| no_more(&error))?;
        let kept = holder.attachments.into_iter().find(|kept| kept.id == id).ok_or(DeliveryError::Gone)?;
        let bytes = self.fetch(&kept.url, UPLOAD_LIMIT, TRANSFER_LIMIT).await;
        let bytes = bytes.map_err(|error| not_there(&error))?;
        let name = if kept.filename.is_empty() { NAMELESS.to_owned() } else { kept.filename };
        Ok(Parcel { name, media_type: kept.content_type, bytes })
    }
}

/// Says what it means that a file cannot be had. Where it is asked for, nobody writes: that the channel cannot be seen
/// any more is no news about the one the file was to go to.
fn no_more(error: &CallError) -> DeliveryError {
    let meaning = classify(error);
    let closed = matches!(meaning, DeliveryError::ChatLost { .. } | DeliveryError::Forbidden { .. });
    if closed { DeliveryError::Gone } else { meaning }
}

/// Says what it means that a file is not given out where Discord said that it is. Whatever may pass is no end of it.
fn not_there(error: &CallError) -> DeliveryError {
    let gone = matches!(error, CallError::Unreadable { status: 403 | 404 | 410, .. });
    if gone { DeliveryError::Gone } else { classify(error) }
}
