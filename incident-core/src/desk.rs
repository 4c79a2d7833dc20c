//! The desk: the core connected to its ports. It awaits ports and performs no I/O of its own; it has no loop,
//! no timer and no runtime. Each method does one bounded round and says how much it did.
//!
//! - [`Desk::handle`] answers a request: load, [`step`](crate::incident::step), commit.
//! - [`Desk::wake_due`] looks at incidents whose time has come.
//! - [`Desk::deliver`] does one thing that is owed, from its row, after the commit.
//!
//! Nothing that must survive is kept in memory. One queue holds claims that this process was given at birth,
//! to spare it a second transaction; if the process dies, their leases end. The other holds cards that
//! somebody pressed although others took their place; whoever presses one again puts it back.

mod admission;
mod albums;
mod answers;
mod belonging;
mod change;
mod choices;
mod commands;
mod context;
mod deliver;
mod forgetting;
mod forms;
mod handle;
mod language;
mod lately;
mod press;
mod request;
mod rooms;
mod settings;
mod shifts;
mod showing;
mod stats;
mod telling;
mod upkeep;
mod wake;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use change::HandleError;
pub use context::Context;
pub use deliver::{Delivery, DeliveryEnd};
pub use forgetting::{ForgetMark, ForgetRound};
pub use request::{Ask, ChatKind, Named, Quoted, Request, Sender};
pub use wake::WakeRound;

use crate::ids::{CompanyId, Identity, IncidentId, MessageRef, Platform};
use crate::incident::{Event, Incident, Lane};
use crate::policy::Policy;
use crate::ports::{Cases, Claim, Clock, Directory, Messenger, Outlook, Pager, Recall, Store, StoreError};
use crate::roster::Calendar;
use crate::text::Text;
use crate::time::Timestamp;
use crate::view::{Locale, Phrasebook, Spell};

use albums::Albums;
use lately::Lately;
use rooms::Lodging;

/// How long a claimed effect belongs to its claimer. A delivery, which may edit, post and pin, must give up
/// within three quarters of it: what waited longer than a quarter to be begun is not begun.
pub const LEASE: Duration = Duration::from_secs(60);

/// How many claims a process keeps for itself from what it commits: more than it is likely to carry out at once.
const READY_MOST: usize = 64;

/// Who lets a new group work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onboarding {
    /// The group's own administrators, by configuring it.
    Open,
    /// The administrators of the installation.
    Approval,
}

/// Says that there may be something to do, before the next look would find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nudge {
    /// Something is owed in a lane.
    Deliver(Lane),
    /// An incident must be looked at by then.
    WakeBy(Timestamp),
}

type Witness = dyn Fn(&Incident, &[Event]) + Send + Sync;

/// The desk. Share it as an `Arc`.
pub struct Desk {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    policy: Policy,
    phrasebook: Phrasebook,
    /// The same words, where commands are spelled otherwise.
    spelled: BTreeMap<Platform, Phrasebook>,
    /// Where forms are shown.
    forms: BTreeSet<Platform>,
    messengers: BTreeMap<Platform, Arc<dyn Messenger>>,
    directories: BTreeMap<Platform, Arc<dyn Directory>>,
    pager: Option<Arc<dyn Pager>>,
    cases: Option<Arc<dyn Cases>>,
    recall: Option<(Arc<dyn Recall>, Option<Context>)>,
    answers_in_private: BTreeSet<Platform>,
    platform_admins: BTreeSet<Identity>,
    onboarding: Onboarding,
    calendar: Calendar,
    nudge: Box<dyn Fn(Nudge) + Send + Sync>,
    witness: Option<Box<Witness>>,
    ready: Mutex<BTreeMap<Lane, VecDeque<Claim>>>,
    orphans: Mutex<BTreeMap<MessageRef, (CompanyId, IncidentId)>>,
    rooms: BTreeMap<Platform, Lodging>,
    welcomes: Mutex<BTreeMap<IncidentId, Claim>>,
    lately: Lately,
    albums: Albums,
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk")
            .field("preset", &self.policy.rules().preset)
            .field("platforms", &self.messengers.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// Connects a store, a clock and a policy. Messengers are added with [`with_messenger`](Self::with_messenger).
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, policy: Policy) -> Self {
        Self {
            store,
            clock,
            policy,
            phrasebook: Phrasebook::new(),
            spelled: BTreeMap::new(),
            forms: BTreeSet::new(),
            messengers: BTreeMap::new(),
            directories: BTreeMap::new(),
            pager: None,
            cases: None,
            recall: None,
            answers_in_private: BTreeSet::new(),
            platform_admins: BTreeSet::new(),
            onboarding: Onboarding::Open,
            calendar: Calendar::default(),
            nudge: Box::new(|_| {}),
            witness: None,
            ready: Mutex::new(BTreeMap::new()),
            orphans: Mutex::new(BTreeMap::new()),
            rooms: BTreeMap::new(),
            welcomes: Mutex::new(BTreeMap::new()),
            lately: Lately::default(),
            albums: Albums::default(),
        }
    }

    /// Serves a platform: a messenger to write with, a directory to ask about people.
    #[must_use]
    pub fn with_messenger(
        mut self,
        platform: Platform,
        messenger: Arc<dyn Messenger>,
        directory: Arc<dyn Directory>,
    ) -> Self {
        self.messengers.insert(platform, messenger);
        self.directories.insert(platform, directory);
        self
    }

