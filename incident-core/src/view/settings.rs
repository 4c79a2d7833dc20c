//! What a group has set for itself, in words.

use super::history::actor;
use super::{About, Line, Phrase, ReplyTone, Span};
use crate::ids::PersonId;
use crate::incident::By;
use crate::roster::{Landmark, OwnWords, Saying, SettingChange, SettingName};

/// An answer about settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsReply {
    /// These are the settings.
    Listed(Vec<SettingLine>),
    /// These are the words of cards and buttons; `None` where the group says what the catalogue says.
    Words(Vec<(Saying, Option<OwnWords>)>),
    /// A setting was changed; values are as they are typed, `None` leaves the matter to the installation.
    Changed {
        /// Which.
        name: SettingName,
        /// What it was.
        before: Option<String>,
        /// What it is.
        after: Option<String>,
    },
    /// The last change was undone.
    Undone {
        /// Of which setting.
        name: SettingName,
        /// What it was.
        before: Option<String>,
        /// What it is, and was before that.
        after: Option<String>,
    },
    /// There is no change to undo.
    Nothing,
    /// There is no setting of this name.
    Unknown(String),
    /// A setting cannot have this value.
    Refused {
        /// Which.
        name: SettingName,
        /// The value.
        text: String,
    },
    /// What changed, each with its time as people there read it.
    History {
        /// The latest changes, oldest first.
        changes: Vec<(String, SettingChange)>,
        /// How many there are before these.
        more: u64,
    },
}

/// A setting as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingLine {
    /// Which.
    pub name: SettingName,
    /// What the group has set.
    pub own: Option<String>,
    /// What holds otherwise; `None` where it depends on who asks.
    pub default: Option<String>,
    /// Who changed it last, and when.
    pub changed: Option<(By, String)>,
}

impl SettingsReply {
    pub(super) const fn tone(&self) -> ReplyTone {
        match self {
            Self::Listed(_)
            | Self::Words(_)
            | Self::Changed { .. }
            | Self::Undone { .. }
            | Self::History { .. } => ReplyTone::Quiet,
            Self::Nothing | Self::Unknown(_) | Self::Refused { .. } => ReplyTone::Alert,
        }
    }

    /// Lists whom it names.
    pub(super) fn people(&self) -> Vec<PersonId> {
        let by: Vec<By> = match self {
            Self::Listed(lines) => {
                lines.iter().filter_map(|line| line.changed.as_ref()).map(|(by, _)| *by).collect()
            }
            Self::History { changes, .. } => changes.iter().map(|(_, change)| change.by).collect(),
            Self::Words(_)
            | Self::Changed { .. }
            | Self::Undone { .. }
            | Self::Nothing
            | Self::Unknown(_)
            | Self::Refused { .. } => Vec::new(),
        };
        let person = |by| match by {
            By::Person(person) => Some(person),
            By::Assistant | By::System => None,
        };
        by.into_iter().filter_map(person).collect()
    }

    pub(super) fn lines(&self, about: &About<'_>) -> Vec<Line> {
        let changed = |phrase, name: SettingName, before: &Option<String>, after: &Option<String>| {
            let args = [
                ("name", name.as_str().into()),
                ("before", about.value(before).into()),
                ("value", about.value(after).into()),
            ];
            vec![about.phrase(phrase, &args)]
        };
        match self {
            Self::Listed(settings) => about.settings(settings),
            Self::Words(words) => about.words(words),
            Self::Changed { name, before, after } => changed(Phrase::SettingsChanged, *name, before, after),
            Self::Undone { name, before, after } => changed(Phrase::SettingsUndone, *name, before, after),
            Self::Nothing => vec![about.phrase(Phrase::SettingsNothing, &[])],
            Self::Unknown(name) => {
                let names = SettingName::all().map(SettingName::as_str).collect::<Vec<_>>().join(", ");
                vec![about.phrase(
                    Phrase::SettingsUnknown,
                    &[("text", name.as_str().into()), ("names", names.into())],
                )]
            }
            Self::Refused { name, text } => {
                let args = [
                    ("name", name.as_str().into()),
                    ("text", text.as_str().into()),
                    ("allowed", about.locale.text(allowed(*name)).into()),
                ];
                vec![about.phrase(Phrase::SettingsRefused, &args)]
            }
            Self::History { changes, .. } if changes.is_empty() => {
                vec![about.phrase(Phrase::SettingsHistoryNone, &[])]
            }
            Self::History { changes, more } => {
                let earlier = (*more > 0)
                    .then(|| about.phrase(Phrase::SettingsHistoryMore, &[("count", (*more).into())]));
                earlier
                    .into_iter()
                    .chain(changes.iter().map(|(at, change)| about.change(at, change)))
                    .collect()
            }
        }
    }
}

