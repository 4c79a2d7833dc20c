//! The manifest asks for what the code needs, and for nothing else.

use std::collections::BTreeSet;

use adapter_slack::METHODS;
use adapter_slack::inbound::{COMMAND, EVENTS, REPORT_ANYWHERE, REPORT_SHORTCUT};
use yaml_rust2::{Yaml, YamlLoader};

fn manifest() -> Yaml {
    let text = include_str!("../manifest.yaml");
    YamlLoader::load_from_str(text).expect("it is YAML").remove(0)
}

fn words(list: &Yaml) -> Vec<&str> {
    list.as_vec().expect("a list").iter().map(|word| word.as_str().expect("a word")).collect()
}

/// Asserts that a list says each thing once, and which.
fn assert_lists(list: &Yaml, expected: &BTreeSet<&str>) {
    let words = words(list);
    assert_eq!(&words.iter().copied().collect::<BTreeSet<_>>(), expected);
    assert_eq!(words.len(), expected.len());
}

#[test]
fn the_scopes_are_those_of_what_is_called_and_heard() {
    let called = METHODS.iter().filter_map(|method| method.scope());
    let heard = EVENTS.iter().map(|(_, scope)| *scope);
    let expected = called.chain(heard).chain(["commands"]).collect();
    assert_lists(&manifest()["oauth_config"]["scopes"]["bot"], &expected);
}

#[test]
fn the_events_are_those_that_are_read() {
    let expected = EVENTS.iter().map(|(name, _)| *name).collect();
    assert_lists(&manifest()["settings"]["event_subscriptions"]["bot_events"], &expected);
}

#[test]
fn the_command_and_the_shortcut_are_those_that_are_read() {
    let manifest = manifest();
    let command = &manifest["features"]["slash_commands"][0];
    assert_eq!(command["command"].as_str(), Some(COMMAND));
    assert_eq!(command["should_escape"].as_bool(), Some(true), "people who are named come with their ids");
    let shortcuts = manifest["features"]["shortcuts"].as_vec().expect("a list").iter();
    let shortcuts: Vec<_> =
        shortcuts.map(|one| (one["callback_id"].as_str(), one["type"].as_str())).collect();
    let expected = [(Some(REPORT_ANYWHERE), Some("global")), (Some(REPORT_SHORTCUT), Some("message"))];
    assert_eq!(shortcuts, expected);
    assert_eq!(manifest["settings"]["interactivity"]["is_enabled"].as_bool(), Some(true));
    assert_eq!(manifest["settings"]["socket_mode_enabled"].as_bool(), Some(true));
}

#[test]
fn the_guide_says_what_each_scope_and_event_is_for() {
    let guide = include_str!("../../docs/slack.md");
    let manifest = manifest();
    for scope in words(&manifest["oauth_config"]["scopes"]["bot"]) {
        assert!(guide.contains(&format!("| `{scope}` |")), "{scope}");
    }
}
