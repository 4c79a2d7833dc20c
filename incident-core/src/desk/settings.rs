//! The command that shows what a group has set for itself, changes it, tells who changed what, and takes changes back.

use std::collections::BTreeMap;
use std::time::Duration;

use super::change::RosterOrder;
use super::handle::{Answer, Scene};
use super::request::Ask;
use super::{Desk, HandleError};
use crate::ids::{TeamId, Version};
use crate::incident::Rejection;
use crate::policy::{Act, Actor, IdleRule, Policy};
use crate::ports::Origin;
use crate::roster::{
    Announcement, OwnWords, ReportLimit, Roster, RosterCommand, RosterEffect, Saying, Setting, SettingName,
    changes, undoable,
};
use crate::text::Text;
use crate::time::write_span;
use crate::view::{CommandWord, Said, SettingLine, SettingsReply};

/// How many changes are shown: the latest.
const SHOWN: usize = 15;
/// How much of what somebody wrote is quoted.
const QUOTED: usize = 64;
/// The word that leaves a setting to the company and the installation.
const DEFAULT: &str = "default";
/// How often an undoing is tried again because something else changed meanwhile.
const TRIES: usize = 8;

impl Desk {
    /// Shows the settings of the group, or changes one.
    pub(super) async fn settings(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let Ask::Command { text, .. } = &scene.request.ask else {
            return Ok(Answer::of(Said::Nothing));
        };
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            [] => self.list_settings(scene).await,
            ["history"] => self.tell_changes(scene).await,
            ["words"] => Ok(list_words(scene)),
            ["undo"] => self.undo_setting(scene).await,
            [name, value @ ..] => match (SettingName::find(name), value) {
                (None, _) => Ok(said(SettingsReply::Unknown(quoted(name)))),
                (Some(name), [value]) => self.set(scene, name, value).await,
                (Some(_), []) => Ok(Answer::of(Said::Usage(CommandWord::Settings))),
                (Some(name @ (SettingName::SummaryTemplate | SettingName::Words(_))), _) => {
                    let value = text.trim().split_once(char::is_whitespace).map_or("", |(_, value)| value);
                    self.set(scene, name, value.trim()).await
                }
                (Some(name), _) => Ok(said(SettingsReply::Refused { name, text: quoted(&value.join(" ")) })),
            },
        }
    }

    /// Shows a button in the group by which everybody may report.
    pub(super) async fn panel(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        if let Err(answer) = self.administrator(scene).await? {
            return Ok(answer);
        }
        if self.lodging(&scene.policy, &scene.group.chat).is_none() {
            return Ok(Answer::of(Said::NoRooms));
        }
        let announcement = Announcement::Panel;
        self.owe_group(scene, vec![RosterEffect::Tell { group: scene.group.id, announcement }]).await?;
        Ok(Answer::of(Said::Rostered))
    }

    async fn list_settings(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
        let journal = self.store.roster_history(scene.company).await?;
        let changes = changes(&journal, scene.group.id);
        let zone = scene.roster.calendar(scene.group.id, &self.calendar).zone;
        let line = |name| {
            let last = changes.iter().rev().find(|change| change.name == name);
            SettingLine {
                name,
                own: scene.roster.settings.of(scene.group.id, name).written(),
                default: self.default_of(&scene.roster, name),
                changed: last.map(|change| (change.by, zone.written(change.at))),
            }
        };
        Ok(said(SettingsReply::Listed(SettingName::LISTED.map(line).to_vec())))
    }

    /// What holds where a group has set nothing; `None` where it depends on who asks.
    fn default_of(&self, roster: &Roster, name: SettingName) -> Option<String> {
        let policy = roster.policy(&self.policy);
        let wait = |level: usize| {
            let nudge = policy.rules().levels.get(level).and_then(|level| level.nudge);
            Some(nudge.map_or_else(|| "-".to_owned(), |nudge| write_span(nudge.after)))
        };
        let limit = |count: Option<u16>| Some(ReportLimit::from(count).to_string());
        match name {
            SettingName::Language => roster.settings.locale.as_ref().map(Text::to_string),
            SettingName::Timezone => Some(self.calendar.zone.to_string()),
            SettingName::WeekStart => Some(self.calendar.week_start.as_str().to_owned()),
            SettingName::UnclaimedReminder => wait(0),
            SettingName::EscalationReminder => wait(1),
            SettingName::ReportsPerHour => limit(policy.rules().hourly.person),
            SettingName::ReportsPerHourGroup => limit(policy.rules().hourly.group),
            SettingName::TeamReminder => {
                Some(policy.rules().route.map_or_else(|| "-".to_owned(), |route| write_span(route.after)))
            }
            SettingName::DefaultTeam | SettingName::SummaryTemplate | SettingName::Landmark(_) => {
                Some("-".to_owned())
            }
            SettingName::IdleWarningDays => Some(idle_days(&policy, |idle| idle.warn)),
            SettingName::AutoCloseDays => Some(idle_days(&policy, |idle| idle.close)),
            SettingName::Emoji(_) | SettingName::Words(_) => None,
        }
    }

    async fn tell_changes(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
        let journal = self.store.roster_history(scene.company).await?;
        let mut changes = changes(&journal, scene.group.id);
        let more = changes.len().saturating_sub(SHOWN);
        changes.drain(..more);
        let zone = scene.roster.calendar(scene.group.id, &self.calendar).zone;
        let changes = changes.into_iter().map(|change| (zone.written(change.at), change)).collect();
        Ok(said(SettingsReply::History { changes, more: more as u64 }))
    }

    async fn set(
        &self,
        scene: &mut Scene<'_>,
        name: SettingName,
        value: &str,
    ) -> Result<Answer, HandleError> {
        let Some(setting) = self.read_setting(scene, name, value) else {
            return Ok(said(SettingsReply::Refused { name, text: quoted(value) }));
        };
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        let before = scene.roster.settings.of(scene.group.id, name).written();
        let after = setting.written();
        Ok(match self.change_settings(scene, actor, RosterCommand::Set { setting }).await? {
            Ok(()) => said(SettingsReply::Changed { name, before, after }),
            Err(rejection) => Answer::of(Said::Refused(rejection)).asking(Act::Administer),
        })
    }

    fn read_setting(&self, scene: &Scene<'_>, name: SettingName, value: &str) -> Option<Setting> {
        if value.eq_ignore_ascii_case(DEFAULT) {
            return Some(name.unset(scene.group.id));
        }
        let value = match name {
            SettingName::Language => self.phrasebook.find(value)?,
            SettingName::Timezone
            | SettingName::WeekStart
            | SettingName::UnclaimedReminder
            | SettingName::EscalationReminder
            | SettingName::ReportsPerHour
            | SettingName::ReportsPerHourGroup
            | SettingName::TeamReminder
            | SettingName::SummaryTemplate
            | SettingName::Emoji(_)
            | SettingName::Words(_)
            | SettingName::Landmark(_)
            | SettingName::IdleWarningDays
            | SettingName::AutoCloseDays => value,
            SettingName::DefaultTeam => {
                let team = value.parse().ok().map(TeamId::new);
                team.filter(|team| scene.roster.teams.contains_key(team)).map(|_| value)?
            }
        };
        name.read(scene.group.id, value)
    }

    /// Takes the last change back that was not taken back yet.
    async fn undo_setting(&self, scene: &mut Scene<'_>) -> Result<Answer, HandleError> {
        let actor = match self.administrator(scene).await? {
            Ok(actor) => actor,
            Err(answer) => return Ok(answer),
        };
        if self.store.applied(&scene.request.key).await?.is_some() {
            return self.undone_before(scene).await;
        }
        for _ in 0..TRIES {
            let journal = self.store.roster_history(scene.company).await?;
            let changes = changes(&journal, scene.group.id);
            let Some(last) = undoable(&changes) else {
                return Ok(said(SettingsReply::Nothing));
            };
            let (before, after) = (last.after.written(), last.before.written());
            let seen = Version::new(u32::try_from(journal.len()).unwrap_or(u32::MAX));
            let command = RosterCommand::Restore { setting: last.before.clone(), seen };
            match self.change_settings(scene, actor.clone(), command).await? {
                Ok(()) => return Ok(said(SettingsReply::Undone { name: last.name, before, after })),
                Err(Rejection::Stale) => {}
                Err(rejection) => return Ok(Answer::of(Said::Refused(rejection)).asking(Act::Administer)),
            }
        }
        Err(HandleError::Contended)
    }

    /// A redelivery: whatever was undone last was undone by it, or after it.
    async fn undone_before(&self, scene: &Scene<'_>) -> Result<Answer, HandleError> {
        let journal = self.store.roster_history(scene.company).await?;
        let changes = changes(&journal, scene.group.id);
        let last = changes.iter().rev().find(|change| change.undid);
        Ok(last.map_or(Answer::of(Said::Nothing), |change| {
            let (before, after) = (change.before.written(), change.after.written());
            said(SettingsReply::Undone { name: change.name, before, after })
        }))
    }

    async fn change_settings(
        &self,
        scene: &mut Scene<'_>,
        actor: Actor,
        command: RosterCommand,
    ) -> Result<Result<(), Rejection>, HandleError> {
        let origin = Some(Origin { key: scene.request.key.clone(), answer: "settings".to_owned() });
        let order = RosterOrder { company: scene.company, actor, commands: vec![command], origin };
        Ok(self.change_roster(order, scene.now).await?.map(|roster| scene.take(roster)))
    }
}

fn list_words(scene: &Scene<'_>) -> Answer {
    let own: BTreeMap<Saying, &OwnWords> = scene.roster.own_words(scene.group.id).collect();
    let words = Saying::ALL.iter().map(|saying| (*saying, own.get(saying).copied().cloned()));
    said(SettingsReply::Words(words.collect()))
}

/// After how many days of silence something happens; a dash where it never does.
fn idle_days(policy: &Policy, after: impl Fn(&IdleRule) -> Duration) -> String {
    let idle = policy.rules().idle.as_ref();
    idle.map_or_else(|| "-".to_owned(), |idle| (after(idle).as_secs() / (24 * 60 * 60)).to_string())
}

const fn said(reply: SettingsReply) -> Answer {
    Answer::of(Said::Settings(reply))
}

fn quoted(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
