//! Which commands are about companies and their groups, and so for administrators of the installation alone.

use super::CommandWord;

/// What administrators of the installation say about companies and their groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Governing {
    /// Found a company.
    AddCompany,
    /// Give a group to a company.
    AddGroup,
    /// List all companies with their groups.
    ListGroups,
    /// Stop a group.
    SuspendGroup,
    /// Let a group work again.
    ActivateGroup,
}

impl CommandWord {
    /// Tells what it says about companies and their groups, if it is for administrators of the installation.
    pub(crate) const fn governing(self) -> Option<Governing> {
        Some(match self {
            Self::AddCompany => Governing::AddCompany,
            Self::AddGroup => Governing::AddGroup,
            Self::ListGroups => Governing::ListGroups,
            Self::SuspendGroup => Governing::SuspendGroup,
            Self::ActivateGroup => Governing::ActivateGroup,
            Self::Start
            | Self::Help
            | Self::ConfigureManagers
            | Self::AddDispatcher
            | Self::RemoveDispatcher
            | Self::RegisterDriver
            | Self::NewIssue
            | Self::Status
            | Self::Language
            | Self::Settings
            | Self::Panel
            | Self::Schedule
            | Self::Open
            | Self::Mine
            | Self::Stats
            | Self::Report
            | Self::History
            | Self::Files
            | Self::Pin
            | Self::Assign
            | Self::Reassign
            | Self::Revoke
            | Self::Hold
            | Self::Resume
            | Self::Cancel
            | Self::Reopen
            | Self::Duplicate
            | Self::Override
            | Self::Priority
            | Self::Tag
            | Self::Untag
            | Self::Edit
            | Self::Note
            | Self::NoteInternal
            | Self::AddTeam
            | Self::AddRestrictedTeam
            | Self::Teams
            | Self::AddTeamMember
            | Self::RemoveTeamMember
            | Self::Link
            | Self::Unlink
            | Self::LinkMe => return None,
        })
    }

    /// Tells whether it is about companies and their groups.
    pub(crate) const fn governs(self) -> bool {
        self.governing().is_some()
    }
}
