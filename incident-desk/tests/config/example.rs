//! `config.example.toml` says what the program does.

use crate::*;

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The example with every setting in use.
fn uncommented() -> String {
    let use_it = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_lowercase()) => rest.to_owned(),
        Some(_) | None => line.to_owned(),
    };
    EXAMPLE.lines().map(|line| use_it(line) + "\n").collect()
}

#[test]
fn it_sets_everything_that_has_a_default_to_that_default() {
    assert_eq!(settings(&good(&sources(&[], "", EXAMPLE))), settings(&good(&Sources::default())));
    let table: toml::Table = EXAMPLE.parse().expect("the example is TOML");
    let set: Vec<_> = table.keys().cloned().collect();
    let mut with_default: Vec<_> =
        Key::all().filter(|key| key.default_text().is_some()).map(Key::file_name).collect();
    with_default.sort();
    assert_eq!(set, with_default);
}

#[test]
fn it_names_exactly_the_keys_that_the_program_knows_and_each_value_it_shows_is_good() {
    let table: toml::Table = uncommented().parse().expect("the example is TOML when everything is used");
    let named: Vec<_> = table.keys().cloned().collect();
    let mut known: Vec<_> = Key::all().map(Key::file_name).collect();
    known.sort();
    assert_eq!(named, known);
    let config = good(&sources(&[], "", &uncommented()));
    let not_set: Vec<_> = config.describe().into_iter().filter(|line| line.contains("not set")).collect();
    assert_eq!(not_set, Vec::<String>::new());
}

#[test]
fn the_minutes_it_shows_are_the_defaults_too() {
    let shown = settings(&good(&sources(&[], "", &uncommented())));
    let defaults = settings(&good(&Sources::default()));
    for key in ["DATABASE_URL", "SLA_UNCLAIMED_NUDGE", "SLA_ESCALATION_NUDGE", "ISSUE_CONTEXT_WINDOW"] {
        assert_eq!(shown[key], defaults[key], "{key}");
    }
}