    /// Says how commands are typed on a platform: `/incident status` instead of `/status`.
    #[must_use]
    pub fn with_commands_spelled(mut self, platform: Platform, spell: Spell) -> Self {
        self.spelled.insert(platform, self.phrasebook.spelled(spell));
        self
    }

    /// Says that a platform shows forms: cards there have buttons for what is asked in one, see
    /// [`order_form`](Self::order_form).
    #[must_use]
    pub fn with_forms_on(mut self, platform: Platform) -> Self {
        self.forms.insert(platform);
        self
    }

    /// Says that on a platform nobody but whoever asked sees what a command is answered; elsewhere, what is meant for them
    /// alone is sent to them alone.
    #[must_use]
    pub fn with_private_answers(mut self, platform: Platform) -> Self {
        self.answers_in_private.insert(platform);
        self
    }

    /// Calls people through a pager.
    #[must_use]
    pub fn with_pager(mut self, pager: Arc<dyn Pager>) -> Self {
        self.pager = Some(pager);
        self
    }

    /// Reads figures from columns, where the store has them; else whole incidents are read for each answer.
    #[must_use]
    pub fn with_cases(mut self, cases: Arc<dyn Cases>) -> Self {
        self.cases = Some(cases);
        self
    }

    /// Keeps the last of what people say in their groups, so that it can become part of a report; `None` keeps nothing,
    /// and forgets what was kept.
    #[must_use]
    pub fn with_recall(mut self, recall: Arc<dyn Recall>, context: Option<Context>) -> Self {
        self.recall = Some((recall, context));
        self
    }

    /// Names the accounts that administer the installation.
    #[must_use]
    pub fn with_platform_admins(mut self, admins: impl IntoIterator<Item = Identity>) -> Self {
        self.platform_admins = admins.into_iter().collect();
        self
    }

    /// Says who lets a new group work.
    #[must_use]
    pub const fn with_onboarding(mut self, onboarding: Onboarding) -> Self {
        self.onboarding = onboarding;
        self
    }

    /// Says by which clock and calendar groups live that have set none of their own; else it is that of UTC, and weeks
    /// begin on Monday.
    #[must_use]
    pub fn with_calendar(mut self, calendar: Calendar) -> Self {
        self.calendar = calendar;
        self
    }

    /// Calls a function after every commit, so that loops need not wait for their next look.
    #[must_use]
    pub fn with_nudge(mut self, nudge: impl Fn(Nudge) + Send + Sync + 'static) -> Self {
        self.nudge = Box::new(nudge);
        self
    }

    /// Shows a function every incident that this desk has changed, with what has just happened to it. It is called
    /// once for each commit that succeeded, so what it counts is what is in the database.
    #[must_use]
    pub fn with_witness(mut self, witness: impl Fn(&Incident, &[Event]) + Send + Sync + 'static) -> Self {
        self.witness = Some(Box::new(witness));
        self
    }

    /// Returns the words in all languages.
    pub const fn phrasebook(&self) -> &Phrasebook {
        &self.phrasebook
    }

    /// Returns the words of a language, as a platform spells commands; English where it is unknown.
    fn words(&self, platform: Platform, tag: Option<&Text>) -> &Locale {
        self.spelled.get(&platform).unwrap_or(&self.phrasebook).locale(tag.map(Text::as_str))
    }

    /// Returns the store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// Tells when there will be something to do.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn outlook(&self) -> Result<Outlook, StoreError> {
        let mut outlook = self.store.outlook(self.clock.now()).await?;
        if self.has_ready() {
            outlook.deliver_at = Some(Timestamp::MIN);
        }
        Ok(outlook)
    }

    fn keep_ready(&self, claims: Vec<Claim>) {
        let mut lanes = BTreeSet::new();
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        for claim in claims {
            lanes.insert(claim.owed.lane());
            ready.entry(claim.owed.lane()).or_default().push_back(claim);
        }
        drop(ready);
        lanes.into_iter().for_each(|lane| (self.nudge)(Nudge::Deliver(lane)));
    }

    fn take_ready(&self, lane: Lane, now: Timestamp) -> Option<Claim> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = ready.get_mut(&lane)?;
        while let Some(claim) = queue.pop_front() {
            // A claim that waited too long goes back by itself.
            if now + LEASE * 3 / 4 <= claim.lease_until {
                return Some(claim);
            }
        }
        None
    }

    fn has_ready(&self) -> bool {
        self.count_ready() > 0
    }

    /// Tells whether as much waits for this process as it should keep for itself.
    fn is_laden(&self) -> bool {
        self.count_ready() >= READY_MOST
    }

    fn count_ready(&self) -> usize {
        let ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.values().map(VecDeque::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_send<T: Send>(_: &T) {}

    /// Servers spawn these futures; one that is not `Send` would only be noticed there.
    #[test]
    fn every_future_of_the_desk_can_be_spawned() {
        let futures = |desk: &Desk, request: Request| {
            is_send(&desk.handle(request));
            is_send(&desk.wake_due(1));
            is_send(&desk.deliver(Lane::Card));
            is_send(&desk.rearm());
            is_send(&desk.outlook());
            is_send(&desk.forget_remarks());
        };
        let _typed: fn(&Desk, Request) = futures;
    }
}
