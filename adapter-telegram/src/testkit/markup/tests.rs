//! The HTML of the Bot API, by example.

use super::*;

fn parse(source: &str) -> Result<Formatted, String> {
    let ann = User { id: 7, first_name: "Ann".to_owned(), username: None, language: None, is_bot: false };
    let ann: &'static User = Box::leak(Box::new(ann));
    parse_html(source, |id| (id == ann.id).then_some(ann))
}

fn entities(source: &str) -> Vec<(String, usize, usize)> {
    let parsed = parse(source).unwrap();
    parsed.entities.into_iter().map(|entity| (entity.kind, entity.offset, entity.length)).collect()
}

fn found(text: &str) -> Vec<(String, String)> {
    let recognised = recognise(Formatted { text: text.to_owned(), entities: Vec::new() });
    let words = |entity: &Entity| (entity.kind.clone(), covered(&recognised.text, entity));
    recognised.entities.iter().map(words).collect()
}

fn owned(expected: &[(&str, usize, usize)]) -> Vec<(String, usize, usize)> {
    expected.iter().map(|(kind, offset, length)| ((*kind).to_owned(), *offset, *length)).collect()
}

#[test]
fn every_tag_has_its_entity() {
    for (tag, kind) in [
        ("b", "bold"),
        ("strong", "bold"),
        ("i", "italic"),
        ("em", "italic"),
        ("u", "underline"),
        ("ins", "underline"),
        ("s", "strikethrough"),
        ("strike", "strikethrough"),
        ("del", "strikethrough"),
        ("code", "code"),
        ("pre", "pre"),
        ("blockquote", "blockquote"),
        ("tg-spoiler", "spoiler"),
    ] {
        let source = format!("x <{tag}>y</{tag}>");
        assert_eq!(parse(&source).unwrap().text, "x y");
        assert_eq!(entities(&source), owned(&[(kind, 2, 1)]), "{tag}");
    }
    assert_eq!(entities("<span class=\"tg-spoiler\">y</span>"), owned(&[("spoiler", 0, 1)]));
    assert_eq!(entities("<blockquote expandable>y</blockquote>"), owned(&[("expandable_blockquote", 0, 1)]));
    assert_eq!(entities("<B>y</b>"), owned(&[("bold", 0, 1)]));
}

#[test]
fn offsets_count_utf16_units() {
    let parsed = parse("🚚é <b>🚚</b>").unwrap();
    assert_eq!(parsed.entities, [Entity::plain("bold", 4, 2)]);
    assert_eq!(covered(&parsed.text, &parsed.entities[0]), "🚚");
}

#[test]
fn outer_entities_come_before_inner_ones() {
    assert_eq!(entities("<i>a<b>b</b></i>"), owned(&[("italic", 0, 2), ("bold", 1, 1)]));
    assert_eq!(entities("<b><i>a</i></b>"), owned(&[("italic", 0, 1), ("bold", 0, 1)]));
}

#[test]
fn a_link_keeps_its_address_and_a_link_to_a_person_is_a_mention() {
    let link = parse("<a href=\"https://example.org/?a=1&amp;b=2\">x</a>").unwrap();
    assert_eq!(link.entities[0].url.as_deref(), Some("https://example.org/?a=1&b=2"));
    assert_eq!(link.entities[0].kind, "text_link");
    let mention = parse("<a href='tg://user?id=7'>Ann</a>").unwrap();
    assert_eq!((mention.entities[0].kind.as_str(), mention.entities[0].user), ("text_mention", Some(7)));
}

#[test]
fn a_link_to_an_unknown_person_is_plain_text() {
    assert_eq!(
        parse("<a href=\"tg://user?id=8\">Bob</a>").unwrap(),
        Formatted { text: "Bob".to_owned(), entities: Vec::new() }
    );
}

#[test]
fn references_are_decoded_once_and_unknown_ones_kept() {
    let text = |source| parse(source).unwrap().text;
    assert_eq!(text("&lt;b&gt; &amp;amp; &quot;&#65;&#x1F69A;"), "<b> &amp; \"A🚚");
    assert_eq!(text("a & b &nbsp; &"), "a & b &nbsp; &");
}

#[test]
fn a_code_block_keeps_its_language() {
    let block = parse("<pre><code class=\"language-rust\">fn</code></pre>").unwrap();
    assert_eq!(block.entities, [Entity { language: Some("rust".to_owned()), ..Entity::plain("pre", 0, 2) }]);
}

#[test]
fn what_does_not_parse_is_refused_in_telegram_s_words() {
    for (source, why) in [
        ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
        ("<b>x</i></b>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("é<br>", "Unsupported start tag \"br\" at byte offset 2"),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("a < b > c", "Unsupported start tag \"\" at byte offset 2"),
        ("<3", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ] {
        assert_eq!(parse(source), Err(why.to_owned()), "{source}");
    }
}

#[test]
fn an_empty_end_tag_closes_the_latest() {
    assert_eq!(entities("<b>x</>"), owned(&[("bold", 0, 1)]));
}

#[test]
fn an_empty_entity_is_none() {
    assert_eq!(entities("x<b></b>"), []);
}

#[test]
fn white_space_at_the_ends_is_cut_with_the_entities_on_it() {
    let trimmed = parse(" \n<b> x </b><i> </i>").unwrap().trimmed();
    assert_eq!(trimmed, Formatted { text: "x".to_owned(), entities: vec![Entity::plain("bold", 0, 1)] });
}

#[test]
fn commands_mentions_tags_and_links_are_recognised() {
    let expected = [
        ("bot_command", "/status@incident_desk_bot"),
        ("mention", "@bob"),
        ("hashtag", "#truck7"),
        ("url", "https://example.org/a?b"),
    ];
    let text = "/status@incident_desk_bot for @bob #truck7 #12 https://example.org/a?b x@y a/b @x";
    assert_eq!(found(text), expected.map(|(kind, words)| (kind.to_owned(), words.to_owned())));
}

#[test]
fn nothing_is_recognised_inside_code_and_links() {
    let recognised =
        recognise(parse("<code>/start</code> <a href=\"https://example.org\">@bob</a>").unwrap());
    let kinds: Vec<&str> = recognised.entities.iter().map(|entity| entity.kind.as_str()).collect();
    assert_eq!(kinds, ["code", "text_link"]);
}

proptest::proptest! {
    #[test]
    fn escaped_text_comes_back_as_it_was(text in "\\PC*") {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let parsed = parse(&escaped).unwrap();
        proptest::prop_assert_eq!(parsed, Formatted { text, entities: Vec::new() });
    }

    #[test]
    fn whatever_is_sent_every_entity_lies_within_the_text(source in "([<>/&;\"'=a-c @#é🚚]|<b>|</b>|<a href=|&#x41;){0,40}") {
        if let Ok(parsed) = parse(&source) {
            let recognised = recognise(parsed.trimmed());
            let length = utf16_len(&recognised.text);
            let within = |entity: &Entity| entity.length > 0 && entity.end() <= length;
            proptest::prop_assert!(recognised.entities.iter().all(within), "{:?}", recognised);
        }
    }
}
