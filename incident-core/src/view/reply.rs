//! The immediate answer to a press or a command. It is not owed like an effect: whoever asked is still there.

use super::history::HistoryPage;
use super::linking::LinkReply;
use super::settings::SettingsReply;
use super::stats::{self, Stats};
use super::{Button, Choice, CommandWord, Done, Line, Locale, People, Phrase, Rota};
use crate::figures::Zone;
use crate::ids::{ChatRef, Number, PersonId};
use crate::incident::{Event, Rejection};
use crate::policy::Act;
use crate::ports::Filed;
use crate::roster::{Grantee, Roster, Team};

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Nothing: it was not for us, or the card says it all.
    Nothing,
    /// A report became an incident; its card is the answer.
    Reported(Number),
    /// A report became an incident, and this is its room.
    Housed {
        /// Its number.
        number: Number,
        /// The room.
        room: ChatRef,
    },
    /// A press or a summary did what it says.
    Done(Done),
    /// What is asked for is owed to the group: an announcement of what changed, or files.
    Rostered,
    /// The list of commands.
    Help,
    /// How a command is typed.
    Usage(CommandWord),
    /// What the desk does, and how many incidents the group had so far.
    Welcome {
        /// How many.
        total: u64,
    },
    /// How an incident stands.
    Status {
        /// By whose clock times are told.
        zone: Zone,
        /// Whether it may still be opened again.
        reopen: bool,
    },
    /// The figures of today, this week and this month.
    Stats {
        /// Those figures.
        figures: Vec<Stats>,
        /// By which time zone the days were counted.
        zone: String,
    },
    /// What became of linking chats or accounts.
    Linking(LinkReply),
    /// What a group has set for itself, or what became of changing it.
    Settings(SettingsReply),
    /// These are the teams of the company.
    Teams(Vec<Team>),
    /// This is who is on duty when.
    Schedules(Rota),
    /// Teams are chosen here, and there is none.
    NoTeams,
    /// These are the companies of the installation, with their groups.
    Tenants(Vec<Roster>),
    /// A company of this name was founded.
    CompanyFounded(String),
    /// The group belongs to the company of this name now.
    GroupAdded(String),
    /// The group waits for approval again.
    GroupSuspended,
    /// The group may work.
    GroupActivated,
    /// These people have a role in every group of the company.
    CompanyRoles {
        /// What it is called.
        name: String,
        /// Its managers.
        managers: Vec<Grantee>,
        /// Its responders.
        responders: Vec<Grantee>,
    },
    /// The group is admitted to the company of this name.
    GroupAdmitted(String),
    /// The group is refused.
    GroupDenied,
    /// What becomes of the group was decided before.
    AdmissionDecided,
    /// Those who decide were asked about this name before.
    AdmissionKnown,
    /// Those who decide have refused this name before.
    AdmissionDenied,
    /// Those who decide were asked often enough about this group.
    AdmissionLimited {
        /// In how many hours they may be asked again.
        hours: u64,
    },
    /// There is a company of this name already.
    CompanyExists(String),
    /// There is no company of this name.
    NoSuchCompany(String),
    /// There are several companies of this name.
    SeveralCompanies {
        /// The name.
        name: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// Somebody holds it already; it can be handed over.
    Held(PersonId),
    /// The group belongs to a company already.
    GroupTaken,
    /// There is no team of this number.
    NoSuchTeam(String),
    /// There is a team of this name already.
    TeamExists(String),
    /// Somebody is asked to choose, by a button.
    Choose(Choice),
    /// It was refused.
    Refused(Rejection),
    /// The button is not one of ours, or not in this chat.
    UnknownButton,
    /// Commands for groups were typed elsewhere.
    OnlyInGroups,
    /// An administrator of the installation must let the group work first, with this command.
    NeedsApproval(CommandWord),
    /// The group was suspended.
    Suspended,
    /// Whoever asked hides behind the group or a channel.
    Anonymous,
    /// A bot asked.
    Bot,
    /// What is open, or held: the first of it, and how many more there are.
    Listed {
        /// Those that are shown.
        filed: Vec<Filed>,
        /// Whether only what the asker holds was asked for.
        mine: bool,
        /// How many are not.
        more: u64,
    },
    /// What happened to an incident.
    History(HistoryPage),
    /// The files of an incident: the latest of them, and how many there are before these.
    Files {
        /// How each came.
        files: Vec<Event>,
        /// Whether they are sent again.
        sent: bool,
        /// How many are not shown.
        more: u64,
        /// By whose clock times are told.
        zone: Zone,
    },
    /// Somebody who was never seen here.
    Unseen(String),
    /// That is nobody's handle.
    BadHandle(String),
    /// Incidents of the group have no rooms, so nothing leads there.
    NoRooms,
    /// That is no incident number.
    BadNumber(String),
    /// It failed for a reason that may pass.
    TryAgain,
}

