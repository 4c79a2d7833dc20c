//! Cards that are owed once, and effects that their committer holds from the beginning.

use super::fixture::{
    LEASE, Office, Works, abandoned, at, claim, claimed, conflict, done, notice, origin, outlook, page,
    retry, settle,
};
use crate::incident::{Effect, Lane};
use crate::ports::{Address, Claim, Committed, Owed, Settled, Store};

/// Commits effects for the `n`-th incident that the committer wants to hold.
async fn born(office: &Office<'_>, n: u32, effects: Vec<Effect>, secs: i64) -> Vec<Claim> {
    let commit = office.owing(n, effects, secs).await.claiming(at(secs + LEASE));
    let committed: Committed = office.store.commit(commit).await.works();
    committed.claims
}

fn effects(claims: &[Claim]) -> Vec<Effect> {
    let effect = |claim: &Claim| match &claim.owed {
        Owed::Incident { effect, .. } => effect.clone(),
        Owed::Roster { effect } => panic!("expected an incident's effect, got {effect:?}"),
    };
    claims.iter().map(effect).collect()
}

/// Two hundred changes cost one edit: a card that waits to be drawn is not owed again.
pub async fn a_card_that_waits_is_not_owed_again(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    office.owes(1, vec![Effect::ShowCard, notice(1)], 1).await;
    office.owes(1, vec![Effect::ShowCard], 2).await;
    assert_eq!(outlook(store, 3).await.owed, 2);
    let notice = claimed(store, Lane::Notice, 3).await;
    settle(store, &notice, done(), 3).await;
    let card = claimed(store, Lane::Card, 3).await;
    assert_eq!(card.since, at(0));
    settle(store, &card, done(), 4).await;
    assert_eq!(claim(store, Lane::Card, 1_000).await, None);
}

/// Nor is it owed twice by one commit.
pub async fn a_card_is_owed_once_by_a_commit(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard, notice(1), Effect::ShowCard], 0).await;
    assert_eq!(outlook(store, 0).await.owed, 2);
}

/// Notices are not cards: two alike are two.
pub async fn notices_are_not_merged(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1), notice(1)], 0).await;
    office.owes(1, vec![notice(1)], 0).await;
    assert_eq!(outlook(store, 0).await.owed, 3);
}

/// Whoever draws a card may have read the state before this commit: the card is owed again.
pub async fn a_card_that_is_being_drawn_is_owed_again(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let drawing = claimed(store, Lane::Card, 1).await;
    office.owes(1, vec![Effect::ShowCard], 2).await;
    office.owes(1, vec![Effect::ShowCard], 3).await;
    assert_eq!(outlook(store, 3).await.owed, 2, "one in flight, and one for both commits since");
    assert_eq!(claim(store, Lane::Card, 4).await, None);
    settle(store, &drawing, done(), 5).await;
    let next = claimed(store, Lane::Card, 6).await;
    assert_eq!((next.since, next.attempt), (at(2), 1));
    assert!(next.effect > drawing.effect, "larger numbers are younger");
}

/// The same holds after the lease ended, since a slow worker may still say that it is done.
pub async fn a_card_whose_lease_ended_is_owed_again(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let slow = claimed(store, Lane::Card, 0).await;
    office.owes(1, vec![Effect::ShowCard], LEASE + 1).await;
    assert_eq!(settle(store, &slow, done(), LEASE + 2).await, Settled::Yes);
    assert_eq!(claimed(store, Lane::Card, LEASE + 3).await.since, at(LEASE + 1));
}

/// A card can be owed although nothing happened: somebody saw an old one. It is owed once, like any other, and
/// never for what does not exist.
pub async fn a_card_can_be_owed_although_nothing_happened(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let incident = office.load(1).await.expect("it was filed").incident;
    let stranger = Office::open(store, 2).await;
    store.owe_card(stranger.company, incident.id, &Address::own(stranger.chat.clone()), at(1)).await.works();
    assert_eq!(claim(store, Lane::Card, 1).await, None);
    let own = Address::own(office.chat.clone());
    for secs in [1, 2] {
        store.owe_card(office.company, incident.id, &own, at(secs)).await.works();
    }
    assert_eq!(office.load(1).await.map(|filed| filed.incident), Some(incident.clone()));
    settle(store, &claimed(store, Lane::Notice, 3).await, done(), 3).await;
    let card = claimed(store, Lane::Card, 3).await;
    assert_eq!((card.since, card.chat), (at(1), office.chat.clone()));
    store.owe_card(office.company, incident.id, &own, at(4)).await.works();
    assert_eq!(outlook(store, 4).await.owed, 2, "the one in flight may have been drawn before");
}

/// A card that waits to be tried again will show the newest state: it is not owed twice.
pub async fn a_card_to_be_tried_again_is_not_owed_again(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let first = claimed(store, Lane::Card, 0).await;
    settle(store, &first, retry(30, None), 1).await;
    office.owes(1, vec![Effect::ShowCard], 2).await;
    assert_eq!(outlook(store, 3).await.owed, 1);
    assert_eq!(claim(store, Lane::Card, 29).await, None);
}

