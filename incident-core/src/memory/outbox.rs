//! What is owed: who may deliver it when.
//!
//! One figure decides everything: the instant from which an effect may be delivered as far as anybody knows
//! now. An effect may be claimed once that instant has come and nothing more urgent of its chat may be; the
//! earliest of these instants is when to look again.

use std::collections::BTreeMap;

use super::incidents::Key;
use crate::ids::{ChatRef, CompanyId, GroupId, IncidentId, MessageRef};
use crate::incident::{Effect, Lane};
use crate::ports::{Address, Claim, ClaimOrder, Owed, Posted, Settlement};
use crate::roster::RosterEffect;
use crate::time::Timestamp;

#[derive(Default)]
pub(super) struct Outbox {
    last: u64,
    rows: BTreeMap<u64, Row>,
    parked: BTreeMap<ChatRef, Timestamp>,
}

/// Something that a company was owed and will not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Abandoned {
    /// The store's own number of the effect.
    pub effect: u64,
    /// The chat it was to go to.
    pub chat: ChatRef,
    /// What was owed.
    pub owed: Owed,
    /// Since when.
    pub since: Timestamp,
    /// Why it was given up, without secrets.
    pub reason: String,
}

/// What a settlement tells of messages.
#[derive(Default)]
pub(super) struct Delivery {
    pub(super) posted: Option<Posted>,
    pub(super) gone: Vec<MessageRef>,
}

struct Row {
    company: CompanyId,
    chat: ChatRef,
    elsewhere: bool,
    owed: Owed,
    since: Timestamp,
    attempt: u32,
    /// Until when it is claimed, from the claim to its settlement or release, however long ago that ended.
    lease_until: Option<Timestamp>,
    not_before: Timestamp,
    abandoned: Option<String>,
}

/// What goes out in order.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Owner<'a> {
    Company,
    Group(GroupId, Option<&'a ChatRef>),
    Incident(IncidentId, Option<&'a ChatRef>),
}

/// The first effect of each owner and lane, with the instant from which it may be delivered.
type Heads<'a> = Vec<(u64, &'a Row, Timestamp)>;

impl Row {
    fn owner(&self) -> (CompanyId, Owner<'_>, Lane) {
        let (lane, chat) = (self.owed.lane(), self.elsewhere.then_some(&self.chat));
        let owner = match &self.owed {
            Owed::Incident { incident, .. } => Owner::Incident(*incident, chat),
            Owed::Roster { .. } if lane == Lane::Upkeep => Owner::Company,
            Owed::Roster { effect } => Owner::Group(effect.group(), chat),
        };
        (self.company, owner, lane)
    }

    fn is_card_of(&self, (company, id): Key, to: &Address) -> bool {
        let card = Owed::Incident { incident: id, effect: Effect::ShowCard };
        let there = self.elsewhere == to.elsewhere && (!to.elsewhere || self.chat == to.chat);
        self.company == company && self.owed == card && there
    }

    fn claim(&mut self, effect: u64, lease_until: Timestamp) -> Claim {
        self.attempt = self.attempt.saturating_add(1);
        self.lease_until = Some(lease_until);
        Claim {
            effect,
            attempt: self.attempt,
            company: self.company,
            chat: self.chat.clone(),
            elsewhere: self.elsewhere,
            owed: self.owed.clone(),
            since: self.since,
            lease_until,
        }
    }
}

impl Outbox {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns the number that the next effect gets.
    pub(super) const fn next(&self) -> u64 {
        self.last + 1
    }

    /// Adds what is owed for an incident, unless it is a card that is owed already and nobody holds.
    pub(super) fn owe(&mut self, key: Key, effect: Effect, to: Address, since: Timestamp) {
        let waits = |(_, row): (u64, &Row)| row.lease_until.is_none() && row.is_card_of(key, &to);
        if effect == Effect::ShowCard && self.owed().any(waits) {
            return;
        }
        let (company, incident) = key;
        self.add(company, to, Owed::Incident { incident, effect }, since);
    }

    /// Adds what is owed for a roster.
    pub(super) fn owe_roster(
        &mut self,
        company: CompanyId,
        effect: RosterEffect,
        to: Address,
        since: Timestamp,
    ) {
        self.add(company, to, Owed::Roster { effect }, since);
    }

    fn add(&mut self, company: CompanyId, to: Address, owed: Owed, since: Timestamp) {
        self.last += 1;
        let row = Row {
            company,
            chat: to.chat,
            elsewhere: to.elsewhere,
            owed,
            since,
            attempt: 0,
            lease_until: None,
            not_before: Timestamp::MIN,
            abandoned: None,
        };
        self.rows.insert(self.last, row);
    }

    fn owed(&self) -> impl Iterator<Item = (u64, &Row)> {
        self.rows.iter().filter(|(_, row)| row.abandoned.is_none()).map(|(id, row)| (*id, row))
    }

