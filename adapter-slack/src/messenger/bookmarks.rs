//! Bookmarks of what is pinned, at the head of a channel: Slack keeps pins where few people look.
//!
//! A bookmark is an extra. What Slack refuses is let go, and a card stands and is pinned without it; what may pass is
//! tried again with the pin. Slack would take the same link twice, so it is asked first what is there.

use std::sync::atomic::Ordering;

use incident_core::ids::{MessageRef, Number};
use incident_core::ports::DeliveryError;
use serde_json::{Value, json};

use super::{CALL_LIMIT, Method, Slack, failed};
use crate::failure::CallError;

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

    /// Tells whether it leads to a message, by the address that Slack gives to messages.
    fn leads_to(&self, message: &MessageRef) -> bool {
        let path = self.link.split('?').next().unwrap_or_default();
        path.ends_with(&format!("/archives/{}/p{}", message.chat.chat, message.message.replace('.', "")))
    }
}

impl Slack {
    /// Has one bookmark lead to the card of an incident, by its number: words on a card may be erased, and a bookmark
    /// would keep them.
    pub(super) async fn bookmark(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        let title = number.to_string();
        self.as_an_extra(async {
            let bookmarks = self.bookmarks(message).await?;
            let there = bookmarks.iter().any(|bookmark| bookmark.leads_to(message));
            let left_behind =
                bookmarks.into_iter().filter(|other| other.title == title && !other.leads_to(message));
            let left_behind = left_behind.collect();
            if !there {
                let link = self.permalink(message).await?;
                let channel = &*message.chat.chat;
                let body = json!({"channel_id": channel, "title": title, "type": "link", "link": link});
                self.call(Method::AddBookmark, &body).await?;
            }
            self.remove_bookmarks(message, left_behind).await
        })
        .await
    }

    /// Has no bookmark lead to a card.
    pub(super) async fn unbookmark(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        self.as_an_extra(async {
            let mut bookmarks = self.bookmarks(message).await?;
            bookmarks.retain(|bookmark| bookmark.leads_to(message));
            self.remove_bookmarks(message, bookmarks).await
        })
        .await
    }

    async fn bookmarks(&self, message: &MessageRef) -> Result<Vec<Bookmark>, CallError> {
        let about = [("channel_id", &*message.chat.chat)];
        let listed = self.ask(Method::ListBookmarks, &about, CALL_LIMIT).await?;
        let bookmarks = listed["bookmarks"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(bookmarks.iter().filter_map(Bookmark::read).collect())
    }

    async fn permalink(&self, message: &MessageRef) -> Result<String, CallError> {
        let about = [("channel", &*message.chat.chat), ("message_ts", &*message.message)];
        let found = self.ask(Method::GetPermalink, &about, CALL_LIMIT).await?;
        found["permalink"].as_str().map(str::to_owned).ok_or(CallError::Unreadable { status: 200 })
    }

    async fn remove_bookmarks(
        &self,
        message: &MessageRef,
        bookmarks: Vec<Bookmark>,
    ) -> Result<(), CallError> {
        for Bookmark { id, .. } in bookmarks {
            let body = json!({"channel_id": &*message.chat.chat, "bookmark_id": id});
            self.call(Method::RemoveBookmark, &body).await?;
        }
        Ok(())
    }

    /// Does something about bookmarks, unless the app was not given the right to.
    async fn as_an_extra(
        &self,
        work: impl Future<Output = Result<(), CallError>>,
    ) -> Result<(), DeliveryError> {
        if self.inner.without_bookmarks.load(Ordering::Relaxed) {
            return Ok(());
        }
        let Err(error) = work.await else { return Ok(()) };
        if error.may_pass() || error.is_unauthorised() {
            return Err(failed(&error));
        }
        if error.is_one_of(&["missing_scope"]) {
            self.inner.without_bookmarks.store(true, Ordering::Relaxed);
        }
        tracing::info!(%error, "open incidents get no bookmark here");
        Ok(())
    }
}
