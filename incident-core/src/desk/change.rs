//! Load, decide, commit; again if somebody else was faster.

use std::collections::BTreeSet;

use super::handle::Scene;
use super::{Desk, LEASE, Nudge};
use crate::ids::{ChatRef, CompanyId, IncidentId, Version};
use crate::incident::{Command, Incident, Input, Lane, Reach, Rejection, Step, step};
use crate::policy::{Actor, Policy};
use crate::ports::{
    Answered, Claim, Commit, CommitError, Committed, Filed, Origin, RosterCommit, StoreError,
};
use crate::roster::{self, Chats, Roster, RosterCommand, RosterEffect, RosterInput, RosterStep};
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
    /// It answers a message that is still being sent.
    #[error("the message that is answered is not settled yet")]
    Unsettled,
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
    /// The chats in which the group lives, and the one in which it was asked for.
    pub(super) chats: &'a Chats,
    pub(super) asked: Option<&'a ChatRef>,
    pub(super) incident: IncidentId,
    pub(super) actor: Actor,
    pub(super) seen: Option<Version>,
    pub(super) command: Command,
    pub(super) origin: Option<Origin>,
    /// Whether nobody is told, and no card drawn.
    pub(super) quiet: bool,
}

/// Commands to a roster, accepted or refused together, with where they come from.
pub(super) struct RosterOrder {
    pub(super) company: CompanyId,
    pub(super) actor: Actor,
    pub(super) commands: Vec<RosterCommand>,
    pub(super) origin: Option<Origin>,
}

impl RosterOrder {
    /// Commands of the desk itself, which answer no request.
    pub(super) const fn own(company: CompanyId, commands: Vec<RosterCommand>) -> Self {
        Self { company, actor: Actor::System, commands, origin: None }
    }
}

impl Desk {
    /// Carries out a command.
    pub(super) async fn change(&self, order: Order<'_>, now: Timestamp) -> Result<Changed, HandleError> {
        for _ in 0..MAX_CONFLICTS {
            if let Some(changed) = self.try_change(&order, now).await? {
                return Ok(changed);
            }
        }
        Err(HandleError::Contended)
    }

