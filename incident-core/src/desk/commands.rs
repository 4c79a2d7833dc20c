//! What the typed commands do. Checks come in the order that people expect: the chat, the group, the
//! arguments, the person; nothing is remembered of anybody before a command makes sense.

mod founding;
mod linking;
mod lists;
mod naming;
mod orders;
mod reports;
mod roles;
mod schedules;
mod target;
mod teams;
mod tenants;

use std::time::Duration;

pub(super) use linking::links_chat;
pub(super) use orders::{act_of, holder_meant};
pub(super) use reports::without_command;
use roles::RoleChange;

use super::handle::{Answer, Scene};
use super::{Desk, HandleError};
use crate::view::{CommandWord, Said};

impl Desk {
    pub(super) async fn command(
        &self,
        scene: &mut Scene<'_>,
        word: CommandWord,
    ) -> Result<Answer, HandleError> {
        match word {
            CommandWord::Start => self.welcome(scene).await,
            CommandWord::Help => Ok(Answer::of(Said::Help)),
            CommandWord::NewIssue => self.new_issue(scene).await,
            CommandWord::Status => self.status(scene).await,
            CommandWord::RegisterDriver => self.register(scene).await,
            CommandWord::ConfigureManagers => self.administer(scene, RoleChange::NameManagers).await,
            CommandWord::AddDispatcher => self.administer(scene, RoleChange::AddDispatcher).await,
            CommandWord::RemoveDispatcher => self.administer(scene, RoleChange::RemoveDispatcher).await,
            CommandWord::Language => self.language(scene).await,
            CommandWord::Settings => self.settings(scene).await,
            CommandWord::Panel => self.panel(scene).await,
            CommandWord::Schedule => self.schedule(scene).await,
            CommandWord::Stats => self.stats(scene).await,
            CommandWord::Report => self.report(scene).await,
            CommandWord::Teams => Ok(Self::teams(scene)),
            CommandWord::Link => self.link(scene).await,
            CommandWord::Unlink => self.unlink(scene).await,
            CommandWord::LinkMe => self.link_me(scene).await,
            CommandWord::AddTeam | CommandWord::AddRestrictedTeam => self.add_team(scene, word).await,
            CommandWord::AddTeamMember | CommandWord::RemoveTeamMember => {
                self.change_members(scene, word).await
            }
            // They are answered alike in every chat, and so before anybody asks whose it is.
            CommandWord::AddCompany
            | CommandWord::AddGroup
            | CommandWord::ListGroups
            | CommandWord::SuspendGroup
            | CommandWord::ActivateGroup => Ok(Answer::of(Said::Nothing)),
            CommandWord::Open | CommandWord::Mine => self.listed(scene, word).await,
            CommandWord::History => self.history(scene).await,
            CommandWord::Files => self.files(scene).await,
            CommandWord::Reopen
            | CommandWord::Cancel
            | CommandWord::Hold
            | CommandWord::Resume
            | CommandWord::Priority
            | CommandWord::Tag
            | CommandWord::Untag
            | CommandWord::Edit
            | CommandWord::Note
            | CommandWord::NoteInternal
            | CommandWord::Assign
            | CommandWord::Reassign
            | CommandWord::Revoke
            | CommandWord::Pin
            | CommandWord::Duplicate
            | CommandWord::Override => self.order_typed(scene, word).await,
        }
    }
}

/// How long before a delivery that failed is tried again: doubling from a second to five minutes.
pub(super) fn back_off(attempt: u32) -> Duration {
    const LONGEST: Duration = Duration::from_secs(300);
    let doublings = attempt.saturating_sub(1).min(10);
    Duration::from_secs(1 << doublings).min(LONGEST)
}
