//! Who the bot is, and what it may learn of chats and their members.

use serde_json::{Value, json};

use super::access::readable_chat;
use super::{Params, Refusal};
use crate::testkit::World;
use crate::testkit::chat::{ChatKind, Member, Status};
use crate::testkit::json;

pub(super) fn get_me(world: &World) -> Value {
    let mut me = json::user(world.person(world.bot));
    me["can_join_groups"] = true.into();
    me["can_read_all_group_messages"] = (!world.privacy).into();
    for absent in ["supports_inline_queries", "can_connect_to_business", "has_main_web_app"] {
        me[absent] = false.into();
    }
    me
}

pub(super) fn get_chat(world: &World, params: &Params) -> Result<Value, Refusal> {
    let chat = readable_chat(world, params)?;
    let mut full = world.chat_json(chat);
    full["accent_color_id"] = 3.into();
    full["max_reaction_count"] = 11.into();
    full["accepted_gift_types"] = json!({
        "unlimited_gifts": false, "limited_gifts": false, "unique_gifts": false, "premium_subscription": false,
    });
    if chat.kind != ChatKind::Private {
        let allowed = [
            "can_send_messages",
            "can_send_audios",
            "can_send_documents",
            "can_send_photos",
            "can_send_videos",
            "can_send_video_notes",
            "can_send_voice_notes",
            "can_send_polls",
            "can_send_other_messages",
            "can_add_web_page_previews",
            "can_invite_users",
        ];
        let mut permissions: serde_json::Map<_, _> =
            allowed.into_iter().map(|name| (name.to_owned(), true.into())).collect();
        for denied in ["can_change_info", "can_pin_messages", "can_manage_topics"] {
            permissions.insert(denied.to_owned(), false.into());
        }
        full["permissions"] = permissions.into();
    }
    if let Some(newest) = chat.pinned.last().and_then(|id| chat.visible(*id)) {
        full["pinned_message"] = world.message_json(newest);
    }
    Ok(full)
}

pub(super) fn get_chat_member(world: &World, params: &Params) -> Result<Value, Refusal> {
    let chat = readable_chat(world, params)?;
    let asked = params.integer("user_id").and_then(|id| world.users.get(&id));
    let asked = asked.ok_or_else(|| Refusal::bad_request("user not found"))?;
    Ok(json::member(asked, chat.member(asked.id)))
}

pub(super) fn get_chat_administrators(world: &World, params: &Params) -> Result<Value, Refusal> {
    let chat = readable_chat(world, params)?;
    if chat.kind == ChatKind::Private {
        return Err(Refusal::bad_request("there are no administrators in the private chat"));
    }
    // Other bots are left out, our own is not.
    let listed = |id: &i64, member: &Member| {
        member.status.is_admin() && (*id == world.bot || !world.person(*id).is_bot)
    };
    let admins = chat.members.iter().filter(|(id, member)| listed(id, member));
    Ok(admins.map(|(id, member)| json::member(world.person(*id), *member)).collect())
}

pub(super) fn leave_chat(world: &mut World, params: &Params) -> Result<Value, Refusal> {
    let chat = readable_chat(world, params)?.id;
    let bot = world.bot;
    world.set_member(chat, bot, bot, Member::with(Status::Left));
    Ok(json!(true))
}
