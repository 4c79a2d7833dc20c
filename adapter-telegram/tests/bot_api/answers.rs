//! What somebody hears at once, and what the clients of all hear beforehand.

use adapter_telegram::testkit::Fault;
use incident_core::ports::Messenger;
use incident_core::view::{CommandWord, Phrase, Phrasebook};
use serde_json::json;

use super::*;

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
async fn a_chat_that_any_call_was_told_to_leave_alone_gets_its_answer_afterwards_and_toasts_at_once() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    book.answer_once("help", reply("This is help."));
    book.answer_once("taken", reply("Ann has it."));
    let running = Running::polling(book.listener(&telegram));
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    api.fail_next("editMessageText", Fault::FloodWait { retry_after: 3 });
    let start = std::time::Instant::now();
    telegram.edit(&card_ref, &card("OTHER")).await.expect_err("the chat is to be left alone");
    api.write(group, ann, "/status help");
    book.wait_ended("help", 1).await;
    let query = api.press_code(group, ann, id_of(&card_ref), "taken");
    assert_eq!(api.wait_answer(&query).await.text, "Ann has it.");
    assert_eq!(api.count("sendMessage"), 1);
    api.wait_said(group, "This is help.").await;
    assert!(start.elapsed() >= Duration::from_secs(3), "{:?}", start.elapsed());
    assert_eq!(api.count("sendMessage"), 2);
    running.stop().await;
}

#[tokio::test]
async fn a_chat_to_be_left_alone_for_long_gets_no_answer_and_no_call() {
    let Scene { api, telegram, ann, group } = scene();
    let book = Book::new();
    book.answer_once("help", reply("This is help."));
    let running = Running::polling(book.listener(&telegram));
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    api.fail_next("pinChatMessage", Fault::FloodWait { retry_after: 60 });
    telegram.pin(&card_ref, NUMBER).await.expect_err("the chat is to be left alone");
    api.write(group, ann, "/status help");
    api.wait_confirmed().await;
    running.stop().await;
    assert_eq!((book.begun(), api.count("sendMessage")), (vec!["help".to_owned()], 1));
}

#[tokio::test]
async fn answers_into_one_chat_keep_the_order_of_the_commands() {
    let Scene { api, telegram, ann, group } = scene();
    let other = self::group(&api, ann);
    let book = Book::new();
    for asked in ["first", "second", "third", "elsewhere"] {
        book.answer_once(asked, reply(&format!("{asked} answer")));
    }
    let running = Running::polling(book.listener(&telegram));
    api.fail_next("sendMessage", Fault::Hang(None));
    api.write(group, ann, "/status first");
    api.wait_until(|world| (world.count("sendMessage") == 1).then_some(()), "a hanging answer").await;
    api.write(group, ann, "/status second");
    api.write(group, ann, "/status third");
    api.wait_confirmed().await;
    api.write(other, ann, "/status elsewhere");
    api.wait_said(other, "elsewhere answer").await;
    assert_eq!(api.count("sendMessage"), 2);
    api.release_hangs();
    api.wait_said(group, "third answer").await;
    let said: Vec<String> = api.messages(group).into_iter().map(|message| message.text).collect();
    let answers = said.iter().filter(|text| text.ends_with(" answer")).collect::<Vec<_>>();
    assert_eq!(answers, ["first answer", "second answer", "third answer"]);
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
    assert_eq!(menu.len(), CommandWord::ALL.len());
    assert_eq!(menu[0], ("new_issue".to_owned(), english.text(Phrase::CommandNewIssue)));
    running.stop().await;
}
