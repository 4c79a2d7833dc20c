//! Sets of people that a platform keeps.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Platform;

/// The longest name that is kept, in characters.
const NAME_LIMIT: usize = 64;

/// A set of people that a platform keeps, such as a user group or a role of its own: whoever belongs to it may be given
/// a role here as one. Who that is only the platform knows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Circle {
    platform: Platform,
    id: Arc<str>,
    name: Arc<str>,
}

/// Says that a text cannot name a circle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a set of people")]
pub struct InvalidCircle;

impl Circle {
    /// Names a circle by the platform's own id, with what it was called then, with or without an `@`.
    ///
    /// # Errors
    /// [`InvalidCircle`] if the id is empty, longer than 64 characters, or has white space or an `@` in it.
    pub fn new(platform: Platform, id: &str, name: &str) -> Result<Self, InvalidCircle> {
        let fits = !id.is_empty() && id.chars().count() <= 64;
        if !fits || id.chars().any(|c| c.is_whitespace() || c.is_control() || c == '@') {
            return Err(InvalidCircle);
        }
        let kept = name.chars().filter(|c| !c.is_control() && *c != '@').take(NAME_LIMIT);
        let name: String = kept.collect();
        let name = if name.trim().is_empty() { id } else { name.trim() };
        Ok(Self { platform, id: id.into(), name: name.into() })
    }

    /// Returns the platform that keeps it.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// Returns the platform's own id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns what it was called when somebody named it, without an `@`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Tells whether both are the same, whatever they were called.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.platform, &self.id) == (other.platform, &other.id)
    }

    /// Returns what is stored where handles are: no handle begins with an `@`.
    pub fn stored(&self) -> String {
        format!("@{}@{}", self.id, self.name)
    }

    /// Reads what was stored; `None` if it is a handle.
    ///
    /// # Errors
    /// [`InvalidCircle`] if it is neither.
    pub fn read(platform: Platform, stored: &str) -> Result<Option<Self>, InvalidCircle> {
        let Some(rest) = stored.strip_prefix('@') else { return Ok(None) };
        let (id, name) = rest.split_once('@').ok_or(InvalidCircle)?;
        Self::new(platform, id, name).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_survives_being_stored_beside_handles() {
        let ops = Circle::new(Platform::Sandbox, "S012", "@ops team").expect("it is one");
        assert_eq!((ops.id(), ops.name()), ("S012", "ops team"));
        assert_eq!(Circle::read(Platform::Sandbox, &ops.stored()), Ok(Some(ops.clone())));
        assert_eq!(Circle::read(Platform::Sandbox, "ann"), Ok(None));
        assert_eq!(Circle::read(Platform::Sandbox, "@S012"), Err(InvalidCircle));
        let renamed = Circle::new(Platform::Sandbox, "S012", "").expect("it is one");
        assert_eq!(renamed.name(), "S012", "there is always a name");
        assert!(renamed.is_same(&ops) && renamed != ops);
        assert!(!Circle::new(Platform::ALL[0], "S012", "ops").is_ok_and(|other| other.is_same(&ops)));
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for id in ["", "a b", "a@b", "a\n", &"x".repeat(65)] {
            assert_eq!(Circle::new(Platform::ALL[0], id, "ops"), Err(InvalidCircle), "{id}");
        }
    }
}
