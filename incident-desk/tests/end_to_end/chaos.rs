//! Everything goes wrong at random, and every incident reaches its end.

use std::time::Duration;

use adapter_telegram::testkit::Fault;

use crate::harness::{Crowd, Desk, Ledger, STORIES, Team};

const SEED: u64 = 20_260_724;
const INCIDENTS: usize = 20;
/// One call in so many fails.
const ONE_IN: f64 = 8.0;

#[tokio::test]
async fn whatever_telegram_does_at_random_every_incident_reaches_its_end() {
    let desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "3s").start();
    let team = Team::working(&desk.api).await;
    let mut crowd = Crowd::new(team.clone(), INCIDENTS);
    for number in 0..INCIDENTS {
        crowd.expect(format!("problem number {number}."), STORIES[number % STORIES.len()]);
    }
    let kinds = [
        Fault::TooManyRequests { retry_after: 1 },
        Fault::ServerError,
        Fault::BadGateway,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::ErrorAfter,
        Fault::HangAfter(Some(Duration::from_millis(200))),
    ];
    desk.api.faults(SEED, 1.0 / ONE_IN, &kinds);
    let lived = tokio::time::timeout(Duration::from_secs(60), crowd.live()).await;
    assert!(lived.is_ok(), "{:#?}\n{}", crowd.unfinished(), desk.api.transcript(team.chat));
    desk.api.calm();
    desk.quiet().await;
    let orphans = retire_orphans(&desk, &team).await;
    eprintln!("{orphans} cards were orphaned and retired");
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), INCIDENTS);
    for life in &crowd.lives {
        let entry = ledger.incident(life.number.as_ref().expect("it was posted"));
        assert!(life.is_told_by(entry), "{:?} became {:?}", life.steps, entry.facts());
    }
}

/// Presses every card that nobody knows of, which takes it away; returns how many there were.
pub(crate) async fn retire_orphans(desk: &Desk, team: &Team) -> usize {
    let ledger = Ledger::of(desk).await;
    let orphans: Vec<(i64, i64, String)> = desk.api.read(|world| {
        let orphans = ledger.orphans(world);
        orphans.iter().map(|orphan| (orphan.chat, orphan.id, orphan.labels()[0].to_owned())).collect()
    });
    for (chat, message, label) in &orphans {
        let query = desk.api.press(*chat, team.dave, *message, label).expect("an orphan has a button");
        desk.api.wait_answer(&query).await;
        let gone =
            |world: &adapter_telegram::testkit::World| world.message(*chat, *message)?.deleted.then_some(());
        desk.api.wait_until(gone, "an orphan to be taken away").await;
    }
    orphans.len()
}
