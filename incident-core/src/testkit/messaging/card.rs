//! Cards: one for each incident, edited in place, back when it is gone.

use super::fixture::{
    Shift, assert_reads, button, card, elastic, find, fixed, line, place, posted, rows, seen, standing,
    worked,
};
use super::world::ChatWorld;
use crate::ports::DeliveryError;
use crate::view::{Action, Card, CommandWord};

/// Whoever looks at the chat finds what happened, who says so, and what they can do about it.
pub async fn a_card_appears_once(world: &dyn ChatWorld) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let card = shift.only(&chat, "truck 12 has a flat tyre");
    assert_reads(&card.text, &["TKT-2026-0001", "dan", "truck 12 has a flat tyre", "UNCLAIMED"]);
    assert_eq!(shift.button(&chat, Action::Claim).0, card.message);
}

/// A card says all that it was given, in that order, and every button carries its own code.
pub async fn a_card_shows_what_it_is_given(world: &dyn ChatWorld) {
    let (claim, up, done) = (
        button("Claim", Action::Claim),
        button("Escalate", Action::Escalate),
        button("Done", Action::Resolve),
    );
    let codes = [&claim, &up, &done].map(|button| button.code.to_string());
    let given = Card {
        sections: vec![fixed("From: Dan"), elastic("Issue: flat tyre\non the A1"), fixed("Status: open")],
        buttons: vec![vec![claim], vec![up, done]],
        ..card("NEW")
    };
    let shown = seen(world, &posted(world, &given).await);
    assert_reads(&shown.text, &["NEW", "From: Dan", "Issue: flat tyre\non the A1", "Status: open"]);
    let [claim, up, done] = codes.each_ref().map(String::as_str);
    assert_eq!(rows(&shown), [vec![("Claim", claim)], vec![("Escalate", up), ("Done", done)]]);
}

/// A change is shown where the card stands, and nothing new is added to the chat.
pub async fn a_card_changes_in_place(world: &dyn ChatWorld) {
    let first = posted(world, &card("FIRST")).await;
    let second = posted(world, &card("SECOND")).await;
    let untouched = seen(world, &second);
    let changed = Card {
        sections: vec![fixed("Status: claimed")],
        buttons: vec![vec![button("Leave", Action::Release)]],
        ..card("CHANGED")
    };
    worked(world.messenger().edit(&first, &changed).await);
    assert_eq!(standing(world, &world.chat()), [first.clone(), second.clone()]);
    assert_eq!(seen(world, &second), untouched);
    let shown = seen(world, &first);
    assert_reads(&shown.text, &["CHANGED", "Status: claimed"]);
    assert!(!shown.text.contains("FIRST") && !shown.text.contains("flat tyre"), "{shown:#?}");
    let code = button("Leave", Action::Release).code.to_string();
    assert_eq!(rows(&shown), [[("Leave", code.as_str())]]);
}

/// When nothing is left to be done, nothing is left to be pressed.
pub async fn an_edit_can_take_all_buttons_away(world: &dyn ChatWorld) {
    let message = posted(world, &card("NEW")).await;
    worked(world.messenger().edit(&message, &Card { buttons: Vec::new(), ..card("DONE") }).await);
    let shown = seen(world, &message);
    assert_reads(&shown.text, &["DONE"]);
    assert_eq!(rows(&shown), Vec::<Vec<_>>::new());
}

/// The desk draws a card whenever it may have changed, so the same content again is no failure.
pub async fn the_same_content_again_is_a_success(world: &dyn ChatWorld) {
    let message = posted(world, &card("NEW")).await;
    let before = world.shown(&world.chat());
    for _ in 0..2 {
        worked(world.messenger().edit(&message, &card("NEW")).await);
    }
    assert_eq!(world.shown(&world.chat()), before);
}

/// Two cards that look alike are two: what a card says is not its name.
pub async fn cards_that_look_alike_are_told_apart(world: &dyn ChatWorld) {
    let first = posted(world, &card("NEW")).await;
    let second = posted(world, &card("NEW")).await;
    assert_ne!(first, second);
    worked(world.messenger().edit(&second, &card("CHANGED")).await);
    let titles = world.shown(&world.chat()).into_iter().map(|seen| seen.text.contains("CHANGED"));
    assert_eq!(titles.collect::<Vec<_>>(), [false, true]);
}

/// A card stands in the chat that it was posted to, and its name says which.
pub async fn a_card_stands_in_its_own_chat(world: &dyn ChatWorld) {
    let here = posted(world, &card("HERE")).await;
    let there = worked(world.messenger().post(&place(world.other_chat()), &card("THERE")).await);
    assert_eq!((&here.chat, &there.chat), (&world.chat(), &world.other_chat()));
    assert_eq!(standing(world, &world.chat()), [here]);
    assert_eq!(standing(world, &world.other_chat()), [there]);
}

/// A card that somebody deleted cannot be edited, and only the messenger can know: the desk posts a new one.
pub async fn a_card_that_was_deleted_is_gone(world: &dyn ChatWorld) {
    let message = posted(world, &card("NEW")).await;
    world.delete(&message);
    assert_eq!(world.messenger().edit(&message, &card("CHANGED")).await, Err(DeliveryError::Gone));
    assert_eq!(find(world, &message), None);
}

/// Somebody deletes the card, and somebody whose screen is old presses it: it stands there again, and shows
/// what the press did.
pub async fn a_card_that_was_deleted_comes_back(world: &dyn ChatWorld) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let (message, code) = shift.button(&chat, Action::Claim);
    world.delete(&message);
    shift.press_remembered("ann", message.clone(), code).await;
    shift.settle().await;
    let card = shift.only(&chat, "truck 12 has a flat tyre");
    assert_ne!(card.message, message);
    assert_reads(&card.text, &["IN PROGRESS", "ann"]);
}

/// The story of an incident is told on one card, from the report to the summary.
pub async fn an_incident_is_told_on_one_card(world: &dyn ChatWorld) {
    let chat = world.chat();
    let shift = Shift::begin(world, std::slice::from_ref(&chat)).await;
    shift.report(&chat, "truck 12 has a flat tyre").await;
    shift.settle().await;
    let first = shift.only(&chat, "truck 12 has a flat tyre").message;
    for action in [Action::Claim, Action::Resolve] {
        shift.press(&chat, "ann", action).await;
        shift.settle().await;
    }
    shift.answer(&chat, "ann", "reply to this message", "changed the tyre").await;
    shift.settle().await;
    let last = shift.only(&chat, "truck 12 has a flat tyre");
    assert_eq!((last.message.clone(), last.pinned), (first, false));
    assert_reads(&last.text, &["RESOLVED", "truck 12 has a flat tyre", "changed the tyre"]);
    assert_eq!(rows(&last), Vec::<Vec<_>>::new());
    shift.command(&chat, "dan", CommandWord::Status, "TKT-2026-0001").await;
    shift.settle().await;
    assert_eq!(shift.only(&chat, "truck 12 has a flat tyre"), last, "a question changes nothing");
}

/// What stands empty is not refused: a platform that takes no empty text gets something to show.
pub async fn a_card_with_nothing_on_it_is_posted(world: &dyn ChatWorld) {
    let empty =
        Card { title: line(""), sections: vec![elastic(""), fixed(" ")], buttons: Vec::new(), pinned: false };
    let message = posted(world, &empty).await;
    assert_eq!(standing(world, &world.chat()), std::slice::from_ref(&message));
    worked(world.messenger().edit(&message, &card("NEW")).await);
    assert_reads(&seen(world, &message).text, &["NEW"]);
}
