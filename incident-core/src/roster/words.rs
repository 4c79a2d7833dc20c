//! The words that a group says in its own way: on cards, on buttons and wherever else the catalogue's would stand.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Roster;
use crate::ids::GroupId;
use crate::text::visible;

/// How many characters they may have: every platform shows so many on a button, also where each counts double.
pub const MOST_WORDS: usize = 32;

macro_rules! sayings {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// What a group may say in words of its own.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Saying { $($(#[$doc])* $name,)* }

        impl Saying {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Returns the name of its setting.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }
        }
    };
}

sayings! {
    /// The title of a card that nobody has claimed.
    TitleNew = "title_new",
    /// The title of one that somebody works on.
    TitleClaimed = "title_claimed",
    /// The title of one that waits for a manager.
    TitleEscalated = "title_escalated",
    /// The title of one whose clocks are stopped.
    TitleOnHold = "title_on_hold",
    /// The title of one whose summary is outstanding.
    TitleSummary = "title_summary",
    /// The title of one that is resolved.
    TitleResolved = "title_resolved",
    /// The title of one that is closed.
    TitleClosed = "title_closed",
    /// The state of one that nobody has claimed.
    StatusUnclaimed = "status_unclaimed",
    /// The state of one that somebody works on.
    StatusClaimed = "status_claimed",
    /// The state of one that waits for a manager.
    StatusEscalated = "status_escalated",
    /// The state of one that a manager works on.
    StatusEscalatedClaimed = "status_escalated_claimed",
    /// The state of one that waits for its reporter.
    StatusOnHoldReporter = "status_on_hold_reporter",
    /// The state of one that waits for something outside.
    StatusOnHoldExternal = "status_on_hold_external",
    /// The state of one whose summary is outstanding.
    StatusSummary = "status_summary",
    /// The state of one that is resolved.
    StatusResolved = "status_resolved",
    /// The button that claims.
    ButtonClaim = "button_claim",
    /// The button that claims what was escalated.
    ButtonClaimEscalation = "button_claim_escalation",
    /// The button that joins those who work on it.
    ButtonJoin = "button_join",
    /// The button that leaves it to others.
    ButtonLeave = "button_leave",
    /// The button that asks a manager.
    ButtonEscalate = "button_escalate",
    /// The button that moves it to another team.
    ButtonTransfer = "button_transfer",
    /// The button that resolves.
    ButtonResolve = "button_resolve",
    /// The button that takes the promise of a summary back.
    ButtonBackToWork = "button_back_to_work",
    /// The button that ends a hold.
    ButtonResume = "button_resume",
    /// The button that opens it again.
    ButtonReopen = "button_reopen",
}

/// What a group says: one line that hides nothing and has no place for anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OwnWords(String);

/// A text that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 1 to {MOST_WORDS} characters on one line")]
pub struct NoWords;

impl OwnWords {
    /// Returns the words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OwnWords {
    type Err = NoWords;

    fn from_str(text: &str) -> Result<Self, NoWords> {
        let shown = |c: char| !c.is_whitespace() && !is_joining(c);
        let length = text.chars().count();
        let possible = (1..=MOST_WORDS).contains(&length)
            && text.trim() == text
            && text.chars().any(shown)
            && !text.contains(['\n', '\t', '\u{2028}', '\u{2029}', '{', '}'])
            && visible(text) == text;
        if possible { Ok(Self(text.to_owned())) } else { Err(NoWords) }
    }
}

/// Shows nothing by itself.
const fn is_joining(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{200C}' | '\u{200D}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

impl fmt::Display for OwnWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Roster {
    /// Returns what a group says in words of its own, and in which.
    pub fn own_words(&self, group: GroupId) -> impl Iterator<Item = (Saying, &OwnWords)> {
        let own = self.settings.groups.get(&group);
        own.into_iter().flat_map(|own| &own.words).map(|(saying, words)| (*saying, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_line_that_hides_nothing() {
        for words in ["Take it", "🚚 Take it", "Übernehmen", "x", "<b>&amp;</b>", "@everyone", "👩‍🚒", "نعم"]
        {
            assert_eq!(
                words.parse::<OwnWords>().map(|words| words.to_string()),
                Ok(words.to_owned()),
                "{words}"
            );
        }
        assert!("ж".repeat(MOST_WORDS).parse::<OwnWords>().is_ok());
        for other in [
            "",
            " ",
            " Take",
            "Take ",
            "Take\nit",
            "Take\tit",
            "Take\u{2028}it",
            "Take\u{0}it",
            "Take \u{202E}it",
            "Take\u{200B}it",
            "\u{E000}0\u{E001}",
            "{ $number }",
            "{",
            "}",
            "\u{200D}",
            "\u{FE0F}\u{200D}",
            "\u{3164}",
            &"ж".repeat(MOST_WORDS + 1),
        ] {
            assert_eq!(other.parse::<OwnWords>(), Err(NoWords), "{other:?}");
        }
    }
}
