//! What Telegram is given: snapshots that somebody looked at, and limits that no content breaks.

use adapter_telegram::outbound::{
    BUTTON_LIMIT, DESCRIPTION_LIMIT, Drawing, LABEL_LIMIT, MENTION_LIMIT, TEXT_LIMIT, TOAST_LIMIT, Toast,
    answer, draw, menu, messages, toast,
};
use incident_core::ids::{Handle, Identity, IncidentId, PersonId, Platform, TeamId, Version};
use incident_core::view::{
    Action, Button, ButtonCode, Card, Line, Mention, Message, Phrasebook, Reply, ReplyTone, Said, Section,
    Span,
};
use proptest::prelude::*;

fn plain(text: &str) -> Line {
    vec![Span::Plain(text.to_owned())]
}

fn button(label: &str, action: Action) -> Button {
    let code =
        ButtonCode { action, incident: IncidentId::from_u128(u128::MAX / 7), seen: Version::new(u32::MAX) };
    Button { label: label.to_owned(), code }
}

fn fixed(text: &str) -> Section {
    Section { line: plain(text), elastic: false }
}

fn elastic(text: &str) -> Section {
    Section { line: plain(text), elastic: true }
}

fn card(description: &str) -> Card {
    Card {
        title: vec![Span::Strong("🚨 NEW INCIDENT: TKT-2026-0042".to_owned())],
        sections: vec![fixed("Reported by: @ann"), elastic(description), fixed("Status: 🔥 UNCLAIMED")],
        buttons: vec![
            vec![button("✅ Claim", Action::Claim), button("⬆️ Escalate", Action::Escalate)],
            vec![button("🔒 Night shift", Action::Route(TeamId::new(u16::MAX)))],
        ],
        pinned: true,
    }
}

fn by_handle(handle: &str) -> Mention {
    let handle = Handle::parse(Platform::Telegram, handle).expect("a handle");
    Mention { handle: Some(handle), ..Mention::named("Somebody") }
}

fn by_id(name: &str, user: &str) -> Mention {
    Mention { identity: Some(Identity::new(Platform::Telegram, user)), ..Mention::named(name) }
}

fn page(mentions: Vec<Mention>) -> Message {
    Message {
        lines: vec![plain("🔔 TKT-2026-0042 needs a manager.")],
        mentions,
        buttons: Vec::new(),
        offers: Vec::new(),
        asks: false,
    }
}

fn reply(text: &str) -> Reply {
    Reply { said: Said::Nothing, lines: vec![plain(text)], buttons: Vec::new(), tone: ReplyTone::Quiet }
}

