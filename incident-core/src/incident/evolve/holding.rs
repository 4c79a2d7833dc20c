//! Who holds it: stints that begin and end, and the states that follow from there being holders or not.

use crate::ids::PersonId;
use crate::incident::aggregate::Incident;
use crate::incident::event::Ending;
use crate::incident::state::{Level, ResumeTo, State, Stint, Waiting};
use crate::time::Timestamp;

impl Incident {
    pub(super) fn end_stints(&mut self, at: Timestamp, ending: Ending, which: impl Fn(&Stint) -> bool) {
        for stint in &mut self.stints {
            if stint.is_open() && which(stint) {
                stint.until = Some((at, ending));
            }
        }
    }

    pub(super) fn end_stint_of(&mut self, person: PersonId, ending: Ending, at: Timestamp) {
        self.end_stints(at, ending, |stint| stint.person == person);
    }

    /// A person holds an incident once: who takes a higher level leaves the lower one.
    pub(super) fn begin_stint(&mut self, person: PersonId, at: Timestamp) {
        self.end_stint_of(person, Ending::Escalated, at);
        let (level, team, cycle) = (self.level, self.team, self.cycle);
        self.stints.push(Stint { person, level, team, cycle, from: at, until: None });
    }

    pub(super) fn acknowledge(&mut self, person: PersonId, at: Timestamp) {
        self.begin_stint(person, at);
        self.answers = 0;
        let clocks = &mut self.clocks;
        clocks.ack_at = Some(at);
        clocks.first_ack_at.get_or_insert(at);
        if self.level > Level::FIRST {
            clocks.escalation_ack_at.get_or_insert(at);
        }
        self.state = State::Acknowledged { since: at };
    }

    pub(super) fn wait(&mut self, at: Timestamp) {
        self.clocks.ack_at = None;
        self.state = State::Open(Waiting::from(at));
    }

    pub(super) fn expect(&mut self, person: PersonId) {
        if let State::Open(waiting) = &mut self.state {
            waiting.expected = Some(person);
        }
    }

    pub(super) fn unassign(&mut self, at: Timestamp) {
        match &mut self.state {
            State::Acknowledged { .. } => self.wait(at),
            State::OnHold(hold) => {
                hold.resume_to = ResumeTo::Open;
                self.clocks.ack_at = None;
            }
            State::Triage(_)
            | State::Open(_)
            | State::PendingSummary(_)
            | State::Resolved(_)
            | State::Closed { .. } => {}
        }
    }

    pub(super) fn escalate(&mut self, to: Level, clears: bool, at: Timestamp) {
        if clears {
            self.end_stints(at, Ending::Escalated, |_| true);
        }
        self.level = to;
        self.clocks.escalated_at = Some(at);
        self.wait(at);
    }

    /// Those who stayed on at the lower level hold it again from now on.
    pub(super) fn deescalate(&mut self, to: Level, at: Timestamp) {
        self.end_stints(at, Ending::Deescalated, |stint| stint.level > to);
        self.level = to;
        self.clocks.ack_at = None;
        self.go_on(at);
    }

    /// Works on if somebody holds it, else waits for somebody who does.
    pub(super) fn go_on(&mut self, at: Timestamp) {
        if self.assignees().next().is_some() {
            self.clocks.ack_at.get_or_insert(at);
            self.state = State::Acknowledged { since: at };
        } else {
            self.wait(at);
        }
    }
}
