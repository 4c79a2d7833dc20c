//! Which messages a bot gets to see, and what odd senders look like.

use adapter_telegram::testkit::BotApi;
use teloxide::prelude::*;
use teloxide::types::{Message, MessageEntityKind, UpdateKind};

use super::{client, fetch, scene};

/// A group in which the bot is an ordinary member under privacy mode.
struct Privacy {
    api: BotApi,
    bot: Bot,
    ann: i64,
    group: i64,
}

impl Privacy {
    async fn seen(&self) -> Vec<String> {
        let updates = fetch(&self.bot).await;
        let messages = updates.iter().filter_map(|update| {
            if let UpdateKind::Message(message) = &update.kind { Some(message) } else { None }
        });
        messages.map(|message| message.text().unwrap_or("(service)").to_owned()).collect()
    }
}

async fn privacy() -> Privacy {
    let api = BotApi::start();
    let ann = api.user("Ann", Some("ann"));
    let group = api.supergroup("Drivers", ann);
    api.add_bot(group, ann);
    let bot = client(&api);
    fetch(&bot).await;
    Privacy { api, bot, ann, group }
}

#[tokio::test]
async fn a_plain_member_sees_only_what_is_meant_for_it() {
    let scene = privacy().await;
    let own = scene.bot.send_message(ChatId(scene.group), "Summary?").await.unwrap();
    for text in
        ["hello", "/status 1", "/status@incident_desk_bot 2", "/status@other_bot 3", "hey @Incident_Desk_Bot"]
    {
        scene.api.write(scene.group, scene.ann, text);
    }
    scene.api.reply(scene.group, scene.ann, own.id.0.into(), "fixed");
    let bob = scene.api.user("Bob", None);
    scene.api.join(scene.group, bob);
    scene.api.write_naming(scene.group, scene.ann, "ask {}", scene.api.bot_id());
    let expected = [
        "/status 1",
        "/status@incident_desk_bot 2",
        "hey @Incident_Desk_Bot",
        "fixed",
        "(service)",
        "ask Incident Desk",
    ];
    assert_eq!(scene.seen().await, expected);
}

#[tokio::test]
async fn a_plain_command_is_not_seen_after_another_bot_has_spoken() {
    let scene = privacy().await;
    let other = scene.api.other_bot("Other", "other_bot");
    scene.api.write(scene.group, other, "I am a bot");
    scene.api.write(scene.group, scene.ann, "/status 1");
    scene.api.write(scene.group, scene.ann, "/status@incident_desk_bot 2");
    scene.bot.send_message(ChatId(scene.group), "here").await.unwrap();
    scene.api.write(scene.group, scene.ann, "/status 3");
    assert_eq!(scene.seen().await, ["/status@incident_desk_bot 2", "/status 3"]);
}

#[tokio::test]
async fn an_administrator_and_a_bot_without_privacy_mode_see_everything_but_bots() {
    let scene = privacy().await;
    let other = scene.api.other_bot("Other", "other_bot");
    scene.api.set_privacy(false);
    scene.api.write(scene.group, scene.ann, "one");
    scene.api.set_privacy(true);
    scene.api.promote_bot(scene.group, scene.ann);
    scene.api.write(scene.group, scene.ann, "two");
    scene.api.write(scene.group, other, "three");
    scene.api.demote_bot(scene.group, scene.ann);
    scene.api.write(scene.group, scene.ann, "four");
    assert_eq!(scene.seen().await, ["one", "two"]);
}

async fn last_message(scene: &super::Scene) -> Message {
    let updates = scene.fetch().await;
    let Some(UpdateKind::Message(message)) = updates.last().map(|update| &update.kind) else {
        panic!("{updates:?}")
    };
    message.clone()
}

