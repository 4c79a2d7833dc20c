//! The companies, and which chat is whose.

use std::collections::{BTreeMap, BTreeSet};

use super::refusal;
use crate::ids::{ChatRef, CompanyId, Version};
use crate::ports::{Address, StoreError, Tenancy};
use crate::roster::{Roster, RosterEffect, RosterEvent};
use crate::time::Timestamp;

#[derive(Default)]
pub(super) struct Rosters {
    kept: BTreeMap<CompanyId, Kept>,
    chats: BTreeMap<ChatRef, Tenancy>,
}

struct Kept {
    roster: Roster,
    journal: Vec<RosterEvent>,
    wake_at: Option<Timestamp>,
}

/// Finds the chats that each effect is owed in.
pub(super) fn addressed(
    roster: &Roster,
    effects: Vec<RosterEffect>,
) -> Result<Vec<(RosterEffect, Address)>, StoreError> {
    let mut owed = Vec::new();
    for effect in effects {
        let chats = roster.chats(effect.group());
        let chats =
            chats.ok_or_else(|| refusal("commit a roster", "it owes something to a group it has not"))?;
        owed.extend(effect.chats(&chats).into_iter().map(|to| (effect.clone(), to)));
    }
    Ok(owed)
}

impl Rosters {
    pub(super) fn load(&self, company: CompanyId) -> Option<Roster> {
        self.kept.get(&company).map(|kept| kept.roster.clone())
    }

    pub(super) fn version(&self, company: CompanyId) -> Version {
        self.kept.get(&company).map_or(Version::NONE, |kept| kept.roster.version)
    }

    pub(super) fn history(&self, company: CompanyId) -> Vec<RosterEvent> {
        self.kept.get(&company).map_or_else(Vec::new, |kept| kept.journal.clone())
    }

    pub(super) fn companies(&self) -> Vec<CompanyId> {
        self.kept.keys().copied().collect()
    }

    pub(super) fn due(&self, now: Timestamp, limit: u32) -> Vec<CompanyId> {
        let wake = |(company, kept): (&CompanyId, &Kept)| Some((kept.wake_at?, *company));
        let mut due: Vec<_> = self.kept.iter().filter_map(wake).filter(|(at, _)| *at <= now).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, company)| company).take(limit as usize).collect()
    }

    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        self.kept.values().filter_map(|kept| kept.wake_at).min()
    }

    pub(super) fn reschedule(
        &mut self,
        company: CompanyId,
        version: Version,
        wake_at: Option<Timestamp>,
    ) -> bool {
        let kept = self.kept.get_mut(&company).filter(|kept| kept.roster.version == version);
        kept.map(|kept| kept.wake_at = wake_at).is_some()
    }

    pub(super) fn tenancy(&self, chat: &ChatRef) -> Option<Tenancy> {
        self.chats.get(chat).copied()
    }

    /// Refuses a chat that would belong to two groups.
    pub(super) fn check_chats(&self, roster: &Roster) -> Result<(), StoreError> {
        let mut own = BTreeSet::new();
        for (chat, _) in roster.all_chats() {
            let theirs = self.chats.get(chat).is_some_and(|tenancy| tenancy.company != roster.company);
            if theirs || !own.insert(chat) {
                return Err(refusal("commit a roster", "the chat belongs to another group"));
            }
        }
        Ok(())
    }

    /// Writes a roster; returns which chats moved, from where and where to, and which were left.
    pub(super) fn write(
        &mut self,
        roster: Roster,
        events: Vec<RosterEvent>,
        wake_at: Option<Timestamp>,
    ) -> (Vec<(ChatRef, ChatRef)>, Vec<ChatRef>) {
        let company = roster.company;
        let before = self.kept.get(&company).map(|kept| &kept.roster);
        let moved = before.map(|before| (before.moves_to(&roster), before.left_in(&roster)));
        self.chats.retain(|_, tenancy| tenancy.company != company);
        for (chat, group) in roster.all_chats() {
            self.chats.insert(chat.clone(), Tenancy { company, group });
        }
        let journal = self.kept.remove(&company).map(|kept| kept.journal);
        let journal = journal.into_iter().flatten().chain(events).collect();
        self.kept.insert(company, Kept { roster, journal, wake_at });
        moved.unwrap_or_default()
    }
}
