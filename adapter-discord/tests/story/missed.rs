//! What was said while nobody listened.

use adapter_discord::testkit::{Call, Fault, World};

use super::shift::Shift;

/// What people said while the desk was away is found when it is back.
#[tokio::test]
async fn what_was_said_while_the_desk_was_away_is_found() {
    let mut shift = Shift::begin().await;
    let card = shift.report("the door is stuck").await;
    let thread = shift.api.thread(card.id);
    shift.stop().await;
    shift.api.write(thread, shift.dan, "it is the left one");
    shift.restart().await;
    shift.told_in_history("it is the left one").await;
    shift.end().await;
}

/// What is more than a page, and not given at the first try, is found as well.
#[tokio::test]
async fn much_that_was_said_while_the_desk_was_away_is_found_though_discord_fails() {
    let mut shift = Shift::begin().await;
    let card = shift.report("the door is stuck").await;
    let thread = shift.api.thread(card.id);
    shift.stop().await;
    for nth in 0..99 {
        shift.api.write(shift.channel, shift.dan, &format!("nothing of interest {nth}"));
        shift.api.write(thread, shift.dan, "");
    }
    for nth in 0..2 {
        shift.api.write(thread, shift.dan, &format!("it is the left one, part {nth}"));
    }
    shift.api.fail_next("GET channels/-/messages", Fault::ServerError);
    shift.restart().await;
    let here = format!("channels/{thread}/messages");
    let pages = |world: &World| {
        let page = |call: &&Call| {
            call.name == "GET channels/-/messages" && call.path.contains(&here) && call.status == 200
        };
        (world.calls().iter().filter(page).count() == 2).then_some(())
    };
    shift.api.wait_until(pages, "two pages of the thread").await;
    shift.told_in_history("it is the left one, part 1").await;
    shift.end().await;
}

/// The same within one process, when a session is over for good: each message once.
#[tokio::test]
async fn what_was_said_between_two_sessions_is_found_once() {
    let shift = Shift::begin().await;
    let card = shift.report("the door is stuck").await;
    let thread = shift.api.thread(card.id);
    shift.api.write(thread, shift.dan, "it is the left one");
    shift.told_in_history("it is the left one").await;
    shift.api.end_session();
    shift.api.write(thread, shift.dan, "or the right one");
    shift.connected(1).await;
    let history = shift.told_in_history("or the right one").await;
    assert_eq!(history.matches("it is the left one").count(), 1, "{history}");
    assert_eq!(history.matches("or the right one").count(), 1, "{history}");
    assert_eq!(shift.api.read(|world| world.sessions()).0, 2);
    shift.end().await;
}
