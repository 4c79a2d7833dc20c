//! The catalogues against each other: every language says everything, of the same things, in its own plurals, and in no
//! more room than there is. A failure lists the keys to add, remove or mend.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, VariantKey};
use fluent_syntax::parser;
use incident_core::view::{Arg, CommandWord, Line, Locale, Phrase, Phrasebook, Span};

const CATALOGUES: [(&str, &str); 4] = [
    ("en", include_str!("../locales/en.ftl")),
    ("es", include_str!("../locales/es.ftl")),
    ("nl", include_str!("../locales/nl.ftl")),
    ("ru", include_str!("../locales/ru.ftl")),
];

/// Numbers that reach every plural of every language there is.
const NUMBERS: [u64; 14] = [0, 1, 2, 3, 4, 5, 11, 12, 20, 21, 22, 25, 100, 1_000_000];

/// What a phrase is made of: what it speaks of, and the choices it makes.
#[derive(Debug, Default, PartialEq, Eq)]
struct Makeup {
    variables: BTreeSet<String>,
    selectors: BTreeSet<String>,
    cases: Vec<BTreeSet<String>>,
    oddities: Vec<String>,
}

type Catalogue = BTreeMap<String, Makeup>;

fn read(source: &str) -> Catalogue {
    let resource = parser::parse(source).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let messages = resource.body.iter().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name.to_owned(), makeup(message))),
        Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => None,
        Entry::Term(term) => Some((format!("-{}", term.id.name), Makeup::default())),
        Entry::Junk { content } => panic!("not Fluent: {content}"),
    });
    messages.collect()
}

fn makeup(message: &Message<&str>) -> Makeup {
    let mut found = Makeup::default();
    found
        .oddities
        .extend(message.attributes.iter().map(|attribute| format!("attribute {}", attribute.id.name)));
    match &message.value {
        Some(pattern) => look(pattern, &mut found),
        None => found.oddities.push("no words".to_owned()),
    }
    found
}

fn look(pattern: &Pattern<&str>, found: &mut Makeup) {
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => choose(expression, found),
        }
    }
}

fn choose(expression: &Expression<&str>, found: &mut Makeup) {
    match expression {
        Expression::Inline(inline) => speak(inline, found),
        Expression::Select { selector, variants } => {
            let InlineExpression::VariableReference { id } = selector else {
                return found.oddities.push(format!("chooses by {selector:?}"));
            };
            found.selectors.insert(id.name.to_owned());
            found.cases.push(variants.iter().map(|variant| name(&variant.key).to_owned()).collect());
            let fallback =
                variants.iter().filter(|variant| variant.default).map(|variant| name(&variant.key));
            if fallback.collect::<Vec<_>>() != ["other"] {
                found.oddities.push("the case for all others is not other".to_owned());
            }
            variants.iter().for_each(|variant| look(&variant.value, found));
        }
    }
}

fn name<'a>(key: &VariantKey<&'a str>) -> &'a str {
    match key {
        VariantKey::Identifier { name } => name,
        VariantKey::NumberLiteral { value } => value,
    }
}

fn speak(inline: &InlineExpression<&str>, found: &mut Makeup) {
    if let InlineExpression::VariableReference { id } = inline {
        found.variables.insert(id.name.to_owned());
    } else {
        found.oddities.push(format!("{inline:?}"));
    }
}

/// The plurals of whole numbers in a language, as Fluent itself knows them, and `other`, which it demands.
fn plurals(tag: &str) -> BTreeSet<String> {
    let probe =
        "probe = { $n ->\n [zero] zero\n [one] one\n [two] two\n [few] few\n [many] many\n *[other] other\n}";
    let mut bundle = FluentBundle::new(vec![tag.parse().expect("it is a tag")]);
    bundle
        .add_resource(FluentResource::try_new(probe.to_owned()).expect("it is Fluent"))
        .expect("it is alone");
    let pattern = bundle.get_message("probe").and_then(|message| message.value()).expect("it is there");
    let said = |number: u64| {
        let mut args = FluentArgs::new();
        args.set("n", number);
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    };
    NUMBERS.into_iter().chain(0..200).map(said).chain(["other".to_owned()]).collect()
}

