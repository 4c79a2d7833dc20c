//! What Slack delivers, read: as documented, and as it really comes.

use adapter_slack::inbound::{
    Asked, BotIdentity, Delivered, EVENTS, Kind, Opens, REPORT_SHORTCUT, ReturnPath, key, read,
};
use adapter_slack::outbound::Reporting;
use incident_core::desk::{Ask, ChatKind, Named, Quoted, Request, Sender};
use incident_core::ids::{ChatRef, Identity, MessageRef, Platform, TeamId};
use incident_core::incident::{Attachment, Priority};
use incident_core::ports::{Profile, RequestKey};
use incident_core::text::{Limits, Text};
use incident_core::view::CommandWord;
use proptest::prelude::*;
use serde_json::{Value, json};

fn bot() -> BotIdentity {
    BotIdentity { user: "UDESK".to_owned(), bot: Some("BDESK".to_owned()) }
}

fn asked(kind: Kind, payload: Value) -> Option<Asked> {
    read(&bot(), &Delivered { kind, payload }, 7)
}

fn text(words: &str) -> Text {
    Text::new(words, Limits::NAME).expect("a short text")
}

fn ann() -> Profile {
    Profile { identity: Identity::new(Platform::Slack, "U1"), handle: None, name: text("ann"), locale: None }
}

fn nameless(user: &str) -> Profile {
    Profile { identity: Identity::new(Platform::Slack, user), handle: None, name: text(user), locale: None }
}

fn chat(channel: &str) -> ChatRef {
    ChatRef::new(Platform::Slack, channel)
}

fn message(ts: &str) -> MessageRef {
    MessageRef::new(chat("C1"), ts)
}

fn request(key: &str, title: Option<&str>, from: Sender, ask: Ask) -> Request {
    Request {
        key: RequestKey::new(key),
        chat: chat("C1"),
        chat_kind: ChatKind::Group,
        chat_title: title.map(text),
        topic: None,
        from,
        fresh: 7,
        ask,
    }
}

fn command(word: CommandWord, words: &str, named: Vec<Named>) -> Ask {
    let text = words.to_owned();
    Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None }
}

fn typed(words: &str) -> Value {
    json!({
        "command": "/incident", "text": words, "user_id": "U1", "user_name": "ann", "channel_id": "C1",
        "channel_name": "drivers", "team_id": "T1", "trigger_id": "1.2.a", "response_url": "https://r.example/1",
        "enterprise_id": null,
    })
}

#[test]
fn a_command_is_read_with_whom_it_names() {
    let named =
        vec![Named::Account(Profile { name: text("bob"), ..nameless("U2") }), Named::Word("@mia".to_owned())];
    let expected = Asked {
        request: request(
            "slack:trigger:1.2.a",
            Some("drivers"),
            Sender::Person(ann()),
            command(CommandWord::AddDispatcher, "@bob @mia", named),
        ),
        path: ReturnPath::Response { url: "https://r.example/1".to_owned(), replaces: false },
        opens: Opens::Nothing,
    };
    assert_eq!(asked(Kind::SlashCommands, typed("add-dispatcher <@U2|bob> @mia")), Some(expected));
}

#[test]
fn a_report_without_words_opens_a_form() {
    let opened = asked(Kind::SlashCommands, typed("new")).expect("it is ours");
    let reporting = Reporting { channel: Some("C1".to_owned()), name: Some("drivers".to_owned()) };
    assert_eq!(opened.opens, Opens::Report { trigger: "1.2.a".to_owned(), reporting, said: None });
    assert_eq!(opened.request.ask, command(CommandWord::NewIssue, "", Vec::new()));
    let filed = asked(Kind::SlashCommands, typed("new truck &amp; trailer &lt;12&gt;")).expect("it is ours");
    assert_eq!(filed.opens, Opens::Nothing);
    let Ask::Command { text, .. } = filed.request.ask else { panic!("a command") };
    assert_eq!(text, "truck & trailer <12>");
}

