//! The only places where the present is read: the system's clock, and one for the sandbox that can be set
//! forward.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use incident_core::ports::Clock;
use incident_core::time::Timestamp;

/// The system's clock, in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock set before 1970 counts as 1970; the machine keeps times within an incident in order.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that starts at the present and can be set forward.
#[derive(Debug, Default)]
pub struct SandboxClock {
    ahead_micros: AtomicI64,
}

impl SandboxClock {
    /// Goes on where a clock had stopped; one that had stopped in the past goes on at the present.
    pub fn resume(&self, stopped: Timestamp) {
        self.advance(stopped.since(self.now()));
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.ahead_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead_micros.load(Ordering::SeqCst);
        Timestamp::from_micros(SystemClock.now().as_micros().saturating_add(ahead))
    }
}
