//! What test authors use, here and in other crates, to prove that a policy, a store or a messenger does what
//! they mean. Nothing here changes what the crate does; the feature `testkit` only adds this module.
//!
//! # A policy
//!
//! **A rule is a sentence.** People come along, whom every test may use (see [`cast`]); the clock stands still
//! until somebody moves it.
//!
//! ```
//! use incident_core::testkit::prelude::*;
//!
//! given(Policy::preset(Preset::TwoTier))
//!     .asked(DRIVER, report("a tyre is flat"))
//!     .when(ANN, Command::Acknowledge)
//!     .then([Fact::Acknowledged { person: ANN, first: true }])
//!     .and()
//!     .later(Duration::from_secs(60))
//!     .when(BOB, Command::Acknowledge)
//!     .refused(Rejection::AlreadyAcknowledged { by: ANN });
//! ```
//!
//! **A property is a function** that looks at one turn. [`prove::in_stories`] tries to break it with stories
//! made up at random, which know what makes sense when, and whose clocks go on, stand still, jump and go back.
//!
//! ```
//! use incident_core::testkit::prelude::*;
//! use incident_core::testkit::{prove, strategies};
//!
//! /// Nobody claims what they reported themselves.
//! fn nobody_claims_their_own(moment: &Moment<'_>) -> Held {
//!     match moment.incident() {
//!         Some(incident) if incident.holds(incident.reporter) => {
//!             Err(Broken { invariant: "nobody claims their own", how: "somebody did".to_owned() })
//!         }
//!         Some(_) | None => Ok(()),
//!     }
//! }
//!
//! let two_tier = strategies::only(Policy::preset(Preset::TwoTier));
//! let broken = prove::in_stories(two_tier, 500, nobody_claims_their_own).expect_err("a dispatcher may");
//! # let told = broken.to_string();
//! # assert!(told.lines().count() <= 4 && told.contains("Command::Acknowledge).keeps(property); // "), "{told}");
//! ```
//!
//! What breaks it is shown as a test that can be pasted, and fails for the same reason:
//!
//! ```should_panic
//! # use incident_core::testkit::prelude::*;
//! # fn property(moment: &Moment<'_>) -> Held {
//! #     let own = moment.incident().is_some_and(|incident| incident.holds(incident.reporter));
//! #     if own { Err(Broken { invariant: "", how: String::new() }) } else { Ok(()) }
//! # }
//! given(Policy::preset(Preset::TwoTier))
//!     .when(ANN, report("A tyre is flat")).then_in(StateKind::Open).and()
//!     .when(ANN, Command::Acknowledge).keeps(property);
//! ```
//!
//! **What stories only sample, a search exhausts.** [`search::Search`] tries everything that people and clock
//! can do to two incidents, in every order, to a depth.
//!
//! ```
//! use incident_core::testkit::prelude::*;
//! use incident_core::testkit::search::Search;
//!
//! let found = Search::under(Policy::preset(Preset::Departments)).to_depth(2).run()?;
//! assert!(found.kinds.contains(&StateKind::Closed));
//! # Ok::<(), Box<incident_core::testkit::prove::Counterexample>>(())
//! ```
//!
//! Stories, search and fuzzers hold the machine to the same twelve [`invariants`].
//!
//! # A store
//!
//! [`store_conformance!`](crate::store_conformance) expands to a test for each promise of
//! [`Store`](crate::ports::Store), named by what is promised.
//!
//! ```
//! # mod example {
//! async fn fresh() -> (incident_core::memory::MemoryStore, ()) {
//!     (incident_core::memory::MemoryStore::new(), ())
//! }
//!
//! incident_core::store_conformance!(fresh, futures::executor::block_on);
//! # }
//! ```
//!
//! # A messenger
//!
//! [`messenger_conformance!`](crate::messenger_conformance) does the same for
//! [`Messenger`](crate::ports::Messenger), from what people see in a [`messaging::ChatWorld`]; what a platform
//! lacks is declared, and listed as ignored.
//!
//! # A desk
//!
//! [`World`] is a whole desk through nights in which everything fails, a seed for each. For a night of your own,
//! [`ManualClock`], [`ScriptedMessenger`], [`FixedDirectory`] and [`RecordingPager`] stand in for the world
//! around a [`Desk`](crate::desk::Desk) with a [`MemoryStore`](crate::memory::MemoryStore): nothing sleeps, and
//! nothing happens that a test did not ask for.

pub mod cast;
mod clock;
pub mod code;
pub mod conformance;
pub mod diagram;
pub mod differential;
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
mod rooms;
pub mod search;
mod shorten;
mod story;
pub mod strategies;
pub mod world;

pub use clock::ManualClock;
pub use directory::FixedDirectory;
pub use given::{Asker, Given, When, given};
pub use messenger::{Call, ScriptedMessenger, Shown, What};
pub use pager::RecordingPager;
pub use rooms::ScriptedRooms;
pub use story::{Choice, Jump, Moment, Story, Told, Turn};
pub use world::{Failure, Figures, Tale, World};
