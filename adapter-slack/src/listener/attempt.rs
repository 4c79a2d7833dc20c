//! One attempt at one request, whatever it does, and whether another is of use.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use incident_core::desk::{HandleError, Request};
use incident_core::view::Reply;

use super::Handling;

/// How long an attempt may take. Commits take milliseconds; what is broken off is found committed, or not, by the next
/// attempt.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);
/// How often a request may fail in a way that does not pass by itself.
const MOST_STRIKES: u32 = 3;

/// Why an attempt came to nothing.
#[derive(Debug)]
pub(super) enum Setback {
    /// The desk said so.
    Failed(HandleError),
    /// It panicked.
    Panicked(String),
    /// It took too long.
    TimedOut,
}

impl Setback {
    /// Tells whether the same may succeed later without anybody's doing anything.
    pub(super) const fn may_pass(&self) -> bool {
        match self {
            Self::Failed(HandleError::Store(error)) => error.temporary,
            Self::Failed(_) | Self::TimedOut => true,
            Self::Panicked(_) => false,
        }
    }

    /// Counts a failure that does not pass, and tells whether it was one too many.
    pub(super) const fn is_out(&self, strikes: &mut u32) -> bool {
        if !self.may_pass() {
            *strikes += 1;
        }
        *strikes >= MOST_STRIKES
    }
}

impl fmt::Display for Setback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(HandleError::Store(error)) => write!(f, "{error}: {}", error.source),
            Self::Failed(error) => write!(f, "{error}"),
            Self::Panicked(words) => write!(f, "panic: {words}"),
            Self::TimedOut => write!(f, "not done within {} seconds", ATTEMPT_LIMIT.as_secs()),
        }
    }
}

/// Asks the desk once.
pub(super) async fn attempt(handle: &Handling, request: Request) -> Result<Reply, Setback> {
    let work = AssertUnwindSafe(async { handle(request).await }).catch_unwind();
    match tokio::time::timeout(ATTEMPT_LIMIT, work).await {
        Ok(Ok(result)) => result.map_err(Setback::Failed),
        Ok(Err(panic)) => Err(Setback::Panicked(words(&*panic))),
        Err(_) => Err(Setback::TimedOut),
    }
}

fn words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".to_owned())
}

#[cfg(test)]
mod tests {
    use incident_core::ports::StoreError;

    use super::*;

    #[test]
    fn only_what_does_not_pass_is_given_up() {
        let store = |temporary| {
            let source = "a reason".into();
            Setback::Failed(HandleError::Store(StoreError { operation: "load", temporary, source }))
        };
        let tries = |setback: &Setback| {
            let mut strikes = 0;
            (1..100).find(|_| setback.is_out(&mut strikes))
        };
        assert_eq!(tries(&store(false)), Some(3));
        assert_eq!(tries(&Setback::Panicked("on purpose".to_owned())), Some(3));
        assert_eq!(tries(&store(true)), None);
        assert_eq!(tries(&Setback::TimedOut), None);
    }
}
