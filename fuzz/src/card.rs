//! Whatever a card, a message or an answer says: what a platform is given is within its limits, its markup is
//! ours, and what fits is said whole.

use adapter_telegram::outbound::{
    BUTTON_LIMIT, Drawing, LABEL_LIMIT, MENTION_LIMIT, TEXT_LIMIT, TOAST_LIMIT, answer, draw, messages, toast,
};
use incident_core::ids::{Handle, Identity, Platform};
use incident_core::view::{Button, Card, Line, Mention, Message, Reply, ReplyTone, Said, Section, Span};

use crate::bytes::Bytes;
use crate::markup::{Read, read};
use crate::{blocks, button};

/// Draws a card made of the bytes, and a message and an answer of the same words.
///
/// # Panics
/// If a platform would refuse what was drawn, if words became markup, or if words that fit are missing.
pub fn check(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let card = card(&mut bytes);
    check_card(&card);
    let sections = card.sections.into_iter().map(|section| section.line);
    let lines: Vec<Line> = std::iter::once(card.title).chain(sections).collect();
    let (said, buttons) = (Said::Nothing, card.buttons.clone());
    check_reply(&Reply { said, lines: lines.clone(), buttons, tone: ReplyTone::Quiet });
    let mentions: Vec<Mention> = (0..bytes.below(12)).map(|_| mention(&mut bytes)).collect();
    let (buttons, asks) = (card.buttons, bytes.flag());
    check_message(&Message { lines, mentions, buttons, offers: Vec::new(), asks });
}

/// Draws a card for Telegram and for Slack.
///
/// # Panics
/// See [`check`].
pub fn check_card(card: &Card) {
    let lines: Vec<Line> = std::iter::once(&card.title)
        .chain(card.sections.iter().map(|section| &section.line))
        .cloned()
        .collect();
    said_whole(&lines, &fits(&draw(card)).text);
    blocks::card(card);
}

/// Draws a message for Telegram and for Slack.
///
/// # Panics
/// See [`check`]; and if it tells not everybody whom it should.
pub fn check_message(message: &Message) {
    everybody_is_told(message);
    blocks::message(message);
}

fn check_reply(reply: &Reply) {
    assert!(units(&toast(reply).text) <= TOAST_LIMIT, "{reply:?}");
    if let Some(answer) = answer(reply) {
        said_whole(&reply.lines, &fits(&answer).text);
    }
    blocks::answer(reply);
}

fn everybody_is_told(message: &Message) {
    let inline = message.lines.iter().flatten().filter_map(|span| match span {
        Span::Mention(mention) => Some(mention),
        Span::Plain(_) | Span::Strong(_) => None,
    });
    let to_be_told: Vec<u64> = message.mentions.iter().filter_map(linked).collect();
    let drawings = messages(message);
    let enough = (inline.count() + message.mentions.len()).div_ceil(MENTION_LIMIT).max(1);
    assert_eq!(drawings.len(), enough, "{message:?}");
    let mut told = Vec::new();
    for (drawing, first) in drawings.iter().zip([true].into_iter().chain(std::iter::repeat(false))) {
        let Read { links, .. } = fits(drawing);
        assert!(links.len() <= MENTION_LIMIT, "{links:?}");
        assert_eq!(drawing.asks, first && message.asks);
        told.extend(links);
    }
    for account in to_be_told {
        assert!(told.contains(&account), "{account} is not told: {drawings:?}");
    }
}

/// Returns the account that Telegram tells by a link, rather than by a handle.
fn linked(mention: &Mention) -> Option<u64> {
    let by_handle = mention.handle.as_ref().is_some_and(|handle| handle.platform() == Platform::Telegram);
    let identity = mention.identity.as_ref().filter(|identity| identity.platform == Platform::Telegram)?;
    identity.user.parse().ok().filter(|_| !by_handle)
}

/// Requires that words which fit are said, all of them and nothing else.
fn said_whole(lines: &[Line], text: &str) {
    let spans = lines.iter().flatten();
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

/// Requires that Telegram takes it, and reads it.
fn fits(drawing: &Drawing) -> Read {
    let read = read(&drawing.text).unwrap_or_else(|foreign| panic!("{foreign} in {:?}", drawing.text));
    assert!(units(&read.text) <= TEXT_LIMIT, "{} units", units(&read.text));
    assert!(!read.text.trim().is_empty(), "it says nothing");
    let rows = &drawing.keyboard.inline_keyboard;
    assert!(rows.iter().map(Vec::len).sum::<usize>() <= BUTTON_LIMIT);
    assert!(rows.iter().all(|row| !row.is_empty()));
    for button in rows.iter().flatten() {
        assert!(!button.text.trim().is_empty() && units(&button.text) <= LABEL_LIMIT, "{button:?}");
    }
    read
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn card(bytes: &mut Bytes<'_>) -> Card {
    let title = line(bytes);
    let sections =
        (0..bytes.below(12)).map(|_| Section { elastic: bytes.flag(), line: line(bytes) }).collect();
    let row = |bytes: &mut Bytes<'_>| -> Vec<Button> {
        (0..bytes.below(8)).map(|_| Button { label: words(bytes), code: button::code(bytes) }).collect()
    };
    let buttons = (0..bytes.below(16)).map(|_| row(bytes)).collect();
    Card { title, sections, buttons, pinned: bytes.flag() }
}

fn line(bytes: &mut Bytes<'_>) -> Line {
    let span = |bytes: &mut Bytes<'_>| match bytes.below(4) {
        0 | 1 => Span::Plain(words(bytes)),
        2 => Span::Strong(words(bytes)),
        _ => Span::Mention(mention(bytes)),
    };
    (0..bytes.below(5)).map(|_| span(bytes)).collect()
}

/// Makes words, often so many that they do not fit.
fn words(bytes: &mut Bytes<'_>) -> String {
    let (length, times) = (bytes.below(32), bytes.byte());
    let words = bytes.text(usize::from(length));
    let times = if times < 200 { 1 } else { 1 << (times % 10) };
    words.repeat(times)
}

fn mention(bytes: &mut Bytes<'_>) -> Mention {
    let platform = Platform::ALL[usize::from(bytes.below(5)).min(3)];
    let platform = if bytes.flag() { platform } else { Platform::Telegram };
    let mut mention = Mention::named(&words(bytes));
    if bytes.flag() {
        let user = if bytes.flag() { bytes.text(4) } else { u64::from_le_bytes(bytes.array()).to_string() };
        mention.identity = Some(Identity::new(platform, user));
    }
    if bytes.flag() {
        mention.handle = Handle::parse(platform, &words(bytes)).ok();
    }
    mention
}
