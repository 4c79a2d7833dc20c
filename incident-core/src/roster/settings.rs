//! What companies and groups set for themselves. Each setting has a type, so that none can hold what makes no sense;
//! what a group leaves open, its company decides, and after that the installation.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::effective::{MOST_CLOSING_DAYS, MOST_WARNING_DAYS};
use super::{
    Admission, Emoji, Grant, Landmark, Links, OwnSettings, OwnWords, PlatformName, ReportLimit, Saying,
    SettingName, Sign, WeekStart, ZoneName,
};
use crate::figures::Weekday;
use crate::ids::{GroupId, TeamId};
use crate::text::Text;
use crate::time::write_span;

/// What a company has set for itself; `None` leaves it to the installation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether pressing Claim makes a stranger a responder.
    #[serde(default)]
    pub self_registration: Option<bool>,
    /// How long an incident may stay unclaimed before the reminder.
    #[serde(default)]
    pub unclaimed_nudge: Option<Duration>,
    /// How long an escalation may stay unclaimed before the reminder.
    #[serde(default)]
    pub escalation_nudge: Option<Duration>,
    /// The language of cards and notices, as a BCP 47 tag.
    #[serde(default)]
    pub locale: Option<Text>,
    /// The languages of groups that differ from the company's, as BCP 47 tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub group_locales: BTreeMap<GroupId, Text>,
    /// What else groups have set for themselves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<GroupId, OwnSettings>,
    /// Who has a role in the whole company; kept beside the settings and granted, not set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub company_grants: BTreeSet<Grant>,
    /// The groups that wait to be admitted; kept beside the settings and set by nobody.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub admissions: BTreeMap<GroupId, Admission>,
    /// Whether the company only keeps the request of such a group.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub provisional: bool,
    /// What is linked with groups and people; kept beside the settings and set by nobody.
    #[serde(default, skip_serializing_if = "Links::is_empty")]
    pub links: Links,
}

impl Settings {
    /// What each is called where it is stored.
    pub const NAMES: [&str; 10] = [
        "self_registration",
        "unclaimed_nudge",
        "escalation_nudge",
        "locale",
        "group_locales",
        "groups",
        "company_grants",
        "admissions",
        "provisional",
        "links",
    ];
}

/// One setting with its value; `None` leaves it to the installation again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "setting", content = "value", rename_all = "snake_case")]
pub enum Setting {
    /// See [`Settings::self_registration`].
    SelfRegistration(Option<bool>),
    /// See [`Settings::unclaimed_nudge`].
    UnclaimedNudge(Option<Duration>),
    /// See [`Settings::escalation_nudge`].
    EscalationNudge(Option<Duration>),
    /// See [`Settings::locale`].
    Locale(Option<Text>),
    /// See [`Settings::group_locales`].
    GroupLocale {
        /// Which group.
        group: GroupId,
        /// Its language; `None` leaves it to the company again.
        locale: Option<Text>,
    },
    /// See [`Settings::groups`].
    Own {
        /// Which group.
        group: GroupId,
        /// What it has set.
        own: OwnSetting,
    },
}

/// One setting of a group with its value; `None` leaves it to the company again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", content = "value", rename_all = "snake_case")]
pub enum OwnSetting {
    /// See [`OwnSettings::timezone`].
    Timezone(Option<ZoneName>),
    /// See [`OwnSettings::week_start`].
    WeekStart(Option<WeekStart>),
    /// See [`OwnSettings::unclaimed_reminder`].
    UnclaimedReminder(Option<Duration>),
    /// See [`OwnSettings::escalation_reminder`].
    EscalationReminder(Option<Duration>),
    /// See [`OwnSettings::reports_per_hour`].
    ReportsPerHour(Option<ReportLimit>),
    /// See [`OwnSettings::reports_per_hour_group`].
    ReportsPerHourGroup(Option<ReportLimit>),
    /// See [`OwnSettings::team_reminder`].
    TeamReminder(Option<Duration>),
    /// See [`OwnSettings::default_team`].
    DefaultTeam(Option<TeamId>),
    /// See [`OwnSettings::summary_template`].
    SummaryTemplate(Option<Text>),
    /// See [`OwnSettings::emojis`].
    Emoji {
        /// What it stands for.
        sign: Sign,
        /// The emoji.
        emoji: Option<Emoji>,
    },
    /// See [`OwnSettings::words`].
    Words {
        /// What is said so.
        saying: Saying,
        /// In these words.
        words: Option<OwnWords>,
    },
    /// See [`OwnSettings::landmarks`].
    Landmark {
        /// What is pointed at.
        landmark: Landmark,
        /// What it is called.
        name: Option<PlatformName>,
    },
    /// See [`OwnSettings::idle_warning_days`].
    IdleWarningDays(Option<u8>),
    /// See [`OwnSettings::auto_close_days`].
    AutoCloseDays(Option<u8>),
}

