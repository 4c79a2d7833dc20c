//! Forgetting: the words of a person in every incident of a company, and what is known of them; and everybody's words in
//! what has been over for long.

use std::collections::BTreeSet;

use super::change::{Changed, Order};
use super::{Desk, HandleError};
use crate::ids::{CompanyId, Identity, IncidentId, PersonId};
use crate::incident::{By, Command, Event, Incident, StateKind};
use crate::ports::{Listing, Page, Profile, StoreError};
use crate::roster::Roster;
use crate::text::Text;
use crate::time::Timestamp;

/// How many incidents are read at once.
const PAGE: u32 = 200;
/// How many pages a round reads at most.
const PAGES: usize = 5;

/// How far a walk through all incidents has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForgetMark {
    company: CompanyId,
    after: Option<IncidentId>,
}

/// What a round of forgetting did.
#[derive(Debug, Default)]
pub struct ForgetRound {
    /// In how many incidents words were replaced.
    pub erased: u64,
    /// Those that could not be changed; the next walk finds them again, and they stood in nobody's way.
    pub failed: Vec<(IncidentId, HandleError)>,
    /// Where the next round goes on; `None` once all incidents were looked at.
    pub next: Option<ForgetMark>,
}

impl Desk {
    /// Replaces what a person wrote by a mark, in every incident of a company, and their name and handle too, those of
    /// before included; returns in how many incidents they had written anything, or `None` if nobody has this account there.
    ///
    /// Whoever has several accounts is forgotten as a whole, whichever of them is named.
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
        let known: Vec<PersonId> = roster.known_as(roster.who(person)).collect();
        let mut changed = 0;
        let mut after: Option<IncidentId> = None;
        loop {
            let page = self.store.list(company, &Listing::default(), Page { after, limit: PAGE }).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.incident.id);
            for filed in &page {
                changed += u64::from(self.forget_each_in(&roster, &filed.incident, &known).await?);
            }
        }
        for known in self.store.people(company, &known).await? {
            let name = Text::erased();
            let nobody = Profile { identity: known.profile.identity, handle: None, name, locale: None };
            self.store.identify(company, &nobody, self.clock.now()).await?;
            self.store.forget_renamings(company, known.id).await?;
        }
        Ok(Some(changed))
    }

    async fn forget_each_in(
        &self,
        roster: &Roster,
        incident: &Incident,
        known: &[PersonId],
    ) -> Result<bool, HandleError> {
        let mut erased = false;
        for person in known {
            erased |= self.forget_in(roster, incident, *person).await?;
        }
        Ok(erased)
    }

    /// Replaces by a mark what anybody wrote in incidents that have been over since before an instant, as [`forget_person`](Self::forget_person) does for one person, and archives them. What chats show stays.
    ///
    /// One bounded round, from the beginning or from where the last one ended. A crash between two commits leaves an
    /// incident that is not archived, and so one that the next walk finds again.
    ///
    /// # Errors
    /// If the store cannot list what there is. An incident that fails is reported, and the others go on.
    pub async fn forget_words(
        &self,
        before: Timestamp,
        from: Option<ForgetMark>,
    ) -> Result<ForgetRound, StoreError> {
        let companies = self.store.companies().await?;
        let first = companies.first().map(|company| ForgetMark { company: *company, after: None });
        let mut round = ForgetRound { next: from.or(first), ..ForgetRound::default() };
        for _ in 0..PAGES {
            let Some(mark) = round.next else { break };
            let last = self.forget_page(before, mark, &mut round).await?;
            round.next = match last {
                Some(after) => Some(ForgetMark { after: Some(after), ..mark }),
                None => companies.iter().find(|company| **company > mark.company).map(|company| {
                    let company = *company;
                    ForgetMark { company, after: None }
                }),
            };
        }
        Ok(round)
    }

    /// Forgets what a page of a company's incidents says; returns the last one if others follow.
    async fn forget_page(
        &self,
        before: Timestamp,
        mark: ForgetMark,
        round: &mut ForgetRound,
    ) -> Result<Option<IncidentId>, StoreError> {
        let states = StateKind::ALL.into_iter().filter(|state| state.is_terminal()).collect();
        let listing = Listing { states, ..Listing::default() };
        let page = Page { after: mark.after, limit: PAGE };
        let page = self.store.list(mark.company, &listing, page).await?;
        let Some(roster) = self.store.roster(mark.company).await? else { return Ok(None) };
        let ended = |incident: &Incident| incident.clocks.closed_at.max(incident.clocks.resolved_at);
        let old = |incident: &&Incident| !incident.archived && ended(incident).is_some_and(|at| at < before);
        for incident in page.iter().map(|filed| &filed.incident).filter(old) {
            match self.forget_all_in(&roster, incident).await {
                Ok(erased) => round.erased += u64::from(erased),
                Err(error) => round.failed.push((incident.id, error)),
            }
        }
        let more = page.len() == PAGE as usize;
        Ok(page.last().filter(|_| more).map(|last| last.incident.id))
    }

    async fn forget_all_in(&self, roster: &Roster, incident: &Incident) -> Result<bool, HandleError> {
        let Some(chats) = roster.chats(incident.group) else { return Ok(false) };
        let policy = roster.policy_of(incident.group, &self.policy);
        let journal = self.store.history(incident.company, incident.id).await?;
        let mut people: BTreeSet<PersonId> = BTreeSet::from([incident.reporter]);
        people.extend(journal.iter().filter_map(|event| match event.by {
            By::Person(person) => Some(person),
            By::Assistant | By::System => None,
        }));
        let mut erased = false;
        for person in people.into_iter().filter(|person| has_words_of(&journal, incident, *person)) {
            let order = Order::own(&policy, &chats, incident, Command::EraseSubject { person });
            erased |= matches!(self.change(order.quietly(), self.clock.now()).await?, Changed::Done(_));
        }
        let archive = Order::own(&policy, &chats, incident, Command::Archive);
        // A room goes the way that it goes when somebody archives it by hand; a card just stays as it is.
        let has_room = self.lodging(&policy, &chats.own).is_some();
        let archive = if has_room { archive } else { archive.quietly() };
        self.change(archive, self.clock.now()).await?;
        Ok(erased)
    }

    async fn forget_in(
        &self,
        roster: &Roster,
        incident: &Incident,
        person: PersonId,
    ) -> Result<bool, HandleError> {
        let Some(chats) = roster.chats(incident.group) else { return Ok(false) };
        let journal = self.store.history(incident.company, incident.id).await?;
        if !has_words_of(&journal, incident, person) {
            return Ok(false);
        }
        let policy = roster.policy_of(incident.group, &self.policy);
        let order = Order::own(&policy, &chats, incident, Command::EraseSubject { person });
        Ok(matches!(self.change(order, self.clock.now()).await?, Changed::Done(_)))
    }
}

/// Tells whether erasing would change anything, so that a second time adds nothing to a journal.
fn has_words_of(journal: &[Event], incident: &Incident, person: PersonId) -> bool {
    journal.iter().any(|event| {
        let mut erased = event.clone();
        erased.erase(person, incident.reporter);
        erased != *event
    })
}
