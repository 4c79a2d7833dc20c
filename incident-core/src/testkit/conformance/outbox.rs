//! The order in which effects go out: lanes, chats, owners; what waits for what, and what must not.

use super::fixture::{
    LEASE, MOMENT, Office, Works, abandoned, at, claim, claimed, done, notice, outlook, page, retry, settle,
};
use crate::ids::{ChatRef, IncidentId};
use crate::incident::{Effect, Lane};
use crate::ports::{Claim, ClaimOrder, Owed, Settled, Store};
use crate::time::Timestamp;

/// Returns what was claimed, and for which incident.
fn what(claim: &Claim) -> (IncidentId, Effect) {
    match &claim.owed {
        Owed::Incident { incident, effect } => (*incident, effect.clone()),
        Owed::Roster { effect } => panic!("expected an incident's effect, got {effect:?}"),
    }
}

/// What is owed may be delivered at once, and its claim says everything about it.
pub async fn what_is_owed_may_be_claimed(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!(office.owes(1, vec![notice(1)], 5).await.claims, []);
    let claim = claimed(store, Lane::Notice, 6).await;
    let expected = Claim {
        effect: claim.effect,
        attempt: 1,
        company: office.company,
        chat: office.chat.clone(),
        elsewhere: false,
        owed: Owed::Incident { incident: office.id(1), effect: notice(1) },
        since: at(5),
        lease_until: at(6 + LEASE),
    };
    assert_eq!(claim, expected);
}

/// An effect of one lane is not given to who asks for another.
pub async fn a_claim_stays_in_its_lane(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for (n, lane, effect) in
        [(1, Lane::Page, page()), (2, Lane::Notice, notice(1)), (3, Lane::Card, Effect::ShowCard)]
    {
        office.owes(n, vec![effect.clone()], 0).await;
        for other in Lane::ALL.into_iter().filter(|other| *other != lane) {
            assert_eq!(claim(store, other, 1).await, None, "{other:?} instead of {lane:?}");
        }
        let claim = claimed(store, lane, 1).await;
        assert_eq!(what(&claim), (office.id(n), effect));
        settle(store, &claim, done(), 2).await;
    }
}

/// Of one incident and lane, nothing goes out before what came first, not even while that waits to be tried
/// again.
pub async fn effects_of_one_incident_and_lane_keep_their_order(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1), notice(2)], 0).await;
    office.owes(1, vec![notice(3)], 0).await;
    for number in 1..=3 {
        let first = claimed(store, Lane::Notice, 1).await;
        assert_eq!(what(&first), (office.id(1), notice(number)));
        settle(store, &first, retry(100, None), 2).await;
        assert_eq!(claim(store, Lane::Notice, 3).await, None);
        let again = claimed(store, Lane::Notice, 100).await;
        assert_eq!((again.effect, again.attempt), (first.effect, 2));
        settle(store, &again, done(), 101).await;
    }
    assert_eq!(outlook(store, 200).await.owed, 0);
}

/// An incident whose effect cannot be delivered yet holds up no other, in its chat or elsewhere, however old
/// that effect is.
pub async fn a_stuck_incident_blocks_no_other(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![notice(1), notice(2)], 0).await;
    let stuck = claimed(store, Lane::Notice, 1).await;
    settle(store, &stuck, retry(1_000_000, None), 2).await;
    office.owes(2, vec![notice(3)], 3).await;
    other.owes(1, vec![notice(4)], 4).await;
    for (id, effect) in [(office.id(2), notice(3)), (other.id(1), notice(4))] {
        let next = claimed(store, Lane::Notice, 5).await;
        assert_eq!(what(&next), (id, effect));
        settle(store, &next, done(), 6).await;
    }
    assert_eq!(claim(store, Lane::Notice, 7).await, None);
}

