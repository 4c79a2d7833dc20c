//! What goes wrong on the way in: the desk, the server, the updates themselves.

use std::sync::atomic::{AtomicUsize, Ordering};

use adapter_telegram::testkit::Fault;
use serde_json::{Value, json};

use super::*;

#[tokio::test]
async fn an_update_that_panics_is_given_up_and_the_chat_goes_on() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    for _ in 0..3 {
        book.panic_once("boom");
    }
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status boom");
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    assert_eq!(book.begun(), ["boom", "boom", "boom", "after"]);
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_is_tried_again_in_order_and_nothing_is_confirmed_meanwhile() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    for _ in 0..3 {
        book.fail_once("first");
    }
    let gate = book.hold_once("first");
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status first");
    api.write(group, ann, "/status second");
    book.wait_begun("first", 4).await;
    assert!(api.unconfirmed() >= 2, "{}", api.unconfirmed());
    gate.send(()).expect("it waits");
    book.wait_ended("second", 1).await;
    assert_eq!(book.begun(), ["first", "first", "first", "first", "second"]);
    api.wait_confirmed().await;
    running.stop().await;
}

#[tokio::test]
async fn a_second_poller_and_other_failures_are_waited_out() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let polls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&polls);
    let hook = Arc::new(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let running = Running::polling(book.listener(&telegram).on_poll(hook));
    book.wait_ended("present", 2).await;
    api.wait_confirmed().await;
    api.steal_poll();
    api.fail_next("getUpdates", Fault::BadGateway);
    api.fail_next("getUpdates", Fault::TooManyRequests { retry_after: 1 });
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    api.wait_confirmed().await;
    assert!(polls.load(Ordering::Relaxed) >= 2);
    running.stop().await;
}

#[tokio::test]
async fn a_bot_whose_token_is_revoked_ends_and_says_so() {
    let Scene { api, telegram, .. } = scene();
    let book = Book::new();
    let running = Running::polling(book.listener(&telegram));
    book.wait_ended("present", 2).await;
    api.set_token("7000000001:AnotherToken");
    api.steal_poll();
    let ended = running.task.await.expect("it does not panic");
    let reason = "refused with 401: Unauthorized";
    assert!(
        matches!(&ended, Err(ListenError::Unauthorised { reason: given }) if given == reason),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_yet_is_waited_for_and_a_webhook_removed() {
    let Scene { api, telegram, ann, group } = scene();
    api.fail_next("getMe", Fault::BadGateway);
    let bot = teloxide::Bot::new(api.token()).set_api_url(api.url().parse().expect("a URL"));
    let elsewhere = "https://127.0.0.1:9/".parse().expect("a URL");
    teloxide::requests::Requester::set_webhook(&bot, elsewhere).await.expect("set");
    let book = Book::new();
    let running = Running::polling(book.listener(&telegram));
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_left_and_confirmed() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let running = Running::polling(book.listener(&telegram));
    api.inject(&json!({"message": {"some fields": "are missing"}})).expect("it is wanted");
    api.inject(&json!({"message": 7})).expect("it is wanted");
    api.inject(&json!({"callback_query": {"id": "1"}})).expect("it is wanted");
    api.inject(&json!({"my_chat_member": {"chat": {}}})).expect("it is wanted");
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    api.wait_confirmed().await;
    assert_eq!(book.begun(), ["after"]);
    running.stop().await;
}

#[tokio::test]
async fn a_command_with_an_entity_of_tomorrow_is_a_command() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let running = Running::polling(book.listener(&telegram));
    let message: Value = json!({"message": {
        "message_id": 900, "date": 1_780_000_000,
        "chat": {"id": group, "type": "supergroup", "title": "Drivers"},
        "from": {"id": ann, "is_bot": false, "first_name": "Ann"},
        "text": "/new_issue tomorrow at noon",
        "entities": [
            {"type": "bot_command", "offset": 0, "length": 10},
            {"type": "date_time", "offset": 11, "length": 16, "unix_time": 1_780_000_000},
        ],
    }});
    api.inject(&message).expect("it is wanted");
    book.wait_ended("tomorrow at noon", 1).await;
    running.stop().await;
}