#[test]
fn where_somebody_is_alone_with_the_app_is_no_group() {
    let alone = json!({"text": "help", "user_id": "U1", "channel_id": "D1", "channel_name": "directmessage", "trigger_id": "1"});
    let asked = asked(Kind::SlashCommands, alone).expect("it is ours");
    assert_eq!((asked.request.chat_kind, asked.request.chat_title), (ChatKind::Private, None));
    let whisper = ReturnPath::Whisper { channel: "D1".to_owned(), user: "U1".to_owned() };
    assert_eq!(asked.path, whisper, "without an address, the answer finds its way");
}

/// A press as it comes from an app in an organisation, with an empty state, beside a message of a strange form.
fn pressed() -> Value {
    json!({
        "type": "block_actions", "team": null, "enterprise": {"id": "E1"}, "user": {"id": "U1", "username": "ann"},
        "container": {"type": "message", "message_ts": "5.5", "channel_id": "C1", "is_ephemeral": false},
        "channel": {"id": "C1", "name": "drivers"}, "trigger_id": "9.9.b", "response_url": "https://r.example/2",
        "state": {"values": []}, "message": {"metadata": {"event_payload": {"n": 7}}, "attachments": [{"id": "x"}]},
        "actions": [{"action_id": "other", "value": "no"}, {"action_id": "press.0.1", "value": "code", "type": "button"}],
    })
}

#[test]
fn a_press_is_read_whatever_stands_around_it() {
    let expected = Asked {
        request: request(
            "slack:trigger:9.9.b",
            Some("drivers"),
            Sender::Person(ann()),
            Ask::Press { code: "code".to_owned(), message: message("5.5") },
        ),
        path: ReturnPath::Response { url: "https://r.example/2".to_owned(), replaces: false },
        opens: Opens::Words { trigger: "9.9.b".to_owned() },
    };
    assert_eq!(asked(Kind::Interactive, pressed()), Some(expected));
}

#[test]
fn the_answer_to_a_press_on_what_one_person_sees_takes_its_place() {
    let mut press = pressed();
    press["container"]["is_ephemeral"] = true.into();
    let path = asked(Kind::Interactive, press).expect("it is ours").path;
    assert_eq!(path, ReturnPath::Response { url: "https://r.example/2".to_owned(), replaces: true });
}

#[test]
fn a_press_on_what_is_not_ours_is_not_for_us() {
    let mut press = pressed();
    press["actions"] = json!([{"action_id": "other", "value": "no"}]);
    assert_eq!(asked(Kind::Interactive, press), None);
}

fn submitted(callback: &str, data: &Value, values: Value) -> Value {
    json!({
        "type": "view_submission", "team": null, "user": {"id": "U1", "name": "ann"}, "trigger_id": "3.3.c",
        "view": {"id": "V1", "callback_id": callback, "private_metadata": data.to_string(), "state": {"values": values}},
    })
}

#[test]
fn words_for_a_press_find_the_press() {
    let data = json!({"code": "code", "channel": "C1", "message": "5.5"});
    let values = json!({"text": {"text": {"type": "plain_text_input", "value": "changed the tyre <b>"}}});
    let expected = Asked {
        request: request(
            "slack:view:V1",
            None,
            Sender::Person(ann()),
            Ask::Form {
                code: "code".to_owned(),
                message: message("5.5"),
                text: "changed the tyre <b>".to_owned(),
            },
        ),
        path: ReturnPath::Whisper { channel: "C1".to_owned(), user: "U1".to_owned() },
        opens: Opens::Nothing,
    };
    assert_eq!(asked(Kind::Interactive, submitted("form", &data, values)), Some(expected));
}

#[test]
fn a_report_brings_what_was_chosen_and_does_without() {
    let data = json!({"channel": "C1", "name": "drivers"});
    let report =
        |values| asked(Kind::Interactive, submitted("report", &data, values)).expect("it is ours").request;
    let chosen = json!({
        "text": {"text": {"value": "flat tyre"}},
        "priority": {"priority": {"selected_option": {"value": "urgent"}}},
        "team": {"team": {"selected_option": {"value": "3"}}},
    });
    let ask = |priority, team| Ask::Report { text: "flat tyre".to_owned(), priority, team };
    let expected = request(
        "slack:view:V1",
        Some("drivers"),
        Sender::Person(ann()),
        ask(Some(Priority::Urgent), Some(TeamId::new(3))),
    );
    assert_eq!(report(chosen), expected);
    let unchosen = json!({
        "text": {"text": {"value": "flat tyre"}},
        "priority": {"priority": {"selected_option": null}},
        "team": {"team": {"selected_option": {"value": "all of them"}}},
    });
    assert_eq!(report(unchosen).ask, ask(None, None));
    assert_eq!(report(json!([])).ask, Ask::Report { text: String::new(), priority: None, team: None });
}

