//! Platforms that fail while something is pinned or unpinned.

use std::time::Duration;

use super::fixture::{Shift, card, perform, posted, seen, worked};
use super::world::{Failing, Pinning, Trouble};
use crate::ports::DeliveryError;
use crate::testkit::Call;

const WAIT: Duration = Duration::from_secs(17);

/// Meets trouble with pinning and unpinning; returns each end, and whether it was done.
async fn troubled<W: Pinning + Failing>(world: &W, trouble: Trouble) -> [(DeliveryError, bool); 2] {
    let message = posted(world, &card("NEW")).await;
    let mut ends = Vec::new();
    for (call, pinned) in [(Call::Pin, true), (Call::Unpin, false)] {
        world.trouble(call, trouble);
        let end = perform(world.messenger(), call, message.clone()).await;
        let done = seen(world, &message).pinned == pinned;
        ends.push((end.expect_err("a call that was not answered is no success"), done));
        worked(perform(world.messenger(), call, message.clone()).await);
        assert_eq!(seen(world, &message).pinned, pinned, "{call:?} after {trouble:?}");
    }
    ends.try_into().expect("there are two calls")
}

/// A server that fails says nothing about rights, nor about the message.
pub async fn a_failing_pin_is_temporary<W: Pinning + Failing>(world: &W) {
    for (error, done) in troubled(world, Trouble::ServerError).await {
        assert!(matches!(error, DeliveryError::Temporary { retry_after: None, .. }) && !done, "{error:?}");
    }
}

/// A wait counts for the whole chat, whatever it was said to.
pub async fn a_wait_for_pins_is_handed_on<W: Pinning + Failing>(world: &W) {
    for (error, done) in troubled(world, Trouble::Wait(WAIT)).await {
        let asked =
            matches!(error, DeliveryError::Temporary { retry_after, .. } if retry_after == Some(WAIT));
        assert!(asked && !done, "{error:?}");
    }
}

/// Doing again what was done though nobody said so is a success.
pub async fn a_lost_answer_to_a_pin_is_temporary<W: Pinning + Failing>(world: &W) {
    for (error, done) in troubled(world, Trouble::LostAnswer).await {
        assert!(matches!(error, DeliveryError::Temporary { retry_after: None, .. }) && done, "{error:?}");
    }
}

/// A card whose pinning failed stands, once, and is pinned later.
pub async fn a_card_that_could_not_be_pinned_is_pinned_later<W: Pinning + Failing>(world: &W) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    world.trouble(Call::Pin, Trouble::ServerError);
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let card = shift.only(&chat, "truck 12 has a flat tyre");
    assert!(!card.pinned);
    shift.pass(Duration::from_secs(1)).await;
    let later = shift.only(&chat, "truck 12 has a flat tyre");
    assert_eq!((later.message, later.pinned), (card.message, true));
}
