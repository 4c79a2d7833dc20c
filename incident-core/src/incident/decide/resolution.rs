//! How it ends, and how it begins again: resolve, summary, cancel, close, confirm, reopen.

use super::{Case, Verdict};
use crate::ids::{Number, PersonId};
use crate::incident::event::Fact;
use crate::incident::rejection::{Invalid, Rejection};
use crate::incident::state::{CloseReason, HoldReason, State, StateKind};
use crate::policy::{Act, LateReply, Summary};
use crate::text::{Limits, Text};

impl Case<'_> {
    pub(super) fn request_resolve(&self) -> Verdict {
        self.resolving(|resolver| Fact::ResolutionRequested { resolver })
    }

    pub(super) fn resolve(&self, summary: Option<&Text>) -> Verdict {
        let facts = self.resolving(|resolver| Fact::Resolved { resolver, summary: summary.cloned() })?;
        match summary {
            Some(summary) => summary.within(Limits::SUMMARY)?,
            None if self.policy.rules().summary == Summary::Required => return Err(Invalid::NoSummary.into()),
            None => {}
        }
        Ok(facts)
    }

    fn workable(&self) -> Result<(), Rejection> {
        match &self.incident.state {
            State::Acknowledged { .. } | State::OnHold(_) => Ok(()),
            State::Open(_) if self.policy.rules().resolve_unclaimed => Ok(()),
            State::Triage(_)
            | State::Open(_)
            | State::PendingSummary(_)
            | State::Resolved(_)
            | State::Closed { .. } => Err(self.wrong_state()),
        }
    }

    fn resolving(&self, done: impl Fn(PersonId) -> Fact) -> Verdict {
        self.resuming(|case| {
            case.workable()?;
            let resolver = case.person()?;
            case.allow(Act::Resolve)?;
            let mut facts = Vec::with_capacity(2);
            if !case.incident.holds(resolver) {
                facts.extend(case.claim(resolver)?);
            }
            facts.push(done(resolver));
            Ok(facts)
        })
    }

    pub(super) fn submit_summary(&self, summary: &Text) -> Verdict {
        let State::PendingSummary(pending) = &self.incident.state else {
            return Err(self.wrong_state());
        };
        self.allow(Act::Summarise)?;
        summary.within(Limits::SUMMARY)?;
        Ok(vec![Fact::Resolved { resolver: pending.resolver, summary: Some(summary.clone()) }])
    }

    pub(super) fn cancel_resolve(&self) -> Verdict {
        if self.incident.state.kind() != StateKind::PendingSummary {
            return Err(self.wrong_state());
        }
        self.allow(Act::Withdraw)?;
        Ok(vec![Fact::ResolutionCancelled])
    }

    pub(super) fn amend_summary(&self, summary: &Text) -> Verdict {
        if self.incident.state.kind() != StateKind::Resolved {
            return Err(self.wrong_state());
        }
        self.allow(Act::Amend)?;
        summary.within(Limits::SUMMARY)?;
        Ok(vec![Fact::SummaryAmended { summary: summary.clone() }])
    }

    pub(super) fn cancel(&self, reason: &Text) -> Verdict {
        if !matches!(self.incident.state, State::Triage(_) | State::Open(_)) {
            return Err(self.wrong_state());
        }
        self.allow(Act::Cancel)?;
        reason.within(Limits::REASON)?;
        Ok(vec![Fact::Closed { reason: CloseReason::Cancelled, note: Some(reason.clone()) }])
    }

    pub(super) fn close(&self, reason: CloseReason) -> Verdict {
        let resolved = match self.incident.state.kind() {
            StateKind::Closed => return Err(self.wrong_state()),
            StateKind::Resolved => true,
            StateKind::Triage
            | StateKind::Open
            | StateKind::Acknowledged
            | StateKind::OnHold
            | StateKind::PendingSummary => false,
        };
        self.allow(Act::Close)?;
        let sensible = match reason {
            CloseReason::Confirmed => resolved,
            CloseReason::Admin | CloseReason::Duplicate | CloseReason::Cancelled => !resolved,
            CloseReason::NoSummary | CloseReason::Idle | CloseReason::Answered => false,
        };
        if !sensible {
            return Err(Invalid::Unreachable.into());
        }
        Ok(vec![Fact::Closed { reason, note: None }])
    }

    pub(super) fn mark_duplicate(&self, of: Number) -> Verdict {
        self.close(CloseReason::Duplicate)?;
        let original = Text::new(&of.to_string(), Limits::REASON)?;
        Ok(vec![Fact::Closed { reason: CloseReason::Duplicate, note: Some(original) }])
    }

    pub(super) fn confirm(&self) -> Verdict {
        let reason = match &self.incident.state {
            State::Resolved(_) => CloseReason::Confirmed,
            State::OnHold(hold) if hold.reason == HoldReason::Answered => CloseReason::Answered,
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::PendingSummary(_)
            | State::Closed { .. } => return Err(self.wrong_state()),
        };
        self.allow(Act::Confirm)?;
        Ok(vec![Fact::Closed { reason, note: None }])
    }

    pub(super) fn reopen(&self, reason: &Text) -> Verdict {
        if !self.incident.state.is_terminal() {
            return Err(self.wrong_state());
        }
        self.allow(Act::Reopen)?;
        reason.within(Limits::REASON)?;
        if !self.may_still_reopen() {
            return Err(Rejection::TooLate);
        }
        Ok(vec![Fact::Reopened { reason: reason.clone() }])
    }

    fn may_still_reopen(&self) -> bool {
        let window = self.policy.rules().reopen_window;
        match (self.incident.ended_at(), window) {
            (Some(ended), Some(window)) => self.at <= ended + window,
            (None, _) | (_, None) => false,
        }
    }

    pub(super) fn reporter_reply(&self, text: &Text) -> Verdict {
        if self.actor.person() != Some(self.incident.reporter) {
            return Err(Rejection::NotAuthorized);
        }
        text.within(Limits::NOTE)?;
        let mut facts = vec![Fact::ReporterReplied { text: text.clone() }];
        match &self.incident.state {
            State::OnHold(hold) => match hold.reason {
                HoldReason::Reporter | HoldReason::Answered => facts.push(Fact::Resumed),
                HoldReason::External => {}
            },
            State::Resolved(_) | State::Closed { .. } => match self.policy.rules().late_reply {
                LateReply::Refuse => return Err(self.wrong_state()),
                LateReply::Journal => {}
                LateReply::Reopen if self.may_still_reopen() => {
                    facts.push(Fact::Reopened { reason: text.clone() });
                }
                LateReply::Reopen => {}
            },
            State::Triage(_) | State::Open(_) | State::Acknowledged { .. } | State::PendingSummary(_) => {}
        }
        Ok(facts)
    }

    pub(super) fn keep_open(&self) -> Verdict {
        self.only_in(&[StateKind::Open, StateKind::Acknowledged, StateKind::OnHold])?;
        self.allow(Act::Answer)?;
        Ok(vec![Fact::Touched])
    }
}
