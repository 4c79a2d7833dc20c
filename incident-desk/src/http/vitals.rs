//! The signs by which one can tell whether incidents move.
//!
//! The loops report what they see, and readiness is computed when somebody asks. A report loses its worth with
//! age, so a loop that hangs shows just as one that fails does.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde::Serialize;

const DATABASE_WITHIN: Duration = Duration::from_secs(15);
const POLL_WITHIN: Duration = Duration::from_secs(60);
const LAG_BELOW: Duration = Duration::from_secs(60);

/// Says how updates reach the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intake {
    /// It asks for them, and each successful poll is reported.
    Polling,
    /// They are delivered, and silence means nothing.
    Webhook,
}

/// Collects what the loops report about themselves; clones share one state.
#[derive(Clone)]
pub struct Vitals {
    intake: Intake,
    clock: Arc<dyn Fn() -> Duration + Send + Sync>,
    signs: Arc<Mutex<Signs>>,
}

#[derive(Debug, Clone, Default)]
struct Signs {
    database: Option<(Duration, Result<(), String>)>,
    turn: Turn,
    polled: Option<Duration>,
    lag: Option<Duration>,
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
    pub fn new(intake: Intake, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self { intake, clock: Arc::new(clock), signs: Arc::default() }
    }

    /// Returns vitals that measure time with the monotonic clock of the system.
    #[must_use]
    pub fn on_system_clock(intake: Intake) -> Self {
        let start = Instant::now();
        Self::new(intake, move || start.elapsed())
    }

    /// Reports that the database was asked something just now, and what came of it.
    ///
    /// Whoever reports does so at least every few seconds: an answer counts for 15 seconds.
    pub fn database_answered(&self, answer: Result<(), String>) {
        let now = (self.clock)();
        self.signs().database = Some((now, answer));
    }

    /// Reports that asking for updates is another process's turn, or not yet this one's. To stand by is to be ready.
    pub fn stands_by(&self) {
        self.signs().turn = Turn::Others;
    }

    /// Reports that it has become this process's turn to ask for updates. The first answer may take as long as any,
    /// so this counts like one.
    pub fn takes_over(&self) {
        let now = (self.clock)();
        self.signs().turn = Turn::Ours(now);
    }

    /// Reports that the platform answered a request for updates just now; this counts for 60 seconds.
    pub fn polled(&self) {
        let now = (self.clock)();
        self.signs().polled = Some(now);
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
        let polling = polling(now, self.intake, &signs);
        let database = database(now, signs.database);
        let timer_lag_seconds = timer_lag(signs.lag);
        let ready = database.ok && polling.ok && timer_lag_seconds.sign.ok;
        Readiness { ready, database, polling, timer_lag_seconds }
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.signs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vitals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vitals")
            .field("intake", &self.intake)
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

fn polling(now: Duration, intake: Intake, signs: &Signs) -> Sign {
    let began = match (intake, signs.turn) {
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
    match (began, signs.polled) {
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
        let vitals = Vitals::new(intake, move || Duration::from_secs(read.load(Ordering::Relaxed)));
        vitals.database_answered(Ok(()));
        vitals.polled();
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
        vitals.stands_by();
        let stands_by = "standing by; it is not this replica's turn to poll".to_owned();
        assert_eq!(polling(500), (true, stands_by));
        vitals.takes_over();
        let took_over = "no successful poll yet; it became this replica's turn";
        assert_eq!(polling(560), (true, format!("{took_over} 60 s ago")));
        assert_eq!(polling(561), (false, format!("{took_over} 61 s ago")));
        vitals.polled();
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
}
