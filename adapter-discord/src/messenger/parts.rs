//! How far a message of several parts has got. If a part fails, the desk sends the whole again; the people
//! whom the first parts reached need not be told twice.
//!
//! It is kept in memory: after a crash people are told twice rather than never.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use incident_core::ids::MessageRef;
use incident_core::ports::Place;

use crate::outbound::Drawing;

/// How many broken-off messages are remembered.
const MOST: usize = 256;

/// What was sent of messages that are not complete.
#[derive(Debug, Default)]
pub(super) struct Parts {
    sent: BTreeMap<u64, (usize, MessageRef)>,
}

impl Parts {
    /// Names a message by what it says where.
    pub(super) fn key(place: &Place, drawings: &[Drawing]) -> u64 {
        let mut hasher = DefaultHasher::new();
        place.chat.hash(&mut hasher);
        place.topic.hash(&mut hasher);
        place.reply_to.hash(&mut hasher);
        for drawing in drawings {
            drawing.to_json().to_string().hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Tells how many parts are sent, and which message was the first.
    pub(super) fn resume(&self, key: u64) -> (usize, Option<MessageRef>) {
        match self.sent.get(&key) {
            Some((done, first)) => (*done, Some(first.clone())),
            None => (0, None),
        }
    }

    /// Remembers how many parts are sent.
    pub(super) fn note(&mut self, key: u64, done: usize, first: MessageRef) {
        if self.sent.len() >= MOST && !self.sent.contains_key(&key) {
            self.sent.pop_first();
        }
        self.sent.insert(key, (done, first));
    }

    /// Forgets a message that is complete.
    pub(super) fn forget(&mut self, key: u64) {
        self.sent.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use incident_core::ids::{ChatRef, Platform};

    use super::*;

    #[test]
    fn what_is_remembered_is_bounded_and_forgotten() {
        let first = MessageRef::new(ChatRef::new(Platform::Discord, "5"), "1");
        let mut parts = Parts::default();
        for key in 0..2 * MOST as u64 {
            parts.note(key, 1, first.clone());
            assert!(parts.sent.len() <= MOST);
        }
        let last = 2 * MOST as u64 - 1;
        assert_eq!(parts.resume(last), (1, Some(first)));
        parts.forget(last);
        assert_eq!(parts.resume(last), (0, None));
    }
}
