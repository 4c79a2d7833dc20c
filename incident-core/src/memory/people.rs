//! Who is who in each company.

use std::collections::BTreeMap;

use super::refusal;
use crate::ids::{CompanyId, Handle, Identity, PersonId};
use crate::ports::{Person, Profile, StoreError};

#[derive(Default)]
pub(super) struct People(BTreeMap<CompanyId, Known>);

#[derive(Default)]
struct Known {
    profiles: BTreeMap<PersonId, Profile>,
    accounts: BTreeMap<Identity, PersonId>,
    handles: BTreeMap<Handle, PersonId>,
}

impl People {
    pub(super) fn identify(&mut self, company: CompanyId, profile: &Profile) -> Result<PersonId, StoreError> {
        self.0.entry(company).or_default().identify(profile)
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
    fn identify(&mut self, profile: &Profile) -> Result<PersonId, StoreError> {
        let id = match self.accounts.get(&profile.identity) {
            Some(id) => *id,
            None => self.register(profile)?,
        };
        let before = self.profiles.insert(id, profile.clone());
        if let Some(old) = before.and_then(|before| before.handle) {
            self.handles.remove(&old);
        }
        if let Some(handle) = &profile.handle
            && let Some(loser) = self.handles.insert(handle.clone(), id)
            && let Some(profile) = self.profiles.get_mut(&loser)
        {
            profile.handle = None;
        }
        Ok(id)
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
