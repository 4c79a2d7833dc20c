//! The one catalogue of words. Each language is a [Fluent](https://projectfluent.org) file, because plurals and
//! word order differ; each phrase is a variant here, because a misspelt key should not compile.
//!
//! Arguments never pass through the formatter: it sets numbered marks, and the marks are replaced by typed
//! pieces of text afterwards. What a person wrote can therefore neither format nor become markup.

use std::collections::BTreeMap;
use std::fmt;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::{Line, Phrase, Span};
use crate::text::{shortened, visible};

/// Something that a phrase speaks of.
#[derive(Debug, Clone)]
pub enum Arg {
    /// A number, which may decide between singular and plural.
    Number(u64),
    /// What somebody wrote; deceptive characters are made visible.
    Text(String),
    /// Pieces of text that are made already.
    Line(Line),
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Line> for Arg {
    fn from(line: Line) -> Self {
        Self::Line(line)
    }
}

impl From<Span> for Arg {
    fn from(span: Span) -> Self {
        Self::Line(vec![span])
    }
}

impl From<u64> for Arg {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

/// The words of one language.
pub struct Locale {
    tag: LanguageIdentifier,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Locale").field("tag", &self.tag.to_string()).finish_non_exhaustive()
    }
}

/// All languages.
#[derive(Debug)]
pub struct Phrasebook {
    locales: BTreeMap<String, Locale>,
}

/// How much of a name is shown, in characters: platforms allow names that fill a screen.
const MOST_OF_A_NAME: usize = 48;

const ENGLISH: &str = "en";
const SOURCES: [(&str, &str); 1] = [(ENGLISH, include_str!("../../locales/en.ftl"))];
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

impl Phrasebook {
    /// Opens the languages that come with the crate.
    pub fn new() -> Self {
        let locales = SOURCES.iter().map(|(tag, source)| ((*tag).to_owned(), Locale::new(tag, source)));
        Self { locales: locales.collect() }
    }

    /// Returns a language by its BCP 47 tag, without its region if need be; else English.
    pub fn locale(&self, tag: Option<&str>) -> &Locale {
        let language = tag.map(|tag| tag.split(['-', '_']).next().unwrap_or(tag).to_lowercase());
        language
            .and_then(|language| self.locales.get(&language))
            .unwrap_or_else(|| self.locales.get(ENGLISH).expect("English comes with the crate"))
    }

    /// Lists the languages by tag.
    pub fn locales(&self) -> impl Iterator<Item = (&str, &Locale)> {
        self.locales.iter().map(|(tag, locale)| (tag.as_str(), locale))
    }
}

impl Default for Phrasebook {
    fn default() -> Self {
        Self::new()
    }
}

impl Locale {
    fn new(tag: &str, source: &str) -> Self {
        let tag: LanguageIdentifier = tag.parse().expect("the tags of the catalogue are valid");
        let mut bundle = FluentBundle::new_concurrent(vec![tag.clone()]);
        // Isolation marks would count against message limits; deceptive characters are made visible instead.
        bundle.set_use_isolating(false);
        let resource = FluentResource::try_new(source.to_owned()).expect("the catalogue is valid Fluent");
        bundle.add_resource(resource).expect("the catalogue has no key twice");
        Self { tag, bundle }
    }

    /// Returns a phrase, with pieces of text where it speaks of something.
    pub fn line(&self, phrase: Phrase, args: &[(&str, Arg)]) -> Line {
        let mut fluent = FluentArgs::new();
        for (index, (name, arg)) in args.iter().enumerate() {
            let value = match arg {
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Text(_) | Arg::Line(_) => FluentValue::from(format!("{OPEN}{index}{CLOSE}")),
            };
            fluent.set((*name).to_owned(), value);
        }
        let Some(pattern) = self.bundle.get_message(phrase.key()).and_then(|message| message.value()) else {
            return vec![Span::Plain(phrase.key().to_owned())];
        };
        let text = self.bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new());
        fill(&text, args)
    }

    /// Returns a phrase that speaks of nothing, as text.
    pub fn text(&self, phrase: Phrase) -> String {
        plain(&self.line(phrase, &[]))
    }
}

