//! Longer answers: how an incident stands, what the desk is, who has what already.

use super::card::{priority, status};
use super::{About, Arg, CommandWord, Line, Mention, Phrase, Span};
use crate::figures::Zone;
use crate::ids::{ChatRef, Number, PersonId};
use crate::incident::Tag;

impl About<'_> {
    /// What the desk does, and how much it has done here.
    pub(super) fn welcome(&self, total: u64) -> Vec<Line> {
        let mut lines = CommandWord::help(self.locale);
        lines.insert(1, self.phrase(Phrase::WelcomeTotal, &[("count", total.into())]));
        lines
    }

    pub(super) fn several(&self, name: &str, ids: &[String]) -> Line {
        let args = [("name", name.into()), ("ids", ids.join(", ").into())];
        self.phrase(Phrase::RefusedSeveralCompanies, &args)
    }

    pub(super) fn housed(&self, number: &Number, room: &ChatRef) -> Line {
        let room = Span::Mention(Mention::of_chat(room));
        let args = [("number", number.to_string().into()), ("room", room.into())];
        self.locale.line(Phrase::DoneHoused, &args)
    }

    pub(super) fn limited(&self, hours: u64) -> Line {
        self.phrase(Phrase::AdmissionLimited, &[("hours", hours.into())])
    }

    pub(super) fn held(&self, person: PersonId) -> Line {
        let usage = CommandWord::Reassign.usage(self.locale);
        let person = self.people.mention(self.locale, person).shown();
        self.phrase(Phrase::RefusedHeld, &[("person", person.into()), ("usage", usage.into())])
    }

    pub(super) fn status_lines(&self, zone: &Zone) -> Vec<Line> {
        let Some(filed) = self.filed else {
            return vec![self.phrase(Phrase::RefusedUnknown, &[])];
        };
        let incident = &filed.incident;
        let reporter = self.people.name(self.locale, incident.reporter);
        let at = zone.written(incident.clocks.created_at);
        let reported = [("at", at.into()), ("zone", zone.to_string().into()), ("person", reporter.into())];
        let mut lines = vec![
            self.phrase(Phrase::StatusLine, &[]),
            self.phrase(Phrase::CardIssue, &[("text", incident.description.as_str().into())]),
            self.phrase(Phrase::StatusReported, &reported),
        ];
        if let Some(people) = self.people.names(self.locale, incident.assignees()) {
            lines.push(self.phrase(Phrase::CardHandledBy, &[("people", people.into())]));
        }
        if let Some(outcome) = incident.outcome() {
            let resolver = self.people.name(self.locale, outcome.by);
            lines.push(self.phrase(Phrase::CardResolvedBy, &[("person", resolver.into())]));
            let words = outcome.summary.as_ref().map(|text| ("text", Arg::from(text.as_str())));
            lines.extend(words.map(|text| self.phrase(Phrase::CardSummary, &[text])));
        }
        lines
    }

    /// Returns a phrase that may speak of the incident.
    pub(super) fn phrase(&self, phrase: Phrase, args: &[(&str, Arg)]) -> Line {
        let mut args = args.to_vec();
        if let Some(filed) = self.filed {
            args.push(("priority", self.locale.text(priority(filed.incident.priority)).into()));
            let tags: Vec<&str> = filed.incident.tags.iter().map(Tag::as_str).collect();
            args.push(("tags", tags.join(", ").into()));
            args.push(("number", filed.number.to_string().into()));
            args.push(("status", self.locale.text(status(&filed.incident)).into()));
        }
        self.locale.line(phrase, &args)
    }
}
