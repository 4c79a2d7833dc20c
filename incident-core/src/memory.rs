//! The store that keeps everything in memory: the contract of [`Store`] in one mutex. For tests, for sandboxes,
//! and as the reference that other stores are compared with; what it holds ends with the process.

mod inbox;
mod incidents;
mod messages;
mod outbox;
mod people;
mod remarks;
mod requests;
mod rooms;
mod rosters;

use std::fmt;
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;

use self::inbox::Deliveries;
use self::incidents::Incidents;
use self::messages::Messages;
pub use self::outbox::Abandoned;
use self::outbox::Outbox;
use self::people::People;
use self::remarks::Remarks;
use self::requests::Requests;
use self::rooms::RoomsKept;
use self::rosters::Rosters;
use crate::figures::Case;
use crate::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, Number, PersonId, Platform,
    Version,
};
use crate::incident::{Effect, Event, Lane};
use crate::ports::{
    Address, Answered, CaseMark, Cases, Claim, ClaimOrder, Commit, CommitError, Committed, Delivered, Filed,
    Held, Inbox, Listing, Outlook, Page, Pending, Person, Posted, Profile, Renaming, RequestKey,
    RosterCommit, Scope, Settled, Settlement, Store, StoreError, Surface, Tenancy,
};
use crate::roster::{Roster, RosterEvent};
use crate::time::Timestamp;

/// Remembers everything until it is dropped.
///
/// Every method is one critical section, so what [`Store`] promises of transactions holds. Searching the outbox
/// takes time in proportion to what is owed: right for a reference, too slow for a large installation.
#[derive(Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    requests: Requests,
    incidents: Incidents,
    messages: Messages,
    outbox: Outbox,
    rosters: Rosters,
    people: People,
    remarks: Remarks,
    inbox: Deliveries,
    rooms: RoomsKept,
}

impl MemoryStore {
    /// Begins with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lists what a company was owed and will not get, oldest first, with the reasons.
    ///
    /// # Errors
    /// Fails like every method of the store if a thread panicked while it used the store.
    pub fn abandoned(&self, company: CompanyId) -> Result<Vec<Abandoned>, StoreError> {
        Ok(self.lock("list abandoned effects")?.outbox.abandoned(company))
    }

    fn lock(&self, operation: &'static str) -> Result<MutexGuard<'_, State>, StoreError> {
        self.state.lock().map_err(|_| refusal(operation, "a thread panicked while it used the store"))
    }
}

impl fmt::Debug for MemoryStore {
    /// Shows how much there is, and nothing of it: the store holds what people wrote.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("MemoryStore");
        if let Ok(state) = self.state.try_lock() {
            shown.field("companies", &state.rosters.companies().len());
            shown.field("incidents", &state.incidents.len());
            shown.field("effects", &state.outbox.len());
        }
        shown.finish_non_exhaustive()
    }
}

/// Says that the store will never do what it was asked.
fn refusal(operation: &'static str, why: &'static str) -> StoreError {
    StoreError { operation, temporary: false, source: why.into() }
}

