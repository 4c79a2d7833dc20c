//! How it ends and begins again, and what is left of a person who was erased.

use std::time::Duration;

use crate::ids::PersonId;
use crate::incident::aggregate::Incident;
use crate::incident::event::{By, Ending, Event};
use crate::incident::state::{CloseReason, Cycle, Outcome, State, StateKind};
use crate::text::Text;
use crate::time::Timestamp;

impl Incident {
    pub(super) fn resolve(&mut self, resolver: PersonId, summary: Option<&Text>, event: &Event) {
        let at = event.at;
        self.end_stint_of(resolver, Ending::ResolvedSelf, at);
        self.end_stints(at, Ending::ResolvedOther, |_| true);
        self.clocks.resolved_at = Some(at);
        let author = match event.by {
            By::Person(person) => person,
            By::Assistant | By::System => resolver,
        };
        let summary_by = summary.map(|_| author);
        self.state = State::Resolved(Outcome { by: resolver, at, summary: summary.cloned(), summary_by });
    }

    pub(super) fn amend(&mut self, text: &Text, by: By) {
        if let State::Resolved(outcome) = &mut self.state {
            outcome.summary = Some(text.clone());
            outcome.summary_by = match by {
                By::Person(person) => Some(person),
                By::Assistant | By::System => None,
            };
        }
    }

    pub(super) fn close(&mut self, reason: CloseReason, at: Timestamp) {
        self.end_stints(at, Ending::Closed, |_| true);
        let outcome = self.outcome().cloned();
        self.clocks.closed_at = Some(at);
        self.state = State::Closed { reason, at, outcome };
    }

    pub(super) fn reopen(&mut self, at: Timestamp) {
        self.cycle = Cycle(self.cycle.0.saturating_add(1));
        self.answers = 0;
        self.breached.clear();
        self.archived = false;
        let clocks = &mut self.clocks;
        clocks.cycle_at = at;
        clocks.routed_at = clocks.routed_at.map(|_| at);
        clocks.first_ack_at = None;
        clocks.escalation_ack_at = None;
        clocks.held = Duration::ZERO;
        clocks.held_when_routed = Duration::ZERO;
        self.wait(at);
    }

    pub(super) fn overrule(&mut self, target: StateKind, event: &Event) {
        let at = event.at;
        match target {
            StateKind::Open if self.state.is_terminal() => self.reopen(at),
            StateKind::Open => {
                self.end_stints(at, Ending::Overridden, |_| true);
                self.wait(at);
            }
            StateKind::Resolved => self.overrule_to_resolved(event),
            StateKind::Closed => self.close(CloseReason::Admin, at),
            StateKind::Triage | StateKind::Acknowledged | StateKind::OnHold | StateKind::PendingSummary => {}
        }
    }

    /// What was resolved before it was closed is what it was then, by whom it was.
    fn overrule_to_resolved(&mut self, event: &Event) {
        match (self.outcome().cloned(), event.by) {
            (Some(outcome), _) => self.state = State::Resolved(outcome),
            (None, By::Person(person)) => self.resolve(person, None, event),
            (None, By::Assistant | By::System) => return,
        }
        self.clocks.closed_at = None;
    }

    pub(super) fn erase(&mut self, person: PersonId) {
        if self.reporter == person || self.described_by == Some(person) {
            self.description = Text::erased();
        }
        if let State::Resolved(outcome) | State::Closed { outcome: Some(outcome), .. } = &mut self.state
            && outcome.summary_by == Some(person)
        {
            outcome.summary = Some(Text::erased());
        }
    }
}
