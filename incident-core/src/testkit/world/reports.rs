//! What the store reports, written into the books: commits with what they owe, and claims.

use super::books::Ledger;
use super::chats::Chat;
use crate::desk::{LEASE, Nudge};
use crate::ids::{ChatRef, CompanyId, IncidentId, PersonId};
use crate::incident::{By, Effect, Event};
use crate::ports::{Address, Claim, Commit, CommitError, Committed, Origin, Owed, RosterCommit};
use crate::roster::RosterFact;
use crate::testkit::cast;
use crate::testkit::invariants::{Held, must};
use crate::time::Timestamp;

impl Ledger {
    /// Takes note of what the store answered to a commit.
    pub(super) fn committed(&mut self, commit: &Commit, result: &Result<Committed, CommitError>) {
        let held = self.answered(commit.origin.as_ref(), result);
        self.judge(held);
        let Ok(Committed { number, claims }) = result else {
            return;
        };
        self.tale.figures.commits += 1;
        for event in &commit.events {
            let (step, now) = (self.step, self.now());
            self.tale.in_journal(step, now, format!("{number} {}", happened(event)));
        }
        let held = self.journals.committed(commit, *number);
        self.judge(held);
        for (effect, to) in commit.owed() {
            // Also what waits behind something: that may have ended before this was committed.
            self.news(Nudge::Deliver(effect.lane()));
            let owed = Owed::Incident { incident: commit.incident.id, effect: effect.clone() };
            self.dues.owe(commit.incident.company, owed, elsewhere(to));
        }
        commit.wake_at.into_iter().for_each(|at| self.news(Nudge::WakeBy(at)));
        for claim in claims {
            self.claimed(claim);
        }
    }

    /// The card of an incident is owed without anything having happened.
    pub(super) fn owed_a_card(&mut self, company: CompanyId, incident: IncidentId, to: &Address) {
        if self.journals.shadows.contains_key(&incident) {
            let card = Owed::Incident { incident, effect: Effect::ShowCard };
            self.dues.owe(company, card, elsewhere(to.clone()));
        }
    }

    /// Takes note of what the store answered to a commit of a roster.
    pub(super) fn committed_roster(&mut self, commit: &RosterCommit, result: &Result<(), CommitError>) {
        let held = self.answered(commit.origin.as_ref(), result);
        self.judge(held);
        if result.is_err() {
            return;
        }
        let company = commit.roster.company;
        for event in &commit.events {
            let (step, now) = (self.step, self.now());
            self.tale.in_journal(step, now, format!("roster: {:?}", event.fact));
            if let RosterFact::ChatMigrated { to, .. } = &event.fact {
                self.followed(to);
            }
        }
        self.rosters.written(self.beat, commit.roster.clone());
        for effect in &commit.effects {
            let owed = Owed::Roster { effect: effect.clone() };
            self.news(Nudge::Deliver(owed.lane()));
            let chats = commit.roster.chats(effect.group());
            for to in chats.iter().flat_map(|chats| effect.chats(chats)) {
                self.dues.owe(company, owed.clone(), elsewhere(to));
            }
        }
    }

    /// A group has a new chat: what was owed in the old one is owed there now.
    fn followed(&mut self, to: &ChatRef) {
        let came =
            |(from, chat): (&ChatRef, &Chat)| (chat.moved_to.as_ref() == Some(to)).then(|| from.clone());
        if let Some(from) = self.chats.0.iter().find_map(came) {
            self.dues.moved(&from, to);
        }
    }

    /// A request is applied once, and its redelivery is recognised.
    fn answered<T>(&mut self, origin: Option<&Origin>, result: &Result<T, CommitError>) -> Held {
        let Some(Origin { key, .. }) = origin else {
            return Ok(());
        };
        let before = self.applied.contains(key);
        match result {
            Ok(_) => {
                self.applied.insert(key.clone());
                must(!before, "a request is applied once", || format!("{} came again", key.as_str()))
            }
            Err(CommitError::AlreadyApplied { .. }) => {
                must(before, "what was never applied is no redelivery", || key.as_str().to_owned())
            }
            Err(CommitError::Conflict { .. }) => {
                self.tale.figures.conflicts += 1;
                must(!before, "a redelivery is recognised before it is too late", || {
                    format!("{} was applied, and a conflict was answered", key.as_str())
                })
            }
            Err(CommitError::Store(_)) => Ok(()),
        }
    }

    pub(super) fn claimed(&mut self, claim: &Claim) {
        // The instant that was asked at; the clock may have been set meanwhile.
        let asked = claim.lease_until.as_micros() - i64::try_from(LEASE.as_micros()).unwrap_or(0);
        let held = self.dues.claimed(claim, Timestamp::from_micros(asked));
        self.judge(held);
    }
}

/// The chat in which something is owed besides the group's own.
fn elsewhere(to: Address) -> Option<ChatRef> {
    to.elsewhere.then_some(to.chat)
}

/// The name of somebody of the cast.
pub(super) fn name_of(person: PersonId) -> String {
    let names = ["driver", "ann", "bob", "mia", "max", "ada", "pia", "tim", "tom", "eva", "sam"];
    let known = cast::EVERYBODY.into_iter().position(|id| id == person);
    known.map_or_else(|| format!("person {person}"), |at| names[at].to_owned())
}

fn happened(event: &Event) -> String {
    let who = match event.by {
        By::Person(person) => name_of(person),
        By::Assistant => "assistant".to_owned(),
        By::System => "desk".to_owned(),
    };
    let fact = format!("{:?}", event.fact);
    let fact: String = fact.chars().take(160).collect();
    format!("{fact} by {who}")
}
