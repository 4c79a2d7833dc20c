//! The commands that people type: one table, from which help, usage and the platforms' command menus follow.

use super::{Arg, Line, Locale, Phrase, Span};

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
    pub const ALL: [Self; 42] = [
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
        Self::AddTeam,
        Self::AddRestrictedTeam,
        Self::Teams,
        Self::AddTeamMember,
        Self::RemoveTeamMember,
        Self::Schedule,
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
            Self::AddCompany => Phrase::CommandAddCompany,
            Self::AddGroup => Phrase::CommandAddGroup,
            Self::ListGroups => Phrase::CommandListGroups,
            Self::SuspendGroup => Phrase::CommandSuspendGroup,
            Self::ActivateGroup => Phrase::CommandActivateGroup,
        }
    }

    /// Returns under which heading of the help text it stands.
    const fn topic(self) -> Phrase {
        match self {
            Self::NewIssue
            | Self::Status
            | Self::Open
            | Self::Mine
            | Self::History
            | Self::Files
            | Self::Pin
            | Self::Stats
            | Self::Report => Phrase::HelpFollow,
            Self::Assign
            | Self::Reassign
            | Self::Revoke
            | Self::Hold
            | Self::Resume
            | Self::Cancel
            | Self::Reopen
            | Self::Duplicate => Phrase::HelpWork,
            Self::Priority | Self::Tag | Self::Untag | Self::Edit | Self::Note | Self::NoteInternal => {
                Phrase::HelpContent
            }
            Self::RegisterDriver
            | Self::ConfigureManagers
            | Self::AddDispatcher
            | Self::RemoveDispatcher
            | Self::Language
            | Self::Settings
            | Self::Teams
            | Self::Schedule
            | Self::AddTeam
            | Self::AddRestrictedTeam
            | Self::AddTeamMember
            | Self::RemoveTeamMember
            | Self::Start
            | Self::Help => Phrase::HelpGroup,
            Self::AddCompany
            | Self::AddGroup
            | Self::ListGroups
            | Self::SuspendGroup
            | Self::ActivateGroup => Phrase::HelpInstallation,
        }
    }

    /// Returns what must or may follow it.
    const fn arguments(self) -> &'static [Argument] {
        use Argument::{May, Must};
        match self {
            Self::Start
            | Self::Help
            | Self::RegisterDriver
            | Self::Mine
            | Self::Stats
            | Self::Teams
            | Self::ListGroups
            | Self::SuspendGroup
            | Self::ActivateGroup => &[],
            Self::AddTeam | Self::AddRestrictedTeam => &[Must(Phrase::ArgumentsTeam)],
            Self::Schedule => {
                &[May(Phrase::ArgumentsTeamNumber), May(Phrase::ArgumentsPerson), May(Phrase::ArgumentsWeek)]
            }
            Self::AddTeamMember | Self::RemoveTeamMember => {
                &[Must(Phrase::ArgumentsTeamNumber), Must(Phrase::ArgumentsPeople)]
            }
            Self::AddCompany | Self::AddGroup => &[Must(Phrase::ArgumentsCompany)],
            Self::Open => &[May(Phrase::ArgumentsTag)],
            Self::Report => &[Must(Phrase::ArgumentsPeriod), May(Phrase::ArgumentsDate)],
            Self::ConfigureManagers => &[Must(Phrase::ArgumentsPeople)],
            Self::AddDispatcher | Self::RemoveDispatcher => &[Must(Phrase::ArgumentsPerson)],
            Self::Language => &[Must(Phrase::ArgumentsLanguage)],
            Self::Settings => &[May(Phrase::ArgumentsSetting), May(Phrase::ArgumentsValue)],
            Self::NewIssue => &[Must(Phrase::ArgumentsDescription)],
            Self::Status | Self::Files | Self::Pin | Self::Resume => &[May(Phrase::ArgumentsNumber)],
            Self::History => &[May(Phrase::ArgumentsNumber), May(Phrase::ArgumentsPage)],
            Self::Assign => &[May(Phrase::ArgumentsNumber), May(Phrase::ArgumentsPerson)],
            Self::Reassign => {
                &[May(Phrase::ArgumentsNumber), May(Phrase::ArgumentsPerson), May(Phrase::ArgumentsPerson)]
            }
            Self::Revoke => {
                &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsPerson), Must(Phrase::ArgumentsReason)]
            }
            Self::Hold => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsHold)],
            Self::Cancel | Self::Reopen => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsReason)],
            Self::Duplicate => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsOriginal)],
            Self::Priority => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsPriority)],
            Self::Tag | Self::Untag => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsTag)],
            Self::Edit => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsDescription)],
            Self::Note | Self::NoteInternal => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsText)],
        }
    }

    /// Returns how it is typed: `/new_issue <description>`. What stands in brackets may be left out, the number
    /// of an incident where the command replies to a message about it.
    pub fn usage(self, locale: &Locale) -> String {
        let mut usage = format!("{}{}", locale.slash(), self.word());
        for argument in self.arguments() {
            let (open, phrase, close) = match argument {
                Argument::Must(phrase) => (" <", phrase, ">"),
                Argument::May(phrase) => (" [", phrase, "]"),
            };
            usage.extend([open, &locale.text(*phrase), close]);
        }
        usage
    }

    /// Returns the help text, a line for each command.
    pub fn help(locale: &Locale) -> Vec<Line> {
        let mut lines = vec![locale.line(Phrase::HelpIntro, &[])];
        let mut topic = None;
        for command in Self::ALL {
            if topic.replace(command.topic()) != Some(command.topic()) {
                lines.push(Line::new());
                lines.push(vec![Span::Strong(locale.text(command.topic()))]);
            }
            let usage = Arg::from(command.usage(locale));
            let what = Arg::from(locale.text(command.what()));
            lines.push(locale.line(Phrase::HelpCommand, &[("usage", usage), ("what", what)]));
        }
        let usage = Arg::from(Self::ConfigureManagers.usage(locale));
        lines.extend([Line::new(), locale.line(Phrase::HelpNumber, &[])]);
        lines.push(locale.line(Phrase::HelpOutro, &[("usage", usage)]));
        lines
    }
}

/// What follows a command.
#[derive(Debug, Clone, Copy)]
enum Argument {
    /// It must be there.
    Must(Phrase),
    /// It may be left out.
    May(Phrase),
}
