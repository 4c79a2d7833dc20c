//! What a test must see of a chat, and what it must be able to do to one.
//!
//! [`ChatWorld`] is what every chat has. Each other trait here is something that a platform may lack; a world
//! that lacks it does not implement it, and says so where it runs the suite.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::ids::{ChatRef, Identity, MessageRef};
use crate::incident::Attachment;
use crate::ports::{DeliveryError, Messenger, Profile};
use crate::testkit::Call;
use crate::text::Text;

/// A button as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenButton {
    /// The words on it.
    pub label: String,
    /// What the desk is told when somebody presses it.
    pub code: String,
}

/// A message of the desk's as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its name, as the messenger names it.
    pub message: MessageRef,
    /// What people read, without any markup, lines separated by line breaks.
    pub text: String,
    /// What can be pressed, row by row.
    pub buttons: Vec<Vec<SeenButton>>,
    /// Whether it is prominent in its chat.
    pub pinned: bool,
    /// The message it visibly answers.
    pub reply_to: Option<MessageRef>,
    /// The topic or thread it stands in.
    pub topic: Option<Text>,
    /// Whom the platform tells about it, each once.
    pub told: Vec<Identity>,
}

/// A platform with two chats, seen by the people in them, and a messenger that serves it.
///
/// The desk belongs to both chats and may do everything there. Both begin empty, and nothing fails until a
/// test says so. Methods panic where the world cannot do what it is asked: that is a mistake in the world.
pub trait ChatWorld: Send + Sync {
    /// Returns the messenger that is to prove itself; the same one every time.
    fn messenger(&self) -> Arc<dyn Messenger>;

    /// Names the chat in which most of it happens.
    fn chat(&self) -> ChatRef;

    /// Names another chat of the same platform.
    fn other_chat(&self) -> ChatRef;

    /// Lists the messages of the desk's that stand in a chat, oldest first, without what people wrote and
    /// without what the platform itself announces.
    fn shown(&self, chat: &ChatRef) -> Vec<Seen>;

    /// Deletes a message, as a person in the chat may.
    fn delete(&self, message: &MessageRef);
}

/// A platform on which messages can be made prominent.
pub trait Pinning: ChatWorld {}

/// A platform on which the desk may be kept from making messages prominent.
pub trait PinRights: Pinning {
    /// Withholds the right to do so in a chat, or grants it again.
    fn let_pin(&self, chat: &ChatRef, allowed: bool);
}

/// A platform on which the desk may be in a chat and yet not be allowed to write there.
pub trait Muting: ChatWorld {
    /// Withholds the right to write in a chat, or grants it again.
    fn let_write(&self, chat: &ChatRef, allowed: bool);
}

/// A platform on which the desk can be thrown out of a chat.
pub trait Removal: ChatWorld {
    /// Throws the desk out.
    fn expel(&self, chat: &ChatRef);
}

/// A platform on which a chat may get a new address.
pub trait Moving: ChatWorld {
    /// Names a chat that can; it may be [`ChatWorld::chat`], and is like it.
    fn movable(&self) -> ChatRef;

    /// Gives a chat a new address, and returns it. What stood in the chat may stay behind.
    fn move_chat(&self, chat: &ChatRef) -> ChatRef;
}

/// A platform on which a message can visibly answer another.
pub trait Answering: ChatWorld {
    /// Writes a message as a person in the chat, and returns its name.
    fn write(&self, chat: &ChatRef, text: &str) -> MessageRef;
}

/// A platform whose chats may have topics or threads.
pub trait Topics: ChatWorld {
    /// Opens a topic in a chat that has them, and names both.
    fn topic(&self) -> (ChatRef, Text);
}

/// A file that a messenger sent, as people find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenFile {
    /// What it is called, if it was made.
    pub name: Option<String>,
    /// What is in it, if it was made.
    pub bytes: Option<Vec<u8>>,
    /// The platform's reference of it.
    pub reference: Text,
}

/// A platform on which files can be sent.
pub trait Files: ChatWorld {
    /// Returns the file that stands on a message of the desk's.
    fn file(&self, message: &MessageRef) -> Option<SeenFile>;

    /// Sends a file of a kind to [`ChatWorld::chat`] as a person there, and returns it as the desk is told of it. The
    /// kinds are `photo`, `animation`, `video`, `audio`, `voice`, and media types for everything else.
    fn given(&self, kind: &str) -> Attachment;

    /// Makes the platform forget a file.
    fn forget(&self, file: &Attachment);
}

/// A platform that tells people when they are mentioned.
pub trait Telling: ChatWorld {
    /// Lets a person join [`ChatWorld::chat`], with or without a handle.
    fn person(&self, name: &str, handle: Option<&str>) -> Profile;
}

/// A platform on which whoever has a handle is told wherever that is written.
pub trait Handles: Telling {}

/// What happens to a call instead of what should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The platform does nothing and asks for so long a wait, in whole seconds.
    Wait(Duration),
    /// The platform does nothing and says that it failed.
    ServerError,
    /// The platform does what it is asked, and the answer is lost.
    LostAnswer,
}

/// A platform that is reached over something that fails.
pub trait Failing: ChatWorld {
    /// Troubles the next call that a method of the messenger makes.
    fn trouble(&self, next: Call, trouble: Trouble);
}

/// A call of a messenger, under way.
pub type Doing<'a> = Pin<Box<dyn Future<Output = Result<(), DeliveryError>> + Send + 'a>>;

/// A platform that may fall silent, in a world in which time can pass without anybody waiting.
#[async_trait]
pub trait Silence: ChatWorld {
    /// Gives no answer to what a method asks the platform, while so much time passes for the messenger; then
    /// tells what became of the call, or `None` if it still goes on.
    async fn fall_silent(
        &self,
        call: Call,
        doing: Doing<'_>,
        time: Duration,
    ) -> Option<Result<(), DeliveryError>>;
}
