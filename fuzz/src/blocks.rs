//! Whatever a card, a message or an answer says: what Slack is given is within its limits, tells whom it should and
//! nobody else, and what fits is said whole.

use adapter_slack::outbound::{
    self, BLOCK_LIMIT, BUTTON_LIMIT, Drawing, LABEL_LIMIT, NOTIFICATION_LIMIT, TEXT_LIMIT,
};
use incident_core::ids::Platform;
use incident_core::view::{Card, Line, Mention, Message, Reply, Span, units};
use serde_json::{Value, json};

/// Draws a card for Slack.
///
/// # Panics
/// If Slack would refuse what was drawn, if words became markup or a mention, or if words that fit are missing.
pub(crate) fn card(card: &Card) {
    let lines: Vec<&Line> =
        std::iter::once(&card.title).chain(card.sections.iter().map(|section| &section.line)).collect();
    said_whole(&lines, &fits(&outbound::draw(card)).0);
}

/// Draws an answer.
///
/// # Panics
/// As for a [`card`].
pub(crate) fn answer(reply: &Reply) {
    if let Some(answer) = outbound::answer(reply) {
        said_whole(&reply.lines.iter().collect::<Vec<_>>(), &fits(&answer).0);
    }
}

/// Draws a message.
///
/// # Panics
/// As for a [`card`], and if it tells not everybody whom it should.
pub(crate) fn message(message: &Message) {
    let (_, told) = fits(&outbound::message(message));
    for account in message.mentions.iter().filter_map(account) {
        assert!(told.contains(&account), "{account} is not told: {message:?}");
    }
}

/// Returns the account that Slack tells, if it can be one of Slack's.
fn account(mention: &Mention) -> Option<String> {
    let identity = mention.identity.as_ref().filter(|identity| identity.platform == Platform::Slack)?;
    let is_id = |id: &str| id.len() > 1 && id.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9'));
    Some(identity.user.to_string()).filter(|id| is_id(id))
}

/// Requires that words which fit are said, all of them and nothing else.
fn said_whole(lines: &[&Line], text: &str) {
    let spans = lines.iter().flat_map(|line| line.iter());
    if spans.clone().any(|span| matches!(span, Span::Mention(_))) || lines.len() > 200 {
        return;
    }
    let whole: Vec<String> = lines.iter().map(|line| line.iter().map(Span::as_plain).collect()).collect();
    let whole = whole.join("\n");
    if units(&whole) <= TEXT_LIMIT {
        let expected = if whole.trim().is_empty() { "…" } else { &whole };
        assert_eq!(text, expected);
    }
}

/// Requires that Slack takes it; returns what people read, and who is told.
fn fits(drawing: &Drawing) -> (String, Vec<String>) {
    notification(&drawing.text);
    let blocks = serde_json::to_value(&drawing.blocks).expect("blocks are JSON");
    let blocks = blocks.as_array().expect("blocks are a list");
    assert!((1..=BLOCK_LIMIT).contains(&blocks.len()));
    let (mut text, mut told) = (String::new(), Vec::new());
    for run in list(&blocks[0]["elements"][0]["elements"]) {
        match (run["text"].as_str(), run["user_id"].as_str()) {
            (Some(words), None) if run["type"] == "text" && !words.is_empty() => text.push_str(words),
            (None, Some(user)) if run["type"] == "user" => told.push(user.to_owned()),
            _ => panic!("a strange run: {run}"),
        }
    }
    assert!(units(&text) <= TEXT_LIMIT && !(text.is_empty() && told.is_empty()));
    blocks[1..].iter().for_each(buttons);
    (text, told)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn buttons(block: &Value) {
    assert_eq!(block["type"], "actions");
    let row = list(&block["elements"]);
    assert!((1..=BUTTON_LIMIT).contains(&row.len()));
    for button in row {
        let label = button["text"]["text"].as_str().unwrap_or_default();
        assert!(!label.trim().is_empty() && units(label) <= LABEL_LIMIT, "{button}");
        assert_eq!(
            (&button["text"]["type"], &button["text"]["emoji"]),
            (&json!("plain_text"), &json!(false))
        );
    }
}

/// Requires that nothing but a mention of an account stands in angle brackets, and no `&` by itself.
fn notification(markup: &str) {
    assert!(!markup.is_empty() && units(markup) <= NOTIFICATION_LIMIT, "{} units", units(markup));
    for piece in markup.split('<').skip(1) {
        let (inside, after) = piece.split_once('>').unwrap_or_else(|| panic!("a bare < in {markup:?}"));
        let user = inside.strip_prefix('@').unwrap_or_else(|| panic!("{inside:?} in {markup:?}"));
        assert!(user.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9')), "{user:?}");
        assert!(!after.contains('>'), "a bare > in {markup:?}");
    }
    for piece in markup.split('&').skip(1) {
        assert!(["lt;", "gt;", "amp;"].iter().any(|name| piece.starts_with(name)), "a bare & in {markup:?}");
    }
}
