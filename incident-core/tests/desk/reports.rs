//! Reports and files, as a chat is sent them.

use incident_core::desk::Ask;
use incident_core::incident::{Attachment, Lane, Rejection};
use incident_core::ports::{DeliveryError, File, FileContent};
use incident_core::testkit::Call;
use incident_core::testkit::cast::text;
use incident_core::text::Text;
use incident_core::view::{Action, CommandWord, Said};

use crate::house::{House, command, minutes, room};

/// A house where one incident was claimed after four minutes and resolved after ten, and another waits.
fn busy() -> House {
    let house = House::new();
    house.report("dan", "truck 12 has a flat tyre");
    house.pass(minutes(4));
    house.press("ann", Action::Claim);
    house.settle();
    house.pass(minutes(5));
    house.press("ann", Action::Resolve);
    house.settle();
    house.pass(minutes(1));
    house.reply_to_last_question("ann", "changed the tyre");
    house.settle();
    house.report("dan", "truck 13 too");
    house
}

fn made(file: &File) -> (&str, &str, String) {
    let FileContent::Made { name, media_type, bytes } = &file.content else { panic!("{file:?} was made") };
    (name, media_type, String::from_utf8(bytes.to_vec()).expect("it is text"))
}

fn caption(file: &File) -> String {
    file.caption.iter().map(incident_core::view::Span::as_plain).collect()
}

#[test]
fn a_report_comes_as_a_page_and_as_a_table() {
    let house = busy();
    let reply = house.command("mia", CommandWord::Report, "week");
    assert_eq!(
        (reply.said.clone(), reply.text()),
        (Said::Rostered, String::new()),
        "the files are the answer"
    );
    house.settle();
    let files = house.chat.files(&room());
    let [page, table] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(caption(page), "📊 Report: trucks: trucks, 2026-05-25 to 2026-05-31");
    let (name, media_type, html) = made(page);
    assert_eq!((name, media_type), ("report-2026-05-25-2026-05-31.html", "text/html"));
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<td>0:04:00</td>"), "{html}");
    let (name, media_type, csv) = made(table);
    assert_eq!((name, media_type), ("report-2026-05-25-2026-05-31.csv", "text/csv"));
    for line in [
        "report,as of,,2026-05-28T20:36:40Z",
        "totals,Reported,Incidents,2",
        "times,Report to first claim (MTTA),Mean,240",
        "times,Report to resolution (MTTR),Mean,600",
        "people,ann,Resolved,1",
        "groups,trucks,Incidents,2",
        "waiting,TKT-2026-0002,State,open",
    ] {
        assert!(csv.contains(&format!("{line}\r\n")), "{line} in\n{csv}");
    }
}

#[test]
fn a_report_is_of_the_instant_at_which_it_was_asked_for_however_often_it_is_tried() {
    let house = busy();
    house.chat.lose_next_answer(
        Call::SendFile,
        DeliveryError::Temporary { reason: "lost".into(), retry_after: None },
    );
    house.command("mia", CommandWord::Report, "day");
    let first = house.settle();
    assert_eq!(first.len(), 1, "the table waits for the page: {first:?}");
    // What changes in between is of another report.
    house.press("bob", Action::Claim);
    house.report("eve", "truck 14 as well");
    house.pass(minutes(1));
    let files = house.chat.files(&room());
    let [lost, again, table] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(lost, again);
    assert!(made(table).2.contains("totals,Reported,Incidents,2\r\n"));
    house.command("mia", CommandWord::Report, "day");
    house.settle();
    let latest = house.chat.files(&room()).pop().expect("there are more");
    assert!(made(&latest).2.contains("totals,Reported,Incidents,3\r\n"));
}

#[test]
fn a_report_that_is_asked_for_twice_by_one_message_is_sent_once() {
    let house = busy();
    let request = house.request("mia", command(CommandWord::Report, "month 2026-04-30"));
    for _ in 0..2 {
        assert_eq!(house.handle(request.clone()).said, Said::Rostered);
    }
    house.settle();
    let files = house.chat.files(&room());
    let names: Vec<&str> = files.iter().map(|file| made(file).0).collect();
    assert_eq!(names, ["report-2026-04-01-2026-04-30.html", "report-2026-04-01-2026-04-30.csv"]);
}