/// A lane that is stuck holds up no other lane of the same incident.
pub async fn a_stuck_lane_blocks_no_other(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![page(), notice(1), Effect::ShowCard], 0).await;
    for lane in [Lane::Page, Lane::Notice] {
        let stuck = claimed(store, lane, 1).await;
        settle(store, &stuck, retry(1_000_000, None), 2).await;
    }
    assert_eq!(what(&claimed(store, Lane::Card, 3).await), (office.id(1), Effect::ShowCard));
}

/// Into one chat goes one effect of a lane at a time; other chats and other lanes do not wait for it.
pub async fn one_effect_of_a_lane_at_a_time_goes_to_a_chat(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![notice(1)], 0).await;
    office.owes(2, vec![notice(2), Effect::ShowCard], 0).await;
    other.owes(1, vec![notice(3)], 0).await;
    let first = claimed(store, Lane::Notice, 1).await;
    assert_eq!(what(&first), (office.id(1), notice(1)));
    assert_eq!(what(&claimed(store, Lane::Notice, 1).await), (other.id(1), notice(3)));
    assert_eq!(claim(store, Lane::Notice, 1).await, None);
    assert_eq!(what(&claimed(store, Lane::Card, 1).await), (office.id(2), Effect::ShowCard));
    settle(store, &first, done(), 2).await;
    assert_eq!(what(&claimed(store, Lane::Notice, 3).await), (office.id(2), notice(2)));
}

/// A lease that ended occupies its chat no longer.
pub async fn a_chat_is_free_again_when_the_lease_ends(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    office.owes(2, vec![notice(2)], 0).await;
    let first = claimed(store, Lane::Notice, 1).await;
    assert_eq!(claim(store, Lane::Notice, LEASE).await, None);
    let again = claimed(store, Lane::Notice, 1 + LEASE).await;
    assert_eq!(again.effect, first.effect);
    settle(store, &again, retry(1_000_000, None), 2 + LEASE).await;
    assert_eq!(what(&claimed(store, Lane::Notice, 2 + LEASE).await), (office.id(2), notice(2)));
}

/// In a chat, pages overtake notices and notices overtake cards, whatever came first.
pub async fn a_more_urgent_lane_goes_first(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![Effect::ShowCard], 0).await;
    office.owes(2, vec![notice(1)], 1).await;
    office.owes(3, vec![page()], 2).await;
    assert_eq!(claim(store, Lane::Card, 3).await, None);
    assert_eq!(claim(store, Lane::Notice, 3).await, None);
    assert_eq!(what(&claimed(store, Lane::Page, 3).await), (office.id(3), page()));
    assert_eq!(claim(store, Lane::Card, 3).await, None);
    assert_eq!(what(&claimed(store, Lane::Notice, 3).await), (office.id(2), notice(1)));
    assert_eq!(what(&claimed(store, Lane::Card, 3).await), (office.id(1), Effect::ShowCard));
}

/// Urgency counts within a chat: a page elsewhere holds up no card here.
pub async fn urgency_counts_within_a_chat(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![Effect::ShowCard], 0).await;
    other.owes(1, vec![page()], 0).await;
    assert_eq!(what(&claimed(store, Lane::Card, 1).await), (office.id(1), Effect::ShowCard));
}

/// What is urgent and may not go out yet holds up nothing: a page that waits to be tried again, a page behind
/// one that is in flight.
pub async fn what_must_wait_holds_up_no_other_lane(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![page(), Effect::Ring { target: office.ann, attempt: 1 }], 0).await;
    office.owes(2, vec![Effect::ShowCard], 0).await;
    office.owes(3, vec![notice(1)], 0).await;
    let page = claimed(store, Lane::Page, 1).await;
    let notice = claimed(store, Lane::Notice, 1).await;
    settle(store, &notice, done(), 2).await;
    settle(store, &page, retry(50, None), 2).await;
    let card = claimed(store, Lane::Card, 3).await;
    settle(store, &card, retry(50, None), 4).await;
    assert_eq!(claim(store, Lane::Card, 50).await, None, "the page may go out again");
}

