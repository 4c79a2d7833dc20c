//! What must be remembered, and the promise that it is remembered together.
//!
//! One trait, because the transactional outbox forces events, state, wake, request key and effects into one
//! transaction of one database. Commits are values, so that a store is "write this in one transaction" and
//! fakes, decorators and logs are trivial.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, Number, PersonId, Version,
};
use crate::incident::{Effect, Event, Incident, Lane, Prompt, StateKind};
use crate::roster::{Roster, RosterEffect, RosterEvent};
use crate::text::Text;
use crate::time::Timestamp;

/// Names the request that caused a commit, so that its redelivery is recognised: `telegram:<bot>:<update>`.
/// One key is one request, whichever company or aggregate its commit was for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RequestKey(Arc<str>);

impl RequestKey {
    /// Wraps a key that is the same whenever the same request is delivered.
    pub fn new(key: impl Into<Arc<str>>) -> Self {
        Self(key.into())
    }

    /// Returns the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The request that a commit answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its key.
    pub key: RequestKey,
    /// The answer that a redelivery gets, in a form of the desk's own.
    pub answer: String,
}

/// An incident with the number the store gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filed {
    /// The number people use.
    pub number: Number,
    /// The incident.
    pub incident: Incident,
}

/// What must be written in one transaction, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commit {
    /// The version that was decided upon; [`Version::NONE`] for a new incident.
    pub expected: Version,
    /// The request it answers; timers answer none.
    pub origin: Option<Origin>,
    /// The state afterwards.
    pub incident: Incident,
    /// What happened since `expected`, in order; never empty.
    pub events: Vec<Event>,
    /// What is owed for it, in order.
    pub effects: Vec<Effect>,
    /// The chat in which it is owed.
    pub chat: ChatRef,
    /// When the incident must be looked at again.
    pub wake_at: Option<Timestamp>,
    /// The present instant.
    pub at: Timestamp,
    /// Until when effects that nothing stands before are claimed by the committer at once; `None` leaves
    /// them to whoever asks.
    pub lease_until: Option<Timestamp>,
}

impl Commit {
    /// Puts a step's result into a commit that nothing is claimed for.
    pub fn new(expected: Version, step: crate::incident::Step, chat: ChatRef, at: Timestamp) -> Self {
        let crate::incident::Step { incident, events, effects, wake_at } = step;
        Self { expected, origin: None, incident, events, effects, chat, wake_at, at, lease_until: None }
    }

    /// Names the request it answers.
    #[must_use]
    pub fn answering(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Claims its effects for the committer.
    #[must_use]
    pub const fn claiming(mut self, lease_until: Timestamp) -> Self {
        self.lease_until = Some(lease_until);
        self
    }
}

/// What a commit resulted in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The number of the incident, new or old.
    pub number: Number,
    /// The effects that were born claimed.
    pub claims: Vec<Claim>,
}

/// What must be written to a roster in one transaction, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RosterCommit {
    /// The version that was decided upon; [`Version::NONE`] for a new company.
    pub expected: Version,
    /// The request it answers.
    pub origin: Option<Origin>,
    /// The roster afterwards.
    pub roster: Roster,
    /// What happened since `expected`, in order. May be empty if only effects are owed.
    pub events: Vec<RosterEvent>,
    /// What is owed for it, in order.
    pub effects: Vec<RosterEffect>,
    /// The present instant.
    pub at: Timestamp,
}

impl RosterCommit {
    /// Puts a step's result into a commit.
    pub fn new(expected: Version, step: crate::roster::RosterStep, at: Timestamp) -> Self {
        let crate::roster::RosterStep { roster, events, effects } = step;
        Self { expected, origin: None, roster, events, effects, at }
    }

