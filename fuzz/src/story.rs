//! Whatever people do in whatever order, under whatever rules, the invariants of an incident hold.

use std::time::Duration;

use incident_core::incident::Incident;
use incident_core::policy::Policy;
use incident_core::testkit::{Choice, Jump, Story, Turn, explore, strategies};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::bytes::Bytes;

/// A story longer than this tells nothing that a shorter one would not.
const MOST_TURNS: usize = 64;

/// Plays the story that the bytes tell, and requires every invariant after every turn, and that the incident
/// can be stored.
///
/// # Panics
/// If an invariant is broken; the message tells the story as given/when/then.
pub fn check(bytes: &[u8]) {
    let story = story(bytes);
    let told = story.keeps_every_invariant().unwrap_or_else(|broken| panic!("{broken}\n{story:?}"));
    let stored = serde_json::to_string(&told.incident).expect("an incident can be stored");
    let loaded: Option<Incident> = serde_json::from_str(&stored).expect("what was stored can be loaded");
    assert_eq!(loaded, told.incident, "{story:?}");
}

/// Reads a story: its rules first, then six bytes for each turn.
pub fn story(bytes: &[u8]) -> Story {
    let mut bytes = Bytes::new(bytes);
    let policy = policy(&mut bytes);
    let mut turns = Vec::new();
    while !bytes.is_empty() && turns.len() < MOST_TURNS {
        turns.push(turn(bytes.array()));
    }
    Story { policy, turns }
}

/// Chooses a preset, one of the two policies that allow everything, or rules that were made up.
fn policy(bytes: &mut Bytes<'_>) -> Policy {
    let (choice, seed) = (bytes.byte(), bytes.array::<4>());
    let known = explore::policies();
    if choice & 0x80 == 0 {
        return known[usize::from(choice) % known.len()].clone();
    }
    let seed: [u8; 32] = std::array::from_fn(|at| seed[at % seed.len()]);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    strategies::policy().new_tree(&mut runner).expect("no rules are rejected").current()
}

fn turn([jump, by, choice, who, command, ago]: [u8; 6]) -> Turn {
    let by = u64::from(by);
    let jump = match jump % 16 {
        0..=3 => Jump::Due,
        4..=6 => Jump::Still,
        7 => Jump::Back(Duration::from_secs(60 * by)),
        8 => Jump::Forward(Duration::from_secs(86_400 * by)),
        9 => Jump::Forward(Duration::from_micros(by)),
        10 if by == 255 => Jump::Forward(Duration::MAX),
        11 if by == 255 => Jump::Back(Duration::MAX),
        _ => Jump::Forward(Duration::from_secs(5 * by)),
    };
    let (command, who) = (u16::from(command), u16::from(who));
    let choice = match choice % 8 {
        0..=3 => Choice::Sensible(command, who),
        4 | 5 => Choice::Wild(command, who, ago.checked_sub(250)),
        _ => Choice::Wake,
    };
    Turn { jump, choice }
}
