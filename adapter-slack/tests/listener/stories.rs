//! Whole stories, from the report to the summary.

use std::time::Duration;

use adapter_slack::testkit::{Fault, SlackServer};

use super::desk::House;

fn only_form(house: &House, user: &str) -> Option<String> {
    house.server.views(user).first().map(|view| view.id.clone())
}

async fn form(house: &House, user: &str) -> String {
    house.server.wait_for("a form", |_| only_form(house, user)).await
}

/// Tells the two-tier story, and returns how often the card stands in the channel.
async fn two_tiers(house: &House) -> usize {
    let card = house.report("truck 12 has a flat tyre").await;
    let bookmarked = |server: &SlackServer| (server.bookmarks(&house.channel).len() == 1).then_some(());
    house.server.wait_for("a bookmark", bookmarked).await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Claim");
    let card = house.card_says(&card, "IN PROGRESS").await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Escalate");
    let card = house.card_says(&card, "ESCALATED").await;
    house.server.press(&house.channel, &house.mia, &card.ts, "Claim");
    let card = house.card_says(&card, "Mia").await;
    house.server.press(&house.channel, &house.mia, &card.ts, "Resolve");
    let view = form(house, &house.mia).await;
    house.server.submit(&house.mia, &view, &[("text", "changed the tyre")]);
    let card = house.card_says(&card, "RESOLVED").await;
    assert!(card.text.contains("changed the tyre"), "{card:#?}");
    let unpinned = |server: &SlackServer| {
        let pinned = server.messages(&house.channel).iter().any(|message| message.pinned);
        (!pinned && server.bookmarks(&house.channel).is_empty()).then_some(())
    };
    house.server.wait_for("the pin and the bookmark to go", unpinned).await;
    house.delivered().await;
    let messages = house.server.messages(&house.channel);
    messages.iter().filter(|message| message.by_app && message.text.contains("Issue: truck 12")).count()
}

#[tokio::test]
async fn an_incident_is_claimed_escalated_and_resolved() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    assert_eq!(two_tiers(&house).await, 1);
    let late = house.server.deliveries().into_iter().filter(|one| one.attempts != 1 || !one.acknowledged);
    assert_eq!(late.collect::<Vec<_>>(), []);
    running.stop().await;
}

#[tokio::test]
async fn the_same_story_is_told_when_everything_comes_twice() {
    let house = House::new();
    house.server.send_twice(true);
    let _running = house.start();
    house.settle_in().await;
    assert_eq!(two_tiers(&house).await, 1);
}

#[tokio::test]
async fn the_same_story_is_told_over_requests() {
    let house = House::new();
    let (running, _) = house.start_http().await;
    house.server.command(&house.channel, &house.mia, &format!("configure-managers <@{}|mia>", house.mia));
    house.saying("Managers").await;
    house.server.command(&house.channel, &house.mia, &format!("add-dispatcher <@{}|ann>", house.ann));
    house.saying("Ann").await;
    assert_eq!(two_tiers(&house).await, 1);
    running.stop().await;
}

#[tokio::test]
async fn the_same_story_is_told_while_sockets_break() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let card = house.report("truck 12 has a flat tyre").await;
    house.server.drop_sockets();
    house.sockets(2).await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Claim");
    let card = house.card_says(&card, "IN PROGRESS").await;
    house.server.refresh_sockets();
    house.sockets(2).await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Escalate");
    house.card_says(&card, "ESCALATED").await;
}

#[tokio::test]
async fn fifty_people_press_claim_at_once_and_one_owns_it() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let people: Vec<String> = (0..50).map(|n| house.server.user(&format!("Helper {n}"))).collect();
    for batch in people.chunks(10) {
        let names: Vec<String> = batch.iter().map(|user| format!("<@{user}|{user}>")).collect();
        house.server.command(&house.channel, &house.mia, &format!("add-dispatcher {}", names.join(" ")));
    }
    house.saying("Helper 49").await;
    let card = house.report("truck 12 has a flat tyre").await;
    for user in &people {
        house.server.press(&house.channel, user, &card.ts, "Claim");
    }
    house.card_says(&card, "IN PROGRESS").await;
    house.delivered().await;
    let answered =
        |server: &SlackServer| people.iter().all(|user| !server.whispers(user).is_empty()).then_some(());
    house.server.wait_for("fifty answers", answered).await;
    let refused = people
        .iter()
        .filter(|user| house.server.whispers(user).iter().any(|whisper| whisper.text.contains("already")));
    assert_eq!(refused.count(), 49);
    let shown = house.card_says(&card, "IN PROGRESS").await;
    let owner = shown.text.lines().find_map(|line| line.strip_prefix("Handled by: Helper "));
    assert!(
        owner.is_some_and(|number| number.parse::<u32>().is_ok()),
        "one helper, and no more: {}",
        shown.text
    );
    assert!(house.server.deliveries().iter().all(|one| one.acknowledged && one.attempts == 1));
}

#[tokio::test]
async fn a_slack_that_fails_and_asks_for_patience_is_obeyed_and_nothing_is_lost() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let faults = [Fault::Limited { retry_after: 30 }, Fault::ServerError, Fault::Page, Fault::ResetBefore];
    for fault in faults {
        house.server.fail_next("chat.postMessage", fault);
    }
    house.server.fail_next("pins.add", Fault::LostAnswer);
    let before = house.server.calls("chat.postMessage").len();
    house.server.command(&house.channel, &house.dan, "new truck 12 has a flat tyre");
    let posted = |server: &SlackServer| {
        house.clock.advance(Duration::from_secs(60));
        server.messages(&house.channel).into_iter().find(|message| message.text.contains("truck 12"))
    };
    let card = house.server.wait_for("the card", posted).await;
    assert_eq!(house.server.calls("chat.postMessage").len(), before + 5, "each failure costs one try");
    let again = |server: &SlackServer| {
        house.clock.advance(Duration::from_secs(600));
        server.messages(&house.channel).into_iter().find(|message| message.ts == card.ts && message.pinned)
    };
    house.server.wait_for("the pin", again).await;
}

#[tokio::test]
async fn whoever_belongs_to_a_user_group_has_the_role_that_it_was_given() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    let carl = house.server.user("Carl");
    house.server.join(&house.channel, &carl);
    let ops = house.server.user_group("ops", &[&carl]);
    for role in ["responders", "managers"] {
        let named = format!("settings {role} <!subteam^{ops}|@ops>");
        house.server.command(&house.channel, &house.mia, &named);
    }
    house.saying("Managers").await;
    let announced = house.saying("@ops").await;
    assert_eq!(announced.told, [] as [&str; 0], "{announced:#?}");
    let card = house.report("truck 12 has a flat tyre").await;
    house.server.press(&house.channel, &house.dan, &card.ts, "Claim");
    house.told(&house.dan, "dispatcher").await;
    house.server.press(&house.channel, &carl, &card.ts, "Claim");
    let card = house.card_says(&card, "Carl").await;
    house.server.press(&house.channel, &carl, &card.ts, "Escalate");
    let page = |server: &SlackServer| {
        server.messages(&house.channel).into_iter().find(|message| message.told == [carl.clone()])
    };
    let page = house.server.wait_for("a page", page).await;
    assert!(page.text.contains("@ops"), "{page:#?}");
    running.stop().await;
}
