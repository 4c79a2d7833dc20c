//! What is acknowledged is kept, and what is kept is done once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use adapter_slack::testkit::SlackServer;
use incident_core::desk::{Desk, HandleError, Request};
use incident_core::ids::Platform;
use incident_core::ports::{Clock, Delivered, Inbox, RequestKey, StoreError};
use incident_core::view::Reply;

use super::desk::House;

#[tokio::test]
async fn what_is_done_is_kept_no_more_and_talk_never_is() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    house.report("truck 12 has a flat tyre").await;
    house.server.write(&house.channel, &house.dan, "what a day");
    house.delivered().await;
    running.stop().await;
    assert_eq!(house.inbox.waiting().await, []);
    let kept = house.inbox.kept.lock().expect("nobody panics with it");
    assert!(kept.iter().any(|one| one.body.contains("flat tyre")));
    assert!(!kept.iter().any(|one| one.body.contains("what a day")), "{kept:#?}");
}

#[tokio::test]
async fn what_cannot_be_kept_is_delivered_again_or_asked_for_again() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    house.server.acknowledge_within(Duration::from_millis(300));
    let card = house.report("truck 12 has a flat tyre").await;
    house.delivered().await;
    house.inbox.broken.store(true, Ordering::SeqCst);
    house.server.command(&house.channel, &house.dan, "new the lamp is broken");
    house.told(&house.dan, "again").await;
    house.server.reply(&house.channel, &house.ann, &card.ts, "on my way");
    let tried = |server: &SlackServer| {
        server.deliveries().last().filter(|last| last.attempts == 2 && !last.acknowledged).map(drop)
    };
    house.server.wait_for("a second delivery", tried).await;
    house.inbox.broken.store(false, Ordering::SeqCst);
    house.delivered().await;
    assert!(house.server.deliveries().last().is_some_and(|last| last.acknowledged));
    assert!(!house.server.messages(&house.channel).iter().any(|message| message.text.contains("lamp")));
}

#[tokio::test]
async fn an_inbox_that_hangs_keeps_nobody_waiting_for_longer_than_slack_waits() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    house.inbox.slow.store(true, Ordering::SeqCst);
    house.server.command(&house.channel, &house.dan, "new the lamp is broken");
    house.told(&house.dan, "again").await;
    house.delivered().await;
    let last = house.server.deliveries().into_iter().next_back().expect("a command");
    assert!(last.acknowledged && last.took.is_some_and(|took| took < Duration::from_secs(3)), "{last:?}");
}

#[tokio::test]
async fn what_is_kept_too_late_does_not_run_beside_the_second_try() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    house.inbox.slow.store(true, Ordering::SeqCst);
    house.server.command(&house.channel, &house.dan, "new the lamp is broken");
    house.told(&house.dan, "again").await;
    house.inbox.slow.store(false, Ordering::SeqCst);
    house.inbox.resume.add_permits(1);
    house.kept("the lamp").await;
    house.report("the lamp is broken again").await;
    house.forgotten().await;
    running.stop().await;
    assert_eq!(house.inbox.waiting().await, [], "nobody will begin it");
    let cards = house.server.messages(&house.channel);
    assert_eq!(cards.iter().filter(|message| message.text.contains("the lamp")).count(), 1);
}

#[tokio::test]
async fn an_event_that_is_kept_too_late_is_worked_on_all_the_same() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    let card = house.report("truck 12 has a flat tyre").await;
    house.delivered().await;
    house.inbox.slow.store(true, Ordering::SeqCst);
    house.server.acknowledge_within(Duration::from_millis(300));
    house.server.reply(&house.channel, &house.dan, &card.ts, "it is the left front wheel");
    let given_up = |server: &SlackServer| server.deliveries().last().filter(|last| last.given_up).map(drop);
    house.server.wait_for("a delivery that Slack gives up", given_up).await;
    // What came later was waited for no longer.
    house.server.command(&house.channel, &house.dan, "status 7");
    house.told(&house.dan, "again").await;
    house.inbox.slow.store(false, Ordering::SeqCst);
    house.inbox.resume.add_permits(9);
    house.kept("left front wheel").await;
    house.forgotten().await;
    running.stop().await;
    assert_eq!(house.inbox.waiting().await, []);
}

