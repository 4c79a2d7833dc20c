//! What is made up at random is as various as it claims to be: else a property that holds says little.

use std::collections::BTreeSet;
use std::time::Duration;

use incident_core::policy::{AckMode, Initial, Policy, Preset, Rules, SummaryEnd};
use incident_core::testkit::{Choice, Jump, Story, cast, explore, strategies};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// So many of them, always the same.
fn made_up<T: std::fmt::Debug>(things: impl Strategy<Value = T>) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..3_000).map(|_| things.new_tree(&mut runner).expect("nothing is thrown away").current()).collect()
}

#[test]
fn every_preset_and_every_rule_both_ways_is_made_up() {
    let policies = made_up(strategies::policy());
    let presets = Preset::ALL.map(Rules::from);
    for preset in &presets {
        assert!(policies.iter().any(|policy| policy.rules() == preset), "{:?}", preset.preset);
    }
    let others: Vec<&Rules> =
        policies.iter().map(Policy::rules).filter(|rules| !presets.contains(rules)).collect();
    let differs =
        |rule: fn(&Rules) -> bool| others.iter().map(|rules| rule(rules)).collect::<BTreeSet<_>>().len();
    let rules: [fn(&Rules) -> bool; 22] = [
        |rules| rules.initial == Initial::Open,
        |rules| rules.reporter_routes,
        |rules| rules.route.is_some(),
        |rules| rules.triage.is_some(),
        |rules| rules.teams,
        |rules| rules.ack_mode == AckMode::Shared,
        |rules| rules.self_registration,
        |rules| rules.escalation_clears_assignees,
        |rules| rules.eligible_escalates,
        |rules| rules.resolve_at_current_level,
        |rules| rules.resolve_unclaimed,
        |rules| rules.summary_wait.is_some_and(|wait| wait.then == SummaryEnd::Close),
        |rules| rules.summary_by_others,
        |rules| rules.reports.is_some(),
        |rules| rules.sla.response.is_some() && rules.sla.resolve.is_some(),
        |rules| rules.idle.is_some(),
        |rules| rules.close_after.is_some(),
        |rules| rules.reopen_window.is_some(),
        |rules| rules.reporter_closes,
        |rules| rules.override_state && !rules.self_registration,
        |rules| rules.levels.iter().any(|level| level.paging.is_some()),
        |rules| {
            rules.levels.iter().any(|level| level.nudge.is_some_and(|nudge| nudge.after == Duration::MAX))
        },
    ];
    for (number, rule) in rules.into_iter().enumerate() {
        assert_eq!(differs(rule), 2, "rule {number}");
    }
    let ladders: BTreeSet<usize> = others.iter().map(|rules| rules.levels.len()).collect();
    assert_eq!(ladders, BTreeSet::from([1, 2, 3]));
}

#[test]
fn every_command_and_everybody_comes_up() {
    let names = |commands: Vec<_>| commands.iter().map(explore::name_of).collect::<BTreeSet<_>>();
    assert_eq!(names(made_up(strategies::command())), names(explore::commands(None)));
    let actors = made_up(strategies::actor());
    assert_eq!(cast::actors().iter().find(|actor| !actors.contains(actor)), None);
}

#[test]
fn clocks_go_on_stand_still_jump_and_go_back() {
    let jumps = made_up(strategies::jump());
    let day = Duration::from_secs(86_400);
    let kinds: [fn(&Jump, Duration) -> bool; 5] = [
        |jump, day| matches!(jump, Jump::Forward(by) if *by < day),
        |jump, day| matches!(jump, Jump::Forward(by) if *by >= day),
        |jump, _| *jump == Jump::Still,
        |jump, _| matches!(jump, Jump::Back(by) if !by.is_zero()),
        |jump, _| *jump == Jump::Due,
    ];
    assert!(kinds.into_iter().all(|kind| jumps.iter().any(|jump| kind(jump, day))));
}

#[test]
fn stories_get_deep_because_they_know_where_they_are() {
    let stories: Vec<Story> = made_up(strategies::story(strategies::policy(), 40));
    let length = |story: &Story| {
        let told = story.play(|_| Ok(())).expect("nothing was required");
        told.journal.len()
    };
    let facts: usize = stories.iter().take(500).map(length).sum();
    let wild =
        stories.iter().flat_map(|story| &story.turns).filter(|turn| matches!(turn.choice, Choice::Wild(..)));
    assert!(facts > 500 * 10, "a story has {} facts on average", facts / 500);
    assert!(wild.count() > 0, "nothing silly is ever asked");
}
