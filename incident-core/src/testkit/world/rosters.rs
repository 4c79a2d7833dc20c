//! Every roster that there was, and when groups were suspended: a suspension excuses while it lasts.

use std::collections::BTreeMap;

use super::books::Beat;
use crate::ids::{CompanyId, GroupId};
use crate::roster::{GroupStatus, Roster};

/// The rosters of all companies, each from the beat at which it was written.
#[derive(Debug, Default)]
pub(super) struct Rosters(BTreeMap<CompanyId, Vec<(Beat, Roster)>>);

impl Rosters {
    pub(super) fn written(&mut self, beat: Beat, roster: Roster) {
        self.0.entry(roster.company).or_default().push((beat, roster));
    }

    /// Lists the rosters that a company had at some time since a beat, the present one last.
    pub(super) fn since(&self, company: CompanyId, beat: Beat) -> &[(Beat, Roster)] {
        let all = self.0.get(&company).map_or(&[][..], Vec::as_slice);
        let first = all.iter().rposition(|(written, _)| *written < beat).unwrap_or(0);
        &all[first..]
    }

    /// Tells whether a group is suspended now.
    pub(super) fn is_suspended(&self, group: (CompanyId, GroupId)) -> bool {
        self.was_suspended_since(group, Beat::MAX)
    }

    /// Tells whether a group was suspended at some time since a beat.
    pub(super) fn was_suspended_since(&self, (company, group): (CompanyId, GroupId), beat: Beat) -> bool {
        let status = |(_, roster): &(Beat, Roster)| roster.groups.get(&group).map(|group| group.status);
        self.since(company, beat).iter().any(|written| status(written) == Some(GroupStatus::Suspended))
    }
}
