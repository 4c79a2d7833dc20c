//! The words that a group chooses for its cards and buttons.

use futures::executor::block_on;
use incident_core::ports::Store;
use incident_core::roster::{MOST_WORDS, OwnWords, Roster, Saying};
use incident_core::testkit::What;
use incident_core::view::{Action, CommandWord, Phrase, Phrasebook, Span};
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

use crate::house::{House, room};

fn set(house: &House, text: &str) -> String {
    let told = house.command("admin", CommandWord::Settings, text).text();
    house.settle();
    told
}

fn labels(house: &House) -> Vec<String> {
    let shown = house.chat.shown(&room());
    let mut cards = shown.iter().filter_map(|shown| match &shown.what {
        What::Card(card) => Some(card),
        What::Message(_) | What::File(_) => None,
    });
    let card = cards.next_back().expect("a card is shown");
    let buttons = card.buttons.iter().flatten().filter(|button| button.code.action == Action::Claim);
    buttons.map(|button| button.label.clone()).collect()
}

#[test]
fn a_group_says_what_it_has_chosen_until_it_takes_it_back() {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    assert_eq!(labels(&house), ["✅ Claim"]);
    assert_eq!(
        set(&house, "button_claim   🚚 Take it"),
        "✅ button_claim is 🚚 Take it now. It was default."
    );
    set(&house, "Title_New NEW BREAKDOWN");
    set(&house, "status_unclaimed nobody is coming yet");
    assert_eq!(labels(&house), ["🚚 Take it"]);
    assert_eq!(house.said("🚨 NEW BREAKDOWN: TKT-"), 1, "{}", house.transcript());
    assert_eq!(house.said("Status: nobody is coming yet"), 1, "{}", house.transcript());
    // Wherever the state is told, it is told so.
    let told = house.command("ann", CommandWord::Open, "").text();
    assert!(told.contains("· nobody is coming yet —"), "{told}");
    set(&house, "emoji_new 🚚");
    set(&house, "language nl");
    assert_eq!(house.said("🚚 NEW BREAKDOWN: TKT-"), 1, "{}", house.transcript());
    let told = set(&house, "words");
    for line in ["\nbutton_claim: 🚚 Take it\n", "\ntitle_claimed: IN BEHANDELING (", "\nbutton_join: ➕ "]
    {
        assert!(told.contains(line), "{line} in {told}");
    }
    assert_eq!(told.lines().filter(|line| line.contains("_")).count(), Saying::ALL.len() + 1, "{told}");
    for _ in 0..2 {
        set(&house, "undo");
    }
    set(&house, "button_claim default");
    assert_eq!(labels(&house), ["✅ Claim"]);
    assert_eq!(set(&house, "undo"), "↩️ button_claim is 🚚 Take it again. It was default.");
    assert_eq!(labels(&house), ["🚚 Take it"]);
    for _ in 0..3 {
        set(&house, "undo");
    }
    assert_eq!(labels(&house), ["✅ Claim"]);
    assert_eq!(house.said("🚨 NEW INCIDENT: TKT-"), 1, "{}", house.transcript());
    assert_eq!(house.said("Status: 🔥 UNCLAIMED"), 1, "{}", house.transcript());
}

#[test]
fn words_that_are_none_are_refused_and_names_that_are_none_are_answered_with_those_there_are() {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    for words in ["{ $number }", "Take\nit", "Take \u{202E}it", "Take\u{200B}it", &"x".repeat(MOST_WORDS + 1)]
    {
        let told = set(&house, &format!("button_claim {words}"));
        assert!(told.starts_with("❌ button_claim cannot be “"), "{told}");
        assert!(
            told.ends_with("Allowed: 1 to 32 characters on one line, without braces, or default."),
            "{told}"
        );
    }
    let told = set(&house, "button_clam Take it");
    assert!(told.starts_with("❌ There is no setting called “button_clam”. There are: language, "), "{told}");
    for saying in Saying::ALL {
        assert!(told.contains(saying.as_str()), "{saying:?} in {told}");
    }
    let told = house.command("ann", CommandWord::Settings, "button_claim Take it").text();
    assert_eq!(told, "❌ Only group administrators can do this.");
    assert_eq!(labels(&house), ["✅ Claim"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever may be said is said as it was written, and fits every button.
    #[test]
    fn what_may_be_said_is_said_word_for_word(text in "\\PC{1,40}", which in 0..4_usize) {
        let Ok(words) = text.parse::<OwnWords>() else {
            return Ok(());
        };
        prop_assert!(text.encode_utf16().count() <= 64, "platforms count two units for some characters");
        let (saying, phrase, expected) = [
            (Saying::TitleNew, Phrase::CardOpen, format!("🚨 {text}: TKT-2026-0001")),
            (Saying::StatusUnclaimed, Phrase::StatusOpen, text.clone()),
            (Saying::ButtonClaim, Phrase::ButtonClaim, text.clone()),
            (Saying::ButtonTransfer, Phrase::ButtonTransfer, text.clone()),
        ][which].clone();
        let roster = speaking(saying, words);
        let group = *roster.groups.keys().next().expect("it has one");
        for (_, locale) in Phrasebook::new().locales() {
            let said = locale.of_group(&roster, group).line(phrase, &[("number", "TKT-2026-0001".into())]);
            prop_assert_eq!(said, vec![Span::Plain(expected.clone())]);
        }
    }
}

/// A company whose only group says something in words of its own.
fn speaking(saying: Saying, words: OwnWords) -> Roster {
    let house = House::new();
    let mut roster =
        block_on(house.store.roster(house.company())).expect("the store works").expect("it exists");
    let group = *roster.groups.keys().next().expect("it has one");
    roster.settings.groups.entry(group).or_default().words.insert(saying, words);
    roster
}
