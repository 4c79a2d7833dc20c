//! A store with a mistake, and the suite of every store, which names it.
//!
//! The notebook forgets nothing, but when it is hasty it writes whatever it is given over whatever stands there.
//! With one user nobody would notice. `cargo run -p examples --example prove_your_store` asks it for a few of the
//! promises; `cargo test -p examples --test prove_your_store` runs the whole suite on the careful notebook, and
//! `NOTEBOOK=hasty cargo test -p examples --test prove_your_store suite` on the hasty one.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::panic::{AssertUnwindSafe, catch_unwind};

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
use incident_core::testkit::conformance::{commit, race};
use incident_core::time::Timestamp;

/// Whether it looks at what stands there before it writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Care {
    Careful,
    Hasty,
}

/// A store around another one, so that only the mistake is ours.
struct Notebook {
    inner: MemoryStore,
    care: Care,
}

impl Notebook {
    fn new(care: Care) -> Self {
        Self { inner: MemoryStore::new(), care }
    }

    async fn write(&self, mut commit: Commit) -> Result<Committed, CommitError> {
        match self.inner.commit(commit.clone()).await {
            // Here it is: somebody else was faster, and the hasty notebook writes over it all the same.
            Err(CommitError::Conflict { actual, .. }) if self.care == Care::Hasty => {
                commit.expected = actual;
                self.inner.commit(commit).await
            }
            other => other,
        }
    }
}

/// Implements [`Store`] with our own `commit`; everything else is the other store's affair.
macro_rules! everything_else_is_passed_on {
    ($($method:ident($($argument:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Store for Notebook {
            async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
                self.write(commit).await
            }

            $(async fn $method(&self, $($argument: $kind),*) -> $answer {
                self.inner.$method($($argument),*).await
            })*
        }
    };
}

everything_else_is_passed_on! {
    load(company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError>;
    applied(key: &RequestKey) -> Result<Option<Answered>, StoreError>;
    owe_card(company: CompanyId, incident: IncidentId, to: &Address, at: Timestamp) -> Result<(), StoreError>;
    history(company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError>;
    find(company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError>;
    list(company: CompanyId, listing: &Listing, page: Page) -> Result<Vec<Filed>, StoreError>;
    reports(company: CompanyId, reporter: PersonId, since: Timestamp, limit: u32) -> Result<Vec<Timestamp>, StoreError>;
    posted(company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError>;
    surfaces(company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError>;
    due(now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError>;
    reschedule(company: CompanyId, incident: IncidentId, version: Version, wake_at: Option<Timestamp>) -> Result<bool, StoreError>;
    claim(order: ClaimOrder) -> Result<Option<Claim>, StoreError>;
    settle(claim: &Claim, settlement: Settlement, now: Timestamp) -> Result<Settled, StoreError>;
    is_sending(company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError>;
    outlook(now: Timestamp) -> Result<Outlook, StoreError>;
    release_leases() -> Result<u64, StoreError>;
    tenancy(chat: &ChatRef) -> Result<Option<Tenancy>, StoreError>;
    companies() -> Result<Vec<CompanyId>, StoreError>;
    roster(company: CompanyId) -> Result<Option<Roster>, StoreError>;
    commit_roster(commit: RosterCommit) -> Result<(), CommitError>;
    due_rosters(now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError>;
    reschedule_roster(company: CompanyId, version: Version, wake_at: Option<Timestamp>) -> Result<bool, StoreError>;
    roster_history(company: CompanyId) -> Result<Vec<RosterEvent>, StoreError>;
    identify(company: CompanyId, profile: &Profile, now: Timestamp) -> Result<PersonId, StoreError>;
    people(company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError>;
    by_account(company: CompanyId, account: &Identity) -> Result<Option<PersonId>, StoreError>;
    by_handle(company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError>;
    count_reported(company: CompanyId, group: GroupId) -> Result<u64, StoreError>;
    renamings(company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError>;
    forget_renamings(company: CompanyId, person: PersonId) -> Result<u64, StoreError>;
    forget_abandoned(before: Timestamp) -> Result<u64, StoreError>;
    check() -> Result<(), StoreError>;
    forget_requests(before: Timestamp) -> Result<u64, StoreError>;
}

fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without I/O starts").block_on(future)
}

type Promise = fn(&Notebook);

/// A few of the promises; the suite has them all.
const PROMISES: [(&str, Promise); 3] = [
    ("a_commit_can_be_read_back", |store| block_on(commit::a_commit_can_be_read_back(store))),
    ("a_stale_commit_changes_nothing", |store| block_on(commit::a_stale_commit_changes_nothing(store))),
    ("of_those_who_commit_at_once_one_wins", |store| {
        race::of_those_who_commit_at_once_one_wins(store, &|work| block_on(work));
    }),
];

fn main() {
    std::panic::set_hook(Box::new(|_| {})); // what is broken is said below
    for care in [Care::Careful, Care::Hasty] {
        println!("{care:?}:");
        for (name, promise) in PROMISES {
            let kept = catch_unwind(AssertUnwindSafe(|| promise(&Notebook::new(care)))).is_ok();
            println!("  {name}: {}", if kept { "kept" } else { "BROKEN" });
        }
    }
}

#[cfg(test)]
mod suite {
    use super::*;

    async fn fresh() -> (Notebook, ()) {
        let hasty = std::env::var("NOTEBOOK").is_ok_and(|care| care == "hasty");
        (Notebook::new(if hasty { Care::Hasty } else { Care::Careful }), ())
    }

    incident_core::store_conformance!(fresh, block_on);
}
