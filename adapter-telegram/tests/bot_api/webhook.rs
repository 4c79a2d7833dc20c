//! What comes in by webhook: answered when it is done, and with a failure when it is not.

use std::net::{Ipv4Addr, SocketAddr};

use adapter_telegram::WebhookOptions;
use adapter_telegram::testkit::Delivery;
use incident_core::ports::Messenger;
use secrecy::SecretString;
use serde_json::json;

use super::*;

const SECRET: &str = "a-secret_42";

fn options() -> WebhookOptions {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let addr = listener.local_addr().expect("a bound listener has an address");
    drop(listener);
    WebhookOptions { url: format!("http://{addr}/telegram"), addr, secret: SecretString::from(SECRET) }
}

fn serve(book: &Book, telegram: &Telegram, options: &WebhookOptions) -> Running {
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(book.listener(telegram).run_webhook(options.clone(), stopped.map(drop)));
    Running { stop, task }
}

fn statuses(log: &[Delivery], update: i64) -> Vec<Option<u16>> {
    log.iter().filter(|delivery| delivery.update_id == update).map(|delivery| delivery.status).collect()
}

#[tokio::test]
async fn an_update_is_accepted_when_it_is_done() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    let gate = book.hold_once("first");
    let running = serve(&book, &telegram, &options);
    book.wait_ended("present", 2).await;
    api.write(group, ann, "/status first");
    let first = api.last_update();
    api.write(group, ann, "/status second");
    book.wait_begun("first", 1).await;
    assert_eq!(statuses(&api.webhook_log(), first), []);
    gate.send(()).expect("it waits");
    book.wait_ended("second", 1).await;
    assert_eq!(book.begun(), ["first", "second"]);
    api.wait_confirmed().await;
    assert_eq!(statuses(&api.webhook_log(), first), [Some(200)]);
    running.stop().await;
}

#[tokio::test]
async fn a_failure_is_handed_back_and_the_update_comes_again() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    book.fail_once("first");
    book.fail_once("first");
    let running = serve(&book, &telegram, &options);
    api.write(group, ann, "/status first");
    let first = api.last_update();
    api.write(group, ann, "/status second");
    book.wait_ended("second", 1).await;
    assert_eq!(book.begun(), ["first", "first", "first", "second"]);
    api.wait_confirmed().await;
    assert_eq!(statuses(&api.webhook_log(), first), [Some(503), Some(503), Some(200)]);
    running.stop().await;
}

#[tokio::test]
async fn an_update_that_panics_is_accepted_the_third_time() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    for _ in 0..3 {
        book.panic_once("boom");
    }
    let running = serve(&book, &telegram, &options);
    api.write(group, ann, "/status boom");
    let boom = api.last_update();
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    api.wait_confirmed().await;
    assert_eq!(statuses(&api.webhook_log(), boom), [Some(503), Some(503), Some(200)]);
    running.stop().await;
}

#[tokio::test]
async fn a_press_is_answered() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    book.answer_once("taken", reply("Ann has it."));
    let running = serve(&book, &telegram, &options);
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    let query = api.press_code(group, ann, id_of(&card_ref), "taken");
    assert_eq!(api.wait_answer(&query).await.text, "Ann has it.");
    running.stop().await;
}

#[tokio::test]
async fn only_who_knows_the_secret_is_heard() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    let running = serve(&book, &telegram, &options);
    book.wait_ended("present", 2).await;
    let client = reqwest::Client::builder().no_proxy().build().expect("a client is made");
    let update = json!({"update_id": 1, "message": {
        "message_id": 900, "date": 1_780_000_000, "text": "/status forged",
        "chat": {"id": group, "type": "supergroup", "title": "Drivers"},
        "from": {"id": ann, "is_bot": false, "first_name": "Ann"},
    }});
    let deliver = async |secret: Option<&str>| {
        let mut request = client.post(&options.url).json(&update);
        if let Some(secret) = secret {
            request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        request.send().await.expect("it answers").status().as_u16()
    };
    for wrong in [None, Some(""), Some("a-secret_4"), Some("a-secret_43"), Some("A-secret_42")] {
        assert_eq!(deliver(wrong).await, 401, "{wrong:?}");
    }
    assert_eq!(book.begun(), [""; 0]);
    assert_eq!(deliver(Some(SECRET)).await, 200);
    assert_eq!(book.begun(), ["forged"]);
    let looked = client.get(&options.url).send().await.expect("it answers").status();
    assert_eq!(looked.as_u16(), 404);
    drop(api);
    running.stop().await;
}

#[tokio::test]
async fn what_cannot_be_read_is_accepted_once_and_left() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    let running = serve(&book, &telegram, &options);
    book.wait_ended("present", 2).await;
    let broken = api.inject(&json!({"message": {"some fields": "are missing"}})).expect("it is wanted");
    api.write(group, ann, "/status after");
    book.wait_ended("after", 1).await;
    api.wait_confirmed().await;
    assert_eq!(statuses(&api.webhook_log(), broken), [Some(200)]);
    running.stop().await;
}

#[tokio::test]
async fn an_end_finishes_what_is_under_way() {
    let Scene { api, telegram, ann, group } = scene();
    let (book, options) = (Book::new(), options());
    let gate = book.hold_once("first");
    let running = serve(&book, &telegram, &options);
    book.wait_ended("present", 2).await;
    api.write(group, ann, "/status first");
    let first = api.last_update();
    book.wait_begun("first", 1).await;
    let Running { stop, task } = running;
    stop.send(()).expect("the listener runs");
    gate.send(()).expect("it waits");
    task.await.expect("it does not panic").expect("it ends well");
    api.wait_confirmed().await;
    assert_eq!(statuses(&api.webhook_log(), first), [Some(200)]);
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let Scene { api: _server, telegram, .. } = scene();
    let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let addr: SocketAddr = taken.local_addr().expect("a bound listener has an address");
    let options = WebhookOptions { addr, ..options() };
    let ended = Book::new().listener(&telegram).run_webhook(options, futures::future::pending()).await;
    assert!(matches!(&ended, Err(ListenError::Bind { addr: named, .. }) if *named == addr), "{ended:?}");
}

#[tokio::test]
async fn a_webhook_that_telegram_refuses_is_told() {
    let Scene { api: _server, telegram, .. } = scene();
    let options = WebhookOptions { secret: SecretString::from("not allowed!"), ..options() };
    let ended = Book::new().listener(&telegram).run_webhook(options, futures::future::pending()).await;
    let reason = "Bad Request: secret token contains unallowed characters";
    assert!(matches!(&ended, Err(ListenError::Webhook { reason: given }) if given == reason), "{ended:?}");
}

#[tokio::test]
async fn a_bot_whose_token_is_revoked_ends_and_says_so() {
    let Scene { api, telegram, group, .. } = scene();
    let (book, options) = (Book::new(), options());
    let running = serve(&book, &telegram, &options);
    book.wait_ended("present", 2).await;
    api.set_token("7000000001:AnotherToken");
    let sent = telegram.post(&place(group), &card("NEW")).await;
    assert!(sent.is_err());
    let ended = running.task.await.expect("it does not panic");
    assert!(matches!(ended, Err(ListenError::Unauthorised { .. })), "{ended:?}");
}
