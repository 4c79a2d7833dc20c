//! What may be said: a message, a card or a call is held against what is owed by whoever sends it, as things
//! stood at some time since they began.

use std::sync::LazyLock;

use super::books::{Doing, Ledger};
use super::town::profile;
use crate::ids::{ChatRef, MessageRef};
use crate::incident::{Effect, Fact, Incident, Notice, evolve};
use crate::ports::{Callout, Claim, Filed, Owed, Person};
use crate::roster::{Group, GroupStatus, Roster, RosterEffect};
use crate::testkit::cast;
use crate::testkit::invariants::{Held, must};
use crate::testkit::messenger::What;
use crate::view::{CardSource, People, Phrasebook, announcement, card, notice};

static BOOK: LazyLock<Phrasebook> = LazyLock::new(Phrasebook::new);
static NAMES: LazyLock<People> =
    LazyLock::new(|| People::new(cast::EVERYBODY.map(|id| Person { id, profile: profile(id) })));

impl Ledger {
    /// Requires that what appears in a chat is what is owed there, in the words for it, about that incident,
    /// mentioning those who are concerned; where it is a card, that it shows what is true.
    pub(super) fn says_what_is_owed(&self, message: &MessageRef, what: &What) -> Held {
        let name = "what is said is what is owed";
        let doing = self.tasks.get(&self.task);
        let Some((doing, claim)) = doing.and_then(|doing| Some((doing, doing.claim.as_ref()?))) else {
            return must(false, name, || format!("nobody owes {what:?}"));
        };
        let right = self.rosters.since(claim.company, doing.began).iter().any(|(_, roster)| {
            self.group_in(&message.chat, roster, claim)
                .is_some_and(|group| self.texts(doing, claim, (roster, group)).contains(what))
        });
        must(right, name, || format!("{:?} in {} as {what:?}", claim.owed, message.chat))
    }

    /// Returns the group that something is owed to, if it is at work in a chat.
    fn group_in<'a>(&self, chat: &ChatRef, roster: &'a Roster, claim: &Claim) -> Option<&'a Group> {
        let (_, group) = self.group_of(claim)?;
        let lives_there = roster.chats(group).is_some_and(|chats| chats.has(chat));
        let at_work = |group: &&Group| lives_there && group.status == GroupStatus::Active;
        roster.groups.get(&group).filter(at_work)
    }

    fn texts(&self, doing: &Doing, claim: &Claim, (roster, group): (&Roster, &Group)) -> Vec<What> {
        let locale = BOOK.locale(None);
        match &claim.owed {
            Owed::Roster { effect: RosterEffect::Tell { announcement: told, .. } } => {
                vec![What::Message(announcement(locale, &NAMES, told))]
            }
            // Told in one of the chats, and in no other.
            Owed::Roster { effect: RosterEffect::TellIn { chat, announcement: told, .. } }
                if *chat == claim.chat =>
            {
                vec![What::Message(announcement(locale, &NAMES, told))]
            }
            Owed::Roster { .. } => Vec::new(),
            Owed::Incident { effect, .. } => {
                let policy = roster.policy(self.journals.policy());
                let filed = self.filed_since(doing, claim);
                let sources = filed.iter().map(|filed| CardSource {
                    filed,
                    roster,
                    policy: &policy,
                    people: &NAMES,
                    locale,
                });
                sources.filter_map(|source| self.text(effect, &source, group)).collect()
            }
        }
    }

    fn text(&self, effect: &Effect, source: &CardSource<'_>, group: &Group) -> Option<What> {
        match effect {
            Effect::ShowCard | Effect::PinCard => Some(What::Card(card(source))),
            Effect::Say { notice: said } => {
                let answer = self.last_answer(source.filed, said);
                Some(What::Message(notice(source, group, said, answer)))
            }
            Effect::Ring { .. } | Effect::Log { .. } => None,
        }
    }

    fn last_answer(&self, filed: &Filed, said: &Notice) -> Option<&str> {
        let shadow = self.journals.shadows.get(&filed.incident.id).filter(|_| *said == Notice::Answer)?;
        shadow.journal.iter().rev().find_map(|event| {
            if let Fact::AutoAnswered { answer } = &event.fact { Some(answer.as_str()) } else { None }
        })
    }

    /// Lists how the incident of a claim stood since its delivery began.
    pub(super) fn filed_since(&self, doing: &Doing, claim: &Claim) -> Vec<Filed> {
        let Owed::Incident { incident, .. } = &claim.owed else {
            return Vec::new();
        };
        let Some(shadow) = self.journals.shadows.get(incident) else {
            return Vec::new();
        };
        let mut state: Option<Incident> = None;
        let mut stood = Vec::new();
        for event in &shadow.journal {
            state = evolve(*incident, state, event);
            let recent = state.iter().filter(|state| state.version >= doing.since).cloned();
            stood.extend(recent.map(|incident| Filed { number: shadow.number, incident }));
        }
        stood
    }

    /// Requires that whoever is called is who is owed a call, about that incident, in that attempt.
    pub(super) fn calls_who_is_owed(&self, callout: &Callout) -> Held {
        let claim = self.tasks.get(&self.task).and_then(|doing| doing.claim.as_ref());
        let right = claim.is_some_and(|claim| match &claim.owed {
            Owed::Incident { incident, effect: Effect::Ring { target, attempt } } => {
                let number = self.journals.shadows.get(incident).map(|shadow| shadow.number);
                (callout.person.id, callout.attempt) == (*target, *attempt) && Some(callout.number) == number
            }
            Owed::Incident { .. } | Owed::Roster { .. } => false,
        });
        must(right, "whoever is called is who is owed a call", || format!("{callout:?} for {claim:?}"))
    }
}
