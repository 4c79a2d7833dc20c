//! Files: those that the desk made, and those that people sent and want to see again.

use std::sync::Arc;

use super::fixture::{assert_reads, file, find, line, place, seen, worked};
use super::world::Files;
use crate::ports::{DeliveryError, File, FileContent};
use crate::text::{Limits, Text};

/// What is sent is what people find, byte for byte, under its name.
pub async fn a_file_that_was_made_arrives_whole(world: &dyn Files) {
    let every: Vec<u8> = (0..=u8::MAX).chain(*b"\r\n--\r\n\r\n").cycle().take(70_000).collect();
    let bytes: Arc<[u8]> = every.clone().into();
    let content = FileContent::Made { name: "figures-1.csv".to_owned(), media_type: "text/csv", bytes };
    let made = File { content, caption: line("March") };
    let sent = worked(world.messenger().send_file(&place(world.chat()), &made).await);
    let found = world.file(&sent).expect("it stands there");
    assert_eq!((found.name, found.bytes), (Some("figures-1.csv".to_owned()), Some(every)));
}

/// What is said with it is text, whatever it looks like.
pub async fn a_file_shows_what_is_said_with_it(world: &dyn Files) {
    let words = "A <b>B</b> & *C* _D_ [E](F)";
    let sent = worked(world.messenger().send_file(&place(world.chat()), &file(words)).await);
    assert_reads(&seen(world, &sent).text, &[words]);
    let bare = File { caption: Vec::new(), ..file("") };
    let sent = worked(world.messenger().send_file(&place(world.chat()), &bare).await);
    assert!(world.file(&sent).is_some());
}

/// The file matters more than what is said with it.
pub async fn a_caption_that_is_too_long_is_shortened_and_not_refused(world: &dyn Files) {
    let words = "tyre ".repeat(4_000);
    let sent = worked(world.messenger().send_file(&place(world.chat()), &file(&words)).await);
    assert_reads(&seen(world, &sent).text, &["tyre tyre"]);
}

/// A file goes where it is asked for.
pub async fn a_file_goes_to_its_own_chat(world: &dyn Files) {
    let there = place(world.other_chat());
    let sent = worked(world.messenger().send_file(&there, &file("there")).await);
    assert_eq!((sent.chat.clone(), find(world, &sent).is_some()), (world.other_chat(), true));
    assert_eq!(world.shown(&world.chat()), []);
}

/// Whatever people sent comes again.
pub async fn a_file_that_is_kept_is_sent_again(world: &dyn Files) {
    for kind in ["photo", "animation", "video", "audio", "voice", "application/pdf", "image/png", "video/mp4"]
    {
        let given = world.given(kind);
        let reference = given.reference.clone();
        let again = File { content: FileContent::Kept(given), caption: line(kind) };
        let sent = worked(world.messenger().send_file(&place(world.chat()), &again).await);
        let found = world.file(&sent).unwrap_or_else(|| panic!("{kind} stands there"));
        assert_eq!(found.reference, reference, "{kind}");
    }
}

/// What the platform has no more cannot be had, however often it is asked for.
pub async fn a_file_that_is_kept_no_more_is_gone(world: &dyn Files) {
    let given = world.given("photo");
    world.forget(&given);
    let unknown = Text::new("no such file", Limits::NAME).expect("a short text");
    for reference in [given.reference.clone(), unknown] {
        let content = FileContent::Kept(crate::incident::Attachment { reference, ..given.clone() });
        let again = File { content, caption: Vec::new() };
        let sent = world.messenger().send_file(&place(world.chat()), &again).await;
        assert_eq!(sent, Err(DeliveryError::Gone));
    }
}
