//! Faults as a client meets them.

use std::time::Duration;

use adapter_telegram::testkit::{BotApi, Fault, Limits};
use teloxide::prelude::*;
use teloxide::{ApiError, RequestError};

use super::{client, scene};

/// Calls without teloxide, which sleeps ten seconds on every 5xx.
async fn raw(api: &BotApi, method: &str) -> reqwest::Result<(u16, String)> {
    let response = reqwest::get(format!("{}/bot{}/{method}", api.url(), api.token())).await?;
    Ok((response.status().as_u16(), response.text().await?))
}

fn message(chat: i64) -> String {
    format!("sendMessage?chat_id={chat}&text=card")
}

#[tokio::test]
async fn a_429_names_the_seconds_and_does_nothing() {
    let scene = scene().await;
    scene.api.fail_next("sendMessage", Fault::TooManyRequests { retry_after: 7 });
    let before = scene.api.messages(scene.group).len();
    let refused = scene.bot.send_message(scene.chat(), "x").await;
    assert!(matches!(refused, Err(RequestError::RetryAfter(wait)) if wait.seconds() == 7), "{refused:?}");
    assert_eq!(scene.api.messages(scene.group).len(), before);
    scene.bot.send_message(scene.chat(), "x").await.unwrap();
}

#[tokio::test]
async fn a_flood_wait_lasts_in_its_chat() {
    let scene = scene().await;
    let other = scene.api.start_private(scene.ann);
    scene.api.fail_next("sendMessage", Fault::FloodWait { retry_after: 60 });
    for _ in 0..2 {
        let refused = scene.bot.send_message(scene.chat(), "x").await;
        assert!(matches!(refused, Err(RequestError::RetryAfter(_))), "{refused:?}");
    }
    scene.bot.send_message(ChatId(other), "x").await.unwrap();
    scene.api.calm();
    scene.bot.send_message(scene.chat(), "x").await.unwrap();
}

#[tokio::test]
async fn limits_are_enforced_over_short_windows() {
    let scene = scene().await;
    let window = Duration::from_secs(300);
    let limits = Limits { per_chat: 2, per_chat_window: window, overall: 100, overall_window: window };
    scene.api.enforce_limits(limits);
    let card = scene.card().await;
    scene.bot.edit_message_text(scene.chat(), card, "claimed").await.unwrap();
    let third = scene.bot.send_message(scene.chat(), "x").await;
    assert!(matches!(third, Err(RequestError::RetryAfter(wait)) if wait.seconds() > 290), "{third:?}");
    scene.bot.pin_chat_message(scene.chat(), card).await.unwrap();
}

#[tokio::test]
async fn server_errors_come_as_json_and_as_a_page() {
    let scene = scene().await;
    scene.api.fail_next("sendMessage", Fault::ServerError);
    scene.api.fail_next("sendMessage", Fault::BadGateway);
    let (status, body) = raw(&scene.api, &message(scene.group)).await.unwrap();
    assert_eq!((status, body.contains("Internal Server Error")), (500, true));
    let (status, body) = raw(&scene.api, &message(scene.group)).await.unwrap();
    assert_eq!((status, body.starts_with("<html>")), (502, true));
    assert_eq!(
        (scene.api.count("sendMessage"), scene.api.read(|world| world.executed("sendMessage"))),
        (2, 0)
    );
}

#[tokio::test]
async fn a_reset_before_does_nothing_and_a_reset_after_did_it_all() {
    let scene = scene().await;
    for (fault, sent) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1)] {
        scene.api.fail_next("sendMessage", fault);
        let lost = scene.bot.send_message(scene.chat(), "x").await;
        assert!(matches!(lost, Err(RequestError::Network(_))), "{lost:?}");
        assert_eq!(scene.api.read(|world| world.executed("sendMessage")), sent);
    }
    let (status, _) = {
        scene.api.fail_next("sendMessage", Fault::ErrorAfter);
        raw(&scene.api, &message(scene.group)).await.unwrap()
    };
    assert_eq!((status, scene.api.read(|world| world.executed("sendMessage"))), (500, 2));
}

#[tokio::test]
async fn a_connection_is_reset_even_if_it_served_calls_before() {
    let scene = scene().await;
    for _ in 0..3 {
        scene.bot.get_me().await.unwrap();
        scene.api.fail_next("getMe", Fault::ResetBefore);
        assert!(matches!(scene.bot.get_me().await, Err(RequestError::Network(_))));
    }
    assert_eq!(scene.api.count("getMe"), 6);
}

