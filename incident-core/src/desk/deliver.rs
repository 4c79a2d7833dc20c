//! Doing what is owed, one thing at a time: claim, perform, settle.

use super::change::Order;
use super::commands::back_off;
use super::showing::{Sheet, Shown};
use super::telling::known;
use super::upkeep::Ward;
use super::{Desk, HandleError, LEASE};
use crate::ids::{CompanyId, IncidentId, MessageRef, PersonId};
use crate::incident::{Audience, Command, Effect, Fact, Lane, Notice, PageOutcome, State};
use crate::policy::Member;
use crate::ports::{
    Claim, ClaimOrder, DeliveryError, Messenger, Owed, Posted, PostedKind, Settled, Settlement, StoreError,
    Tenancy,
};
use crate::roster::{Chats, GroupStatus, Right, RosterEffect};
use crate::text::Text;
use crate::time::Timestamp;
use crate::view::{Phrase, callout, named, notice};

/// One delivery, for logs and figures.
#[derive(Debug)]
pub struct Delivery {
    /// What was to be done.
    pub claim: Claim,
    /// What became of it.
    pub end: DeliveryEnd,
}

/// What became of a delivery.
#[derive(Debug)]
pub enum DeliveryEnd {
    /// It is done.
    Done,
    /// What it would have said was no longer true, so nothing was said.
    Overtaken,
    /// It will be tried again.
    Retried {
        /// Not before then.
        not_before: Timestamp,
        /// Why.
        reason: String,
    },
    /// It never will be.
    Abandoned {
        /// Why.
        reason: String,
    },
    /// Its lease had ended meanwhile; whatever was posted for it was taken away again.
    Late,
    /// The store failed in the middle; it will be tried again when its lease ends.
    Failed(HandleError),
}

/// What was achieved, and what stood in the way of the rest.
pub(super) type Performed = (Shown, Result<(), DeliveryError>);

impl Desk {
    /// Does the next thing that is owed in a lane; `None` if nothing is.
    ///
    /// # Errors
    /// If the store cannot say what is next.
    pub async fn deliver(&self, lane: Lane) -> Result<Option<Delivery>, StoreError> {
        match self.next_owed(lane).await? {
            Some(claim) => Ok(Some(self.carry_out(claim).await)),
            None => Ok(None),
        }
    }

    /// Claims the next thing that is owed in a lane, to be [carried out](Self::carry_out) at once.
    ///
    /// # Errors
    /// If the store cannot say what is next.
    pub async fn next_owed(&self, lane: Lane) -> Result<Option<Claim>, StoreError> {
        let now = self.clock.now();
        match self.take_ready(lane, now) {
            Some(claim) => Ok(Some(claim)),
            None => self.store.claim(ClaimOrder { lane, now, lease_until: now + LEASE }).await,
        }
    }

    /// Does what was claimed, and records what became of it.
    pub async fn carry_out(&self, claim: Claim) -> Delivery {
        let now = self.clock.now();
        let end = match self.perform(&claim, now).await {
            Ok(performed) => self.settle(&claim, performed).await,
            Err(error) => Err(error),
        };
        Delivery { claim, end: end.unwrap_or_else(DeliveryEnd::Failed) }
    }

    async fn perform(&self, claim: &Claim, now: Timestamp) -> Result<Performed, HandleError> {
        match &claim.owed {
            Owed::Incident { incident, effect } => {
                self.perform_for_incident(claim, *incident, effect, now).await
            }
            Owed::Roster { effect: RosterEffect::PageShift { shift } } => {
                self.page_shift(claim, shift, now).await
            }
            Owed::Roster { effect: RosterEffect::Consult { group, to } } => {
                let Some(roster) = self.store.roster(claim.company).await? else {
                    return Ok((Shown::default(), Ok(())));
                };
                Ok((Shown::default(), self.consult(&roster, *group, to).await?))
            }
            Owed::Roster { effect } if effect.is_told() => self.tell(claim, effect).await,
            Owed::Roster { effect } => {
                self.keep_up(claim.company, effect, now).await?;
                Ok((Shown::default(), Ok(())))
            }
        }
    }

