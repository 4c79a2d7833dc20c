//! A copy put in place of a database: it is in order, and the story goes on from where the copy was made.

use std::fs;

use crate::harness::{Desk, Team};

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
