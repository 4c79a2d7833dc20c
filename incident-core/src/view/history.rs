//! What happened to an incident, a line for each fact. Names are looked up when the line is made; the words of an
//! internal note are left out, for a chat is read by all.

use super::card::{closed, priority};
use super::listing::file;
use super::tenants::{known, members};
use super::{About, Arg, CommandWord, Line, Phrase, Said};
use crate::figures::Zone;
use crate::ids::{PersonId, TeamId};
use crate::incident::{By, Event, Fact, HoldReason, PageOutcome, Rejection, StateKind};
use crate::text::{Text, shortened};

/// How much of what somebody wrote a line shows, in characters.
const MOST_OF_A_TEXT: usize = 120;

/// A part of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryPage {
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// The names of the teams there are.
    pub teams: Vec<(TeamId, Text)>,
    /// Which page, from 1, the latest.
    pub page: u64,
    /// How many there are.
    pub pages: u64,
    /// By whose clock times are told.
    pub zone: Zone,
}

pub(super) fn told(about: &About<'_>, page: &HistoryPage) -> Vec<Line> {
    let mut lines = vec![about.phrase(Phrase::HistoryIntro, &[("zone", page.zone.to_string().into())])];
    if page.page < page.pages
        && let Some(filed) = about.filed
    {
        let usage = format!("/{} {} {}", CommandWord::History.word(), filed.number, page.page + 1);
        lines.push(about.phrase(Phrase::HistoryEarlier, &[("usage", usage.into())]));
    }
    lines.extend(page.events.iter().map(|event| {
        let what = what((about, &page.teams), &event.fact, (phrase(&event.fact), written(&event.fact)));
        happened(about, &page.zone, event, what)
    }));
    lines
}

pub(super) fn happened(about: &About<'_>, zone: &Zone, event: &Event, what: Line) -> Line {
    let args = [
        ("at", Arg::from(zone.written(event.at))),
        ("person", actor(about, event.by).into()),
        ("what", what.into()),
    ];
    about.locale.line(Phrase::HistoryLine, &args)
}

/// Who did it.
pub(super) fn actor(about: &About<'_>, by: By) -> Line {
    match by {
        By::Person(person) => vec![about.people.name(about.locale, person)],
        By::Assistant => about.locale.line(Phrase::HistoryAssistant, &[]),
        By::System => about.locale.line(Phrase::HistoryDesk, &[]),
    }
}

/// A text on one line, as much of it as there is room for.
pub(super) fn one_line(text: &str, most: usize) -> String {
    shortened(&text.split_whitespace().collect::<Vec<_>>().join(" "), most)
}

impl Said {
    /// Lists the people it speaks of, the incident's own left out.
    pub(crate) fn people(&self) -> Vec<PersonId> {
        match self {
            Self::Refused(
                Rejection::AlreadyAcknowledged { by: person } | Rejection::ClosingOut { resolver: person },
            ) => vec![*person],
            Self::History(HistoryPage { events, .. }) | Self::Files { files: events, .. } => {
                events.iter().flat_map(spoken_of).collect()
            }
            Self::Held(person) => vec![*person],
            Self::Teams(teams) => members(teams),
            Self::Schedules(rota) => rota.people(),
            Self::CompanyRoles { managers, responders, .. } => known(managers.iter().chain(responders)),
            Self::Settings(reply) => reply.people(),
            Self::Choose(choice) => choice.people(),
            Self::Nothing
            | Self::Reported(_)
            | Self::Housed { .. }
            | Self::Done(_)
            | Self::Rostered
            | Self::Help
            | Self::Usage(_)
            | Self::Welcome { .. }
            | Self::Status { .. }
            | Self::SeveralCompanies { .. }
            | Self::Refused(_)
            | Self::UnknownButton
            | Self::OnlyInGroups
            | Self::NeedsApproval(_)
            | Self::Linking(_)
            | Self::NoTeams
            | Self::Tenants(_)
            | Self::CompanyFounded(_)
            | Self::GroupAdded(_)
            | Self::GroupSuspended
            | Self::GroupActivated
            | Self::GroupAdmitted(_)
            | Self::GroupDenied
            | Self::AdmissionDecided
            | Self::AdmissionKnown
            | Self::AdmissionDenied
            | Self::AdmissionLimited { .. }
            | Self::CompanyExists(_)
            | Self::NoSuchCompany(_)
            | Self::GroupTaken
            | Self::NoSuchTeam(_)
            | Self::TeamExists(_)
            | Self::Suspended
            | Self::Anonymous
            | Self::Bot
            | Self::Listed { .. }
            | Self::Unseen(_)
            | Self::BadHandle(_)
            | Self::NoRooms
            | Self::BadNumber(_)
            | Self::Stats { .. }
            | Self::TryAgain => Vec::new(),
        }
    }
}

