//! What goes wrong on purpose.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What happens to a call instead of what should.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// It is one too many; `global` says that everything is.
    RateLimited {
        /// How long to wait, in seconds.
        retry_after: f64,
        /// Whether everything is to be left alone.
        global: bool,
    },
    /// The server fails, and says so as the API does.
    ServerError,
    /// A proxy in front of it fails, and says so in HTML.
    BadGateway,
    /// It is done, and the connection breaks before the answer.
    LostAnswer,
    /// It is not done, and never answered.
    Hang,
    /// It is done, and never answered.
    HangAfter,
    /// It is refused.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The code of the error.
        code: u64,
    },
}

/// How often messages may be created in one channel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) most: usize,
    pub(super) window: Duration,
}

/// Faults in waiting, and how fast is too fast.
#[derive(Debug, Default)]
pub(super) struct Faults {
    queued: VecDeque<(String, Fault)>,
    /// The channel in which words are always taken.
    pub(super) spared: Option<u64>,
    pub(super) pace: Option<Pace>,
    created: Vec<(String, Instant)>,
}

impl Faults {
    pub(super) fn queue(&mut self, call: &str, fault: Fault) {
        self.queued.push_back((call.to_owned(), fault));
    }

    pub(super) fn forgive(&mut self) {
        self.queued.clear();
    }

    pub(super) fn left(&self) -> usize {
        self.queued.len()
    }

    /// Takes the first fault that is meant for a call, named as `POST channels/-/messages`.
    pub(super) fn take(&mut self, call: &str) -> Option<Fault> {
        let at = self.queued.iter().position(|(wanted, _)| wanted == call || wanted == "*")?;
        self.queued.remove(at).map(|(_, fault)| fault)
    }

    /// Counts a call against the pace: how many are left and until when, or how long it is too early.
    pub(super) fn count(&mut self, route: &str, now: Instant) -> Option<Result<(usize, Duration), Duration>> {
        let pace = self.pace?;
        self.created.retain(|(_, at)| *at + pace.window > now);
        let mut here = self.created.iter().filter(|(there, _)| there == route);
        let used = here.clone().count();
        let oldest = here.next().map_or(now, |(_, at)| *at);
        let wait = (oldest + pace.window).saturating_duration_since(now);
        if used >= pace.most {
            return Some(Err(wait));
        }
        self.created.push((route.to_owned(), now));
        Some(Ok((pace.most - used - 1, wait)))
    }
}

/// An error as the API says it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: Value,
}

impl Refusal {
    pub(super) fn new(status: u16, code: u64, message: &str) -> Self {
        Self { status, body: json!({"code": code, "message": message}) }
    }

    /// Refuses what is not of the right form, and says which part.
    pub(super) fn form(path: &str, code: &str) -> Self {
        let errors = json!({path: {"_errors": [{"code": code, "message": code}]}});
        Self { status: 400, body: json!({"code": 50_035, "message": "Invalid Form Body", "errors": errors}) }
    }

    pub(super) fn rate_limited(retry_after: f64, global: bool) -> Self {
        let message = "You are being rate limited.";
        let body = json!({"message": message, "retry_after": retry_after, "global": global});
        Self { status: 429, body }
    }

    pub(super) fn no_access() -> Self {
        Self::new(403, 50_001, "Missing Access")
    }

    pub(super) fn no_permission() -> Self {
        Self::new(403, 50_013, "Missing Permissions")
    }

    pub(super) fn no_message() -> Self {
        Self::new(404, 10_008, "Unknown Message")
    }

    pub(super) fn no_channel() -> Self {
        Self::new(404, 10_003, "Unknown Channel")
    }

    pub(super) fn no_interaction() -> Self {
        Self::new(404, 10_062, "Unknown interaction")
    }
}
