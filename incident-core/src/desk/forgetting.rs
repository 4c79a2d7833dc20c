//! Forgetting a person: their words in every incident of a company, and what is known of them.

use super::change::{Changed, Order};
use super::{Desk, HandleError};
use crate::ids::{CompanyId, Identity, IncidentId, PersonId};
use crate::incident::{Command, Event, Incident};
use crate::ports::{Listing, Page, Profile, StoreError};
use crate::roster::Roster;
use crate::text::Text;

/// How many incidents are read at once.
const PAGE: u32 = 200;

impl Desk {
    /// Replaces what a person wrote by a mark, in every incident of a company, and their name and handle too, those of
    /// before included; returns in how many incidents they had written anything, or `None` if nobody has this account there.
    ///
    /// Numbers stay, and with them every count. The account stays known by its number, so that somebody who writes again
    /// is the same person, named as they are then. It can be repeated, and goes on where it was interrupted.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn forget_person(
        &self,
        company: CompanyId,
        account: &Identity,
    ) -> Result<Option<u64>, HandleError> {
        let (Some(person), Some(roster)) =
            (self.store.by_account(company, account).await?, self.store.roster(company).await?)
        else {
            return Ok(None);
        };
        let mut changed = 0;
        let mut after: Option<IncidentId> = None;
        loop {
            let page = self.store.list(company, &Listing::default(), Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.incident.id);
            for filed in &page {
                changed += u64::from(self.forget_in(&roster, &filed.incident, person).await?);
            }
        }
        let name = Text::erased();
        let nobody = Profile { identity: account.clone(), handle: None, name, locale: None };
        self.store.identify(company, &nobody, self.clock.now()).await?;
        self.store.forget_renamings(company, person).await?;
        Ok(Some(changed))
    }

    async fn forget_in(
        &self,
        roster: &Roster,
        incident: &Incident,
        person: PersonId,
    ) -> Result<bool, HandleError> {
        let Some(group) = roster.groups.get(&incident.group) else { return Ok(false) };
        if !self.has_words_of(incident, person).await? {
            return Ok(false);
        }
        let policy = roster.policy_of(group.id, &self.policy);
        let order = Order::own(&policy, &group.chat, incident, Command::EraseSubject { person });
        Ok(matches!(self.change(order, self.clock.now()).await?, Changed::Done(_)))
    }

    /// Tells whether erasing would change anything, so that a second time adds nothing to a journal.
    async fn has_words_of(&self, incident: &Incident, person: PersonId) -> Result<bool, StoreError> {
        let journal = self.store.history(incident.company, incident.id).await?;
        let kept = |event: &Event| {
            let mut erased = event.clone();
            erased.erase(person, incident.reporter);
            erased != *event
        };
        Ok(journal.iter().any(kept))
    }
}
