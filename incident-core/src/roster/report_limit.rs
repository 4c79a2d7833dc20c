//! How many reports a group allows in an hour.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// So many reports in an hour, or as many as there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportLimit {
    /// There is no limit.
    Off,
    /// So many.
    PerHour(u16),
}

/// A text that is neither a number from 1 to 1000 nor `off`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither a whole number from 1 to 1000 nor off")]
pub struct NoLimit;

impl ReportLimit {
    /// Returns the number; `None` where there is no limit.
    pub const fn per_hour(self) -> Option<u16> {
        match self {
            Self::Off => None,
            Self::PerHour(count) => Some(count),
        }
    }
}

impl From<Option<u16>> for ReportLimit {
    fn from(count: Option<u16>) -> Self {
        count.map_or(Self::Off, Self::PerHour)
    }
}

impl FromStr for ReportLimit {
    type Err = NoLimit;

    fn from_str(text: &str) -> Result<Self, NoLimit> {
        if text.eq_ignore_ascii_case("off") {
            return Ok(Self::Off);
        }
        match text.parse() {
            Ok(count @ 1..=1_000) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                Ok(Self::PerHour(count))
            }
            Ok(_) | Err(_) => Err(NoLimit),
        }
    }
}

impl fmt::Display for ReportLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::PerHour(count) => write!(f, "{count}"),
        }
    }
}
