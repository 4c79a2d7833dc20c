//! Words that stand in rows, logs and buttons. They are compared with what others wrote down long ago, so each
//! is said here once more: changing one is a decision, not a slip.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use incident_core::ids::{ChatRef, GroupId, IncidentId, PersonId, Platform, Version};
use incident_core::incident::Lane;
use incident_core::policy::Role;
use incident_core::ports::StoreError;
use incident_core::roster::{Admission, Grant, Grantee, GroupStatus, Links, OwnSettings, Settings};
use incident_core::text::Text;
use incident_core::view::{Action, ButtonCode, CommandWord, Said};

#[test]
fn lanes_are_stored_under_these_words_and_in_this_order() {
    assert_eq!(Lane::ALL.map(Lane::as_str), ["page", "notice", "card", "upkeep"]);
    assert_eq!(Lane::ALL.map(Lane::rank), [0, 1, 2, 3]);
}

#[test]
fn settings_are_stored_under_these_names_and_no_others() {
    let written = |settings: &Settings| {
        let written = serde_json::to_value(settings).expect("it can be stored");
        let written = written.as_object().expect("it has names");
        written.keys().cloned().collect::<BTreeSet<String>>()
    };
    let group = GroupId::from_u128(1);
    let grant = Grant { role: Role::Manager, to: Grantee::Person(PersonId::new(1)) };
    let whole = Settings {
        group_locales: BTreeMap::from([(group, Text::erased())]),
        groups: BTreeMap::from([(group, OwnSettings::default())]),
        company_grants: BTreeSet::from([grant]),
        admissions: BTreeMap::from([(group, Admission::default())]),
        provisional: true,
        links: Links { people: BTreeMap::from([(PersonId::new(2), PersonId::new(1))]), ..Links::default() },
        ..Settings::default()
    };
    assert_eq!(written(&whole), BTreeSet::from(Settings::NAMES.map(str::to_owned)));
}

#[test]
fn groups_are_stored_under_these_words() {
    let all = [GroupStatus::Pending, GroupStatus::Active, GroupStatus::Suspended];
    assert_eq!(all.map(GroupStatus::as_str), ["pending", "active", "suspended"]);
}

#[test]
fn platforms_are_stored_under_these_words_and_found_by_them() {
    let words = ["telegram", "slack", "discord", "sandbox"];
    assert_eq!(Platform::ALL.map(Platform::as_str), words);
    assert_eq!(words.map(Platform::parse), Platform::ALL.map(Some));
    assert_eq!((Platform::parse("Telegram"), Platform::parse("")), (None, None));
    assert_eq!(ChatRef::new(Platform::Telegram, "-100").to_string(), "telegram:-100");
}

#[test]
fn a_button_is_stored_as_its_code_and_nothing_else_is_read_as_one() {
    let incident = IncidentId::from_u128(7);
    let code = ButtonCode { action: Action::Assign(PersonId::new(5)), incident, seen: Version::new(3) };
    let stored = serde_json::to_string(&code).expect("it can be stored");
    assert_eq!(stored, r#""p.00000000000000000000000007.3.5""#);
    assert_eq!(serde_json::from_str::<ButtonCode>(&stored).expect("it was stored"), code);
    let error = serde_json::from_str::<ButtonCode>(r#""p.7.3.5""#).expect_err("it is no code");
    assert!(error.to_string().starts_with("not a button of this desk"), "{error}");
}

#[test]
fn logs_say_what_was_answered_without_what_somebody_wrote() {
    let said = [
        (Said::BadHandle("@their words".to_owned()), "bad_handle"),
        (Said::BadNumber("their words".to_owned()), "bad_number"),
        (Said::OnlyInGroups, "only_in_groups"),
        (Said::NeedsApproval(CommandWord::AddGroup), "needs_approval"),
        (Said::NoSuchCompany("their words".to_owned()), "no_such_company"),
        (Said::Suspended, "suspended"),
        (Said::Anonymous, "anonymous"),
        (Said::UnknownButton, "unknown_button"),
        (Said::TryAgain, "try_again"),
        (Said::Bot, "bot"),
    ];
    for (said, word) in said {
        assert_eq!(said.as_str(), word);
    }
}

#[test]
fn an_error_of_a_store_says_what_failed_and_keeps_the_cause() {
    let error = StoreError { operation: "commit", temporary: true, source: "the disk is full".into() };
    assert_eq!(error.to_string(), "failed to commit: the disk is full");
    assert_eq!(error.source().map(ToString::to_string), Some("the disk is full".to_owned()));
}
