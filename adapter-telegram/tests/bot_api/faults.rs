//! What goes wrong on the way out, and what the desk is told of it.

use std::time::Instant;

use adapter_telegram::CALL_LIMIT;
use adapter_telegram::testkit::Fault;
use incident_core::ports::{DeliveryError, Messenger};
use incident_core::view::{Mention, Message};

use super::*;

fn temporary(reason: &str) -> DeliveryError {
    DeliveryError::Temporary { reason: reason.to_owned(), retry_after: None }
}

#[tokio::test]
async fn a_flood_wait_is_handed_on_to_the_second() {
    let Scene { api, telegram, group, .. } = scene();
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    api.fail_next("editMessageText", Fault::TooManyRequests { retry_after: 17 });
    let expected = DeliveryError::Temporary {
        reason: "refused with 429: Too Many Requests: retry after 17".to_owned(),
        retry_after: Some(Duration::from_secs(17)),
    };
    assert_eq!(telegram.edit(&card_ref, &card("OTHER")).await, Err(expected));
    assert_eq!(telegram.edit(&card_ref, &card("OTHER")).await, Ok(()));
}

#[tokio::test]
async fn a_server_error_is_told_at_once_and_not_after_ten_seconds() {
    let Scene { api, telegram, group, .. } = scene();
    let start = Instant::now();
    api.fail_next("sendMessage", Fault::ServerError);
    let sent = telegram.post(&place(group), &card("NEW")).await;
    assert_eq!(sent, Err(temporary("refused with 500: Internal Server Error")));
    api.fail_next("sendMessage", Fault::BadGateway);
    let sent = telegram.post(&place(group), &card("NEW")).await;
    assert_eq!(sent, Err(temporary("unreadable answer with status 502")));
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_lost_answer_is_temporary_whether_or_not_the_card_is_there() {
    let Scene { api, telegram, group, .. } = scene();
    for (fault, there) in [(Fault::ResetBefore, 0), (Fault::ResetAfter, 1), (Fault::ErrorAfter, 2)] {
        api.fail_next("sendMessage", fault);
        let sent = telegram.post(&place(group), &card("NEW")).await;
        assert!(matches!(sent, Err(DeliveryError::Temporary { retry_after: None, .. })), "{sent:?}");
        assert_eq!(
            api.messages(group).iter().filter(|message| message.text.starts_with("NEW")).count(),
            there
        );
    }
}

#[tokio::test]
async fn a_call_that_hangs_is_given_up_before_the_lease_ends() {
    let Scene { api, telegram, group, .. } = scene();
    api.fail_next("sendMessage", Fault::Hang(None));
    let start = Instant::now();
    let sent = telegram.post(&place(group), &card("NEW")).await;
    assert!(matches!(sent, Err(DeliveryError::Temporary { .. })), "{sent:?}");
    assert!(start.elapsed() >= CALL_LIMIT, "{:?}", start.elapsed());
    assert!(start.elapsed() < CALL_LIMIT + Duration::from_secs(5), "{:?}", start.elapsed());
}

#[tokio::test]
async fn no_error_says_the_token() {
    let Scene { api, telegram, group, .. } = scene();
    let token = api.token();
    let secret = token.split_once(':').expect("tokens have two halves").1.to_owned();
    let mut errors = Vec::new();
    for fault in [Fault::ResetBefore, Fault::ResetAfter, Fault::BadGateway, Fault::ServerError] {
        api.fail_next("sendMessage", fault);
        errors.push(telegram.post(&place(group), &card("NEW")).await.expect_err("it fails"));
    }
    api.stop();
    errors.push(telegram.post(&place(group), &card("NEW")).await.expect_err("nobody is there"));
    for error in errors {
        let said = format!("{error} {error:?}");
        assert!(!said.contains(&secret), "{said}");
        assert!(!said.contains("/bot"), "{said}");
    }
}

#[tokio::test]
async fn a_refused_token_leaves_everything_owed() {
    let Scene { api, telegram, group, .. } = scene();
    api.set_token("7000000001:AnotherToken");
    let sent = telegram.post(&place(group), &card("NEW")).await;
    assert_eq!(sent, Err(temporary("refused with 401: Unauthorized")));
}

#[tokio::test]
async fn of_a_message_in_parts_those_that_arrived_are_not_sent_again() {
    let Scene { api, telegram, group, .. } = scene();
    let mentions = (0..11).map(|n| Mention::named(&format!("m{n}"))).collect();
    let page = Message {
        lines: vec![line("Help!")],
        mentions,
        buttons: Vec::new(),
        offers: Vec::new(),
        asks: false,
    };
    api.fail_next("sendMessage", Fault::HangAfter(None));
    let refuse_the_second = async {
        api.wait_said(group, "Help!").await;
        api.fail_next("sendMessage", Fault::TooManyRequests { retry_after: 7 });
        api.release_hangs();
    };
    let there = place(group);
    let (sent, ()) = tokio::join!(telegram.send(&there, &page), refuse_the_second);
    let wait = Some(Duration::from_secs(7));
    assert!(matches!(sent, Err(DeliveryError::Temporary { retry_after, .. }) if retry_after == wait));
    let first = telegram.send(&there, &page).await.expect("sent");
    let parts: Vec<i64> = api
        .messages(group)
        .iter()
        .filter(|message| message.text.starts_with("Help!"))
        .map(|message| message.id)
        .collect();
    assert_eq!((parts.len(), parts[0]), (3, id_of(&first)));
}
