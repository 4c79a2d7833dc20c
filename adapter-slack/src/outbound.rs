//! From cards, messages, answers and forms to what Slack is given: pure, with every limit here.
//!
//! What people read stands in `rich_text` blocks: typed runs of text and typed mentions, which Slack does not parse.
//! So nothing that somebody wrote can become markup, an emoji or a mention, and nothing has to be escaped. The one
//! text that Slack does parse is the line for notifications, and only `markup` writes it.

mod form;
mod markup;

use incident_core::view::{
    Button, Card, Line, MOST_PARAGRAPHS, Message, Offer, Reply, Section, Span, fit, shortened,
};
use serde::Serialize;
use slack_morphism::blocks::{
    SlackActionsBlock, SlackBlock, SlackBlockButtonElement, SlackBlockPlainText, SlackBlockPlainTextOnly,
    SlackRichTextBlock, SlackRichTextElement, SlackRichTextInlineElement, SlackRichTextSection,
    SlackRichTextText, SlackRichTextUser, SlackRichTextUserGroup,
};
use slack_morphism::prelude::SlackUserGroupId;

pub(crate) use form::word;
pub use form::{
    FIELD_CHANNEL, FIELD_PERSON, FIELD_PRIORITY, FIELD_TEAM, FIELD_TEXT, FIELD_WORD, FORM, ORDER_FORM,
    Ordered, Pressed, REPORT_FORM, Reporting, form, order_form, report_form,
};
use markup::{account, length, shown, user_group};

/// How much of a message people read, in UTF-16 units.
pub const TEXT_LIMIT: usize = 4_000;
/// How much the line for notifications says, in characters with all markup; an edit may have 4,000.
pub const NOTIFICATION_LIMIT: usize = 3_000;
/// How many blocks a message may have.
pub const BLOCK_LIMIT: usize = 50;
/// How many buttons one block of them may have.
pub const BUTTON_LIMIT: usize = 25;
/// The longest label of a button, in UTF-16 units.
pub const LABEL_LIMIT: usize = 75;

/// A message as Slack is given it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drawing {
    /// The line for notifications and for screens that show no blocks, in Slack's markup.
    pub text: String,
    /// What people read and press.
    pub blocks: Vec<SlackBlock>,
}

/// Draws a card.
pub fn draw(card: &Card) -> Drawing {
    let title = Section { line: card.title.clone(), elastic: false };
    let sections = std::iter::once(title).chain(card.sections.iter().cloned());
    drawing(sections.collect(), actions(&card.buttons, &[]))
}

/// Draws a message, with everybody it addresses below what it says: Slack tells all of them.
pub fn message(message: &Message) -> Drawing {
    // However much is said, there is room to say to whom.
    let lines = message.lines.iter().take(MOST_PARAGRAPHS - 1);
    let mut sections: Vec<Section> = lines.map(elastic).collect();
    if !message.mentions.is_empty() {
        let comma = Span::Plain(", ".to_owned());
        let mentions = message.mentions.iter().cloned().map(Span::Mention);
        let mut line: Line = mentions.flat_map(|mention| [mention, comma.clone()]).collect();
        line.pop();
        sections.push(Section { line, elastic: false });
    }
    drawing(sections, actions(&message.buttons, &message.offers))
}

/// Returns the immediate answer to a press or a command, if there is anything to say.
pub fn answer(reply: &Reply) -> Option<Drawing> {
    if is_empty(reply.lines.iter().flatten()) {
        return None;
    }
    Some(drawing(reply.lines.iter().map(elastic).collect(), actions(&reply.buttons, &[])))
}

/// Returns what is said with a file, if there is anything to say.
pub fn caption(line: &Line) -> Option<Drawing> {
    if is_empty(line.iter()) {
        return None;
    }
    Some(drawing(vec![elastic(line)], Vec::new()))
}

/// Draws words of the adapter's own, or of somebody's, that carry nothing else.
pub(crate) fn plain(words: &str) -> Drawing {
    drawing(vec![elastic(&vec![Span::Plain(words.to_owned())])], Vec::new())
}

