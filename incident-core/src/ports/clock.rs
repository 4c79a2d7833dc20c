//! The only clock. It is synchronous and read once a request; everything below takes the instant as an
//! argument.

use crate::time::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Returns the present instant.
    fn now(&self) -> Timestamp;
}
