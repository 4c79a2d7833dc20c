//! Updates that Telegram delivers by itself.

use std::time::Duration;

use adapter_telegram::testkit::World;
use rusqlite::Connection;

use crate::harness::{Desk, Team, free_port};

const SECRET: &str = "a-webhook-secret-of-the-tests_0123456789";

fn hooked() -> (Desk, String) {
    let port = free_port();
    let address = format!("http://127.0.0.1:{port}");
    let desk = Desk::prepared()
        .with("TELEGRAM_WEBHOOK_URL", format!("{address}/telegram"))
        .with("TELEGRAM_WEBHOOK_ADDR", format!("127.0.0.1:{port}"))
        .with("TELEGRAM_WEBHOOK_SECRET", SECRET);
    (desk, address)
}

#[tokio::test]
async fn the_whole_story_works_by_webhook() {
    let (desk, _) = hooked();
    let desk = desk.start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    team.says("requires manager attention").await;
    team.press(team.max, &card, "Claim escalation").await;
    team.resolve(team.max, &card, "Replaced the tyre").await;
    desk.quiet().await;
    assert_eq!(desk.api.count("getUpdates"), 0);
    desk.close().await;
}

#[tokio::test]
async fn who_does_not_know_the_secret_is_not_listened_to() {
    let (desk, address) = hooked();
    let desk = desk.start();
    let team = Team::working(&desk.api).await;
    let written = team.write(team.drivers[0], "hello");
    let message = desk.api.json_of(team.chat, written).expect("it was written").to_string();
    let forged = message.replace("\"hello\"", "\"/new_issue forged report\"");
    let body = format!("{{\"update_id\":999999999,\"message\":{forged}}}");
    let client =
        reqwest::Client::builder().no_proxy().build().expect("a client without options can be built");
    let post = async |secret: Option<&str>| {
        let request = client.post(format!("{address}/telegram")).body(body.clone());
        let request = match secret {
            Some(secret) => request.header("X-Telegram-Bot-Api-Secret-Token", secret),
            None => request,
        };
        request.send().await.expect("the desk answers").status().as_u16()
    };
    let right_but_longer = format!("{SECRET}x");
    for secret in [None, Some(""), Some("wrong"), Some(&*right_but_longer), Some(&SECRET[1..])] {
        assert_eq!(post(secret).await, 401, "{secret:?}");
    }
    let card = team.report("flat tyre").await;
    assert!(card.number.ends_with("-0001"));
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 1);
}

#[tokio::test]
async fn what_cannot_be_written_down_is_refused_and_delivered_again() {
    let (desk, _) = hooked();
    let desk = desk.start();
    let team = Team::working(&desk.api).await;
    desk.quiet().await;
    let lock = Connection::open(desk.database()).expect("the database opens");
    lock.execute_batch("BEGIN IMMEDIATE").expect("the database can be locked");
    team.write(team.drivers[0], "/new_issue flat tyre");
    let update = desk.api.last_update();
    let refused = |world: &World| {
        let mut log = world.webhook_log().iter();
        log.find(|attempt| attempt.update_id == update && attempt.status == Some(503)).map(|_| ())
    };
    desk.api.wait_at_most(Duration::from_secs(60), refused, "a refusal").await;
    lock.execute_batch("ROLLBACK").expect("the lock can be given back");
    let card = team.card_after(0).await;
    team.pinned(&card).await;
    team.finish(&card).await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 1);
}

#[tokio::test]
async fn deliveries_that_are_repeated_after_a_crash_count_once() {
    let (desk, _) = hooked();
    let mut desk = desk.start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let report = desk.api.last_update();
    desk.quiet().await;
    desk.kill().await;
    team.write(team.drivers[1], "/new_issue broken axle");
    assert!(desk.api.redeliver(report));
    desk.run_again();
    team.says("Issue: broken axle").await;
    team.finish(&card).await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 2);
}
