//! How the desk answers: by the clock of the group, with who may do what, and with the next step at hand.

use std::time::Duration;

use incident_core::desk::{Ask, Desk};
use incident_core::figures::Zone;
use incident_core::incident::{Rejection, StateKind};
use incident_core::policy::{Policy, Preset};
use incident_core::roster::Calendar;
use incident_core::view::{Action, CommandWord, Said};

use crate::house::{House, room};

#[test]
fn times_are_told_by_the_clock_of_the_group_or_else_of_the_installation() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let status = |house: &House| house.command("dan", CommandWord::Status, "1").text();
    let history = |house: &House| house.command("dan", CommandWord::History, "1").text();
    assert!(status(&house).contains("Reported 2026-05-28 20:26 UTC by @dan."), "{}", status(&house));
    assert!(history(&house).contains("2026-05-28 20:26 @dan"), "{}", history(&house));
    let zone: Zone = "Asia/Tokyo".parse().expect("it is a zone");
    let house = house.refit(|desk: Desk| desk.with_calendar(Calendar { zone, ..Calendar::default() }));
    assert!(status(&house).contains("Reported 2026-05-29 05:26 Asia/Tokyo by @dan."), "{}", status(&house));
    house.command("admin", CommandWord::Settings, "timezone Europe/Madrid");
    assert!(
        status(&house).contains("Reported 2026-05-28 22:26 Europe/Madrid by @dan."),
        "{}",
        status(&house)
    );
    assert!(
        history(&house).starts_with("TKT-2026-0001: 🔥 UNCLAIMED · Europe/Madrid\n"),
        "{}",
        history(&house)
    );
    assert!(history(&house).contains("2026-05-28 22:26 @dan"), "{}", history(&house));
}

#[test]
fn the_welcome_says_how_many_incidents_the_group_had() {
    let house = House::new();
    let second = |house: &House| {
        let text = house.command("dan", CommandWord::Start, "").text();
        text.lines().nth(1).expect("there are several lines").to_owned()
    };
    assert_eq!(second(&house), "0 incidents were reported in this group so far.");
    house.report("dan", "flat tyre");
    assert_eq!(second(&house), "1 incident was reported in this group so far.");
    house.command("dan", CommandWord::Cancel, "1 solved itself");
    house.report("dan", "broken lamp");
    assert_eq!(second(&house), "2 incidents were reported in this group so far.");
    house.command("admin", CommandWord::Language, "nl");
    assert_eq!(second(&house), "Tot nu toe zijn in deze groep 2 incidenten gemeld.");
    house.platform(Ask::BotRemoved);
    assert_eq!(house.command("dan", CommandWord::Start, "").said, Said::Help);
}

#[test]
fn whoever_assigns_what_somebody_holds_is_told_how_to_hand_it_over() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.command("bob", CommandWord::Note, "1 here");
    let held = "❌ @ann works on TKT-2026-0001 already. To hand it over: /reassign";
    for (who, said) in [("ann", "1 @bob"), ("mia", "1 @bob"), ("ann", "1")] {
        let text = house.command(who, CommandWord::Assign, said).text();
        assert!(text.starts_with(held), "{who} {said}: {text}");
    }
}

#[test]
fn a_refusal_says_who_may_do_it() {
    let house = House::new();
    house.report("dan", "flat tyre");
    house.press("ann", Action::Claim);
    house.command("eve", CommandWord::RegisterDriver, "");
    let only = [
        (CommandWord::Hold, "1 external", "those who may claim it and managers"),
        (CommandWord::Priority, "1 urgent", "those who may claim it and managers"),
        (CommandWord::Tag, "1 lorry", "those who may claim it and managers"),
        (CommandWord::Revoke, "1 @ann bored", "managers and group administrators"),
        (CommandWord::Edit, "1 no tyre", "whoever reported it, those who may claim it, and managers"),
        (CommandWord::Note, "1 no tyre", "whoever reported it, those who may claim it, and managers"),
        (CommandWord::Pin, "1", "dispatchers, managers and group administrators"),
        (CommandWord::Report, "week", "dispatchers, managers and group administrators"),
        (CommandWord::Reassign, "1 @bob", "whoever works on it and managers"),
    ];
    house.command("bob", CommandWord::Note, "1 here");
    for (word, text, who) in only {
        let reply = house.command("eve", word, text);
        assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "/{}", word.word());
        assert_eq!(reply.text(), format!("❌ Only {who} can do this."), "/{}", word.word());
    }
    house.settle();
    let (message, code) = house.button(Action::Escalate);
    let pressed = house.ask("eve", Ask::Press { code, message });
    assert_eq!(pressed.text(), "❌ Only whoever works on it and managers can do this.");
}

#[test]
fn the_status_of_what_is_over_has_a_button_that_opens_it_again_while_that_can_be_done() {
    let house = House::new();
    let incident = house.report("dan", "flat tyre").id;
    let status = |who| house.command(who, CommandWord::Status, "1");
    assert_eq!(status("dan").buttons, Vec::<Vec<_>>::new());
    house.command("dan", CommandWord::Cancel, "1 solved itself");
    house.settle();
    let buttons = status("dan").buttons;
    let codes: Vec<Action> = buttons.iter().flatten().map(|button| button.code.action).collect();
    assert_eq!(codes, [Action::Reopen]);
    let window = Policy::preset(Preset::TwoTier).rules().reopen_window.expect("there is one");
    house.clock.advance(window - Duration::from_secs(1));
    assert_eq!(status("dan").buttons.len(), 1);
    let code = status("dan").buttons[0][0].code.to_string();
    let message = house.chat.shown(&room())[0].message.clone();
    let stranger = house.ask("eve", Ask::Press { code: code.clone(), message: message.clone() });
    assert_eq!(stranger.said, Said::Refused(Rejection::NotAuthorized));
    house.ask("dan", Ask::Press { code, message });
    assert_eq!(house.incident(incident).state.kind(), StateKind::Open);
    house.command("dan", CommandWord::Cancel, "1 solved itself");
    house.clock.advance(window);
    assert_eq!(status("dan").buttons, Vec::<Vec<_>>::new());
}

#[test]
fn a_summary_is_asked_for_with_the_template_of_the_group() {
    let house = House::new();
    let template = "Cause?\nRemedy?  <b>Parts</b>?";
    let set = house.command("admin", CommandWord::Settings, &format!("summary_template {template}"));
    assert!(set.text().contains("Remedy?"), "{}", set.text());
    house.report("dan", "flat tyre");
    let ask = |house: &House| {
        house.press("ann", Action::Claim);
        house.settle();
        house.press("ann", Action::Resolve);
        house.settle();
    };
    ask(&house);
    for asked in ["Please tell:", "Cause?", "Remedy?  <b>Parts</b>?"] {
        assert_eq!(house.said(asked), 1, "{asked} in {}", house.transcript());
    }
    house.reply_to_last_question("ann", "A nail. Changed the tyre.");
    house.settle();
    house.command("admin", CommandWord::Settings, "summary_template default");
    house.report("dan", "broken lamp");
    ask(&house);
    assert_eq!(house.said("Please tell:"), 1, "{}", house.transcript());
    let short = house.command("admin", CommandWord::Settings, "summary_template x").text();
    assert!(short.contains("3 to 500 characters"), "{short}");
    let long = format!("summary_template {}", "x".repeat(501));
    assert!(house.command("admin", CommandWord::Settings, &long).text().contains("3 to 500 characters"));
}
