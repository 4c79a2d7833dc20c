//! Chats in which the desk may not make its cards prominent.

use super::fixture::{NUMBER, Shift, card, place, posted, seen, standing, worked};
use super::world::PinRights;
use crate::ports::DeliveryError;
use crate::roster::Right;
use crate::view::Action;

/// The desk must know which right it lacks, to tell people; and the card stands, so it is not posted twice.
pub async fn a_lost_right_to_pin_is_named(world: &dyn PinRights) {
    let (messenger, message) = (world.messenger(), posted(world, &card("NEW")).await);
    world.let_pin(&world.chat(), false);
    assert_eq!(messenger.pin(&message, NUMBER).await, Err(DeliveryError::Forbidden { right: Right::Pin }));
    assert!(!seen(world, &message).pinned);
    worked(messenger.edit(&message, &card("CHANGED")).await);
    let there = worked(messenger.post(&place(world.other_chat()), &card("THERE")).await);
    worked(messenger.pin(&there, NUMBER).await);
    world.let_pin(&world.chat(), true);
    worked(messenger.pin(&message, NUMBER).await);
    assert!(seen(world, &message).pinned);
}

/// A desk that may not pin says so once, and shows its cards all the same.
pub async fn a_card_that_cannot_be_pinned_stands_all_the_same(world: &dyn PinRights) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    world.let_pin(&chat, false);
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let card = shift.only(&chat, "truck 12 has a flat tyre");
    assert!(!card.pinned);
    let before = standing(world, &chat).len();
    shift.press(&chat, "ann", Action::Claim).await;
    shift.settle().await;
    assert_eq!(shift.only(&chat, "truck 12 has a flat tyre").message, card.message);
    assert_eq!(standing(world, &chat).len(), before);
}
