//! The workspace: people, channels, messages, files and forms. Everything that can be noticed happens here.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use serde_json::{Value, json};

use super::delivery::Post;
use super::fault::Traffic;

pub(super) const TEAM: &str = "T0TESTKIT";
pub(super) const APP: &str = "A0TESTKIT";
pub(super) const BOT_USER: &str = "U0DESKBOT";
pub(super) const BOT: &str = "B0DESKBOT";

/// A person, or the app's own account.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) handle: String,
    pub(super) name: String,
    pub(super) admin: bool,
    pub(super) locale: String,
}

/// A channel.
#[derive(Debug, Clone)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) private: bool,
    pub(super) archived: bool,
    pub(super) members: BTreeSet<String>,
    pub(super) bot_may_write: bool,
    pub(super) bot_may_pin: bool,
    pub(super) posts: Vec<Posted>,
    pub(super) bookmarks: Vec<Bookmark>,
}

/// A bookmark at the head of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// Its name to Slack.
    pub id: String,
    /// What people see.
    pub title: String,
    /// Where it leads.
    pub link: String,
}

/// A message that stands in a channel.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) ts: String,
    pub(super) user: String,
    pub(super) text: String,
    pub(super) blocks: Value,
    pub(super) thread_ts: Option<String>,
    pub(super) broadcast: bool,
    pub(super) pinned: bool,
    pub(super) files: Vec<String>,
}

/// What only one person sees.
#[derive(Debug, Clone)]
pub(super) struct Whispered {
    pub(super) ts: String,
    pub(super) channel: String,
    pub(super) user: String,
    pub(super) text: String,
    pub(super) blocks: Value,
}

/// A file that Slack keeps.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub(super) name: String,
    pub(super) mimetype: String,
    pub(super) bytes: Vec<u8>,
    pub(super) shared: Option<(String, String)>,
    pub(super) looks: u32,
}

/// A form that somebody has open.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenView {
    /// Its name.
    pub id: String,
    /// Who looks at it.
    pub user: String,
    /// The form, as the app gave it.
    pub view: Value,
}

/// What a trigger may still do.
#[derive(Debug, Clone)]
pub(super) struct Trigger {
    pub(super) user: String,
    pub(super) at: Instant,
    pub(super) used: bool,
}

/// Where an answer beside the Web API goes.
#[derive(Debug, Clone)]
pub(super) struct ResponsePath {
    pub(super) channel: String,
    pub(super) user: String,
    /// The message that only this person sees, if the answer is to a press on one.
    pub(super) whisper: Option<String>,
    pub(super) uses: u32,
}

/// Everything there is.
#[derive(Debug)]
pub(super) struct World {
    pub(super) bot_token: String,
    pub(super) app_token: String,
    pub(super) signing_secret: String,
    pub(super) address: String,
    pub(super) users: BTreeMap<String, User>,
    pub(super) channels: BTreeMap<String, Channel>,
    /// What user groups are called, and who belongs to them.
    pub(super) user_groups: BTreeMap<String, (String, BTreeSet<String>)>,
    pub(super) whispers: Vec<Whispered>,
    pub(super) files: BTreeMap<String, Kept>,
    pub(super) views: Vec<OpenView>,
    pub(super) triggers: BTreeMap<String, Trigger>,
    pub(super) responses: BTreeMap<String, ResponsePath>,
    pub(super) traffic: Traffic,
    pub(super) calls: Vec<(String, Value)>,
    pub(super) post: Post,
    count: u64,
}

impl World {
    pub(super) fn new(address: String) -> Self {
        let mut world = Self {
            bot_token: "xoxb-1-testkit".to_owned(),
            app_token: "xapp-1-testkit".to_owned(),
            signing_secret: "8f742231b10e8888abcd99yyyzzz85a5".to_owned(),
            address,
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            user_groups: BTreeMap::new(),
            whispers: Vec::new(),
            files: BTreeMap::new(),
            views: Vec::new(),
            triggers: BTreeMap::new(),
            responses: BTreeMap::new(),
            traffic: Traffic::default(),
            calls: Vec::new(),
            post: Post::default(),
            count: 0,
        };
        let bot = User {
            handle: "incident_desk".to_owned(),
            name: "Incident Desk".to_owned(),
            admin: false,
            locale: "en-US".to_owned(),
        };
        world.users.insert(BOT_USER.to_owned(), bot);
        world
    }

    /// A number that nothing has yet.
    pub(super) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    pub(super) fn id(&mut self, letter: char) -> String {
        format!("{letter}0{:08}", self.next())
    }

    pub(super) fn ts(&mut self) -> String {
        let count = self.next();
        format!("{}.{count:06}", 1_790_000_000 + count)
    }

