//! What was delivered and is not done yet.

use std::collections::BTreeMap;

use crate::ids::Platform;
use crate::ports::{Delivered, Held, Pending, RequestKey};
use crate::time::Timestamp;

#[derive(Default)]
pub(super) struct Deliveries(BTreeMap<RequestKey, Kept>);

struct Kept {
    delivered: Delivered,
    lease_until: Timestamp,
    attempt: u32,
}

impl Deliveries {
    pub(super) fn keep(&mut self, delivered: &[Delivered], lease_until: Timestamp) -> Vec<bool> {
        let keep = |delivered: &Delivered| {
            let is_new = !self.0.contains_key(&delivered.key);
            if is_new {
                let kept = Kept { delivered: delivered.clone(), lease_until, attempt: 0 };
                self.0.insert(delivered.key.clone(), kept);
            }
            is_new
        };
        delivered.iter().map(keep).collect()
    }

    pub(super) fn take(
        &mut self,
        platform: Platform,
        (now, lease_until): (Timestamp, Timestamp),
        limit: u32,
    ) -> Vec<Pending> {
        let left = self.0.values_mut();
        let mut left: Vec<&mut Kept> =
            left.filter(|kept| kept.delivered.platform == platform && kept.lease_until <= now).collect();
        left.sort_by(|one, other| {
            (one.delivered.at, &one.delivered.key).cmp(&(other.delivered.at, &other.delivered.key))
        });
        let take = |kept: &mut Kept| {
            (kept.lease_until, kept.attempt) = (lease_until, kept.attempt + 1);
            Pending { delivered: kept.delivered.clone(), attempt: kept.attempt }
        };
        left.into_iter().take(limit as usize).map(take).collect()
    }

    pub(super) fn renew(&mut self, held: &[Held], lease_until: Timestamp) {
        for Held { key, attempt } in held {
            if let Some(kept) = self.0.get_mut(key).filter(|kept| kept.attempt == *attempt) {
                kept.lease_until = lease_until;
            }
        }
    }

    pub(super) fn done(&mut self, keys: &[RequestKey]) {
        for key in keys {
            self.0.remove(key);
        }
    }
}
