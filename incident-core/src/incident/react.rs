//! Facts to effects: what the world is owed for what happened. No rendered text, no addresses.

use super::aggregate::Incident;
use super::effect::{Audience, Effect, Notice, Prompt};
use super::event::{By, Event, Fact};
use super::state::{Level, State};
use crate::policy::{Eligible, Policy, Role};
use crate::time::Timestamp;

/// Adds what is owed for an event; `incident` is the state after it.
pub(super) fn react(policy: &Policy, incident: &Incident, event: &Event, effects: &mut Vec<Effect>) {
    if changes_card(&event.fact) && !effects.contains(&Effect::ShowCard) {
        effects.push(Effect::ShowCard);
    }
    // Whoever asks for it may see what the platform tells nobody: that somebody unpinned the card.
    if let (Fact::SurfaceReposted, By::Person(_)) = (&event.fact, &event.by) {
        effects.push(Effect::PinCard);
    }
    effects.extend(notice(policy, incident, event).map(|notice| Effect::Say { notice }));
    if let Fact::PageRequested { target, attempt, .. } = event.fact {
        effects.push(Effect::Ring { target, attempt });
    }
    if policy.rules().rooms && is_for_the_log(event) {
        effects.push(Effect::Log { event: incident.version });
    }
}

/// Tells whether the log has a line for it. What is archived because it is old comes by the thousand, with nobody who did it
/// and no room that is talked in: those who read the log wait for what happens now.
fn is_for_the_log(event: &Event) -> bool {
    changes_something(&event.fact) && !matches!((&event.fact, event.by), (Fact::Archived, By::System))
}

