//! What happened: past tense, total, kept for ever. The journal of an incident is a list of these, and its
//! state is their fold.
//!
//! The stored form is a promise: variants and fields are never renamed, new fields get a default, and golden
//! files of every release must still load and fold.

use serde::{Deserialize, Serialize};

use super::command::{Attachment, PageOutcome};
use super::state::{CloseReason, HoldReason, Level, Priority, Severity, StateKind, Tag};
use crate::ids::{CompanyId, GroupId, PersonId, TeamId};
use crate::text::Text;
use crate::time::Timestamp;

/// Who did it, as the journal keeps it: an id without a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// A person.
    Person(PersonId),
    /// The AI.
    Assistant,
    /// The desk itself.
    System,
}

/// Something that happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: By,
    /// What.
    pub fact: Fact,
}

/// Why a person's hold on an incident ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// They gave it back.
    Released,
    /// It was taken from them.
    Revoked,
    /// It was handed to somebody else.
    Reassigned,
    /// The next level was asked.
    Escalated,
    /// It was given back to a lower level.
    Deescalated,
    /// It moved to another team.
    Transferred,
    /// They resolved it.
    ResolvedSelf,
    /// Somebody else resolved it while they held it.
    ResolvedOther,
    /// It was closed while they held it.
    Closed,
    /// It was put into another state against the rules.
    Overridden,
}

/// A promised time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlaKind {
    /// Until somebody claims.
    Response,
    /// Until it is resolved.
    Resolve,
}

/// What happened, without when and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum Fact {
    /// A report was filed.
    Created {
        company: CompanyId,
        group: GroupId,
        #[serde(default)]
        topic: Option<Text>,
        reporter: PersonId,
        description: Text,
        priority: Priority,
        /// Whether it waits to be routed or classified, rather than to be claimed.
        triage: bool,
        /// How many times it was opened, this time included.
        cycle: u16,
    },
    /// It came to a team (`None`: to the desk as a whole) and waits there to be claimed.
    Routed { team: Option<TeamId>, by_timer: bool },
    /// The assistant found something.
    Triaged { severity: Severity, escalate: bool },
    /// The assistant failed.
    TriageFailed { reason: Text },
    /// The assistant's answer was sent to the reporter, and its verdict is awaited.
    AutoAnswered { answer: Text },
    /// A person claimed it at its present level; nobody else held it there.
    Acknowledged { person: PersonId, first: bool },
    /// A person joined those who hold it.
    Joined { person: PersonId },
    /// A person gave their claim back.
    Released { person: PersonId },
    /// Nobody holds it any more at its present level.
    Unassigned,
    /// A person was asked to claim it.
    Assigned { person: PersonId },
    /// It was taken from a holder, and another person is asked to claim it.
    Reassigned { from: PersonId, to: PersonId },
    /// A claim was ended from outside.
    ClaimRevoked { person: PersonId, reason: Text },
    /// A higher level is asked.
    Escalated { to: Level, by_timer: bool, clears: bool },
    /// A lower level is asked again.
    Deescalated { to: Level },
    /// It moved to another team.
    Transferred { to: TeamId },
    /// The clocks stopped.
    Held { reason: HoldReason },
    /// The clocks go on.
    Resumed,
    /// A person promised a summary.
    ResolutionRequested { resolver: PersonId },
    /// The promise was withdrawn.
    ResolutionCancelled,
    /// The promised summary did not come in time.
    SummaryTimedOut,
    /// It was resolved.
    Resolved { resolver: PersonId, summary: Option<Text> },
    /// The summary was corrected.
    SummaryAmended { summary: Text },
    /// It was closed.
    Closed { reason: CloseReason, note: Option<Text> },
    /// It was opened again.
    Reopened { reason: Text },
    /// It still matters.
    Touched,
    /// The reporter wrote.
    ReporterReplied { text: Text },
    /// The reporter was asked whether it still matters.
    IdleWarned,
    /// A reminder went out; `count` is how many fell due since the incident began to wait.
    ReminderSent { count: u8 },
    /// A promised time was broken.
    SlaBreached { kind: SlaKind },
    /// A person of the on-call chain is called.
    PageRequested { position: u8, target: PersonId, attempt: u8 },
    /// How such a call went.
    PageAttempted { target: PersonId, attempt: u8, outcome: PageOutcome },
    /// The whole chain was called in vain.
    EscalationExhausted,
    /// The priority changed.
    PriorityChanged { priority: Priority },
    /// The severity changed.
    SeverityChanged { severity: Severity },
    /// A tag was added.
    Tagged { tag: Tag },
    /// A tag was removed.
    Untagged { tag: Tag },
    /// The description was corrected; what it was before stands in the earlier event.
    DescriptionEdited { description: Text },
    /// A note was added.
    NoteAdded { text: Text, internal: bool },
    /// A file was added.
    AttachmentAdded { attachment: Attachment },
    /// It was put into another state against the rules.
    StateOverridden { target: StateKind, reason: Text },
    /// Its card is to be drawn anew.
    SurfaceReposted,
    /// Its surface was taken away.
    Archived,
    /// The group's chat has a new address.
    ChannelMigrated,
    /// The group's chat is gone.
    ChannelSuspended,
    /// A person's words were replaced by a token.
    SubjectErased { person: PersonId },
}

