//! Incidents with a room each: who sees it, what is said in it, and how it goes.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use incident_core::desk::{Ask, Named, Request};
use incident_core::ids::{ChatRef, Circle, Platform};
use incident_core::incident::{Attachment, Fact, Invalid, Rejection, StateKind};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Access, DeliveryError, FileContent, RoomBook, Store, Utterance};
use incident_core::roster::Right;
use incident_core::testkit::{Call, ScriptedRooms, What};
use incident_core::text::{Limits, Text};
use incident_core::view::{Action, CommandWord, Done, Said};

use crate::house::{House, NOON, account, room as group};

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

pub(crate) struct Inn {
    pub(crate) house: House,
    pub(crate) rooms: Arc<ScriptedRooms>,
}

fn circle(name: &str) -> Circle {
    Circle::new(Platform::Telegram, name, name).expect("it is one")
}

pub(crate) fn log() -> ChatRef {
    ChatRef::new(Platform::Telegram, "log")
}

/// The place where the messages of a room stand in the simulated chats.
pub(crate) fn chat(name: &str) -> ChatRef {
    ChatRef::new(Platform::Telegram, name)
}

impl Inn {
    fn bare() -> Self {
        Self::of(House::empty(Policy::preset(Preset::Tickets)))
    }

    pub(crate) fn of(house: House) -> Self {
        let rooms = Arc::new(ScriptedRooms::new());
        let (keeper, book) = (Arc::<ScriptedRooms>::clone(&rooms), Arc::<MemoryStore>::clone(&house.store));
        let house = house.refit(|desk| desk.with_rooms(Platform::Telegram, keeper, book));
        for (word, who, name) in
            [(CommandWord::ConfigureManagers, "ben", "boss"), (CommandWord::AddDispatcher, "ann", "staff")]
        {
            house.directory.enrol(&account(who), &circle(name));
            let named = vec![Named::Circle(circle(name))];
            let text = format!("@{name}");
            let (attachments, quoted, about) = (Vec::new(), None, None);
            house.ask("admin", Ask::Command { word, text, named, attachments, quoted, about });
        }
        for text in ["idle_warning_days 2", "auto_close_days 4"] {
            house.command("admin", CommandWord::Settings, text);
        }
        house.settle();
        Self { house, rooms }
    }

    pub(crate) fn new() -> Self {
        let inn = Self::bare();
        inn.house.command("admin", CommandWord::Settings, "log_channel log");
        inn
    }

    pub(crate) fn in_room(&self, who: &str, room: &str, ask: Ask) -> Request {
        Request { chat: chat(room), ..self.house.request(who, ask) }
    }

    pub(crate) fn talk(&self, who: &str, room: &str, text: &str) {
        let message = incident_core::ids::MessageRef::new(chat(room), "77");
        let ask = Ask::Remark { message, text: text.to_owned(), attachments: Vec::new() };
        self.house.handle(self.in_room(who, room, ask));
        self.house.settle();
    }

    pub(crate) fn press(&self, who: &str, room: &str, action: Action) -> Said {
        let shown = self.house.chat.shown(&chat(room));
        let found = shown.iter().rev().find_map(|shown| {
            let buttons = match &shown.what {
                What::Card(card) => card.buttons.concat(),
                What::Message(message) => message.buttons.concat(),
                What::File(_) => Vec::new(),
            };
            let code = buttons.iter().map(|button| button.code).find(|code| code.action == action)?;
            Some((shown.message.clone(), code.to_string()))
        });
        let (message, code) =
            found.unwrap_or_else(|| panic!("no {action:?} in\n{}", self.house.chat.transcript(&chat(room))));
        let said = self.house.handle(self.in_room(who, room, Ask::Press { code, message })).said;
        self.house.settle();
        said
    }

    pub(crate) fn access(&self, room: &str) -> Access {
        self.rooms.access(&chat(room)).expect("there is such a room")
    }

    pub(crate) fn utter(&self, room: &str, number: u32, text: &str, files: &[&str]) {
        let text_of = |text: &str| Text::new(text, Limits::NAME).expect("a short text");
        let file = |name: &&str| Attachment {
            reference: text_of(name),
            kind: text_of("photo"),
            name: Some(text_of(name)),
            size: None,
        };
        let files = files.iter().map(file).collect();
        let (message, by) = (number.to_string().into(), "dan".to_owned());
        self.rooms.say(&chat(room), Utterance { message, at: NOON, by, text: text.to_owned(), files });
    }
}

