//! From cards, messages and answers to what Telegram is given: pure, with every limit and all escaping here.
//!
//! Telegram counts UTF-16 units of the text that remains when the markup is gone, so lengths are taken from
//! the pieces of text before they are marked up, and shortening happens there too: no cut can split an
//! entity, a character or a tag.

mod markup;

use incident_core::view::{
    Button, Card, CommandWord, Line, Locale, MOST_PARAGRAPHS, Mention, Message, Reply, ReplyTone, Section,
    Span, fit, shortened,
};
use serde::Serialize;
use teloxide::types::{BotCommand, InlineKeyboardButton, InlineKeyboardMarkup};

use markup::{Markup, length};

/// The longest message, in UTF-16 units without markup.
pub const TEXT_LIMIT: usize = 4_096;
/// The longest text with a file, in UTF-16 units without markup.
pub const CAPTION_LIMIT: usize = 1_024;
/// The longest answer to a press, in UTF-16 units.
pub const TOAST_LIMIT: usize = 200;
/// How many people one message can notify; Telegram tells no more than these.
pub const MENTION_LIMIT: usize = 5;
/// The longest label of a button, in UTF-16 units: what a phone can show of it, and more.
pub const LABEL_LIMIT: usize = 64;
/// How many buttons a keyboard may have.
pub const BUTTON_LIMIT: usize = 100;
/// The longest description of a command in the menu, in characters.
pub const DESCRIPTION_LIMIT: usize = 256;

/// A message as Telegram is given it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Drawing {
    /// The text, in Telegram's HTML.
    pub text: String,
    /// The buttons; none is an empty keyboard.
    pub keyboard: InlineKeyboardMarkup,
    /// Whether the people it mentions are shown an open reply. Such a message can never be edited and has
    /// no buttons.
    pub asks: bool,
}

/// An answer to a press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Toast {
    /// The words; empty if only the spinner is to stop.
    pub text: String,
    /// Whether it is shown in a box that has to be closed.
    pub alert: bool,
}

/// Draws a card.
pub fn draw(card: &Card) -> Drawing {
    let title = Section { line: card.title.clone(), elastic: false };
    let text = text(std::iter::once(title).chain(card.sections.iter().cloned()).collect());
    Drawing { text, keyboard: keyboard(&card.buttons), asks: false }
}

/// Draws a message: as many as its mentions need, at least one. The first one carries the buttons or the
/// question; the others repeat what it says to more people.
pub fn messages(message: &Message) -> Vec<Drawing> {
    let Told { first, again, inline, mentions } = told(message);
    let (now, later) = mentions.split_at(mentions.len().min(MENTION_LIMIT - inline));
    let buttons = if message.asks { keyboard(&[]) } else { with_offers(keyboard(&message.buttons), message) };
    let drawing = Drawing { text: addressed(&first, now), keyboard: buttons, asks: message.asks };
    let more = later.chunks(MENTION_LIMIT).map(|mentions| Drawing {
        text: addressed(&again, mentions),
        keyboard: keyboard(&[]),
        asks: false,
    });
    std::iter::once(drawing).chain(more).collect()
}

/// Returns the immediate answer to a press.
pub fn toast(reply: &Reply) -> Toast {
    Toast { text: shortened(&reply.text(), TOAST_LIMIT), alert: reply.tone == ReplyTone::Alert }
}

/// Returns the immediate answer to a message, if there is anything to say.
pub fn answer(reply: &Reply) -> Option<Drawing> {
    if reply.lines.iter().flatten().all(|span| span.as_plain().trim().is_empty()) {
        return None;
    }
    let paragraphs = reply.lines.iter().map(|line| Section { line: line.clone(), elastic: true });
    let keyboard = keyboard(&reply.buttons);
    Some(Drawing { text: text(paragraphs.collect()), keyboard, asks: false })
}

/// Returns what is said with a file, in Telegram's HTML, if there is anything to say.
pub fn caption(line: &Line) -> Option<String> {
    if line.iter().all(|span| span.as_plain().trim().is_empty()) {
        return None;
    }
    Some(fitted(vec![Section { line: line.clone(), elastic: true }], CAPTION_LIMIT))
}

