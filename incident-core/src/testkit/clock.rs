//! The clock of tests: it stands still until somebody moves it, in either direction.

use std::sync::Mutex;
use std::time::Duration;

use crate::ports::Clock;
use crate::time::Timestamp;

/// A clock that shows what it was set to.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// Makes a clock that shows an instant.
    pub const fn at(now: Timestamp) -> Self {
        Self(Mutex::new(now))
    }

    /// Sets it, forwards or back.
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().expect("nothing panics while it holds the clock") = now;
    }

    /// Moves it forwards and returns what it shows then.
    pub fn advance(&self, by: Duration) -> Timestamp {
        let mut now = self.0.lock().expect("nothing panics while it holds the clock");
        *now = *now + by;
        *now
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("nothing panics while it holds the clock")
    }
}
