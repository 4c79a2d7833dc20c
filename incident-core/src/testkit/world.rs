//! The whole desk in a small world that can be told again: people who report, press and answer, chats that
//! fail, a store, workers, a clock, and a process that dies. A seed says everything that happens.
//!
//! Nothing runs. Every call of a port hands control back once before it is made and once after; the world keeps
//! the unfinished work and goes on with a piece of it that the dice choose, drops some of it, or all of it: so a
//! process dies between any two operations of its store. After every step the world is judged. In the end it
//! heals: nothing fails any more, what is owed is delivered, what is due is done. Then nothing is owed, every
//! live incident has one card, which shows what is true, every reminder and every call that fell due went out,
//! and what the store holds is the fold of what happened.
//!
//! Whatever appears in a chat must be what its sender owes there, in the words for how things stood meanwhile,
//! to those whom it concerns; and after each step the store owes exactly what was owed to it.
//!
//! What a fault excuses is counted, and it excuses what it caused, no more: a message may come twice if the very
//! answer to it was lost, or if whoever sent it died or failed before that was written down; what is owed to a
//! group may be given up while the group is suspended. A third of the worlds is calm, and nothing is excused
//! there; nor is anything that begins once a world heals.
//!
//! # Your own policy, messenger or store
//!
//! ```
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use incident_core::memory::MemoryStore;
//! use incident_core::policy::{Nudge, Policy, Preset, Rules};
//! use incident_core::testkit::{ScriptedMessenger, World};
//!
//! // Somebody is reminded every five minutes, three times, and then the managers are asked.
//! let mut rules = Rules::from(Preset::TwoTier);
//! let nudge = Nudge { after: Duration::from_secs(300), times: 3, then_escalate: true };
//! rules.levels[0].nudge = Some(nudge);
//! let policy = Policy::new(rules)?;
//!
//! for seed in 0..5 {
//!     let tale = World::new(seed)
//!         .with_policy(policy.clone())
//!         .with_store(Arc::new(MemoryStore::new())) // your own: a new, empty one for each world
//!         .with_messenger(Arc::new(ScriptedMessenger::new())) // and your own
//!         .run()
//!         .map_err(|failure| failure.to_string())?; // says what is wrong and what happened just before
//!     assert!(tale.figures().commits > 0);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The weather is the world's: it comes between the desk and what you give. So a messenger here need not fail;
//! whether what it says is true is for its own conformance suite to show. Futures of yours are completed in one
//! go, whatever threads they use, but there is no runtime: what needs one must bring it.

mod acts;
mod books;
mod chats;
mod chatting;
mod dice;
mod dues;
mod healing;
mod journals;
mod pause;
mod reports;
mod rosters;
mod run;
mod saying;
mod steps;
mod storing;
mod tale;
mod tasks;
mod town;
mod verdict;
mod weather;

use std::fmt;
use std::sync::Arc;

pub use dice::Dice;
pub use tale::{Failure, Figures, Tale};

use self::run::Run;
use super::ScriptedMessenger;
use crate::memory::MemoryStore;
use crate::policy::{Policy, Preset};
use crate::ports::{Messenger, Store};

/// How many steps a world takes before it heals, unless somebody says otherwise.
pub const STEPS: u32 = 300;

/// A world that has not begun.
pub struct World {
    seed: u64,
    steps: Option<u32>,
    policy: Option<Policy>,
    store: Arc<dyn Store>,
    messenger: Arc<dyn Messenger>,
    own: bool,
    linked: bool,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("seed", &self.seed).field("steps", &self.steps).finish_non_exhaustive()
    }
}

impl World {
    /// Makes the world of a seed: with a policy that the seed chooses, a store in memory, chats in memory.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            steps: None,
            policy: None,
            store: Arc::new(MemoryStore::new()),
            messenger: Arc::new(ScriptedMessenger::new()),
            own: false,
            linked: false,
        }
    }

    /// Takes so many steps before it heals, instead of [`STEPS`].
    #[must_use]
    pub const fn with_steps(mut self, steps: u32) -> Self {
        self.steps = Some(steps);
        self
    }

    /// Plays by these rules, whatever the seed.
    #[must_use]
    pub fn with_policy(mut self, policy: Policy) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Keeps everything in this store, which must be empty.
    #[must_use]
    pub fn with_store(mut self, store: Arc<dyn Store>) -> Self {
        self.store = store;
        self.own = true;
        self
    }

    /// Delivers through this messenger, to chats of the platform `sandbox`.
    #[must_use]
    pub fn with_messenger(mut self, messenger: Arc<dyn Messenger>) -> Self {
        self.messenger = messenger;
        self.own = true;
        self
    }

    /// Lets every group live in a second chat as well. Such a world has its own tale.
    #[must_use]
    pub const fn linked(mut self) -> Self {
        self.linked = true;
        self
    }

    /// Lets everything happen that the seed says.
    ///
    /// # Errors
    /// Says what is broken, in which step, what happened just before, and how to see it again.
    pub fn run(self) -> Result<Tale, Box<Failure>> {
        Run::begin(self).and_then(Run::finished)
    }

    /// Says how this world is seen again.
    fn replay(&self) -> String {
        let rules = self.policy.as_ref().map(Policy::rules);
        let preset = rules.map(|rules| Preset::ALL.into_iter().find(|preset| *rules == (*preset).into()));
        if self.linked {
            return format!("World::new({}).linked(), with whatever else it was given", self.seed);
        }
        match (self.own, preset) {
            (false, None) => tale::command(self.seed, self.steps, None),
            (false, Some(Some(preset))) => tale::command(self.seed, self.steps, Some(preset)),
            (true, _) | (false, Some(None)) => {
                format!("World::new({}) with the same policy, store and messenger", self.seed)
            }
        }
    }
}
