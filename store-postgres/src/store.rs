//! The port: each call takes a connection for as long as it needs one.

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
use sqlx::PgConnection;

use crate::batches::{Place, Turn};
use crate::commit::{self, Draft, Refusal};
use crate::error::{Fate, Fault};
use crate::open::{PostgresStore, Serving};
use crate::outbox::Verdict;
use crate::owing::{self, Debt};
use crate::pool::{Tries, again, ask};
use crate::roster::{self, RosterDraft};
use crate::{incidents, messages, outbox, people, query, renamings, requests, roster_rows};

/// How many request keys are forgotten in one transaction: bounds how long its locks are held.
const FORGET: u32 = 512;

/// Writes a commit. One that may have been written although nobody said so is looked up by its request; without
/// one there is no telling, and whoever asked must look at what has become of the incident.
macro_rules! write_once {
    ($tries:ident, $draft:expr) => {{
        loop {
            let mut lease = match $tries.connect().await {
                Ok(lease) => lease,
                Err(error) => break Err(error),
            };
            let doubted = $tries.doubted();
            let db: &mut PgConnection = &mut lease;
            let outcome = $tries.within(async {
                match $draft.key() {
                    Some(key) if doubted => match requests::answered(&mut *db, key).await? {
                        Some(answered) => Ok(Err(Refusal::AlreadyApplied(answered))),
                        None => $draft.write(db).await,
                    },
                    Some(_) | None => $draft.write(db).await,
                }
            });
            let outcome = outcome.await;
            let unknown = $draft.key().is_none() && outcome.as_ref().is_err_and(Fault::is_doubtful);
            if unknown {
                $tries.give_up();
            }
            if let Some(answer) = $tries.judge(outcome, lease) {
                break answer;
            }
        }
    }};
}

/// How a commit comes to be written.
enum Share {
    /// It was, together with others; this is what the database said of it.
    Written(String),
    /// By itself; others wait while the place is held.
    Alone(Option<Place>),
}

impl PostgresStore {
    /// Lets others write a commit along, if enough are writing.
    async fn share(&self, draft: &Draft, tries: &mut Tries<'_>) -> Result<Share, StoreError> {
        let Some((order, body)) = draft.shareable() else {
            return Ok(Share::Alone(None));
        };
        let answer = match self.batches.enter(order, body) {
            Turn::Now(place) => return Ok(Share::Alone(Some(place))),
            Turn::Shared(answer) => answer.await.unwrap_or(Err(Fate::Unknown)),
        };
        match answer {
            Ok(outcome) => Ok(Share::Written(outcome)),
            Err(Fate::Unknown) if draft.key().is_none() => Err(tries.unknown()),
            Err(fate) => {
                tries.follow(fate);
                Ok(Share::Alone(None))
            }
        }
    }

    /// Writes a commit by itself. What it may have claimed without anybody's knowing is given back later.
    async fn write_alone(
        &self,
        draft: &Draft,
        mut tries: Tries<'_>,
    ) -> Result<Result<Committed, Refusal>, StoreError> {
        let written = write_once!(tries, draft);
        let lost = tries.doubted() && !matches!(written, Ok(Ok(_)));
        draft.lease_until.filter(|_| lost).into_iter().for_each(|until| self.doubts.lose(until, None));
        written
    }

    /// Lists what a company was owed and will not get, oldest first, with the reasons.
    ///
    /// # Errors
    /// Fails like every method of the store.
    pub async fn abandoned(&self, company: CompanyId) -> Result<Vec<Abandoned>, StoreError> {
        let company = company.to_string();
        ask!(self.pool, "list abandoned effects", |db| outbox::abandoned(db, &company))
    }
}

