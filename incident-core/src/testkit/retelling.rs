//! What was tried, told again as the given/when/then that does the same: only the turns that changed
//! something, and the last one. Stories and searches that fail print it; it can be pasted as a test.

use std::time::Duration;

use super::cast;
use super::code::InRust;
use super::invariants::Broken;
use super::story::Moment;
use crate::incident::{Input, Rejection, StateKind};
use crate::policy::Policy;
use crate::time::Timestamp;

/// Turns as they were taken.
#[derive(Debug)]
pub(super) struct Retelling {
    policy: String,
    turns: Vec<Turn>,
}

#[derive(Debug)]
struct Turn {
    input: Input,
    result: Result<StateKind, Rejection>,
    changed: bool,
}

impl Retelling {
    pub(super) fn under(policy: &Policy) -> Self {
        Self { policy: policy.in_rust(), turns: Vec::new() }
    }

    /// Adds a turn that was taken.
    pub(super) fn add(&mut self, moment: &Moment<'_>) {
        let changed = moment.result.as_ref().is_ok_and(|step| !step.events.is_empty());
        let result = moment.result.as_ref().map(|step| step.incident.state.kind()).map_err(Clone::clone);
        self.turns.push(Turn { input: moment.input.clone(), result, changed });
    }

    /// Tells them; if the last one broke something, under the name by which that can be called.
    pub(super) fn told(self, broken: Option<(&str, &Broken)>) -> String {
        let mut lines = vec![format!("given({})", self.policy)];
        let mut now = cast::START;
        let last = self.turns.len().saturating_sub(1);
        for (at, turn) in self.turns.iter().enumerate().filter(|(at, turn)| *at == last || turn.changed) {
            let asked = format!("    {}{}", jump(now, turn.input.at), question(&turn.input));
            now = turn.input.at;
            let follows = match (&turn.result, broken) {
                (_, Some((name, broken))) if at == last => format!(".keeps({name}); // {broken}"),
                (Ok(state), _) if at == last => format!(".then_in({});", state.in_rust()),
                (Ok(state), _) => format!(".then_in({}).and()", state.in_rust()),
                (Err(rejection), _) => format!(".refused({});", rejection.in_rust()),
            };
            lines.push(asked + &follows);
        }
        lines.join("\n")
    }
}

fn jump(from: Timestamp, to: Timestamp) -> String {
    if to == Timestamp::MAX || to == Timestamp::MIN {
        return format!(".at({})", to.in_rust());
    }
    if from > to {
        return format!(".earlier({})", from.since(to).in_rust());
    }
    match to.since(from) {
        Duration::ZERO => String::new(),
        passed => format!(".later({})", passed.in_rust()),
    }
}

fn question(input: &Input) -> String {
    let seen = input.seen.map(|seen| format!(".seeing({})", seen.in_rust())).unwrap_or_default();
    format!("{seen}.when({}, {})", input.actor.in_rust(), input.command.in_rust())
}
