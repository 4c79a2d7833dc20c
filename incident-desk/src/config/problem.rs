//! What can be wrong with a configuration, said in a way that lets the reader fix it at once.

use std::{fmt, path::PathBuf};

use super::keys::{Exposure, Key};

/// Says where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The command line.
    CommandLine,
    /// The process environment.
    Environment,
    /// A file: the `.env` file or the TOML file.
    File(PathBuf),
    /// Nobody set it.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("command line"),
            Self::Environment => f.write_str("environment"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// Describes one thing that is wrong: the key, where it was set, what is wrong with it and what is allowed.
///
/// Its text never holds the value of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    subject: String,
    origin: Option<Origin>,
    wrong: String,
    allowed: Option<&'static str>,
}

impl Problem {
    pub(super) fn of_key(key: Key, origin: &Origin, wrong: impl Into<String>) -> Self {
        Self {
            subject: key.name().to_owned(),
            origin: Some(origin.clone()),
            wrong: wrong.into(),
            allowed: Some(key.allowed()),
        }
    }

    /// Describes a bad value, quoted if it may be.
    pub(super) fn of_value(key: Key, origin: &Origin, value: &str, wrong: &str) -> Self {
        let mut text = match key.exposure() {
            Exposure::Open => format!("{} {wrong}", quoted(value)),
            Exposure::Guarded | Exposure::Secret => format!("the value {wrong}"),
        };
        if value.len() > 1
            && ['"', '\''].iter().any(|mark| value.starts_with(*mark) && value.ends_with(*mark))
        {
            text.push_str(" (its quotation marks are part of it)");
        }
        Self::of_key(key, origin, text)
    }

    /// Describes something that is wrong although each value is good, or that is not about one key.
    pub(super) fn of(subject: impl Into<String>, origin: Option<Origin>, wrong: impl Into<String>) -> Self {
        Self { subject: subject.into(), origin, wrong: wrong.into(), allowed: None }
    }

    pub(super) fn without(mut self, secrets: &[&str]) -> Self {
        self.wrong = redacted(&self.wrong, secrets);
        self
    }

    /// Returns the name of the key, or what else the problem is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Returns where the bad value was set, if it was set at all.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.subject)?;
        if let Some(origin) = &self.origin {
            write!(f, " ({origin})")?;
        }
        write!(f, ": {}", self.wrong)?;
        match self.allowed {
            Some(allowed) => write!(f, "; allowed: {allowed}"),
            None => Ok(()),
        }
    }
}

/// Lists everything that is wrong with a configuration; there is at least one problem in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigErrors(Vec<Problem>);

impl ConfigErrors {
    pub(super) fn new(problems: Vec<Problem>) -> Self {
        Self(problems)
    }

    /// Returns the problems, in the order of the sources and keys.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "the configuration has {count} problem{}:", if count == 1 { "" } else { "s" })?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigErrors {}

const LONGEST_QUOTE: usize = 60;

// A token pasted under the wrong key is still a token.
fn quoted(value: &str) -> String {
    if holds_token(value) {
        return "a value that looks like a bot token".to_owned();
    }
    let short: String = value.chars().take(LONGEST_QUOTE).collect();
    let dots = if short.len() < value.len() { "…" } else { "" };
    format!("{:?}", format!("{short}{dots}"))
}

/// Tells whether a bot token, or something shaped like one, is anywhere in the text.
pub(super) fn holds_token(text: &str) -> bool {
    let token_letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    text.match_indices(':').any(|(at, _)| {
        let digit_before = text[..at].ends_with(|letter: char| letter.is_ascii_digit());
        digit_before && text[at + 1..].chars().take_while(|letter| token_letter(*letter)).count() >= 20
    })
}

// Shorter values would turn up by chance inside ordinary words.
const SHORTEST_REDACTED: usize = 6;

fn redacted(text: &str, secrets: &[&str]) -> String {
    secrets
        .iter()
        .filter(|secret| secret.len() >= SHORTEST_REDACTED)
        .fold(text.to_owned(), |text, secret| text.replace(secret, "[redacted]"))
}
