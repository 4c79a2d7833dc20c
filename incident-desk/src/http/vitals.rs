//! The signs by which one can tell whether incidents move.
//!
//! The loops report what they see, and readiness is computed when somebody asks. A report loses its worth with
//! age, so a loop that hangs shows just as one that fails does.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use incident_core::ids::Platform;
use serde::Serialize;

const DATABASE_WITHIN: Duration = Duration::from_secs(15);
const POLL_WITHIN: Duration = Duration::from_secs(60);
const LAG_BELOW: Duration = Duration::from_secs(60);

/// Says how updates of a platform reach the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// It asks for them, or holds a socket open, and each sign of life of the platform is reported.
    Polling,
    /// They are delivered, and silence means nothing.
    Webhook,
}

/// Collects what the loops report about themselves; clones share one state.
#[derive(Clone)]
pub struct Vitals {
    intakes: Arc<BTreeMap<Platform, Intake>>,
    clock: Arc<dyn Fn() -> Duration + Send + Sync>,
    signs: Arc<Mutex<Signs>>,
}

#[derive(Debug, Clone, Default)]
struct Signs {
    database: Option<(Duration, Result<(), String>)>,
    platforms: BTreeMap<Platform, Heard>,
    lag: Option<Duration>,
}

/// What was heard of a platform.
#[derive(Debug, Clone, Default)]
struct Heard {
    turn: Turn,
    polled: Option<Duration>,
    lost: Option<String>,
}

/// Whose turn it is to poll, where several processes share one bot.
#[derive(Debug, Clone, Copy, Default)]
enum Turn {
    /// Nobody else polls.
    #[default]
    Alone,
    /// Another process polls, or will.
    Others,
    /// This one, since an instant.
    Ours(Duration),
}

/// Says whether one sign is good, and why one thinks so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sign {
    /// Whether it is good.
    pub ok: bool,
    /// What was seen, in words.
    pub why: String,
}

/// Holds the lag of the timers in seconds, and whether it is good.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lag {
    /// Whether it is good, and why one thinks so.
    #[serde(flatten)]
    pub sign: Sign,
    /// How late the oldest due work was when last looked at, in seconds.
    pub value: Option<f64>,
}

/// Holds the answer to "is the desk ready?", sign by sign.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Readiness {
    /// Whether all signs are good.
    pub ready: bool,
    /// Whether the database answered lately.
    pub database: Sign,
    /// Whether updates come in.
    pub polling: Sign,
    /// Whether due work is done in time.
    pub timer_lag_seconds: Lag,
}

impl Vitals {
    /// Returns vitals that measure time with the given clock, which must never run backwards.
    pub fn new(
        intakes: impl IntoIterator<Item = (Platform, Intake)>,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let intakes = Arc::new(intakes.into_iter().collect());
        Self { intakes, clock: Arc::new(clock), signs: Arc::default() }
    }

    /// Returns vitals that measure time with the monotonic clock of the system.
    #[must_use]
    pub fn on_system_clock(intakes: impl IntoIterator<Item = (Platform, Intake)>) -> Self {
        let start = Instant::now();
        Self::new(intakes, move || start.elapsed())
    }

    /// Reports that the database was asked something just now, and what came of it.
    ///
    /// Whoever reports does so at least every few seconds: an answer counts for 15 seconds.
    pub fn database_answered(&self, answer: Result<(), String>) {
        let now = (self.clock)();
        self.signs().database = Some((now, answer));
    }

    /// Reports that asking for updates is another process's turn, or not yet this one's. To stand by is to be ready.
    pub fn stands_by(&self, platform: Platform) {
        self.signs().of(platform).turn = Turn::Others;
    }

    /// Reports that it has become this process's turn to ask for updates. The first answer may take as long as any,
    /// so this counts like one.
    pub fn takes_over(&self, platform: Platform) {
        let now = (self.clock)();
        self.signs().of(platform).turn = Turn::Ours(now);
    }

    /// Reports that a platform answered a request for updates, or said anything on its socket, just now; this counts for
    /// 60 seconds.
    pub fn polled(&self, platform: Platform) {
        let now = (self.clock)();
        self.signs().of(platform).polled = Some(now);
    }

    /// Reports that a platform is not served any more, and why.
    pub fn lost(&self, platform: Platform, why: String) {
        self.signs().of(platform).lost = Some(why);
    }

