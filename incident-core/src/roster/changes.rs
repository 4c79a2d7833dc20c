//! Who changed which setting of a group, from what to what, as the journal tells it; and which change can be undone.

use super::{RosterEvent, RosterFact, Setting, SettingName, Settings};
use crate::ids::GroupId;
use crate::incident::By;
use crate::time::Timestamp;

/// A change of a setting of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingChange {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// Which setting.
    pub name: SettingName,
    /// What it was before.
    pub before: Setting,
    /// What it was afterwards.
    pub after: Setting,
    /// Whether that undid an earlier change.
    pub undid: bool,
}

/// Returns what changed in the settings of a group, oldest first.
pub fn changes<'a>(journal: impl IntoIterator<Item = &'a RosterEvent>, group: GroupId) -> Vec<SettingChange> {
    let mut settings = Settings::default();
    let mut changes = Vec::new();
    for event in journal {
        let (setting, undid) = match &event.fact {
            RosterFact::SettingChanged { setting } => (setting, false),
            RosterFact::SettingRestored { setting } => (setting, true),
            RosterFact::CompanyFounded { .. }
            | RosterFact::GroupAdded { .. }
            | RosterFact::GroupActivated { .. }
            | RosterFact::GroupSuspended { .. }
            | RosterFact::GroupWithdrawn { .. }
            | RosterFact::RoleGranted { .. }
            | RosterFact::RoleRevoked { .. }
            | RosterFact::HandleBound { .. }
            | RosterFact::ChatMigrated { .. }
            | RosterFact::RightChanged { .. }
            | RosterFact::TeamAdded { .. }
            | RosterFact::TeamJoined { .. }
            | RosterFact::TeamLeft { .. }
            | RosterFact::ScheduleSet { .. }
            | RosterFact::ScheduleCleared { .. }
            | RosterFact::ShiftsBegan { .. }
            | RosterFact::Admission { .. }
            | RosterFact::CompanyRoleGranted { .. }
            | RosterFact::CompanyRoleRevoked { .. }
            | RosterFact::Linking { .. } => continue,
        };
        if let Some(name) = setting.name().filter(|_| setting.group() == Some(group)) {
            let (before, after) = (settings.of(group, name), setting.clone());
            changes.push(SettingChange { at: event.at, by: event.by, name, before, after, undid });
        }
        settings.apply(setting);
    }
    changes
}

/// Returns the last change that was not undone yet.
///
/// Undoing goes back step by step: what undid a change is not undone in its turn, the change before it is.
pub fn undoable(changes: &[SettingChange]) -> Option<&SettingChange> {
    let mut standing: Vec<&SettingChange> = Vec::new();
    for change in changes {
        if change.undid {
            standing.pop();
        } else {
            standing.push(change);
        }
    }
    standing.pop()
}