#[tokio::test]
async fn a_person_without_a_handle_is_mentioned_by_id() {
    let scene = scene().await;
    let bob = scene.api.user("Bob 🚚", None);
    scene.api.write_naming(scene.group, scene.ann, "/add_dispatcher {}", bob);
    let message = last_message(&scene).await;
    assert_eq!(message.text(), Some("/add_dispatcher Bob 🚚"));
    let MessageEntityKind::TextMention { user } = &message.entities().unwrap()[1].kind else {
        panic!("{message:?}")
    };
    assert_eq!((user.id.0, user.username.as_deref()), (bob.unsigned_abs(), None));
}

#[tokio::test]
async fn a_changed_handle_shows_in_the_next_message() {
    let scene = scene().await;
    scene.api.rename(scene.ann, None);
    scene.api.set_language(scene.ann, Some("de"));
    scene.api.write(scene.group, scene.ann, "hello");
    let from = last_message(&scene).await.from.unwrap();
    assert_eq!((from.username, from.language_code.as_deref()), (None, Some("de")));
}

#[tokio::test]
async fn anonymous_administrators_and_channels_come_with_a_sender_chat() {
    let scene = scene().await;
    scene.api.write_anonymously(scene.group, "/status 1");
    let anonymous = last_message(&scene).await;
    assert_eq!(anonymous.sender_chat.as_ref().map(|chat| chat.id), Some(scene.chat()));
    assert!(anonymous.from.as_ref().is_some_and(teloxide::types::User::is_anonymous));
    scene.api.write_as_channel(scene.group, -1_001_000_000_777, "/status 1");
    let channel = last_message(&scene).await;
    assert_eq!(channel.sender_chat.as_ref().map(|chat| chat.id), Some(ChatId(-1_001_000_000_777)));
    assert!(channel.from.as_ref().is_some_and(teloxide::types::User::is_channel));
}

#[tokio::test]
async fn an_edited_message_comes_as_such() {
    let scene = scene().await;
    let written = scene.api.write(scene.group, scene.ann, "/new_issue flat tire");
    scene.fetch().await;
    scene.api.edit(scene.group, written, "/new_issue flat tyre");
    let updates = scene.fetch().await;
    let UpdateKind::EditedMessage(message) = &updates[0].kind else { panic!("{updates:?}") };
    assert_eq!((message.text(), message.edit_date().is_some()), (Some("/new_issue flat tyre"), true));
}

#[tokio::test]
async fn a_topic_s_messages_answer_the_topic_implicitly() {
    let scene = scene().await;
    let forum = scene.api.forum("Base", scene.ann);
    scene.api.add_bot(forum, scene.ann);
    scene.api.promote_bot(forum, scene.ann);
    let topic = scene.api.topic(forum, scene.ann, "Trucks");
    scene.api.write_in(forum, topic, scene.ann, "/new_issue flat tyre");
    let message = last_message(&scene).await;
    let implicit = message.reply_to_message().unwrap();
    assert!(message.is_topic_message && implicit.forum_topic_created().is_some(), "{message:?}");
    assert_eq!(message.thread_id.map(|thread| i64::from(thread.0.0)), Some(topic));
}

#[tokio::test]
async fn the_transcript_reads_like_the_chat() {
    let scene = scene().await;
    let asked = scene.api.write(scene.group, scene.ann, "/new_issue flat tyre");
    let card = scene.card().await;
    scene.bot.pin_chat_message(scene.chat(), card).await.unwrap();
    scene.bot.edit_message_text(scene.chat(), card, "Flat tyre\nclaimed").await.unwrap();
    scene.api.reply(scene.group, scene.ann, card.0.into(), "thanks");
    scene.api.delete(scene.group, asked);
    let expected = "   1  Ann: -- new_chat_members\n   2  Ann (deleted): /new_issue flat tyre\n   \
                    3  Incident Desk (pinned) (edited 1x): Flat tyre\n      claimed\n   \
                    4  Incident Desk: -- pinned_message\n   5  Ann (to 3): thanks\n";
    assert_eq!(scene.api.transcript(scene.group), expected);
}
