//! A copy put in place of a database: it is in order, and the story goes on from where the copy was made.

use std::fs;
use std::process::{Command, Output};

use store_postgres::testkit::program;

use crate::harness::{Desk, Server, Team};

#[tokio::test]
async fn a_copy_of_a_living_desk_can_be_put_in_its_place_and_the_story_goes_on() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let done = team.report("broken axle").await;
    team.finish(&done).await;
    desk.quiet().await;
    let copy = desk.path("monday.db");
    let made = desk.run(&["backup", "--to", copy.to_str().expect("a temporary path is text")]).await;
    assert_eq!(made.status.code(), Some(0), "{}", String::from_utf8_lossy(&made.stderr));
    assert_verified(&desk, 0).await;

    // What happens after the copy is lost with the database.
    team.push(team.dora, &card, "Claim").await;
    team.shows(&card, "Handled by: @dora").await;
    desk.quiet().await;
    desk.kill().await;
    for suffix in ["", "-wal", "-shm"] {
        let file = desk.path(&format!("desk.db{suffix}"));
        assert!(fs::remove_file(&file).is_ok() || !file.exists(), "{}", file.display());
    }
    fs::copy(&copy, desk.database()).expect("the copy is put in place");
    assert_verified(&desk, 0).await;

    desk.run_again();
    team.write(team.dora, &format!("/status {}", card.number));
    team.shows(&card, "UNCLAIMED").await;
    team.finish(&card).await;
    team.report("engine smokes").await;
    desk.quiet().await;
    assert_verified(&desk, 0).await;
    assert_eq!(desk.query("UPDATE incidents SET cycle = 2 WHERE seq = 1 RETURNING cycle"), 2);
    assert_verified(&desk, 1).await;
    assert_eq!(desk.query("UPDATE incidents SET cycle = 1 WHERE seq = 1 RETURNING cycle"), 1);
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 3);
}

async fn assert_verified(desk: &Desk, differences: i32) {
    let output = desk.run(&["verify"]).await;
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(differences.min(1)), "{told}");
    assert!(told.ends_with(&format!("differences: {differences}\n")), "{told}");
}

#[tokio::test]
async fn a_dump_of_a_server_is_restored_to_the_same() {
    let desk = Desk::on_a_server().await.start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let done = team.report("broken axle").await;
    team.finish(&done).await;
    desk.quiet().await;
    let dump = desk.path("monday.dump");
    let dumping = Command::new(program("pg_dump"))
        .args(["--format=custom", "--file"])
        .arg(&dump)
        .arg(desk.server().database.url())
        .output();
    assert_done(&dumping.expect("pg_dump starts"));
    let before = desk.export().await;

    // What happens after the dump is not in it.
    team.push(team.dora, &card, "Claim").await;
    team.shows(&card, "Handled by: @dora").await;
    desk.quiet().await;
    let server = Server::new(false).await;
    let url = server.database.url();
    let restoring =
        Command::new(program("pg_restore")).args(["--no-owner", "--dbname", url]).arg(&dump).output();
    assert_done(&restoring.expect("pg_restore starts"));
    let restored = Desk::prepared().keeping_in(server);
    assert_eq!(restored.export().await, before);
    assert_verified(&restored, 0).await;
    let sql = "UPDATE incidents SET cycle = 2 WHERE seq = 1 RETURNING cycle";
    assert_eq!(restored.query(sql), 2);
    assert_verified(&restored, 1).await;
    desk.close().await;
}

fn assert_done(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
