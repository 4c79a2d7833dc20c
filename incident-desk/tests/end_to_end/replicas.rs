//! Several replicas on one database: one asks Telegram for updates, all deliver, and any of them may die.

use std::time::{Duration, Instant};

use adapter_telegram::testkit::{Call, World};
use futures::future::join_all;
use incident_core::ids::{ChatRef, Platform};
use incident_core::ports::{Address, Listing, Page, Store};
use incident_core::time::Timestamp;
use serde_json::Value;
use store_postgres::{Options, PostgresStore};

use crate::chaos::retire_orphans;
use crate::crashes::{Dice, Words, gather, judge};
use crate::harness::{Crowd, Desk, Team, eventually, free_port};
use crate::servers::{ready, until};

const KILLS: usize = 16;
const GROUPS: usize = 8;
const INCIDENTS_EACH: usize = 6;
const SEED: u64 = 0x3E91_1CA5_0000;
/// How long the whole story may take: what a dead replica has claimed is left alone for a minute.
const BUDGET: Duration = Duration::from_secs(150);
/// How long nobody may ask for updates after a crash: as long as the turn lasts, and a moment to begin.
const TAKEOVER: Duration = Duration::from_secs(10);

/// What a process says when Telegram sends it away because another one polls.
const CONFLICT: &str = "somebody else receives this bot's updates";
const POLLING: &str = "polling for updates";

/// Lists the replicas that have been told that another one polls.
pub(crate) fn sent_away(replicas: &[Desk]) -> usize {
    replicas.iter().filter(|replica| replica.log().contains(CONFLICT)).count()
}

/// Kills a replica again and again, whichever it is, and starts it anew.
async fn assail(replicas: &mut [Desk], dice: &mut Dice) {
    for _ in 0..KILLS {
        tokio::time::sleep(Duration::from_millis(200 + dice.below(600))).await;
        let unlucky = usize::try_from(dice.below(replicas.len() as u64)).expect("a small number");
        replicas[unlucky].crash().await;
    }
}

#[tokio::test]
async fn three_replicas_of_which_one_dies_again_and_again_lose_and_double_nothing() {
    let first = Desk::on_a_server().await.with("SLA_UNCLAIMED_NUDGE", "3s").with("LOG_LEVEL", "info").start();
    let mut replicas = vec![first.replica().start(), first.replica().start()];
    replicas.push(first);
    let api = replicas[0].api.clone();
    let mut dice = Dice(SEED);
    let mut crowds = gather(&api, GROUPS, INCIDENTS_EACH, &mut dice).await;
    let begun = Instant::now();
    let story = async {
        tokio::join!(join_all(crowds.iter_mut().map(Crowd::live)), assail(&mut replicas, &mut dice))
    };
    let lived = tokio::time::timeout(BUDGET, story).await;
    let stuck: Vec<String> = crowds.iter().flat_map(Crowd::unfinished).collect();
    assert!(lived.is_ok(), "{} incidents are not through: {stuck:#?}", stuck.len());
    eprintln!(
        "{KILLS} kills of three replicas, {} incidents: {:?}",
        GROUPS * INCIDENTS_EACH,
        begun.elapsed()
    );
    assert_eq!(sent_away(&replicas), 0, "two polled at a time");
    conclude(replicas, &crowds, KILLS).await;
}

/// Waits until several replicas have come to rest, and judges what they leave behind after so many kills.
pub(crate) async fn conclude(mut replicas: Vec<Desk>, crowds: &[Crowd], kills: usize) {
    let api = replicas[0].api.clone();
    replicas[0].quiet().await;
    let orphans = retire_orphans(&replicas[0], &crowds[0].team).await;
    let known = replicas[0].sent();
    let overtaken: usize = replicas.iter().map(|replica| count(&replica.log(), "overtaken")).sum();
    let first = replicas.pop().expect("there are several");
    for mut replica in replicas {
        replica.stop().await;
        replica.assert_no_secret();
    }
    let ledger = first.close().await;
    let reported: usize = crowds.iter().map(|crowd| crowd.lives.len()).sum();
    assert_eq!(ledger.incidents.len(), reported, "every report is an incident, once");
    let Words { lost, unpaged, missing } = judge(crowds, &ledger, &api, &known);
    let missing = unpaged + missing;
    eprintln!(
        "{orphans} orphaned cards, {lost} notices said twice because their answer died with the process, \
         {missing} of {overtaken} overtaken before they could be said"
    );
    // A kill can strike at most one card and one notice of each chat between its sending and its noting.
    assert!(orphans <= kills * crowds.len() && lost <= kills * crowds.len());
    // What is missing was overtaken; a kill can strike before that is in the log.
    let noted = overtaken..=overtaken + kills;
    assert!(noted.contains(&missing), "{missing} are missing, {overtaken} were overtaken");
}

fn count(log: &str, word: &str) -> usize {
    log.lines().filter(|line| line.contains(word)).count()
}

