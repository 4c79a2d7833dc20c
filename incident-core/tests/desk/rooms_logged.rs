//! What stands in the log of a group whose incidents have rooms: a line for each change, as it happens.

use std::time::Duration;

use incident_core::desk::Ask;
use incident_core::ids::ChatRef;
use incident_core::incident::StateKind;
use incident_core::ports::DeliveryError;
use incident_core::roster::Right;
use incident_core::testkit::{Call, What};
use incident_core::view::{Action, CommandWord, Span};

use crate::house::{command, minutes, room as group};
use crate::rooms::{DAY, Inn, chat, log};

const ROOM: &str = "room-1";
const CANNOT: &str = "I cannot bring into the log what belongs there";

impl Inn {
    /// Lists the lines that stand in a chat about the first incident, in their order.
    pub(crate) fn lines(&self, chat: &ChatRef) -> Vec<String> {
        let message = |what: What| match what {
            What::Message(message) => Some(message),
            What::Card(_) | What::File(_) => None,
        };
        let said = self.house.chat.shown(chat).into_iter().filter_map(|shown| message(shown.what));
        let lines = said.filter_map(|message| {
            let text: String = message.lines.iter().flatten().map(Span::as_plain).collect();
            let is_line = text.starts_with("TKT-2026-0001 · ");
            assert!(!is_line || message.mentions.is_empty(), "nobody is told by it: {message:?}");
            Some(text).filter(|_| is_line)
        });
        lines.collect()
    }

    /// The same without numbers and instants, and without the room that each leads to.
    fn happened(&self, chat: &ChatRef) -> Vec<String> {
        let lines = self.lines(chat).into_iter();
        let bare = |line: String| {
            let line = line.strip_suffix(" · room-1").unwrap_or(&line);
            line.strip_prefix("TKT-2026-0001 · 2026-05-28 20:26 ").unwrap_or(line).to_owned()
        };
        lines.map(bare).collect()
    }

    fn typed(&self, who: &str, word: CommandWord, text: &str) {
        self.house.handle(self.in_room(who, ROOM, command(word, text)));
        self.house.settle();
    }

    fn set(&self, text: &str) {
        self.house.command("admin", CommandWord::Settings, text);
    }
}

#[test]
fn the_log_has_a_line_for_each_change_with_who_made_it_and_nobodys_words() {
    let inn = Inn::new();
    inn.house.report("dan", "My secret is locked");
    inn.press("ann", ROOM, Action::Claim);
    inn.press("ann", ROOM, Action::Hold);
    inn.talk("ann", ROOM, "which secret is it?");
    inn.talk("dan", ROOM, "the second secret");
    inn.typed("ann", CommandWord::NoteInternal, "what a secret");
    inn.typed("ann", CommandWord::Priority, "urgent");
    inn.typed("ann", CommandWord::Tag, "billing");
    inn.typed("dan", CommandWord::Edit, "My other secret is locked");
    inn.press("ann", ROOM, Action::Escalate);
    inn.press("ben", ROOM, Action::Claim);
    inn.typed("ben", CommandWord::Revoke, "@ben that secret is not his");
    inn.press("ben", ROOM, Action::Resolve);
    inn.typed("dan", CommandWord::Reopen, "no secret is open yet");
    inn.typed("dan", CommandWord::Cancel, "keep your secret");
    inn.press("ann", ROOM, Action::Archive);
    let happened = [
        "@dan: reported it",
        "@ann: claimed it",
        "@ann: put it on hold: Waiting for the reporter",
        "@dan: resumed it",
        "@ann: set the priority urgent",
        "@ann: added the tag billing",
        "@dan: corrected the description",
        "@ann: escalated it to level 2",
        "@ben: claimed it",
        "@ben: ended the claim of @ben",
        "@ben: claimed it",
        "@ben: resolved it",
        "@dan: opened it again",
        "@dan: Cancelled",
        "@ann: archived it",
    ];
    assert_eq!(inn.happened(&log()), happened);
    assert!(!inn.house.chat.transcript(&log()).contains("secret"));
    let last = inn.lines(&log()).pop();
    assert_eq!(last.as_deref(), Some("TKT-2026-0001 · 2026-05-28 20:26 @ann: archived it"), "the room goes");
}

