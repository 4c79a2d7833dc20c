//! Where the desk works and where it does not: topics, private chats, plain groups, and people nobody sees.

use serde_json::json;

use crate::harness::{Desk, Team};

#[tokio::test]
async fn in_a_forum_everything_stays_in_the_topic_of_the_report() {
    let desk = Desk::started();
    let team = Team::found(&desk.api, "", |berta| desk.api.forum("Drivers", berta));
    team.configure().await;
    let topic = desk.api.topic(team.chat, team.berta, "Night shift");
    let asked = desk.api.write_in(team.chat, topic, team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    team.pinned(&card).await;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Escalate").await;
    team.press(team.max, &card, "Claim escalation").await;
    team.press(team.max, &card, "Resolve").await;
    let question = team.question(&card).await;
    desk.api.reply(team.chat, team.max, question.id, "Replaced the tyre");
    team.says("has been marked as resolved").await;
    desk.quiet().await;
    let bot = desk.api.bot_id();
    let astray: Vec<String> = desk
        .api
        .messages(team.chat)
        .into_iter()
        .filter(|message| message.id > asked && message.from == bot && message.thread != Some(topic))
        .map(|message| message.text)
        .collect();
    assert_eq!(astray, [""; 0], "{}", desk.api.transcript(team.chat));
    desk.close().await;
}

#[tokio::test]
async fn a_closed_topic_sends_the_card_to_the_group_rather_than_nowhere() {
    let desk = Desk::started();
    let team = Team::found(&desk.api, "", |berta| desk.api.forum("Drivers", berta));
    team.configure().await;
    let topic = desk.api.topic(team.chat, team.berta, "Night shift");
    let asked = desk.api.write_in(team.chat, topic, team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    let (old, claim) = (card.message(&desk.api).id, team.code(&card, "Claim").await);
    desk.quiet().await;
    desk.api.close_topic(team.chat, team.berta, topic, true);
    desk.api.delete(team.chat, old);
    // Somebody's screen still shows it.
    let query = desk.api.press_code(team.chat, team.dora, old, &claim);
    desk.api.wait_answer(&query).await;
    let shown = team.shows(&card, "Handled by: @dora").await;
    assert_eq!((shown.thread, shown.id > old), (None, true));
    team.resolve(team.dora, &card, "Replaced the tyre").await;
    desk.close().await;
}

#[tokio::test]
async fn commands_for_groups_are_refused_in_private() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let private = desk.api.start_private(team.berta);
    desk.api.wait_said(private, "/new_issue <description>").await;
    let only = "❌ This command only works in groups.";
    for command in [
        "/new_issue flat tyre",
        "/configure_managers @max",
        "/add_dispatcher @dora",
        "/register_driver",
        "/status 1",
    ] {
        let asked = desk.api.write(private, team.berta, command);
        let told = desk.api.wait_until(
            |world| world.messages(private).find(|message| message.id > asked).cloned(),
            "an answer in private",
        );
        assert_eq!(told.await.text, only, "{command}");
    }
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 0);
}

#[tokio::test]
async fn whoever_cannot_be_seen_is_asked_to_write_as_themselves() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let hidden = "❌ I cannot see who you are. Please write as yourself, not as the group or a channel.";
    for command in ["/new_issue flat tyre", "/add_dispatcher @dora", "/configure_managers @dora"] {
        let asked = desk.api.write_anonymously(team.chat, command);
        assert_eq!(team.said_after(asked, "").await.text, hidden, "{command}");
    }
    let asked = desk.api.write_as_channel(team.chat, -1_001_234, "/new_issue flat tyre");
    assert_eq!(team.said_after(asked, "").await.text, hidden);
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 0);
}

#[tokio::test]
async fn other_bots_are_not_listened_to() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let robot = desk.api.other_bot("Robot", "robot_bot");
    desk.api.join(team.chat, robot);
    let written = desk.api.write(team.chat, robot, "/new_issue flat tyre");
    let message = desk.api.json_of(team.chat, written).expect("it was written");
    desk.api.inject(&json!({"message": message}));
    let card = team.report("broken axle").await;
    let refused = team.press(robot, &card, "Claim").await;
    assert_eq!(refused, "❌ Bots cannot do this.");
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 1);
}

#[tokio::test]
async fn a_command_for_another_bot_or_in_the_middle_of_a_sentence_is_none() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    for text in
        ["/new_issue@other_bot flat tyre", "please use /new_issue flat tyre", "hello everybody", "/dance"]
    {
        team.write(team.drivers[0], text);
    }
    let card = team.report("broken axle").await;
    assert!(card.number.ends_with("-0001"));
    desk.close().await;
}

#[tokio::test]
async fn a_small_group_works_without_the_bot_being_an_administrator() {
    let desk = Desk::started();
    let api = &desk.api;
    let team = Team::found(api, "", |berta| api.group("Drivers", berta));
    api.demote_bot(team.chat, team.berta);
    team.configure().await;
    let asked = team.write(team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    let told = team.says("I cannot pin messages in this group").await;
    assert!(told.text.starts_with("⚠️ I cannot pin messages in this group. Incidents work all the same"));
    team.finish(&card).await;
    desk.quiet().await;
    let times = desk.api.messages(team.chat).iter().filter(|message| message.text == told.text).count();
    assert_eq!(times, 1, "it is told once");
    desk.close().await;
}
