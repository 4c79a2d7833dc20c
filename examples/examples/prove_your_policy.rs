//! A workshop with rules of its own, and the proof that they do what the workshop means.
//!
//! Four ways, each for another question: a rule as a sentence (what happens then?), stories made up at random
//! (does this always hold?), a search of everything that can happen (does it really?), and nights of a whole desk
//! in which everything fails (does it work, too?).
//!
//! `cargo run -p examples --example prove_your_policy` shows what a proof looks like, and what a disproof does;
//! `cargo test -p examples --test prove_your_policy` runs the tests at the end of this file.

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use incident_core::testkit::prelude::*;
use incident_core::testkit::search::Search;

const MINUTES: Duration = Duration::from_secs(60);

/// Two tiers, but: of what nobody claims, the dispatchers are reminded twice, then the managers are asked; and what
/// was resolved closes after a day.
fn workshop() -> Policy {
    let rules = Rules::from(Preset::TwoTier);
    let mut levels = rules.levels.clone();
    levels[0].nudge = Some(Nudge { after: 5 * MINUTES, times: 2, then_escalate: true });
    let rules = Rules { levels, close_after: Some(24 * 60 * MINUTES), ..rules };
    Policy::new(rules).expect("nothing in these rules contradicts the rest")
}

/// Who resolved it in this turn, if anybody did.
fn resolved_by(moment: &Moment<'_>) -> Option<PersonId> {
    let events = &moment.result.as_ref().ok()?.events;
    events.iter().find_map(|event| {
        let Fact::Resolved { resolver, .. } = &event.fact else {
            return None;
        };
        Some(*resolver)
    })
}

/// What the managers were asked for, a manager resolves.
fn managers_resolve_what_they_were_asked_for(moment: &Moment<'_>) -> Held {
    let level = moment.before.map_or(Level::FIRST, |before| before.level);
    match resolved_by(moment) {
        Some(resolver) if level > Level::FIRST && !member(resolver).standing.roles.has(Role::Manager) => {
            Err(Broken { invariant: "managers resolve", how: format!("{resolver} is none") })
        }
        Some(_) | None => Ok(()),
    }
}

/// Somebody else looks at it before it counts as resolved. The workshop believes so; see what becomes of it.
fn four_eyes_see_everything(moment: &Moment<'_>) -> Held {
    let reporter = moment.before.map(|before| before.reporter);
    match resolved_by(moment) {
        Some(resolver) if Some(resolver) == reporter => {
            Err(Broken { invariant: "four eyes", how: format!("{resolver} was alone with it") })
        }
        Some(_) | None => Ok(()),
    }
}

fn main() {
    match Search::under(workshop()).requiring(managers_resolve_what_they_were_asked_for).run() {
        Ok(found) => println!("Managers resolve what they were asked for, in {found}."),
        Err(broken) => println!("This is not so:\n{broken}"),
    }
    match Search::under(workshop()).requiring(four_eyes_see_everything).run() {
        Ok(found) => println!("Four eyes see everything, in {found}."),
        Err(broken) => println!("Four eyes do not see everything. This test shows it:\n{broken}"),
    }
}

#[cfg(test)]
mod tests {
    use incident_core::testkit::{World, prove, strategies};

    use super::*;

    #[test]
    fn what_nobody_claims_comes_to_the_managers() {
        given(workshop())
            .asked(DRIVER, report("the lift is stuck"))
            .woken_after(5 * MINUTES)
            .then([Fact::ReminderSent { count: 1 }])
            .and()
            .woken_after(5 * MINUTES)
            .then([Fact::ReminderSent { count: 2 }])
            .and()
            .woken_after(5 * MINUTES)
            .then([Fact::Escalated { to: Level::SECOND, by_timer: true, clears: true }])
            .and()
            .when(ANN, Command::Acknowledge)
            .refused(Rejection::NotAuthorized);
    }

    #[test]
    fn managers_resolve_what_they_were_asked_for_whatever_people_do() {
        let workshop = strategies::only(workshop());
        let proved = prove::in_stories(workshop, 300, managers_resolve_what_they_were_asked_for);
        proved.unwrap_or_else(|broken| panic!("{broken}"));
    }

    #[test]
    fn nothing_that_can_happen_in_four_turns_breaks_anything() {
        Search::under(workshop()).run().unwrap_or_else(|broken| panic!("{broken}"));
    }

    #[test]
    fn a_desk_with_these_rules_survives_its_nights() {
        for seed in 0..20 {
            let night = World::new(seed).with_policy(workshop()).run();
            night.unwrap_or_else(|failure| panic!("{failure}"));
        }
    }

    /// What the search found, kept: the workshop knows it now, and lives with it.
    #[test]
    fn a_dispatcher_may_be_alone_with_a_report() {
        given(workshop())
            .when(ANN, report("the lift is stuck"))
            .then_in(StateKind::Open)
            .and()
            .when(ANN, Command::Acknowledge)
            .then_in(StateKind::Acknowledged)
            .and()
            .when(ANN, Command::Resolve { summary: Some(text("it moves again")) })
            .then_in(StateKind::Resolved);
    }
}
