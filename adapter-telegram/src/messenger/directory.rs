//! Who administers a chat, asked of Telegram and remembered for a minute.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use incident_core::ids::{ChatRef, Identity, Platform};
use incident_core::ports::{Directory, DirectoryError};
use serde::Deserialize;
use teloxide::payloads::GetChatMember;
use teloxide::types::{ChatId, UserId};
use tokio::time::Instant;

use super::Telegram;
use crate::failure::CallError;

/// How long it is remembered that somebody is an administrator.
const YES_FOR: Duration = Duration::from_secs(60);
/// How long it is remembered that somebody is none: shortly, for they may be asking to be made one.
const NO_FOR: Duration = Duration::from_secs(5);
/// How long a question may take. Updates wait for the answer, and newer ones may wait for them.
const ASK_LIMIT: Duration = Duration::from_secs(2);
/// How many answers are remembered.
const MOST: usize = 4_096;

/// Answers that are fresh enough to be given again.
#[derive(Debug, Default)]
pub(crate) struct Known {
    answers: BTreeMap<(i64, u64), (bool, Instant)>,
}

impl Known {
    fn get(&self, key: (i64, u64), now: Instant) -> Option<bool> {
        let (admin, until) = self.answers.get(&key)?;
        (now < *until).then_some(*admin)
    }

    fn put(&mut self, key: (i64, u64), admin: bool, now: Instant) {
        if self.answers.len() >= MOST {
            self.answers.retain(|_, (_, until)| now < *until);
        }
        if self.answers.len() >= MOST {
            self.answers.clear();
        }
        self.answers.insert(key, (admin, now + if admin { YES_FOR } else { NO_FOR }));
    }

    fn forget(&mut self, key: (i64, u64)) {
        self.answers.remove(&key);
    }
}

#[derive(Deserialize)]
struct Standing {
    status: String,
}

impl Telegram {
    /// Forgets what is remembered of somebody whose standing in a chat has changed.
    pub(crate) fn forget_standing(&self, chat: ChatId, user: UserId) {
        self.known().forget((chat.0, user.0));
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.inner.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn standing(&self, chat: i64, user: u64) -> Result<bool, CallError> {
        let payload = GetChatMember::new(ChatId(chat), UserId(user));
        match self.call_within(&payload, ASK_LIMIT).await {
            Ok(Standing { status }) => Ok(matches!(status.as_str(), "creator" | "administrator")),
            Err(error) if error.is_about_stranger() => Ok(false),
            Err(error) => Err(error),
        }
    }
}

#[async_trait]
impl Directory for Telegram {
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        let unknown = |what: &str| DirectoryError { reason: format!("no such {what} on Telegram") };
        let ours = chat.platform == Platform::Telegram && who.platform == Platform::Telegram;
        let id = chat.chat.parse().ok().filter(|_| ours).ok_or_else(|| unknown("chat"))?;
        let user = who.user.parse().map_err(|_| unknown("person"))?;
        let known = self.known().get((id, user), Instant::now());
        if let Some(admin) = known {
            return Ok(admin);
        }
        let admin = match self.standing(id, user).await {
            // Asking does no harm, so a question that was lost is put once more.
            Err(CallError::Unreadable { .. } | CallError::Unreachable { .. }) => {
                self.standing(id, user).await
            }
            result => result,
        };
        let admin = admin.map_err(|error| DirectoryError { reason: error.to_string() })?;
        self.known().put((id, user), admin, Instant::now());
        Ok(admin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: (i64, u64) = (-5, 7);

    #[test]
    fn an_administrator_is_remembered_for_a_minute_and_others_for_seconds() {
        let mut known = Known::default();
        let now = Instant::now();
        known.put(ANN, true, now);
        assert_eq!(known.get(ANN, now + YES_FOR - Duration::from_millis(1)), Some(true));
        assert_eq!(known.get(ANN, now + YES_FOR), None);
        known.put(ANN, false, now);
        assert_eq!(known.get(ANN, now + NO_FOR - Duration::from_millis(1)), Some(false));
        assert_eq!(known.get(ANN, now + NO_FOR), None);
        known.put(ANN, true, now);
        known.forget(ANN);
        assert_eq!(known.get(ANN, now), None);
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut known = Known::default();
        let now = Instant::now();
        for user in 0..2 * MOST as u64 {
            known.put((-5, user), true, now);
            assert!(known.answers.len() <= MOST);
        }
    }
}
