//! What the world writes down while it watches: the ports report here, and everything is judged when it is
//! reported. The first thing that is wrong is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use super::chats::Chats;
use super::dice::Dice;
use super::dues::Dues;
use super::journals::Journals;
use super::tale::Tale;
use super::weather::Weather;
use crate::desk::Nudge;
use crate::ids::{CompanyId, GroupId, Version};
use crate::policy::Policy;
use crate::ports::{Claim, Clock, Owed, RequestKey, StoreError};
use crate::testkit::ManualClock;
use crate::testkit::invariants::{Broken, Held, must};
use crate::time::Timestamp;

/// Names a task of the world.
pub(super) type TaskId = u32;

/// What a task is doing.
#[derive(Debug)]
pub(super) struct Doing {
    /// What it delivers.
    pub(super) claim: Option<Claim>,
    /// The version of the incident when it began to deliver.
    pub(super) since: Version,
    /// Whether what it sent may come again: it died, or was not told that it had succeeded.
    pub(super) excused: bool,
    /// What loops must be told of, for what it wrote.
    pub(super) news: Vec<Nudge>,
    /// What they were told.
    pub(super) nudges: Vec<Nudge>,
}

impl Default for Doing {
    fn default() -> Self {
        Self { claim: None, since: Version::NONE, excused: false, news: Vec::new(), nudges: Vec::new() }
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
    pub(super) task: TaskId,
    pub(super) tasks: BTreeMap<TaskId, Doing>,
    pub(super) journals: Journals,
    pub(super) dues: Dues,
    pub(super) chats: Chats,
    pub(super) applied: BTreeSet<RequestKey>,
    pub(super) suspended: BTreeSet<(CompanyId, GroupId)>,
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
            task: 0,
            tasks: BTreeMap::new(),
            journals: Journals::new(policy.clone()),
            dues: Dues::default(),
            chats: Chats::default(),
            applied: BTreeSet::new(),
            suspended: BTreeSet::new(),
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

    /// Lets the present task be forgiven for sending again what it sends now.
    pub(super) fn excuse(&mut self, task: TaskId) {
        self.tasks.entry(task).or_default().excused = true;
    }

    pub(super) fn begin_delivery(&mut self, claim: &Claim) {
        self.tale.figures.deliveries += 1;
        let since = match &claim.owed {
            Owed::Incident { incident, .. } => self.journals.version(*incident),
            Owed::Roster { .. } => Version::NONE,
        };
        let doing = self.tasks.entry(self.task).or_default();
        doing.claim = Some(claim.clone());
        doing.since = since;
    }

    /// Something was written that loops must be told of: they sleep until then.
    pub(super) fn news(&mut self, nudge: Nudge) {
        self.tasks.entry(self.task).or_default().news.push(nudge);
    }

    /// The desk told the loops something.
    pub(super) fn nudged(&mut self, nudge: Nudge) {
        self.tasks.entry(self.task).or_default().nudges.push(nudge);
    }

    /// Whoever ended told the loops of everything that was written; unless a failing store kept it in the dark.
    pub(super) fn loops_were_told(&self, task: TaskId) -> Held {
        let Some(doing) = self.tasks.get(&task).filter(|doing| !doing.excused) else {
            return Ok(());
        };
        let missing = doing.news.iter().find(|news| !doing.nudges.contains(news));
        must(missing.is_none(), "loops are told what there is to do", || format!("nobody said {missing:?}"))
    }

    pub(super) fn store_fault(&mut self) -> Option<StoreFault> {
        if !self.dice.chance(self.weather.store_failing) {
            return None;
        }
        let fault = if self.dice.chance(50) { StoreFault::Before } else { StoreFault::After };
        self.excuse(self.task);
        self.fault(format!("  ✗ the store fails ({fault:?})").to_lowercase());
        Some(fault)
    }
}

/// What a store says that fails.
pub(super) fn store_error(operation: &'static str) -> StoreError {
    StoreError { operation, temporary: true, source: "the weather is bad".into() }
}
