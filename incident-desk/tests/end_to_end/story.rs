//! The two-tier workflow in one group, from report to summary, as its people see it.

use std::collections::BTreeSet;

use adapter_telegram::testkit::World;
use incident_core::view::{CommandWord, Phrasebook};

use crate::harness::{Desk, Team};

#[tokio::test]
async fn a_report_goes_through_both_tiers_and_back_to_its_summary() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("truck 12\nhas a flat tyre").await;
    let number = &card.number;
    assert!(number.starts_with("TKT-20") && number.ends_with("-0001"), "{number}");
    let posted = card.message(&team.api);
    let lines = [
        &*format!("🚨 NEW INCIDENT: {number}"),
        "Reported by: @driver1",
        "Issue: truck 12",
        "has a flat tyre",
        "Status: 🔥 UNCLAIMED",
    ];
    assert_eq!(
        (posted.text.lines().collect::<Vec<_>>(), posted.labels()),
        (lines.to_vec(), vec!["✅ Claim"])
    );

    assert_eq!(team.press(team.dora, &card, "Claim").await, format!("You have claimed {number}."));
    team.shows(&card, "Handled by: @dora").await;
    assert_eq!(team.press(team.dora, &card, "Escalate").await, format!("{number} is escalated."));
    let page = team.says("requires manager attention").await;
    assert_eq!(page.text, format!("🔔 {number} requires manager attention.\n@max, @mona"));
    assert_eq!(page.reply_to, Some(posted.id));
    assert_eq!(team.press(team.max, &card, "Claim escalation").await, format!("You have claimed {number}."));
    team.shows(&card, "Status: Claimed by a manager").await;
    assert_eq!(team.press(team.max, &card, "Leave").await, format!("You have left {number}."));
    team.shows(&card, "🆘 ESCALATED").await;
    team.press(team.mona, &card, "Claim escalation").await;
    assert_eq!(team.press(team.mona, &card, "Back to level 1").await, format!("{number} is given back."));
    team.shows(&card, "UNCLAIMED").await;
    team.press(team.dave, &card, "Claim").await;
    team.resolve(team.dave, &card, "Replaced the tyre,\nordered a spare").await;

    team.says(&format!("✅ {number} has been marked as resolved!")).await;
    let ended = team.see(&card, "to be unpinned", |message| !message.pinned).await;
    assert_eq!(ended.id, posted.id, "the card is edited in place");
    assert!(
        ended.text.ends_with("Resolved by: @dave\nSummary: Replaced the tyre,\nordered a spare"),
        "{}",
        ended.text
    );
    let ledger = desk.close().await;
    let facts = [
        "created",
        "acknowledged",
        "escalated",
        "acknowledged",
        "released",
        "unassigned",
        "acknowledged",
        "deescalated",
        "acknowledged",
        "resolution_requested",
        "resolved",
    ];
    assert_eq!(ledger.incident(number).facts(), facts);
}

#[tokio::test]
async fn a_card_is_pinned_so_that_everybody_is_told_and_never_posted_twice() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("brakes squeal").await;
    team.finish(&card).await;
    desk.quiet().await;
    let calls = desk.api.calls();
    let pin = calls.iter().find(|call| call.method.eq_ignore_ascii_case("pinChatMessage")).expect("a pin");
    assert!(!pin.params["disable_notification"].as_bool().unwrap_or(false), "{pin:?}");
    let (pins, unpins) = (desk.api.count("pinChatMessage"), desk.api.count("unpinChatMessage"));
    assert_eq!((pins, unpins), (1, 1));
    desk.close().await;
}

#[tokio::test]
async fn only_the_reply_to_the_question_by_the_one_who_was_asked_is_the_summary() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("engine stutters").await;
    let number = &card.number;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Resolve").await;
    let question = team.question(&card).await;
    let asked = format!(
        "@dora, please reply to this message with the resolution summary for {number}: what was done, the root cause, any follow-up."
    );
    assert_eq!(question.text, asked);
    assert!(question.prompt().expect("it asks for a reply").selective);
    team.shows(&card, "Waiting for @dora to reply with a summary").await;
    for (who, to, text, answer) in [
        (team.dave, question.id, "Cleaned the nozzles", "❌ It is waiting for a summary from somebody else."),
        (team.dora, question.id, " ok ", "❌ Too short: at least 5 characters are needed."),
        (team.dora, question.id, &"x".repeat(3_001), "❌ Too long: at most 3000 characters are allowed."),
    ] {
        let reply = team.api.reply(team.chat, who, to, text);
        assert_eq!(team.said_after(reply, "❌").await.text, answer);
    }
    let elsewhere = card.message(&team.api).id;
    team.api.reply(team.chat, team.dora, elsewhere, "Cleaned the nozzles");
    desk.quiet().await;
    assert!(card.message(&team.api).text.contains("AWAITING SUMMARY"));
    let reply = team.api.reply(team.chat, team.dora, question.id, "Cleaned the nozzles");
    team.said_after(reply, &format!("{number} is resolved. Thank you!")).await;
    team.shows(&card, "Summary: Cleaned the nozzles").await;
    let late = team.api.reply(team.chat, team.dora, question.id, "And the filter");
    assert_eq!(team.said_after(late, "❌").await.text, format!("❌ Not possible now. {number}: Resolved."));
    let ledger = desk.close().await;
    let facts = ["created", "acknowledged", "resolution_requested", "resolved"];
    assert_eq!(ledger.incident(number).facts(), facts);
}

