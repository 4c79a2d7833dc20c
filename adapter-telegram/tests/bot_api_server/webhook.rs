//! Webhook delivery to a little server of the test's own.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use teloxide::prelude::*;

use super::{Scene, refusal, scene};

/// The secret an update came with, and the update.
type Posted = (Option<String>, Value);

#[derive(Clone, Default)]
struct Received {
    updates: Arc<Mutex<Vec<Posted>>>,
    refusals: Arc<Mutex<u32>>,
}

async fn take(State(received): State<Received>, headers: HeaderMap, body: String) -> StatusCode {
    let mut refusals = received.refusals.lock().expect("no test panics with it");
    if *refusals > 0 {
        *refusals -= 1;
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    let secret = headers.get("X-Telegram-Bot-Api-Secret-Token").and_then(|value| value.to_str().ok());
    let update = serde_json::from_str(&body).expect("an update is JSON");
    received.updates.lock().expect("no test panics with it").push((secret.map(str::to_owned), update));
    StatusCode::OK
}

/// Starts the bot's end and returns its address.
async fn listen(received: Received) -> reqwest::Url {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let router = Router::new().route("/hook", post(take)).with_state(received);
    tokio::spawn(async move { axum::serve(listener, router).await });
    url.parse().expect("a URL")
}

async fn hooked() -> (Scene, Received) {
    let (scene, received) = (scene().await, Received::default());
    let url = listen(received.clone()).await;
    scene.bot.set_webhook(url).secret_token("s3cret").await.unwrap_or_else(|why| panic!("{why}"));
    (scene, received)
}

#[tokio::test]
async fn updates_are_posted_in_order_with_the_secret() {
    let (scene, received) = hooked().await;
    for text in ["one", "two", "three"] {
        scene.api.write(scene.group, scene.ann, text);
    }
    scene.api.wait_confirmed().await;
    let updates = received.updates.lock().unwrap();
    let text = |(secret, update): &Posted| (secret.clone(), update["message"]["text"].clone());
    let expected = ["one", "two", "three"].map(|text| (Some("s3cret".to_owned()), Value::from(text)));
    assert_eq!(updates.iter().map(text).collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_refused_update_is_posted_again_before_the_next_of_its_chat() {
    let (scene, received) = hooked().await;
    *received.refusals.lock().unwrap() = 2;
    scene.api.write(scene.group, scene.ann, "one");
    let first = scene.api.last_update();
    scene.api.write(scene.group, scene.ann, "two");
    scene.api.wait_confirmed().await;
    let log: Vec<_> =
        scene.api.webhook_log().iter().map(|attempt| (attempt.update_id - first, attempt.status)).collect();
    assert_eq!(log, [(0, Some(500)), (0, Some(500)), (0, Some(200)), (1, Some(200))]);
    assert_eq!(received.updates.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_update_for_a_bot_that_is_down_waits_for_it() {
    let scene = scene().await;
    let (listener, received) =
        (tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap(), Received::default());
    let address = listener.local_addr().unwrap();
    scene.bot.set_webhook(format!("http://{address}/hook").parse().unwrap()).await.unwrap();
    scene.api.write(scene.group, scene.ann, "one");
    drop(listener.accept().await.unwrap());
    scene.api.wait_until(|world| world.webhook_log().first().cloned(), "a first attempt").await;
    let info = scene.bot.get_webhook_info().await.unwrap();
    assert_eq!((info.pending_update_count, info.last_error_message.is_some()), (1, true));
    let router = Router::new().route("/hook", post(take)).with_state(received.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    scene.api.wait_confirmed().await;
    assert_eq!(received.updates.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn polling_and_a_webhook_exclude_each_other() {
    let (scene, _) = hooked().await;
    let refused = scene.bot.get_updates().timeout(0).await;
    let conflict = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    assert_eq!(refusal(refused), conflict);
    scene.bot.delete_webhook().await.unwrap();
    assert_eq!(scene.bot.get_webhook_info().await.unwrap().url, None);
    scene.api.write(scene.group, scene.ann, "one");
    assert_eq!(scene.fetch().await.len(), 1);
}

#[tokio::test]
async fn pending_updates_can_be_dropped_with_the_webhook() {
    let scene = scene().await;
    scene.api.write(scene.group, scene.ann, "one");
    scene.bot.delete_webhook().drop_pending_updates(true).await.unwrap();
    assert_eq!(scene.fetch().await, []);
}
