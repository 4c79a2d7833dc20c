//! The queue of updates: what waits to be fetched, what was confirmed, what a test holds back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// How long Telegram keeps a press nobody fetched, in seconds.
pub(super) const PRESS_LIFE: i64 = 150;
/// How long it keeps everything else, in seconds.
const UPDATE_LIFE: i64 = 24 * 60 * 60;
/// The kinds a bot gets only after naming them in `allowed_updates`.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// One queued update.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub(super) id: i64,
    pub(super) kind: String,
    /// Whatever must stay in order in webhook mode: a chat, or the presses of one person.
    pub(super) lane: String,
    /// The complete JSON object.
    pub(super) body: Arc<str>,
    queued_at: i64,
}

impl Update {
    fn is_stale(&self, now: i64) -> bool {
        let life = if self.kind == "callback_query" { PRESS_LIFE } else { UPDATE_LIFE };
        now - self.queued_at > life
    }
}

/// The queue.
#[derive(Debug)]
pub(super) struct Updates {
    next_id: i64,
    pending: VecDeque<Update>,
    /// Updates sent once more, or late, whatever offset the bot gives; the flag tells if they were.
    out_of_turn: VecDeque<(Update, bool)>,
    past: BTreeMap<i64, Update>,
    held: BTreeMap<i64, Update>,
    holding: bool,
    pub(super) allowed: Vec<String>,
    /// The number of the latest poll that had to wait; an earlier one that still waits is terminated.
    pub(super) poll: u64,
    /// Whether another instance of the bot takes over from the poll that waits.
    pub(super) stolen: bool,
    /// Whether a poll that repeats the last offset within three seconds is made to wait three.
    pub(super) pacing: bool,
    last_poll: (i64, i64),
}

impl Updates {
    pub(super) fn new() -> Self {
        Self {
            next_id: 730_000_001,
            pending: VecDeque::new(),
            out_of_turn: VecDeque::new(),
            past: BTreeMap::new(),
            held: BTreeMap::new(),
            holding: false,
            allowed: Vec::new(),
            poll: 0,
            stolen: false,
            pacing: false,
            last_poll: (0, 0),
        }
    }

    /// Queues an update unless the bot does not want its kind, and returns its id.
    ///
    /// `fields` is the JSON object without its braces and without the id.
    pub(super) fn push(&mut self, kind: &str, lane: String, fields: &str, now: i64) -> Option<i64> {
        let wanted = if self.allowed.is_empty() {
            !ON_REQUEST.contains(&kind)
        } else {
            self.allowed.iter().any(|allowed| allowed == kind)
        };
        if !wanted {
            return None;
        }
        let id = self.next_id;
        self.next_id += 1;
        let body = format!("{{\"update_id\":{id},{fields}}}").into();
        let update = Update { id, kind: kind.to_owned(), lane, body, queued_at: now };
        if self.holding {
            self.held.insert(id, update);
        } else {
            self.pending.push_back(update);
        }
        Some(id)
    }

    /// Gives the seconds a poll may wait: those it asked for, or more if it repeats itself too soon.
    pub(super) fn paced(&mut self, offset: i64, asked: u64, now: i64) -> u64 {
        let (last_offset, last_time) = std::mem::replace(&mut self.last_poll, (offset, now));
        let repeats = self.pacing && offset == last_offset && now < last_time + 3;
        if repeats { asked.max(3) } else { asked }
    }

    /// Forgets what the bot confirms with `offset`; a negative one keeps only that many of the last.
    pub(super) fn confirm(&mut self, offset: i64) {
        self.out_of_turn.retain(|(_, sent)| !sent);
        let first_kept = if offset < 0 {
            let kept = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            let skip = self.pending.len().saturating_sub(kept);
            self.pending.get(skip).map_or(0, |update| update.id)
        } else {
            offset
        };
        while let Some(update) = self.pending.pop_front_if(|update| update.id < first_kept) {
            self.past.insert(update.id, update);
        }
    }

    /// Gives up to `limit` updates without removing them.
    pub(super) fn batch(&mut self, limit: usize, now: i64) -> Vec<Arc<str>> {
        self.drop_stale(now);
        let mut batch = Vec::new();
        for (update, sent) in self.out_of_turn.iter_mut().take(limit) {
            *sent = true;
            batch.push(Arc::clone(&update.body));
        }
        let room = limit - batch.len();
        batch.extend(self.pending.iter().take(room).map(|update| Arc::clone(&update.body)));
        batch
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty() && self.out_of_turn.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.pending.len() + self.out_of_turn.len() + self.held.len()
    }

    /// Forgets everything that waits.
    pub(super) fn clear(&mut self) {
        self.pending.clear();
        self.out_of_turn.clear();
    }

    fn drop_stale(&mut self, now: i64) {
        let stale = |update: &Update| update.is_stale(now);
        if self.pending.iter().any(stale) {
            self.pending.retain(|update| !stale(update));
        }
    }

    /// Queues an update again that was already confirmed (or still waits), under the same id.
    pub(super) fn again(&mut self, id: i64) -> bool {
        let update = self.past.get(&id).or_else(|| self.pending.iter().find(|update| update.id == id));
        let found = update.cloned();
        self.out_of_turn.extend(found.clone().map(|update| (update, false)));
        found.is_some()
    }

    pub(super) fn last_id(&self) -> i64 {
        self.next_id - 1
    }

    pub(super) fn hold(&mut self) {
        self.holding = true;
    }

    /// Ends holding back and lists what is held.
    pub(super) fn stop_holding(&mut self) -> Vec<i64> {
        self.holding = false;
        self.held.keys().copied().collect()
    }

    /// Lets a held update go under its old id, whatever was confirmed meanwhile.
    pub(super) fn release(&mut self, id: i64) -> bool {
        let update = self.held.remove(&id);
        let found = update.is_some();
        self.out_of_turn.extend(update.map(|update| (update, false)));
        found
    }

    /// Picks the next update of every lane that is free and marks those lanes as busy.
    pub(super) fn due(&mut self, busy: &mut Vec<String>, now: i64) -> Vec<Update> {
        self.drop_stale(now);
        let mut due = Vec::new();
        let late = self.out_of_turn.iter().map(|(update, _)| update);
        for update in late.chain(&self.pending) {
            if !busy.contains(&update.lane) {
                busy.push(update.lane.clone());
                due.push(update.clone());
            }
        }
        due
    }

    /// Removes an update the webhook has accepted.
    pub(super) fn delivered(&mut self, id: i64) {
        if let Some(at) = self.out_of_turn.iter().position(|(update, _)| update.id == id) {
            self.out_of_turn.remove(at);
        } else if let Some(at) = self.pending.iter().position(|update| update.id == id)
            && let Some(update) = self.pending.remove(at)
        {
            self.past.insert(id, update);
        }
    }
}
