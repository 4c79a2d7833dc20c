//! How far a message of several parts has got. If a part fails, the desk sends the whole again; the people whom the
//! first parts reached need not be told twice.
//!
//! It is kept in memory: after a crash people are told twice rather than never.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::MessageRef;
use crate::ports::{DeliveryError, Place};

/// How many broken-off messages are remembered.
const MOST: usize = 256;

/// What was sent of messages that are not complete.
#[derive(Debug, Default)]
pub struct Parts {
    sent: Mutex<BTreeMap<u64, (usize, MessageRef)>>,
}

/// One message on its way: what is still to be sent of it, and where it began.
#[derive(Debug)]
pub struct Sending<'a> {
    of: &'a Parts,
    key: u64,
    done: usize,
    first: Option<MessageRef>,
}

impl Parts {
    /// Begins to send a message, or goes on with one that says the same in the same place.
    pub fn resume<W: Hash>(&self, place: &Place, words: impl IntoIterator<Item = W>) -> Sending<'_> {
        let mut hasher = DefaultHasher::new();
        (&place.chat, &place.topic, &place.reply_to).hash(&mut hasher);
        for words in words {
            words.hash(&mut hasher);
        }
        let key = hasher.finish();
        let known = self.sent().get(&key).cloned();
        let (done, first) = known.map_or((0, None), |(done, first)| (done, Some(first)));
        Sending { of: self, key, done, first }
    }

    fn sent(&self) -> MutexGuard<'_, BTreeMap<u64, (usize, MessageRef)>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sending<'_> {
    /// Returns what is still to be sent of all parts.
    #[must_use]
    pub fn rest<'p, P>(&self, parts: &'p [P]) -> &'p [P] {
        &parts[self.done.min(parts.len())..]
    }

    /// Remembers that the next part has been sent.
    pub fn sent(&mut self, part: MessageRef) {
        self.done += 1;
        let first = self.first.get_or_insert(part).clone();
        let mut sent = self.of.sent();
        if sent.len() >= MOST && !sent.contains_key(&self.key) {
            sent.pop_first();
        }
        sent.insert(self.key, (self.done, first));
    }

    /// Forgets the message, which is complete, and returns where it begins.
    ///
    /// # Errors
    /// If it had no parts: that is not to be tried again.
    pub fn complete(self) -> Result<MessageRef, DeliveryError> {
        self.of.sent().remove(&self.key);
        self.first.ok_or_else(|| DeliveryError::Permanent { reason: "there was nothing to send".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChatRef, Platform};

    fn place() -> Place {
        Place { chat: ChatRef::new(Platform::Sandbox, "5"), topic: None, reply_to: None }
    }

    fn message(name: &str) -> MessageRef {
        MessageRef::new(place().chat, name)
    }

    #[test]
    fn what_broke_off_goes_on_where_it_was_and_is_named_by_its_first_part() {
        let (parts, words) = (Parts::default(), ["a", "b", "c"]);
        let mut sending = parts.resume(&place(), words);
        assert_eq!(sending.rest(&words), words);
        sending.sent(message("1"));
        sending.sent(message("2"));

        let mut sending = parts.resume(&place(), words);
        assert_eq!(sending.rest(&words), ["c"]);
        assert_eq!(parts.resume(&place(), ["a", "b"]).rest(&words), words);
        sending.sent(message("3"));
        assert_eq!(sending.complete().ok(), Some(message("1")));
        assert_eq!(parts.resume(&place(), words).rest(&words), words);
    }

    #[test]
    fn a_message_without_parts_is_an_error() {
        let sending = Parts::default();
        let nothing = sending.resume::<&str>(&place(), []).complete();
        assert!(matches!(nothing, Err(DeliveryError::Permanent { .. })));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let parts = Parts::default();
        for number in 0..2 * MOST {
            parts.resume(&place(), [number]).sent(message("1"));
            assert!(parts.sent().len() <= MOST);
        }
        assert_eq!(parts.sent().len(), MOST);
    }
}
