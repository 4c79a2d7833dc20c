//! What is being sent at this moment.
//!
//! Whoever is quick answers a message before the desk has written down that it was sent. A message that the
//! desk does not know is therefore judged only while nothing is under way that it could be.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::ChatRef;
use crate::incident::Lane;

/// Counts the deliveries under way, by chat and lane.
#[derive(Default)]
pub(super) struct UnderWay(Mutex<BTreeMap<(ChatRef, Lane), u32>>);

/// A delivery under way; it ends when this is dropped.
pub(super) struct Sending<'a> {
    under_way: &'a UnderWay,
    key: (ChatRef, Lane),
}

impl UnderWay {
    /// Begins a delivery.
    pub(super) fn begin(&self, chat: &ChatRef, lane: Lane) -> Sending<'_> {
        let key = (chat.clone(), lane);
        *self.counts().entry(key.clone()).or_default() += 1;
        Sending { under_way: self, key }
    }

    /// Tells whether something is under way in a chat. What is asked for before a message is looked up says
    /// whether that message may be written down only afterwards.
    pub(super) fn is_sending(&self, chat: &ChatRef, lane: Lane) -> bool {
        self.counts().contains_key(&(chat.clone(), lane))
    }

    fn counts(&self) -> MutexGuard<'_, BTreeMap<(ChatRef, Lane), u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let mut counts = self.under_way.counts();
        if let Some(count) = counts.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Platform;

    #[test]
    fn a_chat_is_busy_in_a_lane_until_the_last_delivery_there_has_ended() {
        let (here, there) = (ChatRef::new(Platform::Sandbox, "1"), ChatRef::new(Platform::Sandbox, "2"));
        let under_way = UnderWay::default();
        let first = under_way.begin(&here, Lane::Notice);
        let second = under_way.begin(&here, Lane::Notice);
        drop(first);
        let busy = [(&here, Lane::Notice), (&here, Lane::Card), (&there, Lane::Notice)];
        assert_eq!(busy.map(|(chat, lane)| under_way.is_sending(chat, lane)), [true, false, false]);
        drop(second);
        assert!(!under_way.is_sending(&here, Lane::Notice));
    }
}
