//! The settings of a group by name, as administrators type them.

use super::{Landmark, OwnSetting, Saying, Setting, Sign, WeekStart, ZoneName};
use crate::figures::Weekday;
use crate::ids::{GroupId, TeamId};
use crate::text::{Limits, Text};
use crate::time::read_span;

/// How long a template is.
const TEMPLATE: Limits = Limits { min: 3, max: 500 };

/// A setting that an administrator of a group may change, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SettingName {
    /// The language.
    Language,
    /// The time zone.
    Timezone,
    /// The first day of a week.
    WeekStart,
    /// How long an incident may stay unclaimed before the reminder.
    UnclaimedReminder,
    /// How long an escalation may stay unclaimed before the reminder.
    EscalationReminder,
    /// How many reports one person may make in an hour.
    ReportsPerHour,
    /// How many reports there may be in the group in an hour.
    ReportsPerHourGroup,
    /// How long nobody may choose a team before the reminder.
    TeamReminder,
    /// The team that gets what nobody chooses one for.
    DefaultTeam,
    /// What a summary should tell.
    SummaryTemplate,
    /// The emoji that stands for something on cards.
    Emoji(Sign),
    /// What is said in words of the group's own.
    Words(Saying),
    /// What the group points at on its platform.
    Landmark(Landmark),
    /// After how many days without a word the reporter is asked.
    IdleWarningDays,
    /// After how many days without a word it is closed.
    AutoCloseDays,
}

impl SettingName {
    /// All but the words, in the order in which they are listed.
    pub const LISTED: [Self; 24] = [
        Self::Language,
        Self::Timezone,
        Self::WeekStart,
        Self::UnclaimedReminder,
        Self::EscalationReminder,
        Self::ReportsPerHour,
        Self::ReportsPerHourGroup,
        Self::TeamReminder,
        Self::DefaultTeam,
        Self::SummaryTemplate,
        Self::Landmark(Landmark::Rooms),
        Self::Landmark(Landmark::Log),
        Self::IdleWarningDays,
        Self::AutoCloseDays,
        Self::Emoji(Sign::New),
        Self::Emoji(Sign::Claimed),
        Self::Emoji(Sign::Escalated),
        Self::Emoji(Sign::OnHold),
        Self::Emoji(Sign::Summary),
        Self::Emoji(Sign::Resolved),
        Self::Emoji(Sign::Closed),
        Self::Emoji(Sign::Urgent),
        Self::Emoji(Sign::High),
        Self::Emoji(Sign::Low),
    ];

    /// Returns all of them, the words last.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::LISTED.into_iter().chain(Saying::ALL.iter().copied().map(Self::Words))
    }

    /// Returns the name as it is typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Language => "language",
            Self::Timezone => "timezone",
            Self::WeekStart => "week_start",
            Self::UnclaimedReminder => "unclaimed_reminder",
            Self::EscalationReminder => "escalation_reminder",
            Self::ReportsPerHour => "reports_per_hour",
            Self::ReportsPerHourGroup => "reports_per_hour_group",
            Self::TeamReminder => "team_reminder",
            Self::DefaultTeam => "default_team",
            Self::SummaryTemplate => "summary_template",
            Self::Emoji(sign) => sign.as_str(),
            Self::Words(saying) => saying.as_str(),
            Self::Landmark(landmark) => landmark.as_str(),
            Self::IdleWarningDays => "idle_warning_days",
            Self::AutoCloseDays => "auto_close_days",
        }
    }

    /// Finds a setting by its name; case does not matter.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|known| known.as_str().eq_ignore_ascii_case(name))
    }

    /// Reads a value for a group; `None` if the setting cannot have it. Which languages there are is for the caller to
    /// know: any text is a language here.
    pub fn read(self, group: GroupId, value: &str) -> Option<Setting> {
        let own = match self {
            Self::Language => {
                let locale = Some(Text::new(value, Limits::NAME).ok()?);
                return Some(Setting::GroupLocale { group, locale });
            }
            Self::Timezone => OwnSetting::Timezone(Some(ZoneName::find(value)?)),
            Self::WeekStart => {
                let named = |start: &WeekStart| Weekday::from(*start).as_str().eq_ignore_ascii_case(value);
                OwnSetting::WeekStart(Some(WeekStart::ALL.into_iter().find(named)?))
            }
            Self::UnclaimedReminder => OwnSetting::UnclaimedReminder(Some(read_span(value).ok()?)),
            Self::EscalationReminder => OwnSetting::EscalationReminder(Some(read_span(value).ok()?)),
            Self::ReportsPerHour => OwnSetting::ReportsPerHour(Some(value.parse().ok()?)),
            Self::ReportsPerHourGroup => OwnSetting::ReportsPerHourGroup(Some(value.parse().ok()?)),
            Self::TeamReminder => OwnSetting::TeamReminder(Some(read_span(value).ok()?)),
            Self::DefaultTeam => OwnSetting::DefaultTeam(Some(TeamId::new(value.parse().ok()?))),
            Self::SummaryTemplate => OwnSetting::SummaryTemplate(Some(Text::new(value, TEMPLATE).ok()?)),
            Self::Emoji(sign) => OwnSetting::Emoji { sign, emoji: Some(value.parse().ok()?) },
            Self::Words(saying) => OwnSetting::Words { saying, words: Some(value.parse().ok()?) },
            Self::Landmark(landmark) => OwnSetting::Landmark { landmark, name: Some(value.parse().ok()?) },
            Self::IdleWarningDays => OwnSetting::IdleWarningDays(Some(value.parse().ok()?)),
            Self::AutoCloseDays => OwnSetting::AutoCloseDays(Some(value.parse().ok()?)),
        };
        Some(Setting::Own { group, own })
    }

    /// Returns the setting that leaves it to the company and the installation.
    pub const fn unset(self, group: GroupId) -> Setting {
        let own = match self {
            Self::Language => return Setting::GroupLocale { group, locale: None },
            Self::Timezone => OwnSetting::Timezone(None),
            Self::WeekStart => OwnSetting::WeekStart(None),
            Self::UnclaimedReminder => OwnSetting::UnclaimedReminder(None),
            Self::EscalationReminder => OwnSetting::EscalationReminder(None),
            Self::ReportsPerHour => OwnSetting::ReportsPerHour(None),
            Self::ReportsPerHourGroup => OwnSetting::ReportsPerHourGroup(None),
            Self::TeamReminder => OwnSetting::TeamReminder(None),
            Self::DefaultTeam => OwnSetting::DefaultTeam(None),
            Self::SummaryTemplate => OwnSetting::SummaryTemplate(None),
            Self::Emoji(sign) => OwnSetting::Emoji { sign, emoji: None },
            Self::Words(saying) => OwnSetting::Words { saying, words: None },
            Self::Landmark(landmark) => OwnSetting::Landmark { landmark, name: None },
            Self::IdleWarningDays => OwnSetting::IdleWarningDays(None),
            Self::AutoCloseDays => OwnSetting::AutoCloseDays(None),
        };
        Setting::Own { group, own }
    }
}