    async fn perform_for_incident(
        &self,
        claim: &Claim,
        incident: IncidentId,
        effect: &Effect,
        now: Timestamp,
    ) -> Result<Performed, HandleError> {
        let mut shown = Shown::default();
        let Some(sheet) =
            self.sheet((claim.company, incident), claim.elsewhere.then_some(&claim.chat)).await?
        else {
            return Ok((shown, Ok(())));
        };
        let Some(chats) = sheet.roster.chats(sheet.group.id) else {
            return Ok((shown, Ok(())));
        };
        if let Effect::Log { event } = effect {
            return self.log_line((&sheet, *event), claim, now).await;
        }
        if let (Effect::Ring { target, attempt }, GroupStatus::Active | GroupStatus::Pending) =
            (effect, sheet.group.status)
        {
            self.ring((&sheet, &chats), *target, *attempt, now).await?;
            return Ok((shown, Ok(())));
        }
        if sheet.group.status == GroupStatus::Suspended && chats.has(&sheet.chat) {
            return Ok(suspended());
        }
        if let Some(lodging) = self.lodging(&sheet.policy, &sheet.group.chat) {
            return self.perform_in_room((lodging, sheet), claim, effect, now).await;
        }
        let Some(messenger) = self.messengers.get(&sheet.chat.platform) else {
            return Ok(unserved(claim));
        };
        if !chats.has(&sheet.chat) {
            return Ok(self.leave(&sheet, &**messenger, effect).await?);
        }
        let done = match effect {
            Effect::ShowCard | Effect::PinCard => {
                let again = matches!(effect, Effect::PinCard);
                if !claim.elsewhere {
                    // Before anything is posted: what fails afterwards would leave a card that nobody knows.
                    self.show_where_linked_since((&sheet, &chats), claim.since, now).await?;
                }
                self.show(&sheet, &**messenger, (&mut shown, again), now).await?
            }
            Effect::Say { notice } if still_true(notice, &sheet.filed.incident.state) => {
                self.say(sheet, &**messenger, notice, &mut shown).await?
            }
            Effect::Say { .. } | Effect::Ring { .. } | Effect::Log { .. } => {
                shown.overtaken = true;
                Ok(())
            }
        };
        Ok((shown, done))
    }

    pub(super) async fn say(
        &self,
        mut sheet: Sheet,
        messenger: &dyn Messenger,
        said: &Notice,
        shown: &mut Shown,
    ) -> Result<Result<(), DeliveryError>, HandleError> {
        let (company, incident) = (sheet.filed.incident.company, sheet.filed.incident.id);
        let mut ids = named(&sheet.filed.incident, &sheet.group, said);
        ids.extend(sheet.roster.teams.values().flat_map(|team| known(team.members.iter())));
        sheet.people = self.people(&sheet.roster, sheet.chat.platform, &ids).await?;
        let now = self.clock.now();
        let zone = sheet.roster.calendar(sheet.group.id, &self.calendar).zone;
        let nobody = sheet.only_present(&zone, now);
        let answer = if *said == Notice::Answer { self.last_answer(company, incident).await? } else { None };
        let answer = answer.as_ref().map(Text::as_str);
        let locale = &self.locale_in(&sheet.chat, (&sheet.roster, sheet.group.id));
        let mut message = notice(&sheet.source(locale), &sheet.group, said, answer);
        if nobody && matches!(said, Notice::Summon { audience: Audience::Team }) {
            message.lines.push(locale.line(Phrase::NoticeNobodyOnShift, &[]));
        }
        let surfaces = self.store.surfaces(company, incident).await?;
        let card = surfaces.into_iter().find(|surface| surface.message.chat == sheet.chat);
        let place = sheet.place(card.map(|surface| surface.message));
        Ok(messenger.send(&place, &message).await.map(|message| {
            let kind = if let Notice::Ask { prompt, person, .. } = said {
                PostedKind::Prompt { prompt: *prompt, person: *person }
            } else {
                PostedKind::Notice
            };
            shown.posted = Some(Posted { message, incident, kind });
        }))
    }

