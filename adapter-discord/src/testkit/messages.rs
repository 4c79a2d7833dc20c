//! Messages in channels: created, changed, pinned and taken away by the bot, as far as it may.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::fault::Refusal;
use super::rest::{Incoming, Outcome, number};
use super::world::{Attached, Message, World, kind, right};
use super::{check, markup};

/// How many messages can be pinned in a channel.
const MOST_PINS: usize = 250;
/// What a message is that says that another was pinned, and what a reply is.
const PINNED: u64 = 6;
const REPLY: u64 = 19;

impl World {
    pub(super) fn in_channel(&mut self, channel: u64, rest: &[&str], incoming: &Incoming) -> Outcome {
        self.allow(channel, right::VIEW)?;
        match (incoming.method.as_str(), rest) {
            ("GET", []) => Ok((200, self.channel_json(channel))),
            ("PATCH", []) => self.change_channel(channel, &incoming.body),
            ("DELETE", []) => self.delete_channel_for_bot(channel),
            ("POST", ["threads"]) => self.create_thread(channel, &incoming.body),
            (_, ["thread-members"]) => self.in_thread(channel, None, incoming),
            (_, ["thread-members", user]) => self.in_thread(channel, Some(user), incoming),
            ("POST", ["messages"]) => self.create(channel, incoming),
            ("GET", ["messages"]) => self.history(channel, &incoming.query),
            ("GET", ["messages", id]) => {
                self.standing(channel, id).map(|message| (200, self.message_json(message, true)))
            }
            ("PATCH", ["messages", id]) => self.edit(channel, id, &incoming.body),
            ("DELETE", ["messages", id]) => self.delete_own(channel, id),
            ("PUT", ["messages", "pins", id]) => self.pin(channel, id, true),
            ("DELETE", ["messages", "pins", id]) => self.pin(channel, id, false),
            _ => Err(Refusal { status: 404, body: json!({"message": "404: Not Found", "code": 0}) }),
        }
    }

    /// Refuses the bot what it may not do in a channel; in a thread, what it may not in the channel of that.
    fn allow(&self, channel: u64, wanted: u64) -> Result<(), Refusal> {
        let here =
            self.channels.get(&channel).filter(|here| !here.deleted).ok_or_else(Refusal::no_channel)?;
        let place = here.parent.and_then(|parent| self.channels.get(&parent)).unwrap_or(here);
        let guild = self.guilds.get(&place.guild).filter(|guild| guild.members.contains_key(&self.bot));
        if guild.is_none() || place.bot & right::VIEW == 0 {
            return Err(Refusal::no_access());
        }
        let missing = wanted & !place.bot;
        if missing == 0 { Ok(()) } else { Err(Refusal::no_permission()) }
    }

    fn standing(&self, channel: u64, id: &str) -> Result<&Message, Refusal> {
        let found = self.messages.get(&number(id)).filter(|message| message.channel == channel);
        found.ok_or_else(Refusal::no_message)
    }

    fn create(&mut self, channel: u64, incoming: &Incoming) -> Outcome {
        let (body, threaded) = (&incoming.body, self.channels[&channel].parent.is_some());
        if self.channels[&channel].locked && self.channels[&channel].kind == kind::PUBLIC_THREAD {
            return Err(Refusal::new(403, 160_005, "Thread is locked"));
        }
        let mut wanted = if threaded { right::SEND_IN_THREADS } else { right::SEND };
        wanted |= if body["embeds"].as_array().is_some_and(|all| !all.is_empty()) { right::EMBED } else { 0 };
        wanted |= if incoming.files.is_empty() { 0 } else { right::ATTACH };
        self.allow(channel, wanted)?;
        check::message(body, !incoming.files.is_empty())?;
        let nonce = body["nonce"].as_str().filter(|_| body["enforce_nonce"] == true).map(str::to_owned);
        let known = nonce.as_ref().and_then(|_| self.messages.values().find(|known| known.nonce == nonce));
        if let Some(known) = known {
            return Ok((200, self.message_json(known, true)));
        }
        let reply_to = self.answered(channel, &body["message_reference"])?;
        let files = incoming.files.iter().map(|(name, bytes)| Attached {
            id: 0,
            name: name.clone(),
            bytes: bytes.clone(),
            gone: false,
        });
        let mut files: Vec<Attached> = files.collect();
        files.iter_mut().for_each(|file| file.id = self.next_id());
        let message = Message {
            id: self.next_id(),
            channel,
            author: self.bot,
            content: body["content"].as_str().unwrap_or_default().trim().to_owned(),
            embeds: body["embeds"].as_array().cloned().unwrap_or_default(),
            rows: body["components"].as_array().cloned().unwrap_or_default(),
            files,
            pinned: false,
            reply_to,
            told: self.told(channel, body),
            told_roles: self.told_roles(channel, body),
            kind: if reply_to.is_some() { REPLY } else { 0 },
            nonce,
        };
        // Writing in a thread takes it out again.
        self.channels.entry(channel).and_modify(|here| here.archived = false);
        let answer = self.message_json(&message, true);
        self.announce_message(&message);
        self.messages.insert(message.id, message);
        Ok((200, answer))
    }

    fn answered(&self, channel: u64, reference: &Value) -> Result<Option<u64>, Refusal> {
        let Some(id) = reference["message_id"].as_str() else { return Ok(None) };
        match self.standing(channel, id) {
            Ok(message) => Ok(Some(message.id)),
            Err(_) if reference["fail_if_not_exists"] == false => Ok(None),
            Err(_) => Err(Refusal::form("message_reference", "REPLIES_UNKNOWN_MESSAGE")),
        }
    }

