//! What people wrote a moment before they reported becomes the report.

use std::sync::Arc;
use std::time::Duration;

use futures::executor::block_on;
use incident_core::desk::{Ask, Context, Quoted, Sender};
use incident_core::ids::{ChatRef, MessageRef, Platform};
use incident_core::memory::MemoryStore;
use incident_core::policy::{Policy, Preset};
use incident_core::ports::{Author, Recall};
use incident_core::time::Timestamp;
use incident_core::view::{CommandWord, Said};

use crate::house::{House, account, command, minutes, room};

const CONTEXT: Context = Context { messages: 3, within: Duration::from_secs(600) };

fn house() -> House {
    let house = House::empty(Policy::preset(Preset::TwoTier));
    let recall = Arc::<MemoryStore>::clone(&house.store);
    let house = house.refit(|desk| desk.with_recall(recall, Some(CONTEXT)));
    house.command("admin", CommandWord::ConfigureManagers, "@mia");
    house.settle();
    house
}

fn message(number: u32) -> MessageRef {
    MessageRef::new(room(), number.to_string())
}

impl House {
    fn says(&self, who: &str, number: u32, text: &str) {
        let said = self.ask(
            who,
            Ask::Remark { message: message(number), text: text.to_owned(), attachments: Vec::new() },
        );
        assert_eq!((said.said, said.lines), (Said::Nothing, Vec::new()), "talk is not answered");
    }

    fn reports_quoting(&self, who: &str, quoted: Quoted) -> Said {
        let Ask::Command { word, text, named, attachments, about, .. } = command(CommandWord::NewIssue, "")
        else {
            panic!("it is a command");
        };
        let quoted = Some(quoted);
        self.ask(who, Ask::Command { word, text, named, attachments, quoted, about }).said
    }

    fn last_description(&self) -> String {
        self.incidents().pop().expect("it was filed").incident.description.to_string()
    }

    fn kept(&self, who: &str) -> Vec<String> {
        let author = Author { chat: room(), account: account(who) };
        let kept = block_on(self.store.remarks(self.company(), &author, Timestamp::MIN, 1_000));
        kept.expect("the store works").into_iter().map(|remark| remark.text.to_string()).collect()
    }
}

fn quoting(number: u32, who: Option<&str>, text: &str) -> Quoted {
    let (message, by) = (Some(message(number)), who.map(account));
    Quoted { message, by, text: text.to_owned(), attachments: Vec::new() }
}

#[test]
fn a_report_without_words_says_what_its_reporter_wrote_last() {
    let house = house();
    assert_eq!(house.command("dan", CommandWord::NewIssue, "").said, Said::Usage(CommandWord::NewIssue));
    house.says("dan", 1, "good morning");
    house.says("dan", 2, "truck 12 stands still");
    house.says("eve", 3, "where?");
    house.says("dan", 4, "on the I-80, mile 40");
    house.says("dan", 5, "smoke from the engine");
    house.command("dan", CommandWord::NewIssue, "");
    assert_eq!(
        house.last_description(),
        "truck 12 stands still\non the I-80, mile 40\nsmoke from the engine"
    );
    // Words of its own are all that a report says.
    house.command("dan", CommandWord::NewIssue, "flat tyre");
    assert_eq!(house.last_description(), "flat tyre");
}

#[test]
fn a_report_that_answers_a_message_says_what_the_same_person_wrote_about_that_time() {
    let house = house();
    for (who, number, text) in [
        ("dan", 1, "truck 12 is dead"),
        ("eve", 2, "so is mine"),
        ("dan", 3, "at mile 40"),
        ("dan", 4, "hurry"),
    ] {
        house.says(who, number, text);
    }
    house.reports_quoting("ann", quoting(3, Some("dan"), "at mile 40"));
    assert_eq!(house.last_description(), "truck 12 is dead\nat mile 40\nhurry");
    house.reports_quoting("ann", quoting(2, Some("eve"), "so is mine"));
    assert_eq!(house.last_description(), "so is mine");
    // What was answered is older than all that is kept, or was never seen.
    house.reports_quoting("ann", quoting(0, Some("dan"), "it began yesterday"));
    assert_eq!(house.last_description(), "it began yesterday\nat mile 40\nhurry");
    house.reports_quoting("ann", quoting(9, None, "posted by a channel"));
    assert_eq!(house.last_description(), "posted by a channel");
}

#[test]
fn what_was_said_is_part_of_a_report_within_the_window_and_forgotten_after_it() {
    let house = house();
    house.says("dan", 1, "it began to smoke");
    house.clock.advance(minutes(10));
    house.says("dan", 2, "it stands still now");
    assert_eq!(house.kept("dan"), ["it began to smoke", "it stands still now"]);
    house.clock.advance(Duration::from_micros(1));
    house.command("dan", CommandWord::NewIssue, "");
    assert_eq!(house.last_description(), "it stands still now");
    assert_eq!(block_on(house.desk.forget_remarks()).expect("the store works"), 1);
    house.clock.advance(minutes(11));
    assert_eq!(block_on(house.desk.forget_remarks()).expect("the store works"), 1);
    assert_eq!(house.kept("dan"), Vec::<String>::new());
}

#[test]
fn little_of_a_chat_is_kept_however_much_is_said() {
    let house = house();
    for number in 0..250 {
        house.says("dan", number, &"talk ".repeat(2_000));
    }
    assert_eq!(house.kept("dan").len(), 100);
    assert!(house.kept("dan").iter().all(|said| said.chars().count() <= 3_000));
}

#[test]
fn nothing_is_kept_where_nobody_asked_for_it_or_the_group_does_not_work() {
    let house = House::new();
    house.says("dan", 1, "truck 12 stands still");
    assert_eq!(house.command("dan", CommandWord::NewIssue, "").said, Said::Usage(CommandWord::NewIssue));
    assert_eq!(house.kept("dan"), Vec::<String>::new());
    // Whoever turns it off forgets what was kept.
    let on = self::house();
    on.says("dan", 1, "truck 12 stands still");
    let recall = Arc::<MemoryStore>::clone(&on.store);
    let off = on.refit(|desk| desk.with_recall(recall, None));
    off.says("dan", 2, "still there");
    assert_eq!(block_on(off.desk.forget_remarks()).expect("the store works"), 1);
    let suspended = self::house();
    suspended.platform(Ask::BotRemoved);
    suspended.says("dan", 1, "truck 12 stands still");
    assert_eq!(suspended.kept("dan"), Vec::<String>::new());
}

#[test]
fn talk_of_bots_and_in_chats_of_nobody_is_not_kept() {
    let house = house();
    let ask =
        |text: &str| Ask::Remark { message: message(1), text: text.to_owned(), attachments: Vec::new() };
    for from in [Sender::Bot, Sender::Channel, Sender::AnonymousAdmin] {
        let mut request = house.request("dan", ask("beep"));
        request.from = from;
        assert_eq!(house.handle(request).said, Said::Nothing);
    }
    let mut elsewhere = house.request("dan", ask("hello"));
    elsewhere.chat = ChatRef::new(Platform::Telegram, "-999");
    assert_eq!(house.handle(elsewhere).said, Said::Nothing);
    house.says("dan", 2, "   ");
    assert_eq!(house.kept("dan"), Vec::<String>::new());
}
