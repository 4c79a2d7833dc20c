//! Slack's markup, read: what people see of it, and whom it names.

use incident_core::desk::Named;
use incident_core::ids::{Circle, Platform};

use super::person;

/// A piece of what somebody wrote.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Words(&'a str),
    /// Somebody's account, with the name that Slack put beside it.
    Account(&'a str, Option<&'a str>),
    /// What else stands in angle brackets.
    Link(&'a str, Option<&'a str>),
}

/// Returns a text as people read it.
pub(super) fn readable(markup: &str) -> String {
    let mut read = String::new();
    for piece in pieces(markup) {
        match piece {
            Piece::Words(words) => read.push_str(&unescaped(words)),
            Piece::Account(user, name) => {
                read.push('@');
                read.push_str(&unescaped(name.unwrap_or(user)));
            }
            Piece::Link(target, label) => read.push_str(&unescaped(&linked(target, label))),
        }
    }
    read.trim().to_owned()
}

/// Lists the words of a text, separated by white space or commas; an account stands for the words that name it.
pub(super) fn named(markup: &str) -> Vec<Named> {
    let mut named = Vec::new();
    for piece in pieces(markup) {
        match piece {
            Piece::Words(words) => {
                let words =
                    words.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty());
                named.extend(words.map(|word| Named::Word(unescaped(word))));
            }
            Piece::Account(user, name) => named.push(Named::Account(person(user, name))),
            Piece::Link(target, label) => {
                let word = || Named::Word(unescaped(&linked(target, label)));
                named.push(user_group(target, label).map_or_else(word, Named::Circle));
            }
        }
    }
    named
}

/// Reads a user group that is named.
fn user_group(target: &str, label: Option<&str>) -> Option<Circle> {
    let id = target.strip_prefix("!subteam^")?;
    Circle::new(Platform::Slack, id, &unescaped(label.unwrap_or_default())).ok()
}

/// What people see of what stands in angle brackets: a channel, a group, a call to all, an address.
fn linked(target: &str, label: Option<&str>) -> String {
    let name = label.unwrap_or_default();
    match target.split_at_checked(1) {
        Some(("#", channel)) => format!("#{}", if name.is_empty() { channel } else { name }),
        Some(("!", _)) if name.starts_with(['@', '#']) => name.to_owned(),
        Some(("!", special)) => {
            let word = special.split('^').next().unwrap_or_default();
            if name.is_empty() { format!("@{word}") } else { name.to_owned() }
        }
        // An address that is shown as itself, or nearly, is one; one that is shown as something else is both.
        _ if name.is_empty() || target.ends_with(name) => target.trim_start_matches("mailto:").to_owned(),
        _ => format!("{name} ({target})"),
    }
}

fn pieces(markup: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = markup;
    while let Some((before, after)) = rest.split_once('<') {
        pieces.push(Piece::Words(before));
        let Some((inside, left)) = after.split_once('>') else {
            pieces.push(Piece::Words(&rest[before.len()..]));
            return pieces;
        };
        pieces.push(bracketed(inside));
        rest = left;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

fn bracketed(inside: &str) -> Piece<'_> {
    let (target, label) = match inside.split_once('|') {
        Some((target, label)) => (target, Some(label).filter(|label| !label.is_empty())),
        None => (inside, None),
    };
    match target.strip_prefix('@') {
        Some(user) => Piece::Account(user, label),
        None => Piece::Link(target, label),
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_reads_as_people_see_it() {
        let read = [
            ("flat &amp; &lt;b&gt; tyre", "flat & <b> tyre"),
            ("&amp;lt; stays", "&lt; stays"),
            ("<@U1|ann> and <@U2>", "@ann and @U2"),
            ("see <#C1|general> or <#C2>", "see #general or #C2"),
            ("<!here> <!subteam^S1|@ops> <!subteam^S2>", "@here @ops @subteam"),
            ("<https://a.example/x> <https://a.example|a.example>", "https://a.example/x https://a.example"),
            ("<https://a.example|click>", "click (https://a.example)"),
            ("<mailto:ann@a.example|ann@a.example>", "ann@a.example"),
            ("1 < 2", "1 < 2"),
            ("a <", "a <"),
            ("", ""),
        ];
        for (markup, expected) in read {
            assert_eq!(readable(markup), expected, "{markup}");
        }
    }

    #[test]
    fn accounts_stand_for_the_words_that_name_them() {
        let word = |text: &str| Named::Word(text.to_owned());
        let expected = [
            Named::Account(person("U1", Some("ann"))),
            word("@bob"),
            word("3"),
            Named::Account(person("U2", None)),
            word("x&y"),
            Named::Circle(Circle::new(Platform::Slack, "S1", "ops").expect("it is one")),
            Named::Circle(Circle::new(Platform::Slack, "S2", "").expect("it is one")),
            word("@here"),
        ];
        assert_eq!(
            named("<@U1|ann>, @bob 3 <@U2>x&amp;y <!subteam^S1|@ops> <!subteam^S2> <!here>"),
            expected
        );
        assert_eq!(named(" , "), []);
    }
}