    pub(super) fn trigger(&mut self, user: &str) -> String {
        let id = format!("{}.{TEAM}.{:032x}", self.next(), self.count);
        self.triggers.insert(id.clone(), Trigger { user: user.to_owned(), at: Instant::now(), used: false });
        id
    }

    pub(super) fn response_url(&mut self, channel: &str, user: &str, whisper: Option<&str>) -> String {
        let key = self.next().to_string();
        let path = ResponsePath {
            channel: channel.to_owned(),
            user: user.to_owned(),
            whisper: whisper.map(str::to_owned),
            uses: 0,
        };
        self.responses.insert(key.clone(), path);
        format!("{}/actions/{key}", self.address)
    }

    pub(super) fn channel(&self, id: &str) -> &Channel {
        self.channels.get(id).unwrap_or_else(|| panic!("there is no channel {id}"))
    }

    pub(super) fn channel_mut(&mut self, id: &str) -> &mut Channel {
        self.channels.get_mut(id).unwrap_or_else(|| panic!("there is no channel {id}"))
    }

    pub(super) fn user(&self, id: &str) -> &User {
        self.users.get(id).unwrap_or_else(|| panic!("there is no user {id}"))
    }

    /// Lets a message stand in a channel, and tells the app of it if it is there.
    pub(super) fn stand(&mut self, channel: &str, posted: Posted) -> String {
        let ts = posted.ts.clone();
        let event = self.message_event(channel, &posted);
        self.channel_mut(channel).posts.push(posted);
        self.tell_if_present(channel, event);
        ts
    }

    fn message_event(&self, channel: &str, posted: &Posted) -> Value {
        let mut event = json!({
            "type": "message", "channel": channel, "channel_type": self.channel(channel).kind(),
            "ts": posted.ts, "event_ts": posted.ts, "user": posted.user, "text": posted.text, "team": TEAM,
        });
        if posted.user == BOT_USER {
            event["bot_id"] = BOT.into();
            event["app_id"] = APP.into();
            event["blocks"] = posted.blocks.clone();
        }
        if let Some(thread) = &posted.thread_ts {
            event["thread_ts"] = thread.as_str().into();
            let parent = self.channel(channel).posts.iter().find(|post| post.ts == *thread);
            event["parent_user_id"] = parent.map_or(Value::Null, |parent| parent.user.as_str().into());
        }
        if posted.broadcast {
            event["subtype"] = "thread_broadcast".into();
        }
        if !posted.files.is_empty() {
            event["subtype"] = "file_share".into();
            event["files"] = posted.files.iter().map(|file| self.file_json(file)).collect();
        }
        event
    }

    pub(super) fn file_json(&self, id: &str) -> Value {
        let Some(file) = self.files.get(id) else { return json!({"id": id, "mode": "tombstone"}) };
        json!({
            "id": id, "name": file.name, "title": file.name, "mimetype": file.mimetype, "size": file.bytes.len(),
            "mode": "hosted", "permalink": format!("{}/files/{id}", self.address),
        })
    }

    /// Tells the app what happened in a channel, if it belongs to it.
    pub(super) fn tell_if_present(&mut self, channel: &str, event: Value) {
        if self.channel(channel).members.contains(BOT_USER) {
            self.tell(event);
        }
    }

    /// Tells the app what happened.
    pub(super) fn tell(&mut self, event: Value) {
        let id = self.id('E');
        let payload = json!({
            "type": "event_callback", "team_id": TEAM, "api_app_id": APP, "event_id": format!("Ev{id}"),
            "event_time": 1_790_000_000, "event": event, "token": "verification",
            "authorizations": [{"enterprise_id": null, "team_id": TEAM, "user_id": BOT_USER, "is_bot": true}],
        });
        self.post.send("events_api", payload);
    }

    /// Takes a message away, and tells the app so.
    pub(super) fn remove(&mut self, channel: &str, ts: &str) -> bool {
        let posts = &mut self.channel_mut(channel).posts;
        let before = posts.len();
        posts.retain(|post| post.ts != ts);
        let removed = posts.len() < before;
        if removed {
            let event_ts = self.ts();
            let event = json!({
                "type": "message", "subtype": "message_deleted", "channel": channel, "deleted_ts": ts,
                "ts": event_ts, "event_ts": event_ts, "hidden": true,
            });
            self.tell_if_present(channel, event);
        }
        removed
    }
}

impl Channel {
    pub(super) fn kind(&self) -> &'static str {
        if self.private { "group" } else { "channel" }
    }

    pub(super) fn post(&self, ts: &str) -> Option<&Posted> {
        self.posts.iter().find(|post| post.ts == ts)
    }

    pub(super) fn post_mut(&mut self, ts: &str) -> Option<&mut Posted> {
        self.posts.iter_mut().find(|post| post.ts == ts)
    }
}
