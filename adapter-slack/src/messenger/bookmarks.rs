//! Bookmarks of the cards of open incidents, at the head of a channel: Slack keeps pins where few people look.
//!
//! A bookmark is an extra. What Slack refuses is let go, and a card stands and is pinned without it; what may pass is
//! tried again with the pin, and nothing else that the channel is owed waits for that. Slack takes the same link as often
//! as it is given, so it is asked first what is there.

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use incident_core::ids::{MessageRef, Number};
use incident_core::ports::DeliveryError;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use super::{Method, Slack};
use crate::failure::CallError;

/// How long all calls about the bookmark of one card may take.
const LIMIT: Duration = Duration::from_secs(5);
/// How long it is believed that the app may not bookmark: somebody may install it anew.
const REFUSED_FOR: Duration = Duration::from_secs(10 * 60);

/// A bookmark of a channel.
struct Bookmark {
    id: String,
    title: String,
    link: String,
}

impl Bookmark {
    fn read(told: &Value) -> Option<Self> {
        let field = |name: &str| told[name].as_str().map(str::to_owned);
        Some(Self { id: field("id")?, title: field("title")?, link: field("link")? })
    }

    /// Tells whether it leads to the card of an incident, or to one that it had before in that channel: what people named
    /// after it is theirs. Slack gives its messages such addresses.
    fn is_of(&self, card: &MessageRef, number: Number) -> bool {
        let messages = format!("/archives/{}/p", card.chat.chat);
        self.leads_to(card) || (self.title == number.to_string() && self.link.contains(&messages))
    }

    fn leads_to(&self, card: &MessageRef) -> bool {
        let path = self.link.split('?').next().unwrap_or_default();
        path.ends_with(&format!("/archives/{}/p{}", card.chat.chat, card.message.replace('.', "")))
    }
}

impl Slack {
    /// Has one bookmark lead to the card of an incident, by its number: words on a card may be erased, and a bookmark
    /// would keep them.
    pub(super) async fn bookmark(&self, card: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        self.as_an_extra(async {
            let own = self.bookmarks_of(card, number).await?;
            let (there, left_behind): (Vec<_>, Vec<_>) = own.into_iter().partition(|own| own.leads_to(card));
            self.remove_bookmarks(card, left_behind).await?;
            if there.is_empty() { self.add_bookmark(card, number).await } else { Ok(()) }
        })
        .await
    }

    /// Has no bookmark lead to a card of an incident.
    pub(super) async fn unbookmark(&self, card: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        self.as_an_extra(async {
            let own = self.bookmarks_of(card, number).await?;
            self.remove_bookmarks(card, own).await
        })
        .await
    }

    async fn bookmarks_of(&self, card: &MessageRef, number: Number) -> Result<Vec<Bookmark>, CallError> {
        let about = [("channel_id", &*card.chat.chat)];
        let listed = self.ask(Method::ListBookmarks, &about, LIMIT).await?;
        let bookmarks = listed["bookmarks"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(bookmarks.iter().filter_map(Bookmark::read).filter(|one| one.is_of(card, number)).collect())
    }

    async fn add_bookmark(&self, card: &MessageRef, number: Number) -> Result<(), CallError> {
        let channel = &*card.chat.chat;
        let about = [("channel", channel), ("message_ts", &*card.message)];
        let found = self.ask(Method::GetPermalink, &about, LIMIT).await?;
        let link = found["permalink"].as_str().ok_or(CallError::Unreadable { status: 200 })?;
        let title = number.to_string();
        let body = json!({"channel_id": channel, "title": title, "type": "link", "link": link});
        self.call(Method::AddBookmark, &body).await.map(drop)
    }

    async fn remove_bookmarks(&self, card: &MessageRef, bookmarks: Vec<Bookmark>) -> Result<(), CallError> {
        for Bookmark { id, .. } in bookmarks {
            let body = json!({"channel_id": &*card.chat.chat, "bookmark_id": id});
            match self.call(Method::RemoveBookmark, &body).await {
                Err(error) if !error.is_one_of(&["not_found"]) => return Err(error),
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Does something about bookmarks, unless the app was not given the right to.
    async fn as_an_extra(
        &self,
        work: impl Future<Output = Result<(), CallError>>,
    ) -> Result<(), DeliveryError> {
        if self.bookmarks_refused().is_some_and(|since| since.elapsed() < REFUSED_FOR) {
            return Ok(());
        }
        // Without a time to wait for: that would hold up all that the channel is owed.
        let again = |reason| Err(DeliveryError::Temporary { reason, retry_after: None });
        match timeout(LIMIT, work).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) if error.may_pass() || error.is_unauthorised() => again(error.to_string()),
            Ok(Err(error)) => {
                if error.is_one_of(&["missing_scope"]) {
                    *self.bookmarks_refused() = Some(Instant::now());
                }
                tracing::info!(%error, "open incidents get no bookmark here");
                Ok(())
            }
            Err(_) => again("bookmarking takes too long".to_owned()),
        }
    }

    fn bookmarks_refused(&self) -> MutexGuard<'_, Option<Instant>> {
        self.inner.without_bookmarks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
