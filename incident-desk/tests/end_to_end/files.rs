//! Files in the chat: reports that are asked for, and what people sent and want to see again.

use adapter_telegram::testkit::{BotApi, Fault, Message, World};

use crate::harness::{Desk, Team};

/// Waits until so many files of the desk's stand in a chat, and returns them.
async fn files(api: &BotApi, chat: i64, count: usize) -> Vec<Message> {
    let bot = api.bot_id();
    let sent = move |world: &World| {
        let sent = world.messages(chat).filter(|message| message.from == bot && message.media.is_some());
        let sent: Vec<Message> = sent.cloned().collect();
        (sent.len() >= count).then_some(sent)
    };
    api.wait_until(sent, &format!("{count} files")).await
}

fn content(message: &Message) -> (String, String) {
    let media = message.media.as_ref().expect("it is a file");
    let bytes = media.bytes.as_ref().expect("it was uploaded").to_vec();
    (media.name.clone().expect("it has a name"), String::from_utf8(bytes).expect("it is text"))
}

#[tokio::test]
async fn a_report_comes_as_files_even_where_telegram_falters() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let card = team.report("flat <b>tyre</b>").await;
    team.finish(&card).await;
    team.report("broken axle").await;
    team.ask(team.drivers[0], "/report week", "❌").await;
    team.ask(team.max, "/report", "Usage: /report <day|week|month> [date]").await;
    team.ask(team.max, "/report fortnight", "Usage: /report").await;
    desk.api.fail_next("sendDocument", Fault::ServerError);
    team.write(team.max, "/report month");
    let sent = files(&desk.api, team.chat, 2).await;
    let [page, table] = sent.as_slice() else { panic!("two files: {sent:?}") };
    assert!(page.text.starts_with("📊 Report: Drivers: Drivers, "), "{}", page.text);
    let (name, html) = content(page);
    assert!(name.starts_with("report-2") && name.ends_with(".html"), "{name}");
    assert!(html.starts_with("<!DOCTYPE html>") && html.contains("<svg role=\"img\""), "{html}");
    let (name, csv) = content(table);
    assert!(name.ends_with(".csv"), "{name}");
    for line in ["totals,Reported,Incidents,2", "totals,Resolved,Incidents,1", "people,Dora,Resolved,1"] {
        assert!(csv.contains(&format!("{line}\r\n")), "{line} in\n{csv}");
    }
    // The program tells the same of the same days, but for the ages of what still waits.
    let program = desk.run(&["report", "--period", "month", "--group", "Drivers", "--format", "csv"]).await;
    let written = String::from_utf8(program.stdout).expect("it is text");
    let still = |text: &str| -> Vec<String> {
        let moving = |line: &&str| line.contains("as of") || line.contains(",Age,");
        text.split("\r\n").filter(|line| !moving(line)).map(str::to_owned).collect()
    };
    assert_eq!(still(&csv), still(&written));
    desk.close().await;
}

#[tokio::test]
async fn files_come_again_by_their_reference_and_one_that_is_gone_is_named() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let first = desk.api.send_photo(team.chat, team.drivers[0], "/new_issue scratch on the door");
    let card = team.card_after(first).await;
    team.pinned(&card).await;
    for kind in ["application/pdf", "video", "voice"] {
        let to = card.message(&desk.api).id;
        let sent = desk.api.answer_with_file(team.chat, team.drivers[0], to, kind);
        team.said_after(sent, "Added to").await;
    }
    let ids = |messages: &[Message]| -> Vec<String> {
        let media = messages.iter().filter_map(|message| message.media.as_ref());
        media.map(|media| media.file_id.clone()).collect()
    };
    let given: Vec<Message> = desk.api.messages(team.chat);
    let given: Vec<Message> = given.into_iter().filter(|message| message.from == team.drivers[0]).collect();
    let listed = team.ask(team.dora, "/files 1", "Files of").await.text;
    assert!(listed.contains("report.pdf") && listed.contains("voice"), "{listed}");
    let sent = files(&desk.api, team.chat, 4).await;
    assert_eq!(ids(&sent), ids(&given));
    assert_eq!(sent[0].text, format!("📎 {}: photo", card.number));
    desk.api.forget_file(&ids(&given)[1]);
    team.write(team.drivers[1], "/files 1");
    team.says(&format!("📎 {}: the file report.pdf is not there any more.", card.number)).await;
    let again = files(&desk.api, team.chat, 7).await;
    assert_eq!(ids(&again[4..]), [&ids(&given)[..1], &ids(&given)[2..]].concat());
    desk.close().await;
}

#[tokio::test]
async fn an_album_is_gathered_from_its_messages_whichever_has_the_caption() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let orders = [["/new_issue scratch on the door", "", ""], ["", "", "/new_issue broken mirror"]];
    for (captions, number) in orders.iter().zip(1..) {
        let sent = desk.api.send_album(team.chat, team.drivers[0], captions, None);
        let card = team.card_after(sent[0]).await;
        team.shows(&card, "Attachments: 3").await;
        team.pinned(&card).await;
        let to = card.message(&desk.api).id;
        desk.api.send_album(team.chat, team.drivers[0], &["", ""], Some(to));
        team.shows(&card, "Attachments: 5").await;
        assert_eq!(card.number, format!("{}{number}", &card.number[..card.number.len() - 1]));
    }
    desk.api.send_album(team.chat, team.drivers[1], &["look at my dog", ""], None);
    team.ask(team.dora, "/files 2", "Files of").await;
    assert_eq!(files(&desk.api, team.chat, 5).await.len(), 5);
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 2);
}
