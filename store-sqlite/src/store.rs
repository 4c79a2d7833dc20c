//! The port: reads go to the readers, writes to the writer.

use async_trait::async_trait;
use incident_core::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, Number, PersonId, Version,
};
use incident_core::incident::{Effect, Event, Lane};
use incident_core::memory::Abandoned;
use incident_core::ports::{
    Address, Answered, Claim, ClaimOrder, Commit, CommitError, Committed, Filed, Listing, Outlook, Page,
    Person, Posted, Profile, Renaming, RequestKey, RosterCommit, Settled, Settlement, Store, StoreError,
    Surface, Tenancy,
};
use incident_core::roster::{Roster, RosterEvent};
use incident_core::time::Timestamp;
use rusqlite::Connection;

use crate::commit::{self, Draft};
use crate::error::Fault;
use crate::open::SqliteStore;
use crate::owing::{Debt, Owing};
use crate::roster::{self, RosterDraft};
use crate::writer::Urgency;
use crate::{incidents, messages, outbox, people, query, renamings, requests, roster_rows};

/// How much is forgotten in one transaction: bounds how long others wait for it.
const FORGET: u32 = 512;

impl SqliteStore {
    pub(crate) fn read<T>(
        &self,
        operation: &'static str,
        query: impl FnOnce(&Connection) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.readers.read(query).map_err(|fault| fault.during(operation))
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.write_at(Urgency::Now, operation, work).await
    }