#[test]
fn a_report_is_in_the_language_of_the_group_and_its_table_in_english() {
    let house = busy();
    house.command("admin", CommandWord::Language, "nl");
    house.command("mia", CommandWord::Report, "DAY");
    house.settle();
    let files = house.chat.files(&room());
    let (page, table) = (made(&files[0]).2, made(&files[1]).2);
    assert!(page.contains("<html lang=\"nl\">") && page.contains("<h2>Dag voor dag</h2>"), "{page}");
    assert!(table.contains("\r\ntotals,Reported,Incidents,2\r\n"), "{table}");
}

#[test]
fn a_report_is_about_the_days_of_its_group() {
    let house = busy();
    house.command("admin", CommandWord::Settings, "timezone Pacific/Auckland");
    house.command("admin", CommandWord::Settings, "week_start sunday");
    house.settle();
    house.command("mia", CommandWord::Report, "week");
    house.settle();
    let files = house.chat.files(&room());
    // Where it is Friday already, half past eight in the morning.
    let (name, _, csv) = made(&files[1]);
    assert_eq!(name, "report-2026-05-24-2026-05-30.csv");
    assert!(csv.contains("report,time zone,,Pacific/Auckland\r\n"), "{csv}");
    assert!(csv.contains("hours,08,friday,2\r\n") && csv.contains("days,2026-05-29,Reported,2\r\n"), "{csv}");
}

#[test]
fn a_report_is_sent_to_the_topic_in_which_it_was_asked_for() {
    let house = busy();
    let mut request = house.request("mia", command(CommandWord::Report, "day"));
    request.topic = Text::new("17", incident_core::text::Limits::NAME).ok();
    house.handle(request.clone());
    house.settle();
    let topics = house.chat.shown(&room()).into_iter().rev().take(2).map(|shown| shown.topic);
    assert_eq!(topics.collect::<Vec<_>>(), [request.topic.clone(), request.topic]);
}

#[test]
fn only_those_who_may_see_figures_get_a_report_and_only_of_days_that_exist() {
    let house = busy();
    for who in ["dan", "eve"] {
        let reply = house.command(who, CommandWord::Report, "day");
        assert_eq!(reply.said, Said::Refused(Rejection::NotAuthorized), "{who}");
    }
    for words in ["", "year", "day 2026-02-30", "day 2026-05-28 please", "9999-12-31", "day 9999-12-31"] {
        let reply = house.command("mia", CommandWord::Report, words);
        assert_eq!(reply.said, Said::Usage(CommandWord::Report), "{words}");
    }
    assert_eq!(house.settle().len(), 0);
    assert_eq!(house.chat.files(&room()), []);
}

fn photo(reference: &str, name: Option<&str>) -> Attachment {
    Attachment { reference: text(reference), kind: text("photo"), name: name.map(text), size: Some(81_920) }
}

/// Reports with a file, and adds others by answering the card.
fn filed(house: &House, more: usize) {
    let mut request = house.request("dan", command(CommandWord::NewIssue, "scratch on the door"));
    let Ask::Command { attachments, .. } = &mut request.ask else { panic!("a command") };
    attachments.push(photo("file-0", Some("door.jpg")));
    house.handle(request);
    house.settle();
    for number in 1..=more {
        let card = house.button(Action::Claim).0;
        let attachments = vec![photo(&format!("file-{number}"), None)];
        house.ask("dan", Ask::Answer { to: card, text: String::new(), attachments });
        house.settle();
    }
}

#[test]
fn files_are_listed_and_come_again() {
    let house = House::new();
    filed(&house, 1);
    let request = house.request("ann", command(CommandWord::Files, "1"));
    for _ in 0..2 {
        assert!(matches!(house.handle(request.clone()).said, Said::Files { more: 0, .. }));
    }
    house.settle();
    let files = house.chat.files(&room());
    let kept = |file: &File| file.content.clone();
    let expected = [photo("file-0", Some("door.jpg")), photo("file-1", None)].map(FileContent::Kept);
    assert_eq!(files.iter().map(kept).collect::<Vec<_>>(), expected);
    let captions: Vec<String> = files.iter().map(caption).collect();
    assert_eq!(captions, ["📎 TKT-2026-0001: door.jpg", "📎 TKT-2026-0001: photo"]);
}

