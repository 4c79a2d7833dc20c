//! The language of a group: chosen by an administrator, spoken from then on.

use incident_core::desk::Ask;
use incident_core::ids::MessageRef;
use incident_core::incident::Rejection;
use incident_core::ports::Store;
use incident_core::roster::RosterFact;
use incident_core::testkit::cast::text;
use incident_core::view::{Action, CommandWord, Said};

use crate::house::{House, minutes, profile, room};

#[test]
fn from_the_command_on_everything_in_the_group_is_in_its_language() {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    assert_eq!(house.said("NEW INCIDENT"), 1);
    assert_eq!(house.command("admin", CommandWord::Language, " RU ").said, Said::Rostered);
    house.settle();
    assert_eq!(house.said("Теперь в этой группе всё будет по-русски."), 1);
    assert_eq!((house.said("NEW INCIDENT"), house.said("НОВЫЙ ИНЦИДЕНТ")), (0, 1), "{}", house.transcript());
    assert_eq!(house.press("ann", Action::Claim).text(), "Вы взяли TKT-2026-0001.");
    house.settle();
    assert_eq!(house.press("eve", Action::Release).text(), "❌ Вы не занимаетесь TKT-2026-0001.");
    let usage = house.command("dan", CommandWord::NewIssue, "").text();
    assert_eq!(usage, "Пишется так: /new_issue <описание>");
    house.report("dan", "truck 13 too");
    house.pass(minutes(10));
    assert_eq!(house.said("TKT-2026-0002: уже 10 минут никто не берётся."), 1, "{}", house.transcript());
}

#[test]
fn a_language_is_chosen_by_administrators_among_those_there_are() {
    let house = House::new();
    let usage = "Usage: /language <en|es|nl|ru>";
    for nothing in ["", "klingon", "es ru", "en|es", "e\u{202E}s", "-1", "../en", "<b>es</b>"] {
        assert_eq!(house.command("admin", CommandWord::Language, nothing).text(), usage, "{nothing:?}");
    }
    for other in ["dan", "ann", "mia"] {
        let reply = house.command(other, CommandWord::Language, "es");
        assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "{other}");
        assert_eq!(reply.text(), "❌ Only group administrators can do this.");
    }
    let changes = || {
        let journal = futures::executor::block_on(house.store.roster_history(house.company()));
        let journal = journal.expect("the store works");
        journal.iter().filter(|event| matches!(event.fact, RosterFact::SettingChanged { .. })).count()
    };
    assert_eq!(changes(), 0);
    house.command("admin", CommandWord::Language, "es");
    house.command("admin", CommandWord::Language, "es");
    assert_eq!(changes(), 1, "what is so already changes nothing");
}

#[test]
fn a_group_without_a_language_answers_everybody_in_their_own() {
    let house = House::new();
    let answered = |locale: Option<&str>| {
        let mut from = profile("dan");
        from.locale = locale.map(text);
        let mut request = house.request(
            "dan",
            Ask::Press { code: "?".to_owned(), message: MessageRef { chat: room(), message: "1".into() } },
        );
        request.from = incident_core::desk::Sender::Person(from);
        house.handle(request).text()
    };
    assert_eq!(answered(Some("nl-BE")), "❌ Deze knop is niet geldig.");
    assert_eq!(answered(Some("tlh")), "❌ This button is not valid.");
    assert_eq!(answered(None), "❌ This button is not valid.");
    house.command("admin", CommandWord::Language, "es");
    assert_eq!(answered(Some("nl-BE")), "❌ Este botón no vale.");
}
