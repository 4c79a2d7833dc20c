//! How a room goes: into which log, and what stays where the log does not take it.

use std::sync::Arc;
use std::time::Duration;

use incident_core::desk::{Ask, Request, Sender};
use incident_core::ports::{Access, Clock, DeliveryError, FileContent};
use incident_core::roster::Right;
use incident_core::testkit::{Call, ManualClock, What};
use incident_core::view::{Action, CommandWord, Span};

use crate::rooms::{DAY, Inn, chat, log};

const ROOM: &str = "room-1";

impl Inn {
    /// Has an incident whose room is to go.
    fn over(&self, said: &[(&str, &[&str])]) {
        self.house.report("dan", "My account is locked");
        for (number, (text, files)) in (1..).zip(said) {
            self.utter(ROOM, number, text, files);
        }
        self.press("ann", ROOM, Action::Resolve);
    }

    /// Lists the messages but for the lines of what happened, and counts the files and the pages, that stand in the log.
    fn logged(&self) -> (Vec<String>, usize, usize) {
        let (mut said, mut files, mut pages) = (Vec::new(), 0, 0);
        let lines = self.lines(&log());
        for shown in self.house.chat.shown(&log()) {
            match shown.what {
                What::Card(card) => panic!("{card:?}"),
                What::Message(message) => {
                    let text: String = message.lines.iter().flatten().map(Span::as_plain).collect();
                    said.extend(Some(text).filter(|text| !lines.contains(text)));
                }
                What::File(file) => match file.content {
                    FileContent::Kept(_) => files += 1,
                    FileContent::Made { .. } => pages += 1,
                },
            }
        }
        (said, files, pages)
    }
}

#[test]
fn what_was_said_is_told_to_no_log_of_others() {
    let inn = Inn::new();
    inn.rooms.estrange("log".parse().expect("it is a name"), true);
    inn.over(&[("hello", &["a.png"])]);
    let before = inn.access(ROOM);
    inn.press("ann", ROOM, Action::Archive);
    inn.house.pass(DAY / 24);
    assert_eq!((inn.logged(), inn.rooms.rooms()), ((Vec::new(), 0, 0), vec![chat(ROOM)]));
    assert_eq!(inn.lines(&log()), Vec::<String>::new(), "nor what happened");
    assert_eq!(inn.access(ROOM), before, "nobody is sent away for nothing");
    assert_eq!(inn.house.said("I cannot bring into the log what belongs there"), 1);
    inn.rooms.estrange("log".parse().expect("it is a name"), false);
    inn.house.pass(DAY / 24);
    assert_eq!((inn.logged(), inn.rooms.rooms()), ((Vec::new(), 1, 1), Vec::new()));
    assert_eq!(inn.lines(&log()).len(), 4, "all that happened meanwhile is told");
}

#[test]
fn a_file_that_is_too_large_for_the_log_stays_in_its_room_and_is_named_once() {
    let inn = Inn::new();
    inn.over(&[("hello", &["film.mov"]), ("again", &["a.png"])]);
    inn.house.chat.fail_next(Call::SendFile, DeliveryError::Permanent { reason: "too large".into() });
    inn.press("ann", ROOM, Action::Archive);
    inn.house.pass(DAY);
    let (said, files, pages) = inn.logged();
    let [said] = said.as_slice() else { panic!("{said:?}") };
    assert!(said.starts_with("📎 TKT-2026-0001: I cannot keep the file film.mov here"), "{said}");
    assert_eq!((files, pages), (1, 1), "all else is there");
    assert_eq!(inn.rooms.rooms(), [chat(ROOM)], "what is nowhere else is not taken away");
    inn.rooms.demolish(&chat(ROOM));
    let gone =
        Request { chat: chat(ROOM), from: Sender::Platform, ..inn.house.request("nobody", Ask::BotRemoved) };
    inn.house.handle(gone);
    inn.house.pass(DAY);
    assert_eq!(
        (inn.rooms.rooms(), inn.logged().0.len()),
        (Vec::new(), 1),
        "somebody has taken it away by hand"
    );
}

