//! Looking at incidents whose time has come. Which time that is follows from their state; the store only
//! keeps it sorted.

use std::collections::BTreeMap;

use super::change::{Changed, Order};
use super::{Desk, HandleError};
use crate::ids::{CompanyId, GroupId, IncidentId};
use crate::incident::{Command, StateKind, next_wake};
use crate::policy::Policy;
use crate::ports::{Filed, Listing, Page, StoreError};
use crate::roster::{GroupStatus, Roster};
use crate::time::Timestamp;

/// What a round of waking did.
#[derive(Debug, Default)]
pub struct WakeRound {
    /// How many incidents and companies were due.
    pub due: usize,
    /// Those that could not be handled; they stay due, and stood in nobody's way.
    pub failed: Vec<(IncidentId, HandleError)>,
    /// The companies that could not be handled, likewise.
    pub failed_companies: Vec<(CompanyId, HandleError)>,
}

pub(super) const LIVE: [StateKind; 5] = [
    StateKind::Triage,
    StateKind::Open,
    StateKind::Acknowledged,
    StateKind::OnHold,
    StateKind::PendingSummary,
];

impl Desk {
    /// Looks at up to `limit` incidents that are due, and as many companies, those due longest first.
    ///
    /// # Errors
    /// If the store cannot say what is due. An incident that fails is reported, and the others go on.
    pub async fn wake_due(&self, limit: u32) -> Result<WakeRound, StoreError> {
        let now = self.clock.now();
        let due = self.store.due(now, limit).await?;
        let companies = self.store.due_rosters(now, limit).await?;
        let mut round = WakeRound { due: due.len() + companies.len(), ..WakeRound::default() };
        for (company, incident) in due {
            if let Err(error) = self.wake(company, incident, now).await {
                round.failed.push((incident, error));
            }
        }
        for company in companies {
            if let Err(error) = self.begin_shifts(company, now).await {
                round.failed_companies.push((company, error));
            }
        }
        Ok(round)
    }

    async fn wake(
        &self,
        company: CompanyId,
        incident: IncidentId,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        let (Some(filed), Some(roster)) =
            (self.store.load(company, incident).await?, self.store.roster(company).await?)
        else {
            return Ok(());
        };
        let known = roster.groups.get(&filed.incident.group);
        let (Some(group), Some(chats)) = (known, roster.chats(filed.incident.group)) else {
            return Ok(());
        };
        let policy = roster.policy_of(group.id, &self.policy);
        let version = filed.incident.version;
        if group.status != GroupStatus::Active {
            self.store.reschedule(company, incident, version, None).await?;
            return Ok(());
        }
        // What is not due by the policy of now, perhaps because a wait was lengthened, is moved, not woken.
        let wake_at = next_wake(&policy, &filed.incident);
        if wake_at.is_none_or(|at| at > now) {
            self.store.reschedule(company, incident, version, wake_at).await?;
            return Ok(());
        }
        let order = Order::own(&policy, &chats, &filed.incident, Command::Wake);
        match self.change(order, now).await? {
            Changed::Done(_) | Changed::Refused(..) | Changed::Before(_) => Ok(()),
        }
    }

    /// Computes the wakes of all live incidents anew, because the policy may have changed since they were
    /// stored. Returns how many there are.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn rearm(&self) -> Result<usize, StoreError> {
        let mut live = 0;
        for company in self.store.companies().await? {
            if let Some(roster) = self.store.roster(company).await? {
                live += self.rearm_company(&roster).await?;
                self.rearm_shifts(&roster).await?;
            }
        }
        Ok(live)
    }

    async fn rearm_company(&self, roster: &Roster) -> Result<usize, StoreError> {
        const PAGE: u32 = 500;
        let company = roster.company;
        let policy = |group: &GroupId| (*group, roster.policy_of(*group, &self.policy));
        let policies: BTreeMap<GroupId, Policy> = roster.groups.keys().map(policy).collect();
        let listing = Listing { states: LIVE.to_vec(), ..Listing::default() };
        let (mut live, mut after) = (0, None);
        loop {
            let page = self.store.list(company, &listing, Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else {
                return Ok(live);
            };
            after = Some(last.incident.id);
            live += page.len();
            for Filed { incident, .. } in page {
                let policy = policies.get(&incident.group).unwrap_or(&self.policy);
                let wake_at = next_wake(policy, &incident);
                self.store.reschedule(company, incident.id, incident.version, wake_at).await?;
            }
        }
    }
}
