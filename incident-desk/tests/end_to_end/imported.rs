//! A desk that takes the place of another bot with the same token: the cards that bot has pinned go on as ours.

use std::fs;

use rusqlite::{Connection, params};

use crate::harness::{Card, Desk, Team};

const TABLES: &str = "
    CREATE TABLE groups (group_id INTEGER PRIMARY KEY, group_name TEXT, manager_handles TEXT,
        manager_user_ids TEXT, dispatcher_user_ids TEXT);
    CREATE TABLE users (user_id INTEGER PRIMARY KEY, telegram_handle TEXT, team_role TEXT);
    CREATE TABLE incidents (incident_id TEXT PRIMARY KEY, group_id INTEGER, pinned_message_id INTEGER, status TEXT,
        created_by_id INTEGER, created_by_handle TEXT, description TEXT, t_created TEXT, claimed_by_t1_id INTEGER);";

#[tokio::test]
async fn the_pinned_message_of_the_old_bot_becomes_the_card() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    team.report("flat tyre").await;
    desk.quiet().await;
    let pinned = desk.query_text("SELECT message FROM messages WHERE kind = 'card'");
    desk.stop().await;
    // From here on it is the message of another bot, of which this desk has never heard.
    for suffix in ["", "-wal", "-shm"] {
        let file = desk.path(&format!("desk.db{suffix}"));
        assert!(fs::remove_file(&file).is_ok() || !file.exists(), "{}", file.display());
    }
    let old = Connection::open(desk.path("old.db")).expect("it opens");
    old.execute_batch(TABLES).expect("the tables are made");
    let lists = (format!("[{}]", team.max), format!("[{}]", team.dora));
    let groups = "INSERT INTO groups VALUES (?1, 'Drivers', '[]', ?2, ?3)";
    old.execute(groups, params![team.chat, lists.0, lists.1]).expect("it is written");
    let incidents =
        "INSERT INTO incidents VALUES ('TKT-2025-0042', ?1, ?2, 'Unclaimed', ?3, '@driver1', 'flat tyre',
        '2025-03-01T10:00:00', NULL)";
    old.execute(incidents, params![team.chat, pinned, team.drivers[0]]).expect("it is written");
    drop(old);

    let refused = desk.run(&["import", "raisedash", "missing.db"]).await;
    assert_eq!(refused.status.code(), Some(1));
    let imported = desk.run(&["import", "raisedash", "old.db"]).await;
    let said = String::from_utf8_lossy(&imported.stdout);
    assert_eq!(imported.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&imported.stderr));
    assert!(said.contains("TKT-2025-0042 is now TKT-2025-0001: open"), "{said}");

    desk.run_again();
    let card = Card { chat: team.chat, number: "TKT-2025-0001".to_owned() };
    team.shows(&card, "UNCLAIMED").await;
    let running = desk.run(&["import", "raisedash", "old.db"]).await;
    let said = String::from_utf8_lossy(&running.stderr);
    assert_eq!(running.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by incident-desk") && said.contains("stop that first"), "{said}");
    team.finish(&card).await;
    desk.quiet().await;
    assert_eq!(desk.query_text("SELECT message FROM messages WHERE kind = 'card'"), pinned);
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 1);
}
