//! Files: uploads in three steps, and a share that comes a moment after it was promised.

use serde_json::{Value, json};

use super::world::{BOT_USER, Kept, Posted, World};

/// How often it is asked for a file before Slack says where it was shared.
const LOOKS_BEFORE_SHARED: u32 = 1;

type Answer = Result<Value, &'static str>;

impl World {
    pub(super) fn begin_upload(&mut self, arguments: &Value) -> Answer {
        let name =
            arguments["filename"].as_str().filter(|name| !name.is_empty()).ok_or("invalid_arguments")?;
        let length = arguments["length"].as_str().and_then(|length| length.parse::<u64>().ok());
        length.filter(|length| *length > 0).ok_or("invalid_arguments")?;
        let id = self.id('F');
        self.keep(&id, name, "application/octet-stream", Vec::new());
        Ok(json!({"file_id": id, "upload_url": format!("{}/upload/{id}", self.address)}))
    }

    pub(super) fn keep(&mut self, id: &str, name: &str, mimetype: &str, bytes: Vec<u8>) {
        let (name, mimetype) = (name.to_owned(), mimetype.to_owned());
        self.files.insert(id.to_owned(), Kept { name, mimetype, bytes, shared: None, looks: 0 });
    }

    /// Takes the bytes of an upload.
    pub(super) fn take_upload(&mut self, id: &str, bytes: Vec<u8>) -> bool {
        self.files.get_mut(id).map(|file| file.bytes = bytes).is_some()
    }

    pub(super) fn complete_upload(&mut self, arguments: &Value) -> Answer {
        let id = arguments["files"][0]["id"].as_str().unwrap_or_default().to_owned();
        self.files.get(&id).filter(|file| !file.bytes.is_empty()).ok_or("file_not_found")?;
        let at = json!({"channel": arguments["channel_id"]});
        let (channel, there) = self.reachable(&at)?;
        if !there.bot_may_write {
            return Err("restricted_action");
        }
        let ts = self.ts();
        let posted = Posted {
            ts: ts.clone(),
            user: BOT_USER.to_owned(),
            text: String::new(),
            blocks: arguments["blocks"].clone(),
            thread_ts: arguments["thread_ts"].as_str().map(str::to_owned),
            broadcast: false,
            pinned: false,
            files: vec![id.clone()],
        };
        self.stand(&channel, posted);
        if let Some(file) = self.files.get_mut(&id) {
            file.shared = Some((channel, ts));
        }
        Ok(json!({"files": [{"id": id}]}))
    }

    pub(super) fn file_info(&mut self, arguments: &Value) -> Answer {
        let id = arguments["file"].as_str().unwrap_or_default().to_owned();
        let file = self.files.get_mut(&id).ok_or("file_not_found")?;
        file.looks += 1;
        let shared = file.shared.clone().filter(|_| file.looks > LOOKS_BEFORE_SHARED);
        let mut said = self.file_json(&id);
        if let Some((channel, ts)) = shared {
            let kind = if self.channel(&channel).private { "private" } else { "public" };
            said["shares"] = json!({kind: {channel: [{"ts": ts}]}});
        }
        Ok(json!({"file": said}))
    }
}