impl Setting {
    /// Returns which group it is of, if it is of one.
    pub const fn group(&self) -> Option<GroupId> {
        match self {
            Self::GroupLocale { group, .. } | Self::Own { group, .. } => Some(*group),
            Self::SelfRegistration(_)
            | Self::UnclaimedNudge(_)
            | Self::EscalationNudge(_)
            | Self::Locale(_) => None,
        }
    }

    /// Returns the name of a group's setting.
    pub const fn name(&self) -> Option<SettingName> {
        match self {
            Self::GroupLocale { .. } => Some(SettingName::Language),
            Self::Own { own: OwnSetting::Timezone(_), .. } => Some(SettingName::Timezone),
            Self::Own { own: OwnSetting::WeekStart(_), .. } => Some(SettingName::WeekStart),
            Self::Own { own: OwnSetting::UnclaimedReminder(_), .. } => Some(SettingName::UnclaimedReminder),
            Self::Own { own: OwnSetting::EscalationReminder(_), .. } => Some(SettingName::EscalationReminder),
            Self::Own { own: OwnSetting::ReportsPerHour(_), .. } => Some(SettingName::ReportsPerHour),
            Self::Own { own: OwnSetting::ReportsPerHourGroup(_), .. } => {
                Some(SettingName::ReportsPerHourGroup)
            }
            Self::Own { own: OwnSetting::TeamReminder(_), .. } => Some(SettingName::TeamReminder),
            Self::Own { own: OwnSetting::DefaultTeam(_), .. } => Some(SettingName::DefaultTeam),
            Self::Own { own: OwnSetting::SummaryTemplate(_), .. } => Some(SettingName::SummaryTemplate),
            Self::Own { own: OwnSetting::Emoji { sign, .. }, .. } => Some(SettingName::Emoji(*sign)),
            Self::Own { own: OwnSetting::Words { saying, .. }, .. } => Some(SettingName::Words(*saying)),
            Self::Own { own: OwnSetting::Landmark { landmark, .. }, .. } => {
                Some(SettingName::Landmark(*landmark))
            }
            Self::Own { own: OwnSetting::IdleWarningDays(_), .. } => Some(SettingName::IdleWarningDays),
            Self::Own { own: OwnSetting::AutoCloseDays(_), .. } => Some(SettingName::AutoCloseDays),
            Self::SelfRegistration(_)
            | Self::UnclaimedNudge(_)
            | Self::EscalationNudge(_)
            | Self::Locale(_) => None,
        }
    }

    /// Returns its value as it is typed; `None` where it leaves the matter to others.
    pub fn written(&self) -> Option<String> {
        match self {
            Self::SelfRegistration(on) => on.map(|on| on.to_string()),
            Self::Locale(text)
            | Self::GroupLocale { locale: text, .. }
            | Self::Own { own: OwnSetting::SummaryTemplate(text), .. } => text.as_ref().map(Text::to_string),
            Self::Own { own: OwnSetting::Timezone(zone), .. } => {
                zone.as_ref().map(|zone| zone.as_str().to_owned())
            }
            Self::Own { own: OwnSetting::WeekStart(start), .. } => {
                start.map(|start| Weekday::from(start).as_str().to_owned())
            }
            Self::Own {
                own: OwnSetting::ReportsPerHour(limit) | OwnSetting::ReportsPerHourGroup(limit),
                ..
            } => limit.map(|limit| limit.to_string()),
            Self::Own { own: OwnSetting::DefaultTeam(team), .. } => team.map(|team| team.get().to_string()),
            Self::Own { own: OwnSetting::Emoji { emoji, .. }, .. } => emoji.as_ref().map(Emoji::to_string),
            Self::Own { own: OwnSetting::Words { words, .. }, .. } => words.as_ref().map(OwnWords::to_string),
            Self::Own { own: OwnSetting::Landmark { name, .. }, .. } => {
                name.as_ref().map(PlatformName::to_string)
            }
            Self::Own {
                own: OwnSetting::IdleWarningDays(days) | OwnSetting::AutoCloseDays(days), ..
            } => days.map(|days| days.to_string()),
            Self::UnclaimedNudge(after)
            | Self::EscalationNudge(after)
            | Self::Own {
                own:
                    OwnSetting::UnclaimedReminder(after)
                    | OwnSetting::EscalationReminder(after)
                    | OwnSetting::TeamReminder(after),
                ..
            } => after.map(write_span),
        }
    }