impl Said {
    /// Returns a word for logs, without anything that somebody wrote.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Reported(_) => "reported",
            Self::Housed { .. } => "housed",
            Self::Done(_) => "done",
            Self::Rostered => "rostered",
            Self::Help => "help",
            Self::Usage(_) => "usage",
            Self::Welcome { .. } => "welcome",
            Self::Status { .. } => "status",
            Self::Stats { .. } => "stats",
            Self::Linking(_) => "linking",
            Self::Settings(_) => "settings",
            Self::Teams(_) => "teams",
            Self::Schedules(_) => "schedules",
            Self::NoTeams => "no_teams",
            Self::Tenants(_) => "tenants",
            Self::CompanyFounded(_) => "company_founded",
            Self::GroupAdded(_) => "group_added",
            Self::GroupSuspended => "group_suspended",
            Self::GroupActivated => "group_activated",
            Self::CompanyRoles { .. } => "company_roles",
            Self::GroupAdmitted(_) => "group_admitted",
            Self::GroupDenied => "group_denied",
            Self::AdmissionDecided => "admission_decided",
            Self::AdmissionKnown => "admission_known",
            Self::AdmissionDenied => "admission_denied",
            Self::AdmissionLimited { .. } => "admission_limited",
            Self::CompanyExists(_) => "company_exists",
            Self::NoSuchCompany(_) => "no_such_company",
            Self::SeveralCompanies { .. } => "several_companies",
            Self::Held(_) => "held",
            Self::GroupTaken => "group_taken",
            Self::NoSuchTeam(_) => "no_such_team",
            Self::TeamExists(_) => "team_exists",
            Self::Choose(_) => "choose",
            Self::Refused(_) => "refused",
            Self::UnknownButton => "unknown_button",
            Self::OnlyInGroups => "only_in_groups",
            Self::NeedsApproval(_) => "needs_approval",
            Self::Suspended => "suspended",
            Self::Anonymous => "anonymous",
            Self::Bot => "bot",
            Self::Listed { .. } => "listed",
            Self::History(_) => "history",
            Self::Files { .. } => "files",
            Self::Unseen(_) => "unseen",
            Self::BadHandle(_) => "bad_handle",
            Self::NoRooms => "no_rooms",
            Self::BadNumber(_) => "bad_number",
            Self::TryAgain => "try_again",
        }
    }
}

/// How an answer should be shown where there is a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyTone {
    /// In passing.
    Quiet,
    /// So that it is noticed.
    Alert,
}

/// An immediate answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// What is answered, for programs.
    pub said: Said,
    /// The same in words; empty where there is nothing to say.
    pub lines: Vec<Line>,
    /// Rows of buttons, where something is to be chosen.
    pub buttons: Vec<Vec<Button>>,
    /// How it should be shown.
    pub tone: ReplyTone,
}

/// What an answer speaks of.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The incident, if it is about one.
    pub filed: Option<&'a Filed>,
    /// Those it may name.
    pub people: &'a People,
    /// The permission that was asked for, if one was.
    pub act: Option<Act>,
    /// The language.
    pub locale: &'a Locale,
}

/// Puts an answer into words.
pub fn say(about: &About<'_>, said: Said) -> Reply {
    let tone = match &said {
        Said::Settings(reply) => reply.tone(),
        Said::Linking(reply) => reply.tone(),
        Said::Nothing
        | Said::Reported(_)
        | Said::Housed { .. }
        | Said::Done(_)
        | Said::Rostered
        | Said::Help
        | Said::Usage(_)
        | Said::Welcome { .. }
        | Said::Status { .. }
        | Said::Stats { .. }
        | Said::Listed { .. }
        | Said::History(_)
        | Said::Files { .. }
        | Said::Teams(_)
        | Said::Schedules(_)
        | Said::Choose(_)
        | Said::Tenants(_)
        | Said::CompanyFounded(_)
        | Said::GroupAdded(_)
        | Said::GroupSuspended
        | Said::GroupActivated
        | Said::CompanyRoles { .. }
        | Said::GroupAdmitted(_)
        | Said::GroupDenied
        | Said::AdmissionKnown => ReplyTone::Quiet,
        Said::Refused(_)
        | Said::UnknownButton
        | Said::OnlyInGroups
        | Said::NeedsApproval(_)
        | Said::AdmissionDecided
        | Said::AdmissionDenied
        | Said::AdmissionLimited { .. }
        | Said::CompanyExists(_)
        | Said::NoSuchCompany(_)
        | Said::SeveralCompanies { .. }
        | Said::Held(_)
        | Said::GroupTaken
        | Said::NoSuchTeam(_)
        | Said::NoTeams
        | Said::TeamExists(_)
        | Said::Suspended
        | Said::Anonymous
        | Said::Bot
        | Said::Unseen(_)
        | Said::BadHandle(_)
        | Said::NoRooms
        | Said::BadNumber(_)
        | Said::TryAgain => ReplyTone::Alert,
    };
    Reply { lines: about.lines(&said), buttons: about.buttons(&said), said, tone }
}

