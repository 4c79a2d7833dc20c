//! Forms, and what only one person sees.

use adapter_slack::inbound::{REPORT_ANYWHERE, REPORT_SHORTCUT};
use adapter_slack::testkit::{Fault, OpenView, SlackServer};
use serde_json::json;

use super::desk::House;

async fn form(house: &House, user: &str) -> OpenView {
    house.server.wait_for("a form", |server| server.views(user).into_iter().next()).await
}

#[tokio::test]
async fn a_report_is_written_into_a_form() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    house.server.command(&house.channel, &house.dan, "new");
    let open = form(&house, &house.dan).await;
    let fields = [("text", "truck 12 <b>has</b> a flat tyre"), ("priority", "urgent")];
    house.server.submit(&house.dan, &open.id, &fields);
    let card = house.saying("truck 12 <b>has</b> a flat tyre").await;
    assert!(card.text.contains("Dan"), "{card:#?}");
}

#[tokio::test]
async fn a_message_is_reported_from_where_it_stands() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let ts = house.server.write(&house.channel, &house.bob, "the lamp & the door are broken");
    house.server.shortcut(&house.channel, &house.dan, &ts, REPORT_SHORTCUT);
    let open = form(&house, &house.dan).await;
    let said = &open.view["blocks"][0]["element"]["initial_value"];
    assert_eq!(said, &json!("the lamp & the door are broken"));
    house.server.submit(&house.dan, &open.id, &[("text", "the lamp is broken")]);
    house.saying("the lamp is broken").await;
}

#[tokio::test]
async fn without_a_form_the_desk_is_asked_all_the_same() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let expired = || Fault::Refuse("expired_trigger_id".to_owned());
    house.server.fail_next("views.open", expired());
    house.server.command(&house.channel, &house.dan, "new");
    house.told(&house.dan, "/incident new").await;
    let card = house.report("truck 12 has a flat tyre").await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Claim");
    let card = house.card_says(&card, "IN PROGRESS").await;
    house.server.fail_next("views.open", expired());
    house.server.press(&house.channel, &house.ann, &card.ts, "Resolve");
    let question = house.saying("reply to this message").await;
    assert_eq!(question.thread_ts, Some(card.ts.clone()));
    assert_eq!(question.told, std::slice::from_ref(&house.ann));
    house.server.reply(&house.channel, &house.ann, &card.ts, "changed the tyre");
    let card = house.card_says(&card, "RESOLVED").await;
    assert!(card.text.contains("changed the tyre"), "{card:#?}");
}

#[tokio::test]
async fn a_form_that_is_sent_off_twice_counts_once() {
    let house = House::new();
    house.server.send_twice(true);
    let _running = house.start();
    house.settle_in().await;
    house.server.command(&house.channel, &house.dan, "new");
    let open = form(&house, &house.dan).await;
    house.server.submit(&house.dan, &open.id, &[("text", "truck 12 has a flat tyre")]);
    house.saying("truck 12").await;
    house.delivered().await;
    let cards =
        house.server.messages(&house.channel).into_iter().filter(|one| one.text.contains("Issue: truck 12"));
    assert_eq!((cards.count(), house.server.views(&house.dan).len()), (1, 0));
    assert_eq!(house.server.calls("views.open").len(), 1, "one form was opened, and none was tried");
    assert_eq!(house.server.whispers(&house.dan), []);
}

#[tokio::test]
async fn a_refusal_is_seen_by_nobody_else() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let card = house.report("truck 12 has a flat tyre").await;
    let before = house.server.messages(&house.channel).len();
    house.server.press(&house.channel, &house.dan, &card.ts, "Claim");
    let said = house.server.wait_for("a refusal", |server| server.whispers(&house.dan).pop()).await;
    assert!(!said.text.is_empty());
    house.server.command(&house.channel, &house.dan, "help");
    let help = house.told(&house.dan, "/incident status").await;
    assert!(help.contains("/incident new_issue"), "{help}");
    assert_eq!(house.server.messages(&house.channel).len(), before);
    assert_eq!(house.server.whispers(&house.ann), []);
}

#[tokio::test]
async fn what_is_said_in_the_thread_of_a_card_is_told_with_the_incident() {
    let house = House::new();
    let _running = house.start();
    house.settle_in().await;
    let card = house.report("truck 12 has a flat tyre").await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Claim");
    house.card_says(&card, "IN PROGRESS").await;
    house.server.reply(&house.channel, &house.ann, &card.ts, "I am on my way & bring a spare");
    house.delivered().await;
    let number =
        card.text.split_whitespace().find(|word| word.starts_with("TKT-")).expect("a number").to_owned();
    house.server.command(&house.channel, &house.ann, &format!("history {number}"));
    let history = house.told(&house.ann, "bring a spare").await;
    assert!(history.contains("on my way & bring"), "{history}");
}

#[tokio::test]
async fn a_comment_is_written_into_a_form() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    let card = house.report("truck 12 has a flat tyre").await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Comment");
    let open = form(&house, &house.ann).await;
    house.server.submit(&house.ann, &open.id, &[("text", "the spare is\nin the shed")]);
    house.told(&house.ann, "Noted").await;
    house.server.press(&house.channel, &house.ann, &card.ts, "Comment");
    let open = form(&house, &house.ann).await;
    house.server.submit(&house.ann, &open.id, &[("text", "hush"), ("word", "note_internal")]);
    let noted = |server: &SlackServer| {
        let told = server.whispers(&house.ann);
        (told.iter().filter(|whisper| whisper.text.contains("Noted")).count() == 2).then_some(())
    };
    house.server.wait_for("both notes", noted).await;
    house.server.command(&house.channel, &house.ann, "history 1");
    let history = house.told(&house.ann, "in the shed").await;
    assert!(!history.contains("hush"), "{history}");
    running.stop().await;
}

#[tokio::test]
async fn whoever_is_chosen_in_a_form_is_asked_to_take_it() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    let card = house.report("truck 12 has a flat tyre").await;
    // Whoever may not ask gets no form, and hears why.
    house.server.press(&house.channel, &house.dan, &card.ts, "Assign");
    house.server.wait_for("a refusal", |server| server.whispers(&house.dan).pop()).await;
    assert_eq!(house.server.views(&house.dan), []);
    house.server.press(&house.channel, &house.mia, &card.ts, "Assign");
    let open = form(&house, &house.mia).await;
    house.server.submit(&house.mia, &open.id, &[("person", &house.bob)]);
    house.card_says(&card, "Bob").await;
    running.stop().await;
}

#[tokio::test]
async fn whoever_reports_from_anywhere_says_where_in_the_form() {
    let house = House::new();
    let running = house.start();
    house.settle_in().await;
    house.server.shortcut_anywhere(&house.dan, REPORT_ANYWHERE);
    let open = form(&house, &house.dan).await;
    let fields = [("channel", house.channel.as_str()), ("text", "truck 12 has a flat tyre")];
    house.server.submit(&house.dan, &open.id, &fields);
    let card = house.saying("truck 12 has a flat tyre").await;
    assert!(card.text.contains("Dan"), "{card:#?}");
    running.stop().await;
}
