//! What companies and groups set for themselves. Each setting has a type, so that none can hold what makes no sense;
//! what a group leaves open, its company decides, and after that the installation.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Admission, Emoji, Grant, Links, OwnWords, ReportLimit, Roster, Saying, SettingName, Sign, WeekStart, ZoneName,
};
use crate::figures::Weekday;
use crate::ids::{GroupId, TeamId};
use crate::policy::Policy;
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

/// What a group has set for itself; `None` leaves it to the company, and after that to the installation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSettings {
    /// The time zone of its days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<ZoneName>,
    /// The first day of its weeks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week_start: Option<WeekStart>,
    /// How long an incident may stay unclaimed before the reminder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unclaimed_reminder: Option<Duration>,
    /// How long an escalation may stay unclaimed before the reminder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_reminder: Option<Duration>,
    /// How many reports one person may make in an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports_per_hour: Option<ReportLimit>,
    /// How many reports there may be in the group in an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reports_per_hour_group: Option<ReportLimit>,
    /// How long nobody may choose a team before the reminder; the default team comes as long again after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team_reminder: Option<Duration>,
    /// The team that gets what nobody chooses one for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_team: Option<TeamId>,
    /// What a summary should tell, shown to whoever is asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary_template: Option<Text>,
    /// The emojis of its cards.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub emojis: BTreeMap<Sign, Emoji>,
    /// What it says in words of its own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub words: BTreeMap<Saying, OwnWords>,
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
                    | OwnSetting::Words { .. },
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
        };
        Setting::Own { group, own }
    }
}

impl OwnSettings {
    fn apply(&mut self, own: &OwnSetting) {
        match own {
            OwnSetting::Timezone(zone) => self.timezone = zone.clone(),
            OwnSetting::WeekStart(start) => self.week_start = *start,
            OwnSetting::UnclaimedReminder(after) => self.unclaimed_reminder = *after,
            OwnSetting::EscalationReminder(after) => self.escalation_reminder = *after,
            OwnSetting::ReportsPerHour(limit) => self.reports_per_hour = *limit,
            OwnSetting::ReportsPerHourGroup(limit) => self.reports_per_hour_group = *limit,
            OwnSetting::TeamReminder(after) => self.team_reminder = *after,
            OwnSetting::DefaultTeam(team) => self.default_team = *team,
            OwnSetting::SummaryTemplate(text) => self.summary_template = text.clone(),
            OwnSetting::Emoji { sign, emoji: Some(emoji) } => {
                self.emojis.insert(*sign, emoji.clone());
            }
            OwnSetting::Emoji { sign, emoji: None } => {
                self.emojis.remove(sign);
            }
            OwnSetting::Words { saying, words: Some(words) } => {
                self.words.insert(*saying, words.clone());
            }
            OwnSetting::Words { saying, words: None } => {
                self.words.remove(saying);
            }
        }
    }
}

impl Roster {
    /// Returns the language of a group, as a BCP 47 tag: its own, else the company's.
    pub fn locale(&self, group: GroupId) -> Option<&Text> {
        self.settings.group_locales.get(&group).or(self.settings.locale.as_ref())
    }

    /// Returns the policy of this company: the installation's, with the company's own settings over it.
    pub fn policy(&self, base: &Policy) -> Policy {
        self.policy_with(base, &OwnSettings::default())
    }

    /// Returns the policy of a group: the company's, with the group's own settings over it.
    pub fn policy_of(&self, group: GroupId, base: &Policy) -> Policy {
        self.policy_with(base, self.settings.groups.get(&group).unwrap_or(&OwnSettings::default()))
    }

    fn policy_with(&self, base: &Policy, own: &OwnSettings) -> Policy {
        let waits = [
            own.unclaimed_reminder.or(self.settings.unclaimed_nudge),
            own.escalation_reminder.or(self.settings.escalation_nudge),
        ];
        let limits = [own.reports_per_hour, own.reports_per_hour_group];
        let routes = own.team_reminder.is_some() || own.default_team.is_some();
        let nothing = waits == [None; 2] && limits == [None; 2] && !routes;
        if nothing && self.settings.self_registration.is_none() {
            return base.clone();
        }
        let mut rules = base.rules().clone();
        if let Some(on) = self.settings.self_registration {
            rules.self_registration = on;
        }
        if let Some(route) = &mut rules.route {
            route.after = own.team_reminder.unwrap_or(route.after);
            route.default_team = own.default_team.or(route.default_team);
        }
        for (rule, after) in rules.levels.iter_mut().zip(waits) {
            if let (Some(after), Some(nudge)) = (after, &mut rule.nudge) {
                nudge.after = after;
            }
        }
        let hourly = [&mut rules.hourly.person, &mut rules.hourly.group];
        for (limit, own) in hourly.into_iter().zip(limits) {
            *limit = own.map_or(*limit, ReportLimit::per_hour);
        }
        Policy::new(rules).unwrap_or_else(|_| base.clone())
    }
}
