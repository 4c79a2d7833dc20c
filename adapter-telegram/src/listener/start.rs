//! What is said to Telegram before the first update: who are we, what can we do.

use std::time::Duration;

use incident_core::adapter::Backoff;
use incident_core::view::Phrasebook;
use serde::Deserialize;
use serde::de::IgnoredAny;
use teloxide::payloads::{GetMe, SetMyCommands};
use teloxide::types::{AllowedUpdate, UserId};

use super::ListenError;
use crate::failure::CallError;
use crate::inbound::BotIdentity;
use crate::messenger::Telegram;
use crate::outbound;

/// The updates that are wanted. Telegram remembers the list, and leaves out what is not on it.
pub(super) const WANTED: [AllowedUpdate; 4] = [
    AllowedUpdate::Message,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
    AllowedUpdate::ChatMember,
];

/// How often the server must say that it does not know the bot before that is believed.
pub(super) const MOST_REFUSALS: u32 = 3;
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How often the menu of one language is tried to be set.
const MENU_TRIES: u32 = 5;

/// Waiting times between calls that must succeed some day.
pub(super) const fn patience() -> Backoff {
    Backoff::new(FIRST_PAUSE, LONGEST_PAUSE)
}

#[derive(Deserialize)]
struct Me {
    id: u64,
    #[serde(default)]
    username: String,
}

/// Asks who the bot is, until an answer comes.
pub(super) async fn introduce(telegram: &Telegram) -> Result<BotIdentity, ListenError> {
    let mut backoff = patience();
    let mut refusals = 0;
    loop {
        let error = match telegram.call(&GetMe::new()).await {
            Ok(Me { id, username }) => return Ok(BotIdentity { id: UserId(id), username }),
            Err(error) => error,
        };
        refusals = if error.is_unauthorised() { refusals + 1 } else { 0 };
        if refusals >= MOST_REFUSALS {
            return Err(ListenError::Unauthorised { reason: error.to_string() });
        }
        wait(&mut backoff, &error, "getMe").await;
    }
}

/// Waits as long as Telegram asks, or ever longer.
pub(super) async fn wait(backoff: &mut Backoff, error: &CallError, method: &str) {
    let pause = error.retry_after().unwrap_or_else(|| backoff.pause());
    tracing::warn!(%error, method, ?pause, "Telegram could not be asked; trying again");
    tokio::time::sleep(pause).await;
}

/// Registers the commands with the menus of Telegram's clients: English for everybody, and each language for
/// those who use it.
pub(super) async fn register_menus(telegram: Telegram) {
    let book = Phrasebook::new();
    let default = (None, outbound::menu(book.locale(None)));
    let languages = book.locales().map(|(tag, locale)| (Some(tag.to_owned()), outbound::menu(locale)));
    let menus: Vec<_> = std::iter::once(default).chain(languages).collect();
    drop(book);
    for (language, commands) in menus {
        let mut payload = SetMyCommands::new(commands);
        payload.language_code = language;
        register(&telegram, &payload).await;
    }
}

async fn register(telegram: &Telegram, menu: &SetMyCommands) {
    let mut backoff = patience();
    for _ in 0..MENU_TRIES {
        match telegram.call(menu).await.map(drop::<IgnoredAny>) {
            Ok(()) => return,
            Err(error) => wait(&mut backoff, &error, "setMyCommands").await,
        }
    }
    tracing::warn!(language = menu.language_code, "the menu of commands could not be set");
}
