//! Figures by team: what a department answers for.

use std::time::Duration;

use incident_core::figures::Case;
use incident_core::ids::Number;
use incident_core::incident::Command;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::Filed;
use incident_core::testkit::{cast, given};

/// A department answers for what it could do: the minutes before it was chosen, and before another passed it on, are
/// not its own; and no time is negative, whoever held it before.
#[test]
fn a_team_answers_for_the_time_since_it_was_chosen() {
    // Each step takes a second beside what is said.
    let (seconds, minutes) = (Duration::from_secs, |count: u64| Duration::from_secs(60 * count));
    let words = || cast::text("changed the tyre");
    let given = given(Policy::preset(Preset::Departments))
        .asked(cast::DRIVER, cast::report("A tyre is flat"))
        .later(minutes(2))
        .asked(cast::DRIVER, Command::Route { to: cast::choice(cast::TYRES) })
        .later(minutes(3))
        .asked(cast::TIM, Command::Acknowledge)
        .later(minutes(5))
        .asked(cast::TIM, Command::Transfer { to: cast::choice(cast::ENGINES) });
    let moved =
        Case::from(&Filed { number: Number { year: 2026, seq: 1 }, incident: given.incident().clone() });
    assert_eq!((moved.until_claimed(), moved.until_team_claimed()), (Some(seconds(302)), None));
    let given = given
        .later(minutes(4))
        .asked(cast::EVA, Command::Acknowledge)
        .later(minutes(20))
        .asked(cast::EVA, Command::RequestResolve)
        .later(minutes(1))
        .asked(cast::EVA, Command::SubmitSummary { summary: words() });
    let case =
        Case::from(&Filed { number: Number { year: 2026, seq: 1 }, incident: given.incident().clone() });
    assert_eq!(
        [case.until_claimed(), case.until_team_claimed(), case.until_resolved(), case.until_team_resolved()],
        [302, 241, 2_106, 1_503].map(|count| Some(seconds(count)))
    );
}
