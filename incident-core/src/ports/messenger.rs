//! A chat, as far as the core needs one.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::ids::{ChatRef, MessageRef, Number};
use crate::incident::Attachment;
use crate::roster::Right;
use crate::text::Text;
use crate::view::{Card, Line, Message};

/// Where a message goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The chat.
    pub chat: ChatRef,
    /// The topic or thread within it.
    pub topic: Option<Text>,
    /// The message it answers; if that is gone, it is sent all the same.
    pub reply_to: Option<MessageRef>,
}

/// A file that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is.
    pub content: FileContent,
    /// What is said with it; empty where nothing is. It may be shortened where a platform has no room.
    pub caption: Line,
}

/// Where the content of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileContent {
    /// It was made here.
    Made {
        /// What it is called, with its extension.
        name: String,
        /// Its media type, such as `text/csv`.
        media_type: &'static str,
        /// The file itself.
        bytes: Arc<[u8]>,
    },
    /// The platform keeps it, and sends it again by its reference.
    Kept(Attachment),
}

/// Why a delivery failed. Only the adapter can know, so it classifies; the desk obeys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// It may succeed later. With `retry_after` the whole chat must be left alone for so long.
    #[error("temporary: {reason}")]
    Temporary {
        /// What went wrong, without secrets.
        reason: String,
        /// How long the platform asked us to wait.
        retry_after: Option<Duration>,
    },
    /// The message does not exist any more, or cannot be edited: post it anew.
    #[error("the message is gone")]
    Gone,
    /// The chat has a new address.
    #[error("the chat has moved")]
    Moved {
        /// The new address.
        to: ChatRef,
    },
    /// We lack a right in that chat.
    #[error("a right is missing: {right:?}")]
    Forbidden {
        /// Which.
        right: Right,
    },
    /// We are not in that chat any more.
    #[error("the chat is lost: {reason}")]
    ChatLost {
        /// What the platform said.
        reason: String,
    },
    /// It will never succeed as it is.
    #[error("permanent: {reason}")]
    Permanent {
        /// What the platform said.
        reason: String,
    },
}

/// Shows cards and sends messages. Every method makes at most one attempt and has a time limit well below
/// the lease of an effect; retrying is the desk's business.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Posts a card.
    ///
    /// # Errors
    /// See [`DeliveryError`]. If an answer was lost, the card may have been posted all the same.
    async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError>;

    /// Makes a card show this content. The same content again is a success.
    ///
    /// # Errors
    /// See [`DeliveryError`]; [`DeliveryError::Gone`] asks for a new card.
    async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError>;

    /// Makes a card prominent in its chat, by the number of its incident where the platform lists such things by a name.
    /// Pinning what is pinned is a success.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    async fn pin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError>;

    /// Undoes [`pin`](Self::pin). Unpinning what is not pinned, or gone, is a success.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    async fn unpin(&self, message: &MessageRef, number: Number) -> Result<(), DeliveryError>;

    /// Sends a one-off message.
    ///
    /// # Errors
    /// See [`DeliveryError`]. If an answer was lost, it may have been sent all the same.
    async fn send(&self, place: &Place, message: &Message) -> Result<MessageRef, DeliveryError>;

    /// Sends a file.
    ///
    /// # Errors
    /// See [`DeliveryError`]. [`DeliveryError::Gone`] says that the platform keeps the file no more,
    /// [`DeliveryError::Permanent`] also that it takes no files, or none so large. If an answer was lost, it may have
    /// been sent all the same.
    async fn send_file(&self, place: &Place, file: &File) -> Result<MessageRef, DeliveryError>;

    /// Takes away a message of ours that nobody should press any more. One that is gone is a success.
    ///
    /// # Errors
    /// See [`DeliveryError`].
    async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError>;
}
