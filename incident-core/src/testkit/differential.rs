//! The same story, told to the reference and to another store, gets the same answers: whatever is owed, claimed,
//! settled, parked, released and moved, in whatever order.

use proptest::prelude::*;

use super::conformance::fixture::{Office, Works, at, chat, mirror, notice, page};
use crate::ids::{ChatRef, CompanyId, GroupId, MessageRef};
use crate::incident::{Effect, Lane};
use crate::memory::{Abandoned, MemoryStore};
use crate::ports::{Claim, ClaimOrder, Owed, Posted, PostedKind, RosterCommit, Settled, Settlement, Store};
use crate::roster::{Announcement, RosterCommand, RosterEffect};

/// A story of an outbox: what happens, each some seconds after what happened before.
#[derive(Debug, Clone)]
pub struct Plot(Vec<(i64, Turn)>);

/// Something that happens.
#[derive(Debug, Clone)]
enum Turn {
    /// Something comes to be owed for an incident of an office, and perhaps is claimed at once.
    Commit { office: u32, incident: u32, effects: Vec<Effect>, claiming: bool },
    /// Something comes to be owed for a group.
    Administer { office: u32, second: bool, upkeep: bool },
    /// A group's chat moves, or the two chats of an office change places.
    Move { office: u32, swap: bool },
    /// Somebody asks for work.
    Claim(Lane),
    /// Somebody tells how one of the claims went, open or not.
    Settle { which: prop::sample::Index, how: How },
    /// A process is known to be dead.
    Release,
}

#[derive(Debug, Clone, Copy)]
enum How {
    Done,
    Posted,
    Retry { after: i64, park: Option<i64> },
    Abandoned,
}

/// Makes up stories.
pub fn plots() -> impl Strategy<Value = Plot> {
    let effect =
        prop_oneof![3 => Just(Effect::ShowCard), 1 => Just(page()), 2 => (0_u32..9).prop_map(notice)];
    let effects = prop::collection::vec(effect, 0..4);
    let how = prop_oneof![
        3 => Just(How::Done),
        2 => Just(How::Posted),
        3 => (0_i64..30, prop::option::of(0_i64..30)).prop_map(|(after, park)| How::Retry { after, park }),
        1 => Just(How::Abandoned),
    ];
    let turn = prop_oneof![
        6 => (1_u32..3, 1_u32..4, effects, any::<bool>()).prop_map(|(office, incident, effects, claiming)| {
            Turn::Commit { office, incident, effects, claiming }
        }),
        2 => (1_u32..3, any::<bool>(), any::<bool>()).prop_map(|(office, second, upkeep)| {
            Turn::Administer { office, second, upkeep }
        }),
        1 => (1_u32..3, any::<bool>()).prop_map(|(office, swap)| Turn::Move { office, swap }),
        8 => prop::sample::select(&Lane::ALL[..]).prop_map(Turn::Claim),
        8 => (any::<prop::sample::Index>(), how).prop_map(|(which, how)| Turn::Settle { which, how }),
        1 => Just(Turn::Release),
    ];
    prop::collection::vec((0_i64..6, turn), 1..60).prop_map(Plot)
}

/// What a store answered, without the numbers that are its own.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Claims(Vec<Claim>),
    Settled(Option<Settled>),
    Released(u64),
    Written,
}

/// One of the two stores, with the claims it gave.
struct Side<'s> {
    store: &'s dyn Store,
    offices: [Office<'s>; 2],
    claims: Vec<Claim>,
    moves: u32,
}

impl<'s> Side<'s> {
    async fn new(store: &'s dyn Store) -> Self {
        let offices = [Office::open(store, 1).await, Office::open(store, 2).await];
        for office in &offices {
            let second = office.add_group(second(office), &chat(&format!("-200{}", office.index)));
            office.administers(vec![second], 0).await;
        }
        Self { store, offices, claims: Vec::new(), moves: 0 }
    }

    fn keep(&mut self, claims: Vec<Claim>) -> Answer {
        self.claims.extend(claims.iter().cloned());
        Answer::Claims(claims.into_iter().map(anonymous).collect())
    }

    async fn take(&mut self, turn: &Turn, secs: i64) -> Answer {
        match turn {
            Turn::Commit { office, incident, effects, claiming } => {
                let office = &self.offices[*office as usize - 1];
                let mut commit = office.owing(*incident, effects.clone(), secs).await;
                commit.chat = office.roster().await.groups[&office.group].chat.clone();
                if *incident == 2 {
                    // This one lives in two chats.
                    commit.elsewhere = effects.iter().map(|effect| (effect.clone(), mirror("M"))).collect();
                }
                let commit = if *claiming { commit.claiming(at(secs + 10)) } else { commit };
                let claims = self.store.commit(commit).await.works().claims;
                self.keep(claims)
            }
            Turn::Administer { office, second, upkeep } => {
                self.administer(*office, (*second, *upkeep), secs).await;
                Answer::Written
            }
            Turn::Move { office, swap } => {
                self.move_chat(*office, *swap, secs).await;
                Answer::Written
            }
            Turn::Claim(lane) => {
                let order = ClaimOrder { lane: *lane, now: at(secs), lease_until: at(secs + 10) };
                let claim = self.store.claim(order).await.works();
                self.keep(claim.into_iter().collect())
            }
            Turn::Settle { .. } if self.claims.is_empty() => Answer::Settled(None),
            Turn::Settle { which, how } => {
                let claim = which.get(&self.claims).clone();
                let settlement = how.settlement(&claim, secs);
                Answer::Settled(Some(self.store.settle(&claim, settlement, at(secs)).await.works()))
            }
            Turn::Release => Answer::Released(self.store.release_leases().await.works()),
        }
    }

