//! What people write when they report, and what becomes of it on a card.

use adapter_telegram::testkit::Media;

use crate::harness::{Desk, Team};

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[tokio::test]
async fn a_description_has_between_5_and_3000_characters() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let usage = "Usage: /new_issue <description>";
    let refused = [
        (String::new(), usage),
        ("   \n  ".to_owned(), usage),
        ("flat".to_owned(), "❌ Too short: at least 5 characters are needed."),
        ("flat    ".to_owned(), "❌ Too short: at least 5 characters are needed."),
        ("x".repeat(3_001), "❌ Too long: at most 3000 characters are allowed."),
    ];
    for (text, answer) in refused {
        let asked = team.write(team.drivers[0], &format!("/new_issue {text}"));
        assert_eq!(team.said_after(asked, "").await.text, answer, "{text:.20}");
    }
    for text in ["tyres".to_owned(), "ж".repeat(3_000)] {
        let card = team.report(&text).await;
        assert!(card.message(&team.api).text.contains(&text), "{text:.20}");
    }
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 2);
}

#[tokio::test]
async fn a_long_text_is_shortened_on_the_card_and_kept_whole_in_the_database() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let (report, summary) = ("🚚".repeat(3_000), "🔧".repeat(3_000));
    let card = team.report(&report).await;
    let shown = card.message(&team.api);
    assert!(units(&shown.text) <= 4_096 && units(&shown.text) > 4_000, "{} units", units(&shown.text));
    assert!(shown.text.contains("🚚…\n") && shown.text.ends_with("Status: 🔥 UNCLAIMED"), "{}", shown.text);
    team.press(team.dora, &card, "Claim").await;
    team.press(team.dora, &card, "Resolve").await;
    let question = team.question(&card).await;
    team.api.reply(team.chat, team.dora, question.id, &summary);
    let shown = team.shows(&card, "🔧…").await;
    assert!(units(&shown.text) <= 4_096 && shown.text.contains("🚚…\n"), "{}", shown.text);
    let ledger = desk.close().await;
    let incident = &ledger.incident(&card.number).incident;
    assert_eq!(incident.description.as_str(), report);
    let kept = incident.outcome().and_then(|outcome| outcome.summary.as_ref());
    assert_eq!(kept.map(incident_core::text::Text::as_str), Some(&*summary));
}

#[tokio::test]
async fn words_stay_words_whatever_they_look_like() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let texts = [
        "<b>bold</b> & <a href=\"https://example.org\">link</a> &lt;",
        "Robert'); DROP TABLE incidents;--",
        "{number} { $person } %s \\n ${HOME}",
        "first line\n\n  third line",
        "👩‍👩‍👧‍👦 семья at −40 °C, 交通事故, שלום",
    ];
    for (text, driver) in texts.into_iter().zip(team.drivers.clone()) {
        let card = team.report_by(driver, text).await;
        let shown = card.message(&team.api);
        assert!(shown.text.contains(&format!("\nIssue: {text}\n")), "{}", shown.text);
        let kinds: Vec<&str> = shown.entities.iter().map(|entity| entity.kind.as_str()).collect();
        assert_eq!(kinds.iter().filter(|kind| matches!(**kind, "text_link" | "code" | "italic")).count(), 0);
    }
    let ledger = desk.close().await;
    let kept: Vec<&str> = ledger.incidents.iter().map(|entry| entry.incident.description.as_str()).collect();
    assert_eq!(kept, texts);
}

#[tokio::test]
async fn characters_that_could_deceive_a_reader_are_made_visible() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let text = "truck \u{202E}21-BA\u{202C} is\u{200B} here\u{7}";
    let card = team.report(text).await;
    let shown = card.message(&team.api).text;
    assert!(shown.contains("truck ⟨U+202E⟩21-BA⟨U+202C⟩ is⟨U+200B⟩ here⟨U+0007⟩"), "{shown}");
    let ledger = desk.close().await;
    assert_eq!(ledger.incident(&card.number).incident.description.as_str(), text);
}

