//! Cards that are deleted, rights that are taken away, groups that move, and groups that throw the bot out.

use std::time::Duration;

use adapter_telegram::testkit::World;

use crate::harness::{Allow, Desk, Team};

#[tokio::test]
async fn a_deleted_card_is_posted_and_pinned_anew_at_the_next_change() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let old = card.message(&desk.api);
    let claim = team.code(&card, "Claim").await;
    desk.quiet().await;
    desk.api.delete(team.chat, old.id);
    desk.api.press_code(team.chat, team.dora, old.id, &claim);
    let new = team.shows(&card, "Handled by: @dora").await;
    assert!(new.id > old.id);
    team.pinned(&card).await;
    team.resolve(team.dora, &card, "Replaced the tyre").await;
    assert_eq!(card.message(&desk.api).id, new.id);
    desk.close().await;
}

#[tokio::test]
async fn asking_for_the_status_brings_a_deleted_card_back() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.api.delete(team.chat, card.message(&desk.api).id);
    team.write(team.drivers[1], &format!("/status {}", card.number));
    team.pinned(&card).await;
    team.finish(&card).await;
    desk.close().await;
}

#[tokio::test]
async fn a_card_that_was_unpinned_by_hand_ends_like_any_other() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.api.unpin(team.chat, card.message(&desk.api).id);
    team.finish(&card).await;
    desk.close().await;
}

#[tokio::test]
async fn a_lost_right_to_pin_is_told_once_and_work_goes_on_until_it_is_back() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let first = team.report("flat tyre").await;
    desk.quiet().await;
    desk.api.let_bot_pin(team.chat, team.berta, false);
    let words = "I cannot pin messages in this group";
    team.says(words).await;
    let mut cards = Vec::new();
    for description in ["broken axle", "no brakes"] {
        let asked = team.write(team.drivers[1], &format!("/new_issue {description}"));
        cards.push(team.card_after(asked).await);
    }
    team.finish(&cards[0]).await;
    desk.quiet().await;
    let told =
        |world: &World| world.messages(team.chat).filter(|message| message.text.contains(words)).count();
    assert_eq!(desk.api.read(told), 1);
    assert!(!cards[1].message(&desk.api).pinned);
    desk.api.let_bot_pin(team.chat, team.berta, true);
    team.pinned(&cards[1]).await;
    team.finish(&cards[1]).await;
    team.finish(&first).await;
    assert_eq!(desk.api.read(told), 1);
    desk.close().await;
}

#[tokio::test]
async fn a_right_that_turns_out_to_be_missing_is_told_once() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    desk.quiet().await;
    desk.api.hold_updates();
    desk.api.let_bot_pin(team.chat, team.berta, false);
    assert_eq!(desk.api.stop_holding().len(), 1, "the announcement is held back");
    let mut cards = Vec::new();
    for description in ["broken axle", "no brakes"] {
        let asked = team.write(team.drivers[1], &format!("/new_issue {description}"));
        cards.push(team.card_after(asked).await);
        team.says("I cannot pin messages in this group").await;
    }
    for card in &cards {
        team.finish(card).await;
    }
    let told = desk.api.messages(team.chat);
    assert_eq!(told.iter().filter(|message| message.text.contains("I cannot pin")).count(), 1);
    // The announcement stays held, as if lost.
    desk.api.let_bot_pin(team.chat, team.berta, true);
    desk.close_allowing(Allow { unconfirmed: 1, ..Allow::default() }).await;
}

#[tokio::test]
async fn a_muted_bot_says_what_it_owes_when_it_may_again() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    team.press(team.dora, &card, "Claim").await;
    desk.quiet().await;
    desk.api.mute_bot(team.chat, true);
    team.push(team.dora, &card, "Escalate").await;
    let refused = |world: &World| {
        let mut calls = world.calls().iter();
        calls.find(|call| call.chat == Some(team.chat) && call.outcome.starts_with("400")).map(|_| ())
    };
    desk.api.wait_at_most(Duration::from_secs(10), refused, "a refusal").await;
    desk.api.mute_bot(team.chat, false);
    team.says("requires manager attention").await;
    team.press(team.max, &card, "Claim escalation").await;
    team.resolve(team.max, &card, "Replaced the tyre").await;
    desk.close().await;
}

