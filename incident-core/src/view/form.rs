//! What is asked in words, on platforms that show a form for it.

use super::card::{offered, priority};
use super::{Action, ButtonCode, CommandWord, Locale, Phrase};
use crate::ids::{Number, TeamId};
use crate::incident::Priority;
use crate::roster::Team;
use crate::text::Limits;

/// A question with one field, which a press is put together with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// What it is about: the number of the incident.
    pub title: String,
    /// What is to be written.
    pub label: String,
    /// What the button says that sends it.
    pub submit: String,
    /// How much may be written, in characters.
    pub limits: Limits,
}

/// The form of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportForm {
    /// What it is about.
    pub title: String,
    /// What is to be written.
    pub label: String,
    /// What the button says that sends it.
    pub submit: String,
    /// How much may be written, in characters.
    pub limits: Limits,
    /// What the choice of the channel is called, where it is not known yet.
    pub channel: String,
    /// What the choice of the priority is called.
    pub priority: String,
    /// What there is to choose from, the most urgent last.
    pub priorities: Vec<(Priority, String)>,
    /// What the choice of the team is called.
    pub team: String,
    /// What there is to choose from; empty where nobody chooses a team.
    pub teams: Vec<(TeamId, String)>,
}

/// The form behind a button that asks for an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderForm {
    /// Which incident it is about.
    pub number: Number,
    /// What the button says that sends it.
    pub submit: String,
    /// What is to be written or chosen.
    pub label: String,
    /// What it asks for.
    pub asks: OrderAsks,
}

/// What an order is put together with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderAsks {
    /// Words to be noted.
    Comment {
        /// How much may be written, in characters.
        limits: Limits,
        /// What the choice is called of where the words are shown.
        shown: String,
        /// What there is to choose from, the usual first, each with the command that it means.
        places: [(CommandWord, String); 2],
    },
    /// Somebody to take the incident.
    Person {
        /// The command that it means.
        word: CommandWord,
    },
    /// A team that the incident moves to.
    Team {
        /// What there is to choose from, each with the button that it means.
        teams: Vec<(ButtonCode, String)>,
    },
}

impl OrderForm {
    pub(crate) fn comment(locale: &Locale, number: Number) -> Self {
        let place = |word, phrase| (word, locale.text(phrase));
        let places = [
            place(CommandWord::Note, Phrase::FormShownInHistory),
            place(CommandWord::NoteInternal, Phrase::FormShownInExports),
        ];
        let asks = OrderAsks::Comment { limits: Limits::NOTE, shown: locale.text(Phrase::FormShown), places };
        Self::new(locale, number, (Phrase::FormComment, asks))
    }

    pub(crate) fn person(locale: &Locale, number: Number, word: CommandWord) -> Self {
        Self::new(locale, number, (Phrase::FormPerson, OrderAsks::Person { word }))
    }

    pub(crate) fn team(locale: &Locale, number: Number, (code, teams): (ButtonCode, Vec<Team>)) -> Self {
        let to = |team: &Team| ButtonCode { action: Action::Transfer(team.id), ..code };
        let teams = teams.iter().map(|team| (to(team), offered(team))).collect();
        Self::new(locale, number, (Phrase::FormTeam, OrderAsks::Team { teams }))
    }

    fn new(locale: &Locale, number: Number, (label, asks): (Phrase, OrderAsks)) -> Self {
        Self { number, submit: locale.text(Phrase::FormSend), label: locale.text(label), asks }
    }
}

impl Form {
    /// Makes the form of a button; `None` for one that needs no words.
    pub(crate) fn new(locale: &Locale, action: Action, number: &Number) -> Option<Self> {
        let (label, limits) = match action {
            Action::Resolve => (Phrase::FormSummary, Limits::SUMMARY),
            Action::Reopen => (Phrase::FormReason, Limits::REASON),
            Action::Claim
            | Action::Release
            | Action::Escalate
            | Action::Deescalate
            | Action::CancelResolve
            | Action::Resume
            | Action::Confirm
            | Action::KeepOpen
            | Action::Close
            | Action::Route(_)
            | Action::Transfer(_)
            | Action::Assign(_)
            | Action::Reassign(_)
            | Action::ChooseTeam
            | Action::Back
            | Action::ChoosePerson
            | Action::Comment
            | Action::Hold
            | Action::Archive
            | Action::Report => return None,
        };
        let (label, submit) = (locale.text(label), locale.text(Phrase::FormSend));
        Some(Self { title: number.to_string(), label, submit, limits })
    }
}

impl ReportForm {
    pub(crate) fn new<'a>(locale: &Locale, teams: impl IntoIterator<Item = &'a Team>) -> Self {
        Self {
            title: locale.text(Phrase::FormReport),
            label: locale.text(Phrase::FormWhat),
            submit: locale.text(Phrase::FormSend),
            limits: Limits::DESCRIPTION,
            channel: locale.text(Phrase::FormChannel),
            priority: locale.text(Phrase::FormPriority),
            priorities: Priority::ALL.map(|one| (one, locale.text(priority(one)))).to_vec(),
            team: locale.text(Phrase::FormTeam),
            teams: teams.into_iter().map(|team| (team.id, offered(team))).collect(),
        }
    }
}
