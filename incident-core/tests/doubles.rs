//! The doubles that stand for the world in tests behave as the world does, also when it fails.

use std::time::Duration;

use futures::executor::block_on;
use incident_core::ids::{ChatRef, Identity, Number, Platform};
use incident_core::incident::Command;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{
    Callout, Clock, DeliveryError, Directory, Messenger, Pager, Person, Place, Profile,
};
use incident_core::roster::Right;
use incident_core::testkit::cast::{self, ANN, DRIVER, START, text};
use incident_core::testkit::{
    Call, FixedDirectory, Given, ManualClock, RecordingPager, ScriptedMessenger, What, given,
};
use incident_core::view::{Card, CardSource, Message, Phrasebook, card, notice};

const NUMBER: Number = Number { year: 2026, seq: 1 };

fn chat() -> ChatRef {
    ChatRef::new(Platform::Sandbox, "1")
}

fn place() -> Place {
    Place { chat: chat(), topic: None, reply_to: None }
}

fn open() -> Given {
    given(Policy::preset(Preset::TwoTier)).asked(DRIVER, cast::report("A tyre is flat"))
}

fn claimed() -> Given {
    open().asked(ANN, Command::Acknowledge)
}

fn drawn<T>(given: &Given, draw: impl FnOnce(&CardSource<'_>) -> T) -> T {
    let (book, roster, people, filed) =
        (Phrasebook::new(), cast::roster(), cast::people(), cast::filed(given.incident()));
    let locale = book.locale(None);
    draw(&CardSource { filed: &filed, roster: &roster, policy: given.policy(), people: &people, locale })
}

fn card_of(given: &Given) -> Card {
    drawn(given, card)
}

fn message() -> Message {
    let resolved = incident_core::incident::Notice::Resolved;
    drawn(&open(), |source| notice(source, &source.roster.groups[&cast::GROUP], &resolved, None))
}

fn temporary() -> DeliveryError {
    DeliveryError::Temporary { reason: "the test said so".into(), retry_after: Some(Duration::from_secs(3)) }
}

#[test]
fn a_chat_shows_what_was_posted_edited_and_pinned() {
    let messenger = ScriptedMessenger::new();
    block_on(async {
        let message_ref = messenger.post(&place(), &card_of(&open())).await.expect("it works");
        messenger.pin(&message_ref, NUMBER).await.expect("it works");
        messenger.edit(&message_ref, &card_of(&claimed())).await.expect("it works");
        messenger.edit(&message_ref, &card_of(&claimed())).await.expect("the same again is a success");
        let reply = Place { reply_to: Some(message_ref.clone()), ..place() };
        messenger.send(&reply, &message()).await.expect("it works");
        let shown = messenger.shown(&chat());
        assert_eq!((shown[0].edits, shown[1].reply_to.as_ref()), (1, Some(&message_ref)));
        assert_eq!(messenger.pins(&chat()), std::slice::from_ref(&message_ref));
        messenger.unpin(&message_ref, NUMBER).await.expect("it works");
        assert_eq!((messenger.pins(&chat()).len(), messenger.cards(&chat()).len()), (0, 1));
        messenger.retire(&message_ref).await.expect("it works");
        messenger.retire(&message_ref).await.expect("one that is gone is a success");
        assert_eq!(messenger.shown(&chat()).len(), 1);
    });
}

#[test]
fn a_transcript_reads_as_the_chat_does() {
    let messenger = ScriptedMessenger::new();
    block_on(async {
        let message_ref = messenger.post(&place(), &card_of(&claimed())).await.expect("it works");
        messenger.pin(&message_ref, NUMBER).await.expect("it works");
        let reply = Place { reply_to: Some(message_ref), ..place() };
        messenger.send(&reply, &message()).await.expect("it works");
    });
    let expected = "\
#1 📌
  🛠️ IN PROGRESS: TKT-2026-0001
  Reported by: Driver
  Issue: A tyre is flat
  Status: Claimed
  Handled by: Ann
  [❌ Leave]
  [⬆️ Escalate] [🏁 Resolve]

#2 ↩ #1
  ✅ TKT-2026-0001 has been marked as resolved!
";
    assert_eq!(messenger.transcript(&chat()), expected);
}

#[test]
fn a_scripted_failure_comes_once_before_or_after_the_deed() {
    let messenger = ScriptedMessenger::new();
    block_on(async {
        messenger.fail_next(Call::Post, temporary());
        messenger.lose_next_answer(Call::Post, temporary());
        let post = || async { messenger.post(&place(), &card_of(&open())).await };
        assert_eq!(post().await, Err(temporary()));
        assert_eq!(messenger.shown(&chat()).len(), 0);
        assert_eq!(post().await, Err(temporary()));
        assert_eq!(messenger.shown(&chat()).len(), 1);
        let message_ref = post().await.expect("nothing more is scripted");
        messenger.fail_next(Call::Edit, DeliveryError::Gone);
        messenger.pin(&message_ref, NUMBER).await.expect("other calls are not concerned");
        assert_eq!(messenger.edit(&message_ref, &card_of(&claimed())).await, Err(DeliveryError::Gone));
        assert_eq!(messenger.shown(&chat())[1].what, What::Card(card_of(&open())));
        let calls: Vec<Call> = messenger.calls().into_iter().map(|(call, _)| call).collect();
        assert_eq!(calls, [Call::Post, Call::Post, Call::Post, Call::Pin, Call::Edit]);
    });
}

#[test]
fn what_people_deleted_is_gone() {
    let messenger = ScriptedMessenger::new();
    block_on(async {
        let message_ref = messenger.post(&place(), &card_of(&open())).await.expect("it works");
        messenger.delete(&message_ref);
        assert_eq!(messenger.edit(&message_ref, &card_of(&claimed())).await, Err(DeliveryError::Gone));
        assert_eq!(messenger.pin(&message_ref, NUMBER).await, Err(DeliveryError::Gone));
        assert_eq!(messenger.unpin(&message_ref, NUMBER).await, Ok(()));
    });
}

#[test]
fn chats_move_withhold_rights_and_throw_the_bot_out() {
    let messenger = ScriptedMessenger::new();
    block_on(async {
        let message_ref = messenger.post(&place(), &card_of(&open())).await.expect("it works");
        messenger.deny(&chat(), Right::Pin, true);
        assert_eq!(
            messenger.pin(&message_ref, NUMBER).await,
            Err(DeliveryError::Forbidden { right: Right::Pin })
        );
        messenger.deny(&chat(), Right::Pin, false);
        assert_eq!(messenger.pin(&message_ref, NUMBER).await, Ok(()));
        messenger.deny(&chat(), Right::Write, true);
        let refused = DeliveryError::Forbidden { right: Right::Write };
        assert_eq!(messenger.send(&place(), &message()).await, Err(refused));
        let to = ChatRef::new(Platform::Sandbox, "2");
        messenger.migrate(&chat(), &to);
        assert_eq!(messenger.unpin(&message_ref, NUMBER).await, Err(DeliveryError::Moved { to: to.clone() }));
        assert!(messenger.post(&Place { chat: to.clone(), ..place() }, &card_of(&open())).await.is_ok());
        messenger.expel(&to);
        let lost = messenger.post(&Place { chat: to, ..place() }, &card_of(&open())).await;
        assert!(matches!(lost, Err(DeliveryError::ChatLost { .. })), "{lost:?}");
    });
}

#[test]
fn a_manual_clock_shows_what_it_was_set_to() {
    let clock = ManualClock::at(START);
    assert_eq!(clock.advance(Duration::from_secs(5)), START + Duration::from_secs(5));
    assert_eq!(clock.now(), START + Duration::from_secs(5));
    clock.set(START);
    assert_eq!(clock.now(), START);
}

#[test]
fn a_directory_knows_what_it_was_told_unless_it_is_silent() {
    let directory = FixedDirectory::new();
    let ada = Identity::new(Platform::Sandbox, "ada");
    let ask = || block_on(directory.is_admin(&chat(), &ada)).ok();
    assert_eq!(ask(), Some(false));
    directory.promote(&chat(), &ada);
    assert_eq!(ask(), Some(true));
    directory.silence(true);
    assert_eq!(ask(), None);
    directory.silence(false);
    directory.demote(&chat(), &ada);
    assert_eq!((ask(), directory.questions()), (Some(false), 4));
}

#[test]
fn a_pager_remembers_the_calls_that_were_placed() {
    let pager = RecordingPager::new();
    let profile = Profile {
        identity: Identity::new(Platform::Sandbox, "ann"),
        handle: None,
        name: text("Ann"),
        locale: None,
    };
    let number = cast::filed(open().incident()).number;
    let callout = Callout { person: Person { id: ANN, profile }, number, attempt: 1, summary: Vec::new() };
    pager.fail_next(temporary());
    assert_eq!(block_on(pager.call(&callout)), Err(temporary()));
    assert_eq!(block_on(pager.call(&callout)), Ok(()));
    assert_eq!(pager.calls(), [callout]);
}
