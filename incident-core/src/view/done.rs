//! What is said when something was done.

use super::{About, Action, CommandWord, Phrase};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// A button was pressed.
    Pressed(Action),
    /// Somebody joined those who hold it.
    Joined,
    /// A summary was given.
    Summarised,
    /// A file was added.
    Attached,
    /// A command was typed.
    Typed(CommandWord),
}

impl About<'_> {
    pub(super) fn done(&self, done: Done) -> Phrase {
        match done {
            Done::Joined => Phrase::DoneJoin,
            Done::Summarised => Phrase::DoneSummary,
            Done::Attached => Phrase::DoneAttached,
            Done::Pressed(action) => pressed(action),
            Done::Typed(CommandWord::Tag | CommandWord::Untag) => self.tagged(),
            Done::Typed(CommandWord::Pin) => self.pinned(),
            Done::Typed(word) => typed(word),
        }
    }

    /// What is over is shown, and pinned no more.
    fn pinned(&self) -> Phrase {
        match self.filed {
            Some(filed) if filed.incident.state.is_terminal() => Phrase::DonePinOver,
            Some(_) | None => Phrase::DonePin,
        }
    }

    fn tagged(&self) -> Phrase {
        match self.filed {
            Some(filed) if !filed.incident.tags.is_empty() => Phrase::DoneTags,
            Some(_) | None => Phrase::DoneUntagged,
        }
    }
}

const fn pressed(action: Action) -> Phrase {
    match action {
        Action::Hold => Phrase::DoneHold,
        Action::Archive => Phrase::DoneArchive,
        Action::Claim => Phrase::DoneClaim,
        Action::Release => Phrase::DoneRelease,
        Action::Escalate => Phrase::DoneEscalate,
        Action::Deescalate => Phrase::DoneDeescalate,
        Action::Resolve => Phrase::DoneResolve,
        Action::CancelResolve => Phrase::DoneCancelResolve,
        Action::Resume
        | Action::Confirm
        | Action::KeepOpen
        | Action::Reopen
        | Action::Close
        | Action::Route(_)
        | Action::ChooseTeam
        | Action::Back
        | Action::ChoosePerson
        | Action::Comment
        | Action::Report => Phrase::DoneOther,
        Action::Transfer(_) => Phrase::DoneTransfer,
        Action::Assign(_) | Action::Reassign(_) => Phrase::DoneAssign,
    }
}

const fn typed(word: CommandWord) -> Phrase {
    match word {
        CommandWord::Reopen => Phrase::DoneReopen,
        CommandWord::Cancel => Phrase::DoneCancel,
        CommandWord::Hold => Phrase::DoneHold,
        CommandWord::Resume => Phrase::DoneResume,
        CommandWord::Priority => Phrase::DonePriority,
        CommandWord::Edit => Phrase::DoneEdit,
        CommandWord::Note | CommandWord::NoteInternal => Phrase::DoneNote,
        CommandWord::Assign | CommandWord::Reassign => Phrase::DoneAssign,
        CommandWord::Revoke => Phrase::DoneRevoke,
        CommandWord::Duplicate => Phrase::DoneDuplicate,
        CommandWord::Override => Phrase::DoneOverride,
        CommandWord::Tag
        | CommandWord::Untag
        | CommandWord::Pin
        | CommandWord::Start
        | CommandWord::Help
        | CommandWord::ConfigureManagers
        | CommandWord::AddDispatcher
        | CommandWord::RemoveDispatcher
        | CommandWord::RegisterDriver
        | CommandWord::NewIssue
        | CommandWord::Status
        | CommandWord::Language
        | CommandWord::Settings
        | CommandWord::Panel
        | CommandWord::Schedule
        | CommandWord::Stats
        | CommandWord::Report
        | CommandWord::Open
        | CommandWord::Mine
        | CommandWord::History
        | CommandWord::Files
        | CommandWord::AddTeam
        | CommandWord::AddRestrictedTeam
        | CommandWord::Teams
        | CommandWord::AddTeamMember
        | CommandWord::RemoveTeamMember
        | CommandWord::Link
        | CommandWord::Unlink
        | CommandWord::LinkMe
        | CommandWord::AddCompany
        | CommandWord::AddGroup
        | CommandWord::ListGroups
        | CommandWord::SuspendGroup
        | CommandWord::ActivateGroup => Phrase::DoneOther,
    }
}
