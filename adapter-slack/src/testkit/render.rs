//! What people see of a message.

use serde_json::Value;

use super::world::{BOT_USER, Posted, Whispered, World};

/// A button on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What the app is told when it is pressed.
    pub value: String,
    /// Which button of its message it is.
    pub action_id: String,
}

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The channel.
    pub channel: String,
    /// Its name within the channel.
    pub ts: String,
    /// Who wrote it.
    pub user: String,
    /// Whether the app did.
    pub by_app: bool,
    /// What people read.
    pub text: String,
    /// What can be pressed, row by row.
    pub buttons: Vec<Vec<Button>>,
    /// Whom Slack tells of it, each once.
    pub told: Vec<String>,
    /// Whether it calls everybody in the channel.
    pub calls_everybody: bool,
    /// The message whose thread it stands in.
    pub thread_ts: Option<String>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// The files on it.
    pub files: Vec<String>,
}

/// A message that only one person sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whisper {
    /// The channel.
    pub channel: String,
    /// Its name.
    pub ts: String,
    /// Who sees it.
    pub user: String,
    /// What they read.
    pub text: String,
    /// What they can press, row by row.
    pub buttons: Vec<Vec<Button>>,
}

impl World {
    pub(super) fn seen(&self, channel: &str, posted: &Posted) -> Message {
        let (text, mut told) = self.read(&posted.text, &posted.blocks);
        told.sort();
        told.dedup();
        Message {
            channel: channel.to_owned(),
            ts: posted.ts.clone(),
            user: posted.user.clone(),
            by_app: posted.user == BOT_USER,
            text,
            buttons: buttons(&posted.blocks),
            told,
            calls_everybody: ["<!channel", "<!here", "<!everyone"]
                .iter()
                .any(|call| posted.text.contains(call)),
            thread_ts: posted.thread_ts.clone(),
            pinned: posted.pinned,
            files: posted.files.iter().cloned().chain(self.shown_files(&posted.text)).collect(),
        }
    }

    pub(super) fn overheard(&self, whispered: &Whispered) -> Whisper {
        Whisper {
            channel: whispered.channel.clone(),
            ts: whispered.ts.clone(),
            user: whispered.user.clone(),
            text: self.read(&whispered.text, &whispered.blocks).0,
            buttons: buttons(&whispered.blocks),
        }
    }

    /// Tells what stands where, for a test that waits in vain.
    pub(super) fn told(&self) -> String {
        let posts = self
            .channels
            .iter()
            .flat_map(|(id, channel)| channel.posts.iter().map(|post| self.seen(id, post)));
        let posts = posts.map(|message| format!("{}: {:?}", message.channel, message.text));
        let whispers = self.whispers.iter().map(|whisper| self.overheard(whisper));
        let whispers = whispers.map(|whisper| format!("{}: {:?}", whisper.user, whisper.text));
        posts.chain(whispers).collect::<Vec<_>>().join("\n")
    }

    /// Blocks are what people read; without them, the text is, with its markup.
    fn read(&self, text: &str, blocks: &Value) -> (String, Vec<String>) {
        let blocks = blocks.as_array().map(Vec::as_slice).unwrap_or_default();
        if blocks.is_empty() {
            return self.read_markup(text);
        }
        let (mut shown, mut told) = (String::new(), Vec::new());
        let sections = blocks
            .iter()
            .filter(|block| block["type"] == "rich_text")
            .flat_map(|block| block["elements"].as_array().map(Vec::as_slice).unwrap_or_default());
        for run in
            sections.flat_map(|section| section["elements"].as_array().map(Vec::as_slice).unwrap_or_default())
        {
            shown.push_str(run["text"].as_str().unwrap_or_default());
            if let Some(user) = run["user_id"].as_str() {
                shown.push_str(&self.mentioned(user, &mut told));
            }
            if let Some(group) = run["usergroup_id"].as_str() {
                shown.push_str(&self.mentioned_group(group, &mut told));
            }
        }
        (shown, told)
    }

    fn mentioned(&self, user: &str, told: &mut Vec<String>) -> String {
        told.extend(self.users.contains_key(user).then(|| user.to_owned()));
        let name = self.users.get(user).map_or("someone", |user| user.name.as_str());
        format!("@{name}")
    }

    fn mentioned_group(&self, group: &str, told: &mut Vec<String>) -> String {
        let known = self.user_groups.get(group);
        told.extend(known.iter().flat_map(|(_, members)| members.iter().cloned()));
        format!("@{}", known.map_or("some-group", |(name, _)| name.as_str()))
    }

    fn read_markup(&self, text: &str) -> (String, Vec<String>) {
        let (mut shown, mut told, mut rest) = (String::new(), Vec::new(), text);
        while let Some((before, after)) = rest.split_once('<') {
            shown.push_str(before);
            let (inside, left) = after.split_once('>').unwrap_or((after, ""));
            match inside.strip_prefix('@') {
                Some(user) => shown.push_str(&self.mentioned(user, &mut told)),
                None => shown.push_str(inside.split('|').next().unwrap_or_default()),
            }
            rest = left;
        }
        shown.push_str(rest);
        (shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"), told)
    }

    /// The files whose address a text says: Slack shows them.
    fn shown_files(&self, text: &str) -> Vec<String> {
        let beginning = format!("<{}/files/", self.address);
        let ids = text.split(beginning.as_str()).skip(1).filter_map(|rest| rest.split('>').next());
        ids.filter(|id| self.files.contains_key(*id)).map(str::to_owned).collect()
    }
}

fn buttons(blocks: &Value) -> Vec<Vec<Button>> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let button = |button: &Value| Button {
        label: text(&button["text"]["text"]),
        value: text(&button["value"]),
        action_id: text(&button["action_id"]),
    };
    let rows = blocks.as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let rows = rows.filter(|block| block["type"] == "actions");
    rows.map(|row| {
        row["elements"].as_array().map(Vec::as_slice).unwrap_or_default().iter().map(button).collect()
    })
    .collect()
}
