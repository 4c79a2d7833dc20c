//! What goes wrong on purpose: single faults, random faults from a seed, flood limits, slow chats.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::methods::Refusal;

/// One way for a call to fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429 once, naming the seconds to wait; the next call is let through whenever it comes.
    TooManyRequests {
        /// Seconds the answer asks to wait.
        retry_after: u32,
    },
    /// 429, and 429 again until the time has passed: for every call about that chat or, where the call
    /// is about none, for that method.
    FloodWait {
        /// Seconds for which it is enforced.
        retry_after: u32,
    },
    /// 500 with a JSON error; nothing was done.
    ServerError,
    /// 502 with an HTML page; nothing was done.
    BadGateway,
    /// The connection is reset; nothing was done.
    ResetBefore,
    /// The call is carried out and the connection reset instead of an answer.
    ResetAfter,
    /// The call is carried out and answered with 500.
    ErrorAfter,
    /// Nothing happens for this long, or until `release_hangs`; then the call is carried out if the
    /// client is still there.
    Hang(Option<Duration>),
    /// The call is carried out at once, but the answer comes this late, or after `release_hangs`.
    HangAfter(Option<Duration>),
    /// 400 with the words for a missing right to pin.
    NotEnoughRights,
    /// Any other error answer.
    Refuse {
        /// The HTTP status and `error_code`.
        code: u16,
        /// The description, with its prefix (`Bad Request: `...).
        description: String,
    },
}

/// Flood limits that are really enforced, over windows a test can afford.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Messages (sent or edited) a chat takes in one `per_chat_window`.
    pub per_chat: usize,
    /// The window of `per_chat`.
    pub per_chat_window: Duration,
    /// Messages (sent or edited) the bot may send in one `overall_window`.
    pub overall: usize,
    /// The window of `overall`.
    pub overall_window: Duration,
}

impl Limits {
    /// Gives what Telegram states for groups: 20 a minute in a chat, 30 a second overall.
    pub fn documented() -> Self {
        Self {
            per_chat: 20,
            per_chat_window: Duration::from_secs(60),
            overall: 30,
            overall_window: Duration::from_secs(1),
        }
    }
}

/// How an admitted call goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Execute,
    Refuse(Refusal),
    BadGateway,
    ResetBefore,
    ResetAfter,
    ErrorAfter,
    Hang(Option<Duration>),
    HangAfter(Option<Duration>),
}

#[derive(Debug)]
struct RandomFaults {
    state: u64,
    probability: f64,
    kinds: Vec<Fault>,
    methods: Vec<String>,
}

/// The state of all faults and limits.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    queued: BTreeMap<String, VecDeque<Fault>>,
    random: Option<RandomFaults>,
    limits: Option<Limits>,
    sent: BTreeMap<i64, VecDeque<Instant>>,
    sent_overall: VecDeque<Instant>,
    blocked: BTreeMap<String, Instant>,
    slow: BTreeMap<i64, Duration>,
    /// Raised by `release_hangs`; whoever hangs since before goes on.
    pub(super) released: u64,
}

impl Traffic {
    pub(super) fn fail_next(&mut self, method: &str, fault: Fault) {
        self.queued.entry(method.to_ascii_lowercase()).or_default().push_back(fault);
    }

    pub(super) fn randomly(&mut self, seed: u64, probability: f64, kinds: &[Fault], methods: &[&str]) {
        let methods = methods.iter().map(|method| method.to_ascii_lowercase()).collect();
        self.random = Some(RandomFaults { state: seed, probability, kinds: kinds.to_vec(), methods });
    }

    /// Ends every queued and random fault, limit, flood wait and slowness.
    pub(super) fn calm(&mut self) {
        *self = Self { released: self.released + 1, ..Self::default() };
    }

    pub(super) fn limit(&mut self, limits: Option<Limits>) {
        self.limits = limits;
        self.sent.clear();
        self.sent_overall.clear();
    }

