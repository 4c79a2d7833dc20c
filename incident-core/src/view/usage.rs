//! How commands are typed, and what the help text says of them.

use super::{Arg, CommandWord, Line, Locale, Phrase, Span};

impl CommandWord {
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
            | Self::Duplicate
            | Self::Override => Phrase::HelpWork,
            Self::Priority | Self::Tag | Self::Untag | Self::Edit | Self::Note | Self::NoteInternal => {
                Phrase::HelpContent
            }
            Self::RegisterDriver
            | Self::ConfigureManagers
            | Self::AddDispatcher
            | Self::RemoveDispatcher
            | Self::Language
            | Self::Settings
            | Self::Panel
            | Self::Teams
            | Self::Schedule
            | Self::AddTeam
            | Self::AddRestrictedTeam
            | Self::AddTeamMember
            | Self::RemoveTeamMember
            | Self::Link
            | Self::Unlink
            | Self::LinkMe
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
            | Self::Panel
            | Self::Teams
            | Self::Unlink
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
            Self::Link | Self::LinkMe => &[May(Phrase::ArgumentsCode)],
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
            Self::Override => {
                &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsState), Must(Phrase::ArgumentsReason)]
            }
            Self::Priority => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsPriority)],
            Self::Tag | Self::Untag => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsTag)],
            Self::Edit => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsDescription)],
            Self::Note | Self::NoteInternal => &[May(Phrase::ArgumentsNumber), Must(Phrase::ArgumentsText)],
        }
    }

    /// Returns how it is typed: `/new_issue <description>`. What stands in brackets may be left out, the number
    /// of an incident where the command replies to a message about it.
    pub fn usage(self, locale: &Locale) -> String {
        let mut usage = locale.command(self);
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
