//! Every target, for a few seconds, on the compiler at hand: all known inputs, and thousands like them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use fuzz::mutation::Seeded;
use fuzz::{TARGETS, Target};

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn target(name: &str) -> Target {
    TARGETS.into_iter().find(|target| target.name == name).expect("it is listed")
}

/// Reads all inputs that are kept for a target, in the order of their names.
fn known(target: &Target) -> Vec<Vec<u8>> {
    let own = here("corpus").join(target.name);
    let more = target.more_inputs.map(|path| here("..").join(path));
    let mut paths: Vec<PathBuf> = [Some(own), more]
        .into_iter()
        .flatten()
        .flat_map(|directory| {
            fs::read_dir(&directory).unwrap_or_else(|error| panic!("{directory:?}: {error}"))
        })
        .map(|entry| entry.expect("a directory can be listed").path())
        .collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).expect("an input can be read")).collect()
}

fn holds(name: &str, inputs: usize) {
    let target = target(name);
    let known = known(&target);
    assert!(!known.is_empty(), "{name} begins with nothing");
    known.iter().for_each(|input| (target.check)(input));
    let mut seeded = Seeded::new(0x5EED);
    for _ in 0..inputs {
        (target.check)(&seeded.input(&known));
    }
}

#[test]
fn no_bytes_make_a_button_of_two_codes() {
    holds("button", 20_000);
}

#[test]
fn no_bytes_make_a_card_that_a_platform_refuses() {
    holds("card", 2_000);
}

#[test]
fn no_bytes_from_discord_are_read_in_two_ways() {
    holds("gateway", 20_000);
}

#[test]
fn no_bytes_from_slack_are_read_in_two_ways() {
    holds("delivery", 20_000);
}

#[test]
fn no_bytes_make_a_configuration_that_shows_a_secret_or_differs_when_read_again() {
    holds("config", 2_000);
}

#[test]
fn no_bytes_make_a_journal_that_cannot_be_folded_and_stored_again() {
    holds("stored", 1_000);
}

#[test]
fn no_bytes_make_a_story_that_breaks_an_invariant() {
    holds("story", 200);
}

#[test]
fn no_bytes_make_an_update_that_cannot_be_handled() {
    holds("update", 5_000);
}

#[test]
fn every_target_has_a_binary_for_the_fuzzer_and_inputs_to_begin_with() {
    let names = |directory: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(here(directory)).unwrap();
        entries.map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
    };
    let listed: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names("fuzz_targets"), listed);
    assert_eq!(names("corpus"), listed);
    for target in TARGETS {
        let binary = fs::read_to_string(here("fuzz_targets").join(format!("{}.rs", target.name))).unwrap();
        let calls =
            format!("libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz::{}::check(bytes));\n", target.name);
        assert!(binary.ends_with(&calls), "{binary}");
    }
}
