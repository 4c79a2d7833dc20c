//! What Discord is given: snapshots that somebody looked at, and limits that no content breaks.

use adapter_discord::outbound::{self, Drawing, answer, draw, messages};
use adapter_discord::testkit::{accept_form, accept_message, render};
use incident_core::ids::{Identity, IncidentId, PersonId, Platform, TeamId, Version};
use incident_core::incident::Priority;
use incident_core::text::Limits;
use incident_core::view::{
    Action, Button, ButtonCode, Card, Form, Line, Mention, Message, Reply, ReplyTone, ReportForm, Said,
    Section, Span,
};
use proptest::prelude::*;
use serde_json::Value;

fn plain(text: &str) -> Line {
    vec![Span::Plain(text.to_owned())]
}

fn button(label: &str, action: Action) -> Button {
    let code =
        ButtonCode { action, incident: IncidentId::from_u128(u128::MAX / 7), seen: Version::new(u32::MAX) };
    Button { label: label.to_owned(), code }
}

fn card(description: &str) -> Card {
    Card {
        title: vec![Span::Strong("🚨 NEW INCIDENT: TKT-2026-0042".to_owned())],
        sections: vec![
            Section { line: plain("Reported by: Ann_1"), elastic: false },
            Section { line: plain(description), elastic: true },
            Section { line: plain("Status: 🔥 UNCLAIMED"), elastic: false },
        ],
        buttons: vec![
            vec![button("✅ Claim", Action::Claim), button("⬆️ Escalate", Action::Escalate)],
            vec![button("🔒 Night shift", Action::Route(TeamId::new(u16::MAX)))],
        ],
        pinned: true,
    }
}

fn somebody(name: &str, user: &str) -> Mention {
    Mention { identity: Some(Identity::new(Platform::Discord, user)), ..Mention::named(name) }
}

fn page(text: &str, mentions: Vec<Mention>) -> Message {
    Message { lines: vec![plain(text)], mentions, buttons: Vec::new(), offers: Vec::new(), asks: false }
}

fn created(drawing: &Drawing) -> Value {
    serde_json::to_value(drawing.create()).expect("a message is JSON")
}

#[test]
fn a_card_is_an_embed_with_buttons() {
    insta::assert_json_snapshot!("card", created(&draw(&card("Issue: <b>flat</b> *tyre*\n# on the A1"))));
}

#[test]
fn a_choice_of_many_is_a_menu() {
    let team = |n: u16| vec![button(&format!("Team {n}"), Action::Transfer(TeamId::new(n)))];
    let buttons = (1..=7).map(team).chain([vec![button("Back", Action::Back)]]).collect();
    insta::assert_json_snapshot!("choice", created(&draw(&Card { buttons, ..card("Issue: flat tyre") })));
}

#[test]
fn a_page_tells_those_it_names_and_nobody_else() {
    let mentions = vec![somebody("Ann", "7"), Mention::named("Bob @everyone"), somebody("Ann", "7")];
    let drawings = messages(&page("🔔 TKT-2026-0042: @here <@8>", mentions));
    insta::assert_json_snapshot!("page", drawings.iter().map(created).collect::<Vec<_>>());
}

#[test]
fn what_is_too_long_for_a_content_stands_in_an_embed() {
    let [drawing] =
        messages(&page(&"tyre ".repeat(500), vec![somebody("Ann", "7")])).try_into().expect("one");
    let message = created(&drawing);
    assert_eq!(message["content"], "<@7>");
    let text = message["embeds"][0]["description"].as_str().expect("there is an embed");
    assert_eq!(text, "tyre ".repeat(500));
}

#[test]
fn more_people_than_one_message_tells_are_told_by_several() {
    let people: Vec<Mention> = (1..=120).map(|n| somebody("Ann", &n.to_string())).collect();
    let drawings = messages(&page("Help!", people));
    let told = |drawing| created(drawing)["allowed_mentions"]["users"].as_array().map_or(0, Vec::len);
    assert_eq!(drawings.iter().map(told).collect::<Vec<_>>(), [50, 50, 20]);
}

#[test]
fn an_answer_without_words_is_none() {
    let reply = |lines| Reply { said: Said::Help, lines, buttons: Vec::new(), tone: ReplyTone::Quiet };
    assert!(answer(&reply(Vec::new())).is_none() && answer(&reply(vec![plain(" ")])).is_none());
    let ann = vec![Span::Mention(somebody("Ann", "7"))];
    let drawing = answer(&reply(vec![ann])).expect("it says something");
    assert_eq!(created(&drawing)["allowed_mentions"]["users"], serde_json::json!([]));
}

