//! The messenger, the pager and the directory of the world: the embedder's own, seen through the weather.

use std::sync::Arc;

use async_trait::async_trait;

use super::books::Books;
use super::chats::{End, Trouble};
use super::pause::{at_once, pause};
use crate::ids::{ChatRef, Circle, Identity, MessageRef, Number};
use crate::ports::{Callout, DeliveryError, Directory, DirectoryError, File, Messenger, Pager, Place};
use crate::testkit::messenger::{Call, What};
use crate::view::{Card, Message};

/// A messenger that is watched, and that fails.
pub(super) struct Watched<M: ?Sized> {
    pub(super) inner: Arc<M>,
    pub(super) books: Arc<Books>,
}

impl Watched<dyn Messenger> {
    /// Makes a call, unless something stands against it; `done` writes down that it was made.
    async fn attempt<T: Send>(
        &self,
        (call, chat): (Call, &ChatRef),
        make: impl Future<Output = Result<T, DeliveryError>> + Send,
        done: impl FnOnce(&Books, &T) + Send,
    ) -> Result<T, DeliveryError> {
        pause().await;
        let trouble = self.books.with(|books| books.trouble(call, chat));
        let result = match trouble {
            Some(Trouble::Before(error)) => Err(error),
            trouble => {
                let made = at_once(make);
                if let Ok(made) = &made {
                    self.books.with(|books| books.losing = trouble.is_some());
                    done(&self.books, made);
                    self.books.with(|books| books.losing = false);
                }
                match trouble {
                    Some(Trouble::After(error)) => made.and(Err(error)),
                    Some(Trouble::Before(_)) | None => made,
                }
            }
        };
        pause().await;
        result
    }

    /// What a person deleted is gone, whatever the messenger knows of it.
    fn stands(&self, message: &MessageRef) -> bool {
        self.books.with(|books| books.stands(message))
    }
}

#[async_trait]
impl Messenger for Watched<dyn Messenger> {
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
        let appeared = |books: &Books, message: &MessageRef| {
            books.with(|books| books.appeared(message, What::Card(card.clone())));
        };
        self.attempt((Call::Post, &place.chat), self.inner.post(place, card), appeared).await
    }

    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
        let edit = async {
            if self.stands(message) { self.inner.edit(message, card).await } else { Err(DeliveryError::Gone) }
        };
        let redrawn = |books: &Books, (): &()| books.with(|books| books.redrawn(message, card));
        self.attempt((Call::Edit, &message.chat), edit, redrawn).await
    }

    async fn pin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        let pin = async {
            if self.stands(message) {
                self.inner.pin(message, number).await
            } else {
                Err(DeliveryError::Gone)
            }
        };
        let pinned = |books: &Books, (): &()| books.with(|books| books.pinned(message, true));
        self.attempt((Call::Pin, &message.chat), pin, pinned).await
    }

    async fn unpin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError> {
        let unpin =
            async { if self.stands(message) { self.inner.unpin(message, number).await } else { Ok(()) } };
        let unpinned = |books: &Books, (): &()| books.with(|books| books.pinned(message, false));
        self.attempt((Call::Unpin, &message.chat), unpin, unpinned).await
    }

    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError> {
        let appeared = |books: &Books, sent: &MessageRef| {
            books.with(|books| books.appeared(sent, What::Message(message.clone())));
        };
        self.attempt((Call::Send, &place.chat), self.inner.send(place, message), appeared).await
    }

    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError> {
        let appeared = |books: &Books, sent: &MessageRef| {
            books.with(|books| books.appeared(sent, What::File(file.clone())));
        };
        self.attempt((Call::SendFile, &place.chat), self.inner.send_file(place, file), appeared).await
    }

    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
        let retire = async { if self.stands(message) { self.inner.retire(message).await } else { Ok(()) } };
        let vanished = |books: &Books, (): &()| books.with(|books| books.vanished(message, End::Retired));
        self.attempt((Call::Retire, &message.chat), retire, vanished).await
    }
}

#[async_trait]
impl Pager for Watched<dyn Pager> {
    async fn call(&self, callout: &Callout) -> Result<(), DeliveryError> {
        pause().await;
        let fails = self.books.with(|books| {
            let name = callout.person.profile.name.as_str();
            books.say(format!("  ☎ {name} is called about {}, attempt {}", callout.number, callout.attempt));
            let held = books.calls_who_is_owed(callout);
            books.judge(held);
            books.sent();
            books.dice.chance(books.weather.failing)
        });
        let result = if fails {
            Err(DeliveryError::Temporary { reason: "the line is engaged".into(), retry_after: None })
        } else {
            at_once(self.inner.call(callout))
        };
        pause().await;
        result
    }
}

#[async_trait]
impl Directory for Watched<dyn Directory> {
    async fn is_admin(&self, chat: &ChatRef, who: &Identity) -> Result<bool, DirectoryError> {
        pause().await;
        let fails = self.books.with(|books| books.dice.chance(books.weather.failing));
        let result = if fails {
            Err(DirectoryError { reason: "no answer".into() })
        } else {
            at_once(self.inner.is_admin(chat, who))
        };
        pause().await;
        result
    }
    async fn circles(
        &self,
        chat: &ChatRef,
        who: &Identity,
        among: &[Circle],
    ) -> Result<Vec<Circle>, DirectoryError> {
        at_once(self.inner.circles(chat, who, among))
    }
}
