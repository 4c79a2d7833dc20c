//! One attempt at one event, whatever it does.

use std::any::Any;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use incident_core::desk::{HandleError, Request};
use incident_core::view::Reply;

use crate::listener::Handling;

/// How long an attempt may take. Commits take milliseconds and questions to Discord two seconds at most; what
/// is broken off is found committed, or not, by the next attempt.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);

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
}

impl fmt::Display for Setback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
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
