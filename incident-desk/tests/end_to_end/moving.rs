//! Everything moves to another database, with the real binary: what is told there is what was told here, nobody starts
//! on half of it, and the story goes on.

use std::process::Output;

use crate::harness::{Crowd, Desk, PASSWORD, STORIES, Server, Team};

/// Everything that a command has said, which never is the password.
fn said(output: &Output) -> String {
    let said =
        [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(!said.contains(PASSWORD), "{said}");
    said
}

async fn migrate(desk: &Desk, from: &str, to: &str) -> Output {
    desk.run(&["migrate", "--from", from, "--to", to]).await
}

async fn moves(desk: &Desk, from: &str, to: &str) -> String {
    let output = migrate(desk, from, to).await;
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("all rows are the same in both"), "{said}");
    said
}

async fn refuses(desk: &Desk, (from, to): (&str, &str), status: i32, words: &str) {
    let output = migrate(desk, from, to).await;
    let said = said(&output);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert!(said.contains(words), "{words:?} in {said}");
}

async fn assert_verified(desk: &Desk) {
    let output = desk.run(&["verify"]).await;
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
}

/// Lets two groups live through every story, and leaves something open.
async fn a_past(desk: &Desk) -> Team {
    let teams = [Team::working(&desk.api).await, Team::working_as(&desk.api, "_2").await];
    for team in &teams {
        let mut crowd = Crowd::new(team.clone(), 8);
        for (number, story) in STORIES.iter().enumerate() {
            crowd.expect(format!("problem {number} 👩‍🔧 {{e\u{301}}} 你好"), story);
        }
        crowd.live().await;
    }
    let [team, other] = teams;
    other.write(other.drivers[1], "/new_issue \u{202E}backwards\u{202C} \"and\u{7}\\n\" مرحبا");
    other.says("⟨U+202E⟩backwards").await;
    desk.quiet().await;
    team
}

#[tokio::test]
async fn a_desk_moves_to_a_server_and_back_and_tells_the_same() {
    let mut desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "3s").start();
    let team = a_past(&desk).await;
    let open = team.report_by(team.drivers[1], "flat tyre").await;
    desk.quiet().await;
    let server = Server::new(false).await;
    let url = server.url.clone();
    refuses(&desk, ("sqlite:desk.db", &url), 1, "is in use by incident-desk").await;
    let rehearsed = desk.run(&["migrate", "--from", "sqlite:desk.db", "--to", &url, "--dry-run"]).await;
    let listed = said(&rehearsed);
    assert!(listed.contains("incidents: 12 rows") && listed.contains("nothing was copied"), "{listed}");
    desk.stop().await;

    let here = desk.export().await;
    let told = moves(&desk, "sqlite:desk.db", &url).await;
    assert!(told.contains("all 12 incidents are what their journals tell"), "{told}");
    assert!(told.contains("incidents: 12 of 12 rows copied"), "{told}");
    let mut desk = desk.keeping_in(server);
    assert_eq!(desk.export().await, here);
    assert_verified(&desk).await;

    // The story goes on there, and comes back.
    desk.run_again();
    team.finish(&open).await;
    team.report_by(team.drivers[2], "broken axle").await;
    desk.quiet().await;
    refuses(&desk, (&url, "sqlite:back.db"), 1, "is in use by a desk").await;
    desk.stop().await;
    let there = desk.export().await;
    assert_ne!(there, here);
    moves(&desk, &url, "sqlite:back.db").await;
    desk.assert_no_secret();
    let desk = desk.with("DATABASE_URL", "sqlite:back.db");
    assert_eq!(desk.export().await, there);
    assert_verified(&desk).await;
    refuses(&desk, (&url, "sqlite:back.db"), 1, "the target is not empty").await;
    refuses(&desk, ("sqlite:back.db", &url), 1, "the target is not empty").await;
    refuses(&desk, ("sqlite:back.db", "sqlite:back.db"), 2, "are the same database").await;
    let wrong = format!("postgres://desk:{PASSWORD}@db:port/x");
    refuses(&desk, ("sqlite:back.db", &wrong), 2, "the URL of --to is no URL of a PostgreSQL database").await;
}

#[tokio::test]
async fn killed_in_the_middle_a_move_goes_on_and_until_its_end_no_desk_starts() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.finish(&card).await;
    desk.quiet().await;
    desk.stop().await;
    let here = desk.export().await;
    let server = Server::new(true).await;
    let url = server.url.clone();
    let held = server.database.hold("LOCK TABLE events IN SHARE MODE").await;
    let mut moving = desk.begin(&["migrate", "--from", "sqlite:desk.db", "--to", &url]);
    server.database.waiting(1).await;
    moving.kill().await.expect("it can be killed");
    held.release().await;
    assert_eq!(server.database.rows("SELECT count(*) > 0 FROM incidents").await, ["t"]);

    let copied = desk.run(&["backup", "--to", "other.db"]).await;
    assert_eq!(copied.status.code(), Some(0), "{}", said(&copied));
    let desk = desk.keeping_in(server);
    for command in ["serve", "export", "verify"] {
        let output = desk.run(&[command]).await;
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("is an unfinished copy of sqlite:/") && said.contains("desk.db"), "{said}");
    }
    refuses(&desk, ("sqlite:other.db", &url), 1, "the target is an unfinished copy of sqlite:/").await;
    let told = moves(&desk, "sqlite:desk.db", &url).await;
    assert!(told.contains("going on with a copy that was interrupted"), "{told}");
    assert_eq!(desk.export().await, here);
    assert_verified(&desk).await;
}
