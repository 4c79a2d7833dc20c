//! The process as its operator meets it: settings, signals, health, copies.

use std::fs;
use std::process::Output;
use std::time::Duration;

use adapter_telegram::testkit::Fault;
use serde_json::Value;

use crate::harness::{Desk, Ledger, Team, free_port};
use crate::operators;

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[tokio::test]
async fn without_a_token_it_says_which_variable_is_missing_and_that_there_is_a_sandbox() {
    let desk = Desk::prepared().without("TELEGRAM_BOT_TOKEN");
    for arguments in [[].as_slice(), &["serve"], &["check-config"]] {
        let output = desk.run(arguments).await;
        let complaint = complaint(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        assert!(complaint.contains("TELEGRAM_BOT_TOKEN"), "{complaint}");
        assert!(complaint.contains("sandbox"), "{complaint}");
    }
    assert!(!desk.database().exists(), "nothing is created before the settings are right");
}

#[tokio::test]
async fn every_wrong_setting_is_named_at_once() {
    let desk = Desk::prepared()
        .with("SLA_UNCLAIMED_NUDGE", "ten minutes")
        .with("SLA_ESCALATION_NUDGE_MINUTES", "0")
        .with("PLATFORM_ADMIN_IDS", "1,two")
        .with("WORKFLOW", "waterfall")
        .with("TELEGRAM_API_URL", "ftp://example.org")
        .with("DATABASE_URL", "postgres://desk:short-and-secret@localhost:port/desk")
        .with("HTTP_ADDR", "everywhere")
        .with("TELEGRAM_BOT_TOKEN", "1234:short-and-secret");
    for arguments in [[].as_slice(), &["check-config"], &["export"], &["migrate"]] {
        let output = desk.run(arguments).await;
        let complaint = complaint(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {complaint}");
        for name in [
            "SLA_UNCLAIMED_NUDGE",
            "SLA_ESCALATION_NUDGE_MINUTES",
            "PLATFORM_ADMIN_IDS",
            "WORKFLOW",
            "TELEGRAM_API_URL",
            "DATABASE_URL",
            "HTTP_ADDR",
            "TELEGRAM_BOT_TOKEN",
        ] {
            assert!(complaint.contains(name), "{name} in {complaint}");
        }
        assert!(!complaint.contains("short-and-secret"), "{complaint}");
    }
}

#[tokio::test]
async fn check_config_shows_every_setting_and_no_secret() {
    let desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "90s");
    fs::write(
        desk.path("incident-desk.toml"),
        "sla_escalation_nudge = \"1h\"\nsla_unclaimed_nudge = \"5m\"\n",
    )
    .expect("the file is written");
    fs::write(desk.path(".env"), "WORKFLOW=two_tier_shared\n").expect("the file is written");
    let output = desk.run(&["check-config"]).await;
    let text = said(&output);
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    for shown in ["SLA_UNCLAIMED_NUDGE", "1m30s", "SLA_ESCALATION_NUDGE", "1h", "two_tier_shared", ".env"] {
        assert!(text.contains(shown), "{shown} in {text}");
    }
    assert!(!text.contains("AAExampleToken"), "{text}");
}

#[tokio::test]
async fn version_and_help_say_what_they_should() {
    let desk = Desk::prepared();
    let version = desk.run(&["--version"]).await;
    assert_eq!(said(&version), format!("incident-desk {}\n", env!("CARGO_PKG_VERSION")));
    let help = said(&desk.run(&["--help"]).await);
    for word in ["serve", "sandbox", "check-config", "migrate", "backup", "export", "verify", "import"] {
        assert!(help.contains(word), "{word} in {help}");
    }
    assert_eq!(desk.run(&["dance"]).await.status.code(), Some(2));
}

#[tokio::test]
async fn asked_to_stop_it_finishes_the_round_and_loses_nothing() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    for round in 0..3 {
        let texts: Vec<String> = (0..4).map(|number| format!("problem {round}.{number}.")).collect();
        for text in &texts {
            team.write(team.drivers[round], &format!("/new_issue {text}"));
        }
        team.says(&format!("Issue: problem {round}.0.")).await;
        desk.stop().await;
        desk.run_again();
        for text in &texts {
            team.says(&format!("Issue: {text}")).await;
        }
    }
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 12);
}

