//! Forms, as Slack is given them.

use adapter_slack::inbound::{self, BotIdentity, Delivered, Kind};
use adapter_slack::outbound::{self, Pressed, Reporting};
use incident_core::desk::Ask;
use incident_core::ids::{ChatRef, IncidentId, MessageRef, Platform, TeamId, Version};
use incident_core::incident::Priority;
use incident_core::text::Limits;
use incident_core::view::{Action, ButtonCode, Form, OrderAsks, OrderForm, ReportForm, units};
use proptest::prelude::*;
use serde_json::{Value, json};

fn pressed() -> Pressed {
    Pressed { code: "code".to_owned(), channel: "C1".to_owned(), message: "5.5".to_owned() }
}

fn reporting() -> Reporting {
    Reporting { channel: Some("C1".to_owned()), name: Some("drivers".to_owned()) }
}

fn form(words: &str) -> Form {
    let [title, label, submit] = [words; 3].map(str::to_owned);
    Form { title, label, submit, limits: Limits::SUMMARY }
}

fn report(words: &str, teams: u16) -> ReportForm {
    let words = || words.to_owned();
    ReportForm {
        title: words(),
        label: words(),
        submit: words(),
        limits: Limits::DESCRIPTION,
        channel: words(),
        priority: words(),
        priorities: Priority::ALL.map(|priority| (priority, words())).to_vec(),
        team: words(),
        teams: (1..=teams).map(|team| (TeamId::new(team), words())).collect(),
    }
}

fn json_of(view: &impl serde::Serialize) -> Value {
    serde_json::to_value(view).expect("it is JSON")
}

#[test]
fn a_press_is_completed_by_one_field() {
    let given = Form {
        title: "TKT-2026-0001".to_owned(),
        label: "What was the cause?".to_owned(),
        submit: "Send".to_owned(),
        limits: Limits::SUMMARY,
    };
    insta::assert_json_snapshot!("form", json_of(&outbound::form(&given, &pressed())));
}

#[test]
fn a_report_offers_what_there_is_to_choose() {
    let view = json_of(&outbound::report_form(&report("x", 2), &reporting(), Some("what stands there")));
    insta::assert_json_snapshot!("report_form", view);
    let without = json_of(&outbound::report_form(&report("x", 0), &reporting(), None));
    assert_eq!(without["blocks"].as_array().map(Vec::len), Some(2), "nobody chooses of nothing");
    assert_eq!(without["blocks"][0]["element"]["initial_value"], Value::Null);
}

#[test]
fn a_team_that_is_chosen_in_a_form_is_the_press_of_its_button() {
    let (incident, seen) = (IncidentId::from_u128(7), Version::NONE);
    let code = |team: u16| ButtonCode { action: Action::Transfer(TeamId::new(team)), incident, seen };
    let asks = OrderAsks::Team { teams: vec![(code(1), "Tyres".to_owned()), (code(2), "Safety".to_owned())] };
    let [submit, label] = ["Move", "Which team?"].map(str::to_owned);
    let number = "TKT-2026-0001".parse().expect("a number");
    let view = json_of(&outbound::order_form(&OrderForm { number, submit, label, asks }, ("C1", "5.5")));
    let [block] = view["blocks"].as_array().expect("blocks").as_slice() else { panic!("{view:#}") };
    assert!(block["optional"] != true, "nothing moves to no team: {block:#}");
    let chosen = block["element"]["options"][1].clone();
    assert_eq!(chosen["text"]["text"], "Safety");
    let payload = json!({
        "type": "view_submission", "user": {"id": "U1", "name": "ann"}, "trigger_id": "3.3.c",
        "view": {"id": "V1", "callback_id": view["callback_id"], "private_metadata": view["private_metadata"],
            "state": {"values": {"team": {"team": {"type": "static_select", "selected_option": chosen}}}}},
    });
    let delivered = Delivered { kind: Kind::Interactive, payload };
    let bot = BotIdentity { user: "U9".to_owned(), bot: None };
    let asked = inbound::read(&bot, &delivered, 7).expect("it is ours").request.ask;
    let message = MessageRef::new(ChatRef::new(Platform::Slack, "C1"), "5.5");
    assert_eq!(asked, Ask::Press { code: chosen["value"].as_str().expect("a code").to_owned(), message });
}

/// Asserts that a text is plain, is there, and has room.
fn assert_text(text: &Value, most: usize) {
    assert_eq!((&text["type"], &text["emoji"]), (&json!("plain_text"), &json!(false)));
    let words = text["text"].as_str().expect("words");
    assert!(!words.is_empty() && units(words) <= most, "{words}");
}

fn assert_fits(view: &Value) {
    assert_text(&view["title"], 24);
    assert_text(&view["submit"], 24);
    assert!(view["private_metadata"].as_str().is_some_and(|data| data.len() <= 3_000));
    for block in view["blocks"].as_array().expect("blocks") {
        assert_text(&block["label"], 2_000);
        let options = block["element"]["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(options.len() <= 100);
        for option in options {
            assert_text(&option["text"], 75);
        }
        let said = block["element"]["initial_value"].as_str().unwrap_or_default();
        assert!(units(said) <= 3_000);
    }
}

proptest! {
    #[test]
    fn whatever_stands_on_a_form_fits(words in "\\PC{0,120}", said in "\\PC{0,200}", times in 0_usize..40, teams in 0_u16..200) {
        assert_fits(&json_of(&outbound::form(&form(&words), &pressed())));
        let said = said.repeat(times);
        assert_fits(&json_of(&outbound::report_form(&report(&words, teams), &reporting(), Some(&said))));
    }
}
