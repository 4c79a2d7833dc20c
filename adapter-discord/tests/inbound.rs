//! What the gateway tells, and what becomes of it.

use adapter_discord::inbound::{Deed, Guilds, Interaction, Scene, changes, interaction, message};
use incident_core::desk::{Ask, ChatKind, Named, Request, Sender};
use incident_core::ids::{ChatRef, Identity, MessageRef, Platform, TeamId};
use incident_core::incident::{Attachment, Priority};
use incident_core::ports::{Profile, RequestKey};
use incident_core::text::{Limits, Text};
use incident_core::view::CommandWord;
use proptest::prelude::*;
use serde_json::{Value, json};

const BOT: u64 = 1;

fn guilds() -> Guilds {
    let mut guilds = Guilds::default();
    guilds.learn("READY", &json!({"guilds": [{"id": "10", "unavailable": true}]}));
    let event = json!({"id": "10", "name": "Drivers",
        "channels": [{"id": "20", "type": 0, "name": "incidents"}, {"id": "21", "type": 4, "name": "a category"},
            {"id": "22", "type": 0, "name": "other"}],
        "threads": [{"id": "30", "type": 11, "name": "a thread", "parent_id": "20"}]});
    guilds.learn("GUILD_CREATE", &event);
    guilds
}

fn text(words: &str) -> Text {
    Text::new(words, Limits::NAME).expect("a short text")
}

fn chat() -> ChatRef {
    ChatRef::new(Platform::Discord, "20")
}

fn profile(id: &str, name: &str, locale: Option<&str>) -> Profile {
    let identity = Identity::new(Platform::Discord, id);
    Profile { identity, handle: None, name: text(name), locale: locale.map(text) }
}

fn expected(key: &str, from: Sender, ask: Ask) -> Request {
    Request {
        key: RequestKey::new(key),
        chat: chat(),
        chat_kind: ChatKind::Group,
        chat_title: Some(text("incidents")),
        topic: None,
        from,
        fresh: 7,
        ask,
    }
}

fn read_message(event: &Value) -> Option<Request> {
    let guilds = guilds();
    message(&Scene { bot: BOT, telling: "s:1", guilds: &guilds }, event, 7)
}

fn read(event: &Value) -> Interaction {
    let guilds = guilds();
    interaction(&Scene { bot: BOT, telling: "s:1", guilds: &guilds }, event, 7).expect("it is an interaction")
}

fn written(channel: &str, content: &str) -> Value {
    json!({"id": "100", "channel_id": channel, "guild_id": "10", "type": 0, "content": content,
        "author": {"id": "5", "username": "ann", "global_name": "Ann"}, "member": {"nick": "Ann of the night"}})
}

fn ann() -> Sender {
    Sender::Person(profile("5", "Ann of the night", None))
}

#[test]
fn talk_is_overheard() {
    let ask = Ask::Remark {
        message: MessageRef::new(chat(), "100"),
        text: "hello".to_owned(),
        attachments: Vec::new(),
    };
    let request = expected("discord:1:message:100", ann(), ask);
    assert_eq!(read_message(&written("20", " hello ")), Some(request));
}

#[test]
fn a_reply_to_the_bot_is_an_answer_and_one_to_others_is_talk() {
    let mut event = written("20", "changed it");
    event["type"] = json!(19);
    event["referenced_message"] = json!({"id": "90", "channel_id": "20", "author": {"id": "1"}});
    let to = MessageRef::new(chat(), "90");
    let ask = Ask::Answer { to, text: "changed it".to_owned(), attachments: Vec::new() };
    assert_eq!(read_message(&event), Some(expected("discord:1:message:100", ann(), ask)));
    event["referenced_message"]["author"]["id"] = json!("6");
    assert!(matches!(read_message(&event), Some(Request { ask: Ask::Remark { .. }, .. })));
}

