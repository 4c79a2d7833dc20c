//! What the platform and the administrators do to it: lost roles, moved chats, repairs, overrides, erasure,
//! the outcomes of calls.

use super::{Case, Verdict};
use crate::ids::PersonId;
use crate::incident::command::{Command, PageOutcome};
use crate::incident::event::Fact;
use crate::incident::rejection::{Invalid, Rejection};
use crate::incident::state::{State, StateKind, Waiting};
use crate::policy::{Act, Member};
use crate::text::{Limits, Text};

impl Case<'_> {
    /// Takes the incident from somebody who may no longer hold it. If they had promised the summary, the
    /// promise falls with them: nobody else could keep it.
    pub(super) fn person_gone(&self, person: PersonId, command: &Command) -> Verdict {
        self.allow(Act::Observe)?;
        let why =
            if matches!(command, Command::MemberLeft { .. }) { "left the group" } else { "lost the role" };
        let reason = Text::new(why, Limits::REASON)?;
        let mut facts = Vec::new();
        match &self.incident.state {
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_)
                if !self.incident.holds(person) =>
            {
                return Err(Rejection::NotAssignee);
            }
            State::PendingSummary(pending) if pending.resolver == person => {
                facts.push(Fact::ResolutionCancelled)
            }
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_) => {}
            State::Resolved(_) | State::Closed { .. } => return Err(self.wrong_state()),
        }
        let now = self.after(&facts);
        facts.extend(
            Case { incident: &now, ..*self }.with_unassigned(person, Fact::ClaimRevoked { person, reason }),
        );
        Ok(facts)
    }

    pub(super) fn observed(&self, fact: Fact) -> Verdict {
        self.allow(Act::Observe)?;
        Ok(vec![fact])
    }

    pub(super) fn repair_surface(&self) -> Verdict {
        self.allow(Act::Repair)?;
        Ok(vec![Fact::SurfaceReposted])
    }

    pub(super) fn archive(&self) -> Verdict {
        if !self.incident.state.is_terminal() {
            return Err(self.wrong_state());
        }
        self.allow(Act::Tend)?;
        Self::changes(!self.incident.archived)?;
        Ok(vec![Fact::Archived])
    }

    /// A state that needs holders or a promise cannot be conjured up.
    pub(super) fn override_state(&self, target: StateKind, reason: &Text) -> Verdict {
        self.allow(Act::Override)?;
        reason.within(Limits::REASON)?;
        match target {
            StateKind::Open | StateKind::Resolved | StateKind::Closed => {}
            StateKind::Triage | StateKind::Acknowledged | StateKind::OnHold | StateKind::PendingSummary => {
                return Err(Invalid::Unreachable.into());
            }
        }
        Self::changes(self.incident.state.kind() != target)?;
        Ok(vec![Fact::StateOverridden { target, reason: reason.clone() }])
    }

    pub(super) fn erase_subject(&self, person: PersonId) -> Verdict {
        if self.actor.person() != Some(person) {
            self.allow(Act::Erase)?;
        }
        Ok(vec![Fact::SubjectErased { person }])
    }

    pub(super) fn page_outcome(&self, target: &Member, attempt: u8, outcome: PageOutcome) -> Verdict {
        if self.actor.person() != Some(target.id) {
            self.allow(Act::Observe)?;
        }
        self.only_in(&[StateKind::Open])?;
        if !self.was_called(target.id, attempt) {
            return Err(Rejection::Unknown);
        }
        let mut facts = vec![Fact::PageAttempted { target: target.id, attempt, outcome }];
        match outcome {
            PageOutcome::Delivered | PageOutcome::Failed => {}
            PageOutcome::Confirmed => {
                self.eligible(target)?;
                facts.extend(self.claim(target.id)?);
            }
        }
        Ok(facts)
    }

    /// Tells whether this attempt was made while the incident waits at its present level.
    fn was_called(&self, target: PersonId, attempt: u8) -> bool {
        let (State::Open(Waiting { calls: Some(calls), .. }), Some(paging)) =
            (&self.incident.state, &self.policy.level(self.incident.level).paging)
        else {
            return false;
        };
        let last = usize::from(calls.position);
        let made = paging.chain.iter().enumerate().take(last + 1).filter(|(_, person)| **person == target);
        made.map(|(position, _)| if position == last { calls.attempt } else { paging.tries })
            .any(|attempts| (1..=attempts).contains(&attempt))
    }
}
