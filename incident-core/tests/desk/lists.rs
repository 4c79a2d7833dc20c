//! What people look up: what is open, what is theirs, what happened.

use incident_core::view::{Action, CommandWord, Said};

use crate::house::{House, minutes};

#[test]
fn the_most_urgent_stands_first_and_of_many_the_rest_is_counted() {
    let house = House::new();
    assert_eq!(house.command("eve", CommandWord::Open, "").text(), "Nothing is open here.");
    for number in 1..=17 {
        house.report(&format!("driver{number}"), &format!("problem\nnumber {number}"));
        house.pass(minutes(1));
    }
    house.command("ann", CommandWord::Priority, "9 high");
    house.command("ann", CommandWord::Priority, "12 urgent");
    house.command("ann", CommandWord::Priority, "1 low");
    house.command("driver2", CommandWord::Cancel, "2 solved itself");
    let text = house.command("eve", CommandWord::Open, "").text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 16, "{text}");
    assert_eq!(lines[0], "❗ TKT-2026-0012 · urgent · 🔥 UNCLAIMED — problem number 12");
    assert_eq!(lines[1], "❗ TKT-2026-0009 · high · 🔥 UNCLAIMED — problem number 9");
    assert_eq!(lines[2], "TKT-2026-0003 · 🔥 UNCLAIMED — problem number 3");
    assert_eq!(lines[15], "… and 1 more.");
    assert!(!text.contains("TKT-2026-0001") && !text.contains("TKT-2026-0002"), "{text}");
}

#[test]
fn what_is_open_can_be_listed_by_a_tag() {
    let house = House::new();
    for text in ["flat tyre", "worn brakes", "squeaking brakes"] {
        house.report("dan", text);
    }
    for said in ["2 brakes", "3 Brakes", "1 tyres"] {
        house.command("ann", CommandWord::Tag, said);
    }
    house.command("dan", CommandWord::Cancel, "3 was the radio");
    for said in ["brakes", "#BRAKES"] {
        let listed = house.command("eve", CommandWord::Open, said).text();
        assert_eq!(listed, "TKT-2026-0002 · 🔥 UNCLAIMED — worn brakes", "{said}");
    }
    assert_eq!(house.command("eve", CommandWord::Open, "#engine").text(), "Nothing is open here.");
    for said in ["two words", "#", &"x".repeat(200)] {
        assert_eq!(
            house.command("eve", CommandWord::Open, said).said,
            Said::Usage(CommandWord::Open),
            "{said}"
        );
    }
    assert_eq!(house.command("eve", CommandWord::Mine, "brakes").said, Said::Usage(CommandWord::Mine));
}

#[test]
fn mine_is_what_i_hold_and_looking_registers_nobody() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.report("dan", "broken axle");
    house.press("ann", Action::Claim);
    let mine = |who| house.command(who, CommandWord::Mine, "").text();
    assert_eq!(mine("ann"), "TKT-2026-0002 · Claimed — broken axle");
    assert_eq!(mine("dan"), "You hold nothing here.");
    assert_eq!(mine("stranger"), "You hold nothing here.");
    let unseen = house.command("mia", CommandWord::Assign, "1 @stranger");
    assert_eq!(unseen.said, Said::Unseen("@stranger".into()));
}

#[test]
fn a_history_names_who_did_what_and_keeps_internal_words_to_itself() {
    let house = House::new();
    house.report("dan", "flat\ntyre");
    house.press("ann", Action::Claim);
    house.settle();
    house.command("ann", CommandWord::Note, "1 ordered <b>one</b>");
    house.command("ann", CommandWord::NoteInternal, "1 his third this week");
    house.command("mia", CommandWord::Revoke, "1 @ann went home");
    house.command("ann", CommandWord::Hold, "1 reporter");
    let history = house.command("eve", CommandWord::History, "1").text();
    let told: Vec<&str> = history.lines().map(|line| line.get(17..).unwrap_or(line)).collect();
    let expected = [
        "@dan: reported: flat tyre",
        "@ann: claimed it",
        "@ann: noted: ordered <b>one</b>",
        "@ann: added an internal note",
        "@mia: ended the claim of @ann: went home",
        "@mia: nobody holds it now",
        "@ann: put it on hold: Waiting for the reporter",
    ];
    assert_eq!(told[1..], expected, "{history}");
    assert!(
        history.starts_with("TKT-2026-0001: Waiting for the reporter · UTC\n2026-05-28 20:26 @dan"),
        "{history}"
    );
}

#[test]
fn a_long_history_has_pages_and_the_first_is_the_latest() {
    let house = House::new();
    house.report("dan", "flat tyre");
    for number in 1..=40 {
        house.command("ann", CommandWord::Note, &format!("1 note {number}."));
    }
    let page = |said| house.command("eve", CommandWord::History, said).text();
    let latest = page("1");
    assert_eq!(latest.lines().count(), 17, "{latest}");
    assert!(latest.contains("There is more, earlier: /history TKT-2026-0001 2\n"), "{latest}");
    assert!(
        latest.contains("note 26.") && latest.ends_with("note 40.") && !latest.contains("note 25."),
        "{latest}"
    );
    let first = page("1 3");
    assert!(first.contains("reported: flat tyre") && first.ends_with("note 10."), "{first}");
    assert!(!first.contains("There is more"), "{first}");
    assert_eq!(page("1 60000"), first);
}