#[test]
fn what_is_said_in_a_thread_is_said_of_its_message() {
    let mut event = written("30", "it is the left one");
    event["attachments"] = json!([{"id": "40", "filename": "a.png", "content_type": "image/png", "size": 3}]);
    let file = Attachment {
        reference: text("30/100/40"),
        kind: text("image/png"),
        name: Some(text("a.png")),
        size: Some(3),
    };
    let of = MessageRef::new(chat(), "30");
    let ask = Ask::Thread { of, text: "it is the left one".to_owned(), attachments: vec![file] };
    let request = Request { topic: Some(text("30")), ..expected("discord:1:message:100", ann(), ask) };
    assert_eq!(read_message(&event), Some(request));
}

#[test]
fn what_nobody_wrote_is_left() {
    let with = |name: &str, value: Value| {
        let mut event = written("20", "hello");
        event[name] = value;
        event
    };
    let bot = with("author", json!({"id": "6", "username": "bot", "bot": true}));
    let announcement = with("type", json!(6));
    let webhook = with("webhook_id", json!("8"));
    let empty = with("content", json!(""));
    assert_eq!(
        [bot, announcement, webhook, empty].map(|event| read_message(&event)),
        [None, None, None, None]
    );
}

fn interacted(kind: u64, data: &Value) -> Value {
    json!({"id": "200", "application_id": "2", "type": kind, "token": "secret", "guild_id": "10", "channel_id": "20",
        "channel": {"id": "20", "type": 0, "name": "incidents"}, "locale": "ru", "app_permissions": "3072",
        "member": {"user": {"id": "5", "username": "ann", "global_name": "Ann"}, "permissions": "8"}, "data": data})
}

fn asked(ask: Ask) -> Request {
    expected("discord:1:interaction:200", Sender::Person(profile("5", "Ann", Some("ru"))), ask)
}

fn chosen(path: Value, resolved: Value) -> Value {
    interacted(2, &json!({"name": "incident", "options": [path], "resolved": resolved}))
}

fn command(word: CommandWord, text: &str, named: Vec<Named>) -> Ask {
    let text = text.to_owned();
    Ask::Command { word, text, named, attachments: Vec::new(), quoted: None, about: None }
}

#[test]
fn what_is_filled_in_stands_in_the_order_of_typing() {
    let options = json!([{"name": "text", "type": 3, "value": "gone home"}, {"name": "person", "type": 6, "value": "9"},
        {"name": "number", "type": 3, "value": "TKT-2026-0001"}]);
    let resolved = json!({"users": {"9": {"id": "9", "username": "bob", "global_name": "Bob"}},
        "members": {"9": {"nick": "Bobby"}}});
    let read = read(&chosen(json!({"name": "revoke", "type": 1, "options": options}), resolved));
    let word = |word: &str| Named::Word(word.to_owned());
    let named =
        vec![word("TKT-2026-0001"), Named::Account(profile("9", "Bobby", None)), word("gone"), word("home")];
    let ask = command(CommandWord::Revoke, "TKT-2026-0001 @9 gone home", named);
    let expected = Interaction {
        id: "200".to_owned(),
        token: "secret".to_owned(),
        application: "2".to_owned(),
        channel: 20,
        standing: Some((5, "8".to_owned())),
        private: false,
        rights: Some((true, false)),
        deed: Deed::Command(asked(ask)),
    };
    assert_eq!(read, expected);
}

#[test]
fn people_are_named_within_a_text_too() {
    let options = json!([{"name": "text", "type": 3, "value": "<@9>, <@!8> <@x>"}]);
    let path = json!({"name": "group", "type": 2, "options":
        [{"name": "configure_managers", "type": 1, "options": options}]});
    let resolved = json!({"users": {"9": {"id": "9", "username": "bob"}}});
    let named = vec![
        Named::Account(profile("9", "bob", None)),
        Named::Account(profile("8", "User 8", None)),
        Named::Word("<@x>".to_owned()),
    ];
    let ask = command(CommandWord::ConfigureManagers, "@9, @8 <@x>", named);
    assert_eq!(read(&chosen(path, resolved)).deed, Deed::Command(asked(ask)));
}

