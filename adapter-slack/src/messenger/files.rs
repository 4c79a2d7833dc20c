//! Files: uploaded where the desk made them, shown again by their address where Slack keeps them.

use std::time::Duration;

use incident_core::ids::MessageRef;
use incident_core::incident::Attachment;
use incident_core::ports::{DeliveryError, File, FileContent, Place};
use incident_core::view::Span;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{CALL_LIMIT, Method, PARENT_LIMIT, Slack, channel_of, failed, spoken};
use crate::failure::{CallError, classify_file};
use crate::outbound;

/// The largest file that is uploaded, in bytes. Slack takes more, and no report is nearly as large.
pub const UPLOAD_LIMIT: usize = 50 * 1024 * 1024;
/// How often it is asked which message a file stands on, and how long is waited in between: Slack shares a file after
/// it said that it has.
const LOOKS: usize = 5;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

impl Slack {
    /// Sends a file.
    pub(super) async fn put_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        match &file.content {
            FileContent::Kept(attachment) => self.show_again(place, file, attachment).await,
            FileContent::Made { name, media_type: _, bytes } => {
                if bytes.len() > UPLOAD_LIMIT {
                    let reason = format!("{} bytes are more than is uploaded", bytes.len());
                    return Err(DeliveryError::Permanent { reason });
                }
                self.upload(place, file, (name, bytes)).await
            }
        }
    }

    /// Posts the address of a file, which Slack shows as the file itself.
    async fn show_again(
        &self,
        place: &Place,
        file: &File,
        kept: &Attachment,
    ) -> Result<MessageRef, DeliveryError> {
        let about = [("file", kept.reference.as_str())];
        let found = self.ask(Method::FileInfo, &about, CALL_LIMIT).await;
        let found = found.map_err(|error| classify_file(&error))?;
        let gone = found["file"]["mode"] == "tombstone" || found["file"]["mode"] == "hidden_by_limit";
        let address = found["file"]["permalink"].as_str().filter(|address| !gone && is_address(address));
        let address = address.ok_or(DeliveryError::Gone)?;
        let mut line = file.caption.clone();
        line.push(Span::Plain(" ".to_owned()));
        let drawing = outbound::caption(&line).unwrap_or_else(|| outbound::plain("📎"));
        let mut body = spoken(channel_of(&place.chat)?, &drawing);
        // Without blocks, for only an address in the text is shown as what it leads to.
        body["text"] = format!("{} <{address}>", drawing.text).into();
        body["unfurl_links"] = true.into();
        body["unfurl_media"] = true.into();
        if let Some(body) = body.as_object_mut() {
            body.remove("blocks");
        }
        if let Some(thread) = self.thread_of(place).await {
            body["thread_ts"] = thread.into();
        }
        let sent = self.call(Method::PostMessage, &body).await.map_err(|error| failed(&error))?;
        let ts = sent["ts"].as_str().unwrap_or_default();
        Ok(MessageRef::new(place.chat.clone(), ts))
    }

    async fn upload(
        &self,
        place: &Place,
        file: &File,
        (name, bytes): (&str, &[u8]),
    ) -> Result<MessageRef, DeliveryError> {
        let failed = |error: CallError| classify_file(&error);
        let channel = channel_of(&place.chat)?;
        let length = bytes.len().to_string();
        let begun = self.ask(Method::UploadUrl, &[("filename", name), ("length", &length)], CALL_LIMIT).await;
        let begun = begun.map_err(failed)?;
        let unnamed = || failed(CallError::Unreadable { status: 200 });
        let address = begun["upload_url"].as_str().ok_or_else(unnamed)?;
        let id = begun["file_id"].as_str().ok_or_else(unnamed)?;
        let upload = self.http().post(address).body(bytes.to_vec());
        self.hand_over(upload, CALL_LIMIT).await.map_err(failed)?;
        let mut body = json!({"files": [{"id": id, "title": name}], "channel_id": channel});
        if let Some(caption) = outbound::caption(&file.caption) {
            body["blocks"] = json!(caption.blocks);
        }
        if let Some(thread) = self.thread_of(place).await {
            body["thread_ts"] = thread.into();
        }
        self.call(Method::CompleteUpload, &body).await.map_err(failed)?;
        let message = self.message_with(id, channel).await;
        Ok(MessageRef::new(place.chat.clone(), message.unwrap_or_else(|| id.to_owned())))
    }

    /// Finds the message that a file stands on. Without it the file stands there all the same, and is named itself.
    async fn message_with(&self, file: &str, channel: &str) -> Option<String> {
        for look in 0..LOOKS {
            if look > 0 {
                sleep(BETWEEN_LOOKS).await;
            }
            let found = self.ask(Method::FileInfo, &[("file", file)], PARENT_LIMIT).await.ok()?;
            if let Some(ts) = shared_in(&found["file"]["shares"], channel) {
                return Some(ts);
            }
        }
        tracing::debug!(channel, "Slack does not say on which message a file stands");
        None
    }
}

fn shared_in(shares: &Value, channel: &str) -> Option<String> {
    let in_kind = |kind| shares[kind][channel].as_array()?.first()?["ts"].as_str();
    ["public", "private"].into_iter().find_map(in_kind).map(str::to_owned)
}

/// Tells whether Slack's markup takes an address as it is.
fn is_address(text: &str) -> bool {
    let begins = text.starts_with("https://") || text.starts_with("http://");
    begins && !text.contains(['<', '>', '|', ' ', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_on_the_message_of_its_channel() {
        let shares = json!({"public": {"C1": [{"ts": "1.1"}]}, "private": {"G1": [{"ts": "2.2"}], "G2": []}});
        let found: Vec<_> =
            ["C1", "G1", "G2", "C2"].iter().map(|channel| shared_in(&shares, channel)).collect();
        assert_eq!(found, [Some("1.1".to_owned()), Some("2.2".to_owned()), None, None]);
        assert_eq!(shared_in(&json!([]), "C1"), None);
    }

    #[test]
    fn only_what_can_do_nothing_else_is_an_address() {
        assert!(is_address("https://files.example/F1"));
        for text in
            ["https://x.example/<!channel>", "javascript:alert(1)", "https://x.example/a|b", "<!here>"]
        {
            assert!(!is_address(text), "{text}");
        }
    }
}
