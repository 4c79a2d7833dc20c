//! The Bot API server against teloxide's typed client: every answer must parse, and mean what
//! Telegram would mean by it.

use adapter_telegram::testkit::BotApi;
use teloxide::prelude::*;
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup, MessageId, Update};

#[path = "bot_api_server/callbacks.rs"]
mod callbacks;
#[path = "bot_api_server/faults.rs"]
mod faults;
#[path = "bot_api_server/members.rs"]
mod members;
#[path = "bot_api_server/messages.rs"]
mod messages;
#[path = "bot_api_server/polling.rs"]
mod polling;
#[path = "bot_api_server/visibility.rs"]
mod visibility;
#[path = "bot_api_server/webhook.rs"]
mod webhook;
#[path = "bot_api_server/wire.rs"]
mod wire;

/// A supergroup with Ann, its owner, and the bot as an administrator; nothing waits to be fetched.
struct Scene {
    api: BotApi,
    bot: Bot,
    ann: i64,
    group: i64,
}

impl Scene {
    fn chat(&self) -> ChatId {
        ChatId(self.group)
    }

    /// Fetches what waits and confirms it.
    async fn fetch(&self) -> Vec<Update> {
        fetch(&self.bot).await
    }

    async fn card(&self) -> MessageId {
        let markup = keyboard(&[("Claim", "c1"), ("Escalate", "e1")]);
        self.bot.send_message(self.chat(), "card").reply_markup(markup).await.expect("the card is sent").id
    }
}

async fn scene() -> Scene {
    let api = BotApi::start();
    let ann = api.user("Ann", Some("ann"));
    let group = api.supergroup("Drivers", ann);
    api.add_bot(group, ann);
    api.promote_bot(group, ann);
    let bot = client(&api);
    fetch(&bot).await;
    Scene { api, bot, ann, group }
}

fn client(api: &BotApi) -> Bot {
    Bot::new(api.token()).set_api_url(api.url().parse().expect("the URL is one"))
}

async fn fetch(bot: &Bot) -> Vec<Update> {
    let updates = bot.get_updates().timeout(0).await.expect("updates come");
    if let Some(last) = updates.last() {
        let next = i32::try_from(last.id.0 + 1).expect("ids are small");
        bot.get_updates().offset(next).limit(1).timeout(0).await.expect("the batch is confirmed");
    }
    updates
}

fn keyboard(buttons: &[(&str, &str)]) -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new([buttons
        .iter()
        .map(|(label, data)| InlineKeyboardButton::callback(*label, *data))])
}

/// The error text Telegram sent, whether teloxide knows it or not.
fn refusal<T: std::fmt::Debug>(result: Result<T, teloxide::RequestError>) -> String {
    let error = result.expect_err("a refusal");
    if let teloxide::RequestError::Api(teloxide::ApiError::Unknown(text)) = error {
        text
    } else {
        error.to_string()
    }
}
