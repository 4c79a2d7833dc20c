//! Lines of a log: what happened to an incident, told as it happens.

use super::history::{happened, phrase, spoken_of, tag, what};
use super::{About, Locale, Mention, Message, People, Phrase, Span};
use crate::figures::Zone;
use crate::ids::{ChatRef, Number, PersonId, TeamId};
use crate::incident::{Event, Fact};
use crate::text::Text;

/// Something that happened, as the log of a group tells it: it is read by others than the incident is, and nothing is
/// taken back there. So it repeats nobody's words, and tells nobody.
#[derive(Debug)]
pub struct LogLine<'a> {
    /// The number of the incident.
    pub number: Number,
    /// What happened.
    pub event: &'a Event,
    /// The names of the teams there are.
    pub teams: Vec<(TeamId, Text)>,
    /// By whose clock times are told.
    pub zone: &'a Zone,
    /// Where the incident has its room, while it has one.
    pub room: Option<ChatRef>,
}

impl LogLine<'_> {
    /// Lists the people whom the line of an event names.
    pub fn speaks_of(event: &Event) -> Vec<PersonId> {
        spoken_of(event)
    }

    /// Says it.
    pub fn said(&self, locale: &Locale, people: &People) -> Message {
        let about = &About { filed: None, people, act: None, locale };
        let fact = &self.event.fact;
        let what = what((about, &self.teams), fact, (wordless(fact), tag(fact)));
        let mut line = vec![Span::Strong(self.number.to_string()), Span::Plain(" · ".to_owned())];
        line.extend(happened(about, self.zone, self.event, what));
        if let Some(room) = &self.room {
            line.extend([Span::Plain(" · ".to_owned()), Span::Mention(Mention::of_chat(room))]);
        }
        Message {
            lines: vec![line],
            mentions: Vec::new(),
            buttons: Vec::new(),
            offers: Vec::new(),
            asks: false,
        }
    }
}

/// What a fact is called where nobody's words are repeated.
fn wordless(fact: &Fact) -> Phrase {
    match fact {
        Fact::Created { .. } => Phrase::LogCreated,
        Fact::AutoAnswered { .. } => Phrase::LogAnswered,
        Fact::ClaimRevoked { .. } => Phrase::LogRevoked,
        Fact::Resolved { .. } => Phrase::HistoryResolvedSilently,
        Fact::SummaryAmended { .. } => Phrase::LogAmended,
        Fact::Closed { .. } => Phrase::HistoryClosed,
        Fact::Reopened { .. } => Phrase::LogReopened,
        Fact::DescriptionEdited { .. } => Phrase::LogEdited,
        Fact::StateOverridden { .. } => Phrase::LogOverridden,
        Fact::Archived => Phrase::LogArchived,
        Fact::Routed { .. }
        | Fact::Triaged { .. }
        | Fact::TriageFailed { .. }
        | Fact::Acknowledged { .. }
        | Fact::Joined { .. }
        | Fact::Released { .. }
        | Fact::Unassigned
        | Fact::Assigned { .. }
        | Fact::Reassigned { .. }
        | Fact::Escalated { .. }
        | Fact::Deescalated { .. }
        | Fact::Transferred { .. }
        | Fact::Held { .. }
        | Fact::Resumed
        | Fact::ResolutionRequested { .. }
        | Fact::ResolutionCancelled
        | Fact::SummaryTimedOut
        | Fact::Touched
        | Fact::ReporterReplied { .. }
        | Fact::IdleWarned
        | Fact::ReminderSent { .. }
        | Fact::SlaBreached { .. }
        | Fact::PageRequested { .. }
        | Fact::PageAttempted { .. }
        | Fact::EscalationExhausted
        | Fact::PriorityChanged { .. }
        | Fact::SeverityChanged { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::NoteAdded { .. }
        | Fact::AttachmentAdded { .. }
        | Fact::SurfaceReposted
        | Fact::ChannelMigrated
        | Fact::ChannelSuspended
        | Fact::SubjectErased { .. } => phrase(fact),
    }
}
