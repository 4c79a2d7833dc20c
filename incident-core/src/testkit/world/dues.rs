//! A second outbox: everything that a commit owed, in its order, with what became of it. It is compared with
//! the store's own, so that nothing is owed twice, merged with what it may not be merged with, or forgotten.

use std::collections::BTreeMap;

use super::books::{Ledger, TaskId};
use crate::ids::{ChatRef, CompanyId, GroupId, IncidentId};
use crate::incident::{Audience, Effect, Lane, Notice, State};
use crate::ports::{Claim, Owed, Settled, Settlement};
use crate::testkit::invariants::{Held, must};
use crate::time::Timestamp;

/// Whose order it keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    /// What is owed in another chat than the group's own waits only for what is owed there.
    Incident(IncidentId, Option<ChatRef>),
    Group(CompanyId, GroupId, Option<ChatRef>),
    Company(CompanyId),
}

/// What became of something owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Abandoned,
}

/// A message that was sent or a call that was made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    pub(super) task: TaskId,
    pub(super) attempt: u32,
    pub(super) noted: bool,
    /// Whether whoever sent it was told that it had failed.
    pub(super) lost: bool,
}

/// Something owed once.
#[derive(Debug, Clone)]
pub(super) struct Due {
    pub(super) owner: Owner,
    pub(super) what: Owed,
    pub(super) effect: Option<u64>,
    pub(super) sent: Vec<Sent>,
    pub(super) end: Option<End>,
}

/// A claim that was given out.
#[derive(Debug, Clone)]
struct Lease {
    attempt: u32,
    chat: ChatRef,
    lane: Lane,
    until: Timestamp,
    open: bool,
}

/// Everything that was owed once, and everything that is claimed.
#[derive(Debug, Default)]
pub(super) struct Dues {
    pub(super) owed: Vec<Due>,
    leases: BTreeMap<u64, Lease>,
}

/// Tells whose order something owed keeps.
fn owner(company: CompanyId, owed: &Owed, elsewhere: Option<ChatRef>) -> Owner {
    match owed {
        Owed::Incident { incident, .. } => Owner::Incident(*incident, elsewhere),
        Owed::Roster { effect } if effect.is_told() => Owner::Group(company, effect.group(), elsewhere),
        Owed::Roster { .. } => Owner::Company(company),
    }
}

const fn is_card(owed: &Owed) -> bool {
    matches!(owed, Owed::Incident { effect: Effect::ShowCard, .. })
}

impl Dues {
    /// Takes note of something owed. A card that is owed already, and that nobody is drawing, is owed once.
    pub(super) fn owe(&mut self, company: CompanyId, what: Owed, elsewhere: Option<ChatRef>) {
        let owner = owner(company, &what, elsewhere);
        let same = |due: &Due| due.what == what && due.owner == owner;
        let waits = |due: &Due| due.end.is_none() && same(due) && !self.is_held(due);
        if is_card(&what) && self.owed.iter().any(waits) {
            return;
        }
        self.owed.push(Due { owner, what, effect: None, sent: Vec::new(), end: None });
    }

    fn is_held(&self, due: &Due) -> bool {
        due.effect.and_then(|effect| self.leases.get(&effect)).is_some_and(|lease| lease.open)
    }

    /// Lists what is owed.
    pub(super) fn open(&self) -> Vec<&Owed> {
        self.owed.iter().filter(|due| due.end.is_none()).map(|due| &due.what).collect()
    }

    /// Counts what is owed.
    pub(super) fn count(&self) -> usize {
        self.owed.iter().filter(|due| due.end.is_none()).count()
    }

    /// Tells whether something of a lane is claimed for a chat and not settled, however long ago its lease ended.
    pub(super) fn is_claimed(&self, chat: &ChatRef, lane: Lane) -> bool {
        self.leases.values().any(|lease| lease.open && lease.chat == *chat && lease.lane == lane)
    }

    /// Takes note of a claim: nobody else holds it, nothing before it is owed, its chat is free.
    pub(super) fn claimed(&mut self, claim: &Claim, now: Timestamp) -> Held {
        let lane = claim.owed.lane();
        let others = self.leases.iter().filter(|(_, lease)| lease.open && now < lease.until);
        for (effect, lease) in others {
            must(*effect != claim.effect, "an effect is held once", || {
                format!("{:?} is held until {}", claim.owed, lease.until)
            })?;
            let apart = lane == Lane::Upkeep || lane != lease.lane || claim.chat != lease.chat;
            must(apart, "a chat is written to by one at a time", || {
                format!("{} has a delivery in the lane {} already", claim.chat, lane.as_str())
            })?;
        }
        let (chat, until) = (claim.chat.clone(), claim.lease_until);
        let lease = Lease { attempt: claim.attempt, chat, lane, until, open: true };
        let before = self.leases.insert(claim.effect, lease);
        let rising = before.is_none_or(|before| before.attempt < claim.attempt);
        must(rising, "attempts are counted", || format!("{} came again", claim.attempt))?;
        let owner = owner(claim.company, &claim.owed, claim.elsewhere.then(|| claim.chat.clone()));
        let first = self
            .owed
            .iter_mut()
            .find(|due| due.owner == owner && due.what.lane() == lane && due.end.is_none());
        let name = "what is owed goes out in its order";
        let Some(first) = first else {
            return must(false, name, || format!("{:?} is not owed", claim.owed));
        };
        let right = first.what == claim.owed && first.effect.is_none_or(|effect| effect == claim.effect);
        must(right, name, || format!("{:?} before {:?}", claim.owed, first.what))?;
        first.effect = Some(claim.effect);
        Ok(())
    }

