//! Long polling: confirmation, filters, a second poller, redelivery, order.

use std::time::Duration;

use serde_json::json;
use teloxide::prelude::*;
use teloxide::types::{AllowedUpdate, Update, UpdateId, UpdateKind};
use teloxide::{ApiError, RequestError};

use super::{client, scene};

fn texts(updates: &[Update]) -> Vec<&str> {
    updates.iter().map(text).collect()
}

fn text(update: &Update) -> &str {
    let UpdateKind::Message(message) = &update.kind else { panic!("not a message: {update:?}") };
    message.text().expect("a text")
}

fn offset(update: &Update) -> i32 {
    i32::try_from(update.id.0 + 1).expect("ids are small")
}

#[tokio::test]
async fn updates_come_again_until_an_offset_confirms_them() {
    let scene = scene().await;
    for text in ["one", "two", "three"] {
        scene.api.write(scene.group, scene.ann, text);
    }
    let poll = || scene.bot.get_updates().timeout(0);
    let first = poll().limit(2).await.unwrap();
    assert_eq!(texts(&first), ["one", "two"]);
    assert_eq!(texts(&poll().await.unwrap()), ["one", "two", "three"]);
    let rest = poll().offset(offset(&first[0])).await.unwrap();
    assert_eq!((texts(&rest), scene.api.unconfirmed()), (vec!["two", "three"], 2));
    let last = poll().offset(-1).await.unwrap();
    assert_eq!((texts(&last), scene.api.unconfirmed()), (vec!["three"], 1));
}

#[tokio::test]
async fn a_poll_waits_for_the_next_update() {
    let scene = scene().await;
    let bot = scene.bot.clone();
    let poll = tokio::spawn(async move { bot.get_updates().timeout(10).await.unwrap() });
    scene
        .api
        .wait_until(|world| (world.calls().last()?.outcome == "waiting").then_some(()), "the poll")
        .await;
    scene.api.write(scene.group, scene.ann, "hello");
    assert_eq!(texts(&poll.await.unwrap()), ["hello"]);
}

#[tokio::test]
async fn a_second_poller_ends_the_first_with_a_conflict() {
    let scene = scene().await;
    let bot = scene.bot.clone();
    let first = tokio::spawn(async move { bot.get_updates().timeout(10).await });
    scene
        .api
        .wait_until(|world| (world.calls().last()?.outcome == "waiting").then_some(()), "the poll")
        .await;
    let bot = client(&scene.api);
    let second = tokio::spawn(async move { bot.get_updates().timeout(10).await.unwrap() });
    let ended = first.await.unwrap();
    scene.api.write(scene.group, scene.ann, "hello");
    assert_eq!(texts(&second.await.unwrap()), ["hello"]);
    assert!(matches!(ended, Err(RequestError::Api(ApiError::TerminatedByOtherGetUpdates))), "{ended:?}");
}

#[tokio::test]
async fn a_poll_can_be_stolen() {
    let scene = scene().await;
    let bot = scene.bot.clone();
    let poll = tokio::spawn(async move { bot.get_updates().timeout(10).await });
    scene
        .api
        .wait_until(|world| (world.calls().last()?.outcome == "waiting").then_some(()), "the poll")
        .await;
    scene.api.steal_poll();
    let ended = poll.await.unwrap();
    assert!(matches!(ended, Err(RequestError::Api(ApiError::TerminatedByOtherGetUpdates))), "{ended:?}");
}

#[tokio::test]
async fn a_hurried_poller_is_paced_if_asked_for() {
    let scene = scene().await;
    scene.api.pace_polls(true);
    let poll = || scene.bot.get_updates().offset(-1).timeout(0);
    poll().await.unwrap();
    let bot = scene.bot.clone();
    let paced = tokio::spawn(async move { bot.get_updates().offset(-1).timeout(0).await.unwrap() });
    scene
        .api
        .wait_until(|world| (world.calls().last()?.outcome == "waiting").then_some(()), "the poll")
        .await;
    scene.api.write(scene.group, scene.ann, "hello");
    assert_eq!(texts(&paced.await.unwrap()), ["hello"]);
}

#[tokio::test]
async fn an_entity_from_the_future_can_be_put_into_a_message() {
    let scene = scene().await;
    let written = scene.api.write(scene.group, scene.ann, "/status 1");
    scene.fetch().await;
    let mut message = scene.api.json_of(scene.group, written).unwrap();
    message["entities"][0]["type"] = "date_time".into();
    scene.api.inject(&json!({"message": message}));
    let updates = scene.fetch().await;
    let UpdateKind::Message(message) = &updates[0].kind else { panic!("{updates:?}") };
    assert_eq!(message.text(), None, "the client library cannot read it, and that is what tests want to see");
}

