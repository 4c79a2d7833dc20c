//! What somebody is asked to choose: a question with a button for each answer, and one that takes it back.
//!
//! It is an immediate answer, not a message that is owed: whoever asked is still there, and asks again if it is
//! lost. Only what the machine would accept is offered, and each press is judged again.

use super::{About, Action, Button, ButtonCode, Line, Phrase, Said};
use crate::ids::PersonId;
use crate::roster::Team;

/// What there is to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// The team that an incident moves to.
    Teams(Vec<Team>),
    /// Whoever is asked to take it.
    Assignees(Vec<PersonId>),
    /// Whoever is asked to take it from its holder.
    Successors(Vec<PersonId>),
}

impl Choice {
    /// Lists whom it names.
    pub(super) fn people(&self) -> Vec<PersonId> {
        match self {
            Self::Teams(_) => Vec::new(),
            Self::Assignees(people) | Self::Successors(people) => people.clone(),
        }
    }

    const fn question(&self) -> Phrase {
        match self {
            Self::Teams(_) => Phrase::ChooseTeam,
            Self::Assignees(_) => Phrase::ChooseAssignee,
            Self::Successors(_) => Phrase::ChooseSuccessor,
        }
    }
}

impl About<'_> {
    pub(super) fn question(&self, choice: &Choice) -> Line {
        self.phrase(choice.question(), &[])
    }

    /// The buttons of an answer: two to a row, and Back below them.
    pub(super) fn buttons(&self, said: &Said) -> Vec<Vec<Button>> {
        let Some(filed) = self.filed else {
            return Vec::new();
        };
        let button = |action, label| {
            let code = ButtonCode { action, incident: filed.incident.id, seen: filed.incident.version };
            Button { label, code }
        };
        if let Said::Status { reopen: true, .. } = said {
            return vec![vec![button(Action::Reopen, self.locale.text(Phrase::ButtonReopen))]];
        }
        let Said::Choose(choice) = said else {
            return Vec::new();
        };
        let person = |id: &PersonId| self.people.mention(self.locale, *id).shown();
        let options: Vec<Button> = match choice {
            Choice::Teams(teams) => teams
                .iter()
                .map(|team| button(Action::Transfer(team.id), super::card::offered(team)))
                .collect(),
            Choice::Assignees(people) => {
                people.iter().map(|id| button(Action::Assign(*id), person(id))).collect()
            }
            Choice::Successors(people) => {
                people.iter().map(|id| button(Action::Reassign(*id), person(id))).collect()
            }
        };
        let mut rows: Vec<Vec<Button>> = options.chunks(2).map(<[Button]>::to_vec).collect();
        rows.push(vec![button(Action::Back, self.locale.text(Phrase::ButtonBack))]);
        rows
    }
}
