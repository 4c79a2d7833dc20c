//! Which requests were applied, and what they were answered.

use std::collections::BTreeMap;

use crate::ports::{Answered, CommitError, Origin, RequestKey};
use crate::time::Timestamp;

#[derive(Default)]
pub(super) struct Requests(BTreeMap<RequestKey, (Timestamp, Answered)>);

impl Requests {
    pub(super) fn check(&self, origin: Option<&Origin>) -> Result<(), CommitError> {
        match origin.and_then(|origin| self.0.get(&origin.key)) {
            Some((_, answer)) => Err(CommitError::AlreadyApplied { answer: answer.clone() }),
            None => Ok(()),
        }
    }

    pub(super) fn applied(&self, key: &RequestKey) -> Option<Answered> {
        self.0.get(key).map(|(_, answered)| answered.clone())
    }

    pub(super) fn keep(&mut self, key: RequestKey, answered: Answered, at: Timestamp) {
        self.0.insert(key, (at, answered));
    }

    pub(super) fn forget(&mut self, before: Timestamp) -> u64 {
        let all = self.0.len();
        self.0.retain(|_, (at, _)| *at >= before);
        (all - self.0.len()) as u64
    }
}
