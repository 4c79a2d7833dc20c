//! The beginning of a shift: whoever comes on duty hears what waits for them, in one message for each team.
//!
//! When the next shift begins follows from the schedules; the store only keeps it sorted. That it began is written down
//! together with what is owed for it, so that no crash loses it and no second process repeats it.

use super::deliver::{Performed, suspended, unserved};
use super::showing::Shown;
use super::telling::known;
use super::{Desk, HandleError, Nudge};
use crate::ids::CompanyId;
use crate::incident::{Lane, StateKind};
use crate::policy::Actor;
use crate::ports::{Claim, CommitError, Filed, Listing, Page, Place, RosterCommit, StoreError};
use crate::roster::{self, Grantee, GroupStatus, Roster, RosterCommand, RosterInput, ShiftStart};
use crate::time::Timestamp;
use crate::view::{ShiftPage, shift_page};

/// How many incidents are read to find those that wait: more than any shift can work on.
const MOST_READ: u32 = 500;

impl Desk {
    /// Looks at a company whose time has come: shifts began, or the schedules changed meanwhile.
    pub(super) async fn begin_shifts(&self, company: CompanyId, now: Timestamp) -> Result<(), HandleError> {
        let Some(roster) = self.store.roster(company).await? else {
            return Ok(());
        };
        let next = roster.next_shift(&self.calendar);
        if next.is_none_or(|at| at > now) {
            self.store.reschedule_roster(company, roster.version, next).await?;
            return Ok(());
        }
        let begun = roster.shifts_begun(&self.calendar, now);
        let commands = vec![RosterCommand::BeginShifts { until: now, begun }];
        let input = RosterInput { company, at: now, actor: Actor::System, commands };
        let Ok(step) = roster::step(&self.policy, Some(&roster), &input) else {
            return Ok(());
        };
        let wake_at = step.roster.next_shift(&self.calendar);
        let commit = RosterCommit::new(roster.version, step, now).waking(wake_at);
        match self.store.commit_roster(commit).await {
            Ok(()) => {
                (self.nudge)(Nudge::Deliver(Lane::Page));
                wake_at.into_iter().for_each(|at| (self.nudge)(Nudge::WakeBy(at)));
                Ok(())
            }
            // Somebody else was faster, perhaps with the same; whether anything is left is seen at the next look.
            Err(CommitError::Conflict { .. } | CommitError::AlreadyApplied { .. }) => Ok(()),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// Computes the wake of a company anew, because the calendar of the installation may have changed.
    pub(super) async fn rearm_shifts(&self, roster: &Roster) -> Result<(), StoreError> {
        let next = roster.next_shift(&self.calendar);
        self.store.reschedule_roster(roster.company, roster.version, next).await.map(drop)
    }

    /// Tells people whose shift began what waits for them, if anything does by now.
    pub(super) async fn page_shift(
        &self,
        claim: &Claim,
        shift: &ShiftStart,
        now: Timestamp,
    ) -> Result<Performed, HandleError> {
        let overtaken = || (Shown { overtaken: true, ..Shown::default() }, Ok(()));
        let Some(roster) = self.store.roster(claim.company).await? else {
            return Ok(overtaken());
        };
        let Some(messenger) = self.messengers.get(&claim.chat.platform) else {
            return Ok(unserved(claim));
        };
        if roster.groups.get(&shift.group).is_none_or(|group| group.status != GroupStatus::Active) {
            return Ok(suspended());
        }
        let (waiting, who) = self.waiting_for(&roster, shift).await?;
        if waiting.is_empty() {
            return Ok(overtaken());
        }
        let people = self.people(&roster, claim.chat.platform, &known(who.iter())).await?;
        let team = shift.team.and_then(|team| roster.teams.get(&team));
        let page = ShiftPage { team, waiting: &waiting, who: &who, now };
        let locale = &self.locale_in(&claim.chat, (&roster, shift.group));
        let message = shift_page(locale, &people, &page);
        let place = Place { chat: claim.chat.clone(), topic: None, reply_to: None };
        Ok((Shown::default(), messenger.send(&place, &message).await.map(|_| ())))
    }

    /// What waits to be claimed by those whose shift began, the oldest first, and who of them may claim any of it.
    async fn waiting_for(
        &self,
        roster: &Roster,
        shift: &ShiftStart,
    ) -> Result<(Vec<Filed>, Vec<Grantee>), HandleError> {
        let policy = roster.policy_of(shift.group, &self.policy);
        let listing =
            Listing { group: Some(shift.group), states: vec![StateKind::Open], ..Listing::default() };
        let page = Page { after: None, limit: MOST_READ };
        let open = self.store.list(roster.company, &listing, page).await?;
        let fits = |who: &Grantee, filed: &Filed| {
            let incident = &filed.incident;
            let of_team = shift.team.is_none_or(|team| incident.team == Some(team));
            of_team && policy.eligible(&roster.standing_of(shift.group, who), incident.level, incident)
        };
        let who: Vec<Grantee> =
            shift.who.iter().filter(|who| open.iter().any(|filed| fits(who, filed))).cloned().collect();
        let waiting = open.into_iter().filter(|filed| who.iter().any(|who| fits(who, filed))).collect();
        Ok((waiting, who))
    }
}
