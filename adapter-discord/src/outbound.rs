//! From cards, messages and answers to what Discord is given: pure, with every limit and all escaping here.
//!
//! A card is an embed, which has room for four thousand characters. What tells people is content, because nobody is
//! told by an embed; what has no room there stands in an embed below it. `allowed_mentions` names everybody whom a
//! message may tell, so that no words ever tell anybody else.

mod components;
mod markup;
mod menu;
mod modal;

use incident_core::view::{Card, Line, Mention, Message, Reply, Section, Span, fit};
use serde::Serialize;
use serde_json::Value;
use serenity::builder::{CreateActionRow, CreateAllowedMentions, CreateEmbed, CreateMessage, EditMessage};
use serenity::model::id::{RoleId, UserId};

pub(crate) use components::MENU;
pub use menu::{COMMAND, choices, command, same_command, spelled};
pub(crate) use menu::{argument, meant_by};
pub(crate) use modal::{ABOUT, ORDER, PERSON, PRIORITY, REPORT, TEAM, WORD, WORDS};
pub use modal::{form, order_form, report_form};

use markup::{Markup, length};

/// The longest content of a message, in UTF-16 units as it is sent.
pub const CONTENT_LIMIT: usize = 2_000;
/// The longest title of an embed.
pub const TITLE_LIMIT: usize = 256;
/// The longest description of an embed.
pub const DESCRIPTION_LIMIT: usize = 4_096;
/// How many rows a message has.
pub const ROWS_LIMIT: usize = 5;
/// How many buttons stand in a row.
pub const ROW_LIMIT: usize = 5;
/// How much can be chosen from in one menu.
pub const OPTIONS_LIMIT: usize = 25;
/// The longest label of a button.
pub const LABEL_LIMIT: usize = 80;
/// The longest label of what can be chosen.
pub const OPTION_LIMIT: usize = 100;
/// How many people one message tells; Discord takes a hundred.
pub const MENTION_LIMIT: usize = 50;

/// A message as Discord is given it.
#[derive(Debug, Clone, Serialize)]
pub struct Drawing {
    content: String,
    embed: Option<CreateEmbed>,
    rows: Vec<CreateActionRow>,
    told: Vec<u64>,
    told_roles: Vec<u64>,
}

impl Drawing {
    /// Returns it as a new message.
    pub fn create(&self) -> CreateMessage {
        let message = CreateMessage::new()
            .content(&self.content)
            .components(self.rows.clone())
            .allowed_mentions(self.allowed());
        match &self.embed {
            Some(embed) => message.embed(embed.clone()),
            None => message,
        }
    }

    /// Returns it as a change of a message: whatever it has not, the message has no more.
    pub fn edit(&self) -> EditMessage {
        EditMessage::new()
            .content(&self.content)
            .embeds(self.embed.iter().cloned().collect())
            .components(self.rows.clone())
            .allowed_mentions(self.allowed())
    }

    fn allowed(&self) -> CreateAllowedMentions {
        CreateAllowedMentions::new()
            .users(self.told.iter().copied().map(UserId::new))
            .roles(self.told_roles.iter().copied().map(RoleId::new))
            .replied_user(false)
    }

    /// Returns it as JSON, for what there is no builder for.
    pub(crate) fn to_json(&self) -> Value {
        serde_json::to_value(self.edit()).unwrap_or_default()
    }
}

/// Draws a card.
pub fn draw(card: &Card) -> Drawing {
    let title: Line = card.title.iter().map(named).collect();
    let plain: Line = title.iter().map(|span| Span::Plain(span.as_plain().to_owned())).collect();
    let fits = line_length(&plain) <= TITLE_LIMIT && !is_blank(&plain);
    // A title that has no room as one is the first paragraph.
    let first = (!fits).then(|| Section { line: title.clone(), elastic: false });
    let sections =
        card.sections.iter().map(|section| Section { line: section.line.clone(), elastic: section.elastic });
    let description = text(first.into_iter().chain(sections).collect(), DESCRIPTION_LIMIT);
    let mut embed = CreateEmbed::new().description(description);
    if fits {
        embed = embed.title(text(vec![Section { line: plain, elastic: false }], TITLE_LIMIT));
    }
    let rows = components::rows(components::keys(&card.buttons, &[]));
    Drawing { content: String::new(), embed: Some(embed), rows, told: Vec::new(), told_roles: Vec::new() }
}

/// Draws a message: as many as its mentions need, at least one. The first one carries the buttons; the others repeat
/// what it says to more people.
pub fn messages(message: &Message) -> Vec<Drawing> {
    let lines = message.lines.as_slice();
    let rows = components::rows(components::keys(&message.buttons, &message.offers));
    let (now, later) = message.mentions.split_at(message.mentions.len().min(MENTION_LIMIT));
    let first = Drawing { rows, ..said(lines, now) };
    let again: Vec<Line> = lines.iter().map(|line| line.iter().map(named).collect()).collect();
    let more = later.chunks(MENTION_LIMIT).map(|mentions| said(&again, mentions));
    std::iter::once(first).chain(more).collect()
}

