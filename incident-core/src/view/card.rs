//! The card: one surface that shows what is true of an incident now, with the buttons that make sense now.
//!
//! Drawn from the state of the moment of delivery, never from that of the commit; so a late card is still
//! right.

use super::people::People;
use super::phrasebook::plain;
use super::{Action, Arg, Button, ButtonCode, Card, Line, Locale, Phrase, Section, Span};
use crate::incident::{CloseReason, HoldReason, Level, Priority, State};
use crate::policy::{AckMode, Policy};
use crate::ports::Filed;
use crate::roster::{Roster, Sign, Team};
use crate::text::{shortened, visible};

/// What a card is drawn from.
#[derive(Debug, Clone, Copy)]
pub struct CardSource<'a> {
    /// The incident.
    pub filed: &'a Filed,
    /// Its company, for the names of teams.
    pub roster: &'a Roster,
    /// The policy of the company.
    pub policy: &'a Policy,
    /// Those it speaks of; see [`People::of`].
    pub people: &'a People,
    /// The language.
    pub locale: &'a Locale,
}

/// Draws the card of an incident. Equal sources give equal cards.
pub fn card(source: &CardSource<'_>) -> Card {
    let terminal = source.filed.incident.state.is_terminal();
    Card {
        title: source.title(),
        sections: source.sections(),
        buttons: source.buttons(),
        pinned: !terminal && !source.filed.incident.archived,
    }
}

/// Lists the buttons that ask in a form, for chats that show forms: a card without them says no less.
pub fn order_buttons(source: &CardSource<'_>) -> Vec<Button> {
    match &source.filed.incident.state {
        State::Open(_) | State::Acknowledged { .. } => vec![
            source.button(Action::ChoosePerson, Phrase::ButtonAssign),
            source.button(Action::Comment, Phrase::ButtonComment),
        ],
        State::OnHold(_) | State::PendingSummary(_) => {
            vec![source.button(Action::Comment, Phrase::ButtonComment)]
        }
        State::Triage(_) | State::Resolved(_) | State::Closed { .. } => Vec::new(),
    }
}

/// The status of an incident in a word or two.
pub(super) fn status(incident: &crate::incident::Incident) -> Phrase {
    let escalated = incident.level > Level::FIRST;
    match &incident.state {
        State::Triage(_) => Phrase::StatusTriage,
        State::Open(_) if escalated => Phrase::StatusEscalated,
        State::Open(_) => Phrase::StatusOpen,
        State::Acknowledged { .. } if escalated => Phrase::StatusEscalatedClaimed,
        State::Acknowledged { .. } => Phrase::StatusAcknowledged,
        State::OnHold(hold) => match hold.reason {
            HoldReason::Reporter => Phrase::StatusOnHoldReporter,
            HoldReason::External => Phrase::StatusOnHoldExternal,
            HoldReason::Answered => Phrase::StatusOnHoldAnswered,
        },
        State::PendingSummary(_) => Phrase::StatusPendingSummary,
        State::Resolved(_) => Phrase::StatusResolved,
        State::Closed { reason, .. } => closed(*reason),
    }
}

pub(super) const fn closed(reason: CloseReason) -> Phrase {
    match reason {
        CloseReason::Confirmed => Phrase::StatusClosedConfirmed,
        CloseReason::Cancelled => Phrase::StatusClosedCancelled,
        CloseReason::NoSummary => Phrase::StatusClosedNoSummary,
        CloseReason::Idle => Phrase::StatusClosedIdle,
        CloseReason::Admin => Phrase::StatusClosedAdmin,
        CloseReason::Answered => Phrase::StatusClosedAnswered,
        CloseReason::Duplicate => Phrase::StatusClosedDuplicate,
    }
}

pub(super) const fn priority(priority: Priority) -> Phrase {
    match priority {
        Priority::Low => Phrase::PriorityLow,
        Priority::Normal => Phrase::PriorityNormal,
        Priority::High => Phrase::PriorityHigh,
        Priority::Urgent => Phrase::PriorityUrgent,
    }
}

/// The name of a team on a button that chooses it.
pub(super) fn offered(team: &Team) -> String {
    let mark = if team.restricted { "🔒 " } else { "" };
    format!("{mark}{}", team_name(team))
}

/// The name of a team, as long as a button has room for.
pub(super) fn team_name(team: &Team) -> String {
    shortened(&visible(team.name.as_str()), 48)
}