#[tokio::test]
async fn a_killed_poller_leaves_no_trace() {
    let scene = scene().await;
    let bot = scene.bot.clone();
    let killed = tokio::spawn(async move { bot.get_updates().timeout(10).await });
    scene
        .api
        .wait_until(|world| (world.calls().last()?.outcome == "waiting").then_some(()), "the poll")
        .await;
    killed.abort();
    scene.api.write(scene.group, scene.ann, "hello");
    assert_eq!(texts(&scene.fetch().await), ["hello"]);
}

#[tokio::test]
async fn wanted_kinds_are_remembered_and_membership_of_others_comes_only_on_request() {
    let scene = scene().await;
    let bob = scene.api.user("Bob", None);
    scene.api.join(scene.group, bob);
    let kinds = |updates: Vec<Update>| {
        let kind = |update: &Update| {
            let json = serde_json::to_value(&update.kind).expect("an update is JSON");
            json.as_object().and_then(|kind| kind.keys().next().cloned()).expect("an update has a kind")
        };
        updates.iter().map(kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(scene.fetch().await), ["message"]);
    let wanted = [AllowedUpdate::ChatMember];
    scene.bot.get_updates().timeout(0).allowed_updates(wanted).await.unwrap();
    scene.api.leave(scene.group, bob);
    assert_eq!(kinds(scene.fetch().await), ["chat_member"]);
}

#[tokio::test]
async fn an_unknown_kind_and_a_malformed_message_spoil_nothing_else() {
    let scene = scene().await;
    scene.api.inject(&json!({"something_new": {"a": 1}}));
    scene.api.inject(&json!({"message": {"odd": true}}));
    scene.api.write(scene.group, scene.ann, "fine");
    let updates = scene.fetch().await;
    assert!(
        matches!(updates[0].kind, UpdateKind::Error(_)) && matches!(updates[1].kind, UpdateKind::Error(_))
    );
    assert_eq!(texts(&updates[2..]), ["fine"]);
}

#[tokio::test]
async fn a_confirmed_update_can_be_delivered_again_under_its_id() {
    let scene = scene().await;
    scene.api.write(scene.group, scene.ann, "one");
    let first = scene.fetch().await;
    assert!(scene.api.redeliver(first[0].id.0.into()));
    let again = scene.bot.get_updates().timeout(0).offset(offset(&first[0])).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(scene.bot.get_updates().timeout(0).offset(offset(&first[0])).await.unwrap(), []);
}

#[tokio::test]
async fn a_held_update_arrives_after_later_ones() {
    let scene = scene().await;
    scene.api.hold_updates();
    scene.api.write(scene.group, scene.ann, "early");
    let held = scene.api.stop_holding();
    scene.api.write(scene.group, scene.ann, "late");
    let later = scene.fetch().await;
    assert_eq!(texts(&later), ["late"]);
    assert!(scene.api.release(held[0]));
    let released = scene.bot.get_updates().timeout(0).offset(offset(&later[0])).await.unwrap();
    assert_eq!(
        (texts(&released), released[0].id),
        (vec!["early"], UpdateId(u32::try_from(held[0]).unwrap()))
    );
}

#[tokio::test]
async fn an_update_nobody_fetches_for_a_day_is_gone() {
    let scene = scene().await;
    scene.api.write(scene.group, scene.ann, "old");
    scene.api.advance(Duration::from_secs(24 * 60 * 60 + 1));
    assert_eq!(scene.fetch().await, []);
}

#[tokio::test]
async fn another_token_is_unauthorised_and_another_method_not_found() {
    let scene = scene().await;
    let url = scene.api.url();
    let status = async |path: &str| reqwest::get(format!("{url}{path}")).await.unwrap().status().as_u16();
    assert_eq!(status("/bot1:AAwrong/getMe").await, 401);
    assert_eq!(status(&format!("/bot{}/GETME", scene.api.token())).await, 200);
    assert_eq!(status(&format!("/bot{}/getNothing", scene.api.token())).await, 404);
    scene.api.set_token("7000000001:BBnew");
    let refused = scene.bot.get_me().await;
    assert!(matches!(refused, Err(RequestError::Api(ApiError::InvalidToken))), "{refused:?}");
}