#[tokio::test]
async fn what_could_not_be_forgotten_is_not_done_again() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    house.inbox.remembering.store(true, Ordering::SeqCst);
    house.server.command(&house.channel, &house.dan, "status 7");
    house.server.wait_for("an answer", |server| server.whispers(&house.dan).pop()).await;
    house.clock.advance(Duration::from_secs(100));
    house.inbox.remembering.store(false, Ordering::SeqCst);
    house.report("truck 12 has a flat tyre").await;
    running.stop().await;
    assert_eq!(house.inbox.waiting().await, []);
    assert_eq!((house.server.whispers(&house.dan).len(), house.inbox.taken.load(Ordering::SeqCst)), (1, 0));
}

#[tokio::test]
async fn what_a_process_did_not_do_the_next_one_does() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    running.stop().await;
    let raw = serde_json::json!({"kind": "slash_commands", "payload": {
        "command": "/incident", "text": "new truck 12 has a flat tyre", "user_id": house.dan, "user_name": "dan",
        "channel_id": house.channel, "channel_name": "drivers", "trigger_id": "an.old.one",
    }});
    let left = |key: &str, body: String| {
        let (key, at) = (RequestKey::new(key), house.clock.now());
        Delivered { key, platform: Platform::Slack, at, body }
    };
    let left =
        [left("slack:trigger:an.old.one", raw.to_string()), left("slack:event:nonsense", "{".to_owned())];
    let lease_until = house.clock.now() + Duration::from_secs(20);
    house.inbox.keep(&left, lease_until).await.expect("it is in memory");
    let running = house.start();
    house.sockets(2).await;
    assert!(!house.server.messages(&house.channel).iter().any(|message| message.text.contains("truck")));
    house.clock.advance(Duration::from_secs(20));
    house.saying("truck 12 has a flat tyre").await;
    house.server.command(&house.channel, &house.dan, "status 7");
    house.server.wait_for("an answer", |server| server.whispers(&house.dan).pop()).await;
    running.stop().await;
    assert_eq!(house.inbox.waiting().await, []);
}

#[tokio::test]
async fn what_takes_long_is_not_begun_again() {
    let house = House::new();
    let (tries, desk) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&house.desk));
    let (counted, gate) = (Arc::clone(&tries), Arc::new(tokio::sync::Semaphore::new(0)));
    let closed = Arc::clone(&gate);
    let listener = house.listener().in_front(move |request| {
        let (desk, gate) = (Arc::clone(&desk), Arc::clone(&closed));
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            drop(gate.acquire().await);
            desk.handle(request).await
        }
    });
    let running = house.start_with(listener);
    house.sockets(2).await;
    house.server.command(&house.channel, &house.dan, "status 7");
    house.server.wait_for("a try", |_| (tries.load(Ordering::SeqCst) == 1).then_some(())).await;
    for nth in 1..=3 {
        house.clock.advance(Duration::from_secs(30));
        let renewed = || house.inbox.renewed.load(Ordering::SeqCst) == nth;
        house.server.wait_for("a longer lease", |_| renewed().then_some(())).await;
    }
    assert_eq!(house.inbox.taken.load(Ordering::SeqCst), 0, "to renew is no attempt");
    gate.add_permits(9);
    house.server.wait_for("an answer", |server| server.whispers(&house.dan).pop()).await;
    // Other words than the first answer: what stands behind all that was begun in between is done last.
    house.server.command(&house.channel, &house.dan, "help");
    house.told(&house.dan, "/incident history").await;
    running.stop().await;
    assert_eq!(tries.load(Ordering::SeqCst), 2, "each command once");
}

async fn answered(desk: Arc<Desk>, request: Request, fails: bool) -> Result<Reply, HandleError> {
    if fails {
        let source = "on purpose".into();
        return Err(HandleError::Store(StoreError { operation: "load", temporary: true, source }));
    }
    desk.handle(request).await
}

#[tokio::test]
async fn what_fails_for_now_is_tried_until_it_is_done() {
    let house = House::new();
    let (tries, desk) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&house.desk));
    let counted = Arc::clone(&tries);
    let listener = house.listener().in_front(move |request| {
        let (desk, nth) = (Arc::clone(&desk), counted.fetch_add(1, Ordering::SeqCst));
        answered(desk, request, nth == 0)
    });
    let _running = house.start_with(listener);
    house.settle_in().await;
    assert_eq!(tries.load(Ordering::SeqCst), 3, "two commands, one of them twice");
}

#[tokio::test]
async fn what_makes_the_desk_panic_is_given_up_and_hides_nothing_behind_it() {
    let house = House::new();
    let desk = Arc::clone(&house.desk);
    let listener = house.listener().in_front(move |request| {
        let desk = Arc::clone(&desk);
        async move {
            let poison =
                matches!(&request.ask, incident_core::desk::Ask::Command { text, .. } if text == "poison");
            assert!(!poison, "on purpose");
            desk.handle(request).await
        }
    });
    let _running = house.start_with(listener);
    house.sockets(2).await;
    house.server.command(&house.channel, &house.dan, "status poison");
    house.settle_in().await;
    house.told(&house.dan, "again").await;
}