/// Two replicas, of which the first polls, and where the second says how it is.
async fn two() -> (Desk, Desk, String) {
    let first = Desk::on_a_server().await.start();
    first.logged(POLLING).await;
    let address = format!("127.0.0.1:{}", free_port());
    let second = first.replica().with("HTTP_ADDR", &address).start();
    let stands_by = async || {
        let ready = ready(&address).await;
        let why = ready["polling"]["why"].as_str().unwrap_or_default();
        ready["ready"] == Value::Bool(true) && why.starts_with("standing by")
    };
    until("the second to stand by, ready", stands_by).await;
    (first, second, address)
}

#[tokio::test]
async fn when_the_one_that_polls_is_killed_another_one_takes_over_within_the_turn() {
    let (mut first, second, address) = two().await;
    let team = Team::working(&first.api).await;
    let card = team.report("flat tyre").await;
    first.quiet().await;
    first.kill().await;
    let killed = Instant::now();
    let reported = team.write(team.drivers[0], "/new_issue broken axle");
    second.logged(POLLING).await;
    assert!(killed.elapsed() < TAKEOVER, "{:?}", killed.elapsed());
    team.card_after(reported).await;
    let why = ready(&address).await["polling"]["why"].as_str().unwrap_or_default().to_owned();
    assert!(!why.starts_with("standing by"), "{why}");
    team.finish(&card).await;
    assert!(!second.log().contains(CONFLICT));
    let ledger = second.close().await;
    assert_eq!(ledger.incidents.len(), 2);
}

#[tokio::test]
async fn the_one_that_polls_hands_over_when_it_is_asked_to_stop() {
    let (mut first, mut second, _) = two().await;
    let holder = || first.server().rows("SELECT holder FROM duties WHERE name LIKE 'telegram:%'");
    let before = holder();
    assert_eq!(before.len(), 1);
    let server = first.replica();
    first.stop().await;
    assert_ne!(
        server.server().rows("SELECT holder FROM duties WHERE name LIKE 'telegram:%'"),
        before,
        "nobody need wait for the end"
    );
    second.logged(POLLING).await;
    first.run_again();
    first.logged("the database is open").await;
    second.stop().await;
    let again = || (count(&first.log(), POLLING) == 2).then_some(());
    eventually("the first to poll again", again).await;
    let team = Team::working(&first.api).await;
    let card = team.report("flat tyre").await;
    team.finish(&card).await;
    assert!(!first.log().contains(CONFLICT) && !second.log().contains(CONFLICT));
    first.close().await;
}

#[tokio::test]
async fn what_another_replica_owes_is_delivered_at_once() {
    let desk = Desk::on_a_server().await.start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    let url = &desk.server().url;
    let other = PostgresStore::connect(url, Options::default()).await.expect("a replica opens the database");
    let company = other.companies().await.expect("companies are listed")[0];
    let page = Page { after: None, limit: 1 };
    let filed = other.list(company, &Listing::default(), page).await.expect("incidents are listed");
    let chat = ChatRef::new(Platform::Telegram, team.chat.to_string());
    let begun = Instant::now();
    for round in 0..6 {
        let at = Timestamp::from_micros(round);
        other
            .owe_card(company, filed[0].incident.id, &Address::own(chat.clone()), at)
            .await
            .expect("a card is owed");
        desk.quiet().await;
    }
    // Looking by itself, it would need half of five seconds on average.
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    team.finish(&card).await;
    desk.close().await;
}

#[tokio::test]
async fn by_webhook_all_receive_and_none_stands_by() {
    let ports = [free_port(), free_port()];
    let address = |port| format!("127.0.0.1:{port}");
    let hooked = |desk: Desk, port| {
        desk.with("TELEGRAM_WEBHOOK_URL", format!("http://{}/telegram", address(port)))
            .with("TELEGRAM_WEBHOOK_ADDR", address(port))
            .with("TELEGRAM_WEBHOOK_SECRET", "a-webhook-secret-of-the-tests_0123456789")
    };
    let mut first = hooked(Desk::on_a_server().await, ports[0]).start();
    let team = Team::working(&first.api).await;
    let card = team.report("flat tyre").await;
    // The second one names itself as the place to call, as whoever starts last does.
    let second = hooked(first.replica(), ports[1]).start();
    let named = |world: &World| {
        let place = format!("http://{}/telegram", address(ports[1]));
        let named = |call: &&Call| call.params["url"] == *place && call.outcome == "ok";
        world.calls().iter().find(named).map(drop)
    };
    first.api.wait_until(named, "the second to name itself").await;
    team.finish(&card).await;
    assert!(first.log().contains("handled") && second.log().contains("handled"), "each has received");
    first.stop().await;
    assert_eq!(second.api.count("getUpdates"), 0);
    assert_eq!(second.server().rows("SELECT * FROM duties WHERE name LIKE 'telegram:%'"), [""; 0]);
    second.close().await;
}
