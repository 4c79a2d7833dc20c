//! Who holds it: claim, release, assign, reassign, revoke.

use super::{Case, Verdict};
use crate::ids::PersonId;
use crate::incident::event::Fact;
use crate::incident::rejection::{Invalid, Rejection};
use crate::incident::state::{ResumeTo, State, StateKind};
use crate::policy::{AckMode, Act, Member};
use crate::text::{Limits, Text};

impl Case<'_> {
    pub(super) fn acknowledge(&self) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged, StateKind::OnHold])?;
        let person = self.person()?;
        self.allow(Act::Acknowledge(self.incident.level))?;
        let mut facts = self.claim(person)?;
        if self.incident.state.kind() == StateKind::OnHold {
            facts.insert(0, Fact::Resumed);
        }
        Ok(facts)
    }

    /// The claim itself, once it is known that the person may.
    pub(super) fn claim(&self, person: PersonId) -> Verdict {
        let incident = self.incident;
        if incident.holds_at(person, incident.level) {
            return Err(Rejection::AlreadyAssignee);
        }
        match incident.assignees().next() {
            None => Ok(vec![Fact::Acknowledged { person, first: incident.clocks.first_ack_at.is_none() }]),
            Some(by) if self.policy.rules().ack_mode == AckMode::Exclusive => {
                Err(Rejection::AlreadyAcknowledged { by })
            }
            Some(_) => Ok(vec![Fact::Joined { person }]),
        }
    }

    pub(super) fn release(&self) -> Verdict {
        self.held_somewhere()?;
        let person = self.person()?;
        self.not_the_resolver(person)?;
        if !self.incident.holds(person) {
            return Err(Rejection::NotAssignee);
        }
        Ok(self.with_unassigned(person, Fact::Released { person }))
    }

    pub(super) fn revoke_claim(&self, person: PersonId, reason: &Text) -> Verdict {
        self.held_somewhere()?;
        self.allow(Act::Revoke)?;
        reason.within(Limits::REASON)?;
        self.not_the_resolver(person)?;
        if !self.incident.holds(person) {
            return Err(Rejection::NotAssignee);
        }
        Ok(self.with_unassigned(person, Fact::ClaimRevoked { person, reason: reason.clone() }))
    }

    /// A manager or holder may ask anybody who is eligible; whoever is eligible may ask themselves.
    pub(super) fn assign(&self, to: &Member) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged, StateKind::OnHold])?;
        self.resuming(|case| {
            let incident = case.incident;
            if case.actor.person() != Some(to.id) {
                case.allow(Act::Assign)?;
            }
            case.eligible(to)?;
            if incident.holds_at(to.id, incident.level) {
                return Err(Rejection::AlreadyAssignee);
            }
            match incident.assignees().next() {
                Some(by) if case.policy.rules().ack_mode == AckMode::Exclusive => {
                    Err(Rejection::AlreadyAcknowledged { by })
                }
                Some(_) | None => Ok(vec![Fact::Assigned { person: to.id }]),
            }
        })
    }

    /// The next person still has to claim: being asked makes nobody an owner. Until then the incident is open,
    /// unless others hold it too.
    pub(super) fn reassign(&self, from: Option<PersonId>, to: &Member) -> Verdict {
        self.resuming(|case| {
            let incident = case.incident;
            case.only_in(&[StateKind::Acknowledged])?;
            case.allow(Act::Reassign)?;
            let from = from.or(case.actor.person()).ok_or(Rejection::NotAssignee)?;
            if case.actor.person() != Some(from) {
                case.allow(Act::Revoke)?;
            }
            if !incident.holds_at(from, incident.level) {
                return Err(Rejection::NotAssignee);
            }
            case.eligible(to)?;
            if incident.holds_at(to.id, incident.level) {
                return Err(Rejection::AlreadyAssignee);
            }
            let mut facts = case.with_unassigned(from, Fact::Reassigned { from, to: to.id });
            facts.push(Fact::Assigned { person: to.id });
            Ok(facts)
        })
    }

    pub(super) fn eligible(&self, member: &Member) -> Result<(), Rejection> {
        let incident = self.incident;
        let eligible = self.policy.eligible(&member.standing, incident.level, incident);
        if eligible { Ok(()) } else { Err(Rejection::NotEligible) }
    }

    /// Those who stayed on after an escalation may leave although nobody holds it at the present level.
    fn held_somewhere(&self) -> Result<(), Rejection> {
        let held = match &self.incident.state {
            State::Acknowledged { .. } | State::OnHold(_) | State::PendingSummary(_) => true,
            State::Open(_) => self.incident.participants().next().is_some(),
            State::Triage(_) | State::Resolved(_) | State::Closed { .. } => false,
        };
        if held { Ok(()) } else { Err(self.wrong_state()) }
    }

    fn not_the_resolver(&self, person: PersonId) -> Result<(), Rejection> {
        match &self.incident.state {
            State::PendingSummary(pending) if pending.resolver == person => {
                Err(Rejection::ClosingOut { resolver: person })
            }
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_)
            | State::Resolved(_)
            | State::Closed { .. } => Ok(()),
        }
    }

    /// Adds that nobody holds it any more, if `person` was the last to hold it at the present level.
    pub(super) fn with_unassigned(&self, person: PersonId, fact: Fact) -> Vec<Fact> {
        let incident = self.incident;
        let working = match &incident.state {
            State::Acknowledged { .. } => true,
            State::OnHold(hold) => hold.resume_to == ResumeTo::Acknowledged,
            State::Triage(_)
            | State::Open(_)
            | State::PendingSummary(_)
            | State::Resolved(_)
            | State::Closed { .. } => false,
        };
        let last = working && incident.assignees().all(|assignee| assignee == person);
        if last { vec![fact, Fact::Unassigned] } else { vec![fact] }
    }

    /// Refuses what would leave everything as it is.
    pub(super) fn changes(changes: bool) -> Result<(), Rejection> {
        if changes { Ok(()) } else { Err(Invalid::NoChange.into()) }
    }
}
