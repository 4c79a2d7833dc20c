//! What a group says in words of its own, put where the catalogue's would stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::phrasebook::plain;
use super::{Locale, Phrase};
use crate::ids::GroupId;
use crate::roster::{Roster, Saying};

/// What a group says, by the phrase that it stands for.
pub(super) type OwnPhrases = Arc<BTreeMap<Phrase, String>>;

/// The phrases that say something, and whether they are titles: a title begins with an emoji and ends with a number.
pub(super) const fn phrases(saying: Saying) -> (&'static [Phrase], bool) {
    match saying {
        Saying::TitleNew => (&[Phrase::CardOpen, Phrase::CardTriage], true),
        Saying::TitleClaimed => (&[Phrase::CardAcknowledged], true),
        Saying::TitleEscalated => (&[Phrase::CardEscalated], true),
        Saying::TitleOnHold => (&[Phrase::CardOnHold], true),
        Saying::TitleSummary => (&[Phrase::CardPendingSummary], true),
        Saying::TitleResolved => (&[Phrase::CardResolved], true),
        Saying::TitleClosed => (&[Phrase::CardClosed], true),
        Saying::StatusUnclaimed => (&[Phrase::StatusOpen], false),
        Saying::StatusClaimed => (&[Phrase::StatusAcknowledged], false),
        Saying::StatusEscalated => (&[Phrase::StatusEscalated], false),
        Saying::StatusEscalatedClaimed => (&[Phrase::StatusEscalatedClaimed], false),
        Saying::StatusOnHoldReporter => (&[Phrase::StatusOnHoldReporter], false),
        Saying::StatusOnHoldExternal => (&[Phrase::StatusOnHoldExternal], false),
        Saying::StatusSummary => (&[Phrase::StatusPendingSummary], false),
        Saying::StatusResolved => (&[Phrase::StatusResolved], false),
        Saying::ButtonClaim => (&[Phrase::ButtonClaim], false),
        Saying::ButtonClaimEscalation => (&[Phrase::ButtonClaimEscalation], false),
        Saying::ButtonJoin => (&[Phrase::ButtonJoin], false),
        Saying::ButtonLeave => (&[Phrase::ButtonRelease], false),
        Saying::ButtonEscalate => (&[Phrase::ButtonEscalate], false),
        Saying::ButtonTransfer => (&[Phrase::ButtonTransfer], false),
        Saying::ButtonResolve => (&[Phrase::ButtonResolve], false),
        Saying::ButtonBackToWork => (&[Phrase::ButtonCancelResolve], false),
        Saying::ButtonResume => (&[Phrase::ButtonResume], false),
        Saying::ButtonReopen => (&[Phrase::ButtonReopen], false),
    }
}

/// Splits a title into its emoji, its words and what follows them; in every language it is made so.
fn parts(title: &str) -> Option<(&str, &str, &str)> {
    let (sign, rest) = title.split_once(' ')?;
    let end = rest.rfind(": ")?;
    Some((sign, &rest[..end], &rest[end..]))
}

/// Puts words into a title.
pub(super) fn titled(title: &str, words: &str) -> Option<String> {
    parts(title).map(|(sign, _, rest)| format!("{sign} {words}{rest}"))
}

impl Locale {
    /// Returns the language with what a group says in words of its own.
    #[must_use]
    pub fn of_group(&self, roster: &Roster, group: GroupId) -> Self {
        let mut own = BTreeMap::new();
        for (saying, words) in roster.own_words(group) {
            own.extend(phrases(saying).0.iter().map(|phrase| (*phrase, words.to_string())));
        }
        self.saying(Arc::new(own))
    }

    /// Returns what the catalogue says, as text.
    pub(super) fn usual(&self, saying: Saying) -> String {
        let usual = self.saying(OwnPhrases::default());
        let (phrases, is_title) = phrases(saying);
        let said = phrases.first().map(|phrase| plain(&usual.line(*phrase, &[("number", "".into())])));
        let said = said.unwrap_or_default();
        if is_title { parts(&said).map(|(_, words, _)| words.to_owned()).unwrap_or(said) } else { said }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Arg, Phrasebook};
    use super::*;

    #[test]
    fn every_saying_replaces_its_phrases_and_nothing_else_in_every_language() {
        let book = Phrasebook::new();
        let titled = |usual: &str| {
            let (sign, _) = usual.split_once(' ').expect("a title begins with an emoji");
            format!("{sign} Own: words: TKT-1")
        };
        let all = book
            .locales()
            .flat_map(|(tag, locale)| Saying::ALL.iter().map(move |saying| (tag, locale, saying)));
        for (tag, locale, saying) in all {
            let (own, is_title) = phrases(*saying);
            let group = locale
                .saying(Arc::new(own.iter().map(|phrase| (*phrase, "Own: words".to_owned())).collect()));
            for phrase in Phrase::ALL {
                let said = |locale: &Locale| plain(&locale.line(*phrase, &[("number", Arg::from("TKT-1"))]));
                let usual = said(locale);
                let expected = match (own.contains(phrase), is_title) {
                    (false, _) => usual,
                    (true, true) => titled(&usual),
                    (true, false) => "Own: words".to_owned(),
                };
                assert_eq!(said(&group), expected, "{saying:?} in {tag}");
            }
            let usual = group.usual(*saying);
            assert!(
                !usual.is_empty() && plain(&locale.line(own[0], &[("number", "".into())])).contains(&usual)
            );
            assert!(!usual.contains("Own") && !usual.contains(": "), "{saying:?} in {tag}: {usual}");
        }
    }
}