impl About<'_> {
    fn settings(&self, settings: &[SettingLine]) -> Vec<Line> {
        let mut lines = vec![self.phrase(Phrase::SettingsIntro, &[])];
        for setting in settings {
            let unset = || {
                self.locale.text(match setting.name {
                    SettingName::Emoji(_) | SettingName::Words(_) => Phrase::SettingsDefault,
                    SettingName::Language
                    | SettingName::Timezone
                    | SettingName::WeekStart
                    | SettingName::UnclaimedReminder
                    | SettingName::EscalationReminder
                    | SettingName::ReportsPerHour
                    | SettingName::ReportsPerHourGroup
                    | SettingName::TeamReminder
                    | SettingName::DefaultTeam
                    | SettingName::SummaryTemplate
                    | SettingName::Landmark(_)
                    | SettingName::IdleWarningDays
                    | SettingName::AutoCloseDays => Phrase::SettingsDefaultLanguage,
                })
            };
            let (phrase, value) = match (&setting.own, &setting.default) {
                (Some(own), _) => (Phrase::SettingsLine, own.clone()),
                (None, Some(default)) => (Phrase::SettingsLineDefault, default.clone()),
                (None, None) => (Phrase::SettingsLine, unset()),
            };
            let name = Span::Strong(setting.name.as_str().to_owned());
            lines.extend([
                Line::new(),
                self.phrase(phrase, &[("name", name.into()), ("value", value.into())]),
            ]);
            let allowed = self.locale.text(allowed(setting.name));
            lines.push(self.phrase(Phrase::SettingsAllowed, &[("allowed", allowed.into())]));
            if let Some((by, at)) = &setting.changed {
                let args = [("person", actor(self, *by).into()), ("at", at.as_str().into())];
                lines.push(self.phrase(Phrase::SettingsBy, &args));
            }
        }
        lines.extend([Line::new(), self.phrase(Phrase::SettingsWords, &[])]);
        lines
    }

    fn words(&self, words: &[(Saying, Option<OwnWords>)]) -> Vec<Line> {
        let allowed = self.locale.text(Phrase::AllowedWords);
        let intro = [
            self.phrase(Phrase::SettingsWordsIntro, &[]),
            self.phrase(Phrase::SettingsAllowed, &[("allowed", allowed.into())]),
        ];
        let line = |(saying, own): &(Saying, Option<OwnWords>)| {
            let phrase = if own.is_some() { Phrase::SettingsLine } else { Phrase::SettingsLineDefault };
            let value = own.as_ref().map_or_else(|| self.locale.usual(*saying), OwnWords::to_string);
            let name = Span::Strong(saying.as_str().to_owned());
            self.phrase(phrase, &[("name", name.into()), ("value", value.into())])
        };
        intro.into_iter().chain(words.iter().map(line)).collect()
    }

    fn change(&self, at: &str, change: &SettingChange) -> Line {
        let phrase = if change.undid { Phrase::SettingsHistoryUndone } else { Phrase::SettingsHistory };
        let args = [
            ("at", at.into()),
            ("person", actor(self, change.by).into()),
            ("name", change.name.as_str().into()),
            ("before", self.value(&change.before.written()).into()),
            ("value", self.value(&change.after.written()).into()),
        ];
        self.phrase(phrase, &args)
    }

    fn value(&self, value: &Option<String>) -> String {
        value.clone().unwrap_or_else(|| self.locale.text(Phrase::SettingsDefault))
    }
}

/// What a setting may be.
const fn allowed(name: SettingName) -> Phrase {
    match name {
        SettingName::Language => Phrase::AllowedLanguage,
        SettingName::Timezone => Phrase::AllowedTimezone,
        SettingName::WeekStart => Phrase::AllowedWeekStart,
        SettingName::UnclaimedReminder | SettingName::EscalationReminder | SettingName::TeamReminder => {
            Phrase::AllowedWait
        }
        SettingName::DefaultTeam => Phrase::AllowedTeam,
        SettingName::SummaryTemplate => Phrase::AllowedTemplate,
        SettingName::ReportsPerHour | SettingName::ReportsPerHourGroup => Phrase::AllowedReports,
        SettingName::Emoji(_) => Phrase::AllowedEmoji,
        SettingName::Words(_) => Phrase::AllowedWords,
        SettingName::Landmark(Landmark::Rooms) => Phrase::AllowedCategory,
        SettingName::Landmark(Landmark::Log) => Phrase::AllowedChannel,
        SettingName::IdleWarningDays => Phrase::AllowedIdleWarning,
        SettingName::AutoCloseDays => Phrase::AllowedAutoClose,
    }
}