impl Event {
    /// Replaces what a person wrote by a token; `reporter` is who reported the incident.
    ///
    /// A store that commits [`Fact::SubjectErased`] applies this to the earlier events of the incident in the
    /// same transaction. Ids stay, so every count stays.
    pub fn erase(&mut self, person: PersonId, reporter: PersonId) {
        let own = self.by == By::Person(person);
        let reported = reporter == person;
        match &mut self.fact {
            Fact::Created { description, .. } if reported => *description = Text::erased(),
            Fact::DescriptionEdited { description } if own || reported => *description = Text::erased(),
            Fact::AttachmentAdded { attachment } if own => {
                attachment.reference = Text::erased();
                attachment.name = None;
            }
            Fact::Resolved { summary: Some(text), .. }
            | Fact::SummaryAmended { summary: text }
            | Fact::ReporterReplied { text }
            | Fact::NoteAdded { text, .. }
            | Fact::ClaimRevoked { reason: text, .. }
            | Fact::Reopened { reason: text }
            | Fact::StateOverridden { reason: text, .. }
            | Fact::Closed { note: Some(text), .. }
                if own =>
            {
                *text = Text::erased();
            }
            Fact::Created { .. }
            | Fact::Routed { .. }
            | Fact::Triaged { .. }
            | Fact::TriageFailed { .. }
            | Fact::AutoAnswered { .. }
            | Fact::Acknowledged { .. }
            | Fact::Joined { .. }
            | Fact::Released { .. }
            | Fact::Unassigned
            | Fact::Assigned { .. }
            | Fact::Reassigned { .. }
            | Fact::ClaimRevoked { .. }
            | Fact::Escalated { .. }
            | Fact::Deescalated { .. }
            | Fact::Transferred { .. }
            | Fact::Held { .. }
            | Fact::Resumed
            | Fact::ResolutionRequested { .. }
            | Fact::ResolutionCancelled
            | Fact::SummaryTimedOut
            | Fact::Resolved { .. }
            | Fact::SummaryAmended { .. }
            | Fact::Closed { .. }
            | Fact::Reopened { .. }
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
            | Fact::DescriptionEdited { .. }
            | Fact::NoteAdded { .. }
            | Fact::AttachmentAdded { .. }
            | Fact::StateOverridden { .. }
            | Fact::SurfaceReposted
            | Fact::Archived
            | Fact::ChannelMigrated
            | Fact::ChannelSuspended
            | Fact::SubjectErased { .. } => {}
        }
    }
}