    /// Names the request it answers.
    #[must_use]
    pub fn answering(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Somebody else was faster: load and decide again.
    #[error("conflict: expected version {expected}, found {actual}")]
    Conflict {
        /// The version that was decided upon.
        expected: Version,
        /// The version that is stored.
        actual: Version,
    },
    /// The request was applied before. Checked before the version, since a redelivery always has an old one.
    #[error("already applied")]
    AlreadyApplied {
        /// The answer it got.
        answer: Answered,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What was answered to a request that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The answer, as [`Origin::answer`] gave it.
    pub answer: String,
    /// The incident it concerned, with its number, if it was one.
    pub incident: Option<(IncidentId, Number)>,
}

/// Why a store could not do what it was asked.
#[derive(Debug)]
pub struct StoreError {
    /// What it was asked.
    pub operation: &'static str,
    /// Whether the same may succeed later.
    pub temporary: bool,
    /// What went wrong, without secrets.
    pub source: Box<dyn Error + Send + Sync>,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {}: {}", self.operation, self.source)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

/// What is owed, by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "owner", rename_all = "snake_case")]
pub enum Owed {
    /// For an incident.
    Incident {
        /// Which.
        incident: IncidentId,
        /// What.
        effect: Effect,
    },
    /// For a roster.
    Roster {
        /// What.
        effect: RosterEffect,
    },
}

impl Owed {
    /// Returns the lane it goes out in.
    pub const fn lane(&self) -> Lane {
        match self {
            Self::Incident { effect, .. } => effect.lane(),
            Self::Roster { effect: RosterEffect::Tell { .. } } => Lane::Notice,
            Self::Roster {
                effect:
                    RosterEffect::Redraw { .. } | RosterEffect::EndClaims { .. } | RosterEffect::Abandon { .. },
            } => Lane::Upkeep,
        }
    }
}

/// An effect that the holder, and nobody else, delivers until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The store's own number of the effect; larger ones are younger.
    pub effect: u64,
    /// How often it was claimed, this time included; compared when it is settled.
    pub attempt: u32,
    /// Whose it is.
    pub company: CompanyId,
    /// The chat it goes to.
    pub chat: ChatRef,
    /// What is owed.
    pub owed: Owed,
    /// When it came to be owed.
    pub since: Timestamp,
    /// Until when nobody else may have it.
    pub lease_until: Timestamp,
}

/// Asks for an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClaimOrder {
    /// The lane.
    pub lane: Lane,
    /// The present instant.
    pub now: Timestamp,
    /// Until when it is wanted.
    pub lease_until: Timestamp,
}

/// How a delivery went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It is done; the effect is forgotten.
    Done {
        /// The message that was sent for it.
        posted: Option<Posted>,
        /// Messages of the incident that are no more.
        gone: Vec<MessageRef>,
    },
    /// It is to be tried again.
    Retry {
        /// Not before this instant.
        not_before: Timestamp,
        /// The whole chat is left alone until this instant, in every lane.
        park_chat_until: Option<Timestamp>,
        /// Why, without secrets.
        reason: String,
        /// The message that was sent for it all the same, if one was; kept like that of a success.
        posted: Option<Posted>,
        /// Messages of the incident that are no more.
        gone: Vec<MessageRef>,
    },
    /// It will never succeed. It is kept with its reason for people to see, and stands in nobody's way.
    Abandoned {
        /// Why, without secrets.
        reason: String,
    },
}

/// Whether a settlement counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It did.
    Yes,
    /// The lease had ended and somebody else holds or settled the effect; nothing was written.
    Late,
}

/// A message that was sent for an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// The message.
    pub message: MessageRef,
    /// For which incident.
    pub incident: IncidentId,
    /// As what.
    pub kind: PostedKind,
}

/// What a message of ours is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PostedKind {
    /// The incident's card in its chat; there is at most one in each chat, a newer one replaces it.
    Card {
        /// Whether it is pinned.
        pinned: bool,
    },
    /// A question whose reply is an answer.
    Prompt {
        /// Which.
        prompt: Prompt,
        /// Who was asked.
        person: PersonId,
    },
    /// Anything else.
    Notice,
}