/// Lists the commands with what they do in one language, for the menu of Telegram's clients.
pub fn menu(locale: &Locale) -> Vec<BotCommand> {
    let described = |word: CommandWord| {
        let what: String = locale.text(word.what()).chars().take(DESCRIPTION_LIMIT).collect();
        BotCommand::new(word.word(), what)
    };
    CommandWord::ALL.into_iter().map(described).collect()
}

/// What a message says the first time and again, and whom it has still to be said to.
struct Told {
    first: Vec<Line>,
    again: Vec<Line>,
    /// How many people the first lines mention by themselves.
    inline: usize,
    mentions: Vec<Mention>,
}

/// Takes the mentions that one message cannot carry out of its lines, and leaves the names.
fn told(message: &Message) -> Told {
    let mut inline = 0;
    let mut mentions = Vec::new();
    let first = message.lines.iter().map(|line| {
        let spans = line.iter().map(|span| match span {
            Span::Mention(mention) if inline == MENTION_LIMIT => {
                mentions.push(mention.clone());
                Span::Plain(mention.shown())
            }
            Span::Mention(_) => {
                inline += 1;
                span.clone()
            }
            Span::Plain(_) | Span::Strong(_) => span.clone(),
        });
        spans.collect()
    });
    let first = first.collect();
    mentions.extend(message.mentions.iter().cloned());
    let again = message.lines.iter().map(|line| line.iter().map(named).collect()).collect();
    Told { first, again, inline, mentions }
}

fn named(span: &Span) -> Span {
    match span {
        Span::Mention(mention) => Span::Plain(mention.shown()),
        Span::Plain(_) | Span::Strong(_) => span.clone(),
    }
}

/// Renders lines and below them those they are addressed to.
fn addressed(lines: &[Line], mentions: &[Mention]) -> String {
    // However much is said, there is room to say to whom.
    let lines = lines.iter().take(MOST_PARAGRAPHS - 1);
    let mut paragraphs: Vec<Section> =
        lines.map(|line| Section { line: line.clone(), elastic: true }).collect();
    if !mentions.is_empty() {
        let comma = Span::Plain(", ".to_owned());
        let mut line: Line =
            mentions.iter().flat_map(|mention| [Span::Mention(mention.clone()), comma.clone()]).collect();
        line.truncate(2 * mentions.len() - 1);
        paragraphs.push(Section { line, elastic: false });
    }
    text(paragraphs)
}

fn text(paragraphs: Vec<Section>) -> String {
    fitted(paragraphs, TEXT_LIMIT)
}

fn fitted(paragraphs: Vec<Section>, limit: usize) -> String {
    let mut markup = Markup::default();
    for (index, line) in fit(paragraphs, limit, length).iter().enumerate() {
        if index > 0 {
            markup.text("\n");
        }
        markup.line(line);
    }
    markup.into_html()
}

fn keyboard(rows: &[Vec<Button>]) -> InlineKeyboardMarkup {
    let mut left = BUTTON_LIMIT;
    let rows = rows.iter().map(|row| {
        let row: Vec<InlineKeyboardButton> = row.iter().take(left).map(button).collect();
        left -= row.len();
        row
    });
    InlineKeyboardMarkup::new(rows.filter(|row| !row.is_empty()))
}

/// Puts what may become of a group below what may become of an incident; few of either are ever there.
fn with_offers(mut keyboard: InlineKeyboardMarkup, message: &Message) -> InlineKeyboardMarkup {
    for row in &message.offers {
        let row = row
            .iter()
            .map(|offer| InlineKeyboardButton::callback(label(&offer.label), offer.code.to_string()));
        keyboard = keyboard.append_row(row);
    }
    keyboard
}

fn button(button: &Button) -> InlineKeyboardButton {
    InlineKeyboardButton::callback(label(&button.label), button.code.to_string())
}

fn label(text: &str) -> String {
    let label = shortened(text.trim(), LABEL_LIMIT);
    if label.trim().is_empty() { "…".to_owned() } else { label }
}
