//! Chats that the desk was thrown out of.

use super::fixture::{Shift, card, message, place, posted, worked};
use super::world::Removal;
use crate::ports::DeliveryError;
use crate::view::Action;

/// Whatever is asked of a chat that the desk was thrown out of, it hears that the chat is lost, and no other
/// reason: it suspends the chat, and need not knock again.
pub async fn a_chat_that_threw_us_out_is_lost(world: &dyn Removal) {
    let (messenger, here) = (world.messenger(), place(world.chat()));
    let standing = posted(world, &card("NEW")).await;
    world.expel(&world.chat());
    let ends = [
        messenger.post(&here, &card("AGAIN")).await.map(drop),
        messenger.edit(&standing, &card("CHANGED")).await,
        messenger.send(&here, &message("Please review.")).await.map(drop),
    ];
    for end in ends {
        assert!(matches!(end, Err(DeliveryError::ChatLost { .. })), "{end:?}");
    }
}

/// The other chats of the platform go on.
pub async fn a_lost_chat_stands_in_nobodys_way(world: &dyn Removal) {
    let (chat, other) = (world.chat(), world.other_chat());
    let shift = Shift::begin(world, &[chat.clone(), other.clone()]).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    world.expel(&chat);
    shift.press(&chat, "ann", Action::Claim).await;
    shift.report(&other, "the lamp is broken").await;
    shift.settle().await;
    shift.only(&other, "the lamp is broken");
    worked(world.messenger().send(&place(other), &message("Please review.")).await);
}