#[test]
fn a_message_can_be_reported_as_it_stands() {
    let payload = json!({
        "type": "message_action", "callback_id": REPORT_SHORTCUT, "trigger_id": "4.4.d", "user": {"id": "U1", "name": "ann"},
        "channel": {"id": "C1", "name": "drivers"}, "response_url": "https://r.example/3",
        "message": {"ts": "6.6", "user": "U2", "text": "flat &amp; <@U3>", "files": [{"id": "F1", "mimetype": "image/png", "name": "a.png", "size": 5}]},
    });
    let asked = asked(Kind::Interactive, payload).expect("it is ours");
    let file =
        Attachment { reference: text("F1"), kind: text("photo"), name: Some(text("a.png")), size: Some(5) };
    let quoted = Quoted {
        message: Some(message("6.6")),
        by: Some(Identity::new(Platform::Slack, "U2")),
        text: "flat & @U3".to_owned(),
        attachments: vec![file],
    };
    let Ask::Command { word, quoted: found, .. } = asked.request.ask else { panic!("a command") };
    assert_eq!((word, found), (CommandWord::NewIssue, Some(quoted)));
    let reporting = Reporting { channel: Some("C1".to_owned()), name: Some("drivers".to_owned()) };
    let said = Some("flat & @U3".to_owned());
    assert_eq!(asked.opens, Opens::Report { trigger: "4.4.d".to_owned(), reporting, said });
}

/// An event as it comes to an app that is installed for an organisation.
fn happened(id: &str, event: Value) -> Value {
    json!({
        "type": "event_callback", "event_id": id, "team_id": "T1", "event": event,
        "authorizations": [{"enterprise_id": "E1", "team_id": null, "user_id": "UDESK", "is_bot": true}],
    })
}

fn event(event: Value) -> Option<Asked> {
    asked(Kind::EventsApi, happened("Ev1", event))
}

fn said(more: &Value) -> Value {
    let mut said = json!({
        "type": "message", "channel": "C1", "channel_type": "channel", "ts": "8.8", "event_ts": "8.8",
        "user": "U1", "text": "the lamp &amp; the door",
    });
    for (name, value) in more.as_object().expect("fields") {
        said[name] = value.clone();
    }
    said
}

fn by_u1() -> Sender {
    Sender::Person(nameless("U1"))
}

#[test]
fn what_is_said_in_a_channel_is_overheard() {
    let remark = || Ask::Remark {
        message: message("8.8"),
        text: "the lamp & the door".to_owned(),
        attachments: Vec::new(),
    };
    let expected = || request("slack:message:C1:8.8", None, by_u1(), remark());
    assert_eq!(event(said(&json!({}))).map(|asked| asked.request), Some(expected()));
    let elsewhere = json!({"thread_ts": "7.7", "parent_user_id": "U2"});
    assert_eq!(event(said(&elsewhere)).map(|asked| asked.request), Some(expected()));
}

#[test]
fn what_is_said_in_the_thread_of_our_message_belongs_to_it() {
    let thread = json!({
        "thread_ts": "7.7", "parent_user_id": "UDESK", "subtype": "file_share", "text": "",
        "files": [{"id": "F1", "mimetype": "application/pdf"}, {"id": "F2", "mode": "tombstone"}],
    });
    let attachments =
        vec![Attachment { reference: text("F1"), kind: text("application/pdf"), name: None, size: None }];
    let ask = Ask::Thread { of: message("7.7"), text: String::new(), attachments };
    let expected = request("slack:message:C1:8.8", None, by_u1(), ask);
    assert_eq!(event(said(&thread)).map(|asked| asked.request), Some(expected));
}

