//! What the world writes down while it watches: the ports report here, and everything is judged when it is
//! reported. The first thing that is wrong is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::chats::Chats;
use super::dice::Dice;
use super::dues::Dues;
use super::journals::Journals;
use super::rosters::Rosters;
use super::tale::Tale;
use super::weather::Weather;
use crate::desk::Nudge;
use crate::ids::{ChatRef, CompanyId, GroupId, Version};
use crate::incident::{Effect, Lane};
use crate::policy::Policy;
use crate::ports::{Claim, Clock, Owed, RequestKey, StoreError};
use crate::testkit::ManualClock;
use crate::testkit::invariants::{Broken, Held, must};
use crate::time::Timestamp;

/// What people reply to: a question, but also a card or a page, to which files and comments are added.
pub(super) const ANSWERED: [Lane; 3] = [Lane::Page, Lane::Notice, Lane::Card];

/// Names a task of the world.
pub(super) type TaskId = u32;

/// Counts what happens: every time a task goes on for a piece, one more.
pub(super) type Beat = u64;

/// What a task is doing.
#[derive(Debug)]
pub(super) struct Doing {
    /// When it began.
    pub(super) began: Beat,
    /// When it ended or died.
    pub(super) ended: Option<Beat>,
    /// What it delivers.
    pub(super) claim: Option<Claim>,
    /// The version of the incident when it began to deliver.
    pub(super) since: Version,
    /// Whether a card came to show something by its hand.
    pub(super) drew: bool,
    /// Whether it could not write down what it had sent: it died, the store failed just then, or it was so
    /// late that somebody else had taken over.
    pub(super) unsettled: bool,
    /// What loops must be told of, for what it wrote.
    pub(super) news: Vec<Nudge>,
    /// What they were told.
    pub(super) nudges: Vec<Nudge>,
}

impl Doing {
    const fn new(began: Beat) -> Self {
        Self {
            began,
            ended: None,
            claim: None,
            since: Version::NONE,
            drew: false,
            unsettled: false,
            news: Vec::new(),
            nudges: Vec::new(),
        }
    }

    fn rings(&self) -> bool {
        let owed = self.claim.as_ref().map(|claim| &claim.owed);
        matches!(owed, Some(Owed::Incident { effect: Effect::Ring { .. }, .. }))
    }
}

/// How an operation of the store goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoreFault {
    Before,
    After,
}

/// The books. The ports share them with the world.
#[derive(Debug)]
pub(super) struct Books(Mutex<Ledger>);

/// What stands in the books.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) dice: Dice,
    pub(super) weather: Weather,
    pub(super) clock: Arc<ManualClock>,
    pub(super) tale: Tale,
    pub(super) step: u32,
    pub(super) broken: Option<Broken>,
    pub(super) beat: Beat,
    pub(super) task: TaskId,
    pub(super) tasks: BTreeMap<TaskId, Doing>,
    pub(super) journals: Journals,
    pub(super) rosters: Rosters,
    pub(super) dues: Dues,
    pub(super) chats: Chats,
    /// Whether the chat will keep to itself that it did what it is doing.
    pub(super) losing: bool,
    pub(super) applied: BTreeSet<RequestKey>,
}

impl Books {
    pub(super) fn open(
        policy: &Policy,
        (weather, dice): (Weather, Dice),
        clock: &Arc<ManualClock>,
        tale: Tale,
    ) -> Self {
        Self(Mutex::new(Ledger {
            dice,
            weather,
            clock: Arc::clone(clock),
            tale,
            step: 0,
            broken: None,
            beat: 0,
            task: 0,
            tasks: BTreeMap::new(),
            journals: Journals::new(policy.clone()),
            rosters: Rosters::default(),
            dues: Dues::default(),
            chats: Chats::default(),
            losing: false,
            applied: BTreeSet::new(),
        }))
    }

    /// Looks into the books, or writes something down.
    pub(super) fn with<T>(&self, look: impl FnOnce(&mut Ledger) -> T) -> T {
        look(&mut self.0.lock().expect("nothing panics while it holds the books"))
    }
}

impl Ledger {
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Keeps the first thing that is broken.
    pub(super) fn judge(&mut self, held: Held) {
        if let (Err(broken), None) = (held, &self.broken) {
            self.broken = Some(broken);
        }
    }