impl CardSource<'_> {
    fn title(&self) -> Line {
        let incident = &self.filed.incident;
        let (phrase, sign) = match &incident.state {
            State::Triage(_) => (Phrase::CardTriage, Sign::New),
            State::Open(_) if incident.level > Level::FIRST => (Phrase::CardEscalated, Sign::Escalated),
            State::Open(_) => (Phrase::CardOpen, Sign::New),
            State::Acknowledged { .. } => (Phrase::CardAcknowledged, Sign::Claimed),
            State::OnHold(_) => (Phrase::CardOnHold, Sign::OnHold),
            State::PendingSummary(_) => (Phrase::CardPendingSummary, Sign::Summary),
            State::Resolved(_) => (Phrase::CardResolved, Sign::Resolved),
            State::Closed { .. } => (Phrase::CardClosed, Sign::Closed),
        };
        let line = plain(&self.locale.line(phrase, &[("number", self.filed.number.to_string().into())]));
        // In every language the line begins with the emoji and a space.
        let title = match (self.roster.emoji(incident.group, sign), line.split_once(' ')) {
            (Some(emoji), Some((_, words))) => format!("{emoji} {words}"),
            (Some(_), None) | (None, _) => line,
        };
        vec![Span::Strong(title)]
    }

    /// The priority in a word, after the emoji that the group has for it.
    fn urgency(&self) -> String {
        let incident = &self.filed.incident;
        let word = self.locale.text(priority(incident.priority));
        let sign = match incident.priority {
            Priority::Low => Some(Sign::Low),
            Priority::Normal => None,
            Priority::High => Some(Sign::High),
            Priority::Urgent => Some(Sign::Urgent),
        };
        match sign.and_then(|sign| self.roster.emoji(incident.group, sign)) {
            Some(emoji) => format!("{emoji} {word}"),
            None => word,
        }
    }

    fn sections(&self) -> Vec<Section> {
        let incident = &self.filed.incident;
        let mut sections = vec![
            self.fixed(Phrase::CardReporter, "person", self.name(incident.reporter)),
            self.elastic(Phrase::CardIssue, incident.description.as_str()),
        ];
        if incident.attachments > 0 {
            sections.push(self.fixed(Phrase::CardAttachments, "count", u64::from(incident.attachments)));
        }
        if let Some(team) = incident.team.and_then(|team| self.roster.teams.get(&team)) {
            sections.push(self.fixed(Phrase::CardTeam, "team", team_name(team)));
        }
        if incident.priority != Priority::Normal {
            sections.push(self.fixed(Phrase::CardPriority, "priority", self.urgency()));
        }
        if !incident.tags.is_empty() {
            let tags: Vec<&str> = incident.tags.iter().map(crate::incident::Tag::as_str).collect();
            sections.push(Section { elastic: true, ..self.fixed(Phrase::CardTags, "tags", tags.join(", ")) });
        }
        sections.push(self.fixed(Phrase::CardStatus, "status", self.locale.text(status(incident))));
        sections.extend(self.hands());
        sections.extend(self.ending());
        sections
    }

    /// Who works on it, who was asked to, who else is involved.
    fn hands(&self) -> Vec<Section> {
        let incident = &self.filed.incident;
        let mut sections = Vec::new();
        if let Some(people) = self.people.names(self.locale, incident.assignees()) {
            sections.push(self.fixed(Phrase::CardHandledBy, "people", people));
        }
        if let State::Open(waiting) = &incident.state
            && let Some(person) = waiting.expected
        {
            sections.push(self.fixed(Phrase::CardAsked, "person", self.name(person)));
        }
        if let Some(people) = self.people.names(self.locale, incident.participants()) {
            sections.push(self.fixed(Phrase::CardAlso, "people", people));
        }
        sections
    }

    /// Who ended it, and how.
    fn ending(&self) -> Vec<Section> {
        let incident = &self.filed.incident;
        let mut sections = Vec::new();
        if let State::PendingSummary(pending) = &incident.state {
            sections.push(self.fixed(Phrase::CardWaitingForSummary, "person", self.name(pending.resolver)));
        }
        if let Some(outcome) = incident.outcome() {
            sections.push(self.fixed(Phrase::CardResolvedBy, "person", self.name(outcome.by)));
            if let Some(summary) = &outcome.summary {
                sections.push(self.elastic(Phrase::CardSummary, summary.as_str()));
            }
        }
        sections
    }

    fn name(&self, person: crate::ids::PersonId) -> Span {
        self.people.name(self.locale, person)
    }

    fn fixed(&self, phrase: Phrase, name: &'static str, arg: impl Into<Arg>) -> Section {
        Section { line: self.locale.line(phrase, &[(name, arg.into())]), elastic: false }
    }

    fn elastic(&self, phrase: Phrase, text: &str) -> Section {
        Section { line: self.locale.line(phrase, &[("text", text.into())]), elastic: true }
    }

    fn buttons(&self) -> Vec<Vec<Button>> {
        let incident = &self.filed.incident;
        let escalated = incident.level > Level::FIRST;
        let higher = incident.level < self.policy.last_level();
        let rooms = self.policy.rules().rooms;
        match &incident.state {
            State::Triage(_) => self.team_choice(),
            State::Open(_) if rooms => {
                let claim = if escalated { Phrase::ButtonClaimEscalation } else { Phrase::ButtonClaim };
                let mut hands = vec![self.button(Action::Claim, claim)];
                if incident.participants().next().is_some() {
                    hands.push(self.button(Action::Release, Phrase::ButtonRelease));
                }
                vec![hands, self.ways_in_room(higher)]
            }
            State::Open(_) => {
                let claim = if escalated { Phrase::ButtonClaimEscalation } else { Phrase::ButtonClaim };
                let mut row = vec![self.button(Action::Claim, claim)];
                if incident.participants().next().is_some() {
                    row.push(self.button(Action::Release, Phrase::ButtonRelease));
                }
                if higher && self.policy.rules().eligible_escalates {
                    row.push(self.button(Action::Escalate, Phrase::ButtonEscalate));
                }
                row.extend(self.transfer());
                vec![row]
            }
            State::Acknowledged { .. } if rooms => {
                let hands = vec![self.button(Action::Release, Phrase::ButtonRelease)];
                vec![hands, self.ways_in_room(higher)]
            }
            State::Acknowledged { .. } => self.work(escalated, higher),
            State::OnHold(hold) => match hold.reason {
                HoldReason::Answered => vec![vec![self.button(Action::Confirm, Phrase::ButtonConfirm)]],
                HoldReason::Reporter | HoldReason::External => {
                    vec![vec![self.button(Action::Resume, Phrase::ButtonResume)]]
                }
            },
            State::PendingSummary(_) => {
                vec![vec![self.button(Action::CancelResolve, Phrase::ButtonCancelResolve)]]
            }
            State::Resolved(_) | State::Closed { .. } if rooms && !incident.archived => {
                let archive = self.button(Action::Archive, Phrase::ButtonArchive);
                vec![vec![self.button(Action::Reopen, Phrase::ButtonReopen), archive]]
            }
            State::Resolved(_) | State::Closed { .. } => Vec::new(),
        }
    }

    /// What may become of an incident that has a room.
    fn ways_in_room(&self, higher: bool) -> Vec<Button> {
        let mut ways = vec![self.button(Action::Hold, Phrase::ButtonHold)];
        if higher {
            ways.push(self.button(Action::Escalate, Phrase::ButtonEscalate));
        }
        ways.push(self.button(Action::Resolve, Phrase::ButtonClose));
        ways
    }

    fn work(&self, escalated: bool, higher: bool) -> Vec<Vec<Button>> {
        let mut hands = Vec::new();
        if self.policy.rules().ack_mode == AckMode::Shared {
            hands.push(self.button(Action::Claim, Phrase::ButtonJoin));
        }
        hands.push(self.button(Action::Release, Phrase::ButtonRelease));
        let mut ways = Vec::new();
        if higher {
            ways.push(self.button(Action::Escalate, Phrase::ButtonEscalate));
        }
        if escalated {
            let below = u64::from(self.filed.incident.level.get() - 1);
            let label = self.locale.line(Phrase::ButtonDeescalate, &[("level", below.into())]);
            ways.push(self.labelled(Action::Deescalate, plain(&label)));
        }
        ways.extend(self.transfer());
        ways.push(self.button(Action::Resolve, Phrase::ButtonResolve));
        vec![hands, ways]
    }

    /// Where there is another team, it can move there.
    fn transfer(&self) -> Option<Button> {
        let present = self.filed.incident.team;
        let another = self.roster.teams.keys().any(|team| Some(*team) != present);
        (self.policy.rules().teams && another)
            .then(|| self.button(Action::ChooseTeam, Phrase::ButtonTransfer))
    }

    fn team_choice(&self) -> Vec<Vec<Button>> {
        let teams: Vec<Button> = self
            .roster
            .teams
            .values()
            .map(|team| self.labelled(Action::Route(team.id), offered(team)))
            .collect();
        teams.chunks(2).map(<[Button]>::to_vec).collect()
    }

    fn button(&self, action: Action, label: Phrase) -> Button {
        self.labelled(action, self.locale.text(label))
    }

    fn labelled(&self, action: Action, label: String) -> Button {
        let incident = &self.filed.incident;
        Button { label, code: ButtonCode { action, incident: incident.id, seen: incident.version } }
    }
}