/// The card of an incident in a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Surface {
    /// The message.
    pub message: MessageRef,
    /// Whether it is pinned.
    pub pinned: bool,
}

/// Which company and group a chat belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenancy {
    /// The company.
    pub company: CompanyId,
    /// The group.
    pub group: GroupId,
}

/// What a platform says about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// The account, which decides who it is.
    pub identity: Identity,
    /// The handle, for display and for grants made before the person was seen.
    pub handle: Option<Handle>,
    /// The name, for display.
    pub name: Text,
    /// The language, as a BCP 47 tag.
    pub locale: Option<Text>,
}

/// A person, with what was last known of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id in their company.
    pub id: PersonId,
    /// What was last known of them.
    pub profile: Profile,
}

/// Which incidents to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Only in this group.
    pub group: Option<GroupId>,
    /// Only in these states; empty means all.
    pub states: Vec<StateKind>,
    /// Only held by this person, at whatever level; see [`Incident::holds`].
    pub assignee: Option<PersonId>,
}

/// Which part of a list: the `limit` incidents with ids after `after`, in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The last id of the page before.
    pub after: Option<IncidentId>,
    /// At most so many.
    pub limit: u32,
}

/// What is coming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outlook {
    /// When the next incident must be looked at.
    pub wake_at: Option<Timestamp>,
    /// When the next effect may be delivered or its lease ends; parks, leases and the order of effects are
    /// taken into account, so that a claim at this instant gets one in some lane. `now` if one may be
    /// delivered already; `None` if nothing is owed.
    pub deliver_at: Option<Timestamp>,
    /// How many effects are owed; abandoned ones are not.
    pub owed: u64,
    /// How many effects were abandoned.
    pub abandoned: u64,
}

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
    /// A [`Effect::ShowCard`] is not added where one of the incident is owed already and not claimed. One that
    /// was claimed and neither settled nor released counts as claimed even after its lease: whoever holds it
    /// may have drawn the card before this commit, and may still say that it is done.
    ///
    /// With [`Commit::lease_until`], effects are born claimed as if [`claim`](Self::claim) were asked at
    /// [`Commit::at`] for every lane, most urgent first, and gave nothing but the effects of this commit.
    ///
    /// If the commit holds [`Fact::SubjectErased`](crate::incident::Fact::SubjectErased), earlier events of
    /// the incident, those of the same commit included, are rewritten by [`Event::erase`].
    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError>;

    /// Returns the journal of an incident, oldest first.
    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError>;

    /// Finds an incident by its number.
    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError>;

    /// Lists incidents, in the order of their ids, that pass every filter of the listing.
    async fn list(&self, company: CompanyId, listing: &Listing, page: Page)
    -> Result<Vec<Filed>, StoreError>;

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
    /// An owner is an incident, or a group of a roster: what one group is told does not wait for another.
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
    /// [`Version::NONE`] creates the company. What is owed goes to the chat that its group has in the new
    /// roster. If a group's chat has a new address, effects owed to the old one go to the new one, a park of
    /// the old one is one of the new one, and messages known in the old one are forgotten.
    ///
    /// A chat belongs to at most one group over all companies. A commit that would give it to a second one is
    /// refused for good, with a source that says so.
    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError>;

    /// Returns the journal of a roster, oldest first.
    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError>;

    /// Returns the person behind an account, registered at first sight with the next number of the company,
    /// from 1; remembers the profile as it is now. A handle that another account was last seen with is taken
    /// from the person who had it.
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

    /// Answers if it can read and write.
    async fn check(&self) -> Result<(), StoreError>;

    /// Tells what was answered to a request, if it was applied. A redelivery of what is refused now may have
    /// been accepted then.
    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError>;

    /// Forgets keys of requests applied before an instant; returns how many.
    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError>;
}

/// How long after its request a key is kept: longer than any platform redelivers.
pub const REQUEST_MEMORY: Duration = Duration::from_secs(7 * 24 * 60 * 60);
