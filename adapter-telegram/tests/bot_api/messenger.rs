//! What goes out.

use adapter_telegram::testkit::{BotApi, Fault};
use adapter_telegram::{SecretString, SetupError, Telegram, TelegramOptions};
use incident_core::ids::{Handle, Identity};
use incident_core::ports::{DeliveryError, Messenger};
use incident_core::roster::Right;
use incident_core::text::{Limits, Text};
use incident_core::view::{Mention, Message};

use super::*;

fn said(text: &str) -> Message {
    Message {
        lines: vec![line(text)],
        mentions: Vec::new(),
        buttons: Vec::new(),
        offers: Vec::new(),
        asks: false,
    }
}

fn topic(thread: i64) -> Option<Text> {
    Text::new(&thread.to_string(), Limits::NAME).ok()
}

fn named(name: &str, handle: Option<&str>, user: Option<i64>) -> Mention {
    Mention {
        identity: user.map(|user| Identity::new(Platform::Telegram, user.to_string())),
        handle: handle.and_then(|handle| Handle::parse(Platform::Telegram, handle).ok()),
        ..Mention::named(name)
    }
}

#[tokio::test]
async fn a_card_is_posted_pinned_edited_in_place_and_unpinned() {
    let Scene { api, telegram, group, .. } = scene();
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    telegram.pin(&card_ref, NUMBER).await.expect("pinned");
    let posted = api.message(group, id_of(&card_ref)).expect("it is there");
    assert_eq!(posted.text, "NEW\nIssue: a < b & c");
    assert_eq!(posted.labels(), ["✅ Claim"]);
    assert!(posted.pinned);
    telegram.edit(&card_ref, &Card { buttons: Vec::new(), ..card("DONE") }).await.expect("edited");
    telegram.unpin(&card_ref, NUMBER).await.expect("unpinned");
    let edited = api.message(group, id_of(&card_ref)).expect("it is there");
    assert_eq!(
        (edited.text.as_str(), edited.labels(), edited.pinned),
        ("DONE\nIssue: a < b & c", vec![], false)
    );
}

#[tokio::test]
async fn doing_again_what_is_done_is_a_success() {
    let Scene { api: _server, telegram, group, .. } = scene();
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    assert_eq!(telegram.edit(&card_ref, &card("NEW")).await, Ok(()));
    for _ in 0..2 {
        assert_eq!(telegram.pin(&card_ref, NUMBER).await, Ok(()));
    }
    for _ in 0..2 {
        assert_eq!(telegram.unpin(&card_ref, NUMBER).await, Ok(()));
    }
    for _ in 0..2 {
        assert_eq!(telegram.retire(&card_ref).await, Ok(()));
    }
}

#[tokio::test]
async fn a_deleted_card_is_gone_and_needs_no_more_taking_away() {
    let Scene { api, telegram, group, .. } = scene();
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    api.delete(group, id_of(&card_ref));
    assert_eq!(telegram.edit(&card_ref, &card("OTHER")).await, Err(DeliveryError::Gone));
    assert_eq!(telegram.pin(&card_ref, NUMBER).await, Err(DeliveryError::Gone));
    assert_eq!(telegram.unpin(&card_ref, NUMBER).await, Ok(()));
    assert_eq!(telegram.retire(&card_ref).await, Ok(()));
}

#[tokio::test]
async fn a_message_that_was_a_question_cannot_be_a_card() {
    let Scene { api: _server, telegram, group, .. } = scene();
    let question = telegram.send(&place(group), &Message { asks: true, ..said("Why?") }).await.expect("sent");
    assert_eq!(telegram.edit(&question, &card("NEW")).await, Err(DeliveryError::Gone));
}

