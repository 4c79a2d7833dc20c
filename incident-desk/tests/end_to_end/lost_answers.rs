//! Telegram does what it was asked, and the answer is lost. What was sent once cannot be taken back, so a card
//! may exist twice: one that is known, and an orphan that goes away as soon as anybody presses it.

use std::time::Duration;

use adapter_telegram::testkit::{Fault, Message};
use futures::future::join_all;

use crate::harness::{Allow, Card, Desk, Team};

fn cards(desk: &Desk, team: &Team, number: &str) -> Vec<Message> {
    let messages = desk.api.messages(team.chat);
    messages.into_iter().filter(|message| message.text.contains(&format!("{number}\nReported by"))).collect()
}

/// Loses the answer to the posting of a card and waits for the second one.
async fn doubled(desk: &Desk, team: &Team, fault: Fault) -> (Card, Message, Message) {
    desk.quiet().await;
    desk.api.fail_next("sendMessage", fault);
    let asked = team.write(team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    team.pinned(&card).await;
    let both = cards(desk, team, &card.number);
    let [orphan, known] = both.as_slice() else {
        panic!("not two cards\n{}", desk.api.transcript(team.chat))
    };
    assert_eq!((orphan.pinned, known.pinned, orphan.labels()), (false, true, known.labels()));
    (card, orphan.clone(), known.clone())
}

#[tokio::test]
async fn an_orphaned_card_works_once_and_is_then_taken_away() {
    for fault in [Fault::ResetAfter, Fault::ErrorAfter] {
        let desk = Desk::started();
        let team = Team::working(&desk.api).await;
        let (card, orphan, known) = doubled(&desk, &team, fault).await;
        let query =
            desk.api.press(team.chat, team.dora, orphan.id, "Claim").expect("the orphan has its button");
        let answer = desk.api.wait_answer(&query).await;
        assert_eq!(answer.text, format!("You have claimed {}.", card.number));
        let gone = |world: &adapter_telegram::testkit::World| {
            world.message(team.chat, orphan.id)?.deleted.then_some(())
        };
        desk.api.wait_until(gone, "the orphan to be taken away").await;
        team.resolve(team.dora, &card, "Replaced the tyre").await;
        assert_eq!(card.message(&desk.api).id, known.id);
        desk.close().await;
    }
}

#[tokio::test]
async fn an_orphan_that_nobody_presses_stays_behind_and_does_no_harm() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let (card, orphan, _) = doubled(&desk, &team, Fault::ResetAfter).await;
    team.finish(&card).await;
    let late = desk.api.press(team.chat, team.dave, orphan.id, "Claim").expect("the orphan has its button");
    let refused = format!("❌ Not possible now. {}: Resolved.", card.number);
    assert_eq!(desk.api.wait_answer(&late).await.text, refused);
    let gone =
        |world: &adapter_telegram::testkit::World| world.message(team.chat, orphan.id)?.deleted.then_some(());
    desk.api.wait_until(gone, "the orphan to be taken away").await;
    let (card, _, _) = doubled(&desk, &team, Fault::ErrorAfter).await;
    team.finish(&card).await;
    desk.close_allowing(Allow { orphans: 1, ..Allow::default() }).await;
}

#[tokio::test]
async fn an_edit_a_pin_or_an_unpin_whose_answer_is_lost_is_found_done() {
    for fault in [Fault::ResetAfter, Fault::ErrorAfter] {
        let desk = Desk::started();
        let team = Team::working(&desk.api).await;
        desk.quiet().await;
        for method in ["pinChatMessage", "editMessageText", "unpinChatMessage", "answerCallbackQuery"] {
            desk.api.fail_next(method, fault.clone());
        }
        let card = team.report("flat tyre").await;
        team.finish(&card).await;
        desk.quiet().await;
        let methods = ["pinChatMessage", "editMessageText", "unpinChatMessage", "answerCallbackQuery"];
        assert!(methods.iter().all(|method| !desk.api.still_to_fail(method)));
        assert_eq!(cards(&desk, &team, &card.number).len(), 1);
        desk.close().await;
    }
}

#[tokio::test]
async fn a_notice_whose_answer_is_lost_is_said_twice_and_happened_once() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    team.press(team.dora, &card, "Claim").await;
    desk.quiet().await;
    desk.api.fail_next("sendMessage", Fault::ResetAfter);
    team.press(team.dora, &card, "Escalate").await;
    let pages = |world: &adapter_telegram::testkit::World| {
        let page = |message: &&Message| message.text.contains("requires manager attention");
        (world.messages(team.chat).filter(page).count() == 2).then_some(())
    };
    desk.api.wait_until(pages, "the page to be repeated").await;
    team.press(team.max, &card, "Claim escalation").await;
    desk.quiet().await;
    desk.api.fail_next("sendMessage", Fault::ResetAfter);
    team.press(team.max, &card, "Resolve").await;
    let first = team.question(&card).await;
    let second = |world: &adapter_telegram::testkit::World| {
        world.messages(team.chat).find(|message| message.prompt().is_some() && message.id > first.id).cloned()
    };
    let second = desk.api.wait_until(second, "the question to be repeated").await;
    desk.api.reply(team.chat, team.max, second.id, "Replaced the tyre");
    team.shows(&card, "Summary: Replaced the tyre").await;
    let ledger = desk.close().await;
    let facts = ["created", "acknowledged", "escalated", "acknowledged", "resolution_requested", "resolved"];
    assert_eq!(ledger.incident(&card.number).facts(), facts);
}

/// A story in which one call hangs until the desk gives up on it.
async fn hung(method: &'static str, fault: Fault, orphans: usize) {
    let desk = Desk::started();
    let (team, other) = (Team::working(&desk.api).await, Team::working_as(&desk.api, "_b").await);
    let card = if method == "sendMessage" { None } else { Some(team.report("flat tyre").await) };
    desk.quiet().await;
    desk.api.fail_next(method, fault);
    let card = match card {
        Some(card) => {
            team.push(team.dora, &card, "Claim").await;
            card
        }
        None => {
            let asked = team.write(team.drivers[0], "/new_issue flat tyre");
            team.card_after(asked).await
        }
    };
    // Nobody else waits.
    let elsewhere = other.report("broken axle").await;
    other.finish(&elsewhere).await;
    if method == "sendMessage" {
        team.pinned(&card).await;
        team.push(team.dora, &card, "Claim").await;
    }
    team.shows(&card, "Handled by: @dora").await;
    desk.quiet().await;
    team.resolve(team.dora, &card, "Replaced the tyre").await;
    desk.close_allowing(Allow { orphans, ..Allow::default() }).await;
}

#[tokio::test]
async fn a_call_that_hangs_is_given_up_and_made_again() {
    let long = Some(Duration::from_secs(3_600));
    let stories = [
        ("sendMessage", Fault::Hang(long), 0),
        ("sendMessage", Fault::HangAfter(long), 1),
        ("editMessageText", Fault::Hang(long), 0),
        ("editMessageText", Fault::HangAfter(long), 0),
    ];
    join_all(stories.map(|(method, fault, orphans)| hung(method, fault, orphans))).await;
}
