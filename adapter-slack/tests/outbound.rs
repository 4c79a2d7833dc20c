//! What Slack is given, as snapshots; and for whatever people write, that it fits and does nothing.

use adapter_slack::outbound::{
    self, BLOCK_LIMIT, BUTTON_LIMIT, Drawing, LABEL_LIMIT, NOTIFICATION_LIMIT, TEXT_LIMIT,
};
use incident_core::ids::{Handle, Identity, IncidentId, PersonId, Platform, TeamId, Version};
use incident_core::view::{
    Action, Button, ButtonCode, Card, Line, Mention, Message, Reply, ReplyTone, Said, Section, Span, units,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const TRICKY: &str = "<!channel> <@U024BE7LH> <#C1|x> &amp; *b* _i_ ~s~ `c` :boom: > q https://evil.example";

fn line(words: &str) -> Line {
    vec![Span::Plain(words.to_owned())]
}

fn button(label: &str, action: Action) -> Button {
    let code = ButtonCode { action, incident: IncidentId::from_u128(7), seen: Version::new(1) };
    Button { label: label.to_owned(), code }
}

fn mention(user: &str) -> Mention {
    Mention {
        person: Some(PersonId::new(1)),
        identity: Some(Identity::new(Platform::Slack, user)),
        handle: Handle::parse(Platform::Slack, "ann").ok(),
        ..Mention::named("Ann")
    }
}

fn card(issue: &str) -> Card {
    Card {
        title: vec![Span::Strong("TKT-2026-0001 · UNCLAIMED".to_owned())],
        sections: vec![
            Section {
                line: vec![Span::Plain("From: ".to_owned()), Span::Mention(mention("U024BE7LH"))],
                elastic: false,
            },
            Section { line: line(issue), elastic: true },
        ],
        buttons: vec![
            vec![button("Claim", Action::Claim), button("Escalate", Action::Escalate)],
            vec![button("Resolve", Action::Resolve)],
        ],
        pinned: true,
    }
}

fn message(words: &str) -> Message {
    Message {
        lines: vec![line(words)],
        mentions: Vec::new(),
        buttons: Vec::new(),
        offers: Vec::new(),
        asks: false,
    }
}

fn json_of(drawing: &Drawing) -> Value {
    serde_json::to_value(drawing).expect("it is JSON")
}

#[test]
fn a_card_is_words_and_rows_of_buttons() {
    insta::assert_json_snapshot!("card", outbound::draw(&card("truck 12 has a flat tyre")));
}

#[test]
fn a_message_names_whom_it_addresses_below_what_it_says() {
    let nobody = Mention::named("Bob");
    let given = Message { mentions: vec![mention("U024BE7LH"), nobody], ..message("Please review.") };
    insta::assert_json_snapshot!("message", outbound::message(&given));
}

#[test]
fn an_answer_with_nothing_to_say_is_none() {
    let reply = |lines| Reply { said: Said::Nothing, lines, buttons: Vec::new(), tone: ReplyTone::Quiet };
    assert_eq!(outbound::answer(&reply(Vec::new())), None);
    assert_eq!(outbound::answer(&reply(vec![line(" ")])), None);
    let drawn = outbound::answer(&reply(vec![line("one"), line("two")])).expect("it says something");
    assert_eq!(drawn.text, "one\ntwo");
}

#[test]
fn what_looks_like_markup_is_text_in_blocks_and_escaped_in_the_notification() {
    let drawn = json_of(&outbound::message(&message(TRICKY)));
    let run = json!({"type": "text", "text": TRICKY});
    assert_eq!(drawn["blocks"][0]["elements"][0]["elements"], json!([run]));
    assert_eq!(
        drawn["text"],
        "&lt;!channel&gt; &lt;@U024BE7LH&gt; &lt;#C1|x&gt; &amp;amp; *b* _i_ ~s~ `c` :boom: &gt; q https://evil.example"
    );
}

#[test]
fn an_account_that_is_none_of_slacks_is_named_and_not_mentioned() {
    for user in ["U1> <!channel", "!channel", "", "u1", "U"] {
        let given = Message { mentions: vec![mention(user)], ..message("Help!") };
        let drawn = outbound::message(&given);
        assert_eq!(drawn.text, "Help!\n@ann", "{user:?}");
        assert!(!json_of(&drawn).to_string().contains("\"user\""), "{user:?}");
    }
    let elsewhere = Mention { identity: Some(Identity::new(Platform::Telegram, "12345")), ..mention("") };
    let given = Message { mentions: vec![elsewhere], ..message("Help!") };
    assert_eq!(outbound::message(&given).text, "Help!\n@ann");
}

#[test]
fn what_says_nothing_shows_something() {
    let empty = Card { title: Line::new(), sections: Vec::new(), buttons: Vec::new(), pinned: false };
    let run = json!({"type": "text", "text": "…"});
    let drawn = json_of(&outbound::draw(&empty));
    assert_eq!(
        drawn["blocks"],
        json!([{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [run]}]}])
    );
    assert_eq!(drawn["text"], "…");
}