pub(super) fn spoken_of(event: &Event) -> Vec<PersonId> {
    let by = match event.by {
        By::Person(person) => Some(person),
        By::Assistant | By::System => None,
    };
    by.into_iter().chain(named(&event.fact)).collect()
}

/// Who a fact is about, besides whoever did it.
fn named(fact: &Fact) -> Option<PersonId> {
    // Whoever is not named here does it themselves, or is nobody.
    if let Fact::Assigned { person }
    | Fact::Reassigned { from: person, .. }
    | Fact::ClaimRevoked { person, .. }
    | Fact::PageRequested { target: person, .. }
    | Fact::PageAttempted { target: person, .. } = fact
    {
        Some(*person)
    } else {
        None
    }
}

/// What a fact is called.
pub(super) fn phrase(fact: &Fact) -> Phrase {
    match fact {
        Fact::Created { .. } => Phrase::HistoryCreated,
        Fact::Routed { team: Some(_), .. } => Phrase::HistoryRouted,
        Fact::Routed { team: None, .. } => Phrase::HistoryRoutedDesk,
        Fact::Triaged { .. } => Phrase::HistoryTriaged,
        Fact::TriageFailed { .. } => Phrase::HistoryTriageFailed,
        Fact::AutoAnswered { .. } => Phrase::HistoryAnswered,
        Fact::Acknowledged { .. } => Phrase::HistoryClaimed,
        Fact::Joined { .. } => Phrase::HistoryJoined,
        Fact::Released { .. } => Phrase::HistoryLeft,
        Fact::Unassigned => Phrase::HistoryUnassigned,
        Fact::Assigned { .. } => Phrase::HistoryAssigned,
        Fact::Reassigned { .. } => Phrase::HistoryReassigned,
        Fact::ClaimRevoked { .. } => Phrase::HistoryRevoked,
        Fact::Escalated { .. } => Phrase::HistoryEscalated,
        Fact::Deescalated { .. } => Phrase::HistoryDeescalated,
        Fact::Transferred { .. } => Phrase::HistoryTransferred,
        Fact::Held { .. } => Phrase::HistoryHeld,
        Fact::Resumed => Phrase::HistoryResumed,
        Fact::ResolutionRequested { .. } => Phrase::HistoryPromised,
        Fact::ResolutionCancelled => Phrase::HistoryWithdrawn,
        Fact::SummaryTimedOut => Phrase::HistorySummaryMissing,
        Fact::Resolved { summary: Some(_), .. } => Phrase::HistoryResolved,
        Fact::Resolved { summary: None, .. } => Phrase::HistoryResolvedSilently,
        Fact::SummaryAmended { .. } => Phrase::HistoryAmended,
        Fact::Closed { note: Some(_), .. } => Phrase::HistoryClosedNote,
        Fact::Closed { note: None, .. } => Phrase::HistoryClosed,
        Fact::Reopened { .. } => Phrase::HistoryReopened,
        Fact::Touched => Phrase::HistoryTouched,
        Fact::ReporterReplied { .. } => Phrase::HistoryReplied,
        Fact::IdleWarned => Phrase::HistoryWarned,
        Fact::ReminderSent { .. } => Phrase::HistoryReminded,
        Fact::SlaBreached { .. } => Phrase::HistoryBreached,
        Fact::PageRequested { .. } => Phrase::HistoryCalled,
        Fact::PageAttempted { outcome: PageOutcome::Delivered, .. } => Phrase::HistoryCallDelivered,
        Fact::PageAttempted { outcome: PageOutcome::Failed, .. } => Phrase::HistoryCallFailed,
        Fact::PageAttempted { outcome: PageOutcome::Confirmed, .. } => Phrase::HistoryCallConfirmed,
        Fact::EscalationExhausted => Phrase::HistoryExhausted,
        Fact::PriorityChanged { .. } => Phrase::HistoryPriority,
        Fact::SeverityChanged { .. } => Phrase::HistorySeverity,
        Fact::Tagged { .. } => Phrase::HistoryTagged,
        Fact::Untagged { .. } => Phrase::HistoryUntagged,
        Fact::DescriptionEdited { .. } => Phrase::HistoryEdited,
        Fact::NoteAdded { internal: false, .. } => Phrase::HistoryNote,
        Fact::NoteAdded { internal: true, .. } => Phrase::HistoryNoteInternal,
        Fact::AttachmentAdded { .. } => Phrase::HistoryFile,
        Fact::StateOverridden { .. } => Phrase::HistoryOverridden,
        Fact::SurfaceReposted => Phrase::HistoryCardRepaired,
        Fact::Archived => Phrase::HistoryArchived,
        Fact::ChannelMigrated => Phrase::HistoryChatMoved,
        Fact::ChannelSuspended => Phrase::HistoryChatLost,
        Fact::SubjectErased { .. } => Phrase::HistoryErased,
    }
}

