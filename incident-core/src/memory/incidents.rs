//! The incidents: states, journals, numbers, wakes.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use super::refusal;
use crate::figures::Case;
use crate::ids::{CompanyId, GroupId, IncidentId, Number, PersonId, Version};
use crate::incident::{Event, Fact, Incident};
use crate::ports::{CaseMark, Filed, Listing, Page, Scope, StoreError};
use crate::time::Timestamp;

/// What names an incident in a store: without its company it is not found.
pub(super) type Key = (CompanyId, IncidentId);

#[derive(Default)]
pub(super) struct Incidents {
    kept: BTreeMap<Key, Kept>,
    numbers: BTreeMap<(CompanyId, Number), IncidentId>,
    wakes: BTreeSet<(Timestamp, IncidentId, CompanyId)>,
}

struct Kept {
    filed: Filed,
    journal: Vec<Event>,
    wake_at: Option<Timestamp>,
}

impl Incidents {
    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) fn load(&self, company: CompanyId, id: IncidentId) -> Option<Filed> {
        self.kept.get(&(company, id)).map(|kept| kept.filed.clone())
    }

    pub(super) fn version(&self, company: CompanyId, id: IncidentId) -> Version {
        self.kept.get(&(company, id)).map_or(Version::NONE, |kept| kept.filed.incident.version)
    }

    pub(super) fn history(&self, company: CompanyId, id: IncidentId) -> Vec<Event> {
        self.kept.get(&(company, id)).map_or_else(Vec::new, |kept| kept.journal.clone())
    }

    pub(super) fn find(&self, company: CompanyId, number: Number) -> Option<IncidentId> {
        self.numbers.get(&(company, number)).copied()
    }

    /// Writes a state whose version was checked, with what happened, its wake and the present instant.
    pub(super) fn write(
        &mut self,
        incident: Incident,
        events: Vec<Event>,
        (wake_at, at): (Option<Timestamp>, Timestamp),
    ) -> Result<Number, StoreError> {
        let key = (incident.company, incident.id);
        let (number, mut journal) = match self.kept.remove(&key) {
            Some(before) => {
                self.unwake(key, before.wake_at);
                (before.filed.number, before.journal)
            }
            None => {
                let created_at = events.first().map_or(at, |event| event.at);
                let number = self.next_number(key.0, created_at.year())?;
                self.numbers.insert((key.0, number), key.1);
                (number, Vec::new())
            }
        };
        for event in events {
            if let Fact::SubjectErased { person } = event.fact {
                journal.iter_mut().for_each(|earlier: &mut Event| earlier.erase(person, incident.reporter));
            }
            journal.push(event);
        }
        self.wake(key, wake_at);
        self.kept.insert(key, Kept { filed: Filed { number, incident }, journal, wake_at });
        Ok(number)
    }

    fn next_number(&self, company: CompanyId, year: i16) -> Result<Number, StoreError> {
        let of_year = (company, Number { year, seq: 0 })..=(company, Number { year, seq: u32::MAX });
        let last = self.numbers.range(of_year).next_back().map_or(0, |((_, number), _)| number.seq);
        match last.checked_add(1) {
            Some(seq) => Ok(Number { year, seq }),
            None => Err(refusal("commit an incident", "the numbers of the year are used up")),
        }
    }

    pub(super) fn list(&self, company: CompanyId, listing: &Listing, page: Page) -> Vec<Filed> {
        let after = match page.after {
            Some(id) => Bound::Excluded((company, id)),
            None => Bound::Included((company, IncidentId::from_u128(0))),
        };
        let last = Bound::Included((company, IncidentId::from_u128(u128::MAX)));
        let all = self.kept.range((after, last)).map(|(_, kept)| &kept.filed);
        all.filter(|filed| passes(&filed.incident, listing)).take(page.limit as usize).cloned().collect()
    }

    pub(super) fn count(&self, company: CompanyId, group: GroupId) -> u64 {
        let own = self.kept.iter().filter(|((owner, _), _)| *owner == company);
        own.filter(|(_, kept)| kept.filed.incident.group == group).count() as u64
    }

    pub(super) fn reports(&self, company: CompanyId, reporter: PersonId, since: Timestamp) -> Vec<Timestamp> {
        let own = self
            .kept
            .iter()
            .filter(|((owner, _), _)| *owner == company)
            .map(|(_, kept)| &kept.filed.incident);
        let reported =
            own.filter(|incident| incident.reporter == reporter).map(|incident| incident.clocks.created_at);
        let mut reports: Vec<Timestamp> = reported.filter(|at| *at >= since).collect();
        reports.sort_unstable_by_key(|at| Reverse(*at));
        reports
    }

    pub(super) fn cases(&self, scope: &Scope, after: Option<CaseMark>) -> Vec<Case> {
        let own = self.kept.iter().filter(|((owner, _), _)| *owner == scope.company);
        let mut cases: Vec<Case> = own.map(|(_, kept)| Case::from(&kept.filed)).collect();
        cases.retain(|case| {
            let mark = (case.created_at, case.id);
            (scope.from..scope.until).contains(&case.created_at)
                && scope.group.is_none_or(|group| case.group == group)
                && after.is_none_or(|after| mark > after)
        });
        cases.sort_unstable_by_key(|case| (case.created_at, case.id));
        cases
    }

    pub(super) fn due(&self, now: Timestamp, limit: u32) -> Vec<(CompanyId, IncidentId)> {
        let due = self.wakes.iter().take_while(|(at, _, _)| *at <= now);
        due.take(limit as usize).map(|(_, id, company)| (*company, *id)).collect()
    }

    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        self.wakes.first().map(|(at, _, _)| *at)
    }

    pub(super) fn reschedule(&mut self, key: Key, version: Version, wake_at: Option<Timestamp>) -> bool {
        let Some(kept) = self.kept.get_mut(&key).filter(|kept| kept.filed.incident.version == version) else {
            return false;
        };
        let before = std::mem::replace(&mut kept.wake_at, wake_at);
        self.unwake(key, before);
        self.wake(key, wake_at);
        true
    }

    fn wake(&mut self, (company, id): Key, at: Option<Timestamp>) {
        self.wakes.extend(at.map(|at| (at, id, company)));
    }

    fn unwake(&mut self, (company, id): Key, at: Option<Timestamp>) {
        if let Some(at) = at {
            self.wakes.remove(&(at, id, company));
        }
    }
}

fn passes(incident: &Incident, listing: &Listing) -> bool {
    listing.group.is_none_or(|group| incident.group == group)
        && (listing.states.is_empty() || listing.states.contains(&incident.state.kind()))
        && listing.assignee.is_none_or(|person| incident.holds(person))
        && listing.tag.as_ref().is_none_or(|tag| incident.tags.contains(tag))
}