#[test]
fn what_happens_by_itself_is_told_as_the_desks_doing() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    inn.house.pass(DAY * 3);
    inn.house.pass(DAY * 3);
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::Closed);
    let lines = inn.lines(&log());
    let [_, closed] = lines.as_slice() else { panic!("a warning is no change: {lines:?}") };
    assert!(closed.contains("the desk: Closed, nobody touched it any more"), "{closed}");
}

#[test]
fn a_log_that_takes_nothing_is_said_once_holds_up_nothing_and_gets_every_line_later() {
    let inn = Inn::new();
    inn.house.chat.deny(&log(), Right::Write, true);
    let id = inn.house.report("dan", "My account is locked").id;
    inn.press("ann", ROOM, Action::Claim);
    inn.press("ann", ROOM, Action::Escalate);
    inn.house.pass(minutes(1));
    let card = inn.house.chat.transcript(&chat(ROOM));
    assert!(card.contains("requires manager attention"), "the room hears it: {card}");
    assert_eq!(inn.house.incident(id).level.get(), 2);
    inn.house.pass(DAY / 24);
    assert_eq!((inn.house.said(CANNOT), inn.lines(&log())), (1, Vec::new()));
    inn.house.chat.deny(&log(), Right::Write, false);
    inn.house.pass(minutes(5));
    assert_eq!(
        inn.happened(&log()),
        ["@dan: reported it", "@ann: claimed it", "@ann: escalated it to level 2"]
    );
    inn.house.chat.deny(&log(), Right::Write, true);
    inn.press("ben", ROOM, Action::Claim);
    inn.house.pass(minutes(5));
    assert_eq!((inn.house.said(CANNOT), inn.lines(&log()).len()), (2, 3), "it is another time");
    inn.house.chat.deny(&log(), Right::Write, false);
    inn.house.pass(minutes(5));
    assert_eq!(inn.lines(&log()).len(), 4);
}

#[test]
fn a_log_that_asks_for_patience_gets_it_and_no_room_waits_with_it() {
    let inn = Inn::new();
    let busy = DeliveryError::Temporary { reason: "busy".into(), retry_after: Some(minutes(10)) };
    inn.house.report("dan", "My account is locked");
    inn.house.chat.fail_next(Call::Send, busy);
    inn.press("ann", ROOM, Action::Claim);
    inn.press("ann", ROOM, Action::Escalate);
    inn.house.pass(minutes(1));
    assert_eq!(inn.lines(&log()).len(), 1);
    let card = inn.house.chat.transcript(&chat(ROOM));
    assert!(card.contains("requires manager attention"), "{card}");
    inn.house.pass(minutes(10));
    assert_eq!(
        inn.happened(&log()),
        ["@dan: reported it", "@ann: claimed it", "@ann: escalated it to level 2"]
    );
    assert_eq!(inn.house.said(CANNOT), 0);
}

#[test]
fn lines_come_although_what_is_said_in_rooms_cannot_be_kept_and_that_is_said_once() {
    let inn = Inn::new();
    inn.rooms.deafen(true);
    inn.house.report("dan", "My account is locked");
    inn.press("ann", ROOM, Action::Resolve);
    inn.press("ann", ROOM, Action::Archive);
    inn.house.command("dan", CommandWord::NewIssue, "My other account is locked");
    for _ in 0..3 {
        inn.house.pass(minutes(10));
        inn.house.command("dan", CommandWord::NewIssue, "And another one");
    }
    assert_eq!((inn.lines(&log()).len(), inn.house.said(CANNOT)), (4, 1));
    assert!(inn.rooms.rooms().contains(&chat(ROOM)), "it stays");
}

