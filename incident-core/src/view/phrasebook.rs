//! The one catalogue of words. Each language is a [Fluent](https://projectfluent.org) file, because plurals and
//! word order differ; each phrase is a variant here, because a misspelt key should not compile.
//!
//! Arguments never pass through the formatter: it sets numbered marks, and the marks are replaced by typed
//! pieces of text afterwards. What a person wrote can therefore neither format nor become markup.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use super::sayings::{OwnPhrases, titled};
use super::{CommandWord, Line, Phrase, Span};
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

/// Spells a command as it is typed on a platform, such as `/status` or `/incident status`.
pub type Spell = fn(CommandWord) -> String;

/// Commands that phrases speak of, each by the name that it has in them.
type Spoken = [(&'static str, String); 3];

fn spoken(spell: Spell) -> Arc<Spoken> {
    Arc::new([
        ("command_new_issue", spell(CommandWord::NewIssue)),
        ("command_settings", spell(CommandWord::Settings)),
        ("command_teams", spell(CommandWord::Teams)),
    ])
}

type Words = Arc<FluentBundle<FluentResource>>;

/// The words of one language, or of a group that speaks it.
#[derive(Clone)]
pub struct Locale {
    tag: LanguageIdentifier,
    /// How commands are typed.
    spell: Spell,
    /// Those that phrases speak of, typed so.
    commands: Arc<Spoken>,
    words: Words,
    /// What is said where these words are missing: rather English than a key.
    fallback: Words,
    /// What a group says in words of its own.
    own: OwnPhrases,
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
const SOURCES: [(&str, &str); 4] = [
    (ENGLISH, include_str!("../../locales/en.ftl")),
    ("es", include_str!("../../locales/es.ftl")),
    ("nl", include_str!("../../locales/nl.ftl")),
    ("ru", include_str!("../../locales/ru.ftl")),
];
const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

impl Phrasebook {
    /// Opens the languages that come with the crate.
    pub fn new() -> Self {
        Self::of(&SOURCES)
    }

    fn of(sources: &[(&str, &str)]) -> Self {
        let opened: Vec<(&str, Words)> =
            sources.iter().map(|(tag, source)| (*tag, Arc::new(opened(tag, source)))).collect();
        let english = opened.iter().find(|(tag, _)| *tag == ENGLISH);
        let (_, english) = english.expect("English comes with the crate");
        let commands = spoken(slashed);
        let locale = |tag: &str, words: &Words| {
            let (words, fallback) = (Arc::clone(words), Arc::clone(english));
            let tag = tag.parse().expect("the tags of the catalogue are valid");
            Locale {
                tag,
                spell: slashed,
                commands: Arc::clone(&commands),
                words,
                fallback,
                own: OwnPhrases::default(),
            }
        };
        Self { locales: opened.iter().map(|(tag, words)| ((*tag).to_owned(), locale(tag, words))).collect() }
    }

    /// Returns the same languages for a platform where commands are spelled otherwise: `/incident status`. They share
    /// their words.
    #[must_use]
    pub fn spelled(&self, spell: Spell) -> Self {
        let commands = spoken(spell);
        let spelled = |locale: &Locale| Locale { spell, commands: Arc::clone(&commands), ..locale.clone() };
        let locales = self.locales.iter().map(|(tag, locale)| (tag.clone(), spelled(locale)));
        Self { locales: locales.collect() }
    }

    /// Returns a language by its BCP 47 tag, without its region if need be; else English.
    pub fn locale(&self, tag: Option<&str>) -> &Locale {
        let language = tag.map(|tag| tag.split(['-', '_']).next().unwrap_or(tag).to_lowercase());
        language
            .and_then(|language| self.locales.get(&language))
            .unwrap_or_else(|| self.locales.get(ENGLISH).expect("English comes with the crate"))
    }

    /// Finds a language that there are words for, by its tag without a region; case does not matter.
    pub fn find(&self, tag: &str) -> Option<&str> {
        let tag = tag.to_lowercase();
        self.locales.get_key_value(&tag).map(|(tag, _)| tag.as_str())
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

fn slashed(word: CommandWord) -> String {
    format!("/{}", word.word())
}

fn opened(tag: &str, source: &str) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = tag.parse().expect("the tags of the catalogue are valid");
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Isolation marks would count against message limits; deceptive characters are made visible instead.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(source.to_owned()).expect("the catalogue is valid Fluent");
    bundle.add_resource(resource).expect("the catalogue has no key twice");
    bundle
}

impl Locale {
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
        for (name, command) in &*self.commands {
            fluent.set(*name, command.as_str());
        }
        let said = [&self.words, &self.fallback].into_iter().find_map(|words| {
            let pattern = words.get_message(phrase.key())?.value()?;
            Some(words.format_pattern(pattern, Some(&fluent), &mut Vec::new()))
        });
        match (said, self.own.get(&phrase)) {
            (said, Some(own)) => {
                // A phrase that speaks of nothing is said wholly in other words.
                let title = said.filter(|_| !args.is_empty()).and_then(|said| titled(&said, own));
                fill(title.as_deref().unwrap_or(own), args)
            }
            (Some(text), None) => fill(&text, args),
            (None, None) => vec![Span::Plain(phrase.key().to_owned())],
        }
    }

    pub(super) fn saying(&self, own: OwnPhrases) -> Self {
        Self { own, ..self.clone() }
    }

    /// Returns a command as it is typed.
    pub fn command(&self, word: CommandWord) -> String {
        (self.spell)(word)
    }

    /// Returns the language, as a BCP 47 tag.
    pub fn tag(&self) -> &str {
        self.tag.language.as_str()
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
    use super::*;

    #[test]
    fn what_a_language_lacks_is_said_in_english_with_english_plurals() {
        let english = "done-roster = Done.\nrefused-too-many = { $count ->\n [one] one\n *[other] more\n}";
        let book = Phrasebook::of(&[("en", english), ("ru", "done-roster = Готово.")]);
        let russian = book.locale(Some("ru"));
        let more = |count: u64| plain(&russian.line(Phrase::RefusedTooMany, &[("count", count.into())]));
        assert_eq!(russian.text(Phrase::DoneRoster), "Готово.");
        assert_eq!((more(1), more(21)), ("one".to_owned(), "more".to_owned()));
        assert_eq!(russian.text(Phrase::DoneOther), "done-other", "what nobody can say keeps its name");
    }

    #[test]
    fn an_unknown_language_is_english_and_a_region_does_not_matter() {
        let book = Phrasebook::new();
        let said = |tag: Option<&str>| book.locale(tag).text(Phrase::DoneRoster);
        for english in [None, Some(""), Some("tlh"), Some("-"), Some("es5"), Some("en-GB")] {
            assert_eq!(said(english), "Done.", "{english:?}");
        }
        for spanish in ["es", "ES", "es-419", "es_MX"] {
            assert_eq!(said(Some(spanish)), "Hecho.", "{spanish}");
        }
        assert_eq!((book.find("NL"), book.find("nl-BE"), book.find("")), (Some("nl"), None, None));
    }

    #[test]
    fn commands_are_spelled_as_the_platform_has_them() {
        let book = Phrasebook::new().spelled(|word| format!("/incident {}", word.word()));
        for tag in ["en", "es", "nl", "ru"] {
            let locale = book.locale(Some(tag));
            let said = locale.text(Phrase::SettingsIntro) + &CommandWord::Status.usage(locale);
            assert_eq!(said.matches("/incident settings").count(), 3, "{said}");
            assert!(said.contains("/incident status ["), "{said}");
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