    async fn last_answer(
        &self,
        company: CompanyId,
        incident: IncidentId,
    ) -> Result<Option<Text>, HandleError> {
        let history = self.store.history(company, incident).await?;
        Ok(history.into_iter().rev().find_map(|event| {
            if let Fact::AutoAnswered { answer } = event.fact { Some(answer) } else { None }
        }))
    }

    /// Calls a person and reports how that went. Without a pager nobody can be reached.
    async fn ring(
        &self,
        (sheet, chats): (&Sheet, &Chats),
        target: PersonId,
        attempt: u8,
        now: Timestamp,
    ) -> Result<(), HandleError> {
        let incident = &sheet.filed.incident;
        let person = self.store.people(incident.company, &[target]).await?.into_iter().next();
        let outcome = match (&self.pager, person) {
            (Some(pager), Some(person)) => {
                let locale = &self.locale_in(&sheet.chat, (&sheet.roster, sheet.group.id));
                let callout = callout(&sheet.source(locale), person, attempt);
                match pager.call(&callout).await {
                    Ok(()) => PageOutcome::Delivered,
                    Err(_) => PageOutcome::Failed,
                }
            }
            (None, _) | (_, None) => PageOutcome::Failed,
        };
        let at = (&sheet.roster, sheet.group.id, &sheet.group.chat);
        let target = Member { id: target, standing: self.standing(incident.company, at, target).await? };
        let command = Command::PageOutcome { target, attempt, outcome };
        let order = Order::own(&sheet.policy, chats, incident, command);
        self.change(order, now).await?;
        Ok(())
    }

    /// Writes down what became of a delivery. What was sent is known here alone until then, so a failing
    /// store is asked again before that is given up.
    async fn settle(&self, claim: &Claim, (shown, done): Performed) -> Result<DeliveryEnd, HandleError> {
        let now = self.clock.now();
        let Shown { posted, gone, overtaken } = shown;
        let (settlement, end) = match done {
            Ok(()) if overtaken => (Settlement::Done { posted, gone }, DeliveryEnd::Overtaken),
            Ok(()) => (Settlement::Done { posted, gone }, DeliveryEnd::Done),
            Err(DeliveryError::Permanent { reason }) => {
                (Settlement::Abandoned { reason: reason.clone() }, DeliveryEnd::Abandoned { reason })
            }
            Err(error) => {
                let reason = error.to_string();
                let noted = self.after_failure(claim, &error, now).await;
                let (not_before, park_chat_until) = noted.unwrap_or((now + back_off(claim.attempt), None));
                let end = DeliveryEnd::Retried { not_before, reason: reason.clone() };
                (Settlement::Retry { not_before, park_chat_until, reason, posted, gone }, end)
            }
        };
        let sent = sent(&settlement).cloned();
        match (self.record(claim, settlement, now).await?, sent) {
            ((Settled::Yes, _), _) => Ok(end),
            ((Settled::Late, _), None) => Ok(DeliveryEnd::Late),
            ((Settled::Late, unsure), Some(sent)) => {
                let known = self.withdraw(claim, &sent).await?;
                Ok(if known && unsure { end } else { DeliveryEnd::Late })
            }
        }
    }

    /// Takes away what was sent too late. A message that the store knows stays, and `true` is returned: either
    /// it stood there before, or the settlement counted after all and only the answer to it was lost.
    async fn withdraw(&self, claim: &Claim, sent: &MessageRef) -> Result<bool, StoreError> {
        let known = self.store.posted(claim.company, sent).await?.is_some();
        if let (false, Some(messenger)) = (known, self.messengers.get(&claim.chat.platform)) {
            // If it fails, whoever presses it first shows it to us again.
            drop(messenger.retire(sent).await);
        }
        Ok(known)
    }