/// Goes on with the story after the group has become a supergroup.
async fn goes_on(desk: Desk, team: Team, card: &crate::harness::Card, new: i64) {
    let (team, card) = (team.moved(new), card.moved(new));
    team.pinned(&card).await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    team.says("requires manager attention").await;
    team.press(team.max, &card, "Claim escalation").await;
    team.resolve(team.max, &card, "Replaced the tyre").await;
    let second = team.report_by(team.drivers[1], "broken axle").await;
    team.finish(&second).await;
    let ledger = desk.close().await;
    assert_eq!(ledger.rosters.len(), 1);
    let facts = [
        "created",
        "channel_migrated",
        "acknowledged",
        "escalated",
        "acknowledged",
        "resolution_requested",
        "resolved",
    ];
    let told: Vec<String> =
        ledger.incident(&card.number).facts().into_iter().filter(|fact| fact != "reminder_sent").collect();
    assert_eq!(told, facts);
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_keeps_its_incidents_and_people() {
    let desk = Desk::started();
    let team = Team::found(&desk.api, "", |berta| desk.api.group("Drivers", berta));
    team.configure().await;
    let asked = team.write(team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    desk.quiet().await;
    let new = desk.api.migrate(team.chat);
    goes_on(desk, team, &card, new).await;
}

#[tokio::test]
async fn a_move_that_only_a_failed_delivery_tells_of_is_followed() {
    let desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "1s").start();
    let team = Team::found(&desk.api, "", |berta| desk.api.group("Drivers", berta));
    team.configure().await;
    let asked = team.write(team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    desk.quiet().await;
    desk.api.hold_updates();
    let new = desk.api.migrate(team.chat);
    let held = desk.api.stop_holding();
    desk.api.wait_said(new, "has been unclaimed").await;
    for update in held {
        assert!(desk.api.release(update));
    }
    goes_on(desk, team, &card, new).await;
}

#[tokio::test]
async fn a_group_that_throws_the_bot_out_is_suspended_and_goes_on_when_it_is_back() {
    let desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "2s").start();
    let team = Team::working(&desk.api).await;
    let (first, second) = (team.report("flat tyre").await, team.report("broken axle").await);
    team.press(team.dora, &first, "Claim").await;
    desk.quiet().await;
    desk.api.kick_bot(team.chat, team.berta);
    desk.quiet().await;
    let calls = desk.api.calls().len();
    // A press on a screen that still shows the card; nothing is written into the group.
    let message = second.message(&desk.api);
    let query = desk.api.press(team.chat, team.dave, message.id, "Claim").expect("a button");
    let refused = desk.api.wait_answer(&query).await.text;
    assert!(
        refused.starts_with("❌ This group is suspended: I was told that I am not in it any more."),
        "{refused}"
    );
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let astray: Vec<_> =
        desk.api.calls().into_iter().skip(calls).filter(|call| call.chat == Some(team.chat)).collect();
    assert!(astray.is_empty(), "{astray:?}");
    desk.api.add_bot(team.chat, team.berta);
    desk.api.promote_bot(team.chat, team.berta);
    team.says(&format!("{} has been unclaimed for", second.number)).await;
    team.resolve(team.dora, &first, "Replaced the tyre").await;
    team.finish(&second).await;
    let ledger = desk.close_allowing(Allow { abandoned: true, ..Allow::default() }).await;
    assert_eq!(ledger.incident(&second.number).count("reminder_sent"), 1);
}

#[tokio::test]
async fn a_removal_that_only_a_failed_delivery_tells_of_suspends_the_group_too() {
    let desk = Desk::prepared().with("SLA_UNCLAIMED_NUDGE", "1s").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.api.hold_updates();
    desk.api.kick_bot(team.chat, team.berta);
    let held = desk.api.stop_holding();
    let suspended = "SELECT count(*) FROM groups WHERE status = 'suspended'";
    crate::harness::eventually("the group to be suspended", || (desk.query(suspended) == 1).then_some(()))
        .await;
    for update in held {
        assert!(desk.api.release(update));
    }
    desk.api.add_bot(team.chat, team.berta);
    desk.api.promote_bot(team.chat, team.berta);
    team.finish(&card).await;
    desk.close_allowing(Allow { abandoned: true, ..Allow::default() }).await;
}
