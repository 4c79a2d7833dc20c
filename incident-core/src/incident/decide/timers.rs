//! What fell due. A wake that comes too early finds nothing, and that is no refusal.

use super::Case;
use crate::incident::event::Fact;
use crate::incident::state::{Calls, CloseReason, State};
use crate::incident::wake::{self, Due};
use crate::policy::SummaryEnd;

impl Case<'_> {
    /// Says what happens for the first thing that fell due; what else did is found at the next wake, which
    /// [`next_wake`](crate::incident::next_wake) asks for at once.
    pub(super) fn wake(&self) -> Vec<Fact> {
        let Some(due) = wake::due(self.policy, self.incident, self.at) else {
            return Vec::new();
        };
        match due {
            Due::RemindRoute(count) | Due::RemindClaim(count) | Due::RemindSummary(count) => {
                vec![Fact::ReminderSent { count }]
            }
            Due::RouteByDefault => {
                let team = self.policy.rules().route.and_then(|rule| rule.default_team);
                vec![Fact::Routed { team, by_timer: true }]
            }
            Due::Escalate => vec![self.escalated(self.incident.level.up(), true)],
            Due::Call => self.call(),
            Due::Breach(kind) => vec![Fact::SlaBreached { kind }],
            Due::Feedback => vec![Fact::Closed { reason: CloseReason::Answered, note: None }],
            Due::IdleWarn => vec![Fact::IdleWarned],
            Due::IdleClose => vec![Fact::Closed { reason: CloseReason::Idle, note: None }],
            Due::SummaryEnd(end) => summary_end(end),
            Due::CloseResolved => vec![Fact::Closed { reason: CloseReason::Confirmed, note: None }],
        }
    }

    /// Calls the same person again, else the next one, else asks the next level.
    fn call(&self) -> Vec<Fact> {
        let (State::Open(waiting), Some(paging)) =
            (&self.incident.state, &self.policy.level(self.incident.level).paging)
        else {
            return Vec::new();
        };
        let (position, attempt) = match waiting.calls {
            None => (0, 1),
            Some(Calls { position, attempt, .. }) if attempt < paging.tries => (position, attempt + 1),
            Some(Calls { position, .. }) => (position.saturating_add(1), 1),
        };
        match paging.chain.get(usize::from(position)) {
            Some(target) => vec![Fact::PageRequested { position, target: *target, attempt }],
            None if self.incident.level < self.policy.last_level() => {
                vec![Fact::EscalationExhausted, self.escalated(self.incident.level.up(), true)]
            }
            None => vec![Fact::EscalationExhausted],
        }
    }
}

fn summary_end(end: SummaryEnd) -> Vec<Fact> {
    match end {
        SummaryEnd::Wait => Vec::new(),
        SummaryEnd::Reopen => vec![Fact::SummaryTimedOut, Fact::ResolutionCancelled],
        SummaryEnd::Close => {
            vec![Fact::SummaryTimedOut, Fact::Closed { reason: CloseReason::NoSummary, note: None }]
        }
    }
}
