//! Leases: who holds an effect, until when, and whose word about it counts.

use super::fixture::{
    LEASE, MOMENT, Office, Works, abandoned, at, claim, claimed, done, done_with, notice, outlook, page,
    retry, settle,
};
use crate::incident::{Effect, Lane};
use crate::ports::{ClaimOrder, PostedKind, Settled, Store};
use crate::time::Timestamp;

/// While the lease lasts nobody else gets the effect; at its end somebody may, as the next attempt.
pub async fn a_lease_keeps_others_away_until_it_ends(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let first = claimed(store, Lane::Notice, 0).await;
    let last = Timestamp::from_micros(first.lease_until.as_micros() - MOMENT.as_micros() as i64);
    let order = ClaimOrder { lane: Lane::Notice, now: last, lease_until: at(1_000) };
    assert_eq!(store.claim(order).await.works(), None);
    let mut expected = first.clone();
    (expected.attempt, expected.lease_until) = (2, at(2 * LEASE));
    assert_eq!(claimed(store, Lane::Notice, LEASE).await, expected);
}

/// What was delivered is forgotten.
pub async fn what_was_done_is_owed_no_more(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let first = claimed(store, Lane::Notice, 0).await;
    assert_eq!(settle(store, &first, done(), 1).await, Settled::Yes);
    assert_eq!(claim(store, Lane::Notice, 1_000_000).await, None);
    let outlook = outlook(store, 1).await;
    assert_eq!((outlook.owed, outlook.abandoned, outlook.deliver_at), (0, 0, None));
}

/// A slow worker whom nobody replaced is believed.
pub async fn a_lease_that_ended_may_still_be_settled(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let slow = claimed(store, Lane::Notice, 0).await;
    assert_eq!(settle(store, &slow, done(), 10 * LEASE).await, Settled::Yes);
    assert_eq!(outlook(store, 10 * LEASE).await.owed, 0);
}

/// A slow worker who was replaced is told, and changes nothing: neither the effect nor what is known of
/// messages nor the chat.
pub async fn whoever_lost_the_lease_cannot_settle(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let slow = claimed(store, Lane::Card, 0).await;
    let new = claimed(store, Lane::Card, LEASE).await;
    office.owes(2, vec![page()], LEASE).await;
    let message = office.message("41");
    let posted = office.posted(1, &message, PostedKind::Card { pinned: false });
    for late in [done_with(posted), retry(10_000, Some(10_000)), abandoned()] {
        assert_eq!(settle(store, &slow, late, LEASE + 1).await, Settled::Late);
    }
    assert_eq!(store.posted(office.company, &message).await.works(), None);
    assert_eq!(store.surfaces(office.company, office.id(1)).await.works(), []);
    assert_eq!(claimed(store, Lane::Page, LEASE + 1).await.chat, office.chat);
    assert_eq!(settle(store, &new, done(), LEASE + 2).await, Settled::Yes);
    let outlook = outlook(store, LEASE + 2).await;
    assert_eq!((outlook.owed, outlook.abandoned), (1, 0));
}

/// A claim is settled once, however the first settlement went.
pub async fn a_claim_cannot_be_settled_again(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let message = office.message("41");
    for (n, first) in [(1, done()), (2, retry(5, None)), (3, abandoned())] {
        office.owes(n, vec![notice(n)], 0).await;
        let claim = claimed(store, Lane::Notice, 1).await;
        assert_eq!(settle(store, &claim, first.clone(), 2).await, Settled::Yes);
        let before = outlook(store, 3).await;
        let posted = office.posted(n, &message, PostedKind::Notice);
        assert_eq!(settle(store, &claim, done_with(posted), 3).await, Settled::Late, "after {first:?}");
        assert_eq!(store.posted(office.company, &message).await.works(), None);
        assert_eq!(outlook(store, 3).await, before);
    }
}