fn check_version(expected: Version, actual: Version) -> Result<(), CommitError> {
    if expected == actual { Ok(()) } else { Err(CommitError::Conflict { expected, actual }) }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError> {
        Ok(self.lock("load an incident")?.incidents.load(company, incident))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let state = &mut *self.lock("commit an incident")?;
        let (company, id, at) = (commit.incident.company, commit.incident.id, commit.at);
        let owed: Vec<_> = commit.owed().map(|(effect, to)| (effect.clone(), to)).collect();
        state.requests.check(commit.origin.as_ref())?;
        check_version(commit.expected, state.incidents.version(company, id))?;
        let number = state.incidents.write(commit.incident, commit.events, (commit.wake_at, at))?;
        if let Some(origin) = commit.origin {
            let answered = Answered { answer: origin.answer, incident: Some((id, number)) };
            state.requests.keep(origin.key, answered, at);
        }
        let first = state.outbox.next();
        for (effect, to) in owed {
            state.outbox.owe((company, id), effect, to, at);
        }
        let claims = match commit.lease_until {
            Some(lease_until) => state.outbox.claim_from(first, at, lease_until),
            None => Vec::new(),
        };
        Ok(Committed { number, claims })
    }

    async fn owe_card(
        &self,
        company: CompanyId,
        incident: IncidentId,
        to: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let state = &mut *self.lock("owe a card")?;
        if state.incidents.load(company, incident).is_some() {
            state.outbox.owe((company, incident), Effect::ShowCard, to.clone(), at);
        }
        Ok(())
    }

    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError> {
        Ok(self.lock("read the journal of an incident")?.incidents.history(company, incident))
    }

    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError> {
        Ok(self.lock("find an incident")?.incidents.find(company, number))
    }

    async fn list(
        &self,
        company: CompanyId,
        listing: &Listing,
        page: Page,
    ) -> Result<Vec<Filed>, StoreError> {
        Ok(self.lock("list incidents")?.incidents.list(company, listing, page))
    }

    async fn reports(
        &self,
        company: CompanyId,
        reporter: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let mut reports = self.lock("list reports")?.incidents.reports(company, reporter, since);
        reports.truncate(limit as usize);
        Ok(reports)
    }

    async fn posted(&self, company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError> {
        Ok(self.lock("look up a message")?.messages.get(company, message))
    }

    async fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError> {
        Ok(self.lock("list cards")?.messages.surfaces(company, incident))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError> {
        Ok(self.lock("list due incidents")?.incidents.due(now, limit))
    }

    async fn reschedule(
        &self,
        company: CompanyId,
        incident: IncidentId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        Ok(self.lock("move a wake")?.incidents.reschedule((company, incident), version, wake_at))
    }

    async fn claim(&self, order: ClaimOrder) -> Result<Option<Claim>, StoreError> {
        Ok(self.lock("claim an effect")?.outbox.claim(order))
    }

    async fn settle(
        &self,
        claim: &Claim,
        settlement: Settlement,
        _now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let state = &mut *self.lock("settle an effect")?;
        let Some(delivery) = state.outbox.settle(claim, settlement) else {
            return Ok(Settled::Late);
        };
        state.messages.forget(claim.company, &delivery.gone);
        if let Some(posted) = delivery.posted {
            state.messages.keep(claim.company, posted);
        }
        Ok(Settled::Yes)
    }

    async fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError> {
        Ok(self.lock("look for what is being sent")?.outbox.is_sending(company, chat, lane))
    }

    async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError> {
        let state = self.lock("look ahead")?;
        let (owed, abandoned) = state.outbox.counts();
        let wakes = [state.incidents.next_wake(), state.rosters.next_wake()];
        let (wake_at, deliver_at) = (wakes.into_iter().flatten().min(), state.outbox.deliver_at(now));
        Ok(Outlook { wake_at, deliver_at, owed, abandoned })
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        Ok(self.lock("release leases")?.outbox.release())
    }

    async fn tenancy(&self, chat: &ChatRef) -> Result<Option<Tenancy>, StoreError> {
        Ok(self.lock("look up a chat")?.rosters.tenancy(chat))
    }

    async fn companies(&self) -> Result<Vec<CompanyId>, StoreError> {
        Ok(self.lock("list companies")?.rosters.companies())
    }

    async fn roster(&self, company: CompanyId) -> Result<Option<Roster>, StoreError> {
        Ok(self.lock("load a roster")?.rosters.load(company))
    }

    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError> {
        let state = &mut *self.lock("commit a roster")?;
        let (company, at) = (commit.roster.company, commit.at);
        state.requests.check(commit.origin.as_ref())?;
        check_version(commit.expected, state.rosters.version(company))?;
        state.rosters.check_chats(&commit.roster)?;
        let owed = rosters::addressed(&commit.roster, commit.effects)?;
        let (moved, left) = state.rosters.write(commit.roster, commit.events, commit.wake_at);
        state.outbox.move_chats(company, &moved);
        left.iter().for_each(|chat| state.outbox.forget_chat(company, chat));
        for (from, _) in moved {
            state.messages.forget_chat(company, &from);
        }
        for (effect, to) in owed {
            state.outbox.owe_roster(company, effect, to, at);
        }
        if let Some(origin) = commit.origin {
            state.requests.keep(origin.key, Answered { answer: origin.answer, incident: None }, at);
        }
        Ok(())
    }

    async fn due_rosters(&self, now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError> {
        Ok(self.lock("list due companies")?.rosters.due(now, limit))
    }

    async fn reschedule_roster(
        &self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        Ok(self.lock("move the wake of a company")?.rosters.reschedule(company, version, wake_at))
    }

    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError> {
        Ok(self.lock("read the journal of a roster")?.rosters.history(company))
    }

    async fn identify(
        &self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError> {
        self.lock("identify a person")?.people.identify(company, profile, now)
    }

    async fn people(&self, company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        Ok(self.lock("look up people")?.people.get(company, ids))
    }

    async fn by_account(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<PersonId>, StoreError> {
        Ok(self.lock("look up an account")?.people.by_account(company, account))
    }

    async fn by_handle(&self, company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        Ok(self.lock("look up a handle")?.people.by_handle(company, handle))
    }

    async fn count_reported(&self, company: CompanyId, group: GroupId) -> Result<u64, StoreError> {
        Ok(self.lock("count incidents")?.incidents.count(company, group))
    }

    async fn renamings(&self, company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError> {
        Ok(self.lock("look up renamings")?.people.renamings(company, person))
    }

    async fn forget_renamings(&self, company: CompanyId, person: PersonId) -> Result<u64, StoreError> {
        Ok(self.lock("forget renamings")?.people.forget_renamings(company, person))
    }

    async fn forget_abandoned(&self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(self.lock("forget abandoned effects")?.outbox.forget_abandoned(before))
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.lock("answer").map(drop)
    }

    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError> {
        Ok(self.lock("look up a request")?.requests.applied(key))
    }

    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(self.lock("forget requests")?.requests.forget(before))
    }
}

#[async_trait]
impl Cases for MemoryStore {
    async fn cases(
        &self,
        scope: &Scope,
        after: Option<CaseMark>,
        limit: u32,
    ) -> Result<Vec<Case>, StoreError> {
        let mut cases = self.lock("list cases")?.incidents.cases(scope, after);
        cases.truncate(limit as usize);
        Ok(cases)
    }
}

#[async_trait]
impl Inbox for MemoryStore {
    async fn keep(&self, delivered: &[Delivered], lease_until: Timestamp) -> Result<Vec<bool>, StoreError> {
        Ok(self.lock("keep what was delivered")?.inbox.keep(delivered, lease_until))
    }

    async fn take(
        &self,
        platform: Platform,
        due: (Timestamp, Timestamp),
        limit: u32,
    ) -> Result<Vec<Pending>, StoreError> {
        Ok(self.lock("take over what was delivered")?.inbox.take(platform, due, limit))
    }

    async fn renew(&self, held: &[Held], lease_until: Timestamp) -> Result<(), StoreError> {
        self.lock("renew leases on what was delivered")?.inbox.renew(held, lease_until);
        Ok(())
    }

    async fn done(&self, keys: &[RequestKey]) -> Result<(), StoreError> {
        self.lock("forget what was delivered")?.inbox.done(keys);
        Ok(())
    }
}
