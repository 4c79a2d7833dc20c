//! What comes in by polling: confirmed late, in order within a chat, one chat never in another's way.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use adapter_telegram::testkit::Fault;
use incident_core::ports::Messenger;
use incident_core::view::{Phrase, Phrasebook};
use serde_json::{Value, json};

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
async fn a_chat_that_hangs_does_not_hide_the_hundreds_of_updates_behind_it() {
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
    book.wait_ended("249", 1).await;
    gate.send(()).expect("it waits");
    book.wait_ended("stuck", 1).await;
    api.wait_confirmed().await;
    running.stop().await;
}

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
async fn a_press_is_answered_with_words_and_a_meaningless_one_without() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    let alert = Reply { tone: ReplyTone::Alert, ..reply("Ann has it.") };
    book.answer_once("taken", alert);
    let running = Running::polling(book.listener(&telegram));
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    let taken = api.press_code(group, ann, id_of(&card_ref), "taken");
    let claimed = api.press(group, ann, id_of(&card_ref), "Claim").expect("there is a button");
    let answer = api.wait_answer(&taken).await;
    assert_eq!((answer.text.as_str(), answer.alert), ("Ann has it.", true));
    let answer = api.wait_answer(&claimed).await;
    assert_eq!((answer.text.as_str(), answer.alert), ("", false));
    let inline = json!({"callback_query": {
        "id": "4", "from": {"id": ann, "is_bot": false, "first_name": "Ann"}, "chat_instance": "1",
        "inline_message_id": "x", "data": "d",
    }});
    api.inject(&inline).expect("it is wanted");
    api.wait_until(|world| (world.count("answerCallbackQuery") == 3).then_some(()), "a third answer").await;
    running.stop().await;
}

#[tokio::test]
async fn a_lost_answer_to_a_press_is_given_once_more() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    book.answer_once("taken", reply("Ann has it."));
    let running = Running::polling(book.listener(&telegram));
    api.fail_next("answerCallbackQuery", Fault::BadGateway);
    let query = api.press_code(group, ann, 1, "taken");
    assert_eq!(api.wait_answer(&query).await.text, "Ann has it.");
    running.stop().await;
}

#[tokio::test]
async fn a_command_is_answered_in_its_topic_even_after_a_flood_wait() {
    let Scene { api, telegram, ann, .. } = scene();
    let forum = api.forum("Drivers", ann);
    api.add_bot(forum, ann);
    let topic = api.topic(forum, ann, "Berlin");
    let book = Book::new();
    book.answer_once("help", reply("This is <help>."));
    let running = Running::polling(book.listener(&telegram));
    api.fail_next("sendMessage", Fault::TooManyRequests { retry_after: 1 });
    let asked = api.write_in(forum, topic, ann, "/status help");
    let said = api.wait_said(forum, "This is <help>.").await;
    assert_eq!((said.thread, said.reply_to), (Some(topic), Some(asked)));
    running.stop().await;
}

#[tokio::test]
async fn an_answer_that_takes_long_delays_neither_confirmation_nor_other_chats() {
    let Scene { api, telegram, ann, group } = scene();
    let other = self::group(&api, ann);
    let book = Book::new();
    book.answer_once("slow", reply("slow answer"));
    book.answer_once("quick", reply("quick answer"));
    let running = Running::polling(book.listener(&telegram));
    api.fail_next("sendMessage", Fault::Hang(None));
    api.write(group, ann, "/status slow");
    api.wait_until(|world| (world.count("sendMessage") == 1).then_some(()), "a hanging answer").await;
    api.write(other, ann, "/status quick");
    api.write(group, ann, "/status next");
    api.wait_said(other, "quick answer").await;
    book.wait_ended("next", 1).await;
    api.wait_confirmed().await;
    api.release_hangs();
    api.wait_said(group, "slow answer").await;
    running.stop().await;
}

#[tokio::test]
async fn every_language_gets_its_menu_of_commands() {
    let Scene { api, telegram, .. } = scene();
    let running = Running::polling(Book::new().listener(&telegram));
    let book = Phrasebook::new();
    let english = book.locale(None);
    let languages = std::iter::once("").chain(book.locales().map(|(tag, _)| tag));
    for language in languages {
        api.wait_until(|world| (!world.commands(language).is_empty()).then_some(()), "a menu").await;
    }
    let menu = api.commands("");
    assert_eq!(menu.len(), 8);
    assert_eq!(menu[0], ("new_issue".to_owned(), english.text(Phrase::CommandNewIssue)));
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