/// Returns the immediate answer to a press or a command, if there is anything to say.
pub fn answer(reply: &Reply) -> Option<Drawing> {
    if reply.lines.iter().all(is_blank) {
        return None;
    }
    let rows = components::rows(components::keys(&reply.buttons, &[]));
    // Only whoever asked sees it, and nobody is told by it.
    Some(Drawing { rows, told: Vec::new(), ..said(&reply.lines, &[]) })
}

/// Returns what is said with a file, if there is anything to say.
pub fn caption(line: &Line) -> Option<Drawing> {
    (!is_blank(line)).then(|| said(std::slice::from_ref(line), &[]))
}

fn is_blank(line: &Line) -> bool {
    line.iter().all(|span| span.as_plain().trim().is_empty() && !matches!(span, Span::Mention(_)))
}

fn named(span: &Span) -> Span {
    match span {
        Span::Mention(mention) => Span::Plain(markup::shown(mention)),
        Span::Plain(_) | Span::Strong(_) => span.clone(),
    }
}

/// Puts lines into the content with those they are addressed to below, or into an embed if they are too long for it.
fn said(lines: &[Line], mentions: &[Mention]) -> Drawing {
    let mut told: Vec<u64> = Vec::new();
    let within = lines.iter().flatten().filter_map(|span| match span {
        Span::Mention(mention) => markup::account(mention),
        Span::Plain(_) | Span::Strong(_) => None,
    });
    let below = mentions.iter().filter_map(markup::account);
    for user in within.take(MENTION_LIMIT).chain(below) {
        if !told.contains(&user) {
            told.push(user);
        }
    }
    let mut paragraphs: Vec<Section> =
        lines.iter().map(|line| Section { line: line.clone(), elastic: true }).collect();
    let addressed = (!mentions.is_empty()).then(|| Section { line: addressed(mentions), elastic: false });
    let whole = whole_length(lines.iter()) + addressed.as_ref().map_or(0, |one| line_length(&one.line) + 1);
    let told_roles: Vec<u64> = mentions.iter().filter_map(markup::role).collect();
    let nothing = Drawing { content: String::new(), embed: None, rows: Vec::new(), told, told_roles };
    if whole <= CONTENT_LIMIT {
        paragraphs.extend(addressed);
        return Drawing { content: text(paragraphs, CONTENT_LIMIT), ..nothing };
    }
    let embed = CreateEmbed::new().description(text(paragraphs, DESCRIPTION_LIMIT));
    let roles = nothing.told_roles.iter().map(|role| format!("<@&{role}>"));
    let everybody: Vec<String> = roles.chain(nothing.told.iter().map(|user| format!("<@{user}>"))).collect();
    let unknown = mentions.iter().filter(|mention| markup::account(mention).is_none());
    let unknown = unknown.filter(|mention| markup::role(mention).is_none()).cloned();
    let unknown = addressed_to(unknown.collect());
    let names = text(vec![Section { line: unknown, elastic: true }], CONTENT_LIMIT / 4);
    let content =
        if names == NOTHING { everybody.join(", ") } else { [everybody.join(", "), names].join(" ") };
    Drawing { content: content.trim().to_owned(), embed: Some(embed), ..nothing }
}

fn addressed(mentions: &[Mention]) -> Line {
    addressed_to(mentions.to_vec())
}

fn addressed_to(mentions: Vec<Mention>) -> Line {
    let count = mentions.len();
    let comma = Span::Plain(", ".to_owned());
    let mut line: Line =
        mentions.into_iter().flat_map(|mention| [Span::Mention(mention), comma.clone()]).collect();
    line.truncate((2 * count).saturating_sub(1));
    line
}

/// What is shown where there is nothing to show; Discord refuses empty texts.
const NOTHING: &str = "…";

fn line_length(line: &Line) -> usize {
    line.iter().map(length).sum()
}

/// Counts lines with the line breaks between them.
fn whole_length<'a>(lines: impl Iterator<Item = &'a Line>) -> usize {
    let (count, sum) = lines.fold((0, 0), |(count, sum), line| (count + 1, sum + line_length(line)));
    sum + usize::saturating_sub(count, 1)
}

fn text(paragraphs: Vec<Section>, limit: usize) -> String {
    let mut markup = Markup::default();
    for (index, line) in fitted(paragraphs, limit).iter().enumerate() {
        if index > 0 {
            markup.end_line();
        }
        markup.line(line);
    }
    let text = markup.into_text();
    if text.trim().is_empty() { NOTHING.to_owned() } else { text }
}

/// Makes paragraphs fit. Where a paragraph is cut, what is left of it has backslashes that no cut counts, so it is tried
/// with less room until they fit too.
fn fitted(paragraphs: Vec<Section>, limit: usize) -> Vec<Line> {
    let mut room = limit;
    loop {
        let lines = fit(paragraphs.clone(), room, length);
        let over = whole_length(lines.iter()).saturating_sub(limit);
        if over == 0 || room == 0 {
            return lines;
        }
        room = room.saturating_sub(over);
    }
}