#[tokio::test]
async fn a_message_that_is_replied_to_is_the_report_with_its_photo() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let driver = team.drivers[0];
    let photo = team.api.send_photo(team.chat, driver, "scratch on\nthe left door");
    let asked = team.api.reply(team.chat, team.drivers[1], photo, "/new_issue");
    let first = team.card_after(asked).await;
    let shown = team.shows(&first, "Issue: scratch on\nthe left door").await.text;
    assert!(shown.contains("\nAttachments: 1\n") && shown.contains("Reported by: @driver2"), "{shown}");
    let asked = team.api.reply(team.chat, driver, photo, "/new_issue urgent:");
    let second = team.card_after(asked).await;
    team.shows(&second, "Issue: urgent:\nscratch on\nthe left door").await;
    let document = team.api.send_document(team.chat, driver, "/new_issue see the report");
    let third = team.card_after(document).await;
    team.shows(&third, "Issue: see the report").await;
    let bare = team.api.send_photo(team.chat, driver, "");
    let asked = team.api.reply(team.chat, driver, bare, "/new_issue");
    assert_eq!(team.said_after(asked, "").await.text, "Usage: /new_issue <description>");
    let files: Vec<Media> =
        [photo, document].iter().filter_map(|message| team.api.message(team.chat, *message)?.media).collect();
    let ledger = desk.close().await;
    for (card, file) in [(&first, &files[0]), (&second, &files[0]), (&third, &files[1])] {
        let journal = format!("{:?}", ledger.incident(&card.number).events);
        assert!(journal.contains(&file.file_id), "{} in {journal}", file.file_id);
    }
}

#[tokio::test]
async fn nobody_reports_more_than_five_times_a_minute() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    for count in 1..=5 {
        team.report(&format!("problem number {count}")).await;
    }
    let refused = team.ask(team.drivers[0], "/new_issue one too many", "⏳").await.text;
    assert!(refused.starts_with("⏳ Too many reports in a short time. Please try again in "), "{refused}");
    team.report_by(team.drivers[1], "somebody else's problem").await;
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 6);
}

#[tokio::test]
async fn out_of_the_box_five_reports_in_an_hour_are_enough() {
    let desk = Desk::prepared().without("REPORTS_PER_HOUR").start();
    let team = Team::working(&desk.api).await;
    let listed = team.ask(team.dora, "/settings", "reports_per_hour: ").await.text;
    assert!(listed.contains("reports_per_hour: 5 (not set here)"), "{listed}");
    for count in 1..=5 {
        team.report(&format!("problem number {count}")).await;
    }
    let refused = team.ask(team.drivers[0], "/new_issue one too many", "⏳").await.text;
    assert!(refused.starts_with("⏳ Too many reports in an hour. Please try again in "), "{refused}");
    team.ask(team.berta, "/settings reports_per_hour_group 6", "✅ reports_per_hour_group is 6 now.").await;
    team.report_by(team.drivers[1], "somebody else's problem").await;
    let refused = team.ask(team.drivers[2], "/new_issue one too many", "⏳").await.text;
    assert!(refused.starts_with("⏳ Too many reports in an hour. Please try again in "), "{refused}");
    let ledger = desk.close().await;
    assert_eq!(ledger.incidents.len(), 6);
}

#[tokio::test]
async fn editing_or_deleting_a_report_later_changes_no_incident() {
    let desk = Desk::started();
    let team = Team::working(&desk.api).await;
    let asked = team.write(team.drivers[0], "/new_issue flat tyre");
    let card = team.card_after(asked).await;
    team.api.edit(team.chat, asked, "/new_issue flat tyre and no spare");
    team.api.delete(team.chat, asked);
    team.finish(&card).await;
    let ledger = desk.close().await;
    let kept: Vec<&str> = ledger.incidents.iter().map(|entry| entry.incident.description.as_str()).collect();
    assert_eq!(kept, ["flat tyre"]);
}
