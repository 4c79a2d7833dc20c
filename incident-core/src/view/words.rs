//! The commands that people type: one table, from which help, usage and the platforms' command menus follow.

use super::Phrase;

/// A command that people type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommandWord {
    /// Say what this is.
    Start,
    /// List the commands.
    Help,
    /// Name the managers of a group.
    ConfigureManagers,
    /// Make somebody a responder.
    AddDispatcher,
    /// Take that role away.
    RemoveDispatcher,
    /// Register as a reporter.
    RegisterDriver,
    /// Report an incident.
    NewIssue,
    /// Ask how an incident stands.
    Status,
    /// Choose the language of a group.
    Language,
    /// Look up what a group has set for itself, or change it.
    Settings,
    /// List what is open.
    Open,
    /// List what the asker holds.
    Mine,
    /// Tell what happened to an incident.
    History,
    /// List the files of an incident.
    Files,
    /// Ask a person to take it.
    Assign,
    /// Take it from one person and ask another.
    Reassign,
    /// Show and pin its card again.
    Pin,
    /// End a claim of somebody else.
    Revoke,
    /// Stop the clocks.
    Hold,
    /// Start the clocks again.
    Resume,
    /// Take a report back.
    Cancel,
    /// Open it again.
    Reopen,
    /// Close it because it repeats another one.
    Duplicate,
    /// Put it into another state, whatever the rules say.
    Override,
    /// Set the priority.
    Priority,
    /// Add a tag.
    Tag,
    /// Remove a tag.
    Untag,
    /// Correct the description.
    Edit,
    /// Add a note.
    Note,
    /// Add a note whose words stay out of the chat.
    NoteInternal,
    /// Ask for the figures of a group.
    Stats,
    /// Ask for a report as files.
    Report,
    /// Show a button by which everybody may report.
    Panel,
    /// Found a team that everybody may choose.
    AddTeam,
    /// Found a team that only members of teams may choose.
    AddRestrictedTeam,
    /// Say when somebody is on duty, or show who is.
    Schedule,
    /// List the teams.
    Teams,
    /// Put people into a team.
    AddTeamMember,
    /// Take people out of a team.
    RemoveTeamMember,
    /// Let a group live in another chat as well.
    Link,
    /// Let it live there no more.
    Unlink,
    /// Be known by another account as well.
    LinkMe,
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
    /// All commands, in the order of the help text.
    pub const ALL: [Self; 47] = [
        Self::NewIssue,
        Self::Status,
        Self::Open,
        Self::Mine,
        Self::History,
        Self::Files,
        Self::Pin,
        Self::Stats,
        Self::Report,
        Self::Assign,
        Self::Reassign,
        Self::Revoke,
        Self::Hold,
        Self::Resume,
        Self::Cancel,
        Self::Reopen,
        Self::Duplicate,
        Self::Override,
        Self::Priority,
        Self::Tag,
        Self::Untag,
        Self::Edit,
        Self::Note,
        Self::NoteInternal,
        Self::RegisterDriver,
        Self::ConfigureManagers,
        Self::AddDispatcher,
        Self::RemoveDispatcher,
        Self::Language,
        Self::Settings,
        Self::Panel,
        Self::AddTeam,
        Self::AddRestrictedTeam,
        Self::Teams,
        Self::AddTeamMember,
        Self::RemoveTeamMember,
        Self::Schedule,
        Self::Link,
        Self::Unlink,
        Self::LinkMe,
        Self::Start,
        Self::Help,
        Self::AddCompany,
        Self::AddGroup,
        Self::ListGroups,
        Self::SuspendGroup,
        Self::ActivateGroup,
    ];

    /// What whoever knows departments types to report.
    const TICKET: &str = "ticket";

    /// Returns the word as it is typed, without its slash.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Help => "help",
            Self::ConfigureManagers => "configure_managers",
            Self::AddDispatcher => "add_dispatcher",
            Self::RemoveDispatcher => "remove_dispatcher",
            Self::RegisterDriver => "register_driver",
            Self::NewIssue => "new_issue",
            Self::Status => "status",
            Self::Language => "language",
            Self::Settings => "settings",
            Self::Panel => "panel",
            Self::Stats => "stats",
            Self::Report => "report",
            Self::Open => "open",
            Self::Mine => "mine",
            Self::History => "history",
            Self::Files => "files",
            Self::Pin => "pin",
            Self::Assign => "assign",
            Self::Reassign => "reassign",
            Self::Revoke => "revoke",
            Self::Hold => "hold",
            Self::Resume => "resume",
            Self::Cancel => "cancel",
            Self::Reopen => "reopen",
            Self::Duplicate => "duplicate",
            Self::Override => "override",
            Self::Priority => "priority",
            Self::Tag => "tag",
            Self::Untag => "untag",
            Self::Edit => "edit",
            Self::Note => "note",
            Self::NoteInternal => "note_internal",
            Self::AddTeam => "add_team",
            Self::AddRestrictedTeam => "add_restricted_team",
            Self::Schedule => "schedule",
            Self::Teams => "teams",
            Self::AddTeamMember => "add_team_member",
            Self::RemoveTeamMember => "remove_team_member",
            Self::Link => "link",
            Self::Unlink => "unlink",
            Self::LinkMe => "link_me",
            Self::AddCompany => "add_company",
            Self::AddGroup => "add_group",
            Self::ListGroups => "list_groups",
            Self::SuspendGroup => "suspend_group",
            Self::ActivateGroup => "activate_group",
        }
    }

    /// Finds the command that a word means; case does not matter.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
        if word == Self::TICKET {
            return Some(Self::NewIssue);
        }
        Self::ALL.into_iter().find(|command| command.word() == word)
    }

    /// Returns what it does, for help texts and menus.
    pub const fn what(self) -> Phrase {
        match self {
            Self::Start => Phrase::CommandStart,
            Self::Help => Phrase::CommandHelp,
            Self::ConfigureManagers => Phrase::CommandConfigureManagers,
            Self::AddDispatcher => Phrase::CommandAddDispatcher,
            Self::RemoveDispatcher => Phrase::CommandRemoveDispatcher,
            Self::RegisterDriver => Phrase::CommandRegisterDriver,
            Self::NewIssue => Phrase::CommandNewIssue,
            Self::Status => Phrase::CommandStatus,
            Self::Language => Phrase::CommandLanguage,
            Self::Settings => Phrase::CommandSettings,
            Self::Panel => Phrase::CommandPanel,
            Self::Stats => Phrase::CommandStats,
            Self::Report => Phrase::CommandReport,
            Self::Open => Phrase::CommandOpen,
            Self::Mine => Phrase::CommandMine,
            Self::History => Phrase::CommandHistory,
            Self::Files => Phrase::CommandFiles,
            Self::Pin => Phrase::CommandPin,
            Self::Assign => Phrase::CommandAssign,
            Self::Reassign => Phrase::CommandReassign,
            Self::Revoke => Phrase::CommandRevoke,
            Self::Hold => Phrase::CommandHold,
            Self::Resume => Phrase::CommandResume,
            Self::Cancel => Phrase::CommandCancel,
            Self::Reopen => Phrase::CommandReopen,
            Self::Duplicate => Phrase::CommandDuplicate,
            Self::Override => Phrase::CommandOverride,
            Self::Priority => Phrase::CommandPriority,
            Self::Tag => Phrase::CommandTag,
            Self::Untag => Phrase::CommandUntag,
            Self::Edit => Phrase::CommandEdit,
            Self::Note => Phrase::CommandNote,
            Self::NoteInternal => Phrase::CommandNoteInternal,
            Self::AddTeam => Phrase::CommandAddTeam,
            Self::AddRestrictedTeam => Phrase::CommandAddRestrictedTeam,
            Self::Schedule => Phrase::CommandSchedule,
            Self::Teams => Phrase::CommandTeams,
            Self::AddTeamMember => Phrase::CommandAddTeamMember,
            Self::RemoveTeamMember => Phrase::CommandRemoveTeamMember,
            Self::Link => Phrase::CommandLink,
            Self::Unlink => Phrase::CommandUnlink,
            Self::LinkMe => Phrase::CommandLinkMe,
            Self::AddCompany => Phrase::CommandAddCompany,
            Self::AddGroup => Phrase::CommandAddGroup,
            Self::ListGroups => Phrase::CommandListGroups,
            Self::SuspendGroup => Phrase::CommandSuspendGroup,
            Self::ActivateGroup => Phrase::CommandActivateGroup,
        }
    }
}
