//! What every messenger must prove, looked at as people look at a chat: one named test for each promise of
//! [`Messenger`](crate::ports::Messenger).
//!
//! The list of tests stands in [`messenger_conformance!`](crate::messenger_conformance), once, so that a new
//! line is a new test for every platform there is. A test is a function here that takes the chat as a
//! [`ChatWorld`]; its name says what is promised, its first line why. Where a messenger alone could not keep
//! the promise, a real [`Desk`](crate::desk::Desk) with a store in memory and a clock set by hand plays along.

pub mod answering;
pub mod card;
pub mod failing;
pub mod files;
pub mod fixture;
pub mod handles;
pub mod message;
pub mod moving;
pub mod muting;
pub mod pin_failing;
pub mod pin_rights;
pub mod pinning;
pub mod removal;
pub mod silence;
pub mod telling;
pub mod topics;
pub mod words;
mod world;

pub use world::{
    Answering, ChatWorld, Doing, Failing, Files, Handles, Moving, Muting, PinRights, Pinning, Removal, Seen,
    SeenButton, SeenFile, Silence, Telling, Topics, Trouble,
};

/// Expands to one `#[test]` for each promise of [`Messenger`](crate::ports::Messenger), kept or to be kept by
/// yours.
///
/// `fresh` names an `async fn` without arguments that returns a world of your platform: a
/// [`ChatWorld`](crate::testkit::messaging::ChatWorld), which shows what people see in two chats, and has your
/// messenger write into them. Every test gets a world of its own. `block_on` names a function that runs a future
/// to its end and returns its output; it is called from several threads at once.
///
/// # What a platform lacks
///
/// Whatever not every platform has (pins, rights, topics, networks that fail...) is a trait of its own in
/// [`testkit::messaging`](crate::testkit::messaging). A world that does not implement one says so, and why,
/// under `lacks`. The tests of what is lacking are listed as `ignored`, with that reason; they are never
/// passed, and forgetting to say so does not compile.
///
/// | to be declared | the trait | what people have there |
/// |---|---|---|
/// | `pinning` | [`Pinning`](crate::testkit::messaging::Pinning) | messages made prominent |
/// | `pin_rights` | [`PinRights`](crate::testkit::messaging::PinRights) | a right to do so, which can be lost |
/// | `muting` | [`Muting`](crate::testkit::messaging::Muting) | a right to write, which can be lost |
/// | `removal` | [`Removal`](crate::testkit::messaging::Removal) | chats that throw the desk out |
/// | `moving` | [`Moving`](crate::testkit::messaging::Moving) | chats that get a new address |
/// | `answering` | [`Answering`](crate::testkit::messaging::Answering) | messages that answer others |
/// | `topics` | [`Topics`](crate::testkit::messaging::Topics) | chats with topics or threads |
/// | `files` | [`Files`](crate::testkit::messaging::Files) | files, made here or kept by the platform |
/// | `telling` | [`Telling`](crate::testkit::messaging::Telling) | people told when they are mentioned |
/// | `handles` | [`Handles`](crate::testkit::messaging::Handles) | handles that tell their owners by themselves |
/// | `failing` | [`Failing`](crate::testkit::messaging::Failing) | a network, servers, limits on how often one may write |
/// | `pin_failing` | [`Pinning`](crate::testkit::messaging::Pinning) and [`Failing`](crate::testkit::messaging::Failing) | both |
/// | `silence` | [`Silence`](crate::testkit::messaging::Silence) | a platform that may not answer at all |
///
/// # Example
///
/// A wall in the workshop, on which notes are hung: the platform, a world to look at it, and the suite.
///
/// ```
/// use std::sync::{Arc, Mutex};
///
/// use async_trait::async_trait;
/// use incident_core::ids::{ChatRef, MessageRef, Number, Platform};
/// use incident_core::ports::{DeliveryError, File, Messenger, Place};
/// use incident_core::testkit::messaging::{self, ChatWorld, Seen, SeenButton};
/// use incident_core::view::{Button, Card, Line, Message, Span};
///
/// /// What hangs on the wall, oldest first, and how many notes were ever written.
/// #[derive(Clone, Default)]
/// struct Wall(Arc<Mutex<(Vec<Seen>, u32)>>);
///
/// fn note<'a>(message: MessageRef, lines: impl Iterator<Item = &'a Line>, rows: &[Vec<Button>]) -> Seen {
///     let words = |line: &Line| line.iter().map(Span::as_plain).collect::<String>();
///     let button = |one: &Button| SeenButton { label: one.label.clone(), code: one.code.to_string() };
///     Seen {
///         message,
///         text: lines.map(words).collect::<Vec<_>>().join("\n"),
///         buttons: rows.iter().map(|row| row.iter().map(button).collect()).collect(),
///         pinned: false,
///         reply_to: None,
///         topic: None,
///         told: Vec::new(),
///     }
/// }
///
/// fn drawn(message: MessageRef, card: &Card) -> Seen {
///     let sections = card.sections.iter().map(|section| &section.line);
///     note(message, std::iter::once(&card.title).chain(sections), &card.buttons)
/// }
///
/// impl Wall {
///     fn hang(&self, chat: &ChatRef, write: impl FnOnce(MessageRef) -> Seen) -> MessageRef {
///         let (notes, written) = &mut *self.0.lock().unwrap();
///         *written += 1;
///         let message = MessageRef::new(chat.clone(), written.to_string());
///         notes.push(write(message.clone()));
///         message
///     }
/// }
///
/// #[async_trait]
/// impl Messenger for Wall {
///     async fn post(&self, place: &Place, card: &Card) -> Result<MessageRef, DeliveryError> {
///         Ok(self.hang(&place.chat, |message| drawn(message, card)))
///     }
///
///     async fn edit(&self, message: &MessageRef, card: &Card) -> Result<(), DeliveryError> {
///         let (notes, _) = &mut *self.0.lock().unwrap();
///         let note = notes.iter_mut().find(|note| note.message == *message).ok_or(DeliveryError::Gone)?;
///         *note = drawn(message.clone(), card);
///         Ok(())
///     }
///
///     async fn send(&self, place: &Place, said: &Message) -> Result<MessageRef, DeliveryError> {
///         Ok(self.hang(&place.chat, |message| note(message, said.lines.iter(), &said.buttons)))
///     }
///
///     async fn retire(&self, message: &MessageRef) -> Result<(), DeliveryError> {
///         self.0.lock().unwrap().0.retain(|note| note.message != *message);
///         Ok(())
///     }
///
///     async fn send_file(&self, _: &Place, _: &File) -> Result<MessageRef, DeliveryError> {
///         Err(DeliveryError::Permanent { reason: "a wall takes no files".to_owned() })
///     }
///
///     async fn pin(&self, _: &MessageRef, _: Number) -> Result<(), DeliveryError> {
///         Ok(()) // nothing is prominent on a wall
///     }
///
///     async fn unpin(&self, _: &MessageRef, _: Number) -> Result<(), DeliveryError> {
///         Ok(())
///     }
/// }
///
/// impl ChatWorld for Wall {
///     fn messenger(&self) -> Arc<dyn Messenger> {
///         Arc::new(self.clone())
///     }
///
///     fn chat(&self) -> ChatRef {
///         ChatRef::new(Platform::Sandbox, "by the door")
///     }
///
///     fn other_chat(&self) -> ChatRef {
///         ChatRef::new(Platform::Sandbox, "by the window")
///     }
///
///     fn shown(&self, chat: &ChatRef) -> Vec<Seen> {
///         self.0.lock().unwrap().0.iter().filter(|note| note.message.chat == *chat).cloned().collect()
///     }
///
///     fn delete(&self, message: &MessageRef) {
///         self.0.lock().unwrap().0.retain(|note| note.message != *message);
///     }
/// }
///
/// async fn fresh() -> Wall {
///     Wall::default()
/// }
/// // In a file of `tests/`, this is all: `cargo test` then names each promise, and what became of it.
/// incident_core::messenger_conformance!(fresh, futures::executor::block_on, lacks {
///     pinning: "nothing is prominent on a wall",
///     pin_rights: "nothing is prominent on a wall",
///     muting: "whoever has a pencil may write",
///     removal: "nobody is kept out",
///     moving: "walls stay where they are",
///     answering: "notes hang side by side",
///     topics: "a wall has no topics",
///     files: "a wall takes no files",
///     telling: "nobody is told; people pass by",
///     handles: "nobody is told; people pass by",
///     failing: "there is no network",
///     pin_failing: "there is no network",
///     silence: "there is no network",
/// });
///
/// futures::executor::block_on(messaging::card::a_card_changes_in_place(&Wall::default()));
/// futures::executor::block_on(messaging::card::an_incident_is_told_on_one_card(&Wall::default()));
/// ```
#[macro_export]
macro_rules! messenger_conformance {
    ($fresh:path, $block_on:path $(,)?) => {
        $crate::messenger_conformance! { $fresh, $block_on, lacks {} }
    };
    ($fresh:path, $block_on:path, lacks { $($ability:ident: $why:literal),* $(,)? } $(,)?) => {
        $($crate::messenger_conformance! { @may_lack $ability })*
        $crate::messenger_conformance! { @list ($fresh, $block_on) { $($ability: $why),* }
            card:
                a_card_appears_once
                a_card_shows_what_it_is_given
                a_card_changes_in_place
                an_edit_can_take_all_buttons_away
                the_same_content_again_is_a_success
                cards_that_look_alike_are_told_apart
                a_card_stands_in_its_own_chat
                a_card_that_was_deleted_is_gone
                a_card_that_was_deleted_comes_back
                an_incident_is_told_on_one_card
                a_card_with_nothing_on_it_is_posted
                ;
            message:
                a_message_shows_what_it_is_given
                messages_stand_in_the_order_of_their_sending
                a_message_is_sent_as_often_as_it_is_asked_for
                a_question_is_asked
                a_message_goes_to_its_own_chat
                what_was_taken_away_can_be_pressed_no_more
                what_was_deleted_need_not_be_taken_away
                what_stands_beside_is_not_taken_away
                ;
            words:
                text_that_looks_like_markup_appears_as_itself
                a_message_that_looks_like_markup_appears_as_itself
                a_label_that_looks_like_markup_appears_as_itself
                a_label_that_is_too_long_is_shortened_and_not_refused
                a_card_that_is_too_long_is_shortened_and_not_refused
                what_must_not_be_shortened_stays_whole
                a_card_may_become_too_long_and_be_shortened
                a_cut_falls_between_whole_characters
                what_has_room_is_shown_whole
                a_card_of_any_length_is_posted
                a_message_that_is_too_long_is_shortened_and_not_refused
                a_card_of_very_many_lines_is_posted
                a_card_of_very_many_buttons_is_posted
                ;
            pinning:
                pinning_and_unpinning_may_be_repeated
                each_card_is_pinned_by_itself
                an_edit_leaves_the_pin
                what_was_deleted_cannot_be_pinned_and_need_not_be_unpinned
                a_card_is_pinned_while_it_matters
                a_card_that_comes_back_is_pinned_again
                ;
            pin_rights:
                a_lost_right_to_pin_is_named
                a_card_that_cannot_be_pinned_stands_all_the_same
                ;
            muting:
                a_lost_right_to_write_is_named
                ;
            removal:
                a_chat_that_threw_us_out_is_lost
                a_lost_chat_stands_in_nobodys_way
                ;
            moving:
                a_moved_chat_says_where_it_is
                a_moved_chat_is_followed
                ;
            answering:
                a_message_answers_what_it_should
                a_message_is_sent_although_what_it_answers_is_gone
                a_message_is_sent_although_what_it_answers_stands_elsewhere
                what_is_said_of_an_incident_answers_its_card
                ;
            topics:
                what_belongs_to_a_topic_stands_there
                a_card_changes_within_its_topic
                an_answer_stays_in_its_topic
                ;
            files:
                a_file_that_was_made_arrives_whole
                a_file_shows_what_is_said_with_it
                a_caption_that_is_too_long_is_shortened_and_not_refused
                a_file_goes_to_its_own_chat
                a_file_that_is_kept_is_sent_again
                a_file_that_is_kept_no_more_is_gone
                ;
            telling:
                somebody_with_a_handle_is_told
                somebody_without_a_handle_is_told
                somebody_may_be_told_within_a_line
                a_name_that_looks_like_markup_appears_as_itself
                everybody_is_told
                everybody_is_told_as_often_as_it_is_asked_for
                a_long_message_tells_people_all_the_same
                somebody_unknown_is_named_and_nobody_is_told
                ;
            handles:
                somebody_known_by_handle_alone_is_told
                ;
            failing:
                a_failing_server_is_temporary
                a_wait_is_handed_on
                a_lost_answer_is_temporary
                an_edit_may_be_repeated_until_it_is_answered
                a_card_that_could_not_be_posted_appears_later
                an_orphaned_card_is_taken_away_at_the_first_press
                a_parked_chat_holds_up_only_itself
                pages_go_before_cards
                what_changed_meanwhile_is_shown_at_once
                ;
            pin_failing:
                a_failing_pin_is_temporary
                a_wait_for_pins_is_handed_on
                a_lost_answer_to_a_pin_is_temporary
                a_card_that_could_not_be_pinned_is_pinned_later
                ;
            silence:
                a_silent_platform_is_given_up_in_time
                a_silent_pin_is_given_up_in_time
                after_a_silence_the_chat_goes_on
                ;
        }
    };

    (@may_lack pinning) => {};
    (@may_lack pin_rights) => {};
    (@may_lack muting) => {};
    (@may_lack removal) => {};
    (@may_lack moving) => {};
    (@may_lack answering) => {};
    (@may_lack topics) => {};
    (@may_lack files) => {};
    (@may_lack telling) => {};
    (@may_lack handles) => {};
    (@may_lack failing) => {};
    (@may_lack pin_failing) => {};
    (@may_lack silence) => {};
    (@may_lack $other:ident) => {
        compile_error!(concat!("no platform may lack `", stringify!($other), "`"));
    };

    (@list $run:tt $lacks:tt $($subject:ident: $($test:ident)*;)*) => {
        $($crate::messenger_conformance! { @subject $run $lacks $subject [$($test)*] })*
    };

    // Looks for the subject among what the platform lacks; the first that has its name gives the reason.
    (@subject $run:tt { pinning: $why:literal $($rest:tt)* } pinning $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, pinning $tests }
    };
    (@subject $run:tt { pin_rights: $why:literal $($rest:tt)* } pin_rights $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, pin_rights $tests }
    };
    (@subject $run:tt { muting: $why:literal $($rest:tt)* } muting $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, muting $tests }
    };
    (@subject $run:tt { removal: $why:literal $($rest:tt)* } removal $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, removal $tests }
    };
    (@subject $run:tt { moving: $why:literal $($rest:tt)* } moving $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, moving $tests }
    };
    (@subject $run:tt { answering: $why:literal $($rest:tt)* } answering $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, answering $tests }
    };
    (@subject $run:tt { topics: $why:literal $($rest:tt)* } topics $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, topics $tests }
    };
    (@subject $run:tt { files: $why:literal $($rest:tt)* } files $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, files $tests }
    };
    (@subject $run:tt { telling: $why:literal $($rest:tt)* } telling $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, telling $tests }
    };
    (@subject $run:tt { handles: $why:literal $($rest:tt)* } handles $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, handles $tests }
    };
    (@subject $run:tt { failing: $why:literal $($rest:tt)* } failing $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, failing $tests }
    };
    (@subject $run:tt { pin_failing: $why:literal $($rest:tt)* } pin_failing $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, pin_failing $tests }
    };
    (@subject $run:tt { silence: $why:literal $($rest:tt)* } silence $tests:tt) => {
        $crate::messenger_conformance! { @lacking $why, silence $tests }
    };
    (@subject $run:tt { $other:ident: $why:literal $(, $($rest:tt)*)? } $subject:ident $tests:tt) => {
        $crate::messenger_conformance! { @subject $run { $($($rest)*)? } $subject $tests }
    };
    (@subject ($fresh:path, $block_on:path) {} $subject:ident [$($test:ident)*]) => {
        $(
            #[test]
            fn $test() {
                $block_on(async {
                    let world = $fresh().await;
                    $crate::testkit::messaging::$subject::$test(&world).await;
                });
            }
        )*
    };
    (@lacking $why:literal, $subject:ident [$($test:ident)*]) => {
        $(
            #[test]
            #[ignore = $why]
            fn $test() {
                panic!("not applicable, for want of {}: {}", stringify!($subject), $why);
            }
        )*
    };
}
