//! HTTP details a well-behaved client never shows.

use adapter_telegram::testkit::BotApi;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn connect(api: &BotApi) -> TcpStream {
    TcpStream::connect(api.url().trim_start_matches("http://")).await.expect("the server listens")
}

/// Sends requests on one connection, the last of which must close it, and returns everything answered.
async fn exchange(api: &BotApi, requests: &str) -> String {
    let mut stream = connect(api).await;
    stream.write_all(requests.as_bytes()).await.expect("the server reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("the server answers");
    answer
}

#[tokio::test]
async fn a_chunked_body_and_a_second_request_on_the_connection_are_understood() {
    let api = BotApi::start();
    let ann = api.user("Ann", None);
    let chat = api.start_private(ann);
    let token = api.token();
    let (first, second) = (format!("chat_id={chat}&te"), "xt=hello");
    let chunked = format!(
        "POST /bot{token}/sendMessage HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\n\
         Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\n\r\n",
        first.len(),
        second.len()
    );
    let closing = format!("GET /bot{token}/getMe HTTP/1.1\r\nconnection: close\r\n\r\n");
    let answers = exchange(&api, &(chunked + &closing)).await;
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2, "{answers}");
    assert_eq!(api.messages(chat).last().map(|message| message.text.as_str()), Some("hello"));
}

#[tokio::test]
async fn a_path_outside_the_bot_api_is_not_found() {
    let api = BotApi::start();
    let answer = exchange(&api, "GET /health HTTP/1.1\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
}

#[tokio::test]
async fn half_a_request_harms_nobody_else() {
    let api = BotApi::start();
    let mut stream = connect(&api).await;
    stream.write_all(b"POST /bot1:A/sendMessage HTTP/1.1\r\ncontent-length: 100\r\n\r\nhalf").await.unwrap();
    drop(stream);
    let me = format!("GET /bot{}/getMe HTTP/1.1\r\nconnection: close\r\n\r\n", api.token());
    assert!(exchange(&api, &me).await.starts_with("HTTP/1.1 200 OK\r\n"));
}
