//! Counted incidents by their tags.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::case::Case;
use crate::incident::Tag;

/// What became of the counted incidents that have a tag. One with several is among those of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagFigures {
    /// Which tag; `None` for those that have none.
    pub tag: Option<Tag>,
    /// How many there are.
    pub counted: u64,
    /// How many were claimed in their present cycle.
    pub claimed: u64,
    /// For how many a higher level was asked in their present cycle.
    pub escalated: u64,
    /// How many are resolved.
    pub resolved: u64,
    /// How long those that were claimed waited for it, all together.
    pub until_claimed: Duration,
    /// How long it took to resolve those that are, all together.
    pub until_resolved: Duration,
}

impl TagFigures {
    fn add(&mut self, case: &Case) {
        self.counted += 1;
        self.claimed += u64::from(case.first_ack_at.is_some());
        self.escalated += u64::from(case.is_escalated());
        self.resolved += u64::from(case.is_resolved());
        let (claimed, resolved) = (case.until_claimed(), case.until_resolved());
        self.until_claimed = self.until_claimed.saturating_add(claimed.unwrap_or_default());
        self.until_resolved = self.until_resolved.saturating_add(resolved.unwrap_or_default());
    }
}

/// Figures by tag in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct TagTally {
    tagged: BTreeMap<Tag, TagFigures>,
    untagged: TagFigures,
}

impl TagTally {
    pub(super) fn add(&mut self, case: &Case) {
        if case.tags.is_empty() {
            self.untagged.add(case);
        }
        for tag in &case.tags {
            match self.tagged.get_mut(tag) {
                Some(own) => own.add(case),
                None => {
                    let mut own = TagFigures { tag: Some(tag.clone()), ..TagFigures::default() };
                    own.add(case);
                    self.tagged.insert(tag.clone(), own);
                }
            }
        }
    }

    /// Ends the pass: the tags of most incidents, so many of them, and last what has none, if anything has.
    pub(super) fn finish(self, most: usize) -> Vec<TagFigures> {
        let mut tags: Vec<TagFigures> = self.tagged.into_values().collect();
        // Tags come in order, and those of as many incidents stay in it.
        tags.sort_by_key(|own| Reverse(own.counted));
        tags.truncate(most);
        tags.extend(Some(self.untagged).filter(|own| own.counted > 0));
        tags
    }
}
