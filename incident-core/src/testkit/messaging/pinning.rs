//! Cards that are prominent while they matter.

use super::fixture::{NUMBER, Shift, card, find, posted, seen, worked};
use super::world::{ChatWorld, Pinning, Seen};
use crate::ids::MessageRef;
use crate::ports::DeliveryError;
use crate::view::{Action, Card};

fn pinned(world: &dyn ChatWorld) -> Vec<MessageRef> {
    let shown = world.shown(&world.chat()).into_iter();
    shown.filter(|seen| seen.pinned).map(|seen| seen.message).collect()
}

/// What is pinned is prominent, once, however often it is pinned; what is not any more, is not.
pub async fn pinning_and_unpinning_may_be_repeated(world: &dyn Pinning) {
    let (messenger, message) = (world.messenger(), posted(world, &card("NEW")).await);
    let before = seen(world, &message);
    assert!(!before.pinned);
    for _ in 0..2 {
        worked(messenger.pin(&message, NUMBER).await);
        assert_eq!(world.shown(&world.chat()), [Seen { pinned: true, ..before.clone() }]);
    }
    for _ in 0..2 {
        worked(messenger.unpin(&message, NUMBER).await);
        assert_eq!(world.shown(&world.chat()), std::slice::from_ref(&before));
    }
}

/// Several incidents matter at once; each is pinned and unpinned by itself.
pub async fn each_card_is_pinned_by_itself(world: &dyn Pinning) {
    let messenger = world.messenger();
    let (first, second) = (posted(world, &card("FIRST")).await, posted(world, &card("SECOND")).await);
    worked(messenger.pin(&second, NUMBER).await);
    assert_eq!(pinned(world), std::slice::from_ref(&second));
    worked(messenger.pin(&first, NUMBER).await);
    assert_eq!(pinned(world), [first.clone(), second.clone()]);
    worked(messenger.unpin(&second, NUMBER).await);
    assert_eq!(pinned(world), [first]);
}

/// A card that changes stays where people look for it.
pub async fn an_edit_leaves_the_pin(world: &dyn Pinning) {
    let (messenger, message) = (world.messenger(), posted(world, &card("NEW")).await);
    worked(messenger.pin(&message, NUMBER).await);
    worked(messenger.edit(&message, &Card { pinned: false, ..card("CHANGED") }).await);
    let shown = seen(world, &message);
    assert!(shown.pinned && shown.text.contains("CHANGED"), "{shown:#?}");
}

/// Whoever deletes a card has unpinned it; to pin it, the desk must post it anew.
pub async fn what_was_deleted_cannot_be_pinned_and_need_not_be_unpinned(world: &dyn Pinning) {
    let (messenger, message) = (world.messenger(), posted(world, &card("NEW")).await);
    worked(messenger.pin(&message, NUMBER).await);
    world.delete(&message);
    assert_eq!(messenger.pin(&message, NUMBER).await, Err(DeliveryError::Gone));
    worked(messenger.unpin(&message, NUMBER).await);
    assert_eq!(find(world, &message), None);
}

/// A card is prominent from the report until it is done.
pub async fn a_card_is_pinned_while_it_matters(world: &dyn Pinning) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    for action in [Action::Claim, Action::Resolve] {
        assert!(shift.only(&chat, "flat tyre").pinned, "{:#?}", world.shown(&chat));
        shift.press(&chat, "ann", action).await;
        shift.settle().await;
    }
    shift.answer(&chat, "ann", "reply to this message", "changed the wheel").await;
    shift.settle().await;
    assert!(!shift.only(&chat, "flat tyre").pinned, "{:#?}", world.shown(&chat));
}

/// A card that comes back after somebody deleted it is as prominent as it was.
pub async fn a_card_that_comes_back_is_pinned_again(world: &dyn Pinning) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let (message, code) = shift.button(&chat, Action::Claim);
    world.delete(&message);
    shift.press_remembered("ann", message, code).await;
    shift.settle().await;
    assert!(shift.only(&chat, "flat tyre").pinned, "{:#?}", world.shown(&chat));
}
