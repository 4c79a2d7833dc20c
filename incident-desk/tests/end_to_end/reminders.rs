//! What is due comes when it is due, once, whatever happened to the process meanwhile.

use std::time::Duration;

use adapter_telegram::testkit::World;
use tokio::time::Instant;

use crate::harness::{Card, Desk, Team};

/// How late a reminder may be on a machine that is busy with other tests.
const LATENESS: Duration = Duration::from_millis(1_500);

fn nudging(unclaimed: &str, escalated: &str) -> Desk {
    Desk::prepared().with("SLA_UNCLAIMED_NUDGE", unclaimed).with("SLA_ESCALATION_NUDGE", escalated)
}

fn reminders(world: &World, team: &Team, card: &Card, words: &str) -> usize {
    let about = |text: &str| text.contains(&card.number) && text.contains(words);
    world.messages(team.chat).filter(|message| about(&message.text)).count()
}

async fn reminded(desk: &Desk, team: &Team, card: &Card, (words, times): (&str, usize)) {
    let seen = |world: &World| (reminders(world, team, card, words) >= times).then_some(());
    desk.api.wait_until(seen, &format!("reminder {times} about {}", card.number)).await;
}

/// Lets some time pass in which nothing may happen.
async fn calm(time: Duration) {
    tokio::time::sleep(time).await;
}

#[tokio::test]
async fn an_unclaimed_incident_is_brought_up_exactly_when_due_and_once() {
    let desk = nudging("2s", "15m").start();
    let team = Team::working(&desk.api).await;
    let asked = Instant::now();
    let card = team.report("flat tyre").await;
    reminded(&desk, &team, &card, ("has been unclaimed for", 1)).await;
    let after = asked.elapsed();
    assert!(after >= Duration::from_secs(2), "too early: {after:?}");
    assert!(after < Duration::from_secs(2) + LATENESS, "too late: {after:?}");
    let told = team.says("has been unclaimed").await;
    assert_eq!(told.text, format!("🔔 {} has been unclaimed for 0 minutes. Please review.", card.number));
    assert_eq!(told.reply_to, Some(card.message(&desk.api).id));
    calm(Duration::from_millis(2_500)).await;
    assert_eq!(desk.api.read(|world| reminders(world, &team, &card, "has been unclaimed")), 1);
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(&card.number).facts(), ["created", "reminder_sent"]);
}

#[tokio::test]
async fn a_claim_in_time_spares_the_reminder_and_leaving_starts_the_wait_anew() {
    let desk = nudging("2s", "15m").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.press(team.dora, &card, "Claim").await;
    calm(Duration::from_millis(2_500)).await;
    assert_eq!(desk.api.read(|world| reminders(world, &team, &card, "has been unclaimed")), 0);
    let left = Instant::now();
    team.press(team.dora, &card, "Leave").await;
    reminded(&desk, &team, &card, ("has been unclaimed", 1)).await;
    assert!(left.elapsed() >= Duration::from_secs(2), "the wait starts when it is left");
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Leave").await;
    reminded(&desk, &team, &card, ("has been unclaimed", 2)).await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(&card.number).count("reminder_sent"), 2);
}

#[tokio::test]
async fn a_reminder_that_fell_due_while_the_desk_was_dead_comes_once_after_its_start() {
    let mut desk = nudging("1s", "15m").start();
    let team = Team::working(&desk.api).await;
    let cards = [team.report("flat tyre").await, team.report("broken axle").await];
    desk.quiet().await;
    desk.kill().await;
    calm(Duration::from_millis(2_500)).await;
    let said = desk
        .api
        .read(|world| cards.each_ref().map(|card| reminders(world, &team, card, "has been unclaimed")));
    desk.run_again();
    for card in &cards {
        reminded(&desk, &team, card, ("has been unclaimed", 1)).await;
    }
    desk.quiet().await;
    desk.crash().await;
    calm(Duration::from_millis(1_500)).await;
    for card in &cards {
        let times = desk.api.read(|world| reminders(world, &team, card, "has been unclaimed"));
        assert_eq!(times, 1, "said before the crash: {said:?}\n{}", desk.api.transcript(team.chat));
    }
    let ledger = desk.close().await;
    for card in &cards {
        assert_eq!(ledger.incident(&card.number).facts(), ["created", "reminder_sent"]);
    }
}

#[tokio::test]
async fn an_escalation_that_nobody_takes_pages_the_managers_again() {
    let desk = nudging("15m", "2s").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    let told = team.says("has been awaiting a manager").await;
    let words = format!("🔔 {} has been awaiting a manager for 0 minutes.\n@max, @mona", card.number);
    assert_eq!(told.text, words);
    team.press(team.max, &card, "Claim escalation").await;
    team.press(team.max, &card, "Leave").await;
    reminded(&desk, &team, &card, ("has been awaiting a manager", 2)).await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(&card.number).count("reminder_sent"), 2);
}

#[tokio::test]
async fn a_summary_that_does_not_come_is_asked_for_once_more_and_either_question_may_be_answered() {
    let desk = Desk::prepared().with("SUMMARY_REMINDER", "1s").start();
    let team = Team::working(&desk.api).await;
    let mut cards = Vec::new();
    for description in ["flat tyre", "broken axle"] {
        let card = team.report(description).await;
        team.press(team.dora, &card, "Claim").await;
        team.press(team.dora, &card, "Resolve").await;
        let first = team.question(&card).await;
        cards.push((card, first));
    }
    for (answered_first, (card, first)) in [true, false].into_iter().zip(&cards) {
        reminded(&desk, &team, card, ("is still outstanding", 1)).await;
        let again = team.question(card).await;
        let words = format!(
            "@dora, the resolution summary for {} is still outstanding. Please reply to this message with it.",
            card.number
        );
        assert_eq!(again.text, words);
        let to = if answered_first { first.id } else { again.id };
        desk.api.reply(team.chat, team.dora, to, "All good again");
        team.shows(card, "Summary: All good again").await;
    }
    let ledger = desk.close().await;
    for (card, _) in &cards {
        assert_eq!(ledger.incident(&card.number).count("reminder_sent"), 1);
    }
}

#[tokio::test]
async fn without_a_wait_a_summary_is_asked_for_once() {
    let desk = Desk::prepared().with("SUMMARY_REMINDER", "off").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Resolve").await;
    team.question(&card).await;
    desk.quiet().await;
    let wake = "SELECT count(*) FROM incidents WHERE wake_at IS NOT NULL";
    assert_eq!(desk.query(wake), 0);
    desk.close().await;
}

#[tokio::test]
async fn a_wait_that_was_changed_holds_for_incidents_that_were_there_before() {
    let mut desk = nudging("1h", "15m").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.stop().await;
    let mut desk = desk.with("SLA_UNCLAIMED_NUDGE", "1s");
    desk.run_again();
    reminded(&desk, &team, &card, ("has been unclaimed", 1)).await;
    desk.close().await;
}