/// What somebody wrote that belongs to a fact.
fn written(fact: &Fact) -> Option<&str> {
    if let Fact::Created { description: text, .. }
    | Fact::TriageFailed { reason: text }
    | Fact::AutoAnswered { answer: text }
    | Fact::ClaimRevoked { reason: text, .. }
    | Fact::Resolved { summary: Some(text), .. }
    | Fact::SummaryAmended { summary: text }
    | Fact::Closed { note: Some(text), .. }
    | Fact::Reopened { reason: text }
    | Fact::ReporterReplied { text }
    | Fact::DescriptionEdited { description: text }
    | Fact::NoteAdded { text, internal: false }
    | Fact::StateOverridden { reason: text, .. } = fact
    {
        Some(text.as_str())
    } else {
        tag(fact)
    }
}

/// The tag that a fact is about: a word of the group rather than somebody's.
pub(super) fn tag(fact: &Fact) -> Option<&str> {
    if let Fact::Tagged { tag } | Fact::Untagged { tag } = fact { Some(tag.as_str()) } else { None }
}

/// What happened, in words.
pub(super) fn what(
    (about, teams): (&About<'_>, &[(TeamId, Text)]),
    fact: &Fact,
    (phrase, written): (Phrase, Option<&str>),
) -> Line {
    let mut args: Vec<(&str, Arg)> = Vec::new();
    args.extend(written.map(|text| ("text", one_line(text, MOST_OF_A_TEXT).into())));
    args.extend(named(fact).map(|person| ("person", about.people.name(about.locale, person).into())));
    if let Fact::Routed { team: Some(team), .. } | Fact::Transferred { to: team } = fact {
        let name = teams.iter().find(|(id, _)| id == team).map(|(_, name)| name.as_str());
        args.push(("team", name.unwrap_or("?").into()));
    } else if let Fact::Escalated { to, .. } | Fact::Deescalated { to } = fact {
        args.push(("level", u64::from(to.get()).into()));
    } else if let Fact::Held { reason } = fact {
        args.push(("reason", about.locale.text(held(*reason)).into()));
    } else if let Fact::Closed { reason, .. } = fact {
        args.push(("reason", about.locale.text(closed(*reason)).into()));
    } else if let Fact::ReminderSent { count } = fact {
        args.push(("count", u64::from(*count).into()));
    } else if let Fact::SeverityChanged { severity } = fact {
        args.push(("count", u64::from(severity.get()).into()));
    } else if let Fact::PriorityChanged { priority: to } = fact {
        args.push(("priority", about.locale.text(priority(*to)).into()));
    } else if let Fact::StateOverridden { target, .. } = fact {
        args.push(("status", about.locale.text(put_into(*target)).into()));
    } else if let Fact::AttachmentAdded { attachment } = fact {
        args.push(("text", file(about, attachment).into()));
    }
    about.locale.line(phrase, &args)
}

/// What a state is called into which an incident was put.
const fn put_into(state: StateKind) -> Phrase {
    match state {
        StateKind::Triage => Phrase::StatusTriage,
        StateKind::Open => Phrase::StatusOpen,
        StateKind::Acknowledged => Phrase::StatusAcknowledged,
        StateKind::OnHold => Phrase::StatusOnHoldExternal,
        StateKind::PendingSummary => Phrase::StatusPendingSummary,
        StateKind::Resolved => Phrase::StatusResolved,
        StateKind::Closed => Phrase::StatusClosedAdmin,
    }
}

const fn held(reason: HoldReason) -> Phrase {
    match reason {
        HoldReason::Reporter => Phrase::StatusOnHoldReporter,
        HoldReason::External => Phrase::StatusOnHoldExternal,
        HoldReason::Answered => Phrase::StatusOnHoldAnswered,
    }
}
