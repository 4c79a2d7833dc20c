//! What may be asked of an incident: imperative, and refusable.

use serde::{Deserialize, Serialize};

use super::state::{CloseReason, HoldReason, Level, Priority, Severity, StateKind, Tag};
use crate::ids::{CompanyId, GroupId, Number, PersonId, TeamId};
use crate::policy::Member;
use crate::text::Text;
use crate::time::Timestamp;

/// A report, complete and within limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The company of the group.
    pub company: CompanyId,
    /// The group it is made in.
    pub group: GroupId,
    /// Whether that group may report at present.
    pub group_active: bool,
    /// The topic or thread of that group.
    pub topic: Option<Text>,
    /// What happened.
    pub description: Text,
    /// Photos and documents that came with it.
    pub attachments: Vec<Attachment>,
    /// How urgent it is.
    pub priority: Priority,
    /// When the same person last reported, newest first, as far as a quota may ask.
    pub recent: Vec<Timestamp>,
    /// When anybody last reported in the same group, newest first, as far as a limit of the group may ask.
    #[serde(default)]
    pub recent_here: Vec<Timestamp>,
}

/// A file that stays with the platform it was sent on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The platform's reference, by which the file can be sent again.
    pub reference: Text,
    /// What kind of file: `photo`, `document` or a media type.
    pub kind: Text,
    /// Its name, if it has one.
    pub name: Option<Text>,
    /// Its size in bytes, if known.
    pub size: Option<u64>,
}

/// A team to move to, with what the machine must know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamChoice {
    /// Which team.
    pub team: TeamId,
    /// Whether only members of some team may choose it.
    pub restricted: bool,
}

/// What an assistant found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// How many messages of the reporter it had read; an older finding is stale.
    pub replies: u32,
    /// How bad it is.
    pub severity: Severity,
    /// Whether a person should look in any case.
    pub escalate: bool,
    /// What to answer the reporter, if that may be enough.
    pub answer: Option<Text>,
}

/// How a call to a person went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PageOutcome {
    /// It reached the person's device; nobody knows whether they noticed.
    Delivered,
    /// It did not.
    Failed,
    /// The person said that they take it: the only outcome that ends the calls.
    Confirmed,
}

/// What may be asked. [`Command::Wake`] is never refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
#[expect(missing_docs, reason = "fields are named by their types")]
pub enum Command {
    /// File a report as a new incident.
    Create { report: Report },
    /// Choose the responsible team.
    Route { to: TeamChoice },
    /// Take note of an assistant's finding.
    Triage { finding: Finding },
    /// Take note that the assistant failed.
    TriageFailed { reason: Text },
    /// Claim, or join those who claimed.
    Acknowledge,
    /// Give one's own claim back.
    Release,
    /// Ask a person to claim.
    Assign { to: Member },
    /// Hand it from one holder (the asker, if not named) to another person.
    Reassign { from: Option<PersonId>, to: Member },
    /// End another's claim.
    RevokeClaim { person: PersonId, reason: Text },
    /// Ask the next level.
    Escalate,
    /// Give it back to a lower level.
    Deescalate { to: Level },
    /// Move it to another team.
    Transfer { to: TeamChoice },
    /// Stop the clocks.
    Hold { reason: HoldReason },
    /// Start the clocks again.
    Resume,
    /// Promise a summary.
    RequestResolve,
    /// Resolve at once.
    Resolve { summary: Option<Text> },
    /// Write the promised summary.
    SubmitSummary { summary: Text },
    /// Withdraw the promise and work on.
    CancelResolve,
    /// Correct the summary.
    AmendSummary { summary: Text },
    /// Take the report back.
    Cancel { reason: Text },
    /// End it from above.
    Close { reason: CloseReason },
    /// End it because another one says the same; the journal keeps which.
    MarkDuplicate { of: Number },
    /// Agree that it is solved.
    Confirm,
    /// Open it again.
    Reopen { reason: Text },
    /// Say that it still matters.
    KeepOpen,
    /// Take note of a message of the reporter.
    ReporterReply { text: Text },
    /// Set the priority.
    SetPriority { priority: Priority },
    /// Set the severity.
    SetSeverity { severity: Severity },
    /// Add a tag.
    Tag { tag: Tag },
    /// Remove a tag.
    Untag { tag: Tag },
    /// Correct the description.
    EditDescription { description: Text },
    /// Add a note.
    AddNote { text: Text, internal: bool },
    /// Add a file.
    Attach { attachment: Attachment },
    /// Put it into another state, against the rules; only Open, Resolved and Closed can be reached so.
    OverrideState { target: StateKind, reason: Text },
    /// Draw the card anew, because it was lost or is wrong.
    RepairSurface,
    /// Take its surface away.
    Archive,
    /// A person lost the role by which they held it.
    RoleLost { person: PersonId },
    /// A person left the group.
    MemberLeft { person: PersonId },
    /// The group's chat has a new address.
    ChannelMigrated,
    /// The group's chat is gone.
    ChannelLost,
    /// Replace a person's words by a token.
    EraseSubject { person: PersonId },
    /// Take note of how a call went.
    PageOutcome { target: Member, attempt: u8, outcome: PageOutcome },
    /// Look whether anything is due.
    Wake,
}