    /// Ends the leases of a process that died.
    pub(super) fn released(&mut self) {
        self.leases.values_mut().for_each(|lease| lease.open = false);
    }

    /// Follows a chat that moved.
    pub(super) fn moved(&mut self, from: &ChatRef, to: &ChatRef) {
        self.leases
            .values_mut()
            .filter(|lease| lease.chat == *from)
            .for_each(|lease| lease.chat = to.clone());
    }

    pub(super) fn of(&mut self, effect: u64) -> Option<&mut Due> {
        self.owed.iter_mut().find(|due| due.effect == Some(effect))
    }
}

impl Ledger {
    /// Takes note that something owed went out.
    pub(super) fn sent(&mut self) {
        let task = self.task;
        let Some(claim) = self.tasks.get(&task).and_then(|doing| doing.claim.as_ref()) else {
            return;
        };
        let (effect, attempt, lost) = (claim.effect, claim.attempt, self.losing);
        if let Some(due) = self.dues.of(effect) {
            due.sent.push(Sent { task, attempt, noted: false, lost });
        }
    }

    /// Takes note of a settlement: it counts if it is the latest claim's, and only then.
    pub(super) fn settled(&mut self, claim: &Claim, settlement: &Settlement, settled: Settled) -> Held {
        let lease = self.dues.leases.get_mut(&claim.effect);
        let current = lease.filter(|lease| lease.attempt == claim.attempt && lease.open);
        let counts = current.is_some();
        if let (Some(lease), Settled::Yes) = (current, settled) {
            lease.open = false;
        }
        must((settled == Settled::Yes) == counts, "the latest claim settles, and no other", || {
            format!("attempt {} at {:?}: {settled:?}", claim.attempt, claim.owed)
        })?;
        if settled == Settled::Late {
            self.doing(self.task).unsettled = true;
            return Ok(());
        }
        let posted = match settlement {
            Settlement::Done { posted, .. } | Settlement::Retry { posted, .. } => posted.as_ref(),
            Settlement::Abandoned { .. } => None,
        };
        posted.into_iter().for_each(|posted| self.chats.noted(&posted.message));
        let end = match settlement {
            Settlement::Done { .. } => End::Done,
            Settlement::Abandoned { .. } => End::Abandoned,
            Settlement::Retry { .. } => return Ok(()),
        };
        self.ended(claim, end)
    }

    fn ended(&mut self, claim: &Claim, end: End) -> Held {
        if end == End::Abandoned {
            let began = self.doing(self.task).began;
            let group = self.group_of(claim);
            let excused = group.is_some_and(|group| self.rosters.was_suspended_since(group, began));
            must(excused, "nothing is given up for nothing", || format!("{:?}", claim.owed))?;
        }
        let silent = self.became_needless(claim) || self.was_done_in_silence(claim);
        let Some(due) = self.dues.of(claim.effect) else {
            return Ok(());
        };
        due.end = Some(end);
        due.sent.iter_mut().filter(|sent| sent.attempt == claim.attempt).for_each(|sent| sent.noted = true);
        let went_out = !due.sent.is_empty() || silent || end == End::Abandoned;
        must(went_out, "what is said to be done was done", || format!("{:?} was never sent", claim.owed))
    }

    /// Tells whether a message asked for something that had happened by the time it could be sent.
    fn became_needless(&self, claim: &Claim) -> bool {
        let Owed::Incident { effect: Effect::Say { notice }, .. } = &claim.owed else {
            return false;
        };
        let Some(doing) = self.tasks.get(&self.task) else {
            return false;
        };
        self.filed_since(doing, claim).iter().any(|then| needless(notice, &then.incident.state))
    }

    /// Tells whether a card was drawn, or upkeep done: neither sends a message.
    fn was_done_in_silence(&self, claim: &Claim) -> bool {
        let drew = self.tasks.get(&self.task).is_some_and(|doing| doing.drew);
        claim.owed.lane() == Lane::Upkeep || (is_card(&claim.owed) && drew)
    }
}

/// What a message asks for has happened, or can happen no more.
fn needless(notice: &Notice, state: &State) -> bool {
    let open = matches!(state, State::Open(_));
    match notice {
        Notice::Summon { audience: Audience::Person(_) } => !open && !state.is_acknowledged(),
        Notice::Summon { .. } | Notice::Unclaimed { .. } | Notice::Exhausted => !open,
        Notice::Unrouted { .. } => !matches!(state, State::Triage(_)),
        Notice::Ask { person, .. } => {
            !matches!(state, State::PendingSummary(pending) if pending.resolver == *person)
        }
        Notice::StillNeeded { .. } | Notice::Breached { .. } => state.is_terminal(),
        Notice::Resolved
        | Notice::Closed { .. }
        | Notice::SummaryMissing
        | Notice::ReporterWrote { .. }
        | Notice::Answer
        | Notice::ClaimEnded { .. } => false,
    }
}
