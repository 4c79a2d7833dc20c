//! Who is who in each company.

use std::collections::BTreeMap;

use super::refusal;
use crate::ids::{CompanyId, Handle, Identity, PersonId};
use crate::ports::{Called, Person, Profile, RENAMINGS_KEPT, Renaming, StoreError};
use crate::time::Timestamp;

#[derive(Default)]
pub(super) struct People(BTreeMap<CompanyId, Known>);

#[derive(Default)]
struct Known {
    profiles: BTreeMap<PersonId, Profile>,
    accounts: BTreeMap<Identity, PersonId>,
    handles: BTreeMap<Handle, PersonId>,
    renamings: BTreeMap<PersonId, Vec<Renaming>>,
}

impl People {
    pub(super) fn identify(
        &mut self,
        company: CompanyId,
        profile: &Profile,
        now: Timestamp,
    ) -> Result<PersonId, StoreError> {
        self.0.entry(company).or_default().identify(profile, now)
    }

    pub(super) fn renamings(&self, company: CompanyId, person: PersonId) -> Vec<Renaming> {
        let known = self.0.get(&company).and_then(|known| known.renamings.get(&person));
        known.cloned().unwrap_or_default()
    }

    pub(super) fn forget_renamings(&mut self, company: CompanyId, person: PersonId) -> u64 {
        let known = self.0.get_mut(&company).and_then(|known| known.renamings.remove(&person));
        known.map_or(0, |renamings| renamings.len() as u64)
    }

    pub(super) fn get(&self, company: CompanyId, ids: &[PersonId]) -> Vec<Person> {
        let Some(known) = self.0.get(&company) else {
            return Vec::new();
        };
        let person = |id: &PersonId| Some(Person { id: *id, profile: known.profiles.get(id)?.clone() });
        ids.iter().filter_map(person).collect()
    }

    pub(super) fn by_account(&self, company: CompanyId, account: &Identity) -> Option<PersonId> {
        self.0.get(&company)?.accounts.get(account).copied()
    }

    pub(super) fn by_handle(&self, company: CompanyId, handle: &Handle) -> Option<PersonId> {
        self.0.get(&company)?.handles.get(handle).copied()
    }
}

impl Known {
    fn identify(&mut self, profile: &Profile, now: Timestamp) -> Result<PersonId, StoreError> {
        let id = match self.accounts.get(&profile.identity) {
            Some(id) => *id,
            None => self.register(profile)?,
        };
        let before = self.profiles.insert(id, profile.clone());
        if let Some(before) = before {
            self.rename(id, (&before, profile), now);
            before.handle.and_then(|old| self.handles.remove(&old));
        }
        if let Some(handle) = &profile.handle
            && let Some(loser) = self.handles.insert(handle.clone(), id)
            && let Some(before) = self.profiles.get(&loser).cloned()
        {
            let after = Profile { handle: None, ..before.clone() };
            self.rename(loser, (&before, &after), now);
            self.profiles.insert(loser, after);
        }
        Ok(id)
    }

    fn rename(&mut self, id: PersonId, (before, after): (&Profile, &Profile), at: Timestamp) {
        let renaming = Renaming { at, from: Called::from(before), to: Called::from(after) };
        if renaming.from != renaming.to {
            let kept = self.renamings.entry(id).or_default();
            kept.push(renaming);
            kept.drain(..kept.len().saturating_sub(RENAMINGS_KEPT as usize));
        }
    }

    fn register(&mut self, profile: &Profile) -> Result<PersonId, StoreError> {
        let last = self.profiles.keys().next_back().map_or(0, |id| id.get());
        let next =
            last.checked_add(1).ok_or_else(|| refusal("identify a person", "there are too many people"))?;
        let id = PersonId::new(next);
        self.accounts.insert(profile.identity.clone(), id);
        Ok(id)
    }
}
