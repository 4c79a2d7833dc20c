//! Chats that get a new address.

use super::fixture::{Shift, assert_reads, card, message, place, standing, worked};
use super::world::Moving;
use crate::ports::DeliveryError;
use crate::view::Action;

/// Whatever is asked of an old address, the desk hears the new one.
pub async fn a_moved_chat_says_where_it_is(world: &dyn Moving) {
    let (messenger, old) = (world.messenger(), world.movable());
    let there = worked(messenger.post(&place(old.clone()), &card("NEW")).await);
    let new = world.move_chat(&old);
    assert_ne!(new, old);
    let ends = [
        messenger.post(&place(old.clone()), &card("AGAIN")).await.map(drop),
        messenger.edit(&there, &card("CHANGED")).await,
        messenger.send(&place(old), &message("Please review.")).await.map(drop),
    ];
    let moved = Err(DeliveryError::Moved { to: new.clone() });
    assert_eq!(ends, [moved.clone(), moved.clone(), moved]);
    let posted = worked(messenger.post(&place(new.clone()), &card("AGAIN")).await);
    assert_eq!(standing(world, &new), [posted]);
}

/// People go on at the new address as if nothing had been: their cards are there, and show what is true.
pub async fn a_moved_chat_is_followed(world: &dyn Moving) {
    let old = world.movable();
    let shift = Shift::begin(world, std::slice::from_ref(&old)).await;
    shift.report(&old, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let (pressed, code) = shift.button(&old, Action::Claim);
    let pinned = shift.only(&old, "flat tyre").pinned;
    let new = world.move_chat(&old);
    shift.press_remembered("ann", pressed, code).await;
    shift.settle().await;
    let card = shift.only(&new, "truck 12 has a flat tyre");
    assert_eq!(card.pinned, pinned);
    assert_reads(&card.text, &["IN PROGRESS", "ann"]);
    shift.press(&new, "ann", Action::Release).await;
    shift.settle().await;
    assert_reads(&shift.only(&new, "truck 12 has a flat tyre").text, &["UNCLAIMED"]);
}
