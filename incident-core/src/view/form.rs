//! What is asked in words, on platforms that show a form for it.

use super::card::{offered, priority};
use super::{Action, Locale, Phrase};
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
    /// What the choice of the priority is called.
    pub priority: String,
    /// What there is to choose from, the most urgent last.
    pub priorities: Vec<(Priority, String)>,
    /// What the choice of the team is called.
    pub team: String,
    /// What there is to choose from; empty where nobody chooses a team.
    pub teams: Vec<(TeamId, String)>,
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
            | Action::Back => return None,
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
            priority: locale.text(Phrase::FormPriority),
            priorities: Priority::ALL.map(|one| (one, locale.text(priority(one)))).to_vec(),
            team: locale.text(Phrase::FormTeam),
            teams: teams.into_iter().map(|team| (team.id, offered(team))).collect(),
        }
    }
}