fn access(reporter_writes: bool, circles: &[&str]) -> Access {
    Access {
        reporter: Some(account("dan")),
        reporter_writes,
        people: Vec::new(),
        circles: circles.iter().map(|name| Arc::from(*name)).collect(),
    }
}

#[test]
fn a_report_opens_a_room_before_it_is_answered_and_its_card_stands_there() {
    let inn = Inn::new();
    let said = inn.house.command("dan", CommandWord::NewIssue, "My account is locked").said;
    assert!(matches!(&said, Said::Housed { room, .. } if *room == chat("room-1")), "{said:?}");
    inn.house.settle();
    assert_eq!(inn.access("room-1"), access(true, &["staff"]));
    assert_eq!(inn.house.chat.cards(&group()), []);
    assert_eq!(inn.house.chat.cards(&chat("room-1")).len(), 1);
    let summoned = inn.house.chat.shown(&chat("room-1")).into_iter().find_map(|shown| match shown.what {
        What::Message(message) => message.mentions.first().and_then(|mention| mention.circle.clone()),
        What::Card(_) | What::File(_) => None,
    });
    assert_eq!(summoned, Some(circle("staff")));
    let order = inn.rooms.orders().remove(0);
    assert_eq!((order.name.as_str(), order.beside), ("tkt-2026-0001", group()));
}

#[test]
fn a_ticket_lives_in_its_room_from_the_first_word_to_the_log() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    assert_eq!(inn.press("zoe", "room-1", Action::Claim), Said::Refused(Rejection::NotAuthorized));
    assert_eq!(inn.press("ann", "room-1", Action::Claim), Said::Done(Done::Pressed(Action::Claim)));
    inn.press("ann", "room-1", Action::Hold);
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::OnHold);
    inn.talk("ann", "room-1", "which account is it?");
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::OnHold, "the reporter has not answered");
    inn.talk("dan", "room-1", "the second one");
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::Acknowledged);
    inn.press("ann", "room-1", Action::Escalate);
    assert_eq!(inn.access("room-1").circles, ["boss", "staff"].map(Arc::<str>::from));
    assert_eq!(inn.press("ben", "room-1", Action::Claim), Said::Done(Done::Pressed(Action::Claim)));
    inn.press("ben", "room-1", Action::Resolve);
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::Resolved);
    assert!(!inn.access("room-1").reporter_writes);
    inn.press("dan", "room-1", Action::Reopen);
    assert!(inn.access("room-1").reporter_writes);
    inn.press("ben", "room-1", Action::Claim);
    inn.press("ben", "room-1", Action::Resolve);
    inn.utter("room-1", 1, "<b>hello</b>", &["a.png"]);
    assert_eq!(inn.press("dan", "room-1", Action::Archive), Said::Refused(Rejection::NotAuthorized));
    assert_eq!(inn.press("ann", "room-1", Action::Archive), Said::Done(Done::Pressed(Action::Archive)));
    assert_eq!(inn.rooms.rooms(), []);
    assert!(inn.house.incident(id).archived);
    let files = inn.house.chat.files(&log());
    let [picture, page] = files.as_slice() else { panic!("{files:?}") };
    assert!(matches!(&picture.content, FileContent::Kept(kept) if kept.reference.as_str() == "a.png"));
    let FileContent::Made { bytes, media_type: "text/html", .. } = &page.content else { panic!("{page:?}") };
    let page = String::from_utf8(bytes.to_vec()).expect("a page is text");
    assert!(page.contains("&lt;b&gt;hello&lt;/b&gt;") && page.contains("📎 a.png"), "{page}");
    let notes = block_on(inn.house.store.history(inn.house.company(), id)).expect("the store works");
    let said = notes
        .iter()
        .filter(|event| matches!(event.fact, Fact::NoteAdded { .. } | Fact::ReporterReplied { .. }));
    assert_eq!(said.count(), 2, "talk in the room belongs to the incident");
}