/// Among chats, the oldest effect is first.
pub async fn the_oldest_effect_goes_first(store: &dyn Store) {
    let mut offices = Vec::new();
    for index in [3, 1, 2] {
        offices.push(Office::open(store, index).await);
    }
    for (secs, office) in (0..).zip(&offices) {
        office.owes(1, vec![notice(office.index)], secs).await;
    }
    let oldest = claimed(store, Lane::Notice, 9).await;
    assert_eq!(what(&oldest), (offices[0].id(1), notice(3)));
    settle(store, &oldest, retry(10, None), 9).await;
    for office in [&offices[0], &offices[1], &offices[2]] {
        let next = claimed(store, Lane::Notice, 10).await;
        assert_eq!((next.company, what(&next).0), (office.company, office.id(1)));
    }
}

/// A chat that asked to be left alone is, in every lane and for every incident, until exactly then; other chats
/// are not.
pub async fn a_parked_chat_is_left_alone_in_every_lane(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![Effect::ShowCard], 0).await;
    let card = claimed(store, Lane::Card, 1).await;
    office.owes(2, vec![page(), notice(1)], 2).await;
    other.owes(1, vec![notice(2)], 2).await;
    assert_eq!(settle(store, &card, retry(2, Some(30)), 2).await, Settled::Yes);
    assert_eq!(what(&claimed(store, Lane::Notice, 3).await), (other.id(1), notice(2)));
    for lane in Lane::ALL {
        let now = Timestamp::from_micros(at(30).as_micros() - MOMENT.as_micros() as i64);
        let order = ClaimOrder { lane, now, lease_until: at(90) };
        assert_eq!(store.claim(order).await.works(), None, "{lane:?}");
    }
    for lane in [Lane::Page, Lane::Notice, Lane::Card] {
        assert_eq!(claimed(store, lane, 30).await.chat, office.chat);
    }
}

/// Of two parks the longer one counts, in whichever order they come.
pub async fn the_longer_of_two_parks_counts(store: &dyn Store) {
    for (index, parks) in [(1, [40, 20]), (2, [20, 40])] {
        let office = Office::open(store, index).await;
        office.owes(1, vec![page(), notice(1)], 0).await;
        let (page, notice) = (claimed(store, Lane::Page, 1).await, claimed(store, Lane::Notice, 1).await);
        settle(store, &page, retry(2, Some(parks[0])), 2).await;
        settle(store, &notice, retry(2, Some(parks[1])), 2).await;
        assert_eq!(claim(store, Lane::Page, 39).await, None, "{parks:?}");
        let page = claimed(store, Lane::Page, 40).await;
        settle(store, &page, done(), 41).await;
        let notice = claimed(store, Lane::Notice, 42).await;
        settle(store, &notice, done(), 43).await;
    }
}

/// What was given up is not delivered, is counted, and stands in nobody's way.
pub async fn what_was_abandoned_stands_in_nobodys_way(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1), notice(2)], 0).await;
    let first = claimed(store, Lane::Notice, 1).await;
    assert_eq!(settle(store, &first, abandoned(), 2).await, Settled::Yes);
    let next = claimed(store, Lane::Notice, 3).await;
    assert_eq!(what(&next), (office.id(1), notice(2)));
    settle(store, &next, done(), 4).await;
    assert_eq!(claim(store, Lane::Notice, 1_000_000).await, None);
    let outlook = outlook(store, 5).await;
    assert_eq!((outlook.owed, outlook.abandoned, outlook.deliver_at), (0, 1, None));
}

/// What was given up is forgotten where it was owed before an instant; what is still owed is not, however old.
pub async fn what_was_abandoned_is_forgotten_in_time(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    for (n, since) in [(1, 0), (2, 10), (3, 20)] {
        office.owes(n, vec![notice(n)], since).await;
    }
    for _ in [1, 2] {
        let given_up = claimed(store, Lane::Notice, 30).await;
        settle(store, &given_up, abandoned(), 30).await;
    }
    assert_eq!(store.forget_abandoned(at(0)).await.works(), 0);
    assert_eq!(store.forget_abandoned(at(10)).await.works(), 1);
    assert_eq!(outlook(store, 31).await.abandoned, 1);
    assert_eq!(store.forget_abandoned(at(1_000)).await.works(), 1);
    assert_eq!(store.forget_abandoned(at(1_000)).await.works(), 0);
    let outlook = outlook(store, 31).await;
    assert_eq!((outlook.owed, outlook.abandoned), (1, 0));
    assert_eq!(what(&claimed(store, Lane::Notice, 32).await), (office.id(3), notice(3)));
}

