//! Sending, editing, deleting, pinning.

use adapter_telegram::testkit::Entity;
use teloxide::prelude::*;
use teloxide::types::{
    ForceReply, InlineKeyboardMarkup, InputFile, MessageEntityKind, MessageId, ParseMode, ReplyParameters,
    ThreadId,
};
use teloxide::{ApiError, RequestError};

use super::{keyboard, refusal, scene};

#[tokio::test]
async fn a_card_is_sent_edited_and_never_edited_to_the_same() {
    let scene = scene().await;
    let card = scene.card().await;
    let edit = |text: &str| {
        scene.bot.edit_message_text(scene.chat(), card, text).reply_markup(keyboard(&[("Resolve", "r1")]))
    };
    let edited = edit("claimed").await.unwrap();
    assert_eq!((edited.text(), edited.edit_date().is_some()), (Some("claimed"), true));
    let same = edit("claimed").await.unwrap_err();
    assert!(matches!(same, RequestError::Api(ApiError::MessageNotModified)), "{same:?}");
    let seen = scene.api.message(scene.group, card.0.into()).unwrap();
    assert_eq!((seen.text.as_str(), seen.labels(), seen.edits), ("claimed", vec!["Resolve"], 1));
}

#[tokio::test]
async fn an_edit_without_buttons_removes_them() {
    let scene = scene().await;
    let card = scene.card().await;
    scene.bot.edit_message_text(scene.chat(), card, "card").await.unwrap();
    assert!(scene.api.message(scene.group, card.0.into()).unwrap().buttons().is_empty());
}

#[tokio::test]
async fn buttons_can_be_changed_alone() {
    let scene = scene().await;
    let card = scene.card().await;
    let edit =
        || scene.bot.edit_message_reply_markup(scene.chat(), card).reply_markup(keyboard(&[("Leave", "l1")]));
    edit().await.unwrap();
    let seen = scene.api.message(scene.group, card.0.into()).unwrap();
    assert_eq!((seen.text.as_str(), seen.labels()), ("card", vec!["Leave"]));
    assert!(refusal(edit().await).contains("not modified"));
    let empty =
        scene.bot.edit_message_reply_markup(scene.chat(), card).reply_markup(InlineKeyboardMarkup::default());
    assert_eq!(empty.await.unwrap().reply_markup(), None);
}

#[tokio::test]
async fn html_becomes_entities_and_mentions_by_id_name_known_people() {
    let scene = scene().await;
    let text = format!("<b>Flat</b> tyre 🚚 <a href=\"tg://user?id={}\">Ann</a> &lt;ok&gt;", scene.ann);
    let sent = scene.bot.send_message(scene.chat(), text).parse_mode(ParseMode::Html).await.unwrap();
    assert_eq!(sent.text(), Some("Flat tyre 🚚 Ann <ok>"));
    let entities = sent.entities().unwrap();
    assert_eq!((&entities[0].kind, entities[0].offset, entities[0].length), (&MessageEntityKind::Bold, 0, 4));
    assert_eq!((entities[1].offset, entities[1].length), (13, 3));
    let named =
        matches!(&entities[1].kind, MessageEntityKind::TextMention { user } if user.first_name == "Ann");
    assert!(named, "{entities:?}");
    assert_eq!(scene.api.message(scene.group, sent.id.0.into()).unwrap().mentioned_ids(), [scene.ann]);
}

#[tokio::test]
async fn html_that_does_not_parse_is_refused_and_nothing_is_sent() {
    let scene = scene().await;
    let before = scene.api.messages(scene.group).len();
    for (text, why) in [
        ("a <b>b", "Can't find end tag corresponding to start tag \"b\""),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<blink>x</blink>", "Unsupported start tag \"blink\" at byte offset 0"),
        ("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\""),
        ("x</b>", "Unexpected end tag at byte offset 1"),
    ] {
        let error = scene.bot.send_message(scene.chat(), text).parse_mode(ParseMode::Html).await.unwrap_err();
        let expected = format!("Bad Request: can't parse entities: {why}");
        assert!(
            matches!(&error, RequestError::Api(ApiError::CantParseEntities(text)) if *text == expected),
            "{error:?}"
        );
    }
    assert_eq!(scene.api.messages(scene.group).len(), before);
}

#[tokio::test]
async fn limits_are_counted_in_utf16_units_after_parsing() {
    let scene = scene().await;
    let send = |text: String| scene.bot.send_message(scene.chat(), text).parse_mode(ParseMode::Html);
    send(format!("<b>{}</b>", "x".repeat(4_096))).await.unwrap();
    send("🚚".repeat(2_048)).await.unwrap();
    let long = send("🚚".repeat(2_048) + "x").await.unwrap_err();
    assert!(matches!(long, RequestError::Api(ApiError::MessageIsTooLong)), "{long:?}");
    let card = scene.card().await;
    let edited = scene.bot.edit_message_text(scene.chat(), card, "x".repeat(4_097)).await.unwrap_err();
    assert!(matches!(edited, RequestError::Api(ApiError::EditedMessageIsTooLong)), "{edited:?}");
    let empty = scene.bot.send_message(scene.chat(), "").await.unwrap_err();
    assert!(matches!(empty, RequestError::Api(ApiError::MessageTextIsEmpty)), "{empty:?}");
}