    pub(super) fn say(&mut self, text: String) {
        let (step, now) = (self.step, self.now());
        self.tale.in_chat(step, now, text);
    }

    pub(super) fn fault(&mut self, text: String) {
        self.tale.figures.faults += 1;
        self.say(text);
    }

    /// Returns what a task is doing.
    pub(super) fn doing(&mut self, task: TaskId) -> &mut Doing {
        let beat = self.beat;
        self.tasks.entry(task).or_insert_with(|| Doing::new(beat))
    }

    /// A task begins.
    pub(super) fn begun(&mut self, task: TaskId) {
        let doing = Doing::new(self.beat);
        self.tasks.insert(task, doing);
    }

    /// A task ended, or died where it stood.
    pub(super) fn left(&mut self, task: TaskId, dead: bool) {
        let beat = self.beat;
        let doing = self.doing(task);
        doing.ended = Some(beat);
        doing.unsettled |= dead;
    }

    /// Tells whether what was sent may come again, because nobody knows of it: its own answer was lost, or
    /// whoever sent it could not write that down.
    pub(super) fn may_come_again(&self, (task, lost): (TaskId, bool)) -> bool {
        lost || self.tasks.get(&task).is_some_and(|doing| doing.unsettled)
    }

    /// Tells whether what can be answered was on its way to a chat at some time since a task began.
    pub(super) fn was_sending_since(&self, began: Beat, chat: &ChatRef) -> bool {
        self.tasks.values().filter(|doing| doing.ended.is_none_or(|ended| ended >= began)).any(|doing| {
            doing
                .claim
                .as_ref()
                .is_some_and(|claim| ANSWERED.contains(&claim.owed.lane()) && claim.chat == *chat)
        })
    }

    /// Returns the group that something owed is for; `None` for what a whole company is owed.
    pub(super) fn group_of(&self, claim: &Claim) -> Option<(CompanyId, GroupId)> {
        let group = match &claim.owed {
            Owed::Incident { incident, .. } => self.journals.shadows.get(incident)?.incident.group,
            Owed::Roster { effect } if effect.is_told() => effect.group(),
            Owed::Roster { .. } => return None,
        };
        Some((claim.company, group))
    }

    pub(super) fn begin_delivery(&mut self, claim: &Claim) {
        self.tale.figures.deliveries += 1;
        let since = match &claim.owed {
            Owed::Incident { incident, .. } => self.journals.version(*incident),
            Owed::Roster { .. } => Version::NONE,
        };
        let doing = self.doing(self.task);
        doing.claim = Some(claim.clone());
        doing.since = since;
    }

    /// Something was written that loops must be told of: they sleep until then.
    pub(super) fn news(&mut self, nudge: Nudge) {
        self.doing(self.task).news.push(nudge);
    }

    /// The desk told the loops something.
    pub(super) fn nudged(&mut self, nudge: Nudge) {
        self.doing(self.task).nudges.push(nudge);
    }

    /// Whoever ended told the loops of everything that it knew to be written.
    pub(super) fn loops_were_told(&self, task: TaskId) -> Held {
        let Some(doing) = self.tasks.get(&task) else {
            return Ok(());
        };
        let missing = doing.news.iter().find(|news| !doing.nudges.contains(news));
        must(missing.is_none(), "loops are told what there is to do", || format!("nobody said {missing:?}"))
    }

    /// Says whether an operation of the store fails. What was sent can come again only if that operation was to
    /// write down that it had been: a settlement, or for a call all that follows it.
    pub(super) fn store_fault(&mut self, operation: &str) -> Option<StoreFault> {
        // What writes is what matters most.
        let often = if operation == "settle" || operation == "commit" { 4 } else { 1 };
        if !self.dice.chance(often * self.weather.store_failing) {
            return None;
        }
        let fault = if self.dice.chance(50) { StoreFault::Before } else { StoreFault::After };
        let doing = self.doing(self.task);
        doing.unsettled |= operation == "settle" || doing.rings();
        self.fault(format!("  ✗ the store fails to {operation} ({fault:?})").to_lowercase());
        Some(fault)
    }
}

/// What a store says that fails.
pub(super) fn store_error(operation: &'static str) -> StoreError {
    StoreError { operation, temporary: true, source: "the weather is bad".into() }
}