    async fn administer(&self, office: u32, (second_group, upkeep): (bool, bool), secs: i64) {
        let office = &self.offices[office as usize - 1];
        let group = if second_group { second(office) } else { office.group };
        let managers = Announcement::Managers { managers: Vec::new() };
        let effect = if upkeep {
            RosterEffect::Redraw { group }
        } else {
            RosterEffect::Tell { group, announcement: managers }
        };
        let mut commit = self.nothing_new(office, secs).await;
        commit.effects = vec![effect];
        self.store.commit_roster(commit).await.works();
    }

    async fn move_chat(&mut self, office: u32, swap: bool, secs: i64) {
        self.moves += 1;
        let office = &self.offices[office as usize - 1];
        let mut commit = self.nothing_new(office, secs).await;
        let (first, second) = (office.group, second(office));
        let other = commit.roster.groups[&second].chat.clone();
        let new = if swap { other } else { chat(&format!("-300{}", self.moves)) };
        let old =
            std::mem::replace(&mut commit.roster.groups.get_mut(&first).expect("it is there").chat, new);
        if swap {
            commit.roster.groups.get_mut(&second).expect("it is there").chat = old;
        }
        self.store.commit_roster(commit).await.works();
    }

    /// Prepares a roster commit for which nothing is owed yet.
    async fn nothing_new(&self, office: &Office<'_>, secs: i64) -> RosterCommit {
        let roster = office.roster().await;
        let mut commit = office.roster_commit(Some(&roster), Vec::<RosterCommand>::new(), secs);
        commit.effects.clear();
        commit
    }

    /// Returns the messages that are known to be ours, in the present chats.
    async fn surfaces(&self) -> Vec<(ChatRef, bool)> {
        let mut surfaces = Vec::new();
        for office in &self.offices {
            for n in 1..4 {
                let cards = self.store.surfaces(office.company, office.id(n)).await.works();
                surfaces.extend(cards.into_iter().map(|card| (card.message.chat, card.pinned)));
            }
        }
        surfaces
    }
}

fn second(office: &Office<'_>) -> GroupId {
    GroupId::from_u128(office.group.as_u128() + 500)
}

/// Takes the number of the effect away: each store counts for itself.
fn anonymous(claim: Claim) -> Claim {
    Claim { effect: 0, ..claim }
}

impl How {
    fn settlement(self, claim: &Claim, secs: i64) -> Settlement {
        let message = MessageRef::new(claim.chat.clone(), claim.since.to_string());
        let posted = match claim.owed {
            Owed::Incident { incident, effect: Effect::ShowCard } => {
                Some(Posted { message, incident, kind: PostedKind::Card { pinned: claim.attempt > 1 } })
            }
            Owed::Incident { incident, .. } => Some(Posted { message, incident, kind: PostedKind::Notice }),
            Owed::Roster { .. } => None,
        };
        match self {
            Self::Done => Settlement::Done { posted: None, gone: Vec::new() },
            Self::Posted => Settlement::Done { posted, gone: Vec::new() },
            Self::Retry { after, park } => Settlement::Retry {
                not_before: at(secs + after),
                park_chat_until: park.map(|park| at(secs + park)),
                reason: "the chat is slow".to_owned(),
                posted,
                gone: Vec::new(),
            },
            Self::Abandoned => Settlement::Abandoned { reason: "the chat is gone".to_owned() },
        }
    }
}

/// Returns what was given up, in an order that does not depend on the numbers of effects.
fn given_up(mut abandoned: Vec<Abandoned>) -> Vec<Abandoned> {
    abandoned.iter_mut().for_each(|one| one.effect = 0);
    abandoned.sort_by_cached_key(|one| format!("{one:?}"));
    abandoned
}

/// Tells a story to the reference and to an empty store, and compares what they answer at every turn and what they
/// know in the end; `abandoned` lists what the store has given up.
///
/// # Errors
/// Says at which turn they differ.
pub async fn tell(
    plot: Plot,
    store: &dyn Store,
    abandoned: impl AsyncFn(CompanyId) -> Vec<Abandoned>,
) -> Result<(), TestCaseError> {
    let reference = MemoryStore::new();
    let (mut one, mut other) = (Side::new(&reference).await, Side::new(store).await);
    let mut secs = 0;
    for (wait, turn) in plot.0 {
        secs += wait;
        prop_assert_eq!(one.take(&turn, secs).await, other.take(&turn, secs).await, "at {} {:?}", secs, turn);
        let outlooks = (reference.outlook(at(secs)).await.works(), store.outlook(at(secs)).await.works());
        prop_assert_eq!(outlooks.0, outlooks.1, "after {} {:?}", secs, turn);
    }
    prop_assert_eq!(one.surfaces().await, other.surfaces().await);
    for office in &one.offices {
        let company = office.company;
        let given = (reference.abandoned(company).works(), abandoned(company).await);
        prop_assert_eq!(given_up(given.0), given_up(given.1));
        prop_assert_eq!(reference.roster(company).await.works(), store.roster(company).await.works());
    }
    Ok(())
}