#[test]
fn the_forms_are_what_they_were() {
    let form = Form {
        title: "TKT-2026-0042".to_owned(),
        label: "What was done?".to_owned(),
        submit: "Send".to_owned(),
        limits: Limits::SUMMARY,
    };
    let report = ReportForm {
        title: "Report".to_owned(),
        label: "What happened?".to_owned(),
        submit: "Send".to_owned(),
        limits: Limits::DESCRIPTION,
        channel: String::new(),
        priority: "How urgent?".to_owned(),
        priorities: Priority::ALL.map(|one| (one, format!("{one:?}"))).to_vec(),
        team: "Who?".to_owned(),
        teams: vec![(TeamId::new(1), "Workshop".to_owned())],
    };
    let code = button("Resolve", Action::Assign(PersonId::new(u32::MAX))).code.to_string();
    let forms = [outbound::form(&code, &form), outbound::report_form(&report)];
    assert_eq!(forms.each_ref().map(accept_form), [Ok(()), Ok(())]);
    insta::assert_json_snapshot!("forms", forms);
}

/// Words that people write, and others that nobody should.
fn words() -> impl Strategy<Value = String> {
    let marks = "[a-z \\n*_~`|<>\\[\\]()#:@/.\\\\-]{0,60}";
    let tricky = prop::sample::select(vec![
        "https://a.b ",
        "<@1>",
        "@everyone",
        "[a](https://b.c)",
        ":smile:",
        "```",
        "||",
        "\n> ",
        "\n# ",
        "\n- ",
        "-# ",
        "<t:1:R>",
        "<a:b:1>",
        "👩‍🔧",
        "é",
    ]);
    prop::collection::vec(prop_oneof![marks.prop_map(String::from), tricky.prop_map(str::to_owned)], 0..40)
        .prop_map(|parts| parts.concat())
}

fn spans() -> impl Strategy<Value = Line> {
    let span = (words(), 0..3).prop_map(|(text, kind)| match kind {
        0 => Span::Plain(text),
        1 => Span::Strong(text),
        _ => Span::Mention(Mention::named(&text)),
    });
    prop::collection::vec(span, 0..4)
}

fn cards() -> impl Strategy<Value = Card> {
    let section = (spans(), any::<bool>()).prop_map(|(line, elastic)| Section { line, elastic });
    let rows = prop::collection::vec(prop::collection::vec(words(), 0..8), 0..12);
    (spans(), prop::collection::vec(section, 0..8), rows).prop_map(|(title, sections, rows)| {
        let mut number = 0;
        let mut button = |label: &String| {
            number += 1;
            button(label, Action::Assign(PersonId::new(number)))
        };
        let buttons = rows.iter().map(|row| row.iter().map(&mut button).collect()).collect();
        Card { title, sections, buttons, pinned: true }
    })
}

/// Whatever becomes of words is nothing that can be clicked, and nobody whom they name is told.
fn assert_inert(message: &Value) {
    let parts = [&message["content"], &message["embeds"][0]["title"], &message["embeds"][0]["description"]];
    for raw in parts.into_iter().filter_map(Value::as_str) {
        let shown = render(raw, &|_| "somebody".to_owned());
        assert_eq!((shown.active, shown.mentions.len()), (Vec::new(), 0), "{raw:?}");
    }
}

proptest! {
    #[test]
    fn every_card_is_taken_and_nothing_becomes_of_its_words(card in cards()) {
        let message = created(&draw(&card));
        prop_assert_eq!(accept_message(&message), Ok(()));
        assert_inert(&message);
    }

    #[test]
    fn every_message_is_taken_and_nothing_becomes_of_its_words(
        lines in prop::collection::vec(spans(), 0..20),
        names in prop::collection::vec(words(), 0..120),
    ) {
        let mentions = names.iter().map(|name| Mention::named(name)).collect();
        let message = Message { lines, mentions, buttons: Vec::new(), offers: Vec::new(), asks: false };
        for drawing in messages(&message) {
            let message = created(&drawing);
            prop_assert_eq!(accept_message(&message), Ok(()));
            assert_inert(&message);
        }
    }

    #[test]
    fn words_that_have_room_are_shown_as_they_are(text in words()) {
        let text = format!("a{text}b");
        let message = created(&draw(&Card { sections: vec![Section { line: plain(&text), elastic: true }], ..card("") }));
        let raw = message["embeds"][0]["description"].as_str().expect("there is a description");
        if raw.encode_utf16().count() < 2_000 {
            prop_assert_eq!(render(raw, &|_| String::new()).text, text);
        }
    }
}