    /// Decides and commits once; `None` if somebody else was faster.
    async fn try_change(&self, order: &Order<'_>, now: Timestamp) -> Result<Option<Changed>, HandleError> {
        let creates = matches!(order.command, Command::Create { .. });
        let filed = if creates { None } else { self.store.load(order.company, order.incident).await? };
        let before = filed.as_ref().map(|filed| &filed.incident);
        let step = match step(order.policy, before, &order.input(now)) {
            Ok(step) => step,
            Err(rejection) => return self.refuse(order, rejection, filed).await.map(Some),
        };
        let expected = before.map_or(Version::NONE, |incident| incident.version);
        let (after, wake_at) = (step.incident.clone(), step.wake_at);
        let events = self.witness.as_ref().map(|witness| (witness, step.events.clone()));
        // Without rooms there is nobody to keep a log.
        let log = self.lodging(order.policy, &order.chats.own).and(order.chats.log.as_ref());
        let mut commit = order.addressed(expected, step, log, now);
        let lanes: Vec<Lane> = commit.owed().map(|(effect, _)| effect.lane()).collect();
        // What this process has no hands for belongs to whoever is free: another replica, or itself later.
        if !self.is_laden() {
            commit = commit.claiming(now + LEASE);
        }
        commit.origin = order.origin.clone();
        match self.store.commit(commit).await {
            Ok(Committed { number, claims }) => {
                let unclaimed = left_over(lanes, &claims);
                // Its reporter is led to its room, if it gets one.
                let housed = creates && self.lodging(order.policy, &order.chats.own).is_some();
                self.keep_ready(if housed { self.keep_welcome(order, claims, now) } else { claims });
                events.into_iter().for_each(|(witness, events)| witness(&after, &events));
                // The rest waits behind something that may have ended before this was committed, so that whoever looked then
                // saw nothing.
                unclaimed.into_iter().for_each(|lane| (self.nudge)(Nudge::Deliver(lane)));
                wake_at.into_iter().for_each(|at| (self.nudge)(Nudge::WakeBy(at)));
                Ok(Some(Changed::Done(Filed { number, incident: after })))
            }
            Err(CommitError::Conflict { .. }) => Ok(None),
            Err(CommitError::AlreadyApplied { answer }) => Ok(Some(Changed::Before(answer))),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// A redelivery of what was accepted may be refused by now; it gets the answer it got then.
    async fn refuse(
        &self,
        order: &Order<'_>,
        rejection: Rejection,
        filed: Option<Filed>,
    ) -> Result<Changed, HandleError> {
        let before = match &order.origin {
            Some(origin) => self.store.applied(&origin.key).await?,
            None => None,
        };
        Ok(before.map_or(Changed::Refused(rejection, filed), Changed::Before))
    }

    /// Owes a group something for a request although nothing has happened to its company.
    pub(super) async fn owe_group(
        &self,
        scene: &Scene<'_>,
        effects: Vec<RosterEffect>,
    ) -> Result<(), HandleError> {
        let origin = Origin { key: scene.request.key.clone(), answer: "owed".to_owned() };
        for _ in 0..MAX_CONFLICTS {
            let Some(roster) = self.store.roster(scene.company).await? else {
                return Ok(());
            };
            let version = roster.version;
            let wake_at = roster.next_shift(&self.calendar);
            let step = RosterStep { roster, events: Vec::new(), effects: effects.clone() };
            let commit =
                RosterCommit::new(version, step, scene.now).answering(origin.clone()).waking(wake_at);
            match self.store.commit_roster(commit).await {
                Ok(()) | Err(CommitError::AlreadyApplied { .. }) => {
                    (self.nudge)(Nudge::Deliver(Lane::Notice));
                    return Ok(());
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(HandleError::Contended)
    }

    /// Carries out commands to a roster. `Ok(Ok(roster))` is the roster afterwards.
    pub(super) async fn change_roster(
        &self,
        order: RosterOrder,
        now: Timestamp,
    ) -> Result<Result<Roster, Rejection>, HandleError> {
        let RosterOrder { company, actor, commands, origin } = order;
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
            let wake_at = after.next_shift(&self.calendar);
            let mut commit = RosterCommit::new(expected, step, now).waking(wake_at);
            commit.origin = origin.clone();
            match self.store.commit_roster(commit).await {
                Ok(()) | Err(CommitError::AlreadyApplied { .. }) => {
                    (self.nudge)(Nudge::Deliver(Lane::Notice));
                    (self.nudge)(Nudge::Deliver(Lane::Upkeep));
                    wake_at.into_iter().for_each(|at| (self.nudge)(Nudge::WakeBy(at)));
                    return Ok(Ok(after));
                }
                Err(CommitError::Conflict { .. }) => {}
                Err(CommitError::Store(error)) => return Err(error.into()),
            }
        }
        Err(HandleError::Contended)
    }
}

impl<'a> Order<'a> {
    /// A command of the desk itself, which answers no request.
    pub(super) fn own(policy: &'a Policy, chats: &'a Chats, incident: &Incident, command: Command) -> Self {
        let (company, incident) = (incident.company, incident.id);
        let (actor, asked, seen, origin, quiet) = (Actor::System, None, None, None, false);
        Self { company, policy, chats, asked, incident, actor, seen, command, origin, quiet }
    }

    /// The same, of which nobody is told: what the chat shows stays as it is.
    pub(super) const fn quietly(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Says in which chats everything is owed that a step owes.
    fn addressed(&self, expected: Version, step: Step, log: Option<&ChatRef>, now: Timestamp) -> Commit {
        let own = &self.chats.own;
        let mut commit = Commit::new(expected, step, own.clone(), now);
        if self.quiet {
            commit.effects.clear();
        }
        for effect in std::mem::take(&mut commit.effects) {
            let chats: Vec<&ChatRef> = match (effect.reach(), self.asked) {
                (Reach::Once, _) => vec![own],
                (Reach::Log, _) => log.into_iter().collect(),
                (Reach::Asked, Some(asked)) => vec![asked],
                (Reach::Asked, None) | (Reach::Everywhere, _) => self.chats.all().collect(),
            };
            let (here, there): (Vec<&ChatRef>, Vec<&ChatRef>) =
                chats.into_iter().partition(|chat| *chat == own);
            commit.effects.extend(here.into_iter().map(|_| effect.clone()));
            commit.elsewhere.extend(there.into_iter().map(|chat| (effect.clone(), chat.clone())));
        }
        commit
    }

    fn input(&self, at: Timestamp) -> Input {
        let (actor, command) = (self.actor.clone(), self.command.clone());
        Input { incident: self.incident, at, actor, seen: self.seen, command }
    }
}

/// Lists the lanes in which something is owed that nobody has claimed yet.
fn left_over(mut lanes: Vec<Lane>, claims: &[Claim]) -> BTreeSet<Lane> {
    for claim in claims {
        if let Some(at) = lanes.iter().position(|lane| *lane == claim.owed.lane()) {
            lanes.swap_remove(at);
        }
    }
    lanes.into_iter().collect()
}