/// The outlook tells when a claim will succeed: not a moment before, and then at once.
pub async fn the_outlook_names_the_instant_of_the_next_delivery(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    assert_eq!(outlook(store, 0).await.deliver_at, None);
    office.owes(1, vec![notice(1), notice(2), Effect::ShowCard], 0).await;
    office.owes(2, vec![notice(3)], 0).await;
    assert_eq!(outlook(store, 7).await.deliver_at, Some(at(7)), "now, not when it came to be owed");

    let first = claimed(store, Lane::Notice, 7).await;
    let card = claimed(store, Lane::Card, 8).await;
    assert_eq!(next_delivery(store, 9).await, at(7 + LEASE), "both lanes of the chat are busy");
    settle(store, &card, done(), 9).await;
    settle(store, &first, retry(200, None), 10).await;
    assert_eq!(outlook(store, 10).await.deliver_at, Some(at(10)), "the other incident's notice");
    let other = claimed(store, Lane::Notice, 10).await;
    settle(store, &other, retry(300, None), 11).await;
    assert_eq!(next_delivery(store, 12).await, at(200), "the second notice waits behind the first");
    let first = claimed(store, Lane::Notice, 200).await;
    settle(store, &first, retry(201, Some(250)), 201).await;
    assert_eq!(next_delivery(store, 202).await, at(250), "the chat is parked");
}

/// Returns the outlook after checking that nothing may be claimed until just before.
async fn next_delivery(store: &dyn Store, secs: i64) -> Timestamp {
    let deliver_at = outlook(store, secs).await.deliver_at.expect("something is owed");
    let now = Timestamp::from_micros(deliver_at.as_micros() - MOMENT.as_micros() as i64);
    for lane in Lane::ALL {
        let order = ClaimOrder { lane, now, lease_until: deliver_at };
        assert_eq!(store.claim(order).await.works(), None, "{lane:?} before the instant of the outlook");
    }
    deliver_at
}

/// The outlook counts what is owed, whether or not it may go out, and what was given up.
pub async fn the_outlook_counts_what_is_owed(store: &dyn Store) {
    let (office, other) = (Office::open(store, 1).await, Office::open(store, 2).await);
    office.owes(1, vec![notice(1), notice(2), Effect::ShowCard], 0).await;
    other.owes(1, vec![page()], 0).await;
    let first = claimed(store, Lane::Notice, 1).await;
    let card = claimed(store, Lane::Card, 1).await;
    settle(store, &first, retry(100, None), 2).await;
    settle(store, &card, abandoned(), 2).await;
    let outlook = outlook(store, 3).await;
    assert_eq!((outlook.owed, outlook.abandoned), (3, 1));
}

/// Nothing is owed to a chat by its name alone: the same name on another platform is another chat.
pub async fn a_chat_is_named_with_its_platform(store: &dyn Store) {
    let office = Office::open(store, 1).await;
    office.owes(1, vec![notice(1)], 0).await;
    let mut elsewhere = office.owing(2, vec![notice(2)], 0).await;
    elsewhere.chat = ChatRef { platform: crate::ids::Platform::Slack, chat: office.chat.chat.clone() };
    let (here, there) = (office.chat.clone(), elsewhere.chat.clone());
    office.commit(elsewhere).await;
    let chats = [claimed(store, Lane::Notice, 1).await.chat, claimed(store, Lane::Notice, 1).await.chat];
    assert_eq!(chats, [here, there]);
}