fn is_empty<'a>(mut spans: impl Iterator<Item = &'a Span>) -> bool {
    spans.all(|span| span.as_plain().trim().is_empty())
}

fn elastic(line: &Line) -> Section {
    Section { line: line.clone(), elastic: true }
}

fn drawing(sections: Vec<Section>, mut actions: Vec<SlackBlock>) -> Drawing {
    let lines = fit(sections, TEXT_LIMIT, length);
    let elements = SlackRichTextSection::new(runs(&lines));
    let words = SlackRichTextBlock::new(vec![SlackRichTextElement::Section(elements)]);
    actions.truncate(BLOCK_LIMIT - 1);
    let blocks = std::iter::once(SlackBlock::RichText(words)).chain(actions).collect();
    Drawing { text: markup::notification(&lines, NOTIFICATION_LIMIT), blocks }
}

/// The pieces of a text. Slack refuses empty ones, and a text without any.
fn runs(lines: &[Line]) -> Vec<SlackRichTextInlineElement> {
    if is_empty(lines.iter().flatten()) {
        return vec!["…".into()];
    }
    let break_before = |at: usize| (at > 0).then(|| Span::Plain("\n".to_owned()));
    let spans =
        lines.iter().enumerate().flat_map(|(at, line)| break_before(at).into_iter().chain(line.clone()));
    let mut runs: Vec<SlackRichTextInlineElement> = Vec::new();
    for span in spans {
        let run = run(&span);
        match (runs.last_mut(), run) {
            (_, SlackRichTextInlineElement::Text(text)) if text.text.is_empty() => {}
            (Some(SlackRichTextInlineElement::Text(before)), SlackRichTextInlineElement::Text(text))
                if before.style == text.style =>
            {
                before.text.push_str(&text.text);
            }
            (_, run) => runs.push(run),
        }
    }
    runs
}

fn run(span: &Span) -> SlackRichTextInlineElement {
    match span {
        Span::Plain(text) => text.as_str().into(),
        Span::Strong(text) => SlackRichTextText::new(text.clone()).bold().into(),
        Span::Mention(mention) => match (account(mention), user_group(mention)) {
            (Some(user), _) => SlackRichTextUser::new(user.into()).into(),
            (None, Some(group)) => SlackRichTextUserGroup::new(SlackUserGroupId(group)).into(),
            (None, None) => shown(mention).into(),
        },
    }
}

/// Makes a block of each row of buttons.
fn actions(rows: &[Vec<Button>], offers: &[Vec<Offer>]) -> Vec<SlackBlock> {
    let pressed = |row: &Vec<Button>| -> Vec<(String, String)> {
        row.iter().map(|button| (button.label.clone(), button.code.to_string())).collect()
    };
    let offered = |row: &Vec<Offer>| -> Vec<(String, String)> {
        row.iter().map(|offer| (offer.label.clone(), offer.code.to_string())).collect()
    };
    let rows = rows.iter().map(pressed).chain(offers.iter().map(offered));
    rows.filter(|row| !row.is_empty()).enumerate().map(|(at, row)| actions_block(at, row)).collect()
}

fn actions_block(at: usize, row: Vec<(String, String)>) -> SlackBlock {
    let buttons = row.into_iter().take(BUTTON_LIMIT).enumerate().map(|(place, (label, code))| {
        let button = SlackBlockButtonElement::new(words(&label, LABEL_LIMIT))
            .with_action_id(format!("{PRESS}{at}.{place}").into())
            .with_value(code);
        button.into()
    });
    SlackActionsBlock::new(buttons.collect()).into()
}

/// What the ids of our buttons begin with; they tell one from another within a message, and nothing else.
pub const PRESS: &str = "press.";

/// Words that Slack does not parse, cut where there is no room.
fn words(text: &str, limit: usize) -> SlackBlockPlainTextOnly {
    let text = shortened(text.trim(), limit);
    let text = if text.trim().is_empty() { "…".to_owned() } else { text };
    SlackBlockPlainText::new(text).with_emoji(false).into()
}