#[tokio::test]
async fn callback_data_over_64_bytes_is_refused() {
    let scene = scene().await;
    let data = "é".repeat(33);
    let sent = scene.bot.send_message(scene.chat(), "x").reply_markup(keyboard(&[("Claim", &data)])).await;
    assert!(matches!(sent, Err(RequestError::Api(ApiError::ButtonDataInvalid))), "{sent:?}");
}

#[tokio::test]
async fn a_reply_to_a_missing_message_is_refused_unless_leniency_is_asked_for() {
    let scene = scene().await;
    let to = ReplyParameters::new(MessageId(999));
    let strict = scene.bot.send_message(scene.chat(), "x").reply_parameters(to.clone()).await;
    assert!(matches!(strict, Err(RequestError::Api(ApiError::MessageToReplyNotFound))), "{strict:?}");
    let lenient =
        scene.bot.send_message(scene.chat(), "x").reply_parameters(to.allow_sending_without_reply());
    assert!(lenient.await.unwrap().reply_to_message().is_none());
    let asked = scene.api.write(scene.group, scene.ann, "hello");
    let to = ReplyParameters::new(MessageId(i32::try_from(asked).unwrap()));
    let sent = scene.bot.send_message(scene.chat(), "x").reply_parameters(to).await.unwrap();
    assert_eq!(sent.reply_to_message().and_then(|message| message.text()), Some("hello"));
}

#[tokio::test]
async fn a_message_that_asks_for_a_reply_can_never_be_edited() {
    let scene = scene().await;
    let prompt = ForceReply::new().selective().input_field_placeholder("What was done?".to_owned());
    let sent = scene.bot.send_message(scene.chat(), "Summary?").reply_markup(prompt).await.unwrap();
    let edited = scene.bot.edit_message_text(scene.chat(), sent.id, "y").await;
    assert!(matches!(edited, Err(RequestError::Api(ApiError::MessageCantBeEdited))), "{edited:?}");
    let seen = scene.api.message(scene.group, sent.id.0.into()).unwrap();
    assert_eq!(seen.prompt().unwrap().placeholder.as_deref(), Some("What was done?"));
}

#[tokio::test]
async fn a_deleted_message_can_be_neither_edited_nor_pinned_nor_deleted_again() {
    let scene = scene().await;
    let card = scene.card().await;
    scene.bot.delete_message(scene.chat(), card).await.unwrap();
    let edited = scene.bot.edit_message_text(scene.chat(), card, "y").await;
    assert!(matches!(edited, Err(RequestError::Api(ApiError::MessageToEditNotFound))), "{edited:?}");
    assert_eq!(
        refusal(scene.bot.pin_chat_message(scene.chat(), card).await),
        "Bad Request: message to pin not found"
    );
    let deleted = scene.bot.delete_message(scene.chat(), card).await;
    assert!(matches!(deleted, Err(RequestError::Api(ApiError::MessageToDeleteNotFound))), "{deleted:?}");
}

#[tokio::test]
async fn people_s_messages_cannot_be_edited_by_the_bot() {
    let scene = scene().await;
    let theirs = scene.api.write(scene.group, scene.ann, "mine");
    let edited =
        scene.bot.edit_message_text(scene.chat(), MessageId(i32::try_from(theirs).unwrap()), "y").await;
    assert!(matches!(edited, Err(RequestError::Api(ApiError::MessageCantBeEdited))), "{edited:?}");
}

#[tokio::test]
async fn a_pin_comes_back_as_a_service_message_of_the_bot_itself() {
    let scene = scene().await;
    let card = scene.card().await;
    scene.bot.pin_chat_message(scene.chat(), card).disable_notification(true).await.unwrap();
    let updates = scene.fetch().await;
    let teloxide::types::UpdateKind::Message(message) = &updates[0].kind else { panic!("{updates:?}") };
    assert_eq!(message.from.as_ref().map(|from| from.id.0), Some(scene.api.bot_id().unsigned_abs()));
    assert_eq!(message.pinned_message().map(|pinned| pinned.id()), Some(card));
    assert_eq!(scene.api.pinned(scene.group).len(), 1);
    assert_eq!(
        refusal(scene.bot.pin_chat_message(scene.chat(), card).await),
        "Bad Request: CHAT_NOT_MODIFIED"
    );
    let unpin = || scene.bot.unpin_chat_message(scene.chat()).message_id(card);
    unpin().await.unwrap();
    assert!(scene.api.pinned(scene.group).is_empty());
    assert_eq!(refusal(unpin().await), "Bad Request: CHAT_NOT_MODIFIED");
}

