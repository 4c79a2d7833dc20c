//! Load, decide, commit; again if somebody else was faster.

use super::{Desk, LEASE, Nudge};
use crate::ids::{ChatRef, CompanyId, IncidentId, Version};
use crate::incident::{Command, Input, Lane, Rejection, step};
use crate::policy::{Actor, Policy};
use crate::ports::{Answered, Commit, CommitError, Committed, Filed, Origin, RosterCommit, StoreError};
use crate::roster::{self, Roster, RosterCommand, RosterInput};
use crate::time::Timestamp;

/// How often a decision is made anew because somebody else was faster. Each time, somebody was: so many
/// people at once must be outrun before anybody is told to try again.
const MAX_CONFLICTS: u32 = 128;

/// Why a request could not be handled. It changed nothing, or its redelivery will find what it changed; it
/// must be delivered again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HandleError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Others were faster too often.
    #[error("too many others changed the same thing at once")]
    Contended,
}

/// What became of a command.
pub(super) enum Changed {
    /// It was accepted and committed; this is the incident afterwards.
    Done(Filed),
    /// It was refused; this is the incident as it stands.
    Refused(Rejection, Option<Filed>),
    /// It was accepted before; this was answered.
    Before(Answered),
}

/// A command to an incident, with where it comes from.
pub(super) struct Order<'a> {
    pub(super) company: CompanyId,
    pub(super) policy: &'a Policy,
    pub(super) chat: &'a ChatRef,
    pub(super) incident: IncidentId,
    pub(super) actor: Actor,
    pub(super) seen: Option<Version>,
    pub(super) command: Command,
    pub(super) origin: Option<Origin>,
}

impl Desk {
    /// Carries out a command.
    pub(super) async fn change(&self, order: Order<'_>, now: Timestamp) -> Result<Changed, HandleError> {
        let creates = matches!(order.command, Command::Create { .. });
        let input = Input {
            incident: order.incident,
            at: now,
            actor: order.actor,
            seen: order.seen,
            command: order.command,
        };
        for _ in 0..MAX_CONFLICTS {
            let filed = if creates { None } else { self.store.load(order.company, order.incident).await? };
            let before = filed.as_ref().map(|filed| &filed.incident);
            let step = match step(order.policy, before, &input) {
                Ok(step) => step,
                Err(rejection) => {
                    let before = match &order.origin {
                        Some(origin) => self.store.applied(&origin.key).await?,
                        None => None,
                    };
                    return Ok(before.map_or(Changed::Refused(rejection, filed), Changed::Before));
                }
            };
            let expected = before.map_or(Version::NONE, |incident| incident.version);
            let after = step.incident.clone();
            let wake_at = step.wake_at;
            let mut commit = Commit::new(expected, step, order.chat.clone(), now).claiming(now + LEASE);
            commit.origin = order.origin.clone();
            match self.store.commit(commit).await {
                Ok(Committed { number, claims }) => {
                    self.keep_ready(claims);
                    if let Some(at) = wake_at {
                        (self.nudge)(Nudge::WakeBy(at));
                    }
                    return Ok(Changed::Done(Filed { number, incident: after }));
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::AlreadyApplied { answer }) => return Ok(Changed::Before(answer)),
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(HandleError::Contended)
    }

    /// Carries out commands to a roster, all or none. `Ok(Ok(roster))` is the roster afterwards.
    pub(super) async fn change_roster(
        &self,
        company: CompanyId,
        actor: Actor,
        commands: Vec<RosterCommand>,
        origin: Option<Origin>,
        now: Timestamp,
    ) -> Result<Result<Roster, Rejection>, HandleError> {
        let input = RosterInput { company, at: now, actor, commands };
        for _ in 0..MAX_CONFLICTS {
            let before = self.store.roster(company).await?;
            let step = match roster::step(&self.policy, before.as_ref(), &input) {
                Ok(step) => step,
                Err(rejection) => return Ok(Err(rejection)),
            };
            let after = step.roster.clone();
            if step.events.is_empty() && step.effects.is_empty() {
                return Ok(Ok(after));
            }
            let expected = before.map_or(Version::NONE, |roster| roster.version);
            let mut commit = RosterCommit::new(expected, step, now);
            commit.origin = origin.clone();
            match self.store.commit_roster(commit).await {
                Ok(()) | Err(CommitError::AlreadyApplied { .. }) => {
                    (self.nudge)(Nudge::Deliver(Lane::Notice));
                    (self.nudge)(Nudge::Deliver(Lane::Upkeep));
                    return Ok(Ok(after));
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(HandleError::Contended)
    }
}