#[tokio::test]
async fn asked_to_stop_while_telegram_hangs_it_stops_in_time() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.api.slow(team.chat, Duration::from_secs(3));
    team.push(team.dora, &card, "Claim").await;
    team.shows(&card, "Handled by: @dora").await;
    desk.stop().await;
    desk.api.calm();
    desk.run_again();
    team.resolve(team.dora, &card, "Replaced the tyre").await;
    desk.close().await;
}

#[tokio::test]
async fn health_and_metrics_are_served_apart() {
    let address = format!("127.0.0.1:{}", free_port());
    let desk = Desk::prepared().with("HTTP_ADDR", &address).start();
    let client =
        reqwest::Client::builder().no_proxy().build().expect("a client without options can be built");
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.finish(&card).await;
    desk.quiet().await;
    let get = async |path: &str| {
        let answer = client.get(format!("http://{address}{path}")).send().await.expect("the desk answers");
        (answer.status().as_u16(), answer.text().await.expect("the answer is text"))
    };
    assert_eq!(get("/health/live").await, (200, "ok".to_owned()));
    let (status, body) = get("/health/ready").await;
    let ready: Value = serde_json::from_str(&body).expect("readiness is JSON");
    assert_eq!((status, &ready["ready"]), (200, &Value::Bool(true)), "{body}");
    for sign in ["database", "polling", "timer_lag_seconds"] {
        assert_eq!(ready[sign]["ok"], Value::Bool(true), "{body}");
    }
    let (status, metrics) = get("/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "telegram_updates_total{kind=\"callback_query\"} 2",
        "deliveries_total{lane=\"card\",outcome=\"done\"}",
        "effects_owed",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert_eq!(get("/anything").await.0, 404);
    let known = operators::names(&metrics);
    let unknown: Vec<String> =
        operators::asked_for(&["telegram"]).into_iter().filter(|name| !known.contains(name)).collect();
    assert_eq!(unknown, Vec::<String>::new(), "the files in deploy/ ask for metrics that there are");
    let asked = desk.run(&["health"]).await;
    assert_eq!((asked.status.code(), said(&asked).trim()), (Some(0), body.as_str()), "{}", complaint(&asked));
    let desk = desk.with("HTTP_ADDR", format!("127.0.0.1:{}", free_port()));
    let nobody = desk.run(&["health"]).await;
    assert_eq!(nobody.status.code(), Some(1));
    assert!(complaint(&nobody).contains("does not answer at HTTP_ADDR"), "{}", complaint(&nobody));
    desk.close().await;
}

#[tokio::test]
async fn a_second_desk_on_the_same_database_is_refused() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let second = desk.run(&["serve"]).await;
    let complaint = complaint(&second);
    assert_eq!(second.status.code(), Some(1), "{complaint}");
    assert!(complaint.contains("desk.db"), "{complaint}");
    team.finish(&card).await;
    desk.close().await;
}

#[tokio::test]
async fn a_backup_is_made_while_the_desk_runs_and_tells_the_same() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.finish(&card).await;
    team.report("broken axle").await;
    desk.quiet().await;
    let copy = desk.path("monday.db");
    let name = copy.to_str().expect("a temporary path is text");
    let made = desk.run(&["backup", "--to", name]).await;
    assert_eq!(made.status.code(), Some(0), "{}", complaint(&made));
    let again = desk.run(&["backup", "--to", name]).await;
    assert_ne!(again.status.code(), Some(0), "a backup overwrites nothing");
    let original = desk.export().await;
    let desk = desk.with("DATABASE_URL", format!("sqlite:{name}"));
    let copied = desk.export().await;
    assert_eq!(original, copied);
    assert_eq!(Ledger::read(&copied).incidents.len(), 2);
    let migrated = desk.run(&["migrate"]).await;
    assert_eq!(migrated.status.code(), Some(0), "{}", complaint(&migrated));
    let database = desk.database();
    let desk = desk.with("DATABASE_URL", format!("sqlite:{}", database.display()));
    desk.close().await;
}

