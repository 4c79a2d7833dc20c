//! What people write, within limits. Text is stored literally; what could deceive a reader (control and
//! bidirectional-override characters) is made visible only where it is shown.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A text somebody wrote: trimmed, line ends as `\n`, cheap to copy.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(Arc<str>);

/// How long a text may be, in characters after trimming.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The least that is accepted.
    pub min: usize,
    /// The most that is accepted.
    pub max: usize,
}

impl Limits {
    /// A description of an incident.
    pub const DESCRIPTION: Self = Self { min: 5, max: 3_000 };
    /// A resolution summary.
    pub const SUMMARY: Self = Self { min: 5, max: 3_000 };
    /// A note, a reply, an automatic answer.
    pub const NOTE: Self = Self { min: 1, max: 3_000 };
    /// A reason for doing something.
    pub const REASON: Self = Self { min: 1, max: 500 };
    /// The name of a company, group or team.
    pub const NAME: Self = Self { min: 1, max: 128 };
    /// A tag.
    pub const TAG: Self = Self { min: 1, max: 32 };

    fn check(self, text: &str) -> Result<(), TextError> {
        let length = text.chars().count();
        if length < self.min {
            return Err(TextError::TooShort { min: self.min });
        }
        if length > self.max {
            return Err(TextError::TooLong { max: self.max });
        }
        Ok(())
    }
}

/// Says why a text was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum TextError {
    /// Fewer characters than asked for.
    #[error("too short, at least {min} characters are needed")]
    TooShort {
        /// The least that is accepted.
        min: usize,
    },
    /// More characters than allowed.
    #[error("too long, at most {max} characters are allowed")]
    TooLong {
        /// The most that is accepted.
        max: usize,
    },
}

impl Text {
    /// Accepts a text within limits.
    ///
    /// # Errors
    /// Says whether the text is too short or too long, counted in characters after trimming.
    pub fn new(text: &str, limits: Limits) -> Result<Self, TextError> {
        let text = text.trim();
        let unified = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_owned()
        };
        limits.check(&unified)?;
        Ok(Self(unified.into()))
    }

    /// Tells whether the text is within limits, possibly others than those it was accepted by.
    ///
    /// # Errors
    /// Says whether it is too short or too long.
    pub fn within(&self, limits: Limits) -> Result<(), TextError> {
        limits.check(&self.0)
    }

    /// Returns what stands for the words of a person who was erased.
    pub fn erased() -> Self {
        Self("[erased]".into())
    }

    /// Returns the text as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// Returns the text with every character that hides or reorders others written out, as in `⟨U+202E⟩`.
///
/// Line breaks and tabs stay. Joiners stay too: emoji and several scripts need them.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_deceptive(c) {
            shown.push_str(&format!("⟨U+{:04X}⟩", c as u32));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Returns at most so many characters of a text; where something was left out, `…` says so.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

fn is_deceptive(c: char) -> bool {
    let control = c.is_control() && c != '\n' && c != '\t';
    let bidi =
        matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let invisible = matches!(c, '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}');
    let private = matches!(c, '\u{E000}'..='\u{F8FF}');
    control || bidi || invisible || private
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_hold_exactly_and_count_characters() {
        let description = |n: usize| Text::new(&"ж".repeat(n), Limits::DESCRIPTION);
        assert_eq!(description(4), Err(TextError::TooShort { min: 5 }));
        assert!(description(5).is_ok() && description(3_000).is_ok());
        assert_eq!(description(3_001), Err(TextError::TooLong { max: 3_000 }));
        assert_eq!(Text::new("  abc \n ", Limits::DESCRIPTION), Err(TextError::TooShort { min: 5 }));
    }

    #[test]
    fn line_breaks_are_kept_and_unified() {
        let text = Text::new(" one\r\ntwo\rthree ", Limits::NOTE).unwrap();
        assert_eq!(text.as_str(), "one\ntwo\nthree");
    }

    #[test]
    fn a_text_is_shortened_to_exactly_so_many_characters() {
        assert_eq!(shortened("жжж", 3), "жжж");
        assert_eq!(shortened("жжжж", 3), "жж…");
        assert_eq!(shortened("", 3), "");
    }

    #[test]
    fn characters_that_deceive_are_written_out() {
        assert_eq!(visible("ab\u{202E}21\u{0}\n\tк👩‍🔧"), "ab⟨U+202E⟩21⟨U+0000⟩\n\tк👩‍🔧");
    }
}