#[test]
fn a_report_without_words_begins_one() {
    for name in ["new_issue", "new-issue", "new"] {
        let read = read(&chosen(json!({"name": name, "type": 1}), json!({})));
        assert_eq!(read.deed, Deed::Begin(asked(command(CommandWord::NewIssue, "", Vec::new()))), "{name}");
    }
}

#[test]
fn buttons_and_menus_are_pressed_alike() {
    let press = |data: Value, channel: &str| {
        let mut event = interacted(3, &data);
        event["message"] = json!({"id": "90"});
        event["channel_id"] = json!(channel);
        event["channel"] = if channel == "20" {
            event["channel"].take()
        } else {
            json!({"id": "30", "type": 11,
            "name": "a thread", "parent_id": "20"})
        };
        read(&event).deed
    };
    let pressed =
        |message: &str| Ask::Press { code: "c.1".to_owned(), message: MessageRef::new(chat(), message) };
    let button = json!({"component_type": 2, "custom_id": "c.1"});
    assert_eq!(press(button.clone(), "20"), Deed::Press(asked(pressed("90"))));
    let menu = json!({"component_type": 3, "custom_id": "menu:0", "values": ["c.1"]});
    assert_eq!(press(menu, "20"), Deed::Press(asked(pressed("90"))));
    let in_thread = Request { topic: Some(text("30")), ..asked(pressed("30/90")) };
    assert_eq!(press(button, "30"), Deed::Press(in_thread));
}

#[test]
fn forms_come_back_with_what_they_were_for() {
    let field =
        |name: &str, value: Value| json!({"type": 18, "component": {"custom_id": name, "value": value}});
    let menu =
        |name: &str, value: &str| json!({"type": 18, "component": {"custom_id": name, "values": [value]}});
    let parts = json!([field("words", json!("a flat tyre")), menu("priority", "high"), menu("team", "3")]);
    let report = read(&interacted(5, &json!({"custom_id": "report", "components": parts})));
    let ask = Ask::Report {
        text: "a flat tyre".to_owned(),
        priority: Some(Priority::High),
        team: Some(TeamId::new(3)),
    };
    assert_eq!(report.deed, Deed::Form { request: asked(ask), pressed: false });
    // As clients sent it before there were labels.
    let rows = json!([{"type": 1, "components": [{"type": 4, "custom_id": "words", "value": "done"}]}]);
    let mut event = interacted(5, &json!({"custom_id": "form:r.1", "components": rows}));
    event["message"] = json!({"id": "90", "flags": 64});
    let ask =
        Ask::Form { code: "r.1".to_owned(), message: MessageRef::new(chat(), "90"), text: "done".to_owned() };
    let read = read(&event);
    assert_eq!((read.private, read.deed), (true, Deed::Form { request: asked(ask), pressed: true }));
}

#[test]
fn the_form_of_an_order_comes_back_as_what_it_stands_for() {
    let sent = |name: &str, part: Value| {
        let data = json!({"custom_id": name, "components": [{"type": 18, "component": part}],
            "resolved": {"users": {"6": {"id": "6", "username": "bob", "global_name": "Bob"}}}});
        let mut event = interacted(5, &data);
        event["message"] = json!({"id": "90"});
        read(&event).deed
    };
    let done = |ask: Ask| Deed::Form { request: asked(ask), pressed: false };
    let word = |word: &str| Named::Word(word.to_owned());
    let number = "TKT-2026-0001";
    let team = sent("order::TKT-2026-0001", json!({"type": 3, "custom_id": "team", "values": ["x.2"]}));
    assert_eq!(team, done(pressed_as("x.2")), "a team has a button of its own");
    let words = json!({"type": 4, "custom_id": "words", "value": "a spare"});
    let named = [number, "a", "spare"].map(word).to_vec();
    let comment = command(CommandWord::Note, "TKT-2026-0001 a spare", named);
    assert_eq!(sent("order::TKT-2026-0001", words), done(comment));
    let person = json!({"type": 5, "custom_id": "person", "values": ["6"]});
    let named = vec![word(number), Named::Account(profile("6", "Bob", None))];
    let asking = command(CommandWord::Reassign, "TKT-2026-0001 @6", named);
    assert_eq!(sent("order:reassign:TKT-2026-0001", person), done(asking));
}

