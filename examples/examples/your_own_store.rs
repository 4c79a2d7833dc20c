//! A store of one's own: everything another store does, and a diary of all that happened, in plain text.
//!
//! [`Store`] is one trait, because state, journal, wake, effects and request key must be written in one
//! transaction. No method has a default, so a wrapper like this one cannot forget to pass one on. What each method
//! promises is tested: the last lines of this file run the suite that every store of the desk must pass.
//!
//! `cargo run -p examples --example your_own_store` shows a diary,
//! `cargo test -p examples --example your_own_store` runs the suite.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::io::Write;

use async_trait::async_trait;
use incident_core::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, Number, PersonId, Version,
};
use incident_core::incident::{Event, Lane};
use incident_core::memory::MemoryStore;
use incident_core::ports::{
    Address, Answered, Claim, ClaimOrder, Commit, CommitError, Committed, Filed, Listing, Outlook, Page,
    Person, Posted, Profile, Renaming, RequestKey, RosterCommit, Settled, Settlement, Store, StoreError,
    Surface, Tenancy,
};
use incident_core::roster::{Roster, RosterEvent};
use incident_core::time::Timestamp;
use tokio::sync::Mutex;

/// A store that keeps a diary of another one.
struct Diary<S> {
    inner: S,
    /// Held over a commit and its entry, so that entries come in the order of the commits.
    book: Mutex<Box<dyn Write + Send>>,
}

impl<S: Store> Diary<S> {
    fn new(inner: S, book: impl Write + Send + 'static) -> Self {
        Self { inner, book: Mutex::new(Box::new(book)) }
    }
}

/// Writes an entry. Should that fail, the commit stands all the same: whoever asked tries again, as after every
/// failure that may pass, and learns that it was applied.
fn enter(book: &mut dyn Write, entry: &str) -> Result<(), StoreError> {
    book.write_all(entry.as_bytes()).map_err(|error| StoreError {
        operation: "write the diary",
        temporary: true,
        source: error.into(),
    })
}

