//! A company with one group and three people, and shorthands for what happens there. Useful to any test of a
//! store or of something that stands on one.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Barrier;
use std::time::Duration;

use crate::ids::{
    ChatRef, CompanyId, GroupId, Handle, Identity, IncidentId, MessageRef, PersonId, Platform, Version,
};
use crate::incident::{self, Audience, Command, Effect, Incident, Input, Lane, Notice, Priority, Report};
use crate::policy::{Actor, Member, Policy, Preset, Role};
use crate::ports::{
    Claim, ClaimOrder, Commit, CommitError, Committed, Filed, Listing, Origin, Outlook, Page, Posted,
    PostedKind, Profile, RequestKey, RosterCommit, Settled, Settlement, Store,
};
use crate::roster::{self, Roster, RosterCommand, RosterInput};
use crate::text::{Limits, Text};
use crate::time::Timestamp;

/// The second at which every test begins: 2026-03-02T08:00:00Z.
pub const START: i64 = 1_772_438_400;

/// How long [`claim`] leases an effect, in seconds.
pub const LEASE: i64 = 60;

/// Returns the instant that many seconds after the beginning.
pub const fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(START + secs)
}

/// Unwraps what the store answered, where a failure fails the test.
pub trait Works {
    /// What the store answers.
    type Answer;

    /// Returns the answer.
    ///
    /// # Panics
    /// If the store failed, with what it said.
    fn works(self) -> Self::Answer;
}

impl<T, E: fmt::Display> Works for Result<T, E> {
    type Answer = T;

    #[track_caller]
    fn works(self) -> T {
        match self {
            Ok(answer) => answer,
            Err(error) => panic!("the store should have done it: {error}"),
        }
    }
}

/// Runs a future to its end on the present thread.
pub type Run<'r> = &'r (dyn Fn(Pin<Box<dyn Future<Output = ()> + '_>>) + Sync);

/// Runs a future to its end and returns its output.
///
/// # Panics
/// If `run` comes back before the future has ended.
pub fn wait<T>(run: Run<'_>, future: impl Future<Output = T>) -> T {
    let mut output = None;
    run(Box::pin(async { output = Some(future.await) }));
    output.expect("`block_on` returns when the future has ended")
}

/// Does something on several threads that start together; returns what each came to.
///
/// # Panics
/// If one of them does.
pub fn at_once<F: Future>(run: Run<'_>, threads: usize, work: impl Fn(usize) -> F + Sync) -> Vec<F::Output>
where
    F::Output: Send,
{
    let start = Barrier::new(threads);
    let (start, work) = (&start, &work);
    let one = |index: usize| {
        move || {
            start.wait();
            wait(run, work(index))
        }
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|index| scope.spawn(one(index))).collect();
        handles.into_iter().map(|handle| handle.join().expect("no thread fails")).collect()
    })
}

/// A company that works in one chat of a store, by the policy [`Preset::TwoTierShared`].
#[derive(Clone)]
pub struct Office<'s> {
    /// Where it is kept.
    pub store: &'s dyn Store,
    /// The number by which offices and their ids differ; their people and incident numbers do not.
    pub index: u32,
    /// The company.
    pub company: CompanyId,
    /// Its group.
    pub group: GroupId,
    /// The chat of that group.
    pub chat: ChatRef,
    /// By what it works.
    pub policy: Policy,
    /// Somebody who reports.
    pub driver: PersonId,
    /// Somebody who responds.
    pub ann: PersonId,
    /// Somebody who manages.
    pub ben: PersonId,
}

impl fmt::Debug for Office<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Office").field("index", &self.index).finish_non_exhaustive()
    }
}

impl<'s> Office<'s> {
    /// Founds the company, with its group, and lets its people be seen.
    pub async fn open(store: &'s dyn Store, index: u32) -> Self {
        let company = CompanyId::from_u128(1_000 + u128::from(index));
        let group = GroupId::from_u128(2_000 + u128::from(index));
        let mut office = Self {
            store,
            index,
            company,
            group,
            chat: chat(&format!("-100{index}")),
            policy: Policy::preset(Preset::TwoTierShared),
            driver: PersonId::new(1),
            ann: PersonId::new(2),
            ben: PersonId::new(3),
        };
        let found = RosterCommand::Found { name: text("Hauliers") };
        let add = office.add_group(group, &office.chat);
        store.commit_roster(office.roster_commit(None, vec![found, add], 0)).await.works();
        office.driver = office.sees("driver").await;
        office.ann = office.sees("ann").await;
        office.ben = office.sees("ben").await;
        office
    }