/// A card that was given up is no card: the next change owes a new one.
pub async fn a_card_that_was_abandoned_is_owed_again(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let first = claimed(store, Lane::Card, 0).await;
    settle(store, &first, abandoned(), 1).await;
    office.owes(1, vec![Effect::ShowCard], 2).await;
    assert_eq!(claimed(store, Lane::Card, 3).await.since, at(2));
}

/// Cards of two incidents are two, in one chat and in two companies.
pub async fn every_incident_has_a_card_of_its_own(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![Effect::ShowCard], 0).await;
    office.owes(2, vec![Effect::ShowCard], 0).await;
    other.owes(1, vec![Effect::ShowCard], 0).await;
    assert_eq!(outlook(store, 0).await.owed, 3);
}

/// A commit may claim what it owes: no second transaction is needed to deliver it, and nobody else gets it.
pub async fn a_commit_may_claim_its_own_effects(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let claims = born(&office, 1, vec![Effect::ShowCard], 5).await;
    let expected = Claim {
        effect: claims.first().map_or(0, |claim| claim.effect),
        attempt: 1,
        company: office.company,
        chat: office.chat.clone(),
        elsewhere: false,
        owed: Owed::Incident { incident: office.id(1), effect: Effect::ShowCard },
        since: at(5),
        lease_until: at(5 + LEASE),
    };
    assert_eq!(claims, [expected]);
    assert_eq!(claim(store, Lane::Card, 4 + LEASE).await, None);
    assert_eq!(settle(store, &claims[0], done(), 6).await, Settled::Yes);
    assert_eq!(outlook(store, 7).await.owed, 0);
}

/// What was born claimed is fenced like any other claim.
pub async fn what_was_born_claimed_may_be_lost(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let claims = born(&office, 1, vec![notice(1)], 0).await;
    let new = claimed(store, Lane::Notice, LEASE).await;
    assert_eq!((new.effect, new.attempt), (claims[0].effect, 2));
    assert_eq!(settle(store, &claims[0], done(), LEASE + 1).await, Settled::Late);
}

/// One effect of each lane is claimed, the most urgent first; what stands behind one of its own lane is left.
pub async fn a_commit_claims_in_every_lane(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let owed = vec![Effect::ShowCard, notice(1), notice(2), page()];
    let claims = born(&office, 1, owed, 0).await;
    assert_eq!(effects(&claims), [page(), notice(1), Effect::ShowCard]);
    assert_eq!(outlook(store, 0).await.owed, 4);
    settle(store, &claims[1], done(), 1).await;
    assert_eq!(effects(&[claimed(store, Lane::Notice, 2).await]), [notice(2)]);
}

/// What others are owed is not the committer's, even if it may be delivered.
pub async fn a_commit_claims_nothing_of_others(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    other.owes(1, vec![notice(1)], 0).await;
    let claims = born(&office, 1, vec![notice(2)], 1).await;
    assert_eq!(effects(&claims), [notice(2)]);
    assert_eq!(claimed(store, Lane::Notice, 1).await.company, other.company);
}

/// What something stands before is not born claimed: an older effect of the incident, one in flight in the
/// chat, something more urgent there, or a park.
pub async fn what_must_wait_is_not_born_claimed(store: &dyn Store) {
    let behind = Office::open(store, 1).await;
    behind.owes(1, vec![notice(1)], 0).await;
    assert_eq!(born(&behind, 1, vec![notice(2)], 1).await, []);

    let busy = Office::open(store, 2).await;
    born(&busy, 1, vec![notice(1)], 0).await;
    assert_eq!(born(&busy, 2, vec![notice(2)], 1).await, []);

    let urgent = Office::open(store, 3).await;
    urgent.owes(1, vec![page()], 0).await;
    assert_eq!(born(&urgent, 2, vec![Effect::ShowCard], 1).await, []);

    let parked = Office::open(store, 4).await;
    let claims = born(&parked, 1, vec![page()], 0).await;
    settle(store, &claims[0], retry(1, Some(30)), 1).await;
    assert_eq!(born(&parked, 2, vec![notice(1)], 29).await, []);
}

/// A card that merged into one that waits is not the committer's to draw twice.
pub async fn a_merged_card_is_not_born_claimed(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    assert_eq!(born(&office, 1, vec![Effect::ShowCard], 1).await, []);
    assert_eq!(outlook(store, 1).await.owed, 1);
    assert_eq!(claimed(store, Lane::Card, 2).await.since, at(0));
}

/// A commit that is refused claims nothing and owes nothing.
pub async fn a_refused_commit_owes_nothing(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let filed = office.file(1, 0).await;
    office.commit(office.notes(&filed.incident, "faster", 1)).await;
    let mut stale = office.notes(&filed.incident, "slower", 2).answering(origin("slow", "never given"));
    stale.effects = vec![page(), notice(1), Effect::ShowCard];
    conflict(store.commit(stale.claiming(at(90))).await);
    assert_eq!(outlook(store, 3).await.owed, 0);
    for lane in Lane::ALL {
        assert_eq!(claim(store, lane, 3).await, None);
    }
}
