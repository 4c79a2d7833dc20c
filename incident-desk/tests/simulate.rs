//! `simulate`, as somebody meets it who looks for what went wrong.

use std::process::{Command, Output};

fn simulate(options: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_incident-desk");
    Command::new(program).arg("simulate").args(options).output().expect("the program can be started")
}

fn shown(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("the transcript is text")
}

#[test]
fn a_world_is_shown_as_a_transcript_with_the_journal_beside_it() {
    let output = simulate(&["--seed", "7", "--policy", "two_tier"]);
    let transcript = shown(&output);
    assert_eq!(output.status.code(), Some(0), "{transcript}");
    assert!(transcript.starts_with("seed 7: two_tier rules; "), "{transcript}");
    // People on the left, facts on the right, in the order in which they come about.
    let sides: Vec<_> = transcript.lines().filter_map(|line| line.split_once('│')).collect();
    let on = |side: fn(&(&str, &str)) -> String, words: &str| {
        sides
            .iter()
            .position(|line| side(line).contains(words))
            .unwrap_or_else(|| panic!("{words}: {transcript}"))
    };
    let (chat, journal) = (|line: &(&str, &str)| line.0.to_owned(), |line: &(&str, &str)| line.1.to_owned());
    let report = on(chat, "driver: /new_issue truck 1 has a flat tyre");
    let fact = on(journal, "TKT-2026-0001 Created");
    let card = on(chat, "NEW INCIDENT: TKT-2026-0001");
    assert!(report <= fact && fact < card, "{transcript}");
    assert!(transcript.trim_end().ends_with("doubles for a reason"), "{transcript}");
}

#[test]
fn the_same_seed_shows_the_same_and_another_seed_something_else() {
    let tell = |seed: &str| shown(&simulate(&["--seed", seed, "--steps", "80"])).to_owned();
    assert_eq!(tell("11"), tell("11"));
    assert_ne!(tell("11"), tell("12"));
}

#[test]
fn of_many_worlds_only_the_broken_are_shown() {
    let output = simulate(&["--seeds", "20..25"]);
    assert_eq!((shown(&output), output.status.code()), ("5 worlds, 0 of them broken\n", Some(0)));
}
