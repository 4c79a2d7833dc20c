//! What must hold in every state, and how it is shown where it does not.

use std::borrow::Cow;

use super::face::Face;
use super::lives::{Id, Life, Lives, Outcome, is_about_content};
use crate::incident::{Command, Incident, Input, Rejection, Step, next_wake, step};
use crate::policy::{AckMode, Actor};
use crate::testkit::invariants::{Broken, Held};
use crate::testkit::prove::Counterexample;
use crate::testkit::retelling::Retelling;
use crate::testkit::story::{Moment, keep};
use crate::testkit::{cast, explore};
use crate::time::Timestamp;

impl Lives<'_> {
    pub(super) fn check(
        &self,
        id: Id,
        input: &Input,
        result: &Result<Step, Rejection>,
        property: fn(&Moment<'_>) -> Held,
    ) -> Outcome<()> {
        let life = self.of(id);
        let mut journal = Cow::Borrowed(&life.journal);
        if let Ok(step) = result {
            keep(journal.to_mut(), step);
        }
        let (policy, before) = (&self.search.policy, life.incident.as_ref());
        let held = property(&Moment { policy, before, input, result, journal: &journal });
        held.map_err(|broken| self.shown(life.way.iter().chain([input]), broken))
    }

    /// A look before the deadline finds nothing; a request that comes again after its key was forgotten is
    /// refused if it turned the incident, and else does what it would do without having seen anything.
    pub(super) fn check_early_and_again(&mut self, life: &Life) -> Outcome<()> {
        let search = self.search;
        let policy = &search.policy;
        let Some(incident) = &life.incident else {
            return Ok(());
        };
        let shared = policy.rules().ack_mode == AckMode::Shared;
        let ask = |input: &Input| step(policy, Some(incident), input);
        let wake = Input::new(cast::INCIDENT, life.now, Actor::System, Command::Wake);
        let early = next_wake(policy, incident).is_none_or(|due| due > life.now);
        if early && ask(&wake).is_ok_and(|step| !step.events.is_empty()) {
            let broken = Broken { invariant: "nothing happens early", how: "something was due".to_owned() };
            return Err(self.shown(life.way.iter().chain([&wake]), broken));
        }
        for (input, before, after) in self.history(&life.way) {
            let seen = before.as_ref().map(|before| before.version);
            let again = Input { at: life.now, seen, ..input.clone() };
            // Claiming together is tied to level and team alone: who has left may be back.
            let joins = shared && matches!(input.command, Command::Acknowledge);
            let turned = before.is_none_or(|before| before.turned != after.turned && !joins);
            let held = counts_once(&ask(&again), &ask(&Input { seen: None, ..again.clone() }), turned);
            self.seen.asked += 2;
            held.map_err(|broken| self.shown(life.way.iter().chain([&again]), broken))?;
        }
        Ok(())
    }

    /// Repeats the last turns of a way, with the incident before and after each.
    fn history<'b>(&self, way: &'b [Input]) -> Vec<(&'b Input, Option<Incident>, Incident)> {
        let mut turns = Vec::new();
        let mut incident: Option<Incident> = None;
        for input in way {
            let Ok(step) = step(&self.search.policy, incident.as_ref(), input) else {
                continue;
            };
            if !matches!(input.command, Command::Wake) {
                turns.push((input, incident, step.incident.clone()));
            }
            incident = Some(step.incident);
        }
        turns
    }

    /// What arrives at a known state gets the same answers there as what arrived first: faces leave out nothing
    /// that matters.
    pub(super) fn compare(&mut self, known: Id, life: &Life) -> Outcome<()> {
        self.seen.compared += 1;
        let first = self.of(known);
        let (Some(one), Some(other)) = (&first.incident, &life.incident) else {
            return Ok(());
        };
        let answers = |incident: &Incident, now: Timestamp| -> Vec<_> {
            let decisive =
                self.search.asked(Some(incident)).filter(|(_, command)| !is_about_content(command));
            decisive
                .map(|(actor, command)| {
                    let input = Input::new(cast::INCIDENT, now, actor, command);
                    let result = step(&self.search.policy, Some(incident), &input);
                    let face = result.map(|step| Face::of(&self.search.policy, &step.incident, now));
                    (input.actor, explore::name_of(&input.command), face)
                })
                .collect()
        };
        let (expected, found) = (answers(one, first.now), answers(other, life.now));
        let Some((expected, found)) = expected.iter().zip(&found).find(|(one, other)| one != other) else {
            return Ok(());
        };
        let how = format!("{:?}\n//   and {:?}", expected, found);
        Err(self.shown(life.way.iter(), Broken { invariant: "equal faces get equal answers", how }))
    }

    pub(super) fn shown<'b>(
        &self,
        way: impl IntoIterator<Item = &'b Input>,
        broken: Broken,
    ) -> Box<Counterexample> {
        let mut retelling = Retelling::under(&self.search.policy);
        let mut incident: Option<Incident> = None;
        for input in way {
            let result = step(&self.search.policy, incident.as_ref(), input);
            let policy = &self.search.policy;
            retelling.add(&Moment {
                policy,
                before: incident.as_ref(),
                input,
                result: &result,
                journal: &[],
            });
            incident = result.map_or(incident, |step| Some(step.incident));
        }
        let told = retelling.told(Some(("property", &broken)));
        Box::new(Counterexample { broken, told })
    }
}

fn counts_once(seen: &Result<Step, Rejection>, unseen: &Result<Step, Rejection>, turned: bool) -> Held {
    let broken = |how: String| Err(Broken { invariant: "what comes again counts once", how });
    match seen {
        Ok(step) if turned => broken(format!("{:?}", step.events)),
        Err(Rejection::Stale) => Ok(()),
        Ok(_) | Err(_) if seen == unseen => Ok(()),
        Ok(_) | Err(_) => broken(format!("{seen:?} instead of {unseen:?}")),
    }
}