#[track_caller]
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn words(line: &Line) -> String {
    line.iter().map(Span::as_plain).collect()
}

#[test]
fn every_file_of_words_is_a_language_of_the_phrasebook() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales");
    let files = fs::read_dir(directory).expect("there are catalogues");
    let files: BTreeSet<String> =
        files.map(|file| file.expect("it is there").file_name().to_string_lossy().into_owned()).collect();
    let known: BTreeSet<String> = CATALOGUES.iter().map(|(tag, _)| format!("{tag}.ftl")).collect();
    let book = Phrasebook::new();
    assert_eq!(files, known);
    assert_eq!(book.locales().map(|(tag, _)| tag).collect::<Vec<_>>(), CATALOGUES.map(|(tag, _)| tag));
    let offered = book.locale(None).text(Phrase::ArgumentsLanguage);
    assert_eq!(offered.split('|').collect::<Vec<_>>(), CATALOGUES.map(|(tag, _)| tag));
}

#[test]
fn every_language_says_every_phrase_and_nothing_else() {
    let known: BTreeSet<String> = Phrase::ALL.iter().map(|phrase| phrase.key().to_owned()).collect();
    let mut faults = Vec::new();
    for (tag, source) in CATALOGUES {
        let there: BTreeSet<String> = read(source).into_keys().collect();
        faults.extend(known.difference(&there).map(|key| format!("{tag}.ftl lacks {key}")));
        faults.extend(there.difference(&known).map(|key| format!("{tag}.ftl has {key}, which nobody says")));
    }
    none(&faults);
}

#[test]
fn a_phrase_speaks_of_the_same_things_in_every_language() {
    let english = read(CATALOGUES[0].1);
    let mut faults = Vec::new();
    for (tag, source) in CATALOGUES {
        let plurals = plurals(tag);
        for (key, found) in read(source) {
            let model = &english[&key];
            if found.variables != model.variables {
                faults
                    .push(format!("{tag}: {key} speaks of {:?}, not {:?}", found.variables, model.variables));
            }
            if found.selectors != model.selectors {
                faults.push(format!(
                    "{tag}: {key} chooses by {:?}, not {:?}",
                    found.selectors, model.selectors
                ));
            }
            let wrong = found.cases.iter().filter(|cases| **cases != plurals);
            faults
                .extend(wrong.map(|cases| format!("{tag}: {key} has the cases {cases:?}, not {plurals:?}")));
            faults.extend(found.oddities.iter().map(|oddity| format!("{tag}: {key}: {oddity}")));
        }
    }
    none(&faults);
}

#[test]
fn whatever_the_number_no_case_forgets_what_the_phrase_speaks_of() {
    let (book, english) = (Phrasebook::new(), read(CATALOGUES[0].1));
    let mut faults = Vec::new();
    for (tag, locale) in book.locales() {
        for (phrase, number) in Phrase::ALL.iter().flat_map(|phrase| NUMBERS.map(|number| (phrase, number))) {
            let makeup = &english[phrase.key()];
            let value = |name: &str| match makeup.selectors.contains(name) {
                true => Arg::Number(number),
                false => Arg::from(format!("<{name}>")),
            };
            let shown = |name: &String| match makeup.selectors.contains(name) {
                true => number.to_string(),
                // Every phrase knows how commands are spelled.
                false if name.starts_with("command_") => name.replace("command_", "/"),
                false => format!("<{name}>"),
            };
            let args: Vec<(&str, Arg)> =
                makeup.variables.iter().map(|name| (name.as_str(), value(name))).collect();
            let said = words(&locale.line(*phrase, &args));
            let lost = makeup.variables.iter().filter(|name| !said.contains(&shown(name)));
            faults.extend(lost.map(|name| format!("{tag}: {} loses {name} in {said:?}", phrase.key())));
        }
    }
    none(&faults);
}

