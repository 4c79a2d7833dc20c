//! Figures in short, to compare some days with those before.

use serde::{Deserialize, Serialize};

use super::outcome::{Figures, Times};
use super::promise::Promise;
use super::window::Window;

/// What the counted incidents of a window amount to, in short; see [`Figures`] for what each figure means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headline {
    /// The days they were reported on.
    pub window: Window,
    /// How many incidents count.
    pub counted: u64,
    /// How many were claimed.
    pub claimed: u64,
    /// For how many a higher level was asked.
    pub escalated: u64,
    /// How many are resolved.
    pub resolved: u64,
    /// How many of these were resolved at the first level.
    pub resolved_first_level: u64,
    /// How many were closed because nobody answered.
    pub given_up: u64,
    /// How many were held by more than one person.
    pub shared: u64,
    /// How long things took.
    pub times: Times,
    /// Whether they were claimed in time.
    pub response: Promise,
    /// Whether they were resolved in time.
    pub resolve: Promise,
}

impl From<&Figures> for Headline {
    fn from(figures: &Figures) -> Self {
        Self {
            window: figures.window.clone(),
            counted: figures.counted,
            claimed: figures.claimed,
            escalated: figures.escalated,
            resolved: figures.resolved,
            resolved_first_level: figures.resolved_first_level,
            given_up: figures.given_up(),
            shared: figures.shared,
            times: figures.times,
            response: figures.response,
            resolve: figures.resolve,
        }
    }
}
