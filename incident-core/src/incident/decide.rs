//! Commands to facts: the only place that may refuse. A file for each subject, a short function for each
//! command; who may do it is asked of the policy, whether it makes sense now is decided here.

mod content;
mod ownership;
mod resolution;
mod routing;
mod timers;
mod upkeep;

use std::time::Duration;

use super::aggregate::Incident;
use super::command::{Command, Report};
use super::event::Fact;
use super::evolve::advance;
use super::rejection::Rejection;
use super::state::{ResumeTo, State, StateKind};
use super::{Event, Input};
use crate::ids::{PersonId, Version};
use crate::policy::{AckMode, Act, Actor, Hourly, Initial, Policy};
use crate::text::Limits;
use crate::time::Timestamp;

type Verdict = Result<Vec<Fact>, Rejection>;

/// Says what would happen, or why it may not.
pub(super) fn decide(policy: &Policy, incident: Option<&Incident>, input: &Input, at: Timestamp) -> Verdict {
    match (incident, &input.command) {
        (None, Command::Create { report }) => create(policy, &input.actor, report, at),
        (None, _) => Err(Rejection::Unknown),
        (Some(incident), _) if incident.id != input.incident => Err(Rejection::Unknown),
        (Some(incident), command) => {
            let case = Case { policy, incident, actor: &input.actor, at };
            let facts = case.judge(command)?;
            if input.seen.is_some_and(|seen| case.is_stale(command, seen)) {
                return Err(Rejection::Stale);
            }
            Ok(facts)
        }
    }
}

/// When a report may be made if there are too many for now: once no limit forbids it any more.
fn limited_until(policy: &Policy, report: &Report, at: Timestamp) -> Option<Timestamp> {
    const HOUR: Duration = Duration::from_secs(3_600);
    let Hourly { person, group } = policy.rules().hourly;
    let limits = [
        (policy.rules().reports.map(|quota| (u16::from(quota.count), quota.within)), &report.recent),
        (person.map(|count| (count, HOUR)), &report.recent),
        (group.map(|count| (count, HOUR)), &report.recent_here),
    ];
    let until = |(limit, recent): (Option<(u16, Duration)>, &Vec<Timestamp>)| {
        let (count, within) = limit?;
        let oldest = *recent.get(usize::from(count).saturating_sub(1))?;
        Some(oldest + within).filter(|until| *until > at)
    };
    limits.into_iter().filter_map(until).max()
}

fn create(policy: &Policy, actor: &Actor, report: &Report, at: Timestamp) -> Verdict {
    if !report.group_active {
        return Err(Rejection::TenantInactive);
    }
    let Some(reporter) = actor.person().filter(|_| policy.may(actor, Act::Report, None)) else {
        return Err(Rejection::NotAuthorized);
    };
    report.description.within(Limits::DESCRIPTION)?;
    if let Some(again) = limited_until(policy, report, at) {
        return Err(Rejection::RateLimited { retry_after_secs: again.since(at).as_secs().max(1) });
    }
    let mut facts = vec![Fact::Created {
        company: report.company,
        group: report.group,
        topic: report.topic.clone(),
        reporter,
        description: report.description.clone(),
        priority: report.priority,
        triage: policy.rules().initial == Initial::Triage,
        cycle: 1,
    }];
    let attachments = report.attachments.iter().take(content::MOST_ATTACHMENTS);
    facts.extend(attachments.map(|attachment| Fact::AttachmentAdded { attachment: attachment.clone() }));
    Ok(facts)
}

/// A command's circumstances.
#[derive(Clone, Copy)]
struct Case<'a> {
    policy: &'a Policy,
    incident: &'a Incident,
    actor: &'a Actor,
    at: Timestamp,
}

