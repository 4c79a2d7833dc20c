//! Telegram says no for a while: too many requests, errors, pages of a proxy, connections that break.

use std::time::Duration;

use adapter_telegram::testkit::{Call, Fault, Limits};
use futures::future::join_all;
use incident_core::view::{Action, ButtonCode};

use crate::harness::{Card, Crowd, Desk, STORIES, Team, eventually};

/// The code of a button that will be there once the card is up to date.
async fn coming_button(team: &Team, card: &Card, action: Action, version: u32) -> String {
    let claim: ButtonCode = team.code(card, "Claim").await.parse().expect("the desk writes codes");
    ButtonCode { action, seen: incident_core::ids::Version::new(version), ..claim }.to_string()
}

fn about(chat: i64) -> impl Fn(&&Call) -> bool {
    move |call| call.chat == Some(chat)
}

/// Stages a park of the chat that begins with the edit after a claim, with an escalation behind it.
async fn parked(desk: &Desk, team: &Team, card: &Card, seconds: u32) {
    let escalate = coming_button(team, card, Action::Escalate, 2).await;
    let message = card.message(&desk.api).id;
    desk.api.fail_next("editMessageText", Fault::FloodWait { retry_after: seconds });
    team.press(team.dora, card, "Claim").await;
    let refused =
        |call: &Call| call.method.eq_ignore_ascii_case("editMessageText") && call.outcome.starts_with("429");
    desk.api.wait_until(|world| world.calls().iter().any(refused).then_some(()), "the refusal").await;
    let noted = || (desk.query("SELECT count(*) FROM parks") == 1).then_some(());
    eventually("the pause to be noted", noted).await;
    let query = desk.api.press_code(team.chat, team.dora, message, &escalate);
    assert_eq!(desk.api.wait_answer(&query).await.text, format!("{} is escalated.", card.number));
}

/// Checks that the chat was left alone as long as asked, and that the page came first afterwards.
fn assert_respected(desk: &Desk, team: &Team, seconds: u64) {
    let calls = desk.api.calls();
    let at = calls.iter().position(|call| call.outcome.starts_with("429")).expect("a refusal");
    let later: Vec<&Call> = calls[at + 1..].iter().filter(about(team.chat)).collect();
    let pause = later[0].at.duration_since(calls[at].at);
    assert!(
        pause >= Duration::from_secs(seconds),
        "the chat was left alone for {pause:?} only: {:?}",
        later[0]
    );
    let first = later[0].params["text"].as_str().unwrap_or_default();
    assert!(first.contains("requires manager attention"), "not the page came first, but {:?}", later[0]);
    assert!(later.iter().all(|call| call.outcome == "ok"), "{later:#?}");
}

#[tokio::test]
async fn after_a_429_the_chat_is_left_alone_and_then_the_page_goes_first() {
    let desk = Desk::started();
    let (team, other) = (Team::working(&desk.api).await, Team::working_as(&desk.api, "_b").await);
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    parked(&desk, &team, &card, 2).await;
    // The other chat does not wait.
    let elsewhere = other.report("broken axle").await;
    other.finish(&elsewhere).await;
    assert!(card.message(&desk.api).text.contains("UNCLAIMED"), "the park is over too early");
    team.shows(&card, "🆘 ESCALATED").await;
    assert_respected(&desk, &team, 2);
    desk.close().await;
}

#[tokio::test]
async fn a_pause_that_telegram_asked_for_outlives_the_process() {
    let mut desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.quiet().await;
    parked(&desk, &team, &card, 3).await;
    desk.api.wait_confirmed().await;
    desk.crash().await;
    team.shows(&card, "🆘 ESCALATED").await;
    assert_respected(&desk, &team, 3);
    desk.close().await;
}