/// A message whose sending is not written down may be there already, however long ago its lease ended.
pub async fn what_is_claimed_is_being_sent_until_it_is_settled(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    let sending = async || store.is_sending(office.company, &office.chat, Lane::Notice).await.works();
    for (n, settlement) in [(1, done()), (2, retry(1_000_000, None)), (3, abandoned())] {
        assert!(!sending().await, "nothing is claimed");
        office.owes(n, vec![notice(n)], 0).await;
        assert!(!sending().await, "what is owed is not sent yet");
        claimed(store, Lane::Notice, 0).await;
        assert!(sending().await);
        let again = claimed(store, Lane::Notice, LEASE).await;
        assert!(sending().await, "somebody else sends it now");
        assert_eq!(settle(store, &again, settlement, LEASE).await, Settled::Yes);
    }
    assert!(!sending().await, "everything is settled");
    office.owes(4, vec![notice(4)], 0).await;
    claimed(store, Lane::Notice, 0).await;
    store.release_leases().await.works();
    assert!(!sending().await, "whoever sent it is dead");
}

/// What goes elsewhere, or as something else, or is another company's, is no message that one asks about.
pub async fn what_is_being_sent_is_told_by_chat_and_lane(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![notice(1), Effect::ShowCard], 0).await;
    claimed(store, Lane::Notice, 0).await;
    let mut told = Vec::new();
    for (company, chat) in [(&office, &office), (&office, &other), (&other, &office), (&other, &other)] {
        for lane in Lane::ALL {
            if store.is_sending(company.company, &chat.chat, lane).await.works() {
                told.push((company.index, chat.index, lane));
            }
        }
    }
    assert_eq!(told, [(1, 1, Lane::Notice)]);
}

/// An attempt that failed for now is repeated at its instant, not before; nobody holds it meanwhile.
pub async fn a_retry_waits_for_its_instant(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let first = claimed(store, Lane::Notice, 0).await;
    assert_eq!(settle(store, &first, retry(20, None), 1).await, Settled::Yes);
    let now = Timestamp::from_micros(at(20).as_micros() - MOMENT.as_micros() as i64);
    let order = ClaimOrder { lane: Lane::Notice, now, lease_until: at(90) };
    assert_eq!(store.claim(order).await.works(), None);
    let mut expected = first;
    (expected.attempt, expected.lease_until) = (2, at(20 + LEASE));
    assert_eq!(claimed(store, Lane::Notice, 20).await, expected);
}

/// Who asks for another attempt gives the lease back: it need not end first.
pub async fn a_retry_gives_the_lease_back(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let first = claimed(store, Lane::Notice, 0).await;
    settle(store, &first, retry(1, None), 1).await;
    assert_eq!(claimed(store, Lane::Notice, 1).await.attempt, 2);
}

/// Attempts are counted for each effect, as often as it is claimed.
pub async fn attempts_are_counted(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1), notice(2)], 0).await;
    for attempt in 1..=4 {
        let claim = claimed(store, Lane::Notice, i64::from(attempt)).await;
        assert_eq!(claim.attempt, attempt);
        let settlement = if attempt == 4 { done() } else { retry(0, None) };
        settle(store, &claim, settlement, i64::from(attempt)).await;
    }
    assert_eq!(claimed(store, Lane::Notice, 9).await.attempt, 1);
}

/// When a process is known to be dead, what it held may be claimed at once; whatever it still says is late, and
/// attempts go on counting.
pub async fn released_leases_may_be_claimed_at_once(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![notice(1)], 0).await;
    other.owes(1, vec![Effect::ShowCard, page()], 0).await;
    let held = claimed(store, Lane::Notice, 1).await;
    claimed(store, Lane::Page, 1).await;
    assert_eq!(store.release_leases().await.works(), 2);
    assert_eq!(store.release_leases().await.works(), 0);
    assert_eq!(settle(store, &held, done(), 2).await, Settled::Late);
    let again = claimed(store, Lane::Notice, 2).await;
    assert_eq!((again.effect, again.attempt), (held.effect, 2));
    assert_eq!(settle(store, &again, done(), 3).await, Settled::Yes);
    assert_eq!(claimed(store, Lane::Page, 3).await.attempt, 2);
}

/// Releasing leases ends no wait: what is to be tried later is, and parked chats stay parked.
pub async fn releasing_leases_ends_no_wait(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1), Effect::ShowCard], 0).await;
    let notice = claimed(store, Lane::Notice, 1).await;
    settle(store, &notice, retry(50, Some(40)), 2).await;
    assert_eq!(store.release_leases().await.works(), 0);
    assert_eq!(claim(store, Lane::Card, 39).await, None);
    assert_eq!(claim(store, Lane::Notice, 49).await, None);
    claimed(store, Lane::Card, 40).await;
    claimed(store, Lane::Notice, 50).await;
}
