//! What came lately, so that what a platform tells twice is answered once. The desk recognises it by its key for much
//! longer, but whoever waits would be answered a second time, and by how things are then.

use std::collections::{BTreeSet, VecDeque};

use crate::ports::RequestKey;

/// How many are remembered: more than come within the time in which platforms tell something again.
const MOST: usize = 8_192;

/// The keys of the latest deliveries.
#[derive(Debug, Clone, Default)]
pub struct Recent {
    known: BTreeSet<RequestKey>,
    order: VecDeque<RequestKey>,
}

impl Recent {
    /// Notes a delivery, and tells whether it is new.
    pub fn insert(&mut self, key: RequestKey) -> bool {
        if !self.known.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    /// Tells whether a delivery came lately.
    pub fn knows(&self, key: &RequestKey) -> bool {
        self.known.contains(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_deliveries_are_known_and_only_so_many() {
        let key = |n: usize| RequestKey::new(format!("delivery:{n}"));
        let mut recent = Recent::default();
        assert!(recent.insert(key(0)) && !recent.insert(key(0)));
        assert!(recent.knows(&key(0)) && !recent.knows(&key(1)));
        for n in 1..=MOST {
            assert!(recent.insert(key(n)));
            assert!(recent.known.len() <= MOST && recent.order.len() <= MOST);
        }
        assert!(recent.insert(key(0)), "the oldest is forgotten");
    }
}
