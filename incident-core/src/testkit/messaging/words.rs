//! What people wrote, on a platform with markup and limits: every character appears, and none does anything.

use super::fixture::{
    assert_reads, button, card, elastic, fixed, line, message, posted, rows, seen, sent, worked,
};
use super::world::{ChatWorld, Seen};
use crate::view::{Action, Card, Message, Span};

/// Looks like the markup of everything there is, and is none.
const TRICKY: &str =
    "<b>a</b> &amp; &lt; *b* **c** _d_ __e__ ~f~ ~~g~~ `h` ||i|| [j](k) <@1> <!here> :l: > m \"n\" 'o' \\p";

/// More than any platform takes in one message.
const MUCH: usize = 20_000;

/// Whoever writes what looks like markup has written that, and nothing else happens.
pub async fn text_that_looks_like_markup_appears_as_itself(world: &dyn ChatWorld) {
    let tricky = Card {
        title: vec![Span::Strong(format!("1 {TRICKY}"))],
        sections: vec![elastic(&format!("2 {TRICKY}")), fixed(&format!("3 {TRICKY}"))],
        ..card("")
    };
    let on_it = [format!("1 {TRICKY}"), format!("2 {TRICKY}"), format!("3 {TRICKY}")];
    let on_it = on_it.each_ref().map(String::as_str);
    let message = posted(world, &tricky).await;
    assert_reads(&seen(world, &message).text, &on_it);
    let plain = posted(world, &card("NEW")).await;
    worked(world.messenger().edit(&plain, &tricky).await);
    assert_reads(&seen(world, &plain).text, &on_it);
}

/// The same in a message that is sent once.
pub async fn a_message_that_looks_like_markup_appears_as_itself(world: &dyn ChatWorld) {
    let lines = vec![line(TRICKY), vec![Span::Strong("4 ".to_owned()), Span::Plain(TRICKY.to_owned())]];
    let told = seen(world, &sent(world, &Message { lines, ..message("") }).await);
    assert_reads(&told.text, &[TRICKY, "4", TRICKY]);
    assert_eq!(told.told, [], "nobody is mentioned by what somebody wrote");
}

/// Names of teams are on buttons, and people choose them.
pub async fn a_label_that_looks_like_markup_appears_as_itself(world: &dyn ChatWorld) {
    let label = "<b>R&D</b> &amp; *x* :y: `z`";
    let given = button(label, Action::Claim);
    let code = given.code.to_string();
    let shown = seen(world, &posted(world, &Card { buttons: vec![vec![given]], ..card("NEW") }).await);
    assert_eq!(rows(&shown), [[(label, code.as_str())]]);
}

/// A label with no room for all of it is cut; the button does what it did.
pub async fn a_label_that_is_too_long_is_shortened_and_not_refused(world: &dyn ChatWorld) {
    let given = button(&"👷 night shift ".repeat(100), Action::Claim);
    let code = given.code.to_string();
    let shown = seen(world, &posted(world, &Card { buttons: vec![vec![given]], ..card("NEW") }).await);
    let rows = rows(&shown);
    let [row] = rows.as_slice() else { panic!("one row was given: {shown:#?}") };
    let [(label, carried)] = row.as_slice() else { panic!("one button was given: {shown:#?}") };
    assert!(label.starts_with("👷 night") && !label.contains('\u{FFFD}'), "{label:?}");
    assert_eq!(*carried, code);
}

/// Returns how many characters of a long text are shown before it breaks off, and what follows them up to
/// the end of what is not to be shortened.
fn beginning<'a>(seen: &'a Seen, before: &str, whole: &str) -> (usize, &'a str) {
    let at = seen.text.find(before).unwrap_or_else(|| panic!("{before:?} is missing in {:?}", seen.text));
    let shown = &seen.text[at + before.len()..];
    let same = shown.chars().zip(whole.chars()).take_while(|(shown, given)| shown == given);
    let (count, bytes) = same.fold((0, 0), |(count, bytes), (c, _)| (count + 1, bytes + c.len_utf8()));
    (count, &shown[bytes..])
}

fn long(issue: &str) -> Card {
    Card {
        sections: vec![fixed("From: Dan"), elastic(&format!("Issue: {issue}")), fixed("Status: open")],
        ..card("NEW")
    }
}

fn assert_beginning(seen: &Seen, issue: &str) -> usize {
    let (count, rest) = beginning(seen, "Issue: ", issue);
    assert!(count >= 100, "some of it is shown: {:?}", seen.text);
    let mark = rest.strip_suffix("Status: open").map(str::trim);
    assert!(
        mark.is_some_and(|mark| mark.chars().count() <= 40),
        "it breaks off, and the rest is whole: {rest:?}"
    );
    assert_reads(&seen.text, &["NEW", "From: Dan", "Issue: "]);
    count
}

