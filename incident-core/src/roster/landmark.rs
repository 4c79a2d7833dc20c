//! What a group points at on its platform: the places that its incidents use. The core keeps their names; what they mean
//! is the platform's affair.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Roster;
use crate::ids::GroupId;

/// Something on the platform that a group points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landmark {
    /// Where rooms of incidents are opened.
    Rooms,
    /// The chat that keeps what was said in rooms.
    Log,
}

impl Landmark {
    /// Returns the name of the setting.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rooms => "room_category",
            Self::Log => "log_channel",
        }
    }
}

/// The platform's own name of a place, as it stands in the platform's markup.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlatformName(String);

/// A text that points at nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("does not point at anything")]
pub struct NotAName;

impl PlatformName {
    /// Returns the name without markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PlatformName {
    type Err = NotAName;

    /// Reads a name as people type it or as a platform writes it down for them: bare, or between angle brackets with
    /// signs before it and words after a bar.
    fn from_str(text: &str) -> Result<Self, NotAName> {
        const LONGEST: usize = 64;
        let inner = text.trim().trim_matches(['<', '>']);
        let inner = inner.split_once('|').map_or(inner, |(name, _)| name);
        let inner = inner.rsplit_once('^').map_or(inner, |(_, name)| name);
        let name = inner.trim_start_matches(['@', '&', '#', '!']);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let one = (1..=LONGEST).contains(&name.len()) && name.chars().all(fits);
        if one { Ok(Self(name.to_owned())) } else { Err(NotAName) }
    }
}

impl fmt::Display for PlatformName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Roster {
    /// Returns what a group points at.
    pub fn landmark(&self, group: GroupId, landmark: Landmark) -> Option<&PlatformName> {
        self.settings.groups.get(&group)?.landmarks.get(&landmark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_with_or_without_the_markup_around_it() {
        let read = |text: &str| text.parse::<PlatformName>().map(|name| name.to_string());
        for text in ["S012", "<@&S012>", "<#S012>", "<!subteam^S012|@night-shift>", " @S012 ", "<#S012|log>"]
        {
            assert_eq!(read(text), Ok("S012".to_owned()), "{text}");
        }
        for text in ["", "<@&>", "two words", "@night.shift", "a/b", &"x".repeat(65)] {
            assert_eq!(read(text), Err(NotAName), "{text}");
        }
    }
}
