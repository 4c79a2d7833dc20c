//! What test authors use, here and in other crates: a clock that stands still, a chat that remembers, rules
//! written as given/when/then, stories made up by proptest, the invariants they must keep, and the suites that
//! every [store](crate::store_conformance) and every [messenger](crate::messenger_conformance) must pass.
//!
//! Nothing here changes what the crate does; the feature `testkit` only adds this module.

pub mod cast;
mod clock;
pub mod code;
pub mod conformance;
pub mod diagram;
mod directory;
pub mod explore;
mod given;
pub mod invariants;
pub mod messaging;
mod messenger;
mod pager;
pub mod prelude;
pub mod prove;
mod retelling;
pub mod search;
mod story;
pub mod strategies;
pub mod world;

pub use clock::ManualClock;
pub use directory::FixedDirectory;
pub use given::{Asker, Given, When, given};
pub use messenger::{Call, ScriptedMessenger, Shown, What};
pub use pager::RecordingPager;
pub use story::{Choice, Jump, Moment, Story, Told, Turn};
pub use world::{Failure, Figures, Tale, World};