    pub(super) fn slow(&mut self, chat: i64, delay: Duration) {
        self.slow.insert(chat, delay);
    }

    /// Tells how late answers about this chat are.
    pub(super) fn delay(&self, chat: Option<i64>) -> Option<Duration> {
        chat.and_then(|chat| self.slow.get(&chat)).copied().filter(|delay| !delay.is_zero())
    }

    pub(super) fn has_queued(&self, method: &str) -> bool {
        self.queued.get(&method.to_ascii_lowercase()).is_some_and(|queue| !queue.is_empty())
    }

    /// Decides what becomes of a call. `method` is in lower case.
    pub(super) fn admit(&mut self, method: &str, chat: Option<i64>, now: Instant) -> Verdict {
        let scope = chat.map_or_else(|| method.to_owned(), |chat| chat.to_string());
        if let Some(until) = self.blocked.get(&scope).filter(|until| **until > now) {
            return Verdict::Refuse(Refusal::flood(seconds_until(*until, now)));
        }
        if let Some(fault) = self.next_fault(method) {
            return self.verdict(fault, scope, now);
        }
        match self.flood_wait(method, chat, now) {
            Some(wait) => Verdict::Refuse(Refusal::flood(wait)),
            None => Verdict::Execute,
        }
    }

    fn next_fault(&mut self, method: &str) -> Option<Fault> {
        let queued = [method, "*"].iter().find_map(|key| self.queued.get_mut(*key)?.pop_front());
        queued.or_else(|| self.random.as_mut()?.draw(method))
    }

    fn verdict(&mut self, fault: Fault, scope: String, now: Instant) -> Verdict {
        match fault {
            Fault::TooManyRequests { retry_after } => Verdict::Refuse(Refusal::flood(retry_after)),
            Fault::FloodWait { retry_after } => {
                self.blocked.insert(scope, now + Duration::from_secs(retry_after.into()));
                Verdict::Refuse(Refusal::flood(retry_after))
            }
            Fault::ServerError => Verdict::Refuse(Refusal::internal()),
            Fault::BadGateway => Verdict::BadGateway,
            Fault::ResetBefore => Verdict::ResetBefore,
            Fault::ResetAfter => Verdict::ResetAfter,
            Fault::ErrorAfter => Verdict::ErrorAfter,
            Fault::Hang(time) => Verdict::Hang(time),
            Fault::HangAfter(time) => Verdict::HangAfter(time),
            Fault::NotEnoughRights => Verdict::Refuse(Refusal::no_right_to_pin()),
            Fault::Refuse { code, description } => Verdict::Refuse(Refusal::new(code, description)),
        }
    }

    fn flood_wait(&mut self, method: &str, chat: Option<i64>, now: Instant) -> Option<u32> {
        let limits = self.limits?;
        let counts = method.starts_with("send") || method.starts_with("editmessage");
        let chat = chat.filter(|_| counts)?;
        let here = self.sent.entry(chat).or_default();
        let wait = wait_for(here, limits.per_chat, limits.per_chat_window, now)
            .or_else(|| wait_for(&mut self.sent_overall, limits.overall, limits.overall_window, now));
        if wait.is_none() {
            here.push_back(now);
            self.sent_overall.push_back(now);
        }
        wait
    }
}

impl RandomFaults {
    fn draw(&mut self, method: &str) -> Option<Fault> {
        let concerned = self.methods.is_empty() || self.methods.iter().any(|name| name == method);
        if !concerned || self.kinds.is_empty() {
            return None;
        }
        let roll = self.next() >> 11;
        let threshold = (self.probability.clamp(0.0, 1.0) * (1_u64 << 53) as f64) as u64;
        let choice = self.next();
        let kind = usize::try_from(choice % self.kinds.len() as u64).unwrap_or_default();
        (roll < threshold).then(|| self.kinds[kind].clone())
    }

