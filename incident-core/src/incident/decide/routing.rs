//! Who is asked: routing, findings of the assistant, escalation, transfer, hold.

use super::{Case, Verdict};
use crate::incident::command::{Finding, TeamChoice};
use crate::incident::event::Fact;
use crate::incident::rejection::{Invalid, Rejection};
use crate::incident::state::{HoldReason, Level, ResumeTo, State, StateKind};
use crate::policy::{Act, Actor, AutoAnswer, Role, TriageRule};
use crate::text::{Limits, Text};

impl Case<'_> {
    pub(super) fn route(&self, to: TeamChoice) -> Verdict {
        self.only_in(&[StateKind::Triage])?;
        self.allow(Act::Route)?;
        self.may_choose(to)?;
        Ok(vec![Fact::Routed { team: Some(to.team), by_timer: false }])
    }

    pub(super) fn transfer(&self, to: TeamChoice) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged, StateKind::OnHold])?;
        self.resuming(|case| {
            case.allow(Act::Transfer)?;
            case.may_choose(to)?;
            Self::changes(case.incident.team != Some(to.team))?;
            Ok(vec![Fact::Transferred { to: to.team }])
        })
    }

    /// A restricted team takes incidents only from people who belong to a team, or from a manager.
    fn may_choose(&self, to: TeamChoice) -> Result<(), Rejection> {
        if !self.policy.rules().teams {
            return Err(Invalid::Unreachable.into());
        }
        match self.actor {
            Actor::Person(member)
                if to.restricted
                    && member.standing.teams.is_empty()
                    && !member.standing.roles.has(Role::Manager) =>
            {
                Err(Rejection::NotAuthorized)
            }
            Actor::Person(_) | Actor::Assistant | Actor::System => Ok(()),
        }
    }

    pub(super) fn triage(&self, finding: &Finding) -> Verdict {
        self.allow(Act::Triage)?;
        let rule = self.policy.rules().triage.ok_or_else(|| self.wrong_state())?;
        let high = finding.escalate
            || finding.severity.get() >= rule.threshold
            || self.incident.answers >= rule.rounds;
        if let Some(answer) = &finding.answer {
            answer.within(Limits::NOTE)?;
        }
        let triaged = Fact::Triaged { severity: finding.severity, escalate: high };
        if finding.replies != self.incident.replies {
            return Err(Rejection::Stale);
        }
        match &self.incident.state {
            State::Triage(_) if high => Ok(self.serious(rule, triaged, true)),
            State::Triage(_) => Ok(Self::harmless(rule, triaged, finding.answer.as_ref())),
            State::Open(_) if high => Ok(self.serious(rule, triaged, false)),
            State::Open(_) => Ok(vec![triaged]),
            State::OnHold(hold) if high && hold.resume_to == ResumeTo::Triage => {
                let mut facts = vec![Fact::Resumed];
                facts.extend(self.serious(rule, triaged, true));
                Ok(facts)
            }
            State::PendingSummary(pending) => Err(Rejection::ClosingOut { resolver: pending.resolver }),
            State::OnHold(_) | State::Acknowledged { .. } => Err(Rejection::Stale),
            State::Resolved(_) | State::Closed { .. } => Err(self.wrong_state()),
        }
    }

    /// Answers by itself only where the policy says so; else people get it, and the answer as a draft.
    fn harmless(rule: TriageRule, triaged: Fact, answer: Option<&Text>) -> Vec<Fact> {
        let routed = Fact::Routed { team: rule.default_team, by_timer: false };
        match (answer.cloned(), rule.answers) {
            (Some(answer), AutoAnswer::Send) => vec![triaged, Fact::AutoAnswered { answer }],
            (Some(text), AutoAnswer::Draft) => {
                vec![triaged, Fact::NoteAdded { text, internal: true }, routed]
            }
            (Some(_), AutoAnswer::Off) | (None, _) => vec![triaged, routed],
        }
    }

    fn serious(&self, rule: TriageRule, triaged: Fact, route: bool) -> Vec<Fact> {
        let mut facts = vec![triaged];
        if route {
            facts.push(Fact::Routed { team: rule.default_team, by_timer: false });
        }
        let present = if route { Level::FIRST } else { self.incident.level };
        if rule.escalate_to > present {
            facts.push(self.escalated(rule.escalate_to, false));
        }
        facts
    }

    pub(super) fn triage_failed(&self, reason: &Text) -> Verdict {
        self.only_in(&[StateKind::Triage])?;
        self.allow(Act::Triage)?;
        let team = self.policy.rules().triage.and_then(|rule| rule.default_team);
        Ok(vec![Fact::TriageFailed { reason: reason.clone() }, Fact::Routed { team, by_timer: false }])
    }

    pub(super) fn escalate(&self) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged, StateKind::OnHold])?;
        self.resuming(|case| {
            case.allow(Act::Escalate)?;
            if case.incident.level >= case.policy.last_level() {
                return Err(Invalid::NoSuchLevel.into());
            }
            Ok(vec![case.escalated(case.incident.level.up(), false)])
        })
    }

    pub(super) fn escalated(&self, to: Level, by_timer: bool) -> Fact {
        Fact::Escalated { to, by_timer, clears: self.policy.rules().escalation_clears_assignees }
    }

    pub(super) fn deescalate(&self, to: Level) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged, StateKind::OnHold])?;
        self.resuming(|case| {
            case.allow(Act::Deescalate)?;
            if to >= case.incident.level {
                return Err(Invalid::NoSuchLevel.into());
            }
            Ok(vec![Fact::Deescalated { to }])
        })
    }

    pub(super) fn hold(&self, reason: HoldReason) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged])?;
        self.allow(Act::Hold)?;
        match reason {
            HoldReason::Reporter | HoldReason::External => Ok(vec![Fact::Held { reason }]),
            HoldReason::Answered => Err(Invalid::Unreachable.into()),
        }
    }

    pub(super) fn resume(&self) -> Verdict {
        self.only_in(&[StateKind::OnHold])?;
        self.allow(Act::Hold)?;
        Ok(vec![Fact::Resumed])
    }
}