#[test]
fn a_room_is_left_until_all_that_was_said_in_it_is_in_the_log_and_nothing_is_logged_twice() {
    let inn = Inn::new();
    inn.house.report("dan", "My account is locked");
    for number in 1..=7 {
        inn.utter("room-1", number, &format!("word {number}"), &["file"]);
    }
    inn.press("ann", "room-1", Action::Resolve);
    inn.house
        .chat
        .fail_next(Call::SendFile, DeliveryError::Temporary { reason: "busy".into(), retry_after: None });
    inn.press("ann", "room-1", Action::Archive);
    assert_eq!(inn.rooms.rooms(), [chat("room-1")]);
    assert_eq!(inn.access("room-1"), Access::default(), "nobody writes what would not be kept");
    for _ in 0..6 {
        inn.house.pass(Duration::from_secs(60));
    }
    assert_eq!(inn.rooms.rooms(), []);
    let files = inn.house.chat.files(&log());
    let kept = files.iter().filter(|file| matches!(file.content, FileContent::Kept(_))).count();
    let words: String = files
        .iter()
        .filter_map(|file| match &file.content {
            FileContent::Made { bytes, .. } => String::from_utf8(bytes.to_vec()).ok(),
            FileContent::Kept(_) => None,
        })
        .collect();
    assert_eq!((kept, words.matches("<p>word ").count()), (7, 7));
}

#[test]
fn a_room_stays_where_no_log_would_keep_what_was_said_and_goes_once_there_is_one() {
    let inn = Inn::bare();
    inn.house.report("dan", "My account is locked");
    inn.press("ann", "room-1", Action::Resolve);
    inn.press("ann", "room-1", Action::Archive);
    assert_eq!(inn.house.said("I cannot bring into the log what belongs there"), 1);
    inn.house.pass(DAY / 24);
    assert_eq!(inn.rooms.rooms(), [chat("room-1")]);
    inn.house.command("admin", CommandWord::Settings, "log_channel log");
    inn.house.chat.deny(&log(), Right::Write, true);
    inn.utter("room-1", 1, "hello", &[]);
    inn.house.pass(DAY / 24);
    assert_eq!(inn.rooms.rooms(), [chat("room-1")], "the log takes nothing");
    inn.house.chat.deny(&log(), Right::Write, false);
    inn.house.pass(DAY / 24);
    assert_eq!(inn.rooms.rooms(), []);
    assert_eq!(inn.house.said("I cannot bring into the log what belongs there"), 1, "it is said once");
}

#[test]
fn what_has_no_room_yet_is_filed_and_said_and_gets_its_room_when_it_can_be_opened() {
    let inn = Inn::new();
    inn.rooms.refuse_to_open(Some(DeliveryError::Forbidden { right: Right::Room }));
    let said = inn.house.command("dan", CommandWord::NewIssue, "My account is locked").said;
    assert!(matches!(said, Said::Reported(_)), "{said:?}");
    inn.house.command("dan", CommandWord::NewIssue, "My other account is locked");
    inn.house.settle();
    assert_eq!(inn.house.incidents().len(), 2);
    assert_eq!(inn.house.said("I cannot open rooms for incidents here"), 1);
    inn.rooms.refuse_to_open(None);
    inn.house.pass(Duration::from_secs(600));
    inn.house.pass(Duration::from_secs(600));
    assert_eq!(inn.rooms.rooms().len(), 2);
    assert_eq!(inn.house.chat.cards(&chat("room-1")).len(), 1);
}

#[test]
fn a_room_whose_opening_was_not_answered_is_found_again() {
    let inn = Inn::new();
    let lost = || DeliveryError::Temporary { reason: "no answer".into(), retry_after: None };
    inn.rooms.fail_next(true, lost());
    inn.house.command("dan", CommandWord::NewIssue, "My account is locked");
    inn.house.pass(Duration::from_secs(60));
    inn.house.pass(Duration::from_secs(60));
    assert_eq!(inn.rooms.orders().len(), 1);
    assert_eq!(inn.house.chat.cards(&chat("room-1")).len(), 1);
}

#[test]
fn nobody_is_called_in_a_room_that_they_do_not_see() {
    let inn = Inn::new();
    inn.house.report("dan", "My account is locked");
    let refused = DeliveryError::Temporary { reason: "busy".into(), retry_after: None };
    inn.rooms.fail_next(false, refused);
    inn.press("ann", "room-1", Action::Escalate);
    let called = || inn.house.chat.transcript(&chat("room-1")).matches("requires manager attention").count();
    assert_eq!((inn.access("room-1"), called()), (access(true, &["staff"]), 0), "they are not let in yet");
    inn.house.pass(Duration::from_secs(60));
    inn.house.pass(Duration::from_secs(60));
    assert_eq!((inn.access("room-1"), called()), (access(true, &["boss", "staff"]), 1));
}