/// Asserts that Slack would take a drawing.
fn assert_fits(drawing: &Drawing) {
    assert!(!drawing.text.is_empty() && units(&drawing.text) <= NOTIFICATION_LIMIT, "{}", drawing.text);
    let drawn = json_of(drawing);
    let blocks = drawn["blocks"].as_array().expect("blocks");
    assert!(!blocks.is_empty() && blocks.len() <= BLOCK_LIMIT);
    for block in blocks {
        let elements = block["elements"].as_array().expect("elements");
        if block["type"] == "actions" {
            assert!(!elements.is_empty() && elements.len() <= BUTTON_LIMIT);
            for button in elements {
                let label = button["text"]["text"].as_str().expect("a label");
                assert!(!label.is_empty() && units(label) <= LABEL_LIMIT, "{label}");
                assert_eq!(
                    (&button["text"]["type"], &button["text"]["emoji"]),
                    (&json!("plain_text"), &json!(false))
                );
                assert!(button["value"].as_str().is_some_and(|value| value.len() <= 2_000));
            }
        } else {
            let runs = elements[0]["elements"].as_array().expect("runs");
            let texts = runs.iter().filter_map(|run| run["text"].as_str());
            assert!(!runs.is_empty() && texts.clone().all(|text| !text.is_empty()));
            assert!(texts.map(units).sum::<usize>() <= TEXT_LIMIT);
        }
    }
}

fn ids_of_buttons(drawing: &Drawing) -> Vec<String> {
    let drawn = json_of(drawing);
    let buttons =
        drawn["blocks"].as_array().expect("blocks").iter().filter(|block| block["type"] == "actions");
    let buttons = buttons.flat_map(|block| block["elements"].as_array().expect("elements").clone());
    buttons.map(|button| button["action_id"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn more_buttons_than_slack_takes_are_left_out_from_the_end() {
    let team = |n| button(&format!("Team {n}"), Action::Route(TeamId::new(n)));
    let tall = Card { buttons: (1..=300).map(|n| vec![team(n)]).collect(), ..card("x") };
    let wide = Card { buttons: vec![(1..=300).map(team).collect()], ..card("x") };
    for (card, count) in [(tall, BLOCK_LIMIT - 1), (wide, BUTTON_LIMIT)] {
        let drawn = outbound::draw(&card);
        assert_fits(&drawn);
        let mut ids = ids_of_buttons(&drawn);
        assert_eq!(ids.len(), count);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "ids tell buttons apart");
    }
}

proptest! {
    #[test]
    fn whatever_is_written_fits(words in "\\PC{0,60}", times in 0_usize..400, label in "\\PC{0,100}") {
        let long = words.repeat(times);
        let buttons = vec![vec![button(&label, Action::Claim)]];
        assert_fits(&outbound::draw(&Card { buttons, ..card(&long) }));
        assert_fits(&outbound::message(&Message { mentions: vec![mention("U1"); 40], ..message(&long) }));
        assert_fits(&outbound::message(&Message { lines: vec![line(&words); times], ..message("") }));
    }

    #[test]
    fn nothing_that_is_written_mentions_anybody(words in "[<>&!@#a-zU0-9|* ]{0,80}") {
        let drawn = outbound::message(&message(&words));
        prop_assert!(!drawn.text.contains(['<', '>']));
        let kinds = json_of(&drawn)["blocks"][0]["elements"][0]["elements"].as_array().expect("runs").iter()
            .map(|run| run["type"].clone()).collect::<Vec<_>>();
        prop_assert_eq!(kinds, vec![json!("text")]);
    }

    #[test]
    fn the_notification_says_what_was_written(words in "\\PC{1,200}") {
        let drawn = outbound::message(&message(&words));
        let read = drawn.text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        prop_assume!(!words.trim().is_empty());
        prop_assert_eq!(read, words);
    }
}
