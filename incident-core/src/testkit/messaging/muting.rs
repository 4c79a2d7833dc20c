//! Chats in which the desk may not write for a while.

use super::fixture::{card, message, place, posted, standing, worked};
use super::world::Muting;
use crate::ports::DeliveryError;
use crate::roster::Right;

/// A right that can be given back is no lost chat: what is owed stays owed.
pub async fn a_lost_right_to_write_is_named(world: &dyn Muting) {
    let (messenger, here) = (world.messenger(), place(world.chat()));
    let first = posted(world, &card("FIRST")).await;
    world.let_write(&world.chat(), false);
    let refused = Err(DeliveryError::Forbidden { right: Right::Write });
    assert_eq!(messenger.post(&here, &card("NEW")).await, refused);
    assert_eq!(messenger.send(&here, &message("Please review.")).await, refused);
    assert_eq!(standing(world, &world.chat()), std::slice::from_ref(&first));
    worked(messenger.post(&place(world.other_chat()), &card("THERE")).await);
    world.let_write(&world.chat(), true);
    let second = worked(messenger.post(&here, &card("NEW")).await);
    assert_eq!(standing(world, &world.chat()), [first, second]);
}
