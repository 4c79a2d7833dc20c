//! Platforms that do not answer at all.

use super::fixture::{card, perform, posted, standing};
use super::world::Silence;
use crate::desk::LEASE;
use crate::ports::DeliveryError;
use crate::testkit::Call;

/// Drawing a card may take three calls (edit, post, pin), and they have three quarters of a lease together.
const LIMIT: std::time::Duration = LEASE.checked_div(4).expect("four is not zero");

async fn given_up(world: &dyn Silence, call: Call) -> Result<(), DeliveryError> {
    let message = posted(world, &card("NEW")).await;
    let doing = Box::pin(perform(world.messenger(), call, message));
    let end = world.fall_silent(call, doing, LIMIT).await;
    end.unwrap_or_else(|| panic!("{call:?} still goes on after {LIMIT:?}"))
}

/// A worker that waits for ever holds a lease that has ended, and another begins what it may still finish.
pub async fn a_silent_platform_is_given_up_in_time(world: &dyn Silence) {
    for call in [Call::Post, Call::Edit, Call::Send, Call::Retire] {
        let end = given_up(world, call).await;
        assert!(matches!(end, Err(DeliveryError::Temporary { retry_after: None, .. })), "{call:?}: {end:?}");
    }
}

/// The same for pins, where a platform has them; where it has none, there is nothing to wait for.
pub async fn a_silent_pin_is_given_up_in_time(world: &dyn Silence) {
    for call in [Call::Pin, Call::Unpin] {
        let end = given_up(world, call).await;
        assert!(matches!(end, Ok(()) | Err(DeliveryError::Temporary { retry_after: None, .. })), "{end:?}");
    }
}

/// A silence that has ended has no consequences.
pub async fn after_a_silence_the_chat_goes_on(world: &dyn Silence) {
    let before = standing(world, &world.chat()).len();
    let first = posted(world, &card("FIRST")).await;
    assert!(given_up(world, Call::Send).await.is_err());
    let last = posted(world, &card("LAST")).await;
    let now = standing(world, &world.chat());
    assert_eq!((now.get(before), now.last()), (Some(&first), Some(&last)));
}
