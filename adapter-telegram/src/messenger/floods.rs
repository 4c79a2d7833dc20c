//! Which chats Telegram asked to leave alone, and until when. It counts every call that comes too early
//! against the bot, so what one call was told holds for all others to that chat.
//!
//! What the desk owes is held back by the desk itself; this is for what is sent beside it. It is kept in
//! memory: after a restart Telegram says it again.

use std::sync::PoisonError;
use std::time::Duration;

use incident_core::adapter::Quiet;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::Telegram;

/// The part of any call's parameters that says which chat it is about.
#[derive(Deserialize)]
struct About {
    chat_id: i64,
}

impl Telegram {
    /// Remembers that the chat of a call, if it has one, is to be left alone.
    pub(super) fn note_flood(&self, payload: &impl Serialize, wait: Duration) {
        // Without a chat the wait is about the method, which whoever called it obeys.
        let about = serde_json::to_value(payload).and_then(serde_json::from_value);
        let Ok(About { chat_id }) = about else { return };
        let now = Instant::now();
        self.floods().note(chat_id, wait, now);
    }

    /// Returns when a chat may be written to again; `None` if that is now.
    pub(crate) fn flooded_until(&self, chat: &str) -> Option<Instant> {
        self.floods().until(&chat.parse::<i64>().ok()?, Instant::now())
    }

    fn floods(&self) -> std::sync::MutexGuard<'_, Quiet<i64, Instant>> {
        self.inner.floods.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use teloxide::payloads::{AnswerCallbackQuery, GetMe, PinChatMessage};
    use teloxide::types::{CallbackQueryId, ChatId, MessageId};

    use secrecy::SecretString;

    use super::*;
    use crate::messenger::TelegramOptions;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn every_call_about_a_chat_counts_and_no_other() {
        let options =
            TelegramOptions { token: SecretString::from("1:a"), api_url: "http://127.0.0.1:9".to_owned() };
        let telegram = Telegram::new(options).expect("a client is made");
        telegram.note_flood(&GetMe::new(), SECOND);
        telegram.note_flood(&AnswerCallbackQuery::new(CallbackQueryId("1".to_owned())), SECOND);
        let before = Instant::now();
        assert_eq!(telegram.flooded_until("-5"), None);
        telegram.note_flood(&PinChatMessage::new(ChatId(-5), MessageId(1)), 60 * SECOND);
        let until = telegram.flooded_until("-5").expect("it was said");
        assert!((before + 60 * SECOND..=Instant::now() + 60 * SECOND).contains(&until));
        telegram.note_flood(&PinChatMessage::new(ChatId(-6), MessageId(1)), Duration::MAX);
        assert!(telegram.flooded_until("-6").is_some());
    }
}