    fn heads(&self) -> Heads<'_> {
        let mut leased: BTreeMap<(&ChatRef, Lane), Timestamp> = BTreeMap::new();
        let mut first = BTreeMap::new();
        for (id, row) in self.owed() {
            first.entry(row.owner()).or_insert((id, row));
            if let Some(until) = row.lease_until {
                let latest = leased.entry((&row.chat, row.owed.lane())).or_insert(until);
                *latest = until.max(*latest);
            }
        }
        let ready_at = |row: &Row| {
            let own = row.not_before.max(row.lease_until.unwrap_or(Timestamp::MIN));
            if row.owed.lane() == Lane::Upkeep {
                return own;
            }
            let held = leased.get(&(&row.chat, row.owed.lane()));
            own.max(*held.unwrap_or(&own)).max(*self.parked.get(&row.chat).unwrap_or(&own))
        };
        first.into_values().map(|(id, row)| (id, row, ready_at(row))).collect()
    }

    /// Finds the oldest effect of a lane that may be delivered now, among those from a number on.
    fn find(&self, from: u64, lane: Lane, now: Timestamp) -> Option<u64> {
        let mut ready = self.heads();
        ready.retain(|(_, _, at)| *at <= now);
        let overtaken = |row: &Row| {
            lane != Lane::Upkeep
                && ready.iter().any(|(_, other, _)| other.owed.lane() < lane && other.chat == row.chat)
        };
        let mine =
            ready.iter().filter(|(id, row, _)| *id >= from && row.owed.lane() == lane && !overtaken(row));
        mine.map(|(id, _, _)| *id).min()
    }

    pub(super) fn claim(&mut self, order: ClaimOrder) -> Option<Claim> {
        let id = self.find(0, order.lane, order.now)?;
        self.rows.get_mut(&id).map(|row| row.claim(id, order.lease_until))
    }

    /// Claims what is next in each lane and chat, as long as it is not older than `first`.
    pub(super) fn claim_from(&mut self, first: u64, now: Timestamp, lease_until: Timestamp) -> Vec<Claim> {
        let mut claims = Vec::new();
        for lane in Lane::ALL {
            while let Some(id) = self.find(first, lane, now) {
                claims.extend(self.rows.get_mut(&id).map(|row| row.claim(id, lease_until)));
            }
        }
        claims
    }

    /// Settles a claim; `None` if it is not the latest one, or not open any more.
    pub(super) fn settle(&mut self, claim: &Claim, settlement: Settlement) -> Option<Delivery> {
        let open = |row: &&mut Row| row.attempt == claim.attempt && row.lease_until.is_some();
        let row = self.rows.get_mut(&claim.effect).filter(open)?;
        row.lease_until = None;
        match settlement {
            Settlement::Done { posted, gone } => {
                self.rows.remove(&claim.effect);
                Some(Delivery { posted, gone })
            }
            Settlement::Retry { not_before, park_chat_until, posted, gone, reason: _ } => {
                row.not_before = not_before;
                if let Some(until) = park_chat_until {
                    let chat = row.chat.clone();
                    self.park(chat, until);
                }
                Some(Delivery { posted, gone })
            }
            Settlement::Abandoned { reason } => {
                row.abandoned = Some(reason);
                Some(Delivery::default())
            }
        }
    }

    /// Tells whether something of a lane is claimed for a chat, and not settled.
    pub(super) fn is_sending(&self, company: CompanyId, chat: &ChatRef, lane: Lane) -> bool {
        let sends = |row: &Row| row.lease_until.is_some() && row.company == company && row.chat == *chat;
        self.owed().any(|(_, row)| sends(row) && row.owed.lane() == lane)
    }

    /// Counts what is owed and what was abandoned.
    pub(super) fn counts(&self) -> (u64, u64) {
        let owed = self.owed().count();
        (owed as u64, (self.rows.len() - owed) as u64)
    }

    pub(super) fn deliver_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.heads().into_iter().map(|(_, _, at)| at.max(now)).min()
    }

    pub(super) fn release(&mut self) -> u64 {
        self.rows.values_mut().filter_map(|row| row.lease_until.take()).count() as u64
    }

    /// Gives what is owed in some chats of a company their new addresses, all at once: chats may swap.
    pub(super) fn move_chats(&mut self, company: CompanyId, moved: &[(ChatRef, ChatRef)]) {
        for row in self.rows.values_mut().filter(|row| row.company == company) {
            if let Some((_, to)) = moved.iter().find(|(from, _)| *from == row.chat) {
                row.chat = to.clone();
            }
        }
        let parks = moved.iter().filter_map(|(from, to)| Some((to.clone(), self.parked.remove(from)?)));
        let parks: Vec<(ChatRef, Timestamp)> = parks.collect();
        for (chat, until) in parks {
            self.park(chat, until);
        }
    }

    /// Forgets what is owed in a chat in which nobody of a company lives any more. Upkeep and calls need no chat.
    pub(super) fn forget_chat(&mut self, company: CompanyId, chat: &ChatRef) {
        let needs_none = |owed: &Owed| {
            owed.lane() == Lane::Upkeep || matches!(owed, Owed::Incident { effect: Effect::Ring { .. }, .. })
        };
        self.rows.retain(|_, row| {
            row.abandoned.is_some() || row.company != company || row.chat != *chat || needs_none(&row.owed)
        });
    }

    fn park(&mut self, chat: ChatRef, until: Timestamp) {
        let parked = self.parked.entry(chat).or_insert(until);
        *parked = until.max(*parked);
    }

    pub(super) fn forget_abandoned(&mut self, before: Timestamp) -> u64 {
        let count = self.rows.len();
        self.rows.retain(|_, row| row.abandoned.is_none() || row.since >= before);
        (count - self.rows.len()) as u64
    }

    pub(super) fn abandoned(&self, company: CompanyId) -> Vec<Abandoned> {
        let given_up = |(effect, row): (&u64, &Row)| {
            let reason = row.abandoned.clone()?;
            let (chat, owed, since) = (row.chat.clone(), row.owed.clone(), row.since);
            Some(Abandoned { effect: *effect, chat, owed, since, reason })
        };
        self.rows.iter().filter(|(_, row)| row.company == company).filter_map(given_up).collect()
    }
}