impl About<'_> {
    fn lines(&self, said: &Said) -> Vec<Line> {
        let phrase = |phrase| vec![self.phrase(phrase, &[])];
        let quoting = |phrase, text: &str| vec![self.phrase(phrase, &[("text", text.into())])];
        let named = |phrase, name: &str, next: CommandWord| {
            vec![self.phrase(phrase, &[("name", name.into()), ("usage", next.usage(self.locale).into())])]
        };
        match said {
            Said::Nothing | Said::Reported(_) | Said::Rostered => Vec::new(),
            Said::Housed { number, room } => vec![self.housed(number, room)],
            Said::Done(done) => phrase(self.done(*done)),
            Said::Help => CommandWord::help(self.locale),
            Said::Usage(word) => {
                vec![self.phrase(Phrase::Usage, &[("usage", word.usage(self.locale).into())])]
            }
            Said::Welcome { total } => self.welcome(*total),
            Said::Status { zone, .. } => self.status_lines(zone),
            Said::Stats { figures, zone } => stats::lines(self.locale, figures, zone),
            Said::Settings(reply) => reply.lines(self),
            Said::Linking(reply) => reply.lines(self),
            Said::Choose(choice) => vec![self.question(choice)],
            Said::Refused(rejection) => vec![self.refusal(rejection)],
            Said::UnknownButton => phrase(Phrase::RefusedUnknownButton),
            Said::OnlyInGroups => phrase(Phrase::RefusedOnlyInGroups),
            Said::Schedules(rota) => rota.lines(self),
            Said::NoTeams => {
                let usage = CommandWord::AddTeam.usage(self.locale);
                vec![self.phrase(Phrase::RefusedNoTeams, &[("usage", usage.into())])]
            }
            Said::Teams(teams) => super::tenants::teams(self.locale, self.people, teams),
            Said::Tenants(rosters) => super::tenants::tenants(self.locale, rosters),
            Said::CompanyFounded(name) => named(Phrase::DoneCompany, name, CommandWord::AddGroup),
            Said::GroupAdded(name) => named(Phrase::DoneGroup, name, CommandWord::ConfigureManagers),
            Said::GroupSuspended => phrase(Phrase::DoneGroupSuspended),
            Said::GroupActivated => phrase(Phrase::DoneGroupActivated),
            Said::CompanyRoles { name, managers, responders } => {
                super::tenants::everywhere(self, name, (managers, responders))
            }
            Said::GroupAdmitted(name) => {
                vec![self.phrase(Phrase::DoneAdmitted, &[("name", name.as_str().into())])]
            }
            Said::GroupDenied => phrase(Phrase::DoneDenied),
            Said::AdmissionDecided => phrase(Phrase::RefusedDecided),
            Said::AdmissionKnown => phrase(Phrase::AdmissionKnown),
            Said::AdmissionDenied => phrase(Phrase::AdmissionRefused),
            Said::AdmissionLimited { hours } => vec![self.limited(*hours)],
            Said::CompanyExists(name) => named(Phrase::RefusedCompanyExists, name, CommandWord::ListGroups),
            Said::NoSuchCompany(name) => named(Phrase::RefusedNoSuchCompany, name, CommandWord::ListGroups),
            Said::SeveralCompanies { name, ids } => vec![self.several(name, ids)],
            Said::Held(person) => vec![self.held(*person)],
            Said::GroupTaken => phrase(Phrase::RefusedGroupTaken),
            Said::NoSuchTeam(name) => named(Phrase::RefusedNoSuchTeam, name, CommandWord::Teams),
            Said::TeamExists(name) => named(Phrase::RefusedTeamExists, name, CommandWord::Teams),
            Said::NeedsApproval(word) => {
                let usage = word.usage(self.locale);
                vec![self.phrase(Phrase::RefusedApproval, &[("usage", usage.into())])]
            }
            Said::Suspended => phrase(Phrase::RefusedSuspended),
            Said::Anonymous => phrase(Phrase::RefusedAnonymous),
            Said::Bot => phrase(Phrase::RefusedBot),
            Said::Listed { filed, mine, more } => super::listing::listed(self, (filed, *more), *mine),
            Said::History(page) => super::history::told(self, page),
            Said::Files { files, sent, more, zone } => {
                super::listing::files(self, (files, *sent), (*more, zone))
            }
            Said::Unseen(text) => quoting(Phrase::RefusedUnseen, text),
            Said::NoRooms => phrase(Phrase::RefusedNoRooms),
            Said::BadHandle(text) => quoting(Phrase::RefusedBadHandle, text),
            Said::BadNumber(text) => quoting(Phrase::RefusedBadNumber, text),
            Said::TryAgain => phrase(Phrase::RefusedTryAgain),
        }
    }
}

impl Reply {
    /// Returns the whole answer as text without emphasis, lines separated by line breaks.
    pub fn text(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(super::phrasebook::plain).collect();
        lines.join("\n")
    }
}
