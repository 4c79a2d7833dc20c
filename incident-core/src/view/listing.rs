//! Lists in words: a line for each incident or file, as much of it as a screen has room for.

use super::card::{priority, status};
use super::history::{actor, one_line};
use super::{About, Arg, Line, Locale, Message, Phrase, Span};
use crate::figures::Zone;
use crate::ids::Number;
use crate::incident::{Attachment, Event, Fact, Priority};
use crate::ports::Filed;

/// How much of a description a list shows, in characters.
const MOST_OF_A_DESCRIPTION: usize = 60;

pub(super) fn listed(about: &About<'_>, (filed, more): (&[Filed], u64), mine: bool) -> Vec<Line> {
    if filed.is_empty() {
        let nothing = if mine { Phrase::ListEmptyMine } else { Phrase::ListEmpty };
        return vec![about.phrase(nothing, &[])];
    }
    let mut lines: Vec<Line> = filed.iter().map(|filed| line(about, filed)).collect();
    if more > 0 {
        lines.push(about.phrase(Phrase::ListMore, &[("count", more.into())]));
    }
    lines
}

fn line(about: &About<'_>, filed: &Filed) -> Line {
    let incident = &filed.incident;
    let args = [
        ("number", Arg::from(filed.number.to_string())),
        ("status", about.locale.text(status(incident)).into()),
        ("priority", about.locale.text(priority(incident.priority)).into()),
        ("text", one_line(incident.description.as_str(), MOST_OF_A_DESCRIPTION).into()),
    ];
    let phrase = match incident.priority {
        Priority::Low | Priority::Normal => Phrase::ListLine,
        Priority::High | Priority::Urgent => Phrase::ListLinePriority,
    };
    about.locale.line(phrase, &args)
}

pub(super) fn files(
    about: &About<'_>,
    (files, sent): (&[Event], bool),
    (more, zone): (u64, &Zone),
) -> Vec<Line> {
    if files.is_empty() {
        return vec![about.phrase(Phrase::FilesNone, &[])];
    }
    let mut lines = vec![about.phrase(if sent { Phrase::FilesIntro } else { Phrase::FilesThere }, &[])];
    if more > 0 {
        lines.push(about.phrase(Phrase::FilesMore, &[("count", more.into())]));
    }
    lines.extend(files.iter().filter_map(|event| {
        let Fact::AttachmentAdded { attachment } = &event.fact else { return None };
        let args = [
            ("at", Arg::from(zone.written(event.at))),
            ("person", actor(about, event.by).into()),
            ("text", file(about, attachment).into()),
        ];
        Some(about.phrase(Phrase::FilesLine, &args))
    }));
    lines
}

/// What is said with a file that is shown again.
pub fn file_shown(locale: &Locale, number: Number, attachment: &Attachment) -> Line {
    let args = [("number", Arg::from(number.to_string())), ("text", named(attachment).into())];
    locale.line(Phrase::FilesCaption, &args)
}

/// Says that a file cannot be shown again.
pub fn file_gone(locale: &Locale, number: Number, attachment: &Attachment) -> Message {
    about_file(locale, Phrase::FilesGone, number, attachment)
}

/// Says in the log that a file is too large for it, and stays in the room.
pub fn file_left(locale: &Locale, number: Number, attachment: &Attachment) -> Message {
    about_file(locale, Phrase::FilesLeft, number, attachment)
}

fn about_file(locale: &Locale, phrase: Phrase, number: Number, attachment: &Attachment) -> Message {
    let args = [("number", Arg::from(number.to_string())), ("text", named(attachment).into())];
    let lines = vec![locale.line(phrase, &args)];
    Message { lines, mentions: Vec::new(), buttons: Vec::new(), offers: Vec::new(), asks: false }
}

fn named(attachment: &Attachment) -> String {
    let name = attachment.name.as_ref().unwrap_or(&attachment.kind);
    one_line(name.as_str(), MOST_OF_A_DESCRIPTION)
}

/// A file by its name, else by its kind, with its size.
pub(super) fn file(about: &About<'_>, attachment: &Attachment) -> Line {
    let name = named(attachment);
    match attachment.size {
        Some(size) => {
            let count = Arg::from(size.div_ceil(1_000));
            about.locale.line(Phrase::FilesSize, &[("text", name.into()), ("count", count)])
        }
        None => vec![Span::written(&name)],
    }
}
