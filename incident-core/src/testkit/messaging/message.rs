//! One-off messages, and what is taken away again.

use super::fixture::{
    assert_reads, button, card, find, line, message, place, posted, rows, seen, sent, standing, worked,
};
use super::world::ChatWorld;
use crate::ids::MessageRef;
use crate::view::{Action, Message};

/// A message says all that it was given, in that order, and carries its buttons.
pub async fn a_message_shows_what_it_is_given(world: &dyn ChatWorld) {
    let keep = button("Keep open", Action::KeepOpen);
    let code = keep.code.to_string();
    let given = Message {
        lines: vec![line("Does it still matter?"), line("It has been quiet.")],
        buttons: vec![vec![keep]],
        ..message("")
    };
    let shown = seen(world, &sent(world, &given).await);
    assert_reads(&shown.text, &["Does it still matter?", "It has been quiet."]);
    assert_eq!(rows(&shown), [[("Keep open", code.as_str())]]);
}

/// What was said first stands first.
pub async fn messages_stand_in_the_order_of_their_sending(world: &dyn ChatWorld) {
    let names = [
        sent(world, &message("one")).await,
        posted(world, &card("TWO")).await,
        sent(world, &message("three")).await,
    ];
    assert_eq!(standing(world, &world.chat()), names);
}

/// Two reminders alike are two: each was owed.
pub async fn a_message_is_sent_as_often_as_it_is_asked_for(world: &dyn ChatWorld) {
    let first = sent(world, &message("Please review.")).await;
    let second = sent(world, &message("Please review.")).await;
    assert_ne!(first, second);
    assert_eq!(standing(world, &world.chat()), [first, second]);
}

/// A question is a message like any other where nobody can be shown an open reply.
pub async fn a_question_is_asked(world: &dyn ChatWorld) {
    let question = sent(world, &Message { asks: true, ..message("What was the cause?") }).await;
    assert_reads(&seen(world, &question).text, &["What was the cause?"]);
}

fn pressable(world: &dyn ChatWorld, message: &MessageRef) -> bool {
    find(world, message).is_some_and(|seen| seen.buttons.iter().flatten().next().is_some())
}

/// What the desk takes away, nobody can press any more. That it is gone already, or is taken away twice, is
/// as good.
pub async fn what_was_taken_away_can_be_pressed_no_more(world: &dyn ChatWorld) {
    let orphan = posted(world, &card("ORPHAN")).await;
    assert!(pressable(world, &orphan), "{:#?}", world.shown(&world.chat()));
    for _ in 0..2 {
        worked(world.messenger().retire(&orphan).await);
        assert!(!pressable(world, &orphan), "{:#?}", world.shown(&world.chat()));
    }
}

/// Whoever deletes what the desk wants to take away has done its work.
pub async fn what_was_deleted_need_not_be_taken_away(world: &dyn ChatWorld) {
    let orphan = posted(world, &card("ORPHAN")).await;
    world.delete(&orphan);
    worked(world.messenger().retire(&orphan).await);
    assert_eq!(find(world, &orphan), None);
}

/// Of two cards that look alike, the one that was named is taken away.
pub async fn what_stands_beside_is_not_taken_away(world: &dyn ChatWorld) {
    let orphan = posted(world, &card("NEW")).await;
    let kept = posted(world, &card("NEW")).await;
    let said = sent(world, &message("Please review.")).await;
    let before = (seen(world, &kept), seen(world, &said));
    worked(world.messenger().retire(&orphan).await);
    assert_eq!((seen(world, &kept), seen(world, &said)), before);
}

/// A chat is not held up by another: each has what it was sent.
pub async fn a_message_goes_to_its_own_chat(world: &dyn ChatWorld) {
    let there = worked(world.messenger().send(&place(world.other_chat()), &message("there")).await);
    assert_eq!(standing(world, &world.chat()), []);
    assert_eq!(standing(world, &world.other_chat()), [there]);
}
