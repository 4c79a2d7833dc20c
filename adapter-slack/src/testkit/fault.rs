//! What goes wrong on purpose.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

/// One way for a call to fail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// 429 once, naming the seconds to wait; nothing was done.
    Limited {
        /// Seconds the answer asks to wait.
        retry_after: u64,
    },
    /// 503 with a page instead of an answer; nothing was done.
    ServerError,
    /// Status 200 with a page of HTML, as a proxy answers; nothing was done.
    Page,
    /// The connection breaks; nothing was done.
    ResetBefore,
    /// The call is carried out and the connection breaks instead of an answer.
    LostAnswer,
    /// The call is not answered at all, and nothing was done.
    Hang,
    /// A refusal in these words.
    Refuse(String),
}

/// How many messages a channel takes in a window; `chat.postMessage` and `chat.update` count.
#[derive(Debug, Clone, Copy)]
struct Pace {
    most: usize,
    window: Duration,
}

/// The state of all faults.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    queued: BTreeMap<String, VecDeque<Fault>>,
    pace: Option<Pace>,
    written: BTreeMap<String, VecDeque<Instant>>,
}

impl Traffic {
    pub(super) fn fail_next(&mut self, method: &str, fault: Fault) {
        self.queued.entry(method.to_owned()).or_default().push_back(fault);
    }

    pub(super) fn forgive(&mut self) {
        self.queued.clear();
    }

    pub(super) fn left(&self) -> usize {
        self.queued.values().map(VecDeque::len).sum()
    }

    pub(super) fn pace(&mut self, most: usize, window: Duration) {
        self.pace = Some(Pace { most, window });
    }

    /// Decides what becomes of a call; `None` if it is carried out.
    pub(super) fn admit(&mut self, method: &str, channel: Option<&str>, now: Instant) -> Option<Fault> {
        let queued = [method, "*"].iter().find_map(|key| self.queued.get_mut(*key)?.pop_front());
        queued.or_else(|| self.too_early(method, channel?, now))
    }

    fn too_early(&mut self, method: &str, channel: &str, now: Instant) -> Option<Fault> {
        let Pace { most, window } = self.pace?;
        if !matches!(method, "chat.postMessage" | "chat.update") {
            return None;
        }
        let written = self.written.entry(channel.to_owned()).or_default();
        while written.front().is_some_and(|first| *first + window <= now) {
            written.pop_front();
        }
        if written.len() < most {
            written.push_back(now);
            return None;
        }
        let left = written.front().map_or(window, |first| (*first + window).duration_since(now));
        Some(Fault::Limited { retry_after: left.as_millis().div_ceil(1_000).max(1) as u64 })
    }
}