    /// Reports how late the oldest due work is; nothing due is no lag.
    ///
    /// The lag has to be read from the database, by whoever asks the database whether it answers: a waking loop
    /// that hangs could not report its own lateness.
    pub fn timer_lag(&self, lag: Duration) {
        self.signs().lag = Some(lag);
    }

    /// Judges the signs as they are now.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        let (now, signs) = ((self.clock)(), self.signs().clone());
        let polling = self.polling(now, &signs);
        let database = database(now, signs.database);
        let timer_lag_seconds = timer_lag(signs.lag);
        let ready = database.ok && polling.ok && timer_lag_seconds.sign.ok;
        Readiness { ready, database, polling, timer_lag_seconds }
    }

    /// Judges all platforms: what is bad about any is said first.
    fn polling(&self, now: Duration, signs: &Signs) -> Sign {
        let silent = Heard::default();
        let judge = |(platform, intake): (&Platform, &Intake)| {
            let sign = polling(now, *intake, signs.platforms.get(platform).unwrap_or(&silent));
            (*platform, sign)
        };
        let mut judged: Vec<(Platform, Sign)> = self.intakes.iter().map(judge).collect();
        judged.sort_by_key(|(_, sign)| sign.ok);
        let ok = judged.iter().all(|(_, sign)| sign.ok);
        let why = match judged.as_slice() {
            [(_, only)] => only.why.clone(),
            several => {
                let said = several.iter().map(|(platform, sign)| format!("{platform}: {}", sign.why));
                said.collect::<Vec<_>>().join("; ")
            }
        };
        Sign { ok, why }
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.signs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vitals")
            .field("intakes", &self.intakes)
            .field("signs", &*self.signs())
            .finish_non_exhaustive()
    }
}

fn database(now: Duration, checked: Option<(Duration, Result<(), String>)>) -> Sign {
    let Some((at, answer)) = checked else {
        return Sign { ok: false, why: "not checked yet".to_owned() };
    };
    let age = now.saturating_sub(at);
    match answer {
        Err(error) => Sign { ok: false, why: format!("failed {} s ago: {error}", age.as_secs()) },
        Ok(()) => Sign { ok: age <= DATABASE_WITHIN, why: format!("answered {} s ago", age.as_secs()) },
    }
}

impl Signs {
    fn of(&mut self, platform: Platform) -> &mut Heard {
        self.platforms.entry(platform).or_default()
    }
}

fn polling(now: Duration, intake: Intake, heard: &Heard) -> Sign {
    if let Some(why) = &heard.lost {
        return Sign { ok: false, why: why.clone() };
    }
    let began = match (intake, heard.turn) {
        (Intake::Webhook, _) => return Sign { ok: true, why: "updates come by webhook".to_owned() },
        (Intake::Polling, Turn::Others) => {
            return Sign { ok: true, why: "standing by; it is not this replica's turn to poll".to_owned() };
        }
        (Intake::Polling, Turn::Ours(at)) => Some(at),
        (Intake::Polling, Turn::Alone) => None,
    };
    let said = |at: Duration, what: &str| {
        let age = now.saturating_sub(at);
        Sign { ok: age <= POLL_WITHIN, why: format!("{what} {} s ago", age.as_secs()) }
    };
    match (began, heard.polled) {
        (Some(began), polled) if polled.is_none_or(|polled| polled < began) => {
            said(began, "no successful poll yet; it became this replica's turn")
        }
        (_, Some(polled)) => said(polled, "last successful poll"),
        (_, None) => Sign { ok: false, why: "no successful poll yet".to_owned() },
    }
}

