//! The names of messages whose sending nobody answered. Discord gives back the message that stands under a name instead
//! of sending another, for a few minutes: so what was sent after all is not sent twice.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

/// How long Discord is trusted to know a name.
const KNOWN_FOR: Duration = Duration::from_secs(120);
/// How many names are remembered.
const MOST: usize = 1_024;

/// Makes names, and remembers those that may be in use.
#[derive(Debug)]
pub(super) struct Nonces {
    /// What tells the names of this process from those of others.
    own: u64,
    count: u64,
    kept: BTreeMap<u64, (String, Instant)>,
}

impl Default for Nonces {
    fn default() -> Self {
        Self { own: RandomState::new().hash_one(std::process::id()), count: 0, kept: BTreeMap::new() }
    }
}

impl Nonces {
    /// Says which message it is: what it says, and where.
    pub(super) fn key(path: &str, body: &Value) -> u64 {
        let mut hasher = DefaultHasher::new();
        path.hash(&mut hasher);
        body.to_string().hash(&mut hasher);
        hasher.finish()
    }

    /// Returns the name that a message may have already, or a new one.
    pub(super) fn name(&mut self, key: u64, now: Instant) -> String {
        if let Some((name, _)) = self.kept.get(&key).filter(|(_, until)| now < *until) {
            return name.clone();
        }
        self.count = self.count.wrapping_add(1);
        // Discord takes 25 characters; these are at most 16, a hyphen and 8.
        format!("{:016x}-{:x}", self.own, self.count & 0xFFFF_FFFF)
    }

    /// Remembers a name, for nobody knows whether it is in use.
    pub(super) fn keep(&mut self, key: u64, name: String, now: Instant) {
        if self.kept.len() >= MOST {
            self.kept.retain(|_, (_, until)| now < *until);
        }
        if self.kept.len() >= MOST {
            self.kept.pop_first();
        }
        self.kept.entry(key).or_insert((name, now + KNOWN_FOR));
    }

    /// Forgets the name of a message that was answered: the next one like it is another.
    pub(super) fn forget(&mut self, key: u64) {
        self.kept.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_name_until_it_is_answered_or_too_long_ago() {
        let (mut nonces, now) = (Nonces::default(), Instant::now());
        let first = nonces.name(1, now);
        assert_ne!(nonces.name(1, now), first);
        nonces.keep(1, first.clone(), now);
        assert_eq!(nonces.name(1, now), first);
        assert_ne!(nonces.name(2, now), first);
        assert_ne!(nonces.name(1, now + KNOWN_FOR), first);
        nonces.forget(1);
        assert_ne!(nonces.name(1, now), first);
    }

    #[test]
    fn names_are_short_enough_and_what_is_remembered_is_bounded() {
        let (mut nonces, now) = (Nonces { count: u64::MAX - 3, ..Nonces::default() }, Instant::now());
        assert!(nonces.name(1, now).len() <= 25);
        for key in 0..2 * MOST as u64 {
            nonces.keep(key, String::new(), now);
            assert!(nonces.kept.len() <= MOST);
        }
    }
}