/// Reads the markup as Telegram does: the text without it, and whom it links. Any other tag, and any
/// reference that is none, is a mistake.
fn read(html: &str) -> (String, Vec<String>) {
    const LINK: &str = "<a href=\"tg://user?id=";
    let (mut text, mut links) = (String::new(), Vec::new());
    let mut open = Vec::new();
    let mut rest = html;
    while let Some(next) = rest.chars().next() {
        let tags = [("<b>", "b"), ("</b>", "/b"), ("</a>", "/a"), (LINK, "a")];
        let references = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];
        if let Some((tag, name)) = tags.iter().find(|(tag, _)| rest.starts_with(tag)) {
            rest = &rest[tag.len()..];
            match *name {
                "a" => {
                    let (id, after) = rest.split_once("\">").expect("the link ends");
                    assert!(id.parse::<u64>().is_ok(), "{id}");
                    links.push(id.to_owned());
                    rest = after;
                    open.push("a");
                }
                "b" => open.push("b"),
                closing => assert_eq!(open.pop(), closing.strip_prefix('/'), "{html}"),
            }
        } else if let Some((reference, c)) =
            references.iter().find(|(reference, _)| rest.starts_with(reference))
        {
            text.push(*c);
            rest = &rest[reference.len()..];
        } else {
            assert!(!matches!(next, '<' | '>' | '&'), "{html}");
            text.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    assert_eq!(open, [""; 0], "{html}");
    (text, links)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn text_of(drawing: &Drawing) -> String {
    read(&drawing.text).0
}

#[test]
fn a_card_is_drawn() {
    insta::assert_json_snapshot!("card", draw(&card("Issue: flat tyre\non the A1 <near Graz> & no spare")));
}

#[test]
fn a_name_is_shown_as_it_is_whether_it_leads_to_an_account_or_not() {
    let name = "<b>Eve</b> & Co";
    let escaped = "&lt;b&gt;Eve&lt;/b&gt; &amp; Co";
    let linked = format!("<a href=\"tg://user?id=5400000005\">{escaped}</a>");
    for (mention, shown) in [(Mention::named(name), escaped), (by_id(name, "5400000005"), &linked)] {
        let texts: Vec<String> =
            messages(&page(vec![mention])).into_iter().map(|drawing| drawing.text).collect();
        assert_eq!(texts, [format!("🔔 TKT-2026-0042 needs a manager.\n{shown}")]);
    }
}

#[test]
fn a_page_is_drawn() {
    let mentions =
        vec![by_handle("Carl_M"), by_id("Dora <b>Doe</b>", "5400000004"), Mention::named("night shift")];
    insta::assert_json_snapshot!("page", messages(&page(mentions)));
}

#[test]
fn a_page_to_many_is_drawn() {
    let mentions = (1..=11).map(|n| by_id(&format!("P{n}"), &n.to_string())).collect();
    let buttons = vec![vec![button("Keep open", Action::KeepOpen)]];
    insta::assert_json_snapshot!("page_to_many", messages(&Message { buttons, ..page(mentions) }));
}

#[test]
fn a_question_is_drawn() {
    let lines =
        vec![vec![Span::Mention(by_id("Ann", "5400000001")), Span::Plain(", what was done?".to_owned())]];
    insta::assert_json_snapshot!("question", messages(&Message { lines, asks: true, ..page(Vec::new()) }));
}

#[test]
fn the_menu_is_drawn() {
    insta::assert_json_snapshot!("menu", menu(Phrasebook::new().locale(None)));
}

#[test]
fn a_long_description_is_shortened_and_everything_else_kept() {
    let drawing = draw(&card(&"🛞".repeat(3_000)));
    let text = text_of(&drawing);
    assert_eq!(units(&text), TEXT_LIMIT - 1, "an emoji has two units, and one is left");
    let lines: Vec<&str> = text.split('\n').collect();
    assert_eq!((lines.len(), lines[1], lines[3]), (4, "Reported by: @ann", "Status: 🔥 UNCLAIMED"));
    assert!(lines[2].ends_with("🛞…"), "{}", lines[2]);
}

#[test]
fn two_long_texts_share_the_room() {
    let sections = vec![elastic(&"d".repeat(3_000)), elastic(&"s".repeat(3_000)), fixed("end")];
    let text = text_of(&draw(&Card { sections, ..card("") }));
    assert_eq!(units(&text), TEXT_LIMIT);
    let lengths: Vec<usize> = text.split('\n').map(units).collect();
    assert_eq!((lengths[1].abs_diff(lengths[2]), lengths[3]), (0, 3));
}

#[test]
fn a_text_of_the_greatest_length_is_not_shortened() {
    let bare = Card { title: plain("t"), sections: vec![elastic(&"<".repeat(TEXT_LIMIT - 2))], ..card("") };
    let text = text_of(&draw(&bare));
    assert_eq!((units(&text), text.contains('…')), (TEXT_LIMIT, false));
}

#[test]
fn an_empty_card_still_says_something() {
    let empty =
        Card { title: plain(" "), sections: vec![elastic("\n")], buttons: vec![vec![]], pinned: false };
    let drawing = draw(&empty);
    assert_eq!((drawing.text.as_str(), drawing.keyboard.inline_keyboard.len()), ("…", 0));
}

#[test]
fn labels_are_never_empty_nor_endless() {
    let row = vec![button("", Action::Claim), button(&"x".repeat(100), Action::Claim)];
    let drawing = draw(&Card { buttons: vec![row], ..card("") });
    let labels: Vec<usize> =
        drawing.keyboard.inline_keyboard[0].iter().map(|button| units(&button.text)).collect();
    assert_eq!(labels, [1, LABEL_LIMIT]);
}

#[test]
fn a_keyboard_has_no_more_buttons_than_telegram_takes() {
    let buttons = vec![vec![button("x", Action::Claim); 3]; 50];
    let drawing = draw(&Card { buttons, ..card("") });
    assert_eq!(drawing.keyboard.inline_keyboard.iter().map(Vec::len).sum::<usize>(), BUTTON_LIMIT);
}

#[test]
fn more_people_in_the_words_than_one_message_can_tell_are_told_by_a_second() {
    let mention = |n: u64| Span::Mention(by_id(&format!("P{n}"), &n.to_string()));
    let lines = vec![(1..=7).map(mention).collect()];
    let told: Vec<(String, Vec<String>)> = messages(&Message { lines, ..page(vec![by_id("P8", "8")]) })
        .iter()
        .map(|one| read(&one.text))
        .collect();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            ("P1P2P3P4P5P6P7".to_owned(), ids(&["1", "2", "3", "4", "5"])),
            ("P1P2P3P4P5P6P7\nP6, P7, P8".to_owned(), ids(&["6", "7", "8"])),
        ]
    );
}

#[test]
fn accounts_and_handles_of_other_platforms_are_only_names() {
    let slack = Mention {
        identity: Some(Identity::new(Platform::Slack, "5")),
        handle: Handle::parse(Platform::Slack, "carl").ok(),
        ..Mention::named("Carl")
    };
    assert_eq!(messages(&page(vec![slack]))[0].text, "🔔 TKT-2026-0042 needs a manager.\nCarl");
}

#[test]
fn an_answer_to_a_press_is_short_and_one_to_a_command_is_whole() {
    let long = reply(&"ж".repeat(300));
    assert_eq!(units(&toast(&long).text), TOAST_LIMIT);
    assert_eq!(answer(&long).map(|drawing| drawing.text), Some("ж".repeat(300)));
    let alert = Reply { tone: ReplyTone::Alert, ..reply("a < b") };
    assert_eq!(toast(&alert), Toast { text: "a < b".to_owned(), alert: true });
    assert_eq!(answer(&alert).map(|drawing| drawing.text), Some("a &lt; b".to_owned()));
}

