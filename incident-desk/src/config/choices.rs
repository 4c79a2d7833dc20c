//! The settings that are a choice between a few words.

use std::fmt;

/// Says how durable a commit is when the power fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Synchronous {
    /// What was committed is on the disk.
    Full,
    /// The last commits may be missing after a power failure; nothing is damaged.
    Normal,
}

/// Says how a new group comes into use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onboarding {
    /// It works as soon as one of its admins has configured it.
    Open,
    /// A platform admin approves it first.
    Approval,
}

/// Names the workflow that groups follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workflow {
    /// Dispatchers first, managers after an escalation, one owner at a time.
    TwoTier,
    /// The same, with several owners at a time.
    TwoTierShared,
    /// The reporter chooses a team; its members take it, together if they like.
    Departments,
    /// Each in a private channel of its own, where the platform has them.
    DiscordTickets,
}

/// Says what is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogFilter {
    /// Everything from this level up; other people's libraries stay at `info` or above.
    Level(tracing::Level),
    /// Exactly what these `tracing` directives say.
    Directives(String),
}

/// Says how log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Synchronous {
    /// Returns the word for it, in the configuration and in SQLite.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Normal => "normal",
        }
    }
}

impl Onboarding {
    /// Returns the word for it in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Approval => "approval",
        }
    }
}

impl Workflow {
    /// Returns the word for it in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TwoTier => "two_tier",
            Self::TwoTierShared => "two_tier_shared",
            Self::Departments => "departments",
            Self::DiscordTickets => "discord_tickets",
        }
    }
}

impl LogFormat {
    /// Returns the word for it in the configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
        }
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(level) => f.write_str(&level.as_str().to_ascii_lowercase()),
            Self::Directives(directives) => f.write_str(directives),
        }
    }
}