#[tokio::test]
async fn a_message_too_old_to_be_deleted_loses_its_buttons() {
    let Scene { api, telegram, group, ann } = scene();
    api.demote_bot(group, ann);
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    api.advance(Duration::from_secs(49 * 60 * 60));
    assert_eq!(telegram.retire(&card_ref).await, Ok(()));
    let left = api.message(group, id_of(&card_ref)).expect("it is there");
    assert_eq!((left.deleted, left.labels()), (false, vec![]));
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_says_where_it_is_now() {
    let api = BotApi::start();
    let ann = api.user("Ann", Some("ann"));
    let group = api.group("Drivers", ann);
    api.add_bot(group, ann);
    let telegram = telegram(&api);
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    let moved = Err(DeliveryError::Moved { to: chat_ref(api.migrate(group)) });
    assert_eq!(telegram.edit(&card_ref, &card("OTHER")).await, moved);
    assert_eq!(telegram.post(&place(group), &card("NEW")).await.map(drop), moved);
}

#[tokio::test]
async fn a_chat_that_throws_the_bot_out_or_never_let_it_in_is_lost() {
    let Scene { api, telegram, group, ann } = scene();
    let lost = |reason: &str| Err(DeliveryError::ChatLost { reason: format!("refused with {reason}") });
    let to = async |chat| telegram.send(&place(chat), &said("hello")).await.map(drop);
    assert_eq!(to(ann).await, lost("403: Forbidden: bot can't initiate conversation with a user"));
    assert_eq!(to(-77).await, lost("400: Bad Request: chat not found"));
    api.start_private(ann);
    assert_eq!(to(ann).await, Ok(()));
    api.block(ann);
    assert_eq!(to(ann).await, lost("403: Forbidden: bot was blocked by the user"));
    api.kick_bot(group, ann);
    assert_eq!(to(group).await, lost("403: Forbidden: bot was kicked from the supergroup chat"));
}

#[tokio::test]
async fn a_missing_right_is_told_from_a_lost_chat() {
    let Scene { api, telegram, group, ann } = scene();
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    api.let_bot_pin(group, ann, false);
    assert_eq!(telegram.pin(&card_ref, NUMBER).await, Err(DeliveryError::Forbidden { right: Right::Pin }));
    api.mute_bot(group, true);
    let sent = telegram.send(&place(group), &said("hello")).await.map(drop);
    assert_eq!(sent, Err(DeliveryError::Forbidden { right: Right::Write }));
}

#[tokio::test]
async fn whatever_speaks_against_pinning_never_speaks_against_the_message() {
    let Scene { api, telegram, group, .. } = scene();
    let refuse = |method, description: &str| {
        api.fail_next(method, Fault::Refuse { code: 400, description: description.to_owned() });
    };
    let card_ref = telegram.post(&place(group), &card("NEW")).await.expect("posted");
    for text in ["Bad Request: PIN_RESTRICTED", "Bad Request: CHAT_ADMIN_REQUIRED"] {
        refuse("pinChatMessage", text);
        assert_eq!(
            telegram.pin(&card_ref, NUMBER).await,
            Err(DeliveryError::Forbidden { right: Right::Pin })
        );
        refuse("unpinChatMessage", text);
        assert_eq!(
            telegram.unpin(&card_ref, NUMBER).await,
            Err(DeliveryError::Forbidden { right: Right::Pin })
        );
    }
    refuse("sendMessage", "Bad Request: CHAT_ADMIN_REQUIRED");
    let sent = telegram.send(&place(group), &said("hello")).await.map(drop);
    assert_eq!(sent, Err(DeliveryError::Forbidden { right: Right::Write }));
    refuse("deleteMessage", "Bad Request: CHAT_ADMIN_REQUIRED");
    assert_eq!(telegram.retire(&card_ref).await, Ok(()));
    let left = api.message(group, id_of(&card_ref)).expect("it is there");
    assert_eq!((left.deleted, left.labels()), (false, vec![]));
}

#[tokio::test]
async fn a_message_goes_into_its_topic_and_into_the_chat_when_that_is_closed_or_gone() {
    let Scene { api, telegram, ann, .. } = scene();
    let forum = api.forum("Drivers", ann);
    api.add_bot(forum, ann);
    let open = api.topic(forum, ann, "Berlin");
    let closed = api.topic(forum, ann, "Paris");
    let asked = api.write_in(forum, closed, ann, "hello");
    api.close_topic(forum, ann, closed, true);
    let thread_of = async |topic: Option<Text>, reply_to| {
        let place = Place { topic, reply_to, ..place(forum) };
        let sent = telegram.send(&place, &said("hello")).await.expect("sent");
        api.message(forum, id_of(&sent)).expect("it is there").thread
    };
    assert_eq!(thread_of(topic(open), None).await, Some(open));
    assert_eq!(thread_of(None, None).await, None);
    assert_eq!(thread_of(topic(closed), None).await, None);
    assert_eq!(thread_of(topic(closed), Some(message_ref(forum, asked))).await, None);
    assert_eq!(thread_of(topic(9_999), None).await, None);
}

#[tokio::test]
async fn a_reply_to_a_message_that_is_gone_is_sent_all_the_same() {
    let Scene { api, telegram, group, ann } = scene();
    let asked = api.write(group, ann, "hello");
    let reply_to = Some(message_ref(group, asked));
    let there = Place { reply_to, ..place(group) };
    let answer = async || {
        let sent = telegram.send(&there, &said("yes?")).await.expect("sent");
        api.message(group, id_of(&sent)).expect("it is there").reply_to
    };
    assert_eq!(answer().await, Some(asked));
    api.delete(group, asked);
    assert_eq!(answer().await, None);
}

#[tokio::test]
async fn a_question_opens_a_reply_for_those_it_mentions() {
    let Scene { api, telegram, group, ann } = scene();
    let question = Message {
        lines: vec![vec![Span::Mention(named("Ann", None, Some(ann))), Span::Plain(", why?".to_owned())]],
        asks: true,
        ..said("")
    };
    let sent = telegram.send(&place(group), &question).await.expect("sent");
    let sent = api.message(group, id_of(&sent)).expect("it is there");
    assert_eq!(sent.text, "Ann, why?");
    assert_eq!(sent.mentioned_ids(), [ann]);
    assert_eq!(sent.prompt().map(|prompt| prompt.selective), Some(true));
}

#[tokio::test]
async fn seven_people_are_mentioned_in_two_messages_of_which_the_first_counts() {
    let Scene { api, telegram, group, ann } = scene();
    let names =
        ["b", "c", "d", "e", "f", "g"].map(|name| named(name, Some(&format!("manager_{name}")), None));
    let mentions = std::iter::once(named("Ann", None, Some(ann))).chain(names).collect();
    let first = telegram.send(&place(group), &Message { mentions, ..said("Help!") }).await.expect("sent");
    let sent: Vec<(i64, String)> = api
        .messages(group)
        .into_iter()
        .filter(|message| message.text.starts_with("Help!"))
        .map(|message| (message.id, message.text))
        .collect();
    let id = id_of(&first);
    let parts = [
        (id, "Help!\nAnn, @manager_b, @manager_c, @manager_d, @manager_e".to_owned()),
        (id + 1, "Help!\n@manager_f, @manager_g".to_owned()),
    ];
    assert_eq!(sent, parts);
}

#[test]
fn an_address_that_is_none_is_refused_at_once() {
    for api_url in ["", "api.telegram.org", "ftp://api.telegram.org", "http://"] {
        let options = TelegramOptions { token: SecretString::from("1:secret"), api_url: api_url.to_owned() };
        assert!(matches!(Telegram::new(options), Err(SetupError::ApiUrl)), "{api_url}");
    }
}

#[test]
fn the_token_shows_itself_in_no_debug_output() {
    let options =
        TelegramOptions { token: SecretString::from("1:secret"), api_url: "http://127.0.0.1".to_owned() };
    assert!(!format!("{options:?}").contains("secret"));
    let telegram = Telegram::new(options).expect("a client is made");
    assert!(!format!("{telegram:?}").contains("secret"));
}
