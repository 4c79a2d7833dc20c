//! What every adapter needs besides the ports, whatever its platform: how often and how long something is tried, what
//! is left alone meanwhile, and how far a message of several parts has got.
//!
//! These rules are here so that all platforms keep the same ones. They hold no clock and start nothing: whoever uses
//! them hands in instants, and futures that end when a time limit does.

mod attempt;
mod backoff;
mod parts;
mod quiet;
mod recent;

pub use attempt::{ATTEMPT_LIMIT, DELIVERY_LIMIT, MOST_LASTING, Setback, attempt, within};
pub use backoff::Backoff;
pub use parts::{Parts, Sending};
pub use quiet::{LONGEST_QUIET, Quiet};
pub use recent::Recent;
