//! Platforms that fail: what was asked is not done, or done and not said so, or is to be asked again later.

use std::time::Duration;

use super::fixture::{Shift, assert_reads, card, perform, posted, rows, seen, standing, worked};
use super::world::{Failing, Trouble};
use crate::incident::Lane;
use crate::ports::DeliveryError;
use crate::testkit::Call;
use crate::view::Action;

/// The calls that every platform has; for pins see [`pin_failing`](super::pin_failing).
const CALLS: [Call; 4] = [Call::Post, Call::Edit, Call::Send, Call::Retire];
const WAIT: Duration = Duration::from_secs(40);
const SECOND: Duration = Duration::from_secs(1);

/// Returns what a call that met trouble gave, and whether it changed what people see.
async fn troubled(world: &dyn Failing, call: Call, trouble: Trouble) -> (DeliveryError, bool) {
    let message = posted(world, &card("NEW")).await;
    let before = world.shown(&world.chat());
    world.trouble(call, trouble);
    let end = perform(world.messenger(), call, message.clone()).await;
    let changed = world.shown(&world.chat()) != before;
    let error = end.expect_err("a call that was not answered is no success");
    let again = perform(world.messenger(), call, message).await;
    assert_eq!(again, Ok(()), "{call:?} after {trouble:?}: the trouble is over, and doing it again is right");
    (error, changed)
}

/// A server that fails may work again: nothing is given up, and nobody is asked to wait.
pub async fn a_failing_server_is_temporary(world: &dyn Failing) {
    for call in CALLS {
        let (error, changed) = troubled(world, call, Trouble::ServerError).await;
        assert!(matches!(error, DeliveryError::Temporary { retry_after: None, .. }), "{call:?}: {error:?}");
        assert!(!changed, "{call:?}");
    }
}

/// A platform that asks for patience says for how long, and the desk must hear it to the second.
pub async fn a_wait_is_handed_on(world: &dyn Failing) {
    for call in CALLS {
        let (error, changed) = troubled(world, call, Trouble::Wait(WAIT)).await;
        let asked =
            matches!(error, DeliveryError::Temporary { retry_after, .. } if retry_after == Some(WAIT));
        assert!(asked && !changed, "{call:?}: {error:?}");
    }
}

/// What may have been done is tried again: the desk must not give it up, nor believe that it was.
pub async fn a_lost_answer_is_temporary(world: &dyn Failing) {
    for call in CALLS {
        let (error, changed) = troubled(world, call, Trouble::LostAnswer).await;
        assert!(matches!(error, DeliveryError::Temporary { retry_after: None, .. }), "{call:?}: {error:?}");
        assert!(changed, "{call:?} was carried out");
    }
}

/// After a lost answer to an edit, the card stands once and shows what is true.
pub async fn an_edit_may_be_repeated_until_it_is_answered(world: &dyn Failing) {
    let message = posted(world, &card("NEW")).await;
    for _ in 0..2 {
        world.trouble(Call::Edit, Trouble::LostAnswer);
        let end = world.messenger().edit(&message, &card("CHANGED")).await;
        assert!(matches!(end, Err(DeliveryError::Temporary { .. })), "{end:?}");
    }
    worked(world.messenger().edit(&message, &card("CHANGED")).await);
    assert_eq!(standing(world, &world.chat()), std::slice::from_ref(&message));
    assert_reads(&seen(world, &message).text, &["CHANGED"]);
}

/// A desk that failed to post a card posts it later, and then it stands once.
pub async fn a_card_that_could_not_be_posted_appears_later(world: &dyn Failing) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    world.trouble(Call::Post, Trouble::ServerError);
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    assert_eq!(shift.saying(&chat, "truck 12 has a flat tyre"), []);
    shift.pass(SECOND).await;
    shift.only(&chat, "truck 12 has a flat tyre");
}

/// The one thing that can stand twice: a card whose posting was not answered. The first press on it does what
/// it says, and takes it away. A platform may know by itself that it was asked twice; then it stands once.
pub async fn an_orphaned_card_is_taken_away_at_the_first_press(world: &dyn Failing) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    world.trouble(Call::Post, Trouble::LostAnswer);
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let (orphan, code) = shift.button(&chat, Action::Claim);
    shift.pass(SECOND).await;
    let stood_twice = shift.saying(&chat, "truck 12 has a flat tyre").len() > 1;
    shift.press_remembered("ann", orphan.clone(), code).await;
    shift.settle().await;
    let still = shift.saying(&chat, "truck 12 has a flat tyre");
    let pressable: Vec<_> = still.iter().filter(|seen| !rows(seen).is_empty()).collect();
    let [card] = pressable.as_slice() else { panic!("one card can be pressed: {still:#?}") };
    assert_eq!(card.message != orphan, stood_twice);
    assert_reads(&card.text, &["IN PROGRESS", "ann"]);
}

/// A chat that asked for patience is left alone for exactly so long, and no other waits with it.
pub async fn a_parked_chat_holds_up_only_itself(world: &dyn Failing) {
    let (chat, other) = (world.chat(), world.other_chat());
    let shift = Shift::begin(world, &[chat.clone(), other.clone()]).await;
    world.trouble(Call::Post, Trouble::Wait(WAIT));
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    shift.report(&chat, "the lamp is broken").await;
    shift.report(&other, "the door is stuck").await;
    shift.settle().await;
    shift.only(&other, "the door is stuck");
    let before = standing(world, &chat);
    shift.pass(WAIT - SECOND).await;
    assert_eq!(standing(world, &chat), before);
    shift.pass(SECOND).await;
    shift.only(&chat, "truck 12 has a flat tyre");
    shift.only(&chat, "the lamp is broken");
}

/// People who must come now are called before anything is drawn, whoever delivers first.
pub async fn pages_go_before_cards(world: &dyn Failing) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    shift.press(&chat, "ann", Action::Claim).await;
    shift.report(&chat, "the lamp is broken").await;
    shift.settle().await;
    world.trouble(Call::Edit, Trouble::Wait(WAIT));
    shift.press(&chat, "bob", Action::Claim).await;
    shift.settle().await;
    shift.press(&chat, "ann", Action::Escalate).await;
    shift.wait(WAIT);
    let lanes = [Lane::Card, Lane::Notice, Lane::Page, Lane::Upkeep];
    let mut called = false;
    while shift.deliver_one(&lanes).await.is_some() {
        called |= !shift.saying(&chat, "requires manager attention").is_empty();
        let drawn = !shift.saying(&chat, "ESCALATED").is_empty();
        assert!(called || !drawn, "a card went before a page: {:#?}", world.shown(&chat));
    }
    shift.only(&chat, "requires manager attention");
    assert_reads(&shift.only(&chat, "truck 12 has a flat tyre").text, &["ESCALATED"]);
    assert_reads(&shift.only(&chat, "the lamp is broken").text, &["IN PROGRESS", "bob"]);
}

/// Many changes while a chat wants to be left alone are shown together.
pub async fn what_changed_meanwhile_is_shown_at_once(world: &dyn Failing) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    world.trouble(Call::Post, Trouble::Wait(WAIT));
    for description in ["truck 12 has a flat tyre", "the lamp is broken", "the door is stuck"] {
        shift.report(&chat, description).await;
        shift.settle().await;
    }
    shift.pass(WAIT).await;
    let said = ["truck 12 has a flat tyre", "the lamp is broken", "the door is stuck"];
    let cards = said.map(|description| shift.only(&chat, description).message);
    assert_eq!(&standing(world, &chat)[standing(world, &chat).len() - 3..], cards);
}
