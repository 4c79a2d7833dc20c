//! Messages that answer others.

use super::fixture::{Shift, card, message, place, posted, seen, worked};
use super::world::Answering;
use crate::ids::MessageRef;
use crate::ports::Place;
use crate::view::Action;

async fn answered(world: &dyn Answering, to: &MessageRef) -> Option<MessageRef> {
    let there = Place { reply_to: Some(to.clone()), ..place(world.chat()) };
    let sent = worked(world.messenger().send(&there, &message("yes?")).await);
    seen(world, &sent).reply_to
}

/// People see what is being spoken of: a message of theirs, or a card.
pub async fn a_message_answers_what_it_should(world: &dyn Answering) {
    let asked = world.write(&world.chat(), "is anybody there?");
    assert_eq!(answered(world, &asked).await, Some(asked));
    let other = posted(world, &card("OTHER")).await;
    let card = posted(world, &card("NEW")).await;
    assert_eq!(answered(world, &card).await, Some(card));
    assert_ne!(answered(world, &other).await, None);
    let unasked = worked(world.messenger().send(&place(world.chat()), &message("hello")).await);
    assert_eq!(seen(world, &unasked).reply_to, None);
}

/// A reminder must not fail because somebody tidied up.
pub async fn a_message_is_sent_although_what_it_answers_is_gone(world: &dyn Answering) {
    let asked = world.write(&world.chat(), "is anybody there?");
    world.delete(&asked);
    assert_eq!(answered(world, &asked).await, None);
    let card = posted(world, &card("NEW")).await;
    world.delete(&card);
    assert_eq!(answered(world, &card).await, None);
}

/// What a chat has left behind cannot be answered at its new address: the message is sent all the same.
pub async fn a_message_is_sent_although_what_it_answers_stands_elsewhere(world: &dyn Answering) {
    let elsewhere = world.write(&world.other_chat(), "is anybody there?");
    // On platforms that number messages within a chat, this one has the number of that one.
    world.write(&world.chat(), "is anybody here?");
    assert_eq!(answered(world, &elsewhere).await, None);
}

/// A reminder leads to the card that it is about.
pub async fn what_is_said_of_an_incident_answers_its_card(world: &dyn Answering) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let card = shift.only(&chat, "truck 12 has a flat tyre").message;
    for action in [Action::Claim, Action::Resolve] {
        shift.press(&chat, "ann", action).await;
        shift.settle().await;
    }
    assert_eq!(shift.only(&chat, "reply to this message").reply_to, Some(card));
}