#[tokio::test]
async fn an_export_goes_to_a_file_and_overwrites_none() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    team.report("flat tyre").await;
    desk.quiet().await;
    let file = desk.path("all.jsonl");
    let name = file.to_str().expect("a temporary path is text");
    assert_eq!(desk.run(&["export", "--out", name]).await.status.code(), Some(0));
    let written = fs::read_to_string(&file).expect("the export was written");
    assert_eq!(written, desk.export().await);
    assert_eq!(desk.run(&["export", "--out", name]).await.status.code(), Some(1));
    desk.close().await;
}

#[tokio::test]
async fn what_is_no_database_of_ours_is_left_alone() {
    let desk = Desk::prepared();
    fs::write(desk.database(), "these are somebody's notes").expect("the file is written");
    for arguments in [["serve"], ["migrate"], ["export"]] {
        let output = desk.run(&arguments).await;
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", complaint(&output));
    }
    assert_eq!(fs::read(desk.database()).expect("it is still there"), b"these are somebody's notes");
}

#[tokio::test]
async fn logs_as_json_name_the_update_from_which_something_came() {
    let desk = Desk::prepared().with("LOG_FORMAT", "json").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.finish(&card).await;
    desk.quiet().await;
    let log = desk.log();
    for line in log.lines() {
        let line: Result<Value, _> = serde_json::from_str(line);
        assert!(line.is_ok(), "{line:?}");
    }
    assert!(log.contains("telegram:7000000001:7300000"), "{log}");
    desk.close().await;
}

#[tokio::test]
async fn credentials_stay_out_of_the_log_however_much_is_logged() {
    let everything = "trace,reqwest=trace,hyper=trace,hyper_util=trace,rustls=trace,h2=trace";
    for format in ["text", "json"] {
        let desk = Desk::prepared().with("LOG_LEVEL", everything).with("LOG_FORMAT", format).start();
        let team = Team::working(&desk.api).await;
        desk.api.fail_next("sendMessage", Fault::ResetBefore);
        desk.api.fail_next("editMessageText", Fault::BadGateway);
        let card = team.report("flat tyre").await;
        team.finish(&card).await;
        assert!(desk.log().contains("TRACE"), "the log holds everything");
        desk.close().await;
    }
}

#[tokio::test]
async fn the_sandbox_tells_the_story_without_a_token_or_a_network() {
    let desk = Desk::prepared().without("TELEGRAM_BOT_TOKEN").without("TELEGRAM_API_URL");
    let database = desk.path("sandbox.db");
    let name = database.to_str().expect("a temporary path is text");
    let lines =
        "@driver new_issue flat tyre\n@dispatcher 1\n@dispatcher 3\n@dispatcher reply Replaced it\nquit\n";
    let first = desk.run_typing(&["sandbox", "--db", name, "--fresh"], lines).await;
    assert_eq!(first.status.code(), Some(0), "{}", complaint(&first));
    let told = said(&first);
    for words in ["NEW INCIDENT", "IN PROGRESS", "AWAITING SUMMARY", "Summary: Replaced it"] {
        assert!(told.contains(words), "{words} in {told}");
    }
    let second = desk.run_typing(&["sandbox", "--db", name], "@driver new_issue broken axle\nquit\n").await;
    assert!(said(&second).contains("-0002"), "{}", said(&second));
    assert_eq!(desk.api.calls().len(), 0);
}