#[test]
fn a_room_that_somebody_took_away_is_opened_again_while_there_is_work_and_the_group_works_on() {
    let inn = Inn::new();
    inn.house.report("dan", "My account is locked");
    inn.rooms.demolish(&chat("room-1"));
    inn.house.chat.expel(&chat("room-1"));
    let mut gone = inn.in_room("nobody", "room-1", Ask::BotRemoved);
    gone.from = incident_core::desk::Sender::Platform;
    inn.house.handle(gone);
    inn.house.pass(Duration::from_secs(60));
    assert_eq!(inn.rooms.rooms(), [chat("room-2")]);
    assert_eq!(inn.house.chat.cards(&chat("room-2")).len(), 1);
    inn.house.chat.expel(&chat("room-2"));
    inn.rooms.demolish(&chat("room-2"));
    inn.press("ann", "room-2", Action::Claim);
    inn.house.pass(Duration::from_secs(600));
    assert_eq!(inn.rooms.rooms(), [chat("room-3")], "also where nobody told of it");
    let said = inn.house.command("dan", CommandWord::NewIssue, "Something else").said;
    assert!(matches!(said, Said::Housed { .. }), "{said:?}");
}

#[test]
fn commands_typed_in_a_room_are_about_its_incident_and_a_card_pressed_there_stays() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    let ask = crate::house::command(CommandWord::Hold, "reporter");
    let said = inn.house.handle(inn.in_room("ann", "room-1", ask)).said;
    assert_eq!(said, Said::Done(Done::Typed(CommandWord::Hold)));
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::OnHold);
}

#[test]
fn a_room_of_one_company_is_no_way_into_another() {
    let inn = Inn::new();
    inn.house.report("dan", "My account is locked");
    let stranger = incident_core::ids::CompanyId::from_u128(99);
    let book: &dyn RoomBook = &*inn.house.store;
    let known = block_on(book.room_in(&chat("room-1"))).expect("the store works");
    assert_eq!(known.map(|(company, _)| company), Some(inn.house.company()));
    assert_eq!(block_on(book.rooms(stranger)).expect("the store works"), []);
}

#[test]
fn whoever_is_silent_is_asked_once_and_closed_out_by_the_days_of_the_group() {
    let inn = Inn::new();
    let id = inn.house.report("dan", "My account is locked").id;
    inn.house.pass(DAY);
    inn.talk("ann", "room-1", "we are looking at it");
    inn.house.pass(DAY + DAY / 2);
    let asked = || inn.house.chat.transcript(&chat("room-1")).matches("still needed").count();
    assert_eq!(asked(), 0, "somebody spoke a day and a half ago");
    inn.house.pass(DAY / 2);
    assert_eq!(asked(), 1);
    inn.house.pass(DAY);
    assert_eq!(asked(), 1, "nobody is asked every day");
    assert_eq!(inn.press("dan", "room-1", Action::KeepOpen), Said::Done(Done::Pressed(Action::KeepOpen)));
    inn.house.pass(DAY + DAY / 2);
    assert_eq!((asked(), inn.house.incident(id).state.kind()), (1, StateKind::Open));
    inn.house.pass(DAY / 2);
    assert_eq!(asked(), 2, "silent again");
    inn.house.pass(DAY * 2);
    assert_eq!(inn.house.incident(id).state.kind(), StateKind::Closed);
    assert!(!inn.access("room-1").reporter_writes, "what is closed for silence is locked too");
}

#[test]
fn a_group_without_rooms_is_served_as_ever() {
    let house = House::empty(Policy::preset(Preset::Tickets));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.report("dan", "My account is locked");
    assert_eq!(house.chat.cards(&group()).len(), 1);
}

#[test]
fn nobody_is_closed_out_before_they_were_warned() {
    let inn = Inn::new();
    let set = |text: &str| inn.house.command("admin", CommandWord::Settings, text).said;
    let refused = || Said::Refused(Invalid::Unreachable.into());
    assert_eq!(set("auto_close_days 2"), refused());
    assert_eq!(set("idle_warning_days 4"), refused());
    assert_eq!(set("idle_warning_days 31"), refused());
    assert_eq!(set("auto_close_days 91"), refused());
    assert!(matches!(set("idle_warning_days 1"), Said::Settings(_)));
    assert!(matches!(set("auto_close_days 2"), Said::Settings(_)));
}
