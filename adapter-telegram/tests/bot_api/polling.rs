//! What comes in by polling: confirmed late, in order within a chat, one chat never in another's way.

use std::time::Instant;

use serde_json::json;

use super::*;

#[tokio::test]
async fn an_update_is_confirmed_only_after_it_was_handled() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let gate = book.hold_once("first");
    let running = Running::polling(book.listener(&telegram));
    book.wait_begun("present", 2).await;
    api.write(group, ann, "/status first");
    book.wait_begun("first", 1).await;
    let other = self::group(&api, ann);
    api.write(other, ann, "/status second");
    book.wait_ended("second", 1).await;
    // Polls go on meanwhile; none of them may confirm the first update or what came after it.
    let polls = api.count("getUpdates");
    api.wait_until(|world| (world.count("getUpdates") > polls + 2).then_some(()), "more polls").await;
    assert!(api.unconfirmed() >= 2, "{}", api.unconfirmed());
    gate.send(()).expect("it waits");
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn what_a_crash_interrupts_is_delivered_again_under_the_same_key() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let gate = book.hold_once("first");
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status first");
    let first = api.last_update();
    book.wait_begun("first", 1).await;
    running.crash().await;
    drop(gate);
    let again = Book::new();
    let running = Running::polling(again.listener(&telegram));
    again.wait_ended("first", 1).await;
    api.wait_confirmed().await;
    let key = format!("telegram:{}:{first}", api.bot_id());
    assert!(book.keys().contains(&key) && again.keys().contains(&key), "{key}: {:?}", again.keys());
    running.stop().await;
}

#[tokio::test]
async fn a_chat_is_served_in_order_and_others_do_not_wait_for_it() {
    let Scene { api, telegram, ann, group } = scene();
    let other = self::group(&api, ann);
    let book = Book::new();
    let gate = book.hold_once("a1");
    let running = Running::polling(book.listener(&telegram));
    book.wait_ended("present", 4).await;
    for text in ["a1", "a2", "a3"] {
        api.write(group, ann, &format!("/status {text}"));
    }
    book.wait_begun("a1", 1).await;
    for text in ["b1", "b2"] {
        api.write(other, ann, &format!("/status {text}"));
    }
    book.wait_ended("b2", 1).await;
    assert_eq!(book.begun(), ["a1", "b1", "b2"]);
    gate.send(()).expect("it waits");
    book.wait_ended("a3", 1).await;
    assert_eq!(book.begun(), ["a1", "b1", "b2", "a2", "a3"]);
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn an_unfinished_update_is_never_confirmed_however_many_are_finished_behind_it() {
    let Scene { api, telegram, ann, group } = scene();
    let other = self::group(&api, ann);
    let book = Book::new();
    let gate = book.hold_once("stuck");
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status stuck");
    book.wait_begun("stuck", 1).await;
    for n in 0..250 {
        api.write(other, ann, &format!("/status {n}"));
    }
    // Telegram shows a hundred updates from the stuck one on, and ninety-nine of these are not stuck.
    book.wait_ended("98", 1).await;
    assert_eq!(api.unconfirmed(), 251);
    gate.send(()).expect("it waits");
    book.wait_ended("249", 1).await;
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn a_supergroup_is_heard_only_after_the_group_it_was_has_moved() {
    let Scene { api, telegram, ann, .. } = scene();
    let small = api.group("Drivers", ann);
    api.add_bot(small, ann);
    let book = Book::new();
    let gates = [book.hold_once("moved"), book.hold_once("moved")];
    let running = Running::polling(book.listener(&telegram));
    let new = api.migrate(small);
    api.promote_bot(new, ann);
    api.write(new, ann, "/status after");
    book.wait_begun("moved", 2).await;
    assert_eq!(book.begun(), ["moved", "moved"]);
    for gate in gates {
        gate.send(()).expect("it waits");
    }
    book.wait_ended("after", 1).await;
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn polling_begins_at_once() {
    let Scene { api, telegram, .. } = scene();
    let start = Instant::now();
    let running = Running::polling(Book::new().listener(&telegram));
    api.wait_until(|world| (world.count("getUpdates") > 0).then_some(()), "a poll").await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    let wanted =
        api.calls().into_iter().find(|call| call.method == "getUpdates").expect("there was one").params;
    assert_eq!(
        wanted["allowed_updates"],
        json!(["message", "callback_query", "my_chat_member", "chat_member"])
    );
    running.stop().await;
}

#[tokio::test]
async fn an_update_that_is_delivered_twice_is_handed_on_twice_and_confirmed() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status twice");
    let update = api.last_update();
    book.wait_ended("twice", 1).await;
    api.wait_confirmed().await;
    assert!(api.redeliver(update));
    book.wait_ended("twice", 2).await;
    api.wait_confirmed().await;
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn an_end_finishes_and_confirms_what_is_under_way_and_leaves_what_waits() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let gate = book.hold_once("first");
    let running = Running::polling(book.listener(&telegram));
    book.wait_ended("present", 2).await;
    api.write(group, ann, "/status first");
    api.write(group, ann, "/status second");
    book.wait_begun("first", 1).await;
    let Running { stop, task } = running;
    stop.send(()).expect("the listener runs");
    gate.send(()).expect("it waits");
    task.await.expect("it does not panic").expect("it ends well");
    let rest = book.begun();
    assert_eq!(rest.len() + api.unconfirmed(), 2, "{rest:?}");
    let again = Book::new();
    let running = Running::polling(again.listener(&telegram));
    api.wait_confirmed().await;
    assert_eq!([rest, again.begun()].concat(), ["first", "second"]);
    running.stop().await;
}

#[tokio::test]
async fn an_end_does_not_wait_for_a_poll() {
    let Scene { api, telegram, .. } = scene();
    let book = Book::new();
    let running = Running::polling(book.listener(&telegram));
    book.wait_ended("present", 2).await;
    api.wait_confirmed().await;
    let start = Instant::now();
    running.stop().await;
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn paced_polls_still_bring_what_comes_behind_something_slow() {
    let Scene { api, telegram, ann, group } = scene();
    api.pace_polls(true);
    let other = self::group(&api, ann);
    let book = Book::new();
    let gate = book.hold_once("slow");
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status slow");
    book.wait_begun("slow", 1).await;
    let start = Instant::now();
    api.write(other, ann, "/status quick");
    book.wait_ended("quick", 1).await;
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    gate.send(()).expect("it waits");
    api.wait_confirmed().await;
    running.stop().await;
}