#[tokio::test]
async fn what_another_process_works_on_is_left_to_it() {
    let house = House::new();
    let (tries, desk) = (Arc::new(AtomicUsize::new(0)), Arc::clone(&house.desk));
    let counted = Arc::clone(&tries);
    let listener = house.listener().in_front(move |request| {
        counted.fetch_add(1, Ordering::SeqCst);
        answered(Arc::clone(&desk), request, false)
    });
    let running = house.start_with(listener);
    house.sockets(2).await;
    let (key, at) = (RequestKey::new(format!("slack:message:{}:9.9", house.channel)), house.clock.now());
    let theirs = Delivered { key, platform: Platform::Slack, at, body: "theirs".to_owned() };
    house.inbox.keep(&[theirs], at + Duration::from_secs(20)).await.expect("it is in memory");
    house.server.tell(serde_json::json!({
        "type": "message", "channel": house.channel, "channel_type": "channel", "ts": "9.9", "user": house.ann,
        "text": "on my way", "thread_ts": "1.1", "parent_user_id": "U0DESKBOT",
    }));
    house.delivered().await;
    house.server.command(&house.channel, &house.dan, "status 7");
    house.server.wait_for("an answer", |server| server.whispers(&house.dan).pop()).await;
    running.stop().await;
    assert_eq!(tries.load(Ordering::SeqCst), 1, "the command, and not what the other has");
}

#[tokio::test]
async fn whoever_ends_leaves_what_waits_to_the_next_at_once() {
    let house = House::new();
    let (desk, gate) = (Arc::clone(&house.desk), Arc::new(tokio::sync::Semaphore::new(0)));
    let (closed, tries) = (Arc::clone(&gate), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&tries);
    let listener = house.listener().in_front(move |request| {
        let (desk, gate) = (Arc::clone(&desk), Arc::clone(&closed));
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            gate.acquire().await.expect("it is never closed").forget();
            desk.handle(request).await
        }
    });
    let running = house.start_with(listener);
    house.sockets(2).await;
    house.server.command(&house.channel, &house.dan, "status 7");
    house.server.wait_for("a try", |_| (tries.load(Ordering::SeqCst) == 1).then_some(())).await;
    house.server.command(&house.channel, &house.dan, "help");
    house.delivered().await;
    let ending = running.stop();
    let opening = async {
        house.server.wait_for("no socket", |server| (server.sockets() == 0).then_some(())).await;
        gate.add_permits(1);
    };
    tokio::join!(ending, opening);
    let now = house.clock.now();
    let left = house.inbox.take(Platform::Slack, (now, now), 9).await.expect("it is in memory");
    let left: Vec<bool> = left.iter().map(|left| left.delivered.body.contains("help")).collect();
    assert_eq!(left, [true], "what was under way is done, and what waited is free");
}

#[tokio::test]
async fn talk_holds_nothing_up_while_the_desk_fails() {
    let house = House::new();
    let desk = Arc::clone(&house.desk);
    let listener = house.listener().in_front(move |request| {
        let talk = matches!(request.ask, incident_core::desk::Ask::Remark { .. });
        answered(Arc::clone(&desk), request, talk)
    });
    let running = house.start_with(listener);
    house.sockets(2).await;
    for nth in 0..300 {
        house.server.write(&house.channel, &house.ann, &format!("what a day {nth}"));
    }
    house.server.command(&house.channel, &house.dan, "status 7");
    house.server.wait_for("an answer", |server| server.whispers(&house.dan).pop()).await;
    running.stop().await;
}

#[tokio::test]
async fn what_is_done_too_late_for_its_answer_is_answered_in_the_channel() {
    let house = House::new();
    let (desk, gate) = (Arc::clone(&house.desk), Arc::new(tokio::sync::Semaphore::new(0)));
    let closed = Arc::clone(&gate);
    let listener = house.listener().in_front(move |request| {
        let (desk, gate) = (Arc::clone(&desk), Arc::clone(&closed));
        async move {
            drop(gate.acquire().await);
            desk.handle(request).await
        }
    });
    let running = house.start_with(listener);
    house.sockets(2).await;
    house.server.command(&house.channel, &house.dan, "help");
    house.delivered().await;
    house.server.forget_responses();
    gate.add_permits(9);
    house.told(&house.dan, "/incident history").await;
    running.stop().await;
}
