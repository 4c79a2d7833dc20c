//! What was delivered is kept until it is done. A suite of its own, since not every [`Store`](crate::ports::Store) has
//! [`Inbox`]; each store that does calls these from its tests.

use super::fixture::{MOMENT, Works, at};
use crate::ids::Platform;
use crate::ports::{Delivered, Held, Inbox, Pending, RequestKey};

fn came(key: &str, secs: i64) -> Delivered {
    Delivered {
        key: RequestKey::new(key),
        platform: Platform::Slack,
        at: at(secs),
        body: format!("{{\"of\":\"{key}\",\"text\":\"it's \\u0000 \u{1F6DE}; --\"}}"),
    }
}

fn pending(delivered: &Delivered, attempt: u32) -> Pending {
    Pending { delivered: delivered.clone(), attempt }
}

/// What nobody finished is taken over once its lease has ended, the oldest first, and as it came.
pub async fn what_is_not_done_is_taken_over_when_its_lease_has_ended<I: Inbox>(inbox: &I) {
    let (first, second) = (came("slack:one", 1), came("slack:two", 2));
    let new = inbox.keep(&[second.clone(), first.clone()], at(10)).await.works();
    assert_eq!(new, [true, true]);
    let take = |now, until, limit| inbox.take(Platform::Slack, (now, until), limit);
    assert_eq!(take(at(9), at(20), 9).await.works(), []);
    assert_eq!(take(at(10), at(20), 1).await.works(), [pending(&first, 1)]);
    assert_eq!(take(at(10), at(20), 9).await.works(), [pending(&second, 1)]);
    assert_eq!(take(at(19), at(30), 9).await.works(), [], "somebody works on both");
    assert_eq!(take(at(20), at(30), 9).await.works(), [pending(&first, 2), pending(&second, 2)]);
    assert_eq!(take(at(30), at(40), 0).await.works(), []);
}

/// What is done is forgotten, by whoever did it and however often that is said.
pub async fn what_is_done_is_forgotten<I: Inbox>(inbox: &I) {
    let all = [came("slack:one", 1), came("slack:two", 2), came("slack:three", 3)];
    inbox.keep(&all, at(1)).await.works();
    for _ in 0..2 {
        inbox.done(&[all[0].key.clone(), all[2].key.clone(), RequestKey::new("slack:other")]).await.works();
    }
    inbox.done(&[]).await.works();
    let left = inbox.take(Platform::Slack, (at(1) + MOMENT, at(9)), 9).await.works();
    assert_eq!(left, [pending(&all[1], 1)]);
    assert_eq!(inbox.keep(&all[..1], at(9)).await.works(), [true], "it may come once more");
}

/// A redelivery of what is kept changes nothing, whoever works on it.
pub async fn what_is_delivered_twice_is_kept_once<I: Inbox>(inbox: &I) {
    let first = came("slack:one", 1);
    let again = Delivered { at: at(5), body: "something else".to_owned(), ..first.clone() };
    assert_eq!(inbox.keep(std::slice::from_ref(&first), at(10)).await.works(), [true]);
    let other = came("slack:two", 6);
    let new = inbox.keep(&[again.clone(), other.clone(), other.clone()], at(99)).await.works();
    assert_eq!(new, [false, true, false]);
    assert_eq!(inbox.take(Platform::Slack, (at(10), at(20)), 9).await.works(), [pending(&first, 1)]);
    assert_eq!(inbox.keep(std::slice::from_ref(&again), at(99)).await.works(), [false]);
    assert_eq!(inbox.take(Platform::Slack, (at(20), at(30)), 9).await.works(), [pending(&first, 2)]);
}

/// Each platform takes over its own.
pub async fn platforms_take_over_their_own_deliveries<I: Inbox>(inbox: &I) {
    let (here, there) =
        (came("slack:one", 1), Delivered { platform: Platform::Discord, ..came("discord:one", 1) });
    inbox.keep(&[here.clone(), there.clone()], at(1)).await.works();
    let due = (at(1), at(9));
    assert_eq!(inbox.take(Platform::Telegram, due, 9).await.works(), []);
    assert_eq!(inbox.take(Platform::Discord, due, 9).await.works(), [pending(&there, 1)]);
    assert_eq!(inbox.take(Platform::Slack, due, 9).await.works(), [pending(&here, 1)]);
}

fn held(delivered: &Delivered, attempt: u32) -> Held {
    Held { key: delivered.key.clone(), attempt }
}

/// Whoever works on something renews the lease before it ends, which is no attempt; whoever it was taken from cannot.
pub async fn leases_are_renewed_by_those_who_hold_them<I: Inbox>(inbox: &I) {
    let (first, second) = (came("slack:one", 1), came("slack:two", 2));
    inbox.keep(&[first.clone(), second.clone()], at(10)).await.works();
    let take = |now, until| inbox.take(Platform::Slack, (now, until), 9);
    inbox.renew(&[held(&first, 0), held(&came("slack:other", 1), 0)], at(20)).await.works();
    assert_eq!(take(at(10), at(20)).await.works(), [pending(&second, 1)]);
    inbox.renew(&[held(&first, 0), held(&second, 0)], at(30)).await.works();
    assert_eq!(take(at(20), at(40)).await.works(), [pending(&second, 2)], "it was somebody else's already");
    inbox.renew(&[held(&second, 2)], at(25)).await.works();
    inbox.renew(&[], at(99)).await.works();
    assert_eq!(take(at(25), at(50)).await.works(), [pending(&second, 3)], "a lease may end early");
    assert_eq!(take(at(30), at(50)).await.works(), [pending(&first, 1)]);
    assert_eq!(inbox.keep(&[came("slack:other", 1)], at(9)).await.works(), [true], "nothing was made up");
}