    /// Those whom the content mentions, as far as it may tell them, and they see the channel.
    fn told(&self, channel: u64, body: &Value) -> BTreeSet<u64> {
        let allowed = &body["allowed_mentions"];
        let all = allowed["parse"].as_array().is_some_and(|parse| parse.iter().any(|one| one == "users"));
        let named = allowed["users"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named: BTreeSet<u64> =
            named.iter().filter_map(|user| user.as_str().map(number).or_else(|| user.as_u64())).collect();
        let content = body["content"].as_str().unwrap_or_default();
        let mentioned = markup::render(content, &|_| String::new()).mentions;
        mentioned
            .into_iter()
            .filter(|user| (all || named.contains(user)) && self.users.contains_key(user))
            .filter(|user| self.can_hear(*user, channel))
            .collect()
    }

    /// Tells whether a mention reaches somebody; in a private thread it lets them in.
    fn can_hear(&self, user: u64, channel: u64) -> bool {
        let here = &self.channels[&channel];
        let place = here.parent.filter(|_| here.kind == kind::PRIVATE_THREAD).unwrap_or(channel);
        self.sees(user, place).0
    }

    /// The roles that the content mentions, as far as it may tell them, and somebody who has them sees the channel.
    fn told_roles(&self, channel: u64, body: &Value) -> BTreeSet<u64> {
        let named = body["allowed_mentions"]["roles"].as_array().map(Vec::as_slice).unwrap_or_default();
        let content = body["content"].as_str().unwrap_or_default();
        let named = named.iter().filter_map(|role| role.as_str().map(number).or_else(|| role.as_u64()));
        let mentioned = named.filter(|role| content.contains(&format!("<@&{role}>")));
        let guild = self.guilds.get(&self.channels[&channel].guild);
        let members: Vec<_> = guild.iter().flat_map(|guild| &guild.members).collect();
        let heard = |role: &u64| {
            members.iter().any(|(user, roles)| roles.contains(role) && self.can_hear(**user, channel))
        };
        mentioned.filter(heard).collect()
    }

    fn history(&self, channel: u64, query: &str) -> Outcome {
        let parameter = |name: &str| {
            query.split('&').find_map(|part| part.split_once('=').filter(|(key, _)| *key == name))
        };
        let after = parameter("after").map_or(0, |(_, id)| number(id));
        let limit = parameter("limit").map_or(50, |(_, count)| usize::try_from(number(count)).unwrap_or(50));
        let found = self.messages(channel).into_iter().filter(|message| message.id > after).take(limit);
        let shown = self.channels.get(&channel).is_some_and(|here| here.bot & right::HISTORY != 0);
        let found = found.filter(|_| shown);
        // The newest come first.
        let content = self.gateway.content_allowed;
        let mut found: Vec<Value> = found.map(|message| self.message_json(message, content)).collect();
        found.reverse();
        Ok((200, Value::Array(found)))
    }

    fn own(&mut self, channel: u64, id: &str) -> Result<&mut Message, Refusal> {
        let bot = self.bot;
        let author = self.standing(channel, id)?.author;
        if author != bot {
            return Err(Refusal::new(403, 50_005, "Cannot edit a message authored by another user"));
        }
        self.messages.get_mut(&number(id)).ok_or_else(Refusal::no_message)
    }

    fn edit(&mut self, channel: u64, id: &str, body: &Value) -> Outcome {
        self.standing(channel, id)?;
        if self.channels[&channel].archived {
            return Err(Refusal::new(400, 50_083, "Thread is archived"));
        }
        let has_file = !self.standing(channel, id)?.files.is_empty();
        check::message(body, has_file)?;
        let message = self.own(channel, id)?;
        if let Some(content) = body["content"].as_str() {
            content.trim().clone_into(&mut message.content);
        }
        if let Some(embeds) = body["embeds"].as_array() {
            message.embeds.clone_from(embeds);
        }
        if let Some(rows) = body["components"].as_array() {
            message.rows.clone_from(rows);
        }
        let message = message.clone();
        Ok((200, self.message_json(&message, true)))
    }

    fn delete_own(&mut self, channel: u64, id: &str) -> Outcome {
        self.own(channel, id)?;
        self.messages.remove(&number(id));
        Ok((204, Value::Null))
    }

    fn pin(&mut self, channel: u64, id: &str, pinned: bool) -> Outcome {
        self.allow(channel, right::PIN)?;
        let before = self.standing(channel, id)?.pinned;
        let pins = self.messages(channel).iter().filter(|message| message.pinned).count();
        if pinned && !before && pins >= MOST_PINS {
            return Err(Refusal::new(400, 30_003, "Maximum number of pins reached (250)"));
        }
        if let Some(message) = self.messages.get_mut(&number(id)) {
            message.pinned = pinned;
        }
        if pinned && !before {
            let bot = self.bot;
            let announced = self.blank(channel, bot, "", PINNED);
            self.announce_message(&announced);
            self.messages.insert(announced.id, announced);
        }
        Ok((204, Value::Null))
    }

    /// A message of words alone.
    pub(super) fn blank(&mut self, channel: u64, author: u64, content: &str, kind: u64) -> Message {
        Message {
            id: self.next_id(),
            channel,
            author,
            content: content.to_owned(),
            embeds: Vec::new(),
            rows: Vec::new(),
            files: Vec::new(),
            pinned: false,
            reply_to: None,
            told: BTreeSet::new(),
            told_roles: BTreeSet::new(),
            kind,
            nonce: None,
        }
    }
}