    async fn sees(&self, name: &str) -> PersonId {
        self.store.identify(self.company, &profile(name), at(0)).await.works()
    }

    /// Returns the id of its `n`-th incident.
    pub fn id(&self, n: u32) -> IncidentId {
        IncidentId::from_u128(u128::from(self.index) * 1_000_000 + u128::from(n))
    }

    /// Prepares the report of an incident.
    pub fn report(&self, n: u32, secs: i64) -> Commit {
        let report = Report {
            company: self.company,
            group: self.group,
            group_active: true,
            topic: None,
            description: text("the trailer lights are out"),
            attachments: Vec::new(),
            priority: Priority::default(),
            recent: Vec::new(),
            recent_here: Vec::new(),
        };
        let create = Command::Create { report };
        let input = Input::new(self.id(n), at(secs), self.actor(self.driver), create);
        let step = incident::step(&self.policy, None, &input).expect("anybody may report");
        Commit::new(Version::NONE, step, self.chat.clone(), at(secs))
    }

    /// Files an incident and forgets what is owed for it.
    pub async fn file(&self, n: u32, secs: i64) -> Filed {
        let mut report = self.report(n, secs);
        report.effects.clear();
        self.commit(report).await
    }

    /// Commits something that must succeed and returns what is true afterwards.
    pub async fn commit(&self, commit: Commit) -> Filed {
        let incident = commit.incident.clone();
        let Committed { number, .. } = self.store.commit(commit).await.works();
        Filed { number, incident }
    }

    /// Prepares something that a person asks of an incident.
    ///
    /// # Panics
    /// If the machine refuses it.
    pub fn asks(&self, incident: &Incident, person: PersonId, command: Command, secs: i64) -> Commit {
        let input = Input::new(incident.id, at(secs), self.actor(person), command);
        let step = incident::step(&self.policy, Some(incident), &input).expect("the machine accepts it");
        Commit::new(incident.version, step, self.chat.clone(), at(secs))
    }

    /// Prepares a note of the reporter's, for which nothing is owed.
    pub fn notes(&self, incident: &Incident, words: &str, secs: i64) -> Commit {
        self.asks(incident, self.driver, Command::AddNote { text: text(words), internal: false }, secs)
    }

    /// Prepares a commit to its `n`-th incident, filed if need be, for which these effects are owed.
    pub async fn owing(&self, n: u32, effects: Vec<Effect>, secs: i64) -> Commit {
        let mut commit = match self.load(n).await {
            Some(filed) => self.notes(&filed.incident, "something", secs),
            None => self.report(n, secs),
        };
        commit.effects = effects;
        commit
    }

    /// Lets effects be owed for its `n`-th incident.
    pub async fn owes(&self, n: u32, effects: Vec<Effect>, secs: i64) -> Committed {
        let commit = self.owing(n, effects, secs).await;
        self.store.commit(commit).await.works()
    }

    /// Loads its `n`-th incident.
    pub async fn load(&self, n: u32) -> Option<Filed> {
        self.store.load(self.company, self.id(n)).await.works()
    }

    /// Lists the first hundred incidents that a listing asks for.
    pub async fn list(&self, listing: &Listing) -> Vec<Filed> {
        self.store.list(self.company, listing, Page { after: None, limit: 100 }).await.works()
    }

    /// Returns its roster.
    pub async fn roster(&self) -> Roster {
        self.store.roster(self.company).await.works().expect("the office was opened")
    }

    /// Prepares commands to its roster.
    ///
    /// # Panics
    /// If the roster refuses them.
    pub fn roster_commit(
        &self,
        before: Option<&Roster>,
        commands: Vec<RosterCommand>,
        secs: i64,
    ) -> RosterCommit {
        let input = RosterInput { company: self.company, at: at(secs), actor: Actor::System, commands };
        let step = roster::step(&self.policy, before, &input).expect("the roster accepts it");
        RosterCommit::new(before.map_or(Version::NONE, |before| before.version), step, at(secs))
    }

    /// Commits commands to its roster that must succeed.
    pub async fn administers(&self, commands: Vec<RosterCommand>, secs: i64) -> Roster {
        let before = self.roster().await;
        let commit = self.roster_commit(Some(&before), commands, secs);
        let after = commit.roster.clone();
        self.store.commit_roster(commit).await.works();
        after
    }

    /// Returns the command that adds a group which works at once.
    pub fn add_group(&self, group: GroupId, chat: &ChatRef) -> RosterCommand {
        RosterCommand::AddGroup { group, chat: chat.clone(), title: text("Night shift"), active: true }
    }

