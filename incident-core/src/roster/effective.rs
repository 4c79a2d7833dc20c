//! What follows from the settings of a company and of a group: the language and the policy that hold there.

use std::time::Duration;

use super::{OwnSettings, ReportLimit, Roster, Setting};
use crate::ids::GroupId;
use crate::policy::Policy;
use crate::text::Text;

/// How many days of silence there may be at most before the reporter is asked.
pub(super) const MOST_WARNING_DAYS: u8 = 30;
/// How many before an incident is closed.
pub(super) const MOST_CLOSING_DAYS: u8 = 90;

fn days(days: u8) -> Duration {
    Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}

impl Roster {
    /// Tells whether a group with this setting would still be warned before it is closed.
    pub(super) fn stays_in_order(&self, base: &Policy, setting: &Setting) -> bool {
        let (Some(group), Some(idle)) = (setting.group(), base.rules().idle) else {
            return true;
        };
        let mut settings = self.settings.clone();
        settings.apply(setting);
        settings.groups.get(&group).is_none_or(|own| {
            own.idle_warning_days.map_or(idle.warn, days) < own.auto_close_days.map_or(idle.close, days)
        })
    }

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
        let idles = own.idle_warning_days.is_some() || own.auto_close_days.is_some();
        let nothing = waits == [None; 2] && limits == [None; 2] && !routes && !idles;
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
        if let Some(idle) = &mut rules.idle {
            idle.warn = own.idle_warning_days.map_or(idle.warn, days);
            idle.close = own.auto_close_days.map_or(idle.close, days);
        }
        let hourly = [&mut rules.hourly.person, &mut rules.hourly.group];
        for (limit, own) in hourly.into_iter().zip(limits) {
            *limit = own.map_or(*limit, ReportLimit::per_hour);
        }
        Policy::new(rules).unwrap_or_else(|_| base.clone())
    }
}
