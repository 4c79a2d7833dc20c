//! Updates as they really come: twice, late, in a strange form, to somebody else, or not at all.

use adapter_telegram::testkit::World;
use serde_json::{Value, json};

use crate::harness::{Desk, Team};

/// Delivers an update once more and waits until it was taken.
async fn again(desk: &Desk, update: i64) {
    assert!(desk.api.redeliver(update));
    desk.quiet().await;
}

#[tokio::test]
async fn an_update_that_is_delivered_twice_counts_once() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    team.write(team.drivers[0], "/new_issue flat tyre");
    let report = desk.api.last_update();
    let card = team.card_after(0).await;
    desk.quiet().await;
    again(&desk, report).await;
    let message = card.message(&desk.api);
    let mut presses = Vec::new();
    for label in ["Claim", "Leave", "Claim"] {
        team.press(team.dora, &card, label).await;
        desk.quiet().await;
        let pressed = desk.api.read(|world| world.answers().last().cloned()).expect("an answer");
        presses.push((desk.api.last_update(), pressed.query));
    }
    for (update, _) in &presses {
        again(&desk, *update).await;
    }
    team.press(team.dora, &card, "Resolve").await;
    let question = team.question(&card).await;
    desk.quiet().await;
    desk.api.reply(team.chat, team.dora, question.id, "Replaced the tyre");
    let summary = desk.api.last_update();
    team.shows(&card, "RESOLVED").await;
    desk.quiet().await;
    again(&desk, summary).await;
    again(&desk, report).await;
    team.write(team.berta, "/add_dispatcher @driver5");
    let grant = desk.api.last_update();
    team.says("@driver5 will be").await;
    desk.quiet().await;
    let told = |world: &World| {
        world.messages(team.chat).filter(|message| message.text.contains("@driver5 will")).count()
    };
    again(&desk, grant).await;
    assert_eq!(desk.api.read(told), 1, "a repeated grant is announced once");
    assert_eq!(card.message(&desk.api).id, message.id);
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 1);
    let facts = [
        "created",
        "acknowledged",
        "released",
        "unassigned",
        "acknowledged",
        "resolution_requested",
        "resolved",
    ];
    assert_eq!(ledger.incident(&card.number).facts(), facts);
}

#[tokio::test]
async fn an_update_that_is_delivered_again_after_a_crash_counts_once() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    team.write(team.drivers[0], "/new_issue flat tyre");
    let report = desk.api.last_update();
    let card = team.card_after(0).await;
    team.press(team.dora, &card, "Claim").await;
    let claim = desk.api.last_update();
    team.press(team.dora, &card, "Leave").await;
    desk.quiet().await;
    desk.kill().await;
    assert!(desk.api.redeliver(report) && desk.api.redeliver(claim));
    desk.run_again();
    team.press(team.dave, &card, "Claim").await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 1);
    let facts = ["created", "acknowledged", "released", "unassigned", "acknowledged"];
    assert_eq!(ledger.incident(&card.number).facts(), facts);
}

#[tokio::test]
async fn an_update_that_comes_late_is_judged_by_how_things_are_then() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    let message = card.message(&desk.api).id;
    let claim = team.code(&card, "Claim").await;
    desk.api.hold_updates();
    let late = desk.api.press_code(team.chat, team.dora, message, &claim);
    team.write(team.drivers[1], "/new_issue broken axle");
    let held = desk.api.stop_holding();
    let early = desk.api.press_code(team.chat, team.dave, message, &claim);
    let number = &card.number;
    assert_eq!(desk.api.wait_answer(&early).await.text, format!("You have claimed {number}."));
    for update in held.into_iter().rev() {
        assert!(desk.api.release(update));
    }
    let answer = desk.api.wait_answer(&late).await.text;
    assert_eq!(answer, format!("Sorry, @dave has already claimed {number}."));
    team.says("Issue: broken axle").await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(number).facts(), ["created", "acknowledged"]);
}

#[tokio::test]
async fn strange_updates_are_left_and_everything_around_them_is_handled() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    desk.quiet().await;
    desk.kill().await;
    let strange: [Value; 9] = [
        json!({"something_new": {"a": 1}}),
        json!({"message": {"odd": true}}),
        json!({"message": null}),
        json!({"message": {"message_id": "seven", "chat": {"id": team.chat}, "date": 0}}),
        json!({"callback_query": {"id": 7}}),
        json!({"callback_query": {"id": "x", "from": {"id": team.dora, "is_bot": false, "first_name": "D"}, "chat_instance": "1"}}),
        json!({"my_chat_member": {"chat": {"id": team.chat}}}),
        json!({"chat_member": []}),
        json!({"message": {"message_id": 9, "chat": {"id": team.chat, "type": "supergroup", "title": "D"}, "date": 99_999_999_999_999_i64}}),
    ];
    let mut descriptions = Vec::new();
    for (number, update) in strange.iter().enumerate() {
        desk.api.inject(update);
        let description = format!("problem after update {number}");
        team.write(team.drivers[number / 5], &format!("/new_issue {description}"));
        descriptions.push(description);
    }
    desk.run_again();
    for description in &descriptions {
        team.says(&format!("Issue: {description}")).await;
    }
    let ledger = desk.close().await;
    let kept: Vec<&str> = ledger.incidents.iter().map(|entry| entry.incident.description.as_str()).collect();
    assert_eq!(kept, descriptions, "in the order in which they were written");
}

#[tokio::test]
async fn a_command_with_something_unknown_in_it_is_a_command_all_the_same() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let written = team.write(team.drivers[0], "hello");
    let mut message = desk.api.json_of(team.chat, written).expect("it was written");
    message["text"] = "/new_issue flat tyre at noon".into();
    message["entities"] = json!([
        {"type": "bot_command", "offset": 0, "length": 10},
        {"type": "date_time", "offset": 24, "length": 4, "unix_time": 0},
    ]);
    message["sparkles"] = json!({"count": 3});
    desk.api.inject(&json!({"message": message}));
    team.says("Issue: flat tyre at noon").await;
    desk.close().await;
}

#[tokio::test]
async fn another_poller_with_the_same_token_is_complained_about_and_survived() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.polling().await;
    desk.api.steal_poll();
    desk.logged("another process polls with the same token").await;
    team.finish(&card).await;
    desk.close().await;
}

#[tokio::test]
async fn a_revoked_token_ends_the_process_with_a_sentence_that_does_not_show_it() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    desk.polling().await;
    desk.api.set_token("7000000001:BBanotherTokenOfTheTestServer000");
    desk.api.steal_poll();
    let status = desk.ended().await;
    assert_eq!(status.code(), Some(1));
    let log = desk.log();
    assert!(log.contains("Telegram does not know the bot: its token is wrong or was revoked"), "{log}");
    desk.assert_no_secret();
    let token = desk.api.token();
    let mut desk = desk.with("TELEGRAM_BOT_TOKEN", token);
    desk.run_again();
    team.finish(&card).await;
    desk.close().await;
}
