//! Where incidents came from: who reported them, in which groups.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case::Case;
use crate::ids::{GroupId, PersonId};
use crate::time::Timestamp;

/// What somebody reported of the counted incidents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReporterFigures {
    /// Who.
    pub person: PersonId,
    /// How many.
    pub reported: u64,
    /// When they last did.
    pub last: Timestamp,
}

/// Reports by who made them where: one look-up for each incident.
#[derive(Debug, Clone, Default)]
pub(super) struct OriginTally(BTreeMap<(PersonId, GroupId), (u64, Timestamp)>);

impl OriginTally {
    pub(super) fn add(&mut self, case: &Case) {
        let (count, last) = self.0.entry((case.reporter, case.group)).or_insert((0, case.created_at));
        *count += 1;
        *last = case.created_at.max(*last);
    }

    /// Ends the pass: those who reported most, so many of them, and how many people reported in each group.
    pub(super) fn finish(self, most: usize) -> (Vec<ReporterFigures>, BTreeMap<GroupId, u64>) {
        let mut groups = BTreeMap::<GroupId, u64>::new();
        let mut reporters: Vec<ReporterFigures> = Vec::new();
        // The keys come by person.
        for ((person, group), (reported, last)) in self.0 {
            *groups.entry(group).or_default() += 1;
            match reporters.last_mut().filter(|own| own.person == person) {
                Some(own) => (own.reported, own.last) = (own.reported + reported, own.last.max(last)),
                None => reporters.push(ReporterFigures { person, reported, last }),
            }
        }
        reporters.sort_by_key(|own| (Reverse((own.reported, own.last)), own.person));
        reporters.truncate(most);
        (reporters, groups)
    }
}
