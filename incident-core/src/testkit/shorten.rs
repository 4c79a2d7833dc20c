//! From what breaks something to the least that does: turns are left out, gaps closed, old buttons replaced, as
//! long as it still breaks. It works on what was asked and not on how a story came to ask it, so that leaving
//! one turn out does not turn the others into something else.

use super::cast;
use super::invariants::{Broken, Held};
use super::retelling::Retelling;
use super::story::{Moment, keep};
use crate::incident::{Incident, Input, step};
use crate::policy::Policy;
use crate::time::Timestamp;

/// Asks one thing after the other, showing every turn, up to the one that breaks something.
fn replay(
    policy: &Policy,
    inputs: &[Input],
    mut watch: impl FnMut(&Moment<'_>) -> Held,
) -> Option<(usize, Broken)> {
    let (mut before, mut journal): (Option<Incident>, _) = (None, Vec::new());
    for (turn, input) in inputs.iter().enumerate() {
        let result = step(policy, before.as_ref(), input);
        if let Ok(step) = &result {
            keep(&mut journal, step);
        }
        let moment = Moment { policy, before: before.as_ref(), input, result: &result, journal: &journal };
        if let Err(broken) = watch(&moment) {
            return Some((turn, broken));
        }
        before = result.map_or(before, |step| Some(step.incident));
    }
    None
}

/// Tells what was asked, or the least of it that breaks a property.
pub(super) fn told(
    policy: &Policy,
    mut inputs: Vec<Input>,
    (name, property): (&str, impl Fn(&Moment<'_>) -> Held),
) -> String {
    let up_to_the_break = |mut inputs: Vec<Input>| {
        let (last, _) = replay(policy, &inputs, &property)?;
        inputs.truncate(last + 1);
        Some(inputs)
    };
    let next = |inputs: &[Input]| simpler(inputs).find_map(&up_to_the_break);
    if let Some(broken) = up_to_the_break(inputs.clone()) {
        inputs = broken;
        while let Some(simpler) = next(&inputs) {
            inputs = simpler;
        }
    }
    let mut retelling = Retelling::under(policy);
    let broken = replay(policy, &inputs, |moment| {
        retelling.add(moment);
        property(moment)
    });
    retelling.told(broken.as_ref().map(|(_, broken)| (name, broken)))
}

/// Everything that is simpler by one turn, one gap or one old button.
fn simpler(inputs: &[Input]) -> impl Iterator<Item = Vec<Input>> {
    let turns = 0..inputs.len();
    let shorter = turns.clone().map(|turn| {
        let mut inputs = inputs.to_vec();
        inputs.remove(turn);
        inputs
    });
    let begins = |turn: usize| turn.checked_sub(1).map_or(cast::START, |before| inputs[before].at);
    let still = turns.clone().filter(move |turn| inputs[*turn].at != begins(*turn)).map(move |turn| {
        let gap = inputs[turn].at.as_micros().saturating_sub(begins(turn).as_micros());
        let earlier = |input: &Input| {
            let at = Timestamp::from_micros(input.at.as_micros().saturating_sub(gap));
            Input { at, ..input.clone() }
        };
        inputs[..turn].iter().cloned().chain(inputs[turn..].iter().map(earlier)).collect()
    });
    let fresh = turns.filter(|turn| inputs[*turn].seen.is_some()).map(|turn| {
        let mut inputs = inputs.to_vec();
        inputs[turn].seen = None;
        inputs
    });
    shorter.chain(still).chain(fresh)
}
