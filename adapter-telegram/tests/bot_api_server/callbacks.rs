//! Presses and their answers.

use std::time::Duration;

use adapter_telegram::testkit::{Answer, PressError};
use teloxide::prelude::*;
use teloxide::types::{CallbackQueryId, MaybeInaccessibleMessage, UpdateKind};

use super::{refusal, scene};

const TOO_OLD: &str = "Bad Request: query is too old and response timeout expired or query ID is invalid";

#[tokio::test]
async fn a_press_carries_the_button_s_data_and_the_message_it_is_on() {
    let scene = scene().await;
    let card = scene.card().await;
    let query = scene.api.press(scene.group, scene.ann, card.0.into(), "Claim").unwrap();
    let updates = scene.fetch().await;
    let UpdateKind::CallbackQuery(press) = &updates[0].kind else { panic!("{updates:?}") };
    assert_eq!((press.id.0.as_str(), press.data.as_deref()), (query.as_str(), Some("c1")));
    assert_eq!(press.from.username.as_deref(), Some("ann"));
    let message = press.regular_message().unwrap();
    assert_eq!((message.id, message.chat.id, message.text()), (card, scene.chat(), Some("card")));
}

#[tokio::test]
async fn a_press_is_answered_once() {
    let scene = scene().await;
    let card = scene.card().await;
    let query = scene.api.press(scene.group, scene.ann, card.0.into(), "Claim").unwrap();
    let answer = |text: &str| {
        scene.bot.answer_callback_query(CallbackQueryId(query.clone())).text(text).show_alert(true)
    };
    answer("Ann has it").await.unwrap();
    assert_eq!(refusal(answer("again").await), TOO_OLD);
    let expected =
        Answer { query: query.clone(), user: scene.ann, text: "Ann has it".to_owned(), alert: true };
    assert_eq!(scene.api.wait_answer(&query).await, expected);
    assert_eq!(scene.api.answers(), [expected]);
}

#[tokio::test]
async fn a_press_of_long_ago_cannot_be_answered_and_is_not_delivered() {
    let scene = scene().await;
    let card = scene.card().await;
    let press = || scene.api.press(scene.group, scene.ann, card.0.into(), "Claim").unwrap();
    let answer = |query: String| scene.bot.answer_callback_query(CallbackQueryId(query));
    let old = press();
    scene.api.advance(Duration::from_secs(151));
    assert_eq!(refusal(answer(old).await), TOO_OLD);
    assert_eq!(scene.fetch().await, []);
    let expired = press();
    scene.api.expire_presses();
    assert_eq!(refusal(answer(expired).await), TOO_OLD);
    assert_eq!(refusal(answer("12345".to_owned()).await), TOO_OLD);
}

#[tokio::test]
async fn an_answer_over_200_characters_is_refused_and_may_be_repeated_shorter() {
    let scene = scene().await;
    let card = scene.card().await;
    let query = scene.api.press(scene.group, scene.ann, card.0.into(), "Claim").unwrap();
    let answer =
        |length| scene.bot.answer_callback_query(CallbackQueryId(query.clone())).text("x".repeat(length));
    assert!(answer(201).await.is_err());
    answer(200).await.unwrap();
}

#[tokio::test]
async fn only_buttons_that_are_there_can_be_pressed_but_codes_can_be_forged() {
    let scene = scene().await;
    let card = i64::from(scene.card().await.0);
    let missing = scene.api.press(scene.group, scene.ann, card, "Resolve");
    assert_eq!(missing, Err(PressError::NoButton(vec!["Claim".to_owned(), "Escalate".to_owned()])));
    assert_eq!(scene.api.press(scene.group, scene.ann, 999, "Claim"), Err(PressError::NoMessage));
    scene.api.press_code(scene.group, scene.ann, card, "forged");
    let updates = scene.fetch().await;
    let UpdateKind::CallbackQuery(press) = &updates[0].kind else { panic!("{updates:?}") };
    assert_eq!(press.data.as_deref(), Some("forged"));
}

#[tokio::test]
async fn a_press_on_a_deleted_message_brings_it_inaccessible() {
    let scene = scene().await;
    let card = scene.card().await;
    scene.api.delete(scene.group, card.0.into());
    scene.api.press_code(scene.group, scene.ann, card.0.into(), "c1");
    let updates = scene.fetch().await;
    let UpdateKind::CallbackQuery(press) = &updates[0].kind else { panic!("{updates:?}") };
    assert!(matches!(press.message, Some(MaybeInaccessibleMessage::Inaccessible(_))), "{press:?}");
}