    /// Records a settlement; tells also whether an earlier try may have counted without being answered.
    async fn record(
        &self,
        claim: &Claim,
        settlement: Settlement,
        now: Timestamp,
    ) -> Result<(Settled, bool), StoreError> {
        const TRIES: u32 = 3;
        for tried in 1..TRIES {
            if let Ok(settled) = self.store.settle(claim, settlement.clone(), now).await {
                return Ok((settled, tried > 1));
            }
        }
        Ok((self.store.settle(claim, settlement, now).await?, true))
    }

    /// Says when to try again, after having noted what the failure says about the chat.
    async fn after_failure(
        &self,
        claim: &Claim,
        error: &DeliveryError,
        now: Timestamp,
    ) -> Result<(Timestamp, Option<Timestamp>), HandleError> {
        let later = now + back_off(claim.attempt);
        let tenancy =
            self.store.tenancy(&claim.chat).await?.filter(|tenancy| tenancy.company == claim.company);
        let ward = |Tenancy { company, group }| Ward { company, group, now };
        match error {
            DeliveryError::Temporary { retry_after: Some(wait), .. } => {
                let until = now + *wait;
                return Ok((until, Some(until)));
            }
            DeliveryError::Moved { to } => {
                if let Some(tenancy) = tenancy {
                    self.relocate(ward(tenancy), &claim.chat, Some(to.clone())).await?;
                }
                return Ok((now, None));
            }
            DeliveryError::ChatLost { .. } => {
                if let Some(tenancy) = tenancy {
                    self.relocate(ward(tenancy), &claim.chat, None).await?;
                }
            }
            DeliveryError::Forbidden { right: Right::Write } => self.cannot_write(claim, now).await?,
            DeliveryError::Forbidden { right: Right::Pin | Right::Room | Right::Log }
            | DeliveryError::Temporary { retry_after: None, .. }
            | DeliveryError::Gone
            | DeliveryError::Permanent { .. } => {}
        }
        Ok((later, None))
    }

    async fn cannot_write(&self, claim: &Claim, now: Timestamp) -> Result<(), HandleError> {
        let Some(roster) = &self.store.roster(claim.company).await? else {
            return Ok(());
        };
        if let Some(group) = roster.group_in(&claim.chat) {
            let ward = Ward { company: claim.company, group: group.id, now };
            self.report_right(ward, (roster, &claim.chat), Right::Write, false).await?;
        }
        Ok(())
    }
}

fn sent(settlement: &Settlement) -> Option<&MessageRef> {
    match settlement {
        Settlement::Done { posted, .. } | Settlement::Retry { posted, .. } => {
            posted.as_ref().map(|posted| &posted.message)
        }
        Settlement::Abandoned { .. } => None,
    }
}

pub(super) fn suspended() -> Performed {
    let reason = "the group is suspended".to_owned();
    (Shown::default(), Err(DeliveryError::Permanent { reason }))
}

pub(super) fn unserved(claim: &Claim) -> Performed {
    let reason = format!("no messenger serves {}", claim.chat.platform);
    (Shown::default(), Err(DeliveryError::Temporary { reason, retry_after: None }))
}

/// A reminder that was overtaken before it could be sent would only confuse.
pub(super) fn still_true(notice: &Notice, state: &State) -> bool {
    match notice {
        Notice::Unclaimed { .. } | Notice::Exhausted | Notice::Summon { .. } => {
            matches!(state, State::Open(_))
                || matches!(
                    (notice, state),
                    (Notice::Summon { audience: Audience::Person(_) }, State::Acknowledged { .. })
                )
        }
        Notice::Unrouted { .. } => matches!(state, State::Triage(_)),
        Notice::Ask { person, .. } => {
            matches!(state, State::PendingSummary(pending) if pending.resolver == *person)
        }
        Notice::StillNeeded { .. } | Notice::Breached { .. } => !state.is_terminal(),
        Notice::Resolved
        | Notice::Closed { .. }
        | Notice::SummaryMissing
        | Notice::ReporterWrote { .. }
        | Notice::Answer
        | Notice::ClaimEnded { .. } => true,
    }
}