/// A description that has no room is shown as far as it goes; what tells the situation is shown whole.
pub async fn a_card_that_is_too_long_is_shortened_and_not_refused(world: &dyn ChatWorld) {
    let issue = "tyre ".repeat(MUCH / 5);
    let shown = seen(world, &posted(world, &long(&issue)).await);
    assert_beginning(&shown, &issue);
    let code = button("Claim", Action::Claim).code.to_string();
    assert_eq!(rows(&shown), [[("Claim", code.as_str())]]);
}

/// What tells the situation is not cut for what tells the story, however much of that there is.
pub async fn what_must_not_be_shortened_stays_whole(world: &dyn ChatWorld) {
    let hands = format!("Handled by: {}", "Ann Other, ".repeat(50));
    let story = (0..12).map(|part| elastic(&format!("Part {part}: {}", "tyre ".repeat(400))));
    let sections = story.chain([fixed(hands.trim_end_matches(", "))]).collect();
    let shown = seen(world, &posted(world, &Card { sections, ..card("NEW") }).await);
    assert_reads(&shown.text, &["NEW", "Part 0", "Part 11", hands.trim_end_matches(", ")]);
}

/// Cards grow while people write on them.
pub async fn a_card_may_become_too_long_and_be_shortened(world: &dyn ChatWorld) {
    let issue = "tyre ".repeat(MUCH / 5);
    let message = posted(world, &card("NEW")).await;
    worked(world.messenger().edit(&message, &long(&issue)).await);
    assert_beginning(&seen(world, &message), &issue);
    worked(world.messenger().edit(&message, &long(&issue)).await);
}

/// Whatever a platform counts (bytes, UTF-16 units, characters), a cut does not show half of one. What takes
/// several characters to write but is one to the eye is one.
pub async fn a_cut_falls_between_whole_characters(world: &dyn ChatWorld) {
    const MECHANIC: &str = "👩‍🔧";
    for before in ["", "a", "ab", "abc", "abcd"] {
        let issue = format!("{before}{}", MECHANIC.repeat(MUCH / 4));
        let shown = seen(world, &posted(world, &long(&issue)).await);
        let count = assert_beginning(&shown, &issue);
        assert!(!shown.text.contains('\u{FFFD}'), "{:?}", shown.text);
        let in_one = MECHANIC.chars().count();
        assert_eq!((count - before.len()) % in_one, 0, "a mechanic is cut in two after {count} characters");
    }
}

/// What has room is not cut, whatever markup makes of it.
pub async fn what_has_room_is_shown_whole(world: &dyn ChatWorld) {
    let issue = "<&>".repeat(300);
    let shown = seen(world, &posted(world, &long(&issue)).await);
    assert_reads(&shown.text, &["NEW", "From: Dan", &format!("Issue: {issue}"), "Status: open"]);
}

/// Whatever a platform counts, and wherever its limit is, nothing is refused just beyond it.
pub async fn a_card_of_any_length_is_posted(world: &dyn ChatWorld) {
    for letter in ["a", "é", "漢", "😀"] {
        for count in (1..=12).map(|step| 512 * step) {
            let issue = letter.repeat(count);
            let shown = seen(world, &posted(world, &long(&issue)).await);
            assert_beginning(&shown, &issue);
        }
    }
}

/// The same for a message that is sent once: rather the beginning of it than nothing.
pub async fn a_message_that_is_too_long_is_shortened_and_not_refused(world: &dyn ChatWorld) {
    let text = "👩‍🔧 tyre ".repeat(MUCH / 8);
    let shown = seen(world, &sent(world, &message(&format!("Answer: {text}"))).await);
    let (count, _) = beginning(&shown, "Answer: ", &text);
    assert!(count >= 100 && !shown.text.contains('\u{FFFD}'), "{:?}", shown.text);
}

/// More lines than anybody reads are no failure either.
pub async fn a_card_of_very_many_lines_is_posted(world: &dyn ChatWorld) {
    let sections = (0..2_000).map(|n| fixed(&format!("line {n}"))).collect();
    let shown = seen(world, &posted(world, &Card { sections, ..card("NEW") }).await);
    assert_reads(&shown.text, &["NEW", "line 0"]);
}

/// More buttons than a platform has room for are no failure: the first of them are there.
pub async fn a_card_of_very_many_buttons_is_posted(world: &dyn ChatWorld) {
    let team = |n: u16| button(&format!("Team {n}"), Action::Route(crate::ids::TeamId::new(n)));
    let buttons = (1..=300).map(|n| vec![team(n)]).collect();
    let shown = seen(world, &posted(world, &Card { buttons, ..card("NEW") }).await);
    let first = team(1).code.to_string();
    assert_eq!(rows(&shown).first().map(Vec::as_slice), Some([("Team 1", first.as_str())].as_slice()));
}
