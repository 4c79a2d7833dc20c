//! What must be remembered, and the promise that it is remembered together.
//!
//! One trait, because the transactional outbox forces events, state, wake, request key and effects into one
//! transaction of one database. Commits are values, so that a store is "write this in one transaction" and
//! fakes, decorators and logs are trivial.

mod commit;
mod lookup;
mod outbox;

use std::time::Duration;

use async_trait::async_trait;

pub use commit::{
    Answered, Commit, CommitError, Committed, Filed, Origin, RequestKey, RosterCommit, StoreError,
};
pub use lookup::{Called, Listing, Outlook, Page, Person, Profile, RENAMINGS_KEPT, Renaming, Tenancy};
pub use outbox::{Address, Claim, ClaimOrder, Owed, Posted, PostedKind, Settled, Settlement, Surface};

use crate::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, Number, PersonId, Version,
};
use crate::incident::{Event, Lane};
use crate::roster::{Roster, RosterEvent};
use crate::time::Timestamp;

/// Remembers everything. The conformance suite in the test kit says precisely what each method promises;
/// [`MemoryStore`](crate::memory::MemoryStore) is the reference.
///
/// Every query names its company and sees nothing of any other; the desk's own rounds (`due`, `claim`) get
/// rows that say whose they are. Unreadable data is an error, absence is `None`.
#[async_trait]
pub trait Store: Send + Sync {
    /// Returns an incident.
    async fn load(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError>;

    /// Writes a commit, durably, before it returns.
    ///
    /// In one transaction: the request key, the journal, the state, the number of a new incident, the wake,
    /// the effects. An incident of another company is one that does not exist.
    ///
    /// A [`Effect::ShowCard`](crate::incident::Effect::ShowCard) is not added where one of the incident is owed there already and not
    /// claimed. One that was claimed and neither settled nor released counts as claimed even after its lease: whoever holds it
    /// may have drawn the card before this commit, and may still say that it is done.
    ///
    /// With [`Commit::lease_until`], effects are born claimed as if [`claim`](Self::claim) were asked at
    /// [`Commit::at`] for every lane, most urgent first, until it has nothing more to give, and gave nothing but the
    /// effects of this commit.
    ///
    /// If the commit holds [`Fact::SubjectErased`](crate::incident::Fact::SubjectErased), earlier events of
    /// the incident, those of the same commit included, are rewritten by [`Event::erase`].
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;

    /// Owes the card of an incident in a chat without anything having happened, unless it is owed there already and
    /// not claimed. What does not exist is owed nothing.
    async fn owe_card(
        &self,
        company: CompanyId,
        incident: IncidentId,
        to: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Returns the journal of an incident, oldest first.
    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError>;

    /// Finds an incident by its number.
    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError>;

    /// Lists incidents, in the order of their ids, that pass every filter of the listing.
    async fn list(&self, company: CompanyId, listing: &Listing, page: Page)
    -> Result<Vec<Filed>, StoreError>;

    /// Counts the incidents that were ever reported in a group.
    async fn count_reported(&self, company: CompanyId, group: GroupId) -> Result<u64, StoreError>;

    /// Returns when a person last reported, newest first, not before `since`, at most `limit` instants.
    async fn reports(
        &self,
        company: CompanyId,
        reporter: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError>;

    /// Returns what a message of ours is. A card that a newer one replaced in its chat is known no more.
    async fn posted(&self, company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError>;

    /// Returns the cards of an incident, one for each chat at most.
    async fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError>;

    /// Returns incidents whose wake is not after `now`, those due longest first; at the same instant, in the
    /// order of their ids.
    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError>;

    /// Moves a wake without anything having happened; `false` if the incident has another version by now.
    async fn reschedule(
        &self,
        company: CompanyId,
        incident: IncidentId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError>;

    /// Claims the effect of a lane that is next, if any may be delivered now.
    ///
    /// Not before its instant; not while its chat is parked; not while another effect of its lane is claimed
    /// for its chat; not while an older one of its owner and lane is owed; not while its chat is owed
    /// something in a more urgent lane that may be delivered now. Upkeep needs no chat: its own order within
    /// a company is all it waits for. Among those left, the oldest.
    ///
    /// An owner is an incident, or a group of a roster: what one group is told does not wait for another. What is owed
    /// [elsewhere](Address::elsewhere) has an owner of its own in each chat, so that none of them waits for another.
    /// Owed is what was neither done nor abandoned, whatever its instant. A lease holds until just before
    /// [`Claim::lease_until`]; after that the effect may be claimed again, with the next attempt. What is
    /// claimed in a more urgent lane may not be delivered now, and so holds up no other lane.
    async fn claim(&self, order: ClaimOrder) -> Result<Option<Claim>, StoreError>;

    /// Records how a delivery went, unless the claim was taken over, settled or released before.
    ///
    /// A lease that merely ended does not make it late. Of two parks of a chat the longer one counts; a chat
    /// that moved since the claim is parked at its new address.
    async fn settle(
        &self,
        claim: &Claim,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<Settled, StoreError>;

    /// Tells whether something of a lane is claimed for a chat of a company, by whomever, and neither settled nor
    /// released: its message may be there and not be known yet. A lease that ended settles nothing.
    async fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError>;

    /// Tells when to look again.
    async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError>;

    /// Ends the leases of a process that is known to be dead, and returns how many there were. Attempts go on
    /// counting; a claim from before can be settled no more. Only for stores that one process owns.
    async fn release_leases(&self) -> Result<u64, StoreError>;

    /// Tells which company and group a chat belongs to, whatever the status of that group.
    async fn tenancy(&self, chat: &ChatRef) -> Result<Option<Tenancy>, StoreError>;

    /// Lists all companies, in the order of their ids.
    async fn companies(&self) -> Result<Vec<CompanyId>, StoreError>;

    /// Returns a roster.
    async fn roster(&self, company: CompanyId) -> Result<Option<Roster>, StoreError>;

    /// Writes a roster commit, durably, before it returns; one transaction, like [`commit`](Self::commit).
    ///
    /// [`Version::NONE`] creates the company. What is owed goes to the [`chats`](crate::roster::RosterEffect::chats) that its group has
    /// in the new roster. If a group's chat has a new address, effects owed to the old one go to the new one, a park of
    /// the old one is one of the new one, and messages known in the old one are forgotten. What is owed in a chat in
    /// which the group lives no more, and which moved nowhere, is owed no more, but for calls and upkeep, which need
    /// no chat.
    ///
    /// A chat belongs to at most one group over all companies. A commit that would give it to a second one is
    /// refused for good, with a source that says so.
    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError>;

    /// Returns companies whose wake is not after `now`, those due longest first; at the same instant, in the order of
    /// their ids.
    async fn due_rosters(&self, now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError>;

    /// Moves the wake of a company without anything having happened; `false` if its roster has another version by now.
    async fn reschedule_roster(
        &self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError>;

    /// Returns the journal of a roster, oldest first.
    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError>;

    /// Returns the person behind an account, registered at first sight with the next number of the company,
    /// from 1; remembers the profile as it is now. A handle that another account was last seen with is taken
    /// from the person who had it. Whoever comes to be called otherwise by that leaves a [`Renaming`].
    async fn identify(
        &self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError>;

    /// Returns people by id, in the order asked for; those unknown are left out.
    async fn people(&self, company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError>;

    /// Returns the person behind an account, if they were ever registered.
    async fn by_account(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<PersonId>, StoreError>;

    /// Returns the person who was last seen with a handle, unless they have another one, or none, by now.
    async fn by_handle(&self, company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError>;

    /// Returns how the name or the handle of a person changed, oldest first: the latest [`RENAMINGS_KEPT`] times.
    async fn renamings(&self, company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError>;

    /// Forgets how the name and the handle of a person changed; returns how many times.
    async fn forget_renamings(&self, company: CompanyId, person: PersonId) -> Result<u64, StoreError>;

    /// Answers if it can read and write.
    async fn check(&self) -> Result<(), StoreError>;

    /// Tells what was answered to a request, if it was applied. A redelivery of what is refused now may have
    /// been accepted then.
    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError>;

    /// Forgets what was abandoned and has been owed since before an instant; returns how much that was.
    async fn forget_abandoned(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Forgets keys of requests applied before an instant; returns how many.
    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError>;
}

/// How long after its request a key is kept: longer than any platform redelivers.
pub const REQUEST_MEMORY: Duration = Duration::from_secs(7 * 24 * 60 * 60);
