//! What the files in `deploy/` ask a running desk for.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use crate::harness::{Desk, Team};

const ALERTS: &str = include_str!("../../../deploy/prometheus/alerts.yaml");
const DASHBOARD: &str = include_str!("../../../deploy/grafana/incident-desk.json");

/// What stands in an expression and is not a metric.
const GRAMMAR: [&str; 21] = [
    "sum",
    "max",
    "min",
    "rate",
    "increase",
    "time",
    "by",
    "and",
    "or",
    "le",
    "lane",
    "kind",
    "outcome",
    "method",
    "job",
    "histogram_quantile",
    "up",
    "for",
    "m",
    "h",
    "s",
];

/// Names the metrics of a page that Prometheus would read.
pub(crate) fn names(page: &str) -> BTreeSet<String> {
    let samples = page.lines().filter(|line| !line.starts_with('#'));
    samples.filter_map(|line| line.split(['{', ' ']).next()).map(str::to_owned).collect()
}

/// Names the metrics that the alerts and the dashboard speak of, but for those of platforms that are not served.
pub(crate) fn asked_for(served: &[&str]) -> BTreeSet<String> {
    let alerts = yaml_rust2::YamlLoader::load_from_str(ALERTS).expect("the alerts are YAML");
    let rules = alerts[0]["groups"][0]["rules"].as_vec().expect("there are rules");
    let dashboard: serde_json::Value = serde_json::from_str(DASHBOARD).expect("the dashboard is JSON");
    let panels = dashboard["panels"].as_array().expect("there are panels");
    let drawn = panels.iter().flat_map(|panel| panel["targets"].as_array().expect("a panel shows something"));
    let drawn = drawn.map(|target| target["expr"].as_str().expect("it asks for something").to_owned());
    let watched =
        rules.iter().map(|rule| rule["expr"].as_str().expect("an alert watches something").to_owned());
    let expressions: Vec<String> = watched.chain(drawn).collect();
    assert!(expressions.len() > 30, "{expressions:#?}");
    let all = expressions.iter().flat_map(|expression| metrics(expression));
    let of_another = |name: &str| {
        let mut platforms = ["telegram", "slack", "discord"].into_iter();
        platforms.any(|platform| name.starts_with(platform) && !served.contains(&platform))
    };
    all.filter(|name| !of_another(name)).collect()
}

fn metrics(expression: &str) -> BTreeSet<String> {
    // Every other piece is a text in quotes, of which those that stand for names count.
    let pieces: Vec<&str> = expression.split('"').collect();
    let names = pieces.windows(2).filter(|pair| pair[0].ends_with("__name__=~")).map(|pair| pair[1]);
    let outside = pieces.iter().step_by(2).copied().chain(names);
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words = outside.flat_map(|piece| piece.split(move |c| !word(c)));
    let named = words.filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()));
    named.filter(|word| !GRAMMAR.contains(word)).map(str::to_owned).collect()
}

/// Takes one request, answers it, and returns it as it came.
fn taken(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().expect("somebody connects");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket has a limit");
    let (mut request, mut part) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut part).expect("the request comes in time");
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        // The line of JSON ends the request.
        if read == 0 || text.ends_with("}\n") {
            stream
                .write_all(b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n")
                .expect("it is answered");
            return text;
        }
    }
}

/// Takes one post of metrics, answers it with a status, and returns it as it came.
fn posted(listener: &TcpListener, status: &str) -> String {
    let (mut stream, _) = listener.accept().expect("somebody connects");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket has a limit");
    let (mut request, mut part) = (Vec::new(), [0; 4_096]);
    loop {
        let read = stream.read(&mut part).expect("the request comes in time");
        request.extend_from_slice(&part[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let length = text
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let whole = text.split_once("\r\n\r\n").is_some_and(|(_, body)| Some(body.len()) == length);
        if read == 0 || whole {
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("it is answered");
            return text;
        }
    }
}

#[tokio::test]
async fn metrics_are_posted_again_after_a_failure_and_nobody_waits() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let posts = std::thread::spawn(move || {
        ["500 Internal Server Error", "204 No Content"].map(|status| posted(&listener, status))
    });
    let desk = Desk::prepared()
        .with("METRICS_PUSH_URL", format!("http://127.0.0.1:{port}/push?key=s3cr3t-key"))
        .with("METRICS_PUSH_EVERY", "1s")
        .start();
    let posts = tokio::task::spawn_blocking(move || posts.join()).await.expect("no panic");
    for post in posts.expect("both came") {
        let (head, metrics) = post.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.starts_with("POST /push?key=s3cr3t-key HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: text/plain; version=0.0.4"), "{head}");
        assert!(names(metrics).contains("incidents_created_total"), "{metrics}");
    }
    let team = Team::working(&desk.api).await;
    team.report("flat tyre").await;
    let log = desk.log();
    assert!(log.contains("it was answered with 500") && !log.contains("s3cr3t-key"), "{log}");
    desk.close().await;
}

#[tokio::test]
async fn errors_are_posted_where_the_configuration_says() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let posted = std::thread::spawn(move || taken(&listener));
    let mut desk = Desk::prepared()
        .with("ERROR_HOOK_URL", format!("http://127.0.0.1:{port}/in?key=s3cr3t-key"))
        .with("TELEGRAM_BOT_TOKEN", "7000000001:a-token-that-was-revoked-long-ago")
        .start();
    let status = desk.ended().await;
    assert!(!status.success(), "{status}");
    let request = tokio::task::spawn_blocking(move || posted.join()).await.expect("no panic");
    let request = request.expect("the hook was called");
    let (head, line) = request.split_once("\r\n\r\n").expect("a head and a body");
    assert!(head.starts_with("POST /in?key=s3cr3t-key HTTP/1.1\r\n"), "{head}");
    let line: serde_json::Value = serde_json::from_str(line).expect("one line of JSON");
    assert_eq!(line["level"], "ERROR");
    assert!(line["message"].as_str().is_some_and(|words| words.contains("does not know the bot")), "{line}");
    assert!(!request.contains("a-token-that-was-revoked-long-ago"), "{request}");
    assert!(!desk.log().contains("s3cr3t-key"), "{}", desk.log());
    desk.assert_no_secret();
}