#[async_trait]
impl Store for PostgresStore {
    async fn load(&self, company: CompanyId, incident: IncidentId) -> Result<Option<Filed>, StoreError> {
        ask!(self.pool, "load an incident", |db| query::load(db, company, incident))
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, CommitError> {
        const OPERATION: &str = "commit an incident";
        let draft = Draft::new(commit, &self.name).map_err(|fault| fault.during(OPERATION))?;
        let mut tries = self.pool.tries(OPERATION);
        let committed = match self.share(&draft, &mut tries).await? {
            Share::Written(outcome) => draft.read(&outcome).map_err(|fault| fault.during(OPERATION))?,
            Share::Alone(_place) => self.write_alone(&draft, tries).await?,
        };
        if draft.concerns_others() {
            self.nudges.send();
        }
        Ok(committed?)
    }

    async fn owe_card(
        &self,
        company: CompanyId,
        incident: IncidentId,
        to: &Address,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const OPERATION: &str = "owe a card";
        let card = Debt::of_incident(incident, Effect::ShowCard, to.clone())
            .map_err(|fault| fault.during(OPERATION))?;
        let company = company.to_string();
        let owed = ask!(self.pool, OPERATION, |db| owing::owe_card(db, &company, &card, at));
        self.nudges.send();
        owed
    }

    async fn history(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Event>, StoreError> {
        let key = (company.to_string(), incident.to_string());
        ask!(self.pool, "read the journal of an incident", |db| commit::history(db, &key.0, &key.1))
    }

    async fn find(&self, company: CompanyId, number: Number) -> Result<Option<IncidentId>, StoreError> {
        ask!(self.pool, "find an incident", |db| query::find(db, company, number))
    }

    async fn list(
        &self,
        company: CompanyId,
        listing: &Listing,
        page: Page,
    ) -> Result<Vec<Filed>, StoreError> {
        ask!(self.pool, "list incidents", |db| query::list(db, company, listing, page))
    }

    async fn reports(
        &self,
        company: CompanyId,
        reporter: PersonId,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Timestamp>, StoreError> {
        ask!(self.pool, "list reports", |db| query::reports(db, (company, reporter), since, limit))
    }

    async fn posted(&self, company: CompanyId, message: &MessageRef) -> Result<Option<Posted>, StoreError> {
        ask!(self.pool, "look up a message", |db| messages::get(db, company, message))
    }

    async fn surfaces(&self, company: CompanyId, incident: IncidentId) -> Result<Vec<Surface>, StoreError> {
        let key = (company.to_string(), incident.to_string());
        ask!(self.pool, "list cards", |db| messages::cards(db, &key.0, &key.1))
    }

    async fn due(&self, now: Timestamp, limit: u32) -> Result<Vec<(CompanyId, IncidentId)>, StoreError> {
        ask!(self.pool, "list due incidents", |db| query::due(db, now, limit))
    }

    async fn reschedule(
        &self,
        company: CompanyId,
        incident: IncidentId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let key = (company.to_string(), incident.to_string());
        let moved = ask!(self.pool, "move a wake", |db| incidents::reschedule(
            db,
            (&key.0, &key.1),
            version,
            wake_at
        ));
        self.nudges.send();
        moved
    }

    /// A claim whose answer was lost is nobody's until it is given back or its lease ends; the next one is asked for
    /// meanwhile.
    async fn claim(&self, order: ClaimOrder) -> Result<Option<Claim>, StoreError> {
        let mut tries = self.pool.tries("claim an effect");
        let claimed = again!(tries, |db| outbox::claim(db, order, &self.name));
        if tries.doubted() {
            let kept = claimed.as_ref().ok().and_then(Option::as_ref).map(|claim| claim.effect);
            self.doubts.lose(order.lease_until, kept);
        }
        claimed
    }

    async fn settle(
        &self,
        claim: &Claim,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<Settled, StoreError> {
        const OPERATION: &str = "settle an effect";
        let verdict = Verdict::new(claim, &settlement, now).map_err(|fault| fault.during(OPERATION))?;
        let mut tries = self.pool.tries(OPERATION);
        let mut doubted = self.doubts.take(claim);
        let settled = loop {
            let mut lease = match tries.connect().await {
                Ok(lease) => lease,
                Err(error) => break Err(error),
            };
            let outcome = tries.within(verdict.write(&mut lease, doubted)).await;
            doubted |= outcome.as_ref().is_err_and(Fault::is_doubtful);
            if let Some(settled) = tries.judge(outcome, lease) {
                break settled;
            }
        };
        if settled.is_err() {
            self.doubts.leave_unsettled(claim.effect, claim.attempt);
            if doubted {
                self.doubts.remember(claim);
            }
        }
        if matches!(settlement, Settlement::Retry { .. }) {
            self.nudges.send();
        }
        settled
    }

    async fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> Result<bool, StoreError> {
        ask!(self.pool, "look for what is being sent", |db| outbox::is_sending(db, company, chat, lane))
    }

    async fn outlook(&self, now: Timestamp) -> Result<Outlook, StoreError> {
        ask!(self.pool, "look ahead", |db| outbox::outlook(db, now))
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        match self.serving {
            Serving::Together => Ok(0),
            Serving::Alone => ask!(self.pool, "release leases", |db| outbox::release(db)),
        }
    }

    async fn tenancy(&self, chat: &ChatRef) -> Result<Option<Tenancy>, StoreError> {
        ask!(self.pool, "look up a chat", |db| roster_rows::tenancy(db, chat))
    }

    async fn companies(&self) -> Result<Vec<CompanyId>, StoreError> {
        ask!(self.pool, "list companies", |db| roster_rows::companies(db))
    }

    async fn roster(&self, company: CompanyId) -> Result<Option<Roster>, StoreError> {
        ask!(self.pool, "load a roster", |db| self.rosters.get(db, company))
    }

    async fn commit_roster(&self, commit: RosterCommit) -> Result<(), CommitError> {
        const OPERATION: &str = "commit a roster";
        let draft = RosterDraft::new(commit).map_err(|fault| fault.during(OPERATION))?;
        let mut tries = self.pool.tries(OPERATION);
        let written = write_once!(tries, draft);
        self.rosters.forget(draft.company());
        self.nudges.send();
        Ok(written??)
    }

    async fn due_rosters(&self, now: Timestamp, limit: u32) -> Result<Vec<CompanyId>, StoreError> {
        ask!(self.pool, "list due companies", |db| query::due_companies(db, now, limit))
    }

    async fn reschedule_roster(
        &self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let company = company.to_string();
        let moved = ask!(self.pool, "move the wake of a company", |db| roster_rows::reschedule(
            db, &company, version, wake_at
        ));
        self.nudges.send();
        moved
    }

    async fn roster_history(&self, company: CompanyId) -> Result<Vec<RosterEvent>, StoreError> {
        let company = company.to_string();
        ask!(self.pool, "read the journal of a roster", |db| roster::history(db, &company))
    }

    async fn identify(
        &self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError> {
        const OPERATION: &str = "identify a person";
        if let Some(known) = ask!(self.pool, OPERATION, |db| people::recognise(db, company, profile))? {
            return Ok(known);
        }
        ask!(self.pool, OPERATION, |db| people::identify(db, company, profile, now))
    }

    async fn people(&self, company: CompanyId, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        let company = company.to_string();
        ask!(self.pool, "look up people", |db| people::get(db, &company, ids))
    }

    async fn by_account(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<PersonId>, StoreError> {
        ask!(self.pool, "look up an account", |db| people::by_account(db, company, account))
    }

    async fn by_handle(&self, company: CompanyId, handle: &Handle) -> Result<Option<PersonId>, StoreError> {
        ask!(self.pool, "look up a handle", |db| people::by_handle(db, company, handle))
    }

    async fn count_reported(&self, company: CompanyId, group: GroupId) -> Result<u64, StoreError> {
        ask!(self.pool, "count incidents", |db| query::count(db, company, group))
    }

    async fn renamings(&self, company: CompanyId, person: PersonId) -> Result<Vec<Renaming>, StoreError> {
        ask!(self.pool, "look up renamings", |db| renamings::list(db, company, person))
    }

    async fn forget_renamings(&self, company: CompanyId, person: PersonId) -> Result<u64, StoreError> {
        ask!(self.pool, "forget renamings", |db| renamings::forget(db, company, person))
    }

    async fn forget_abandoned(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let some = ask!(self.pool, "forget abandoned effects", |db| outbox::forget(db, before, FORGET))?;
            forgotten += some;
            if some < u64::from(FORGET) {
                return Ok(forgotten);
            }
        }
    }

    async fn check(&self) -> Result<(), StoreError> {
        ask!(self.pool, "answer", |db| requests::beat(db))
    }

    async fn applied(&self, key: &RequestKey) -> Result<Option<Answered>, StoreError> {
        ask!(self.pool, "look up a request", |db| requests::answered(db, key.as_str()))
    }

    async fn forget_requests(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut forgotten = 0;
        loop {
            let some = ask!(self.pool, "forget requests", |db| requests::forget(db, before, FORGET))?;
            forgotten += some;
            if some < u64::from(FORGET) {
                return Ok(forgotten);
            }
        }
    }
}
