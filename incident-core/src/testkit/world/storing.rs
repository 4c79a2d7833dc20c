//! The store of the world: the embedder's own, watched, and at times failing before or after it did its work.

use async_trait::async_trait;

use super::books::{StoreFault, store_error};
use super::chatting::Watched;
use super::pause::{at_once, pause};
use crate::desk::Nudge;
use crate::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, Number, PersonId, Version,
};
use crate::incident::{Event, Lane};
use crate::ports::{
    Address, Answered, Claim, ClaimOrder, Commit, CommitError, Committed, Filed, Listing, Outlook, Page,
    Person, Posted, Profile, Renaming, RequestKey, RosterCommit, Settled, Settlement, Store, StoreError,
    Surface, Tenancy,
};
use crate::roster::{Roster, RosterEvent};
use crate::time::Timestamp;

impl Watched<dyn Store> {
    /// Makes a call between two moments at which the process may die; `done` writes down what it did.
    async fn through<T: Send, E: From<StoreError> + Send>(
        &self,
        operation: &'static str,
        call: impl Future<Output = Result<T, E>> + Send,
        done: impl FnOnce(&Result<T, E>) + Send,
    ) -> Result<T, E> {
        pause().await;
        let fault = self.books.with(|books| books.store_fault(operation));
        let result = if fault == Some(StoreFault::Before) {
            Err(store_error(operation).into())
        } else {
            let result = at_once(call);
            let known = self.books.with(|books| books.doing(books.task).news.len());
            done(&result);
            if fault.is_some() {
                // Whoever is not told that it was done has no news of it.
                self.books.with(|books| books.doing(books.task).news.truncate(known));
            }
            result
        };
        pause().await;
        if fault == Some(StoreFault::After) { result.and(Err(store_error(operation).into())) } else { result }
    }
}

fn unseen<T, E>(_: &Result<T, E>) {}

#[async_trait]
impl Store for Watched<dyn Store> {
    async fn load(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError> {
        self.through("load", self.inner.load(company, incident), unseen).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let copy = commit.clone();
        let done =
            |result: &Result<Committed, CommitError>| self.books.with(|books| books.committed(&copy, result));
        self.through("commit", self.inner.commit(commit), done).await
    }

    async fn owe_card(
        &self,
        company: CompanyId,
        incident: IncidentId,
        to: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let done = |result: &Result<(), StoreError>| {
            if result.is_ok() {
                self.books.with(|books| {
                    books.news(Nudge::Deliver(Lane::Card));
                    books.owed_a_card(company, incident, to);
                });
            }
        };
        self.through("owe a card", self.inner.owe_card(company, incident, to, at), done).await
    }

    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError> {
        self.through("read a journal", self.inner.history(company, incident), unseen).await
    }

    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError> {
        self.through("find", self.inner.find(company, number), unseen).await
    }

    async fn list(
        &self,
        company: CompanyId,
        listing: &Listing,
        page: Page,
    ) -> Result<Vec<Filed>, StoreError> {
        self.through("list", self.inner.list(company, listing, page), unseen).await
    }

    async fn reports(
        &self,
        company: CompanyId,
        reporter: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.through("list reports", self.inner.reports(company, reporter, since, limit), unseen).await
    }

    async fn posted(&self, company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError> {
        self.through("look up a message", self.inner.posted(company, message), unseen).await
    }

    async fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError> {
        self.through("list cards", self.inner.surfaces(company, incident), unseen).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError> {
        self.through("list what is due", self.inner.due(now, limit), unseen).await
    }

    async fn reschedule(
        &self,
        company: CompanyId,
        incident: IncidentId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let moved = self.inner.reschedule(company, incident, version, wake_at);
        self.through("move a wake", moved, unseen).await
    }

    async fn claim(&self, order: ClaimOrder) -> Result<Option<Claim>, StoreError> {
        let done = |result: &Result<Option<Claim>, StoreError>| {
            if let Ok(Some(claim)) = result {
                self.books.with(|books| books.claimed(claim));
            }
        };
        self.through("claim", self.inner.claim(order), done).await
    }

    async fn settle(
        &self,
        claim: &Claim,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let copy = settlement.clone();
        let done = |result: &Result<Settled, StoreError>| {
            if let Ok(settled) = result {
                self.books.with(|books| {
                    let held = books.settled(claim, &copy, *settled);
                    books.judge(held);
                });
            }
        };
        self.through("settle", self.inner.settle(claim, settlement, now), done).await
    }

    async fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError> {
        self.through("look for what is being sent", self.inner.is_sending(company, chat, lane), unseen).await
    }

    async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError> {
        self.through("look ahead", self.inner.outlook(now), unseen).await
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        let done = |_: &Result<u64, StoreError>| self.books.with(|books| books.dues.released());
        self.through("release leases", self.inner.release_leases(), done).await
    }

    async fn tenancy(&self, chat: &ChatRef) -> Result<Option<Tenancy>, StoreError> {
        self.through("look up a chat", self.inner.tenancy(chat), unseen).await
    }

    async fn companies(&self) -> Result<Vec<CompanyId>, StoreError> {
        self.through("list companies", self.inner.companies(), unseen).await
    }

    async fn roster(&self, company: CompanyId) -> Result<Option<Roster>, StoreError> {
        self.through("load a roster", self.inner.roster(company), unseen).await
    }

    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError> {
        let copy = commit.clone();
        let done =
            |result: &Result<(), CommitError>| self.books.with(|books| books.committed_roster(&copy, result));
        self.through("commit a roster", self.inner.commit_roster(commit), done).await
    }

    async fn due_rosters(&self, now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError> {
        self.through("list due companies", self.inner.due_rosters(now, limit), unseen).await
    }

    async fn reschedule_roster(
        &self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let moved = self.inner.reschedule_roster(company, version, wake_at);
        self.through("move the wake of a company", moved, unseen).await
    }

    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError> {
        self.through("read the journal of a roster", self.inner.roster_history(company), unseen).await
    }

    async fn identify(
        &self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError> {
        self.through("identify", self.inner.identify(company, profile, now), unseen).await
    }

    async fn people(&self, company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        self.through("look up people", self.inner.people(company, ids), unseen).await
    }

    async fn by_account(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<PersonId>, StoreError> {
        self.through("look up an account", self.inner.by_account(company, account), unseen).await
    }

    async fn by_handle(&self, company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        self.through("look up a handle", self.inner.by_handle(company, handle), unseen).await
    }

    async fn count_reported(&self, company: CompanyId, group: GroupId) -> Result<u64, StoreError> {
        self.through("count incidents", self.inner.count_reported(company, group), unseen).await
    }

    async fn renamings(&self, company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError> {
        self.through("look up renamings", self.inner.renamings(company, person), unseen).await
    }

    async fn forget_renamings(&self, company: CompanyId, person: PersonId) -> Result<u64, StoreError> {
        self.through("forget renamings", self.inner.forget_renamings(company, person), unseen).await
    }

    async fn forget_abandoned(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.through("forget abandoned effects", self.inner.forget_abandoned(before), unseen).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.through("answer", self.inner.check(), unseen).await
    }

    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError> {
        self.through("look up a request", self.inner.applied(key), unseen).await
    }

    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.through("forget requests", self.inner.forget_requests(before), unseen).await
    }
}