#[test]
fn what_happens_goes_to_the_log_that_the_group_has_by_then() {
    let inn = Inn::new();
    inn.house.chat.deny(&log(), Right::Write, true);
    inn.house.report("dan", "My account is locked");
    inn.set("log_channel ledger");
    inn.house.pass(Duration::from_secs(10));
    inn.press("ann", ROOM, Action::Claim);
    assert_eq!(inn.happened(&chat("ledger")), ["@dan: reported it", "@ann: claimed it"]);
    inn.house.chat.deny(&chat("ledger"), Right::Write, true);
    inn.press("ann", ROOM, Action::Escalate);
    inn.set("log_channel default");
    inn.press("ben", ROOM, Action::Claim);
    inn.house.chat.deny(&log(), Right::Write, false);
    inn.house.chat.deny(&chat("ledger"), Right::Write, false);
    inn.house.pass(DAY / 24);
    let everywhere = [log(), chat("ledger"), group(), chat(ROOM)].map(|chat| inn.lines(&chat).len());
    assert_eq!(everywhere, [0, 2, 0, 0], "without a log nothing is logged");
}

#[test]
fn a_log_may_be_the_chat_of_the_group() {
    let inn = Inn::new();
    inn.set("log_channel -100");
    inn.house.report("dan", "My account is locked");
    inn.press("ann", ROOM, Action::Claim);
    assert_eq!(inn.happened(&group()), ["@dan: reported it", "@ann: claimed it"]);
}

#[test]
fn a_line_that_no_chat_can_show_is_given_up_and_the_next_one_comes() {
    let inn = Inn::new();
    inn.house.chat.fail_next(Call::Send, DeliveryError::Permanent { reason: "unspeakable".into() });
    inn.set("log_channel ledger");
    inn.house.report("dan", "My account is locked");
    inn.house.chat.fail_next(Call::Send, DeliveryError::Permanent { reason: "unspeakable".into() });
    inn.press("ann", ROOM, Action::Claim);
    inn.press("ann", ROOM, Action::Resolve);
    assert_eq!(inn.happened(&chat("ledger")), ["@dan: reported it", "@ann: resolved it"]);
}

#[test]
fn nothing_is_logged_of_a_group_that_threw_the_bot_out() {
    let inn = Inn::new();
    inn.house.report("dan", "My account is locked");
    inn.house.chat.deny(&log(), Right::Write, true);
    inn.press("ann", ROOM, Action::Claim);
    inn.house.platform(Ask::BotRemoved);
    inn.house.chat.deny(&log(), Right::Write, false);
    inn.house.pass(DAY);
    assert_eq!(inn.lines(&log()).len(), 1);
}

#[test]
fn a_log_that_is_not_ones_own_holds_up_nobody_who_lives_there() {
    let inn = Inn::new();
    inn.rooms.estrange("-100".parse().expect("it is a name"), true);
    inn.set("log_channel -100");
    inn.house.report("dan", "My account is locked");
    assert_eq!((inn.house.said(CANNOT), inn.lines(&group())), (1, Vec::new()), "it is said at once");
}

#[test]
fn a_log_that_takes_nothing_is_tried_no_more_often_however_much_waits_for_it() {
    let tried = |tickets: usize| {
        let inn = Inn::new();
        inn.house.chat.deny(&log(), Right::Write, true);
        for ticket in 0..tickets {
            inn.house.report("dan", &format!("My account {ticket} is locked"));
        }
        for _ in 0..60 {
            inn.house.pass(minutes(1));
        }
        inn.house.chat.calls().iter().filter(|(call, chat)| *call == Call::Send && *chat == log()).count()
    };
    let alone = tried(1);
    assert!((10..30).contains(&alone), "{alone}");
    assert_eq!(tried(4), alone);
}
