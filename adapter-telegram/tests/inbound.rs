//! Recorded updates, and what each of them asks. The snapshots beside this file are the whole requests.

use adapter_telegram::inbound::{BotIdentity, ReturnPath, Unreadable, decode, request, return_path};
use incident_core::desk::{Ask, Named, Request, Sender};
use incident_core::ids::{ChatRef, Identity, MessageRef, Platform};
use incident_core::ports::RequestKey;
use incident_core::view::CommandWord;
use proptest::prelude::*;
use serde_json::{Value, json};
use teloxide::types::{CallbackQueryId, Update, UserId};

fn raw(name: &str) -> Value {
    let path = format!("{}/tests/updates/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn update(name: &str) -> Update {
    decode(raw(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn bot() -> BotIdentity {
    BotIdentity { id: UserId(7_000_000_001), username: "incident_desk_bot".to_owned() }
}

fn asked(name: &str) -> Option<Request> {
    request(&bot(), &update(name), 0xF2E5)
}

fn ask(name: &str) -> Ask {
    asked(name).unwrap_or_else(|| panic!("{name} asks nothing")).ask
}

fn from(name: &str) -> Sender {
    asked(name).unwrap_or_else(|| panic!("{name} asks nothing")).from
}

fn group() -> ChatRef {
    ChatRef::new(Platform::Telegram, "-1002000000001")
}

/// Compares what these updates ask with the snapshots.
fn as_recorded(names: &[&str]) {
    for name in names {
        insta::assert_debug_snapshot!(*name, asked(name));
    }
}

#[test]
fn commands_are_understood_wherever_they_are_typed() {
    as_recorded(&[
        "command",
        "command_with_line_breaks",
        "command_to_us",
        "command_in_private",
        "command_in_a_small_group",
        "command_in_a_topic",
        "command_in_a_thread_that_is_no_topic",
        "command_in_the_general_topic",
        "command_naming_people",
    ]);
}

#[test]
fn files_and_quoted_messages_come_with_a_command() {
    as_recorded(&[
        "command_with_a_photo",
        "command_with_a_document",
        "command_quoting_text",
        "command_quoting_a_photo",
        "command_quoting_a_voice_message",
        "command_quoting_the_bot",
        "command_quoting_a_sticker",
    ]);
}

#[test]
fn answers_presses_and_changes_are_understood() {
    as_recorded(&[
        "answer",
        "answer_in_a_topic",
        "press",
        "press_in_a_topic",
        "press_on_a_message_that_is_gone",
        "group_became_supergroup",
        "supergroup_was_a_group",
        "bot_promoted",
        "bot_blocked",
        "member_left",
    ]);
}

#[test]
fn what_people_say_to_each_other_is_overheard() {
    as_recorded(&["talk", "reply_to_somebody", "talk_in_a_topic_the_bot_opened"]);
}

#[test]
fn what_is_not_for_the_desk_asks_nothing() {
    let names = [
        "command_to_another_bot",
        "command_to_another_bot_as_a_reply",
        "unknown_command",
        "answer_with_a_sticker",
        "own_pin",
        "pin_by_somebody",
        "automatic_forward",
        "press_on_no_message",
        "press_of_a_game",
        "member_joined",
        "member_promoted",
        "member_unbanned",
        "bot_left_message",
    ];
    for name in names {
        assert_eq!(asked(name), None, "{name}");
    }
}

#[test]
fn a_key_names_bot_and_update() {
    let request = asked("command").expect("it asks something");
    assert_eq!(request.key, RequestKey::new("telegram:7000000001:730000001"));
    assert_eq!(request.fresh, 0xF2E5);
}

#[test]
fn what_tomorrow_adds_to_a_message_does_not_silence_it() {
    let Ask::Command { word, text, .. } = ask("command_with_a_date") else { panic!("no command") };
    assert_eq!((word, text.as_str()), (CommandWord::NewIssue, "tomorrow at noon @Carl_M"));
    let Ask::Command { text, quoted, .. } = ask("command_forwarded_from_tomorrow") else {
        panic!("no command")
    };
    assert_eq!((text.as_str(), quoted), ("flat tyre", None));
    let Ask::Command { text, attachments, .. } = ask("command_under_a_video_of_tomorrow") else {
        panic!("no command")
    };
    assert_eq!((text.as_str(), attachments), ("flat tyre", vec![]));
}

#[test]
fn an_account_stands_for_the_name_it_is_called_by() {
    let Ask::Command { named, .. } = ask("command_naming_people") else { panic!("no command") };
    let words: Vec<&str> = named
        .iter()
        .map(|named| match named {
            Named::Word(word) => word.as_str(),
            Named::Account(profile) => profile.identity.user.as_ref(),
            Named::Circle(circle) => circle.name(),
        })
        .collect();
    assert_eq!(words, ["@Carl_M", "👩‍🔧", "5400000004", "dave"]);
}

#[test]
fn everybody_is_who_they_are() {
    assert_eq!(from("command_by_an_anonymous_admin"), Sender::AnonymousAdmin);
    assert_eq!(from("bot_added_by_an_anonymous_admin"), Sender::AnonymousAdmin);
    assert_eq!(from("command_by_a_channel"), Sender::Channel);
    assert_eq!(from("command_by_a_bot"), Sender::Bot);
    let name = |update| {
        let Sender::Person(profile) = from(update) else { panic!("{update} comes from no person") };
        (profile.name.to_string(), profile.handle.is_some())
    };
    assert_eq!(name("command"), ("Ann Lee".to_owned(), true));
    assert_eq!(name("command_by_somebody_without_handle"), ("Bob".to_owned(), false));
    assert_eq!(name("command_by_somebody_without_name"), ("User 5400000003".to_owned(), false));
}

#[test]
fn words_that_only_look_like_a_command_may_be_an_answer() {
    let to = MessageRef::new(group(), "700");
    let (text, attachments) = ("/var/log was full".to_owned(), Vec::new());
    assert_eq!(ask("answer_that_looks_like_a_command"), Ask::Answer { to, text, attachments });
}

#[test]
fn a_photo_alone_is_an_answer_with_a_file() {
    let Ask::Answer { text, attachments, .. } = ask("answer_with_a_photo_alone") else { panic!("no answer") };
    let files: Vec<(&str, Option<u64>)> =
        attachments.iter().map(|file| (file.reference.as_str(), file.size)).collect();
    assert_eq!((text.as_str(), files), ("", vec![("large-photo", Some(160_000))]));
}

#[test]
fn a_command_in_reply_to_the_bot_is_about_that_message() {
    let Ask::Command { quoted, about, .. } = ask("command_quoting_the_bot") else { panic!("no command") };
    assert_eq!((quoted, about.map(|about| about.chat)), (None, Some(group())));
}

#[test]
fn the_bot_knows_where_it_is_and_what_it_may() {
    let present = |can_pin| Ask::BotPresent { can_pin };
    let asks = [
        ("bot_added", present(None)),
        ("bot_promoted", present(Some(true))),
        ("bot_promoted_without_pins", present(Some(false))),
        ("bot_promoted_with_few_words", present(Some(true))),
        ("bot_restricted", present(Some(false))),
        ("bot_removed", Ask::BotRemoved),
        ("bot_kicked", Ask::BotRemoved),
        ("bot_blocked", Ask::BotRemoved),
    ];
    for (name, expected) in asks {
        assert_eq!(ask(name), expected, "{name}");
    }
}

#[test]
fn who_leaves_is_told_however_they_went() {
    let who = Identity::new(Platform::Telegram, "5400000002");
    for name in ["member_left", "member_kicked", "member_restricted_out", "member_left_message"] {
        assert_eq!(ask(name), Ask::MemberLeft { who: who.clone() }, "{name}");
    }
}

#[test]
fn answers_go_where_the_question_came_from() {
    assert_eq!(
        return_path(&update("press")),
        ReturnPath::Press(CallbackQueryId("4100000000000000001".to_owned()))
    );
    assert_eq!(return_path(&update("command")), ReturnPath::Message(MessageRef::new(group(), "812")));
    assert_eq!(return_path(&update("bot_added")), ReturnPath::Nowhere);
}

#[test]
fn unwanted_and_broken_updates_are_told_apart_and_keep_what_people_wrote_to_themselves() {
    let unwanted = |id, kind: &str| Err(Unreadable::Unwanted { id, kind: kind.to_owned() });
    let broken = |id, reason: &str| Err(Unreadable::Broken { id, reason: reason.to_owned() });
    let id = |name| u32::try_from(raw(name)["update_id"].as_u64().unwrap()).unwrap();
    for (name, kind) in [
        ("edited_command", "edited_message"),
        ("channel_post", "channel_post"),
        ("kind_of_tomorrow", "hologram"),
    ] {
        assert_eq!(decode(raw(name)), unwanted(id(name), kind), "{name}");
    }
    assert_eq!(decode(raw("no_kind")), unwanted(id("no_kind"), ""));
    assert_eq!(decode(raw("broken_message")), broken(id("broken_message"), "missing field `date`"));
    let form = "a part of it has an unexpected form";
    assert_eq!(decode(raw("broken_words")), broken(id("broken_words"), form));
    assert_eq!(decode(raw("message_that_is_none")), broken(id("message_that_is_none"), "not an object"));
    assert_eq!(decode(raw("no_update")), Err(Unreadable::Nothing));
    assert_eq!(decode(json!([])), Err(Unreadable::Nothing));
}

/// Any JSON, of the size of an update.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,12}", inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// Replaces a part of an update.
fn replaced(update: &mut Value, steps: &[prop::sample::Index], by: Value) {
    let mut path = String::new();
    for step in steps {
        let at = update.pointer(&path).expect("it was found there");
        let next = if let Some(fields) = at.as_object().filter(|fields| !fields.is_empty()) {
            fields.keys().nth(step.index(fields.len())).cloned()
        } else {
            at.as_array().filter(|items| !items.is_empty()).map(|items| step.index(items.len()).to_string())
        };
        match next {
            Some(next) => path = format!("{path}/{next}"),
            None => break,
        }
    }
    *update.pointer_mut(&path).expect("it was found there") = by;
}

/// Telegram need not say of what media type a file is.
#[test]
fn a_file_without_a_media_type_is_kept() {
    let file = json!({
        "file_id": "F1", "file_unique_id": "U1", "file_size": 9, "duration": 3, "width": 4, "height": 5,
    });
    for kind in ["document", "animation", "video", "audio", "voice"] {
        let mut update = raw("answer_with_a_photo_alone");
        let message = update["message"].as_object_mut().expect("a message");
        message.remove("photo");
        message.insert(kind.to_owned(), file.clone());
        let asked = request(&bot(), &decode(update).expect(kind), 1).expect(kind);
        let Ask::Answer { attachments, .. } = asked.ask else { panic!("{kind}: an answer") };
        let kept: Vec<(&str, &str)> =
            attachments.iter().map(|file| (file.kind.as_str(), file.reference.as_str())).collect();
        assert_eq!(kept, [(kind, "F1")]);
    }
}

proptest! {
    #[test]
    fn no_json_makes_reading_panic(update in any_json(), kind in "message|callback_query|my_chat_member|chat_member") {
        let update = json!({"update_id": 1, kind: update});
        if let Ok(update) = decode(update) {
            request(&bot(), &update, 1);
        }
    }

    #[test]
    fn no_change_of_a_recorded_update_makes_reading_panic(
        name in prop::sample::select(vec![
            "command_naming_people", "command_with_a_photo", "command_quoting_a_photo", "answer", "press",
            "bot_promoted", "member_kicked", "command_with_a_date",
        ]),
        steps in prop::collection::vec(any::<prop::sample::Index>(), 1..6),
        by in any_json(),
    ) {
        let mut update = raw(name);
        replaced(&mut update, &steps, by);
        if let Ok(update) = decode(update) {
            request(&bot(), &update, 1);
        }
    }

    #[test]
    fn no_text_and_no_entity_makes_reading_panic(
        text in "/(new_issue|status)?[@ ]?.{0,40}",
        offset in 0_usize..50,
        length in prop_oneof![0_usize..50, Just(usize::MAX)],
    ) {
        let mut update = raw("command_naming_people");
        update["message"]["text"] = text.into();
        update["message"]["entities"][2]["offset"] = offset.into();
        update["message"]["entities"][2]["length"] = length.into();
        request(&bot(), &decode(update).unwrap(), 1);
    }
}