/// A story in which every kind of call fails in the given ways the first time.
async fn troubled(faults: &[Fault], orphans: usize) {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    desk.quiet().await;
    let fail = |method: &str| faults.iter().for_each(|fault| desk.api.fail_next(method, fault.clone()));
    ["sendMessage", "pinChatMessage", "answerCallbackQuery", "getUpdates"].into_iter().for_each(fail);
    let asked = team.write(team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    team.pinned(&card).await;
    ["editMessageText", "getUpdates"].into_iter().for_each(fail);
    team.push(team.dora, &card, "Claim").await;
    team.shows(&card, "Handled by: @dora").await;
    fail("sendMessage");
    team.push(team.dora, &card, "Escalate").await;
    team.says("requires manager attention").await;
    team.push(team.max, &card, "Claim escalation").await;
    team.push(team.max, &card, "Resolve").await;
    let question = team.question(&card).await;
    ["unpinChatMessage", "editMessageText", "sendMessage"].into_iter().for_each(fail);
    desk.api.reply(team.chat, team.max, question.id, "Replaced the tyre");
    team.shows(&card, "Summary: Replaced the tyre").await;
    team.says("has been marked as resolved").await;
    let ledger = desk.close_allowing(crate::harness::Allow { orphans, ..Default::default() }).await;
    let facts = ["created", "acknowledged", "escalated", "acknowledged", "resolution_requested", "resolved"];
    assert_eq!(ledger.incident(&card.number).facts(), facts);
}

#[tokio::test]
async fn calls_that_fail_for_a_while_are_made_again() {
    let faults = [
        Fault::ServerError,
        Fault::BadGateway,
        Fault::ResetBefore,
        Fault::TooManyRequests { retry_after: 1 },
    ];
    join_all(faults.iter().map(|fault| troubled(std::slice::from_ref(fault), 0))).await;
}

#[tokio::test]
async fn several_failures_in_a_row_only_take_longer() {
    troubled(&[Fault::ServerError, Fault::BadGateway], 0).await;
}

#[tokio::test]
async fn an_admin_check_that_fails_refuses_politely_and_may_be_tried_again() {
    let desk = Desk::started();
    let team = Team::gathered(&desk.api);
    let broken = Fault::Refuse { code: 400, description: "Bad Request: something odd".to_owned() };
    desk.api.fail_next("getChatMember", broken);
    let command = "/configure_managers @max";
    let told = team.ask(team.berta, command, "⚠️").await.text;
    assert_eq!(told, "⚠️ That did not work right now. Please try again.");
    desk.api.fail_next("getChatMember", Fault::ServerError);
    team.ask(team.berta, command, "").await;
    team.write(team.berta, command);
    team.says("Managers of this group: @max").await;
    desk.close().await;
}

#[tokio::test]
async fn a_desk_that_starts_while_telegram_is_down_waits_for_it() {
    let desk = Desk::prepared();
    desk.api.stop();
    let desk = desk.start();
    desk.logged("Telegram could not be asked").await;
    desk.api.restart();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat tyre").await;
    desk.api.stop();
    let message = card.message(&desk.api);
    desk.api.press(team.chat, team.dora, message.id, "Claim").expect("the button is there");
    desk.api.restart();
    team.shows(&card, "Handled by: @dora").await;
    team.resolve(team.dora, &card, "Replaced the tyre").await;
    desk.close().await;
}

#[tokio::test]
async fn flood_limits_slow_a_busy_chat_down_and_lose_nothing() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    desk.quiet().await;
    let window = Duration::from_secs(1);
    desk.api.enforce_limits(Limits {
        per_chat: 8,
        per_chat_window: window,
        overall: 30,
        overall_window: window,
    });
    let mut crowd = Crowd::new(team, 10);
    for number in 0..10 {
        crowd.expect(format!("problem number {number}."), STORIES[number % 2]);
    }
    let lived = tokio::time::timeout(Duration::from_secs(60), crowd.live()).await;
    assert!(lived.is_ok(), "{:#?}", crowd.unfinished());
    let calls = desk.api.calls();
    let refused = calls.iter().filter(|call| call.outcome.starts_with("429")).count();
    let counted = |call: &&Call| call.method.starts_with("send") || call.method.starts_with("edit");
    let counted = calls.iter().filter(counted).count();
    eprintln!("{refused} of {counted} messages and edits were refused by flood limits");
    assert!(refused * 3 < counted, "{refused} of {counted} calls were refused");
    let ledger = desk.close().await;
    for life in &crowd.lives {
        assert!(
            life.is_told_by(ledger.incident(life.number.as_ref().expect("it was posted"))),
            "{:?}",
            life.steps
        );
    }
}