#[test]
fn of_many_files_the_latest_ten_come() {
    let house = House::new();
    filed(&house, 12);
    let Said::Files { files, more, .. } = house.command("ann", CommandWord::Files, "1").said else {
        panic!("files")
    };
    assert_eq!((files.len(), more), (10, 3));
    house.settle();
    let files = house.chat.files(&room());
    assert_eq!(files.len(), 10);
    assert_eq!(files[0].content, FileContent::Kept(photo("file-3", None)));
}

#[test]
fn a_file_that_the_platform_keeps_no_more_is_said_to_be_gone_and_the_others_come() {
    let house = House::new();
    filed(&house, 1);
    house.chat.forget_file(&text("file-0"));
    house.command("ann", CommandWord::Files, "1");
    let delivered = house.settle();
    assert!(delivered.iter().all(|delivery| delivery.claim.owed.lane() == Lane::Notice), "{delivered:?}");
    assert_eq!(house.said("📎 TKT-2026-0001: the file door.jpg is not there any more."), 1);
    assert_eq!(house.chat.files(&room()).len(), 1);
}

/// Sends a file of an album whose words are, or will be, asked with a request.
fn album(house: &House, who: &str, of: &incident_core::desk::Request, number: usize) -> Said {
    let attachments = vec![photo(&format!("file-{number}"), None)];
    house.ask(who, Ask::Album { of: of.key.clone(), attachments }).said
}

fn references(house: &House) -> Vec<String> {
    house.command("ann", CommandWord::Files, "1");
    house.settle();
    let files = house.chat.files(&room()).into_iter().map(|file| match file.content {
        FileContent::Kept(attachment) => attachment.reference.to_string(),
        FileContent::Made { name, .. } => name,
    });
    files.collect()
}

#[test]
fn an_album_is_gathered_whichever_of_its_files_has_the_words() {
    let house = House::new();
    let mut request = house.request("dan", command(CommandWord::NewIssue, "scratch on the door"));
    let Ask::Command { attachments, .. } = &mut request.ask else { panic!("a command") };
    attachments.push(photo("file-2", None));
    for _ in 0..2 {
        assert_eq!(album(&house, "dan", &request, 1), Said::Nothing, "delivered twice, it is one file");
    }
    house.handle(request.clone());
    let third = house
        .request("dan", Ask::Album { of: request.key.clone(), attachments: vec![photo("file-3", None)] });
    for _ in 0..2 {
        assert_eq!(house.handle(third.clone()).said, Said::Nothing);
    }
    house.settle();
    assert_eq!(house.incidents()[0].incident.attachments, 3);
    assert_eq!(references(&house), ["file-2", "file-1", "file-3"]);
}

#[test]
fn an_album_that_asks_for_nothing_is_nobodys_business() {
    let house = House::new();
    house.report("dan", "flat tyre");
    let never = house.request("dan", command(CommandWord::Help, ""));
    assert_eq!(album(&house, "dan", &never, 1), Said::Nothing);
    let refused = house.request("dan", command(CommandWord::NewIssue, "x"));
    house.handle(refused.clone());
    assert_eq!(album(&house, "dan", &refused, 1), Said::Nothing);
    assert_eq!((house.settle().len(), house.incidents()[0].incident.attachments), (0, 0));
}

#[test]
fn only_those_who_may_add_files_do_so_by_an_album() {
    let house = House::new();
    let report = house.request("dan", command(CommandWord::NewIssue, "flat tyre"));
    house.handle(report.clone());
    house.settle();
    assert_eq!(album(&house, "eve", &report, 1), Said::Refused(Rejection::NotAuthorized));
    assert_eq!(house.incidents()[0].incident.attachments, 0);
}