#[test]
fn what_nobody_says_is_not_heard() {
    let silent = [
        json!({"user": "UDESK", "bot_id": "BDESK"}),
        json!({"user": "UDESK"}),
        json!({"user": "U9", "bot_id": "B9"}),
        json!({"user": null, "bot_id": "B9", "subtype": "bot_message"}),
        json!({"user": "USLACKBOT"}),
        json!({"subtype": "message_changed", "message": {"edited": {"user": null}}}),
        json!({"subtype": "message_deleted", "deleted_ts": "1.1"}),
        json!({"subtype": "channel_join"}),
        json!({"text": " "}),
        json!({"channel": "D1", "channel_type": "im"}),
    ];
    for more in silent {
        assert_eq!(event(said(&more)), None, "{more}");
    }
}

#[test]
fn one_message_has_one_name_however_often_it_is_told() {
    let name =
        |id: &str, more: Value| key(&Delivered { kind: Kind::EventsApi, payload: happened(id, said(&more)) });
    assert_eq!(name("Ev1", json!({})), name("Ev2", json!({"event_ts": "9.9"})));
    assert_ne!(name("Ev1", json!({})), name("Ev1", json!({"ts": "8.9"})));
    let changed = json!({"subtype": "message_changed"});
    assert_eq!(name("Ev1", changed), Some(RequestKey::new("slack:event:Ev1")));
}

#[test]
fn who_comes_and_goes_is_told_with_nobody_to_answer() {
    let told =
        |payload: Value| event(payload).map(|asked| (asked.request.ask, asked.request.from, asked.path));
    let nobody = |ask| Some((ask, Sender::Platform, ReturnPath::Nowhere));
    let left = |user: &str| json!({"type": "member_left_channel", "user": user, "channel": "C1"});
    let who = Identity::new(Platform::Slack, "U1");
    assert_eq!(told(left("U1")), nobody(Ask::MemberLeft { who }));
    assert_eq!(told(left("UDESK")), nobody(Ask::BotRemoved));
    let joined = |user: &str| json!({"type": "member_joined_channel", "user": user, "channel": "C1"});
    assert_eq!(told(joined("UDESK")), nobody(Ask::BotPresent { can_pin: None }));
    assert_eq!(told(joined("U1")), None);
    for kind in
        ["channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted", "group_deleted"]
    {
        assert_eq!(told(json!({"type": kind, "channel": "C1"})), nobody(Ask::BotRemoved), "{kind}");
    }
    let moved = json!({"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2"});
    assert_eq!(told(moved), nobody(Ask::ChatMoved { to: chat("C2") }));
}

#[test]
fn every_event_that_is_subscribed_to_is_read() {
    for (name, _) in EVENTS {
        let kind = name.split('.').next().expect("a word");
        let sample = json!({
            "type": kind, "channel": "C1", "user": "UDESK", "old_channel_id": "C1", "new_channel_id": "C2",
        });
        let sample = if kind == "message" { said(&json!({})) } else { sample };
        assert!(event(sample).is_some(), "{name}");
    }
}

#[test]
fn the_key_of_a_delivery_is_that_of_its_request() {
    let deliveries = [
        (Kind::SlashCommands, typed("list")),
        (Kind::Interactive, pressed()),
        (Kind::Interactive, submitted("report", &json!({"channel": "C1", "name": null}), json!({}))),
        (Kind::EventsApi, happened("Ev1", said(&json!({})))),
    ];
    for (kind, payload) in deliveries {
        let delivered = Delivered { kind, payload };
        assert_eq!(read(&bot(), &delivered, 7).map(|asked| asked.request.key), key(&delivered));
    }
}

/// Any JSON at all.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_stands_in_a_field_costs_no_more_than_itself(at in 0_usize..8, strange in any_json()) {
        let fields = ["team", "message", "state", "channel", "response_url", "container", "user", "actions"];
        let mut press = pressed();
        press[fields[at]] = strange.clone();
        let read = asked(Kind::Interactive, press);
        prop_assert!(at >= 5 || read.is_some(), "{} = {}", fields[at], strange);
        for kind in [Kind::SlashCommands, Kind::Interactive, Kind::EventsApi] {
            asked(kind, strange.clone());
        }
    }
}