fn pressed_as(code: &str) -> Ask {
    Ask::Press { code: code.to_owned(), message: MessageRef::new(chat(), "90") }
}

#[test]
fn what_is_none_of_ours_is_said_to_be_so() {
    let other = read(&interacted(2, &json!({"name": "other", "options": []})));
    assert_eq!(other.deed, Deed::Unknown { pressed: false });
    let nothing = read(&interacted(3, &json!({"custom_id": "menu:0", "values": []})));
    assert_eq!(nothing.deed, Deed::Unknown { pressed: true });
}

fn changed(kind: &str, event: &Value) -> Vec<(ChatRef, String, Ask)> {
    let guilds = guilds();
    let requests = changes(&Scene { bot: BOT, telling: "s:9", guilds: &guilds }, kind, event, || 7);
    requests.into_iter().map(|one| (one.chat, one.key.as_str().to_owned(), one.ask)).collect()
}

#[test]
fn whoever_leaves_a_guild_leaves_all_its_channels() {
    let who = Identity::new(Platform::Discord, "5");
    let left = |channel: &str| {
        let key = format!("discord:1:s:9:{channel}");
        (ChatRef::new(Platform::Discord, channel), key, Ask::MemberLeft { who: who.clone() })
    };
    let event = json!({"guild_id": "10", "user": {"id": "5"}});
    assert_eq!(changed("GUILD_MEMBER_REMOVE", &event), [left("20"), left("22")]);
    assert_eq!(changed("GUILD_MEMBER_REMOVE", &json!({"guild_id": "10", "user": {"id": "1"}})), []);
}

#[test]
fn a_guild_that_is_lost_is_told_from_one_that_cannot_be_reached() {
    let gone = |channel: &str| {
        (ChatRef::new(Platform::Discord, channel), format!("discord:1:s:9:{channel}"), Ask::BotRemoved)
    };
    assert_eq!(changed("GUILD_DELETE", &json!({"id": "10"})), [gone("20"), gone("22")]);
    assert_eq!(changed("GUILD_DELETE", &json!({"id": "10", "unavailable": true})), []);
    assert_eq!(changed("CHANNEL_DELETE", &json!({"id": "22", "guild_id": "10"})), [gone("22")]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let keys = prop::sample::select(vec![
        "id",
        "type",
        "data",
        "options",
        "name",
        "value",
        "member",
        "user",
        "author",
        "channel",
        "channel_id",
        "message",
        "guild_id",
        "components",
        "custom_id",
        "values",
        "token",
        "application_id",
        "content",
        "referenced_message",
        "attachments",
        "resolved",
        "users",
        "permissions",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..40).prop_map(Value::from),
        (0_u64..40).prop_map(|n| Value::from(n.to_string())),
        prop::sample::select(vec!["incident", "new", "report", "form:c", "<@1>", "<@", "menu:0"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner), 0..8)
                .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_told_nothing_breaks(event in any_json(), kind in 0_u64..7) {
        let mut guilds = guilds();
        let mut event = event;
        if let Value::Object(fields) = &mut event {
            fields.insert("type".to_owned(), Value::from(kind));
        }
        let scene = Scene { bot: BOT, telling: "s:1", guilds: &guilds };
        drop((message(&scene, &event, 7), interaction(&scene, &event, 7)));
        for kind in ["GUILD_MEMBER_REMOVE", "GUILD_DELETE", "CHANNEL_DELETE"] {
            drop(changes(&scene, kind, &event, || 7));
        }
        for kind in ["READY", "GUILD_CREATE", "THREAD_LIST_SYNC", "CHANNEL_UPDATE", "THREAD_DELETE"] {
            guilds.learn(kind, &event);
        }
    }
}
