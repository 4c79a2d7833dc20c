//! Properties, proved by trying to break them: with stories made up at random, shortened when one succeeds.

use std::fmt;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use super::invariants::{Broken, Held};
use super::story::{Moment, Story};
use super::strategies;
use crate::policy::Policy;

/// How many turns a story has at most.
const TURNS: usize = 40;
/// How often a story that breaks something is made shorter or simpler before it is shown.
const SHORTENINGS: u32 = 20_000;

/// What breaks a property, as short as it could be made.
///
/// It displays as the test that fails for the same reason; `property` there is whatever was to be proved.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
pub struct Counterexample {
    /// What is broken, and how.
    pub broken: Broken,
    pub(super) told: String,
}

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

impl fmt::Debug for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Requires that a property holds after every turn of so many stories under a policy.
///
/// # Errors
/// Returns the story that breaks it. Other runs make up other stories.
///
/// # Panics
/// If proptest gives up, which it does not, because no story is ever thrown away.
pub fn in_stories(
    policy: impl Strategy<Value = Policy>,
    stories: u32,
    property: impl Fn(&Moment<'_>) -> Held,
) -> Result<(), Box<Counterexample>> {
    let config = Config {
        cases: stories,
        max_shrink_iters: SHORTENINGS,
        failure_persistence: None,
        ..Config::default()
    };
    let broken = |story: Story| {
        story.play(&property).map(drop).map_err(|broken| TestCaseError::fail(broken.to_string()))
    };
    match TestRunner::new(config).run(&strategies::story(policy, TURNS), broken) {
        Ok(()) => Ok(()),
        Err(TestError::Fail(_, story)) => {
            let broken = story.play(&property).expect_err("equal stories break equal properties");
            Err(Box::new(Counterexample { told: story.retold("property", &property), broken }))
        }
        Err(TestError::Abort(reason)) => panic!("proptest gave up: {reason}"),
    }
}
