//! The sandbox as a newcomer meets it: a conversation typed in, a transcript read.

use std::io::Cursor;
use std::sync::Arc;

use incident_core::memory::MemoryStore;
use incident_desk::sandbox::Sandbox;

async fn transcript(lines: &[&str]) -> String {
    let sandbox = Sandbox::open(Arc::new(MemoryStore::default())).await.expect("a new sandbox opens");
    talk(&sandbox, lines).await
}

async fn talk(sandbox: &Sandbox, lines: &[&str]) -> String {
    let mut input = Cursor::new(format!("{}\n", lines.join("\n")));
    let mut out = Vec::new();
    sandbox.converse(&mut input, &mut out).await.expect("the conversation works");
    String::from_utf8(out).expect("the transcript is text")
}

fn in_order(transcript: &str, words: &[&str]) {
    let mut rest = transcript;
    for word in words {
        let (_, after) =
            rest.split_once(word).unwrap_or_else(|| panic!("no {word:?} in\n{rest}\n\nwhole:\n{transcript}"));
        rest = after;
    }
}

#[tokio::test]
async fn a_newcomer_sees_the_whole_story() {
    let seen = transcript(&[
        "@driver new_issue truck 12 has a flat tyre",
        "@dispatcher 1",
        "@dana 1",
        "@dispatcher 2",
        "@manager 1",
        "@manager 3",
        "@manager reply Replaced the tyre",
    ])
    .await;
    in_order(
        &seen,
        &[
            "NEW INCIDENT: TKT-",
            "Reported by: @driver",
            "Issue: truck 12 has a flat tyre",
            "UNCLAIMED",
            "[1] ✅ Claim",
            "You have claimed TKT-",
            "card, pinned",
            "IN PROGRESS: TKT-",
            "[1] ❌ Leave",
            "[2] ⬆️ Escalate   [3] 🏁 Resolve",
            "only @dana sees",
            "You are not working on TKT-",
            "requires manager attention",
            "@manager",
            "[1] 🛡️ Claim escalation",
            "Handled by: @manager",
            "please reply to this message with the resolution summary",
            "AWAITING SUMMARY",
            "is resolved. Thank you!",
            "has been marked as resolved!",
            "RESOLVED: TKT-",
            "Summary: Replaced the tyre",
        ],
    );
}

#[tokio::test]
async fn letting_time_pass_brings_one_reminder_in_its_minute() {
    let seen = transcript(&["@driver new_issue truck 12 has a flat tyre", "wait 9m", "wait 3h"]).await;
    assert_eq!(seen.matches("has been unclaimed for 10 minutes").count(), 1, "{seen}");
    assert_eq!(seen.matches("has been unclaimed").count(), 1, "{seen}");
}

#[tokio::test]
async fn mistakes_are_answered_with_what_to_say_instead() {
    let seen = transcript(&[
        "hello",
        "@driver dance",
        "@driver 7",
        "@driver reply done",
        "wait",
        "@driver new_issue",
        "help",
    ])
    .await;
    in_order(
        &seen,
        &[
            "Who says that?",
            "@driver can press a button by its number",
            "There is no button [7] now.",
            "Nobody has asked anything.",
            "Wait for how long?",
            "Usage: /new_issue <description>",
            "let time pass",
        ],
    );
}

#[tokio::test]
async fn a_sandbox_that_is_opened_again_shows_what_is_live() {
    let store = Arc::new(MemoryStore::default());
    let first = Sandbox::open(Arc::<MemoryStore>::clone(&store)).await.expect("opens");
    talk(&first, &["@driver new_issue truck 12 has a flat tyre", "quit"]).await;
    let second = Sandbox::open(store).await.expect("opens again");
    in_order(&talk(&second, &["@dispatcher 1"]).await, &["NEW INCIDENT", "[1] ✅ Claim", "You have claimed"]);
}