fn timer_lag(lag: Option<Duration>) -> Lag {
    match lag {
        None => Lag { sign: Sign { ok: false, why: "not measured yet".to_owned() }, value: None },
        Some(lag) => {
            let why = format!("due work is {} s late", lag.as_secs());
            Lag { sign: Sign { ok: lag < LAG_BELOW, why }, value: Some(lag.as_secs_f64()) }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    /// Vitals that are all good at second 0, and the hand of their clock.
    fn healthy(intake: Intake) -> (Vitals, Arc<AtomicU64>) {
        let hand = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&hand);
        let vitals = Vitals::new([(Platform::Telegram, intake)], move || {
            Duration::from_secs(read.load(Ordering::Relaxed))
        });
        vitals.database_answered(Ok(()));
        vitals.polled(Platform::Telegram);
        vitals.timer_lag(Duration::ZERO);
        (vitals, hand)
    }

    fn ok(vitals: &Vitals) -> (bool, bool, bool, bool) {
        let readiness = vitals.readiness();
        let signs = (readiness.database.ok, readiness.polling.ok, readiness.timer_lag_seconds.sign.ok);
        (readiness.ready, signs.0, signs.1, signs.2)
    }

    #[test]
    fn an_answer_of_the_database_counts_for_fifteen_seconds() {
        let (vitals, hand) = healthy(Intake::Polling);
        hand.store(15, Ordering::Relaxed);
        assert_eq!(ok(&vitals), (true, true, true, true));
        hand.store(16, Ordering::Relaxed);
        assert_eq!(ok(&vitals), (false, false, true, true));
        vitals.database_answered(Ok(()));
        assert_eq!(ok(&vitals), (true, true, true, true));
    }

    #[test]
    fn a_failing_database_is_not_ready_and_says_why() {
        let (vitals, hand) = healthy(Intake::Polling);
        vitals.database_answered(Err("disk I/O error".to_owned()));
        hand.store(3, Ordering::Relaxed);
        let sign = vitals.readiness().database;
        assert_eq!(sign, Sign { ok: false, why: "failed 3 s ago: disk I/O error".to_owned() });
        assert!(!vitals.readiness().ready);
    }

    #[test]
    fn a_poll_counts_for_a_minute_and_a_webhook_needs_none() {
        for (intake, after) in [(Intake::Polling, false), (Intake::Webhook, true)] {
            let (vitals, hand) = healthy(intake);
            hand.store(60, Ordering::Relaxed);
            vitals.database_answered(Ok(()));
            assert_eq!(ok(&vitals), (true, true, true, true), "{intake:?}");
            hand.store(61, Ordering::Relaxed);
            assert_eq!(ok(&vitals), (after, true, after, true), "{intake:?}");
        }
    }

    #[test]
    fn to_stand_by_is_to_be_ready_and_whoever_takes_over_has_a_minute_for_the_first_poll() {
        let (vitals, hand) = healthy(Intake::Polling);
        let polling = |second| {
            hand.store(second, Ordering::Relaxed);
            let Sign { ok, why } = vitals.readiness().polling;
            (ok, why)
        };
        vitals.stands_by(Platform::Telegram);
        let stands_by = "standing by; it is not this replica's turn to poll".to_owned();
        assert_eq!(polling(500), (true, stands_by));
        vitals.takes_over(Platform::Telegram);
        let took_over = "no successful poll yet; it became this replica's turn";
        assert_eq!(polling(560), (true, format!("{took_over} 60 s ago")));
        assert_eq!(polling(561), (false, format!("{took_over} 61 s ago")));
        vitals.polled(Platform::Telegram);
        assert_eq!(polling(562), (true, "last successful poll 1 s ago".to_owned()));
        assert_eq!(polling(622), (false, "last successful poll 61 s ago".to_owned()));
    }

    #[test]
    fn work_that_is_a_minute_late_is_too_late() {
        let (vitals, _) = healthy(Intake::Webhook);
        vitals.timer_lag(Duration::from_millis(59_999));
        assert_eq!(ok(&vitals), (true, true, true, true));
        vitals.timer_lag(Duration::from_secs(60));
        assert_eq!(ok(&vitals), (false, true, true, false));
    }

    #[test]
    fn clones_share_what_is_reported() {
        let (vitals, _) = healthy(Intake::Polling);
        let copy = vitals.clone();
        copy.timer_lag(Duration::from_secs(90));
        assert_eq!(vitals.readiness().timer_lag_seconds.value, Some(90.0));
    }

    #[test]
    fn of_several_platforms_each_must_be_heard_and_one_that_is_lost_says_why() {
        let platforms = [(Platform::Telegram, Intake::Webhook), (Platform::Slack, Intake::Polling)];
        let vitals = Vitals::new(platforms, || Duration::from_secs(7));
        let silent = "slack: no successful poll yet; telegram: updates come by webhook";
        assert_eq!(vitals.readiness().polling, Sign { ok: false, why: silent.to_owned() });
        vitals.polled(Platform::Slack);
        let heard = "telegram: updates come by webhook; slack: last successful poll 0 s ago";
        assert_eq!(vitals.readiness().polling, Sign { ok: true, why: heard.to_owned() });
        vitals.lost(Platform::Slack, "the token was revoked".to_owned());
        vitals.polled(Platform::Slack);
        let lost = "slack: the token was revoked; telegram: updates come by webhook";
        assert_eq!(vitals.readiness().polling, Sign { ok: false, why: lost.to_owned() });
    }
}
