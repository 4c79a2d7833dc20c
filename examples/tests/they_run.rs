//! The examples do what they say: each is run as a program, the bot against a Telegram of its own.

use std::path::PathBuf;
use std::process::Output;

use adapter_telegram::testkit::{BotApi, Message, World};
use tokio::process::{Child, Command};

/// The program of an example, built beside this test.
fn example(name: &str) -> Command {
    let test = std::env::current_exe().expect("a test knows where it is");
    let target = test.ancestors().nth(2).expect("tests are built in target/<profile>/deps");
    let program: PathBuf = target.join("examples").join(name);
    assert!(program.exists(), "{} is not built; `cargo test -p examples` builds it", program.display());
    let mut command = Command::new(program);
    command.env_remove("TELEGRAM_BOT_TOKEN").kill_on_drop(true);
    command
}

async fn output(name: &str) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = example(name).output().await.expect("the example starts");
    (status.code(), String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned())
}

/// Asserts that lines with these words come in this order.
fn assert_told(story: &str, words: &[&str]) {
    let mut lines = story.lines();
    for word in words {
        assert!(lines.any(|line| line.contains(word)), "{word:?} is missing, or not in its place:\n{story}");
    }
}

#[tokio::test]
async fn the_core_runs_without_a_chat_and_a_database() {
    let (status, story) = output("embed_the_core").await;
    assert_eq!(status, Some(0), "{story}");
    let told = [
        "18:00:00Z Created",
        "18:10:00Z ReminderSent",
        "unclaimed for 10 minutes",
        "Acknowledged { person: PersonId(2), first: true }",
        "person 3 is refused: already acknowledged",
        "Escalated",
        "Acknowledged { person: PersonId(4), first: false }",
        "Resolved { resolver: PersonId(4)",
        "7 events, and folding them gives the same incident again.",
    ];
    assert_told(&story, &told);
}

#[tokio::test]
async fn a_store_of_ones_own_keeps_a_diary() {
    let (status, story) = output("your_own_store").await;
    assert_eq!(status, Some(0), "{story}");
    let told = ["CompanyFounded", "GroupAdded", "-0001  Person(PersonId(2)): Created", "Acknowledged"];
    assert_told(&story, &told);
}

#[tokio::test]
async fn a_messenger_of_ones_own_shows_cards_and_asks_for_summaries() {
    let (status, story) = output("your_own_messenger").await;
    assert_eq!(status, Some(0), "{story}");
    let told = [
        "NEW INCIDENT",
        "only driver sees: ❌ You are not authorized to claim this.",
        "only dispatcher sees: You have claimed",
        "please reply to this message",
        "✅ RESOLVED",
        "Summary: changed the tyre, a nail in the yard",
        "is not framed any more",
    ];
    assert_told(&story, &told);
}

#[tokio::test]
async fn a_policy_of_ones_own_is_proved_and_a_belief_disproved() {
    let (status, story) = output("prove_your_policy").await;
    assert_eq!(status, Some(0), "{story}");
    let told = [
        "Managers resolve what they were asked for, in ",
        "Four eyes do not see everything. This test shows it:",
        "given(Policy::new(Rules { ",
        ".when(ANN, report(\"A tyre is flat\")).then_in(StateKind::Open).and()",
        ".when(ANN, Command::Acknowledge).then_in(StateKind::Acknowledged).and()",
        ".when(ANN, Command::Resolve { summary: Some(",
        ".keeps(property); // invariant four eyes is broken: 2 was alone with it",
    ];
    assert_told(&story, &told[..6]);
    assert!(story.trim_end().ends_with(told[6]), "{story}");
}

#[tokio::test]
async fn a_hasty_store_breaks_promises_that_a_careful_one_keeps() {
    let told = "Careful:
  a_commit_can_be_read_back: kept
  a_stale_commit_changes_nothing: kept
  of_those_who_commit_at_once_one_wins: kept
Hasty:
  a_commit_can_be_read_back: kept
  a_stale_commit_changes_nothing: BROKEN
  of_those_who_commit_at_once_one_wins: BROKEN
";
    assert_eq!(output("prove_your_store").await, (Some(0), told.to_owned()));
}

#[tokio::test]
async fn the_smallest_bot_says_what_it_lacks() {
    let told = "TELEGRAM_BOT_TOKEN is not set; @BotFather on Telegram gives you one.\n";
    assert_eq!(output("smallest_telegram_bot").await, (Some(2), told.to_owned()));
}

#[tokio::test]
async fn the_smallest_bot_survives_being_killed_in_the_middle_of_an_incident() {
    let api = BotApi::start();
    let dir = tempfile::tempdir().expect("there is room for temporary files");
    let start = || -> Child {
        let mut bot = example("smallest_telegram_bot");
        bot.current_dir(dir.path()).env("TELEGRAM_BOT_TOKEN", api.token()).env("TELEGRAM_API_URL", api.url());
        bot.spawn().expect("the bot starts")
    };
    let boss = api.user("Bo", Some("boss"));
    let driver = api.user("Ann", Some("driver"));
    let dispatcher = api.user("Dan", Some("dispatcher"));
    let group = api.supergroup("Drivers", boss);
    for person in [driver, dispatcher] {
        api.join(group, person);
    }
    api.add_bot(group, boss);
    api.promote_bot(group, boss);

    let mut bot = start();
    api.write(group, boss, "/configure_managers @boss");
    api.write(group, boss, "/add_dispatcher @dispatcher");
    api.write(group, driver, "/new_issue truck 12 has a flat tyre");
    let card = pinned(&api, group, "UNCLAIMED").await;
    api.press(group, dispatcher, card.id, "✅ Claim").expect("the button is there");
    pinned(&api, group, "Handled by: @dispatcher").await;
    bot.kill().await.expect("a child can be killed");

    api.press(group, dispatcher, card.id, "🏁 Resolve").expect("the button is there");
    let _bot = start();
    let closing = pinned(&api, group, "AWAITING SUMMARY").await;
    assert_eq!((closing.id, closing.labels()), (card.id, vec!["↩️ Back to work"]));
}

/// Waits for a pinned message with these words.
async fn pinned(api: &BotApi, chat: i64, words: &str) -> Message {
    let shown = |world: &World| {
        world.messages(chat).find(|message| message.pinned && message.text.contains(words)).cloned()
    };
    api.wait_until(shown, words).await
}