#[async_trait]
impl<S: Store> Store for Diary<S> {
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        let events = commit.events.clone();
        let mut book = self.book.lock().await;
        let committed = self.inner.commit(commit).await?;
        for Event { at, by, fact } in events {
            enter(&mut **book, &format!("{at}  {}  {by:?}: {fact:?}\n", committed.number))?;
        }
        Ok(committed)
    }

    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError> {
        let (name, events) = (commit.roster.name.clone(), commit.events.clone());
        let mut book = self.book.lock().await;
        self.inner.commit_roster(commit).await?;
        for RosterEvent { at, by, fact } in events {
            enter(&mut **book, &format!("{at}  {name}  {by:?}: {fact:?}\n"))?;
        }
        Ok(())
    }

    // Everything else is the other store's affair.

    async fn load(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError> {
        self.inner.load(company, incident).await
    }

    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError> {
        self.inner.applied(key).await
    }

    async fn owe_card(
        &self,
        company: CompanyId,
        incident: IncidentId,
        to: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner.owe_card(company, incident, to, at).await
    }

    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError> {
        self.inner.history(company, incident).await
    }

    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError> {
        self.inner.find(company, number).await
    }

    async fn list(
        &self,
        company: CompanyId,
        listing: &Listing,
        page: Page,
    ) -> Result<Vec<Filed>, StoreError> {
        self.inner.list(company, listing, page).await
    }

    async fn reports(
        &self,
        company: CompanyId,
        reporter: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.inner.reports(company, reporter, since, limit).await
    }

    async fn posted(&self, company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError> {
        self.inner.posted(company, message).await
    }

    async fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError> {
        self.inner.surfaces(company, incident).await
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError> {
        self.inner.due(now, limit).await
    }

    async fn reschedule(
        &self,
        company: CompanyId,
        incident: IncidentId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        self.inner.reschedule(company, incident, version, wake_at).await
    }

    async fn claim(&self, order: ClaimOrder) -> Result<Option<Claim>, StoreError> {
        self.inner.claim(order).await
    }

    async fn settle(
        &self,
        claim: &Claim,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        self.inner.settle(claim, settlement, now).await
    }

    async fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError> {
        self.inner.is_sending(company, chat, lane).await
    }

    async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError> {
        self.inner.outlook(now).await
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        self.inner.release_leases().await
    }

    async fn tenancy(&self, chat: &ChatRef) -> Result<Option<Tenancy>, StoreError> {
        self.inner.tenancy(chat).await
    }

    async fn companies(&self) -> Result<Vec<CompanyId>, StoreError> {
        self.inner.companies().await
    }

    async fn roster(&self, company: CompanyId) -> Result<Option<Roster>, StoreError> {
        self.inner.roster(company).await
    }

    async fn due_rosters(&self, now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError> {
        self.inner.due_rosters(now, limit).await
    }

    async fn reschedule_roster(
        &self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        self.inner.reschedule_roster(company, version, wake_at).await
    }

    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError> {
        self.inner.roster_history(company).await
    }

    async fn identify(
        &self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError> {
        self.inner.identify(company, profile, now).await
    }

    async fn people(&self, company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        self.inner.people(company, ids).await
    }

    async fn by_account(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<PersonId>, StoreError> {
        self.inner.by_account(company, account).await
    }

    async fn by_handle(&self, company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        self.inner.by_handle(company, handle).await
    }

    async fn count_reported(&self, company: CompanyId, group: GroupId) -> Result<u64, StoreError> {
        self.inner.count_reported(company, group).await
    }

    async fn renamings(&self, company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError> {
        self.inner.renamings(company, person).await
    }

    async fn forget_renamings(&self, company: CompanyId, person: PersonId) -> Result<u64, StoreError> {
        self.inner.forget_renamings(company, person).await
    }

    async fn forget_abandoned(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.inner.forget_abandoned(before).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.inner.check().await
    }

    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError> {
        self.inner.forget_requests(before).await
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    println!("What a desk would see is what the other store holds; the diary is this:");
    let store = Diary::new(MemoryStore::new(), std::io::stdout());
    let company = story::found(&store).await?;
    story::report_and_claim(&store, company).await?;
    Ok(())
}

/// A company with one group, and an incident that is reported and claimed there.
mod story {
    use incident_core::ids::{ChatRef, CompanyId, GroupId, IncidentId, PersonId, Platform, Version};
    use incident_core::incident::{Command, Incident, Input, Priority, Report, step};
    use incident_core::policy::{Actor, Member, Policy, Preset, Role};
    use incident_core::ports::{Commit, RosterCommit, Store};
    use incident_core::roster::{self, RosterCommand, RosterInput};
    use incident_core::text::{Limits, Text};
    use incident_core::time::Timestamp;

    const GROUP: GroupId = GroupId::from_u128(1);
    const EVENING: Timestamp = Timestamp::from_secs(1_772_474_400);

    fn chat() -> ChatRef {
        ChatRef::new(Platform::Sandbox, "yard")
    }

    fn someone(person: u32, role: Role) -> Actor {
        Actor::Person(Member::new(PersonId::new(person), role))
    }

    pub(crate) async fn found(store: &dyn Store) -> anyhow::Result<CompanyId> {
        let company = CompanyId::from_u128(1);
        let name = Text::new("Northgate Haulage", Limits::NAME)?;
        let title = name.clone();
        let commands = vec![
            RosterCommand::Found { name },
            RosterCommand::AddGroup { group: GROUP, chat: chat(), title, active: true },
        ];
        let input = RosterInput { company, at: EVENING, actor: someone(1, Role::Admin), commands };
        let step = roster::step(&Policy::preset(Preset::TwoTier), None, &input)?;
        store.commit_roster(RosterCommit::new(Version::NONE, step, EVENING)).await?;
        Ok(company)
    }

    pub(crate) async fn report_and_claim(store: &dyn Store, company: CompanyId) -> anyhow::Result<()> {
        let report = Report {
            company,
            group: GROUP,
            group_active: true,
            topic: None,
            description: Text::new("truck 12 has a flat tyre", Limits::DESCRIPTION)?,
            attachments: Vec::new(),
            priority: Priority::Normal,
            recent: Vec::new(),
            recent_here: Vec::new(),
        };
        let incident = change(store, None, someone(2, Role::Reporter), Command::Create { report }).await?;
        change(store, Some(incident), someone(3, Role::Responder), Command::Acknowledge).await?;
        Ok(())
    }

    async fn change(
        store: &dyn Store,
        before: Option<Incident>,
        actor: Actor,
        command: Command,
    ) -> anyhow::Result<Incident> {
        let input = Input::new(IncidentId::from_u128(2), EVENING, actor, command);
        let step = step(&Policy::preset(Preset::TwoTier), before.as_ref(), &input)?;
        let expected = before.map_or(Version::NONE, |incident| incident.version);
        let after = step.incident.clone();
        store.commit(Commit::new(expected, step, chat(), EVENING)).await?;
        Ok(after)
    }
}

#[cfg(test)]
mod conformance {
    use std::io;

    use super::*;

    async fn fresh() -> (Diary<MemoryStore>, ()) {
        (Diary::new(MemoryStore::new(), io::sink()), ())
    }

    fn block_on<F: Future>(future: F) -> F::Output {
        let runtime =
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime without I/O starts");
        runtime.block_on(future)
    }

    incident_core::store_conformance!(fresh, block_on);
}