#[tokio::test]
async fn whoever_promised_a_summary_can_go_back_to_work() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("lights flicker").await;
    let number = &card.number;
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Resolve").await;
    let first = team.question(&card).await;
    assert_eq!(
        team.press(team.dave, &card, "Back to work").await,
        "❌ Only whoever works on it and managers can do this."
    );
    assert_eq!(team.press(team.dora, &card, "Back to work").await, format!("Back to work on {number}."));
    team.shows(&card, "Handled by: @dora").await;
    let early = team.api.reply(team.chat, team.dora, first.id, "Changed a fuse");
    assert_eq!(team.said_after(early, "❌").await.text, format!("❌ Not possible now. {number}: Claimed."));
    team.resolve(team.dora, &card, "Changed a fuse").await;
    desk.close().await;
}

#[tokio::test]
async fn the_status_of_an_incident_is_told_in_its_own_group_only() {
    let desk = Desk::started();
    let (team, other) = (Team::working(&desk.api).await, Team::working_as(&desk.api, "_b").await);
    let card = team.report("door does not close").await;
    let number = &card.number;
    team.press(team.dora, &card, "Claim").await;
    let told = team.ask(team.drivers[1], &format!("/status {}", number.to_lowercase()), number).await;
    let lines: Vec<&str> = told.text.lines().collect();
    let (reported, rest) = (lines[2], [lines[0], lines[1], lines[3]]);
    let expected = [&*format!("{number}: Claimed"), "Issue: door does not close", "Handled by: @dora"];
    assert_eq!(rest, expected);
    assert!(reported.starts_with("Reported 20") && reported.ends_with(" UTC by @driver1."), "{reported}");
    let unknown = "❌ There is no such incident here.";
    let (asked, next) = (format!("/status {number}"), "/status TKT-2026-0099".to_owned());
    assert_eq!(other.ask(other.drivers[0], &asked, "❌").await.text, unknown);
    assert_eq!(team.ask(team.drivers[0], &next, "❌").await.text, unknown);
    assert_eq!(
        team.ask(team.drivers[0], "/status forty", "❌").await.text,
        "❌ “forty” is not an incident number."
    );
    assert_eq!(team.ask(team.drivers[0], "/status", "Usage").await.text, "Usage: /status [TKT-2026-0042]");
    desk.close().await;
}

#[tokio::test]
async fn help_and_the_command_menu_list_every_command() {
    let desk = Desk::started();
    let team = Team::gathered(&desk.api);
    let help = team.ask(team.drivers[0], "/help", "/new_issue").await.text;
    for command in CommandWord::ALL {
        let line = format!("/{}", command.word());
        assert!(
            help.lines().any(|shown| shown.split([' ', '\u{a0}']).next() == Some(&*line)),
            "{line} in {help}"
        );
    }
    assert!(help.ends_with("names the managers: /configure_managers <@user1 @user2 …>."), "{help}");
    let start = team.ask(team.drivers[0], "/START@incident_desk_bot", "/new_issue").await.text;
    assert_eq!(start, help);
    let listed = |world: &World| {
        let menu = world.commands("");
        (!menu.is_empty()).then_some(menu)
    };
    let menu = desk.api.wait_until(listed, "the command menu").await;
    let words: Vec<&str> = menu.iter().map(|(word, _)| word.as_str()).collect();
    assert_eq!(words, CommandWord::ALL.map(CommandWord::word));
    assert!(menu.iter().all(|(_, what)| help.contains(what.as_str())), "{menu:?}");
    let book = Phrasebook::new();
    let languages: BTreeSet<&str> = book.locales().map(|(language, _)| language).chain([""]).collect();
    let registered = |world: &World| (world.menus().len() == languages.len()).then(|| world.menus());
    let menus = desk.api.wait_until(registered, "a menu for each language").await;
    assert_eq!(menus.iter().map(|menu| menu.language.as_str()).collect::<BTreeSet<_>>(), languages);
    assert!(menus.iter().all(|menu| menu.commands.len() == CommandWord::ALL.len()), "{menus:?}");
    desk.close().await;
}

#[tokio::test]
async fn in_the_shared_workflow_several_people_work_on_one_incident() {
    let desk = Desk::prepared().with("WORKFLOW", "two_tier_shared").start();
    let team = Team::working(&desk.api).await;
    let card = team.report("cooling water leaks").await;
    let number = &card.number;
    team.press(team.dora, &card, "Claim").await;
    assert_eq!(team.press(team.dave, &card, "Join").await, format!("You have joined {number}."));
    team.shows(&card, "Handled by: @dora, @dave").await;
    assert_eq!(team.press(team.dave, &card, "Join").await, format!("You are already working on {number}."));
    assert_eq!(team.press(team.dora, &card, "Leave").await, format!("You have left {number}."));
    team.shows(&card, "Handled by: @dave").await;
    team.resolve(team.dave, &card, "Tightened the hose").await;
    let ledger = desk.close().await;
    let facts = ["created", "acknowledged", "joined", "released", "resolution_requested", "resolved"];
    assert_eq!(ledger.incident(number).facts(), facts);
}
