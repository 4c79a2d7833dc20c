//! What a group has set for itself, and how a change of one setting is made.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{
    Emoji, Landmark, OwnSetting, OwnWords, PlatformName, ReportLimit, Saying, Sign, WeekStart, ZoneName,
};
use crate::ids::TeamId;
use crate::text::Text;

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
    /// What it points at on its platform.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub landmarks: BTreeMap<Landmark, PlatformName>,
    /// After how many days without a word an incident's reporter is asked whether it still matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_warning_days: Option<u8>,
    /// After how many days without a word an incident is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_close_days: Option<u8>,
}

impl OwnSettings {
    pub(super) fn apply(&mut self, own: &OwnSetting) {
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
            OwnSetting::Landmark { landmark, name: Some(name) } => {
                self.landmarks.insert(*landmark, name.clone());
            }
            OwnSetting::Landmark { landmark, name: None } => {
                self.landmarks.remove(landmark);
            }
            OwnSetting::IdleWarningDays(days) => self.idle_warning_days = *days,
            OwnSetting::AutoCloseDays(days) => self.auto_close_days = *days,
        }
    }
}