/// Tells whether an incident is another one afterwards, or somebody else's: how it stands, who has it, where it belongs,
/// what it is about. What was said, what was asked and what went out is none of that, nor what follows from another fact.
fn changes_something(fact: &Fact) -> bool {
    match fact {
        Fact::Created { .. }
        | Fact::Routed { .. }
        | Fact::AutoAnswered { .. }
        | Fact::Acknowledged { .. }
        | Fact::Joined { .. }
        | Fact::Released { .. }
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
        | Fact::PriorityChanged { .. }
        | Fact::SeverityChanged { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::DescriptionEdited { .. }
        | Fact::StateOverridden { .. }
        | Fact::Archived => true,
        Fact::Triaged { .. }
        | Fact::TriageFailed { .. }
        | Fact::Unassigned
        | Fact::Touched
        | Fact::ReporterReplied { .. }
        | Fact::IdleWarned
        | Fact::ReminderSent { .. }
        | Fact::SlaBreached { .. }
        | Fact::PageRequested { .. }
        | Fact::PageAttempted { .. }
        | Fact::EscalationExhausted
        | Fact::NoteAdded { .. }
        | Fact::AttachmentAdded { .. }
        | Fact::SurfaceReposted
        | Fact::ChannelMigrated
        | Fact::ChannelSuspended
        | Fact::SubjectErased { .. } => false,
    }
}

fn changes_card(fact: &Fact) -> bool {
    match fact {
        Fact::Created { .. }
        | Fact::Routed { .. }
        | Fact::Triaged { .. }
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
        | Fact::Resolved { .. }
        | Fact::SummaryAmended { .. }
        | Fact::Closed { .. }
        | Fact::Reopened { .. }
        | Fact::PriorityChanged { .. }
        | Fact::SeverityChanged { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::DescriptionEdited { .. }
        | Fact::AttachmentAdded { .. }
        | Fact::StateOverridden { .. }
        | Fact::SurfaceReposted
        | Fact::Archived
        | Fact::ChannelMigrated
        // A card may have been deleted by hand; whoever is reminded of it must find it.
        | Fact::ReminderSent { .. }
        | Fact::SubjectErased { .. } => true,
        Fact::TriageFailed { .. }
        | Fact::SummaryTimedOut
        | Fact::Touched
        | Fact::ReporterReplied { .. }
        | Fact::IdleWarned
        | Fact::SlaBreached { .. }
        | Fact::PageRequested { .. }
        | Fact::PageAttempted { .. }
        | Fact::EscalationExhausted
        | Fact::NoteAdded { .. }
        | Fact::ChannelSuspended => false,
    }
}

fn notice(policy: &Policy, incident: &Incident, event: &Event) -> Option<Notice> {
    match &event.fact {
        Fact::Created { .. } | Fact::Routed { .. } | Fact::Reopened { .. } | Fact::Transferred { .. } => {
            summon(policy, incident)
        }
        Fact::Escalated { .. } => summon(policy, incident),
        Fact::Assigned { person } => Some(Notice::Summon { audience: Audience::Person(*person) }),
        Fact::AutoAnswered { .. } => Some(Notice::Answer),
        Fact::ClaimRevoked { person, .. } => Some(Notice::ClaimEnded { person: *person }),
        Fact::ResolutionRequested { resolver } => {
            Some(Notice::Ask { prompt: Prompt::Summary, person: *resolver, again: false })
        }
        Fact::SummaryTimedOut => Some(Notice::SummaryMissing),
        Fact::Resolved { .. } => Some(Notice::Resolved),
        Fact::Closed { reason, .. } => Some(Notice::Closed { reason: *reason }),
        // Whoever works on it is in the room and hears it.
        Fact::ReporterReplied { .. } if policy.rules().rooms => None,
        Fact::ReporterReplied { .. } if incident.assignees().next().is_some() => {
            Some(Notice::ReporterWrote { audience: Audience::Assignees })
        }
        Fact::IdleWarned => Some(Notice::StillNeeded { person: incident.reporter }),
        Fact::ReminderSent { .. } => reminder(policy, incident, event.at),
        Fact::ChannelMigrated => again(policy, incident),
        Fact::SlaBreached { .. } => Some(Notice::Breached { audience: responsible(policy, incident) }),
        Fact::EscalationExhausted => Some(Notice::Exhausted),
        Fact::StateOverridden { .. } => arrival(policy, incident),
        Fact::Triaged { .. }
        | Fact::TriageFailed { .. }
        | Fact::Acknowledged { .. }
        | Fact::Joined { .. }
        | Fact::Released { .. }
        | Fact::Unassigned
        | Fact::Reassigned { .. }
        | Fact::Deescalated { .. }
        | Fact::Held { .. }
        | Fact::Resumed
        | Fact::ResolutionCancelled
        | Fact::SummaryAmended { .. }
        | Fact::Touched
        | Fact::ReporterReplied { .. }
        | Fact::PageRequested { .. }
        | Fact::PageAttempted { .. }
        | Fact::PriorityChanged { .. }
        | Fact::SeverityChanged { .. }
        | Fact::Tagged { .. }
        | Fact::Untagged { .. }
        | Fact::DescriptionEdited { .. }
        | Fact::NoteAdded { .. }
        | Fact::AttachmentAdded { .. }
        | Fact::SurfaceReposted
        | Fact::Archived
        | Fact::ChannelSuspended
        | Fact::SubjectErased { .. } => None,
    }
}

/// What people would have been told, had it come to this state by the rules.
fn arrival(policy: &Policy, incident: &Incident) -> Option<Notice> {
    match &incident.state {
        State::Open(_) => summon(policy, incident),
        State::Resolved(_) => Some(Notice::Resolved),
        State::Closed { reason, .. } => Some(Notice::Closed { reason: *reason }),
        State::Triage(_) | State::Acknowledged { .. } | State::OnHold(_) | State::PendingSummary(_) => None,
    }
}

/// Those who may claim are mentioned as soon as an incident waits for them, where the policy says so.
fn summon(policy: &Policy, incident: &Incident) -> Option<Notice> {
    let waits = matches!(incident.state, State::Open(_));
    (waits && policy.level(incident.level).summon)
        .then(|| Notice::Summon { audience: eligible(policy, incident) })
}

/// What was said in the old chat, or could not be said while there was none, and is still waited for.
fn again(policy: &Policy, incident: &Incident) -> Option<Notice> {
    match &incident.state {
        State::PendingSummary(pending) => {
            Some(Notice::Ask { prompt: Prompt::Summary, person: pending.resolver, again: true })
        }
        State::Open(_) => summon(policy, incident),
        State::Triage(_)
        | State::Acknowledged { .. }
        | State::OnHold(_)
        | State::Resolved(_)
        | State::Closed { .. } => None,
    }
}

fn eligible(policy: &Policy, incident: &Incident) -> Audience {
    match &policy.level(incident.level).eligible {
        Eligible::Team => Audience::Team,
        // The room has been opened to those who manage, and they are to come.
        Eligible::Roles(roles)
            if policy.rules().rooms && incident.level > Level::FIRST && roles.has(Role::Manager) =>
        {
            Audience::Role(Role::Manager)
        }
        Eligible::Roles(roles) => {
            let lowest = roles.iter().next().unwrap_or(Role::Responder);
            Audience::Role(lowest)
        }
    }
}

fn responsible(policy: &Policy, incident: &Incident) -> Audience {
    if incident.state.is_acknowledged() { Audience::Assignees } else { eligible(policy, incident) }
}

fn reminder(policy: &Policy, incident: &Incident, at: Timestamp) -> Option<Notice> {
    let minutes = |since: Timestamp| u32::try_from(at.since(since).as_secs() / 60).unwrap_or(u32::MAX);
    match &incident.state {
        State::Triage(triage) => Some(Notice::Unrouted { minutes: minutes(triage.since) }),
        State::Open(waiting) => {
            Some(Notice::Unclaimed { audience: eligible(policy, incident), minutes: minutes(waiting.since) })
        }
        State::PendingSummary(pending) => {
            Some(Notice::Ask { prompt: Prompt::Summary, person: pending.resolver, again: true })
        }
        State::Acknowledged { .. } | State::OnHold(_) | State::Resolved(_) | State::Closed { .. } => None,
    }
}
