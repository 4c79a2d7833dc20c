//! What is sent to the app: kept until it is acknowledged, and events are sent again until they are.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

/// How often an event is sent again.
const RETRIES: u32 = 3;

/// How the app is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Way {
    /// Over the sockets that it opened.
    #[default]
    Sockets,
    /// By signed requests to this address.
    Http(String),
}

/// What became of something that was sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// What it is, as Socket Mode names it: `events_api`, `slash_commands` or `interactive`.
    pub kind: String,
    /// How often it was sent.
    pub attempts: u32,
    /// Whether the app acknowledged it.
    pub acknowledged: bool,
    /// Whether it was given up; whoever waits sees that the app did not answer.
    pub given_up: bool,
    /// How long the app took to acknowledge it, from when it was last sent.
    pub took: Option<Duration>,
}

/// What goes into a socket.
#[derive(Debug, Clone)]
pub(super) enum Frame {
    Text(String),
    Close,
    Drop,
    Freeze,
}

#[derive(Debug, Clone)]
pub(super) struct Pending {
    pub(super) number: usize,
    pub(super) envelope: String,
    pub(super) payload: Value,
    pub(super) sent: Option<Instant>,
    pub(super) fate: Delivery,
}

#[derive(Debug)]
struct Socket {
    id: usize,
    frames: UnboundedSender<Frame>,
}

/// Everything that was sent, and the ways to send.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) way: Way,
    pub(super) twice: bool,
    pub(super) held: bool,
    pub(super) ack_limit: Duration,
    pub(super) sockets_opened: usize,
    sockets: Vec<Socket>,
    pending: Vec<Pending>,
    turn: usize,
    envelopes: u64,
}

impl Default for Post {
    fn default() -> Self {
        Self {
            way: Way::Sockets,
            twice: false,
            held: false,
            ack_limit: Duration::from_secs(3),
            sockets_opened: 0,
            sockets: Vec::new(),
            pending: Vec::new(),
            turn: 0,
            envelopes: 0,
        }
    }
}

impl Post {
    pub(super) fn send(&mut self, kind: &str, payload: Value) {
        for _ in 0..if self.twice { 2 } else { 1 } {
            let fate = Delivery {
                kind: kind.to_owned(),
                attempts: 0,
                acknowledged: false,
                given_up: false,
                took: None,
            };
            let number = self.pending.len();
            let (envelope, payload) = (String::new(), payload.clone());
            self.pending.push(Pending { number, envelope, payload, sent: None, fate });
        }
        self.flush();
    }

    /// Lets what was held back go, the last first.
    pub(super) fn release_backwards(&mut self) {
        self.held = false;
        let unsent: Vec<usize> = self.unsent().collect();
        for number in unsent.into_iter().rev() {
            self.offer(number);
        }
    }

    fn unsent(&self) -> impl Iterator<Item = usize> {
        let waiting = |one: &&Pending| one.sent.is_none() && !one.fate.acknowledged && !one.fate.given_up;
        self.pending.iter().filter(waiting).map(|one| one.number)
    }

    /// Sends what can be sent.
    pub(super) fn flush(&mut self) {
        if !self.held {
            self.unsent().collect::<Vec<_>>().into_iter().for_each(|number| self.offer(number));
        }
    }

    fn offer(&mut self, number: usize) {
        if self.way != Way::Sockets {
            return;
        }
        self.turn += 1;
        let socket = self.turn % self.sockets.len().max(1);
        let Some(frames) = self.sockets.get(socket).map(|socket| socket.frames.clone()) else {
            // Nobody is told twice of what they did; only events wait for the app to come back.
            let waiting = &mut self.pending[number].fate;
            waiting.given_up = waiting.kind != "events_api";
            return;
        };
        let text = self.put_into_envelope(number).to_string();
        if frames.send(Frame::Text(text)).is_err() {
            tracing::debug!("a socket is closed while something is sent");
        }
    }

    fn put_into_envelope(&mut self, number: usize) -> Value {
        self.envelopes += 1;
        let pending = &mut self.pending[number];
        pending.envelope = format!("envelope-{}", self.envelopes);
        pending.sent = Some(Instant::now());
        pending.fate.attempts += 1;
        let retry = pending.fate.attempts - 1;
        json!({
            "envelope_id": pending.envelope, "type": pending.fate.kind, "payload": pending.payload,
            "accepts_response_payload": pending.fate.kind != "events_api",
            "retry_attempt": retry, "retry_reason": if retry > 0 { "timeout" } else { "" },
        })
    }

    /// Takes what goes out by requests.
    pub(super) fn take_requests(&mut self) -> Vec<Pending> {
        if self.held || self.way == Way::Sockets {
            return Vec::new();
        }
        let unsent: Vec<usize> = self.unsent().collect();
        for number in &unsent {
            self.put_into_envelope(*number);
        }
        unsent.into_iter().map(|number| self.pending[number].clone()).collect()
    }

    pub(super) fn acknowledge(&mut self, envelope: &str) {
        if let Some(pending) = self.pending.iter_mut().find(|one| one.envelope == envelope) {
            pending.fate.acknowledged = true;
            pending.fate.took = pending.sent.map(|sent| sent.elapsed());
        }
    }

    /// Looks after what was not acknowledged in time.
    pub(super) fn tick(&mut self) {
        for pending in &mut self.pending {
            let late = pending.sent.is_some_and(|sent| sent.elapsed() > self.ack_limit);
            if !late || pending.fate.acknowledged || pending.fate.given_up {
                continue;
            }
            if pending.fate.kind == "events_api" && pending.fate.attempts <= RETRIES {
                pending.sent = None;
            } else {
                pending.fate.given_up = true;
            }
        }
        self.flush();
    }

    pub(super) fn deliveries(&self) -> Vec<Delivery> {
        self.pending.iter().map(|pending| pending.fate.clone()).collect()
    }

    pub(super) fn connect(&mut self, frames: UnboundedSender<Frame>) -> usize {
        self.sockets_opened += 1;
        let id = self.sockets_opened;
        self.sockets.push(Socket { id, frames });
        self.flush();
        id
    }

    pub(super) fn disconnect(&mut self, id: usize) {
        self.sockets.retain(|socket| socket.id != id);
    }

    pub(super) fn sockets(&self) -> usize {
        self.sockets.len()
    }

    /// Sends the same frame into every socket that is open. Into one that ends by it, nothing more is sent.
    pub(super) fn broadcast(&mut self, frame: &Frame) {
        self.sockets.retain(|socket| socket.frames.send(frame.clone()).is_ok());
        if matches!(frame, Frame::Close | Frame::Drop) {
            self.sockets.clear();
        }
    }
}
