//! Who may do what, who is where, and the bot's own fate.

use teloxide::prelude::*;
use teloxide::types::{BotCommand, BotCommandScope, ChatMemberKind, UpdateKind, UserId};
use teloxide::{ApiError, RequestError};

use super::{refusal, scene};

fn user(id: i64) -> UserId {
    UserId(id.unsigned_abs())
}

#[tokio::test]
async fn the_bot_knows_itself() {
    let scene = scene().await;
    let me = scene.bot.get_me().await.unwrap();
    assert_eq!((me.username(), me.id), ("incident_desk_bot", user(scene.api.bot_id())));
    assert!(!me.can_read_all_group_messages);
}

#[tokio::test]
async fn every_standing_of_a_member_is_told() {
    let scene = scene().await;
    let [bob, cid, dan] = ["Bob", "Cid", "Dan"].map(|name| scene.api.user(name, None));
    for joined in [bob, cid] {
        scene.api.join(scene.group, joined);
    }
    let member = async |id: i64| scene.bot.get_chat_member(scene.chat(), user(id)).await.unwrap().kind;
    assert!(matches!(member(scene.ann).await, ChatMemberKind::Owner(_)));
    assert!(matches!(member(bob).await, ChatMemberKind::Member(_)));
    scene.api.promote(scene.group, bob, scene.ann);
    assert!(matches!(member(bob).await, ChatMemberKind::Administrator(_)));
    scene.api.demote(scene.group, bob, scene.ann);
    assert!(matches!(member(bob).await, ChatMemberKind::Member(_)));
    scene.api.leave(scene.group, bob);
    assert!(matches!(member(bob).await, ChatMemberKind::Left));
    scene.api.kick(scene.group, cid, scene.ann);
    assert!(matches!(member(cid).await, ChatMemberKind::Banned(_)));
    assert!(matches!(member(dan).await, ChatMemberKind::Left));
    let unknown = scene.bot.get_chat_member(scene.chat(), UserId(1)).await;
    assert!(matches!(unknown, Err(RequestError::Api(ApiError::UserNotFound))), "{unknown:?}");
}

#[tokio::test]
async fn the_bot_s_right_to_pin_shows_in_its_membership() {
    let scene = scene().await;
    scene.api.let_bot_pin(scene.group, scene.ann, false);
    let updates = scene.fetch().await;
    let UpdateKind::MyChatMember(change) = &updates[0].kind else { panic!("{updates:?}") };
    let can_pin = |kind: &ChatMemberKind| matches!(kind, ChatMemberKind::Administrator(admin) if admin.can_pin_messages);
    assert!(can_pin(&change.old_chat_member.kind) && !can_pin(&change.new_chat_member.kind));
    let me = scene.bot.get_chat_member(scene.chat(), user(scene.api.bot_id())).await.unwrap();
    assert!(!can_pin(&me.kind));
}

#[tokio::test]
async fn administrators_are_listed_without_other_bots() {
    let scene = scene().await;
    let other = scene.api.other_bot("Other", "other_bot");
    scene.api.join(scene.group, other);
    scene.api.promote(scene.group, other, scene.ann);
    let admins = scene.bot.get_chat_administrators(scene.chat()).await.unwrap();
    let ids: Vec<UserId> = admins.iter().map(|admin| admin.user.id).collect();
    assert_eq!(ids, [user(scene.ann), user(scene.api.bot_id())]);
    let private = ChatId(scene.api.start_private(scene.ann));
    let refused = scene.bot.get_chat_administrators(private).await;
    assert_eq!(refusal(refused), "Bad Request: there are no administrators in the private chat");
}

#[tokio::test]
async fn a_chat_tells_its_title_and_its_newest_pin() {
    let scene = scene().await;
    let card = scene.card().await;
    scene.bot.pin_chat_message(scene.chat(), card).await.unwrap();
    let chat = scene.bot.get_chat(scene.chat()).await.unwrap();
    assert_eq!(
        (chat.title(), chat.pinned_message.as_ref().map(|message| message.id)),
        (Some("Drivers"), Some(card))
    );
    let private = ChatId(scene.api.start_private(scene.ann));
    assert_eq!(scene.bot.get_chat(private).await.unwrap().first_name(), Some("Ann"));
    let unknown = scene.bot.get_chat(ChatId(-5)).await;
    assert!(matches!(unknown, Err(RequestError::Api(ApiError::ChatNotFound))), "{unknown:?}");
}

#[tokio::test]
async fn a_bot_thrown_out_is_told_and_then_refused() {
    let scene = scene().await;
    let small = scene.api.group("Small", scene.ann);
    scene.api.add_bot(small, scene.ann);
    scene.fetch().await;
    for chat in [scene.group, small] {
        scene.api.kick_bot(chat, scene.ann);
    }
    let updates = scene.fetch().await;
    let gone = updates.iter().filter(|update| {
        matches!(&update.kind, UpdateKind::MyChatMember(change) if change.new_chat_member.is_banned())
    });
    assert_eq!(gone.count(), 2);
    let refused = scene.bot.send_message(scene.chat(), "x").await;
    assert!(matches!(refused, Err(RequestError::Api(ApiError::BotKickedFromSupergroup))), "{refused:?}");
    let refused = scene.bot.send_message(ChatId(small), "x").await;
    assert_eq!(refusal(refused), "Forbidden: bot was kicked from the group chat");
    scene.api.write(scene.group, scene.ann, "unheard");
    assert_eq!(scene.fetch().await, []);
}

