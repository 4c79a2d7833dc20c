//! Requests: only Slack's are taken.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use adapter_slack::testkit::Way;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::desk::House;

const JSON: &str = "application/json";

async fn post(house: &House, url: &str, (at, signature): (u64, Option<&str>), body: &str) -> (u16, String) {
    let signed = house.server.sign(&at.to_string(), body);
    let call = reqwest::Client::new()
        .post(url)
        .header("content-type", JSON)
        .header("x-slack-request-timestamp", at.to_string())
        .header("x-slack-signature", signature.unwrap_or(&signed))
        .body(body.to_owned());
    let answer = call.send().await.expect("the listener answers");
    (answer.status().as_u16(), answer.text().await.expect("the answer is text"))
}

#[tokio::test]
async fn a_question_whether_we_are_there_is_answered_and_a_forged_one_is_not() {
    let house = House::new();
    let (running, url) = house.start_http().await;
    house.server.deliver_by(Way::Sockets);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs();
    let question = r#"{"type":"url_verification","challenge":"3eZbrw1a"}"#;
    assert_eq!(post(&house, &url, (now, None), question).await, (200, "3eZbrw1a".to_owned()));
    let forged = house.server.sign(&now.to_string(), "another body");
    assert_eq!(post(&house, &url, (now, Some(&forged)), question).await.0, 401);
    assert_eq!(post(&house, &url, (now, Some("")), question).await.0, 401);
    assert_eq!(post(&house, &url, (now - 400, None), question).await.0, 401);
    assert_eq!(reqwest::get(&url).await.expect("it answers").status().as_u16(), 401);
    running.stop().await;
}

#[tokio::test]
async fn what_is_replayed_counts_once() {
    let house = House::new();
    let (_running, url) = house.start_http().await;
    house.server.deliver_by(Way::Sockets);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is later than 1970").as_secs();
    let event = serde_json::json!({"type": "event_callback", "event_id": "Ev1", "event": {
        "type": "member_left_channel", "user": house.dan, "channel": house.channel,
    }});
    for _ in 0..3 {
        assert_eq!(post(&house, &url, (now, None), &event.to_string()).await.0, 200);
    }
    assert_eq!(house.inbox.kept.lock().expect("nobody panics with it").len(), 1);
}

#[tokio::test]
async fn whoever_says_nothing_is_hung_up_on_and_holds_up_no_end() {
    let house = House::new();
    let (running, url) = house.start_http().await;
    house.server.deliver_by(Way::Sockets);
    let address = url.trim_start_matches("http://").trim_end_matches("/slack").to_owned();
    let connect = || tokio::net::TcpStream::connect(address.clone());
    let mut halfway = connect().await.expect("it listens");
    halfway.write_all(b"POST /slack HTTP/1.1\r\nhost: desk\r\ncontent-len").await.expect("it is heard");
    let mut rest = Vec::new();
    let hung_up = tokio::time::timeout(Duration::from_secs(10), halfway.read_to_end(&mut rest)).await;
    // Whether it says goodbye or not.
    drop(hung_up.expect("the other side hangs up"));
    let silent = connect().await.expect("it listens");
    running.stop().await;
    drop(silent);
}