#[test]
fn plurals_are_those_of_the_language() {
    let minutes = |tag: &str, minutes: u64| {
        let book = Phrasebook::new();
        let number = ("number", Arg::from("X"));
        words(&book.locale(Some(tag)).line(Phrase::NoticeUnrouted, &[number, ("minutes", minutes.into())]))
    };
    assert_eq!(minutes("en", 1), "🔔 X has been waiting for a team for 1 minute.");
    assert_eq!(minutes("en", 21), "🔔 X has been waiting for a team for 21 minutes.");
    assert_eq!(minutes("es", 1), "🔔 X lleva 1 minuto sin equipo.");
    assert_eq!(minutes("es", 21), "🔔 X lleva 21 minutos sin equipo.");
    assert_eq!(minutes("nl", 1), "🔔 X wacht al 1 minuut op een team.");
    assert_eq!(minutes("nl", 21), "🔔 X wacht al 21 minuten op een team.");
    for (number, word) in
        [(1, "минуту"), (2, "минуты"), (5, "минут"), (11, "минут"), (21, "минуту"), (24, "минуты")]
    {
        assert_eq!(minutes("ru", number), format!("🔔 X ждёт выбора команды уже {number} {word}."));
    }
}

/// The longest that a phrase can get of what is put into it.
fn longest(locale: &Locale, phrase: Phrase) -> String {
    let long = |phrases: Vec<String>| phrases.into_iter().max_by_key(|text| text.chars().count());
    let starting = |start: &str| {
        let those = Phrase::ALL.iter().filter(|phrase| phrase.key().starts_with(start));
        long(those.map(|phrase| locale.text(*phrase)).collect()).expect("there is one")
    };
    let usage = long(CommandWord::ALL.map(|word| word.usage(locale)).to_vec()).expect("there is one");
    let args: Vec<(&str, Arg)> = vec![
        ("number", Arg::from("TKT-2026-100000")),
        ("person", Arg::from("Ж".repeat(48))),
        ("people", Arg::from(format!("@{}", "w".repeat(32)).repeat(8))),
        ("text", Arg::from("Ж".repeat(64))),
        ("team", Arg::from("Ж".repeat(64))),
        ("tags", Arg::from("Ж".repeat(64))),
        ("status", Arg::from(starting("status-closed"))),
        ("reason", Arg::from(starting("status-closed"))),
        ("priority", Arg::from(starting("priority"))),
        ("what", Arg::from(starting("command"))),
        ("usage", Arg::from(usage)),
        ("at", Arg::from("2026-03-01 12:00")),
        ("count", Arg::Number(3_000)),
        ("minutes", Arg::Number(1_440)),
        ("seconds", Arg::Number(86_400)),
        ("level", Arg::Number(9)),
    ];
    words(&locale.line(phrase, &args))
}

#[test]
fn every_phrase_of_every_language_has_room_where_it_is_shown() {
    let book = Phrasebook::new();
    let mut faults = Vec::new();
    for (tag, locale) in book.locales() {
        for phrase in Phrase::ALL {
            // In UTF-16 units, as the strictest platform counts: two buttons share the width of a phone, an answer to a
            // press has 200, and the menu's descriptions have 256.
            let room = match phrase.key().split('-').next() {
                Some("button") => 24,
                Some("done" | "refused") => 200,
                Some("command") => 256,
                _ => 1_024,
            };
            let said = longest(locale, *phrase);
            let size = said.encode_utf16().count();
            if size > room || said.trim() != said || said.is_empty() {
                faults.push(format!("{tag}: {} takes {size} of {room}: {said:?}", phrase.key()));
            }
        }
        let help: usize =
            CommandWord::help(locale).iter().map(|line| words(line).encode_utf16().count() + 1).sum();
        assert!(help <= 4_096, "{tag}: the help takes {help}");
    }
    none(&faults);
}