#[test]
fn nothing_to_say_is_not_said() {
    assert_eq!(answer(&Reply { lines: Vec::new(), ..reply("") }), None);
    assert_eq!(answer(&reply(" \n")), None);
    assert_eq!(toast(&reply("")), Toast { text: String::new(), alert: false });
}

#[test]
fn the_menu_keeps_telegrams_limits_in_every_language() {
    for (tag, locale) in Phrasebook::new().locales() {
        for command in menu(locale) {
            let length = command.description.chars().count();
            assert!((1..=DESCRIPTION_LIMIT).contains(&length), "{tag}: {command:?}");
        }
    }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "\\PC{0,20}",
        2 => "[<>&\"'a-c \\n]{0,40}",
        1 => Just("</b>&amp;<a href=\"x\">".to_owned()),
        2 => ("[a👩ж\u{301}\u{200d}]{1,8}", 0_usize..1_500).prop_map(|(text, times)| text.repeat(times)),
    ]
}

fn any_mention() -> impl Strategy<Value = Mention> {
    let identity =
        prop::option::of(any::<u64>().prop_map(|user| Identity::new(Platform::Telegram, user.to_string())));
    let handle = prop::option::of(
        "[a-z_<&]{1,64}".prop_map(|name| Handle::parse(Platform::Telegram, &name).expect("a handle")),
    );
    (any_text(), identity, handle).prop_map(|(name, identity, handle)| Mention {
        person: Some(PersonId::new(1)),
        identity,
        handle,
        ..Mention::named(&name)
    })
}

fn any_line() -> impl Strategy<Value = Line> {
    let span = prop_oneof![
        3 => any_text().prop_map(Span::Plain),
        1 => any_text().prop_map(Span::Strong),
        1 => any_mention().prop_map(Span::Mention),
    ];
    prop::collection::vec(span, 0..5)
}

fn any_card() -> impl Strategy<Value = Card> {
    let section = (any_line(), any::<bool>()).prop_map(|(line, elastic)| Section { line, elastic });
    let label = any_text().prop_map(|label| button(&label, Action::Assign(PersonId::new(u32::MAX))));
    let buttons = prop::collection::vec(prop::collection::vec(label, 0..4), 0..4);
    (any_line(), prop::collection::vec(section, 0..8), buttons, any::<bool>())
        .prop_map(|(title, sections, buttons, pinned)| Card { title, sections, buttons, pinned })
}

proptest! {
    #[test]
    fn any_card_fits_and_is_valid(card in any_card()) {
        let drawing = draw(&card);
        let text = text_of(&drawing);
        prop_assert!(units(&text) <= TEXT_LIMIT);
        prop_assert!(!text.trim().is_empty());
        for button in drawing.keyboard.inline_keyboard.iter().flatten() {
            prop_assert!(!button.text.trim().is_empty() && units(&button.text) <= LABEL_LIMIT);
        }
    }

    #[test]
    fn what_is_fixed_survives_any_description(text in any_text(), elastic_text in any_text()) {
        prop_assume!(units(&text) < 1_000);
        let sections = vec![elastic(&elastic_text), fixed(&text), elastic(&elastic_text)];
        let shown = text_of(&draw(&Card { sections, ..card("") }));
        prop_assert!(shown.contains(&text));
    }

    #[test]
    fn any_message_mentions_everybody_and_five_at_a_time(
        line in any_line(),
        mentions in prop::collection::vec(any_mention(), 0..17),
    ) {
        let inline = line.iter().filter(|span| matches!(span, Span::Mention(_))).count();
        let total = mentions.len();
        let linked: Vec<String> = mentions.iter().filter(|one| one.handle.is_none())
            .filter_map(|one| one.identity.as_ref()).map(|identity| identity.user.to_string()).collect();
        let drawings = messages(&Message { lines: vec![line], mentions, buttons: Vec::new(), offers: Vec::new(), asks: false });
        prop_assert_eq!(drawings.len(), (inline + total).div_ceil(MENTION_LIMIT).max(1));
        let mut links = Vec::new();
        for drawing in &drawings {
            let (text, named) = read(&drawing.text);
            prop_assert!(units(&text) <= TEXT_LIMIT && named.len() <= MENTION_LIMIT);
            links.extend(named);
        }
        for user in linked {
            prop_assert!(links.contains(&user), "{}", user);
        }
    }

    #[test]
    fn any_toast_fits(text in any_text()) {
        prop_assert!(units(&toast(&reply(&text)).text) <= TOAST_LIMIT);
    }
}

#[test]
fn an_answer_that_asks_carries_its_buttons() {
    let buttons = vec![vec![button("Tyres", Action::Claim)]];
    let asks = Reply { buttons: buttons.clone(), ..reply("Which team?") };
    let card = Card { title: vec![], sections: vec![], buttons, pinned: false };
    assert_eq!(answer(&asks).map(|drawing| drawing.keyboard), Some(draw(&card).keyboard));
}
