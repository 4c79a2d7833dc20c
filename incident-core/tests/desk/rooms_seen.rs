//! Who sees what of an incident that has a room, and until when there is anything to see.

use std::time::Duration;

use futures::executor::block_on;
use incident_core::desk::Ask;
use incident_core::ids::{ChatRef, MessageRef};
use incident_core::incident::{Attachment, Rejection};
use incident_core::ports::Clock;
use incident_core::testkit::{Call, What};
use incident_core::text::{Limits, Text};
use incident_core::view::{CommandWord, Said};

use crate::house::{account, room as group};
use crate::rooms::{Inn, chat, log};

const DAY: Duration = Duration::from_secs(86_400);

#[test]
fn what_has_a_room_is_looked_up_by_those_concerned_alone_and_its_files_stay_there() {
    let inn = Inn::new();
    inn.house.report("dan", "My account is locked");
    let file = Attachment {
        reference: Text::new("f1", Limits::NAME).expect("a short text"),
        kind: Text::new("photo", Limits::NAME).expect("a short text"),
        name: None,
        size: None,
    };
    let message = MessageRef::new(chat("room-1"), "78");
    let ask = Ask::Remark { message, text: "it says 403".to_owned(), attachments: vec![file] };
    inn.house.handle(inn.in_room("dan", "room-1", ask));
    inn.house.settle();
    let unknown = Said::Refused(Rejection::Unknown);
    for word in [CommandWord::Status, CommandWord::History, CommandWord::Files, CommandWord::Note] {
        let words = if word == CommandWord::Note { "1 hello" } else { "1" };
        assert_eq!(inn.house.command("zoe", word, words).said, unknown, "{word:?}");
        for who in ["dan", "ann", "ben", "admin"] {
            assert_ne!(inn.house.command(who, word, words).said, unknown, "{word:?} by {who}");
        }
    }
    let open = |who| {
        let said = inn.house.command(who, CommandWord::Open, "").said;
        if let Said::Listed { filed, .. } = &said { Some(filed.len()) } else { None }
    };
    assert_eq!(["zoe", "dan", "ann", "admin"].map(open), [0, 1, 1, 1].map(Some));
    inn.house.settle();
    let sent = |at: &ChatRef| {
        inn.house.chat.shown(at).iter().filter(|shown| matches!(shown.what, What::File(_))).count()
    };
    assert_eq!([sent(&group()), sent(&chat("room-1"))], [0, 0], "nobody sees more of it than before");
}

#[test]
fn who_may_see_a_room_follows_who_responds_here_also_once_it_is_over() {
    let inn = Inn::new();
    inn.house.command("eve", CommandWord::RegisterDriver, "");
    inn.house.report("dan", "My account is locked");
    let inside = |room| inn.access(room).people;
    assert_eq!(inside("room-1"), []);
    inn.house.command("admin", CommandWord::AddDispatcher, "@eve");
    inn.house.command("eve", CommandWord::RegisterDriver, "");
    inn.house.settle();
    assert_eq!(inside("room-1"), [account("eve")], "whoever comes sees what there is");
    inn.house.command("dan", CommandWord::Cancel, "1 it works again");
    inn.house.settle();
    assert_eq!(inside("room-1"), [account("eve")]);
    inn.house.command("admin", CommandWord::RemoveDispatcher, "@eve");
    inn.house.settle();
    assert_eq!(inside("room-1"), []);
}

#[test]
fn a_room_goes_when_what_was_said_in_it_is_forgotten() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    inn.house.command("dan", CommandWord::Cancel, "1 it works again");
    inn.house.settle();
    assert!(inn.rooms.access(&chat("room-1")).is_some());
    inn.house.clock.advance(DAY);
    let before = inn.house.clock.now();
    block_on(inn.house.desk.forget_words(before, None)).expect("the store works");
    inn.house.settle();
    assert!(inn.house.incident(id).archived);
    assert!(inn.rooms.access(&chat("room-1")).is_none(), "it would stand there for ever");
}

#[test]
fn what_is_forgotten_because_it_is_old_holds_up_no_line_of_what_happens() {
    let inn = Inn::new();
    for number in 1..=9 {
        inn.house.report("dan", "My account is locked");
        inn.house.command("dan", CommandWord::Cancel, &format!("{number} it works again"));
        inn.house.pass(DAY / 24);
    }
    inn.house.clock.advance(DAY);
    let told = |owed: &str| inn.house.chat.transcript(&log()).matches(owed).count();
    assert_eq!(told("Cancelled"), 9);
    let sent =
        || inn.house.chat.calls().iter().filter(|(call, at)| *call == Call::Send && *at == log()).count();
    let before = sent();
    block_on(inn.house.desk.forget_words(inn.house.clock.now(), None)).expect("the store works");
    inn.house.report("dan", "My other account is locked");
    inn.house.settle();
    assert_eq!(
        (inn.rooms.rooms().len(), told("archived it"), sent() - before),
        (1, 0, 1),
        "all rooms but one go"
    );
}