fn fill(text: &str, args: &[(&str, Arg)]) -> Line {
    let mut line = Line::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        push(&mut line, Span::Plain(before.to_owned()));
        let (index, tail) = after.split_once(CLOSE).unwrap_or((after, ""));
        match index.parse::<usize>().ok().and_then(|index| args.get(index)) {
            Some((_, Arg::Text(text))) => push(&mut line, Span::Plain(visible(text))),
            Some((_, Arg::Line(spans))) => spans.iter().for_each(|span| push(&mut line, span.clone())),
            Some((_, Arg::Number(_))) | None => {}
        }
        rest = tail;
    }
    push(&mut line, Span::Plain(rest.to_owned()));
    line
}

fn push(line: &mut Line, span: Span) {
    match (line.last_mut(), span) {
        (_, Span::Plain(text)) if text.is_empty() => {}
        (Some(Span::Plain(last)), Span::Plain(text)) => last.push_str(&text),
        (_, span) => line.push(span),
    }
}

/// Returns a line without emphasis, mentions as names.
pub(super) fn plain(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect()
}

impl Span {
    /// Makes a piece of text of what somebody wrote; deceptive characters are made visible.
    pub fn written(text: &str) -> Self {
        Self::Plain(visible(text))
    }

    /// Returns the piece without emphasis, a mention as handle or name.
    pub fn as_plain(&self) -> String {
        match self {
            Self::Plain(text) | Self::Strong(text) => text.clone(),
            Self::Mention(mention) => mention.shown(),
        }
    }
}

impl super::Mention {
    /// Returns the handle with its `@`, else the name.
    pub fn shown(&self) -> String {
        match &self.handle {
            Some(handle) => format!("@{}", visible(handle.name())),
            None => shortened(&visible(&self.name), MOST_OF_A_NAME),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(locale: &Locale, phrase: Phrase) -> BTreeSet<String> {
        let names = [
            "number", "person", "people", "text", "count", "team", "status", "priority", "tags", "minutes",
            "reason", "usage", "what", "at", "seconds", "level",
        ];
        let args: Vec<(&str, Arg)> = names.iter().map(|name| (*name, Arg::from(*name))).collect();
        let text = plain(&locale.line(phrase, &args));
        names.iter().filter(|name| text.contains(**name)).map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn every_language_has_every_phrase_with_the_same_placeholders() {
        let book = Phrasebook::new();
        let english = book.locale(Some("en"));
        for (tag, locale) in book.locales() {
            for phrase in Phrase::ALL {
                assert!(locale.bundle.has_message(phrase.key()), "{tag} lacks {}", phrase.key());
                assert_eq!(
                    placeholders(locale, *phrase),
                    placeholders(english, *phrase),
                    "{tag}: {}",
                    phrase.key()
                );
            }
        }
    }

    #[test]
    fn no_language_has_a_phrase_that_nobody_says() {
        let known: BTreeSet<&str> = Phrase::ALL.iter().map(|phrase| phrase.key()).collect();
        for (tag, source) in SOURCES {
            let keys = source.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
            let keys = keys.filter(|key| !key.starts_with(['#', ' ', '[']));
            for key in keys {
                assert!(known.contains(key), "{tag}: {key}");
            }
        }
    }

    #[test]
    fn what_people_write_stays_text() {
        let book = Phrasebook::new();
        let line = book
            .locale(None)
            .line(Phrase::CardIssue, &[("text", Arg::from("{ $number } \u{E000}0\u{E001}"))]);
        assert_eq!(plain(&line), "Issue: { $number } ⟨U+E000⟩0⟨U+E001⟩");
    }

    #[test]
    fn numbers_choose_singular_and_plural() {
        let book = Phrasebook::new();
        let said = |minutes: u64| {
            let number = ("number", Arg::from("TKT-2026-0001"));
            plain(
                &book
                    .locale(Some("en-GB"))
                    .line(Phrase::NoticeUnclaimed, &[number, ("minutes", minutes.into())]),
            )
        };
        assert_eq!(said(1), "🔔 TKT-2026-0001 has been unclaimed for 1 minute. Please review.");
        assert_eq!(said(10), "🔔 TKT-2026-0001 has been unclaimed for 10 minutes. Please review.");
    }
}