    /// The splitmix64 generator: small, and the same everywhere.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

fn wait_for(sent: &mut VecDeque<Instant>, most: usize, window: Duration, now: Instant) -> Option<u32> {
    while sent.front().is_some_and(|first| *first + window <= now) {
        sent.pop_front();
    }
    let first = sent.front().filter(|_| sent.len() >= most)?;
    Some(seconds_until(*first + window, now))
}

fn seconds_until(until: Instant, now: Instant) -> u32 {
    let left = until.saturating_duration_since(now);
    u32::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Duration = Duration::from_secs(2);

    #[test]
    fn the_same_seed_fails_the_same_calls() {
        let run = |seed| {
            let mut traffic = Traffic::default();
            traffic.randomly(seed, 0.3, &[Fault::ServerError, Fault::ResetAfter], &[]);
            let now = Instant::now();
            (0..200).map(|_| traffic.admit("sendmessage", Some(1), now)).collect::<Vec<_>>()
        };
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
        let failed = run(7).iter().filter(|verdict| **verdict != Verdict::Execute).count();
        assert!((30..90).contains(&failed), "{failed} of 200 failed at a probability of 0.3");
    }

    #[test]
    fn random_faults_stay_away_from_other_methods() {
        let mut traffic = Traffic::default();
        traffic.randomly(1, 1.0, &[Fault::ServerError], &["sendMessage"]);
        let now = Instant::now();
        assert_eq!(traffic.admit("getme", None, now), Verdict::Execute);
        assert_eq!(traffic.admit("sendmessage", None, now), Verdict::Refuse(Refusal::internal()));
    }

    #[test]
    fn a_chat_over_its_limit_is_told_how_long_to_wait_and_others_are_not() {
        let mut traffic = Traffic::default();
        let limits = Limits { per_chat: 2, per_chat_window: WINDOW, overall: 100, overall_window: WINDOW };
        traffic.limit(Some(limits));
        let start = Instant::now();
        let verdicts = [
            traffic.admit("sendmessage", Some(1), start),
            traffic.admit("editmessagetext", Some(1), start + WINDOW / 2),
            traffic.admit("sendmessage", Some(1), start + WINDOW / 2),
            traffic.admit("answercallbackquery", None, start + WINDOW / 2),
            traffic.admit("sendmessage", Some(2), start + WINDOW / 2),
            traffic.admit("sendmessage", Some(1), start + WINDOW),
        ];
        let go = Verdict::Execute;
        let wait = Verdict::Refuse(Refusal::flood(1));
        assert_eq!(verdicts, [go.clone(), go.clone(), wait, go.clone(), go.clone(), go]);
    }

    #[test]
    fn a_flood_wait_is_enforced_until_it_has_passed_and_only_in_that_chat() {
        let mut traffic = Traffic::default();
        traffic.fail_next("sendMessage", Fault::FloodWait { retry_after: 3 });
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let verdicts = [
            traffic.admit("sendmessage", Some(1), at(0)),
            traffic.admit("pinchatmessage", Some(1), at(1)),
            traffic.admit("sendmessage", Some(2), at(1)),
            traffic.admit("sendmessage", Some(1), at(3)),
        ];
        let wait = |seconds| Verdict::Refuse(Refusal::flood(seconds));
        assert_eq!(verdicts, [wait(3), wait(2), Verdict::Execute, Verdict::Execute]);
    }

    #[test]
    fn queued_faults_come_in_order_and_then_end() {
        let mut traffic = Traffic::default();
        traffic.fail_next("sendMessage", Fault::ResetAfter);
        traffic.fail_next("*", Fault::BadGateway);
        let now = Instant::now();
        let verdicts = [(); 3].map(|()| traffic.admit("sendmessage", None, now));
        assert_eq!(verdicts, [Verdict::ResetAfter, Verdict::BadGateway, Verdict::Execute]);
    }
}
