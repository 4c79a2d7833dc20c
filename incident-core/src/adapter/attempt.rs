//! One attempt, which ends whatever it does: by an answer, by a panic, by a time limit.

use std::any::Any;
use std::fmt;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::desk::{HandleError, LEASE};
use crate::ports::DeliveryError;

/// How long an attempt at a request may take. Commits take milliseconds and questions to a platform a few seconds; what
/// is broken off is found committed, or not, by the next attempt.
pub const ATTEMPT_LIMIT: Duration = Duration::from_secs(30);
/// How often a request may fail in a way that does not [pass by itself](Setback::may_pass) before it is given up, where
/// nothing else says so.
pub const MOST_LASTING: u32 = 3;
/// How long a delivery of several calls may take; well below the lease of an effect.
pub const DELIVERY_LIMIT: Duration = Duration::from_secs(20);

const _: () = assert!(DELIVERY_LIMIT.as_secs() * 2 <= LEASE.as_secs());

/// Why an attempt at a request came to nothing.
#[derive(Debug)]
pub enum Setback {
    /// The desk said so.
    Failed(HandleError),
    /// It panicked.
    Panicked(String),
    /// It took longer than [`ATTEMPT_LIMIT`].
    TimedOut,
}

impl Setback {
    /// Tells whether the same may succeed later without anybody's doing anything.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
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

/// Asks the desk once, for as long as `limit` lasts: a future of the caller's runtime that ends after
/// [`ATTEMPT_LIMIT`].
///
/// # Errors
/// As [`Setback`] says. A panic is one of them, so that no request takes the others with it.
pub async fn attempt<T>(
    work: impl Future<Output = Result<T, HandleError>>,
    limit: impl Future<Output = ()>,
) -> Result<T, Setback> {
    match race(unpanicking(work), limit).await {
        Some(Ok(result)) => result.map_err(Setback::Failed),
        Some(Err(words)) => Err(Setback::Panicked(words)),
        None => Err(Setback::TimedOut),
    }
}

/// Ends a delivery with `limit`: a future of the caller's runtime that ends after [`DELIVERY_LIMIT`].
///
/// # Errors
/// Those of the delivery; a temporary one if it took too long.
pub async fn within<T>(
    delivery: impl Future<Output = Result<T, DeliveryError>>,
    limit: impl Future<Output = ()>,
) -> Result<T, DeliveryError> {
    race(delivery, limit).await.unwrap_or_else(|| {
        let reason = format!("not done within {} seconds", DELIVERY_LIMIT.as_secs());
        Err(DeliveryError::Temporary { reason, retry_after: None })
    })
}

/// Returns what comes of some work, unless the limit ends first.
async fn race<T>(work: impl Future<Output = T>, limit: impl Future<Output = ()>) -> Option<T> {
    let (mut work, mut limit) = (pin!(work), pin!(limit));
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => limit.as_mut().poll(context).map(|()| None),
    })
    .await
}

/// Makes a panic a result. What panicked is not asked again, so nothing sees what it left behind.
async fn unpanicking<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(|context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(words(&*panic))),
    })
    .await
}

fn words(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().map(|words| (*words).to_owned());
    words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without words".to_owned())
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures::executor::block_on;

    use super::*;
    use crate::ports::StoreError;

    fn store_failed(temporary: bool) -> HandleError {
        HandleError::Store(StoreError { operation: "load", temporary, source: "a reason".into() })
    }

    #[test]
    fn an_attempt_ends_by_its_answer_its_failure_its_panic_or_its_limit() {
        let ends = |work: fn() -> Result<u8, HandleError>| {
            block_on(attempt(async move { work() }, pending())).map_err(|setback| setback.to_string())
        };
        assert_eq!(ends(|| Ok(7)), Ok(7));
        assert_eq!(ends(|| Err(HandleError::Contended)), Err(HandleError::Contended.to_string()));
        assert_eq!(ends(|| panic!("on purpose")), Err("panic: on purpose".to_owned()));
        assert_eq!(ends(|| panic!("{}, too", "this one")), Err("panic: this one, too".to_owned()));
        assert_eq!(ends(|| std::panic::panic_any(5)), Err("panic: without words".to_owned()));
        let late = block_on(attempt(pending::<Result<u8, _>>(), ready(())));
        assert_eq!(late.map_err(|setback| setback.to_string()), Err("not done within 30 seconds".to_owned()));
    }

    #[test]
    fn what_is_done_counts_even_if_the_limit_ends_in_the_same_moment() {
        assert!(matches!(block_on(attempt(ready(Ok(7)), ready(()))), Ok(7)));
        assert!(matches!(block_on(within(ready(Ok(7)), ready(()))), Ok(7)));
    }

    #[test]
    fn a_delivery_that_takes_too_long_may_be_tried_again() {
        let late = block_on(within(pending::<Result<(), _>>(), ready(())));
        assert!(matches!(late, Err(DeliveryError::Temporary { retry_after: None, .. })), "{late:?}");
    }

    #[test]
    fn only_what_does_not_pass_by_itself_says_so() {
        let passing =
            [Setback::Failed(store_failed(true)), Setback::Failed(HandleError::Unsettled), Setback::TimedOut];
        assert!(passing.iter().all(Setback::may_pass));
        let lasting = [Setback::Failed(store_failed(false)), Setback::Panicked("on purpose".to_owned())];
        assert!(!lasting.iter().any(Setback::may_pass));
    }

    #[test]
    fn a_failure_of_the_store_is_told_once() {
        let words = Setback::Failed(store_failed(true)).to_string();
        assert_eq!(words.matches("a reason").count(), 1, "{words}");
    }
}