    /// Returns the group whose cards and deadlines it changes, if any.
    pub(super) const fn refreshes(&self) -> Option<GroupId> {
        match self {
            Self::GroupLocale { group, .. }
            | Self::Own {
                group,
                own:
                    OwnSetting::UnclaimedReminder(_)
                    | OwnSetting::EscalationReminder(_)
                    | OwnSetting::TeamReminder(_)
                    | OwnSetting::DefaultTeam(_)
                    | OwnSetting::Emoji { .. }
                    | OwnSetting::Words { .. }
                    | OwnSetting::Landmark { .. }
                    | OwnSetting::IdleWarningDays(_)
                    | OwnSetting::AutoCloseDays(_),
            } => Some(*group),
            Self::Own { .. }
            | Self::SelfRegistration(_)
            | Self::UnclaimedNudge(_)
            | Self::EscalationNudge(_)
            | Self::Locale(_) => None,
        }
    }

    /// Tells whether the value makes sense.
    pub(super) fn is_possible(&self) -> bool {
        match self {
            Self::UnclaimedNudge(after)
            | Self::EscalationNudge(after)
            | Self::Own {
                own:
                    OwnSetting::UnclaimedReminder(after)
                    | OwnSetting::EscalationReminder(after)
                    | OwnSetting::TeamReminder(after),
                ..
            } => after.is_none_or(|after| after.as_micros() > 0),
            Self::Own { own: OwnSetting::IdleWarningDays(days), .. } => {
                days.is_none_or(|days| (1..=MOST_WARNING_DAYS).contains(&days))
            }
            Self::Own { own: OwnSetting::AutoCloseDays(days), .. } => {
                days.is_none_or(|days| (2..=MOST_CLOSING_DAYS).contains(&days))
            }
            Self::Own { .. } | Self::SelfRegistration(_) | Self::Locale(_) | Self::GroupLocale { .. } => true,
        }
    }
}

impl Settings {
    pub(super) fn apply(&mut self, setting: &Setting) {
        match setting {
            Setting::SelfRegistration(on) => self.self_registration = *on,
            Setting::UnclaimedNudge(after) => self.unclaimed_nudge = *after,
            Setting::EscalationNudge(after) => self.escalation_nudge = *after,
            Setting::Locale(locale) => self.locale = locale.clone(),
            Setting::GroupLocale { group, locale: Some(locale) } => {
                self.group_locales.insert(*group, locale.clone());
            }
            Setting::GroupLocale { group, locale: None } => {
                self.group_locales.remove(group);
            }
            Setting::Own { group, own } => {
                let mut settings = self.groups.remove(group).unwrap_or_default();
                settings.apply(own);
                if settings != OwnSettings::default() {
                    self.groups.insert(*group, settings);
                }
            }
        }
    }

    /// Returns a setting of a group with the value that it has.
    pub fn of(&self, group: GroupId, name: SettingName) -> Setting {
        let own = self.groups.get(&group).cloned().unwrap_or_default();
        let own = match name {
            SettingName::Language => {
                return Setting::GroupLocale { group, locale: self.group_locales.get(&group).cloned() };
            }
            SettingName::Timezone => OwnSetting::Timezone(own.timezone),
            SettingName::WeekStart => OwnSetting::WeekStart(own.week_start),
            SettingName::UnclaimedReminder => OwnSetting::UnclaimedReminder(own.unclaimed_reminder),
            SettingName::EscalationReminder => OwnSetting::EscalationReminder(own.escalation_reminder),
            SettingName::ReportsPerHour => OwnSetting::ReportsPerHour(own.reports_per_hour),
            SettingName::ReportsPerHourGroup => OwnSetting::ReportsPerHourGroup(own.reports_per_hour_group),
            SettingName::TeamReminder => OwnSetting::TeamReminder(own.team_reminder),
            SettingName::DefaultTeam => OwnSetting::DefaultTeam(own.default_team),
            SettingName::SummaryTemplate => OwnSetting::SummaryTemplate(own.summary_template),
            SettingName::Emoji(sign) => OwnSetting::Emoji { sign, emoji: own.emojis.get(&sign).cloned() },
            SettingName::Words(saying) => {
                OwnSetting::Words { saying, words: own.words.get(&saying).cloned() }
            }
            SettingName::Landmark(landmark) => {
                OwnSetting::Landmark { landmark, name: own.landmarks.get(&landmark).cloned() }
            }
            SettingName::IdleWarningDays => OwnSetting::IdleWarningDays(own.idle_warning_days),
            SettingName::AutoCloseDays => OwnSetting::AutoCloseDays(own.auto_close_days),
        };
        Setting::Own { group, own }
    }
}
