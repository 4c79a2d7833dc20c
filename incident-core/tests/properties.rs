//! What no story may break: random people do random things in random order, under every preset and under
//! rules made up at random, while the clock goes on, stands still, jumps ahead and goes back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::sync::LazyLock;
use std::time::Duration;

use incident_core::ids::Version;
use incident_core::incident::{
    Command, Event, Fact, Incident, Input, Priority, Rejection, StateKind, evolve, next_wake, step,
};
use incident_core::policy::{Actor, Policy, Preset};
use incident_core::testkit::invariants::Broken;
use incident_core::testkit::{Jump, Story, cast, explore, strategies};
use incident_core::time::Timestamp;
use proptest::prelude::{ProptestConfig, TestCaseError, any, prop_assert, prop_assert_eq};
use proptest::sample::{Index, select};
use proptest::strategy::{Just, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

const STORIES: u32 = 300;
const TURNS: usize = 40;

type Outcome = Result<(), TestCaseError>;

fn for_all<T: Debug>(cases: u32, things: impl Strategy<Value = T>, holds: impl Fn(T) -> Outcome) {
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    if let Err(failure) = TestRunner::new(config).run(&things, holds) {
        panic!("{failure}");
    }
}

fn stories() -> impl Strategy<Value = Story> {
    strategies::story(strategies::policy(), TURNS)
}

fn keeps_every_invariant(story: &Story) -> Outcome {
    story.keeps_every_invariant().map(drop).map_err(|broken| TestCaseError::fail(broken.to_string()))
}

/// Plays a story for its own sake and returns how it ended.
fn end_of(story: &Story) -> Option<Incident> {
    story.play(|_| Ok(())).ok().and_then(|told| told.incident)
}

macro_rules! presets_keep_every_invariant {
    ($($name:ident: $preset:ident,)*) => {
        $(
            #[test]
            fn $name() {
                let stories = strategies::story(Just(Policy::preset(Preset::$preset)), TURNS);
                for_all(STORIES, stories, |story| keeps_every_invariant(&story));
            }
        )*
    };
}

presets_keep_every_invariant! {
    stories_of_two_tiers_keep_every_invariant: TwoTier,
    stories_of_shared_tiers_keep_every_invariant: TwoTierShared,
    stories_of_departments_keep_every_invariant: Departments,
    stories_of_support_keep_every_invariant: Support,
    stories_of_tickets_keep_every_invariant: Tickets,
}

#[test]
fn stories_under_any_rules_keep_every_invariant() {
    for_all(2 * STORIES, stories(), |story| keeps_every_invariant(&story));
}

#[test]
fn a_clock_that_shows_the_beginning_or_the_end_of_time_breaks_nothing() {
    let extremes = [Jump::Forward(Duration::MAX), Jump::Back(Duration::MAX)];
    let stories = (stories(), any::<Index>(), select(extremes.to_vec()), any::<bool>());
    for_all(STORIES, stories, |(mut story, when, extreme, and_back)| {
        let turn = when.index(story.turns.len());
        story.turns[turn].jump = extreme;
        if and_back && let Some(next) = story.turns.get_mut(turn + 1) {
            next.jump = extremes[usize::from(extreme == extremes[0])];
        }
        keeps_every_invariant(&story)
    });
}

#[test]
fn waking_at_the_deadline_always_does_something_and_comes_to_an_end() {
    for_all(STORIES, stories(), |story| {
        let Some(mut incident) = end_of(&story) else {
            return Ok(());
        };
        let mut wakes = 0;
        while let Some(due) = next_wake(&story.policy, &incident) {
            let input = Input::new(cast::INCIDENT, due, Actor::System, Command::Wake);
            let woken = step(&story.policy, Some(&incident), &input).expect("a wake is never refused");
            prop_assert!(!woken.events.is_empty(), "nothing was due at {due}");
            incident = woken.incident;
            wakes += 1;
            prop_assert!(wakes < 100, "it never comes to rest: {incident:?}");
        }
        Ok(())
    });
}

#[test]
fn waking_before_the_deadline_does_nothing() {
    for_all(STORIES, stories(), |story| {
        let Some(incident) = end_of(&story) else {
            return Ok(());
        };
        let due = next_wake(&story.policy, &incident).unwrap_or(Timestamp::MAX);
        let early = Timestamp::from_micros(due.as_micros().saturating_sub(1));
        if incident.clocks.updated_at > early {
            return Ok(());
        }
        let input = Input::new(cast::INCIDENT, early, Actor::System, Command::Wake);
        let woken = step(&story.policy, Some(&incident), &input).expect("a wake is never refused");
        prop_assert_eq!(woken.events, Vec::<Event>::new());
        prop_assert_eq!(woken.incident, incident);
        Ok(())
    });
}

/// Commands that stand behind a button and change what the buttons mean.
const DECISIVE: [&str; 13] = [
    "acknowledge",
    "release",
    "escalate",
    "deescalate",
    "resume",
    "request_resolve",
    "resolve",
    "cancel_resolve",
    "confirm",
    "reopen",
    "close",
    "route",
    "transfer",
];

#[test]
fn a_button_that_is_pressed_twice_counts_once() {
    for_all(STORIES, stories(), |story| {
        let watched = story.play(|moment| {
            let (Ok(first), Some(before)) = (moment.result, moment.before) else {
                return Ok(());
            };
            let name = explore::name_of(&moment.input.command);
            if !DECISIVE.contains(&name.as_str()) {
                return Ok(());
            }
            let again = Input { seen: Some(before.version), ..moment.input.clone() };
            match step(moment.policy, Some(&first.incident), &again) {
                Err(_) => Ok(()),
                Ok(second) => Err(Broken { invariant: "once", how: format!("{:?}", second.events) }),
            }
        });
        prop_assert_eq!(watched.map(drop), Ok(()));
        Ok(())
    });
}

#[test]
fn whoever_has_nothing_to_do_with_it_changes_nothing() {
    for_all(STORIES, (stories(), any::<Index>()), |(story, which)| {
        let Some(incident) = end_of(&story).filter(|it| it.reporter != cast::SAM && !it.held(cast::SAM))
        else {
            return Ok(());
        };
        let commands = explore::commands(Some(&incident));
        let command = which.get(&commands).clone();
        let own = command == Command::Wake || command == Command::EraseSubject { person: cast::SAM };
        let input = Input::new(cast::INCIDENT, incident.clocks.updated_at, cast::actor(cast::SAM), command);
        let result = step(&story.policy, Some(&incident), &input);
        prop_assert!(own || result.is_err(), "{:?} was accepted", input.command);
        Ok(())
    });
}

#[test]
fn every_answer_is_stored_as_it_was_given() {
    fn stored<T>(thing: &T) -> Outcome
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + Debug,
    {
        let text = serde_json::to_string(thing).expect("it can be stored");
        let read: T =
            serde_json::from_str(&text).map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        prop_assert_eq!(&read, thing);
        Ok(())
    }
    for_all(STORIES, stories(), |story| {
        let mut kept = Vec::new();
        let told = story.play(|moment| {
            kept.push((moment.input.clone(), moment.result.clone()));
            Ok(())
        });
        for (input, result) in kept {
            stored(&input)?;
            match result {
                Ok(step) => stored(&step.effects)?,
                Err(rejection) => stored(&rejection)?,
            }
        }
        let told = told.expect("nothing was required");
        stored(&told.journal)?;
        stored(&told.incident)
    });
}

/// One or more of every fact there is, as they happen.
static FACTS: LazyLock<Vec<Fact>> = LazyLock::new(|| {
    let mut facts = BTreeMap::new();
    for policy in explore::policies() {
        explore::explore(&policy, |tried| {
            for event in tried.result.iter().flat_map(|step| &step.events) {
                facts.entry(format!("{:?}", event.fact)).or_insert_with(|| event.fact.clone());
            }
        });
    }
    facts.into_values().collect()
});

#[test]
fn a_journal_that_makes_no_sense_folds_all_the_same() {
    let event = (select(FACTS.clone()), any::<i64>(), strategies::actor())
        .prop_map(|(fact, at, actor)| Event { at: Timestamp::from_micros(at), by: actor.by(), fact });
    let journal = proptest::collection::vec(event, 1..30);
    for_all(4 * STORIES, (strategies::policy(), journal), |(policy, journal)| {
        let begun = Command::Create { report: report() };
        let created = Input::new(cast::INCIDENT, cast::START, cast::actor(cast::DRIVER), begun);
        let mut incident = step(&policy, None, &created).ok().map(|step| step.incident);
        for event in &journal {
            incident = evolve(cast::INCIDENT, incident, event);
            let now = incident.as_ref().map_or(event.at, |incident| incident.clocks.updated_at);
            let wake = Input::new(cast::INCIDENT, now, Actor::System, Command::Wake);
            prop_assert_eq!(step(&policy, incident.as_ref(), &wake).is_ok(), incident.is_some());
        }
        let version = incident.map(|incident| incident.version);
        prop_assert_eq!(version, Some(Version::new(1 + journal.len() as u32)));
        Ok(())
    });
}

fn report() -> incident_core::incident::Report {
    let Command::Create { report } = cast::report("A tyre is flat") else {
        unreachable!("that is how a report is made");
    };
    report
}

/// Names the variants of an enum that is stored with a tag, from what serde says about an unknown one.
fn variants<T: serde::de::DeserializeOwned + Debug>(tag: &str) -> BTreeSet<String> {
    let error =
        serde_json::from_str::<T>(&format!(r#"{{"{tag}":"?"}}"#)).expect_err("there is no such variant");
    error.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn name_of<T: serde::Serialize>(tag: &str, thing: &T) -> String {
    let stored = serde_json::to_value(thing).expect("it can be stored");
    stored[tag].as_str().expect("it is stored with its name").to_owned()
}

#[test]
fn stories_come_to_every_state_and_make_everything_happen() {
    let (mut states, mut facts, mut refusals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    // Reports that are refused begin no story.
    let told = |refusal: &String| refusal != "rate_limited" && refusal != "tenant_inactive";
    let all_refusals: BTreeSet<String> =
        variants::<Rejection>("rejection").into_iter().filter(told).collect();
    let mut runner = TestRunner::deterministic();
    let stories = stories();
    // The rarest comes about once in some thousands of stories: to ask for what was possible a week ago.
    for _ in 0..20_000 {
        let story = stories.new_tree(&mut runner).expect("a story can be made up").current();
        let played = story.play(|moment| {
            states.extend(moment.incident().map(|incident| incident.state.kind()));
            match moment.result {
                Ok(step) => facts.extend(step.events.iter().map(|event| name_of("type", &event.fact))),
                Err(rejection) => drop(refusals.insert(name_of("rejection", rejection))),
            }
            Ok(())
        });
        played.expect("nothing was required");
        if all_refusals.is_subset(&refusals) {
            break;
        }
    }
    refusals.retain(told);
    assert_eq!(refusals, all_refusals);
    assert_eq!(states, BTreeSet::from(StateKind::ALL));
    assert_eq!(facts, variants::<Fact>("type"));
}

/// Whoever waits for somebody to claim it is looked at the sooner the more urgent it is, and never at once for ever.
#[test]
fn the_more_urgent_is_looked_at_no_later() {
    let patient = strategies::policy();
    for_all(STORIES, strategies::story(patient, TURNS), |story| {
        let patience = story.policy.rules().patience;
        let ordered = patience.low >= 100 && 100 >= patience.high && patience.high >= patience.urgent;
        let Some(incident) = end_of(&story).filter(|_| ordered) else { return Ok(()) };
        let wakes = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low]
            .map(|priority| next_wake(&story.policy, &Incident { priority, ..incident.clone() }));
        for pair in wakes.windows(2) {
            prop_assert!(pair[0] <= pair[1], "{wakes:?} of {incident:?}");
            prop_assert_eq!(pair[0].is_some(), pair[1].is_some());
        }
        Ok(())
    });
}
