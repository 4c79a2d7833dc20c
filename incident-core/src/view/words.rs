//! The commands that people type: one table, from which help, usage and the platforms' command menus follow.

use super::{Arg, Line, Locale, Phrase};

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
}

impl CommandWord {
    /// All commands, in the order of the help text.
    pub const ALL: [Self; 9] = [
        Self::NewIssue,
        Self::Status,
        Self::RegisterDriver,
        Self::ConfigureManagers,
        Self::AddDispatcher,
        Self::RemoveDispatcher,
        Self::Language,
        Self::Start,
        Self::Help,
    ];

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
        }
    }

    /// Finds the command that a word means; case does not matter.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase();
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
        }
    }

    const fn arguments(self) -> Option<Phrase> {
        match self {
            Self::Start | Self::Help | Self::RegisterDriver => None,
            Self::ConfigureManagers => Some(Phrase::ArgumentsPeople),
            Self::AddDispatcher | Self::RemoveDispatcher => Some(Phrase::ArgumentsPerson),
            Self::NewIssue => Some(Phrase::ArgumentsDescription),
            Self::Status => Some(Phrase::ArgumentsNumber),
            Self::Language => Some(Phrase::ArgumentsLanguage),
        }
    }

    /// Returns how it is typed: `/new_issue <description>`.
    pub fn usage(self, locale: &Locale) -> String {
        match self.arguments() {
            None => format!("/{}", self.word()),
            Some(arguments) => format!("/{} <{}>", self.word(), locale.text(arguments)),
        }
    }

    /// Returns the help text, a line for each command.
    pub fn help(locale: &Locale) -> Vec<Line> {
        let mut lines = vec![locale.line(Phrase::HelpIntro, &[])];
        lines.extend(Self::ALL.into_iter().map(|command| {
            let usage = Arg::from(command.usage(locale));
            let what = Arg::from(locale.text(command.what()));
            locale.line(Phrase::HelpCommand, &[("usage", usage), ("what", what)])
        }));
        let usage = Arg::from(Self::ConfigureManagers.usage(locale));
        lines.push(locale.line(Phrase::HelpOutro, &[("usage", usage)]));
        lines
    }
}