#[tokio::test]
async fn pinning_needs_the_right_to_pin() {
    let scene = scene().await;
    let card = scene.card().await;
    scene.api.let_bot_pin(scene.group, scene.ann, false);
    let refused = scene.bot.pin_chat_message(scene.chat(), card).await;
    assert!(matches!(refused, Err(RequestError::Api(ApiError::NotEnoughRightsToManagePins))), "{refused:?}");
    scene.api.let_bot_pin(scene.group, scene.ann, true);
    scene.bot.pin_chat_message(scene.chat(), card).await.unwrap();
}

#[tokio::test]
async fn photos_and_documents_are_sent_again_by_their_id() {
    let scene = scene().await;
    let photo = scene.api.send_photo(scene.group, scene.ann, "broken mirror");
    let file = scene.api.message(scene.group, photo).unwrap().media.unwrap();
    let sent = scene.bot.send_photo(scene.chat(), InputFile::file_id(file.file_id.clone().into()));
    let sent = sent.caption("<b>card</b>").parse_mode(ParseMode::Html).await.unwrap();
    assert_eq!(
        (sent.caption(), sent.photo().unwrap()[0].file.id.0.as_str()),
        (Some("card"), file.file_id.as_str())
    );
    let edited = scene.bot.edit_message_caption(scene.chat(), sent.id).caption("claimed").await.unwrap();
    assert_eq!(edited.caption(), Some("claimed"));
    let as_text = scene.bot.edit_message_text(scene.chat(), sent.id, "x").await;
    assert_eq!(refusal(as_text), "Bad Request: there is no text in the message to edit");
    let long = scene
        .bot
        .send_photo(scene.chat(), InputFile::file_id(file.file_id.into()))
        .caption("x".repeat(1_025));
    assert_eq!(refusal(long.await), "Bad Request: message caption is too long");
    let paper = scene.api.send_document(scene.group, scene.ann, "");
    let file = scene.api.message(scene.group, paper).unwrap().media.unwrap();
    let sent = scene.bot.send_document(scene.chat(), InputFile::file_id(file.file_id.into())).await.unwrap();
    assert!(sent.document().is_some());
    let unknown =
        scene.bot.send_document(scene.chat(), InputFile::file_id("nonsense".to_owned().into())).await;
    assert!(matches!(unknown, Err(RequestError::Api(ApiError::WrongFileIdOrUrl))), "{unknown:?}");
}

#[tokio::test]
async fn an_upload_gets_an_id_of_its_own() {
    let scene = scene().await;
    let photo = InputFile::memory(vec![1_u8, 2, 3]).file_name("a.jpg");
    let sent = scene.bot.send_photo(scene.chat(), photo).await.unwrap();
    let again = sent.photo().unwrap()[0].file.id.clone();
    scene.bot.send_photo(scene.chat(), InputFile::file_id(again)).await.unwrap();
}

#[tokio::test]
async fn topics_are_addressed_by_thread_and_general_without_one() {
    let scene = scene().await;
    let forum = scene.api.forum("Base", scene.ann);
    scene.api.add_bot(forum, scene.ann);
    scene.api.promote_bot(forum, scene.ann);
    let chat = ChatId(forum);
    let topic = scene.api.topic(forum, scene.ann, "Trucks");
    let thread = |id: i64| ThreadId(MessageId(i32::try_from(id).unwrap()));
    let sent = scene.bot.send_message(chat, "x").message_thread_id(thread(topic)).await.unwrap();
    assert_eq!((sent.thread_id, sent.is_topic_message), (Some(thread(topic)), true));
    let implicit = sent.reply_to_message().unwrap();
    assert_eq!(i64::from(implicit.id.0), topic);
    for refused in [1, 777] {
        let result = scene.bot.send_message(chat, "x").message_thread_id(thread(refused)).await;
        assert_eq!(refusal(result), "Bad Request: message thread not found");
    }
    assert_eq!(scene.bot.send_message(chat, "x").await.unwrap().thread_id, None);
    scene.api.close_topic(forum, scene.ann, topic, true);
    let closed = scene.bot.send_message(chat, "x").message_thread_id(thread(topic)).await;
    assert_eq!(refusal(closed), "Bad Request: TOPIC_CLOSED");
}

#[tokio::test]
async fn commands_and_mentions_are_recognised_in_plain_text() {
    let scene = scene().await;
    let written = scene.api.write(scene.group, scene.ann, "/status@incident_desk_bot 7 for @bob, a@b /no_/x");
    let kinds: Vec<(String, usize, usize)> = scene
        .api
        .message(scene.group, written)
        .unwrap()
        .entities
        .into_iter()
        .map(|Entity { kind, offset, length, .. }| (kind, offset, length))
        .collect();
    let expected = [("bot_command", 0, 25), ("mention", 32, 4), ("bot_command", 42, 4)];
    assert_eq!(kinds, expected.map(|(kind, offset, length)| (kind.to_owned(), offset, length)));
}