#[test]
fn a_room_with_the_only_copy_of_a_file_stays_however_often_it_is_opened_again() {
    let inn = Inn::new();
    inn.over(&[("hello", &["film.mov"]), ("again", &["a.png"])]);
    inn.house.chat.fail_next(Call::SendFile, DeliveryError::Permanent { reason: "too large".into() });
    inn.press("ann", ROOM, Action::Archive);
    inn.house.pass(DAY);
    for (who, word, text) in
        [("dan", CommandWord::Reopen, "1 it is locked"), ("admin", CommandWord::Override, "1 open it is")]
    {
        inn.house.command(who, word, text);
        inn.house.settle();
        let within = inn.access(ROOM);
        assert!(within.reporter_writes && within.circles.len() == 1, "{within:?}");
        inn.talk("dan", ROOM, "it is locked again");
        inn.press("ann", ROOM, Action::Claim);
        inn.press("ann", ROOM, Action::Resolve);
        inn.press("ann", ROOM, Action::Archive);
        inn.house.pass(DAY);
        assert_eq!((inn.access(ROOM), inn.rooms.rooms()), (Access::default(), vec![chat(ROOM)]), "{text}");
    }
    let (said, files, _) = inn.logged();
    assert_eq!((said.len(), files), (1, 1), "what the log knows it is told once");
}

#[test]
fn that_a_room_cannot_be_kept_is_said_once_also_while_it_has_the_only_copy_of_a_file() {
    let inn = Inn::new();
    inn.over(&[("hello", &["film.mov"])]);
    inn.house.chat.fail_next(Call::SendFile, DeliveryError::Permanent { reason: "too large".into() });
    inn.press("ann", ROOM, Action::Archive);
    inn.house.command("dan", CommandWord::Reopen, "1 it is locked");
    inn.house.settle();
    inn.utter(ROOM, 2, "again", &[]);
    inn.press("ann", ROOM, Action::Claim);
    inn.press("ann", ROOM, Action::Resolve);
    for _ in 0..99 {
        inn.house.chat.fail_next(Call::SendFile, DeliveryError::Forbidden { right: Right::Write });
    }
    inn.press("ann", ROOM, Action::Archive);
    for _ in 0..3 {
        inn.house.command("dan", CommandWord::NewIssue, "And another one");
        inn.house.pass(DAY / 24);
    }
    let said = inn.house.said("I cannot bring into the log what belongs there");
    assert_eq!((said, inn.logged().2), (1, 1), "lines can be written, and pages cannot");
    assert!(inn.rooms.rooms().contains(&chat(ROOM)));
}

#[test]
fn a_file_that_is_kept_nowhere_any_more_holds_up_nothing() {
    let inn = Inn::new();
    inn.over(&[("hello", &["a.png"])]);
    inn.house.chat.fail_next(Call::SendFile, DeliveryError::Gone);
    inn.press("ann", ROOM, Action::Archive);
    assert_eq!((inn.logged(), inn.rooms.rooms()), ((Vec::new(), 0, 1), Vec::new()));
}

#[test]
fn what_takes_longer_than_a_lease_goes_on_in_the_next_attempt() {
    let inn = Inn::new();
    inn.over(&[("word", &[] as &[&str]); 10]);
    inn.rooms.slow_down(Arc::<ManualClock>::clone(&inn.house.clock), Duration::from_secs(20));
    let began = inn.house.clock.now();
    inn.press("ann", ROOM, Action::Archive);
    assert_eq!(
        inn.house.clock.now().since(began),
        Duration::from_secs(60),
        "nobody looks again while it is theirs"
    );
    assert_eq!(inn.rooms.rooms(), [chat(ROOM)]);
    for _ in 0..6 {
        inn.house.pass(Duration::from_secs(600));
    }
    assert_eq!(
        (inn.logged().2, inn.rooms.rooms()),
        (4, Vec::new()),
        "a page for each look, none of them twice"
    );
}