    pub(crate) async fn write_at<T: Send + 'static>(
        &self,
        urgency: Urgency,
        operation: &'static str,
        work: impl FnMut(&Connection) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let Some(writer) = &self.writer else {
            return Err(Fault::ReadOnly.during(operation));
        };
        writer.run(urgency, work).await.map_err(|fault| fault.during(operation))
    }

    /// Lists what a company was owed and will not get, oldest first, with the reasons.
    ///
    /// # Errors
    /// Fails like every method of the store.
    pub async fn abandoned(&self, company: CompanyId) -> Result<Vec<Abandoned>, StoreError> {
        self.read("list abandoned effects", |db| outbox::abandoned(db, &company.to_string()))
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn load(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError> {
        self.read("load an incident", |db| query::load(db, company, incident))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        const OPERATION: &str = "commit an incident";
        let draft = Box::new(Draft::new(commit).map_err(|fault| fault.during(OPERATION))?);
        Ok(self.write(OPERATION, move |db| draft.write(db)).await??)
    }

    async fn owe_card(
        &self,
        company: CompanyId,
        incident: IncidentId,
        to: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "owe a card";
        if self.read(OPERATION, |db| query::load(db, company, incident))?.is_none() {
            return Ok(());
        }
        let debt = Debt::of_incident(incident, Effect::ShowCard, to.clone())
            .map_err(|fault| fault.during(OPERATION))?;
        let owing = Owing::new(company, at, None, vec![debt]);
        let company = company.to_string();
        self.write(OPERATION, move |db| owing.write(db, &company).map(drop)).await
    }

    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError> {
        let key = (company.to_string(), incident.to_string());
        self.read("read the journal of an incident", |db| commit::history(db, &key.0, &key.1))
    }

    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError> {
        self.read("find an incident", |db| query::find(db, company, number))
    }

    async fn list(
        &self,
        company: CompanyId,
        listing: &Listing,
        page: Page,
    ) -> Result<Vec<Filed>, StoreError> {
        self.read("list incidents", |db| query::list(db, company, listing, page))
    }

    async fn reports(
        &self,
        company: CompanyId,
        reporter: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.read("list reports", |db| query::reports(db, (company, reporter), since, limit))
    }

    async fn posted(&self, company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError> {
        self.read("look up a message", |db| messages::get(db, company, message))
    }

    async fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError> {
        let key = (company.to_string(), incident.to_string());
        self.read("list cards", |db| messages::cards(db, &key.0, &key.1))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError> {
        self.read("list due incidents", |db| query::due(db, now, limit))
    }

    async fn reschedule(
        &self,
        company: CompanyId,
        incident: IncidentId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let key = (company.to_string(), incident.to_string());
        let work = move |db: &Connection| incidents::reschedule(db, (&key.0, &key.1), version, wake_at);
        self.write("move a wake", work).await
    }

    async fn claim(&self, order: ClaimOrder) -> Result<Option<Claim>, StoreError> {
        const OPERATION: &str = "claim an effect";
        // Most orders find nothing: that needs no transaction.
        if !self.read(OPERATION, |db| outbox::is_claimable(db, order))? {
            return Ok(None);
        }
        self.write(OPERATION, move |db| outbox::claim(db, order)).await
    }

    async fn settle(
        &self,
        claim: &Claim,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        let urgency = urgency(&settlement);
        let claim = claim.clone();
        let work = move |db: &Connection| {
            if !outbox::settle(db, &claim, &settlement, now)? {
                return Ok(Settled::Late);
            }
            messages::record(db, claim.company, &settlement)?;
            Ok(Settled::Yes)
        };
        self.write_at(urgency, "settle an effect", work).await
    }

    async fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError> {
        let company = company.to_string();
        self.read("look for what is being sent", |db| outbox::is_sending(db, &company, chat, lane))
    }

    async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError> {
        self.read("look ahead", |db| {
            let wake_at = query::next_wake(db)?;
            let (deliver_at, owed, abandoned) = outbox::outlook(db, now)?;
            Ok(Outlook { wake_at, deliver_at, owed, abandoned })
        })
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        self.write("release leases", outbox::release).await
    }

    async fn tenancy(&self, chat: &ChatRef) -> Result<Option<Tenancy>, StoreError> {
        self.read("look up a chat", |db| roster_rows::tenancy(db, chat))
    }

    async fn companies(&self) -> Result<Vec<CompanyId>, StoreError> {
        self.read("list companies", roster_rows::companies)
    }

    async fn roster(&self, company: CompanyId) -> Result<Option<Roster>, StoreError> {
        self.read("load a roster", |db| self.rosters.get(db, company))
    }

    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError> {
        const OPERATION: &str = "commit a roster";
        let company = commit.roster.company;
        let draft = RosterDraft::new(commit).map_err(|fault| fault.during(OPERATION))?;
        let written = self.write(OPERATION, move |db| draft.write(db)).await?;
        self.rosters.forget(company);
        Ok(written?)
    }

    async fn due_rosters(&self, now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError> {
        self.read("list due companies", |db| query::due_companies(db, now, limit))
    }

    async fn reschedule_roster(
        &self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let company = company.to_string();
        let work = move |db: &Connection| roster_rows::reschedule(db, &company, version, wake_at);
        self.write("move the wake of a company", work).await
    }

    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError> {
        self.read("read the journal of a roster", |db| roster::history(db, &company.to_string()))
    }

    async fn identify(
        &self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError> {
        const OPERATION: &str = "identify a person";
        if let Some(known) = self.read(OPERATION, |db| people::recognise(db, company, profile))? {
            return Ok(known);
        }
        let profile = profile.clone();
        self.write(OPERATION, move |db| people::identify(db, company, &profile, now)).await
    }

    async fn people(&self, company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        let company = company.to_string();
        self.read("look up people", |db| {
            ids.iter().filter_map(|id| people::get(db, &company, *id).transpose()).collect()
        })
    }

    async fn by_account(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<PersonId>, StoreError> {
        self.read("look up an account", |db| people::by_account(db, company, account))
    }

    async fn by_handle(&self, company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        self.read("look up a handle", |db| people::by_handle(db, company, handle))
    }

    async fn count_reported(&self, company: CompanyId, group: GroupId) -> Result<u64, StoreError> {
        self.read("count incidents", |db| query::count(db, company, group))
    }

    async fn renamings(&self, company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError> {
        self.read("look up renamings", |db| renamings::list(db, company, person))
    }

    async fn forget_renamings(&self, company: CompanyId, person: PersonId) -> Result<u64, StoreError> {
        let work = move |db: &Connection| renamings::forget(db, company, person);
        self.write("forget renamings", work).await
    }

    async fn forget_abandoned(&self, before: Timestamp) -> Result<u64, StoreError> {
        const OPERATION: &str = "forget abandoned effects";
        let mut forgotten = 0;
        loop {
            let work = move |db: &Connection| outbox::forget_abandoned(db, before, FORGET);
            let some = self.write(OPERATION, work).await?;
            forgotten += some;
            if some < u64::from(FORGET) {
                return Ok(forgotten);
            }
        }
    }

    async fn check(&self) -> Result<(), StoreError> {
        const OPERATION: &str = "answer";
        self.read(OPERATION, |db| Ok(db.query_row("SELECT value FROM meta", [], |_| Ok(()))?))?;
        let beat = |db: &Connection| {
            Ok(db.execute("UPDATE meta SET value = value + 1 WHERE key = 'checks'", []).map(drop)?)
        };
        self.write(OPERATION, beat).await
    }

    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError> {
        self.read("look up a request", |db| requests::answered(db, key.as_str()))
    }

    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError> {
        const OPERATION: &str = "forget requests";
        let mut forgotten = 0;
        loop {
            let keys = self.read(OPERATION, |db| requests::forgettable(db, before, FORGET))?;
            let last = keys.len() < FORGET as usize;
            if !keys.is_empty() {
                forgotten += self.write(OPERATION, move |db| requests::forget(db, &keys, before)).await?;
            }
            if last {
                return Ok(forgotten);
            }
        }
    }
}

/// A settlement that tells of no message can wait for others: if it is lost, a card is drawn once more as it
/// is. One that does must not: if it is lost, the message is sent twice.
fn urgency(settlement: &Settlement) -> Urgency {
    match settlement {
        Settlement::Done { posted: None, gone } if gone.is_empty() => Urgency::Soon,
        Settlement::Done { .. } | Settlement::Retry { .. } | Settlement::Abandoned { .. } => Urgency::Now,
    }
}

#[cfg(test)]
mod tests {
    use incident_core::ports::PostedKind;
    use incident_core::testkit::conformance::fixture::{abandoned, chat, done, done_with, retry};

    use super::*;

    #[test]
    fn only_what_may_be_lost_waits_for_others() {
        let message = MessageRef::new(chat("-1"), "7");
        let (incident, kind) = (IncidentId::from_u128(1), PostedKind::Card { pinned: false });
        let posted = done_with(Posted { message: message.clone(), incident, kind });
        let forgets = Settlement::Done { posted: None, gone: vec![message] };
        let (now, soon) = (Urgency::Now, Urgency::Soon);
        let settlements = [done(), posted, forgets, retry(1, None), abandoned()];
        assert_eq!(settlements.map(|settlement| urgency(&settlement)), [soon, now, now, now, now]);
    }
}
