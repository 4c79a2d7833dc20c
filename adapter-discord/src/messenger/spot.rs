//! Where messages stand, as Discord names it. A thread is a channel of its own there; here it is a topic of the channel
//! that it belongs to, and the name of a message in it says which.

use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::ports::{DeliveryError, Place};

/// Separates the thread from the message in the name of a message that stands in one.
const BETWEEN: char = '/';

/// A place as Discord names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    /// The channel, or the thread.
    pub(super) channel: u64,
    parent: u64,
    pub(super) reply_to: Option<String>,
}

impl Spot {
    pub(super) fn of(place: &Place) -> Result<Self, DeliveryError> {
        let parent = channel(&place.chat)?;
        let thread = place.topic.as_ref().map(|topic| number(topic.as_str(), "thread")).transpose()?;
        let channel = thread.unwrap_or(parent);
        let answered = place.reply_to.as_ref().filter(|message| message.chat == place.chat);
        let answered = answered.map(message_spot).transpose()?;
        let reply_to = answered.filter(|(there, _)| *there == channel).map(|(_, id)| id.to_string());
        Ok(Self { channel, parent, reply_to })
    }

    pub(super) const fn is_thread(&self) -> bool {
        self.channel != self.parent
    }

    pub(super) const fn without_thread(&self) -> Self {
        Self { channel: self.parent, parent: self.parent, reply_to: None }
    }

    /// Names a message that was sent here.
    pub(super) fn message(&self, place: &Place, id: &str) -> MessageRef {
        let thread = self.is_thread().then_some(self.channel);
        message_ref(place.chat.clone(), thread, id)
    }
}

/// Names a message of a channel, or of a thread of that channel.
pub(crate) fn message_ref(chat: ChatRef, thread: Option<u64>, id: &str) -> MessageRef {
    match thread {
        Some(thread) => MessageRef::new(chat, format!("{thread}{BETWEEN}{id}")),
        None => MessageRef::new(chat, id),
    }
}

/// Returns the channel or thread that a message stands in, and its number.
pub(crate) fn message_spot(message: &MessageRef) -> Result<(u64, u64), DeliveryError> {
    let chat = channel(&message.chat)?;
    match message.message.split_once(BETWEEN) {
        Some((thread, id)) => Ok((number(thread, "thread")?, number(id, "message")?)),
        None => Ok((chat, number(&message.message, "message")?)),
    }
}

/// Returns the number of a channel.
pub(crate) fn channel(chat: &ChatRef) -> Result<u64, DeliveryError> {
    if chat.platform != Platform::Discord {
        return Err(DeliveryError::Permanent { reason: format!("{chat} is not on Discord") });
    }
    number(&chat.chat, "channel")
}

fn number(text: &str, what: &str) -> Result<u64, DeliveryError> {
    text.parse()
        .map_err(|_| DeliveryError::Permanent { reason: format!("{text:?} names no {what} on Discord") })
}

#[cfg(test)]
mod tests {
    use incident_core::text::{Limits, Text};

    use super::*;

    fn chat() -> ChatRef {
        ChatRef::new(Platform::Discord, "5")
    }

    #[test]
    fn a_message_in_a_thread_is_named_by_both() {
        let thread = Text::new("7", Limits::NAME).expect("a short text");
        let place = Place { chat: chat(), topic: Some(thread), reply_to: None };
        let spot = Spot::of(&place).expect("it is a place");
        let message = spot.message(&place, "9");
        assert_eq!(message, MessageRef::new(chat(), "7/9"));
        assert_eq!(message_spot(&message), Ok((7, 9)));
        assert_eq!(message_spot(&spot.without_thread().message(&place, "9")), Ok((5, 9)));
    }

    #[test]
    fn only_what_stands_beside_can_be_answered() {
        let answering = |name: &str| {
            let reply_to = Some(MessageRef::new(chat(), name));
            Spot::of(&Place { chat: chat(), topic: None, reply_to }).map(|spot| spot.reply_to)
        };
        assert_eq!(answering("9"), Ok(Some("9".to_owned())));
        assert_eq!(answering("7/9"), Ok(None));
        let elsewhere = MessageRef::new(ChatRef::new(Platform::Discord, "6"), "9");
        let place = Place { chat: chat(), topic: None, reply_to: Some(elsewhere) };
        assert_eq!(Spot::of(&place).map(|spot| spot.reply_to), Ok(None));
    }

    #[test]
    fn what_names_nothing_on_discord_is_refused_for_good() {
        let refused = |chat: ChatRef| matches!(channel(&chat), Err(DeliveryError::Permanent { .. }));
        assert!(
            refused(ChatRef::new(Platform::Telegram, "5")) && refused(ChatRef::new(Platform::Discord, "x"))
        );
    }
}
