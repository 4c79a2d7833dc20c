//! A desk that keeps everything on a database server.

use std::process::Output;
use std::time::Duration;

use futures::future::join_all;
use serde_json::Value;

use crate::harness::{Crowd, Desk, PASSWORD, PATIENCE, STORIES, Server, Team, free_port};

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Everything that a command has said.
fn said(output: &Output) -> String {
    text(&output.stdout) + &text(&output.stderr)
}

#[tokio::test]
async fn the_whole_story_is_told_by_a_server_too() {
    let desk = Desk::on_a_server().await.with("SLA_ESCALATION_NUDGE", "1s").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("truck 12 has a flat tyre").await;
    let number = &card.number;
    assert_eq!(team.press(team.dora, &card, "Claim").await, format!("You have claimed {number}."));
    team.press(team.dora, &card, "Escalate").await;
    team.says("requires manager attention").await;
    team.says(&format!("{number} has been awaiting a manager")).await;
    team.press(team.max, &card, "Claim escalation").await;
    team.press(team.max, &card, "Back to level 1").await;
    team.press(team.dave, &card, "Claim").await;
    team.resolve(team.dave, &card, "Replaced the tyre").await;
    team.says(&format!("✅ {number} has been marked as resolved!")).await;
    let ledger = desk.close().await;
    let facts = [
        "created",
        "acknowledged",
        "escalated",
        "reminder_sent",
        "acknowledged",
        "deescalated",
        "acknowledged",
        "resolution_requested",
        "resolved",
    ];
    assert_eq!(ledger.incident(number).facts(), facts);
}

#[tokio::test]
async fn every_command_works_on_a_server_or_says_what_to_use() {
    let mut desk = Desk::prepared().keeping_in(Server::new(false).await);
    let before = desk.run(&["export"]).await;
    assert_eq!(before.status.code(), Some(1), "{}", said(&before));
    assert!(said(&before).contains("has schema 0") && said(&before).contains("migrate"), "{}", said(&before));
    let migrated = desk.run(&["migrate"]).await;
    assert_eq!(migrated.status.code(), Some(0), "{}", said(&migrated));
    assert_eq!(desk.export().await, "");
    let checked = desk.run(&["check-config"]).await;
    assert_eq!(checked.status.code(), Some(0), "{}", said(&checked));
    assert!(said(&checked).contains("DATABASE_URL = postgres://"), "{}", said(&checked));
    let copied = desk.run(&["backup", "--to", "monday.db"]).await;
    assert_eq!(copied.status.code(), Some(2), "{}", said(&copied));
    assert!(said(&copied).contains("pg_dump") && !desk.path("monday.db").exists(), "{}", said(&copied));
    for output in [before, migrated, checked, copied] {
        assert!(!said(&output).contains(PASSWORD), "{}", said(&output));
    }
    desk.run_again();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.finish(&card).await;
    desk.quiet().await;
    let verified = desk.run(&["verify"]).await;
    assert_eq!(verified.status.code(), Some(0), "{}", said(&verified));
    desk.close().await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_without_the_password() {
    let url = format!("postgres://desk:{PASSWORD}@127.0.0.1:{}/incidents", free_port());
    let desk = Desk::prepared().with("DATABASE_URL", url);
    for arguments in [["serve"], ["migrate"], ["export"], ["verify"]] {
        let output = desk.run(&arguments).await;
        let complaint = said(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {complaint}");
        assert!(complaint.contains("the database incidents on 127.0.0.1"), "{complaint}");
        assert!(!complaint.contains(PASSWORD), "{complaint}");
    }
}

#[tokio::test]
async fn connections_that_end_in_the_middle_of_a_story_cost_nothing() {
    let desk = Desk::on_a_server().await.with("SLA_UNCLAIMED_NUDGE", "3s").start();
    let mut crowd = Crowd::new(Team::working(&desk.api).await, 8);
    for number in 0..20 {
        crowd.expect(format!("problem number {number}."), STORIES[number % STORIES.len()]);
    }
    let ending = async {
        for _ in 0..20 {
            desk.server().database.end_connections().await;
            tokio::time::sleep(Duration::from_millis(150)).await;
        }
    };
    tokio::join!(crowd.live(), ending);
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), crowd.lives.len());
    for life in &crowd.lives {
        let entry = ledger.incident(life.number.as_ref().expect("it was posted"));
        assert!(life.is_told_by(entry), "{:?} became {:?}", life.steps, entry.facts());
    }
}

#[tokio::test]
async fn with_very_few_connections_nobody_waits_for_who_waits() {
    let desk = Desk::on_a_server().await.with("DATABASE_CONNECTIONS", 2).start();
    let mut crowds = Vec::new();
    for group in 0..4 {
        let mut crowd = Crowd::new(Team::working_as(&desk.api, &format!("_{group}")).await, 8);
        for number in 0..8 {
            crowd.expect(format!("problem {number} of group {group}."), STORIES[number % 4]);
        }
        crowds.push(crowd);
    }
    join_all(crowds.iter_mut().map(Crowd::live)).await;
    desk.quiet().await;
    let log = desk.log();
    let late: Vec<&str> = log.lines().filter(|line| line.contains("no connection was to be had")).collect();
    assert_eq!(late, [""; 0]);
    desk.close().await;
}

/// Asks a desk how it is.
pub(crate) async fn ready(address: &str) -> Value {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client can be built");
    let Ok(answer) = client.get(format!("http://{address}/health/ready")).send().await else {
        return Value::Null;
    };
    let body = answer.text().await.expect("the answer is text");
    serde_json::from_str(&body).expect("readiness is JSON")
}

/// Waits until something that must be asked for is so.
pub(crate) async fn until(what: &str, so: impl AsyncFn() -> bool) {
    let looking = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    assert!(found.is_ok(), "waited in vain for {what}");
}