impl Case<'_> {
    fn judge(&self, command: &Command) -> Verdict {
        match command {
            Command::Create { .. } => Err(self.wrong_state()),
            Command::Route { to } => self.route(*to),
            Command::Triage { finding } => self.triage(finding),
            Command::TriageFailed { reason } => self.triage_failed(reason),
            Command::Acknowledge => self.acknowledge(),
            Command::Release => self.release(),
            Command::Assign { to } => self.assign(to),
            Command::Reassign { from, to } => self.reassign(*from, to),
            Command::RevokeClaim { person, reason } => self.revoke_claim(*person, reason),
            Command::Escalate => self.escalate(),
            Command::Deescalate { to } => self.deescalate(*to),
            Command::Transfer { to } => self.transfer(*to),
            Command::Hold { reason } => self.hold(*reason),
            Command::Resume => self.resume(),
            Command::RequestResolve => self.request_resolve(),
            Command::Resolve { summary } => self.resolve(summary.as_ref()),
            Command::SubmitSummary { summary } => self.submit_summary(summary),
            Command::CancelResolve => self.cancel_resolve(),
            Command::AmendSummary { summary } => self.amend_summary(summary),
            Command::Cancel { reason } => self.cancel(reason),
            Command::Close { reason } => self.close(*reason),
            Command::MarkDuplicate { of } => self.mark_duplicate(*of),
            Command::Confirm => self.confirm(),
            Command::Reopen { reason } => self.reopen(reason),
            Command::KeepOpen => self.keep_open(),
            Command::ReporterReply { text } => self.reporter_reply(text),
            Command::SetPriority { priority } => self.set_priority(*priority),
            Command::SetSeverity { severity } => self.set_severity(*severity),
            Command::Tag { tag } => self.tag(tag),
            Command::Untag { tag } => self.untag(tag),
            Command::EditDescription { description } => self.edit_description(description),
            Command::AddNote { text, internal } => self.add_note(text, *internal),
            Command::Attach { attachment } => self.attach(attachment),
            Command::OverrideState { target, reason } => self.override_state(*target, reason),
            Command::RepairSurface => self.repair_surface(),
            Command::Archive => self.archive(),
            Command::RoleLost { person } | Command::MemberLeft { person } => {
                self.person_gone(*person, command)
            }
            Command::ChannelMigrated => self.observed(Fact::ChannelMigrated),
            Command::ChannelLost => self.observed(Fact::ChannelSuspended),
            Command::EraseSubject { person } => self.erase_subject(*person),
            Command::PageOutcome { target, attempt, outcome } => {
                self.page_outcome(target, *attempt, *outcome)
            }
            Command::Wake => Ok(self.wake()),
        }
    }

    fn allow(&self, act: Act) -> Result<(), Rejection> {
        if self.policy.may(self.actor, act, Some(self.incident)) {
            Ok(())
        } else {
            Err(Rejection::NotAuthorized)
        }
    }

    /// The person who asks; nobody else may do what needs one.
    fn person(&self) -> Result<PersonId, Rejection> {
        self.actor.person().ok_or(Rejection::NotAuthorized)
    }

    fn wrong_state(&self) -> Rejection {
        Rejection::WrongState { state: self.incident.state.kind() }
    }

    /// Refuses in every state but these. Who is waiting for a summary is told so.
    fn only_in(&self, states: &[StateKind]) -> Result<(), Rejection> {
        match &self.incident.state {
            state if states.contains(&state.kind()) => Ok(()),
            State::PendingSummary(pending) => Err(Rejection::ClosingOut { resolver: pending.resolver }),
            State::Triage(_)
            | State::Open(_)
            | State::Acknowledged { .. }
            | State::OnHold(_)
            | State::Resolved(_)
            | State::Closed { .. } => Err(self.wrong_state()),
        }
    }

    fn not_over(&self) -> Result<(), Rejection> {
        if self.incident.state.is_terminal() { Err(self.wrong_state()) } else { Ok(()) }
    }

    /// Decides as if an incident on hold had been resumed, and says so first.
    fn resuming(&self, judge: impl Fn(&Case<'_>) -> Verdict) -> Verdict {
        let State::OnHold(hold) = self.incident.state else {
            return judge(self);
        };
        if hold.resume_to == ResumeTo::Triage {
            return Err(self.wrong_state());
        }
        let mut facts = vec![Fact::Resumed];
        let resumed = self.after(&facts);
        match judge(&Case { incident: &resumed, ..*self }) {
            Ok(more) => facts.extend(more),
            // Nothing was resumed: whoever asks must not hear of a state that never was.
            Err(Rejection::WrongState { .. }) => return Err(self.wrong_state()),
            Err(rejection) => return Err(rejection),
        }
        Ok(facts)
    }

    /// The incident as it will be after these facts.
    fn after(&self, facts: &[Fact]) -> Incident {
        let mut incident = self.incident.clone();
        for fact in facts {
            advance(&mut incident, &Event { at: self.at, by: self.actor.by(), fact: fact.clone() });
        }
        incident
    }

    /// What a press means depends on the card that was pressed. Claiming is only tied to level and team: of
    /// two who press Claim on a shared incident, the second joins.
    fn is_stale(&self, command: &Command, seen: Version) -> bool {
        let joins =
            matches!(command, Command::Acknowledge) && self.policy.rules().ack_mode == AckMode::Shared;
        let changed = if joins { self.incident.moved } else { self.incident.turned };
        seen < changed
    }
}
