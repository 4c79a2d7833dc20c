//! Orders that are given in forms.

use super::shift::Shift;

/// What is commented in a form is noted, where the form says.
#[tokio::test]
async fn a_comment_is_written_into_a_form() {
    let shift = Shift::begin().await;
    shift.report("the door is stuck").await;
    let pressed = shift.api.press(shift.channel, shift.ann, "Comment");
    shift.form(pressed).await;
    let sent = shift.api.submit(pressed, &[("words", "the key is in the shed")]);
    assert!(shift.answer(sent).await.contains("Noted"));
    shift.told_in_history("the key is in the shed").await;
    shift.end().await;
}

/// Somebody is chosen in a form, and asked to take it; whoever may not ask gets no form.
#[tokio::test]
async fn whoever_is_chosen_in_a_form_is_asked_to_take_it() {
    let shift = Shift::begin().await;
    shift.report("the door is stuck").await;
    let stranger = shift.api.press(shift.channel, shift.dan, "Assign");
    assert!(!shift.answer(stranger).await.is_empty());
    let pressed = shift.api.press(shift.channel, shift.mia, "Assign");
    shift.form(pressed).await;
    shift.api.submit(pressed, &[("person", &shift.ann.to_string())]);
    shift.card_saying("Asked to take it: Ann").await;
    shift.end().await;
}