#[tokio::test]
async fn a_bot_that_was_never_there_is_not_a_member() {
    let scene = scene().await;
    let elsewhere = ChatId(scene.api.supergroup("Elsewhere", scene.ann));
    let refused = scene.bot.send_message(elsewhere, "x").await;
    assert_eq!(refusal(refused), "Forbidden: bot is not a member of the supergroup chat");
}

#[tokio::test]
async fn people_are_written_to_only_after_start_and_until_they_block() {
    let scene = scene().await;
    let bob = scene.api.user("Bob", None);
    let early = scene.bot.send_message(ChatId(bob), "x").await;
    assert_eq!(refusal(early), "Forbidden: bot can't initiate conversation with a user");
    scene.api.start_private(bob);
    scene.bot.send_message(ChatId(bob), "x").await.unwrap();
    scene.api.block(bob);
    let blocked = scene.bot.send_message(ChatId(bob), "x").await;
    assert!(matches!(blocked, Err(RequestError::Api(ApiError::BotBlocked))), "{blocked:?}");
    let nobody = scene.bot.send_message(ChatId(99), "x").await;
    assert!(matches!(nobody, Err(RequestError::Api(ApiError::ChatNotFound))), "{nobody:?}");
    let kinds: Vec<bool> =
        scene.fetch().await.iter().map(|update| matches!(update.kind, UpdateKind::MyChatMember(_))).collect();
    assert_eq!(kinds, [false, true], "the first START is a message, the block a change of membership");
}

#[tokio::test]
async fn a_muted_bot_may_read_but_not_send() {
    let scene = scene().await;
    scene.api.mute_bot(scene.group, true);
    let refused = scene.bot.send_message(scene.chat(), "x").await;
    assert_eq!(refusal(refused), "Bad Request: not enough rights to send text messages to the chat");
    scene.bot.get_chat(scene.chat()).await.unwrap();
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_changes_its_id_and_starts_anew() {
    let scene = scene().await;
    let old = scene.api.group("Small", scene.ann);
    scene.api.add_bot(old, scene.ann);
    scene.api.promote_bot(old, scene.ann);
    let card = scene.bot.send_message(ChatId(old), "card").await.unwrap();
    scene.fetch().await;
    let new = scene.api.migrate(old);
    let updates = scene.fetch().await;
    let messages: Vec<_> = updates
        .iter()
        .filter_map(
            |update| {
                if let UpdateKind::Message(message) = &update.kind { Some(message) } else { None }
            },
        )
        .collect();
    assert_eq!(messages[0].migrate_to_chat_id(), Some(&ChatId(new)));
    assert_eq!((messages[1].chat.id, messages[1].migrate_from_chat_id()), (ChatId(new), Some(&ChatId(old))));
    for refused in [
        scene.bot.send_message(ChatId(old), "x").await,
        scene.bot.edit_message_text(ChatId(old), card.id, "x").await,
    ] {
        assert!(
            matches!(refused, Err(RequestError::MigrateToChatId(to)) if to == ChatId(new)),
            "{refused:?}"
        );
    }
    let moved = scene.bot.send_message(ChatId(new), "card").await.unwrap();
    assert_eq!(moved.id.0, 2);
    scene.bot.pin_chat_message(ChatId(new), moved.id).await.unwrap();
}

#[tokio::test]
async fn the_command_menu_is_kept_by_language_and_scope() {
    let scene = scene().await;
    let menu = [BotCommand::new("new_issue", "Report an incident")];
    scene.bot.set_my_commands(menu.clone()).await.unwrap();
    let german = [BotCommand::new("new_issue", "Vorfall melden")];
    let scope = BotCommandScope::AllGroupChats;
    scene.bot.set_my_commands(german.clone()).language_code("de").scope(scope.clone()).await.unwrap();
    assert_eq!(scene.bot.get_my_commands().await.unwrap(), menu);
    assert_eq!(scene.bot.get_my_commands().language_code("de").scope(scope).await.unwrap(), german);
    assert_eq!(scene.api.commands(""), [("new_issue".to_owned(), "Report an incident".to_owned())]);
    assert_eq!(scene.api.menus().len(), 2);
    for (name, description) in
        [("New", "x"), ("new-issue", "x"), ("", "x"), ("new", ""), (&"x".repeat(33), "x")]
    {
        let refused = scene.bot.set_my_commands([BotCommand::new(name, description)]).await;
        assert!(refusal(refused).starts_with("Bad Request: BOT_COMMAND"), "{name}");
    }
}