    /// Returns what was posted for its `n`-th incident.
    pub fn posted(&self, n: u32, message: &MessageRef, kind: PostedKind) -> Posted {
        Posted { message: message.clone(), incident: self.id(n), kind }
    }

    /// Names a message in its chat.
    pub fn message(&self, message: &str) -> MessageRef {
        MessageRef::new(self.chat.clone(), message)
    }

    fn actor(&self, person: PersonId) -> Actor {
        let role = match person {
            person if person == self.ben => Role::Manager,
            person if person == self.ann => Role::Responder,
            _ => Role::Reporter,
        };
        Actor::Person(Member::new(person, role))
    }
}

/// Names a chat on Telegram.
pub fn chat(name: &str) -> ChatRef {
    ChatRef::new(Platform::Telegram, name)
}

/// Names a chat on Slack, where an incident may live besides.
pub fn mirror(name: &str) -> ChatRef {
    ChatRef::new(Platform::Slack, name)
}

/// Reads a short text.
pub fn text(words: &str) -> Text {
    Text::new(words, Limits::REASON).expect("tests write short texts")
}

/// Reads a handle on Telegram.
pub fn handle(name: &str) -> Handle {
    Handle::parse(Platform::Telegram, name).expect("tests write valid handles")
}

/// Describes the person who has the account and handle of this name.
pub fn profile(name: &str) -> Profile {
    Profile {
        identity: Identity::new(Platform::Telegram, name),
        handle: Some(handle(name)),
        name: text(name),
        locale: None,
    }
}

/// Returns a message in the lane of notices, one for each number.
pub const fn notice(number: u32) -> Effect {
    Effect::Say { notice: Notice::Unclaimed { audience: Audience::Assignees, minutes: number } }
}

/// Returns a message in the lane of pages.
pub const fn page() -> Effect {
    Effect::Say { notice: Notice::Exhausted }
}

/// Names a request, and the answer that it gets.
pub fn origin(key: &str, answer: &str) -> Origin {
    Origin { key: RequestKey::new(key), answer: answer.to_owned() }
}

/// Claims an effect at an instant, for [`LEASE`] seconds.
pub async fn claim(store: &dyn Store, lane: Lane, secs: i64) -> Option<Claim> {
    let order = ClaimOrder { lane, now: at(secs), lease_until: at(secs + LEASE) };
    store.claim(order).await.works()
}

/// Claims an effect that must be there.
///
/// # Panics
/// If there is none.
pub async fn claimed(store: &dyn Store, lane: Lane, secs: i64) -> Claim {
    let claim = claim(store, lane, secs).await;
    claim.unwrap_or_else(|| {
        panic!("something in lane {} may be delivered {secs} s after the start", lane.as_str())
    })
}

/// Settles a claim.
pub async fn settle(store: &dyn Store, claim: &Claim, settlement: Settlement, secs: i64) -> Settled {
    store.settle(claim, settlement, at(secs)).await.works()
}

/// Says that a delivery succeeded without a message to remember.
pub const fn done() -> Settlement {
    Settlement::Done { posted: None, gone: Vec::new() }
}

/// Says that a delivery succeeded with a message.
pub const fn done_with(posted: Posted) -> Settlement {
    Settlement::Done { posted: Some(posted), gone: Vec::new() }
}

/// Says that a delivery is to be tried again, and perhaps that its chat is to be left alone.
pub fn retry(secs: i64, park: Option<i64>) -> Settlement {
    Settlement::Retry {
        not_before: at(secs),
        park_chat_until: park.map(at),
        reason: "the chat did not answer".to_owned(),
        posted: None,
        gone: Vec::new(),
    }
}

/// Says that a delivery will never succeed.
pub fn abandoned() -> Settlement {
    Settlement::Abandoned { reason: "the chat is gone".to_owned() }
}

/// Looks ahead.
pub async fn outlook(store: &dyn Store, secs: i64) -> Outlook {
    store.outlook(at(secs)).await.works()
}

/// Returns the conflict that a commit met.
///
/// # Panics
/// If it met none.
#[track_caller]
pub fn conflict<T: fmt::Debug>(result: Result<T, CommitError>) -> (Version, Version) {
    match result {
        Err(CommitError::Conflict { expected, actual }) => (expected, actual),
        Err(error @ (CommitError::AlreadyApplied { .. } | CommitError::Store(_))) => {
            panic!("expected a conflict, got: {error}")
        }
        Ok(answer) => panic!("expected a conflict, got: {answer:?}"),
    }
}

/// Returns a step of time that is too short to matter to people, and not to a store.
pub const MOMENT: Duration = Duration::from_micros(1);