#[tokio::test]
async fn a_hanging_call_goes_on_when_released() {
    let scene = scene().await;
    scene.api.fail_next("sendMessage", Fault::Hang(None));
    let (bot, chat) = (scene.bot.clone(), scene.chat());
    let send = tokio::spawn(async move { bot.send_message(chat, "late").await.unwrap() });
    scene.api.wait_until(|world| (world.calls().last()?.outcome == "hangs").then_some(()), "the hang").await;
    assert!(scene.api.read(|world| world.said(scene.group, "late").is_none()));
    scene.api.release_hangs();
    send.await.unwrap();
    scene.api.wait_said(scene.group, "late").await;
}

#[tokio::test]
async fn a_call_whose_client_gave_up_while_it_hung_is_never_carried_out() {
    let scene = scene().await;
    scene.api.fail_next("sendMessage", Fault::Hang(None));
    let (bot, chat) = (scene.bot.clone(), scene.chat());
    let send = tokio::spawn(async move { bot.send_message(chat, "late").await });
    scene.api.wait_until(|world| (world.calls().last()?.outcome == "hangs").then_some(()), "the hang").await;
    send.abort();
    assert!(send.await.unwrap_err().is_cancelled());
    // The server learns of it through the closed connection, ahead of any later call on a new one.
    client(&scene.api).get_me().await.unwrap();
    scene.api.release_hangs();
    client(&scene.api).get_me().await.unwrap();
    assert!(scene.api.read(|world| world.said(scene.group, "late").is_none()));
}

#[tokio::test]
async fn a_call_can_be_carried_out_and_answered_late() {
    let scene = scene().await;
    scene.api.fail_next("sendMessage", Fault::HangAfter(None));
    let (bot, chat) = (scene.bot.clone(), scene.chat());
    let send = tokio::spawn(async move { bot.send_message(chat, "early").await.unwrap() });
    scene.api.wait_said(scene.group, "early").await;
    assert!(!send.is_finished());
    scene.api.release_hangs();
    send.await.unwrap();
}

#[tokio::test]
async fn one_slow_chat_does_not_slow_another() {
    let scene = scene().await;
    let other = scene.api.start_private(scene.ann);
    scene.api.slow(scene.group, Duration::from_secs(600));
    let (bot, chat) = (scene.bot.clone(), scene.chat());
    let slow = tokio::spawn(async move { bot.send_message(chat, "slow").await });
    scene.api.wait_said(scene.group, "slow").await;
    scene.bot.send_message(ChatId(other), "fast").await.unwrap();
    assert!(!slow.is_finished());
    slow.abort();
}

#[tokio::test]
async fn any_refusal_can_be_staged() {
    let scene = scene().await;
    scene.api.fail_next("pinChatMessage", Fault::NotEnoughRights);
    let card = scene.card().await;
    let refused = scene.bot.pin_chat_message(scene.chat(), card).await;
    assert!(matches!(refused, Err(RequestError::Api(ApiError::NotEnoughRightsToManagePins))), "{refused:?}");
    assert!(!scene.api.still_to_fail("pinChatMessage"));
    let description = "Forbidden: user is deactivated".to_owned();
    scene.api.fail_next("*", Fault::Refuse { code: 403, description });
    let refused = scene.bot.get_me().await;
    assert!(matches!(refused, Err(RequestError::Api(ApiError::UserDeactivated))), "{refused:?}");
}

#[tokio::test]
async fn random_faults_leave_what_was_executed_consistent() {
    let scene = scene().await;
    let kinds = [Fault::TooManyRequests { retry_after: 1 }, Fault::ResetBefore, Fault::ResetAfter];
    scene.api.faults_in(&["sendMessage"], 42, 0.5, &kinds);
    let mut succeeded = 0;
    for _ in 0..60 {
        succeeded += usize::from(scene.bot.send_message(scene.chat(), "x").await.is_ok());
    }
    scene.api.calm();
    let sent = scene.api.messages(scene.group).iter().filter(|message| message.text == "x").count();
    assert_eq!(sent, scene.api.read(|world| world.executed("sendMessage")));
    assert!(succeeded < sent && sent < 60, "{succeeded} answered, {sent} sent");
}

#[tokio::test]
async fn the_server_can_be_stopped_and_started_again_with_its_world() {
    let scene = scene().await;
    scene.api.stop();
    assert!(matches!(scene.bot.get_me().await, Err(RequestError::Network(_))));
    scene.api.write(scene.group, scene.ann, "meanwhile");
    scene.api.restart();
    assert_eq!(scene.fetch().await.len(), 1);
}

#[tokio::test]
#[should_panic(
    expected = "waited 50ms in vain for a miracle\nchat -1002000000002 \"Drivers\" (Supergroup)\n   1  Ann: --"
)]
async fn a_wait_in_vain_ends_with_everything_that_is_known() {
    let scene = scene().await;
    scene.api.wait_at_most(Duration::from_millis(50), |_| None::<()>, "a miracle").await;
}
